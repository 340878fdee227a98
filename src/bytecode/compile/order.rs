//! The order of operands: each is what it was when it was read, whatever those behind it assign.

use super::builder::Ins;
use super::call::{Argument, Arguments};
use super::lower::{Lower, Out};
use super::virtual_fn::Virtual;
use crate::check::checked::{ArgSource, CallPlan, Resolution};
use crate::syntax::tree::{Expr, ExprKind, NodeId, StmtKind, TextPart};
use crate::syntax::walk::{self, Node};

impl<'p> Lower<'_, 'p> {
    /// The value of an operand that others follow: a variable that one of them assigns is copied.
    pub(super) fn before<'a>(
        &mut self,
        out: Out,
        operand: &Expr,
        later: impl IntoIterator<Item = &'a Expr>,
    ) -> Out {
        if !later.into_iter().any(|it| self.is_assigned_in(operand, it)) {
            return out;
        }
        match out {
            Out::Scalar(a) => {
                let to = self.builder.scalar();
                self.emit(Ins::MoveS { to, a });
                Out::Scalar(to)
            }
            Out::Borrowed(a) => {
                let to = self.builder.value();
                self.emit(Ins::CopyV { to, a });
                Out::Owned(to)
            }
            Out::Owned(_) | Out::Nothing => out,
        }
    }

    /// Arguments that are named in another order than the parameters' are computed as they are written. A closure stays
    /// where it can be written in place.
    pub(super) fn as_written(
        &mut self,
        plan: &CallPlan,
        mut arguments: Arguments<'p>,
    ) -> Arguments<'p> {
        let turn = |source: &ArgSource| match source {
            ArgSource::Receiver => Some(0),
            ArgSource::Arg(at) => Some(1 + usize::from(*at)),
            ArgSource::Default => None,
        };
        let places = plan.args.iter().enumerate();
        let mut written: Vec<(usize, usize)> =
            places.filter_map(|(at, source)| Some((turn(source)?, at))).collect();
        if written.is_sorted() {
            return arguments;
        }
        written.sort_unstable();
        let given: Vec<(usize, &'p Expr)> = written
            .into_iter()
            .filter_map(|(_, at)| Some((at, arguments.given(at)?)))
            .filter(|(_, expr)| is_seen(expr))
            .collect();
        for (turn, (at, expr)) in given.iter().enumerate() {
            let out = self.expr(expr);
            let out = self.before(out, expr, given[turn + 1..].iter().map(|it| it.1));
            arguments.each[*at] = Argument::Ready(out, arguments.receivers.len());
            arguments.receivers.push(self.final_ty(expr));
        }
        arguments
    }

    /// Whether an operand is a variable that another expression may change.
    pub(super) fn is_assigned_in(&self, operand: &Expr, later: &Expr) -> bool {
        match self.tables().names.get(&operand.id) {
            Some(Resolution::Local(root) | Resolution::Kept(root)) => {
                assigns(self, Node::Expr(later), *root)
            }
            _ => false,
        }
    }

    /// An operand in a scalar register, with one behind it.
    pub(super) fn scalar_before(&mut self, operand: &'p Expr, later: &Expr) -> Virtual {
        let out = self.expr(operand);
        let out = self.before(out, operand, [later]);
        let ty = self.final_ty(operand);
        self.scalar_of(out, &ty)
    }

    /// An operand in a value register that is only read, with one behind it.
    pub(super) fn read_before(&mut self, operand: &'p Expr, later: &Expr) -> Virtual {
        let out = self.expr(operand);
        let out = self.before(out, operand, [later]);
        let ty = self.final_ty(operand);
        self.readable(out, &ty)
    }
}

/// Whether it may be seen when an expression is computed.
fn is_seen(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Text(text) => text.parts.iter().any(|it| matches!(it, TextPart::Hole(_))),
        ExprKind::Closure(_)
        | ExprKind::Int(_)
        | ExprKind::Decimal(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Null
        | ExprKind::Duration(_)
        | ExprKind::Time(_)
        | ExprKind::Date(_) => false,
        _ => true,
    }
}

/// Whether what stands in a node may change a variable: any assignment to it or a part of it, any method called on it.
pub(super) fn assigns(lower: &Lower<'_, '_>, node: Node<'_>, root: NodeId) -> bool {
    let mut found = false;
    walk::each_below(node, &mut |node| {
        found |= match node {
            Node::Stmt(stmt) => match &stmt.kind {
                StmtKind::Assign(assign) => root_is(lower, &assign.target, root),
                _ => false,
            },
            Node::Expr(expr) => match &expr.kind {
                ExprKind::Call(call) => match &call.callee.kind {
                    ExprKind::Field(field) => root_is(lower, &field.base, root),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        };
    });
    found
}

/// Whether a place is this variable or a part of it.
fn root_is(lower: &Lower<'_, '_>, place: &Expr, root: NodeId) -> bool {
    match &place.kind {
        ExprKind::Name(_) => {
            matches!(
                lower.tables().names.get(&place.id),
                Some(Resolution::Local(it) | Resolution::Kept(it)) if *it == root
            )
        }
        ExprKind::Field(field) => root_is(lower, &field.base, root),
        ExprKind::Index(base, _) => root_is(lower, base, root),
        _ => false,
    }
}
