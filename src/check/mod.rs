//! Names, types, effects, schedules: everything that can be known before the clock strikes.
//!
//! Never fails and does no I/O: the project's files and settings come in as data, side tables and diagnostics come out.

pub mod checked;
pub mod types;
