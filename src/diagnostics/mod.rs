//! What the tool has to say about a text: facts, places and mends, as plain data.
//!
//! Every phase gives [`Diagnostic`] values; rendering is elsewhere. This module prints nothing.

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

/// How sure a mend is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Applicability {
    /// Keeps the meaning, or is certainly what was meant: `--fix`.
    Safe,
    /// Likely: `--unsafe-fixes`.
    Maybe,
    /// Has holes to fill: for editors only.
    Snippet,
}

/// One replacement.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}
