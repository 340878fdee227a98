//! Programs for the machine: instructions, compiler, verifier, file form and listing. Executes nothing.

pub mod instruction;
pub mod operand;
pub mod program;
mod table;
