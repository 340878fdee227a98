//! Times and dates in their stored form: text whose order is the order in time.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// `2026-03-29T00:30:00.000000Z`; nothing for years that do not have four digits.
pub(super) fn time_to_text(micros: i64) -> Option<String> {
    let seconds = micros.div_euclid(MICROS_PER_SECOND);
    let fraction = micros.rem_euclid(MICROS_PER_SECOND);
    let date = date_to_text(i32::try_from(seconds.div_euclid(SECONDS_PER_DAY)).ok()?)?;
    let of_day = seconds.rem_euclid(SECONDS_PER_DAY);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    Some(format!("{date}T{hour:02}:{minute:02}:{second:02}.{fraction:06}Z"))
}

/// `2026-03-29`; nothing for years that do not have four digits.
pub(super) fn date_to_text(days: i32) -> Option<String> {
    date_text(date_of(days)?)
}

fn date_text(date: Date) -> Option<String> {
    let year = u16::try_from(date.year()).ok()?;
    Some(format!("{year:04}-{:02}-{:02}", date.month(), date.day()))
}

/// The day so many days after 1970-01-01.
pub(super) fn date_of(days: i32) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Microseconds since 1970. Reads our own form, and what SQLite's own functions write: `2026-03-29 00:30:00`, with or
/// without a fraction and an offset; UTC where there is no offset.
pub(super) fn time_from_text(text: &str) -> Option<i64> {
    if let Some(micros) = own_form(text.as_bytes()) {
        return Some(micros);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_microsecond());
    }
    if text.len() < "2026-03-29 00:30".len() {
        return None;
    }
    let moment: DateTime = text.parse().ok()?;
    Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

/// `2026-03-29T00:30:00.000000Z` and nothing else, without the cost of a general reader.
fn own_form(text: &[u8]) -> Option<i64> {
    let &[
        ..,
        b'-',
        _,
        _,
        b'-',
        _,
        _,
        b'T',
        _,
        _,
        b':',
        _,
        _,
        b':',
        _,
        _,
        b'.',
        _,
        _,
        _,
        _,
        _,
        _,
        b'Z',
    ] = text
    else {
        return None;
    };
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits.iter().try_fold(0, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
        })
    };
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if text.len() != 27 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = i64::from(date_from_text(std::str::from_utf8(text.get(..10)?).ok()?)?);
    let seconds = days * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second;
    Some(seconds * MICROS_PER_SECOND + number(20, 26)?)
}

/// Days since 1970.
pub(super) fn date_from_text(text: &str) -> Option<i32> {
    if text.len() != "2026-03-29".len() {
        return None;
    }
    days_of(text.parse().ok()?)
}

/// Days since 1970.
pub(super) fn days_of(date: Date) -> Option<i32> {
    Some(EPOCH.until(date).ok()?.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_times_read_back_and_sort_as_text() {
        let times = [
            -62_167_219_200_000_000,
            -1,
            0,
            1,
            999_999,
            1_000_000,
            1_774_744_200_000_000,
            253_402_207_199_999_999,
            253_402_300_799_999_999,
        ];
        let texts: Vec<_> =
            times.iter().map(|it| time_to_text(*it).unwrap_or_else(|| panic!("{it}"))).collect();
        assert!(texts.is_sorted(), "{texts:?}");
        assert_eq!(texts[0], "0000-01-01T00:00:00.000000Z");
        assert_eq!(texts[6], "2026-03-29T00:30:00.000000Z");
        for (time, text) in times.iter().zip(&texts) {
            assert_eq!(time_from_text(text), Some(*time), "{text}");
        }
        assert_eq!(time_to_text(-62_167_219_200_000_001), None);
    }

    #[test]
    fn times_that_others_wrote_are_read_as_utc_unless_they_say_otherwise() {
        let wanted = Some(1_774_744_200_000_000);
        for text in [
            "2026-03-29 00:30:00",
            "2026-03-29T00:30:00Z",
            "2026-03-29 00:30:00.000",
            "2026-03-29T02:30:00+02:00",
            "2026-03-29 00:30",
        ] {
            assert_eq!(time_from_text(text), wanted, "{text}");
        }
        for text in ["", "now", "2026-03-29", "2026-13-29T00:30:00.000000Z", "12:30"] {
            assert_eq!(time_from_text(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_days() {
        for (days, text) in [(0, "1970-01-01"), (-1, "1969-12-31"), (20_541, "2026-03-29")] {
            assert_eq!(date_to_text(days).unwrap(), text);
            assert_eq!(date_from_text(text), Some(days));
        }
        assert_eq!(date_from_text("2026-02-30"), None);
        assert_eq!(date_to_text(i32::MAX), None);
    }
}
