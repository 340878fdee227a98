//! How many steps the programs of `benches/machine` take at small sizes, by the machine's own meter, which is the same on every computer: a
//! compiler that writes more instructions shows at once. `UPDATE=1 cargo test steps` accepts.

use std::fmt::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use taskc::bytecode::program::EffectKind;
use taskc::bytecode::{self, Verified};
use taskc::check::library::Library;
use taskc::check::project::{Project, ProjectFile};
use taskc::host::sim::World;
use taskc::stdlib::effect::{self, Context, Level, Output};
use taskc::value::Types;
use taskc::vm::{Dispatch, Entry, Limits, Machine, Start, Step};
use taskc::{check, stdlib};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/machine");

/// The programs, and what `const N` is here.
const SIZES: &[(&str, &str)] = &[
    ("fib", "15"),
    ("loop", "10_000"),
    ("sieve", "2_000"),
    ("nbody", "50"),
    ("spectral", "10"),
    ("mandelbrot", "20"),
    ("fannkuch", "6"),
    ("trees", "5"),
    ("strings", "500"),
    ("words", "1"),
    ("records", "1_000"),
    ("orders", ""),
    ("closures", "1_000"),
    ("sales", ""),
    ("decimals", "500"),
];

const ORDERS: &str = r#"[{"id":1,"customer":"Ada","paid":true,"note":null,"lines":[{"sku":"A","qty":2,"cents":5}]},
{"id":2,"customer":"Bo","paid":false,"note":"late","lines":[]}]"#;

const SALES: &str = "id,day,shop,item,cents,note\n1,2026-11-01,a,x,10,\n2,2026-11-02,b,y,20,\n";

#[test]
fn the_programs_of_the_benchmark_take_the_steps_that_are_written_down() {
    let library = Library::new(stdlib::declarations());
    let mut table = String::new();
    for (name, size) in SIZES {
        let program = compiled(&library, name, size);
        let [plain, threaded] = [Dispatch::Plain, Dispatch::Threaded].map(|it| run(&program, it));
        assert_eq!(plain, threaded, "{name}");
        let _ = writeln!(table, "{name} {size} {}", plain.1);
    }
    let file = Path::new(FOLDER).join("steps.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), table, "UPDATE=1 accepts");
}

fn compiled(library: &Library, name: &str, size: &str) -> Arc<Verified> {
    let text = std::fs::read_to_string(format!("{FOLDER}/programs/{name}.task")).unwrap();
    let (at, line) = text
        .lines()
        .enumerate()
        .find(|(_, it)| it.starts_with("const N = ") || it.starts_with("type "))
        .unwrap();
    let smaller = if size.is_empty() { with_files(line) } else { format!("const N = {size}") };
    let lines = text.lines().enumerate();
    let text: Vec<_> = lines.map(|(n, it)| if n == at { smaller.as_str() } else { it }).collect();
    let mut project = Project::default();
    let file = project.add(|id| ProjectFile::parse("it", "it.task", &(text.join("\n") + "\n"), id));
    let checked = check::check_file(&project, library, file);
    let valid = checked.valid(&project, library, file);
    let valid = valid.unwrap_or_else(|| panic!("{name}: {:#?}", checked.diagnostics));
    bytecode::verify(bytecode::compile::compile(valid)).map(Arc::new).unwrap()
}

/// What makes the files, and a line.
fn with_files(line: &str) -> String {
    let (orders, sales) = (literal(ORDERS), literal(SALES));
    format!("files.write(\"orders.json\", {orders})\nfiles.write(\"sales.csv\", {sales})\n{line}")
}

fn literal(text: &str) -> String {
    let text = text.replace('"', "\\\"").replace('{', "\\{").replace('}', "\\}");
    format!("\"{}\"", text.replace('\n', "\\n"))
}

/// What a program prints, and how many steps it takes.
fn run(program: &Arc<Verified>, dispatch: Dispatch) -> (Vec<String>, u64) {
    let said = Arc::new(Said::default());
    let types = Types::new(&program.program().descriptors).unwrap();
    let context = Context::new(World::new(0, 0).host(), said.clone(), Rc::new(types));
    let start = Start { entry: Entry::Body(Vec::new()), run: Vec::new() };
    let limits = Limits::default();
    let machine = Machine::new(Arc::clone(program), stdlib::natives(), limits, start).unwrap();
    let mut machine = machine.dispatched(dispatch);
    loop {
        match machine.step(1_000_000) {
            Step::Done(_) => break,
            Step::OutOfFuel => {}
            Step::Fault(trace) => panic!("{}", trace.fault.message),
            Step::Waiting => panic!("it waits for nothing"),
            Step::Effect(effect) => {
                let site = &program.program().effects[effect.site.get()];
                let EffectKind::Native(name) = &site.kind else { panic!("{:?}", site.kind) };
                let pending =
                    effect::perform(&context, name, effect.args, site.descriptors.clone());
                machine.resume(effect.fiber, pending.now_or_never().unwrap());
            }
        }
    }
    let said = std::mem::take(&mut *said.0.lock().unwrap());
    (said, limits.steps - machine.steps_left())
}

#[derive(Default)]
struct Said(Mutex<Vec<String>>);

impl Output for Said {
    fn print(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }

    fn log(&self, _: Level, _: &str, _: Option<&str>) {}

    fn progress(&self, _: i64, _: i64) {}
}
