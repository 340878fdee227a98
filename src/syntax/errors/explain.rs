//! From "this was needed there" to a message: what stands in the way decides what is said about it.

use super::{Found, structure as say};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::suggest::foreign::{Foreign, foreign};
use crate::syntax::parser::Want;
use crate::syntax::token::Kind;

/// What is wrong where `want` was needed.
pub(in crate::syntax) fn explain(want: Want, found: &Found<'_>) -> Diagnostic {
    if let Some(foreign) = habit(want, found) {
        return foreign;
    }
    match want {
        _ if found.is_first() => say::out_of_place(found, "nothing can begin like this"),
        Want::Initial => say::missing_initial(found),
        Want::Value if found.at_line_end() => say::missing_value(found),
        Want::Value if found.before_separator() => say::missing_between(found, "value"),
        Want::Value => say::out_of_place(found, "a value should stand here"),
        Want::Name(what) if found.token.kind.is_reserved() && !found.token.on_new_line => {
            say::reserved_word(found, what)
        }
        Want::Name(what) => say::missing_name(found, what),
        Want::Type
            if found.at_line_end()
                || found.before_separator()
                || found.token.kind == Kind::BraceOpen =>
        {
            say::missing_between(found, "type")
        }
        Want::Type => say::out_of_place(found, "a type should stand here"),
        Want::Pattern => say::out_of_place(found, "a pattern should stand here"),
        Want::Block => say::missing_block(found),
        Want::Token(kind) => token(kind, found),
        Want::LineEnd => line_end(found),
        Want::Item | Want::Said => say::out_of_place(found, "nothing more is expected"),
    }
}

fn token(kind: Kind, found: &Found<'_>) -> Diagnostic {
    match (kind, found.token.kind) {
        (Kind::Comma, Kind::Equal) => say::named_with_equals(found),
        (Kind::Colon, Kind::Comma | Kind::ParenClose) => say::parameter_without_type(found),
        (Kind::FatArrow, Kind::Colon | Kind::Arrow | Kind::Equal) => say::written(found, "=>"),
        (Kind::Comma | Kind::ParenClose | Kind::BracketClose | Kind::BraceClose, _) => {
            say::out_of_place(found, "the value before it ends here")
        }
        _ => say::missing_token(found, kind),
    }
}

/// A statement should have ended before this token.
fn line_end(found: &Found<'_>) -> Diagnostic {
    let called = found.before.is_some_and(|it| it.kind.is_name());
    match found.token.kind {
        Kind::Question => say::ternary(found),
        Kind::Arrow => say::written(found, "=>"),
        Kind::Else => say::out_of_place(found, "no `if` and no `try` stands before it"),
        Kind::Catch => say::out_of_place(found, "no `try { … }` stands before it"),
        Kind::Text | Kind::TextStart if called => say::call_without_brackets(found),
        _ => say::after_statement(found),
    }
}

/// A word or sign of another language, here or at the beginning of the statement.
fn habit(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    let here = foreign(found.slice(found.token)).filter(|it| fits(want, it, found));
    if let Some(theirs) = here {
        return Some(say::foreign(found, found.token, theirs));
    }
    let is_plain = found.statement.kind == Kind::Name && found.statement.start != found.token.start;
    let first = foreign(found.slice(found.statement)).filter(|_| is_plain)?;
    Some(say::foreign(found, found.statement, first))
}

/// Whether a foreign word explains what is wrong: a sign always, a name only where no name can stand.
fn fits(want: Want, foreign: &Foreign, found: &Found<'_>) -> bool {
    match found.token.kind {
        Kind::Name => matches!(want, Want::LineEnd | Want::Block | Want::Token(_)),
        Kind::Arrow => false,
        _ => foreign.exact || found.token.kind == Kind::Pipe,
    }
}
