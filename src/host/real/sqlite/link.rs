//! A connection and the place where it runs.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, InterruptHandle};

use super::{Place, decimals, errors, functions, zones};
use crate::host::database::{Error, ErrorKind, Interrupter, Result};

/// How long to wait for writers of other processes; those of our own take turns.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const CACHED_STATEMENTS: usize = 64;

/// A handle of a connection.
#[derive(Clone)]
pub(super) struct Link {
    home: Home,
    interrupt: Arc<InterruptHandle>,
    /// Set while a job runs.
    running: Arc<AtomicBool>,
}

#[derive(Clone)]
enum Home {
    /// A thread that does one job after the other and ends when the last handle is gone.
    Thread(mpsc::Sender<Job>),
    /// The caller's thread.
    Here(Arc<Mutex<Connection>>),
}

type Job = Box<dyn FnOnce(&Connection) + Send>;

impl Link {
    pub(super) async fn open(source: &str, place: &Place) -> Result<Self> {
        match place {
            Place::Memory => {
                let db = open_memory().map_err(errors::translate)?;
                let interrupt = db.get_interrupt_handle();
                Ok(Self::new(interrupt, Home::Here(Arc::new(Mutex::new(db)))))
            }
            Place::File(path) => on_thread(source, path).await,
        }
    }

    fn new(interrupt: InterruptHandle, home: Home) -> Self {
        Self { home, interrupt: Arc::new(interrupt), running: Arc::default() }
    }

    /// Does the job where the connection lives and waits for its answer. Not waiting for it does not stop it.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.send(move |db| {
            // Nobody may be waiting any more.
            let _ = answer.send(job(db));
        });
        answered.await.unwrap_or_else(|_| Err(lost()))
    }

    /// Does the job after those that were sent before. It is dropped where the connection is lost.
    pub(super) fn send(&self, job: impl FnOnce(&Connection) + Send + 'static) {
        let running = self.running.clone();
        let job = move |db: &Connection| {
            running.store(true, Ordering::Release);
            job(db);
            running.store(false, Ordering::Release);
        };
        match &self.home {
            Home::Thread(jobs) => {
                let _ = jobs.send(Box::new(job));
            }
            Home::Here(db) => job(&db.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    pub(super) fn interrupter(&self) -> Arc<dyn Interrupter> {
        Arc::new(Interrupt(self.interrupt.clone()))
    }
}

struct Interrupt(Arc<InterruptHandle>);

impl Interrupter for Interrupt {
    fn interrupt(&self) {
        self.0.interrupt();
    }
}

async fn on_thread(source: &str, path: &Path) -> Result<Link> {
    let (jobs, inbox) = mpsc::channel::<Job>();
    let (ready, opened) = tokio::sync::oneshot::channel();
    let path = path.to_owned();
    let thread = std::thread::Builder::new().name(format!("sqlite-{source}"));
    let serve = move || {
        let db = match open_file(&path) {
            Ok(db) => db,
            Err(error) => {
                let _ = ready.send(Err(cannot_open(&path, error)));
                return;
            }
        };
        if ready.send(Ok(Link::new(db.get_interrupt_handle(), Home::Thread(jobs)))).is_err() {
            return;
        }
        for job in inbox {
            job(&db);
        }
    };
    if let Err(error) = thread.spawn(serve) {
        let message = format!("no thread for the source `{source}`: {error}");
        return Err(Error::new(ErrorKind::Connect, message));
    }
    opened.await.unwrap_or_else(|_| Err(lost()))
}

fn cannot_open(path: &Path, error: rusqlite::Error) -> Error {
    let reason = errors::translate(error).message;
    Error::new(
        ErrorKind::Connect,
        format!("cannot open the database `{}`: {reason}", path.display()),
    )
}

fn lost() -> Error {
    Error::new(ErrorKind::Connect, "the connection to the database is lost")
}

fn open_file(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(path)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    // What a run's journal holds as done has to be on the disk.
    db.pragma_update(None, "synchronous", "full")?;
    configure(&db)?;
    Ok(db)
}

fn open_memory() -> rusqlite::Result<Connection> {
    let db = Connection::open_in_memory()?;
    db.pragma_update(None, "temp_store", "memory")?;
    configure(&db)?;
    Ok(db)
}

fn configure(db: &Connection) -> rusqlite::Result<()> {
    db.pragma_update(None, "foreign_keys", true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // A misspelt column in double quotes is an error, not a text.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // A statement stays in its own file.
    db.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    db.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    decimals::register(db)?;
    functions::register(db)?;
    zones::register(db)
}
