//! What stops an instruction.

use crate::value::{Code, Fault, Value};

/// Why an instruction did not do what it says; small, because every instruction's work may give one.
#[derive(Debug)]
pub(super) struct Trouble(Box<TroubleKind>);

/// Why an instruction did not do what it says.
#[derive(Debug)]
pub(super) enum TroubleKind {
    /// A fault of the machine or the library; the program may catch it.
    Fault(Fault),
    /// An error that the program raised itself.
    Error(Value),
    /// The program is not what the compiler makes: a value of another kind than the instruction was made for.
    Damaged(&'static str),
}

/// What an instruction's work gives.
pub(super) type Outcome<T> = Result<T, Trouble>;

impl Trouble {
    /// What it is.
    pub(super) fn into_kind(self) -> TroubleKind {
        *self.0
    }
}

impl From<TroubleKind> for Trouble {
    #[cold]
    fn from(kind: TroubleKind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<Fault> for Trouble {
    #[cold]
    fn from(fault: Fault) -> Self {
        TroubleKind::Fault(fault).into()
    }
}

/// A fault with a message.
#[cold]
#[inline(never)]
pub(super) fn fault(code: Code, message: impl Into<String>) -> Trouble {
    Fault::new(code, message).into()
}

/// An instruction met a value of another kind than it was made for.
#[cold]
#[inline(never)]
pub(super) fn damaged(expected: &'static str) -> Trouble {
    TroubleKind::Damaged(expected).into()
}
