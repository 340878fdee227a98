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

use std::sync::Arc;

pub use program::Program;
pub use verify::{Verified, verify};

/// Reads a program from its file form and verifies it; or why that cannot be done, in words.
pub fn read(bytes: &[u8]) -> Result<Arc<Verified>, String> {
    let program = encode::decode(bytes).map_err(|error| error.to_string())?;
    verify(program).map(Arc::new).map_err(|damage| damage.to_string())
}
