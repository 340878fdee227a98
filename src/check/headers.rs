//! Headers: what the lines at the top of a task ask for, as plain data, with a value for everything they leave out.
//!
//! The parser knows that a header is a word and what follows it; the words are in `read`. Each is read by one function
//! of `limits`, except `schedule`, which has a file of its own; `calendar` finds what is odd about an expression that
//! can be read. Whatever is wrong leaves the default in its place.

pub(in crate::check) mod cadenced;
mod calendar;
mod data;
mod limits;
mod parts;
mod read;
mod schedule;

pub use data::{
    Allow, Group, History, Missed, MissedRuns, Overlap, Pause, Priority, Retry, TaskHeaders, Trace,
};
pub(super) use read::is_header;
