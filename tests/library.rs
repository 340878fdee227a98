//! Every example in the library's docs is checked, compiled and run, in a simulated world of its own.

use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use taskc::bytecode::program::EffectKind;
use taskc::bytecode::{self, Verified};
use taskc::check::library::Library;
use taskc::check::project::{Project, ProjectFile};
use taskc::host::sim::{Answer, Stub, World};
use taskc::stdlib::effect::{self, Context, Level, Output};
use taskc::value::json::{Layout, parse, write};
use taskc::value::{Types, calendar};
use taskc::vm::{Entry, Limits, Machine, Start, Step};
use taskc::{check, stdlib};

/// When examples are run: 2026-01-01T00:00:00Z.
const NOW_US: i64 = 1_767_225_600_000_000;

#[test]
fn every_example_of_the_library_holds() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (module, text) in stdlib::declarations() {
        for (name, example) in examples(text) {
            count += 1;
            if let Err(why) = run(&example) {
                wrong.push(format!("{module}.{name}: {why}\n{example}"));
            }
        }
    }
    assert!(count > 300, "only {count} examples were found");
    assert!(wrong.is_empty(), "{} of {count} examples fail:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_example_that_does_not_hold_is_found_out() {
    let why = run("expect 1 == 2");
    assert!(why.as_ref().is_err_and(|it| it.contains("does not hold")), "{why:?}");
    assert!(run("expect nobody").unwrap_err().contains("nobody"));
    assert!(run("expect [1][5] == 1").unwrap_err().contains("index"));
}

/// The fenced texts in the docs of a library file, with the function below them.
fn examples(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut example, mut inside) = (String::new(), false);
    for line in text.lines() {
        match line.strip_prefix("///") {
            Some(doc) if doc.trim() == "```" => inside = !inside,
            Some(doc) if inside => {
                example.push_str(doc.strip_prefix(' ').unwrap_or(doc));
                example.push('\n');
            }
            Some(_) => {}
            None => {
                let name = line.strip_prefix("fn ").and_then(|it| it.split(['(', '<']).next());
                if let (Some(name), false) = (name, example.is_empty()) {
                    found.push((name.to_owned(), std::mem::take(&mut example)));
                }
            }
        }
    }
    found
}

fn run(example: &str) -> Result<(), String> {
    let program = compiled(example)?;
    let world = World::new(7, NOW_US);
    let types = Types::new(&program.program().descriptors).map_err(|it| it.to_string())?;
    let context = Context::new(world.host(), Arc::new(Told(world)), Rc::new(types));
    let start = Start { entry: Entry::Body(Vec::new()), run: Vec::new() };
    let machine = Machine::new(Arc::clone(&program), stdlib::natives(), Limits::default(), start);
    let mut machine = machine.map_err(|it| it.to_string())?;
    loop {
        match machine.step(1_000_000) {
            Step::Done(_) => return Ok(()),
            Step::Fault(trace) => return Err(trace.fault.to_string()),
            Step::OutOfFuel => {}
            Step::Waiting => return Err("it waits for nothing".into()),
            Step::Effect(effect) => {
                let site = &program.program().effects[effect.site.get()];
                let answer = match &site.kind {
                    EffectKind::Native(name) => {
                        let descriptors = site.descriptors.clone();
                        let pending = effect::perform(&context, name, effect.args, descriptors);
                        pending.now_or_never().ok_or("a simulated world answers at once")?
                    }
                    other => return Err(format!("an example cannot do {other:?}")),
                };
                machine.resume(effect.fiber, answer);
            }
        }
    }
}

fn compiled(example: &str) -> Result<Arc<Verified>, String> {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| Library::new(stdlib::declarations()));
    let text = as_task(example);
    let mut project = Project::default();
    let file = project.add(|id| ProjectFile::parse("example", "example.task", &text, id));
    let checked = check::check_file(&project, library, file);
    let valid = checked.valid(&project, library, file).ok_or_else(|| {
        let findings = checked.diagnostics.iter().map(|it| format!("{}: {}", it.code, it.title));
        findings.collect::<Vec<_>>().join("\n")
    })?;
    let program = bytecode::compile::compile(valid);
    bytecode::verify(program).map(Arc::new).map_err(|it| it.to_string())
}

/// The statements that only tests have, written as a task's: expectations fail, and what concerns the world is told to [`Told`].
fn as_task(example: &str) -> String {
    let mut task = String::from("active false\n");
    for line in example.lines() {
        let statement = if let Some(condition) = line.strip_prefix("expect ") {
            format!("if not ({condition}) {{ fail \"`{}` does not hold\" }}", escaped(condition))
        } else if let Some(instant) = line.strip_prefix("at ") {
            format!("log.debug(\"at\", {{ at: {instant} }})")
        } else if let Some((address, answer)) =
            line.strip_prefix("stub http ").and_then(|it| it.split_once(" => "))
        {
            format!("log.debug({address}, {answer})")
        } else {
            line.to_owned()
        };
        task.push_str(&statement);
        task.push('\n');
    }
    task
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{").replace('}', "\\}")
}

/// Prepares the world as an example's log lines say.
struct Told(World);

impl Output for Told {
    fn print(&self, _: &str) {}

    fn log(&self, _: Level, text: &str, fields: Option<&str>) {
        let fields = fields.map(|it| parse(it).expect("fields are JSON"));
        let field = |name: &str| fields.as_ref().and_then(|it| it.field(name)).cloned();
        if let Some(instant) = field("at") {
            let micros = calendar::parse_time(&instant.to_string()).expect("an instant");
            self.0.clock.set(micros);
        } else if text.starts_with("https://") {
            let body = match (field("json"), field("text")) {
                (Some(json), _) => write(&json, Layout::Compact, 1 << 20).expect("short"),
                (None, text) => text.map(|it| it.to_string()).unwrap_or_default(),
            };
            let status = field("status").and_then(|it| it.to_string().parse().ok());
            let answer = Answer::new(status.expect("a stub has a status"), body);
            self.0.http.stub(Stub::new(text).answer(answer));
        }
    }

    fn progress(&self, _: i64, _: i64) {}
}
