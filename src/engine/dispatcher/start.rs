//! Which of those who wait start, now that there may be room.

use std::sync::Arc;

use super::{ActiveRun, Activity, Dispatcher, Waiting};
use crate::check::headers::{Priority, TaskHeaders};
use crate::engine::event::{Action, Note, Reply};
use crate::engine::policy::{self, ON_TIME};
use crate::engine::runner::StartRun;
use crate::engine::terms;
use crate::schedule::{Duration, Instant};
use crate::store::{Decision, NewRun, RunId, TaskName, Trigger, Write};

/// Somebody who may start; the most urgent first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    priority: Priority,
    due: Instant,
    who: Who,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    /// The next attempt of a run, or the rest of one.
    Again(RunId),
    /// The first in a task's line.
    First(TaskName),
}

/// What becomes of those that share a group while it is not decided who else wants a place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grouped {
    Start,
    Wait,
}

impl Dispatcher {
    /// Whether there are workers for everybody who may want one.
    pub(super) fn has_room_for_all(&self) -> bool {
        let wanted = self.runs.busy() + self.ready.len() + self.awake.len();
        wanted <= self.options.workers
    }

    /// Starts until nobody waits, or nobody who waits may start. Nothing that starts makes room for others, so that who may not start now
    /// need not be asked again.
    pub(super) fn start_what_can(&mut self, grouped: Grouped, begin: &mut dyn FnMut(StartRun)) {
        if self.runs.busy() >= self.options.workers {
            return;
        }
        self.offer_those_who_woke();
        let mut blocked = Vec::new();
        while self.runs.busy() < self.options.workers
            && let Some(candidate) = self.ready.pop_first()
        {
            if !self.is_candidate(&candidate) {
                continue;
            }
            let headers = self.headers_of(&candidate.who);
            let waits = grouped == Grouped::Wait && headers.concurrency.is_some();
            if waits || self.full_group(&headers).is_some() || !self.has_room(&candidate.who) {
                blocked.push(candidate);
                continue;
            }
            match candidate.who {
                Who::Again(run) => self.start_again(run, begin),
                Who::First(task) => {
                    self.start_first(&task, begin);
                    self.offer_first(&task);
                }
            }
        }
        self.ready.extend(blocked);
    }

    /// Whoever stands first in a task's line may start, unless he is held.
    pub(super) fn offer_first(&mut self, name: &TaskName) {
        let first = self.first_in_line(name);
        self.ready.extend(first);
    }

    /// Whether a candidate still is one. Whoever stands where he stood takes his place.
    fn is_candidate(&mut self, candidate: &Candidate) -> bool {
        match &candidate.who {
            Who::Again(id) => {
                let wakes = self.runs.state(*id).and_then(Activity::wakes);
                let is_awake = wakes.is_some_and(|at| at <= self.now);
                if !is_awake {
                    // He may sleep again, or the clock was set back.
                    self.runs.forget_that_woke(*id);
                }
                is_awake
            }
            Who::First(name) => {
                let first = self.first_in_line(name);
                let is_he = first.as_ref() == Some(candidate);
                if !is_he {
                    self.ready.extend(first);
                }
                is_he
            }
        }
    }

    /// The group that headers name, if it has no room.
    pub(super) fn full_group<'a>(&self, headers: &'a TaskHeaders) -> Option<&'a str> {
        let group = headers.concurrency.as_ref()?;
        let is_full = self.runs.busy_in(&group.name) >= group.limit as usize;
        is_full.then_some(group.name.as_str())
    }

    /// Runs that want a worker again may start.
    fn offer_those_who_woke(&mut self) {
        for id in self.runs.take_those_who_woke(self.now) {
            let run = &self.runs[&id];
            let (priority, due) = (run.headers.priority, run.due);
            self.ready.insert(Candidate { priority, due, who: Who::Again(id) });
        }
    }

    fn first_in_line(&self, name: &TaskName) -> Option<Candidate> {
        let task = self.tasks.get(name)?;
        let first = task.line.front()?;
        let held = task.served.paused && first.trigger != Trigger::Manual;
        (!held).then(|| Candidate {
            priority: task.version.headers.priority,
            due: first.due,
            who: Who::First(name.clone()),
        })
    }

    fn headers_of(&self, who: &Who) -> Arc<TaskHeaders> {
        match who {
            Who::Again(run) => self.runs[run].headers.clone(),
            Who::First(task) => self.tasks[task].version.headers.clone(),
        }
    }

    /// Whether another run of the task may have a worker. One that goes on may find others: those that began while it was in doubt, or one
    /// that was settled meanwhile.
    fn has_room(&self, who: &Who) -> bool {
        match who {
            Who::First(name) => {
                let overlap = self.tasks[name].version.headers.overlap;
                self.runs_of(name).count() < policy::runs_at_once(overlap)
            }
            Who::Again(id) => {
                let run = &self.runs[id];
                let others = self.runs.of(&run.task);
                let busy = others.filter(|it| self.runs.has_worker(*it));
                busy.count() < policy::runs_at_once(run.headers.overlap)
            }
        }
    }

    fn start_again(&mut self, id: RunId, begin: &mut dyn FnMut(StartRun)) {
        let state = self.runs.state(id).cloned().expect("candidates are runs");
        self.runs.turn(id, Activity::Running);
        let is_new = matches!(state, Activity::RetryAt(_));
        match state {
            Activity::RetryAt(_) => {
                let run = self.runs.get_mut(id).expect("it has a state");
                run.attempt += 1;
                run.used = Duration::ZERO;
                let (attempt, at) = (run.attempt, self.now);
                self.batch.writes.push(Write::AttemptStarts { run: id, attempt, at });
            }
            Activity::GoesOn(true) => {}
            Activity::SleepsUntil(_)
            | Activity::GoesOn(false)
            | Activity::Running
            | Activity::Cancelling(_)
            | Activity::Stalled(_) => self.batch.writes.push(Write::Resumes { run: id }),
        }
        self.start(id, is_new, begin);
    }

    fn start_first(&mut self, name: &TaskName, begin: &mut dyn FnMut(StartRun)) {
        let task = self.tasks.get_mut(name).expect("candidates are tasks");
        let waiting = task.line.pop_front().expect("candidates have somebody in line");
        let version = task.version.clone();
        self.last_run = RunId(self.last_run.0 + 1);
        let id = self.last_run;
        let row = self.row(name, &waiting, Decision::Ran, None, Some(id));
        let Waiting { due, trigger, missed, ask, .. } = waiting;
        self.batch.writes.extend([
            row,
            Write::RunStarts(NewRun {
                id,
                task: name.clone(),
                due,
                trigger,
                missed,
                program: version.program,
                terms: terms::write(&version.headers),
                started: self.now,
            }),
        ]);
        let run = ActiveRun {
            task: name.clone(),
            due,
            trigger,
            missed,
            program: version.program,
            headers: version.headers,
            attempt: 1,
            goes_on: false,
            used: Duration::ZERO,
            progress: None,
            asks: ask.filter(|it| it.at_end).map(|it| it.id).into_iter().collect(),
        };
        self.runs.insert(id, run, Activity::Running);
        if let Some(ask) = ask.filter(|it| !it.at_end) {
            self.reply(ask.id, Reply::Started(id));
        }
        self.start(id, true, begin);
    }

    /// Gives the run to a worker: a new attempt, or the rest of one.
    fn start(&mut self, id: RunId, is_new: bool, begin: &mut dyn FnMut(StartRun)) {
        let run = &self.runs[&id];
        let start = StartRun {
            run: id,
            task: run.task.clone(),
            due: run.due,
            trigger: run.trigger,
            attempt: run.attempt,
            goes_on: run.goes_on,
            used: run.used,
            last_attempt: run.attempt > run.headers.retry.times,
            missed: run.missed,
            late: self.now.since(run.due) > ON_TIME,
            previous: self.tasks.get(&run.task).and_then(|it| it.served.previous),
            program: run.program,
            headers: run.headers.clone(),
        };
        let (task, due, trigger, attempt) = (run.task.clone(), run.due, run.trigger, run.attempt);
        self.note(if is_new {
            Note::Started { run: id, task, due, trigger, attempt }
        } else {
            Note::GoesOn { run: id, task }
        });
        if is_new && self.may_begin(&start) {
            begin(start);
        } else {
            self.batch.actions.push(Action::Start(start));
        }
    }

    /// Whether a run may begin before its row is on disk. Without a journal its calls wait for nothing.
    fn may_begin(&self, start: &StartRun) -> bool {
        let is_first = start.attempt == 1 && !start.goes_on;
        is_first && start.headers.durable && !self.unwritten.contains(&start.task)
    }
}
