//! SQLite: files in WAL mode, and databases in memory for tests and simulations.
//!
//! A file has any number of connections, each on a thread of its own, so that nobody who waits for a statement blocks
//! anything else: readers see the last commit and never wait; writers take turns in the order in which they came.
//! A database in memory has one connection, and a session has it to itself; it answers at once, on the caller's thread.
//!
//! `sql::sqlite` says how values are stored. What SQLite cannot compute is in [`functions`], [`decimals`] and
//! [`zones`].

mod cells;
mod decimals;
mod errors;
mod functions;
mod link;
mod moments;
mod session;
mod stream;
mod zones;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::host::BoxFuture;
use crate::host::database::{Databases, Error, ErrorKind, Result, Session};
use link::Link;

/// Where a source's data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a file of our own, made when it is missing.
    Own(PathBuf),
    /// In a file that others have made, too; made when it is missing, and given no tables.
    File(PathBuf),
    /// In a file that others have made, and that is not written to.
    ReadOnly(PathBuf),
    /// Nowhere; gone when the last handle is.
    Memory,
}

impl Place {
    fn is_file(&self) -> bool {
        match self {
            Self::Own(_) | Self::File(_) | Self::ReadOnly(_) => true,
            Self::Memory => false,
        }
    }
}

/// SQLite databases by the names of their sources.
pub struct Sqlite {
    sources: Mutex<HashMap<String, Arc<Source>>>,
    /// Whether every other name is that of a database in memory.
    invents: bool,
}

impl Sqlite {
    /// The sources with their places. Opens nothing yet.
    #[must_use]
    pub fn new(places: impl IntoIterator<Item = (String, Place)>) -> Self {
        let source = |(name, place): (String, Place)| {
            let source = Source::new(&name, place);
            (name, Arc::new(source))
        };
        let sources = places.into_iter().map(source).collect();
        Self { sources: Mutex::new(sources), invents: false }
    }

    /// Whatever a source is called, it is a database in memory, empty at first.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { sources: Mutex::default(), invents: true }
    }

    fn source(&self, name: &str) -> Result<Arc<Source>> {
        let mut sources = lock(&self.sources);
        if let Some(source) = sources.get(name) {
            return Ok(source.clone());
        }
        if !self.invents {
            let message = format!("no source is called `{name}`");
            return Err(Error::new(ErrorKind::NoSource, message));
        }
        let source = Arc::new(Source::new(name, Place::Memory));
        sources.insert(name.to_owned(), source.clone());
        Ok(source)
    }
}

impl Databases for Sqlite {
    fn open<'a>(&'a self, source: &'a str) -> BoxFuture<'a, Result<Box<dyn Session>>> {
        Box::pin(async move {
            let session = session::open(&self.source(source)?).await?;
            Ok(Box::new(session) as Box<dyn Session>)
        })
    }

    fn may_extend(&self, source: &str) -> bool {
        let place = |source: Arc<Source>| matches!(source.place, Place::Own(_) | Place::Memory);
        self.source(source).is_ok_and(place)
    }
}

/// What is behind these locks cannot be half changed: collections of handles.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A database with its connections.
struct Source {
    name: String,
    place: Place,
    /// Connections that nobody uses; a database in memory has its only one here from the first use on.
    idle: Mutex<Vec<Link>>,
    /// Held by whoever writes; of a database in memory, by whoever has a session.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Source {
    fn new(name: &str, place: Place) -> Self {
        Self { name: name.to_owned(), place, idle: Mutex::default(), turn: Arc::default() }
    }

    /// A connection, until it is given back.
    async fn take(&self) -> Result<Link> {
        let idle = lock(&self.idle).pop();
        match idle {
            Some(link) => Ok(link),
            None => Link::open(&self.name, &self.place).await,
        }
    }

    /// Few are kept: an idle connection is a thread and a page cache.
    fn give_back(&self, link: Link) {
        const MAX_IDLE: usize = 4;
        let mut idle = lock(&self.idle);
        if idle.len() < MAX_IDLE {
            idle.push(link);
        }
    }
}

#[cfg(test)]
mod tests;
