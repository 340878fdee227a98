//! A cron expression in a zone: where wall-clock times become instants, and where daylight saving time is dealt
//! with.
//!
//! The zone's time is a row of [`Segment`]s in which the clock is not moved. Each segment is responsible for a
//! window of readings:
//!
//! - A *fixed* schedule's windows join without gap or overlap: a window begins where the one before ended.
//!   Readings that the clock skips belong to the segment behind the gap and are due at its start; readings that
//!   it repeats belong to the first pass.
//! - Any other schedule's window is what the clock really shows: skipped readings are in none, repeated ones in
//!   two.
//!
//! Within a segment the order of readings is the order of instants, so the next due time is the first reading
//! of the first window that has one.

use std::collections::BTreeSet;
use std::ops::Range;

use super::cron::Cron;
use super::time::{Civil, Date, Instant};
use super::zone::{BEGINNING, END, Reading, Segment, Zone};

/// A cron expression in a zone, without some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Which wall-clock times.
    pub cron: Cron,
    /// On whose wall.
    pub zone: Zone,
    /// Days, by that wall's calendar, on which nothing is due.
    pub except: BTreeSet<Date>,
}

/// What the zone's clock has to do with a due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockNote {
    /// The clock skips `reading`, which the expression names; this is the first instant after the gap.
    AfterGap {
        /// The first of the readings that are made up for.
        reading: Civil,
    },
    /// The clock reads the same again at `second`, and nothing is due then.
    FirstOnly {
        /// The second pass.
        second: Instant,
    },
    /// The clock reads the same again at `second`, and the schedule is due then too.
    FirstOfTwo {
        /// The second pass.
        second: Instant,
    },
    /// The clock read the same at `first`, when the schedule was due too.
    SecondOfTwo {
        /// The first pass.
        first: Instant,
    },
}

impl Calendar {
    /// The expression in the zone, without exceptions.
    #[must_use]
    pub fn new(cron: Cron, zone: Zone) -> Self {
        Self { cron, zone, except: BTreeSet::new() }
    }

    /// The first due time after `t`. `None` past the year 2100, and where all that is left is excepted.
    #[must_use]
    pub fn next_after(&self, t: Instant) -> Option<Instant> {
        let mut segment = self.zone.segment_at(t.seconds());
        let mut after = t.seconds() + segment.offset;
        let mut readings = Forward { calendar: self, searched: None };
        loop {
            let window = self.window(segment);
            let reading = readings.first_after(after.max(window.start - 1));
            if let Some(reading) = reading.filter(|it| it.0 < window.end) {
                return Some(instant(segment, reading));
            }
            segment = self.zone.segment_after(segment).filter(|it| it.start < LAST_SECOND)?;
            after = BEGINNING;
        }
    }

    /// The last due time before `t`. `None` before the year 1970.
    #[must_use]
    pub fn previous_before(&self, t: Instant) -> Option<Instant> {
        let mut segment = self.zone.segment_at(t.seconds_up() - 1);
        let mut before = t.seconds_up() + segment.offset;
        let mut readings = Backward { calendar: self, searched: None };
        loop {
            let window = self.window(segment);
            let reading = readings.last_before(before.min(window.end));
            if let Some(reading) = reading.filter(|it| it.0 >= window.start) {
                return Some(instant(segment, reading));
            }
            segment = self.zone.segment_before(segment).filter(|it| it.end > FIRST_SECOND)?;
            before = END;
        }
    }

    /// What the clock of the zone has to do with the due time `at`, if it is moved near it.
    #[must_use]
    pub fn note(&self, at: Instant) -> Option<ClockNote> {
        let segment = self.zone.segment_at(at.seconds());
        let skipped = segment.start + segment.offset_before..segment.start + segment.offset;
        if self.cron.is_fixed() && at == Instant::from_seconds(segment.start) && !skipped.is_empty()
        {
            let reading = self.reading_after(Civil(skipped.start - 1));
            if let Some(reading) = reading.filter(|it| it.0 < skipped.end) {
                return Some(ClockNote::AfterGap { reading });
            }
        }
        match self.zone.reading(self.zone.civil(at)) {
            Reading::Twice { second, .. } if self.cron.is_fixed() => {
                Some(ClockNote::FirstOnly { second })
            }
            Reading::Twice { first, second } if at == first => {
                Some(ClockNote::FirstOfTwo { second })
            }
            Reading::Twice { first, .. } => Some(ClockNote::SecondOfTwo { first }),
            Reading::Once(_) | Reading::Never { .. } => None,
        }
    }

    /// The readings in `range` that the expression names, excepted days left out.
    pub fn readings(&self, range: Range<Civil>) -> impl Iterator<Item = Civil> {
        let first = self.reading_after(Civil(range.start.0.saturating_sub(1)));
        std::iter::successors(first, |it| self.reading_after(*it))
            .take_while(move |it| *it < range.end)
    }

    /// The first reading after `after`.
    pub(super) fn reading_after(&self, mut after: Civil) -> Option<Civil> {
        loop {
            let reading = self.cron.next_after(after)?;
            if !self.except.contains(&reading.date()) {
                return Some(reading);
            }
            after = reading.day_end();
        }
    }

    /// The last reading before `before`.
    fn reading_before(&self, mut before: Civil) -> Option<Civil> {
        loop {
            let reading = self.cron.previous_before(before)?;
            if !self.except.contains(&reading.date()) {
                return Some(reading);
            }
            before = reading.day_start();
        }
    }

    /// The readings that a segment is responsible for.
    fn window(&self, segment: Segment) -> Range<i64> {
        let offset_at_start =
            if self.cron.is_fixed() { segment.offset_before } else { segment.offset };
        segment.start + offset_at_start..segment.end + segment.offset
    }
}

/// No reading of the years that cron counts comes earlier, in any zone.
const FIRST_SECOND: i64 = -2 * 86_400;

/// None comes later: two days into the year 2101.
const LAST_SECOND: i64 = 4_133_980_800 + 2 * 86_400;

/// When a reading in a segment's window is due.
fn instant(segment: Segment, reading: Civil) -> Instant {
    Instant::from_seconds((reading.0 - segment.offset).max(segment.start))
}

/// Searches for readings forward, and not twice in the same stretch: a yearly schedule looks through many
/// segments for one reading.
struct Forward<'c> {
    calendar: &'c Calendar,
    /// From where the last search went, and what it found.
    searched: Option<(i64, Option<Civil>)>,
}

impl Forward<'_> {
    fn first_after(&mut self, after: i64) -> Option<Civil> {
        if let Some((from, found)) = self.searched
            && from <= after
            && found.is_none_or(|it| after < it.0)
        {
            return found;
        }
        let found = self.calendar.reading_after(Civil(after));
        self.searched = Some((after, found));
        found
    }
}

/// [`Forward`]'s counterpart.
struct Backward<'c> {
    calendar: &'c Calendar,
    searched: Option<(i64, Option<Civil>)>,
}

impl Backward<'_> {
    fn last_before(&mut self, before: i64) -> Option<Civil> {
        if let Some((from, found)) = self.searched
            && before <= from
            && found.is_none_or(|it| it.0 < before)
        {
            return found;
        }
        let found = self.calendar.reading_before(Civil(before));
        self.searched = Some((before, found));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(text: &str, zone: &str) -> Calendar {
        Calendar::new(Cron::parse(text).unwrap(), Zone::get(zone).unwrap())
    }

    fn utc(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> Instant {
        Instant::from_seconds(Date::new(year, month, day).unwrap().at(hour, minute).0)
    }

    /// `day hour:minute` in UTC of the due times of two days.
    fn due(calendar: &Calendar, (year, month, day): (i32, u32, u32)) -> Vec<String> {
        let from = utc(year, month, day, 0, 0);
        let until = Instant::from_seconds(from.seconds() + 2 * 86_400);
        let first = calendar.next_after(Instant(from.0 - 1));
        let all: Vec<_> = std::iter::successors(first, |it| calendar.next_after(*it))
            .take_while(|it| *it < until)
            .collect();
        let back = std::iter::successors(calendar.previous_before(until), |it| {
            calendar.previous_before(*it)
        });
        let mut back: Vec<_> = back.take_while(|it| *it >= from).collect();
        back.reverse();
        assert_eq!(all, back);
        all.iter().map(|it| it.to_string()[8..16].replace('T', " ")).collect()
    }

    #[test]
    fn a_fixed_time_in_the_gap_is_due_once_right_after_it() {
        let day = (2026, 3, 28);
        assert_eq!(due(&calendar("30 2 * * *", "Europe/Berlin"), day), ["28 01:30", "29 01:00"]);
        assert_eq!(
            due(&calendar("0,30 2,3 29 3 *", "Europe/Berlin"), day),
            ["29 01:00", "29 01:30"]
        );
    }

    #[test]
    fn a_fixed_time_that_occurs_twice_is_due_at_the_first() {
        let day = (2026, 10, 24);
        assert_eq!(due(&calendar("30 2 * * *", "Europe/Berlin"), day), ["24 00:30", "25 00:30"]);
        assert_eq!(
            due(&calendar("0,30 2,3 25 10 *", "Europe/Berlin"), day),
            ["25 00:00", "25 00:30", "25 02:00", "25 02:30"]
        );
    }

    #[test]
    fn other_schedules_keep_their_cadence() {
        let stars = calendar("*/30 1-3 29 3 *", "Europe/Berlin");
        assert_eq!(due(&stars, (2026, 3, 28)), ["29 00:00", "29 00:30", "29 01:00", "29 01:30"]);
        let stars = calendar("*/30 2 25 10 *", "Europe/Berlin");
        assert_eq!(due(&stars, (2026, 10, 24)), ["25 00:00", "25 00:30", "25 01:00", "25 01:30"]);
        let half_hour = calendar("15 */1 5 4 *", "Australia/Lord_Howe");
        assert_eq!(due(&half_hour, (2026, 4, 4))[..3], ["04 13:15", "04 14:15", "04 15:45"]);
    }

    #[test]
    fn a_day_that_the_clock_skips_is_made_up_for_at_its_end() {
        let samoa = calendar("0 9 30 12 *", "Pacific/Apia");
        assert_eq!(due(&samoa, (2011, 12, 29)), ["30 10:00"]);
        assert_eq!(
            samoa.note(utc(2011, 12, 30, 10, 0)),
            Some(ClockNote::AfterGap { reading: Date::new(2011, 12, 30).unwrap().at(9, 0) })
        );
    }

    #[test]
    fn excepted_days_are_days_of_the_zone() {
        let mut calendar = calendar("0 1,23 * * *", "Europe/Berlin");
        calendar.except.insert(Date::new(2026, 7, 2).unwrap());
        assert_eq!(due(&calendar, (2026, 7, 1)), ["01 21:00", "02 23:00"]);
    }

    #[test]
    fn between_seconds_nothing_is_lost() {
        let calendar = calendar("* * * * *", "UTC");
        let due = utc(2026, 1, 1, 0, 0);
        assert_eq!(calendar.next_after(Instant(due.0 - 1)), Some(due));
        assert_eq!(calendar.previous_before(Instant(due.0 + 1)), Some(due));
        assert_eq!(calendar.previous_before(due), Some(utc(2025, 12, 31, 23, 59)));
    }

    #[test]
    fn notes_say_what_the_clock_does() {
        let at = utc(2026, 10, 25, 0, 30);
        let again = utc(2026, 10, 25, 1, 30);
        let fixed = calendar("30 2 * * *", "Europe/Berlin");
        assert_eq!(fixed.note(at), Some(ClockNote::FirstOnly { second: again }));
        assert_eq!(fixed.note(utc(2026, 10, 26, 1, 30)), None);
        let hourly = calendar("30 * * * *", "Europe/Berlin");
        assert_eq!(hourly.note(at), Some(ClockNote::FirstOfTwo { second: again }));
        assert_eq!(hourly.note(again), Some(ClockNote::SecondOfTwo { first: at }));
    }

    #[test]
    fn the_ends_of_time_do_no_harm() {
        let calendar = calendar("0 0 1 1 *", "Europe/Berlin");
        assert_eq!(
            calendar.next_after(Instant(i64::MIN)).unwrap().to_string(),
            "1969-12-31T23:00:00Z"
        );
        assert_eq!(calendar.next_after(Instant(i64::MAX)), None);
        assert_eq!(calendar.previous_before(Instant(i64::MIN)), None);
        assert_eq!(
            calendar.previous_before(Instant(i64::MAX)).unwrap().to_string(),
            "2099-12-31T23:00:00Z"
        );
    }
}
