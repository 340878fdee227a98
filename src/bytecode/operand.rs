//! What instructions name: registers, windows of registers, places in the program's tables.
//!
//! A frame has two banks of at most [`REGISTERS_MAX`] registers each: 64-bit *scalars* (`int float bool time date duration`)
//! and *values* (everything else, and every `T?`). The compiler works with any number of virtual registers, so
//! instructions are generic in what names a register.

use serde::{Deserialize, Serialize};

/// How many registers of one bank an instruction can name.
pub const REGISTERS_MAX: usize = 256;

/// A register of a frame. Which bank it belongs to follows from the operand that it stands in.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Register(pub u8);

impl Register {
    /// Its place in the bank.
    #[must_use]
    #[inline]
    pub fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// The two kinds of register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Bank {
    /// 64 bits without a tag.
    Scalar,
    /// A [`Value`](crate::value::Value).
    Value,
}

/// Registers that follow each other: what a call is given, or what a list is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window<R = Register> {
    /// The first.
    pub start: R,
    /// How many.
    pub count: u8,
}

impl Window {
    /// The places in the bank; beyond its end where the window is too long for it.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start.at()..self.start.at() + usize::from(self.count)
    }
}

/// A number of three bytes, so that an instruction with four registers still fits eight.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct U24([u8; 3]);

impl U24 {
    /// The number, unless it is too large.
    #[must_use]
    pub fn new(number: usize) -> Option<Self> {
        let [a, b, c, rest @ ..] = number.to_le_bytes();
        rest.iter().all(|it| *it == 0).then_some(Self([a, b, c]))
    }

    /// The number.
    #[must_use]
    #[inline]
    pub fn get(self) -> usize {
        let [a, b, c] = self.0;
        usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16
    }
}

/// A function of the program.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct FunctionId(pub U24);

impl FunctionId {
    /// The function at a place in [`Program::functions`](super::Program::functions).
    #[must_use]
    pub fn new(index: usize) -> Option<Self> {
        U24::new(index).map(Self)
    }

    /// Its place among the functions.
    #[must_use]
    #[inline]
    pub fn at(self) -> usize {
        self.0.get()
    }
}

/// What has a place among an instruction's eight bytes in its portable form.
pub(super) trait Packed: Sized {
    /// Writes it at a place and gives the place behind it.
    fn pack(self, bytes: &mut [u8; 8], at: usize) -> usize;
    /// Reads it at a place and gives the place behind it.
    fn unpack(bytes: [u8; 8], at: usize) -> (Self, usize);
}

macro_rules! packed_numbers {
    ($($number:ty),*) => {$(
        impl Packed for $number {
            fn pack(self, bytes: &mut [u8; 8], at: usize) -> usize {
                let end = at + size_of::<Self>();
                bytes[at..end].copy_from_slice(&self.to_le_bytes());
                end
            }
            fn unpack(bytes: [u8; 8], at: usize) -> (Self, usize) {
                let end = at + size_of::<Self>();
                (Self::from_le_bytes(bytes[at..end].try_into().expect("as long as the number")), end)
            }
        }
    )*};
}
packed_numbers!(u8, u16, u32, i16, i32);

macro_rules! packed_tuples {
    ($($name:ident($inner:ty)),*) => {$(
        impl Packed for $name {
            fn pack(self, bytes: &mut [u8; 8], at: usize) -> usize {
                self.0.pack(bytes, at)
            }
            fn unpack(bytes: [u8; 8], at: usize) -> (Self, usize) {
                let (inner, end) = Packed::unpack(bytes, at);
                (Self(inner), end)
            }
        }
    )*};
}
packed_tuples!(Register(u8), FunctionId(U24));

impl Packed for U24 {
    fn pack(self, bytes: &mut [u8; 8], at: usize) -> usize {
        bytes[at..at + 3].copy_from_slice(&self.0);
        at + 3
    }
    fn unpack(bytes: [u8; 8], at: usize) -> (Self, usize) {
        (Self([bytes[at], bytes[at + 1], bytes[at + 2]]), at + 3)
    }
}

impl Packed for Window {
    fn pack(self, bytes: &mut [u8; 8], at: usize) -> usize {
        bytes[at..at + 2].copy_from_slice(&[self.start.0, self.count]);
        at + 2
    }
    fn unpack(bytes: [u8; 8], at: usize) -> (Self, usize) {
        (Self { start: Register(bytes[at]), count: bytes[at + 1] }, at + 2)
    }
}

/// What an instruction does with a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Looks at it.
    Read,
    /// Gives it a new content whatever it held.
    Write,
    /// Changes what it holds.
    Edit,
    /// Moves its value out and leaves `null`.
    Take,
}

impl Access {
    /// Whether the content before matters.
    #[must_use]
    pub fn reads(self) -> bool {
        !matches!(self, Self::Write)
    }

    /// Whether there is a new content afterwards.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Self::Write | Self::Edit)
    }
}

/// An operand of an instruction, taken out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operand<R> {
    /// A register.
    Register(Bank, Access, R),
    /// Registers that are read (scalars) or taken (values).
    Window(Bank, Window<R>),
    /// A window whose first register holds the call's result afterwards, even where the window is empty.
    CallWindow(Bank, Window<R>),
    /// The place of an instruction in the function's code.
    Target(u32),
    /// A number that stands for itself.
    Int(i64),
    /// A place among the program's values.
    Constant(u32),
    /// A place among the program's 64-bit numbers.
    Word(u32),
    /// The place of a field in its record.
    Slot(u16),
    /// A place among the program's record shapes.
    Shape(u16),
    /// A function.
    Function(FunctionId),
    /// A place among the program's native calls.
    Native(U24),
    /// A place among the program's effects.
    Effect(U24),
    /// A place among the function's switches.
    Switch(u32),
    /// A field of the run.
    RunField(u8),
    /// A place among the frame's registers beyond the first [`REGISTERS_MAX`].
    Far(Bank, Access, u16),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_bytes_hold_sixteen_million() {
        for number in [0, 1, 255, 256, 70_000, (1 << 24) - 1] {
            assert_eq!(U24::new(number).unwrap().get(), number);
        }
        assert_eq!(U24::new(1 << 24), None);
    }
}
