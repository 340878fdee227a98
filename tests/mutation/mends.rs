//! Whether the mends that are offered are worth taking.
//!
//! A mend is right where its finding is gone and nothing new is said that it has brought itself. While a text cannot be read, the parser is
//! quiet about more than the place at which it stumbled; a mistake on another line that comes to light then was there before.

use std::collections::BTreeSet;

use taskc::diagnostics::{Applicability, Diagnostic, Fix, fix};
use taskc::source::FileId;
use taskc::syntax;

use super::damage::Damage;
use super::figures::{self, Figures};
use super::{Checker, Program, line_of, lines};

/// Takes each mend of each finding, one at a time, and counts which are right.
pub(super) fn judge(
    checker: &Checker,
    program: &Program,
    damage: &Damage,
    found: &[Diagnostic],
    figures: &mut Figures,
) {
    for finding in found {
        for mend in finding.fixes.iter().filter(|it| is_whole(it)) {
            let Some(text) = fix::apply(&damage.text, &mend.edits) else { continue };
            let left = checker.findings(program, &text);
            let hidden = hidden(checker, program, &damage.text, finding, mend);
            let is_mended =
                is_mended(finding, found, &left, &|it| hidden.contains(&said(&text, it)));
            let (figure, name) = match mend.applicability {
                Applicability::Safe => (&mut figures.safe_mends, figures::SAFE_MENDS),
                Applicability::Maybe | Applicability::Snippet => {
                    (&mut figures.likely_mends, figures::LIKELY_MENDS)
                }
            };
            figure.count(is_mended);
            if !is_mended {
                let sort = format!("{}, {} → ", finding.code, mend.title);
                let mended = Damage { text, ..*damage };
                figures.miss(name, &sort, &program.path, &mended, &left);
            }
        }
    }
}

/// Whether a mend is one that can be taken as it is, in the file itself.
fn is_whole(mend: &Fix) -> bool {
    let in_file = mend.edits.iter().all(|it| it.span.file == FileId(0));
    mend.applicability != Applicability::Snippet && !mend.edits.is_empty() && in_file
}

/// The finding is gone, and everything that is left had been said before or was hidden.
fn is_mended(
    finding: &Diagnostic,
    before: &[Diagnostic],
    after: &[Diagnostic],
    was_hidden: &dyn Fn(&Diagnostic) -> bool,
) -> bool {
    let alike = |a: &Diagnostic, b: &Diagnostic| a.code == b.code && a.title == b.title;
    let count =
        |all: &[Diagnostic], it: &Diagnostic| all.iter().filter(|other| alike(it, other)).count();
    let is_gone = count(after, finding) < count(before, finding);
    is_gone && after.iter().all(|it| count(after, it) <= count(before, it) || was_hidden(it))
}

/// A finding's code and title, and the line that it is about.
type Said = (&'static str, String, String);

fn said(text: &str, finding: &Diagnostic) -> Said {
    let line = text.lines().nth(lines(text, finding).0).unwrap_or_default();
    (finding.code, finding.title.clone(), line.to_owned())
}

/// What the parser has kept quiet about: what is said where the lines that could not be read, and that the mend changes, are not there at
/// all. Names that these lines hold are the mend's business wherever they are missed.
fn hidden(
    checker: &Checker,
    program: &Program,
    text: &str,
    finding: &Diagnostic,
    mend: &Fix,
) -> BTreeSet<Said> {
    if !syntax::parse(FileId(0), text).diagnostics.contains(finding) {
        return BTreeSet::new();
    }
    let spans = mend.edits.iter().map(|it| it.span).chain([finding.span()]);
    let touched: BTreeSet<usize> = spans
        .flat_map(|it| line_of(text, it.start as usize)..=line_of(text, it.end as usize))
        .collect();
    let (mut rest, mut words) = (String::new(), BTreeSet::new());
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if touched.contains(&at) {
            words.extend(line.split(|it: char| !(it.is_alphanumeric() || it == '_')));
            rest.push('\n');
        } else {
            rest.push_str(line);
        }
    }
    let found = checker.findings(program, &rest).into_iter();
    let is_other =
        |it: &Diagnostic| rest.get(it.span().range()).is_none_or(|it| !words.contains(it));
    found.filter(is_other).map(|it| said(&rest, &it)).collect()
}
