//! Times and dates in a calendar: their parts, the starts of their periods, and how far they are apart.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan, Zoned};
use rusqlite::Connection;

use super::errors::Failure;
use super::functions::{Args, Out, other, scalar};
use super::moments;

const TOO_FAR: &str = "a time lies outside the years 0 to 9999";

/// Makes the functions known to a connection.
pub(super) fn register(db: &Connection) -> rusqlite::Result<()> {
    shifts(db)?;
    part(db, "task_year", |it| i64::from(it.year()))?;
    part(db, "task_month", |it| i64::from(it.month()))?;
    part(db, "task_day", |it| i64::from(it.day()))?;
    part(db, "task_weekday", |it| i64::from(it.weekday().to_monday_one_offset()))?;
    part(db, "task_hour", |it| i64::from(it.hour()))?;
    part(db, "task_minute", |it| i64::from(it.minute()))?;
    part(db, "task_second", |it| i64::from(it.second()))?;
    in_zone(db, "task_date", |it| {
        let days = moments::days_of(it.date()).and_then(moments::date_to_text);
        days.map(Out::Text).ok_or(Failure::Overflow(TOO_FAR))
    })?;
    scalar(db, "task_start_of", 2, |args| {
        let date = start_of_date(date(args, 0)?, &args.text(1)?)?;
        date_out(date)
    })?;
    db.create_scalar_function("task_start_of", 3, super::functions::FLAGS, |context| {
        let args = Args(context);
        if (0..3).any(|at| args.is_null(at)) {
            return Ok(Out::Null);
        }
        let zone = context.get_or_create_aux(2, |it| zone(it.as_str()?))?;
        let moment = moment(&args, 0)?.to_zoned((*zone).clone());
        Ok(time_out(start_of(&moment, &args.text(1)?)?.as_microsecond())?)
    })
}

fn shifts(db: &Connection) -> rusqlite::Result<()> {
    fn shift(
        db: &Connection,
        name: &'static str,
        function: fn(i64, i64) -> Option<i64>,
    ) -> rusqlite::Result<()> {
        scalar(db, name, 2, move |args| {
            let moved = function(moment(args, 0)?.as_microsecond(), args.int(1)?);
            time_out(moved.ok_or(Failure::Overflow(TOO_FAR))?)
        })
    }
    shift(db, "task_time_add", i64::checked_add)?;
    shift(db, "task_time_sub", i64::checked_sub)?;
    scalar(db, "task_time_between", 2, |args| {
        let (a, b) = (moment(args, 0)?, moment(args, 1)?);
        Ok(Out::Int(a.as_microsecond() - b.as_microsecond()))
    })
}

/// A function of a date, and of a time in a zone.
fn part(db: &Connection, name: &'static str, part: fn(DateTime) -> i64) -> rusqlite::Result<()> {
    scalar(db, name, 1, move |args| Ok(Out::Int(part(date(args, 0)?.at(0, 0, 0, 0)))))?;
    in_zone(db, name, move |moment| Ok(Out::Int(part(moment.datetime()))))
}

/// A function of a time and the name of a zone, which is looked up once in a statement.
fn in_zone(
    db: &Connection,
    name: &'static str,
    function: impl Fn(&Zoned) -> Result<Out, Failure> + Send + 'static,
) -> rusqlite::Result<()> {
    db.create_scalar_function(name, 2, super::functions::FLAGS, move |context| {
        let args = Args(context);
        if args.is_null(0) || args.is_null(1) {
            return Ok(Out::Null);
        }
        let zone = context.get_or_create_aux(1, |it| zone(it.as_str()?))?;
        Ok(function(&moment(&args, 0)?.to_zoned((*zone).clone()))?)
    })
}

fn zone(name: &str) -> Result<TimeZone, rusqlite::Error> {
    let zone = TimeZoneDatabase::bundled().get(name);
    Ok(zone.map_err(|_| Failure::Other(format!("no time zone is called `{name}`")))?)
}

/// The first instant of the period of a calendar that the moment lies in. Where clocks skip that instant, the first
/// one after the gap; where they show it twice, the earlier one.
fn start_of(moment: &Zoned, unit: &str) -> Result<Timestamp, Failure> {
    if unit == "hour" {
        // Counted back from the moment itself: in the hour that clocks show twice, each pass has a start of its own.
        let past = i64::from(moment.minute()) * 60 + i64::from(moment.second());
        let start = moment.timestamp().as_second() - past;
        return Timestamp::from_second(start).map_err(|_| Failure::Overflow(TOO_FAR));
    }
    let day = start_of_date(moment.date(), unit)?;
    let start = day.to_zoned(moment.time_zone().clone());
    start.map(|it| it.timestamp()).map_err(|_| Failure::Overflow(TOO_FAR))
}

/// Weeks begin on Monday.
fn start_of_date(date: Date, unit: &str) -> Result<Date, Failure> {
    let start = match unit {
        "day" => Ok(date),
        "week" => {
            let past = date.weekday().since(Weekday::Monday);
            date.checked_sub(i64::from(past).days())
        }
        "month" => Ok(date.first_of_month()),
        "quarter" => Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1),
        "year" => Ok(date.first_of_year()),
        _ => return Err(Failure::Other(format!("`{unit}` is no part of a calendar"))),
    };
    start.map_err(|_| Failure::Overflow(TOO_FAR))
}

fn moment(args: &Args, at: usize) -> Result<Timestamp, Failure> {
    let micros =
        moments::time_from_text(&args.text(at)?).ok_or_else(|| other("expected a time"))?;
    Timestamp::from_microsecond(micros).map_err(|_| Failure::Overflow(TOO_FAR))
}

fn date(args: &Args, at: usize) -> Result<Date, Failure> {
    let days = moments::date_from_text(&args.text(at)?);
    days.and_then(moments::date_of).ok_or_else(|| other("expected a date"))
}

fn time_out(micros: i64) -> Result<Out, Failure> {
    moments::time_to_text(micros).map(Out::Text).ok_or(Failure::Overflow(TOO_FAR))
}

fn date_out(date: Date) -> Result<Out, Failure> {
    let text = moments::days_of(date).and_then(moments::date_to_text);
    text.map(Out::Text).ok_or(Failure::Overflow(TOO_FAR))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(time: &str, zone_name: &str, unit: &str) -> String {
        let moment: Timestamp = time.parse().unwrap();
        start_of(&moment.to_zoned(zone(zone_name).unwrap()), unit).unwrap().to_string()
    }

    #[test]
    fn periods_start_by_the_clock_of_the_zone() {
        let noon = "2026-07-15T10:20:30Z";
        assert_eq!(start(noon, "Europe/Berlin", "day"), "2026-07-14T22:00:00Z");
        assert_eq!(start(noon, "Europe/Berlin", "week"), "2026-07-12T22:00:00Z");
        assert_eq!(start(noon, "Europe/Berlin", "month"), "2026-06-30T22:00:00Z");
        assert_eq!(start(noon, "Europe/Berlin", "quarter"), "2026-06-30T22:00:00Z");
        assert_eq!(start(noon, "Europe/Berlin", "year"), "2025-12-31T23:00:00Z");
        assert_eq!(start(noon, "Asia/Kolkata", "hour"), "2026-07-15T09:30:00Z");
    }

    #[test]
    fn both_passes_of_a_doubled_hour_have_a_start() {
        assert_eq!(start("2026-10-25T00:30:00Z", "Europe/Berlin", "hour"), "2026-10-25T00:00:00Z");
        assert_eq!(start("2026-10-25T01:30:00Z", "Europe/Berlin", "hour"), "2026-10-25T01:00:00Z");
    }
}
