//! What the program has to go through.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use taskc::bytecode::run_field::RunField;
use taskc::bytecode::{self, Verified};
use taskc::check::checked::Checked;
use taskc::check::library::Library;
use taskc::check::project::{Project, ProjectFile, RunTimes, SecretSetting, Settings};
use taskc::check::{self, headers::TaskHeaders};
use taskc::diagnostics::{Diagnostic, Severity};
use taskc::engine::attempt::{self, Attempt, Ended, Listener, Order};
use taskc::host::sim::World;
use taskc::schedule::Duration;
use taskc::source::{FileId, Sources, Span};
use taskc::stdlib;
use taskc::stdlib::effect::{Level, Output};
use taskc::testing;
use taskc::value::Value;
use taskc::vm::Trace;
use tokio::sync::watch;

use super::case::Case;

/// 2026-11-20T08:00:00Z, in microseconds: every check and every run happens then.
const NOW_US: i64 = 1_795_161_600_000_000;

/// What happened to a case.
pub(super) struct Outcome {
    pub(super) diagnosis: Diagnosis,
    /// What its run printed and how it ended, and what became of its tests, as expectations; nothing where it was not run.
    pub(super) run: Option<Vec<String>>,
}

/// What was found in a case.
pub(super) struct Diagnosis {
    pub(super) sources: Sources,
    pub(super) findings: Vec<Diagnostic>,
}

/// Runs all phases, each only if the one before it was content.
pub(super) fn outcome(case: &Case) -> Outcome {
    let library = Library::new(stdlib::declarations());
    let project = project(case);
    let checked = check::check(&project, &library);
    let refused = checked.diagnostics.iter().any(|it| it.severity == Severity::Error);
    let task = project.files().last().unwrap();
    let run = || {
        let body = task.is_task().then(|| run(&project, &library, &checked, task.source.id));
        let mut lines = body.unwrap_or_default();
        lines.extend(tests(&project, &library, &checked));
        lines
    };
    let run = (!refused).then(|| {
        catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| vec!["//! panic".to_owned()])
    });
    Outcome { diagnosis: diagnosis(&project, &checked), run }
}

/// What became of the tests of every file: `//> test "…" passed`, or why it failed and what it had said.
fn tests(project: &Project, library: &Library, checked: &Checked) -> Vec<String> {
    let files: Vec<_> = project.files().iter().map(|it| it.source.id).collect();
    let suites = testing::suites(project, checked, library, &files);
    let suites = suites.expect("the compiler makes what the verifier takes");
    let options = testing::Options {
        seed: 0,
        filter: None,
        threads: 1,
        clock: Arc::new(taskc::host::sim::Clock::new(NOW_US)),
    };
    let mut lines = Vec::new();
    testing::run(project, &suites, &options, |report| lines.extend(told(project, &report)));
    lines
}

fn told(project: &Project, report: &testing::Report) -> Vec<String> {
    let name = format!("test \"{}\"", report.test);
    let Some(failure) = &report.failure else { return vec![format!("//> {name} passed")] };
    let source = &project.file(failure.span().file).source;
    let at = |span: Span| {
        let at = source.position(span.start);
        format!("{}:{}", at.line, at.column)
    };
    let title = failure.title.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines = vec![format!("//! {name} {}[{}]: {title}", at(failure.span()), failure.code)];
    lines.extend(failure.labels.iter().map(|it| format!("//| {} {}", at(it.span), it.message)));
    lines.extend(failure.help.iter().map(|it| format!("//= {it}")));
    lines.extend(report.said.iter().map(|it| format!("//> {it}")));
    lines
}

/// Everything that is known without a run.
pub(super) fn diagnose(case: &Case) -> Diagnosis {
    let project = project(case);
    let checked = check::check(&project, &Library::new(stdlib::declarations()));
    diagnosis(&project, &checked)
}

fn diagnosis(project: &Project, checked: &Checked) -> Diagnosis {
    let mut sources = Sources::default();
    for file in project.files() {
        sources.add(&file.source.path, &file.source.text);
    }
    Diagnosis { sources, findings: checked.diagnostics.clone() }
}

fn project(case: &Case) -> Project {
    let mut project = Project::default();
    project.settings = settings(&case.settings);
    for file in &case.files {
        let path = format!("{}.task", file.module);
        project.add(|id| ProjectFile::parse(&file.module, &path, &file.text, id));
    }
    project
}

fn settings(text: &str) -> Settings {
    let table: toml::Table = text.parse().unwrap();
    let names = |section: &str| {
        let section = table.get(section).and_then(|it| it.as_table());
        section.into_iter().flatten().map(|(name, _)| name.as_str().into()).collect::<Vec<_>>()
    };
    // Runs of late are no setting: the ledger tells of them, in whose place this section stands.
    let taken = |name: &str| table["run_times"][name].as_integer().unwrap();
    let run_times = names("run_times").into_iter().map(|name: ecow::EcoString| {
        let usual = Duration::SECOND.times(taken(&name));
        (name, RunTimes { runs: 200, usual })
    });
    let run_times = run_times.collect();
    let secret = |name| SecretSetting { name, hosts: Vec::new() };
    Settings {
        sources: names("sources"),
        secrets: names("secrets").into_iter().map(secret).collect(),
        env: names("env"),
        run_times,
        now: Some(NOW_US),
        ..Settings::default()
    }
}

fn run(project: &Project, library: &Library, checked: &Checked, task: FileId) -> Vec<String> {
    let valid = checked.valid(project, library, task).expect("a file without errors is valid");
    let program = bytecode::verify(bytecode::compile::compile(valid));
    let program = Arc::new(program.expect("the compiler makes what the verifier takes"));
    let listener = Arc::new(Lines::default());
    // Held to the end: an attempt that nobody could cancel any more would be a cancelled one.
    let (_cancel, order) = watch::channel(Order::GoOn);
    let headers = &checked.file(task).headers;
    let attempt = attempt(&program, headers, Arc::clone(&listener), order);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(attempt::run(attempt));
    if crate::replay::is_due() {
        crate::replay::check(&program, &World::new(0, NOW_US).host());
    }
    let mut lines = std::mem::take(&mut *listener.0.lock().unwrap());
    lines.extend(match ended {
        Ended::Done(_) => None,
        Ended::Failed(failed) => Some(failure(&failed.trace)),
        Ended::Cancelled | Ended::Sleeps { .. } | Ended::Stalled(_) => {
            Some("//! cancelled".to_owned())
        }
    });
    lines
}

fn attempt(
    program: &Arc<Verified>,
    headers: &Arc<TaskHeaders>,
    listener: Arc<Lines>,
    order: watch::Receiver<Order>,
) -> Attempt {
    Attempt {
        program: Arc::clone(program),
        headers: Arc::clone(headers),
        kept: vec![None; program.program().kept.len()],
        run: RunField::ALL.iter().copied().map(known).collect(),
        is_last: true,
        host: World::new(0, NOW_US).host(),
        known: Arc::default(),
        number: 1,
        used: taskc::schedule::Duration::ZERO,
        journal: None,
        cuts: taskc::engine::cuts::Cuts::default(),
        listener,
        order,
    }
}

/// What the run knows of itself.
fn known(field: RunField) -> Value {
    match field {
        RunField::Id => Value::text("r1"),
        RunField::Due => Value::Time(NOW_US),
        RunField::Previous => Value::Null,
        RunField::Late => Value::Bool(false),
        RunField::Missed => Value::Int(0),
        RunField::Attempt => Value::Int(1),
        RunField::Trigger => Value::text("manual"),
        RunField::Task => Value::text("main"),
    }
}

/// `//! error[index] line 2: …`
fn failure(trace: &Trace) -> String {
    let line = trace.frames.iter().map(|it| it.at.line).find(|line| *line > 0).unwrap_or(0);
    format!("//! error[{}] line {line}: {}", trace.fault.code, trace.fault.message)
}

/// Lines as expectations.
#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl Listener for Lines {
    fn is_full(&self) -> bool {
        false
    }

    fn hand_on(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

impl Output for Lines {
    fn print(&self, text: &str) {
        self.0.lock().unwrap().extend(text.split('\n').map(|line| format!("//> {line}")));
    }

    fn log(&self, level: Level, text: &str, fields: Option<&str>) {
        let fields = fields.map_or(String::new(), |it| format!(" {it}"));
        self.0.lock().unwrap().push(format!("//> {}: {text}{fields}", level.as_str()));
    }

    fn progress(&self, done: i64, total: i64) {
        self.0.lock().unwrap().push(format!("//> {done} of {total}"));
    }
}
