//! A connection and the place where it runs.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, InterruptHandle, OpenFlags};

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
    /// Nobody wants what the thread is doing: statements end soon after they begin.
    abandoned: Arc<AtomicBool>,
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
                let interrupt = Arc::new(db.get_interrupt_handle());
                let home = Home::Here(Arc::new(Mutex::new(db)));
                Ok(Self { home, interrupt, abandoned: Arc::default() })
            }
            Place::Own(path) | Place::File(path) => on_thread(source, path, open_file).await,
            Place::ReadOnly(path) => on_thread(source, path, open_to_read).await,
        }
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
        match &self.home {
            Home::Thread(jobs) => {
                let _ = jobs.send(Box::new(job));
            }
            Home::Here(db) => job(&db.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Gives up the jobs that were sent before, also one that has begun, and does this one. On the caller's thread none
    /// is left to give up.
    pub(super) fn abandon(&self, then: impl FnOnce(&Connection) + Send + 'static) {
        if matches!(self.home, Home::Thread(_)) {
            self.abandoned.store(true, Ordering::Release);
        }
        let abandoned = self.abandoned.clone();
        self.send(move |db| {
            abandoned.store(false, Ordering::Release);
            then(db);
        });
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

/// Opens a file. While the flag is set, statements give up.
type Open = fn(&Path, Arc<AtomicBool>) -> rusqlite::Result<Connection>;

async fn on_thread(source: &str, path: &Path, open: Open) -> Result<Link> {
    let (jobs, inbox) = mpsc::channel::<Job>();
    let (ready, opened) = tokio::sync::oneshot::channel();
    let path = path.to_owned();
    let thread = std::thread::Builder::new().name(format!("sqlite-{source}"));
    let serve = move || {
        let abandoned = Arc::<AtomicBool>::default();
        let db = match open(&path, abandoned.clone()) {
            Ok(db) => db,
            Err(error) => {
                let _ = ready.send(Err(cannot_open(&path, error)));
                return;
            }
        };
        let interrupt = Arc::new(db.get_interrupt_handle());
        let link = Link { home: Home::Thread(jobs), interrupt, abandoned };
        if ready.send(Ok(link)).is_err() {
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

fn open_file(path: &Path, abandoned: Arc<AtomicBool>) -> rusqlite::Result<Connection> {
    let db = patient(Connection::open(path)?, abandoned)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    // What a run's journal holds as done has to be on the disk.
    db.pragma_update(None, "synchronous", "full")?;
    configure(&db)?;
    Ok(db)
}

/// A file that is not there is not made.
fn open_to_read(path: &Path, abandoned: Arc<AtomicBool>) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = patient(Connection::open_with_flags(path, flags)?, abandoned)?;
    configure(&db)?;
    // Not opened as read-only: the log of whoever writes it may have to be taken up.
    db.pragma_update(None, "query_only", true)?;
    Ok(db)
}

fn patient(db: Connection, abandoned: Arc<AtomicBool>) -> rusqlite::Result<Connection> {
    const STEPS_BETWEEN_LOOKS: i32 = 1000;
    db.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || abandoned.load(Ordering::Acquire)))?;
    db.busy_timeout(BUSY_TIMEOUT)?;
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
