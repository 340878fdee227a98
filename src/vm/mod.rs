//! The machine: executes a verified program. Knows no clock, no file, no socket; what touches the world leaves it as an [`Effect`].

pub mod effect;
pub mod native;

pub use effect::{CallKey, Effect, FiberId};
pub use native::{NativeCall, NativeFn, Natives};
