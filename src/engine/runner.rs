//! The border to the workers, which own running machines.

use std::sync::Arc;

use crate::check::headers::TaskHeaders;
use crate::schedule::{Duration, Instant};
use crate::store::{Hash, RunId, Store, TaskName, Trigger};

/// Carries out attempts. What they say comes back to the loop as [`super::Event::Run`], and each attempt that was started ends with
/// exactly one [`Ended`](super::RunEvent::Ended), [`Sleeps`](super::RunEvent::Sleeps) or [`Stalled`](super::RunEvent::Stalled).
pub trait Runner {
    /// Starts an attempt, and returns at once. What its task kept, and its program, are in the store.
    fn start(&mut self, start: StartRun, store: &mut dyn Store);

    /// Stops an attempt soon. Nothing happens if it has ended.
    fn cancel(&mut self, run: RunId);

    /// Lets an attempt go as soon as it can go on with another server; it says so by [`Sleeps`](super::RunEvent::Sleeps). One that
    /// cannot goes on.
    fn park(&mut self, _run: RunId) {}
}

/// What a worker needs to know of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct StartRun {
    /// The run.
    pub run: RunId,
    /// The task.
    pub task: TaskName,
    /// When it was due.
    pub due: Instant,
    /// Why there is a run.
    pub trigger: Trigger,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// Whether it goes on from where it, or an attempt before, stopped; a run that begins has nothing to go on from.
    pub goes_on: bool,
    /// How much of its timeout was used up before.
    pub used: Duration,
    /// Whether no other attempt follows: then `on failure` runs if it fails.
    pub last_attempt: bool,
    /// How many due times it stands for beside its own.
    pub missed: u32,
    /// Whether it starts well after it was due.
    pub late: bool,
    /// When the last successful run was due.
    pub previous: Option<Instant>,
    /// What it runs.
    pub program: Hash,
    /// What holds for it.
    pub headers: Arc<TaskHeaders>,
}
