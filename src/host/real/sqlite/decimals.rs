//! Exact decimals: the collation by which they are ordered, and the functions that calculate with them.
//!
//! The names `decimal`, `decimal_add`, `decimal_sub`, `decimal_mul` and `decimal_sum` are those of the extension that
//! the `sqlite3` shell brings along, and mean the same: a database of ours is at home there.

use std::cmp::Ordering;

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context};
use rust_decimal::Decimal;

use super::errors::Failure;
use super::functions::{Args, FLAGS, Out, scalar};

const TOO_LARGE: &str = "a number has more than 28 digits";

/// Makes the collation and the functions known to a connection.
pub(super) fn register(db: &Connection) -> rusqlite::Result<()> {
    db.create_collation("decimal", compare)?;
    binary(db, "decimal_add", Decimal::checked_add)?;
    binary(db, "decimal_sub", Decimal::checked_sub)?;
    binary(db, "decimal_mul", Decimal::checked_mul)?;
    divide(db, "decimal_div", quotient)?;
    divide(db, "decimal_rem", Decimal::checked_rem)?;
    unary(db, "decimal_neg", |it| -it)?;
    unary(db, "decimal_abs", |it| it.abs())?;
    unary(db, "decimal_floor", |it| it.floor())?;
    unary(db, "decimal_ceil", |it| it.ceil())?;
    scalar(db, "decimal_round", 3, |args| {
        let places = args.int(1)?;
        Ok(out(round(args.decimal(0)?, places, args.text(2)?.as_ref())?))
    })?;
    db.create_aggregate_function("decimal_sum", 1, FLAGS, Sum)?;
    db.create_aggregate_function("decimal_avg", 1, FLAGS, Average)
}

fn out(number: Decimal) -> Out {
    Out::Text(number.to_string())
}

fn unary(
    db: &Connection,
    name: &'static str,
    function: fn(Decimal) -> Decimal,
) -> rusqlite::Result<()> {
    scalar(db, name, 1, move |args| Ok(out(function(args.decimal(0)?))))
}

fn binary(
    db: &Connection,
    name: &'static str,
    function: fn(Decimal, Decimal) -> Option<Decimal>,
) -> rusqlite::Result<()> {
    scalar(db, name, 2, move |args| {
        let result = function(args.decimal(0)?, args.decimal(1)?);
        result.map(out).ok_or(Failure::Overflow(TOO_LARGE))
    })
}

fn divide(
    db: &Connection,
    name: &'static str,
    function: fn(Decimal, Decimal) -> Option<Decimal>,
) -> rusqlite::Result<()> {
    scalar(db, name, 2, move |args| {
        let (left, right) = (args.decimal(0)?, args.decimal(1)?);
        if right.is_zero() {
            return Err(Failure::DivisionByZero);
        }
        function(left, right).map(out).ok_or(Failure::Overflow(TOO_LARGE))
    })
}

/// Zeros at its end are those of the scales, as where the language divides.
fn quotient(left: Decimal, right: Decimal) -> Option<Decimal> {
    let quotient = left.checked_div(right)?;
    let scale_min = left.scale().saturating_sub(right.scale());
    let (mut digits, mut scale) = (quotient.mantissa(), quotient.scale());
    while scale > scale_min && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    Some(Decimal::from_i128_with_scale(digits, scale))
}

/// To so many places behind the point; before it, where `places` is below 0.
pub(super) fn round(number: Decimal, places: i64, mode: &str) -> Result<Decimal, Failure> {
    const MOST_DIGITS: i64 = 29;
    let dropped = i64::from(number.scale()).saturating_sub(places);
    let Ok(dropped) = u32::try_from(dropped.min(2 * MOST_DIGITS)) else { return Ok(number) };
    let (mantissa, sign) = (number.mantissa().unsigned_abs(), number.mantissa().signum());
    let unit = 10_u128.checked_pow(dropped).unwrap_or(u128::MAX);
    let (kept, rest) = (mantissa / unit, mantissa % unit);
    let away = rest > 0
        && match mode {
            "half_even" => (rest, kept % 2) > (unit / 2, 0),
            "half_up" => rest >= unit / 2,
            "down" => false,
            "up" => true,
            "floor" => sign < 0,
            "ceiling" => sign > 0,
            _ => return Err(Failure::Other(format!("`{mode}` is no way to round"))),
        };
    let rounded = i128::try_from(kept + u128::from(away)).unwrap_or(i128::MAX) * sign;
    let (scale, zeros) = (places.clamp(0, 28), places.min(0).unsigned_abs());
    if rounded == 0 {
        return Ok(Decimal::new(0, u32::try_from(scale).unwrap_or(0)));
    }
    let shifted = u32::try_from(zeros).ok().and_then(|it| 10_i128.checked_pow(it));
    let whole = shifted.and_then(|it| rounded.checked_mul(it));
    let result = whole.and_then(|it| {
        Decimal::try_from_i128_with_scale(it, u32::try_from(scale).unwrap_or(0)).ok()
    });
    result.ok_or(Failure::Overflow(TOO_LARGE))
}

struct Sum;

impl Aggregate<Decimal, Option<String>> for Sum {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Decimal> {
        Ok(Decimal::ZERO)
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Decimal) -> rusqlite::Result<()> {
        if let Some(number) = Args(context).decimal_or_null(0)? {
            *sum = sum.checked_add(number).ok_or(Failure::Overflow(TOO_LARGE))?;
        }
        Ok(())
    }

    fn finalize(
        &self,
        _: &mut Context<'_>,
        sum: Option<Decimal>,
    ) -> rusqlite::Result<Option<String>> {
        Ok(sum.map(|it| it.to_string()))
    }
}

struct Average;

impl Aggregate<(Decimal, u64), Option<String>> for Average {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<(Decimal, u64)> {
        Ok((Decimal::ZERO, 0))
    }

    fn step(
        &self,
        context: &mut Context<'_>,
        (sum, count): &mut (Decimal, u64),
    ) -> rusqlite::Result<()> {
        if let Some(number) = Args(context).decimal_or_null(0)? {
            *sum = sum.checked_add(number).ok_or(Failure::Overflow(TOO_LARGE))?;
            *count += 1;
        }
        Ok(())
    }

    fn finalize(
        &self,
        _: &mut Context<'_>,
        gathered: Option<(Decimal, u64)>,
    ) -> rusqlite::Result<Option<String>> {
        let average = gathered.and_then(|(sum, count)| quotient(sum, Decimal::from(count)));
        Ok(average.map(|it| it.to_string()))
    }
}

/// Orders decimals by value without reading them as numbers: `1.0` and `1.00` are equal, `9` comes before `10`. Texts
/// that are no decimals come last, in the order of their bytes.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    match (Digits::read(left), Digits::read(right)) {
        (Some(a), Some(b)) => a.compare(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

/// A decimal's digits, without zeros that do not count.
struct Digits<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Digits<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !zero, whole, fraction })
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.size(other),
            (true, true) => other.size(self),
        }
    }

    /// Without trailing zeros the order of fractions is that of their texts.
    fn size(&self, other: &Self) -> Ordering {
        let whole = self.whole.len().cmp(&other.whole.len());
        whole
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_compare_as_the_numbers_they_are() {
        let sorted = [
            "-100", "-9.50", "-9.5", "-0.01", "-0", "0", "0.000", "1", "1.0", "1.001", "9", "10",
            "a", "b",
        ];
        for (at, left) in sorted.iter().enumerate() {
            for right in &sorted[at..] {
                assert_ne!(compare(left, right), Ordering::Greater, "{left} {right}");
            }
        }
        assert_eq!(compare("1.0", "1.000"), Ordering::Equal);
        assert_eq!(compare("-0.0", "0"), Ordering::Equal);
        assert_eq!(compare("1.", "a"), Ordering::Less);
    }

    #[test]
    fn rounding_goes_the_way_that_is_asked_for_at_any_place() {
        for (mode, wanted) in [
            ("half_even", ["2", "-2", "4", "2", "-2"]),
            ("half_up", ["3", "-3", "4", "2", "-2"]),
            ("down", ["2", "-2", "3", "2", "-2"]),
            ("up", ["3", "-3", "4", "3", "-3"]),
            ("floor", ["2", "-3", "3", "2", "-3"]),
            ("ceiling", ["3", "-2", "4", "3", "-2"]),
        ] {
            for (number, wanted) in ["2.5", "-2.5", "3.5", "2.1", "-2.1"].iter().zip(wanted) {
                assert_eq!(rounded(number, 0, mode), wanted, "{number} {mode}");
                let tens = rounded(&number.replace('.', ""), -1, mode);
                assert_eq!(tens, format!("{wanted}0"), "{number} * 10 {mode}");
            }
        }
        assert_eq!(rounded("2.345", 2, "half_even"), "2.34");
        assert_eq!(rounded("2.5", 40, "up"), "2.5");
        assert_eq!(rounded("2.5", i64::MIN, "half_up"), "0");
        assert_eq!(rounded("1250.01", -2, "half_even"), "1300");
    }

    fn rounded(number: &str, places: i64, mode: &str) -> String {
        round(Decimal::from_str_exact(number).unwrap(), places, mode).unwrap().to_string()
    }

    proptest! {
        #[test]
        fn rounding_agrees_with_the_decimals_own(a: i64, scale in 0_u32..25, places in 0_u32..28) {
            use rust_decimal::RoundingStrategy::{MidpointAwayFromZero, MidpointNearestEven};
            let number = Decimal::new(a, scale);
            for (mode, strategy) in [("half_even", MidpointNearestEven), ("half_up", MidpointAwayFromZero)] {
                let wanted = number.round_dp_with_strategy(places, strategy);
                prop_assert_eq!(round(number, places.into(), mode).unwrap(), wanted);
            }
        }

        #[test]
        fn the_order_of_texts_is_the_order_of_numbers(a: i64, b: i64, x in 0_u32..20, y in 0_u32..20) {
            let (a, b) = (Decimal::new(a, x), Decimal::new(b, y));
            prop_assert_eq!(compare(&a.to_string(), &b.to_string()), a.cmp(&b));
        }
    }
}
