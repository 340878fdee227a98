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

/// What says that an instruction was not carried out: [`Trouble`] says why; [`Otherwise`] says only that it was not done the
/// quick way, by which nothing is allocated or freed, and nothing changed before it is sure to succeed.
pub(super) trait Why: Sized {
    /// Whether only the quick way is gone.
    const QUICK: bool;
    /// The trouble, where somebody wants to know.
    fn because(trouble: impl FnOnce() -> Trouble) -> Self;
}

/// The quick way does not lead there: the instruction has to be carried out in full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Otherwise;

impl Why for Otherwise {
    const QUICK: bool = true;

    #[inline]
    fn because(_: impl FnOnce() -> Trouble) -> Self {
        Self
    }
}

impl Why for Trouble {
    const QUICK: bool = false;

    #[inline]
    fn because(trouble: impl FnOnce() -> Trouble) -> Self {
        trouble()
    }
}

/// Like `?`, where the function that is called and the one that calls it say why in the same way.
macro_rules! ok {
    ($outcome:expr) => {
        match $outcome {
            Ok(it) => it,
            Err(why) => return Err(why),
        }
    };
}
pub(super) use ok;

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
