//! Header lines: a word and what follows it, in any shape. The checker knows the words.

use super::block::block;
use super::expr::postfix;
use super::name::{is_word, taken};
use super::recover::is_consequence;
use super::{Inp, Look, Parsed};
use crate::source::Span;
use crate::syntax::errors;
use crate::syntax::token::{Kind, Token};
use crate::syntax::tree::{Header, HeaderPart, NodeId};

/// Words that begin header lines; the checker says what each takes.
pub const WORDS: &[&str] = &[
    "active",
    "allow",
    "concurrency",
    "description",
    "durable",
    "expire",
    "history",
    "jitter",
    "memory",
    "missed",
    "on",
    "overlap",
    "priority",
    "retry",
    "schedule",
    "source",
    "steps",
    "tags",
    "timeout",
    "trace",
];

/// Whether a header line comes next: a name, and on the same line a literal or another name.
pub(super) fn follows(inp: &mut Inp<'_, '_>) -> bool {
    let next = inp.nth(1);
    let starts = match inp.kind() {
        Kind::Update | Kind::Delete => inp.nth(2).kind != Kind::In,
        kind => kind.is_name() && !goes_on_elsewhere(inp),
    };
    starts
        && !next.on_new_line
        && (is_literal(next.kind)
            || next.kind.is_name() && next.kind != Kind::Div
            || opens_list(inp, next))
}

/// `except Exception as e:`
fn goes_on_elsewhere(inp: &mut Inp<'_, '_>) -> bool {
    let token = inp.token();
    matches!(
        inp.text(token),
        "except" | "elif" | "finally" | "raise" | "throw" | "interface" | "enum" | "struct"
    )
}

/// Whether what follows a header's word is a list of literals to the end of the line: `tags ["a", "b"]`.
fn opens_list(inp: &mut Inp<'_, '_>, next: Token) -> bool {
    let (word, at) = (inp.token(), inp.at());
    let behind = (next.partner as usize).saturating_sub(at) + 1;
    next.kind == Kind::BracketOpen
        && next.start > word.end
        && WORDS.contains(&inp.text(word))
        && is_literal(inp.nth(2).kind)
        && inp.nth(behind).on_new_line
}

fn is_literal(kind: Kind) -> bool {
    use Kind::{
        BadNumber, Decimal, Duration, False, Float, Int, Null, Size, Text, TextStart, Time, True,
    };
    matches!(
        kind,
        Int | Decimal
            | Float
            | Duration
            | Size
            | Time
            | Text
            | TextStart
            | BadNumber
            | True
            | False
            | Null
    )
}

/// `schedule "0 7 * * *" in "Europe/Berlin"`
pub(super) fn header(inp: &mut Inp<'_, '_>) -> Parsed<Header> {
    let start = inp.at();
    let word = taken(inp);
    let mut parts = Vec::new();
    while let Some(part) = part(inp, parts.last())? {
        parts.push(part);
    }
    Ok(Header { id: NodeId(0), span: inp.since(start), word, parts })
}

/// The next piece of the line, if there is one; behind a comma the next line belongs to it.
fn part(inp: &mut Inp<'_, '_>, last: Option<&HeaderPart>) -> Parsed<Option<HeaderPart>> {
    let token = inp.token();
    let after_comma = matches!(last, Some(HeaderPart::Comma(_)));
    if token.on_new_line && !after_comma {
        return Ok(None);
    }
    let span: Span = inp.span(token);
    Ok(Some(match token.kind {
        Kind::Comma => {
            inp.bump();
            HeaderPart::Comma(span)
        }
        Kind::BraceOpen => HeaderPart::Block(block(inp)?),
        Kind::BracketOpen | Kind::BracketClose => {
            brackets(inp, token);
            return part(inp, last);
        }
        kind if is_literal(kind) => HeaderPart::Value(postfix(inp)?),
        kind if is_word(kind) => HeaderPart::Word(taken(inp)),
        _ => return Ok(None),
    }))
}

/// Passes over a bracket around a header's values; the first of the two is spoken of.
fn brackets(inp: &mut Inp<'_, '_>, bracket: Token) {
    let at = inp.at();
    if bracket.kind == Kind::BracketOpen && !is_consequence(inp, at) {
        let partner = inp.state().tokens[bracket.partner as usize];
        let (open, close) = (inp.span(bracket), inp.span(partner));
        inp.state().diagnostics.push(errors::header_in_brackets(open, close));
    }
    inp.bump();
}
