//! What the three kinds of number have in common: rounding, bounds, bases.

pub(super) mod format;

use std::cmp::Ordering;
use std::fmt::Display;

use rust_decimal::{Decimal as Wide, RoundingStrategy};

use super::native::choice;
use crate::value::{Fault, float_to_decimal, from_digits, parse_decimal};

choice! {
    /// Where a number goes that lies between two that may stay.
    Rounding {
        HalfEven = "half_even",
        HalfUp = "half_up",
        Down = "down",
        Up = "up",
        Floor = "floor",
        Ceiling = "ceiling",
    }
}

impl Rounding {
    fn strategy(self) -> RoundingStrategy {
        match self {
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::Down => RoundingStrategy::ToZero,
            Self::Up => RoundingStrategy::AwayFromZero,
            Self::Floor => RoundingStrategy::ToNegativeInfinity,
            Self::Ceiling => RoundingStrategy::ToPositiveInfinity,
        }
    }

    /// Whether of its two neighbours a number becomes the one farther from zero.
    fn goes_away_from_zero(self, place: &Place) -> bool {
        match self {
            Self::HalfEven => place.from_half.is_gt() || (place.from_half.is_eq() && place.is_odd),
            Self::HalfUp => place.from_half.is_ge(),
            Self::Down => false,
            Self::Up => !place.is_exact,
            Self::Floor => !place.is_exact && place.is_negative,
            Self::Ceiling => !place.is_exact && !place.is_negative,
        }
    }
}

/// Where a number lies between the two that may stay.
struct Place {
    /// Below, on or beyond the middle, seen from zero.
    from_half: Ordering,
    /// It is the nearer to zero of the two itself.
    is_exact: bool,
    /// The nearer to zero of the two is odd.
    is_odd: bool,
    is_negative: bool,
}

/// Rounds to so many places behind the point, or, where negative, to tens, hundreds, …
pub(super) fn round(number: Wide, places: i64, mode: Rounding) -> Result<Wide, Fault> {
    if let Ok(places) = u32::try_from(places.min(28)) {
        return Ok(round_few(number, places, mode)
            .unwrap_or_else(|| number.round_dp_with_strategy(places, mode.strategy())));
    }
    // Beyond this every decimal is less than half of what is rounded to.
    let tens = u32::try_from(places.unsigned_abs()).unwrap_or(u32::MAX).min(30);
    to_tens(number, 10_i128.pow(tens), mode)
        .ok_or_else(|| Fault::overflow(format_args!("{number} rounded to {places} places")))
}

/// The same for digits that fit into 64 bits, which is what amounts are: one division.
fn round_few(number: Wide, places: u32, mode: Rounding) -> Option<Wide> {
    let parts = number.unpack();
    let dropped = number.scale().checked_sub(places).filter(|_| parts.hi == 0)?;
    let power = 10_u64.checked_pow(dropped)?;
    let digits = u64::from(parts.mid) << 32 | u64::from(parts.lo);
    let (kept, rest) = (digits / power, digits % power);
    let place = Place {
        from_half: rest.cmp(&(power - rest)),
        is_exact: rest == 0,
        is_odd: kept % 2 == 1,
        is_negative: parts.negative,
    };
    let kept = kept.checked_add(u64::from(mode.goes_away_from_zero(&place)))?;
    Some(from_digits(kept, parts.negative && kept != 0, places))
}

fn to_tens(number: Wide, power: i128, mode: Rounding) -> Option<Wide> {
    let magnitude = number.trunc().mantissa().abs();
    let (kept, rest) = (magnitude / power, magnitude % power);
    let is_exact = rest == 0 && number.is_integer();
    let from_half = (rest * 2).cmp(&power).then(if number.is_integer() {
        Ordering::Equal
    } else {
        Ordering::Greater
    });
    let is_negative = number.is_sign_negative();
    let place = Place { from_half, is_exact, is_odd: kept % 2 == 1, is_negative };
    let away_from_zero = mode.goes_away_from_zero(&place);
    let rounded = (kept + i128::from(away_from_zero)).checked_mul(power)?;
    let sign = if number.is_sign_negative() { -1 } else { 1 };
    Wide::try_from_i128_with_scale(sign * rounded, 0).ok()
}

/// The whole number that a decimal is rounded to.
pub(super) fn to_int(number: Wide, mode: Rounding) -> Result<i64, Fault> {
    let whole = number.round_dp_with_strategy(0, mode.strategy());
    i64::try_from(whole).map_err(|_| Fault::overflow(whole))
}

/// The digits that a float prints, rounded to what a decimal can hold behind the point. Nothing for what is too large.
pub(super) fn nearest_decimal(number: f64) -> Option<Wide> {
    let small = || {
        let text = (number.abs() < 1.0).then(|| format!("{number:.28}"))?;
        parse_decimal(&text)
    };
    float_to_decimal(number).or_else(small)
}

/// The bounds of a `clamp`.
pub(super) fn bounds(in_order: bool, lo: impl Display, hi: impl Display) -> Result<(), Fault> {
    if in_order {
        Ok(())
    } else {
        Err(Fault::argument(format!("there is nothing from {lo} to {hi}")))
    }
}

/// A base that digits can be written in.
pub(super) fn base(base: i64) -> Result<u32, Fault> {
    let fits = u32::try_from(base).ok().filter(|it| (2..=36).contains(it));
    fits.ok_or_else(|| Fault::argument(format!("a base is from 2 to 36, and this is {base}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Rounding::{Ceiling, Down, Floor, HalfEven, HalfUp, Up};
    use super::*;
    use crate::value::Code;

    fn decimal(text: &str) -> Wide {
        parse_decimal(text).unwrap()
    }

    fn rounded(text: &str, places: i64, mode: Rounding) -> String {
        round(decimal(text), places, mode).unwrap().to_string()
    }

    #[test]
    fn each_mode_goes_its_way() {
        for (mode, results) in [
            (HalfEven, ["2", "-2", "4", "2", "-2"]),
            (HalfUp, ["3", "-3", "4", "2", "-2"]),
            (Down, ["2", "-2", "3", "2", "-2"]),
            (Up, ["3", "-3", "4", "3", "-3"]),
            (Floor, ["2", "-3", "3", "2", "-3"]),
            (Ceiling, ["3", "-2", "4", "3", "-2"]),
        ] {
            let numbers = ["2.5", "-2.5", "3.5", "2.1", "-2.1"];
            for (number, result) in numbers.iter().zip(results) {
                assert_eq!(rounded(number, 0, mode), result, "{number} {mode:?}");
                let tens = rounded(&number.replace('.', ""), -1, mode);
                assert_eq!(tens, format!("{result}0"), "{number} * 10 {mode:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn few_digits_are_rounded_as_many_are(digits: u64, is_negative: bool, scale in 0_u32..=28, places in 0_u32..=28) {
            let number = from_digits(digits, is_negative, scale);
            for mode in [HalfEven, HalfUp, Down, Up, Floor, Ceiling] {
                if let Some(few) = round_few(number, places, mode) {
                    let general = number.round_dp_with_strategy(places, mode.strategy());
                    prop_assert_eq!((few, few.scale()), (general, general.scale()), "{} {:?}", number, mode);
                }
            }
        }
    }

    #[test]
    fn places_may_be_any_number() {
        assert_eq!(rounded("2.345", 2, Rounding::HalfEven), "2.34");
        assert_eq!(rounded("2.5", 40, Rounding::Up), "2.5");
        assert_eq!(rounded("2.5", i64::MAX, Rounding::Up), "2.5");
        assert_eq!(rounded("1250", -2, Rounding::HalfEven), "1200");
        assert_eq!(rounded("1250.01", -2, Rounding::HalfEven), "1300");
        assert_eq!(rounded("5", -40, Rounding::HalfEven), "0");
        assert_eq!(rounded("5", i64::MIN, Rounding::Down), "0");
        assert!(round(decimal("5"), -40, Rounding::Up).unwrap_err().is(Code::Overflow));
        assert!(round(Wide::MAX, -1, Rounding::Up).unwrap_err().is(Code::Overflow));
        assert_eq!(
            rounded(&Wide::MAX.to_string(), -1, Rounding::Down),
            "79228162514264337593543950330"
        );
    }

    #[test]
    fn floats_become_decimals_as_far_as_those_reach() {
        assert_eq!(nearest_decimal(0.1).unwrap().to_string(), "0.1");
        assert_eq!(nearest_decimal(1e-40).unwrap(), Wide::ZERO);
        assert_eq!(nearest_decimal(1.234_567_890_123_456_7e-15).unwrap().scale(), 28);
        assert_eq!(nearest_decimal(1e30), None);
        assert_eq!(nearest_decimal(f64::NAN), None);
    }
}
