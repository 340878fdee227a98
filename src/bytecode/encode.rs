//! The form of a program in files: a mark, a version, the program's hash, and the program itself.
//!
//! What is read back is checked against its hash here, and by [`verify`](super::verify) before anything runs it.

use std::fmt;

use super::program::{Program, ProgramHash};

const MARK: &[u8; 4] = b"TASK";
/// The version of this form; what instructions mean has its own, [`SEMANTICS`](super::program::SEMANTICS).
const VERSION: u8 = 2;
const HEAD: usize = MARK.len() + 1 + 32;

/// Why bytes are no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// They do not begin as a program does.
    NotAProgram,
    /// They were written by another version.
    Version(u8),
    /// They are cut off, or were changed.
    Damaged,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAProgram => write!(f, "this is no compiled task"),
            Self::Version(it) => {
                write!(
                    f,
                    "this task was compiled into form {it}; this program reads form {VERSION}"
                )
            }
            Self::Damaged => write!(f, "this compiled task is damaged"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Writes a program out. Equal programs give equal bytes.
///
/// # Panics
/// Never: a program is plain data without maps of unknown length.
#[must_use]
pub fn encode(program: &Program) -> Vec<u8> {
    let mut bytes = MARK.to_vec();
    bytes.push(VERSION);
    bytes.extend(program.hash().0);
    postcard::to_extend(program, bytes).expect("plain data can be written out")
}

/// Reads a program.
pub fn decode(bytes: &[u8]) -> Result<Program, DecodeError> {
    let rest = bytes.strip_prefix(MARK).ok_or(DecodeError::NotAProgram)?;
    let (version, rest) = rest.split_first().ok_or(DecodeError::Damaged)?;
    if *version != VERSION {
        return Err(DecodeError::Version(*version));
    }
    let body = bytes.get(HEAD..).ok_or(DecodeError::Damaged)?;
    let program: Program = postcard::from_bytes(body).map_err(|_| DecodeError::Damaged)?;
    let hash = ProgramHash::of(body);
    if rest[..hash.0.len()] == hash.0 { Ok(program) } else { Err(DecodeError::Damaged) }
}

#[cfg(test)]
mod tests {
    use super::super::instruction::Instruction;
    use super::super::program::Function;
    use super::*;

    fn sample() -> Program {
        let code = vec![Instruction::Return {}];
        let body = Function { name: "body".into(), code, ..Function::default() };
        Program { task: "sample".into(), functions: vec![body], ..Program::default() }
    }

    #[test]
    fn a_program_reads_back() {
        assert_eq!(decode(&encode(&sample())), Ok(sample()));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let bytes = encode(&sample());
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(decode(&changed).is_err(), "byte {at}");
            assert!(decode(&bytes[..at]).is_err(), "length {at}");
        }
    }
}
