//! The four quantities that calendars deal in: instants, durations, dates, and what a wall clock reads.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// An elapsed time in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(pub i64);

/// A day of the Gregorian calendar: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

/// What a clock on the wall reads, to the second: seconds since it read 1970-01-01T00:00:00. Only a zone turns it
/// into an [`Instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Civil(pub i64);

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

impl Instant {
    /// 1970-01-01T00:00:00Z
    pub const EPOCH: Self = Self(0);

    /// So many seconds after the epoch; the nearest instant there is where that is out of range.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Whole seconds since the epoch, rounded to the past.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// Whole seconds since the epoch, rounded to the future.
    #[must_use]
    pub(super) fn seconds_up(self) -> i64 {
        self.seconds() + i64::from(self.0.rem_euclid(MICROS_PER_SECOND) > 0)
    }

    /// The instant so much later, or the last one there is.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        Self(self.0.saturating_add(time.0))
    }

    /// The instant so much earlier, or the first one there is.
    #[must_use]
    pub fn minus(self, time: Duration) -> Self {
        Self(self.0.saturating_sub(time.0))
    }

    /// How long after `earlier` this is; negative where it is before.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Instant {
    /// `2026-03-29T00:30:00Z`, with a fraction where it is not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(time) = DateTime::from_timestamp_micros(self.0) else {
            return write!(f, "{} microseconds after 1970-01-01T00:00:00Z", self.0);
        };
        write!(f, "{}", time.format("%Y-%m-%dT%H:%M:%S"))?;
        match self.0.rem_euclid(MICROS_PER_SECOND) {
            0 => f.write_str("Z"),
            micros => write!(f, ".{}Z", format!("{micros:06}").trim_end_matches('0')),
        }
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// A second.
    pub const SECOND: Self = Self(MICROS_PER_SECOND);
    /// A minute.
    pub const MINUTE: Self = Self(60 * MICROS_PER_SECOND);
    /// An hour.
    pub const HOUR: Self = Self(3_600 * MICROS_PER_SECOND);
    /// 24 hours.
    pub const DAY: Self = Self(SECONDS_PER_DAY * MICROS_PER_SECOND);

    /// `n` times as long, or the longest there is.
    #[must_use]
    pub const fn times(self, n: i64) -> Self {
        Self(self.0.saturating_mul(n))
    }
}

impl fmt::Display for Duration {
    /// As the language writes it: `1h30m`, `0s`, `-5m`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let mut rest = self.0.unsigned_abs();
        for (unit, name) in
            [(Self::DAY, "d"), (Self::HOUR, "h"), (Self::MINUTE, "m"), (Self::SECOND, "s")]
        {
            let count = rest / unit.0.unsigned_abs();
            rest %= unit.0.unsigned_abs();
            if count > 0 {
                write!(f, "{count}{name}")?;
            }
        }
        match rest {
            0 => Ok(()),
            micros if micros % 1_000 == 0 => write!(f, "{}ms", micros / 1_000),
            micros => write!(f, "{}.{:03}ms", micros / 1_000, micros % 1_000),
        }
    }
}

impl Date {
    /// The day `year-month-day`, or `None` where the calendar has no such day.
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::from_chrono)
    }

    /// The year, the month from 1 and the day from 1.
    #[must_use]
    pub fn parts(self) -> (i32, u32, u32) {
        let date = self.to_chrono();
        (date.year(), date.month(), date.day())
    }

    /// 0 for Sunday to 6 for Saturday.
    #[must_use]
    pub fn weekday(self) -> u32 {
        self.to_chrono().weekday().num_days_from_sunday()
    }

    /// How many days the month has that this day lies in.
    #[must_use]
    pub fn month_length(self) -> u32 {
        u32::from(self.to_chrono().num_days_in_month())
    }

    /// The reading of a clock on this day.
    #[must_use]
    pub fn at(self, hour: u32, minute: u32) -> Civil {
        Civil(
            i64::from(self.0) * SECONDS_PER_DAY + i64::from(hour) * 3_600 + i64::from(minute) * 60,
        )
    }

    /// The day so many days later.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    fn from_chrono(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }

    /// A day beyond the years that chrono counts (262,000 to either side) becomes the nearest that it does.
    fn to_chrono(self) -> NaiveDate {
        let nearest = if self.0 < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
        NaiveDate::from_epoch_days(self.0).unwrap_or(nearest)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Civil {
    /// The day that the clock shows.
    #[must_use]
    pub fn date(self) -> Date {
        let days = self.0.div_euclid(SECONDS_PER_DAY);
        let nearest = if days < 0 { i32::MIN } else { i32::MAX };
        Date(i32::try_from(days).unwrap_or(nearest))
    }

    /// The hour from 0 to 23.
    #[must_use]
    pub fn hour(self) -> u32 {
        self.to_chrono().hour()
    }

    /// The minute from 0 to 59.
    #[must_use]
    pub fn minute(self) -> u32 {
        self.to_chrono().minute()
    }

    /// The last second of the day that the clock shows.
    #[must_use]
    pub(super) fn day_end(self) -> Self {
        Self((self.0.div_euclid(SECONDS_PER_DAY) + 1) * SECONDS_PER_DAY - 1)
    }

    /// The first second of the day that the clock shows.
    #[must_use]
    pub(super) fn day_start(self) -> Self {
        Self(self.0.div_euclid(SECONDS_PER_DAY) * SECONDS_PER_DAY)
    }

    /// The same reading as a chrono value, whose `Utc` then means "the wall clock's own day".
    pub(super) fn to_chrono(self) -> DateTime<chrono::Utc> {
        let nearest = if self.0 < 0 {
            DateTime::<chrono::Utc>::MIN_UTC
        } else {
            DateTime::<chrono::Utc>::MAX_UTC
        };
        DateTime::from_timestamp(self.0, 0).unwrap_or(nearest)
    }

    /// `07:00`, with seconds where they are not zero.
    #[must_use]
    pub fn clock(self) -> String {
        let form = if self.0.rem_euclid(60) == 0 { "%H:%M" } else { "%H:%M:%S" };
        self.to_chrono().format(form).to_string()
    }
}

impl fmt::Display for Civil {
    /// `2026-03-29 02:30`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date(), self.clock())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_print_as_the_language_prints_them() {
        assert_eq!(Instant(1_774_744_200_000_000).to_string(), "2026-03-29T00:30:00Z");
        assert_eq!(Instant(-1).to_string(), "1969-12-31T23:59:59.999999Z");
        assert_eq!(Instant(1_500_000).to_string(), "1970-01-01T00:00:01.5Z");
        assert!(Instant(i64::MAX).to_string().ends_with("after 1970-01-01T00:00:00Z"));
    }

    #[test]
    fn durations_print_as_the_language_writes_them() {
        let shown = |micros| Duration(micros).to_string();
        assert_eq!(shown(0), "0s");
        assert_eq!(shown(5_400_000_000), "1h30m");
        assert_eq!(shown(-500_000), "-500ms");
        assert_eq!(shown(86_400_000_000 + 1_000_500), "1d1s0.500ms");
    }

    #[test]
    fn dates_know_their_month_and_weekday() {
        let leap = Date::new(2028, 2, 29).unwrap();
        assert_eq!(
            (leap.to_string().as_str(), leap.weekday(), leap.month_length()),
            ("2028-02-29", 2, 29)
        );
        assert_eq!(Date::new(2027, 2, 29), None);
        assert_eq!(leap.at(2, 30).to_string(), "2028-02-29 02:30");
        assert_eq!(leap.at(23, 59).date(), leap);
        assert_eq!(Civil(-1).date(), Date(-1));
    }

    #[test]
    fn the_ends_of_the_number_range_do_no_harm() {
        for civil in [Civil(i64::MIN), Civil(i64::MAX)] {
            let _ = (civil.date().parts(), civil.hour(), civil.to_string());
        }
        assert_eq!(Instant(i64::MAX).plus(Duration::DAY), Instant(i64::MAX));
        assert_eq!(Instant::from_seconds(i64::MIN), Instant(i64::MIN));
        assert_eq!(Instant(1).seconds_up(), 1);
        assert_eq!(Instant(-1).seconds(), -1);
    }
}
