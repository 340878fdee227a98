//! How other processes of the same owner talk to a server: a socket in the data folder, a JSON object a line.
//!
//! `{"do":"trigger","task":"late","wait":true}` is answered with `{"is":"ended","run":7,"state":"succeeded"}`. A connection may ask
//! several times, one after the other.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::event::{Command, Reply, TaskStatus};
use super::server::Handle;
use crate::host::real::{LocalConnection, LocalListener, exchange};
use crate::schedule::Instant;
use crate::store::{RunError, RunId, Settlement, TaskName};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub enum Request {
    /// Run a task now.
    Trigger {
        /// Which one.
        task: String,
        /// Answer when the run has ended.
        #[serde(default)]
        wait: bool,
    },
    /// Run a task for due times that have passed.
    Backfill {
        /// Which one.
        task: String,
        /// The due times, in microseconds since 1970.
        due_us: Vec<i64>,
        /// Whether these make up for a pause.
        #[serde(default)]
        catch_up: bool,
    },
    /// Stop a run.
    Cancel {
        /// Which one.
        run: u64,
    },
    /// Say how a run goes on that cannot go on by itself.
    Settle {
        /// Which one.
        run: u64,
        /// `retry`, `accept` or `fail`.
        how: String,
    },
    /// Skip what is due from now on.
    Pause {
        /// Of which task.
        task: String,
    },
    /// Due times count again.
    Resume {
        /// Of which task.
        task: String,
    },
    /// How it is with all tasks.
    Status,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Response {
    /// It is done, or on its way.
    Done,
    /// The run has started.
    Started {
        /// Its number.
        run: u64,
    },
    /// It waits for its turn.
    Queued {
        /// Why.
        reason: String,
    },
    /// The run has ended.
    Ended {
        /// Its number.
        run: u64,
        /// How: `succeeded`, `failed`, `cancelled`, `interrupted`.
        state: String,
        /// Why it did not succeed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<RunError>,
    },
    /// It cannot be done.
    Refused {
        /// Why.
        reason: String,
    },
    /// All tasks.
    Status {
        /// By name.
        tasks: Vec<Task>,
    },
}

/// How it is with a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its name.
    pub task: String,
    /// What lists show of it.
    pub description: Option<String>,
    /// When it is due next, RFC 3339.
    pub next: Option<String>,
    /// `active false`
    pub inactive: bool,
    /// Somebody paused it.
    pub paused: bool,
    /// Its file has errors; the version before is served.
    pub outdated: bool,
    /// Its runs.
    pub running: Vec<Running>,
    /// Due times that wait for their turn, RFC 3339.
    pub waiting: Vec<String>,
}

/// A run that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Its number.
    pub run: u64,
    /// What is done, of how much.
    pub progress: Option<(i64, i64)>,
}

/// Answers everybody who connects, until the server is gone.
pub async fn listen(listener: LocalListener, server: Handle) -> io::Result<()> {
    loop {
        let connection = listener.accept().await?;
        tokio::spawn(converse(connection, server.clone()));
    }
}

/// Asks the server that listens at `socket`.
pub fn ask(socket: &Path, request: &Request) -> Result<Response, AskError> {
    let line = serde_json::to_string(request).expect("requests are plain data");
    let answer = exchange(socket, &line).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => AskError::NobodyServes,
        _ => AskError::Io(error),
    })?;
    serde_json::from_str(&answer).map_err(|_| AskError::NotUnderstood(answer))
}

/// Why there is no answer.
#[derive(Debug)]
pub enum AskError {
    /// No server uses this data folder.
    NobodyServes,
    /// The connection broke.
    Io(io::Error),
    /// The server is of another version.
    NotUnderstood(String),
}

impl std::fmt::Display for AskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NobodyServes => f.write_str(
                "no server is running with this data folder; start one with `taskc serve`",
            ),
            Self::Io(error) => write!(f, "the server cannot be asked: {error}"),
            Self::NotUnderstood(answer) => {
                write!(f, "the server answers what this taskc does not understand: {answer}")
            }
        }
    }
}

impl std::error::Error for AskError {}

async fn converse(mut connection: LocalConnection, server: Handle) {
    while let Ok(Some(line)) = connection.read_line().await {
        let response = answer(&line, &server).await;
        let line = serde_json::to_string(&response).expect("responses are plain data");
        if connection.write_line(&line).await.is_err() {
            return;
        }
    }
}

async fn answer(line: &str, server: &Handle) -> Response {
    let request: Request = match serde_json::from_str(line) {
        Ok(request) => request,
        Err(error) => {
            return Response::Refused { reason: format!("the request cannot be read: {error}") };
        }
    };
    let command = match request.command() {
        Ok(command) => command,
        Err(reason) => return Response::Refused { reason },
    };
    match server.ask(command).await {
        Ok(reply) => reply.into(),
        Err(_) => Response::Refused { reason: "the server is stopping".to_owned() },
    }
}

impl Request {
    /// The same for the engine, or what is wrong with it.
    fn command(self) -> Result<Command, String> {
        Ok(match self {
            Self::Trigger { task, wait } => Command::Trigger { task: TaskName::new(&task), wait },
            Self::Backfill { task, due_us, catch_up } => Command::Backfill {
                task: TaskName::new(&task),
                due: due_us.into_iter().map(Instant).collect(),
                catch_up,
            },
            Self::Cancel { run } => Command::Cancel(RunId(run)),
            Self::Settle { run, how } => {
                let settlement = Settlement::parse(&how);
                let unknown = || format!("`{how}` is none of `retry`, `accept` and `fail`");
                Command::Settle { run: RunId(run), settlement: settlement.ok_or_else(unknown)? }
            }
            Self::Pause { task } => Command::Pause(TaskName::new(&task)),
            Self::Resume { task } => Command::Resume(TaskName::new(&task)),
            Self::Status => Command::Status,
        })
    }
}

impl From<Reply> for Response {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Done => Self::Done,
            Reply::Started(run) => Self::Started { run: run.0 },
            Reply::Queued(reason) => Self::Queued { reason },
            Reply::Ended(run, outcome) => Self::Ended {
                run: run.0,
                state: outcome.end.as_str().to_owned(),
                error: outcome.error,
            },
            Reply::Refused(reason) => Self::Refused { reason },
            Reply::Status(tasks) => {
                Self::Status { tasks: tasks.into_iter().map(Task::from).collect() }
            }
        }
    }
}

impl From<TaskStatus> for Task {
    fn from(status: TaskStatus) -> Self {
        let running =
            status.running.into_iter().map(|(run, progress)| Running { run: run.0, progress });
        Self {
            task: status.task.to_string(),
            description: status.description,
            next: status.next.map(|at| at.to_string()),
            inactive: status.inactive,
            paused: status.paused,
            outdated: status.outdated,
            running: running.collect(),
            waiting: status.waiting.iter().map(ToString::to_string).collect(),
        }
    }
}
