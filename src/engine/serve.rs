//! Serving as one call: the data folder, the store, the loop with its workers, the socket, until it is told to stop.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;

use super::cuts::Cuts;
use super::dispatcher::Options;
use super::event::TaskUpdate;
use super::server::{Handle, LogEntry, Parts, Server};
use super::workers::Workers;
use crate::host::Host;
use crate::host::real::{DataFolder, DataFolderError};
use crate::store::{self, SqliteStore};

/// What is served, and how.
pub struct Serve {
    /// The data folder.
    pub data: PathBuf,
    /// The store's file, where it is not in the data folder.
    pub store: Option<PathBuf>,
    /// The world.
    pub host: Host,
    /// How it is set up.
    pub options: Options,
    /// How long runs may go on after the word to stop.
    pub grace: Duration,
    /// All tasks that there are now.
    pub tasks: Vec<TaskUpdate>,
    /// Changes, as somebody notices them.
    pub updates: mpsc::Receiver<Vec<TaskUpdate>>,
    /// Hears what happens.
    pub log: Box<dyn FnMut(LogEntry) + Send>,
    /// Where tests cut runs off.
    pub cuts: Cuts,
}

/// Serves until `stop` completes and what was running then has ended. Needs a runtime with several threads.
pub async fn serve(serve: Serve, stop: impl Future<Output = ()>) -> Result<(), ServeError> {
    let folder = DataFolder::open(&serve.data).map_err(ServeError::Data)?;
    let paths = folder.paths();
    let store = SqliteStore::open(serve.store.as_ref().unwrap_or(&paths.store))
        .map_err(ServeError::Store)?;
    let (host, runtime) = (serve.host.clone(), tokio::runtime::Handle::current());
    let cuts = serve.cuts;
    let server = Server::start(Parts {
        options: serve.options,
        store: Box::new(store),
        clock: serve.host.clock.clone(),
        runner: Box::new(move |handle| Box::new(Workers::new(handle, host, runtime, cuts))),
        tasks: serve.tasks,
        log: serve.log,
    })
    .map_err(ServeError::Store)?;
    let listening = listen(&paths.socket, &server.handle)
        .map_err(|error| ServeError::Socket(paths.socket.clone(), error))?;
    attend(&server.handle, serve.updates, stop, serve.grace).await;
    let ended =
        tokio::task::spawn_blocking(|| server.join()).await.expect("joining does not panic");
    listening.abort();
    ended.map_err(ServeError::Stopped)
}

/// Passes changes on until it is time to stop, or the loop has ended by itself.
async fn attend(
    server: &Handle,
    mut updates: mpsc::Receiver<Vec<TaskUpdate>>,
    stop: impl Future<Output = ()>,
    grace: Duration,
) {
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            () = server.gone() => return,
            Some(update) = updates.recv() => {
                // If it is gone, the next round notices.
                let _ = server.update(update).await;
            }
        }
    }
    let _ = server.stop_within(grace).await;
}

#[cfg(unix)]
fn listen(
    socket: &Path,
    server: &Handle,
) -> std::io::Result<tokio::task::JoinHandle<std::io::Result<()>>> {
    let listener = crate::host::real::LocalListener::bind(socket)?;
    Ok(tokio::spawn(super::control::listen(listener, server.clone())))
}

/// Other systems have no such sockets: there a server is not asked by other processes.
#[cfg(not(unix))]
fn listen(_: &Path, _: &Handle) -> std::io::Result<tokio::task::JoinHandle<std::io::Result<()>>> {
    Ok(tokio::spawn(async { Ok(()) }))
}

/// Why nothing is served, or no longer.
#[derive(Debug)]
pub enum ServeError {
    /// The data folder cannot be used.
    Data(DataFolderError),
    /// The store cannot be opened.
    Store(store::Error),
    /// The store failed while it was served from, in a way that does not pass.
    Stopped(store::Error),
    /// The socket cannot be made.
    Socket(PathBuf, std::io::Error),
}

impl std::fmt::Display for ServeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Data(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Stopped(error) => write!(
                f,
                "the server has stopped: {error}; see to the disk, then start it again: nothing was done that is not written down, and \
                 runs go on from there"
            ),
            Self::Socket(path, error) => {
                write!(f, "the socket `{}` cannot be made: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for ServeError {}
