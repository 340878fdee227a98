//! Patterns of strftime: `%d %B %Y`.

use jiff::civil::{self, DateTime};
use jiff::fmt::StdFmtWrite;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::super::limits::{self, BYTES_MAX};
use crate::value::{Bounded, Fault};

/// Writes an instant in a zone.
pub(in crate::stdlib) fn format_time(at: &Zoned, pattern: &str) -> Result<String, Fault> {
    write(&BrokenDownTime::from(at), pattern)
}

/// Writes a day.
pub(in crate::stdlib) fn format_date(day: civil::Date, pattern: &str) -> Result<String, Fault> {
    write(&BrokenDownTime::from(day), pattern)
}

fn write(parts: &BrokenDownTime, pattern: &str) -> Result<String, Fault> {
    let mut out = Bounded::new(BYTES_MAX);
    match parts.format(pattern, StdFmtWrite(&mut out)) {
        Ok(()) => Ok(out.text),
        Err(_) if out.is_full => Err(limits::too_long()),
        Err(error) => Err(wrong(pattern, &error)),
    }
}

fn wrong(pattern: &str, error: &jiff::Error) -> Fault {
    let full = error.to_string();
    let what = full.strip_prefix("strftime formatting failed: ").unwrap_or(&full);
    Fault::argument(format!("the pattern `{pattern}` cannot be used here: {what}"))
}

/// What a text says in a pattern.
#[derive(Debug)]
pub(super) enum Said {
    /// A point in time: an offset, a zone or a number of seconds stands in the text.
    Instant(Timestamp),
    /// What a clock shows somewhere.
    Reading(DateTime),
}

/// Reads a time; nothing where the text does not fit the pattern.
pub(super) fn read_time(text: &str, pattern: &str) -> Result<Option<Said>, Fault> {
    check(pattern)?;
    let Ok(parts) = BrokenDownTime::parse(pattern, text) else { return Ok(None) };
    if let Some(instant) = parts.timestamp() {
        return Ok(Some(Said::Instant(instant)));
    }
    if parts.offset().is_some() || parts.iana_time_zone().is_some() {
        return Ok(parts.to_zoned().ok().map(|it| Said::Instant(it.timestamp())));
    }
    let Ok(day) = parts.to_date() else { return Ok(None) };
    let time =
        if parts.hour().is_some() { parts.to_time().ok() } else { Some(civil::Time::midnight()) };
    Ok(time.map(|time| Said::Reading(day.to_datetime(time))))
}

/// Reads a day; nothing where the text does not fit the pattern.
pub(super) fn read_date(text: &str, pattern: &str) -> Result<Option<civil::Date>, Fault> {
    check(pattern)?;
    Ok(BrokenDownTime::parse(pattern, text).ok().and_then(|it| it.to_date().ok()))
}

/// Tells a pattern that no text fits from a text that does not fit: what can be read can also be written.
fn check(pattern: &str) -> Result<(), Fault> {
    let sample = Zoned::new(Timestamp::UNIX_EPOCH, TimeZone::UTC);
    format_time(&sample, pattern).map(drop)
}
