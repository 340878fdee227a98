//! What headers say, as data.

use ecow::EcoString;

use crate::schedule::{Duration, Schedules};
use crate::source::Span;

/// What the headers of a task say; defaults where they say nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskHeaders {
    /// When it is due; never by itself, with none.
    pub schedules: Schedules,
    /// Where each schedule stands.
    pub schedule_spans: Vec<Span>,
    /// `description "…"`
    pub description: Option<EcoString>,
    /// `tags "a", "b"`
    pub tags: Vec<EcoString>,
    /// `active false`: known and checked, never triggered.
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
    /// How much later than due a run may start.
    pub jitter: Duration,
    /// What is kept of past runs.
    pub history: History,
    /// How much of a run's statements is recorded.
    pub trace: Trace,
    /// The source of tables and SQL that name none.
    pub source: EcoString,
    /// Targets that are computed at run time.
    pub allow: Vec<Allow>,
    /// How many bytes a run may hold.
    pub memory_bytes: u64,
    /// How many steps a run may take.
    pub steps: u64,
    /// Who goes first when workers are short.
    pub priority: Priority,
    /// A limit that several tasks share.
    pub concurrency: Option<Group>,
    /// Whether a run goes on after a crash where it stopped.
    pub durable: bool,
}

impl Default for TaskHeaders {
    fn default() -> Self {
        Self {
            schedules: Schedules::default(),
            schedule_spans: Vec::new(),
            description: None,
            tags: Vec::new(),
            active: true,
            overlap: Overlap::Skip,
            missed: Missed { runs: MissedRuns::Once, within: None },
            expire: None,
            timeout: Duration::HOUR,
            retry: Retry { times: 0, pause: Pause::Every(Duration::ZERO) },
            jitter: Duration::ZERO,
            history: History::Runs(1000),
            trace: Trace::Statements(100),
            source: "main".into(),
            allow: Vec::new(),
            memory_bytes: 256 << 20,
            steps: 10_000_000_000,
            priority: Priority::Normal,
            concurrency: None,
            durable: true,
        }
    }
}

/// `overlap`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// The due time is recorded as skipped.
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
    /// Which due times get a run.
    pub runs: MissedRuns,
    /// Only those that were due so recently; the smaller of the period and 24 hours where nothing is said.
    pub within: Option<Duration>,
}

/// Which missed due times get a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissedRuns {
    /// None.
    None,
    /// The latest, for all of them.
    Once,
    /// Each, at most so many, the newest.
    All(u32),
}

/// `retry`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How many attempts may follow the first.
    pub times: u32,
    /// How long it is to the next.
    pub pause: Pause,
}

/// The time between two attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Always the same.
    Every(Duration),
    /// Twice as long each time, from the first to at most the second.
    Backoff(Duration, Duration),
}

/// `history`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// So many runs.
    Runs(u32),
    /// What was due so recently.
    For(Duration),
    /// Nothing that has ended.
    Off,
}

/// `trace`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// None.
    Off,
    /// The last so many.
    Statements(u32),
    /// All.
    All,
}

/// `allow`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// `http`, `files` or `mail`.
    pub module: EcoString,
    /// What is allowed, `*` for anything.
    pub pattern: EcoString,
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
    /// The name that tasks share.
    pub name: EcoString,
    /// How many runs of the group there may be at once.
    pub limit: u32,
}
