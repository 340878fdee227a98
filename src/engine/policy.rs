//! The policies' arithmetic: plain functions of what headers say and of times.

use sha2::{Digest, Sha256};

use crate::check::headers::{History, Missed, MissedRuns, Overlap, Pause};
use crate::schedule::{Duration, Instant, Schedules};
use crate::store::TaskName;

/// Why a due time is skipped, or waits, while its task is paused.
pub const PAUSED: &str = "the task is paused";

/// Due times that are this recent count as being on time, whatever the engine was doing meanwhile.
pub(super) const ON_TIME: Duration = Duration::MINUTE;

/// How many due times are looked at after nothing served, if so many are kept.
const MISSED_ROWS: std::ops::RangeInclusive<u32> = 1_000..=10_000;

/// How long it is from the end of a failed attempt (counted from 1) to the next attempt.
///
/// What backs off doubles, and is up to a quarter longer or shorter than that, within its bounds: runs that failed together do not
/// come back together. By how much depends on the run alone, so that it is the same on every machine and in a simulation.
#[must_use]
pub fn pause_after(pause: Pause, task: &TaskName, due: Instant, attempt: u32) -> Duration {
    match pause {
        Pause::Every(time) => time,
        Pause::Backoff(first, longest) => {
            let doublings = attempt.saturating_sub(1).min(62);
            let doubled = first.times(1 << doublings).min(longest).0;
            let least = (doubled - doubled / 4).max(first.0);
            let most = doubled.saturating_add(doubled / 4).min(longest.0);
            let room = u64::try_from(most.saturating_sub(least)).unwrap_or(0).saturating_add(1);
            let more = number(task, due, attempt) % room;
            Duration(i64::try_from(more).map_or(doubled, |it| least.saturating_add(it)))
        }
    }
}

/// How much later than due a run starts: the same for the same task and due time, everywhere and always, and before the next
/// due time.
pub(super) fn jitter(
    task: &TaskName,
    due: Instant,
    most: Duration,
    next: impl FnOnce() -> Option<Instant>,
) -> Duration {
    if most <= Duration::ZERO {
        return Duration::ZERO;
    }
    let room = next().map_or(most, |next| most.min(Duration(next.since(due).0.saturating_sub(1))));
    let Some(room) = u64::try_from(room.0).ok().filter(|&room| room > 0) else {
        return Duration::ZERO;
    };
    Duration(i64::try_from(number(task, due, 0) % room).expect("smaller than a duration"))
}

/// A number that is any, but always the same for an attempt; 0 stands for the occurrence.
fn number(task: &TaskName, due: Instant, attempt: u32) -> u64 {
    let mut digest = Sha256::new().chain_update(task.as_str()).chain_update(due.0.to_le_bytes());
    if attempt > 0 {
        digest.update(attempt.to_le_bytes());
    }
    digest.finalize()[..8].iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// How many occurrences of a task may run or wait for their turn at once.
pub(super) fn places(overlap: Overlap) -> usize {
    match overlap {
        Overlap::Skip | Overlap::Replace => 1,
        Overlap::Queue(waiting) => waiting as usize + 1,
        Overlap::Allow(running) => running as usize,
    }
}

/// How many runs of a task there may be at once.
pub(super) fn runs_at_once(overlap: Overlap) -> usize {
    match overlap {
        Overlap::Skip | Overlap::Queue(_) | Overlap::Replace => 1,
        Overlap::Allow(running) => running as usize,
    }
}

/// The newest due times of `from..=until`, in order, as many as a history keeps.
pub(super) fn newest_due(
    schedules: &Schedules,
    from: Instant,
    until: Instant,
    history: History,
) -> Vec<Instant> {
    let (fewest, most) = MISSED_ROWS.into_inner();
    let rows = match history {
        History::Runs(runs) => runs.clamp(fewest, most),
        History::For(_) => most,
        History::Off => fewest,
    };
    let last = schedules.previous_at_or_before(until);
    let back = std::iter::successors(last, |due| schedules.previous_before(*due));
    let mut due: Vec<_> = back.take_while(|due| *due >= from).take(rows as usize).collect();
    due.reverse();
    due
}

/// Which of the missed due times (in order) get a run: places in the list.
pub(super) fn to_run(
    due: &[Instant],
    now: Instant,
    missed: Missed,
    schedules: &Schedules,
) -> std::ops::Range<usize> {
    let end = due.len();
    let Some(latest) = due.last() else {
        return end..end;
    };
    let most = match missed.runs {
        MissedRuns::None => return end..end,
        MissedRuns::Once => 1,
        MissedRuns::All(most) => most as usize,
    };
    let within = missed.within.unwrap_or_else(|| {
        schedules.period(*latest).map_or(Duration::DAY, |period| period.min(Duration::DAY))
    });
    let recent = due.partition_point(|due| now.since(*due) > within);
    recent.max(end.saturating_sub(most))..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Bounds, Cadence, Schedule};

    fn every(period: Duration) -> Schedules {
        Schedules(vec![Schedule::Every(Cadence::new(period, Bounds::default()).unwrap())])
    }

    fn hours(hours: i64) -> Instant {
        Instant::EPOCH.plus(Duration::HOUR.times(hours))
    }

    #[test]
    fn backoff_doubles_to_its_longest_and_never_overflows() {
        let pause = Pause::Backoff(Duration::SECOND.times(30), Duration::MINUTE.times(10));
        let after = |pause, hour, attempt| {
            pause_after(pause, &TaskName::new("late"), hours(hour), attempt).0
        };
        let seconds = |from: i64, to: i64| from * Duration::SECOND.0..=to * Duration::SECOND.0;
        let bounds = [(1, 30, 38), (2, 45, 75), (3, 90, 150), (5, 360, 600), (6, 450, 600)];
        for (attempt, from, to) in bounds.into_iter().chain([(70, 450, 600), (u32::MAX, 450, 600)])
        {
            for hour in 0..50 {
                let found = after(pause, hour, attempt);
                assert!(seconds(from, to).contains(&found), "{found} after attempt {attempt}");
            }
        }
        assert_eq!(after(pause, 7, 2), after(pause, 7, 2));
        assert!((0..9).any(|hour| after(pause, hour, 2) != after(pause, 7, 2)));
        assert_eq!(after(Pause::Every(Duration::MINUTE), 1, 9), Duration::MINUTE.0);
        let fixed = Pause::Backoff(Duration::MINUTE, Duration::MINUTE);
        assert_eq!(after(fixed, 1, 4), Duration::MINUTE.0);
        let endless = Pause::Backoff(Duration(i64::MAX / 2), Duration(i64::MAX));
        assert!(after(endless, 1, 2) >= i64::MAX / 2);
    }

    #[test]
    fn jitter_is_stable_spread_and_before_the_next_due_time() {
        let task = TaskName::new("late");
        let spread: Vec<_> =
            (0..100).map(|hour| jitter(&task, hours(hour), Duration::MINUTE, || None)).collect();
        assert!(spread.iter().all(|it| (Duration::ZERO..Duration::MINUTE).contains(it)));
        assert!(spread.iter().any(|it| *it > Duration::SECOND.times(30)));
        assert!(spread.iter().any(|it| *it < Duration::SECOND.times(30)));
        assert_eq!(spread[7], jitter(&task, hours(7), Duration::MINUTE, || None));
        assert_eq!(spread[7].0, 40_463_262, "the same on every machine and in every version");
        let next = Instant(hours(7).0 + 5);
        assert!(jitter(&task, hours(7), Duration::MINUTE, || Some(next)).0 < 5);
        assert_eq!(jitter(&task, hours(7), Duration::ZERO, || None), Duration::ZERO);
        assert_eq!(
            jitter(&task, hours(7), Duration::MINUTE, || Some(Instant(hours(7).0 + 1))),
            Duration::ZERO
        );
    }

    #[test]
    fn the_newest_due_times_are_as_many_as_the_history_keeps() {
        let hourly = every(Duration::HOUR);
        let newest = |from, until, history| newest_due(&hourly, from, until, history);
        assert_eq!(newest(hours(1), hours(3), History::Runs(9)), [hours(1), hours(2), hours(3)]);
        let long = |history| newest(hours(1), hours(20_000), history).len();
        assert_eq!(
            [long(History::Off), long(History::Runs(5_000)), long(History::Runs(50_000))],
            [1_000, 5_000, 10_000]
        );
        assert_eq!(newest(hours(1), hours(20_000), History::Off)[999], hours(20_000));
        assert_eq!(newest(Instant(hours(1).0 + 1), Instant(hours(2).0 - 1), History::Runs(9)), []);
        assert_eq!(newest_due(&Schedules::default(), hours(0), hours(9), History::Runs(9)), []);
    }

    #[test]
    fn missed_due_times_get_runs_as_the_policy_says() {
        let schedules = every(Duration::HOUR);
        let due: Vec<_> = (0..5).map(hours).collect();
        let now = Instant(hours(4).0 + Duration::MINUTE.0 * 30);
        let chosen = |runs, within| to_run(&due, now, Missed { runs, within }, &schedules);
        assert_eq!(chosen(MissedRuns::None, None), 5..5);
        assert_eq!(chosen(MissedRuns::Once, None), 4..5);
        assert_eq!(chosen(MissedRuns::Once, Some(Duration::MINUTE)), 5..5);
        assert_eq!(chosen(MissedRuns::All(3), Some(Duration::DAY)), 2..5);
        assert_eq!(chosen(MissedRuns::All(9), Some(Duration::HOUR.times(2))), 3..5);
        assert_eq!(chosen(MissedRuns::All(9), None), 4..5, "within the period");
        assert_eq!(
            to_run(&[], now, Missed { runs: MissedRuns::Once, within: None }, &schedules),
            0..0
        );
    }

    #[test]
    fn rare_tasks_are_made_up_for_within_a_day() {
        let weekly = every(Duration::DAY.times(7));
        let missed = Missed { runs: MissedRuns::Once, within: None };
        let due = [hours(0)];
        assert_eq!(to_run(&due, hours(24), missed, &weekly), 0..1);
        assert_eq!(to_run(&due, hours(25), missed, &weekly), 1..1);
        let only_once = Schedules(vec![Schedule::At(hours(0))]);
        assert_eq!(to_run(&due, hours(24), missed, &only_once), 0..1);
    }
}
