//! Occurrences whose time has come: who may wait, who is skipped, who is too late.

use std::collections::VecDeque;
use std::mem;

use super::run::cancelled;
use super::{Activity, Dispatcher, Waiting, expires};
use crate::check::headers::Overlap;
use crate::engine::event::{Action, Note, Reply};
use crate::engine::policy::{self, PAUSED};
use crate::schedule::Instant;
use crate::store::{Decided, Decision, Occurrence, RunId, TaskName, Write};

impl Dispatcher {
    /// An occurrence wants to run: it gets a place in its task's line, or is turned away.
    pub(super) fn offer(&mut self, name: &TaskName, waiting: Waiting) {
        let task = &self.tasks[name];
        let headers = task.version.headers.clone();
        let busy = self.runs_of(name).count() + task.line.len();
        if headers.overlap == Overlap::Replace && busy > 0 {
            self.make_room(name, waiting.due);
        } else if busy >= policy::places(headers.overlap) {
            let reason = self.why_no_place(name, headers.overlap);
            self.turn_away(name, waiting, Decision::Skipped, &reason);
            return;
        }
        self.line_up(name, waiting);
    }

    /// Puts an occurrence at the end of its task's line.
    pub(super) fn line_up(&mut self, name: &TaskName, waiting: Waiting) {
        let task = self.tasks.get_mut(name).expect("called with names of tasks");
        task.line.push_back(waiting);
        let (is_first, expires) = (task.line.len() == 1, task.version.headers.expire.is_some());
        if is_first {
            self.offer_first(name);
        }
        if expires {
            self.expiring.insert(name.clone());
        }
        self.unrecorded.push(name.clone());
    }

    /// Leaves an occurrence until its time comes.
    pub(super) fn delay(&mut self, name: &TaskName, waiting: Waiting) {
        self.tasks.get_mut(name).expect("called with names of tasks").delayed.push(waiting);
        self.unrecorded.push(name.clone());
        self.wake_in_time(name);
    }

    /// Forgets which tasks had somebody waiting who expires and have nobody any more.
    pub(super) fn forget_what_expired(&mut self) {
        let tasks = &self.tasks;
        self.expiring.retain(|name| {
            tasks
                .get(name)
                .is_some_and(|it| it.version.headers.expire.is_some() && !it.line.is_empty())
        });
    }

    /// Turns away what waits for too long.
    pub(super) fn expire(&mut self) {
        let mut late = Vec::new();
        for name in &self.expiring {
            let Some(task) = self.tasks.get_mut(name) else { continue };
            let Some(after) = task.version.headers.expire else { continue };
            let now = self.now;
            let (expired, line): (VecDeque<_>, VecDeque<_>) =
                task.line.drain(..).partition(|it| expires(it.wanted(), after) <= now);
            task.line = line;
            late.extend(expired.into_iter().map(|it| (name.clone(), it, after)));
        }
        for (name, waiting, after) in late {
            let reason = format!("could not start within {after}");
            self.turn_away(&name, waiting, Decision::Expired, &reason);
            self.offer_first(&name);
        }
    }

    /// Writes down what still waits.
    pub(super) fn record_what_waits(&mut self) {
        let mut names = mem::take(&mut self.unrecorded);
        // Most have started.
        names.retain(|name| self.tasks.get(name).is_some_and(|it| it.has_waiting()));
        names.sort_unstable();
        names.dedup();
        let waiting = names.iter().filter_map(|name| Some((name, self.tasks.get(name)?)));
        let waiting = waiting.flat_map(|(name, task)| {
            task.delayed
                .iter()
                .chain(&task.line)
                .filter(|it| !it.recorded)
                .map(|it| (name.clone(), *it))
        });
        for (name, waiting) in waiting.collect::<Vec<_>>() {
            let reason = self.why_waiting(&name, &waiting);
            if let Some(ask) = waiting.ask.filter(|it| !it.at_end) {
                self.reply(ask.id, Reply::Queued(reason.clone()));
            }
            let row = self.row(&name, &waiting, Decision::Queued, Some(reason), None);
            self.batch.writes.push(row);
        }
        for name in &names {
            let Some(task) = self.tasks.get_mut(name) else { continue };
            for it in task.delayed.iter_mut().chain(&mut task.line) {
                it.recorded = true;
            }
        }
    }

    /// Gives an occurrence its decision without a run.
    pub(super) fn turn_away(
        &mut self,
        name: &TaskName,
        waiting: Waiting,
        decision: Decision,
        reason: &str,
    ) {
        let row = self.row(name, &waiting, decision, Some(reason.to_owned()), None);
        self.batch.writes.push(row);
        self.count_ended(name, 1);
        if let Some(ask) = waiting.ask {
            self.reply(ask.id, Reply::Refused(reason.to_owned()));
        }
        let reason = format!("{}: {reason}", decision.as_str());
        self.note(Note::Passed { task: name.clone(), due: waiting.due, count: 1, reason });
    }

    /// The row of an occurrence, or the change of it.
    pub(super) fn row(
        &self,
        name: &TaskName,
        it: &Waiting,
        decision: Decision,
        reason: Option<String>,
        run: Option<RunId>,
    ) -> Write {
        let (task, due) = (name.clone(), it.due);
        if it.recorded {
            return Write::Decide(Decided { task, due, decision, reason, run, at: self.now });
        }
        Write::Occurrence(Occurrence {
            task,
            due,
            trigger: it.trigger,
            decision,
            reason,
            run,
            not_before: it.not_before,
            missed: it.missed,
            decided: self.now,
        })
    }

    /// The runs of a task that have not ended, without those that wait for a person: nobody else has to wait for them.
    pub(super) fn runs_of<'a>(&'a self, name: &'a TaskName) -> impl Iterator<Item = RunId> + 'a {
        let stalled = |id: &RunId| matches!(self.runs.state(*id), Some(Activity::Stalled(_)));
        self.runs.of(name).filter(move |id| !stalled(id))
    }

    /// `overlap replace`: what runs is cancelled, what waits is turned away.
    fn make_room(&mut self, name: &TaskName, due: Instant) {
        let reason = format!("replaced by the run due {due}");
        for run in self.runs_of(name).collect::<Vec<_>>() {
            self.cancel(run, &reason);
        }
        let line = mem::take(&mut self.tasks.get_mut(name).expect("it was there").line);
        for waiting in line {
            self.turn_away(name, waiting, Decision::Cancelled, &reason);
        }
    }

    /// Tells a run to stop, or ends it if it waits for its next attempt.
    pub(super) fn cancel(&mut self, id: RunId, reason: &str) {
        let Some(state) = self.runs.state(id) else { return };
        match state {
            Activity::Running => {
                self.runs.turn(id, Activity::Cancelling(reason.to_owned()));
                self.batch.actions.push(Action::Cancel(id));
            }
            Activity::Cancelling(_) => {}
            Activity::RetryAt(_)
            | Activity::SleepsUntil(_)
            | Activity::GoesOn(_)
            | Activity::Stalled(_) => self.end_without_worker(id, cancelled(reason)),
        }
    }

    fn why_no_place(&self, name: &TaskName, overlap: Overlap) -> String {
        let runs: Vec<_> = self.runs_of(name).map(|run| run.to_string()).collect();
        match (overlap, runs.as_slice()) {
            (Overlap::Queue(places), _) => format!("all {places} places in the queue are taken"),
            (_, []) => "the run before has not started".to_owned(),
            (_, [run]) => format!("run {run} has not ended"),
            (_, runs) => format!("runs {} have not ended", runs.join(", ")),
        }
    }

    fn why_waiting(&self, name: &TaskName, waiting: &Waiting) -> String {
        let task = &self.tasks[name];
        if waiting.not_before > self.now {
            return format!("starts {} (jitter)", waiting.not_before);
        }
        if task.served.paused {
            return PAUSED.to_owned();
        }
        match self.runs_of(name).last() {
            Some(run) => format!("run {run} has not ended"),
            None if task.line.front().is_some_and(|it| it.due < waiting.due) => {
                "others wait before it".to_owned()
            }
            None => match self.full_group(&task.version.headers) {
                Some(group) => format!("the group \"{group}\" is full"),
                None => "all workers are busy".to_owned(),
            },
        }
    }
}
