//! What the three kinds of number have in common: their written forms, and comparing one kind with another.
//!
//! The language does not mix kinds; a `json` value does. There 1, 1.0 and 1e0 are the same number, and a float
//! counts as the shortest decimal that reads back as it.

use std::cmp::Ordering;
use std::fmt::{self, Write};
use std::str::FromStr;

use rust_decimal::Decimal as Wide;

/// A number, whatever its kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Exact(Wide),
    /// Beyond what a decimal can hold, or no number at all.
    Float(f64),
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self::Exact(Wide::from(number))
    }
}

impl From<Wide> for Number {
    fn from(number: Wide) -> Self {
        Self::Exact(number)
    }
}

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        match float_to_decimal(number) {
            Some(exact) => Self::Exact(exact),
            None => Self::Float(number),
        }
    }
}

impl Number {
    /// A total order in which NaN comes last.
    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => a.cmp(&b),
            (Self::Float(a), Self::Float(b)) => compare_floats(a, b),
            // Equal as floats is not equal: the float lies between two decimals.
            (Self::Exact(a), Self::Float(b)) => {
                compare_floats(decimal_to_float(a), b).then(Ordering::Less)
            }
            (Self::Float(_), Self::Exact(_)) => other.compare(self).reverse(),
        }
    }
}

/// A total order: -0.0 equals 0.0, NaN equals NaN and comes last.
#[must_use]
pub fn compare_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// The shortest decimal that reads back as this float, if a decimal can hold it.
#[must_use]
pub fn float_to_decimal(number: f64) -> Option<Wide> {
    if !number.is_finite() || number.abs() >= 1e29 {
        return None;
    }
    let mut text = String::new();
    write!(text, "{number}").ok()?;
    parse_decimal(&text)
}

/// The float nearest to a decimal.
#[must_use]
pub fn decimal_to_float(number: Wide) -> f64 {
    // `to_f64` multiplies and divides floats and may miss the last digit.
    number.to_string().parse().unwrap_or(f64::NAN)
}

/// Reads a decimal exactly: no rounding, no exponent.
#[must_use]
pub fn parse_decimal(text: &str) -> Option<Wide> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (all_digits(whole) && all_digits(fraction)).then(|| Wide::from_str_exact(text).ok()).flatten()
}

/// Reads a float as people write it: digits, a point, an exponent; no `inf`, no `NaN`.
#[must_use]
pub fn parse_float(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.ends_with('.');
    plain.then(|| f64::from_str(text).ok()).flatten().filter(|it| it.is_finite())
}

/// The shortest text that reads back as this float: `2500`, `0.5`, `1e300`.
pub fn write_float(out: &mut impl Write, number: f64) -> fmt::Result {
    if number.is_nan() {
        out.write_str("NaN")
    } else if number.is_infinite() {
        out.write_str(if number > 0.0 { "Infinity" } else { "-Infinity" })
    } else if number != 0.0 && !(1e-7..1e21).contains(&number.abs()) {
        write!(out, "{number:e}")
    } else {
        write!(out, "{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(number: f64) -> String {
        let mut out = String::new();
        write_float(&mut out, number).unwrap();
        out
    }

    #[test]
    fn floats_print_short_and_read_back() {
        for (number, text) in [
            (2500.0, "2500"),
            (0.5, "0.5"),
            (-0.0, "-0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e300, "1e300"),
            (1.5e-9, "1.5e-9"),
            (1e20, "100000000000000000000"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
        ] {
            assert_eq!(float(number), text);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), number.to_bits());
        }
        assert_eq!(float(f64::NAN), "NaN");
        assert_eq!(float(f64::NEG_INFINITY), "-Infinity");
    }

    #[test]
    fn kinds_compare_by_value_and_the_order_is_total() {
        let max = Wide::MAX;
        let ordered: Vec<Number> = vec![
            f64::NEG_INFINITY.into(),
            (-1e40).into(),
            Wide::MIN.into(),
            (-1).into(),
            0.into(),
            1e-300.into(),
            0.1.into(),
            1.into(),
            parse_decimal("1.01").unwrap().into(),
            i64::MAX.into(),
            max.into(),
            1e40.into(),
            f64::INFINITY.into(),
            f64::NAN.into(),
        ];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                assert_eq!(a.compare(*b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
        assert!(Number::from(1).compare(1.0.into()).is_eq());
        assert!(Number::from(0.1).compare(parse_decimal("0.100").unwrap().into()).is_eq());
        assert!(Number::from(0.0).compare((-0.0).into()).is_eq());
    }

    #[test]
    fn decimals_become_the_nearest_float() {
        for text in
            ["0.1", "9007199254740993", "123456789.123456789", "-0.0000000000000000000000000001"]
        {
            let float = decimal_to_float(parse_decimal(text).unwrap());
            assert_eq!(float.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
    }

    #[test]
    fn decimals_are_read_exactly_or_not_at_all() {
        assert_eq!(parse_decimal("10.00").unwrap().to_string(), "10.00");
        assert_eq!(parse_decimal("-0.5").unwrap().to_string(), "-0.5");
        for wrong in
            ["", ".", "1.", ".5", "1e5", "1_000", "0.12345678901234567890123456789012", " 1"]
        {
            assert!(parse_decimal(wrong).is_none(), "{wrong}");
        }
        for wrong in ["", "inf", "nan", "1.", ".5", "e5", "1e999", "0x1"] {
            assert!(parse_float(wrong).is_none(), "{wrong}");
        }
        assert_eq!(parse_float("2.5e3"), Some(2500.0));
    }
}
