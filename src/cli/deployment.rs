//! The tasks of a folder as a server sees them: read, checked and compiled again after each change, and compared with what was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::Color;
use super::compiled::compile;
use super::output::note;
use super::project::{self, Loaded};
use super::settings::Unusable;
use crate::check::checked::Checked;
use crate::check::headers::TaskHeaders;
use crate::check::library::Library;
use crate::engine::{TaskUpdate, TaskVersion};
use crate::source::FileId;
use crate::store::{Hash, TaskName};
use crate::{check, stdlib};

/// Fewer tasks than this are not worth a second thread to compile them.
const FILES_PER_THREAD_MIN: usize = 16;

/// What was found in a folder last.
pub struct Deployment {
    folder: PathBuf,
    color: Color,
    library: Library,
    /// The versions that are served.
    served: BTreeMap<TaskName, Version>,
    /// The tasks that have errors now.
    refused: BTreeSet<TaskName>,
    /// What was said of their errors last.
    said: Option<String>,
}

/// What makes a version another one.
#[derive(PartialEq)]
struct Version {
    program: Hash,
    headers: Arc<TaskHeaders>,
}

/// A look at the folder: what its tasks are now.
#[derive(Default)]
struct Seen {
    versions: Vec<TaskVersion>,
    refused: BTreeSet<TaskName>,
}

impl Deployment {
    /// Nothing is known of the folder yet.
    pub fn new(folder: &Path, color: Color) -> Self {
        Self {
            folder: folder.to_owned(),
            color,
            library: Library::new(stdlib::declarations()),
            served: BTreeMap::new(),
            refused: BTreeSet::new(),
            said: None,
        }
    }

    /// How many tasks there are, those with errors counted.
    pub fn tasks(&self) -> usize {
        let without_version = self.refused.iter().filter(|it| !self.served.contains_key(*it));
        self.served.len() + without_version.count()
    }

    /// Reads everything again, says what is wrong, and gives what has changed.
    pub fn look(&mut self) -> Result<Vec<TaskUpdate>, Unusable> {
        let loaded = project::load_folder(&self.folder, None)?;
        let checked = check::check(&loaded.project, &self.library);
        let seen = self.sort(&loaded, &checked)?;
        self.show_errors(&loaded, &checked);
        Ok(self.compare(seen))
    }

    fn sort(&self, loaded: &Loaded, checked: &Checked) -> Result<Seen, Unusable> {
        let mut seen = Seen::default();
        let mut chosen: BTreeMap<TaskName, FileId> = BTreeMap::new();
        let mut names = BTreeSet::new();
        for &id in &loaded.wanted {
            let file = loaded.project.file(id);
            let name = TaskName::new(file.stem());
            // While a file is written it is empty for a moment; and what cannot be read may still be meant as a task.
            let is_lost = (file.source.text.trim().is_empty() || !file.syntax.is_empty())
                && self.served.contains_key(&name);
            if !file.is_task() && !is_lost {
                continue;
            }
            // The checker says so of the second; neither can be meant.
            if !names.insert(name.clone()) {
                chosen.remove(&name);
                seen.refused.insert(name);
            } else if file.is_task() {
                chosen.insert(name, id);
            } else {
                seen.refused.insert(name);
            }
        }
        let threads = check::threads_for(chosen.len().div_ceil(FILES_PER_THREAD_MIN));
        let versions = check::on_threads(chosen.into_iter().collect(), threads, |(name, id)| {
            let version = self.version(&name, loaded, checked, id)?;
            Ok::<_, Unusable>((name, version))
        });
        for made in versions {
            match made? {
                (_, Some(version)) => seen.versions.push(version),
                (name, None) => drop(seen.refused.insert(name)),
            }
        }
        Ok(seen)
    }

    /// The version of a task that a file has now; nothing where it has errors.
    fn version(
        &self,
        name: &TaskName,
        loaded: &Loaded,
        checked: &Checked,
        id: FileId,
    ) -> Result<Option<TaskVersion>, Unusable> {
        let Some(valid) = checked.valid(&loaded.project, &self.library, id) else {
            return Ok(None);
        };
        let headers = Arc::clone(&checked.file(id).headers);
        Ok(Some(TaskVersion::new(name.as_str(), headers, &*compile(valid)?)))
    }

    /// Shows the errors once, not with each change of another file.
    fn show_errors(&mut self, loaded: &Loaded, checked: &Checked) {
        let text = super::check::errors(loaded, checked, self.color);
        if text != self.said {
            text.iter().for_each(|it| note(it));
            self.said = text;
        }
    }

    fn compare(&mut self, seen: Seen) -> Vec<TaskUpdate> {
        let mut updates = Vec::new();
        let mut still_there = seen.refused.clone();
        for version in seen.versions {
            let known = Version { program: version.program, headers: version.headers.clone() };
            let was_refused = self.refused.contains(&version.task);
            still_there.insert(version.task.clone());
            let before = self.served.insert(version.task.clone(), known);
            if was_refused || before.as_ref() != self.served.get(&version.task) {
                updates.push(TaskUpdate::Changed(version));
            }
        }
        let newly_refused = seen.refused.difference(&self.refused).cloned();
        updates.extend(newly_refused.map(TaskUpdate::Refused));
        let gone = self.served.keys().chain(&self.refused).collect::<BTreeSet<_>>();
        let gone = gone.into_iter().filter(|it| !still_there.contains(*it)).cloned();
        let gone: Vec<_> = gone.collect();
        for task in gone {
            self.served.remove(&task);
            updates.push(TaskUpdate::Removed(task));
        }
        self.refused = seen.refused;
        updates
    }
}
