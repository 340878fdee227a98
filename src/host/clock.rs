//! Time: the wall clock, which people may set, the monotonic one, which only goes forward, and the one that counts suspension, too.

use std::time::Duration;

use super::BoxFuture;

/// How late [`Clock::sleep`] may be: timers of a runtime count milliseconds, and round up twice.
pub const LATE: Duration = Duration::from_millis(2);

/// The two clocks of a machine.
///
/// Due times and everything that is shown or stored are wall time. Timeouts and measured durations use the monotonic
/// clock, so that a clock that is set while a run is running neither kills nor prolongs it.
pub trait Clock: Send + Sync {
    /// Wall time, in microseconds since 1970-01-01T00:00:00Z. May jump in either direction.
    fn now_us(&self) -> i64;

    /// Microseconds since some moment before the process's first call. Never goes back.
    fn monotonic_us(&self) -> u64;

    /// Microseconds since the machine was started, time in which it was suspended counted. Never goes back. Nothing where the machine
    /// does not say.
    fn boot_us(&self) -> Option<u64> {
        None
    }

    /// Completes when this much monotonic time has passed, or up to [`LATE`] after that.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Blocks the thread for so long, and hardly longer.
    fn block(&self, duration: Duration);
}
