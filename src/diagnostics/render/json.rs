//! One JSON object per line, for editors, scripts and other tools. The shape is stable: fields may be added.

use serde::Serialize;

use super::place::place;
use crate::diagnostics::{Diagnostic, Edit, Fix};
use crate::source::{Sources, Span};

/// A finding as `taskc check --format json` writes it.
#[derive(Debug, Serialize)]
pub struct FindingJson<'a> {
    /// Where the primary label is.
    #[serde(flatten)]
    pub place: PlaceJson<'a>,
    /// The stable code.
    pub code: &'static str,
    /// `error`, `warning` or `hint`.
    pub severity: &'static str,
    /// The fact.
    pub title: &'a str,
    /// All labels, the primary one first.
    pub labels: Vec<LabelJson<'a>>,
    /// What to do, a sentence each.
    pub help: &'a [String],
    /// Mends as edits.
    pub fixes: Vec<FixJson<'a>>,
}

/// A place: everything counts from 1, columns count code points, the end is exclusive.
#[derive(Debug, Serialize)]
pub struct PlaceJson<'a> {
    /// The path as the user knows it.
    pub file: &'a str,
    /// The line of the first character.
    pub line: u32,
    /// The column of the first character.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// The column right behind the last character.
    pub end_column: u32,
}

/// A place with what it has to do with the finding.
#[derive(Debug, Serialize)]
pub struct LabelJson<'a> {
    /// The place.
    #[serde(flatten)]
    pub place: PlaceJson<'a>,
    /// What it says; may be empty.
    pub message: &'a str,
}

/// A mend.
#[derive(Debug, Serialize)]
pub struct FixJson<'a> {
    /// What it does.
    pub title: &'a str,
    /// `safe`, `maybe` or `snippet`.
    pub applicability: &'static str,
    /// Replacements that do not overlap.
    pub edits: Vec<EditJson<'a>>,
}

/// A replacement.
#[derive(Debug, Serialize)]
pub struct EditJson<'a> {
    /// What is replaced; empty to insert.
    #[serde(flatten)]
    pub place: PlaceJson<'a>,
    /// What stands there afterwards.
    pub text: &'a str,
}

impl<'a> FindingJson<'a> {
    /// The finding with its spans turned into lines and columns.
    #[must_use]
    pub fn new(finding: &'a Diagnostic, sources: &'a Sources) -> Self {
        let label = |it: &'a super::super::Label| LabelJson {
            place: PlaceJson::new(it.span, sources),
            message: &it.message,
        };
        Self {
            place: PlaceJson::new(finding.span(), sources),
            code: finding.code,
            severity: finding.severity.word(),
            title: &finding.title,
            labels: finding.labels.iter().map(label).collect(),
            help: &finding.help,
            fixes: finding.fixes.iter().map(|fix| FixJson::new(fix, sources)).collect(),
        }
    }
}

impl<'a> FixJson<'a> {
    fn new(fix: &'a Fix, sources: &'a Sources) -> Self {
        let edit =
            |it: &'a Edit| EditJson { place: PlaceJson::new(it.span, sources), text: &it.text };
        Self {
            title: &fix.title,
            applicability: fix.applicability.word(),
            edits: fix.edits.iter().map(edit).collect(),
        }
    }
}

impl<'a> PlaceJson<'a> {
    fn new(span: Span, sources: &'a Sources) -> Self {
        let it = place(sources, span);
        Self {
            file: it.file,
            line: it.start.line,
            column: it.start.column,
            end_line: it.end.line,
            end_column: it.end.column,
        }
    }
}

/// One line per finding.
pub(super) fn render(findings: &[Diagnostic], sources: &Sources) -> String {
    let line = |it| {
        let object = FindingJson::new(it, sources);
        serde_json::to_string(&object).expect("texts and numbers are always JSON") + "\n"
    };
    findings.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::render::tests::unknown_table;

    #[test]
    fn the_shape_is_the_documented_one() {
        let (sources, finding) = unknown_table();
        let text = render(&[finding], &sources);
        let place = r#""file":"late.task","line":4,"column":22,"end_line":4,"end_column":26"#;
        let expected = [
            "{",
            place,
            r#","code":"unknown-table","severity":"error","title":"no table is called `Oder`","#,
            r#""labels":[{"#,
            place,
            r#","message":"not declared here or in the modules in use"}],"#,
            r#""help":["did you mean `Order`?"],"#,
            r#""fixes":[{"title":"write `Order`","applicability":"safe","edits":[{"#,
            place,
            r#","text":"Order"}]}]}"#,
            "\n",
        ];
        assert_eq!(text, expected.concat());
    }

    #[test]
    fn columns_count_code_points() {
        let mut sources = Sources::default();
        let file = sources.add("a.task", "let é𝄞 = x\n");
        let finding = Diagnostic::new("unknown-name", Span::new(file, 13, 14), "t");
        let json: serde_json::Value = serde_json::from_str(&render(&[finding], &sources)).unwrap();
        assert_eq!((&json["column"], &json["end_column"]), (&10.into(), &11.into()));
    }
}
