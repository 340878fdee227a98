//! The registers of the running frame: one window of each bank. A register's number is a byte and a window has 256, so
//! reaching one needs no check.

use std::mem::{self, ManuallyDrop};

use super::trouble::{Why, damaged};
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
    fn float(&self, of: impl FloatSource) -> f64;

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

/// What a float is read from.
pub(super) trait FloatSource {
    /// The float.
    fn float_in(self, scalars: &Scalars) -> f64;
}

impl FloatSource for Register {
    #[inline]
    fn float_in(self, scalars: &Scalars) -> f64 {
        f64::from_bits(scalars.word(self))
    }
}

/// What a register holds, known without looking there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held(pub(super) f64);

impl FloatSource for Held {
    #[inline]
    fn float_in(self, _: &Scalars) -> f64 {
        self.0
    }
}

impl Words for Scalars {
    #[inline]
    fn float(&self, of: impl FloatSource) -> f64 {
        of.float_in(self)
    }

    #[inline]
    fn word(&self, register: Register) -> u64 {
        self[register.at()]
    }

    #[inline]
    fn set_word(&mut self, register: Register, word: u64) {
        self[register.at()] = word;
    }
}

/// Writes and moves values.
pub(super) trait Cells {
    /// Puts a value into a register.
    fn put(&mut self, register: Register, value: Value);
    /// Moves a value out of its register.
    fn take(&mut self, register: Register) -> Value;
    /// Puts a value into a register; quick only where nothing has to be freed there.
    fn replace<E: Why>(&mut self, register: Register, value: Value) -> Result<(), E>;
    /// Moves a value from a register to another; quick only where nothing has to be freed there.
    fn shift<E: Why>(&mut self, to: Register, from: Register) -> Result<(), E>;
}

impl Cells for Values {
    #[inline]
    fn put(&mut self, register: Register, value: Value) {
        self[register.at()] = value;
    }

    #[inline]
    fn take(&mut self, register: Register) -> Value {
        mem::replace(&mut self[register.at()], Value::Null)
    }

    #[inline]
    fn replace<E: Why>(&mut self, register: Register, value: Value) -> Result<(), E> {
        replace(&mut self[register.at()], value)
    }

    #[inline]
    fn shift<E: Why>(&mut self, to: Register, from: Register) -> Result<(), E> {
        if E::QUICK && self[to.at()].is_counted() {
            return Err(E::because(|| damaged("nothing to free")));
        }
        let value = ManuallyDrop::new(self.take(from));
        replace(&mut self[to.at()], ManuallyDrop::into_inner(value))
    }
}

/// Puts a value where another one is; quick only where that has not to be freed.
#[inline]
pub(super) fn replace<E: Why>(cell: &mut Value, value: Value) -> Result<(), E> {
    if !E::QUICK {
        *cell = value;
        return Ok(());
    }
    if cell.is_counted() {
        mem::forget(value);
        return Err(E::because(|| damaged("nothing to free")));
    }
    // What was there counts nothing.
    mem::forget(mem::replace(cell, value));
    Ok(())
}

/// A copy of a value; quick only where nothing has to be counted.
#[inline]
pub(super) fn copied<E: Why>(value: &Value) -> Result<Value, E> {
    Ok(match value {
        Value::Null => Value::Null,
        Value::Bool(it) => Value::Bool(*it),
        Value::Int(it) => Value::Int(*it),
        Value::Float(it) => Value::Float(*it),
        Value::Decimal(it) => Value::Decimal(*it),
        Value::Time(it) => Value::Time(*it),
        Value::Date(it) => Value::Date(*it),
        Value::Duration(it) => Value::Duration(*it),
        Value::Short(it) => Value::Short(*it),
        _ if E::QUICK => return Err(E::because(|| damaged("nothing to count"))),
        counted => counted.clone(),
    })
}

/// Frees what a register points to. It holds something without a count then.
#[inline]
pub(super) fn clear(cell: &mut Value) {
    if cell.is_counted() {
        *cell = Value::Null;
    }
}
