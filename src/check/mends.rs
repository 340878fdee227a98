//! Mends, tried out before they are offered.
//!
//! What was meant is a guess, and a guess after which the line is still wrong was a bad one: whoever took it would have to undo it. So the
//! file is checked with the mend in it. Where much is wrong, or the texts are long, likely mends are offered as they are, and the certain ones
//! are tried out all together, as they would be taken: a finding must not wait for its mend. Nothing is tried out of what needs the reader's
//! words in its holes.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;

use super::project::{Project, ProjectFile};
use crate::diagnostics::{Applicability, Diagnostic, Edit, Fix, Severity, fix};
use crate::source::{FileId, Source};

/// A file with more mistakes than this is not one that somebody is about to finish.
const MISTAKES_MAX: usize = 4;

/// How many mends are tried out in one go.
const TRIED_MAX: usize = 6;

/// How long the texts of one go may be together, in bytes: a text of 300 lines has 10 KiB and takes a millisecond.
const TEXTS_MAX: usize = 64 << 10;

/// How long the texts may be together on which certain mends are tried out as one. Behind that no mend is called certain.
const TOGETHER_MAX: usize = 4 << 20;

/// Takes likely mends away that do not help, and calls certain ones likely.
///
/// `check` says what is wrong with one file of a project.
pub(super) fn keep_those_that_help(
    project: &Project,
    found: &mut [Diagnostic],
    check: impl Fn(&Project, FileId) -> Vec<Diagnostic>,
) {
    let (mut tried, mut together) = ((0, 0), 0);
    for of_file in found.chunk_by_mut(|a, b| a.span().file == b.span().file) {
        let is_tried =
            of_file.len() <= MISTAKES_MAX && try_out(project, of_file, &mut tried, &check);
        if !is_tried && of_file.iter().any(|it| it.fixes.iter().any(is_safe)) {
            together += project.file(of_file[0].span().file).source.text.len();
            try_together(project, of_file, together <= TOGETHER_MAX, &check);
        }
    }
}

/// Tries out the mends of one file's findings, each by itself; `tried` says how many texts, and how long together, have been tried out.
/// Gives whether it came to an end.
fn try_out(
    project: &Project,
    found: &mut [Diagnostic],
    tried: &mut (usize, usize),
    check: impl Fn(&Project, FileId) -> Vec<Diagnostic>,
) -> bool {
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
            if is_over(*tried) {
                return Some(mend);
            }
            let other = replaced(project, file, &text);
            let after = check(&other, id);
            let trial = Trial::new(&other.file(id).source, &mend.edits, &before, &after);
            if trial.helps(&mend, finding, is_syntax) {
                return Some(mend);
            }
            // A word of another language is written otherwise here, whatever else its line lacks.
            let is_word = replaces_word(file, &mend);
            let reads = is_word || trial.reads(&mend, &other.file(id).syntax);
            less_sure(&mend).filter(|_| reads && (is_syntax || finding.code == "foreign-word"))
        };
        finding.fixes = mends.into_iter().filter_map(&mut judged).collect();
    }
    !is_over(*tried)
}

fn is_over((texts, bytes): (usize, usize)) -> bool {
    texts > TRIED_MAX || bytes > TEXTS_MAX
}

/// Tries out the certain mends of one file's findings in one text, as whoever takes them all would: those that do not help there are likely.
fn try_together(
    project: &Project,
    found: &mut [Diagnostic],
    has_time: bool,
    check: impl Fn(&Project, FileId) -> Vec<Diagnostic>,
) {
    let file = project.file(found[0].span().file);
    let fix::Choice { edits: mut made, taken, .. } = fix::choose(found, Applicability::Safe);
    made.retain(|it| it.span.file == file.source.id);
    let text = fix::apply(&file.source.text, &made).filter(|_| has_time);
    let mut helping = BTreeSet::new();
    if let Some(text) = text {
        let other = replaced(project, file, &text);
        let after = check(&other, file.source.id);
        let trial = Trial::new(&other.file(file.source.id).source, &made, found, &after);
        helping.extend(taken.into_iter().filter(|at| {
            let finding = &found[*at];
            let mend = finding.fixes.iter().find(|it| is_safe(it));
            let is_syntax = file.syntax.contains(finding);
            mend.is_some_and(|it| trial.helps(it, finding, is_syntax))
        }));
    }
    for (_, finding) in found.iter_mut().enumerate().filter(|(at, _)| !helping.contains(at)) {
        let mends = std::mem::take(&mut finding.fixes);
        finding.fixes = mends.into_iter().map(|it| less_sure(&it).unwrap_or(it)).collect();
    }
}

/// The project with another text of one of its files.
fn replaced(project: &Project, file: &ProjectFile, text: &str) -> Project {
    let mut other = project.clone();
    let id = file.source.id;
    other.replace(ProjectFile::glance(&file.module, &file.source.path, text, id));
    other
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
fn less_sure(mend: &Fix) -> Option<Fix> {
    is_safe(mend).then(|| Fix { applicability: Applicability::Maybe, ..mend.clone() })
}

fn is_safe(mend: &Fix) -> bool {
    mend.applicability == Applicability::Safe
}

/// A file with mends in it.
struct Trial<'a> {
    text: &'a Source,
    /// What was changed, and the lines of the mended text on which it stands.
    made: Vec<(&'a Edit, RangeInclusive<u32>)>,
    /// All these lines.
    touched: BTreeSet<u32>,
    /// How often what is said was said before, and is now.
    times: FxHashMap<(&'a str, &'a str), (usize, usize)>,
    /// What was not said before, or less often.
    new: Vec<&'a Diagnostic>,
}

impl<'a> Trial<'a> {
    fn new(
        text: &'a Source,
        made: &'a [Edit],
        before: &'a [Diagnostic],
        after: &'a [Diagnostic],
    ) -> Self {
        let made = placed(text, made);
        let touched = made.iter().flat_map(|(_, lines)| lines.clone()).collect();
        let mut times: FxHashMap<_, (usize, usize)> = FxHashMap::default();
        before.iter().for_each(|it| times.entry(said(it)).or_default().0 += 1);
        after.iter().for_each(|it| times.entry(said(it)).or_default().1 += 1);
        let is_new = |it: &&Diagnostic| times.get(&said(it)).is_some_and(|it| it.1 > it.0);
        let new = after.iter().filter(is_new).collect();
        Self { text, made, touched, times, new }
    }

    /// Whether the finding, which may say that the text cannot be read, is gone, and nothing new is said that the mend has brought.
    fn helps(&self, mend: &Fix, finding: &Diagnostic, is_syntax: bool) -> bool {
        let is_gone = self.times.get(&said(finding)).is_some_and(|it| it.1 < it.0);
        let is_elsewhere = |it: &Diagnostic| !self.touches(mend, it);
        let is_of_others =
            |it: &Diagnostic| is_elsewhere(it) && self.touched.contains(&self.line(it));
        // What is declared nowhere is missed wherever it stands.
        let is_global = |it: &Diagnostic| {
            matches!(it.code, "unknown-table" | "unknown-type" | "unknown-secret")
        };
        // A text that cannot be read hides what is wrong on other lines, and any error what is of no use. What is made of it anew is not hidden.
        let declared = self.declared(mend);
        let was_hidden = |it: &Diagnostic| {
            it.code == "unused-name"
                || is_global(it)
                || is_of_others(it)
                || is_elsewhere(it)
                    && (is_syntax && !self.mentions(it, &declared)
                        || it.severity != Severity::Error)
        };
        is_gone && self.new.iter().all(|it| was_hidden(it))
    }

    /// The names that the lines declare which the mend has changed.
    fn declared(&self, mend: &Fix) -> BTreeSet<&'a str> {
        let lines = self.made.iter().filter(|(edit, _)| mend.edits.contains(edit));
        let lines = lines.flat_map(|(_, lines)| lines.clone());
        let text = lines.map(|line| &self.text.text[self.text.line(line)]);
        text.flat_map(|line| {
            let words: Vec<&str> = words(line).collect();
            let declares = |it: &&[&str]| matches!(it[0], "let" | "var" | "for" | "fn" | "const");
            words.windows(2).filter(declares).map(|it| it[1]).collect::<Vec<_>>()
        })
        .collect()
    }

    /// Whether a finding is about one of these names, or about what values are on a line that speaks of one.
    fn mentions(&self, finding: &Diagnostic, names: &BTreeSet<&str>) -> bool {
        let is_about_values = matches!(
            finding.code,
            "no-operator"
                | "not-assignable"
                | "not-comparable"
                | "unknown-field"
                | "unknown-method"
                | "wrong-arguments"
                | "wrong-type"
        );
        if !is_about_values {
            return names.contains(self.text.slice(finding.span()));
        }
        words(&self.text.text[self.text.line(self.line(finding))]).any(|it| names.contains(it))
    }

    /// Whether what the mend has changed can be read.
    fn reads(&self, mend: &Fix, syntax: &[Diagnostic]) -> bool {
        !syntax.iter().any(|it| self.touches(mend, it))
    }

    /// Whether a finding about the mended text is about a line that the mend has changed.
    fn touches(&self, mend: &Fix, finding: &Diagnostic) -> bool {
        let line = self.line(finding);
        self.made.iter().any(|(edit, lines)| lines.contains(&line) && mend.edits.contains(edit))
    }

    fn line(&self, finding: &Diagnostic) -> u32 {
        self.text.position(finding.span().start).line
    }
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|it| !it.is_empty())
}

/// What a finding says, wherever.
fn said(finding: &Diagnostic) -> (&str, &str) {
    (finding.code, &finding.title)
}

/// Edits with the lines of the edited text on which they stand.
fn placed<'a>(text: &Source, edits: &'a [Edit]) -> Vec<(&'a Edit, RangeInclusive<u32>)> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|it| it.span.start);
    let (mut more, mut less) = (0, 0);
    let placed = sorted.into_iter().map(|edit| {
        let length = u32::try_from(edit.text.len()).unwrap_or(u32::MAX);
        let start = edit.span.start + more - less;
        (more, less) = (more + length, less + edit.span.end - edit.span.start);
        let line = |offset: u32| text.position(offset).line;
        (edit, line(start)..=line(start + length))
    });
    placed.collect()
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

    #[test]
    fn where_much_is_wrong_certain_mends_are_tried_out_together() {
        let sure = |text: &str| {
            let found = mends(text).into_iter();
            found.filter(|it| it.1 == Applicability::Safe).map(|it| it.0).collect::<Vec<_>>()
        };
        let lines: Vec<String> = (1..=5).map(|n| format!("let n{n}: int = \"{n}\"\n")).collect();
        let quoted = lines.concat();
        assert_eq!(sure(&quoted).len(), 5);
        // `list` is near, and no value.
        let unclosed = "print(\"\"\n  first\n    indented\n  last\n  \"\"\")\n";
        assert_eq!(sure(unclosed), [""; 0]);
    }
}
