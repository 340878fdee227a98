//! What the ledger of a set of tasks would be: the real dispatcher over simulated time, with runs that take as long as they are said
//! to, and times at which nothing serves.
//!
//! Rows are handed on in the order of their due times, as soon as nothing can change them any more, so that a year of many tasks needs
//! no more memory than what is under way. Nothing is run, stored or waited for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::dispatcher::{Batch, Dispatcher, Options, Restored};
use super::event::{Action, Event, RunEnd, RunEvent, TaskUpdate, TaskVersion};
use super::runner::StartRun;
use crate::check::headers::TaskHeaders;
use crate::schedule::{Duration, Instant};
use crate::store::{
    Decision, EndState, Hash, LedgerRow, NewRun, Occurrence, Outcome, Presence, Run, RunError,
    RunId, RunState, Saved, TaskName, TaskRow, Then, Write,
};

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The tasks with what their headers say.
    pub tasks: Vec<(TaskName, Arc<TaskHeaders>)>,
    /// The first due time that counts.
    pub from: Instant,
    /// The first one that does not.
    pub to: Instant,
    /// How long a run takes, where it is said for a task.
    pub took: BTreeMap<TaskName, Duration>,
    /// How long any other run takes.
    pub took_otherwise: Duration,
    /// When nothing serves: from when until when, in order and apart from each other.
    pub down: Vec<(Instant, Instant)>,
    /// How many attempts may run at once.
    pub workers: usize,
}

/// Simulates, and hands on every row.
pub fn forecast(plan: &Plan, row: &mut dyn FnMut(&LedgerRow)) {
    // What is due at the very beginning is due after the instant before.
    let start = plan.from.minus(Duration(1));
    let mut world = World {
        plan,
        now: start,
        dispatcher: None,
        ends: BTreeSet::new(),
        left: HashMap::new(),
        ledger: Ledger::default(),
        row,
    };
    world.serve();
    for (down, up) in &plan.down {
        world.run_until((*down).min(plan.to));
        world.die();
        world.now = (*up).min(plan.to).max(world.now);
        if world.now < plan.to {
            world.serve();
        }
    }
    world.run_until(plan.to);
    world.finish();
}

struct World<'a> {
    plan: &'a Plan,
    now: Instant,
    /// Nothing serves without one.
    dispatcher: Option<Dispatcher>,
    /// The attempts that are running, by the time of their end.
    ends: BTreeSet<(Instant, RunId, EndState)>,
    /// How long the attempts that a kill cut off still take: what they had done is remembered.
    left: HashMap<RunId, Duration>,
    ledger: Ledger,
    row: &'a mut dyn FnMut(&LedgerRow),
}

impl World<'_> {
    /// A server starts and goes on where the one before stopped.
    fn serve(&mut self) {
        let restored = self.ledger.restored();
        let tasks = self.plan.tasks.iter().map(|(task, headers)| {
            TaskUpdate::Changed(TaskVersion {
                task: task.clone(),
                headers: headers.clone(),
                program: Hash::of(task.as_str().as_bytes()),
                bytes: Arc::new([]),
            })
        });
        let options = Options { workers: self.plan.workers };
        self.dispatcher = Some(Dispatcher::restore(options, restored, tasks.collect(), self.now));
        self.commit();
    }

    /// The server is killed, and its workers with it.
    fn die(&mut self) {
        self.dispatcher = None;
        let now = self.now;
        self.left.extend(std::mem::take(&mut self.ends).iter().map(|it| (it.1, it.0.since(now))));
        self.ledger.served_until(self.now);
    }

    /// Time passes up to here, and what is due then is not.
    fn run_until(&mut self, until: Instant) {
        while let Some(dispatcher) = &self.dispatcher {
            let end = self.ends.first().map(|(at, _, _)| *at);
            let next = [dispatcher.next_wake(), end].into_iter().flatten().min();
            let Some(next) = next.filter(|at| *at < until) else { break };
            self.step(next.max(self.now));
        }
        self.now = self.now.max(until);
    }

    fn step(&mut self, now: Instant) {
        self.now = now;
        let Some(dispatcher) = &mut self.dispatcher else { return };
        while let Some((at, run, end)) = self.ends.first().copied().filter(|it| it.0 <= now) {
            self.ends.remove(&(at, run, end));
            dispatcher.handle(now, Event::Run(run, RunEvent::Ended(run_end(end))));
        }
        dispatcher.tick(now);
        self.commit();
        let row = &mut *self.row;
        self.ledger.hand_on(now, row);
    }

    fn commit(&mut self) {
        let Some(dispatcher) = &mut self.dispatcher else { return };
        let mut begun = Vec::new();
        dispatcher.begin(&mut |start| begun.push(start));
        let Batch { writes, actions } = dispatcher.take();
        for write in writes {
            self.ledger.take_in(write);
        }
        begun.iter().for_each(|start| self.start(start));
        for action in actions {
            match action {
                Action::Start(start) => self.start(&start),
                Action::Cancel(run) => self.cancel(run),
                Action::Park(_) | Action::Reply(..) | Action::Note(_) | Action::Stopped => {}
            }
        }
    }

    /// An attempt takes as long as it is said to; one that takes longer than its `timeout` fails then.
    fn start(&mut self, start: &StartRun) {
        let took = self.plan.took.get(&start.task).copied();
        let took = took.unwrap_or(self.plan.took_otherwise);
        let left = self.left.remove(&start.run).filter(|_| start.goes_on);
        let timeout = start.headers.timeout;
        let (time, end) = match took > timeout {
            true => (timeout, EndState::Failed),
            false => (took, EndState::Succeeded),
        };
        self.ends.insert((self.now.plus(left.unwrap_or(time)), start.run, end));
    }

    fn cancel(&mut self, run: RunId) {
        let running = self.ends.iter().find(|it| it.1 == run).copied();
        if let Some(running) = running {
            self.ends.remove(&running);
            self.ends.insert((self.now, run, EndState::Cancelled));
        }
    }

    /// What is still under way is handed on as it is.
    fn finish(mut self) {
        for row in std::mem::take(&mut self.ledger.rows).into_values() {
            (self.row)(&row);
        }
    }
}

fn run_end(end: EndState) -> RunEnd {
    let error = (end == EndState::Failed).then(|| RunError {
        code: "timeout".to_owned(),
        message: "the run took longer than its `timeout`".to_owned(),
        data: None,
        at: None,
    });
    RunEnd {
        outcome: Outcome { end, error },
        kept: Vec::new(),
        retryable: true,
        forget: Vec::new(),
    }
}

/// What a store would hold of the rows that can still change.
#[derive(Default)]
struct Ledger {
    /// By due time and task.
    rows: BTreeMap<(Instant, TaskName), LedgerRow>,
    /// The runs that have not ended.
    open: HashMap<RunId, (Instant, TaskName)>,
    last_run: RunId,
    tasks: BTreeMap<TaskName, TaskRow>,
}

impl Ledger {
    fn take_in(&mut self, write: Write) {
        match write {
            Write::Task { task, program, timetable, served_until } => {
                self.register(task, (program, timetable), served_until);
            }
            Write::Occurrence(it) | Write::Reopen(it) => self.add(it),
            Write::Decide(it) => {
                if let Some(row) = self.rows.get_mut(&(it.due, it.task)) {
                    row.occurrence.decision = it.decision;
                    row.occurrence.reason = it.reason;
                    row.occurrence.run = it.run;
                }
            }
            Write::RunStarts(it) => self.begin(it),
            Write::AttemptStarts { run, attempt, .. } => self.change(run, |it| {
                it.attempt = attempt;
                it.state = RunState::Running;
                it.next_attempt = None;
            }),
            Write::AttemptEnds { run, outcome, then, at } => match then {
                Then::Ends => self.end(run, outcome, at),
                Then::RetriesAt(next) => self.change(run, |it| {
                    it.state = RunState::Retrying;
                    it.next_attempt = Some(next);
                }),
            },
            Write::RunEnds { run, outcome, at } => self.end(run, outcome, at),
            Write::Success { task, due, .. } => {
                if let Some(row) = self.tasks.get_mut(&task) {
                    row.previous = Some(due);
                }
            }
            // Nothing is run, so that nothing is remembered, sleeps or stalls.
            Write::Journal { .. }
            | Write::Forget { .. }
            | Write::Sleeps { .. }
            | Write::Stalls { .. }
            | Write::Settles { .. }
            | Write::Resumes { .. }
            // What people do, what runs say, and what is kept of the past has no part in what is to come.
            | Write::Heartbeat { .. }
            | Write::Leave { .. }
            | Write::Program { .. }
            | Write::Lines { .. }
            | Write::Steps { .. }
            | Write::Pause { .. }
            | Write::Unmiss { .. }
            | Write::Trim { .. } => {}
        }
    }

    fn register(
        &mut self,
        task: TaskName,
        (program, timetable): (Hash, Arc<[u8]>),
        served_until: Instant,
    ) {
        let previous = self.tasks.get(&task).and_then(|it| it.previous);
        let row = TaskRow {
            task: task.clone(),
            program,
            timetable,
            served_until,
            previous,
            paused: false,
            presence: Presence::Serving,
        };
        self.tasks.insert(task, row);
    }

    fn add(&mut self, it: Occurrence) {
        self.rows.insert((it.due, it.task.clone()), LedgerRow { occurrence: it, run: None });
    }

    fn begin(&mut self, new: NewRun) {
        let key = (new.due, new.task.clone());
        self.last_run = self.last_run.max(new.id);
        if let Some(row) = self.rows.get_mut(&key) {
            row.run = Some(Run {
                id: new.id,
                task: new.task,
                due: new.due,
                trigger: new.trigger,
                state: RunState::Running,
                attempt: 1,
                missed: new.missed,
                program: new.program,
                started: new.started,
                ended: None,
                next_attempt: None,
                terms: new.terms,
                used: Duration::ZERO,
                doubt: None,
                error: None,
            });
            self.open.insert(new.id, key);
        }
    }

    fn change(&mut self, run: RunId, change: impl FnOnce(&mut Run)) {
        let row = self.open.get(&run).and_then(|key| self.rows.get_mut(key));
        if let Some(run) = row.and_then(|it| it.run.as_mut()) {
            change(run);
        }
    }

    fn end(&mut self, run: RunId, outcome: Outcome, at: Instant) {
        self.change(run, |it| {
            it.state = outcome.end.into();
            it.error = outcome.error;
            it.ended = Some(at);
            it.next_attempt = None;
        });
        self.open.remove(&run);
    }

    /// Everything that was due up to here has its row.
    fn served_until(&mut self, now: Instant) {
        self.tasks.values_mut().for_each(|it| it.served_until = now);
    }

    fn restored(&self) -> Restored {
        let open_runs = self.open.values().filter_map(|key| self.rows.get(key)?.run.clone());
        let mut open_runs: Vec<Run> = open_runs.collect();
        open_runs.sort_by_key(|it| it.id);
        let queued = self.rows.values().map(|it| &it.occurrence);
        let queued = queued.filter(|it| it.decision == Decision::Queued).cloned().collect();
        let tasks = self.tasks.values().cloned().collect();
        let saved = Saved { last_run: self.last_run, tasks, open_runs, queued };
        Restored { saved, decided: BTreeMap::new() }
    }

    /// Hands on the rows due up to now that have come to their end, as long as none before them is under way.
    fn hand_on(&mut self, now: Instant, row: &mut dyn FnMut(&LedgerRow)) {
        while let Some(first) = self.rows.first_entry() {
            let is_under_way = first.get().occurrence.decision == Decision::Queued
                || first.get().run.as_ref().is_some_and(|it| it.ended.is_none());
            if first.key().0 > now || is_under_way {
                return;
            }
            row(&first.remove());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::headers::{Missed, MissedRuns, Overlap};
    use crate::engine::simulation::{cron, every, hours, instant, minutes};

    fn plan(tasks: &[(&str, TaskHeaders)], from: &str, to: &str) -> Plan {
        let tasks = tasks.iter();
        Plan {
            tasks: tasks.map(|(name, it)| (TaskName::new(name), Arc::new(it.clone()))).collect(),
            from: instant(from),
            to: instant(to),
            took: BTreeMap::new(),
            took_otherwise: Duration::SECOND,
            down: Vec::new(),
            workers: 64,
        }
    }

    /// `08:00 t ran succeeded`, `09:00 t skipped`
    fn rows(plan: &Plan) -> Vec<String> {
        let mut rows = Vec::new();
        forecast(plan, &mut |row| {
            let state =
                row.run.as_ref().map_or(String::new(), |it| format!(" {}", it.state.as_str()));
            let due = row.occurrence.due.to_string();
            let decision = row.occurrence.decision.as_str();
            rows.push(format!("{} {} {decision}{state}", &due[11..16], row.occurrence.task));
        });
        rows
    }

    #[test]
    fn every_due_time_from_the_first_instant_up_to_the_last() {
        let plan = plan(
            &[("a", every(hours(1))), ("b", every(hours(2)))],
            "2026-01-05T00:00:00Z",
            "2026-01-05T02:00:00Z",
        );
        assert_eq!(
            rows(&plan),
            ["00:00 a ran succeeded", "00:00 b ran succeeded", "01:00 a ran succeeded"]
        );
    }

    #[test]
    fn policies_decide_as_they_would() {
        let queue = TaskHeaders { overlap: Overlap::Queue(1), ..every(hours(1)) };
        let mut plan = plan(
            &[("q", queue), ("s", every(hours(1)))],
            "2026-01-05T01:00:00Z",
            "2026-01-05T04:00:00Z",
        );
        plan.took_otherwise = minutes(90);
        for task in ["q", "s"] {
            plan.took.insert(TaskName::new(task), minutes(59));
        }
        assert!(rows(&plan).iter().all(|it| it.ends_with("succeeded") || it.starts_with("03:00")));
        plan.took.clear();
        let headers = Arc::make_mut(&mut plan.tasks[0].1);
        headers.timeout = hours(2);
        Arc::make_mut(&mut plan.tasks[1].1).timeout = hours(2);
        assert_eq!(
            rows(&plan),
            [
                "01:00 q ran succeeded",
                "01:00 s ran succeeded",
                "02:00 q ran running",
                "02:00 s skipped",
                "03:00 q queued",
                "03:00 s ran running",
            ]
        );
    }

    #[test]
    fn what_takes_too_long_fails() {
        let headers = TaskHeaders { timeout: minutes(10), ..every(hours(1)) };
        let mut plan = plan(&[("a", headers)], "2026-01-05T00:00:00Z", "2026-01-05T01:00:00Z");
        plan.took_otherwise = minutes(30);
        assert_eq!(rows(&plan), ["00:00 a ran failed"]);
    }

    #[test]
    fn what_was_missed_while_nothing_served() {
        let missed = Missed { runs: MissedRuns::All(2), within: Some(hours(9)) };
        let all = TaskHeaders { missed, ..every(hours(1)) };
        let mut plan = plan(
            &[("a", all), ("o", every(hours(1)))],
            "2026-01-05T00:00:00Z",
            "2026-01-05T05:00:00Z",
        );
        plan.down = vec![(instant("2026-01-05T00:30:00Z"), instant("2026-01-05T03:30:00Z"))];
        assert_eq!(
            rows(&plan),
            [
                "00:00 a ran succeeded",
                "00:00 o ran succeeded",
                "01:00 a missed",
                "01:00 o missed",
                "02:00 a ran succeeded",
                "02:00 o missed",
                "03:00 a ran succeeded",
                "03:00 o ran succeeded",
                "04:00 a ran succeeded",
                "04:00 o ran succeeded",
            ]
        );
    }

    #[test]
    fn an_hour_that_there_is_not_and_one_that_there_is_twice() {
        let daily = cron("30 2 * * *", "Europe/Berlin");
        let due = |from: &str, to: &str| rows(&plan(&[("d", daily.clone())], from, to));
        assert_eq!(due("2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z"), ["01:00 d ran succeeded"]);
        assert_eq!(due("2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z"), ["00:30 d ran succeeded"]);
    }

    #[test]
    fn a_month_without_a_server_at_a_task_a_minute() {
        let mut plan =
            plan(&[("m", every(minutes(1)))], "2026-01-01T00:00:00Z", "2026-02-02T00:00:00Z");
        plan.down = vec![(instant("2026-01-01T01:00:00Z"), instant("2026-02-01T01:00:00Z"))];
        let rows = rows(&plan);
        let count = |what: &str| rows.iter().filter(|it| it.ends_with(what)).count();
        // Of the thousand rows that a history keeps one stands for all before, one is made up for, one is on time.
        assert_eq!((count(" missed"), count(" succeeded")), (998, 60 + 1 + 23 * 60 - 1));
    }
}
