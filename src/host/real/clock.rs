//! The machine's clocks.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::host::{self, BoxFuture};

/// Reads the operating system's clocks.
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// The clocks as they are now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl host::Clock for Clock {
    fn now_us(&self) -> i64 {
        let (magnitude, sign) = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => (since, 1),
            Err(error) => (error.duration(), -1),
        };
        i64::try_from(magnitude.as_micros()).unwrap_or(i64::MAX) * sign
    }

    fn monotonic_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Linux says so in hundredths of a second.
    fn boot_us(&self) -> Option<u64> {
        let text = std::fs::read_to_string("/proc/uptime").ok()?;
        let (seconds, hundredths) = text.split_whitespace().next()?.split_once('.')?;
        let (seconds, hundredths): (u64, u64) = (seconds.parse().ok()?, hundredths.parse().ok()?);
        Some(seconds.saturating_mul(1_000_000) + hundredths.saturating_mul(10_000))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        // The timer is made when it is first polled, so that no runtime is needed before.
        Box::pin(async move { tokio::time::sleep(duration).await })
    }
}
