//! Methods of binary floating point numbers, by the same routines on every machine.

use rust_decimal::Decimal as Wide;

use super::native::{Native, natives};
use super::number::{self, Rounding, nearest_decimal};
use crate::value::{Fault, decimal_to_float};

pub(super) const NATIVES: &[Native] = natives!("float":
    abs(n), sign(n), min(n, other), max(n, other), clamp(n, lo, hi), pow(n, exponent),
    round(n, places, mode), floor(n), ceil(n), trunc(n), to_int(n, rounding), to_decimal(n),
    to_float(n), format(n, pattern, locale), sqrt(n), exp(n) = libm::exp, ln(n) = libm::log,
    log10(n) = libm::log10, log(n, base), sin(n) = libm::sin, cos(n) = libm::cos,
    tan(n) = libm::tan, asin(n) = libm::asin, acos(n) = libm::acos, atan(n) = libm::atan,
    sinh(n) = libm::sinh, cosh(n) = libm::cosh, tanh(n) = libm::tanh, to_degrees(n), to_radians(n),
    is_nan(n), is_finite(n),
);

fn abs(n: f64) -> f64 {
    n.abs()
}

fn sign(n: f64) -> i64 {
    i64::from(n > 0.0) - i64::from(n < 0.0)
}

fn min(n: f64, other: f64) -> f64 {
    n.min(other)
}

fn max(n: f64, other: f64) -> f64 {
    n.max(other)
}

fn clamp(n: f64, lo: f64, hi: f64) -> Result<f64, Fault> {
    number::bounds(lo <= hi, lo, hi)?;
    Ok(n.clamp(lo, hi))
}

fn pow(n: f64, exponent: f64) -> f64 {
    libm::pow(n, exponent)
}

fn round(n: f64, places: i64, mode: Rounding) -> Result<f64, Fault> {
    // Larger floats have no digits behind the point, and smaller ones than decimals can hold are as good as those that can.
    let Some(decimal) = nearest_decimal(n) else { return Ok(n) };
    let smallest = Wide::new(if n < 0.0 { -1 } else { 1 }, 28);
    let decimal = if decimal.is_zero() && n != 0.0 { smallest } else { decimal };
    number::round(decimal, places, mode).map(decimal_to_float)
}

fn floor(n: f64) -> f64 {
    libm::floor(n)
}

fn ceil(n: f64) -> f64 {
    libm::ceil(n)
}

fn trunc(n: f64) -> f64 {
    libm::trunc(n)
}

fn to_int(n: f64, rounding: Rounding) -> Result<i64, Fault> {
    number::to_int(to_decimal(round(n, 0, rounding)?)?, Rounding::Down)
}

fn to_decimal(n: f64) -> Result<Wide, Fault> {
    nearest_decimal(n).ok_or_else(|| {
        if n.is_nan() { Fault::argument("this is not a number") } else { Fault::overflow(n) }
    })
}

fn to_float(n: f64) -> f64 {
    n
}

fn format(n: f64, pattern: &str, locale: &str) -> Result<String, Fault> {
    number::format::float(n, pattern, locale)
}

fn sqrt(n: f64) -> f64 {
    libm::sqrt(n)
}

fn log(n: f64, base: f64) -> f64 {
    // Whole bases for which there is a routine that gives whole results.
    match base.to_bits() {
        TWO => libm::log2(n),
        TEN => libm::log10(n),
        _ => libm::log(n) / libm::log(base),
    }
}

const TWO: u64 = 2.0_f64.to_bits();
const TEN: u64 = 10.0_f64.to_bits();

fn to_degrees(n: f64) -> f64 {
    n * (180.0 / std::f64::consts::PI)
}

fn to_radians(n: f64) -> f64 {
    n * (std::f64::consts::PI / 180.0)
}

fn is_nan(n: f64) -> bool {
    n.is_nan()
}

fn is_finite(n: f64) -> bool {
    n.is_finite()
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "results are the same digits everywhere")]
mod tests {
    use super::*;
    use crate::value::Code;

    #[test]
    fn rounding_counts_the_digits_that_people_see() {
        assert_eq!(round(2.675, 2, Rounding::HalfEven), Ok(2.68));
        assert_eq!(round(-0.5, 0, Rounding::HalfEven).unwrap().abs(), 0.0);
        assert_eq!(round(1e300, 2, Rounding::Up), Ok(1e300));
        assert_eq!(round(1e-300, 2, Rounding::Up), Ok(0.01));
        assert_eq!(round(-1e-300, 2, Rounding::Floor), Ok(-0.01));
        assert_eq!(round(1e-300, 2, Rounding::HalfUp), Ok(0.0));
        assert!(round(f64::NAN, 2, Rounding::Up).unwrap().is_nan());
    }

    #[test]
    fn what_an_int_cannot_hold_is_a_fault() {
        assert_eq!(to_int(2.5, Rounding::HalfEven), Ok(2));
        assert_eq!(to_int(-1e-300, Rounding::Up), Ok(-1));
        assert!(to_int(1e19, Rounding::Down).unwrap_err().is(Code::Overflow));
        assert!(to_int(1e300, Rounding::Down).unwrap_err().is(Code::Overflow));
        assert!(to_int(f64::NAN, Rounding::Down).unwrap_err().is(Code::Argument));
        assert!(to_decimal(f64::INFINITY).unwrap_err().is(Code::Overflow));
    }

    #[test]
    fn angles_and_bounds() {
        assert_eq!(to_degrees(std::f64::consts::PI), 180.0);
        assert_eq!(sign(-0.0), 0);
        assert_eq!(sign(f64::NAN), 0);
        assert!(clamp(1.0, f64::NAN, 2.0).unwrap_err().is(Code::Argument));
        assert_eq!(log(8.0, 2.0), 3.0);
    }
}
