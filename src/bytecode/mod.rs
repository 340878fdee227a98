//! Programs for the machine: instructions, compiler, verifier, file form and listing. Executes nothing.
//!
//! Start reading with [`program`] (what a compiled task is) and [`table`] (what the machine can do).

pub mod compile;
pub mod dis;
pub mod encode;
pub mod error_record;
pub mod instruction;
pub mod operand;
pub mod program;
pub mod run_field;
pub(crate) mod table;
pub mod verify;

pub use program::Program;
pub use verify::{Verified, verify};
