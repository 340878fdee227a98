//! SQL as data: query plans without a dialect, their rendering, and the comparison of schemas. Runs nothing.

mod plan;

pub use plan::*;
