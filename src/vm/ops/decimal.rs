//! Arithmetic of exact decimals. Overflow and division by zero are faults.

use rust_decimal::Decimal as Wide;

use super::super::trouble::{Outcome, Trouble, damaged};
use super::number::by_zero;
use crate::value::{Fault, Value, quotient};

fn wide(value: &Value) -> Outcome<Wide> {
    match value {
        Value::Decimal(it) => Ok(it.wide()),
        _ => Err(damaged("a decimal")),
    }
}

/// The decimal as a value.
pub(in super::super) fn value(wide: Wide) -> Value {
    Value::Decimal(wide.into())
}

/// `a + b`
pub(in super::super) fn add(a: &Value, b: &Value) -> Outcome<Value> {
    let (a, b) = (wide(a)?, wide(b)?);
    a.checked_add(b).map(value).ok_or_else(|| overflow(a, "+", b))
}

/// `a - b`
pub(in super::super) fn sub(a: &Value, b: &Value) -> Outcome<Value> {
    let (a, b) = (wide(a)?, wide(b)?);
    a.checked_sub(b).map(value).ok_or_else(|| overflow(a, "-", b))
}

/// `a * b`; a product of zero keeps its scale, too.
pub(in super::super) fn mul(a: &Value, b: &Value) -> Outcome<Value> {
    let (a, b) = (wide(a)?, wide(b)?);
    if a.is_zero() || b.is_zero() {
        return Ok(value(Wide::new(0, (a.scale() + b.scale()).min(Wide::MAX_SCALE))));
    }
    a.checked_mul(b).map(value).ok_or_else(|| overflow(a, "*", b))
}

/// `a / b`
pub(in super::super) fn div(a: &Value, b: &Value) -> Outcome<Value> {
    divide(wide(a)?, wide(b)?)
}

/// `a / b` of two whole numbers
pub(in super::super) fn div_ints(a: i64, b: i64) -> Outcome<Value> {
    divide(a.into(), b.into())
}

fn divide(a: Wide, b: Wide) -> Outcome<Value> {
    if b.is_zero() {
        return Err(by_zero());
    }
    quotient(a, b).map(value).ok_or_else(|| overflow(a, "/", b))
}

/// `a % b`
pub(in super::super) fn rem(a: &Value, b: &Value) -> Outcome<Value> {
    let (a, b) = (wide(a)?, wide(b)?);
    if b.is_zero() {
        return Err(by_zero());
    }
    a.checked_rem(b).map(value).ok_or_else(|| overflow(a, "%", b))
}

/// `-a`
pub(in super::super) fn neg(a: &Value) -> Outcome<Value> {
    Ok(value(-wide(a)?))
}

/// The distance from zero.
pub(in super::super) fn abs(a: &Value) -> Outcome<Value> {
    Ok(value(wide(a)?.abs()))
}

#[cold]
fn overflow(a: Wide, operator: &str, b: Wide) -> Trouble {
    Fault::overflow(format_args!("{a} {operator} {b}")).into()
}
