//! The machine: executes a verified program. Knows no clock, no file, no socket; what touches the world leaves it as an [`Effect`].
//!
//! Start reading with [`machine`] (steps, effects, answers), then `drive` (calls, returns, faults) and `run` (instructions). Calls of a
//! program never become calls of the host: frames stand on the heap, so that a run can be stopped anywhere and recursion is bounded by
//! a number. The machine is deterministic: equal programs that are given equal answers do the same, step by step.

mod core;
mod digest;
mod drive;
pub mod effect;
mod fiber;
pub mod machine;
mod memory;
pub mod native;
mod ops;
mod parallel;
mod registers;
mod run;
pub mod trace;
mod trouble;

pub use core::MissingNative;
pub use effect::{CallKey, Effect, FiberId};
pub use machine::{Entry, Limits, Machine, Start, Step};
pub use native::{NativeCall, NativeFn, Natives};
pub use trace::{Trace, TraceFrame};

#[cfg(test)]
mod tests;
