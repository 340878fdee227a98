//! Mends, tried out before they are offered.
//!
//! What was meant is a guess, and a guess after which the line is still wrong was a bad one: whoever took it would have to undo it. So the
//! file is checked with the mend in it. Where much is wrong, or the texts are long, mends are offered as they are: a finding must not
//! wait for its mend. Nothing is tried out of what holds, or needs the reader's words in its holes.

use std::collections::BTreeSet;

use super::project::{Project, ProjectFile};
use crate::diagnostics::{Applicability, Diagnostic, Edit, Fix, Severity, fix};
use crate::source::{FileId, Source};

/// A file with more mistakes than this is not one that somebody is about to finish.
const MISTAKES_MAX: usize = 4;

/// How many mends are tried out in one go.
const TRIED_MAX: usize = 6;

/// How long the texts of one go may be together, in bytes: a text of 300 lines has 10 KiB and takes a millisecond.
const TEXTS_MAX: usize = 64 << 10;

/// Takes likely mends away that do not help, and calls certain ones likely.
///
/// `check` says what is wrong with one file of a project.
pub(super) fn keep_those_that_help(
    project: &Project,
    found: &mut [Diagnostic],
    check: impl Fn(&Project, FileId) -> Vec<Diagnostic>,
) {
    let mut tried = (0, 0);
    for of_file in found.chunk_by_mut(|a, b| a.span().file == b.span().file) {
        if of_file.len() <= MISTAKES_MAX {
            try_out(project, of_file, &mut tried, &check);
        }
    }
}

/// The same of one file's findings; `tried` says how many texts, and how long together, have been tried out.
fn try_out(
    project: &Project,
    found: &mut [Diagnostic],
    tried: &mut (usize, usize),
    check: impl Fn(&Project, FileId) -> Vec<Diagnostic>,
) {
    let before = found.to_vec();
    for finding in found {
        let id = finding.span().file;
        let file = project.file(id);
        let is_syntax = file.syntax.contains(finding);
        if !is_syntax && !file.syntax.is_empty() {
            finding
                .fixes
                .iter_mut()
                .for_each(|it| it.applicability = it.applicability.max(Applicability::Maybe));
        }
        let mends = std::mem::take(&mut finding.fixes);
        let mut judged = |mend: Fix| {
            let Some(text) = mended(file, &mend) else { return Some(mend) };
            *tried = (tried.0 + 1, tried.1 + text.len());
            if tried.0 > TRIED_MAX || tried.1 > TEXTS_MAX {
                return Some(mend);
            }
            let mut other = project.clone();
            other.replace(ProjectFile::glance(&file.module, &file.source.path, &text, id));
            let after = check(&other, id);
            let trial = Trial { is_syntax, after: &other.file(id).source, edits: &mend.edits };
            if trial.helps(finding, &before, &after) {
                return Some(mend);
            }
            // A word of another language is written otherwise here, whatever else its line lacks.
            let is_word = replaces_word(file, &mend);
            let reads = is_word || trial.reads(&other.file(id).syntax);
            less_sure(mend).filter(|_| reads && (is_syntax || finding.code == "foreign-word"))
        };
        finding.fixes = mends.into_iter().filter_map(&mut judged).collect();
    }
}

/// The file's text with the mend in it, where it can be tried out.
fn mended(file: &ProjectFile, mend: &Fix) -> Option<String> {
    let in_file = |it: &Edit| it.span.file == file.source.id;
    let can_be_tried =
        mend.applicability != Applicability::Snippet && mend.edits.iter().all(in_file);
    fix::apply(&file.source.text, &mend.edits).filter(|_| can_be_tried)
}

/// Whether a mend puts a word in the place of another.
fn replaces_word(file: &ProjectFile, mend: &Fix) -> bool {
    mend.edits.iter().all(|it| file.source.slice(it.span).starts_with(char::is_alphabetic))
}

/// What is left of a mend after which something else is wrong.
fn less_sure(mend: Fix) -> Option<Fix> {
    let is_safe = mend.applicability == Applicability::Safe;
    is_safe.then_some(Fix { applicability: Applicability::Maybe, ..mend })
}

/// A file with a mend in it.
struct Trial<'a> {
    /// Whether the finding says that the text cannot be read.
    is_syntax: bool,
    /// The text with it.
    after: &'a Source,
    edits: &'a [Edit],
}

impl Trial<'_> {
    /// Whether the finding is gone, and nothing new is said that the mend has brought.
    fn helps(&self, finding: &Diagnostic, before: &[Diagnostic], after: &[Diagnostic]) -> bool {
        let alike = |a: &Diagnostic, b: &Diagnostic| a.code == b.code && a.title == b.title;
        let were = |it: &Diagnostic| before.iter().filter(|other| alike(it, other)).count();
        let are = |it: &Diagnostic| after.iter().filter(|other| alike(it, other)).count();
        let touched = self.touched();
        let is_elsewhere =
            |it: &Diagnostic| !touched.contains(&self.after.position(it.span().start).line);
        // What is declared nowhere is missed wherever it stands.
        let is_global = |it: &Diagnostic| {
            matches!(it.code, "unknown-table" | "unknown-type" | "unknown-secret")
        };
        // A text that cannot be read hides what is wrong on other lines, and any error what is of no use.
        let was_hidden = |it: &Diagnostic| {
            it.code == "unused-name"
                || is_global(it)
                || is_elsewhere(it) && (self.is_syntax || it.severity != Severity::Error)
        };
        are(finding) < were(finding) && after.iter().all(|it| are(it) <= were(it) || was_hidden(it))
    }

    /// Whether what the mend has changed can be read.
    fn reads(&self, syntax: &[Diagnostic]) -> bool {
        let touched = self.touched();
        syntax.iter().all(|it| !touched.contains(&self.after.position(it.span().start).line))
    }

    /// The lines of the mended text that the mend has changed.
    fn touched(&self) -> BTreeSet<u32> {
        let mut edits: Vec<&Edit> = self.edits.iter().collect();
        edits.sort_by_key(|it| it.span.start);
        let (mut lines, mut more, mut less) = (BTreeSet::new(), 0, 0);
        for edit in edits {
            let length = u32::try_from(edit.text.len()).unwrap_or(u32::MAX);
            let start = edit.span.start + more - less;
            let line = |offset: u32| self.after.position(offset).line;
            lines.extend(line(start)..=line(start + length));
            (more, less) = (more + length, less + edit.span.end - edit.span.start);
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{checked, finds};
    use crate::diagnostics::Applicability;

    fn mends(text: &str) -> Vec<(String, Applicability)> {
        let found = checked(&[("main", text)]).1.diagnostics;
        found.into_iter().flat_map(|it| it.fixes).map(|it| (it.title, it.applicability)).collect()
    }

    #[test]
    fn a_comma_is_not_offered_where_the_call_takes_one_value() {
        let text = "fn f(n: int) -> int { return n }\nprint(f(1 2))\n";
        finds(text, &["missing-comma at ``"]);
        assert_eq!(mends(text), []);
    }

    #[test]
    fn a_comma_is_offered_where_it_helps() {
        let text = "fn f(n: int, m: int) -> int { return n + m }\nprint(f(1 2))\n";
        assert_eq!(mends(text), [("add `,`".to_owned(), Applicability::Maybe)]);
    }

    #[test]
    fn a_mistake_elsewhere_is_not_held_against_a_mend() {
        let text = "let a = [1 2]\nprint(a, nobody)\n";
        assert_eq!(mends(text)[0], ("add `,`".to_owned(), Applicability::Maybe));
    }
}
