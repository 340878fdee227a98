//! The order of the work: names, declarations, bodies, effects.

use std::sync::Arc;

use super::checked::{Checked, CheckedFile, Tables};
use super::checker::{Checker, World};
use super::consequence;
use super::crowd;
use super::declared::Declared;
use super::effects::{self, Bodies};
use super::library::{Body, Declaration, Library};
use super::mends;
use super::names::{self, declared_name};
use super::project::Project;
use super::silence;
use super::threads::{STACK_BYTES, on_threads, threads_for};
use super::touch::Touched;
use super::types::{DeclId, Type};
use super::used::Used;
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::tree::{FnBody, Item};

/// Fewer files than this are not worth a second thread.
const FILES_PER_THREAD_MIN: usize = 16;

/// Checks every file of a project.
#[must_use]
pub fn check(project: &Project, library: &Library) -> Checked {
    on_a_large_stack(|| with_mends_tried(project, library, None, Keep::Tables))
}

/// What checking every file of a project says, without what else it finds out: much less memory.
#[must_use]
pub fn findings(project: &Project, library: &Library) -> Vec<Diagnostic> {
    on_a_large_stack(|| with_mends_tried(project, library, None, Keep::Findings)).diagnostics
}

/// Checks one file and those that it uses; of others nothing is said.
#[must_use]
pub fn check_file(project: &Project, library: &Library, file: FileId) -> Checked {
    on_a_large_stack(|| with_mends_tried(project, library, Some(file), Keep::Tables))
}

/// The same for somebody who tells nobody of what is found: its mends are not tried out.
#[must_use]
pub fn glance(project: &Project, library: &Library, file: FileId) -> Checked {
    on_a_large_stack(|| check_some(project, library, Some(file), Keep::Tables))
}

/// Checks every declaration of the library itself: for its tests.
#[must_use]
pub fn check_library(library: &Library) -> Vec<(String, Diagnostic)> {
    let all = library.all_functions().flat_map(|entry| {
        let declaration = library.declaration(entry);
        let name = format!("{}.{}", declaration.id.module, declaration.id.name);
        let found = check_declaration(library, declaration).1;
        found.into_iter().map(move |it| (name.clone(), it))
    });
    all.collect()
}

/// Checks the parameters and the body of a library declaration.
pub(super) fn check_declaration(
    library: &Library,
    declaration: &Declaration,
) -> (Body, Vec<Diagnostic>) {
    let project = Project::default();
    let world = World { project: &project, library, scopes: Vec::new(), declared: Vec::new() };
    let mut checker = Checker::new(&world, &declaration.source, &declaration.tree);
    let function = declaration.function();
    // The signature was read without side tables; the compiler looks up what an inlined body gives.
    if let Some(result) = &function.result {
        let ty = declaration.signature.result.clone();
        checker.tables.type_exprs.insert(result.id, ty);
    }
    match &function.body {
        FnBody::Block(body) => checker.fn_block(function, &declaration.signature, body),
        FnBody::Native(_) => checker.defaults(function, &declaration.signature),
    }
    checker.end_body();
    if let Some(result) = &function.result {
        checker.tables.type_exprs.insert(result.id, declaration.signature.result.clone());
    }
    let calls = checker.touches.list.iter().filter_map(|touch| match &touch.what {
        Touched::Library(it) => Some(library.declaration(*it).id.clone()),
        Touched::Fn(_) | Touched::Const(_) | Touched::Task(_) | Touched::Source { .. } => None,
    });
    let body = Body { touched: calls.collect(), tables: checker.tables };
    (body, checker.diagnostics)
}

/// Runs work whose recursion follows the nesting of the text.
fn on_a_large_stack<T>(work: impl FnOnce() -> T) -> T {
    stacker::grow(STACK_BYTES, work)
}

/// What is kept of a file once it has been checked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Tables,
    Findings,
}

fn with_mends_tried(
    project: &Project,
    library: &Library,
    only: Option<FileId>,
    keep: Keep,
) -> Checked {
    let mut checked = check_some(project, library, only, keep);
    let again = |project: &Project, file| {
        check_some(project, library, Some(file), Keep::Findings).diagnostics
    };
    mends::keep_those_that_help(project, &mut checked.diagnostics, again);
    checked
}

fn check_some(project: &Project, library: &Library, only: Option<FileId>, keep: Keep) -> Checked {
    let names::Scopes { of_files: scopes, order, mut diagnostics } =
        names::collect(project, library);
    let declared = vec![Arc::default(); scopes.len()];
    let mut world = World { project, library, scopes, declared };
    let wanted = wanted(&world, &order, only);
    let mut drafts: Vec<Draft> = project.files().iter().map(|_| Draft::default()).collect();
    let mut constants = Vec::new();
    for id in &wanted {
        let (draft, declared) = declare(&world, *id, &mut constants);
        drafts[id.0 as usize] = draft;
        world.declared[id.0 as usize] = Arc::new(declared);
    }
    let (files, mut bodies, found) = bodies(&world, drafts, &wanted, keep);
    bodies.append(&mut constants);
    diagnostics.extend(found);
    let name = |decl: DeclId| {
        let item = project.file(decl.file).tree.items.get(decl.item as usize);
        item.and_then(declared_name).map(|it| it.text.clone()).unwrap_or_default()
    };
    let is_known = |decl: DeclId| {
        let declared = world.declared[decl.file.0 as usize].get(decl.item as usize);
        !matches!(declared, None | Some(Declared::Const(Type::Error)))
    };
    let starts_over = |file: FileId| {
        let headers = &files.get(file.0 as usize)?.headers;
        let asked = headers.retry.times > 0 && !headers.durable;
        asked.then(|| header_span(project, file, "retry"))?
    };
    let names =
        effects::Names { library, of_decl: &name, is_known: &is_known, starts_over: &starts_over };
    let (effects, found) = effects::analyse(&names, &bodies);
    diagnostics.extend(found);
    if only.is_none() {
        diagnostics.extend(crowd::crowded_minute(project, files.iter().map(AsRef::as_ref)));
    }
    let diagnostics = settled(project, &wanted, diagnostics);
    Checked { files, effects, diagnostics }
}

/// Where a header stands.
fn header_span(project: &Project, file: FileId, word: &str) -> Option<Span> {
    project.file(file).tree.items.iter().find_map(|item| match item {
        Item::Header(header) if header.word.text == word => Some(header.span),
        _ => None,
    })
}

/// A file that has been declared.
#[derive(Default)]
struct Draft {
    tables: Tables,
    diagnostics: Vec<Diagnostic>,
    used: Used,
}

/// The files to check, each behind those that it uses: all, or one with what it uses.
fn wanted(world: &World<'_>, order: &[FileId], only: Option<FileId>) -> Vec<FileId> {
    let Some(file) = only else { return order.to_vec() };
    let uses = names::uses(&world.scopes, file);
    order.iter().copied().filter(|id| *id == file || uses.contains(id)).collect()
}

fn declare(world: &World<'_>, id: FileId, constants: &mut Bodies) -> (Draft, Vec<Declared>) {
    let file = world.project.file(id);
    let mut checker = Checker::new(world, &file.source, &file.tree);
    checker.declare_all();
    constants.append(&mut checker.bodies);
    let Checker { tables, diagnostics, used, declared, .. } = checker;
    (Draft { tables, diagnostics, used }, declared)
}

/// Checks the bodies of the files that are wanted, on several threads where there are many.
fn bodies(
    world: &World<'_>,
    drafts: Vec<Draft>,
    wanted: &[FileId],
    keep: Keep,
) -> (Vec<Arc<CheckedFile>>, Bodies, Vec<Diagnostic>) {
    let drafts: Vec<(FileId, Draft)> = (0..).map(FileId).zip(drafts).collect();
    let threads = threads_for(wanted.len().div_ceil(FILES_PER_THREAD_MIN));
    let done = on_threads(drafts, threads, |(id, it)| finish(world, id, it, wanted, keep));
    let mut files = Vec::new();
    let (mut bodies, mut diagnostics) = (Bodies::new(), Vec::new());
    for finished in done {
        files.push(Arc::new(finished.file));
        bodies.extend(finished.bodies);
        diagnostics.extend(finished.diagnostics);
    }
    (files, bodies, diagnostics)
}

/// A file that has been checked.
struct Finished {
    file: CheckedFile,
    bodies: Bodies,
    diagnostics: Vec<Diagnostic>,
}

fn finish(world: &World<'_>, id: FileId, draft: Draft, wanted: &[FileId], keep: Keep) -> Finished {
    let declared = world.declared[id.0 as usize].to_vec();
    let uses = names::uses(&world.scopes, id);
    if !wanted.contains(&id) {
        let tables = draft.tables;
        let file = CheckedFile { tables, declared, uses, ..CheckedFile::default() };
        return Finished { file, bodies: Bodies::new(), diagnostics: draft.diagnostics };
    }
    let file = world.project.file(id);
    let mut checker = Checker::new(world, &file.source, &file.tree);
    checker.tables = draft.tables;
    checker.diagnostics = draft.diagnostics;
    checker.used = draft.used;
    checker.declared.clone_from(&declared);
    let headers = Arc::new(checker.read_headers());
    checker.check_bodies();
    checker.lint_sleeps(headers.timeout);
    checker.lint_statuses();
    checker.lint_unused_declarations();
    let tables = match keep {
        Keep::Tables => checker.tables,
        Keep::Findings => Tables::default(),
    };
    let file = CheckedFile { tables, declared, headers, uses, is_whole: true };
    Finished { file, bodies: checker.bodies, diagnostics: checker.diagnostics }
}

/// The findings about the files that are wanted, by file, by place, by code, as the project wants to hear them.
fn settled(project: &Project, wanted: &[FileId], found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut by_file: Vec<Vec<Diagnostic>> = project.files().iter().map(|_| Vec::new()).collect();
    for it in found {
        by_file[it.span().file.0 as usize].push(it);
    }
    let mut settled: Vec<Vec<Diagnostic>> = project.files().iter().map(|_| Vec::new()).collect();
    for id in wanted {
        let file = project.file(*id);
        let mut found = std::mem::take(&mut by_file[id.0 as usize]);
        found.extend(file.syntax.iter().cloned());
        settled[id.0 as usize] = consequence::without_consequences(file, found);
    }
    consequence::forgive_unused(project, &mut settled);
    let files = project.files().iter().zip(settled);
    files.flat_map(|(file, found)| in_order(project, silence::apply(file, found))).collect()
}

/// A file's findings by place, by code, at the levels that the project chooses.
fn in_order(project: &Project, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let levels = &project.settings.levels;
    let heard = found.into_iter().filter_map(|mut it| match levels.get(it.code) {
        None => Some(it),
        Some(None) => None,
        Some(Some(severity)) => {
            it.severity = *severity;
            Some(it)
        }
    });
    let mut heard: Vec<Diagnostic> = heard.collect();
    heard.sort_by_key(|it| (it.span().start, it.span().end, it.code));
    heard.dedup();
    heard
}
