//! Exact decimals: the collation by which they are ordered, and the functions that calculate with them.
//!
//! The names `decimal`, `decimal_add`, `decimal_sub`, `decimal_mul` and `decimal_sum` are those of the extension that
//! the `sqlite3` shell brings along, and mean the same: a database of ours is at home there.

use std::cmp::Ordering;

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context};
use rust_decimal::{Decimal, RoundingStrategy};

use super::errors::Failure;
use super::functions::{Args, FLAGS, Out, scalar};

const TOO_LARGE: &str = "a number has more than 28 digits";

/// Makes the collation and the functions known to a connection.
pub(super) fn register(db: &Connection) -> rusqlite::Result<()> {
    db.create_collation("decimal", compare)?;
    binary(db, "decimal_add", Decimal::checked_add)?;
    binary(db, "decimal_sub", Decimal::checked_sub)?;
    binary(db, "decimal_mul", Decimal::checked_mul)?;
    divide(db, "decimal_div", Decimal::checked_div)?;
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

fn round(number: Decimal, places: i64, mode: &str) -> Result<Decimal, Failure> {
    let strategy = match mode {
        "half_even" => RoundingStrategy::MidpointNearestEven,
        "half_up" => RoundingStrategy::MidpointAwayFromZero,
        "down" => RoundingStrategy::ToZero,
        "up" => RoundingStrategy::AwayFromZero,
        "floor" => RoundingStrategy::ToNegativeInfinity,
        "ceiling" => RoundingStrategy::ToPositiveInfinity,
        _ => return Err(Failure::Other(format!("`{mode}` is no way to round"))),
    };
    let places = u32::try_from(places.clamp(0, 28)).unwrap_or(28);
    Ok(number.round_dp_with_strategy(places, strategy))
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
        let average = gathered.and_then(|(sum, count)| sum.checked_div(Decimal::from(count)));
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

    proptest! {
        #[test]
        fn the_order_of_texts_is_the_order_of_numbers(a: i64, b: i64, x in 0_u32..20, y in 0_u32..20) {
            let (a, b) = (Decimal::new(a, x), Decimal::new(b, y));
            prop_assert_eq!(compare(&a.to_string(), &b.to_string()), a.cmp(&b));
        }
    }
}
