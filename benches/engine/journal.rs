//! What it costs that a run remembers its calls: the same program with and without `durable`, against a peer that answers at once.

use std::path::Path;
use std::sync::{Arc, mpsc};

use taskc::check::library::Library;
use taskc::check::project::{Project, ProjectFile};
use taskc::engine::cuts::Cuts;
use taskc::engine::{LogEntry, Note, Options, Parts, Server, TaskUpdate, TaskVersion, Workers};
use taskc::host::sim::{Answer, Stub, World};
use taskc::host::{Clock as _, Host, real};
use taskc::schedule::{Instant, Schedule, Schedules};
use taskc::store::{EndState, SqliteStore};
use taskc::{bytecode, check, stdlib};

/// So many runs at once make so many calls each.
const RUNS: usize = 64;
const CALLS: usize = 1_000;

/// A call of each class.
const CLASSES: [(&str, &str); 4] = [
    ("observe", "http.get(\"https://peer.example/{i}\")"),
    ("idempotent", "http.put(\"https://peer.example/\", body: \"{i}\", idempotent: true)"),
    ("once", "http.post(\"https://peer.example/\", body: \"{i}\")"),
    ("transactional", "Row.insert({ id: \"{run.task} {i}\" })"),
];

/// Prints the figures.
pub fn print(folder: &Path) {
    for (class, call) in CLASSES {
        let times = ["", "durable off\n"].map(|durable| {
            let table = if class == "transactional" { "table Row { id: text key }\n" } else { "" };
            let text = format!("{durable}{table}for i in 1..={CALLS} {{ {call} }}\n");
            let file = folder.join(format!("{class}-{}.db", durable.is_empty()));
            all_ended_us(&file, &text) as f64 / (RUNS * CALLS) as f64
        });
        let [durable, not] = times;
        println!(
            "{RUNS} runs, {CALLS} calls each, {class}: {durable:.1} µs a call, {not:.1} µs with `durable off`; the journal costs {:.1} µs",
            durable - not
        );
    }
}

/// How long it takes from the instant at which all are due to the end of the last.
fn all_ended_us(file: &Path, text: &str) -> i64 {
    let clock = real::Clock::new();
    let due = clock.now_us() + 1_000_000;
    let (heard, ends) = mpsc::channel();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
    let _entered = runtime.enter();
    let (of_workers, host) = (runtime.handle().clone(), host());
    let server = Server::start(Parts {
        options: Options { workers: RUNS },
        store: Box::new(SqliteStore::open(file).expect("a store can be made")),
        clock: Arc::new(real::Clock::new()),
        runner: Box::new(move |handle| {
            Box::new(Workers::new(handle, host, of_workers, Cuts::default()))
        }),
        tasks: (0..RUNS).map(|n| task(n, text, Instant(due))).collect(),
        log: Box::new(move |entry| {
            if let LogEntry::Note(Note::Ended { outcome, .. }) = entry {
                assert_eq!(outcome.end, EndState::Succeeded, "{:?}", outcome.error);
                let _ = heard.send(());
            }
        }),
    })
    .expect("a server can start");
    assert_eq!(ends.iter().take(RUNS).count(), RUNS, "every run ends");
    let took_us = clock.now_us() - due;
    runtime.block_on(server.handle.stop_within(std::time::Duration::ZERO)).expect("it serves");
    server.join().expect("it stops well");
    took_us
}

fn host() -> Host {
    let world = World::new(1, 0);
    world.http.stub(Stub::new("*").answer(Answer::new(200, "{}")));
    Host { clock: Arc::new(real::Clock::new()), ..world.host() }
}

fn task(n: usize, text: &str, due: Instant) -> TaskUpdate {
    let (name, library) = (format!("task_{n}"), Library::new(stdlib::declarations()));
    let mut project = Project::default();
    let file = project.add(|id| ProjectFile::parse(&name, "it.task", text, id));
    let checked = check::check_file(&project, &library, file);
    let mut headers = (*checked.file(file).headers).clone();
    headers.schedules = Schedules(vec![Schedule::At(due)]);
    let valid = checked.valid(&project, &library, file).expect("the program is correct");
    let program = bytecode::verify(bytecode::compile::compile(valid)).expect("it is sound");
    TaskUpdate::Changed(TaskVersion::new(&name, Arc::new(headers), &program))
}
