//! Which of those who wait start, now that there may be room.

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
struct Candidate {
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

impl Dispatcher {
    /// Starts until nobody waits, or nobody who waits may start.
    pub(super) fn start_what_can(&mut self) {
        while self.running().count() < self.options.workers
            && let Some(candidate) = self.candidates().min()
        {
            match candidate.who {
                Who::Again(run) => self.start_again(run),
                Who::First(task) => self.start_first(&task),
            }
        }
    }

    /// The group that headers name, if it has no room.
    pub(super) fn full_group<'a>(&self, headers: &'a TaskHeaders) -> Option<&'a str> {
        let group = headers.concurrency.as_ref()?;
        let in_group = |run: &&ActiveRun| {
            run.headers.concurrency.as_ref().is_some_and(|it| it.name == group.name)
        };
        let full = self.running().filter(in_group).count() >= group.limit as usize;
        full.then_some(group.name.as_str())
    }

    /// The runs that have a worker.
    fn running(&self) -> impl Iterator<Item = &ActiveRun> {
        self.runs.values().filter(|run| run.state.is_with_worker())
    }

    fn candidates(&self) -> impl Iterator<Item = Candidate> {
        let again = self.runs.iter().filter_map(|(id, run)| {
            let due = run.state.wakes().is_some_and(|at| at <= self.now);
            let may = due && self.full_group(&run.headers).is_none() && self.has_room(run);
            may.then(|| Candidate {
                priority: run.headers.priority,
                due: run.due,
                who: Who::Again(*id),
            })
        });
        let first = self.tasks.iter().filter_map(|(name, task)| {
            let first = task.line.front()?;
            let headers = &task.version.headers;
            let held = task.served.paused && first.trigger != Trigger::Manual;
            let may = !held
                && self.runs_of(name).count() < policy::runs_at_once(headers.overlap)
                && self.full_group(headers).is_none();
            may.then(|| Candidate {
                priority: headers.priority,
                due: first.due,
                who: Who::First(name.clone()),
            })
        });
        again.chain(first)
    }

    /// Whether a run that goes on has room beside those that began meanwhile.
    fn has_room(&self, run: &ActiveRun) -> bool {
        let may_be_others = matches!(run.state, Activity::GoesOn(false));
        let others = || self.running().filter(|it| it.task == run.task).count();
        !may_be_others || others() < policy::runs_at_once(run.headers.overlap)
    }

    fn start_again(&mut self, id: RunId) {
        let run = self.runs.get_mut(&id).expect("candidates are runs");
        match run.state {
            Activity::RetryAt(_) => {
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
        self.runs.get_mut(&id).expect("it was there").state = Activity::Running;
        self.start(id);
    }

    fn start_first(&mut self, name: &TaskName) {
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
                terms: terms::write(&version.headers).into(),
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
            state: Activity::Running,
            goes_on: false,
            used: Duration::ZERO,
            progress: None,
            asks: ask.filter(|it| it.at_end).map(|it| it.id).into_iter().collect(),
        };
        self.runs.insert(id, run);
        if let Some(ask) = ask.filter(|it| !it.at_end) {
            self.reply(ask.id, Reply::Started(id));
        }
        self.start(id);
    }

    /// Gives the run to a worker.
    fn start(&mut self, id: RunId) {
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
        let is_new = !run.goes_on || run.used == Duration::ZERO && attempt > 1;
        self.note(if is_new {
            Note::Started { run: id, task, due, trigger, attempt }
        } else {
            Note::GoesOn { run: id, task }
        });
        self.batch.actions.push(Action::Start(start));
    }
}
