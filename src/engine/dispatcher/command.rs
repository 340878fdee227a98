//! What people ask for.

use super::{Activity, Ask, Dispatcher, Phase, Waiting};
use crate::engine::event::{AskId, Command, Reply, TaskStatus};
use crate::schedule::{Duration, Instant};
use crate::store::{Presence, RunId, TaskName, Trigger, Write};

impl Dispatcher {
    /// Does what is asked, and answers.
    pub(super) fn obey(&mut self, ask: AskId, command: Command) {
        match command {
            Command::Trigger { task, wait } => self.trigger(&task, Ask { id: ask, at_end: wait }),
            Command::Cancel(run) => self.cancel_by_hand(ask, run),
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
        if !self.runs.contains_key(&run) {
            self.reply(ask, Reply::Refused(format!("run {run} is not running")));
            return;
        }
        self.cancel(run, "cancelled by hand");
        self.reply(ask, Reply::Done);
    }

    fn pause(&mut self, ask: AskId, name: &TaskName, paused: bool) {
        let Some(task) = self.tasks.get_mut(name) else {
            self.reply(ask, Reply::Refused(self.absent(name)));
            return;
        };
        if task.served.paused != paused {
            task.served.paused = paused;
            self.batch.writes.push(Write::Pause { task: name.clone(), paused });
        }
        self.reply(ask, Reply::Done);
    }

    fn status(&self) -> Vec<TaskStatus> {
        let status = self.tasks.iter().map(|(name, task)| TaskStatus {
            task: name.clone(),
            description: task.version.headers.description.as_ref().map(ToString::to_string),
            next: task.next,
            inactive: !task.version.headers.active,
            paused: task.served.paused,
            outdated: task.outdated,
            running: self.runs_of(name).map(|run| (run, self.runs[&run].progress)).collect(),
            waiting: task.delayed.iter().chain(&task.line).map(|it| it.due).collect(),
        });
        status.collect()
    }

    /// Ends a run if it only waits for its next attempt.
    pub(super) fn give_up_retry(&mut self, run: RunId, reason: &str) {
        if matches!(self.runs.get(&run).map(|it| &it.state), Some(Activity::RetryAt(_))) {
            self.end_without_attempt(run, reason);
        }
    }
}
