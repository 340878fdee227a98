//! For the tests of this layer: small programs and what is found in them, as readable text.

use std::sync::OnceLock;

use super::checked::Checked;
use super::library::Library;
use super::project::{Project, ProjectFile, SecretSetting};
use crate::diagnostics::Diagnostic;
use crate::syntax;

/// The real library.
pub(crate) fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::new(crate::stdlib::declarations()))
}

/// A project of these modules, by path and text, with some settings of its own.
pub(super) fn project(files: &[(&str, &str)]) -> Project {
    let mut project = Project::default();
    project.settings.sources = vec!["warehouse".into()];
    project.settings.secrets = vec![SecretSetting { name: "API_KEY".into(), hosts: Vec::new() }];
    project.settings.env = vec!["REGION".into()];
    for (module, text) in files {
        project.add(|id| ProjectFile::parse(module, &format!("{module}.task"), text, id));
    }
    project
}

/// A project that has been checked.
pub(crate) fn checked(files: &[(&str, &str)]) -> (Project, Checked) {
    let project = project(files);
    let checked = super::check(&project, library());
    (project, checked)
}

/// What is found in a task, a line each: the code and the text that it points at.
pub(super) fn found(text: &str) -> Vec<String> {
    found_in(&[("main", text)])
}

/// What is found in a project.
pub(super) fn found_in(files: &[(&str, &str)]) -> Vec<String> {
    let (project, checked) = checked(files);
    checked.diagnostics.iter().map(|it| line(&project, it)).collect()
}

fn line(project: &Project, it: &Diagnostic) -> String {
    let span = it.span();
    let text = project.file(span.file).source.slice(span).to_owned();
    let first = text.lines().next().unwrap_or_default();
    let more = if first.len() < text.len() { "…" } else { "" };
    format!("{} at `{first}{more}`", it.code)
}

/// Asserts that nothing is found.
#[track_caller]
pub(super) fn fine(text: &str) {
    let (project, checked) = checked(&[("main", text)]);
    let found: Vec<String> = checked
        .diagnostics
        .iter()
        .map(|it| format!("{}: {}", line(&project, it), it.title))
        .collect();
    assert!(found.is_empty(), "{found:#?} in\n{text}");
}

/// Asserts what is found in a task.
#[track_caller]
pub(super) fn finds(text: &str, expected: &[&str]) {
    assert_eq!(found(text), expected, "in\n{text}");
}

/// The type of the last `let` of a task, as it reads.
#[track_caller]
pub(super) fn type_of_last(text: &str) -> String {
    let (project, checked) = checked(&[("main", text)]);
    let errors: Vec<_> = checked
        .diagnostics
        .iter()
        .filter(|it| it.severity == crate::diagnostics::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let file = &project.files()[0];
    let mut bindings = file.tree.items.iter().filter_map(|item| match item {
        syntax::tree::Item::Stmt(stmt) => match &stmt.kind {
            syntax::tree::StmtKind::Let(it) => match &it.target {
                syntax::tree::LetTarget::Name(binding) => Some(binding.id),
                syntax::tree::LetTarget::Fields(..) => None,
            },
            _ => None,
        },
        _ => None,
    });
    let last = bindings.next_back().expect("the task has a `let`");
    checked.files[0].tables.types[last.0 as usize].to_string()
}
