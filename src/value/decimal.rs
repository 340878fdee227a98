//! Exact decimals, packed into the room that a value has beside its tag.

use std::fmt;

use rust_decimal::Decimal as Wide;

/// An exact decimal of up to 28 significant digits that remembers its scale: `10.00` stays `10.00`.
///
/// Arithmetic is done by `rust_decimal`; this is its number in 13 bytes, so that a value takes 16.
#[derive(Clone, Copy)]
#[repr(Rust, packed)]
pub struct Decimal {
    low: u64,
    high: u32,
    /// The scale in the low seven bits, the sign in the highest.
    scale: u8,
}

const SIGN: u8 = 0x80;

impl From<Wide> for Decimal {
    fn from(wide: Wide) -> Self {
        let parts = wide.unpack();
        // No negative zero: it would print its sign.
        let sign = if parts.negative && !wide.is_zero() { SIGN } else { 0 };
        Self {
            low: u64::from(parts.mid) << 32 | u64::from(parts.lo),
            high: parts.hi,
            scale: sign | u8::try_from(parts.scale).unwrap_or(28),
        }
    }
}

impl From<Decimal> for Wide {
    #[expect(clippy::cast_possible_truncation, reason = "takes a number apart")]
    fn from(it: Decimal) -> Self {
        let (low, high, scale) = (it.low, it.high, it.scale);
        Self::from_parts(
            low as u32,
            (low >> 32) as u32,
            high,
            scale & SIGN != 0,
            u32::from(scale & !SIGN),
        )
    }
}

impl Decimal {
    /// The number to calculate with.
    #[must_use]
    pub fn wide(self) -> Wide {
        self.into()
    }
}

/// A number of at most 64 bits, so many places of it behind the point.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "takes a number apart")]
pub fn from_digits(digits: u64, is_negative: bool, places: u32) -> Wide {
    Wide::from_parts(digits as u32, (digits >> 32) as u32, 0, is_negative, places)
}

/// `a / b`; nothing where it takes more than 28 digits or `b` is 0.
///
/// Zeros at its end are those of the scales: `7 / 2` is `3.5` and `10.00 / 4` is `2.50`.
#[must_use]
pub fn quotient(a: Wide, b: Wide) -> Option<Wide> {
    let quotient = a.checked_div(b)?;
    let scale_min = a.scale().saturating_sub(b.scale());
    let (mut digits, mut scale) = (quotient.mantissa(), quotient.scale());
    while scale > scale_min && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    Some(Wide::from_i128_with_scale(digits, scale))
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.wide(), f)
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[test]
    fn packing_keeps_value_sign_and_scale() {
        for text in [
            "0",
            "-0.10",
            "10.00",
            "79228162514264337593543950335",
            "-7.9228162514264337593543950335",
        ] {
            let wide = Wide::from_str(text).unwrap();
            assert_eq!(Decimal::from(wide).wide().to_string(), text);
        }
    }

    #[test]
    fn quotients_end_in_the_zeros_of_their_scales() {
        let divided = |a, b| {
            let read = |text| Wide::from_str(text).unwrap();
            quotient(read(a), read(b)).map(|it| it.to_string())
        };
        for (a, b, expected) in [
            ("7", "2", "3.5"),
            ("6", "3", "2"),
            ("10.00", "4", "2.50"),
            ("5.5", "2", "2.75"),
            ("100.00", "2.00", "50"),
            ("-1", "8", "-0.125"),
            ("0", "4", "0"),
            ("1", "3", "0.3333333333333333333333333333"),
        ] {
            assert_eq!(divided(a, b).as_deref(), Some(expected), "{a} / {b}");
        }
        assert_eq!(divided("1", "0"), None);
    }
}
