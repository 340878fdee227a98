//! Operators, from loosest to tightest, and what stands between them.

use super::recover::is_consequence;
use super::types::type_expr;
use super::{Inp, Look, Parsed, Place, atom, call, deepened, measured, nested, placed};
use crate::syntax::errors;
use crate::syntax::power::Power;
use crate::syntax::token::Kind;
use crate::syntax::tree::{Binary, BinaryOp, Expr, ExprKind, NodeId, Range, UnaryOp};

/// Any expression.
pub(super) fn expr(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    operation(inp, Power::Default)
}

/// An expression in whose place a `{` opens the body behind it.
pub(super) fn head_expr(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    let place = Place { no_record: true, ..inp.state().place };
    placed(inp, place, expr)
}

/// Operands with operators between them that bind at least as tightly as `least`.
pub(super) fn operation(inp: &mut Inp<'_, '_>, least: Power) -> Parsed<Expr> {
    measured(inp, |inp| operands(inp, least))
}

fn operands(inp: &mut Inp<'_, '_>, least: Power) -> Parsed<Expr> {
    let start = inp.at();
    let mut left = operand(inp)?;
    let mut compared = None;
    while let Some((op, power)) = infix(inp) {
        if power < least {
            break;
        }
        if power == Power::Comparison {
            let at = inp.at();
            chained(inp, compared.replace(at));
        }
        left = infix_operation(inp, start, left, op, power)?;
        deepened(inp)?;
    }
    Ok(left)
}

/// What an infix sign makes.
#[derive(Clone, Copy)]
enum Infix {
    Op(BinaryOp),
    Range { inclusive: bool },
}

fn infix_operation(
    inp: &mut Inp<'_, '_>,
    start: usize,
    left: Expr,
    op: Infix,
    power: Power,
) -> Parsed<Expr> {
    let sign = inp.bump();
    let op_span = inp.span(sign);
    let kind = match op {
        Infix::Op(op) => {
            let right = operation(inp, power.next())?;
            ExprKind::Binary(Box::new(Binary { op, op_span, left, right }))
        }
        Infix::Range { inclusive } => {
            let to = if range_is_open(inp) { None } else { Some(operation(inp, power.next())?) };
            ExprKind::Range(Box::new(Range { from: Some(left), to, inclusive }))
        }
    };
    Ok(Expr { id: NodeId(0), span: inp.since(start), kind })
}

/// `t[2..]`: nothing stands behind the dots.
fn range_is_open(inp: &mut Inp<'_, '_>) -> bool {
    inp.state().place.open_range && inp.kind() == Kind::BracketClose
}

/// The operator that comes next, if one does.
#[inline]
fn infix(inp: &mut Inp<'_, '_>) -> Option<(Infix, Power)> {
    use BinaryOp as B;
    let token = inp.token();
    let op = match token.kind {
        Kind::QuestionQuestion => B::Default,
        Kind::Or => B::Or,
        Kind::And => B::And,
        Kind::EqualEqual => B::Equal,
        Kind::NotEqual => B::NotEqual,
        Kind::Less => B::Less,
        Kind::LessEqual => B::LessEqual,
        Kind::Greater => B::Greater,
        Kind::GreaterEqual => B::GreaterEqual,
        Kind::In => B::In,
        Kind::DotDot => return Some((Infix::Range { inclusive: false }, Power::Range)),
        Kind::DotDotEqual => return Some((Infix::Range { inclusive: true }, Power::Range)),
        Kind::Plus => B::Add,
        Kind::Minus if !token.on_new_line => B::Subtract,
        Kind::Star => B::Multiply,
        Kind::Slash => B::Divide,
        Kind::Percent => B::Remainder,
        Kind::Div if divides(inp) => B::IntDivide,
        _ => return None,
    };
    Some((Infix::Op(op), Power::of(op)))
}

/// `div` behind an operand divides, unless it begins a line as a variable of that name would.
fn divides(inp: &mut Inp<'_, '_>) -> bool {
    use Kind::{Dot, Equal, MinusEqual, PlusEqual, SlashEqual, StarEqual};
    let next = inp.nth(1).kind;
    !inp.token().on_new_line
        || !matches!(next, Equal | PlusEqual | MinusEqual | StarEqual | SlashEqual | Dot)
}

/// `a < b < c`: comparisons stand alone.
fn chained(inp: &mut Inp<'_, '_>, first: Option<usize>) {
    let Some(first) = first else { return };
    let at = inp.at();
    if !is_consequence(inp, at) {
        let (token, first) = (inp.token(), inp.state().tokens[first]);
        let (second, first) = (inp.span(token), inp.span(first));
        inp.state().diagnostics.push(errors::chained_comparison(first, second));
    }
}

/// A prefix operator with its operand, or an atom with what is attached to it.
fn operand(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    match inp.kind() {
        Kind::Minus => prefix(inp, UnaryOp::Negate, Power::Attached),
        Kind::Not => prefix(inp, UnaryOp::Not, Power::Not),
        _ => postfix(inp),
    }
}

fn prefix(inp: &mut Inp<'_, '_>, op: UnaryOp, power: Power) -> Parsed<Expr> {
    let start = inp.at();
    inp.bump();
    let inner = nested(inp, |inp| operation(inp, power))?;
    Ok(Expr { id: NodeId(0), span: inp.since(start), kind: ExprKind::Unary(op, Box::new(inner)) })
}

/// An atom with fields, calls, indices and casts behind it.
pub(super) fn postfix(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    let start = inp.at();
    let mut base = atom::atom(inp)?;
    loop {
        let token = inp.token();
        let below = std::mem::take(&mut inp.state().height);
        let kind = match token.kind {
            Kind::Dot | Kind::QuestionDot => call::field(inp, base),
            Kind::ParenOpen if !token.on_new_line => call::call(inp, base)?,
            Kind::BracketOpen if !token.on_new_line => call::index(inp, base)?,
            Kind::Less if call::has_type_args(inp) => call::call(inp, base)?,
            Kind::As => {
                inp.bump();
                ExprKind::As(Box::new(base), Box::new(type_expr(inp)?))
            }
            _ => {
                inp.state().height = below;
                return Ok(base);
            }
        };
        base = Expr { id: NodeId(0), span: inp.since(start), kind };
        // Arguments have counted their own level; what they are attached to moves one down.
        inp.state().height = inp.state().height.max(below);
        if below >= inp.state().height {
            deepened(inp)?;
        }
    }
}
