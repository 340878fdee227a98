//! What people ask for.

use std::collections::{BTreeMap, BTreeSet};

use super::run::{cancelled, end};
use super::{Activity, Ask, Dispatcher, Phase, Waiting};
use crate::engine::event::{AskId, Command, Reply, TaskStatus};
use crate::schedule::{Duration, Instant};
use crate::store::{
    Decision, EndState, Occurrence, Presence, RunId, Settlement, TaskName, Trigger, Write,
};

impl Dispatcher {
    /// Does what is asked, and answers.
    pub(super) fn obey(&mut self, ask: AskId, command: Command) {
        match command {
            Command::Trigger { task, wait } => self.trigger(&task, Ask { id: ask, at_end: wait }),
            Command::Backfill { task, due, catch_up } => {
                let trigger = if catch_up { Trigger::Missed } else { Trigger::Manual };
                self.backfill(ask, &task, due, trigger);
            }
            Command::Cancel(run) => self.cancel_by_hand(ask, run),
            Command::Settle { run, settlement } => {
                let reply = match self.settle_run(run, settlement) {
                    Ok(()) => Reply::Done,
                    Err(reason) => Reply::Refused(reason),
                };
                self.reply(ask, reply);
            }
            Command::Pause(task) => self.pause(ask, &task, true),
            Command::Resume(task) => self.pause(ask, &task, false),
            Command::Status => {
                let status = self.status();
                self.reply(ask, Reply::Status(status));
            }
        }
    }

    fn trigger(&mut self, name: &TaskName, ask: Ask) {
        if self.phase != Phase::Serving {
            self.reply(ask.id, Reply::Refused("the server is stopping".to_owned()));
            return;
        }
        let Some(due) = self.due_by_hand(name) else {
            self.reply(ask.id, Reply::Refused(self.absent(name)));
            return;
        };
        let waiting = Waiting {
            due,
            not_before: due,
            trigger: Trigger::Manual,
            missed: 0,
            recorded: false,
            ask: Some(ask),
        };
        self.offer(name, waiting);
    }

    /// Due times that have passed wait for each other in the task's line, whatever `overlap` says; what waits or runs stays as it is.
    fn backfill(&mut self, ask: AskId, name: &TaskName, due: Vec<Instant>, trigger: Trigger) {
        let refusal = match self.phase {
            Phase::Serving if self.tasks.contains_key(name) => None,
            Phase::Serving => Some(self.absent(name)),
            Phase::Stopping | Phase::Stopped => Some("the server is stopping".to_owned()),
        };
        if let Some(reason) = refusal {
            return self.reply(ask, Reply::Refused(reason));
        }
        let reason = match trigger {
            Trigger::Missed => "makes up for a pause",
            Trigger::Schedule | Trigger::Manual => "backfilled",
        };
        let due: BTreeSet<Instant> = due.into_iter().filter(|it| *it < self.now).collect();
        let mut count = 0;
        for due in due {
            if self.is_under_way(name, due) {
                continue;
            }
            count += 1;
            let waiting = Waiting {
                due,
                not_before: self.now,
                trigger,
                missed: 0,
                recorded: true,
                ask: None,
            };
            self.batch.writes.push(Write::Reopen(Occurrence {
                task: name.clone(),
                due,
                trigger,
                decision: Decision::Queued,
                reason: Some(reason.to_owned()),
                run: None,
                not_before: self.now,
                missed: 0,
                decided: self.now,
            }));
            self.line_up(name, waiting);
        }
        let times = if count == 1 { "due time" } else { "due times" };
        self.reply(ask, Reply::Queued(format!("{count} {times} of {name}")));
    }

    /// Whether an occurrence waits, runs, or waits for its next attempt.
    fn is_under_way(&self, name: &TaskName, due: Instant) -> bool {
        let task = &self.tasks[name];
        task.delayed.iter().chain(&task.line).any(|it| it.due == due)
            || self.runs.of(name).any(|run| self.runs[&run].due == due)
    }

    /// Why a task is not served.
    fn absent(&self, name: &TaskName) -> String {
        match self.left.get(name).map(|it| it.presence) {
            Some(Presence::Refused) => format!("`{name}` has errors: see `taskc check`"),
            Some(Presence::Removed) => format!("the file of `{name}` is gone"),
            Some(Presence::Serving) | None => format!("there is no task `{name}`"),
        }
    }

    /// Now, or the first instant after it that no other occurrence of the task has.
    fn due_by_hand(&mut self, name: &TaskName) -> Option<Instant> {
        let task = self.tasks.get_mut(name)?;
        let schedules = &task.version.headers.schedules;
        let scheduled = |due: Instant| schedules.next_after(due.minus(Duration(1))) == Some(due);
        let mut due = self.now.max(task.last_by_hand.plus(Duration(1)));
        while task.served.decided.contains(&due) || scheduled(due) {
            due = due.plus(Duration(1));
        }
        task.last_by_hand = due;
        Some(due)
    }

    fn cancel_by_hand(&mut self, ask: AskId, run: RunId) {
        if !self.runs.contains(run) {
            self.reply(ask, Reply::Refused(format!("run {run} is not running")));
            return;
        }
        self.cancel(run, "cancelled by hand");
        self.reply(ask, Reply::Done);
    }

    /// A person says how a run goes on that cannot go on by itself.
    fn settle_run(&mut self, id: RunId, settlement: Settlement) -> Result<(), String> {
        let Some(state) = self.runs.state(id) else {
            return Err(format!("run {id} has ended, or there is none"));
        };
        let Activity::Stalled(call) = state else {
            return Err(format!(
                "run {id} is neither in doubt nor held: there is nothing to settle"
            ));
        };
        match (call.clone(), settlement) {
            (Some(call), _) => {
                self.batch.writes.push(Write::Settles { run: id, call, settlement });
                self.runs.turn(id, Activity::GoesOn(false));
            }
            (None, Settlement::Retry) => self.runs.turn(id, Activity::GoesOn(false)),
            (None, Settlement::Fail) => {
                let outcome = end(EndState::Failed, "held", "settled as failed by hand");
                self.end_without_worker(id, outcome);
            }
            (None, Settlement::Accept) => {
                return Err(format!("run {id} is held, not in doubt: say `retry` or `fail`"));
            }
        }
        Ok(())
    }

    fn pause(&mut self, ask: AskId, name: &TaskName, paused: bool) {
        let Some(task) = self.tasks.get_mut(name) else {
            self.reply(ask, Reply::Refused(self.absent(name)));
            return;
        };
        if task.served.paused != paused {
            task.served.paused = paused;
            self.batch.writes.push(Write::Pause { task: name.clone(), paused });
            self.offer_first(name);
        }
        self.reply(ask, Reply::Done);
    }

    fn status(&self) -> Vec<TaskStatus> {
        let by_name: BTreeMap<_, _> = self.tasks.iter().collect();
        let status = by_name.into_iter().map(|(name, task)| TaskStatus {
            task: name.clone(),
            description: task.version.headers.description.as_ref().map(ToString::to_string),
            next: task.next,
            inactive: !task.version.headers.active,
            paused: task.served.paused,
            outdated: task.outdated,
            running: self.runs.of(name).map(|run| (run, self.runs[&run].progress)).collect(),
            waiting: task.delayed.iter().chain(&task.line).map(|it| it.due).collect(),
        });
        status.collect()
    }

    /// Ends a run if it only waits for its next attempt.
    pub(super) fn give_up_retry(&mut self, run: RunId, reason: &str) {
        if matches!(self.runs.state(run), Some(Activity::RetryAt(_))) {
            self.end_without_worker(run, cancelled(reason));
        }
    }
}
