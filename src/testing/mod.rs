//! `taskc test`: runs the `test` blocks of a project, each in a world of its own that begins empty and stands still.
//!
//! [`suites`] compiles the tests of files without errors, [`run`] carries them out on several threads and hands on what became of
//! each in the order in which they stand, whatever thread was faster. `stage` is the world around one test, `stub` reads what it
//! answers in place of the network, `failure` turns what went wrong into findings, and `face` shows reports. Nothing here touches
//! the real world: no file, no network, no clock but the one that measures how long a test takes.

mod face;
mod failure;
mod stage;
mod stub;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use regex::Regex;

use crate::bytecode::program::Program;
use crate::bytecode::{self, Verified};
use crate::check::checked::{Checked, Valid};
use crate::check::headers::TaskHeaders;
use crate::check::library::Library;
use crate::check::project::{Project, SecretSetting};
use crate::diagnostics::Diagnostic;
use crate::host::Clock;
use crate::source::{FileId, Span};
use crate::syntax::tree::Item;

pub use face::{Face, Summary, render};

/// The tests of one file.
pub struct Suite {
    /// The file.
    pub file: FileId,
    /// The file as the user knows it.
    pub path: String,
    /// The names of the tests, in the order in which they stand in the file, with their places.
    pub tests: Vec<(String, Span)>,
    /// The path that seeds are made of: the same wherever the command was given.
    module: String,
    program: Arc<Verified>,
    /// The task without its tests: what these name, the task may not reach.
    task: Arc<Program>,
    headers: Arc<TaskHeaders>,
    secrets: Vec<SecretSetting>,
}

/// How tests are run.
pub struct Options {
    /// Where randomness begins. The same seed gives each test the same random numbers, whichever others run.
    pub seed: u64,
    /// Only tests whose `path: name` matches.
    pub filter: Option<Regex>,
    /// How many run at once.
    pub threads: usize,
    /// Measures how long a test takes, and stops one that never ends.
    pub clock: Arc<dyn Clock>,
}

/// What became of a test.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file as the user knows it.
    pub path: String,
    /// What the test is called.
    pub test: String,
    /// Where its name stands.
    pub span: Span,
    /// Why it failed, if it did.
    pub failure: Option<Diagnostic>,
    /// What the run printed and logged until then.
    pub said: Vec<String>,
    /// How long it took.
    pub duration_us: u64,
}

/// The tests of those of these files that have any and no errors.
///
/// # Errors
/// Only if the compiler made what the verifier refuses, which is a mistake of ours; says what is wrong.
pub fn suites(
    project: &Project,
    checked: &Checked,
    library: &Library,
    files: &[FileId],
) -> Result<Vec<Suite>, String> {
    let with_tests = files.iter().filter(|file| !tests_of(project, **file).is_empty());
    let valid = with_tests.filter_map(|file| checked.valid(project, library, *file));
    valid.map(|valid| suite(project, checked, valid)).collect()
}

/// The names of a file's tests, with their places.
#[must_use]
pub fn tests_of(project: &Project, file: FileId) -> Vec<(String, Span)> {
    let items = project.file(file).tree.items.iter();
    let tests = items.filter_map(|it| if let Item::Test(it) = it { Some(it) } else { None });
    tests.map(|it| (it.name.text.to_string(), it.name.span)).collect()
}

fn suite(project: &Project, checked: &Checked, valid: Valid<'_>) -> Result<Suite, String> {
    let id = valid.task();
    let file = project.file(id);
    let program = bytecode::verify(bytecode::compile::compile_tests(valid));
    Ok(Suite {
        file: id,
        path: file.source.path.to_string(),
        tests: tests_of(project, id),
        module: file.module.to_string(),
        program: Arc::new(program.map_err(|damage| damage.to_string())?),
        task: Arc::new(bytecode::compile::compile(valid)),
        headers: Arc::clone(&checked.file(id).headers),
        secrets: project.settings.secrets.clone(),
    })
}

/// A test that is to be run.
#[derive(Clone, Copy)]
struct Case<'a> {
    suite: &'a Suite,
    number: usize,
}

impl Suite {
    fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        (0..self.tests.len()).map(|number| Case { suite: self, number })
    }
}

impl Case<'_> {
    fn name(&self) -> &str {
        &self.suite.tests[self.number].0
    }

    fn is_wanted(&self, filter: Option<&Regex>) -> bool {
        filter.is_none_or(|it| it.is_match(&format!("{}: {}", self.suite.path, self.name())))
    }
}

/// Runs the tests and hands each report on, in order and as soon as those before it are known.
pub fn run(project: &Project, suites: &[Suite], options: &Options, mut report: impl FnMut(Report)) {
    let cases: Vec<Case<'_>> = suites
        .iter()
        .flat_map(Suite::cases)
        .filter(|it| it.is_wanted(options.filter.as_ref()))
        .collect();
    let next = AtomicUsize::new(0);
    let (done, reports) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..options.threads.clamp(1, cases.len().max(1)) {
            let (cases, next, done) = (&cases, &next, done.clone());
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(number) else { break };
                    // Nobody who listens is nobody who wants to know.
                    let _ = done.send((number, one(project, *case, options)));
                }
            });
        }
        drop(done);
        in_order(reports, &mut report);
    });
}

/// Hands on what comes in any order in the order of its numbers.
fn in_order(reports: mpsc::Receiver<(usize, Report)>, report: &mut impl FnMut(Report)) {
    let mut early = std::collections::BTreeMap::new();
    let mut next = 0;
    for (number, it) in reports {
        early.insert(number, it);
        while let Some(it) = early.remove(&next) {
            report(it);
            next += 1;
        }
    }
}

/// A fault of ours fails the test, not the others.
fn one(project: &Project, case: Case<'_>, options: &Options) -> Report {
    let started_us = options.clock.monotonic_us();
    let work = AssertUnwindSafe(|| stage::carry_out(case, options));
    let (verdict, said) =
        catch_unwind(work).unwrap_or_else(|_| (Err(failure::Reason::Ours), Vec::new()));
    let (test, span) = case.suite.tests[case.number].clone();
    let failure = verdict.err().map(|reason| {
        failure::describe(project, &case.suite.program.share(), span, &test, &reason)
    });
    Report {
        path: case.suite.path.clone(),
        test,
        span,
        failure,
        said,
        duration_us: options.clock.monotonic_us().saturating_sub(started_us),
    }
}

#[cfg(test)]
mod tests;
