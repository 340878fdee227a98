//! The language server: messages of the Language Server Protocol 3.17 on one side, [`ide`](crate::ide) on the other.
//!
//! One thread owns the documents and answers in the order in which it is asked; an answer takes milliseconds, since every file is
//! checked once per version. What concerns files that are not open (their findings) is worked out on a second thread and dropped when
//! something changed meanwhile. Files and settings come through [`Disk`], which the command line implements.

mod capabilities;
mod convert;
mod diagnose;
mod documents;
mod encoding;
mod requests;
mod server;

use std::path::{Path, PathBuf};

use crate::check::project::Project;
use crate::schedule::Instant;

pub use server::serve;

/// A project as it stands on disk.
#[derive(Clone, Debug, Default)]
pub struct OnDisk {
    /// Its files and settings.
    pub project: Project,
    /// What is wrong with the settings, for people.
    pub trouble: Option<String>,
}

/// What the server needs of the world.
pub trait Disk: Send + Sync {
    /// The roots of all projects that have files below a folder.
    fn roots(&self, folder: &Path) -> Vec<PathBuf>;

    /// The files and settings of the project with this root.
    fn project(&self, root: &Path) -> OnDisk;

    /// The root of the project that a file or folder belongs to.
    fn root(&self, path: &Path) -> PathBuf;

    /// A file's text; nothing where it is gone or is no text.
    fn read(&self, path: &Path) -> Option<String>;

    /// The time that it is.
    fn now(&self) -> Instant;

    /// A file with the page that explains a code.
    fn page(&self, code: &str) -> Option<PathBuf>;
}
