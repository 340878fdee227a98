//! Names, types, effects, schedules: everything that can be known before the clock strikes.
//!
//! Never fails and does no I/O: the project's files and settings come in as data, side tables and diagnostics come out.

pub mod checked;
pub mod declared;
pub mod effects;
pub mod library;
pub mod project;
mod read_type;
pub mod signature;
pub mod table;
pub mod types;

use std::sync::Arc;

use checked::{Checked, CheckedFile, Tables};
use library::{Declaration, Library};
use project::Project;

use crate::diagnostics::Diagnostic;
use crate::source::FileId;

/// Checks every file of a project.
#[must_use]
pub fn check(project: &Project, _library: &Library) -> Checked {
    let files = project.files().iter().map(|_| Arc::new(CheckedFile::default())).collect();
    let diagnostics = project.files().iter().flat_map(|file| file.syntax.clone()).collect();
    Checked { files, diagnostics }
}

/// Checks one file and, of the files that it uses, the declarations.
#[must_use]
pub fn check_file(project: &Project, library: &Library, _file: FileId) -> Checked {
    check(project, library)
}

/// Checks the parameters and the body of a library declaration.
fn check_declaration(_library: &Library, _declaration: &Declaration) -> (Tables, Vec<Diagnostic>) {
    (Tables::default(), Vec::new())
}
