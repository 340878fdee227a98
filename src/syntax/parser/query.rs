//! Queries and set-based writes.

use super::block::assignment_in_condition;
use super::call::record;
use super::expr::expr;
use super::name::binding;
use super::{Inp, Look, Parsed, Rule, Want, after, nested, rule, token};
use crate::source::Span;
use crate::syntax::token::Kind;
use crate::syntax::tree::{
    Binding, Clause, ClauseKind, Delete, Expr, ExprKind, NodeId, Query, SortKey, Update,
};
use chumsky::Parser;

/// `from o in Order where …`, `parallel from …`
pub(super) fn query(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    let parallel = inp.eat(Kind::Parallel);
    inp.parse(token(Kind::From))?;
    nested(inp, |inp| {
        let (item, source) = inp.parse(item_in())?;
        let clauses = clauses(inp)?;
        Ok(ExprKind::Query(Box::new(Query { parallel, item, source, clauses })))
    })
}

/// `o in Order`
fn item_in<'t>() -> impl Rule<'t, (Binding, Expr)> {
    binding("row").then_ignore(token(Kind::In)).then(rule(expr))
}

/// The clauses that come next, maybe none.
pub(super) fn clauses(inp: &mut Inp<'_, '_>) -> Parsed<Vec<Clause>> {
    let mut clauses = Vec::new();
    while let Some(words) = clause_word(inp) {
        let start = inp.at();
        for _ in 0..words {
            inp.bump();
        }
        let word_span = inp.since(start);
        clauses.push(clause(inp, start, word_span)?);
    }
    Ok(clauses)
}

/// Of how many words the clause that comes next begins with; nothing where none comes.
fn clause_word(inp: &mut Inp<'_, '_>) -> Option<usize> {
    let (kind, next) = (inp.kind(), inp.nth(1).kind);
    match kind {
        Kind::Where => Some(1),
        Kind::Left if next == Kind::Join => Some(2),
        Kind::Group if next == Kind::By => Some(2),
        Kind::Join | Kind::Sort | Kind::Skip | Kind::Take | Kind::Select | Kind::Limit
            if !is_variable(next) =>
        {
            Some(1)
        }
        _ => None,
    }
}

/// Whether what stands behind a clause's word shows that it is a variable instead: `take = 3`.
fn is_variable(next: Kind) -> bool {
    use Kind::{Dot, Equal, MinusEqual, PlusEqual, SlashEqual, StarEqual};
    matches!(next, Dot | Equal | PlusEqual | MinusEqual | StarEqual | SlashEqual)
}

fn clause(inp: &mut Inp<'_, '_>, start: usize, word_span: Span) -> Parsed<Clause> {
    let kind = match inp.state().tokens[start].kind {
        Kind::Left => join(inp, true)?,
        Kind::Join => join(inp, false)?,
        Kind::Group => ClauseKind::GroupBy(several(inp, expr)?),
        Kind::Sort => ClauseKind::Sort(several(inp, sort_key)?),
        Kind::Skip => ClauseKind::Skip(expr(inp)?),
        Kind::Take => ClauseKind::Take(expr(inp)?),
        Kind::Select => ClauseKind::Select(expr(inp)?),
        Kind::Limit => ClauseKind::Limit(expr(inp)?),
        _ => ClauseKind::Where(filter(inp)?),
    };
    Ok(Clause { word_span, kind })
}

/// What stands behind `where`.
fn filter(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    let left = expr(inp)?;
    let is_slip = inp.kind() == Kind::Equal && !inp.token().on_new_line;
    if is_slip { assignment_in_condition(inp, left, expr) } else { Ok(left) }
}

fn join(inp: &mut Inp<'_, '_>, left: bool) -> Parsed<ClauseKind> {
    let ((item, source), on) =
        inp.parse(item_in().then_ignore(token(Kind::On)).then(rule(expr)))?;
    Ok(ClauseKind::Join { left, item, source, on })
}

/// One or more, with commas between them; a comma in front of a closing bracket belongs to the list that it ends.
fn several<'t, O>(
    inp: &mut Inp<'t, '_>,
    one: impl Fn(&mut Inp<'t, '_>) -> Parsed<O>,
) -> Parsed<Vec<O>> {
    let mut found = vec![one(inp)?];
    while inp.kind() == Kind::Comma && !closes(inp.nth(1).kind) {
        inp.bump();
        found.push(one(inp)?);
    }
    Ok(found)
}

fn closes(kind: Kind) -> bool {
    matches!(kind, Kind::ParenClose | Kind::BracketClose | Kind::BraceClose)
}

fn sort_key(inp: &mut Inp<'_, '_>) -> Parsed<SortKey> {
    let key = expr(inp)?;
    let descending = inp.eat(Kind::Desc);
    if !descending {
        inp.eat(Kind::Asc);
    }
    Ok(SortKey { key, descending })
}

/// Whether `update` or `delete` begins a write: a name and `in` follow.
pub(super) fn is_write(inp: &mut Inp<'_, '_>) -> bool {
    inp.nth(1).kind.is_name() && inp.nth(2).kind == Kind::In
}

/// `update o in Order where … set { … }`
pub(super) fn update(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    inp.bump();
    nested(inp, |inp| {
        let ((item, table), condition) = inp.parse(item_in().then(rule(condition)))?;
        inp.parse(token(Kind::Set))?;
        if inp.kind() != Kind::BraceOpen {
            return inp.stop(Want::Token(Kind::BraceOpen));
        }
        let start = inp.at();
        let kind = record(inp)?;
        let set = Expr { id: NodeId(0), span: inp.since(start), kind };
        Ok(ExprKind::Update(Box::new(Update { item, table, condition, set })))
    })
}

/// `delete o in Order where …`
pub(super) fn delete(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    inp.bump();
    nested(inp, |inp| {
        let ((item, table), condition) = inp.parse(item_in().then(rule(condition)))?;
        Ok(ExprKind::Delete(Box::new(Delete { item, table, condition })))
    })
}

fn condition(inp: &mut Inp<'_, '_>) -> Parsed<Option<Expr>> {
    inp.parse(after(Kind::Where, filter))
}
