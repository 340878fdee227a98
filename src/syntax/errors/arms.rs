//! The arms of a `match` as other languages write the cases of their `switch`.

use super::habits::habitual;
use super::{Found, edit, mend};
use crate::diagnostics::{Applicability, Diagnostic, Fix};
use crate::source::Span;
use crate::syntax::parser::Want;
use crate::syntax::token::Kind;

/// What is said of every such arm.
pub const TITLE: &str = "a case of `match` is its value and `=>` here";

/// `case "open": ship(o)`, `default: remind(o)`
pub(super) fn habit(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    if !matches!(want, Want::Token(Kind::FatArrow)) {
        return None;
    }
    if found.token.kind == Kind::Pipe {
        return Some(alternatives(found));
    }
    match found.slice(found.statement) {
        "case" | "when" if found.second.start == found.token.start => Some(case(found)),
        "default" | "otherwise" if found.second.start == found.token.start => Some(default(found)),
        _ => None,
    }
}

/// `2 | 3 => …`
fn alternatives(found: &Found<'_>) -> Diagnostic {
    let span = found.span(found.token);
    let spaced = found.before.is_some_and(|it| it.end < found.token.start);
    let start = found.before.filter(|_| spaced).map_or(span.start, |it| it.end);
    habitual("cases are joined with `,` here", span).fix(Fix::safe(
        "write `,`",
        Span { start, ..span },
        ",",
    ))
}

fn case(found: &Found<'_>) -> Diagnostic {
    let said = habitual(TITLE, found.span(found.statement)).help("write `\"open\" => …`");
    let word = Span { end: found.token.start, ..found.span(found.statement) };
    match sign(found) {
        Some((span, arrow)) => {
            let edits = vec![edit(word, ""), edit(span, arrow)];
            said.fix(mend("write `=>`", Applicability::Maybe, edits))
        }
        None => said,
    }
}

fn default(found: &Found<'_>) -> Diagnostic {
    let said = habitual(TITLE, found.span(found.statement)).help("write `else => …`");
    let word = edit(found.span(found.statement), "else");
    match sign(found) {
        Some((span, arrow)) => {
            let edits = vec![word, edit(span, arrow)];
            said.fix(mend("write `=>`", Applicability::Maybe, edits))
        }
        None => said,
    }
}

/// The sign between a case's value and what is done, and the arrow that takes its place. None where nothing follows on its line.
fn sign(found: &Found<'_>) -> Option<(Span, &'static str)> {
    let rest = found.rest_of_line();
    let (at, sign) = ["->", "=>", ":"].iter().find_map(|it| Some((rest.find(it)?, *it)))?;
    let behind = rest[at + sign.len()..].trim();
    if behind.is_empty() || behind.contains(';') || rest[..at].matches('"').count() % 2 == 1 {
        return None;
    }
    let start = found.token.start + u32::try_from(at).ok()?;
    let end = start + u32::try_from(sign.len()).ok()?;
    let arrow = if sign == ":" { " =>" } else { "=>" };
    Some((Span { start, end, ..found.span(found.token) }, arrow))
}
