//! Files that change while a command goes on.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::settings::Unusable;

/// Changes of files, gathered.
pub struct Changes {
    _watcher: RecommendedWatcher,
    changes: mpsc::Receiver<()>,
}

impl Changes {
    /// Watches files and folders with all that is below them, for the changes of paths that matter.
    pub fn of<'a>(
        paths: impl IntoIterator<Item = &'a Path>,
        matters: impl Fn(&Path) -> bool + Send + 'static,
    ) -> Result<Self, Unusable> {
        let (sender, changes) = mpsc::channel();
        let hear = move |event: notify::Result<Event>| {
            let is_change =
                |it: &Event| !it.kind.is_access() && it.paths.iter().any(|it| matters(it));
            // What could not be followed may have been any change.
            if event.map_or(true, |it| it.need_rescan() || is_change(&it)) {
                // Nobody may be waiting any more.
                let _ = sender.send(());
            }
        };
        let mut watcher = notify::recommended_watcher(hear)
            .map_err(|error| Unusable(format!("files cannot be watched: {error}")))?;
        for path in paths {
            watcher.watch(path, RecursiveMode::Recursive).map_err(|error| {
                Unusable(format!("{} cannot be watched: {error}", path.display()))
            })?;
        }
        Ok(Self { _watcher: watcher, changes })
    }

    /// Waits for the next change and for all that belongs to it.
    pub fn wait(&self) {
        /// An editor writes a file in several steps: what follows so soon belongs to the same change.
        const SETTLES: Duration = Duration::from_millis(150);
        self.changes.recv().expect("the watcher lives as long as this, and holds the other end");
        while self.changes.recv_timeout(SETTLES).is_ok() {}
    }
}
