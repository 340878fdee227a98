//! Findings about how tokens stand together.

use super::{error, quoted};
use crate::diagnostics::{Diagnostic, Fix};
use crate::source::{FileId, Span};
use crate::syntax::parser::Want;
use crate::syntax::token::{Kind, Token};

/// What stands where the parser could not go on.
#[derive(Clone, Copy)]
pub(in crate::syntax) struct Found<'t> {
    pub(in crate::syntax) file: FileId,
    pub(in crate::syntax) text: &'t str,
    /// The token that did not fit.
    pub(in crate::syntax) token: Token,
    /// The one before it.
    pub(in crate::syntax) before: Option<Token>,
    /// The one after it.
    pub(in crate::syntax) after: Token,
    /// The first one of the statement.
    pub(in crate::syntax) statement: Token,
}

impl<'t> Found<'t> {
    fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    fn slice(&self, token: Token) -> &'t str {
        &self.text[token.start as usize..token.end as usize]
    }

    /// The place right behind the token before.
    fn gap(&self) -> Span {
        let end = self.before.map_or(0, |it| it.end);
        Span::new(self.file, end, end)
    }

    /// The token as a message names it.
    fn shown(&self) -> String {
        match self.token.kind {
            Kind::End => "the end of the file".to_owned(),
            _ => quoted(self.slice(self.token)),
        }
    }

    /// What is missing is missing at the end of a line.
    fn at_line_end(&self) -> bool {
        self.token.on_new_line || matches!(self.token.kind, Kind::End | Kind::BraceClose)
    }
}

/// What is wrong where `want` was needed.
pub(in crate::syntax) fn explain(want: Want, found: &Found<'_>) -> Diagnostic {
    let needed = match want {
        Want::Token(kind) => format!("`{}`", kind.text()),
        Want::Name(what) => format!("a name for the {what}"),
        Want::Value | Want::Initial => "a value".to_owned(),
        Want::Type => "a type".to_owned(),
        Want::Pattern => "a pattern".to_owned(),
        Want::LineEnd => "the end of the statement".to_owned(),
        Want::Block => "`{`".to_owned(),
        Want::Item | Want::Said => "a statement".to_owned(),
    };
    error(
        "misplaced",
        format!("{} cannot stand here", found.shown()),
        found.span(found.token),
        format!("{needed} should stand here"),
    )
}

/// `f(a b)`
pub(in crate::syntax) fn missing_comma(found: &Found<'_>, what: &str) -> Diagnostic {
    let gap = found.gap();
    error("missing-comma", format!("a comma is missing between two {what}s"), gap, "here")
        .fix(Fix::safe("add `,`", gap, ","))
}

/// `if s = "late"`
pub(in crate::syntax) fn assign_in_condition(op: Span) -> Diagnostic {
    error("assign-in-condition", "`=` gives a value; to compare, write `==`", op, "")
        .fix(Fix::safe("write `==`", op, "=="))
}

/// `a < b < c`
pub(in crate::syntax) fn chained_comparison(first: Span, second: Span) -> Diagnostic {
    error("chained-comparison", "comparisons do not chain", second, "a second comparison")
        .label(first, "the first gives a `bool`")
        .help("join two comparisons with `and`: `a < b and b < c`")
}

/// A declaration inside a block.
pub(in crate::syntax) fn declaration_inside(word: Span, kind: Kind) -> Diagnostic {
    error(
        "declaration-inside",
        format!("`{}` stands at the top level only", kind.text()),
        word,
        "inside a block here",
    )
    .help("move it out; functions may be used before they are declared")
}

/// `schedule` below statements.
pub(in crate::syntax) fn header_after_statement(span: Span, word: &str) -> Diagnostic {
    error("header-after-statement", "headers stand above the first statement", span, "")
        .help(format!("move `{word}` up"))
}
