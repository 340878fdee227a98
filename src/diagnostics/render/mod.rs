//! The faces of a finding: for a terminal, for one line, for programs.
//!
//! Every face gets the findings in the order of the files and with secrets masked; none of them prints, reads a file
//! or asks what the terminal can do. Lines and columns count from 1, columns in code points. Only [`pretty`] knows
//! ariadne.

mod concise;
mod github;
mod json;
mod place;
mod pretty;
mod sarif;
mod screen;

pub use json::FindingJson;
pub use pretty::Style;

use super::secrets::{mask, secrets};
use super::{Applicability, Diagnostic, Fix, Severity};
use crate::source::Sources;

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// With the source around it, for people.
    Pretty(Style),
    /// `file:line:column: error[code]: title`, a line each.
    Concise,
    /// One JSON object per line.
    Json,
    /// One SARIF 2.1.0 document.
    Sarif,
    /// Workflow commands that GitHub turns into annotations.
    Github,
}

/// The findings as text; empty where there is nothing to say, except for SARIF, which is a document in any case.
#[must_use]
pub fn render(findings: &[Diagnostic], sources: &Sources, face: Face) -> String {
    let mut shown: Vec<_> = findings.iter().map(masked).collect();
    shown.sort_by_key(|it| (it.span().file, it.span().start, it.span().end, it.severity));
    match face {
        Face::Pretty(style) => pretty::render(&shown, sources, style),
        Face::Concise => concise::render(&shown, sources),
        Face::Json => json::render(&shown, sources),
        Face::Sarif => sarif::render(&shown, sources),
        Face::Github => github::render(&shown, sources),
    }
}

/// How many findings there are, in words, and what `--fix` would do about them; nothing where there are none.
#[must_use]
pub fn summary(findings: &[Diagnostic]) -> Option<String> {
    let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
    let counts: Vec<_> = [Severity::Error, Severity::Warning, Severity::Hint]
        .into_iter()
        .filter_map(|severity| match count(severity) {
            0 => None,
            1 => Some(format!("1 {}", severity.word())),
            n => Some(format!("{n} {}s", severity.word())),
        })
        .collect();
    if counts.is_empty() {
        return None;
    }
    let is_safe = |fix: &Fix| fix.applicability == Applicability::Safe;
    let mendable = findings.iter().filter(|it| it.fixes.iter().any(is_safe)).count();
    let mends = match mendable {
        0 => String::new(),
        n => format!("; {n} can be mended with --fix"),
    };
    Some(format!("{}{mends}", counts.join(", ")))
}

/// The finding without the secrets that its texts quote. A mend that would write one is left out: masked it would
/// destroy what it mends.
fn masked(finding: &Diagnostic) -> Diagnostic {
    let mut shown = finding.clone();
    let texts = std::iter::once(&mut shown.title)
        .chain(shown.labels.iter_mut().map(|label| &mut label.message))
        .chain(&mut shown.help)
        .chain(shown.fixes.iter_mut().map(|fix| &mut fix.title));
    for text in texts {
        *text = mask(text).into_owned();
    }
    shown.fixes.retain(|fix| fix.edits.iter().all(|edit| secrets(&edit.text).is_empty()));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    /// A task with a finding in it that has everything.
    pub(super) fn unknown_table() -> (Sources, Diagnostic) {
        let mut sources = Sources::default();
        let text = "table Order {\n  id: int key\n}\nlet late = from o in Oder where o.status == \"late\"\n";
        let file = sources.add("late.task", text);
        let at = u32::try_from(text.find("Oder").unwrap()).unwrap();
        let place = Span::new(file, at, at + 4);
        let finding = Diagnostic::new("unknown-table", place, "no table is called `Oder`")
            .because("not declared here or in the modules in use")
            .help("did you mean `Order`?")
            .fix(Fix::safe("write `Order`", place, "Order"));
        (sources, finding)
    }

    /// A finding that quotes a secret in every place where it can.
    pub(super) fn leak() -> (Sources, Diagnostic) {
        let mut sources = Sources::default();
        let file = sources.add("pay.task", "let key = \"sk_live_9rT27KxPmZaQwEvb\"\n");
        let place = Span::new(file, 10, 36);
        let quote = "`sk_live_9rT27KxPmZaQwEvb`";
        let finding =
            Diagnostic::new("secret-literal", place, format!("{quote} looks like a secret"))
                .because(format!("{quote} is readable by everybody"))
                .label(Span::new(file, 4, 7), format!("{quote} goes here"))
                .help(format!("keep {quote} elsewhere"))
                .fix(Fix::maybe("write `secret.STRIPE_KEY`", place, "secret.STRIPE_KEY"))
                .fix(Fix::maybe("move it", place, "\"sk_live_9rT27KxPmZaQwEvb\""));
        (sources, finding)
    }

    fn faces() -> [Face; 5] {
        let style = Style { color: false, unicode: true, width: 100 };
        [Face::Pretty(style), Face::Concise, Face::Json, Face::Sarif, Face::Github]
    }

    #[test]
    fn no_face_shows_a_secret() {
        let (sources, finding) = leak();
        for face in faces() {
            let text = render(std::slice::from_ref(&finding), &sources, face);
            assert!(text.contains("secret-literal"), "{text}");
            assert!(!text.contains("9rT27"), "{text}");
        }
    }

    #[test]
    fn findings_come_in_the_order_of_the_text() {
        let mut sources = Sources::default();
        let file = sources.add("a.task", "x\ny\nz\n");
        let at = |start| Diagnostic::new("unknown-name", Span::new(file, start, start + 1), "t");
        for face in faces() {
            let text = render(&[at(4), at(0), at(2)], &sources, face);
            assert_eq!(text, render(&[at(0), at(2), at(4)], &sources, face));
        }
    }

    #[test]
    fn nothing_is_said_about_nothing() {
        for face in faces().into_iter().filter(|face| *face != Face::Sarif) {
            assert_eq!(render(&[], &Sources::default(), face), "");
        }
        assert_eq!(summary(&[]), None);
    }

    #[test]
    fn a_finding_of_an_unknown_file_is_still_shown() {
        let elsewhere = Span::new(FileId(7), 3, 9);
        let finding = Diagnostic::new("unknown-name", elsewhere, "nothing is called `x` here");
        for face in faces() {
            let text = render(std::slice::from_ref(&finding), &Sources::default(), face);
            assert!(text.contains("unknown-name"), "{text}");
        }
    }

    #[test]
    fn the_summary_counts_and_offers() {
        let (_, mendable) = unknown_table();
        let warning =
            Diagnostic { severity: Severity::Warning, fixes: Vec::new(), ..mendable.clone() };
        assert_eq!(
            summary(&[mendable.clone(), mendable, warning]).unwrap(),
            "2 errors, 1 warning; 2 can be mended with --fix"
        );
    }
}
