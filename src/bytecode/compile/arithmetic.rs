//! Arithmetic: which instruction an operator is, by the types of its sides.

use super::builder::Ins;
use super::lower::{Lower, Out};
use super::virtual_fn::Virtual;
use crate::check::types::Type;
use crate::syntax::tree::{Binary, BinaryOp, Expr, ExprKind};

/// `a + b`, `a div b`, …
pub(super) fn binary<'p>(lower: &mut Lower<'_, 'p>, binary: &'p Binary) -> Out {
    if let Some(out) = with_literal(lower, binary) {
        return out;
    }
    if let Some(out) = fused(lower, binary) {
        return out;
    }
    let left_ty = lower.final_ty(&binary.left);
    let right_ty = lower.final_ty(&binary.right);
    let left = lower.expr(&binary.left);
    let left = lower.before(left, &binary.left, [&binary.right]);
    let right = lower.expr(&binary.right);
    operate(lower, binary.op, (left, &left_ty), (right, &right_ty))
}

/// The value of `a op b`.
pub(super) fn operate(
    lower: &mut Lower<'_, '_>,
    op: BinaryOp,
    left: (Out, &Type),
    right: (Out, &Type),
) -> Out {
    match (left.1, right.1) {
        (Type::Float, Type::Float) => {
            let (a, b) = scalars(lower, left, right);
            let to = lower.builder.scalar();
            lower.emit(float(op, to, a, b));
            Out::Scalar(to)
        }
        (Type::Int, Type::Int) if op == BinaryOp::Divide => {
            let (a, b) = scalars(lower, left, right);
            let to = lower.builder.value();
            lower.emit(Ins::DivideInts { to, a, b });
            Out::Owned(to)
        }
        (Type::Decimal | Type::Int, Type::Decimal) | (Type::Decimal, Type::Int) => {
            decimals(lower, op, left, right)
        }
        (Type::Text | Type::Union(_), Type::Text | Type::Union(_)) => {
            let (a, b) = (lower.readable(left.0, left.1), lower.readable(right.0, right.1));
            let to = lower.builder.value();
            lower.emit(Ins::Concat { to, a, b });
            Out::Owned(to)
        }
        (Type::Date, Type::Date) if op == BinaryOp::Subtract => {
            difference_of_dates(lower, left, right)
        }
        (Type::Duration, Type::Decimal) | (Type::Decimal, Type::Duration) => {
            scaled(lower, op, left, right)
        }
        (Type::Duration, Type::Duration) if op == BinaryOp::Divide => {
            let (a, b) = scalars(lower, left, right);
            let to = lower.builder.value();
            lower.emit(Ins::DivideInts { to, a, b });
            Out::Owned(to)
        }
        (Type::Duration, Type::Int) if op == BinaryOp::Divide => {
            let (a, b) = scalars(lower, left, right);
            let to = lower.builder.scalar();
            lower.emit(Ins::DivInt { to, a, b });
            Out::Scalar(to)
        }
        (Type::List(_), Type::List(_)) => {
            let (a, b) = (lower.readable(left.0, left.1), lower.readable(right.0, right.1));
            lower.native("core.concat", &[], vec![Out::Borrowed(a), Out::Borrowed(b)])
        }
        _ => {
            let (a, b) = scalars(lower, left, right);
            let to = lower.builder.scalar();
            lower.emit(int(op, to, a, b));
            Out::Scalar(to)
        }
    }
}

fn scalars(
    lower: &mut Lower<'_, '_>,
    left: (Out, &Type),
    right: (Out, &Type),
) -> (Virtual, Virtual) {
    (lower.scalar_of(left.0, left.1), lower.scalar_of(right.0, right.1))
}

fn int(op: BinaryOp, to: Virtual, a: Virtual, b: Virtual) -> Ins {
    match op {
        BinaryOp::Add => Ins::AddInt { to, a, b },
        BinaryOp::Subtract => Ins::SubInt { to, a, b },
        BinaryOp::Multiply => Ins::MulInt { to, a, b },
        BinaryOp::Remainder => Ins::RemInt { to, a, b },
        _ => Ins::DivInt { to, a, b },
    }
}

fn float(op: BinaryOp, to: Virtual, a: Virtual, b: Virtual) -> Ins {
    match op {
        BinaryOp::Add => Ins::AddFloat { to, a, b },
        BinaryOp::Subtract => Ins::SubFloat { to, a, b },
        BinaryOp::Multiply => Ins::MulFloat { to, a, b },
        BinaryOp::Remainder => Ins::RemFloat { to, a, b },
        _ => Ins::DivFloat { to, a, b },
    }
}

fn decimals(
    lower: &mut Lower<'_, '_>,
    op: BinaryOp,
    left: (Out, &Type),
    right: (Out, &Type),
) -> Out {
    let left = lower.coerce(left.0, left.1, &Type::Decimal);
    let right = lower.coerce(right.0, right.1, &Type::Decimal);
    let (a, b) = (lower.readable(left, &Type::Decimal), lower.readable(right, &Type::Decimal));
    let to = lower.builder.value();
    lower.emit(match op {
        BinaryOp::Add => Ins::AddDecimal { to, a, b },
        BinaryOp::Subtract => Ins::SubDecimal { to, a, b },
        BinaryOp::Multiply => Ins::MulDecimal { to, a, b },
        BinaryOp::Remainder => Ins::RemDecimal { to, a, b },
        _ => Ins::DivDecimal { to, a, b },
    });
    Out::Owned(to)
}

/// Days between two dates, as a duration.
fn difference_of_dates(lower: &mut Lower<'_, '_>, left: (Out, &Type), right: (Out, &Type)) -> Out {
    let (a, b) = scalars(lower, left, right);
    let days = lower.builder.scalar();
    lower.emit(Ins::SubInt { to: days, a, b });
    let day = lower.builder.scalar();
    lower.load_int(day, MICROS_PER_DAY);
    let to = lower.builder.scalar();
    lower.emit(Ins::MulInt { to, a: days, b: day });
    Out::Scalar(to)
}

/// A duration times or divided by a decimal.
fn scaled(lower: &mut Lower<'_, '_>, op: BinaryOp, left: (Out, &Type), right: (Out, &Type)) -> Out {
    let (duration, number) = if *left.1 == Type::Duration { (left, right) } else { (right, left) };
    let args = vec![lower.boxed(duration.0, duration.1), lower.boxed(number.0, number.1)];
    let name =
        if op == BinaryOp::Divide { "core.duration_divide" } else { "core.duration_multiply" };
    let out = lower.native(name, &[], args);
    lower.narrow(out, &Type::Duration)
}

/// `x + 1`, `x % 7`: a whole number in the instruction.
fn with_literal<'p>(lower: &mut Lower<'_, 'p>, binary: &'p Binary) -> Option<Out> {
    let value = i32::from(lower.small_literal(&binary.right)?);
    if lower.final_ty(&binary.left) != Type::Int {
        return None;
    }
    let build: fn(Virtual, Virtual, i32) -> Ins = match binary.op {
        BinaryOp::Add => |to, a, value| Ins::AddImm { to, a, value },
        BinaryOp::Subtract => |to, a, value| Ins::AddImm { to, a, value: -value },
        BinaryOp::Multiply => |to, a, value| Ins::MulImm { to, a, value },
        BinaryOp::IntDivide if value != 0 => |to, a, value| Ins::DivImm { to, a, value },
        BinaryOp::Remainder if value != 0 => |to, a, value| Ins::RemImm { to, a, value },
        _ => return None,
    };
    let a = lower.scalar(&binary.left);
    let to = lower.builder.scalar();
    lower.emit(build(to, a, value));
    Some(Out::Scalar(to))
}

/// `a + b * c` and `a - b * c` of floats.
fn fused<'p>(lower: &mut Lower<'_, 'p>, binary: &'p Binary) -> Option<Out> {
    let add = match binary.op {
        BinaryOp::Add => true,
        BinaryOp::Subtract => false,
        _ => return None,
    };
    let product = float_product(lower, &binary.right)?;
    if lower.final_ty(&binary.left) != Type::Float {
        return None;
    }
    let a = lower.scalar_before(&binary.left, &binary.right);
    let b = lower.scalar_before(&product.left, &product.right);
    let c = lower.scalar(&product.right);
    let to = lower.builder.scalar();
    lower.emit(if add {
        Ins::MulAddFloat { to, a, b, c }
    } else {
        Ins::MulSubFloat { to, a, b, c }
    });
    Some(Out::Scalar(to))
}

fn float_product<'p>(lower: &Lower<'_, 'p>, expr: &'p Expr) -> Option<&'p Binary> {
    match &expr.kind {
        ExprKind::Binary(inner) if inner.op == BinaryOp::Multiply => {
            let float = lower.final_ty(expr) == Type::Float && lower.ty(expr.id) == Type::Float;
            (float && lower.final_ty(&inner.left) == Type::Float).then_some(inner)
        }
        _ => None,
    }
}

const MICROS_PER_DAY: i64 = 86_400_000_000;
