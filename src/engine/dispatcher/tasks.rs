//! Tasks come, change and go while everything runs.

use std::collections::{BTreeSet, VecDeque};

use super::{Dispatcher, Left, Served, Task, Waiting};
use crate::engine::event::{Note, TaskUpdate, TaskVersion};
use crate::engine::{policy, timetable};
use crate::schedule::{Duration, Instant, Schedules};
use crate::store::{Decision, Presence, TaskName, Trigger, Write};

impl Dispatcher {
    /// Applies changes of the set of tasks. What was due before now is decided by the versions before; what nothing served while
    /// a task was away is decided at once.
    pub(super) fn update_tasks(&mut self, updates: Vec<TaskUpdate>) {
        let changed = self.apply_updates(updates);
        self.wake_who_is_due();
        self.decide_what_is_due();
        self.decided = self.now;
        self.find_open_next();
        for name in changed {
            let next = self.tasks[&name].next;
            self.note(Note::Serving { task: name, next });
        }
    }

    /// Applies changes, without deciding anything. Gives the tasks that are served in a new version.
    pub(super) fn apply_updates(&mut self, updates: Vec<TaskUpdate>) -> BTreeSet<TaskName> {
        let mut changed = BTreeSet::new();
        self.tasks.reserve(updates.len());
        for update in updates {
            match update {
                TaskUpdate::Changed(version) => changed.extend(self.serve(version)),
                TaskUpdate::Refused(task) => self.refuse(&task),
                TaskUpdate::Removed(task) => self.remove(&task),
            }
        }
        changed.retain(|it| self.tasks.contains_key(it));
        if changed.len() > self.tasks.len() / 2 {
            self.wake_all_in_time();
        } else {
            changed.iter().for_each(|it| self.wake_in_time(it));
        }
        changed
    }

    /// Serves a version from now on. Gives its name if there is anything new in it.
    fn serve(&mut self, version: TaskVersion) -> Option<TaskName> {
        let name = version.task.clone();
        let decided = self.decided;
        if let Some(task) = self.tasks.get_mut(&name) {
            task.outdated = false;
            if task.version.program == version.program && task.version.headers == version.headers {
                return None;
            }
            task.served.cursor = task.served.cursor.max(decided);
            let before = std::mem::replace(&mut task.version, version);
            if is_due_otherwise(&before, &task.version) {
                self.withdraw(&name);
            }
        } else {
            let served = self.come_back(&version);
            self.tasks.insert(name.clone(), Box::new(Task::new(version, served)));
        }
        let task = self.tasks.get_mut(&name).expect("it was put there");
        task.find_next();
        let TaskVersion { program, bytes, .. } = task.version.clone();
        let timetable = timetable::write(&task.version.headers).into();
        let served_until = task.served.cursor;
        self.unwritten.insert(name.clone());
        self.batch.writes.extend([
            Write::Program { hash: program, bytes },
            Write::Task { task: name.clone(), program, timetable, served_until },
        ]);
        if !self.tasks[&name].line.is_empty() {
            // They wait with other headers now.
            self.expiring.insert(name.clone());
            self.offer_first(&name);
        }
        Some(name)
    }

    /// What waits for its turn by a schedule that is not there any more does not start; what somebody asked for does.
    pub(super) fn withdraw(&mut self, name: &TaskName) {
        let Some(task) = self.tasks.get_mut(name) else { return };
        let is_due = |it: &Waiting| it.trigger != Trigger::Manual;
        let mut withdrawn: Vec<Waiting> = task.delayed.extract_if(.., |it| is_due(it)).collect();
        let (due, asked): (VecDeque<_>, VecDeque<_>) = task.line.drain(..).partition(is_due);
        task.line = asked;
        withdrawn.extend(due);
        for waiting in withdrawn {
            self.turn_away(name, waiting, Decision::Cancelled, "the schedule was changed");
        }
        self.offer_first(name);
    }

    /// From when on a task that was not served has due times: a new one from now on; so has one that was removed. One that was
    /// refused, or that the server left behind when it stopped, missed what was due meanwhile. If it has another schedule since, that
    /// was due by the one before.
    fn come_back(&mut self, version: &TaskVersion) -> Served {
        let Some(left) = self.left.remove(&version.task) else {
            return Served {
                cursor: self.now,
                decided: BTreeSet::new(),
                paused: false,
                previous: None,
            };
        };
        match left.presence {
            Presence::Removed => Served { cursor: self.now, ..left.served },
            Presence::Refused | Presence::Serving => match left.schedule_before(version) {
                None => left.served,
                Some(before) => self.miss_by(&before, left.served, version),
            },
        }
    }

    /// Nothing served what was due by a schedule that was changed meanwhile, and nothing will.
    fn miss_by(&mut self, before: &Schedules, served: Served, version: &TaskVersion) -> Served {
        let from = served.cursor.plus(Duration(1));
        let mut due = policy::newest_due(before, from, self.now, version.headers.history);
        due.retain(|it| !served.decided.contains(it));
        let (decision, reason) = if served.paused {
            (Decision::Skipped, policy::PAUSED)
        } else {
            (Decision::Missed, "nothing served then, and the schedule was changed since")
        };
        self.pass(&version.task, &due, decision, reason);
        Served { cursor: self.now, ..served }
    }

    /// The tasks whose schedule is another than what they left with, before they come back.
    pub(super) fn rescheduled(&self, updates: &[TaskUpdate]) -> Vec<TaskName> {
        let versions = updates.iter().filter_map(|it| match it {
            TaskUpdate::Changed(version) => Some(version),
            TaskUpdate::Refused(_) | TaskUpdate::Removed(_) => None,
        });
        let other = |it: &&TaskVersion| {
            self.left.get(&it.task).is_some_and(|left| left.schedule_before(it).is_some())
        };
        versions.filter(other).map(|it| it.task.clone()).collect()
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
            let timetable = timetable::write(&task.version.headers).into();
            let cursor = self.decided_up_to(&task.served);
            let served = Served { cursor, ..task.served };
            let left = Left { presence: Presence::Serving, served, timetable };
            self.left.insert(name.clone(), left);
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

impl Left {
    /// When it was due before, if it is due otherwise now. What cannot be read counts as unchanged.
    fn schedule_before(&self, now: &TaskVersion) -> Option<Schedules> {
        let is_same = *self.timetable == *timetable::write(&now.headers);
        if is_same { None } else { timetable::read(&self.timetable) }
    }
}

impl Task {
    fn new(version: TaskVersion, served: Served) -> Self {
        Self {
            version,
            outdated: false,
            served,
            next: None,
            has_open_next: false,
            delayed: Vec::new(),
            line: VecDeque::new(),
            ended_rows: 0,
            last_by_hand: Instant(i64::MIN),
        }
    }
}
