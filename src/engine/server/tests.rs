//! The loop with a clock that jumps to whatever is waited for, and workers that end at once.

use std::sync::mpsc as std_mpsc;

use super::super::simulation::{every, hours, instant, run_end, version};
use super::super::{RunEvent, StartRun};
use super::*;
use crate::check::headers::TaskHeaders;
use crate::host::real::scratch::Scratch;
use crate::host::sim;
use crate::store::{EndState, Filter, Ledger, RunState, SqliteLedger, SqliteStore, TaskName};

/// Ends each run as soon as it starts, unless it is told to leave them running.
struct AtOnce {
    handle: Handle,
    ends: bool,
}

impl Runner for AtOnce {
    fn start(&mut self, start: StartRun, _: &mut dyn Store) {
        if self.ends {
            let handle = self.handle.clone();
            let end = run_end(EndState::Succeeded);
            thread::spawn(move || handle.tell(start.run, RunEvent::Ended(end)));
        }
    }

    fn cancel(&mut self, _: RunId) {}
}

struct Running {
    server: Server,
    notes: std_mpsc::Receiver<Note>,
    scratch: Scratch,
}

fn start(clock: &sim::Clock, headers: TaskHeaders, ends: bool) -> Running {
    let scratch = Scratch::new();
    let (heard, notes) = std_mpsc::channel();
    let parts = Parts {
        options: Options { workers: 4 },
        store: Box::new(SqliteStore::open(&scratch.path().join("taskc.db")).unwrap()),
        clock: Arc::new(clock.clone()),
        runner: Box::new(move |handle| Box::new(AtOnce { handle, ends })),
        tasks: vec![TaskUpdate::Changed(version("t", headers))],
        log: Box::new(move |entry| match entry {
            // Nobody listens any more once the test has seen enough.
            LogEntry::Note(note) => drop(heard.send(note)),
            LogEntry::CannotWrite(error) => panic!("{error}"),
        }),
    };
    Running { server: Server::start(parts).unwrap(), notes, scratch }
}

impl Running {
    fn await_end(&self) {
        while !matches!(self.notes.recv().unwrap(), Note::Ended { .. }) {}
    }
}

fn rows(scratch: &Scratch) -> Vec<store::LedgerRow> {
    let mut ledger = SqliteLedger::open(&scratch.path().join("taskc.db")).unwrap();
    ledger.rows(&Filter::default()).unwrap()
}

fn clock() -> sim::Clock {
    sim::Clock::new(instant("2026-01-05T00:00:00Z").0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_runs_what_is_due_until_it_is_stopped() {
    let running = start(&clock(), every(hours(1)), true);
    (0..3).for_each(|_| running.await_end());
    running.server.handle.stop_within(StdDuration::from_secs(1)).await.unwrap();
    let handle = running.server.handle.clone();
    running.server.join().unwrap();
    let rows = rows(&running.scratch);
    let succeeded = rows
        .iter()
        .filter(|it| it.run.as_ref().is_some_and(|run| run.state == RunState::Succeeded));
    assert!(succeeded.count() >= 3, "{rows:?}");
    assert_eq!(handle.ask(Command::Status).await, Err(Gone));
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_do_not_end_in_time_are_interrupted() {
    let headers = TaskHeaders { durable: false, ..TaskHeaders::default() };
    let running = start(&clock(), headers, false);
    let handle = running.server.handle.clone();
    let trigger = Command::Trigger { task: TaskName::new("t"), wait: false };
    assert_eq!(handle.ask(trigger).await, Ok(Reply::Started(RunId(1))));
    let waiting = tokio::spawn({
        let handle = handle.clone();
        async move { handle.ask(Command::Trigger { task: TaskName::new("unknown"), wait: true }).await }
    });
    assert_eq!(waiting.await.unwrap(), Ok(Reply::Refused("there is no task `unknown`".to_owned())));
    handle.stop_within(StdDuration::from_mins(1)).await.unwrap();
    running.await_end();
    assert_eq!(rows(&running.scratch)[0].run.as_ref().unwrap().state, RunState::Retrying);
    running.server.join().unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn other_processes_ask_by_the_socket() {
    use super::super::control::{AskError, Request, Response, ask, listen};
    use crate::host::real::LocalListener;

    let running = start(&clock(), TaskHeaders::default(), true);
    let socket = running.scratch.path().join("s");
    let client = socket.clone();
    assert!(matches!(ask(&socket, &Request::Status), Err(AskError::NobodyServes)));
    let listening =
        tokio::spawn(listen(LocalListener::bind(&socket).unwrap(), running.server.handle.clone()));
    let answers = tokio::task::spawn_blocking(move || {
        let task = || "t".to_owned();
        let requests = [
            Request::Trigger { task: task(), wait: true },
            Request::Pause { task: task() },
            Request::Cancel { run: 9 },
            Request::Status,
        ];
        requests.map(|it| ask(&client, &it).unwrap())
    });
    let [triggered, paused, cancelled, status] = answers.await.unwrap();
    assert_eq!(triggered, Response::Ended { run: 1, state: "succeeded".to_owned(), error: None });
    assert_eq!(paused, Response::Done);
    assert_eq!(cancelled, Response::Refused { reason: "run 9 is not running".to_owned() });
    let Response::Status { tasks } = status else { panic!("{status:?}") };
    assert!(tasks[0].paused && tasks[0].next.is_none() && tasks[0].running.is_empty());
    listening.abort();
}
