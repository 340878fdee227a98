//! Task: a small, statically typed language for work on a schedule, and the machine that runs it.
//!
//! The modules are layers; `ARCHITECTURE.md` draws them, `tests/layers.rs` keeps them apart.

pub mod bytecode;
pub mod check;
pub mod cli;
pub mod diagnostics;
pub mod engine;
pub mod fuzzing;
pub mod host;
pub mod ide;
pub mod lsp;
pub mod schedule;
pub mod source;
pub mod sql;
pub mod stdlib;
pub mod store;
pub mod syntax;
pub mod testing;
pub mod value;
pub mod vm;
