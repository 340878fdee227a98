//! Which brackets an expression needs, and which the author put there to be read.

use super::Writer;
use crate::syntax::power::Power;
use crate::syntax::token::Kind;
use crate::syntax::tree::{ClauseKind, Expr, ExprKind, RecordPart, UnaryOp};

pub(super) fn of(expr: &Expr) -> Power {
    match &expr.kind {
        ExprKind::Binary(it) => Power::of(it.op),
        ExprKind::Range(_) => Power::Range,
        ExprKind::Unary(UnaryOp::Not, _) => Power::Not,
        ExprKind::Unary(UnaryOp::Negate, _) => Power::Negation,
        ExprKind::Closure(_) | ExprKind::Fail(_) | ExprKind::Try(_) | ExprKind::Return(_) => {
            Power::Open
        }
        ExprKind::Query(_) | ExprKind::Update(_) | ExprKind::Delete(_) => Power::Open,
        // They could stand without, but would not be read so.
        ExprKind::If(_) | ExprKind::Match(_) | ExprKind::Block(_) => Power::Open,
        ExprKind::Error
        | ExprKind::Int(_)
        | ExprKind::Decimal(_)
        | ExprKind::Float(_)
        | ExprKind::Size(_)
        | ExprKind::Text(_)
        | ExprKind::Duration(_)
        | ExprKind::Time(_)
        | ExprKind::Date(_)
        | ExprKind::Bool(_)
        | ExprKind::Null
        | ExprKind::Name(_)
        | ExprKind::List(_)
        | ExprKind::Map(_)
        | ExprKind::Record(_)
        | ExprKind::Call(_)
        | ExprKind::Field(_)
        | ExprKind::Index(..)
        | ExprKind::As(..)
        | ExprKind::Break
        | ExprKind::Continue => Power::Attached,
    }
}

/// Whether an operator behind the expression would be taken for a part of it.
pub(super) fn ends_open(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary(it) => ends_open(&it.right),
        ExprKind::Range(it) => it.to.as_ref().is_some_and(ends_open),
        ExprKind::Unary(_, inner) => ends_open(inner),
        _ => of(expr) == Power::Open,
    }
}

/// Whether a comma behind the expression would be taken for one between the keys of a query.
fn ends_with_keys(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary(it) => ends_with_keys(&it.right),
        ExprKind::Range(it) => it.to.as_ref().is_some_and(ends_with_keys),
        ExprKind::Unary(_, inner) | ExprKind::Fail(inner) => ends_with_keys(inner),
        ExprKind::Closure(it) => ends_with_keys(&it.body),
        ExprKind::Try(it) => ends_with_keys(&it.fallback),
        ExprKind::Return(it) => it.as_ref().is_some_and(|it| ends_with_keys(it)),
        ExprKind::Delete(it) => ends_with_keys(it.condition.as_ref().unwrap_or(&it.table)),
        ExprKind::Query(it) => match it.clauses.last().map(|it| &it.kind) {
            None => ends_with_keys(&it.source),
            Some(ClauseKind::Sort(_) | ClauseKind::GroupBy(_)) => true,
            Some(
                ClauseKind::Where(last)
                | ClauseKind::Skip(last)
                | ClauseKind::Take(last)
                | ClauseKind::Select(last)
                | ClauseKind::Limit(last)
                | ClauseKind::Join { on: last, .. },
            ) => ends_with_keys(last),
        },
        _ => false,
    }
}

/// The expression that the expression begins with.
pub(super) fn leftmost(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Binary(it) => leftmost(&it.left),
        ExprKind::Range(it) => it.from.as_ref().map_or(expr, leftmost),
        ExprKind::Call(it) => leftmost(&it.callee),
        ExprKind::Field(it) => leftmost(&it.base),
        ExprKind::Index(base, _) | ExprKind::As(base, _) => leftmost(base),
        _ => expr,
    }
}

/// Whether a record behind an arrow would be taken for a block.
pub(super) fn looks_like_block(parts: &[RecordPart]) -> bool {
    match parts {
        [RecordPart::Field(..) | RecordPart::Spread(_), ..] => false,
        [RecordPart::Short(_, value), _, ..] => !matches!(value.kind, ExprKind::Name(_)),
        [RecordPart::Short(..)] | [] => true,
    }
}

impl Writer<'_> {
    /// Whether what follows the brackets around an expression would be taken for a part of it without them.
    pub(super) fn would_go_on(&self, expr: &Expr) -> bool {
        use Kind::{
            BraceClose, BracketClose, Catch, Colon, Comma, Else, End, Group, Join, Left, Limit,
            ParenClose, Select, Skip, Sort, Take, TextEnd, TextMiddle, Where,
        };
        if matches!(expr.kind, ExprKind::Name(_)) {
            // `(at)` is a variable, `at` may begin a statement.
            let word = self.tokens[self.token_at(expr.span.start)].kind;
            return Kind::CONTEXTUAL.contains(&word) && self.closing_bracket(expr).is_some();
        }
        if !ends_open(expr) {
            return false;
        }
        let Some(close) = self.closing_bracket(expr) else { return false };
        let Some(next) = self.tokens.get(close + 1) else { return false };
        match next.kind {
            Comma => ends_with_keys(expr),
            End | Colon | ParenClose | BracketClose | BraceClose | TextMiddle | TextEnd => false,
            Else | Catch | Group | Join | Left | Limit | Select | Skip | Sort | Take | Where => {
                true
            }
            _ => !next.on_new_line,
        }
    }

    /// Whether an operand stands in brackets that the author put there although operators would not need them.
    pub(super) fn is_parenthesised(&self, expr: &Expr) -> bool {
        if of(expr) >= Power::Negation {
            return false;
        }
        self.closing_bracket(expr).is_some()
    }

    /// The token that closes the outermost of the brackets right around an expression, a list's aside.
    fn closing_bracket(&self, expr: &Expr) -> Option<usize> {
        let mut end = expr.span.end;
        let mut outermost = None;
        let inside = self.tokens[..self.token_at(expr.span.start)].iter().rev();
        for open in inside {
            let close = open.partner as usize;
            let is_around = open.kind == Kind::ParenOpen && self.tokens[close - 1].end == end;
            if !is_around || self.list_start == Some(open.start) {
                break;
            }
            end = self.tokens[close].end;
            outermost = Some(close);
        }
        outermost
    }
}
