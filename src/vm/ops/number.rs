//! Arithmetic of 64-bit numbers. Overflow and division by zero are faults.

use super::super::trouble::{Outcome, Trouble, Why, fault};
use crate::value::{Code, Fault};

/// `a + b`
#[inline]
pub(in super::super) fn add<E: Why>(a: i64, b: i64) -> Result<i64, E> {
    a.checked_add(b).ok_or_else(|| E::because(|| overflow(a, "+", b)))
}

/// `a - b`
#[inline]
pub(in super::super) fn sub<E: Why>(a: i64, b: i64) -> Result<i64, E> {
    a.checked_sub(b).ok_or_else(|| E::because(|| overflow(a, "-", b)))
}

/// `a * b`
#[inline]
pub(in super::super) fn mul<E: Why>(a: i64, b: i64) -> Result<i64, E> {
    a.checked_mul(b).ok_or_else(|| E::because(|| overflow(a, "*", b)))
}

/// `a div b`
#[inline]
pub(in super::super) fn div<E: Why>(a: i64, b: i64) -> Result<i64, E> {
    if b == 0 {
        return Err(E::because(by_zero));
    }
    a.checked_div(b).ok_or_else(|| E::because(|| overflow(a, "div", b)))
}

/// `a % b`
#[inline]
pub(in super::super) fn rem<E: Why>(a: i64, b: i64) -> Result<i64, E> {
    if b == 0 {
        return Err(E::because(by_zero));
    }
    // Processors divide 32 bits in half the time of 64.
    Ok(match (u32::try_from(a), u32::try_from(b)) {
        (Ok(a), Ok(b)) => i64::from(a % b),
        _ => a.wrapping_rem(b),
    })
}

/// `-a`
#[inline]
pub(in super::super) fn neg<E: Why>(a: i64) -> Result<i64, E> {
    a.checked_neg().ok_or_else(|| E::because(|| Fault::overflow(format_args!("-({a})")).into()))
}

/// The distance from zero.
#[inline]
pub(in super::super) fn abs<E: Why>(a: i64) -> Result<i64, E> {
    a.checked_abs().ok_or_else(|| {
        E::because(|| Fault::overflow(format_args!("the distance of {a} from 0")).into())
    })
}

/// The date that many days later.
#[inline]
pub(in super::super) fn add_days(date: i64, days: i64) -> Outcome<i64> {
    let sum = add::<Trouble>(date, days)?;
    if i32::try_from(sum).is_ok() { Ok(sum) } else { Err(overflow(date, "+", days)) }
}

/// `a / b` of floats
#[inline]
pub(in super::super) fn div_float<E: Why>(a: f64, b: f64) -> Result<f64, E> {
    if b == 0.0 { Err(E::because(by_zero)) } else { Ok(a / b) }
}

/// `a % b` of floats
#[inline]
pub(in super::super) fn rem_float(a: f64, b: f64) -> Outcome<f64> {
    if b == 0.0 { Err(by_zero()) } else { Ok(a % b) }
}

/// The float nearest to a whole number.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
pub(in super::super) fn to_float(a: i64) -> f64 {
    a as f64
}

/// `a == b` as IEEE 754 has it: no NaN equals anything.
#[inline]
#[expect(clippy::float_cmp, reason = "the language compares exactly")]
pub(in super::super) fn equal(a: f64, b: f64) -> bool {
    a == b
}

/// Not `a < b`: also where one is NaN.
#[inline]
#[expect(clippy::neg_cmp_op_on_partial_ord, reason = "NaN is neither less nor more")]
pub(in super::super) fn not_less(a: f64, b: f64) -> bool {
    !(a < b)
}

/// Not `a <= b`: also where one is NaN.
#[inline]
#[expect(clippy::neg_cmp_op_on_partial_ord, reason = "NaN is neither less nor more")]
pub(in super::super) fn not_at_most(a: f64, b: f64) -> bool {
    !(a <= b)
}

/// The smaller one; the second where one is NaN. `f64::min` leaves the sign of zero open, which would differ between machines.
#[inline]
pub(in super::super) fn min_float(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The larger one; the second where one is NaN.
#[inline]
pub(in super::super) fn max_float(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// `a + b * c`, rounded after each step.
#[inline]
#[expect(clippy::suboptimal_flops, reason = "one rounding would differ from what was written")]
pub(in super::super) fn mul_add(a: f64, b: f64, c: f64) -> f64 {
    a + b * c
}

/// `a - b * c`, rounded after each step.
#[inline]
#[expect(clippy::suboptimal_flops, reason = "one rounding would differ from what was written")]
pub(in super::super) fn mul_sub(a: f64, b: f64, c: f64) -> f64 {
    a - b * c
}

/// The fault of every division by zero.
#[cold]
#[inline(never)]
pub(in super::super) fn by_zero() -> Trouble {
    fault(Code::DivisionByZero, "division by zero")
}

#[cold]
#[inline(never)]
fn overflow(a: i64, operator: &str, b: i64) -> Trouble {
    // A literal that is taken off is added as its negative.
    if operator == "+" && b < 0 {
        return Fault::overflow(format_args!("{a} - {}", b.unsigned_abs())).into();
    }
    Fault::overflow(format_args!("{a} {operator} {b}")).into()
}
