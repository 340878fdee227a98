//! When a task is due, written down with it: a server that finds another timetable than the one before it knows that somebody changed it
//! meanwhile, and what was due by the old one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::check::headers::TaskHeaders;
use crate::schedule::{
    Bounds, Cadence, Calendar, Cron, Date, Duration, Instant, Schedule, Schedules, Zone,
};

/// One schedule as plain data. Times are microseconds, days count from 1970-01-01; a place never changes its meaning.
#[derive(Serialize, Deserialize)]
enum Plain {
    Cron {
        text: String,
        zone: String,
        except: Vec<i32>,
        from_us: Option<i64>,
        until_us: Option<i64>,
    },
    Every {
        period_us: i64,
        from_us: Option<i64>,
        until_us: Option<i64>,
    },
    At(i64),
}

/// What is written down; the same for the same due times as written. A task that is not active has none.
///
/// # Panics
/// Never: timetables are plain data.
pub(super) fn write(headers: &TaskHeaders) -> Vec<u8> {
    let schedules = if headers.active { headers.schedules.0.as_slice() } else { &[] };
    let plain: Vec<Plain> = schedules.iter().map(plain).collect();
    postcard::to_stdvec(&plain).expect("plain data can be written out")
}

/// What was written down; nothing where another version wrote it, or knew other zones.
pub(super) fn read(bytes: &[u8]) -> Option<Schedules> {
    let plain: Vec<Plain> = postcard::from_bytes(bytes).ok()?;
    plain.into_iter().map(schedule).collect::<Option<_>>().map(Schedules)
}

fn plain(schedule: &Schedule) -> Plain {
    let times = |it: Bounds| (it.from.map(|at| at.0), it.until.map(|at| at.0));
    match schedule {
        Schedule::Cron { calendar, bounds } => {
            let (from_us, until_us) = times(*bounds);
            Plain::Cron {
                text: calendar.cron.text().to_owned(),
                zone: calendar.zone.name().to_owned(),
                except: calendar.except.iter().map(|day| day.0).collect(),
                from_us,
                until_us,
            }
        }
        Schedule::Every(cadence) => {
            let (from_us, until_us) = times(cadence.bounds());
            Plain::Every { period_us: cadence.period().0, from_us, until_us }
        }
        Schedule::At(at) => Plain::At(at.0),
    }
}

fn schedule(plain: Plain) -> Option<Schedule> {
    let bounds = |from: Option<i64>, until: Option<i64>| Bounds {
        from: from.map(Instant),
        until: until.map(Instant),
    };
    Some(match plain {
        Plain::Cron { text, zone, except, from_us, until_us } => {
            let mut calendar = Calendar::new(Cron::parse(&text).ok()?, Zone::get(&zone).ok()?);
            calendar.except = except.into_iter().map(Date).collect::<BTreeSet<_>>();
            Schedule::Cron { calendar: Box::new(calendar), bounds: bounds(from_us, until_us) }
        }
        Plain::Every { period_us, from_us, until_us } => {
            Schedule::Every(Cadence::new(Duration(period_us), bounds(from_us, until_us))?)
        }
        Plain::At(at) => Schedule::At(Instant(at)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::simulation::{cron, every, hours};
    use super::*;

    #[test]
    fn timetables_read_back() {
        let mut headers = cron("30 2 * * mon-fri", "Europe/Berlin");
        if let Schedule::Cron { calendar, bounds } = &mut headers.schedules.0[0] {
            calendar.except.insert(Date(20_000));
            bounds.until = Some(Instant(7));
        }
        headers.schedules.0.extend(every(hours(2)).schedules.0);
        headers.schedules.0.push(Schedule::At(Instant(5)));
        assert_eq!(read(&write(&headers)), Some(headers.schedules.clone()));
        let inactive = TaskHeaders { active: false, ..headers };
        assert_eq!(read(&write(&inactive)), Some(Schedules::default()));
        assert_eq!(read(&[]), None, "written before timetables were");
        assert_eq!(read(&[1, 1, 0, 0, 0]), None, "no period");
    }
}
