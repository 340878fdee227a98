//! A clock that moves when it is told to, and on which any number of calls wait meanwhile.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::host;
use crate::host::BoxFuture;
use crate::schedule::Instant;

/// Two hands: one on the wall, which may be set, and one that counts what has passed.
#[derive(Clone)]
pub(super) struct Clock(Arc<Mutex<Hands>>);

struct Hands {
    wall_us: i64,
    elapsed_us: u64,
    /// Who waits, by when they wake; the second number tells them apart.
    sleepers: BTreeMap<(u64, u64), Waker>,
    last_sleeper: u64,
}

impl Clock {
    pub(super) fn new(now: Instant) -> Self {
        let (elapsed_us, sleepers, last_sleeper) = (0, BTreeMap::new(), 0);
        Self(Arc::new(Mutex::new(Hands { wall_us: now.0, elapsed_us, sleepers, last_sleeper })))
    }

    /// A machine that is killed while it looks at the clock has not moved it.
    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Time passes, up to here on the wall.
    pub(super) fn advance_to(&self, now: Instant) {
        let mut hands = self.hands();
        let passed_us = now.0.saturating_sub(hands.wall_us).max(0);
        hands.wall_us += passed_us;
        hands.elapsed_us += passed_us.unsigned_abs();
        let after_us = hands.elapsed_us.saturating_add(1);
        let behind = hands.sleepers.split_off(&(after_us, 0));
        let woken = std::mem::replace(&mut hands.sleepers, behind);
        drop(hands);
        woken.into_values().for_each(Waker::wake);
    }

    /// Somebody sets it. Nothing wakes earlier or later for that.
    pub(super) fn set(&self, now: Instant) {
        self.hands().wall_us = now.0;
    }

    /// When the next sleeper wakes.
    pub(super) fn next_wake(&self) -> Option<Instant> {
        let hands = self.hands();
        let ((at_us, _), _) = hands.sleepers.first_key_value()?;
        let left_us = i64::try_from(at_us.saturating_sub(hands.elapsed_us)).unwrap_or(i64::MAX);
        Some(Instant(hands.wall_us.saturating_add(left_us)))
    }
}

impl host::Clock for Clock {
    fn now_us(&self) -> i64 {
        self.hands().wall_us
    }

    fn monotonic_us(&self) -> u64 {
        self.hands().elapsed_us
    }

    fn boot_us(&self) -> Option<u64> {
        Some(self.monotonic_us())
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut hands = self.hands();
        hands.last_sleeper += 1;
        let us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let key = (hands.elapsed_us.saturating_add(us), hands.last_sleeper);
        drop(hands);
        Box::pin(Sleep { clock: self.clone(), key })
    }

    fn block(&self, duration: Duration) {
        let us = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        self.advance_to(Instant(self.now_us().saturating_add(us)));
    }
}

/// Waits until the clock is so far. Whoever drops it waits no longer.
struct Sleep {
    clock: Clock,
    key: (u64, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut hands = self.clock.hands();
        if hands.elapsed_us >= self.key.0 {
            return Poll::Ready(());
        }
        hands.sleepers.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.hands().sleepers.remove(&self.key);
    }
}
