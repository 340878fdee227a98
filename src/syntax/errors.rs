//! What the lexer and the parser have to say, one function a finding: typed arguments in, finished diagnostic out.
//!
//! Nothing here decides whether something is wrong.

mod lexical;
mod structure;

pub(super) use lexical::*;
pub(super) use structure::*;

use crate::diagnostics::{Applicability, Diagnostic, Edit, Fix, Label, Severity};
use crate::source::Span;

/// An error at `span`; what `label` says there may be empty.
fn error(
    code: &'static str,
    title: impl Into<String>,
    span: Span,
    label: impl Into<String>,
) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Error,
        title: title.into(),
        labels: vec![Label { span, message: label.into() }],
        help: Vec::new(),
        fixes: Vec::new(),
    }
}

/// Adding to a diagnostic, in the order in which it is read.
trait Build {
    fn label(self, span: Span, message: impl Into<String>) -> Self;
    fn help(self, sentence: impl Into<String>) -> Self;
    fn fix(self, title: impl Into<String>, applicability: Applicability, edits: Vec<Edit>) -> Self;
}

impl Build for Diagnostic {
    fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    fn help(mut self, sentence: impl Into<String>) -> Self {
        self.help.push(sentence.into());
        self
    }

    fn fix(
        mut self,
        title: impl Into<String>,
        applicability: Applicability,
        edits: Vec<Edit>,
    ) -> Self {
        self.fixes.push(Fix { title: title.into(), applicability, edits });
        self
    }
}

fn edit(span: Span, text: impl Into<String>) -> Edit {
    Edit { span, text: text.into() }
}

/// The text in backticks, shortened where it is long.
fn quoted(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= 24 && line.len() == text.len() {
        return format!("`{line}`");
    }
    let head: String = line.chars().take(21).collect();
    format!("`{head}…`")
}
