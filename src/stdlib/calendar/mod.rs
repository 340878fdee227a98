//! Times and days in zones and patterns: what `time`, `date` and `text` have in common.

mod pattern;
mod unit;

use std::cell::RefCell;

use jiff::civil::{self, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};
use rustc_hash::FxHashMap;

pub(super) use pattern::{format_date, format_time};
pub(super) use unit::{DateUnit, TimeUnit};

use super::native::{Date, Time};
use crate::schedule::Zone;
use crate::value::{Fault, calendar};

thread_local! {
    static ZONES: RefCell<FxHashMap<String, TimeZone>> = RefCell::default();
}

/// The zone of a name. Run-time names come from people's data, so old names of today's zones are taken as well.
pub(super) fn zone(name: &str) -> Result<TimeZone, Fault> {
    if name == "UTC" {
        return Ok(TimeZone::UTC);
    }
    if let Some(found) = ZONES.with_borrow(|zones| zones.get(name).cloned()) {
        return Ok(found);
    }
    let found = TimeZoneDatabase::bundled().get(name).map_err(|_| unknown_zone(name))?;
    // There are about 600 zones, so this cannot grow without bound.
    ZONES.with_borrow_mut(|zones| zones.insert(name.to_owned(), found.clone()));
    Ok(found)
}

fn unknown_zone(name: &str) -> Fault {
    let near = Zone::get(name).err().and_then(|it| it.suggestions.first().copied());
    let instead = near.map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
    Fault::argument(format!("no time zone is called `{name}`{instead}"))
}

/// An instant as a zone's clock shows it.
pub(super) fn zoned(time: Time, zone_name: &str) -> Result<Zoned, Fault> {
    let instant = Timestamp::from_microsecond(time.0).map_err(|_| outside_of_time())?;
    Ok(instant.to_zoned(zone(zone_name)?))
}

/// The instant at which a zone's clock shows this. What it skips is as late after it was set; of what it shows twice, the first.
pub(super) fn instant(civil: DateTime, zone: &TimeZone) -> Result<Time, Fault> {
    let found = zone.to_ambiguous_timestamp(civil).compatible();
    found.map_err(|_| outside_of_time()).and_then(time)
}

/// A point in time that a `time` can hold.
pub(super) fn time(instant: Timestamp) -> Result<Time, Fault> {
    let micros = instant.as_microsecond();
    // Below a microsecond nothing is kept; times before 1970 go down as well.
    let micros = micros - i64::from(instant.subsec_nanosecond() % 1000 < 0);
    checked_time(micros)
}

pub(super) fn checked_time(micros: i64) -> Result<Time, Fault> {
    if calendar::TIMES.contains(&micros) { Ok(Time(micros)) } else { Err(outside_of_time()) }
}

pub(super) fn outside_of_time() -> Fault {
    Fault::overflow("a time before the year -9999 or after 9999")
}

/// The calendar day of a `date`.
pub(super) fn civil(date: Date) -> Result<civil::Date, Fault> {
    let day = calendar::day_of(i64::from(date.0));
    let year = i16::try_from(day.year).map_err(|_| outside_of_time())?;
    civil::Date::new(year, day.month.cast_signed(), day.day.cast_signed())
        .map_err(|_| outside_of_time())
}

/// A calendar day as a `date`.
pub(super) fn date(day: civil::Date) -> Result<Date, Fault> {
    calendar::days_since_1970(day).map(Date).ok_or_else(outside_of_time)
}

/// The day that a text says; nothing where it says none. A pattern that is none is a fault.
pub(super) fn read_date(text: &str, format: Option<&str>) -> Result<Option<Date>, Fault> {
    match format {
        None => Ok(calendar::parse_date(text).map(Date)),
        Some(format) => pattern::read_date(text, format)?.map(date).transpose(),
    }
}

/// The instant that a text says; nothing where it says none. A pattern that is none is a fault.
pub(super) fn read_time(
    text: &str,
    format: Option<&str>,
    zone_name: &str,
) -> Result<Option<Time>, Fault> {
    let zone = zone(zone_name)?;
    let Some(format) = format else { return Ok(plain_time(text, &zone)) };
    Ok(match pattern::read_time(text, format)? {
        Some(pattern::Said::Instant(it)) => time(it).ok(),
        Some(pattern::Said::Reading(it)) => instant(it, &zone).ok(),
        None => None,
    })
}

/// An instant with its offset, or what a clock of the zone shows.
fn plain_time(text: &str, zone: &TimeZone) -> Option<Time> {
    if let Some(micros) = calendar::parse_time(text) {
        return Some(Time(micros));
    }
    // `parse` would accept and forget an offset or a zone in brackets that do not belong together.
    let is_civil = text.chars().all(|c| c.is_ascii_digit() || "-+T :.".contains(c));
    let reading = is_civil.then(|| text.parse::<DateTime>().ok()).flatten()?;
    instant(reading, zone).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Code, Value};

    fn read(text: &str, format: Option<&str>, zone: &str) -> Option<String> {
        let time = read_time(text, format, zone).unwrap();
        time.map(|it| Value::Time(it.0).to_string())
    }

    #[test]
    fn instants_are_read_in_the_form_that_they_print_in() {
        for (text, zone, instant) in [
            ("2026-03-29T02:30:00+02:00", "UTC", Some("2026-03-29T00:30:00Z")),
            ("2026-03-29T09:00", "Europe/Berlin", Some("2026-03-29T07:00:00Z")),
            ("2026-03-29 09:00:01.5", "UTC", Some("2026-03-29T09:00:01.5Z")),
            ("2026-03-29", "Europe/Berlin", Some("2026-03-28T23:00:00Z")),
            ("2026-03-29T09:00[Europe/Paris]", "UTC", None),
            ("2026-02-30", "UTC", None),
            ("soon", "UTC", None),
            ("", "UTC", None),
        ] {
            assert_eq!(read(text, None, zone).as_deref(), instant, "{text}");
        }
    }

    #[test]
    fn instants_are_read_in_patterns() {
        let german = Some("%d.%m.%Y %H:%M");
        assert_eq!(
            read("29.03.2026 09:00", german, "Europe/Berlin").as_deref(),
            Some("2026-03-29T07:00:00Z")
        );
        assert_eq!(read("29.03.2026 25:00", german, "UTC"), None);
        assert_eq!(read("29.03.2026 09:00 x", german, "UTC"), None);
        // Skipped by the clock: an hour later. Shown twice: the first.
        assert_eq!(
            read("29.03.2026 02:30", german, "Europe/Berlin").as_deref(),
            Some("2026-03-29T01:30:00Z")
        );
        assert_eq!(
            read("25.10.2026 02:30", german, "Europe/Berlin").as_deref(),
            Some("2026-10-25T00:30:00Z")
        );
        assert_eq!(
            read("2026-01-02 03:04 -0500", Some("%F %H:%M %z"), "UTC").as_deref(),
            Some("2026-01-02T08:04:00Z")
        );
        assert_eq!(read("60", Some("%s"), "UTC").as_deref(), Some("1970-01-01T00:01:00Z"));
        assert_eq!(
            read("02.01.2026", Some("%d.%m.%Y"), "UTC").as_deref(),
            Some("2026-01-02T00:00:00Z")
        );
        for wrong in ["%", "%!", "%K"] {
            assert!(read_time("x", Some(wrong), "UTC").unwrap_err().is(Code::Argument), "{wrong}");
        }
    }

    #[test]
    fn days_are_read_and_bounded() {
        assert_eq!(read_date("29.03.2026", Some("%d.%m.%Y")), Ok(Some(Date(20_541))));
        assert_eq!(read_date("31.02.2026", Some("%d.%m.%Y")), Ok(None));
        assert!(read_date("x", Some("%Q%!")).is_err());
        assert!(civil(Date(i32::MAX)).unwrap_err().is(Code::Overflow));
        assert!(zoned(Time(i64::MAX), "UTC").unwrap_err().is(Code::Overflow));
    }

    #[test]
    fn an_unknown_zone_is_a_fault_with_a_hint() {
        assert_eq!(
            zone("Europe/Pragu").unwrap_err().message,
            "no time zone is called `Europe/Pragu`; did you mean `Europe/Prague`?"
        );
        assert!(zone("").is_err() && zone("\0").is_err());
        assert!(zone("Asia/Calcutta").is_ok());
    }
}
