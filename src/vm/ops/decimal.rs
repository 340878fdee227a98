//! Arithmetic of exact decimals. Overflow and division by zero are faults.

use rust_decimal::Decimal as Wide;

use super::super::trouble::{Outcome, Trouble, damaged};
use super::number::by_zero;
use crate::value::{Fault, Value, from_digits, quotient};

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
    match short_quotient(a, b) {
        Some(quotient) => Ok(value(quotient)),
        None => divide(a.into(), b.into()),
    }
}

/// A quotient of few places, as amounts of money are: what general division finds, too, from the other end.
fn short_quotient(a: i64, b: i64) -> Option<Wide> {
    const PLACES_MAX: u32 = 4;
    let (dividend, divisor) = (a.unsigned_abs(), b.unsigned_abs());
    let mut digits = dividend.checked_div(divisor)?;
    let mut rest = dividend % divisor;
    let mut places = 0;
    while rest != 0 {
        if places == PLACES_MAX {
            return None;
        }
        rest = rest.checked_mul(10)?;
        digits = digits.checked_mul(10)?.checked_add(rest / divisor)?;
        rest %= divisor;
        places += 1;
    }
    let is_negative = digits != 0 && (a < 0) != (b < 0);
    Some(from_digits(digits, is_negative, places))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn short_quotients_are_those_of_general_division(
            a in prop_oneof![any::<i64>(), -100_000_i64..100_000],
            b in prop_oneof![any::<i64>(), -20_i64..20, Just(100), Just(16)],
        ) {
            if let Some(short) = short_quotient(a, b) {
                let general = quotient(a.into(), b.into()).unwrap();
                prop_assert_eq!(value(short).to_string(), value(general).to_string());
            }
        }
    }

    #[test]
    fn cents_are_divided_the_short_way() {
        for (a, b, expected) in [
            (7_919, 100, Some("79.19")),
            (-5, 4, Some("-1.25")),
            (0, -3, Some("0")),
            (i64::MIN, -1, Some("9223372036854775808")),
            (1, 3, None),
            (1, 32, None),
            (1, 0, None),
        ] {
            let found = short_quotient(a, b).map(|it| it.to_string());
            assert_eq!(found.as_deref(), expected, "{a} / {b}");
        }
    }
}
