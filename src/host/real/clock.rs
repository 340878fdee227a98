//! The machine's clocks.

use std::fs::File;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::host::{self, BoxFuture};

/// Reads the operating system's clocks.
pub struct Clock {
    start: Instant,
    /// Linux says here how long it is up. It stays open: a server asks whenever something happens.
    uptime: Option<File>,
}

impl Clock {
    /// The clocks as they are now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now(), uptime: File::open("/proc/uptime").ok() }
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
        let mut bytes = [0; 64];
        let read = read_from_start(self.uptime.as_ref()?, &mut bytes).ok()?;
        let text = std::str::from_utf8(&bytes[..read]).ok()?;
        let (seconds, hundredths) = text.split_whitespace().next()?.split_once('.')?;
        let (seconds, hundredths): (u64, u64) = (seconds.parse().ok()?, hundredths.parse().ok()?);
        Some(seconds.saturating_mul(1_000_000) + hundredths.saturating_mul(10_000))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        // The timer is made when it is first polled, so that no runtime is needed before.
        Box::pin(async move { tokio::time::sleep(duration).await })
    }

    fn block(&self, duration: Duration) {
        /// How late the system may wake a thread (Linux: `PR_SET_TIMERSLACK`, 50 µs, and what waking takes). So much is waited out awake.
        const OVERSLEEPS: Duration = Duration::from_micros(100);
        let until = std::time::Instant::now() + duration;
        if let Some(asleep) = duration.checked_sub(OVERSLEEPS) {
            std::thread::sleep(asleep);
        }
        while std::time::Instant::now() < until {
            std::hint::spin_loop();
        }
    }
}

#[cfg(unix)]
fn read_from_start(file: &File, bytes: &mut [u8]) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, 0)
}

#[cfg(not(unix))]
fn read_from_start(_: &File, _: &mut [u8]) -> std::io::Result<usize> {
    Ok(0)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::host::Clock as _;

    #[test]
    fn the_boot_clock_is_read_again_and_again() {
        let clock = Clock::new();
        let readings = [(); 3].map(|()| clock.boot_us().expect("Linux says how long it is up"));
        assert!(readings.is_sorted() && readings[0] > 0, "{readings:?}");
    }
}
