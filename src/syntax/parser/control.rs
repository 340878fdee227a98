//! `if`, `try … else`, `fail`, `return`, `break`, `continue`: expressions that decide where to go on.

use super::block::{block, head};
use super::closure::body;
use super::expr::expr;
use super::name::binding;
use super::recover::begins_value;
use super::{Inp, Look, Parsed, Want, nested, rule, token};
use crate::syntax::token::Kind;
use crate::syntax::tree::{Expr, ExprKind, If, NodeId, TryExpr};
use chumsky::Parser;

/// `if c { a } else { b }`
pub(super) fn if_expr(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    let parser = token(Kind::If).ignore_then(rule(head)).then(rule(block)).then(rule(otherwise));
    let ((condition, then), otherwise) = inp.parse(parser)?;
    Ok(ExprKind::If(Box::new(If { condition, then, otherwise })))
}

/// `else { b }`, `else if d { … }`
fn otherwise(inp: &mut Inp<'_, '_>) -> Parsed<Option<Expr>> {
    if !inp.eat(Kind::Else) {
        return Ok(None);
    }
    let start = inp.at();
    let kind = match inp.kind() {
        Kind::If => nested(inp, if_expr)?,
        Kind::BraceOpen => ExprKind::Block(block(inp)?),
        _ => return inp.stop(Want::Block),
    };
    Ok(Some(Expr { id: NodeId(0), span: inp.since(start), kind }))
}

/// `try e else err => f`
pub(super) fn try_expr(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    inp.bump();
    let tried = nested(inp, body)?;
    try_else(inp, tried)
}

/// `else err => f` behind what is tried.
pub(super) fn try_else(inp: &mut Inp<'_, '_>, tried: Expr) -> Parsed<ExprKind> {
    if !inp.eat(Kind::Else) {
        return inp.stop(Want::Token(Kind::Else));
    }
    let named = inp.kind().is_name() && inp.nth(1).kind == Kind::FatArrow;
    let name = if named {
        Some(inp.parse(binding("error").then_ignore(token(Kind::FatArrow)))?)
    } else {
        None
    };
    let fallback = nested(inp, body)?;
    Ok(ExprKind::Try(Box::new(TryExpr { body: tried, name, fallback })))
}

/// `fail e`
pub(super) fn fail_expr(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    inp.bump();
    Ok(ExprKind::Fail(Box::new(nested(inp, expr)?)))
}

/// `return e`, or `return` alone.
pub(super) fn return_expr(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    inp.bump();
    if inp.token().on_new_line || !begins_value(inp.kind()) {
        return Ok(ExprKind::Return(None));
    }
    Ok(ExprKind::Return(Some(Box::new(nested(inp, expr)?))))
}

/// A word that is an expression by itself.
pub(super) fn alone(inp: &mut Inp<'_, '_>, kind: ExprKind) -> ExprKind {
    inp.bump();
    kind
}
