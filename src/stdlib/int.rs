//! Methods of whole numbers.

use rust_decimal::Decimal as Wide;

use super::native::{Native, natives};
use super::number::{self, Rounding};
use crate::value::Fault;

pub(super) const NATIVES: &[Native] = natives!("int":
    abs(n), sign(n), min(n, other), max(n, other), clamp(n, lo, hi), pow(n, exponent), is_even(n),
    is_odd(n), to_int(n, rounding), to_decimal(n), to_float(n), to_text(n, base),
    format(n, pattern, locale), bit_and(n, other), bit_or(n, other), bit_xor(n, other), bit_not(n),
    shift_left(n, places), shift_right(n, places),
);

fn abs(n: i64) -> Result<i64, Fault> {
    n.checked_abs().ok_or_else(|| Fault::overflow(format_args!("-({n})")))
}

fn sign(n: i64) -> i64 {
    n.signum()
}

fn min(n: i64, other: i64) -> i64 {
    n.min(other)
}

fn max(n: i64, other: i64) -> i64 {
    n.max(other)
}

fn clamp(n: i64, lo: i64, hi: i64) -> Result<i64, Fault> {
    number::bounds(lo <= hi, lo, hi)?;
    Ok(n.clamp(lo, hi))
}

fn pow(n: i64, exponent: i64) -> Result<i64, Fault> {
    if exponent < 0 {
        let message = format!("a whole number has no power of {exponent}; `.to_decimal()` has");
        return Err(Fault::argument(message));
    }
    let power = match n {
        0 | 1 if exponent > 0 => Some(n),
        -1 => Some(if exponent % 2 == 0 { 1 } else { -1 }),
        _ => u32::try_from(exponent).ok().and_then(|it| n.checked_pow(it)),
    };
    power.ok_or_else(|| Fault::overflow(format_args!("{n} to the power of {exponent}")))
}

fn is_even(n: i64) -> bool {
    n % 2 == 0
}

fn is_odd(n: i64) -> bool {
    n % 2 != 0
}

fn to_int(n: i64, _: Rounding) -> i64 {
    n
}

fn to_decimal(n: i64) -> Wide {
    n.into()
}

#[expect(clippy::cast_precision_loss, reason = "the nearest float is asked for")]
fn to_float(n: i64) -> f64 {
    n as f64
}

fn to_text(n: i64, base: i64) -> Result<String, Fault> {
    let base = number::base(base)?;
    let mut digits = Vec::new();
    let mut rest = n.unsigned_abs();
    loop {
        let digit = u32::try_from(rest % u64::from(base)).unwrap_or_default();
        digits.extend(char::from_digit(digit, base));
        rest /= u64::from(base);
        if rest == 0 {
            break;
        }
    }
    let sign = if n < 0 { "-" } else { "" };
    Ok(sign.chars().chain(digits.into_iter().rev()).collect())
}

fn format(n: i64, pattern: &str, locale: &str) -> Result<String, Fault> {
    number::format::exact(n.into(), pattern, locale)
}

fn bit_and(n: i64, other: i64) -> i64 {
    n & other
}

fn bit_or(n: i64, other: i64) -> i64 {
    n | other
}

fn bit_xor(n: i64, other: i64) -> i64 {
    n ^ other
}

fn bit_not(n: i64) -> i64 {
    !n
}

fn shift_left(n: i64, places: i64) -> Result<i64, Fault> {
    Ok(n << shift(places)?)
}

fn shift_right(n: i64, places: i64) -> Result<i64, Fault> {
    Ok(n >> shift(places)?)
}

fn shift(places: i64) -> Result<u32, Fault> {
    let fits = u32::try_from(places).ok().filter(|it| *it < 64);
    fits.ok_or_else(|| {
        Fault::argument(format!("bits move by 0 to 63 places, and this is {places}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Code;

    #[test]
    fn the_ends_of_the_range_overflow_instead_of_wrapping() {
        assert!(abs(i64::MIN).unwrap_err().is(Code::Overflow));
        assert_eq!(abs(-5), Ok(5));
        assert!(pow(2, 63).unwrap_err().is(Code::Overflow));
        assert_eq!(pow(-2, 63), Ok(i64::MIN));
        assert_eq!(pow(0, 0), Ok(1));
        assert_eq!(pow(-1, i64::MAX), Ok(-1));
        assert_eq!(pow(1, i64::MAX), Ok(1));
        assert!(pow(3, i64::MAX).unwrap_err().is(Code::Overflow));
        assert!(pow(2, -1).unwrap_err().is(Code::Argument));
    }

    #[test]
    fn numbers_are_written_in_any_base() {
        assert_eq!(to_text(255, 16).unwrap(), "ff");
        assert_eq!(to_text(0, 2).unwrap(), "0");
        assert_eq!(to_text(i64::MIN, 10).unwrap(), i64::MIN.to_string());
        assert_eq!(to_text(-35, 36).unwrap(), "-z");
        assert!(to_text(1, 37).unwrap_err().is(Code::Argument));
        assert!(to_text(1, 0).unwrap_err().is(Code::Argument));
    }

    #[test]
    fn shifts_and_bounds_are_checked() {
        assert_eq!(shift_left(1, 63), Ok(i64::MIN));
        assert!(shift_left(1, 64).unwrap_err().is(Code::Argument));
        assert!(shift_right(1, -1).unwrap_err().is(Code::Argument));
        assert_eq!(clamp(12, 1, 10), Ok(10));
        assert!(clamp(1, 10, 1).unwrap_err().is(Code::Argument));
    }
}
