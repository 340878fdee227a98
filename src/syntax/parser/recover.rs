//! What happens where a rule cannot go on: one report, and a place from which to go on.
//!
//! Line starts and indentation are the evidence. A statement that is broken ends where a line begins that is indented
//! no deeper than its own first line; inside brackets, at the bracket's partner.

use super::{Inp, Look, Parsed, Stop, Want, offset};
use crate::source::Span;
use crate::syntax::errors::{self, Found};
use crate::syntax::token::{Kind, Token};
use crate::syntax::tree::{Expr, ExprKind, NodeId, TypeExpr, TypeExprKind};

/// Says what is wrong, unless that would only be the consequence of something already said.
pub(super) fn report(inp: &mut Inp<'_, '_>, stop: Stop) {
    if stop.want == Want::Said || is_consequence(inp, stop.at as usize) {
        return;
    }
    let found = found(inp, stop.at as usize);
    if errors::goes_on_indented(&found, &inp.state().diagnostics) {
        return;
    }
    let diagnostic = errors::explain(stop.want, &found);
    inp.state().diagnostics.push(diagnostic);
}

/// What stands at and around a token, for the message.
fn found<'t>(inp: &mut Inp<'t, '_>, at: usize) -> Found<'t> {
    let state = inp.state();
    let last = state.tokens.len() - 1;
    let at = at.min(last);
    let before = at.checked_sub(1).map(|it| state.tokens[it]);
    Found {
        file: state.file,
        text: state.text,
        token: state.tokens[at],
        before,
        statement: state.tokens[state.stmt_start.min(last)],
        second: state.tokens[(state.stmt_start + 1).min(last)],
    }
}

/// Takes note of a slip at the token `at`. Whether it only follows from something already said: about the current
/// statement or, by the lexer, about one of its lines.
pub(super) fn is_consequence(inp: &mut Inp<'_, '_>, at: usize) -> bool {
    let state = inp.state();
    state.slips += 1;
    if std::mem::replace(&mut state.quiet, true) {
        return true;
    }
    let start = state.tokens[state.stmt_start.min(at)].start;
    let end = state.tokens[at.min(state.tokens.len() - 1)].end;
    touches_fault(inp, start, end)
}

/// Whether the lexer has spoken about one of the lines that these bytes stand in.
pub(super) fn touches_fault(inp: &mut Inp<'_, '_>, start: u32, end: u32) -> bool {
    let state = inp.state();
    if state.faults.is_empty() {
        return false;
    }
    let first = state.faults.partition_point(|it| *it < state.lines.start(start));
    state.faults.get(first).is_some_and(|it| *it < state.lines.end(end))
}

/// Says that a comma is missing before the next token, if that can begin another `what`; says something else if not.
/// Gives whether to go on with the next token.
pub(super) fn report_missing_comma(inp: &mut Inp<'_, '_>, what: &'static str) -> bool {
    let at = inp.at();
    let begins = begins_value(inp.kind());
    if !begins {
        report(inp, Stop { at: offset(at), want: Want::Token(Kind::Comma) });
        return false;
    }
    if !is_consequence(inp, at) {
        let found = found(inp, at);
        inp.state().diagnostics.push(errors::missing_comma(&found, what));
    }
    true
}

/// Reports the 201st level, once, at the next token.
pub(super) fn too_deep<T>(inp: &mut Inp<'_, '_>) -> Parsed<T> {
    let (at, token) = (inp.at(), inp.token());
    let span = inp.span(token);
    if !is_consequence(inp, at) {
        inp.state().diagnostics.push(errors::too_deep(span));
    }
    inp.stop(Want::Said)
}

/// Goes to where the statement that began at token `start` probably ends: past at least one token.
pub(super) fn skip_statement(inp: &mut Inp<'_, '_>, start: usize, end: usize) {
    let indent = indent_of(inp, start).min(inp.state().indent);
    let mut at = start;
    loop {
        let token = inp.state().tokens[at];
        at = if token.partner as usize > at { token.partner as usize + 1 } else { at + 1 };
        if at >= end || starts_line_outside(inp, at, indent) {
            break;
        }
    }
    inp.skip_to(at.min(end));
}

/// Whether the token begins a line that no longer belongs to a statement indented by `indent`.
fn starts_line_outside(inp: &mut Inp<'_, '_>, at: usize, indent: usize) -> bool {
    let token = inp.state().tokens[at];
    token.on_new_line
        && !goes_on(token.kind)
        && (indent_of(inp, at) <= indent || begins_statement(token.kind))
}

/// How far the line of a token is indented.
pub(super) fn indent_of(inp: &mut Inp<'_, '_>, at: usize) -> usize {
    let state = inp.state();
    let start = state.tokens[at.min(state.tokens.len() - 1)].start;
    state.lines.indent(state.text, start)
}

/// Whether a line that begins like this goes on with the statement above it.
fn goes_on(kind: Kind) -> bool {
    use Kind::{And, As, Catch, Dot, Else, FatArrow, In, Or, QuestionDot, QuestionQuestion, Where};
    matches!(
        kind,
        Dot | QuestionDot | QuestionQuestion | And | Or | In | As | Else | Catch | Where | FatArrow
    )
}

/// Whether a word begins a statement and nothing else.
pub(super) fn begins_statement(kind: Kind) -> bool {
    use Kind::{Const, Fn, For, Let, Return, Table, Test, Type, Use, Var, While};
    matches!(kind, Let | Var | For | While | Return | Fn | Table | Type | Use | Const | Test)
}

/// Whether an expression can begin like this.
pub(super) fn begins_value(kind: Kind) -> bool {
    use Kind::{
        BadNumber, BraceOpen, BracketOpen, Break, Continue, Decimal, Duration, Fail, False, Float,
        From, If, Int, Match, Minus, Not, Null, Parallel, ParenOpen, Return, Size, Text, TextStart,
        Time, True, Try,
    };
    kind.is_name()
        || matches!(
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
        || matches!(
            kind,
            ParenOpen
                | BracketOpen
                | BraceOpen
                | Minus
                | Not
                | If
                | Match
                | Fail
                | Try
                | Return
                | Break
                | Continue
        )
        || matches!(kind, From | Parallel)
}

/// An expression that could not be parsed.
pub(super) fn broken_expr(span: Span) -> Expr {
    Expr { id: NodeId(0), span, kind: ExprKind::Error }
}

/// A type that could not be parsed.
pub(super) fn broken_type(span: Span) -> TypeExpr {
    TypeExpr { id: NodeId(0), span, kind: TypeExprKind::Error }
}

/// The place right behind the last token taken.
pub(super) fn behind(inp: &mut Inp<'_, '_>) -> Span {
    let at = inp.at();
    let state = inp.state();
    let end = at.checked_sub(1).map_or(0, |it: usize| state.tokens[it].end);
    Span::new(state.file, end, end)
}

/// The value of a statement, or an error in its place: what the statement names stays known.
pub(super) fn value_or_error<'t>(
    inp: &mut Inp<'t, '_>,
    value: impl Fn(&mut Inp<'t, '_>) -> Parsed<Expr>,
) -> Parsed<Expr> {
    let start = inp.at();
    let before = inp.save();
    match value(inp) {
        Ok(expr) => Ok(expr),
        Err(stop) => {
            report(inp, stop);
            inp.rewind(before);
            let statement = inp.state().stmt_start;
            rest_of_statement(inp, statement);
            let span = if inp.at() > start { inp.since(start) } else { behind(inp) };
            Ok(broken_expr(span))
        }
    }
}

/// Takes the `=` in front of a value. Where it is missing and the value is there, says so and goes on with the value.
pub(super) fn equals(inp: &mut Inp<'_, '_>) -> Parsed<()> {
    if inp.eat(Kind::Equal) {
        return Ok(());
    }
    let stop = Stop { at: offset(inp.at()), want: Want::Token(Kind::Equal) };
    if !begins_value(inp.kind()) || inp.token().on_new_line {
        return Err(stop);
    }
    report(inp, stop);
    Ok(())
}

/// Goes from the next token to the end of the statement that began at token `start`; maybe nowhere.
pub(super) fn rest_of_statement(inp: &mut Inp<'_, '_>, start: usize) {
    let indent = indent_of(inp, start).min(inp.state().indent);
    loop {
        let at = inp.at();
        let token: Token = inp.token();
        let closes = (token.partner as usize) < at;
        if closes || token.kind == Kind::End || starts_line_outside(inp, at, indent) {
            return;
        }
        inp.skip_to(if token.partner as usize > at { token.partner as usize + 1 } else { at + 1 });
    }
}
