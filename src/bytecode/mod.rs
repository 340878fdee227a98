//! Programs for the machine: instructions, compiler, verifier, file form and listing. Executes nothing.

pub mod compile;
pub mod instruction;
pub mod operand;
pub mod program;
pub mod run_field;
mod table;
