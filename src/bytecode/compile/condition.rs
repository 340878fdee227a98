//! Conditions: jumps that compare, without making a `bool` first.

use super::builder::Ins;
use super::lower::Lower;
use super::types::is_scalar;
use super::virtual_fn::{Label, Virtual};
use crate::check::types::Type;
use crate::syntax::tree::{Binary, BinaryOp, Expr, ExprKind, UnaryOp};

impl<'p> Lower<'_, 'p> {
    /// Goes on at `target` where the condition is `when`.
    pub(super) fn jump(&mut self, condition: &'p Expr, when: bool, target: Label) {
        match &condition.kind {
            ExprKind::Bool(value) => {
                if *value == when {
                    self.emit(Ins::Jump { target: target.0 });
                }
            }
            ExprKind::Unary(UnaryOp::Not, inner) => self.jump(inner, !when, target),
            ExprKind::Binary(binary) => match binary.op {
                // `a and b` is false where a is, or b is; `a or b` is true where a is, or b is.
                BinaryOp::And => self.jump_both(binary, when, target),
                BinaryOp::Or => self.jump_either(binary, when, target),
                op if is_comparison(op) => {
                    self.spanned(condition.span, |lower| lower.jump_compare(binary, when, target));
                }
                _ => self.jump_plain(condition, when, target),
            },
            _ => self.jump_plain(condition, when, target),
        }
    }

    fn jump_both(&mut self, binary: &'p Binary, when: bool, target: Label) {
        if when {
            let end = self.builder.label();
            self.jump(&binary.left, false, end);
            self.jump(&binary.right, true, target);
            self.builder.place(end);
        } else {
            self.jump(&binary.left, false, target);
            self.jump(&binary.right, false, target);
        }
    }

    fn jump_either(&mut self, binary: &'p Binary, when: bool, target: Label) {
        if when {
            self.jump(&binary.left, true, target);
            self.jump(&binary.right, true, target);
        } else {
            let end = self.builder.label();
            self.jump(&binary.left, true, end);
            self.jump(&binary.right, false, target);
            self.builder.place(end);
        }
    }

    fn jump_plain(&mut self, condition: &'p Expr, when: bool, target: Label) {
        let out = self.expr(condition);
        let a = self.scalar_of(out, &Type::Bool);
        self.emit(if when {
            Ins::JumpIf { a, target: target.0 }
        } else {
            Ins::JumpUnless { a, target: target.0 }
        });
    }

    /// Compares and jumps in one instruction.
    fn jump_compare(&mut self, binary: &'p Binary, when: bool, target: Label) {
        let target = target.0;
        if let Some(other) = null_test(binary) {
            let out = self.expr(other);
            let ty = self.final_ty(other);
            let a = self.readable(out, &ty);
            let is_null = (binary.op == BinaryOp::Equal) == when;
            self.emit(if is_null {
                Ins::JumpNull { a, target }
            } else {
                Ins::JumpNotNull { a, target }
            });
            return;
        }
        let ty = self.final_ty(&binary.left);
        if is_scalar(&ty) && is_scalar(&self.final_ty(&binary.right)) {
            if ty == Type::Float {
                self.jump_floats(binary, when, target);
            } else {
                self.jump_ints(binary, when, target);
            }
        } else {
            self.jump_values(binary, when, target);
        }
    }

    fn jump_ints(&mut self, binary: &'p Binary, when: bool, target: u32) {
        let op = if when { binary.op } else { negated(binary.op) };
        let left = self.scalar_before(&binary.left, &binary.right);
        if let Some(value) = self.small_literal(&binary.right) {
            self.emit(match op {
                BinaryOp::Equal => Ins::JumpEqualImm { a: left, value, target },
                BinaryOp::NotEqual => Ins::JumpUnequalImm { a: left, value, target },
                BinaryOp::Less => Ins::JumpLessImm { a: left, value, target },
                BinaryOp::LessEqual => Ins::JumpAtMostImm { a: left, value, target },
                BinaryOp::Greater => Ins::JumpAboveImm { a: left, value, target },
                _ => Ins::JumpAtLeastImm { a: left, value, target },
            });
            return;
        }
        let right = self.scalar(&binary.right);
        self.jump_between_ints(op, (left, right), target);
    }

    /// Goes on at `target` where the comparison of two scalars that are not floats holds.
    pub(super) fn jump_between_ints(
        &mut self,
        op: BinaryOp,
        (left, right): (Virtual, Virtual),
        target: u32,
    ) {
        self.emit(match op {
            BinaryOp::Equal => Ins::JumpEqualInt { a: left, b: right, target },
            BinaryOp::NotEqual => Ins::JumpUnequalInt { a: left, b: right, target },
            BinaryOp::Less => Ins::JumpLessInt { a: left, b: right, target },
            BinaryOp::LessEqual => Ins::JumpAtMostInt { a: left, b: right, target },
            BinaryOp::Greater => Ins::JumpLessInt { a: right, b: left, target },
            _ => Ins::JumpAtMostInt { a: right, b: left, target },
        });
    }

    fn jump_floats(&mut self, binary: &'p Binary, when: bool, target: u32) {
        let left = self.scalar_before(&binary.left, &binary.right);
        let right = self.scalar(&binary.right);
        self.jump_between_floats(binary.op, when, (left, right), target);
    }

    /// Not-a-number is neither below nor at most anything, so the jumps for "not" are instructions of their own.
    pub(super) fn jump_between_floats(
        &mut self,
        op: BinaryOp,
        when: bool,
        (left, right): (Virtual, Virtual),
        target: u32,
    ) {
        let (a, b) = match op {
            BinaryOp::Greater | BinaryOp::GreaterEqual => (right, left),
            _ => (left, right),
        };
        self.emit(match (op, when) {
            (BinaryOp::Equal, true) | (BinaryOp::NotEqual, false) => {
                Ins::JumpEqualFloat { a, b, target }
            }
            (BinaryOp::Equal, false) | (BinaryOp::NotEqual, true) => {
                Ins::JumpUnequalFloat { a, b, target }
            }
            (BinaryOp::Less | BinaryOp::Greater, true) => Ins::JumpLessFloat { a, b, target },
            (BinaryOp::Less | BinaryOp::Greater, false) => Ins::JumpNotLessFloat { a, b, target },
            (_, true) => Ins::JumpAtMostFloat { a, b, target },
            (_, false) => Ins::JumpNotAtMostFloat { a, b, target },
        });
    }

    fn jump_values(&mut self, binary: &'p Binary, when: bool, target: u32) {
        let left = self.read_before(&binary.left, &binary.right);
        let right = self.read(&binary.right);
        let op = if when { binary.op } else { negated(binary.op) };
        self.jump_between_values(op, (left, right), target);
    }

    /// Goes on at `target` where the comparison of two values holds.
    pub(super) fn jump_between_values(
        &mut self,
        op: BinaryOp,
        (left, right): (Virtual, Virtual),
        target: u32,
    ) {
        self.emit(match op {
            BinaryOp::Equal => Ins::JumpEqual { a: left, b: right, target },
            BinaryOp::NotEqual => Ins::JumpUnequal { a: left, b: right, target },
            BinaryOp::Less => Ins::JumpLess { a: left, b: right, target },
            BinaryOp::LessEqual => Ins::JumpAtMost { a: left, b: right, target },
            BinaryOp::Greater => Ins::JumpLess { a: right, b: left, target },
            _ => Ins::JumpAtMost { a: right, b: left, target },
        });
    }

    /// A whole number that fits an instruction.
    pub(super) fn small_literal(&self, expr: &Expr) -> Option<i16> {
        let coerced = self.tables().coercions.contains_key(&expr.id);
        match &expr.kind {
            _ if coerced || self.ty(expr.id) != Type::Int => None,
            ExprKind::Int(n) => i16::try_from(*n).ok(),
            ExprKind::Unary(UnaryOp::Negate, inner) => match inner.kind {
                ExprKind::Int(n) => i16::try_from(n).ok().map(|it| -it),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The other side of a comparison with `null`.
fn null_test(binary: &Binary) -> Option<&Expr> {
    let equality = matches!(binary.op, BinaryOp::Equal | BinaryOp::NotEqual);
    match (&binary.left.kind, &binary.right.kind) {
        (_, ExprKind::Null) if equality => Some(&binary.left),
        (ExprKind::Null, _) if equality => Some(&binary.right),
        _ => None,
    }
}

/// Whether an operator compares.
pub(super) fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp as Op;
    matches!(
        op,
        Op::Equal | Op::NotEqual | Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual
    )
}

/// The comparison that holds exactly where this one does not; not for floats.
fn negated(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Equal => BinaryOp::NotEqual,
        BinaryOp::NotEqual => BinaryOp::Equal,
        BinaryOp::Less => BinaryOp::GreaterEqual,
        BinaryOp::LessEqual => BinaryOp::Greater,
        BinaryOp::Greater => BinaryOp::LessEqual,
        BinaryOp::GreaterEqual => BinaryOp::Less,
        other => other,
    }
}
