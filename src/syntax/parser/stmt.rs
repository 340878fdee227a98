//! Statements.

use super::block::{assigned, block, head, initial};
use super::control::try_else;
use super::expr::expr;
use super::list::{Items, list};
use super::name::{binding, is_word, named, taken};
use super::recover::{equals, value_or_error};
use super::types::type_or_error;
use super::{Inp, Look, Parsed, Place, Want, after, file, placed, query, rule, test_stmt, token};
use crate::source::Span;
use crate::syntax::token::Kind;
use crate::syntax::tree::{
    Binding, Catch, Expr, ExprKind, FieldBinding, For, Let, LetTarget, NodeId, Query, StmtKind, Try,
};
use chumsky::Parser;

/// Any statement, chosen by its first word.
pub(super) fn statement(inp: &mut Inp<'_, '_>) -> Parsed<StmtKind> {
    match inp.kind() {
        Kind::Let | Kind::Var => let_stmt(inp),
        Kind::For => for_stmt(inp, false),
        Kind::Parallel if inp.nth(1).kind == Kind::For => {
            inp.bump();
            for_stmt(inp, true)
        }
        Kind::While => inp
            .parse(token(Kind::While).ignore_then(rule(head)).then(rule(block)))
            .map(|(condition, body)| StmtKind::While(condition, body)),
        Kind::Try if inp.nth(1).kind == Kind::BraceOpen => try_stmt(inp),
        Kind::Transaction => {
            let source = after(Kind::In, |inp| inp.parse(super::name::name("source")));
            let (source, body) =
                inp.parse(token(Kind::Transaction).ignore_then(source).then(rule(block)))?;
            Ok(StmtKind::Transaction(source, body))
        }
        Kind::Fn | Kind::Const | Kind::Type | Kind::Table | Kind::Use | Kind::Test => {
            file::misplaced(inp)
        }
        Kind::At | Kind::Stub | Kind::Expect if test_stmt::follows(inp) => {
            test_stmt::test_stmt(inp).map(StmtKind::Test)
        }
        _ => {
            let value = expr(inp)?;
            assigned(inp, value)
        }
    }
}

/// Whether an expression ends with a `}` of statements.
pub(super) fn ends_with_block(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::If(_) | ExprKind::Match(_) | ExprKind::Block(_))
}

/// `let x: T = e`, `var x = e`, `let { id, email } = e`
fn let_stmt(inp: &mut Inp<'_, '_>) -> Parsed<StmtKind> {
    let mutable = inp.bump().kind == Kind::Var;
    let (target, ty) = inp.parse(rule(let_target).then(after(Kind::Colon, type_or_error)))?;
    let value = value_or_error(inp, |inp| {
        equals(inp)?;
        initial(inp)
    })?;
    Ok(StmtKind::Let(Let { mutable, target, ty, value }))
}

fn let_target(inp: &mut Inp<'_, '_>) -> Parsed<LetTarget> {
    if inp.kind() != Kind::BraceOpen {
        return Ok(LetTarget::Name(inp.parse(binding("variable"))?));
    }
    let (fields, span) = list(
        inp,
        Kind::BraceOpen,
        &Items { what: "field", item: field_binding, broken: |_| None },
    )?;
    Ok(LetTarget::Fields(fields, span))
}

/// `email`, or `email: mail`
fn field_binding(inp: &mut Inp<'_, '_>) -> Parsed<FieldBinding> {
    if is_word(inp.kind()) && inp.nth(1).kind == Kind::Colon {
        let field = taken(inp);
        inp.bump();
        return Ok(FieldBinding { field, binding: inp.parse(binding("variable"))? });
    }
    let token = inp.token();
    let binding: Binding = inp.parse(binding("variable"))?;
    Ok(FieldBinding { field: named(inp, token), binding })
}

/// `for i, o in orders limit 8 { … }`
fn for_stmt(inp: &mut Inp<'_, '_>, parallel: bool) -> Parsed<StmtKind> {
    inp.bump();
    let first = inp.parse(binding("element"))?;
    let second = inp.parse(after(Kind::Comma, |inp| inp.parse(binding("element"))))?;
    let (index, item) = match second {
        Some(item) => (Some(first), item),
        None => (None, first),
    };
    inp.parse(token(Kind::In))?;
    let iter = head(inp)?;
    let (iter, limit) = loop_clauses(inp, parallel, &item, iter)?;
    let body = block(inp)?;
    Ok(StmtKind::For(For { parallel, index, item, iter, limit, body }))
}

/// The clauses of a query in a loop's head, and the `limit` of a parallel loop.
fn loop_clauses(
    inp: &mut Inp<'_, '_>,
    parallel: bool,
    item: &Binding,
    source: Expr,
) -> Parsed<(Expr, Option<Expr>)> {
    let place = Place { no_record: true, ..inp.state().place };
    let mut clauses = placed(inp, place, query::clauses)?;
    let is_limit = |it: &crate::syntax::tree::Clause| {
        matches!(it.kind, crate::syntax::tree::ClauseKind::Limit(_))
    };
    let limit = match clauses
        .iter()
        .position(is_limit)
        .filter(|_| parallel)
        .map(|at| clauses.remove(at).kind)
    {
        Some(crate::syntax::tree::ClauseKind::Limit(limit)) => Some(limit),
        _ => None,
    };
    if clauses.is_empty() {
        return Ok((source, limit));
    }
    let end = inp.at();
    let behind = inp.state().tokens[end - 1].end;
    let span = Span { end: behind, ..source.span };
    let query = Query { parallel: false, item: item.clone(), source, clauses };
    Ok((Expr { id: NodeId(0), span, kind: ExprKind::Query(Box::new(query)) }, limit))
}

/// `try { … } catch e if c { … }`, or the expression `try { … } else f`.
fn try_stmt(inp: &mut Inp<'_, '_>) -> Parsed<StmtKind> {
    let start = inp.at();
    inp.bump();
    let body_start = inp.at();
    let body = block(inp)?;
    if inp.kind() == Kind::Else {
        let span = Span { start: inp.state().tokens[body_start].start, ..body.span };
        let tried = Expr { id: NodeId(0), span, kind: ExprKind::Block(body) };
        let kind = try_else(inp, tried)?;
        return Ok(StmtKind::Expr(Expr { id: NodeId(0), span: inp.since(start), kind }));
    }
    let mut catches = Vec::new();
    while inp.kind() == Kind::Catch {
        catches.push(catch(inp)?);
    }
    if catches.is_empty() {
        return inp.stop(Want::Token(Kind::Catch));
    }
    Ok(StmtKind::Try(Try { body, catches }))
}

/// `catch e if c { … }`
fn catch(inp: &mut Inp<'_, '_>) -> Parsed<Catch> {
    let word = inp.bump();
    let span = inp.span(word);
    let name = if inp.kind().is_name() { Some(inp.parse(binding("error"))?) } else { None };
    let (condition, body) = inp.parse(after(Kind::If, head).then(rule(block)))?;
    Ok(Catch { span, name, condition, body })
}
