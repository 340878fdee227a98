//! What a task's headers ask of the engine, as plain data.

use crate::schedule::{Duration, Schedules};

/// When a task runs, and what holds for its runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What the lists show of it.
    pub description: Option<String>,
    /// `tags`
    pub tags: Vec<String>,
    /// When it is due; never, with none.
    pub schedules: Schedules,
    /// `active false` is never triggered, but can be run by hand.
    pub active: bool,
    /// What happens to a due time while a run is running.
    pub overlap: Overlap,
    /// What happens to due times at which nothing served.
    pub missed: Missed,
    /// How long a due time may wait for its start.
    pub expire: Option<Duration>,
    /// How long an attempt may take.
    pub timeout: Duration,
    /// What follows a failure.
    pub retry: Retry,
    /// How much later than due a run may start, to spread the load.
    pub jitter: Duration,
    /// What is kept of past runs.
    pub history: History,
    /// Who goes first when workers are short.
    pub priority: Priority,
    /// A limit that several tasks share.
    pub group: Option<Group>,
    /// How many bytes a run may hold.
    pub memory_bytes: u64,
    /// How many steps a run may take.
    pub steps: u64,
    /// Whether a run goes on after a crash where it stopped; otherwise it starts over.
    pub durable: bool,
}

impl Default for Plan {
    /// What holds without headers.
    fn default() -> Self {
        Self {
            description: None,
            tags: Vec::new(),
            schedules: Schedules::default(),
            active: true,
            overlap: Overlap::Skip,
            missed: Missed { runs: MissedRuns::Once, within: None },
            expire: None,
            timeout: Duration::HOUR,
            retry: Retry { times: 0, pause: Pause::Every(Duration::ZERO) },
            jitter: Duration::ZERO,
            history: History::Runs(1000),
            priority: Priority::Normal,
            group: None,
            memory_bytes: 256 << 20,
            steps: 10_000_000_000,
            durable: true,
        }
    }
}

/// `overlap`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// It is recorded as skipped.
    Skip,
    /// Up to so many wait for their turn.
    Queue(u32),
    /// The old run is cancelled, then the new one starts.
    Replace,
    /// Up to so many run at once.
    Allow(u32),
}

/// `missed`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Which of them get a run.
    pub runs: MissedRuns,
    /// Only those that were due so recently; the smaller of the period and 24 hours if absent.
    pub within: Option<Duration>,
}

/// Which missed due times get a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissedRuns {
    /// None.
    None,
    /// The latest, which stands for all.
    Once,
    /// Each, but at most so many, the newest.
    All(u32),
}

/// `retry`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How many further attempts there are.
    pub times: u32,
    /// How long it is to the next.
    pub pause: Pause,
}

/// The time between two attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Always the same.
    Every(Duration),
    /// Twice as long each time.
    Backoff {
        /// After the first attempt.
        first: Duration,
        /// It grows to this.
        longest: Duration,
    },
}

/// `history`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// So many runs, and as many due times without one.
    Runs(u32),
    /// What was due so recently.
    For(Duration),
    /// Nothing that has ended.
    Off,
}

/// `priority`, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Before all others.
    High,
    /// As it comes.
    Normal,
    /// When nobody else waits.
    Low,
}

/// `concurrency`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name, which tasks share.
    pub name: String,
    /// How many runs of the group there may be at once.
    pub limit: u32,
}
