//! `taskc test`: runs the tests of tasks and modules.

use std::process::ExitCode;
use std::sync::Arc;

use super::args::{Color, Test, TestFormat};
use super::output::{line, note, result};
use super::project::{self, Loaded};
use super::settings::Unusable;
use super::{check as checking, files};
use crate::check;
use crate::check::library::Library;
use crate::diagnostics::Severity;
use crate::host::real;
use crate::stdlib;
use crate::testing::{self, Face, Options, Summary, tests_of};

/// Runs the tests. Exit code 1 where one failed, or where a file has errors.
pub fn run(args: &Test, color: Color) -> Result<ExitCode, Unusable> {
    let paths = files::tasks(&args.paths).map_err(Unusable)?;
    let face = face(args.format, color);
    let options = Options {
        seed: args.seed,
        filter: args.filter.clone(),
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        clock: Arc::new(real::Clock::default()),
    };
    let mut all = Outcome::default();
    result(face.opening());
    for loaded in &project::load(&paths, None)? {
        all.add(&project_outcome(loaded, &options, face, color)?);
    }
    result(face.closing());
    conclude(args, face, &all)
}

/// What became of the tests of some files.
#[derive(Default)]
struct Outcome {
    /// How many tests there are, those that the filter leaves out counted.
    tests: usize,
    ran: Summary,
    /// How many files have tests that could not run, because there are errors.
    refused: usize,
    /// Whether any file has errors.
    errors: bool,
}

impl Outcome {
    fn add(&mut self, other: &Self) {
        self.tests += other.tests;
        self.ran.passed += other.ran.passed;
        self.ran.failed += other.ran.failed;
        self.refused += other.refused;
        self.errors |= other.errors;
    }
}

fn project_outcome(
    loaded: &Loaded,
    options: &Options,
    face: Face,
    color: Color,
) -> Result<Outcome, Unusable> {
    let library = Library::new(stdlib::declarations());
    let (project, wanted) = (&loaded.project, &loaded.wanted);
    let checked = check::check(project, &library);
    let errors = checked.diagnostics.iter().any(|it| it.severity == Severity::Error);
    if errors {
        checking::refused(loaded, &checked, color);
    }
    let suites = testing::suites(project, &checked, &library, wanted)
        .map_err(|damage| Unusable(format!("this is a mistake in taskc: {damage}")))?;
    let count = |file| tests_of(project, file).len();
    let with_tests = wanted.iter().filter(|file| count(**file) > 0).count();
    let mut outcome = Outcome {
        tests: wanted.iter().map(|file| count(*file)).sum(),
        refused: with_tests - suites.len(),
        errors,
        ..Outcome::default()
    };
    let sources = loaded.sources();
    testing::run(project, &suites, options, |report| {
        outcome.ran.count(&report);
        result(&testing::render(&report, &sources, face));
    });
    Ok(outcome)
}

/// The last lines, and the exit code.
fn conclude(args: &Test, face: Face, all: &Outcome) -> Result<ExitCode, Unusable> {
    let ran = all.ran.passed + all.ran.failed;
    if ran == 0 && all.refused == 0 {
        if let Some(filter) = args.filter.as_ref().filter(|_| all.tests > 0) {
            let tests = match all.tests {
                1 => "the only test".to_owned(),
                n => format!("none of the {n} tests"),
            };
            let is = if all.tests == 1 { "is not" } else { "is" };
            return Err(Unusable(format!(
                "{tests} {is} called like `{filter}`; `taskc test` lists them as `FILE: NAME`"
            )));
        }
        if !all.errors {
            note(HOW_TO_WRITE_ONE);
        }
    }
    if ran > 0 {
        let seed = if args.seed == 0 { String::new() } else { format!(", seed {}", args.seed) };
        let summary = format!("{}{seed}", all.ran);
        if matches!(face, Face::Pretty(_)) { line(&summary) } else { note(&summary) }
    }
    if all.refused > 0 {
        let files = if all.refused == 1 { "file" } else { "files" };
        note(&format!("the tests of {} {files} did not run: there are errors", all.refused));
    }
    let is_well = all.ran.failed == 0 && !all.errors;
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

const HOW_TO_WRITE_ONE: &str = r#"There are no tests here yet. A test stands in the file of a task or a module:

  test "an old order becomes late" {
    at @2026-03-02T06:00:00Z
    Order.insert({ email: "ada@example.com", placed_at: now() - 60d })
    run()
    expect Order.get(1)?.status == "late"
  }

`taskc test --help` says what a test can do."#;

fn face(format: TestFormat, color: Color) -> Face {
    match format {
        TestFormat::Pretty => Face::Pretty(checking::style(color)),
        TestFormat::Concise => Face::Concise,
        TestFormat::Json => Face::Json,
        TestFormat::Junit => Face::Junit,
        TestFormat::Github => Face::Github,
    }
}
