//! `taskc serve`: all tasks of a folder, on their schedules, until it is told to stop.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::args::{Color, Serve as Args};
use super::deployment::Deployment;
use super::output::note;
use super::project::TEMPLATE_ENDINGS;
use super::settings::{Root, Unusable};
use super::watch::Changes;
use super::{moment_for_people, now, world};
use crate::engine::cuts::Cuts;
use crate::engine::serve::{Serve, serve};
use crate::engine::{LogEntry, Options, TaskUpdate};

/// Serves until SIGTERM or ctrl-c; a second ctrl-c does not wait for what is running.
pub fn run(args: &Args, color: Color) -> Result<ExitCode, Unusable> {
    let dir = args.dir.clone().unwrap_or_else(|| PathBuf::from("."));
    if !dir.is_dir() {
        return Err(Unusable(format!("there is no folder called `{}`", dir.display())));
    }
    let mut deployment = Deployment::new(&dir, color);
    let tasks = deployment.look()?;
    let root = Root::find(&dir)?;
    let data = world::data_folder(&root, args.data.as_deref());
    let host = world::host(&root, &data)?;
    let served = tasks.iter().filter(|it| matches!(it, TaskUpdate::Changed(_))).count();
    say(&format!(
        "serving {served} of {} tasks in {}, data in {}",
        deployment.tasks(),
        dir.display(),
        data.display()
    ));
    if let Some(address) = args.listen.as_ref().or(root.settings.server.listen.as_ref()) {
        say(&format!(
            "warning: nothing listens at {address}, the HTTP interface is not built yet; ask this server with `taskc runs`, `taskc trigger` and the like"
        ));
    }
    let (changes, updates) = mpsc::channel(16);
    follow(&root.folder, deployment, changes)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Unusable(format!("the server cannot start: {error}")))?;
    let parts = Serve {
        store: root.store()?,
        data,
        host,
        options: Options { workers: root.settings.server.workers.max(1) as usize },
        grace: Duration::from_secs(root.settings.server.stop_seconds),
        tasks,
        updates,
        log: Box::new(log),
        cuts: cuts(),
    };
    let ended = runtime.block_on(serve(parts, asked_to_stop()));
    // A run that ignores its end must not keep the process.
    runtime.shutdown_timeout(Duration::from_secs(1));
    match ended {
        Ok(()) => {
            say("stopped");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(Unusable(error.to_string())),
    }
}

/// Where tests kill the process: `TASKC_CUT=before-send:3` at the third pass of a place. Builds for use have no such places.
fn cuts() -> Cuts {
    let wanted = std::env::var("TASKC_CUT").ok().filter(|_| cfg!(debug_assertions));
    let Some((place, count)) = wanted.as_deref().and_then(|it| it.split_once(':')) else {
        return Cuts::default();
    };
    let (place, count) = (place.to_owned(), count.parse().unwrap_or(1));
    let passes = AtomicU64::new(0);
    Cuts::calling(move |here| {
        if here == place && passes.fetch_add(1, Ordering::Relaxed) + 1 == count {
            std::process::abort();
        }
    })
}

/// A line of the server's log.
fn say(text: &str) {
    note(&format!("{}  {text}", moment_for_people(now())));
}

fn log(entry: LogEntry) {
    match entry {
        LogEntry::Note(happened) => happened.to_string().lines().for_each(say),
        LogEntry::CannotWrite(error) => {
            say(&format!(
                "nothing can be written down, so nothing is started; trying again: {error}"
            ));
        }
    }
}

/// Completes with the first SIGTERM or ctrl-c. After another ctrl-c the process ends at once: whatever runs then is found interrupted.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            },
            Err(error) => {
                say(&format!("SIGTERM will not be heard: {error}"));
                let _ = tokio::signal::ctrl_c().await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
    say("stopping: waits for what is running; ctrl-c again interrupts it");
    tokio::spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            #[expect(clippy::exit, reason = "whoever asks twice does not want to wait")]
            std::process::exit(130);
        }
    });
}

/// Looks again whenever a file changes that tasks are made of.
fn follow(
    folder: &Path,
    mut deployment: Deployment,
    updates: mpsc::Sender<Vec<TaskUpdate>>,
) -> Result<(), Unusable> {
    let root = folder.to_owned();
    let changes = Changes::of([folder], move |path| concerns_tasks(&root, path))?;
    let follow = move || loop {
        changes.wait();
        match deployment.look() {
            Ok(changed) if changed.is_empty() => {}
            Ok(changed) => {
                // The server may have stopped.
                if updates.blocking_send(changed).is_err() {
                    return;
                }
            }
            Err(Unusable(why)) => say(&format!("the change is not followed: {why}")),
        }
    };
    std::thread::Builder::new()
        .name("files".to_owned())
        .spawn(follow)
        .map(drop)
        .map_err(|error| Unusable(format!("the machine has no thread for the files: {error}")))
}

fn concerns_tasks(root: &Path, path: &Path) -> bool {
    let inner = path.strip_prefix(root).unwrap_or(path);
    let is_hidden = inner.iter().any(|part| part.to_string_lossy().starts_with('.'));
    let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    // A folder that comes or goes may hold tasks.
    !is_hidden && (ending == "task" || ending.is_empty() || TEMPLATE_ENDINGS.contains(&ending))
}
