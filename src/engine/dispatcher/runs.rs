//! The runs that have not ended, by number, by task, and by what they wait for: a batch looks at those that it is about, however many
//! others sleep.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::ops::Index;
use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use crate::check::headers::TaskHeaders;
use crate::engine::event::AskId;
use crate::schedule::{Duration, Instant};
use crate::store::{Hash, RunId, TaskName, Trigger};

/// A run that has not ended. What it is doing stands beside it, see [`Runs::state`].
#[derive(Debug)]
pub(super) struct ActiveRun {
    pub(super) task: TaskName,
    pub(super) due: Instant,
    pub(super) trigger: Trigger,
    pub(super) missed: u32,
    pub(super) program: Hash,
    pub(super) headers: Arc<TaskHeaders>,
    pub(super) attempt: u32,
    /// Whether there is something to go on from.
    pub(super) goes_on: bool,
    /// How much of the attempt's timeout was used up when it last slept.
    pub(super) used: Duration,
    pub(super) progress: Option<(i64, i64)>,
    pub(super) asks: Vec<AskId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    Running,
    /// Told to stop, and why.
    Cancelling(String),
    /// Waits for its next attempt.
    RetryAt(Instant),
    /// Sleeps; nothing of it is in memory but this.
    SleepsUntil(Instant),
    /// Goes on as soon as a worker is free; whether the store has it as running.
    GoesOn(IsRunning),
    /// Waits for a person. The call is in doubt; or else the run is held.
    Stalled(Option<String>),
}

/// Whether a run that waits for a worker is running, as far as the store knows.
type IsRunning = bool;

impl Activity {
    /// Whether a worker has it.
    fn is_with_worker(&self) -> bool {
        match self {
            Self::Running | Self::Cancelling(_) => true,
            Self::RetryAt(_) | Self::SleepsUntil(_) | Self::GoesOn(_) | Self::Stalled(_) => false,
        }
    }

    /// When it wants a worker.
    pub(super) fn wakes(&self) -> Option<Instant> {
        match self {
            Self::RetryAt(at) | Self::SleepsUntil(at) => Some(*at),
            Self::GoesOn(_) => Some(Instant(i64::MIN)),
            Self::Running | Self::Cancelling(_) | Self::Stalled(_) => None,
        }
    }
}

/// INVARIANT: all indexes are about the runs in `all`; a run never changes its task or its headers, and its state only here.
#[derive(Debug, Default)]
pub(super) struct Runs {
    all: BTreeMap<RunId, (ActiveRun, Activity)>,
    of: FxHashMap<TaskName, BTreeSet<RunId>>,
    with_worker: BTreeSet<RunId>,
    /// How many of those with a worker are in each group.
    groups: BTreeMap<EcoString, usize>,
    /// When those want a worker who were not taken out by [`Runs::take_those_who_woke`].
    wakes: BTreeSet<(Instant, RunId)>,
}

impl Runs {
    pub(super) fn insert(&mut self, id: RunId, run: ActiveRun, state: Activity) {
        self.of.entry(run.task.clone()).or_default().insert(id);
        self.enter(id, &state, &run.headers);
        self.all.insert(id, (run, state));
    }

    pub(super) fn remove(&mut self, id: RunId) -> Option<ActiveRun> {
        let (run, state) = self.all.remove(&id)?;
        self.leave(id, &state, &run.headers);
        if let Some(own) = self.of.get_mut(&run.task) {
            own.remove(&id);
            if own.is_empty() {
                self.of.remove(&run.task);
            }
        }
        Some(run)
    }

    /// Gives a run another state.
    ///
    /// # Panics
    /// Without such a run.
    pub(super) fn turn(&mut self, id: RunId, state: Activity) {
        let (run, now) = self.all.get_mut(&id).expect("who turns a run has looked for it");
        let headers = run.headers.clone();
        let before = mem::replace(now, state.clone());
        self.leave(id, &before, &headers);
        self.enter(id, &state, &headers);
    }

    pub(super) fn contains(&self, id: RunId) -> bool {
        self.all.contains_key(&id)
    }

    pub(super) fn get_mut(&mut self, id: RunId) -> Option<&mut ActiveRun> {
        self.all.get_mut(&id).map(|(run, _)| run)
    }

    pub(super) fn state(&self, id: RunId) -> Option<&Activity> {
        self.all.get(&id).map(|(_, state)| state)
    }

    /// Whether a worker has a run, and nobody has told it to stop.
    pub(super) fn is_running(&self, id: RunId) -> bool {
        self.state(id) == Some(&Activity::Running)
    }

    /// Whether a worker has a run.
    pub(super) fn has_worker(&self, id: RunId) -> bool {
        self.with_worker.contains(&id)
    }

    /// All of them, in order.
    pub(super) fn ids(&self) -> impl Iterator<Item = RunId> + '_ {
        self.all.keys().copied()
    }

    /// Those of a task, by number.
    pub(super) fn of(&self, task: &TaskName) -> impl Iterator<Item = RunId> + '_ {
        self.of.get(task).into_iter().flatten().copied()
    }

    /// Those that a worker has, by number.
    pub(super) fn with_worker(&self) -> impl Iterator<Item = RunId> + '_ {
        self.with_worker.iter().copied()
    }

    /// How many workers are taken.
    pub(super) fn busy(&self) -> usize {
        self.with_worker.len()
    }

    /// How many workers are taken by runs of a group.
    pub(super) fn busy_in(&self, group: &str) -> usize {
        self.groups.get(group).copied().unwrap_or(0)
    }

    /// The first time after this one at which a run wants a worker.
    pub(super) fn first_wake_after(&self, time: Instant) -> Option<Instant> {
        self.wakes.range((time.plus(Duration(1)), RunId(0))..).next().map(|(at, _)| *at)
    }

    /// Those that want a worker by now, once: whoever takes them out remembers them.
    pub(super) fn take_those_who_woke(
        &mut self,
        now: Instant,
    ) -> impl Iterator<Item = RunId> + use<> {
        let later = self.wakes.split_off(&(now.plus(Duration(1)), RunId(0)));
        mem::replace(&mut self.wakes, later).into_iter().map(|(_, id)| id)
    }

    /// Nobody remembers any more that a run was taken out: it is, again, when it wakes.
    pub(super) fn forget_that_woke(&mut self, id: RunId) {
        let wakes = self.state(id).and_then(Activity::wakes);
        self.wakes.extend(wakes.map(|at| (at, id)));
    }

    fn enter(&mut self, id: RunId, state: &Activity, headers: &TaskHeaders) {
        self.wakes.extend(state.wakes().map(|at| (at, id)));
        if state.is_with_worker() {
            self.with_worker.insert(id);
            if let Some(group) = &headers.concurrency {
                *self.groups.entry(group.name.clone()).or_default() += 1;
            }
        }
    }

    fn leave(&mut self, id: RunId, state: &Activity, headers: &TaskHeaders) {
        if let Some(at) = state.wakes() {
            self.wakes.remove(&(at, id));
        }
        if state.is_with_worker() {
            self.with_worker.remove(&id);
            if let Some(group) = &headers.concurrency
                && let Some(count) = self.groups.get_mut(&group.name)
            {
                *count -= 1;
                if *count == 0 {
                    self.groups.remove(&group.name);
                }
            }
        }
    }
}

impl Index<&RunId> for Runs {
    type Output = ActiveRun;

    /// # Panics
    /// Without such a run.
    fn index(&self, id: &RunId) -> &ActiveRun {
        &self.all[id].0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::headers::Group;

    fn run(group: Option<&str>) -> ActiveRun {
        let concurrency = group.map(|it| Group { name: it.into(), limit: 1 });
        ActiveRun {
            task: TaskName::new("t"),
            due: Instant(0),
            trigger: Trigger::Schedule,
            missed: 0,
            program: Hash::of(b"a program"),
            headers: TaskHeaders { concurrency, ..TaskHeaders::default() }.into(),
            attempt: 1,
            goes_on: false,
            used: Duration::ZERO,
            progress: None,
            asks: Vec::new(),
        }
    }

    fn woken(runs: &mut Runs, now: i64) -> Vec<u64> {
        runs.take_those_who_woke(Instant(now)).map(|it| it.0).collect()
    }

    #[test]
    fn who_sleeps_is_found_by_time_and_taken_once() {
        let mut runs = Runs::default();
        runs.insert(RunId(1), run(None), Activity::SleepsUntil(Instant(30)));
        runs.insert(RunId(2), run(None), Activity::RetryAt(Instant(10)));
        runs.insert(RunId(3), run(None), Activity::GoesOn(true));
        runs.insert(RunId(4), run(None), Activity::Stalled(None));
        assert_eq!(runs.first_wake_after(Instant(0)), Some(Instant(10)));
        assert_eq!(runs.first_wake_after(Instant(10)), Some(Instant(30)));
        assert_eq!(woken(&mut runs, 10), [3, 2]);
        assert_eq!(woken(&mut runs, 10), [0; 0]);
        assert_eq!(woken(&mut runs, 29), [0; 0]);
        assert_eq!(woken(&mut runs, 30), [1]);
        assert_eq!(runs.first_wake_after(Instant(0)), None);
    }

    #[test]
    fn who_was_taken_and_does_not_start_wakes_again() {
        let mut runs = Runs::default();
        runs.insert(RunId(1), run(None), Activity::SleepsUntil(Instant(30)));
        assert_eq!(woken(&mut runs, 30), [1]);
        runs.forget_that_woke(RunId(1));
        runs.forget_that_woke(RunId(2));
        assert_eq!(runs.first_wake_after(Instant(5)), Some(Instant(30)));
        assert_eq!(woken(&mut runs, 30), [1]);
    }

    #[test]
    fn who_ends_or_is_settled_sleeps_no_more() {
        let mut runs = Runs::default();
        runs.insert(RunId(1), run(None), Activity::SleepsUntil(Instant(30)));
        runs.insert(RunId(2), run(None), Activity::SleepsUntil(Instant(30)));
        runs.insert(RunId(3), run(None), Activity::SleepsUntil(Instant(30)));
        assert!(runs.remove(RunId(1)).is_some());
        runs.turn(RunId(2), Activity::Running);
        runs.turn(RunId(3), Activity::SleepsUntil(Instant(40)));
        assert_eq!(woken(&mut runs, 30), [0; 0]);
        assert_eq!(woken(&mut runs, 40), [3]);
    }

    #[test]
    fn workers_are_counted_also_by_group() {
        let mut runs = Runs::default();
        runs.insert(RunId(1), run(Some("mail")), Activity::Running);
        runs.insert(RunId(2), run(Some("mail")), Activity::GoesOn(true));
        runs.insert(RunId(3), run(None), Activity::Running);
        assert_eq!((runs.busy(), runs.busy_in("mail"), runs.busy_in("web")), (2, 1, 0));
        runs.turn(RunId(2), Activity::Running);
        runs.turn(RunId(1), Activity::Cancelling("why".to_owned()));
        assert_eq!((runs.busy(), runs.busy_in("mail")), (3, 2));
        runs.turn(RunId(1), Activity::RetryAt(Instant(9)));
        runs.remove(RunId(2));
        assert_eq!((runs.busy(), runs.busy_in("mail")), (1, 0));
        assert_eq!(runs.with_worker().collect::<Vec<_>>(), [RunId(3)]);
    }
}
