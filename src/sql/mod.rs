//! SQL as data: query plans and tables without a dialect, their rendering, and the comparison of schemas. Runs nothing.
//!
//! Start reading with [`plan`] (what a program asks of a database) and [`schema`] (what a table is). A dialect is a
//! module that makes texts from both: [`sqlite`]. Nobody here knows how a statement is sent.

pub mod compare;
pub mod plan;
pub mod schema;
pub mod sqlite;

pub use plan::*;
