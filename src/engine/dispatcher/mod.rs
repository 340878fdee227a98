//! The state of the engine, and all decisions about it.
//!
//! INVARIANTS
//! - Everything a task was due up to its cursor has a row, written in this batch or before.
//! - An occurrence gets its row in the batch in which its time comes, and its run in the batch that starts it. So a crash between two
//!   batches loses nothing and repeats nothing.
//! - The next due time never depends on a run.
//!
//! Start with [`Dispatcher::tick`] (`due`, `line`, `start`); `run` hears of runs, `tasks` of versions, `command` of people, `restore`
//! of what was before.

mod command;
mod due;
mod line;
mod restore;
mod run;
mod runs;
mod start;
mod tasks;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::event::{Action, AskId, Event, Note, Reply, TaskVersion};
use super::policy::ON_TIME;
use super::runner::StartRun;
use crate::check::headers::History;
use crate::schedule::{Duration, Instant};
use crate::store::{Presence, RunId, TaskName, Trigger, Write};

pub use restore::Restored;
use runs::{ActiveRun, Activity, Runs};
use start::{Candidate, Grouped};

/// How often it is written down that everything was served. Also how long the loop sleeps at most, to see that the clock was set.
pub(super) const HEARTBEAT: Duration = Duration(30 * Duration::SECOND.0);

/// What the engine is told about its machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many attempts may run at once.
    pub workers: usize,
}

/// What follows from what happened: first the writes, and when these are on disk the actions.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// For the store, all or nothing.
    pub writes: Vec<Write>,
    /// For the loop, in order.
    pub actions: Vec<Action>,
}

/// Decides.
#[derive(Debug)]
pub struct Dispatcher {
    options: Options,
    /// The tasks that are served.
    tasks: FxHashMap<TaskName, Box<Task>>,
    /// Those that were, and may come back.
    left: BTreeMap<TaskName, Left>,
    /// The runs that have not ended.
    runs: Runs,
    /// Who may start next: whoever stands first in a line, and others who did. Who is taken out is looked at again.
    ready: BTreeSet<Candidate>,
    /// The tasks of which something waits that is not written down.
    unrecorded: Vec<TaskName>,
    /// The tasks of which something may wait that expires: all of those of which something does.
    expiring: BTreeSet<TaskName>,
    /// The tasks of which this batch writes what their runs read when they start: their program, or their kept variables.
    unwritten: BTreeSet<TaskName>,
    /// The tasks whose histories have grown since the last batch.
    longer: BTreeSet<TaskName>,
    /// When each task is to be looked at next: something of it is due then, or delayed until then. Some are looked at in vain.
    wakes: BTreeSet<(Instant, TaskName)>,
    /// The tasks of which something may be due and is not decided yet: only between a tick and what follows it.
    awake: VecDeque<TaskName>,
    /// The tasks that were looked at and have no place in `wakes` yet: they get one when those are started that are due now.
    open_next: Vec<TaskName>,
    /// Up to when everything has its row, in tasks that were served then. A task's own cursor may lag behind.
    decided: Instant,
    last_run: RunId,
    /// The time of what happened last.
    now: Instant,
    /// The time of the last tick.
    ticked: Instant,
    /// The time of the last heartbeat.
    beat: Instant,
    phase: Phase,
    batch: Batch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    /// Starts nothing, and waits for what is running.
    Stopping,
    Stopped,
}

/// A task that is served.
#[derive(Debug)]
struct Task {
    version: TaskVersion,
    /// Its file has errors since; this version goes on.
    outdated: bool,
    served: Served,
    /// The first due time that is not decided.
    next: Option<Instant>,
    /// Whether it is to be found yet.
    has_open_next: bool,
    /// Occurrences that start later than they were due.
    delayed: Vec<Waiting>,
    /// Occurrences that wait for their turn, in this order.
    line: VecDeque<Waiting>,
    /// Rows that have ended since the history was trimmed.
    ended_rows: u32,
    /// The latest due time of a run that was started by hand.
    last_by_hand: Instant,
}

/// How far a task was served, and what must not be forgotten while it is away.
#[derive(Clone, Debug)]
struct Served {
    /// Everything that was due up to here has its row.
    cursor: Instant,
    /// What else has its row: only where the clock was set back, or after a crash.
    decided: BTreeSet<Instant>,
    paused: bool,
    /// When the last successful run was due.
    previous: Option<Instant>,
}

/// A task that is not served.
#[derive(Debug)]
struct Left {
    presence: Presence,
    served: Served,
    /// When it was due, see [`timetable`](super::timetable).
    timetable: Arc<[u8]>,
}

/// An occurrence that has no run yet.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    due: Instant,
    not_before: Instant,
    trigger: Trigger,
    /// How many due times it stands for beside its own.
    missed: u32,
    /// Its row is written.
    recorded: bool,
    ask: Option<Ask>,
}

impl Waiting {
    /// From when on it has waited for its start: what somebody asked for, since then.
    fn wanted(&self) -> Instant {
        match self.trigger {
            Trigger::Schedule => self.due,
            Trigger::Manual | Trigger::Missed => self.not_before,
        }
    }
}

/// Who wants to hear of an occurrence.
#[derive(Clone, Copy, Debug)]
struct Ask {
    id: AskId,
    /// Only when its run has ended.
    at_end: bool,
}

impl Dispatcher {
    /// Nothing to serve yet; see also [`Dispatcher::restore`].
    #[must_use]
    pub fn new(options: Options, now: Instant) -> Self {
        Self {
            options,
            tasks: FxHashMap::default(),
            left: BTreeMap::new(),
            runs: Runs::default(),
            ready: BTreeSet::new(),
            unrecorded: Vec::new(),
            expiring: BTreeSet::new(),
            unwritten: BTreeSet::new(),
            longer: BTreeSet::new(),
            wakes: BTreeSet::new(),
            awake: VecDeque::new(),
            open_next: Vec::new(),
            decided: now,
            last_run: RunId(0),
            now,
            ticked: now,
            beat: now,
            phase: Phase::Serving,
            batch: Batch::default(),
        }
    }

    /// Time has passed: what is due is about to be decided. Where the clock was set back, [`Dispatcher::set_back`] comes first; a time that is
    /// only a little earlier than the one before counts as the same.
    pub fn tick(&mut self, now: Instant) {
        self.now = now.max(self.now);
        self.find_open_next();
        if self.phase == Phase::Serving {
            if self.now.since(self.ticked) > HEARTBEAT.max(ON_TIME) {
                self.note(Note::Gap { from: self.ticked, to: self.now });
            }
            if self.wakes.first().is_some_and(|(at, _)| *at <= self.now) {
                self.wake_who_is_due();
            }
            self.decided = self.now;
            self.beat_if_due();
        }
        self.ticked = self.now;
    }

    /// Something happened.
    pub fn handle(&mut self, now: Instant, event: Event) {
        self.now = now.max(self.now);
        self.decide_what_is_due();
        self.find_open_next();
        match event {
            Event::Tasks(updates) if self.phase == Phase::Serving => self.update_tasks(updates),
            Event::Tasks(_) => {}
            Event::Run(run, event) => self.hear_of_run(run, event),
            Event::Command(ask, command) => self.obey(ask, command),
            Event::Stop => self.stop(),
            Event::Park => self.park(),
            Event::StopNow => self.stop_now(),
        }
    }

    /// Starts what can be started. Runs whose machines need not wait for the writes are handed to `begin` as soon as it is decided that
    /// they run: whatever they change in the world waits for an entry of theirs on disk, and that is written behind their rows. Of one whose
    /// row is never written nothing has left the process, except that it has looked.
    pub fn begin(&mut self, begin: &mut dyn FnMut(StartRun)) {
        /// So many are decided before the first of them starts.
        const DECIDED_AT_ONCE: usize = 32;
        if self.phase == Phase::Serving {
            self.expire();
            // Who goes first matters only where not all can go.
            while self.awake.len() > DECIDED_AT_ONCE && self.has_room_for_all() {
                self.decide_some(DECIDED_AT_ONCE);
                self.start_what_can(Grouped::Wait, begin);
            }
            self.decide_what_is_due();
            self.expire();
            self.start_what_can(Grouped::Start, begin);
        }
        self.find_open_next();
    }

    /// Whether the writes may wait for a moment: somebody waits for a worker to become free, and nothing waits for the writes.
    #[must_use]
    pub fn may_put_off(&self) -> bool {
        let waits = |it: &Action| !matches!(it, Action::Note(_));
        self.phase == Phase::Serving
            && self.runs.busy() >= self.options.workers
            && !self.ready.is_empty()
            && !self.batch.actions.iter().any(waits)
    }

    /// What follows from everything since the last call. [`Dispatcher::begin`] comes before: who waits now is written down as waiting.
    pub fn take(&mut self) -> Batch {
        debug_assert!(self.awake.is_empty(), "something due is not decided");
        self.record_what_waits();
        self.forget_what_expired();
        self.trim_histories();
        self.unwritten.clear();
        mem::take(&mut self.batch)
    }

    /// When the next tick is needed, if nothing happens before.
    #[must_use]
    pub fn next_wake(&self) -> Option<Instant> {
        if self.phase != Phase::Serving {
            return None;
        }
        let expiring = self.expiring.iter().filter_map(|name| self.tasks.get(name));
        let expiries = expiring.flat_map(|task| {
            let expire = task.version.headers.expire;
            task.line.iter().filter_map(move |it| Some(expires(it.wanted(), expire?)))
        });
        // What waits for a worker since before now is woken by the end of a run.
        let wakes = self.runs.first_wake_after(self.ticked);
        let due = self.wakes.first().map(|(at, _)| (*at).max(self.ticked.plus(Duration(1))));
        expiries.filter(|at| *at > self.ticked).chain(wakes).chain(due).min()
    }

    /// The time of what happened last.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Whether a worker has the run, and nobody has told it to stop.
    #[must_use]
    pub fn is_running(&self, run: RunId) -> bool {
        self.runs.is_running(run)
    }

    fn stop(&mut self) {
        if self.phase == Phase::Serving {
            self.phase = Phase::Stopping;
            self.batch.writes.push(Write::Heartbeat { at: self.now });
        }
        self.stop_if_idle();
    }

    fn park(&mut self) {
        self.stop();
        let parks = |id: &RunId| self.runs[id].headers.durable && self.runs.is_running(*id);
        self.batch.actions.extend(self.runs.with_worker().filter(parks).map(Action::Park));
    }

    fn stop_now(&mut self) {
        self.stop();
        self.interrupt_runs();
        self.stop_if_idle();
    }

    fn stop_if_idle(&mut self) {
        if self.phase == Phase::Stopping && self.runs.busy() == 0 {
            self.phase = Phase::Stopped;
            for id in self.runs.ids().collect::<Vec<_>>() {
                self.send_away(id);
            }
            self.batch.actions.push(Action::Stopped);
        }
    }

    fn beat_if_due(&mut self) {
        if self.now.since(self.beat) >= HEARTBEAT {
            self.beat = self.now;
            self.batch.writes.push(Write::Heartbeat { at: self.now });
        }
    }

    /// Trims now and then, so that a frequent task does not search its history after each run.
    fn trim_histories(&mut self) {
        for name in mem::take(&mut self.longer) {
            let Some(task) = self.tasks.get_mut(&name) else { continue };
            let (keep, before) = match task.version.headers.history {
                History::Runs(runs) => (runs, None),
                History::For(time) => (u32::MAX, Some(self.now.minus(time))),
                History::Off => (0, None),
            };
            if task.ended_rows > (keep / 20).min(100) {
                task.ended_rows = 0;
                self.batch.writes.push(Write::Trim { task: name, keep, before });
            }
        }
    }

    fn note(&mut self, note: Note) {
        self.batch.actions.push(Action::Note(note));
    }

    fn reply(&mut self, ask: AskId, reply: Reply) {
        self.batch.actions.push(Action::Reply(ask, reply));
    }
}

/// The first instant at which it is too late to start.
fn expires(due: Instant, after: Duration) -> Instant {
    due.plus(after).plus(Duration(1))
}

#[cfg(test)]
mod tests;
