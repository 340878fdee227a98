//! Questions about code, answered as plain data: what stands here, where else, what could come next.
//!
//! [`Ide`] holds the newest version of every file and what checking says about it, each checked once per version. A question
//! takes a [`View`] of it and gives spans, texts and enums; how an editor counts columns or asks is known above this layer.
//! Nothing here fails: a file with errors is answered as well as it can be.

mod calls;
mod complete;
mod describe;
mod hints;
mod hover;
mod inside;
mod names;
mod occurrences;
mod outline;
mod places;
mod rename;
mod schedules;
mod signature_help;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::check::checked::{Checked, CheckedFile};
use crate::check::library::Library;
use crate::check::project::{Project, ProjectFile};
use crate::check::{check, check_file};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Source, Span};
use crate::syntax::tree;

pub use calls::{Call, Callable, callable_at, incoming, outgoing};
pub use complete::{Completion, CompletionKind, complete, documentation};
pub use hints::{Hint, hints};
pub use hover::{Hover, hover};
pub use occurrences::{Occurrence, Role, Symbol};
pub use outline::{Entry, EntryKind, Fold, entries, folds, selection};
pub use places::{Link, definition, highlights, links, references};
pub use rename::{Refusal, Renaming, can_rename, rename};
pub use schedules::{Lens, lenses, next_runs};
pub use signature_help::{Help, help};
pub use tokens::{TOKEN_KINDS, TokenKind, TokenSpan, tokens};

/// All files of a project at their newest version, with what is known about them.
#[derive(Debug)]
pub struct Ide {
    library: Arc<Library>,
    project: Project,
    /// By file: what checking it and those that it uses said, at this version of everything.
    of_file: FxHashMap<FileId, Arc<Checked>>,
    /// What checking all of them said, at this version of everything.
    of_all: Option<Arc<Checked>>,
}

impl Ide {
    /// A project without files.
    #[must_use]
    pub fn new(library: Arc<Library>) -> Self {
        Self::of(library, Project::default())
    }

    /// A project with the files that it has.
    #[must_use]
    pub fn of(library: Arc<Library>, project: Project) -> Self {
        Self { library, project, of_file: FxHashMap::default(), of_all: None }
    }

    /// The files and settings.
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Takes a file, or a newer version of one. `path` is how it is shown.
    pub fn set(&mut self, module: &str, path: &str, text: &str) -> FileId {
        let known = self.project.module(module).map(|it| (it.source.id, &*it.source.text == text));
        match known {
            Some((id, true)) => id,
            Some((id, false)) => {
                self.project.replace(ProjectFile::parse(module, path, text, id));
                self.forget();
                id
            }
            None => {
                self.forget();
                self.project.add(|id| ProjectFile::parse(module, path, text, id))
            }
        }
    }

    /// Takes a file away. The others are called by other ids afterwards.
    pub fn remove(&mut self, module: &str) {
        let mut project = Project::default();
        project.settings.clone_from(&self.project.settings);
        for file in self.project.files().iter().filter(|it| it.module != module) {
            let (module, Source { path, text, .. }) = (&file.module, &file.source);
            project.add(|id| ProjectFile::parse(module, path, text, id));
        }
        self.project = project;
        self.forget();
    }

    /// A file with what checking says about it and the files that it uses.
    pub fn view(&mut self, file: FileId) -> View<'_> {
        let checked = match (&self.of_all, self.of_file.get(&file)) {
            (Some(all), _) => Arc::clone(all),
            (None, Some(known)) => Arc::clone(known),
            (None, None) => {
                let checked = Arc::new(check_file(&self.project, &self.library, file));
                self.of_file.insert(file, Arc::clone(&checked));
                checked
            }
        };
        View { project: &self.project, library: &self.library, checked, file }
    }

    /// A file with what checking says about all files: for questions that other files have a part in.
    pub fn view_of_all(&mut self, file: FileId) -> View<'_> {
        let all = || Arc::new(check(&self.project, &self.library));
        let checked = Arc::clone(self.of_all.get_or_insert_with(all));
        View { project: &self.project, library: &self.library, checked, file }
    }

    /// The findings of one file.
    pub fn diagnostics(&mut self, file: FileId) -> Vec<Diagnostic> {
        let checked = self.view(file).checked;
        checked.diagnostics.iter().filter(|it| it.span().file == file).cloned().collect()
    }

    fn forget(&mut self) {
        self.of_file.clear();
        self.of_all = None;
    }
}

/// A file, the project around it, and what checking says.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// All files.
    pub project: &'a Project,
    /// What every task can call.
    pub library: &'a Library,
    /// What checking says.
    pub checked: Arc<Checked>,
    /// The file that is asked about.
    pub file: FileId,
}

impl<'a> View<'a> {
    /// The file's text.
    #[must_use]
    pub fn source(&self) -> &'a Source {
        &self.project.file(self.file).source
    }

    /// The file's tree.
    #[must_use]
    pub fn tree(&self) -> &'a tree::File {
        &self.project.file(self.file).tree
    }

    /// What is known of the file.
    fn facts(&self) -> &CheckedFile {
        self.checked.file(self.file)
    }

    /// The same with another file in its middle.
    fn of(&self, file: FileId) -> Self {
        Self { file, ..self.clone() }
    }

    /// The text of a place in any file.
    fn slice(&self, span: Span) -> &'a str {
        self.project.file(span.file).source.slice(span)
    }
}
