//! Instants, days and lengths of time as numbers, and their written forms.
//!
//! Knows the Gregorian calendar and UTC, no zones. Works on every number, also on those outside [`TIMES`] and
//! [`DATES`], which the library never produces.

use std::fmt::{self, Write};
use std::ops::RangeInclusive;

use jiff::{Timestamp, civil};

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day of 24 hours.
pub const DAY: i64 = 24 * HOUR;
/// Microseconds in a week.
pub const WEEK: i64 = 7 * DAY;

/// What a `time` may be, in microseconds since 1970: the years -9999 to 9999, less the days at the ends that some
/// zone would see outside of them.
pub const TIMES: RangeInclusive<i64> = -377_705_023_201_000_000..=253_402_207_200_999_999;

/// What a `date` may be, in days since 1970: the years -9999 to 9999.
pub const DATES: RangeInclusive<i32> = -4_371_587..=2_932_896;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The year; 0 is the one before year 1.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// The day of a number of days since 1970-01-01.
///
/// Years are counted from March, so that the leap day is the last one and months have a regular pattern.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "months and days are small"
)]
pub fn day_of(days: i64) -> Day {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    let since_march_0 = days + 719_468;
    let era = since_march_0.div_euclid(DAYS_OF_400_YEARS);
    let of_era = since_march_0.rem_euclid(DAYS_OF_400_YEARS);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    Day { year, month: month as u8, day: day as u8 }
}

/// `2026-03-29T00:30:00Z`, with a fraction only if it is not zero.
pub fn write_time(out: &mut impl Write, micros: i64) -> fmt::Result {
    write_date(out, micros.div_euclid(DAY))?;
    let of_day = micros.rem_euclid(DAY);
    let (hour, minute, second) = (of_day / HOUR, of_day / MINUTE % 60, of_day / SECOND % 60);
    write!(out, "T{hour:02}:{minute:02}:{second:02}")?;
    write_fraction(out, of_day % SECOND, 6)?;
    out.write_char('Z')
}

/// `2026-03-29`
pub fn write_date(out: &mut impl Write, days: i64) -> fmt::Result {
    let Day { year, month, day } = day_of(days);
    if year < 0 {
        write!(out, "-{:06}-{month:02}-{day:02}", -year)
    } else {
        write!(out, "{year:04}-{month:02}-{day:02}")
    }
}

/// `1h30m`: the units of the language's literals from days downwards, each with what is left for it.
pub fn write_duration(out: &mut impl Write, micros: i64) -> fmt::Result {
    write_units(out, micros, "")
}

/// The same with something between the units: `1h 30m`.
pub fn write_units(out: &mut impl Write, micros: i64, between: &str) -> fmt::Result {
    if micros == 0 {
        return out.write_str("0s");
    }
    if micros < 0 {
        out.write_char('-')?;
    }
    let mut left = micros.unsigned_abs();
    let mut first = true;
    for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")] {
        let count = left / unit.unsigned_abs();
        left %= unit.unsigned_abs();
        if count > 0 {
            write!(out, "{}{count}{name}", if first { "" } else { between })?;
            first = false;
        }
    }
    if left > 0 {
        write!(out, "{}{}", if first { "" } else { between }, left / 1000)?;
        write_fraction(out, i64::try_from(left % 1000).unwrap_or(0), 3)?;
        out.write_str("ms")?;
    }
    Ok(())
}

/// `.5` for 500 of 3 digits, nothing for zero.
fn write_fraction(out: &mut impl Write, fraction: i64, mut digits: usize) -> fmt::Result {
    if fraction == 0 {
        return Ok(());
    }
    let mut fraction = fraction;
    while fraction % 10 == 0 {
        fraction /= 10;
        digits -= 1;
    }
    write!(out, ".{fraction:0digits$}")
}

/// Reads an instant with its offset: `2026-03-29T02:30:00+02:00`. Digits below microseconds are cut off.
#[must_use]
pub fn parse_time(text: &str) -> Option<i64> {
    let micros = text.parse::<Timestamp>().ok()?.as_microsecond();
    TIMES.contains(&micros).then_some(micros)
}

/// Reads a day: `2026-03-29`, and nothing else.
#[must_use]
pub fn parse_date(text: &str) -> Option<i32> {
    let digits_and_dashes = text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'+');
    let date = digits_and_dashes.then(|| text.parse::<civil::Date>().ok()).flatten()?;
    days_since_1970(date)
}

/// The number of a civil day.
#[must_use]
pub fn days_since_1970(date: civil::Date) -> Option<i32> {
    let epoch = civil::Date::constant(1970, 1, 1);
    epoch.until(date).ok().map(|span| span.get_days())
}

/// Reads a length of time: `1h30m`, `1h 30m`, `-2.5s`. Units may come in any order, none twice.
#[must_use]
pub fn parse_duration(text: &str) -> Option<i64> {
    const UNITS: [(&str, i64); 6] =
        [("ms", 1000), ("s", SECOND), ("m", MINUTE), ("h", HOUR), ("d", DAY), ("w", WEEK)];
    let text = text.trim();
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (mut total, mut seen) = (0_i128, [false; UNITS.len()]);
    loop {
        let number = prefix(rest, |c| c.is_ascii_digit() || c == '.');
        let unit = prefix(&rest[number.len()..], |c| c.is_ascii_alphabetic());
        let at = UNITS.iter().position(|(name, _)| *name == unit)?;
        if std::mem::replace(&mut seen[at], true) {
            return None;
        }
        total = total.checked_add(scaled(number, UNITS[at].1)?)?;
        rest = rest[number.len() + unit.len()..].trim_start();
        if rest.is_empty() {
            return i64::try_from(sign * total).ok();
        }
    }
}

fn prefix(text: &str, of: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|c| !of(c)).unwrap_or(text.len())]
}

/// `2.5` of a unit, exactly, or nothing.
fn scaled(number: &str, unit: i64) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = u32::try_from(fraction.len()).ok().filter(|it| *it <= 12)?;
    if whole.is_empty() || fraction.contains('.') || (number.contains('.') && digits == 0) {
        return None;
    }
    let power = 10_i128.pow(digits);
    let parts = whole.parse::<i64>().ok()?;
    let fraction = if digits == 0 { 0 } else { fraction.parse::<i64>().ok()? };
    let exact = (i128::from(parts) * power + i128::from(fraction)) * i128::from(unit);
    (exact % power == 0).then_some(exact / power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(micros: i64) -> String {
        let mut out = String::new();
        write_time(&mut out, micros).unwrap();
        out
    }

    fn duration(micros: i64) -> String {
        let mut out = String::new();
        write_duration(&mut out, micros).unwrap();
        out
    }

    #[test]
    fn days_agree_with_jiff_over_the_whole_range() {
        for days in DATES.step_by(997).chain([*DATES.end(), -719_529, -719_528, -1, 0, 59, 60]) {
            let civil = civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let ours = day_of(i64::from(days));
            assert_eq!(
                (ours.year, ours.month, ours.day),
                (i64::from(civil.year()), civil.month().unsigned_abs(), civil.day().unsigned_abs())
            );
            assert_eq!(days_since_1970(civil), Some(days));
        }
        assert_eq!(days_since_1970(civil::Date::MIN), Some(*DATES.start()));
        assert_eq!(days_since_1970(civil::Date::MAX), Some(*DATES.end()));
        assert_eq!(Timestamp::MIN.as_microsecond(), *TIMES.start());
        assert_eq!(Timestamp::MAX.as_microsecond(), *TIMES.end());
    }

    #[test]
    fn times_print_with_the_fraction_they_have() {
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        assert_eq!(time(1_774_744_200_000_000), "2026-03-29T00:30:00Z");
        assert_eq!(time(-1), "1969-12-31T23:59:59.999999Z");
        assert_eq!(time(120_000), "1970-01-01T00:00:00.12Z");
        assert_eq!(time(*TIMES.start()), "-009999-01-02T01:59:59Z");
        assert!(time(i64::MAX).ends_with('Z') && time(i64::MIN).ends_with('Z'));
    }

    #[test]
    fn times_and_dates_read_back() {
        for micros in [0, -1, 1_774_744_200_000_000, *TIMES.start(), *TIMES.end()] {
            assert_eq!(parse_time(&time(micros)), Some(micros), "{}", time(micros));
        }
        assert_eq!(parse_time("2026-03-29T02:30:00+02:00"), Some(1_774_744_200_000_000));
        assert_eq!(parse_time("2026-03-29T02:30:00"), None);
        assert_eq!(parse_date("1970-01-02"), Some(1));
        for wrong in ["", "2026-02-30", "2026-1-1", "2026-01-01T00:00:00Z", "20260101x", "-"] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_print_in_units_and_read_back() {
        for (micros, text) in [
            (0, "0s"),
            (90 * MINUTE, "1h30m"),
            (36 * HOUR, "1d12h"),
            (-30 * SECOND, "-30s"),
            (1500 * 1000, "1s500ms"),
            (1500, "1.5ms"),
            (i64::MAX, "106751991d4h54s775.807ms"),
            (i64::MIN, "-106751991d4h54s775.808ms"),
        ] {
            assert_eq!(duration(micros), text);
            assert_eq!(parse_duration(text), Some(micros), "{text}");
        }
        assert_eq!(parse_duration(" 1h 30m "), Some(90 * MINUTE));
        assert_eq!(parse_duration("1w"), Some(WEEK));
        assert_eq!(parse_duration("2.5h"), Some(150 * MINUTE));
        for wrong in ["", "-", "5", "h", "1h1h", "1.h", ".5h", "1.0.0s", "1x", "1e3s", "9999999d"] {
            let read = parse_duration(wrong);
            assert!(read.is_none() || wrong == "9999999d", "{wrong}");
        }
        assert_eq!(parse_duration("999999999999d"), None);
        assert_eq!(parse_duration("0.0000001s"), None, "less than a microsecond");
    }
}
