//! What is due, what was missed, and what each of it becomes.

use std::mem;

use super::{Dispatcher, Served, Task, Waiting};
use crate::check::headers::MissedRuns;
use crate::engine::event::Note;
use crate::engine::policy::{self, ON_TIME, PAUSED};
use crate::schedule::{Duration, Instant};
use crate::store::{Decision, Occurrence, TaskName, Trigger, Write};

impl Dispatcher {
    /// Finds the tasks that are to be looked at, in the order of their names, whenever each is due.
    pub(super) fn wake_who_is_due(&mut self) {
        let after = (self.now.plus(Duration(1)), TaskName::new(""));
        let later = self.wakes.split_off(&after);
        let awake = mem::replace(&mut self.wakes, later);
        let mut names: Vec<TaskName> = awake.into_iter().map(|(_, name)| name).collect();
        names.sort_unstable();
        names.dedup();
        self.awake.extend(names);
    }

    /// Gives everything that became due since the last tick its place.
    pub(super) fn decide_what_is_due(&mut self) {
        self.decide_some(usize::MAX);
    }

    /// The same for the next so many tasks.
    pub(super) fn decide_some(&mut self, tasks: usize) {
        for _ in 0..tasks.min(self.awake.len()) {
            let Some(name) = self.awake.pop_front() else { return };
            let wakes = self.tasks.get(&name).and_then(|it| it.wakes());
            if wakes.is_some_and(|at| at <= self.now) {
                self.decide_due(&name);
            }
            self.open_next.push(name);
        }
    }

    /// Sees to it that those tasks are looked at again which were looked at now, once their runs need not wait for it.
    pub(super) fn find_open_next(&mut self) {
        for name in mem::take(&mut self.open_next) {
            if let Some(task) = self.tasks.get_mut(&name).filter(|it| it.has_open_next) {
                task.find_next();
            }
            self.wake_in_time(&name);
        }
    }

    /// Sees to it that a task is looked at when something of it is due.
    pub(super) fn wake_in_time(&mut self, name: &TaskName) {
        let wakes = self.tasks.get(name).and_then(|it| it.wakes());
        self.wakes.extend(wakes.map(|at| (at, name.clone())));
    }

    /// The same for all tasks.
    pub(super) fn wake_all_in_time(&mut self) {
        let wakes =
            self.tasks.iter().filter_map(|(name, task)| Some((task.wakes()?, name.clone())));
        self.wakes = wakes.collect();
    }

    /// Up to when everything that a served task was due has its row.
    pub(super) fn decided_up_to(&self, served: &Served) -> Instant {
        served.cursor.max(self.decided)
    }

    fn decide_due(&mut self, name: &TaskName) {
        let task = self.tasks.get_mut(name).expect("called with names of tasks");
        for waiting in task.take_delayed(self.now) {
            self.offer(name, waiting);
        }
        let task = self.tasks.get_mut(name).expect("called with names of tasks");
        let (due, too_many) = task.take_due(self.now);
        if too_many {
            let reason = "nothing served then, nor before, at more due times than are kept";
            self.pass(name, &due[..1], Decision::Missed, reason);
        }
        let due = &due[usize::from(too_many)..];
        if self.tasks[name].served.paused {
            self.pass(name, due, Decision::Skipped, PAUSED);
        } else {
            self.place_due(name, due);
        }
    }

    /// Due times in order, of which the last may be on time, and the first may have been missed.
    fn place_due(&mut self, name: &TaskName, due: &[Instant]) {
        let on_time = due.partition_point(|it| self.now.since(*it) > ON_TIME);
        let first = if on_time == 0 { 0 } else { self.pass_missed(name, due, on_time) };
        let headers = &self.tasks[name].version.headers;
        let stands_for = if headers.missed.runs == MissedRuns::None { 0 } else { first };
        for (place, &due) in due.iter().enumerate().skip(first) {
            let missed =
                if place == first { u32::try_from(stands_for).unwrap_or(u32::MAX) } else { 0 };
            if place < on_time {
                self.make_up(name, due, missed);
            } else {
                self.come_due(name, due, missed);
            }
        }
    }

    /// Passes over what was missed and gets no run. Gives the place of the first that gets one.
    fn pass_missed(&mut self, name: &TaskName, due: &[Instant], on_time: usize) -> usize {
        let headers = self.tasks[name].version.headers.clone();
        let first =
            policy::to_run(due, self.now, headers.missed, &headers.schedules).start.min(on_time);
        let reason = match due.get(first) {
            Some(run) if headers.missed.runs != MissedRuns::None => {
                format!("nothing served then; the run due {run} stands for it")
            }
            _ => "nothing served then".to_owned(),
        };
        self.pass(name, &due[..first], Decision::Missed, &reason);
        first
    }

    /// A due time that was missed gets its run. Those of `missed all` wait for each other, whatever `overlap` says.
    fn make_up(&mut self, name: &TaskName, due: Instant, missed: u32) {
        let task = &self.tasks[name];
        let waiting = Waiting {
            due,
            not_before: due,
            trigger: Trigger::Missed,
            missed,
            recorded: false,
            ask: None,
        };
        match task.version.headers.missed.runs {
            MissedRuns::All(_) => self.line_up(name, waiting),
            MissedRuns::Once | MissedRuns::None => self.offer(name, waiting),
        }
    }

    /// A due time that is now.
    fn come_due(&mut self, name: &TaskName, due: Instant, missed: u32) {
        let headers = &self.tasks[name].version.headers;
        let next = || headers.schedules.next_after(due);
        let later = policy::jitter(name, due, headers.jitter, next);
        let waiting = Waiting {
            due,
            not_before: due.plus(later),
            trigger: Trigger::Schedule,
            missed,
            recorded: false,
            ask: None,
        };
        if waiting.not_before > self.now {
            self.delay(name, waiting);
        } else {
            self.offer(name, waiting);
        }
    }

    /// Due times that pass without a run.
    pub(super) fn pass(
        &mut self,
        name: &TaskName,
        due: &[Instant],
        decision: Decision,
        reason: &str,
    ) {
        for &due in due {
            self.batch.writes.push(Write::Occurrence(Occurrence {
                task: name.clone(),
                due,
                trigger: Trigger::Schedule,
                decision,
                reason: Some(reason.to_owned()),
                run: None,
                not_before: due,
                missed: 0,
                decided: self.now,
            }));
        }
        self.count_ended(name, due.len());
        if let Some(&latest) = due.last() {
            let (task, reason) = (name.clone(), reason.to_owned());
            self.note(Note::Passed { task, due: latest, count: due.len(), reason });
        }
    }

    /// So many more rows of a task have come to their end.
    pub(super) fn count_ended(&mut self, name: &TaskName, rows: usize) {
        if let Some(task) = self.tasks.get_mut(name) {
            self.longer.insert(name.clone());
            task.ended_rows =
                task.ended_rows.saturating_add(u32::try_from(rows).unwrap_or(u32::MAX));
        }
    }
}

impl Task {
    /// When something of it is due or may start.
    pub(super) fn wakes(&self) -> Option<Instant> {
        self.delayed.iter().map(|it| it.not_before).chain(self.next).min()
    }

    /// Whether somebody waits for a time or for a turn.
    pub(super) fn has_waiting(&self) -> bool {
        !self.line.is_empty() || !self.delayed.is_empty()
    }

    /// Takes the due times up to now that have no decision; and whether there were more before them than a history keeps.
    fn take_due(&mut self, now: Instant) -> (Vec<Instant>, bool) {
        let Some(next) = self.next.filter(|next| *next <= now) else {
            return (Vec::new(), false);
        };
        let headers = &self.version.headers;
        if now.since(next) < headers.schedules.apart_at_least() {
            self.served.cursor = now;
            (self.next, self.has_open_next) = (None, true);
            return (vec![next], false);
        }
        let from = self.served.cursor.plus(Duration(1));
        let mut due = policy::newest_due(&headers.schedules, from, now, headers.history);
        due.retain(|it| !self.served.decided.contains(it));
        let too_many = due.first().is_some_and(|first| *first > next);
        self.served.cursor = now;
        self.find_next();
        (due, too_many)
    }

    fn take_delayed(&mut self, now: Instant) -> Vec<Waiting> {
        self.delayed.extract_if(.., |it| it.not_before <= now).collect()
    }

    /// Finds the first due time after the cursor that is not decided.
    pub(super) fn find_next(&mut self) {
        if !self.served.decided.is_empty() {
            let after = self.served.cursor.plus(Duration(1));
            self.served.decided = self.served.decided.split_off(&after);
        }
        let headers = &self.version.headers;
        let first = headers.active.then(|| headers.schedules.next_after(self.served.cursor));
        let next = |due: &Instant| headers.schedules.next_after(*due);
        let mut due = std::iter::successors(first.flatten(), next);
        self.has_open_next = false;
        self.next = due.find(|due| !self.served.decided.contains(due));
    }
}
