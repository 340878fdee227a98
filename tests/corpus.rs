//! The specification as programs: every file below `tests/corpus` says in comments what is expected of it.
//!
//! ```text
//! let late = from o in Oder            a line of the program, and below it what is said about it:
//! //                   ^^^^ error[unknown-table]: no table is called `Oder`
//! //| not declared here …              why, beside the carets
//! //- 1:7..12 declared here            another place: line, columns from 1, the end exclusive
//! //= did you mean `Order`?            what to do
//! //+ safe: write `Order`              a mend
//! //~ 0..4 error[…]: …                 carets that would stand under the comment sign, as columns from 0
//! //> 1                                at the end of the file: a line that the program prints
//! //! error[index] line 2: …           how its run ends where it fails
//! //> test "a" passed                  what became of its tests, below that
//! //! test "b" 9:10[unmet-…]: …         where and why one failed, with labels, advice and what was printed
//! ```
//!
//! The runner takes these lines out, runs the phases, puts in what happened and compares whole files: nothing is
//! matched, so nothing can be missed. `UPDATE=1 cargo test corpus` accepts. A folder with a `main.task` is one case
//! of several files, with `taskc.toml` as its settings.

mod annotate;
mod case;
mod phases;

use std::fmt::Write;
use std::path::Path;

use case::Case;
use taskc::diagnostics::catalogue::{self, Area};
use taskc::diagnostics::fix::mend;
use taskc::diagnostics::{Applicability, Diagnostic, Severity};

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut cases = Vec::new();
    case::collect(&folder, &mut cases);
    assert!(!cases.is_empty(), "the corpus is gone");
    cases
}

#[test]
fn programs_do_and_are_told_what_their_comments_say() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut report = String::new();
    for case in cases() {
        let outcome = phases::outcome(&case);
        for (file, now) in case.files.iter().zip(annotate::annotate(&case, &outcome)) {
            if file.annotated == now {
                continue;
            }
            if update {
                std::fs::write(&file.path, now).unwrap();
            } else {
                let diff = similar::TextDiff::from_lines(&file.annotated, &now);
                write!(report, "{}\n{}\n", file.path.display(), diff.unified_diff()).unwrap();
            }
        }
    }
    assert!(report.is_empty(), "UPDATE=1 accepts:\n{report}");
}

/// A mend does away with what it mends and brings no new error. Where the text could not be read, or where one
/// statement holds several mistakes of which only one is told, the next may come to light; a case of the latter kind
/// says so in a comment.
#[test]
fn mends_mend() {
    let mut wrong = String::new();
    for case in cases() {
        let before = phases::diagnose(&case);
        let several = case.files.iter().any(|it| it.text.contains("// Several mistakes"));
        for finding in &before.findings {
            let hides = several || is_of_syntax(finding);
            for fix in finding.fixes.iter().filter(|it| it.applicability != Applicability::Snippet)
            {
                let only = Diagnostic { fixes: vec![fix.clone()], ..finding.clone() };
                let mended = mend(&[only], &before.sources, Applicability::Maybe);
                let after = phases::diagnose(&case.with(&mended.texts));
                let gone = alike(&after.findings, finding) < alike(&before.findings, finding);
                let quiet = hides || errors(&after.findings) <= errors(&before.findings);
                if !gone || !quiet {
                    let left: Vec<_> =
                        after.findings.iter().map(|it| (it.code, it.span())).collect();
                    writeln!(
                        wrong,
                        "{}: {} ({}) leaves {left:?}\n{:?}",
                        case.name, finding.code, fix.title, mended.texts
                    )
                    .unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn is_of_syntax(finding: &Diagnostic) -> bool {
    catalogue::row(finding.code).is_some_and(|row| row.area == Area::Syntax)
}

fn alike(findings: &[Diagnostic], one: &Diagnostic) -> usize {
    let same = |it: &&Diagnostic| it.code == one.code && it.title == one.title;
    findings.iter().filter(same).count()
}

/// How many refuse the program, those of the kind that was mended included.
fn errors(findings: &[Diagnostic]) -> usize {
    findings.iter().filter(|it| it.severity == Severity::Error).count()
}
