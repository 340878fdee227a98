//! Which time to believe. A wall clock that is suddenly later, although the machine has not been up that long, is held as suspect: due
//! times go on by the time that it was before, so that a clock that is wrong for a moment makes nothing due. If it still says so after
//! [`HELD_FOR`], it is right, and what was due meanwhile was missed.
//!
//! A clock that is set back is not held: the dispatcher takes back what is to come once more.

use super::event::Note;
use crate::schedule::{Duration, Instant};

/// Clocks are corrected by less than this all the time.
const JUMP: Duration = Duration::MINUTE;

/// How long a suspect clock has to say the same, on the boot clock.
const HELD_FOR: Duration = Duration(10 * Duration::MINUTE.0);

/// Watches a wall clock beside the time since the machine was started, in which suspension counts.
#[derive(Debug)]
pub(super) struct ClockWatch {
    /// The last readings that were believed, of both clocks.
    wall: Instant,
    boot_us: u64,
    /// What the boot clock said when the wall clock became suspect.
    suspect_since_us: Option<u64>,
}

impl ClockWatch {
    /// Believes the first readings.
    pub(super) fn new(wall: Instant, boot_us: u64) -> Self {
        Self { wall, boot_us, suspect_since_us: None }
    }

    /// The time to go by, given what both clocks say; and what the log is to hear.
    pub(super) fn read(&mut self, wall: Instant, boot_us: u64) -> (Instant, Option<Note>) {
        let expected = self.expected(boot_us);
        if wall.since(expected) <= JUMP {
            let note = self.suspect_since_us.take().map(|_| Note::ClockRight { at: wall });
            (self.wall, self.boot_us) = (wall, boot_us);
            return (wall, note);
        }
        let is_new = self.suspect_since_us.is_none();
        let since_us = *self.suspect_since_us.get_or_insert(boot_us);
        if span(since_us, boot_us) >= HELD_FOR {
            *self = Self::new(wall, boot_us);
            return (wall, Some(Note::ClockObeyed { from: expected, to: wall }));
        }
        let note = Note::ClockSuspect { believed: expected, shows: wall, held_for: HELD_FOR };
        (expected, is_new.then_some(note))
    }

    /// The time to go by, without believing anything new.
    pub(super) fn peek(&self, wall: Instant, boot_us: u64) -> Instant {
        let expected = self.expected(boot_us);
        if wall.since(expected) <= JUMP { wall } else { expected }
    }

    /// What a wall clock says that nobody touched.
    fn expected(&self, boot_us: u64) -> Instant {
        self.wall.plus(span(self.boot_us, boot_us))
    }
}

fn span(from_us: u64, to_us: u64) -> Duration {
    Duration(i64::try_from(to_us.saturating_sub(from_us)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::simulation::{hours, instant, minutes};

    const START: &str = "2026-01-05T08:00:00Z";

    /// Reads the clocks so long after the start by the boot clock, the wall clock ahead by this much.
    fn read(watch: &mut ClockWatch, after: Duration, ahead: Duration) -> (Duration, Option<Note>) {
        let boot_us = after.0.unsigned_abs();
        let (believed, note) = watch.read(instant(START).plus(after).plus(ahead), boot_us);
        (believed.since(instant(START)), note)
    }

    fn watch() -> ClockWatch {
        ClockWatch::new(instant(START), 0)
    }

    #[test]
    fn time_that_passes_is_believed_suspension_included() {
        let mut watch = watch();
        assert_eq!(read(&mut watch, minutes(1), Duration::ZERO), (minutes(1), None));
        assert_eq!(
            read(&mut watch, hours(9), Duration::SECOND),
            (Duration(hours(9).0 + Duration::SECOND.0), None)
        );
        assert_eq!(read(&mut watch, hours(10), Duration::ZERO), (hours(10), None));
    }

    #[test]
    fn a_jump_is_held_and_forgotten_when_it_is_undone() {
        let mut watch = watch();
        let (believed, note) = read(&mut watch, minutes(1), hours(5));
        assert_eq!(believed, minutes(1));
        assert!(matches!(note, Some(Note::ClockSuspect { .. })));
        assert_eq!(read(&mut watch, minutes(3), hours(5)), (minutes(3), None), "said once");
        let (believed, note) = read(&mut watch, minutes(4), Duration::ZERO);
        assert_eq!((believed, matches!(note, Some(Note::ClockRight { .. }))), (minutes(4), true));
        assert_eq!(read(&mut watch, minutes(30), Duration::ZERO), (minutes(30), None));
    }

    #[test]
    fn a_jump_that_stays_is_obeyed() {
        let mut watch = watch();
        read(&mut watch, minutes(1), hours(5));
        assert_eq!(read(&mut watch, minutes(10), hours(5)).0, minutes(10));
        let (believed, note) = read(&mut watch, minutes(11), hours(5));
        assert_eq!(believed, minutes(311));
        assert!(matches!(note, Some(Note::ClockObeyed { .. })));
        assert_eq!(read(&mut watch, minutes(12), hours(5)), (minutes(312), None));
    }

    #[test]
    fn a_clock_that_is_set_back_is_believed_at_once() {
        let mut watch = watch();
        let back = Duration(-hours(3).0);
        assert_eq!(read(&mut watch, minutes(1), back), (minutes(-179), None));
    }
}
