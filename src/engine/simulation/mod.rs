//! The engine on a simulated clock: days of schedules in milliseconds, with crashes between any two steps and clocks that are set.
//!
//! The dispatcher and the store are the real ones. Workers come from a script; in [`ordeal`] some tasks have real programs, whose
//! attempts are carried out by the real machine and journal ([`machines`]) in a world of peers that fail ([`peers`]).

mod clock;
mod machines;
mod ordeal;
mod peers;
mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::check::headers::TaskHeaders;
use crate::schedule::{
    Bounds, Cadence, Calendar, Cron, Duration, Instant, Schedule, Schedules, Zone, parse_instant,
};
use crate::store::{
    EndState, Filter, Hash, Ledger, LedgerRow, Outcome, Presence, RunError, RunId, RunState,
    SqliteStore, Stall, Store, TaskName,
};
use machines::Machines;

/// What a scripted worker makes of an attempt: how long it takes, and how it ends.
pub(super) type Script = Box<dyn FnMut(&StartRun) -> (Duration, Turn)>;

/// How an attempt leaves its worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Ends(EndState),
    /// It sleeps for so long.
    Sleeps(Duration),
    /// Nobody knows whether a call was made.
    InDoubt,
}

impl From<EndState> for Turn {
    fn from(end: EndState) -> Self {
        Self::Ends(end)
    }
}

impl Turn {
    fn event(self, now: Instant) -> RunEvent {
        match self {
            Self::Ends(end) => RunEvent::Ended(run_end(end)),
            Self::Sleeps(time) => {
                let until = now.plus(time);
                RunEvent::Sleeps { until, used: Duration::ZERO, snapshot: None }
            }
            Self::InDoubt => {
                let error = run_end(EndState::Failed).outcome.error.unwrap();
                let call = Some("1".to_owned());
                RunEvent::Stalled(Stall { state: RunState::InDoubt, call, error })
            }
        }
    }
}

/// When the server dies, seen from a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crash {
    /// What was decided is not on disk yet.
    BeforeCommit,
    /// It is on disk, but nothing was done about it.
    AfterCommit,
}

pub(super) struct Simulation {
    pub(super) store: SqliteStore,
    /// Nobody serves without one.
    pub(super) dispatcher: Option<Dispatcher>,
    pub(super) now: Instant,
    /// The set of tasks that a server finds when it starts.
    pub(super) tasks: BTreeMap<TaskName, TaskUpdate>,
    pub(super) workers: usize,
    script: Script,
    /// The ends that are to come, by time.
    ends: BTreeSet<(Instant, RunId)>,
    outcomes: BTreeMap<RunId, (TaskName, Turn)>,
    /// Carries out what is not scripted.
    machines: Option<Machines>,
    /// Every attempt that a worker was given.
    pub(super) started: Vec<StartRun>,
    pub(super) replies: Vec<(AskId, Reply)>,
    pub(super) notes: Vec<Note>,
    pub(super) stopped: bool,
    /// Decides at each commit whether the server dies.
    pub(super) crashes: Box<dyn FnMut() -> Option<Crash>>,
    /// Decides whether what may be written later is.
    pub(super) puts_off: Box<dyn FnMut() -> bool>,
    /// How many of the attempts have their rows.
    recorded: usize,
}

impl Simulation {
    /// An empty store, and nobody who serves.
    pub(super) fn new(start: &str) -> Self {
        Self {
            store: SqliteStore::open_in_memory().unwrap(),
            dispatcher: None,
            now: instant(start),
            tasks: BTreeMap::new(),
            workers: 64,
            script: Box::new(|_| (Duration::SECOND, Turn::Ends(EndState::Succeeded))),
            ends: BTreeSet::new(),
            outcomes: BTreeMap::new(),
            machines: None,
            started: Vec::new(),
            replies: Vec::new(),
            notes: Vec::new(),
            stopped: false,
            crashes: Box::new(|| None),
            puts_off: Box::new(|| false),
            recorded: 0,
        }
    }

    /// A server with one task `t`.
    pub(super) fn serving(start: &str, headers: TaskHeaders) -> Self {
        let mut this = Self::new(start);
        this.add("t", headers);
        this.start();
        this
    }

    pub(super) fn script<T: Into<Turn>>(
        mut self,
        mut script: impl FnMut(&StartRun) -> (Duration, T) + 'static,
    ) -> Self {
        self.script = Box::new(move |start| {
            let (time, turn) = script(start);
            (time, turn.into())
        });
        self
    }

    /// Puts a task into the set, for the next start.
    pub(super) fn add(&mut self, name: &str, headers: TaskHeaders) {
        self.add_version(version(name, headers));
    }

    fn add_version(&mut self, version: TaskVersion) {
        self.tasks.insert(version.task.clone(), TaskUpdate::Changed(version));
    }

    /// Somebody saves a file while the server runs.
    pub(super) fn change(&mut self, name: &str, headers: TaskHeaders) {
        self.add(name, headers);
        let update = self.tasks[&TaskName::new(name)].clone();
        self.send(Event::Tasks(vec![update]));
    }

    /// A server starts.
    pub(super) fn start(&mut self) {
        self.stopped = false;
        let restored = Restored::read(&mut self.store, self.now).unwrap();
        let tasks = self.tasks.values().cloned().collect();
        let options = Options { workers: self.workers };
        self.dispatcher = Some(Dispatcher::restore(options, restored, tasks, self.now));
        if let Some(machines) = &self.machines {
            machines.clock.advance_to(self.now);
        }
        self.commit();
        self.work();
    }

    /// The process is killed. Its workers die with it.
    pub(super) fn kill(&mut self) {
        self.dispatcher = None;
        // What began without its row has left nothing behind.
        self.started.truncate(self.recorded);
        self.ends.clear();
        self.outcomes.clear();
        if let Some(machines) = &mut self.machines {
            machines.kill();
        }
    }

    /// Time passes.
    pub(super) fn run_for(&mut self, time: Duration) {
        self.run_until(self.now.plus(time));
    }

    pub(super) fn run_until(&mut self, until: Instant) {
        while self.now < until && self.dispatcher.is_some() {
            let wake = self.dispatcher.as_ref().and_then(Dispatcher::next_wake);
            let end = self.ends.first().map(|(at, _)| *at);
            let sleep = self.now.plus(Duration::SECOND.times(30));
            let answer = self.machines.as_ref().and_then(|it| it.clock.next_wake());
            let next = [wake, end, answer, Some(sleep), Some(until)];
            let next = next.into_iter().flatten().min().unwrap();
            self.step(next.max(self.now));
        }
        self.now = self.now.max(until);
    }

    /// Somebody sets the clock, or the machine sleeps. What workers do takes as long as before.
    pub(super) fn set_clock(&mut self, to: Instant) {
        let moved = |at: Instant| Instant(at.0 + to.0 - self.now.0);
        self.ends = self.ends.iter().map(|(at, run)| (moved(*at), *run)).collect();
        self.now = to;
        if let Some(machines) = &self.machines {
            machines.clock.set(to);
        }
        if self.dispatcher.as_ref().is_some_and(|it| to < it.now()) {
            self.commit();
            if let Some(dispatcher) = &mut self.dispatcher {
                dispatcher.set_back(&mut self.store, to).unwrap();
            }
        }
        self.step(to);
    }

    /// The loop wakes up.
    fn step(&mut self, now: Instant) {
        self.now = now;
        if let Some(machines) = &self.machines {
            machines.clock.advance_to(now);
        }
        let Some(dispatcher) = &mut self.dispatcher else { return };
        while let Some((at, run)) = self.ends.first().copied().filter(|(at, _)| *at <= now) {
            self.ends.remove(&(at, run));
            let (_, turn) = self.outcomes.remove(&run).unwrap();
            dispatcher.handle(now, Event::Run(run, turn.event(now)));
        }
        dispatcher.tick(now);
        self.commit_or_put_off(false);
        self.work();
    }

    pub(super) fn send(&mut self, event: Event) {
        let now = self.now;
        let Some(dispatcher) = &mut self.dispatcher else { return };
        dispatcher.tick(now);
        dispatcher.handle(now, event);
        self.commit();
        self.work();
    }

    /// Real attempts go on, and what they say is heard and written down, until all of them wait for time to pass.
    fn work(&mut self) {
        while let (Some(machines), Some(dispatcher)) = (&mut self.machines, &mut self.dispatcher) {
            if machines.poll().is_err() {
                return self.kill();
            }
            let heard = machines.hear();
            if heard.is_empty() {
                return;
            }
            let mut kept = Vec::new();
            for (run, event, answer) in heard {
                kept.extend(answer.map(|it| (it, dispatcher.is_running(run))));
                dispatcher.handle(self.now, Event::Run(run, event));
            }
            self.commit_or_put_off(!kept.is_empty());
            for (answer, is_theirs) in kept {
                // Nobody waits where the process was killed.
                let _ = answer.send(is_theirs && self.dispatcher.is_some());
            }
        }
    }

    /// What the loop does when it has heard all that there was: somebody may wait until it is written.
    fn commit_or_put_off(&mut self, somebody_waits: bool) {
        self.begin();
        let may_put_off = self.dispatcher.as_ref().unwrap().may_put_off();
        if somebody_waits || !may_put_off || !(self.puts_off)() {
            self.commit();
        }
    }

    fn begin(&mut self) {
        let mut begun = Vec::new();
        self.dispatcher.as_mut().unwrap().begin(&mut |start| begun.push(start));
        begun.into_iter().for_each(|it| self.act(Action::Start(it)));
    }

    fn commit(&mut self) {
        let crash = (self.crashes)();
        self.begin();
        let batch = self.dispatcher.as_mut().unwrap().take();
        let is_cut_off = self.machines.as_mut().is_some_and(|it| it.poll().is_err());
        if crash == Some(Crash::BeforeCommit) || is_cut_off {
            return self.kill();
        }
        self.store.apply(&batch.writes).unwrap();
        self.recorded = self.started.len();
        if crash == Some(Crash::AfterCommit) {
            return self.kill();
        }
        for action in batch.actions {
            self.act(action);
        }
        self.recorded = self.started.len();
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Start(start) if self.is_real(&start.task) => {
                let machines = self.machines.as_mut().unwrap();
                machines.start(start.clone(), &mut self.store);
                self.started.push(start);
            }
            Action::Start(start) => {
                let (time, end) = (self.script)(&start);
                self.ends.insert((self.now.plus(time), start.run));
                self.outcomes.insert(start.run, (start.task.clone(), end));
                self.started.push(start);
            }
            Action::Cancel(run) => {
                // It stops at once, unless it has just ended.
                if let Some((_, turn)) = self.outcomes.get_mut(&run) {
                    *turn = Turn::Ends(EndState::Cancelled);
                    self.ends.retain(|(_, it)| *it != run);
                    self.ends.insert((self.now, run));
                } else if let Some(machines) = &mut self.machines {
                    machines.cancel(run);
                }
            }
            // Scripted attempts cannot be.
            Action::Park(run) => {
                if let Some(machines) = &mut self.machines {
                    machines.park(run);
                }
            }
            Action::Reply(ask, reply) => self.replies.push((ask, reply)),
            Action::Note(note) => self.notes.push(note),
            Action::Stopped => self.stopped = true,
        }
    }

    fn is_real(&self, task: &TaskName) -> bool {
        self.machines.as_ref().is_some_and(|it| it.tasks.contains(task))
    }

    /// What the ledger shows, the earliest due first.
    pub(super) fn rows(&mut self) -> Vec<LedgerRow> {
        let mut rows = self.store.ledger().rows(&Filter::default()).unwrap();
        rows.reverse();
        rows
    }

    /// The ledger in short: `08:00 ran succeeded`, `09:00 skipped`.
    pub(super) fn ledger(&mut self) -> Vec<String> {
        let rows = self.rows();
        let short = rows.iter().map(|row| {
            let due = row.occurrence.due.to_string();
            let state = row.run.as_ref().map(|run| format!(" {}", run.state.as_str()));
            let time = due[11..].trim_end_matches('Z');
            let time = time.strip_suffix(":00").unwrap_or(time);
            format!("{time} {}{}", row.occurrence.decision.as_str(), state.unwrap_or_default())
        });
        short.collect()
    }

    /// The starts in short: when each was due, and which attempt.
    pub(super) fn starts(&self) -> Vec<(String, u32)> {
        let short = |it: &StartRun| (it.due.to_string()[11..16].to_owned(), it.attempt);
        self.started.iter().map(short).collect()
    }

    /// How many attempts are running.
    pub(super) fn busy(&self) -> usize {
        self.ends.len() + self.machines.iter().flat_map(Machines::busy).count()
    }

    /// How many attempts of a task are running.
    pub(super) fn busy_with(&self, task: &TaskName) -> usize {
        let scripted = self.outcomes.values().map(|(task, _)| task);
        let real = self.machines.iter().flat_map(Machines::busy);
        scripted.chain(real).filter(|it| *it == task).count()
    }

    pub(super) fn presence(&mut self, name: &str) -> Presence {
        let tasks = self.store.ledger().tasks().unwrap();
        tasks.into_iter().find(|it| it.task.as_str() == name).unwrap().presence
    }
}

pub(super) fn version(name: &str, headers: TaskHeaders) -> TaskVersion {
    let bytes: Arc<[u8]> = format!("{name} {headers:?}").into_bytes().into();
    version_of(name, headers, Hash::of(&bytes), bytes)
}

fn version_of(name: &str, headers: TaskHeaders, program: Hash, bytes: Arc<[u8]>) -> TaskVersion {
    TaskVersion { task: TaskName::new(name), headers: Arc::new(headers), program, bytes }
}

pub(super) fn run_end(end: EndState) -> RunEnd {
    let error =
        RunError { code: "failed".to_owned(), message: "no luck".to_owned(), data: None, at: None };
    let outcome = Outcome { end, error: (end != EndState::Succeeded).then_some(error) };
    RunEnd { outcome, kept: Vec::new(), retryable: true, forget: Vec::new() }
}

pub(super) fn instant(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

pub(super) fn hours(hours: i64) -> Duration {
    Duration::HOUR.times(hours)
}

pub(super) fn minutes(minutes: i64) -> Duration {
    Duration::MINUTE.times(minutes)
}

pub(super) fn every(period: Duration) -> TaskHeaders {
    let cadence = Cadence::new(period, Bounds::default()).unwrap();
    TaskHeaders { schedules: Schedules(vec![Schedule::Every(cadence)]), ..TaskHeaders::default() }
}

pub(super) fn cron(text: &str, zone: &str) -> TaskHeaders {
    let calendar = Calendar::new(Cron::parse(text).unwrap(), Zone::get(zone).unwrap());
    let schedule = Schedule::Cron { calendar: Box::new(calendar), bounds: Bounds::default() };
    TaskHeaders { schedules: Schedules(vec![schedule]), ..TaskHeaders::default() }
}
