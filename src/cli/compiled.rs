//! From a path to a verified program: a task that is checked and compiled, or bytecode that was built before.

use std::path::Path;
use std::sync::Arc;

use super::args::Color;
use super::project;
use super::settings::{Root, Unusable};
use crate::bytecode::{self, Verified};
use crate::check;
use crate::check::checked::Valid;
use crate::check::headers::TaskHeaders;
use crate::check::library::Library;
use crate::stdlib;

/// A program that can be run.
pub struct Compiled {
    /// The project that it belongs to.
    pub root: Root,
    /// What its headers say; the defaults for bytecode.
    pub headers: Arc<TaskHeaders>,
    /// What is run.
    pub program: Arc<Verified>,
}

/// Why there is no program.
pub enum Refused {
    /// It has errors, which were shown.
    Shown,
    /// The request cannot be carried out.
    Unusable(Unusable),
}

impl From<Unusable> for Refused {
    fn from(unusable: Unusable) -> Self {
        Self::Unusable(unusable)
    }
}

/// Reads, checks and compiles a task, or reads bytecode.
pub fn load(path: &Path, color: Color) -> Result<Compiled, Refused> {
    if !path.is_file() {
        return Err(Unusable(format!("there is no file called `{}`", path.display())).into());
    }
    if !super::files::is_task(path) {
        return built(path);
    }
    let loaded =
        project::load(&[path.to_owned()], None)?.pop().expect("one file belongs to one project");
    let library = Library::new(stdlib::declarations());
    let task = loaded.wanted[0];
    let checked = check::check_file(&loaded.project, &library, task);
    if super::check::refused(&loaded, &checked, color) {
        return Err(Refused::Shown);
    }
    if !loaded.project.file(task).is_task() {
        let message =
            format!("`{}` is a module: it has no headers and no statements to run", path.display());
        return Err(Unusable(message).into());
    }
    let valid = checked
        .valid(&loaded.project, &library, task)
        .ok_or_else(|| Unusable("the task has errors".to_owned()))?;
    let program = compile(valid)?;
    let headers = Arc::clone(&checked.file(task).headers);
    Ok(Compiled { root: loaded.root, headers, program })
}

/// Compiles and verifies a task without errors.
pub fn compile(valid: Valid<'_>) -> Result<Arc<Verified>, Unusable> {
    bytecode::verify(bytecode::compile::compile(valid))
        .map(Arc::new)
        .map_err(|damage| Unusable(format!("this is a mistake in taskc: {damage}")))
}

fn built(path: &Path) -> Result<Compiled, Refused> {
    let bytes = std::fs::read(path)
        .map_err(|error| Unusable(format!("{} cannot be read: {error}", path.display())))?;
    let program = bytecode::encode::decode(&bytes)
        .map_err(|error| Unusable(format!("{}: {error}", path.display())))?;
    let program = bytecode::verify(program)
        .map_err(|damage| Unusable(format!("{}: {damage}", path.display())))?;
    Ok(Compiled { root: Root::find(path)?, headers: Arc::default(), program: Arc::new(program) })
}
