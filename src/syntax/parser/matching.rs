//! `match` and patterns.

use super::block::{assigned, guarded, head, sequence};
use super::closure::body;
use super::expr::{expr, operation};
use super::list::{Items, list};
use super::name::{binding, is_word, named, taken};
use super::recover::broken_expr;
use super::{Inp, Look, Parsed, Place, Stop, Want, in_brackets, nested, offset, placed, token};
use crate::syntax::power::Power;
use crate::syntax::token::Kind;
use crate::syntax::tree::{
    Arm, Binding, Block, Expr, ExprKind, Match, Name, NodeId, Pattern, PatternKind, Range, Stmt,
    StmtKind,
};

/// `match s { "open" => a  else => b }`
pub(super) fn match_expr(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    inp.bump();
    let subject = head(inp)?;
    if inp.kind() != Kind::BraceOpen {
        return inp.stop(Want::Block);
    }
    let end = inp.token().partner as usize;
    let arms = in_brackets(inp, |inp| {
        inp.bump();
        let mut arms = Vec::new();
        sequence(inp, end, |inp| arms.push(arm_or_error(inp, end)));
        Ok(arms)
    })?;
    inp.bump();
    Ok(ExprKind::Match(Box::new(Match { subject, arms })))
}

/// An arm is to its neighbours what a statement is: a broken one ends with its lines.
fn arm_or_error(inp: &mut Inp<'_, '_>, end: usize) -> Arm {
    let (arm, span) = guarded(inp, end, arm);
    inp.eat(Kind::Comma);
    arm.unwrap_or_else(|| {
        let pattern = Pattern { id: NodeId(0), span, kind: PatternKind::Error };
        Arm { span, patterns: vec![pattern], guard: None, body: broken_expr(span) }
    })
}

/// `"open", "paid" if c => e`
fn arm(inp: &mut Inp<'_, '_>) -> Parsed<Arm> {
    let start = inp.at();
    let mut patterns = Vec::new();
    if !inp.eat(Kind::Else) {
        patterns.push(pattern(inp)?);
        while inp.eat(Kind::Comma) {
            patterns.push(pattern(inp)?);
        }
    }
    let guard = if inp.eat(Kind::If) { Some(guard(inp)?) } else { None };
    inp.parse(token(Kind::FatArrow))?;
    let body = nested(inp, arm_body)?;
    Ok(Arm { span: inp.since(start), patterns, guard, body })
}

fn guard(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    let place = Place { no_arrow: true, ..inp.state().place };
    placed(inp, place, expr)
}

/// An expression, or an assignment, which gets a block of its own.
fn arm_body(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    let start = inp.at();
    let value = body(inp)?;
    let kind = assigned(inp, value)?;
    if let StmtKind::Expr(value) = kind {
        return Ok(value);
    }
    let span = inp.since(start);
    let stmt = Stmt { id: NodeId(0), span, kind };
    let block = Block { id: NodeId(0), span, stmts: vec![stmt] };
    Ok(Expr { id: NodeId(0), span, kind: ExprKind::Block(block) })
}

/// A literal, a range, a name or a record.
fn pattern(inp: &mut Inp<'_, '_>) -> Parsed<Pattern> {
    let start = inp.at();
    let kind = match inp.kind() {
        kind if kind.is_name() => PatternKind::Name(inp.parse(binding("value"))?),
        Kind::BraceOpen => nested(inp, record_pattern)?,
        Kind::Minus
        | Kind::Int
        | Kind::Decimal
        | Kind::Float
        | Kind::Duration
        | Kind::Time
        | Kind::Text
        | Kind::True
        | Kind::False
        | Kind::Null
        | Kind::BadNumber => literal_or_range(inp)?,
        _ => return inp.stop(Want::Pattern),
    };
    Ok(Pattern { id: NodeId(0), span: inp.since(start), kind })
}

fn literal_or_range(inp: &mut Inp<'_, '_>) -> Parsed<PatternKind> {
    let from = operation(inp, Power::Sum)?;
    let inclusive = inp.kind() == Kind::DotDotEqual;
    if !inclusive && inp.kind() != Kind::DotDot {
        return Ok(PatternKind::Literal(from));
    }
    inp.bump();
    let to = operation(inp, Power::Sum)?;
    Ok(PatternKind::Range(Range { from: Some(from), to: Some(to), inclusive }))
}

/// `{ code: "timeout", message }`
fn record_pattern(inp: &mut Inp<'_, '_>) -> Parsed<PatternKind> {
    let items = Items { what: "field", item: field_pattern, broken: |_| None };
    Ok(PatternKind::Record(list(inp, Kind::BraceOpen, &items)?.0))
}

fn field_pattern(inp: &mut Inp<'_, '_>) -> Parsed<(Name, Pattern)> {
    if is_word(inp.kind()) && inp.nth(1).kind == Kind::Colon {
        let name = taken(inp);
        inp.bump();
        return Ok((name, pattern(inp)?));
    }
    if !inp.kind().is_name() {
        let at = offset(inp.at());
        return Err(Stop { at, want: Want::Name("field") });
    }
    let field = inp.token();
    let name = named(inp, field);
    let binding: Binding = inp.parse(binding("field"))?;
    let pattern = Pattern { id: NodeId(0), span: name.span, kind: PatternKind::Name(binding) };
    Ok((name, pattern))
}
