//! Tasks come, change and go while everything runs.

use std::collections::{BTreeSet, VecDeque};

use super::{Dispatcher, Left, Served, Task, Waiting};
use crate::engine::event::{Note, TaskUpdate, TaskVersion};
use crate::schedule::Instant;
use crate::store::{Decision, Presence, TaskName, Trigger, Write};

impl Dispatcher {
    /// Applies changes of the set of tasks. What was due before now is decided by the versions before; what nothing served while
    /// a task was away is decided at once.
    pub(super) fn update_tasks(&mut self, updates: Vec<TaskUpdate>) {
        let changed = self.apply_updates(updates);
        self.decide_what_is_due();
        for name in changed {
            let next = self.tasks[&name].next;
            self.note(Note::Serving { task: name, next });
        }
    }

    /// Applies changes, without deciding anything. Gives the tasks that are served in a new version.
    pub(super) fn apply_updates(&mut self, updates: Vec<TaskUpdate>) -> BTreeSet<TaskName> {
        let mut changed = BTreeSet::new();
        for update in updates {
            match update {
                TaskUpdate::Changed(version) => changed.extend(self.serve(version)),
                TaskUpdate::Refused(task) => self.refuse(&task),
                TaskUpdate::Removed(task) => self.remove(&task),
            }
        }
        changed.retain(|it| self.tasks.contains_key(it));
        changed
    }

    /// Serves a version from now on. Gives its name if there is anything new in it.
    fn serve(&mut self, version: TaskVersion) -> Option<TaskName> {
        let name = version.task.clone();
        if let Some(task) = self.tasks.get_mut(&name) {
            task.outdated = false;
            if task.version.program == version.program && task.version.headers == version.headers {
                return None;
            }
            let before = std::mem::replace(&mut task.version, version);
            if is_due_otherwise(&before, &task.version) {
                self.withdraw(&name);
            }
        } else {
            let served = self.come_back(&name);
            self.tasks.insert(name.clone(), Task::new(version, served));
        }
        let task = self.tasks.get_mut(&name).expect("it was put there");
        task.find_next();
        let TaskVersion { program, bytes, .. } = task.version.clone();
        let served_until = task.served.cursor;
        self.batch.writes.extend([
            Write::Program { hash: program, bytes },
            Write::Task { task: name.clone(), program, served_until },
        ]);
        Some(name)
    }

    /// What waits for its turn by a schedule that is not there any more does not start; what somebody asked for does.
    fn withdraw(&mut self, name: &TaskName) {
        let Some(task) = self.tasks.get_mut(name) else { return };
        let is_due = |it: &Waiting| it.trigger != Trigger::Manual;
        let mut withdrawn: Vec<Waiting> = task.delayed.extract_if(.., |it| is_due(it)).collect();
        let (due, asked): (VecDeque<_>, VecDeque<_>) = task.line.drain(..).partition(is_due);
        task.line = asked;
        withdrawn.extend(due);
        for waiting in withdrawn {
            self.turn_away(name, waiting, Decision::Cancelled, "the schedule was changed");
        }
    }

    /// From when on a task that was not served has due times: a new one from now on; so has one that was removed. One that was
    /// refused, or that the server left behind when it stopped, missed what was due meanwhile.
    fn come_back(&mut self, name: &TaskName) -> Served {
        match self.left.remove(name) {
            None => {
                Served { cursor: self.now, decided: BTreeSet::new(), paused: false, previous: None }
            }
            Some(Left { presence: Presence::Removed, served }) => {
                Served { cursor: self.now, ..served }
            }
            Some(Left { presence: Presence::Refused | Presence::Serving, served }) => served,
        }
    }

    fn refuse(&mut self, name: &TaskName) {
        let version_before = self.tasks.contains_key(name);
        if let Some(task) = self.tasks.get_mut(name) {
            task.outdated = true;
        } else {
            self.leave(name, Presence::Refused);
        }
        self.note(Note::Refused { task: name.clone(), version_before });
    }

    fn remove(&mut self, name: &TaskName) {
        if let Some(mut task) = self.tasks.remove(name) {
            for waiting in task.delayed.drain(..).chain(task.line.drain(..)) {
                self.turn_away(name, waiting, Decision::Cancelled, "the task was removed");
            }
            self.left
                .insert(name.clone(), Left { presence: Presence::Serving, served: task.served });
        }
        for run in self.runs_of(name).collect::<Vec<_>>() {
            self.give_up_retry(run, "the task was removed");
        }
        self.leave(name, Presence::Removed);
        self.note(Note::Removed(name.clone()));
    }

    /// Writes down that a task is not served from now on.
    pub(super) fn leave(&mut self, name: &TaskName, presence: Presence) {
        if let Some(left) = self.left.get_mut(name).filter(|it| it.presence != presence) {
            left.presence = presence;
            let served_until = left.served.cursor;
            self.batch.writes.push(Write::Leave { task: name.clone(), presence, served_until });
        }
    }
}

/// Whether a task has other due times than before.
fn is_due_otherwise(before: &TaskVersion, now: &TaskVersion) -> bool {
    let (before, now) = (&before.headers, &now.headers);
    before.schedules != now.schedules || before.active != now.active
}

impl Task {
    fn new(version: TaskVersion, served: Served) -> Self {
        Self {
            version,
            outdated: false,
            served,
            next: None,
            delayed: Vec::new(),
            line: VecDeque::new(),
            ended_rows: 0,
            last_by_hand: Instant(i64::MIN),
        }
    }
}
