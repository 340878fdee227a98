//! What the dispatcher hears and what it says.

use std::fmt;
use std::sync::Arc;

use super::runner::StartRun;
use crate::bytecode::Verified;
use crate::bytecode::encode::encode;
use crate::check::headers::TaskHeaders;
use crate::schedule::{Duration, Instant};
use crate::store::{
    Entry, Forget, Hash, Kept, Line, Outcome, RunId, Settlement, Stall, Step, TaskName, Trigger,
};

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The set of tasks changed.
    Tasks(Vec<TaskUpdate>),
    /// A run has something to say.
    Run(RunId, RunEvent),
    /// Somebody asks for something.
    Command(AskId, Command),
    /// Start nothing any more, and stop when all runs have ended.
    Stop,
    /// The time to end well is over: what is durable leaves its worker as soon as it can.
    Park,
    /// Stop now: what is still running is interrupted.
    StopNow,
}

/// A change of one task.
#[derive(Clone, Debug)]
pub enum TaskUpdate {
    /// A new task, or a new version of one.
    Changed(TaskVersion),
    /// Its file has errors: the version before goes on, if there is one.
    Refused(TaskName),
    /// Its file is gone.
    Removed(TaskName),
}

/// A version of a task that may be run.
#[derive(Clone, Debug)]
pub struct TaskVersion {
    /// Its name.
    pub task: TaskName,
    /// What its headers say.
    pub headers: Arc<TaskHeaders>,
    /// What its program is known by.
    pub program: Hash,
    /// The program as it is stored.
    pub bytes: Arc<[u8]>,
}

impl TaskVersion {
    /// A version of a task, by what its headers say and what it was compiled to.
    #[must_use]
    pub fn new(task: &str, headers: Arc<TaskHeaders>, program: &Verified) -> Self {
        let bytes = encode(program.program()).into();
        Self { task: TaskName::new(task), headers, program: Hash(program.hash().0), bytes }
    }
}

/// What a run says.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// It wrote lines, and learned what its replay needs.
    Said {
        /// The lines, in order.
        lines: Vec<Line>,
        /// What it learned.
        entries: Vec<Entry>,
        /// What it did, for people.
        steps: Vec<Step>,
    },
    /// It is so far.
    Progress {
        /// What is done.
        done: i64,
        /// Of how much.
        total: i64,
    },
    /// It sleeps. Nothing follows before it is started again.
    Sleeps {
        /// Until when.
        until: Instant,
        /// How much of its timeout was used up.
        used: Duration,
        /// The state of its machine, if it can be written down.
        snapshot: Option<Arc<[u8]>>,
    },
    /// It cannot go on before a person settles it. Nothing follows before that.
    Stalled(Stall),
    /// The attempt ended. Nothing follows.
    Ended(RunEnd),
}

/// How an attempt ended, as the worker says it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunEnd {
    /// How.
    pub outcome: Outcome,
    /// After a success: the kept variables.
    pub kept: Vec<Kept>,
    /// After a failure: whether another attempt would repeat nothing that must not be repeated.
    pub retryable: bool,
    /// After a failure: what another attempt does again.
    pub forget: Vec<Forget>,
}

/// Names who asked, to whoever passes answers on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(pub u64);

/// What people ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Run a task now. With `wait`, the answer comes when the run has ended.
    Trigger {
        /// Which one.
        task: TaskName,
        /// Whether to answer only then.
        wait: bool,
    },
    /// Run a task for due times that have passed, one after the other.
    Backfill {
        /// Which one.
        task: TaskName,
        /// The due times.
        due: Vec<Instant>,
        /// Whether these make up for a pause.
        catch_up: bool,
    },
    /// Stop a run.
    Cancel(RunId),
    /// Say how a run goes on that cannot go on by itself.
    Settle {
        /// Which one.
        run: RunId,
        /// How.
        settlement: Settlement,
    },
    /// From now on due times are skipped.
    Pause(TaskName),
    /// Due times count again.
    Resume(TaskName),
    /// How it is with all tasks.
    Status,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// It is done, or on its way.
    Done,
    /// The run has started.
    Started(RunId),
    /// It waits for its turn.
    Queued(String),
    /// The run has ended.
    Ended(RunId, Outcome),
    /// It cannot be done, and why.
    Refused(String),
    /// All tasks.
    Status(Vec<TaskStatus>),
}

/// How it is with a task.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskStatus {
    /// Its name.
    pub task: TaskName,
    /// What the list shows.
    pub description: Option<String>,
    /// When it is due next; nothing for a task that is run by hand only.
    pub next: Option<Instant>,
    /// `active false`
    pub inactive: bool,
    /// Somebody paused it.
    pub paused: bool,
    /// Its file has errors; the version before is served.
    pub outdated: bool,
    /// Its runs, each with what is done of how much.
    pub running: Vec<(RunId, Option<(i64, i64)>)>,
    /// The due times that wait for their turn.
    pub waiting: Vec<Instant>,
}

/// What the loop does once everything before it is on disk.
#[derive(Clone, Debug)]
pub enum Action {
    /// Give the run to a worker.
    Start(StartRun),
    /// Stop the run; its end comes as an event.
    Cancel(RunId),
    /// Let the run go on elsewhere; that it has left comes as an event.
    Park(RunId),
    /// Answer.
    Reply(AskId, Reply),
    /// Tell the log.
    Note(Note),
    /// Everything has come to its end.
    Stopped,
}

/// What the log is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// A task is served from now on, in this version.
    Serving {
        /// The task.
        task: TaskName,
        /// When it is due next.
        next: Option<Instant>,
    },
    /// A task's file has errors.
    Refused {
        /// The task.
        task: TaskName,
        /// Whether the version before is served.
        version_before: bool,
    },
    /// A task is gone.
    Removed(TaskName),
    /// An attempt starts.
    Started {
        /// The run.
        run: RunId,
        /// The task.
        task: TaskName,
        /// When it was due.
        due: Instant,
        /// Why.
        trigger: Trigger,
        /// The number of the attempt.
        attempt: u32,
    },
    /// A run wrote lines.
    Said {
        /// The run.
        run: RunId,
        /// The task.
        task: TaskName,
        /// What it wrote.
        lines: Vec<Line>,
    },
    /// An attempt ended.
    Ended {
        /// The run.
        run: RunId,
        /// The task.
        task: TaskName,
        /// How.
        outcome: Outcome,
        /// When the next attempt starts.
        retry_at: Option<Instant>,
    },
    /// A run sleeps.
    Sleeps {
        /// The run.
        run: RunId,
        /// The task.
        task: TaskName,
        /// Until when.
        until: Instant,
    },
    /// A run goes on after a sleep, a stop of the server or a settlement.
    GoesOn {
        /// The run.
        run: RunId,
        /// The task.
        task: TaskName,
    },
    /// A run waits for a person.
    Stalled {
        /// The run.
        run: RunId,
        /// The task.
        task: TaskName,
        /// Why.
        stall: Stall,
    },
    /// A due time passes without a run.
    Passed {
        /// The task.
        task: TaskName,
        /// The due time; the latest of several.
        due: Instant,
        /// How many.
        count: usize,
        /// Why.
        reason: String,
    },
    /// The clock was set back, or runs on from a time that it had before.
    ClockSetBack {
        /// What it showed last.
        from: Instant,
        /// What it shows.
        to: Instant,
    },
    /// The clock is suddenly later than the machine's uptime explains: it is not believed yet.
    ClockSuspect {
        /// The time that is gone by.
        believed: Instant,
        /// What the clock shows.
        shows: Instant,
        /// How long it has to say so until it is believed.
        held_for: Duration,
    },
    /// A clock that was suspect still says so: it is believed from now on.
    ClockObeyed {
        /// The time that was gone by.
        from: Instant,
        /// What the clock shows.
        to: Instant,
    },
    /// A clock that was suspect shows what it should again.
    ClockRight {
        /// The time.
        at: Instant,
    },
    /// For a while nothing served.
    Gap {
        /// Since.
        from: Instant,
        /// Until.
        to: Instant,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serving { task, next: Some(next) } => write!(f, "{task}: next {next}"),
            Self::Serving { task, next: None } => write!(f, "{task}: not scheduled"),
            Self::Refused { task, version_before: true } => {
                write!(f, "{task}: refused; the version from before goes on")
            }
            Self::Refused { task, version_before: false } => {
                write!(f, "{task}: refused; it does not run")
            }
            Self::Removed(task) => write!(f, "{task}: removed"),
            Self::Started { run, task, due, attempt: 1, .. } => {
                write!(f, "{task}: run {run} started, due {due}")
            }
            Self::Started { run, task, attempt, .. } => {
                write!(f, "{task}: run {run} started again, attempt {attempt}")
            }
            Self::Said { run, task, lines } => {
                for (at, line) in lines.iter().enumerate() {
                    let fields = line.fields.as_ref().map_or(String::new(), |it| format!(" {it}"));
                    let (level, text) = (line.level.as_str(), &line.text);
                    let end = if at + 1 < lines.len() { "\n" } else { "" };
                    write!(f, "{task}: run {run} {level}: {text}{fields}{end}")?;
                }
                Ok(())
            }
            Self::Ended { run, task, outcome, retry_at } => {
                write!(f, "{task}: run {run} {}", outcome.end.as_str())?;
                if let Some(error) = &outcome.error {
                    write!(f, ": {}", error.message)?;
                }
                retry_at.map_or(Ok(()), |at| write!(f, "; next attempt {at}"))
            }
            Self::Sleeps { run, task, until } => {
                write!(f, "{task}: run {run} sleeps until {until}")
            }
            Self::GoesOn { run, task } => write!(f, "{task}: run {run} goes on"),
            Self::Stalled { run, task, stall } => {
                write!(f, "{task}: run {run} {}: {}", stall.state.as_str(), stall.error.message)
            }
            Self::Passed { task, due, count: 1, reason } => write!(f, "{task}: due {due} {reason}"),
            Self::Passed { task, due, count, reason } => {
                write!(f, "{task}: {count} due times to {due} {reason}")
            }
            Self::ClockSetBack { from, to } => {
                write!(f, "the clock was set back from {from} to {to}")
            }
            Self::ClockSuspect { believed, shows, held_for } => write!(
                f,
                "the clock jumped from {believed} to {shows}, and the machine was not up that long: due times go by {believed} \
                 unless the clock still says so in {held_for}"
            ),
            Self::ClockObeyed { from, to } => {
                write!(f, "the clock still says so: due times go by it again, from {from} to {to}")
            }
            Self::ClockRight { at } => write!(f, "the clock is right again: {at}"),
            Self::Gap { from, to } => write!(f, "nothing was served from {from} to {to}"),
        }
    }
}
