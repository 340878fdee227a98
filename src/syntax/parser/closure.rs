//! `x => e`, `(a, b) => { … }`, and what stands behind an arrow.

use super::block::block;
use super::expr::expr;
use super::function::{params, type_or_rest};
use super::name::{is_word, name};
use super::types::type_expr;
use super::{Inp, Look, Parsed, Place, nested, placed};
use crate::syntax::token::Kind;
use crate::syntax::tree::{Closure, Expr, ExprKind, NodeId, Param};

/// Whether a closure comes next: a name or a pair of brackets with an arrow behind it.
#[inline]
pub(super) fn follows(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.at();
    let state = inp.state();
    let behind = state.tokens[at].partner as usize + 1;
    !state.place.no_arrow && state.tokens.get(behind).is_some_and(|it| it.kind == Kind::FatArrow)
}

/// `(a, b) => e`
pub(super) fn closure(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    let params = match inp.kind() {
        Kind::ParenOpen => params(inp, param)?,
        _ => vec![param(inp)?],
    };
    inp.eat(Kind::FatArrow);
    let place = Place { in_test: inp.state().place.in_test, ..Place::default() };
    let body = placed(inp, Place { no_record: false, ..place }, |inp| nested(inp, body))?;
    Ok(ExprKind::Closure(Box::new(Closure { params, body })))
}

fn param(inp: &mut Inp<'_, '_>) -> Parsed<Param> {
    let start = inp.at();
    let name = inp.parse(name("parameter"))?;
    let ty = if inp.eat(Kind::Colon) {
        let ty = type_expr(inp);
        Some(type_or_rest(inp, ty, &name))
    } else {
        None
    };
    Ok(Param { id: NodeId(0), span: inp.since(start), name, ty, default: None })
}

/// Behind an arrow, or `else`: an expression, where `{` opens a block unless it is clearly a record.
pub(super) fn body(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    if inp.kind() != Kind::BraceOpen || is_record(inp) {
        return expr(inp);
    }
    let block = block(inp)?;
    Ok(Expr { id: NodeId(0), span: block.span, kind: ExprKind::Block(block) })
}

/// Whether the brace that comes next opens a record: a name and `:` or `,` follow, or `...`.
fn is_record(inp: &mut Inp<'_, '_>) -> bool {
    let (first, second) = (inp.nth(1).kind, inp.nth(2).kind);
    first == Kind::Ellipsis || is_word(first) && matches!(second, Kind::Colon | Kind::Comma)
}
