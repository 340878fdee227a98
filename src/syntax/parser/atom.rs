//! What an expression begins with, chosen by the first token or two.

use super::name::taken;
use super::recover::broken_expr;
use super::{
    Inp, Look, Parsed, Want, call, closure, control, expr::expr, in_brackets, literal, matching,
    query, text,
};
use crate::syntax::token::Kind;
use crate::syntax::tree::{Expr, ExprKind, NodeId};

/// An expression without operators around it.
pub(super) fn atom(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    let start = inp.at();
    let kind = match inp.kind() {
        Kind::ParenOpen if closure::follows(inp) => closure::closure(inp)?,
        Kind::ParenOpen => return parenthesised(inp),
        kind if kind.is_name() => named(inp)?,
        Kind::Int
        | Kind::Decimal
        | Kind::Float
        | Kind::Duration
        | Kind::Size
        | Kind::Time
        | Kind::BadNumber => literal::number(inp),
        Kind::True | Kind::False | Kind::Null => literal::word(inp),
        Kind::Text | Kind::TextStart => text::text(inp)?,
        Kind::BracketOpen => call::list_or_map(inp)?,
        Kind::BraceOpen if !inp.state().place.no_record => call::record(inp)?,
        Kind::If => control::if_expr(inp)?,
        Kind::Match => matching::match_expr(inp)?,
        Kind::Try => control::try_expr(inp)?,
        Kind::Fail => control::fail_expr(inp)?,
        Kind::Return => control::return_expr(inp)?,
        Kind::Break => control::alone(inp, ExprKind::Break),
        Kind::Continue => control::alone(inp, ExprKind::Continue),
        Kind::From | Kind::Parallel => query::query(inp)?,
        _ => return inp.stop(Want::Value),
    };
    Ok(Expr { id: NodeId(0), span: inp.since(start), kind })
}

/// A name, or what begins with one.
fn named(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    match inp.kind() {
        _ if closure::follows(inp) => closure::closure(inp),
        Kind::Update if query::is_write(inp) => query::update(inp),
        Kind::Delete if query::is_write(inp) => query::delete(inp),
        _ => Ok(ExprKind::Name(taken(inp).text)),
    }
}

/// `(e)`: the expression itself; its place does not include the brackets.
fn parenthesised(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    let end = inp.token().partner as usize;
    let before = inp.save();
    let inner = in_brackets(inp, |inp| {
        inp.bump();
        let inner = expr(inp)?;
        if inp.at() == end { Ok(inner) } else { inp.stop(Want::Token(Kind::ParenClose)) }
    });
    let inner = match inner {
        Ok(inner) => inner,
        Err(stop) => {
            super::recover::report(inp, stop);
            inp.rewind(before);
            let start = inp.at();
            inp.skip_to(end + 1);
            return Ok(broken_expr(inp.since(start)));
        }
    };
    inp.bump();
    Ok(inner)
}
