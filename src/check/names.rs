//! Which names each file declares and which it sees of others: `use`, its cycles, names that come from two places.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::library::Library;
use super::project::{Project, ProjectFile};
use super::report::names as report;
use super::types::DeclId;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::source::{FileId, Span};
use crate::syntax::tree::{Item, Name, Use};

/// The names of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct FileScope {
    own: FxHashMap<EcoString, u32>,
    imports: Vec<Import>,
}

/// A `use`.
#[derive(Clone, Debug)]
pub(super) struct Import {
    /// The module's file.
    pub(super) file: FileId,
    /// The name behind `as`: the module's names are seen behind it only.
    pub(super) alias: Option<EcoString>,
    /// The module's own name, for messages.
    pub(super) name: EcoString,
    /// The whole declaration.
    pub(super) span: Span,
}

/// What a name stands for among declarations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing declared is called so.
    Nothing,
    /// One declaration.
    Decl(DeclId),
    /// A module that was named with `as`.
    Module(FileId),
    /// Declarations of several modules, by the modules' names.
    Several(Vec<EcoString>),
}

/// The scopes of all files, in the project's order.
pub(super) struct Scopes {
    pub(super) of_files: Vec<FileScope>,
    /// The files so ordered that each comes behind those that it uses.
    pub(super) order: Vec<FileId>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Finds the names of every file. A `use` that closes a cycle is reported and left out.
pub(super) fn collect(project: &Project, library: &Library) -> Scopes {
    let mut diagnostics = Vec::new();
    let mut scopes: Vec<_> =
        project.files().iter().map(|file| declared_names(file, &mut diagnostics)).collect();
    for (scope, file) in scopes.iter_mut().zip(project.files()) {
        scope.imports = imports(project, library, file, &mut diagnostics);
    }
    diagnostics.extend(file_names(project));
    let order = Order::of(project, &mut scopes, &mut diagnostics);
    Scopes { of_files: scopes, order, diagnostics }
}

/// What is wrong with the names of files: how they are written, and two tasks of one name.
fn file_names(project: &Project) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut tasks: FxHashMap<&str, &ProjectFile> = FxHashMap::default();
    for file in project.files() {
        let stem = file.stem();
        let is_name = stem.starts_with(|c: char| c.is_ascii_lowercase())
            && stem.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !is_name {
            found.push(report::file_name(&file.source, stem));
        } else if file.is_task()
            && let Some(first) = tasks.insert(stem, file)
        {
            found.push(report::task_twice(&file.source, stem, &first.source.path));
        }
    }
    found
}

/// The files whose declarations a file sees, directly or through others, ascending.
pub(super) fn uses(scopes: &[FileScope], file: FileId) -> Vec<FileId> {
    let mut found = Vec::new();
    let mut waiting = vec![file];
    while let Some(next) = waiting.pop() {
        for import in &scopes[next.0 as usize].imports {
            if !found.contains(&import.file) {
                found.push(import.file);
                waiting.push(import.file);
            }
        }
    }
    found.sort();
    found
}

/// The name that an item declares for others.
#[must_use]
pub fn declared_name(item: &Item) -> Option<&Name> {
    match item {
        Item::Const(it) => Some(&it.name),
        Item::Type(it) => Some(&it.name),
        Item::Table(it) => Some(&it.name),
        Item::Fn(it) => Some(&it.name),
        Item::Use(_) | Item::Test(_) | Item::Keep(_) | Item::Header(_) | Item::Stmt(_) => None,
    }
}

fn declared_names(file: &ProjectFile, diagnostics: &mut Vec<Diagnostic>) -> FileScope {
    let mut own: FxHashMap<EcoString, u32> = FxHashMap::default();
    for (item, at) in file.tree.items.iter().zip(0..) {
        let Some(name) = declared_name(item).filter(|it| !it.text.is_empty()) else { continue };
        match own.get(&name.text) {
            Some(first) => {
                let first = &file.tree.items[*first as usize];
                diagnostics.push(report::declared_twice(&file.source, name, first));
            }
            None => {
                own.insert(name.text.clone(), at);
            }
        }
    }
    FileScope { own, imports: Vec::new() }
}

fn imports(
    project: &Project,
    library: &Library,
    file: &ProjectFile,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Import> {
    let uses = file.tree.items.iter().filter_map(|item| match item {
        Item::Use(it) if it.path.iter().all(|name| !name.text.is_empty()) => Some(it),
        _ => None,
    });
    let mut found: Vec<Import> = Vec::new();
    for it in uses {
        let path = module_path(file, it);
        match project.module(&path) {
            Some(module) if module.is_task() => {
                diagnostics.push(report::uses_task(it, module));
            }
            Some(module) => found.push(Import {
                file: module.source.id,
                alias: it.alias.as_ref().map(|name| name.text.clone()),
                name: it.path.last().map(|name| name.text.clone()).unwrap_or_default(),
                span: it.span,
            }),
            None => diagnostics.push(match it.path.as_slice() {
                [name] if library.has_module(&name.text) => report::uses_library(it, name),
                _ => unknown_module(project, file, it, &path),
            }),
        }
    }
    found
}

/// The module that a `use` names: one name stands for a file beside this one, a path for a file below the project's root.
#[must_use]
pub fn module_path(file: &ProjectFile, it: &Use) -> EcoString {
    let parts: Vec<&str> = it.path.iter().map(|name| name.text.as_str()).collect();
    match parts.as_slice() {
        [name] => ecow::eco_format!("{}{name}", file.folder()),
        path => path.join("/").into(),
    }
}

fn unknown_module(project: &Project, file: &ProjectFile, it: &Use, path: &str) -> Diagnostic {
    let modules = project.files().iter().filter(|other| !other.is_task());
    let reachable: Vec<&str> = match it.path.as_slice() {
        [_] => modules
            .filter(|other| other.folder() == file.folder() && other.module != file.module)
            .map(ProjectFile::stem)
            .collect(),
        _ => modules.map(|other| other.module.as_str()).collect(),
    };
    let written = if it.path.len() == 1 { it.path[0].text.as_str() } else { path };
    let near = nearest(written, reachable.iter().map(|name| Candidate::new(name)));
    report::unknown_module(it, path, &near)
}

impl FileScope {
    /// What a bare name stands for. The file's own declarations come before those of modules.
    pub(super) fn find(&self, file: FileId, scopes: &[FileScope], name: &str) -> Found {
        if let Some(item) = self.own.get(name) {
            return Found::Decl(DeclId { file, item: *item });
        }
        let mut found = Found::Nothing;
        let mut from: Vec<&Import> = Vec::new();
        for import in &self.imports {
            match &import.alias {
                Some(alias) if alias == name => return Found::Module(import.file),
                Some(_) => {}
                None => {
                    let own = scopes[import.file.0 as usize].own(import.file, name);
                    if let Some(decl) = own
                        && !from.iter().any(|it| it.file == import.file)
                    {
                        from.push(import);
                        found = Found::Decl(decl);
                    }
                }
            }
        }
        if from.len() > 1 {
            return Found::Several(from.iter().map(|import| import.name.clone()).collect());
        }
        found
    }

    /// The file's own declaration of a name.
    pub(super) fn own(&self, file: FileId, name: &str) -> Option<DeclId> {
        self.own.get(name).map(|item| DeclId { file, item: *item })
    }

    /// The names that the file declares, in no order.
    pub(super) fn own_names(&self) -> impl Iterator<Item = (&EcoString, u32)> {
        self.own.iter().map(|(name, item)| (name, *item))
    }

    /// What the file uses, in source order.
    pub(super) fn imports(&self) -> &[Import] {
        &self.imports
    }
}

/// The search for an order in which every file comes behind those that it uses.
struct Order<'a> {
    project: &'a Project,
    done: Vec<FileId>,
    /// The files that we are in, outermost first: a `use` of one of them closes a cycle.
    path: Vec<FileId>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Order<'a> {
    fn of(
        project: &'a Project,
        scopes: &mut [FileScope],
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Vec<FileId> {
        let mut order = Self { project, done: Vec::new(), path: Vec::new(), diagnostics };
        for file in project.files() {
            order.visit(file.source.id, scopes);
        }
        order.done
    }

    fn visit(&mut self, file: FileId, scopes: &mut [FileScope]) {
        if self.done.contains(&file) {
            return;
        }
        self.path.push(file);
        let imports = std::mem::take(&mut scopes[file.0 as usize].imports);
        let mut kept = Vec::with_capacity(imports.len());
        for import in imports {
            match self.path.iter().position(|it| *it == import.file) {
                Some(start) => {
                    let modules = self.path[start..].iter().map(|it| self.project.file(*it));
                    let names: Vec<_> = modules.map(|it| it.module.as_str()).collect();
                    self.diagnostics.push(report::import_cycle(import.span, &names));
                }
                None => {
                    self.visit(import.file, scopes);
                    kept.push(import);
                }
            }
        }
        scopes[file.0 as usize].imports = kept;
        self.path.pop();
        self.done.push(file);
    }
}
