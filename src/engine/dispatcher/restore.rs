//! Going on after a stop or a crash, and after the clock was set back.
//!
//! Both ask the store, because only the store knows what has a row.

use std::collections::BTreeMap;

use super::run::interrupted;
use super::{ActiveRun, Activity, Dispatcher, Left, Options, Served, Waiting};
use crate::check::headers::TaskHeaders;
use crate::engine::event::{Note, TaskUpdate};
use crate::engine::terms;
use crate::schedule::Instant;
use crate::store::{
    self, Decision, Occurrence, Presence, Run, RunState, Saved, Store, TaskName, Then, Write,
};

/// What the store has of the time before.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    /// What it saved.
    pub saved: Saved,
    /// The due times of each saved task that have a row, after those up to which everything has one.
    pub decided: BTreeMap<TaskName, Vec<Instant>>,
}

impl Restored {
    /// Reads it. What was decided without a run for times that are still to come, because the clock was wrong, is taken back.
    pub fn read(store: &mut dyn Store, now: Instant) -> store::Result<Self> {
        let saved = store.restore()?;
        let ahead = saved.tasks.iter().filter(|it| it.served_until > now);
        unmiss(store, ahead.map(|it| &it.task), now, now)?;
        let mut decided = BTreeMap::new();
        for row in &saved.tasks {
            decided.insert(
                row.task.clone(),
                store.decided_after(&row.task, row.served_until.min(now))?,
            );
        }
        Ok(Self { saved, decided })
    }
}

/// Takes back what was decided without a run for times after now. Of what was due before `decided` everything has its row.
fn unmiss<'a>(
    store: &mut dyn Store,
    tasks: impl Iterator<Item = &'a TaskName>,
    now: Instant,
    decided: Instant,
) -> store::Result<()> {
    let writes: Vec<_> =
        tasks.map(|task| Write::Unmiss { task: task.clone(), after: now }).collect();
    if writes.is_empty() {
        return Ok(());
    }
    store.apply(&writes)?;
    store.apply(&[Write::Heartbeat { at: now.min(decided) }])
}

impl Dispatcher {
    /// The clock was set back: due times that are still to come count again, except those that have a run. The store is asked which have:
    /// everything that was decided has to be written by now.
    pub fn set_back(&mut self, store: &mut dyn Store, now: Instant) -> store::Result<()> {
        debug_assert!(self.batch.writes.is_empty(), "something was put off");
        // Who is stopping has decided nothing since.
        unmiss(store, self.tasks.keys(), now, self.decided)?;
        self.note(Note::ClockSetBack { from: self.now, to: now });
        (self.now, self.ticked, self.beat) = (now, now, now);
        let decided = self.decided;
        for (name, task) in &mut self.tasks {
            task.served.cursor = task.served.cursor.max(decided).min(now);
            task.served.decided = store.decided_after(name, now)?.into_iter().collect();
            task.last_by_hand = now;
            task.find_next();
        }
        self.decided = decided.min(now);
        self.wake_all_in_time();
        Ok(())
    }

    /// Goes on with these tasks, which are all that there are now.
    #[must_use]
    pub fn restore(
        options: Options,
        restored: Restored,
        tasks: Vec<TaskUpdate>,
        now: Instant,
    ) -> Self {
        let mut this = Self::new(options, now);
        this.last_run = restored.saved.last_run;
        this.remember_tasks(&restored);
        let rescheduled = this.rescheduled(&tasks);
        let served = this.apply_updates(tasks);
        for run in restored.saved.open_runs {
            this.adopt_run(run);
        }
        for occurrence in &restored.saved.queued {
            this.adopt_occurrence(occurrence);
        }
        for task in &rescheduled {
            this.withdraw(task);
        }
        this.leave_the_rest();
        this.tick(now);
        this.decide_what_is_due();
        this.find_open_next();
        for task in served {
            let next = this.tasks[&task].next;
            this.note(Note::Serving { task, next });
        }
        this
    }

    fn remember_tasks(&mut self, restored: &Restored) {
        for row in &restored.saved.tasks {
            let decided = restored.decided.get(&row.task).into_iter().flatten().copied().collect();
            let served = Served {
                cursor: row.served_until.min(self.now),
                decided,
                paused: row.paused,
                previous: row.previous,
            };
            let (presence, timetable) = (row.presence, row.timetable.clone());
            self.left.insert(row.task.clone(), Left { presence, served, timetable });
        }
        let served = restored.saved.tasks.iter().filter(|it| it.presence == Presence::Serving);
        if let Some(from) = served.map(|it| it.served_until).max().filter(|it| *it < self.now) {
            self.note(Note::Gap { from, to: self.now });
        }
    }

    /// A run that has not ended goes on, whatever has become of its task: one that was running from its journal, or, if it has none, as
    /// a new attempt.
    fn adopt_run(&mut self, run: Run) {
        let task = self.tasks.get(&run.task).map(|it| it.version.headers.clone());
        let headers = match (terms::read(&run.terms), task) {
            (Some(terms), Some(task)) => {
                let TaskHeaders { overlap, history, .. } = *task;
                TaskHeaders { overlap, history, ..terms }.into()
            }
            (Some(terms), None) => terms.into(),
            (None, Some(task)) => task,
            (None, None) => return self.drop_run(&run),
        };
        let state = match run.state {
            RunState::Running if headers.durable => Activity::GoesOn(true),
            RunState::Running => {
                self.write_interruption(&run);
                Activity::RetryAt(self.now)
            }
            RunState::Retrying => Activity::RetryAt(run.next_attempt.unwrap_or(self.now)),
            RunState::Sleeping => Activity::SleepsUntil(run.next_attempt.unwrap_or(self.now)),
            RunState::InDoubt | RunState::Held => Activity::Stalled(run.doubt),
            RunState::Succeeded
            | RunState::Failed
            | RunState::Cancelled
            | RunState::Interrupted => return,
        };
        let active = ActiveRun {
            task: run.task,
            due: run.due,
            trigger: run.trigger,
            missed: run.missed,
            program: run.program,
            goes_on: headers.durable,
            headers,
            attempt: run.attempt,
            used: run.used,
            progress: None,
            asks: Vec::new(),
        };
        self.runs.insert(run.id, active, state);
    }

    /// A run from before terms were written down, whose task is not there any more.
    fn drop_run(&mut self, run: &Run) {
        let outcome = super::run::cancelled("the task is not there any more");
        let (id, at) = (run.id, self.now);
        self.batch.writes.push(if run.state == RunState::Running {
            Write::AttemptEnds { run: id, outcome, then: Then::Ends, at }
        } else {
            Write::RunEnds { run: id, outcome, at }
        });
    }

    fn write_interruption(&mut self, run: &Run) {
        let outcome = interrupted();
        let (then, at) = (Then::RetriesAt(self.now), self.now);
        let (id, task) = (run.id, run.task.clone());
        self.batch.writes.push(Write::AttemptEnds { run: id, outcome: outcome.clone(), then, at });
        self.note(Note::Ended { run: id, task, outcome, retry_at: Some(at) });
    }

    fn adopt_occurrence(&mut self, it: &Occurrence) {
        let waiting = Waiting {
            due: it.due,
            not_before: it.not_before,
            trigger: it.trigger,
            missed: it.missed,
            recorded: true,
            ask: None,
        };
        if !self.tasks.contains_key(&it.task) {
            let reason = "the task is not there any more";
            self.turn_away(&it.task, waiting, Decision::Cancelled, reason);
        } else if waiting.not_before > self.now {
            self.delay(&it.task, waiting);
        } else {
            self.line_up(&it.task, waiting);
        }
    }

    /// Tasks that were served and are not in the set are gone.
    fn leave_the_rest(&mut self) {
        let gone = self
            .left
            .iter()
            .filter(|(_, left)| left.presence == Presence::Serving)
            .map(|(name, _)| name.clone());
        for name in gone.collect::<Vec<_>>() {
            self.leave(&name, Presence::Removed);
            self.note(Note::Removed(name));
        }
    }
}
