//! All integration tests, in one binary.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod commands;
mod corpus;
#[cfg(unix)]
mod cuts;
mod databases;
#[cfg(unix)]
mod deployed;
mod differential;
mod editors;
mod examples;
mod explain;
mod fmt;
mod fuzzing;
mod grammar;
#[cfg(unix)]
mod kills;
mod layers;
mod library;
mod lsp;
mod mutation;
mod random;
#[cfg(unix)]
mod readme;
mod replay;
mod runs;
mod schedule_oracle;
mod schedule_words;
#[cfg(unix)]
mod serve;
mod steps;
mod support;
mod targets;
