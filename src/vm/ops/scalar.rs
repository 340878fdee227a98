//! Between the banks: what a scalar is as a value, and back.

use super::super::trouble::{Why, damaged};
use crate::value::Value;

/// The word of a value that is a scalar.
#[inline]
pub(in super::super) fn unbox<E: Why>(value: &Value) -> Result<u64, E> {
    match value {
        Value::Int(it) | Value::Time(it) | Value::Duration(it) => Ok(it.cast_unsigned()),
        Value::Float(it) => Ok(it.to_bits()),
        Value::Bool(it) => Ok(u64::from(*it)),
        Value::Date(it) => Ok(i64::from(*it).cast_unsigned()),
        _ => Err(E::because(|| damaged("a number, truth value, time, date or duration"))),
    }
}

/// The whole number of a value.
#[inline]
pub(in super::super) fn int<E: Why>(value: &Value) -> Result<i64, E> {
    match value {
        Value::Int(it) => Ok(*it),
        _ => Err(E::because(|| damaged("an int"))),
    }
}

/// The float of a value.
#[inline]
pub(in super::super) fn float<E: Why>(value: &Value) -> Result<f64, E> {
    match value {
        Value::Float(it) => Ok(*it),
        _ => Err(E::because(|| damaged("a float"))),
    }
}

/// A date. Arithmetic keeps dates within 32 bits.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "dates are 32 bits wide wherever they come from"
)]
pub(in super::super) fn date(days: i64) -> Value {
    Value::Date(days as i32)
}
