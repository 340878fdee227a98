//! What follows from a mistake that has been reported already is not reported again.
//!
//! A text that could not be read leaves holes in the tree, and a module that is not there leaves names without a
//! meaning. The rules see the holes and speak; here they are silenced. One mistake, one message.

use std::collections::BTreeSet;

use super::project::{Project, ProjectFile};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{FileId, Span};
use crate::syntax::tree::{Item, Name};

/// The findings without those that follow from another one of them.
pub(super) fn without_consequences(project: &Project, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let holes: Vec<Hole<'_>> =
        project.files().iter().filter_map(|file| Hole::new(file, &found)).collect();
    let unknown = found.iter().filter(|it| it.code == "unknown-secret");
    let unknown: Vec<Span> = unknown.map(Diagnostic::span).collect();
    let mut kept = found;
    kept.retain(|it| {
        let span = it.span();
        let leaks_unknown = unknown.iter().any(|secret| span.to(*secret) == span);
        let in_hole = |hole: &Hole<'_>| hole.file.source.id == span.file && hole.explains(it);
        !(it.code == "secret-leak" && leaks_unknown || holes.iter().any(in_hole))
    });
    forgive_unused(project, &mut kept);
    kept
}

/// Where a file has an error, or one that it has to do with, that may be why something seems to be of no use.
fn forgive_unused(project: &Project, diagnostics: &mut Vec<Diagnostic>) {
    let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let broken: Vec<FileId> = errors.map(|it| it.span().file).collect();
    if broken.is_empty() {
        return;
    }
    let names_broken = |file: FileId| {
        let uses = project.file(file).tree.items.iter().filter_map(|item| match item {
            Item::Use(it) => it.path.last(),
            _ => None,
        });
        let broken = |name: &Name| broken.iter().any(|it| project.file(*it).stem() == name.text);
        uses.into_iter().any(broken)
    };
    diagnostics.retain(|it| {
        let file = it.span().file;
        it.code != "unused-name" || !(broken.contains(&file) || names_broken(file))
    });
}

/// What is unknown about a file.
struct Hole<'a> {
    file: &'a ProjectFile,
    /// The lines about which the parser has spoken.
    lines: BTreeSet<u32>,
    /// The words on them: they may have been declared or used there.
    words: BTreeSet<&'a str>,
    /// A module that is used is not there: any name may come from it.
    misses_module: bool,
}

impl<'a> Hole<'a> {
    fn new(file: &'a ProjectFile, findings: &[Diagnostic]) -> Option<Self> {
        let id = file.source.id;
        let line = |it: &Diagnostic| file.source.position(it.span().start).line;
        let lines: BTreeSet<u32> = file.syntax.iter().map(line).collect();
        let words = lines.iter().flat_map(|line| words(&file.source.text[file.source.line(*line)]));
        let words = words.collect();
        let misses_module = findings.iter().any(|it| it.span().file == id && is_missing_module(it));
        (!lines.is_empty() || misses_module).then_some(Self { file, lines, words, misses_module })
    }

    fn explains(&self, finding: &Diagnostic) -> bool {
        if self.file.syntax.contains(finding) {
            return false;
        }
        let source = &self.file.source;
        let named = source.slice(finding.span());
        let is_about_name = names_something(finding.code);
        let of_module = self.misses_module && finding.code != "unused-name" && is_about_name;
        self.lines.contains(&source.position(finding.span().start).line)
            || is_about_name && self.words.contains(named)
            || of_module
    }
}

fn is_missing_module(finding: &Diagnostic) -> bool {
    matches!(finding.code, "unknown-module" | "import-cycle")
}

/// Findings that say that a name has no meaning, or no use.
fn names_something(code: &str) -> bool {
    matches!(
        code,
        "unknown-name" | "unknown-function" | "unknown-table" | "unknown-type" | "unused-name"
    )
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, found_in};

    #[test]
    fn a_line_that_could_not_be_read_is_spoken_of_once() {
        finds("print(f\"Hello {nobody}\")\n", &["foreign-word at `f`"]);
        finds("let a = [1 b]\nprint(c)\n", &["missing-comma at ``", "unknown-name at `c`"]);
    }

    #[test]
    fn names_that_a_broken_line_may_have_declared_are_not_missed() {
        finds("def add(a: int) -> int { return a }\nprint(add(1))\n", &["foreign-word at `def`"]);
    }

    #[test]
    fn names_are_not_missed_where_a_module_is() {
        let main = "use shpo\nprint(price(1))\nprint(\"a\" + 1)\n";
        let shop = "fn price(n: int) -> int { return n }\n";
        let found = found_in(&[("shop", shop), ("main", main)]);
        assert_eq!(found, ["unknown-module at `shpo`", "no-operator at `+`"]);
    }

    #[test]
    fn an_unknown_secret_is_not_said_to_leak() {
        finds("print(secret.NOWHERE)\n", &["unknown-secret at `NOWHERE`"]);
    }
}
