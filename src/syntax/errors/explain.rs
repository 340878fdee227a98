//! From "this was needed there" to a message: what stands in the way decides what is said about it.

use super::{Found, habits, structure as say};
use crate::diagnostics::Diagnostic;
use crate::syntax::parser::Want;
use crate::syntax::token::Kind;

/// What is wrong where `want` was needed.
pub(in crate::syntax) fn explain(want: Want, found: &Found<'_>) -> Diagnostic {
    if let Some(habit) = habits::habit(want, found) {
        return habit;
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
        (Kind::Colon, Kind::Comma | Kind::ParenClose) if found.statement.kind == Kind::Fn => {
            say::parameter_without_type(found)
        }
        (Kind::FatArrow, Kind::Colon | Kind::Arrow | Kind::Equal) => habits::written(found, "=>"),
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
        Kind::Arrow => habits::written(found, "=>"),
        Kind::Else => say::out_of_place(found, "no `if` and no `try` stands before it"),
        Kind::Catch => say::out_of_place(found, "no `try { … }` stands before it"),
        Kind::Text | Kind::TextStart if called => say::call_without_brackets(found),
        _ => say::after_statement(found),
    }
}
