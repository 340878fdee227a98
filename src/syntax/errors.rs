//! What the lexer and the parser have to say, one function a finding: typed arguments in, finished diagnostic out.
//!
//! Nothing here decides whether something is wrong; [`explain`] decides what of several things it is.

mod arms;
mod bodies;
mod explain;
mod habits;
mod lexical;
mod numbers;
mod queries;
mod structure;
mod types;

pub use arms::TITLE as FOREIGN_CASE;
pub(super) use explain::explain;
pub(super) use habits::goes_on_indented;
pub(super) use lexical::*;
pub(super) use structure::{
    Found, assign_in_condition, chained_comparison, declaration_inside, header_after_statement,
    header_in_brackets, missing_comma, missing_fn,
};

use crate::diagnostics::{Applicability, Diagnostic, Edit, Fix};
use crate::source::Span;

/// An error at `span`; what `why` says there may be empty.
fn error(
    code: &'static str,
    title: impl Into<String>,
    span: Span,
    why: impl Into<String>,
) -> Diagnostic {
    Diagnostic::new(code, span, title).because(why)
}

/// A mend of several edits.
fn mend(title: impl Into<String>, applicability: Applicability, edits: Vec<Edit>) -> Fix {
    Fix { title: title.into(), applicability, edits }
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
