//! A project as plain data: what checking looks at, and nothing that it would have to fetch.
//!
//! Whoever loads a project reads folders and `taskc.toml`; here there are only texts, trees and names.

use std::path::Path;
use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use crate::diagnostics::{Diagnostic, Severity};
use crate::schedule::Duration;
use crate::source::{FileId, Source};
use crate::syntax::{self, tree};

/// All files of a project with the settings that matter to checking.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The files. INVARIANT: the file at index `n` is the one whose source is called `FileId(n)`.
    files: Vec<ProjectFile>,
    by_module: FxHashMap<EcoString, FileId>,
    /// What `taskc.toml` says.
    pub settings: Settings,
}

/// A file with its tree.
#[derive(Clone, Debug)]
pub struct ProjectFile {
    /// The path below the project's root without `.task`, `/` between parts: `airport`, `lib/money`.
    pub module: EcoString,
    /// The text.
    pub source: Source,
    /// What the parser made of it.
    pub tree: Arc<tree::File>,
    /// The comments, for findings that are silenced.
    pub comments: Arc<[tree::Comment]>,
    /// What the parser had to say.
    pub syntax: Vec<Diagnostic>,
}

/// The settings that matter to checking.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The names of the sources beside `main`, which is always there.
    pub sources: Vec<EcoString>,
    /// The secrets that the project defines.
    pub secrets: Vec<SecretSetting>,
    /// The names that `env.NAME` may read.
    pub env: Vec<EcoString>,
    /// Template files by the path that `template("…")` names them with.
    pub templates: FxHashMap<EcoString, Arc<str>>,
    /// What findings count as, by code, where it is not what the catalogue says; nothing silences one.
    pub levels: FxHashMap<EcoString, Option<Severity>>,
    /// How long the runs of tasks took of late, by the task's name; nothing of those that were not run often enough to tell.
    pub run_times: FxHashMap<EcoString, RunTimes>,
    /// The instant for findings that depend on the date, in microseconds since 1970; without it there are none.
    pub now: Option<i64>,
}

impl Settings {
    /// The template that `path` names in a file of the folder: beside the file, below the root, below `templates`.
    #[must_use]
    pub fn template(&self, folder: &str, path: &str) -> Option<(EcoString, Arc<str>)> {
        let places = [format!("{folder}{path}"), path.to_owned(), format!("templates/{path}")];
        places.into_iter().find_map(|place| {
            let text = self.templates.get(place.as_str())?;
            Some((place.into(), Arc::clone(text)))
        })
    }
}

/// How long a task's runs took of late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunTimes {
    /// How many runs were looked at.
    pub runs: u32,
    /// 95 % of them took no longer.
    pub usual: Duration,
}

impl RunTimes {
    /// Fewer runs than this say nothing of the next.
    const RUNS_MIN: usize = 20;

    /// What runs that took so long say; nothing where they are few.
    #[must_use]
    pub fn of(mut taken: Vec<Duration>) -> Option<Self> {
        if taken.len() < Self::RUNS_MIN {
            return None;
        }
        taken.sort();
        let usual = taken[(taken.len() * 95).div_ceil(100) - 1];
        Some(Self { runs: u32::try_from(taken.len()).unwrap_or(u32::MAX), usual })
    }
}

/// A secret as far as checking knows it: never its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretSetting {
    /// What stands behind `secret.`.
    pub name: EcoString,
    /// The hosts that it may be sent to; none says any.
    pub hosts: Vec<EcoString>,
}

impl Project {
    /// Adds a file and names it.
    pub fn add(&mut self, file: impl FnOnce(FileId) -> ProjectFile) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let file = file(id);
        assert_eq!(file.source.id, id, "a file's source is called as the project calls the file");
        self.by_module.entry(file.module.clone()).or_insert(id);
        self.files.push(file);
        id
    }

    /// Puts another version in the place of a file, which stays the same module.
    pub fn replace(&mut self, file: ProjectFile) {
        let place = &mut self.files[file.source.id.0 as usize];
        assert_eq!(place.module, file.module, "a file's versions are all the same module");
        *place = file;
    }

    /// Names the files' paths, as they are shown, by their modules.
    pub fn show(&mut self, path: impl Fn(&str) -> String) {
        for file in &mut self.files {
            file.source.path = path(&file.module).into();
        }
    }

    /// The file called `id`, which this project's own [`Project::add`] gave.
    #[must_use]
    pub fn file(&self, id: FileId) -> &ProjectFile {
        &self.files[id.0 as usize]
    }

    /// All files in the order in which they were added.
    #[must_use]
    pub fn files(&self) -> &[ProjectFile] {
        &self.files
    }

    /// The file of a module, by its path without `.task`.
    #[must_use]
    pub fn module(&self, path: &str) -> Option<&ProjectFile> {
        self.by_module.get(path).map(|id| self.file(*id))
    }
}

/// What the file at `path` is called as a module of the project at `root`: `lib/money` for `ROOT/lib/money.task`.
#[must_use]
pub fn module_of(root: &Path, path: &Path) -> String {
    let inner = path.strip_prefix(root).unwrap_or(path).with_extension("");
    inner.to_string_lossy().replace('\\', "/")
}

impl ProjectFile {
    /// Parses a text as the file of a module; `path` is how the file is shown.
    #[must_use]
    pub fn parse(module: &str, path: &str, text: &str, id: FileId) -> Self {
        Self::of(module, Source::new(id, path, text), syntax::parse(id, text))
    }

    /// The same of a text that nobody is told of: its likely mends are not tried out.
    #[must_use]
    pub fn glance(module: &str, path: &str, text: &str, id: FileId) -> Self {
        Self::of(module, Source::new(id, path, text), syntax::read(id, text))
    }

    fn of(module: &str, source: Source, parsed: syntax::Parsed) -> Self {
        Self {
            module: module.into(),
            source,
            tree: Arc::new(parsed.tree),
            comments: parsed.comments.into(),
            syntax: parsed.diagnostics,
        }
    }

    /// The file's name without folder and `.task`: the name of the task.
    #[must_use]
    pub fn stem(&self) -> &str {
        self.module.rsplit('/').next().unwrap_or_default()
    }

    /// The folder below the root with a `/` behind it; empty at the root itself.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.module.rfind('/').map_or("", |slash| &self.module[..=slash])
    }

    /// Whether the file is a task: it has a header, a kept variable or a statement of its own.
    #[must_use]
    pub fn is_task(&self) -> bool {
        is_task(&self.tree.items)
    }
}

/// The source of tables and SQL where none is named: what the header `source` says.
#[must_use]
pub fn default_source(items: &[tree::Item]) -> EcoString {
    let named = items.iter().find_map(|item| match item {
        tree::Item::Header(header) if header.word.text == "source" => match header.parts.first() {
            Some(tree::HeaderPart::Word(name)) => Some(name.text.clone()),
            _ => None,
        },
        _ => None,
    });
    named.unwrap_or_else(|| "main".into())
}

/// Whether items make a task: a header, a kept variable or a statement is among them.
pub(super) fn is_task(items: &[tree::Item]) -> bool {
    items.iter().any(|item| {
        matches!(item, tree::Item::Header(_) | tree::Item::Stmt(_) | tree::Item::Keep(_))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_runs_say_nothing_and_the_slowest_few_do_not_count() {
        let seconds = |it: i64| Duration::SECOND.times(it);
        assert_eq!(RunTimes::of((1..20).map(seconds).collect()), None);
        let of_hundred = RunTimes::of((1..=100).rev().map(seconds).collect());
        assert_eq!(of_hundred, Some(RunTimes { runs: 100, usual: seconds(95) }));
    }
}
