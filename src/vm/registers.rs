//! The registers of the running frame: one window of each bank. A register's number is a byte and a window has 256, so
//! reaching one needs no check.

use crate::bytecode::operand::{REGISTERS_MAX, Register};
use crate::value::Value;

/// The scalars of a frame. What a word means is known to the instruction that reads it.
pub(super) type Scalars = [u64; REGISTERS_MAX];

/// The values of a frame.
pub(super) type Values = [Value; REGISTERS_MAX];

/// Reads and writes words as what they mean.
pub(super) trait Words {
    /// The word of a register.
    fn word(&self, register: Register) -> u64;
    /// Writes the word of a register.
    fn set_word(&mut self, register: Register, word: u64);

    /// As a whole number.
    #[inline]
    fn int(&self, register: Register) -> i64 {
        self.word(register).cast_signed()
    }

    /// As a float.
    #[inline]
    fn float(&self, register: Register) -> f64 {
        f64::from_bits(self.word(register))
    }

    /// As a truth value.
    #[inline]
    fn bool(&self, register: Register) -> bool {
        self.word(register) != 0
    }

    /// Writes a whole number.
    #[inline]
    fn set_int(&mut self, register: Register, number: i64) {
        self.set_word(register, number.cast_unsigned());
    }

    /// Writes a float.
    #[inline]
    fn set_float(&mut self, register: Register, number: f64) {
        self.set_word(register, number.to_bits());
    }

    /// Writes a truth value.
    #[inline]
    fn set_bool(&mut self, register: Register, truth: bool) {
        self.set_word(register, u64::from(truth));
    }
}

impl Words for Scalars {
    #[inline]
    fn word(&self, register: Register) -> u64 {
        self[register.at()]
    }

    #[inline]
    fn set_word(&mut self, register: Register, word: u64) {
        self[register.at()] = word;
    }
}

/// Moves a value out of its register.
#[inline]
pub(super) fn take(values: &mut Values, register: Register) -> Value {
    std::mem::replace(&mut values[register.at()], Value::Null)
}
