//! The runs that have not ended, by number and by task: what a task's own runs are is asked for each due time, whatever the others do.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Index;

use super::ActiveRun;
use crate::store::{RunId, TaskName};

#[derive(Debug, Default)]
pub(super) struct Runs {
    all: BTreeMap<RunId, ActiveRun>,
    // INVARIANT: the same runs; a run never changes its task.
    of: BTreeMap<TaskName, BTreeSet<RunId>>,
}

impl Runs {
    pub(super) fn insert(&mut self, id: RunId, run: ActiveRun) {
        self.of.entry(run.task.clone()).or_default().insert(id);
        self.all.insert(id, run);
    }

    pub(super) fn remove(&mut self, id: RunId) -> Option<ActiveRun> {
        let run = self.all.remove(&id)?;
        if let Some(own) = self.of.get_mut(&run.task) {
            own.remove(&id);
            if own.is_empty() {
                self.of.remove(&run.task);
            }
        }
        Some(run)
    }

    pub(super) fn contains(&self, id: RunId) -> bool {
        self.all.contains_key(&id)
    }

    pub(super) fn get(&self, id: RunId) -> Option<&ActiveRun> {
        self.all.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: RunId) -> Option<&mut ActiveRun> {
        self.all.get_mut(&id)
    }

    /// All of them, by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (RunId, &ActiveRun)> {
        self.all.iter().map(|(id, run)| (*id, run))
    }

    /// Those of a task, by number.
    pub(super) fn of(&self, task: &TaskName) -> impl Iterator<Item = RunId> + '_ {
        self.of.get(task).into_iter().flatten().copied()
    }
}

impl Index<&RunId> for Runs {
    type Output = ActiveRun;

    /// # Panics
    /// Without such a run.
    fn index(&self, id: &RunId) -> &ActiveRun {
        &self.all[id]
    }
}
