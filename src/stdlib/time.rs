//! Methods of instants.

use super::calendar::{self, TimeUnit, checked_time, zoned};
use super::native::{Date, Native, Time, natives};
use crate::value::calendar::HOUR;
use crate::value::{Code, Fault};

pub(super) const NATIVES: &[Native] = natives!("time":
    year(t, zone), month(t, zone), day(t, zone), hour(t, zone), minute(t, zone), second(t, zone),
    weekday(t, zone), date(t, zone), start_of(t, unit, zone), end_of(t, unit, zone),
    format(t, pattern, zone), unix(t), unix_ms(t), from_unix(n), from_unix_ms(n),
    parse(t, format, zone),
);

fn year(t: Time, zone: &str) -> Result<i64, Fault> {
    Ok(i64::from(zoned(t, zone)?.year()))
}

fn month(t: Time, zone: &str) -> Result<i64, Fault> {
    Ok(i64::from(zoned(t, zone)?.month()))
}

fn day(t: Time, zone: &str) -> Result<i64, Fault> {
    Ok(i64::from(zoned(t, zone)?.day()))
}

fn hour(t: Time, zone: &str) -> Result<i64, Fault> {
    Ok(i64::from(zoned(t, zone)?.hour()))
}

fn minute(t: Time, zone: &str) -> Result<i64, Fault> {
    Ok(i64::from(zoned(t, zone)?.minute()))
}

fn second(t: Time, zone: &str) -> Result<i64, Fault> {
    Ok(i64::from(zoned(t, zone)?.second()))
}

fn weekday(t: Time, zone: &str) -> Result<i64, Fault> {
    Ok(i64::from(zoned(t, zone)?.weekday().to_monday_one_offset()))
}

pub(super) fn date(t: Time, zone: &str) -> Result<Date, Fault> {
    calendar::date(zoned(t, zone)?.date())
}

fn start_of(t: Time, unit: TimeUnit, zone: &str) -> Result<Time, Fault> {
    let at = zoned(t, zone)?;
    match unit.of_days() {
        Some(days) => {
            let midnight = days.start(at.date())?.at(0, 0, 0, 0);
            calendar::instant(midnight, at.time_zone())
        }
        // Counted back rather than looked up: an hour that a clock shows twice has two starts.
        None => checked_time(t.0 - since_hour(&at)),
    }
}

/// The microseconds that a clock has gone since the full hour.
fn since_hour(at: &jiff::Zoned) -> i64 {
    let seconds = i64::from(at.minute()) * 60 + i64::from(at.second());
    seconds * 1_000_000 + i64::from(at.subsec_nanosecond()) / 1000
}

fn end_of(t: Time, unit: TimeUnit, zone: &str) -> Result<Time, Fault> {
    let at = zoned(t, zone)?;
    let next = match unit.of_days() {
        Some(days) => {
            let midnight = days.next(at.date())?.at(0, 0, 0, 0);
            calendar::instant(midnight, at.time_zone())?
        }
        None => Time(t.0 - since_hour(&at) + HOUR),
    };
    checked_time(next.0 - 1)
}

fn format(t: Time, pattern: &str, zone: &str) -> Result<String, Fault> {
    calendar::format_time(&zoned(t, zone)?, pattern)
}

fn unix(t: Time) -> i64 {
    t.0.div_euclid(1_000_000)
}

fn unix_ms(t: Time) -> i64 {
    t.0.div_euclid(1000)
}

fn from_unix(n: i64) -> Result<Time, Fault> {
    checked_time(n.saturating_mul(1_000_000))
}

fn from_unix_ms(n: i64) -> Result<Time, Fault> {
    checked_time(n.saturating_mul(1000))
}

fn parse(t: &str, format: Option<&str>, zone: &str) -> Result<Time, Fault> {
    calendar::read_time(t.trim(), format, zone)?.ok_or_else(|| unreadable(t, "time", format))
}

/// What a text is that does not say what it should.
pub(super) fn unreadable(t: &str, what: &str, format: Option<&str>) -> Fault {
    const SHOWN_MAX: usize = 60;
    let shown: String = t.chars().take(SHOWN_MAX).collect();
    let form = format.map(|it| format!(" in the form `{it}`")).unwrap_or_default();
    Fault::new(Code::Decode, format!("`{shown}` is no {what}{form}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;
    use crate::value::calendar::{DAY, TIMES, parse_time};

    const BERLIN: &str = "Europe/Berlin";

    fn at(text: &str) -> Time {
        Time(parse_time(text).unwrap())
    }

    fn shown(time: Result<Time, Fault>) -> String {
        Value::Time(time.unwrap().0).to_string()
    }

    #[test]
    fn parts_are_those_of_the_zone() {
        let t = at("2026-12-31T23:30:59Z");
        assert_eq!((year(t, "UTC"), year(t, BERLIN)), (Ok(2026), Ok(2027)));
        assert_eq!((month(t, BERLIN), day(t, BERLIN), hour(t, BERLIN)), (Ok(1), Ok(1), Ok(0)));
        assert_eq!(
            (minute(t, BERLIN), second(t, BERLIN), weekday(t, BERLIN)),
            (Ok(30), Ok(59), Ok(5))
        );
        assert_eq!(date(t, BERLIN), Ok(Date(20_819)));
        assert!(year(t, "Nowhere").unwrap_err().is(Code::Argument));
    }

    #[test]
    fn units_start_and_end_by_the_clock_of_the_zone() {
        let t = at("2026-03-29T10:20:30.5Z");
        for (unit, start, end) in [
            (TimeUnit::Hour, "2026-03-29T10:00:00Z", "2026-03-29T10:59:59.999999Z"),
            (TimeUnit::Day, "2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999999Z"),
            (TimeUnit::Week, "2026-03-22T23:00:00Z", "2026-03-29T21:59:59.999999Z"),
            (TimeUnit::Month, "2026-02-28T23:00:00Z", "2026-03-31T21:59:59.999999Z"),
            (TimeUnit::Quarter, "2025-12-31T23:00:00Z", "2026-03-31T21:59:59.999999Z"),
            (TimeUnit::Year, "2025-12-31T23:00:00Z", "2026-12-31T22:59:59.999999Z"),
        ] {
            assert_eq!(shown(start_of(t, unit, BERLIN)), start, "{unit:?}");
            assert_eq!(shown(end_of(t, unit, BERLIN)), end, "{unit:?}");
        }
        // Both passes of an hour that is shown twice have their own start.
        assert_eq!(
            shown(start_of(at("2026-10-25T01:30:00Z"), TimeUnit::Hour, BERLIN)),
            "2026-10-25T01:00:00Z"
        );
        // A day that begins at one o'clock.
        assert_eq!(
            shown(start_of(at("2026-09-06T12:00:00Z"), TimeUnit::Day, "America/Santiago")),
            "2026-09-06T04:00:00Z"
        );
    }

    #[test]
    fn the_ends_of_time_are_faults_and_no_panic() {
        for micros in [*TIMES.start(), *TIMES.end(), i64::MIN, i64::MAX] {
            for unit in [TimeUnit::Hour, TimeUnit::Week, TimeUnit::Quarter, TimeUnit::Year] {
                for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
                    let _ = start_of(Time(micros), unit, zone);
                    let _ = end_of(Time(micros), unit, zone);
                }
            }
        }
        assert!(from_unix(i64::MAX).unwrap_err().is(Code::Overflow));
        assert!(from_unix_ms(i64::MIN).unwrap_err().is(Code::Overflow));
        assert_eq!(from_unix(-1).map(unix), Ok(-1));
        assert_eq!(unix(Time(-1)), -1);
        assert_eq!(unix_ms(Time(1999)), 1);
    }

    #[test]
    fn patterns_are_filled_in_or_refused() {
        let t = Time(parse_time("2026-03-29T00:30:00Z").unwrap() + DAY);
        assert_eq!(format(t, "%d %B %Y, %H:%M %Z", BERLIN).unwrap(), "30 March 2026, 02:30 CEST");
        assert_eq!(format(t, "%A %j %G-W%V %q %%", "UTC").unwrap(), "Monday 089 2026-W14 1 %");
        assert_eq!(format(t, "", "UTC").unwrap(), "");
        for wrong in ["%", "%!", "100%"] {
            assert!(format(t, wrong, "UTC").unwrap_err().is(Code::Argument), "{wrong}");
        }
        assert_eq!(parse("soon", None, "UTC").unwrap_err().message, "`soon` is no time");
    }
}
