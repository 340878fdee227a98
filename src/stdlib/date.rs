//! Methods of calendar days.

use jiff::{Span, civil};

use super::calendar::{self, DateUnit, civil, outside_of_time};
use super::native::{Date, Native, Time, natives};
use super::time::unreadable;
use crate::value::Fault;

pub(super) const NATIVES: &[Native] = natives!("date":
    year(d), month(d), day(d), weekday(d), week(d), day_of_year(d), quarter(d), is_weekend(d),
    add_days(d, n), add_months(d, n), add_years(d, n), start_of(d, unit), end_of(d, unit),
    days_until(d, other), format(d, pattern), at(d, hour, minute, zone), parse(t, format),
);

fn year(d: Date) -> Result<i64, Fault> {
    Ok(i64::from(civil(d)?.year()))
}

fn month(d: Date) -> Result<i64, Fault> {
    Ok(i64::from(civil(d)?.month()))
}

fn day(d: Date) -> Result<i64, Fault> {
    Ok(i64::from(civil(d)?.day()))
}

/// 1970-01-01 was a Thursday.
fn weekday(d: Date) -> i64 {
    (i64::from(d.0) + 3).rem_euclid(7) + 1
}

fn week(d: Date) -> Result<i64, Fault> {
    Ok(i64::from(civil(d)?.iso_week_date().week()))
}

fn day_of_year(d: Date) -> Result<i64, Fault> {
    Ok(i64::from(civil(d)?.day_of_year()))
}

fn quarter(d: Date) -> Result<i64, Fault> {
    Ok((i64::from(civil(d)?.month()) + 2) / 3)
}

fn is_weekend(d: Date) -> bool {
    weekday(d) >= 6
}

fn add_days(d: Date, n: i64) -> Result<Date, Fault> {
    let days = i64::from(d.0).checked_add(n).and_then(|it| i32::try_from(it).ok());
    let moved = days.map(Date).ok_or_else(outside_of_time)?;
    civil(moved)?;
    Ok(moved)
}

fn add_months(d: Date, n: i64) -> Result<Date, Fault> {
    added(d, Span::new().try_months(n))
}

fn add_years(d: Date, n: i64) -> Result<Date, Fault> {
    added(d, Span::new().try_years(n))
}

fn added(d: Date, span: Result<Span, jiff::Error>) -> Result<Date, Fault> {
    let day = civil(d)?;
    let moved: Result<civil::Date, _> = span.and_then(|span| day.checked_add(span));
    calendar::date(moved.map_err(|_| outside_of_time())?)
}

fn start_of(d: Date, unit: DateUnit) -> Result<Date, Fault> {
    calendar::date(unit.start(civil(d)?)?)
}

fn end_of(d: Date, unit: DateUnit) -> Result<Date, Fault> {
    calendar::date(unit.end(civil(d)?)?)
}

fn days_until(d: Date, other: Date) -> i64 {
    i64::from(other.0) - i64::from(d.0)
}

fn format(d: Date, pattern: &str) -> Result<String, Fault> {
    calendar::format_date(civil(d)?, pattern)
}

fn at(d: Date, hour: i64, minute: i64, zone: &str) -> Result<Time, Fault> {
    let part = |n: i64| i8::try_from(n).ok();
    let time = part(hour).zip(part(minute)).and_then(|(h, m)| civil::Time::new(h, m, 0, 0).ok());
    let time = time.ok_or_else(|| {
        Fault::argument(format!("no clock shows hour {hour} and minute {minute}"))
    })?;
    calendar::instant(civil(d)?.to_datetime(time), &calendar::zone(zone)?)
}

fn parse(t: &str, format: Option<&str>) -> Result<Date, Fault> {
    calendar::read_date(t.trim(), format)?.ok_or_else(|| unreadable(t, "date", format))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::calendar::{DATES, parse_date};
    use crate::value::{Code, Value};

    fn on(text: &str) -> Date {
        Date(parse_date(text).unwrap())
    }

    fn shown(date: Result<Date, Fault>) -> String {
        Value::Date(date.unwrap().0).to_string()
    }

    #[test]
    fn parts_of_days() {
        let d = on("2026-03-29");
        assert_eq!((year(d), month(d), day(d), quarter(d)), (Ok(2026), Ok(3), Ok(29), Ok(1)));
        assert_eq!((weekday(d), is_weekend(d), week(d), day_of_year(d)), (7, true, Ok(13), Ok(88)));
        assert_eq!(week(on("2027-01-01")), Ok(53));
        assert_eq!(weekday(on("1969-12-29")), 1);
        assert_eq!(days_until(on("2026-03-01"), d), 28);
    }

    #[test]
    fn months_and_years_keep_to_the_calendar() {
        assert_eq!(shown(add_months(on("2026-01-31"), 1)), "2026-02-28");
        assert_eq!(shown(add_months(on("2026-01-31"), -2)), "2025-11-30");
        assert_eq!(shown(add_years(on("2024-02-29"), 1)), "2025-02-28");
        assert_eq!(shown(add_days(on("2026-02-27"), 2)), "2026-03-01");
        for n in [i64::MAX, i64::MIN, 200_000, -200_000] {
            assert!(add_months(on("2026-01-31"), n).unwrap_err().is(Code::Overflow), "{n}");
            assert!(add_years(on("2026-01-31"), n).unwrap_err().is(Code::Overflow), "{n}");
        }
        assert!(add_days(on("2026-01-31"), i64::MAX).unwrap_err().is(Code::Overflow));
    }

    #[test]
    fn units_have_a_first_and_a_last_day() {
        let d = on("2026-02-10");
        for (unit, first, last) in [
            (DateUnit::Day, "2026-02-10", "2026-02-10"),
            (DateUnit::Week, "2026-02-09", "2026-02-15"),
            (DateUnit::Month, "2026-02-01", "2026-02-28"),
            (DateUnit::Quarter, "2026-01-01", "2026-03-31"),
            (DateUnit::Year, "2026-01-01", "2026-12-31"),
        ] {
            assert_eq!(shown(start_of(d, unit)), first);
            assert_eq!(shown(end_of(d, unit)), last);
        }
        for days in [*DATES.start(), *DATES.end(), i32::MIN, i32::MAX] {
            for unit in [DateUnit::Week, DateUnit::Month, DateUnit::Quarter, DateUnit::Year] {
                let _ = (start_of(Date(days), unit), end_of(Date(days), unit));
            }
        }
        assert_eq!(shown(end_of(Date(*DATES.end()), DateUnit::Quarter)), "9999-12-31");
    }

    #[test]
    fn a_time_of_a_day() {
        let shown =
            |d: Date, h, m| at(d, h, m, "Europe/Berlin").map(|it| Value::Time(it.0).to_string());
        assert_eq!(shown(on("2026-07-01"), 9, 30).unwrap(), "2026-07-01T07:30:00Z");
        assert_eq!(shown(on("2026-03-29"), 2, 30).unwrap(), "2026-03-29T01:30:00Z");
        for (h, m) in [(24, 0), (-1, 0), (0, 60), (i64::MAX, 0)] {
            assert!(shown(on("2026-07-01"), h, m).unwrap_err().is(Code::Argument));
        }
        assert_eq!(format(on("2026-03-29"), "%A, %d %B %Y").unwrap(), "Sunday, 29 March 2026");
        assert!(format(on("2026-03-29"), "%H").unwrap_err().is(Code::Argument));
    }
}
