//! A clock that moves when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use crate::host::{self, BoxFuture};

/// Two hands that move together, except when somebody sets the wall clock or the machine is suspended.
#[derive(Clone)]
#[expect(clippy::struct_field_names, reason = "units stand in names")]
pub struct Clock {
    wall_us: Arc<AtomicI64>,
    monotonic_us: Arc<AtomicU64>,
    boot_us: Arc<AtomicU64>,
}

impl Clock {
    /// A clock that stands at this wall time.
    #[must_use]
    pub fn new(now_us: i64) -> Self {
        Self {
            wall_us: Arc::new(AtomicI64::new(now_us)),
            monotonic_us: Arc::default(),
            boot_us: Arc::default(),
        }
    }

    /// Time passes.
    pub fn advance(&self, duration: Duration) {
        let us = micros(duration);
        self.monotonic_us.fetch_add(us.unsigned_abs(), Ordering::SeqCst);
        self.boot_us.fetch_add(us.unsigned_abs(), Ordering::SeqCst);
        self.wall_us.fetch_add(us, Ordering::SeqCst);
    }

    /// Time passes until the wall clock stands at `now_us`; nothing happens if it is past that.
    pub fn advance_to(&self, now_us: i64) {
        let ahead = now_us.saturating_sub(self.wall_us.load(Ordering::SeqCst));
        self.advance(Duration::from_micros(u64::try_from(ahead).unwrap_or(0)));
    }

    /// The machine is suspended for so long: its monotonic clock stands still.
    pub fn suspend(&self, duration: Duration) {
        let us = micros(duration);
        self.boot_us.fetch_add(us.unsigned_abs(), Ordering::SeqCst);
        self.wall_us.fetch_add(us, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock.
    pub fn set(&self, now_us: i64) {
        self.wall_us.store(now_us, Ordering::SeqCst);
    }
}

impl host::Clock for Clock {
    fn now_us(&self) -> i64 {
        self.wall_us.load(Ordering::SeqCst)
    }

    fn monotonic_us(&self) -> u64 {
        self.monotonic_us.load(Ordering::SeqCst)
    }

    fn boot_us(&self) -> Option<u64> {
        Some(self.boot_us.load(Ordering::SeqCst))
    }

    /// Moves the clock when it is first polled: a timer that loses a race against an answer that is there moves nothing.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        Box::pin(async move { clock.advance(duration) })
    }

    fn block(&self, duration: Duration) {
        self.advance(duration);
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Clock as _;

    #[test]
    fn setting_the_wall_clock_leaves_elapsed_time_alone() {
        let clock = Clock::new(1_000);
        clock.advance(Duration::from_micros(5));
        clock.set(10);
        assert_eq!((clock.now_us(), clock.monotonic_us()), (10, 5));
        clock.advance_to(12);
        clock.advance_to(3);
        clock.suspend(Duration::from_micros(2));
        assert_eq!((clock.now_us(), clock.monotonic_us(), clock.boot_us()), (14, 7, Some(9)));
    }

    #[test]
    fn a_sleep_that_nobody_waits_for_takes_no_time() {
        let clock = Clock::new(0);
        drop(clock.sleep(Duration::from_secs(1)));
        assert_eq!(clock.now_us(), 0);
        futures_util::FutureExt::now_or_never(clock.sleep(Duration::from_secs(1))).unwrap();
        assert_eq!(clock.now_us(), 1_000_000);
    }
}
