//! When runs start, how they step, and what is written down of it.
//!
//! One loop owns the state: [`Dispatcher`] takes [`Event`]s and the time, and gives writes for the store and [`Action`]s for the
//! loop, which carries them out only after the writes are on disk. It reads no clock, starts no thread and knows no machine, so
//! that days of it can be simulated in milliseconds. Workers own running machines behind [`Runner`].
//!
//! Read in this order: `event` (what the loop hears and says), `dispatcher` (what it decides), `attempt` (what a worker does), `world`
//! and `journal` (how a call is made once).

pub mod attempt;
mod clock_watch;
#[cfg(unix)]
pub mod control;
pub mod cuts;
mod dispatcher;
pub(crate) mod drive;
mod event;
pub mod forecast;
pub mod journal;
mod lines;
pub mod memory;
mod policy;
mod pool;
pub mod rehearsal;
mod runner;
pub mod serve;
mod server;
#[cfg(test)]
mod simulation;
mod terms;
mod timetable;
mod trace;
mod workers;
mod world;

pub use dispatcher::{Batch, Dispatcher, Options, Restored};
pub use event::{
    Action, AskId, Command, Event, Note, Reply, RunEnd, RunEvent, TaskStatus, TaskUpdate,
    TaskVersion,
};
pub use policy::{PAUSED, pause_after};
pub use runner::{Runner, StartRun};
pub use server::{Gone, Handle, LogEntry, Parts, Server};
pub use workers::Workers;
