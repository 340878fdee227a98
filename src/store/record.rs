//! The rows, as plain data.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::words::{Decision, EndState, Level, Presence, RunState, Settlement, Trigger};
use crate::schedule::{Duration, Instant};

/// A task, by its file's stem.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskName(Arc<str>);

impl TaskName {
    /// A task of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TaskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A run, by its number; later runs have greater ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub u64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a program is known by: the SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0[..4]))
    }
}

/// One change; see [`super::Store::apply`].
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// Everything that was due up to here, in every registered task, has its row.
    Heartbeat {
        /// Until when the server served.
        at: Instant,
    },
    /// Registers a task, or changes what is known of it. Pauses and the last success stay.
    Task {
        /// Its name.
        task: TaskName,
        /// The program that it runs from now on.
        program: Hash,
        /// When it is due from now on, written out by whoever reads it again.
        timetable: Arc<[u8]>,
        /// Everything that was due up to here has its row.
        served_until: Instant,
    },
    /// A task is no longer served; its history stays. [`Write::Task`] brings it back.
    Leave {
        /// The task.
        task: TaskName,
        /// Why; never serving.
        presence: Presence,
        /// Everything that was due up to here has its row.
        served_until: Instant,
    },
    /// Stores a program, unless it is there.
    Program {
        /// What it is known by.
        hash: Hash,
        /// Its bytes.
        bytes: Arc<[u8]>,
    },
    /// A due time has its row. A second one for the same task and due time is a conflict.
    Occurrence(Occurrence),
    /// Somebody wants a due time that has passed to run again, or for the first time: it is queued, whatever became of it. One that
    /// is queued stays as it is.
    Reopen(Occurrence),
    /// A queued occurrence gets its decision.
    Decide(Decided),
    /// A run begins with its first attempt.
    RunStarts(NewRun),
    /// A further attempt begins.
    AttemptStarts {
        /// The run.
        run: RunId,
        /// The number of the attempt, from 2.
        attempt: u32,
        /// When.
        at: Instant,
    },
    /// The running attempt ends.
    AttemptEnds {
        /// The run.
        run: RunId,
        /// How it ended.
        outcome: Outcome,
        /// What comes then.
        then: Then,
        /// When.
        at: Instant,
    },
    /// A running run learned something that its replay needs.
    Journal {
        /// The run.
        run: RunId,
        /// What it learned, with places behind all that it has.
        entries: Vec<Entry>,
    },
    /// Calls will be made again: what the journal has of them is forgotten.
    Forget {
        /// The run.
        run: RunId,
        /// Which calls.
        what: Forget,
    },
    /// A running run sleeps. Its attempt goes on later.
    Sleeps {
        /// The run.
        run: RunId,
        /// Until when.
        until: Instant,
        /// How much of the attempt's timeout was used up.
        used: Duration,
        /// The state of its machine, if it can be written down.
        snapshot: Option<Arc<[u8]>>,
    },
    /// A running run cannot go on before a person settles it.
    Stalls {
        /// The run.
        run: RunId,
        /// Why.
        stall: Stall,
    },
    /// A person settled a call that is in doubt.
    Settles {
        /// The run.
        run: RunId,
        /// The call.
        call: String,
        /// How.
        settlement: Settlement,
    },
    /// A run that slept, or was settled, runs again.
    Resumes {
        /// The run.
        run: RunId,
    },
    /// A run that waits, sleeps or has stalled ends.
    RunEnds {
        /// The run.
        run: RunId,
        /// How.
        outcome: Outcome,
        /// When.
        at: Instant,
    },
    /// A task succeeded: what its run left takes the place of what the one before left.
    Success {
        /// The task.
        task: TaskName,
        /// When the run was due.
        due: Instant,
        /// Its kept variables.
        kept: Vec<Kept>,
    },
    /// Lines that a run wrote, in order.
    Lines {
        /// The run.
        run: RunId,
        /// The lines.
        lines: Vec<Line>,
    },
    /// What a run did, in order. Only its last steps are kept.
    Steps {
        /// The run.
        run: RunId,
        /// The steps.
        steps: Vec<Step>,
        /// How many are kept.
        keep: u32,
    },
    /// A task is paused or resumed.
    Pause {
        /// The task.
        task: TaskName,
        /// Whether it is paused from now on.
        paused: bool,
    },
    /// The clock was set back: takes back the decisions without a run on due times that are still to come.
    Unmiss {
        /// The task.
        task: TaskName,
        /// The time that it is now.
        after: Instant,
    },
    /// Forgets the oldest occurrences that have ended, with their runs and lines.
    Trim {
        /// The task.
        task: TaskName,
        /// How many with a run, and how many without one, are kept.
        keep: u32,
        /// Those that were due before are forgotten in any case.
        before: Option<Instant>,
    },
}

/// A due time and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The task.
    pub task: TaskName,
    /// When it was due: its identity, together with the task.
    pub due: Instant,
    /// Why there is an occurrence.
    pub trigger: Trigger,
    /// What became of it.
    pub decision: Decision,
    /// Why, as a phrase.
    pub reason: Option<String>,
    /// Its run, if there is one.
    pub run: Option<RunId>,
    /// While it is queued: it does not start before.
    pub not_before: Instant,
    /// How many due times it stands for beside its own.
    pub missed: u32,
    /// When the decision was taken.
    pub decided: Instant,
}

/// What becomes of a queued occurrence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The task.
    pub task: TaskName,
    /// When it was due.
    pub due: Instant,
    /// What became of it; never queued.
    pub decision: Decision,
    /// Why.
    pub reason: Option<String>,
    /// Its run.
    pub run: Option<RunId>,
    /// When it was decided.
    pub at: Instant,
}

/// A run that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// Its number.
    pub id: RunId,
    /// The task.
    pub task: TaskName,
    /// When it was due.
    pub due: Instant,
    /// Why there is a run.
    pub trigger: Trigger,
    /// How many due times it stands for beside its own.
    pub missed: u32,
    /// What it runs, to the end.
    pub program: Hash,
    /// What holds for it to the end, written out by whoever reads it again.
    pub terms: Arc<[u8]>,
    /// When it begins.
    pub started: Instant,
}

/// What a run's journal says of one call. The latest entry of a call counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the journal.
    pub n: u64,
    /// What the call is called within its run.
    pub call: String,
    /// The attempt that made it.
    pub attempt: u32,
    /// What the program did to come to the call, in short: a replay must do the same.
    pub mark: Vec<u8>,
    /// What is known.
    pub noted: Noted,
}

/// What is known of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// What the run was given to begin with.
    Began(Vec<u8>),
    /// It is about to be made.
    Intends,
    /// What it gave.
    Gave(Vec<u8>),
    /// It waits for a time.
    Sleeps(Instant),
    /// The body of the run has failed for good; `on failure` follows.
    Failed(Vec<u8>),
    /// What a person said of it.
    Settled(Settlement),
}

/// Which calls of a run are forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forget {
    /// All of them.
    All,
    /// Those from a place on whose names begin so.
    From {
        /// The place.
        n: u64,
        /// The beginning of their names.
        prefix: String,
    },
}

/// Why a run cannot go on by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stall {
    /// In doubt or held.
    pub state: RunState,
    /// The call, if it is one.
    pub call: Option<String>,
    /// What people are told.
    pub error: RunError,
}

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// The task.
    pub task: TaskName,
    /// When it was due.
    pub due: Instant,
    /// Why there is a run.
    pub trigger: Trigger,
    /// How it is with it.
    pub state: RunState,
    /// The number of the last attempt, from 1.
    pub attempt: u32,
    /// How many due times it stands for beside its own.
    pub missed: u32,
    /// What it runs.
    pub program: Hash,
    /// What holds for it to the end.
    pub terms: Arc<[u8]>,
    /// When the first attempt began.
    pub started: Instant,
    /// When the last attempt ended, if no more follow.
    pub ended: Option<Instant>,
    /// When the next attempt begins, or it wakes, while it waits for that.
    pub next_attempt: Option<Instant>,
    /// How much of the attempt's timeout was used up when it last slept.
    pub used: Duration,
    /// The call that is in doubt.
    pub doubt: Option<String>,
    /// The error of the last attempt.
    pub error: Option<RunError>,
}

/// One attempt of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Its number, from 1.
    pub attempt: u32,
    /// When it began.
    pub started: Instant,
    /// When it ended.
    pub ended: Option<Instant>,
    /// How it ended.
    pub end: Option<EndState>,
    /// Why it failed.
    pub error: Option<RunError>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The word for it.
    pub end: EndState,
    /// The error; there is one unless it succeeded.
    pub error: Option<RunError>,
}

/// What follows an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The run has ended.
    Ends,
    /// Another attempt, at this time.
    RetriesAt(Instant),
}

/// What went wrong in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunError {
    /// The code: `http-status`.
    pub code: String,
    /// The message.
    pub message: String,
    /// What the `fail` carried, as JSON.
    pub data: Option<String>,
    /// Where: `late.task:12:3`.
    pub at: Option<String>,
}

/// A line that a run wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Instant,
    /// What kind of line.
    pub level: Level,
    /// The text, which may have several lines itself.
    pub text: String,
    /// The fields of a log line, as a JSON object.
    pub fields: Option<String>,
}

/// A call that a run made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it was made.
    pub at: Instant,
    /// How long its answer took.
    pub took: Duration,
    /// In which attempt.
    pub attempt: u32,
    /// Where it stands: `late.task:12:3`.
    pub place: Option<String>,
    /// What was done: `http.get`.
    pub what: String,
    /// The arguments, in short.
    pub args: String,
    /// The code of its failure.
    pub error: Option<String>,
}

/// A kept variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Its value, written out by whoever reads it again.
    pub value: Vec<u8>,
}

/// What is known of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// Its name.
    pub task: TaskName,
    /// The program that it ran last.
    pub program: Hash,
    /// When it was due; empty where that was not written down.
    pub timetable: Arc<[u8]>,
    /// Everything that was due up to here has its row.
    pub served_until: Instant,
    /// When the last successful run was due.
    pub previous: Option<Instant>,
    /// Whether it is paused.
    pub paused: bool,
    /// Whether it is there.
    pub presence: Presence,
}

/// What the engine needs to go on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saved {
    /// The number of the latest run that ever was, 0 if there was none.
    pub last_run: RunId,
    /// Every registered task, by name; with the heartbeat taken into account.
    pub tasks: Vec<TaskRow>,
    /// Runs that have not ended, by number.
    pub open_runs: Vec<Run>,
    /// Occurrences that wait for their turn, by due time.
    pub queued: Vec<Occurrence>,
}

/// Which rows of the ledger are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this task.
    pub task: Option<TaskName>,
    /// Only with this decision.
    pub decision: Option<Decision>,
    /// Only with a run in this state.
    pub state: Option<RunState>,
    /// Only due at or after.
    pub since: Option<Instant>,
    /// At most so many.
    pub limit: Option<u64>,
}

/// A row of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    /// The due time and what became of it.
    pub occurrence: Occurrence,
    /// Its run.
    pub run: Option<Run>,
}
