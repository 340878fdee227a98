//! What the tool has to say about a text: facts, places and mends, as plain data.
//!
//! Every phase gives [`Diagnostic`] values, each built by a small function of its own that stands beside the rule
//! (`Diagnostic::new("unknown-name", span, …)`). Start reading at [`catalogue`]: one row per code, one Markdown page
//! per row. [`suggest`] finds what was meant, [`fix`] applies mends, [`render`] gives a finding its faces.
//! This module prints nothing and reads no file.

pub mod catalogue;
pub mod fix;
pub mod level;
pub mod render;
pub mod secrets;
pub mod suggest;

use crate::source::Span;

/// A finding about a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// The stable kebab-case code: a row of the catalogue.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The fact, with the thing named in backticks; at most 60 characters where names allow it.
    pub title: String,
    /// Where and why; the first is the primary one, on the smallest text that must change.
    pub labels: Vec<Label>,
    /// What to do, a sentence each.
    pub help: Vec<String>,
    /// Mends as edits.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A finding at `span` with the severity that the catalogue gives its code.
    #[must_use]
    pub fn new(code: &'static str, span: Span, title: impl Into<String>) -> Self {
        let severity = catalogue::row(code).map_or(Severity::Error, |row| row.severity);
        let primary = Label { span, message: String::new() };
        let title = title.into();
        Self { code, severity, title, labels: vec![primary], help: Vec::new(), fixes: Vec::new() }
    }

    /// Says why, under the primary place.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        if let Some(primary) = self.labels.first_mut() {
            primary.message = why.into();
        }
        self
    }

    /// Adds a place that answers "why do you think so?": a declaration, an opener, an earlier use.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Adds a sentence that says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a mend.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// The place of the primary label. A finding without labels, which only a hand-built one is, points at the
    /// start of the first file.
    #[must_use]
    pub fn span(&self) -> Span {
        self.labels.first().map(|label| label.span).unwrap_or_default()
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The program is refused.
    Error,
    /// Probably not what was meant.
    Warning,
    /// Worth knowing.
    Hint,
}

impl Severity {
    /// The word that every face shows.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
        }
    }
}

/// A place and what it has to do with the finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What it says; may be empty on the primary label.
    pub message: String,
}

/// A mend, offered as edits.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What it does: "write `==`".
    pub title: String,
    /// How sure we are.
    pub applicability: Applicability,
    /// Replacements that do not overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A mend of one edit that is certainly what was meant.
    #[must_use]
    pub fn safe(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self::one(title.into(), Applicability::Safe, span, text.into())
    }

    /// A mend of one edit that is likely what was meant.
    #[must_use]
    pub fn maybe(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self::one(title.into(), Applicability::Maybe, span, text.into())
    }

    /// A mend of one edit with holes to fill, written `${1:name}` as editors know them.
    #[must_use]
    pub fn snippet(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self::one(title.into(), Applicability::Snippet, span, text.into())
    }

    /// Adds a replacement to the same mend.
    #[must_use]
    pub fn and(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push(Edit { span, text: text.into() });
        self
    }

    fn one(title: String, applicability: Applicability, span: Span, text: String) -> Self {
        Self { title, applicability, edits: vec![Edit { span, text }] }
    }
}

/// How sure a mend is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// Keeps the meaning, or is certainly what was meant: `--fix`.
    Safe,
    /// Likely: `--unsafe-fixes`.
    Maybe,
    /// Has holes to fill: for editors only.
    Snippet,
}

impl Applicability {
    /// The word that every face shows.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Maybe => "maybe",
            Self::Snippet => "snippet",
        }
    }
}

/// One replacement.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}
