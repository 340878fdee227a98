//! How fast the engine is, on a store in a file, synced at every commit: tasks that are due at once, calls that are remembered, a million
//! schedules, a start.
//!
//! `cargo bench --bench engine` prints what follows; `-- due 1000`, `-- journal` and the like print a part of it. Runs are empty: they end as soon as they start, so that what is measured is the
//! dispatcher, the loop and the store. The machines are shared: figures are for `benches/README.md`, never for a test.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads clocks, makes files and waits")]

mod journal;

use std::hint;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration as StdDuration, Instant as Moment};

use taskc::check::headers::TaskHeaders;
use taskc::engine::{
    Batch, Dispatcher, Event, Handle, LogEntry, Note, Options, Parts, Restored, RunEnd, RunEvent,
    Runner, Server, StartRun, TaskUpdate, TaskVersion,
};
use taskc::host::{Clock as _, real};
use taskc::schedule::{Bounds, Cadence, Duration, Instant, Schedule, Schedules};
use taskc::store::{EndState, Hash, Outcome, RunId, SqliteStore, Store, TaskName};

/// The one of the program: a good part of what a run takes is allocation.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let folder = std::env::temp_dir().join(format!("taskc-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder can be made");
    let only = std::env::args().skip(1).find(|it| !it.starts_with('-'));
    let wants = |part: &str| only.as_deref().is_none_or(|it| it == part);
    // First, while no memory was used and given back.
    if wants("sleep") {
        sleeping_runs();
    }
    let size = std::env::args().find_map(|it| it.parse().ok());
    if wants("due") {
        for tasks in size.map_or(vec![1_000, 10_000, 100_000], |it| vec![it]) {
            due_at_once(&folder.join(format!("{tasks}.db")), tasks);
        }
    }
    if wants("real") {
        for workers in ["64", "1024"] {
            real_runs(&folder.join(format!("real-{workers}")), 1_000, workers);
        }
    }
    if wants("journal") {
        journal::print(&folder);
    }
    if wants("load") {
        a_million_schedules();
    }
    if wants("start") {
        start_to_serving(&folder.join("project"), 10_000);
    }
    std::fs::remove_dir_all(&folder).expect("what was made can be removed");
}

/// So many tasks that are due at one instant: how late they start, and how soon all of them have ended.
fn due_at_once(file: &Path, tasks: usize) {
    let clock = real::Clock::new();
    // Time enough to register them.
    let due = clock.now_us() + 2_000_000 + i64::try_from(tasks).expect("few tasks") * 60;
    let headers = TaskHeaders {
        schedules: Schedules(vec![Schedule::At(Instant(due))]),
        ..TaskHeaders::default()
    };
    let started = Arc::new(Mutex::new(Vec::with_capacity(tasks)));
    let (heard, ends) = mpsc::channel();
    let of_runner = started.clone();
    let parts = Parts {
        options: Options { workers: 1_024 },
        store: Box::new(SqliteStore::open(file).expect("a store can be made")),
        clock: Arc::new(real::Clock::new()),
        runner: Box::new(move |handle| Box::new(Empty::new(handle, of_runner))),
        tasks: (0..tasks).map(|n| version(n, headers.clone())).collect(),
        log: Box::new(move |entry| {
            if matches!(entry, LogEntry::Note(Note::Ended { .. })) {
                let _ = heard.send(());
            }
        }),
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
    let _entered = runtime.enter();
    let server = Server::start(parts).expect("a server can start");
    assert_eq!(ends.iter().take(tasks).count(), tasks, "every run ends");
    let all_us = clock.now_us() - due;
    runtime.block_on(server.handle.stop_within(StdDuration::from_secs(9))).expect("it serves");
    server.join().expect("it stops well");
    let mut late: Vec<i64> =
        started.lock().expect("nobody panicked").iter().map(|at| at - due).collect();
    late.sort_unstable();
    let ms = |place: usize| late[place.min(late.len() - 1)] as f64 / 1e3;
    println!(
        "{tasks} tasks due at once: first start {:.1} ms, p50 {:.1} ms, p99 {:.1} ms, last {:.1} ms; all ended after {:.0} ms: {:.0} runs/s",
        ms(0),
        ms(tasks / 2),
        ms(tasks * 99 / 100),
        ms(tasks),
        all_us as f64 / 1e3,
        tasks as f64 * 1e6 / all_us as f64
    );
}

/// `taskc serve` with so many tasks that are due at each full minute and print what time it is: how late they say so, in the second
/// minute.
fn real_runs(project: &Path, tasks: usize, workers: &str) {
    std::fs::create_dir_all(project).expect("a folder can be made");
    for n in 0..tasks {
        let text = "schedule \"* * * * *\"\nprint(\"{now()}\")\n";
        std::fs::write(project.join(format!("task_{n}.task")), text).expect("it can be written to");
    }
    let mut server = Command::new(env!("CARGO_BIN_EXE_taskc"))
        .arg("serve")
        .arg(project)
        .env("TASKC_SERVER_WORKERS", workers)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let log = BufReader::new(server.stderr.take().expect("it is piped"));
    // `… output: 2026-01-05T07:00:00.012345Z`
    let late_ms = |line: String| {
        let (_, time) = line.split_once(" output: ")?;
        let seconds: f64 = time.get(17..)?.trim_end_matches('Z').parse().ok()?;
        Some(seconds * 1e3)
    };
    let all: Vec<f64> =
        log.lines().map_while(Result::ok).filter_map(late_ms).take(2 * tasks).collect();
    server.kill().expect("it is ours");
    server.wait().expect("it is ours");
    let mut late = all[tasks..].to_vec();
    late.sort_unstable_by(f64::total_cmp);
    println!(
        "{tasks} real runs due at once, {workers} workers: the first says so after {:.1} ms, p50 {:.1} ms, p99 {:.1} ms, the last after {:.1} ms",
        late[0],
        late[tasks / 2],
        late[tasks * 99 / 100],
        late[tasks - 1]
    );
}

/// Ends each run as soon as it has started, on a thread of its own, which never sleeps: the threads of the workers are not woken for each run
/// either, since runs take longer than it takes to start them.
struct Empty {
    started: Arc<Mutex<Vec<i64>>>,
    clock: real::Clock,
    runs: mpsc::Sender<RunId>,
}

impl Empty {
    fn new(handle: Handle, started: Arc<Mutex<Vec<i64>>>) -> Self {
        let (runs, to_end) = mpsc::channel();
        thread::spawn(move || {
            loop {
                let run = match to_end.try_recv() {
                    Ok(run) => run,
                    Err(mpsc::TryRecvError::Empty) => {
                        hint::spin_loop();
                        continue;
                    }
                    Err(mpsc::TryRecvError::Disconnected) => return,
                };
                let outcome = Outcome { end: EndState::Succeeded, error: None };
                let end = RunEnd { outcome, kept: Vec::new(), retryable: true, forget: Vec::new() };
                if handle.tell(run, RunEvent::Ended(end)).is_err() {
                    return;
                }
            }
        });
        Self { started, clock: real::Clock::new(), runs }
    }
}

impl Runner for Empty {
    fn start(&mut self, start: StartRun, _: &mut dyn Store) {
        self.started.lock().expect("nobody panicked").push(self.clock.now_us());
        self.runs.send(start.run).expect("the thread ends after the server");
    }

    fn cancel(&mut self, _: RunId) {}
}

/// A million tasks with a schedule each, as a server has them in memory.
fn a_million_schedules() {
    const TASKS: usize = 1_000_000;
    let versions: Vec<_> = (0..TASKS)
        .map(|n| {
            let minutes = Duration::MINUTE.times(60 + i64::try_from(n % 1_000).expect("small"));
            let cadence = Cadence::new(minutes, Bounds::default()).expect("it is positive");
            let schedules = Schedules(vec![Schedule::Every(cadence)]);
            version(n, TaskHeaders { schedules, ..TaskHeaders::default() })
        })
        .collect();
    let before = resident_kib();
    let begin = Moment::now();
    let now = Instant::EPOCH.plus(Duration::DAY.times(20_000));
    let options = Options { workers: 4 };
    let mut dispatcher = Dispatcher::restore(options, Restored::default(), versions, now);
    drop(settle(&mut dispatcher));
    let load = begin.elapsed();
    let kib = resident_kib().saturating_sub(before);
    let begin = Moment::now();
    dispatcher.tick(now.plus(Duration::SECOND));
    println!(
        "{TASKS} schedules: loaded in {:.2} s, {kib} KiB more than their headers; a tick with nothing due {:.1} µs",
        load.as_secs_f64(),
        begin.elapsed().as_secs_f64() * 1e6
    );
}

/// What follows from everything so far, with nobody who carries it out.
fn settle(dispatcher: &mut Dispatcher) -> Batch {
    dispatcher.begin(&mut drop);
    dispatcher.take()
}

/// What a run that sleeps takes of a server's memory, beside its task.
fn sleeping_runs() {
    const RUNS: usize = 100_000;
    let due = Instant::EPOCH.plus(Duration::DAY.times(20_000));
    let schedules = Schedules(vec![Schedule::At(due)]);
    let headers = TaskHeaders { schedules, ..TaskHeaders::default() };
    let versions: Vec<_> = (0..RUNS).map(|n| version(n, headers.clone())).collect();
    let options = Options { workers: RUNS };
    let mut dispatcher =
        Dispatcher::restore(options, Restored::default(), versions, due.minus(Duration::SECOND));
    drop(settle(&mut dispatcher));
    let before = resident_kib();
    dispatcher.tick(due);
    let mut begun = Vec::with_capacity(RUNS);
    dispatcher.begin(&mut |start| begun.push(start.run));
    drop(dispatcher.take());
    assert_eq!(begun.len(), RUNS, "all of them begin");
    for run in begun {
        let until = due.plus(Duration::DAY);
        let sleeps = RunEvent::Sleeps { until, used: Duration::ZERO, snapshot: None };
        dispatcher.handle(due, Event::Run(run, sleeps));
    }
    drop(settle(&mut dispatcher));
    let bytes = resident_kib().saturating_sub(before) * 1024 / RUNS as u64;
    let begin = Moment::now();
    dispatcher.tick(due.plus(Duration::SECOND));
    drop((settle(&mut dispatcher), dispatcher.next_wake()));
    println!(
        "{RUNS} runs sleep: at most {bytes} bytes each, no thread; a second in which nothing happens takes {:.1} ms",
        begin.elapsed().as_secs_f64() * 1e3
    );
}

/// From `taskc serve` to the first answer of a server that has so many tasks: once with an empty data folder, once again.
#[cfg(unix)]
fn start_to_serving(project: &Path, tasks: usize) {
    use taskc::engine::control::{Request, ask};

    std::fs::create_dir_all(project).expect("a folder can be made");
    for n in 0..tasks {
        let text = format!("schedule \"{} {} * * *\"\nprint(\"task {n}\")\n", n % 60, n / 60 % 24);
        std::fs::write(project.join(format!("task_{n}.task")), text).expect("it can be written to");
    }
    let socket = project.join(".taskc/taskc.sock");
    for what in ["first", "second"] {
        let begin = Moment::now();
        let mut server = Command::new(env!("CARGO_BIN_EXE_taskc"))
            .arg("serve")
            .arg(project)
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        while ask(&socket, &Request::Status).is_err() {
            thread::sleep(StdDuration::from_millis(1));
        }
        println!("{what} start of {tasks} tasks: {:.2} s", begin.elapsed().as_secs_f64());
        server.kill().expect("it is ours");
        server.wait().expect("it is ours");
    }
}

#[cfg(not(unix))]
fn start_to_serving(_: &Path, _: usize) {}

fn version(n: usize, headers: TaskHeaders) -> TaskUpdate {
    let bytes: Arc<[u8]> = b"a program".as_slice().into();
    TaskUpdate::Changed(TaskVersion {
        task: TaskName::new(&format!("task_{n}")),
        headers: Arc::new(headers),
        program: Hash::of(&bytes),
        bytes,
    })
}

fn resident_kib() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) * 4
}
