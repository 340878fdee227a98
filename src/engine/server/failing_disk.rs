//! A disk that fails at the n-th call of the store, for all n: what may pass is waited for, after anything else the server stops; and
//! whoever serves next finds every due time with one row, and ends what was begun.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc as std_mpsc};

use rusqlite::ffi;

use super::super::simulation::{every, instant, minutes, run_end, version};
use super::super::{RunEvent, StartRun};
use super::*;
use crate::check::headers::{History, TaskHeaders};
use crate::host::real::scratch::Scratch;
use crate::host::sim;
use crate::store::{
    EndState, Entry, Filter, Hash, Kept, Ledger, Line, RunState, Saved, SqliteLedger, SqliteStore,
    TaskName,
};

/// What the disk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Full,
    ReadOnly,
    /// Nothing of the call was done.
    Fails,
    /// It was done, and nobody knows.
    FailsAfterwards,
}

impl Trouble {
    fn error(self) -> store::Error {
        let code = match self {
            Self::Full => ffi::SQLITE_FULL,
            Self::ReadOnly => ffi::SQLITE_READONLY,
            Self::Fails | Self::FailsAfterwards => ffi::SQLITE_IOERR_FSYNC,
        };
        store::Error::Sqlite(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
    }

    fn passes(self) -> bool {
        matches!(self, Self::Full | Self::ReadOnly)
    }
}

/// A store on that disk.
struct Failing {
    store: SqliteStore,
    trouble: Trouble,
    /// How many calls go well before.
    left: usize,
    /// How often it fails then.
    times: Arc<AtomicUsize>,
}

impl Failing {
    fn call<T>(
        &mut self,
        call: impl FnOnce(&mut SqliteStore) -> store::Result<T>,
    ) -> store::Result<T> {
        if self.left > 0 {
            self.left -= 1;
            return call(&mut self.store);
        }
        let strikes =
            self.times.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |it| it.checked_sub(1));
        if strikes.is_err() {
            return call(&mut self.store);
        }
        if self.trouble == Trouble::FailsAfterwards {
            call(&mut self.store)?;
        }
        Err(self.trouble.error())
    }
}

impl Store for Failing {
    fn apply(&mut self, writes: &[Write]) -> store::Result<()> {
        if writes.is_empty() { Ok(()) } else { self.call(|it| it.apply(writes)) }
    }

    fn restore(&mut self) -> store::Result<Saved> {
        self.call(SqliteStore::restore)
    }

    fn decided_after(&mut self, task: &TaskName, after: Instant) -> store::Result<Vec<Instant>> {
        self.call(|it| it.decided_after(task, after))
    }

    fn kept(&mut self, task: &TaskName) -> store::Result<Vec<Kept>> {
        self.call(|it| it.kept(task))
    }

    fn program(&mut self, hash: &Hash) -> store::Result<Option<Vec<u8>>> {
        self.call(|it| it.program(hash))
    }

    fn name(&mut self) -> store::Result<String> {
        self.call(SqliteStore::name)
    }

    fn journal(&mut self, run: RunId) -> store::Result<Vec<Entry>> {
        self.call(|it| it.journal(run))
    }

    fn snapshot(&mut self, run: RunId) -> store::Result<Option<Vec<u8>>> {
        self.call(|it| it.snapshot(run))
    }

    fn said(&mut self, run: RunId) -> store::Result<Vec<Line>> {
        self.call(|it| it.said(run))
    }
}

/// Ends each attempt well as soon as it starts, and remembers who they were.
struct AtOnce {
    handle: Handle,
    started: Arc<Mutex<Vec<StartRun>>>,
}

impl Runner for AtOnce {
    fn start(&mut self, start: StartRun, _: &mut dyn Store) {
        let handle = self.handle.clone();
        let end = RunEvent::Ended(run_end(EndState::Succeeded));
        let run = start.run;
        self.started.lock().unwrap().push(start);
        thread::spawn(move || handle.tell(run, end));
    }

    fn cancel(&mut self, _: RunId) {}
}

/// One data folder through several servers.
struct Place {
    scratch: Scratch,
    clock: sim::Clock,
    started: Arc<Mutex<Vec<StartRun>>>,
    cannot_write: Arc<AtomicUsize>,
}

/// What the row says that stands for more than are kept.
const TOO_MANY: &str = "at more due times than are kept";

impl Place {
    fn new() -> Self {
        Self {
            scratch: Scratch::new(),
            clock: sim::Clock::new(instant("2026-01-05T00:00:00Z").0),
            started: Arc::default(),
            cannot_write: Arc::default(),
        }
    }

    /// Serves until three runs have ended, or it cannot go on.
    async fn serve(
        &self,
        trouble: Trouble,
        left: usize,
        times: &Arc<AtomicUsize>,
    ) -> store::Result<()> {
        let store = SqliteStore::open(&self.scratch.path().join("taskc.db")).unwrap();
        let store = Failing { store, trouble, left, times: times.clone() };
        let (heard, notes) = std_mpsc::channel();
        let (started, cannot_write) = (self.started.clone(), self.cannot_write.clone());
        let headers = TaskHeaders { history: History::Runs(u32::MAX), ..every(minutes(1)) };
        let server = Server::start(Parts {
            options: Options { workers: 4 },
            store: Box::new(store),
            clock: Arc::new(self.clock.clone()),
            runner: Box::new(move |handle| Box::new(AtOnce { handle, started })),
            tasks: vec![TaskUpdate::Changed(version("t", headers))],
            log: Box::new(move |entry| match entry {
                // Nobody listens any more once the test has seen enough.
                LogEntry::Note(note) => drop(heard.send(note)),
                LogEntry::CannotWrite(_) => drop(cannot_write.fetch_add(1, Ordering::SeqCst)),
            }),
        })?;
        let ends = notes.into_iter().filter(|it| matches!(it, Note::Ended { .. }));
        let _ = ends.take(3).count();
        // Threads need time of ours, and this clock jumps: they have years of its own. It may have stopped by itself.
        let _ = server.handle.stop_within(StdDuration::from_hours(100_000)).await;
        server.join()
    }

    /// Each minute has one row, with a run that has ended or with a reason, and no run was started for two of them. This clock jumps while
    /// threads are slow to answer, maybe over more minutes than get a row each: then a row says so.
    fn check(&self, what: &str) {
        let mut ledger = SqliteLedger::open(&self.scratch.path().join("taskc.db")).unwrap();
        let mut rows = ledger.rows(&Filter::default()).unwrap();
        rows.reverse();
        let mut last = instant("2026-01-05T00:00:00Z");
        for row in rows {
            let it = &row.occurrence;
            let is_next = it.due == last.plus(minutes(1));
            let says_so = it.reason.as_deref().is_some_and(|it| it.ends_with(TOO_MANY));
            assert!(is_next || says_so, "{what}: {row:?} behind {last}");
            last = it.due;
            let ended = row.run.as_ref().map(|run| run.state == RunState::Succeeded);
            assert!(ended.unwrap_or(row.occurrence.reason.is_some()), "{what}: {row:?}");
        }
        let started = self.started.lock().unwrap();
        for (place, it) in started.iter().enumerate() {
            let same_due = |other: &&StartRun| other.due == it.due;
            let again = started[..place].iter().find(same_due);
            assert!(again.is_none_or(|before| before.run == it.run), "{what}: {it:?} twice");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_at_any_call_loses_and_doubles_nothing() {
    for trouble in [Trouble::Full, Trouble::ReadOnly, Trouble::Fails, Trouble::FailsAfterwards] {
        let mut calls = 0;
        loop {
            let place = Place::new();
            let what = format!("{trouble:?} at call {calls}");
            let times = Arc::new(AtomicUsize::new(if trouble.passes() { 2 } else { 1 }));
            let ended = place.serve(trouble, calls, &times).await;
            let struck = times.load(Ordering::SeqCst) == 0;
            let waited = place.cannot_write.load(Ordering::SeqCst);
            if ended.is_ok() {
                assert!(!struck || trouble.passes() && waited == 2, "{what}: it went on");
            } else {
                assert!(!trouble.passes() || waited == 0, "{what}: it did not wait: {ended:?}");
            }
            times.store(0, Ordering::SeqCst);
            place.serve(trouble, 0, &times).await.unwrap();
            place.check(&what);
            if !struck && ended.is_ok() {
                break;
            }
            calls += 1;
        }
        assert!(calls > 5, "{trouble:?} was tried at {calls} calls");
    }
}
