//! The machine: executes a verified program. Knows no clock, no file, no socket; what touches the world leaves it as an [`Effect`].
//!
//! Start reading with [`machine`] (steps, effects, answers), then `drive` (what stops a fiber), `meaning` (what instructions do) and `dispatch` (what
//! carries them out; `threaded` does so in optimised builds). Calls of a
//! program never become calls of the host: frames stand on the heap, so that a run can be stopped anywhere and recursion is bounded by
//! a number. The machine is deterministic: equal programs that are given equal answers do the same, step by step.

mod context;
mod core;
mod digest;
mod dispatch;
mod drive;
pub mod effect;
mod fiber;
pub mod machine;
mod mark;
mod meaning;
mod memory;
pub mod native;
mod ops;
mod parallel;
mod registers;
mod snapshot;
mod threaded;
pub mod trace;
mod trouble;

pub use core::MissingNative;
pub use effect::{CallKey, Effect, FiberId};
pub use machine::{Dispatch, Entry, Limits, Machine, Start, Step};
pub use mark::Mark;
pub use native::{NativeCall, NativeFn, Natives};
pub use trace::{Trace, TraceFrame};

#[cfg(test)]
mod tests;
