//! Methods of exact decimals.

use rust_decimal::Decimal as Wide;

use super::native::{Native, natives};
use super::number::{self, Rounding};
use crate::value::{Code, Fault, decimal_to_float, quotient};

pub(super) const NATIVES: &[Native] = natives!("decimal":
    abs(n), sign(n), min(n, other), max(n, other), clamp(n, lo, hi), pow(n, exponent),
    round(n, places, mode), floor(n), ceil(n), trunc(n), to_int(n, rounding), to_decimal(n),
    to_float(n), format(n, pattern, locale),
);

fn abs(n: Wide) -> Wide {
    n.abs()
}

fn sign(n: Wide) -> i64 {
    if n.is_zero() {
        0
    } else if n.is_sign_negative() {
        -1
    } else {
        1
    }
}

fn min(n: Wide, other: Wide) -> Wide {
    n.min(other)
}

fn max(n: Wide, other: Wide) -> Wide {
    n.max(other)
}

fn clamp(n: Wide, lo: Wide, hi: Wide) -> Result<Wide, Fault> {
    number::bounds(lo <= hi, lo, hi)?;
    Ok(n.clamp(lo, hi))
}

fn pow(n: Wide, exponent: i64) -> Result<Wide, Fault> {
    let overflow = || Fault::overflow(format_args!("{n} to the power of {exponent}"));
    let power = positive_power(n, exponent.unsigned_abs()).ok_or_else(overflow)?;
    if exponent >= 0 {
        return Ok(power);
    }
    if n.is_zero() {
        return Err(Fault::new(Code::DivisionByZero, format!("0 has no power of {exponent}")));
    }
    // A power that is too small to be told from zero has an inverse that is too large.
    quotient(Wide::ONE, power).ok_or_else(overflow)
}

fn positive_power(n: Wide, exponent: u64) -> Option<Wide> {
    let (mut power, mut square, mut rest) = (Wide::ONE, n, exponent);
    loop {
        if rest % 2 == 1 {
            power = power.checked_mul(square)?;
        }
        rest /= 2;
        if rest == 0 {
            return Some(power);
        }
        square = square.checked_mul(square)?;
    }
}

fn round(n: Wide, places: i64, mode: Rounding) -> Result<Wide, Fault> {
    number::round(n, places, mode)
}

fn floor(n: Wide) -> Wide {
    n.floor()
}

fn ceil(n: Wide) -> Wide {
    n.ceil()
}

fn trunc(n: Wide) -> Wide {
    n.trunc()
}

fn to_int(n: Wide, rounding: Rounding) -> Result<i64, Fault> {
    number::to_int(n, rounding)
}

fn to_decimal(n: Wide) -> Wide {
    n
}

fn to_float(n: Wide) -> f64 {
    decimal_to_float(n)
}

fn format(n: Wide, pattern: &str, locale: &str) -> Result<String, Fault> {
    number::format::exact(n, pattern, locale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse_decimal;

    fn decimal(text: &str) -> Wide {
        parse_decimal(text).unwrap()
    }

    #[test]
    fn powers_are_exact_or_a_fault() {
        assert_eq!(pow(decimal("1.1"), 2).unwrap(), decimal("1.21"));
        assert_eq!(pow(decimal("2"), -2).unwrap(), decimal("0.25"));
        assert_eq!(pow(decimal("0"), 0).unwrap(), decimal("1"));
        assert_eq!(pow(decimal("1"), i64::MIN).unwrap(), decimal("1"));
        assert!(pow(decimal("10"), 29).unwrap_err().is(Code::Overflow));
        assert!(pow(decimal("0"), -1).unwrap_err().is(Code::DivisionByZero));
        assert!(pow(decimal("0.1"), -40).unwrap_err().is(Code::Overflow));
    }

    #[test]
    fn whole_numbers_come_out_or_overflow() {
        assert_eq!(to_int(decimal("-2.5"), Rounding::HalfEven), Ok(-2));
        assert_eq!(floor(decimal("-1.5")), decimal("-2"));
        assert!(to_int(Wide::MAX, Rounding::Down).unwrap_err().is(Code::Overflow));
        assert_eq!(sign(decimal("-0.0")), 0);
    }
}
