//! When a task is due: its schedules, and all of them together.

use super::calendar::{Calendar, ClockNote};
use super::time::{Duration, Instant};
use super::zone::Zone;

/// One `schedule` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// `schedule "0 7 * * *" in "Europe/Berlin" …`
    Cron {
        /// The expression, its zone and its exceptions.
        calendar: Box<Calendar>,
        /// What `from` and `until` say.
        bounds: Bounds,
    },
    /// `schedule every 90m …`
    Every(Cadence),
    /// `schedule at @2026-03-29T02:30:00Z`
    At(Instant),
}

/// The stretch of time in which a schedule holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The first instant in it.
    pub from: Option<Instant>,
    /// The first instant past it.
    pub until: Option<Instant>,
}

/// The same time over and over: `from`, or the epoch, and every whole number of periods after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    // INVARIANT: more than zero.
    period: Duration,
    bounds: Bounds,
}

impl Schedule {
    /// The first due time after `t`.
    #[must_use]
    pub fn next_after(&self, t: Instant) -> Option<Instant> {
        match self {
            Self::Cron { calendar, bounds } => {
                let at = calendar.next_after(bounds.no_earlier(t))?;
                bounds.until.is_none_or(|until| at < until).then_some(at)
            }
            Self::Every(cadence) => cadence.next_after(t),
            Self::At(at) => (*at > t).then_some(*at),
        }
    }

    /// The last due time before `t`.
    #[must_use]
    pub fn previous_before(&self, t: Instant) -> Option<Instant> {
        match self {
            Self::Cron { calendar, bounds } => {
                let at = calendar.previous_before(bounds.until.map_or(t, |until| until.min(t)))?;
                bounds.from.is_none_or(|from| at >= from).then_some(at)
            }
            Self::Every(cadence) => cadence.previous_before(t),
            Self::At(at) => (*at < t).then_some(*at),
        }
    }

    /// Whether it is ever due: bounds and exceptions may leave nothing.
    #[must_use]
    pub fn is_ever_due(&self) -> bool {
        matches!(self, Self::At(_)) || self.next_after(Instant(i64::MIN)).is_some()
    }

    /// The zone whose clock it goes by; nothing where no clock has a say.
    #[must_use]
    pub fn zone(&self) -> Option<&Zone> {
        match self {
            Self::Cron { calendar, .. } => Some(&calendar.zone),
            Self::Every(_) | Self::At(_) => None,
        }
    }

    /// What the clock of its zone has to do with the due time `at`.
    #[must_use]
    pub fn note(&self, at: Instant) -> Option<ClockNote> {
        match self {
            Self::Cron { calendar, .. } => calendar.note(at),
            Self::Every(_) | Self::At(_) => None,
        }
    }

    fn is_due(&self, at: Instant) -> bool {
        self.next_after(Instant(at.0.saturating_sub(1))) == Some(at)
    }
}

impl Bounds {
    /// The latest instant that is not before `t` and has nothing of the stretch before it.
    fn no_earlier(self, t: Instant) -> Instant {
        self.from.map_or(t, |from| t.max(Instant(from.0.saturating_sub(1))))
    }
}

impl Cadence {
    /// A cadence, if the period is longer than nothing.
    #[must_use]
    pub fn new(period: Duration, bounds: Bounds) -> Option<Self> {
        (period > Duration::ZERO).then_some(Self { period, bounds })
    }

    /// How long it is from one due time to the next.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.period
    }

    /// What `from` and `until` say.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The first due time, from which the others are counted.
    #[must_use]
    pub fn start(&self) -> Instant {
        self.bounds.from.unwrap_or(Instant::EPOCH)
    }

    fn next_after(&self, t: Instant) -> Option<Instant> {
        let start = self.start();
        let at = if t < start {
            start
        } else {
            let periods = (i128::from(t.0) - i128::from(start.0)) / i128::from(self.period.0) + 1;
            self.nth(periods)?
        };
        self.bounds.until.is_none_or(|until| at < until).then_some(at)
    }

    fn previous_before(&self, t: Instant) -> Option<Instant> {
        let t = self.bounds.until.map_or(t, |until| until.min(t));
        let elapsed = i128::from(t.0) - 1 - i128::from(self.start().0);
        if elapsed < 0 {
            return None;
        }
        self.nth(elapsed / i128::from(self.period.0))
    }

    /// `None` where no instant is so late.
    fn nth(&self, periods: i128) -> Option<Instant> {
        let at = i128::from(self.start().0) + periods * i128::from(self.period.0);
        i64::try_from(at).ok().map(Instant)
    }
}

/// All schedules of a task. Due times that coincide are one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedules(pub Vec<Schedule>);

/// By how much clocks are set forward at once, date lines apart.
const CLOCK_MOVES_MAX: Duration = Duration::HOUR.times(2);

impl Schedules {
    /// The first due time after `t`.
    #[must_use]
    pub fn next_after(&self, t: Instant) -> Option<Instant> {
        self.0.iter().filter_map(|it| it.next_after(t)).min()
    }

    /// The last due time before `t`.
    #[must_use]
    pub fn previous_before(&self, t: Instant) -> Option<Instant> {
        self.0.iter().filter_map(|it| it.previous_before(t)).max()
    }

    /// The last due time that is not after `t`.
    #[must_use]
    pub fn previous_at_or_before(&self, t: Instant) -> Option<Instant> {
        self.previous_before(Instant(t.0.saturating_add(1)))
    }

    /// The due times from `from` (taken in) to `until` (left out), in order, found one by one.
    pub fn between(&self, from: Instant, until: Instant) -> impl Iterator<Item = Instant> {
        let first = self.next_after(Instant(from.0.saturating_sub(1)));
        std::iter::successors(first, |it| self.next_after(*it)).take_while(move |it| *it < until)
    }

    /// The smallest time from one due time to the next: among a thousand of them, from the last that is not
    /// after `around` on. `None` where fewer than two are left.
    #[must_use]
    pub fn period(&self, around: Instant) -> Option<Duration> {
        const REPRESENTATIVE: usize = 1_000;
        let first = self.previous_at_or_before(around).or_else(|| self.next_after(around))?;
        let due =
            std::iter::successors(Some(first), |it| self.next_after(*it)).take(REPRESENTATIVE);
        let mut earlier = first;
        let gaps = due.skip(1).map(|later| later.since(std::mem::replace(&mut earlier, later)));
        gaps.min()
    }

    /// A time that [`Schedules::period`] is not below, found without looking for due times.
    #[must_use]
    pub fn period_at_least(&self) -> Duration {
        match self.0.as_slice() {
            [Schedule::Cron { calendar, .. }] => {
                // A clock that is set forward brings two readings closer.
                let moved = if calendar.cron.is_fixed() { CLOCK_MOVES_MAX } else { Duration(0) };
                Duration((calendar.cron.gap_min().0 - moved.0).max(0))
            }
            [Schedule::Every(cadence)] => cadence.period(),
            _ => Duration(0),
        }
    }

    /// How far apart two due times are at least, at once: a coarser bound than [`Schedules::period_at_least`].
    #[must_use]
    pub fn apart_at_least(&self) -> Duration {
        match self.0.as_slice() {
            // Readings are whole minutes, and clocks differ from universal time by whole seconds.
            [Schedule::Cron { .. }] => Duration::SECOND,
            [Schedule::Every(cadence)] => cadence.period(),
            [Schedule::At(_)] => Duration(i64::MAX),
            _ => Duration(0),
        }
    }

    /// The zone of the first schedule that has one, in which a task's times are shown; UTC where none has.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.0.iter().find_map(Schedule::zone).cloned().unwrap_or_else(Zone::utc)
    }

    /// What the clock has to do with the due time `at`: the note of the first schedule that is due then and has
    /// one.
    #[must_use]
    pub fn note(&self, at: Instant) -> Option<ClockNote> {
        self.0.iter().filter(|it| it.is_due(at)).find_map(|it| it.note(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Cron, Date, Zone};

    #[test]
    fn the_period_is_not_below_its_bound() {
        let now = Instant(0);
        for text in [
            "0 7 * * *",
            "0,5 7 * * *",
            "*/20 * * * *",
            "59 23 * * *",
            "0 0,23 * * 1",
            "30 2 1 * *",
        ] {
            let schedules = Schedules(vec![cron(text, "Europe/Berlin")]);
            let bound = schedules.period_at_least();
            let period = schedules.period(now).unwrap();
            assert!(period >= bound.max(schedules.apart_at_least()), "{text}: {bound}");
        }
        // Skipped times are made up for where the clock was moved, by a time that was not whole minutes.
        for zone in ["Africa/Monrovia", "Asia/Kolkata", "Europe/Dublin"] {
            for text in ["* * * * *", "44,45 0-3 * * *"] {
                let schedules = Schedules(vec![cron(text, zone)]);
                let moved = Date::new(1972, 1, 6).unwrap().at(22, 0).0;
                let apart = schedules.period(Instant::from_seconds(moved)).unwrap();
                assert!(apart >= schedules.apart_at_least(), "{text} in {zone}: {apart}");
            }
        }
        let daily = Schedules(vec![cron("0 7 * * *", "Europe/Berlin")]);
        assert_eq!(daily.period_at_least(), Duration::HOUR.times(22));
    }

    fn cron(text: &str, zone: &str) -> Schedule {
        let calendar = Calendar::new(Cron::parse(text).unwrap(), Zone::get(zone).unwrap());
        Schedule::Cron { calendar: Box::new(calendar), bounds: Bounds::default() }
    }

    fn every(period: i64, bounds: Bounds) -> Schedule {
        Schedule::Every(Cadence::new(Duration(period), bounds).unwrap())
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_seconds(seconds)
    }

    #[test]
    fn a_cadence_counts_from_its_start() {
        let bounds = Bounds { from: Some(Instant(100)), until: Some(Instant(131)) };
        let schedule = every(10, bounds);
        assert_eq!(schedule.next_after(Instant(0)), Some(Instant(100)));
        assert_eq!(schedule.next_after(Instant(100)), Some(Instant(110)));
        assert_eq!(schedule.next_after(Instant(129)), Some(Instant(130)));
        assert_eq!(schedule.next_after(Instant(130)), None);
        assert_eq!(schedule.previous_before(Instant(i64::MAX)), Some(Instant(130)));
        assert_eq!(schedule.previous_before(Instant(110)), Some(Instant(100)));
        assert_eq!(schedule.previous_before(Instant(100)), None);
        assert_eq!(every(10, Bounds::default()).next_after(Instant(-7)), Some(Instant(0)));
        assert_eq!(Cadence::new(Duration(0), bounds), None);
    }

    #[test]
    fn a_cadence_ends_with_the_number_range() {
        let schedule = every(i64::MAX, Bounds::default());
        assert_eq!(schedule.next_after(Instant(0)), Some(Instant(i64::MAX)));
        assert_eq!(schedule.next_after(Instant(i64::MAX)), None);
        let early = Bounds { from: Some(Instant(i64::MIN)), until: None };
        assert_eq!(every(1, early).previous_before(Instant(i64::MAX)), Some(Instant(i64::MAX - 1)));
        assert_eq!(every(1, early).previous_before(Instant(i64::MIN)), None);
    }

    #[test]
    fn bounds_take_their_start_in_and_leave_their_end_out() {
        let Schedule::Cron { calendar, .. } = cron("0 * * * *", "UTC") else {
            unreachable!("made as one")
        };
        let bounds = Bounds { from: Some(at(3_600)), until: Some(at(10_800)) };
        let schedule = Schedules(vec![Schedule::Cron { calendar, bounds }]);
        let all: Vec<_> = schedule.between(Instant(i64::MIN), Instant(i64::MAX)).collect();
        assert_eq!(all, [at(3_600), at(7_200)]);
        assert_eq!(schedule.previous_at_or_before(at(99_999)), Some(at(7_200)));
        assert_eq!(schedule.previous_before(at(3_600)), None);
    }

    #[test]
    fn due_times_that_coincide_are_one() {
        let both = Schedules(vec![
            cron("0 */2 * * *", "UTC"),
            cron("0 */3 * * *", "UTC"),
            Schedule::At(at(7_200)),
        ]);
        let hours: Vec<_> =
            both.between(at(0), at(43_200)).map(|it| it.seconds() / 3_600).collect();
        assert_eq!(hours, [0, 2, 3, 4, 6, 8, 9, 10]);
    }

    #[test]
    fn once_is_once() {
        let once = Schedule::At(Instant(5));
        assert_eq!(
            (once.next_after(Instant(4)), once.next_after(Instant(5))),
            (Some(Instant(5)), None)
        );
        assert_eq!(
            (once.previous_before(Instant(6)), once.previous_before(Instant(5))),
            (Some(Instant(5)), None)
        );
    }

    #[test]
    fn the_period_is_the_smallest_gap() {
        let period = |schedules: Vec<Schedule>| Schedules(schedules).period(at(1_767_225_600));
        assert_eq!(period(vec![cron("*/45 * * * *", "UTC")]), Some(Duration::MINUTE.times(15)));
        assert_eq!(period(vec![cron("0 0 29 2 *", "UTC")]), Some(Duration::DAY.times(1_461)));
        assert_eq!(
            period(vec![cron("0 0 * * *", "UTC"), cron("50 23 31 12 *", "UTC")]),
            Some(Duration::MINUTE.times(10))
        );
        assert_eq!(period(vec![every(1_000_000, Bounds::default())]), Some(Duration::SECOND));
        assert_eq!(period(vec![Schedule::At(at(0))]), None);
        assert_eq!(period(vec![]), None);
    }

    #[test]
    fn exceptions_and_bounds_may_leave_nothing() {
        let Schedule::Cron { calendar, .. } = cron("0 0 1 1 *", "UTC") else {
            unreachable!("made as one")
        };
        let of_2027 =
            Bounds { from: Some(at(1_798_761_600)), until: Some(at(1_798_761_600 + 86_400)) };
        let mut schedule = Schedule::Cron { calendar, bounds: of_2027 };
        assert!(schedule.is_ever_due());
        if let Schedule::Cron { calendar, .. } = &mut schedule {
            calendar.except.insert(crate::schedule::Date::new(2027, 1, 1).unwrap());
        }
        assert!(!schedule.is_ever_due());
    }
}
