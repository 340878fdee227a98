//! The machine against a plain interpreter: generated programs print the same lines and end alike.
//!
//! `SEED=… cargo test differential` repeats a failure, `ROUNDS=100` looks longer.

mod generate;
mod reference;

use std::rc::Rc;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use taskc::bytecode::program::EffectKind;
use taskc::bytecode::{self, Verified};
use taskc::check::library::Library;
use taskc::check::project::{Project, ProjectFile};
use taskc::host::sim::World;
use taskc::source::FileId;
use taskc::stdlib::effect::{self, Context, Level, Output};
use taskc::syntax::walk::{Node, each, each_below};
use taskc::value::Types;
use taskc::vm::{Dispatch, Entry, Limits, Machine, Start, Step};
use taskc::{check, stdlib, syntax};

use crate::random::{Random, rounds};
use reference::Fault;

/// How many programs a test run compares.
const PROGRAMS: usize = 300;

#[test]
fn the_machine_does_what_a_plain_interpreter_does() {
    let library = Library::new(stdlib::declarations());
    let mut random = Random::new("differential");
    let (mut compared, mut failed) = (0, 0);
    for _ in 0..rounds(PROGRAMS) {
        let text = generate::program(&mut random);
        let Some(pair) = compare(&library, &text) else { continue };
        compared += 1;
        failed += usize::from(pair.expected.1.is_some());
        if !pair.agrees() {
            let text = shrunk(&library, text);
            let pair = compare(&library, &text).unwrap();
            panic!("the machine: {:#?}\nthe interpreter: {:#?}\n{text}", pair.done, pair.expected);
        }
    }
    assert!(compared * 10 > rounds(PROGRAMS) * 9, "only {compared} programs were correct");
    assert!(failed > compared / 100, "hardly a program fails: {failed} of {compared}");
}

/// What a program printed, and how it failed.
type Outcome = (Vec<String>, Option<Fault>);

struct Pair {
    done: Outcome,
    expected: Outcome,
}

impl Pair {
    /// Messages are the machine's own; codes are the language's.
    fn agrees(&self) -> bool {
        let code = |it: &Outcome| it.1.as_ref().map(|it| it.code.clone());
        self.done.0 == self.expected.0 && code(&self.done) == code(&self.expected)
    }
}

/// Both ways; nothing where the program is not correct, or grows beyond all bounds.
fn compare(library: &Library, text: &str) -> Option<Pair> {
    let done = machine(library, text)?;
    let file = syntax::parse(FileId(0), text).tree;
    Some(Pair { done, expected: reference::run(&file)? })
}

/// A program that is still wrong with nothing in it that could be left out.
fn shrunk(library: &Library, mut text: String) -> String {
    loop {
        let smaller = smaller(&text).into_iter().find(|it| {
            let compared = std::panic::catch_unwind(|| compare(library, it));
            compared.is_ok_and(|it| it.is_some_and(|it| !it.agrees()))
        });
        match smaller {
            Some(smaller) => text = smaller,
            None => return text,
        }
    }
}

/// The program without one of its parts, or with an expression in place of the one around it.
fn smaller(text: &str) -> Vec<String> {
    let file = syntax::parse(FileId(0), text).tree;
    let mut found = Vec::new();
    each(&file, &mut |node| {
        let span = node.span().range();
        if matches!(node, Node::Stmt(_) | Node::Fn(_)) {
            found.push(format!("{}{}", &text[..span.start], &text[span.end..]));
        } else if matches!(node, Node::Expr(_)) {
            each_below(node, &mut |inner| {
                let inner_span = inner.span().range();
                if inner_span != span && matches!(inner, Node::Expr(_)) {
                    let inner = &text[inner_span];
                    found.push(format!("{}{inner}{}", &text[..span.start], &text[span.end..]));
                }
            });
        }
    });
    found.sort_by_key(String::len);
    found
}

/// What the machine makes of a program; nothing where the program is not correct.
fn machine(library: &Library, text: &str) -> Option<Outcome> {
    let program = match compiled(library, text)? {
        Ok(program) => program,
        Err(damage) => return Some((vec![damage], None)),
    };
    let [plain, threaded] = [Dispatch::Plain, Dispatch::Threaded].map(|it| run(&program, it, text));
    assert_eq!(plain, threaded, "the dispatchers differ\n{text}");
    if crate::replay::is_due() {
        crate::replay::check(&program, &World::new(0, 0).host());
    }
    Some(plain.0)
}

/// What a dispatcher makes of a program, the steps that are left afterwards, and the digests of its states at each effect.
fn run(program: &Arc<Verified>, dispatch: Dispatch, text: &str) -> (Outcome, u64, Vec<[u8; 32]>) {
    let said = Arc::new(Said::default());
    let types = Types::new(&program.program().descriptors).unwrap();
    let context = Context::new(World::new(0, 0).host(), said.clone(), Rc::new(types));
    let start = Start { entry: Entry::Body(Vec::new()), run: Vec::new() };
    let machine =
        Machine::new(Arc::clone(program), stdlib::natives(), Limits::default(), start).unwrap();
    let mut machine = machine.dispatched(dispatch);
    let mut digests = Vec::new();
    let fault = loop {
        match machine.step(10_000_000) {
            Step::Done(_) => break None,
            Step::Fault(trace) => break Some(trace.fault),
            Step::OutOfFuel | Step::Waiting => panic!("it does not end\n{text}"),
            Step::Effect(effect) => {
                digests.push(machine.digest());
                let site = &program.program().effects[effect.site.get()];
                let EffectKind::Native(name) = &site.kind else { panic!("not generated") };
                let pending =
                    effect::perform(&context, name, effect.args, site.descriptors.clone());
                machine.resume(effect.fiber, pending.now_or_never().unwrap());
            }
        }
    };
    let fault = fault.map(|it| Fault { code: it.code.to_string(), message: it.message });
    let said = std::mem::take(&mut *said.0.lock().unwrap());
    ((said, fault), machine.steps_left(), digests)
}

fn compiled(library: &Library, text: &str) -> Option<Result<Arc<Verified>, String>> {
    let mut project = Project::default();
    let file = project.add(|id| ProjectFile::parse("it", "it.task", text, id));
    let checked = check::check_file(&project, library, file);
    let valid = checked.valid(&project, library, file)?;
    let program = bytecode::compile::compile(valid);
    Some(bytecode::verify(program).map(Arc::new).map_err(|damage| damage.to_string()))
}

/// What a program printed.
#[derive(Default)]
struct Said(Mutex<Vec<String>>);

impl Output for Said {
    fn line_bytes_max(&self) -> usize {
        64 << 20
    }

    fn print(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }

    fn log(&self, _: Level, _: &str, _: Option<&str>) {}

    fn progress(&self, _: i64, _: i64) {}
}
