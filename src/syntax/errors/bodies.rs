//! Bodies that stand behind a head without braces, as C and its heirs allow.

use super::habits::habitual;
use super::{Found, edit, mend};
use crate::diagnostics::suggest::foreign::foreign;
use crate::diagnostics::{Applicability, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::token::Kind;

/// `if (n > 3) print(n)`
pub(super) fn habit(found: &Found<'_>) -> Option<Diagnostic> {
    let has_head = matches!(found.statement.kind, Kind::If | Kind::For | Kind::While);
    let begins = found.token.kind.is_name()
        || matches!(
            found.token.kind,
            Kind::Return | Kind::Break | Kind::Continue | Kind::Fail | Kind::Let | Kind::Var
        );
    if !has_head || !begins || found.token.on_new_line {
        return None;
    }
    let word = found.before.filter(|it| it.kind.is_name());
    if let Some((word, theirs)) = word.and_then(|it| Some((it, foreign(found.slice(it))?))) {
        return Some(theirs.finding(found.span(word)));
    }
    let said = habitual("a body stands in braces here", found.span(found.token))
        .help("write `if c { … }`, for one statement too");
    match braces(found) {
        Some(edits) => Some(said.fix(mend("write `{ … }`", Applicability::Maybe, edits))),
        None if found.before_is(Kind::ParenClose) => Some(said),
        None => None,
    }
}

/// Braces around the rest of the line, and around what stands behind an `else` on the next one.
fn braces(found: &Found<'_>) -> Option<Vec<Edit>> {
    let mut edits = around(found, found.token.start as usize)?;
    let line_end = found.token.start as usize + found.rest_of_line().len();
    let behind = &found.text[line_end..];
    let next = behind.trim_start();
    if let Some(body) = next.strip_prefix("else") {
        let body = body.trim_start();
        if body.starts_with("if") || body.starts_with('{') {
            return None;
        }
        edits.extend(around(found, found.text.len() - body.len())?);
    }
    Some(edits)
}

/// Braces around the text from `start` to the end of its line, if that is whole.
fn around(found: &Found<'_>, start: usize) -> Option<Vec<Edit>> {
    let line = found.text[start..].lines().next()?;
    let body = line.split("//").next()?.trim_end();
    let is_whole = [('(', ')'), ('[', ']'), ('{', '}')]
        .iter()
        .all(|(open, close)| body.matches(*open).count() == body.matches(*close).count())
        && body.matches('"').count() % 2 == 0;
    if !is_whole || body.is_empty() || body.contains(" else ") || body.ends_with([',', '{']) {
        return None;
    }
    let start = u32::try_from(start).ok()?;
    let end = start + u32::try_from(body.len()).ok()?;
    let place = |at: u32| Span { start: at, end: at, ..found.span(found.token) };
    Some(vec![edit(place(start), "{ "), edit(place(end), " }")])
}
