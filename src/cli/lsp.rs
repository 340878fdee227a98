//! `taskc lsp`: the language server on standard input and output.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use lsp_server::Connection;

use super::output::note;
use super::settings::Unusable;
use super::{files, project};
use crate::check::library::Library;
use crate::check::project::{Project, ProjectFile, module_of};
use crate::diagnostics::catalogue;
use crate::lsp::{self, Disk, OnDisk};
use crate::schedule::Instant;
use crate::stdlib;

/// Serves the editor that started us, until it says goodbye.
pub fn run() -> Result<ExitCode, Unusable> {
    let (connection, threads) = Connection::stdio();
    let library = Arc::new(Library::new(stdlib::declarations()));
    let outcome = lsp::serve(&connection, library, Arc::new(RealDisk::default()));
    drop(connection);
    match outcome {
        Ok(()) => {
            threads.join().map_err(|error| Unusable(format!("the connection broke: {error}")))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            note(&format!("error: {why}"));
            Ok(ExitCode::from(1))
        }
    }
}

/// The files that can be read, without what they use from elsewhere.
fn without_settings(root: &Path, files: &[PathBuf]) -> Project {
    let mut project = Project::default();
    for path in files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let shown = path.display().to_string();
        project.add(|id| ProjectFile::parse(&module_of(root, path), &shown, &text, id));
    }
    project
}

/// The disk of this machine.
#[derive(Debug)]
struct RealDisk {
    /// Where pages are put that explain codes.
    folder: PathBuf,
    /// The pages that are there, by code: each is looked for once, however many findings lead to it.
    pages: Mutex<BTreeMap<&'static str, Option<PathBuf>>>,
}

impl Default for RealDisk {
    fn default() -> Self {
        let folder = format!("taskc-{}-explain", env!("CARGO_PKG_VERSION"));
        Self { folder: std::env::temp_dir().join(folder), pages: Mutex::default() }
    }
}

impl RealDisk {
    /// The page of a code as a file; nothing where none can be written.
    fn written(&self, row: &catalogue::Row) -> Option<PathBuf> {
        let path = self.folder.join(format!("{}.md", row.code));
        if !path.is_file() {
            std::fs::create_dir_all(&self.folder).ok()?;
            std::fs::write(&path, row.page).ok()?;
        }
        Some(path)
    }

    /// The task files of a project: all below its root where that has settings, otherwise those right in it.
    fn files(&self, root: &Path) -> Vec<PathBuf> {
        if root.join("taskc.toml").is_file() {
            let mut files = files::tasks(&[root.to_owned()]).unwrap_or_default();
            files.retain(|it| self.root(it) == root);
            return files;
        }
        let entries = std::fs::read_dir(root).into_iter().flatten().filter_map(Result::ok);
        let mut files: Vec<PathBuf> =
            entries.map(|it| it.path()).filter(|it| files::is_task(it) && it.is_file()).collect();
        files.sort();
        files
    }
}

impl Disk for RealDisk {
    fn roots(&self, folder: &Path) -> Vec<PathBuf> {
        let files = files::tasks(&[folder.to_owned()]).unwrap_or_default();
        let mut folders: Vec<PathBuf> =
            files.iter().filter_map(|it| it.parent()).map(Path::to_owned).collect();
        folders.dedup();
        let mut roots: Vec<PathBuf> = folders.iter().map(|it| self.root(it)).collect();
        roots.push(self.root(folder));
        roots.sort();
        roots.dedup();
        roots
    }

    fn project(&self, root: &Path) -> OnDisk {
        let files = self.files(root);
        match project::load(&files, Some(super::now())) {
            Ok(loaded) => {
                let project = loaded.into_iter().next().map(|it| it.project).unwrap_or_default();
                OnDisk { project, trouble: None }
            }
            // Settings that cannot be read do not keep anybody from the files.
            Err(Unusable(why)) => {
                OnDisk { project: without_settings(root, &files), trouble: Some(why) }
            }
        }
    }

    fn root(&self, path: &Path) -> PathBuf {
        let start = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
        start.ancestors().find(|it| it.join("taskc.toml").is_file()).unwrap_or(start).to_owned()
    }

    fn read(&self, path: &Path) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }

    fn now(&self) -> Instant {
        Instant(super::now())
    }

    fn page(&self, code: &str) -> Option<PathBuf> {
        let row = catalogue::row(code)?;
        let mut pages = self.pages.lock().ok()?;
        pages.entry(row.code).or_insert_with(|| self.written(row)).clone()
    }
}
