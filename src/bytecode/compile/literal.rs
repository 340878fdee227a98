//! Literals and constants.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::builder::{Ins, Reg};
use super::lower::{Lower, Out, Returns};
use super::virtual_fn::Virtual;
use crate::bytecode::program::Constant;
use crate::check::types::{DeclId, Type};
use crate::syntax::tree::{Expr, ExprKind, Item};

impl<'p> Lower<'_, 'p> {
    /// A number that was written down, as the type that its place expects.
    pub(super) fn number(&mut self, expr: &Expr, negative: bool) -> Out {
        match (&expr.kind, self.ty(expr.id)) {
            (ExprKind::Int(n), Type::Decimal) => self.decimal(&n.to_string(), negative),
            (ExprKind::Int(n), Type::Float) => self.float(signed(*n as f64, negative)),
            (ExprKind::Int(n), _) => self.int(signed_int(*n, negative)),
            (ExprKind::Decimal(text), Type::Float) => {
                self.float(signed(text.parse().unwrap_or_default(), negative))
            }
            (ExprKind::Decimal(text), _) => self.decimal(text, negative),
            (ExprKind::Float(n), _) => self.float(signed(*n, negative)),
            _ => unreachable!("only numbers are asked for"),
        }
    }

    /// A whole number, or what is one inside: a time, a date, a duration.
    pub(super) fn int(&mut self, n: i64) -> Out {
        let to = self.builder.scalar();
        self.load_int(to, n);
        Out::Scalar(to)
    }

    /// Puts a whole number into a register.
    pub(super) fn load_int(&mut self, to: Virtual, n: i64) {
        let load = match i32::try_from(n) {
            Ok(value) => Ins::LoadInt { to, value },
            Err(_) => Ins::LoadWord { to, word: self.shared.word(n.cast_unsigned()) },
        };
        self.emit(load);
    }

    fn float(&mut self, n: f64) -> Out {
        let to = self.builder.scalar();
        let word = self.shared.word(n.to_bits());
        self.emit(Ins::LoadWord { to, word });
        Out::Scalar(to)
    }

    fn decimal(&mut self, digits: &str, negative: bool) -> Out {
        let mut number = Decimal::from_str(digits).unwrap_or_default();
        number.set_sign_negative(negative && !number.is_zero());
        self.load(Constant::Decimal(number.serialize()))
    }

    /// A value of the program.
    pub(super) fn load(&mut self, constant: Constant) -> Out {
        let to = self.builder.value();
        let constant = self.shared.constant(constant);
        self.emit(Ins::LoadConstant { to, constant });
        Out::Owned(to)
    }

    /// A text of the program.
    pub(super) fn load_text(&mut self, text: &str) -> Out {
        self.load(Constant::Text(text.to_owned()))
    }

    /// `null`
    pub(super) fn null(&mut self) -> Out {
        let to = self.builder.value();
        self.emit(Ins::LoadNull { to });
        Out::Owned(to)
    }

    /// What a `const` stands for: its expression, written where it is used.
    pub(super) fn constant(&mut self, decl: DeclId) -> Out {
        let Item::Const(item) = &self.shared.tree(decl).items[decl.item as usize] else {
            unreachable!("the checker resolves constants to constants")
        };
        let tables = &self.shared.valid.checked().file(decl.file).tables;
        let returns = Returns::Function(Type::Nothing);
        let item: &'p _ = item;
        self.within(tables, [].into(), None, returns, |lower| lower.expr(&item.value))
    }

    /// Moves what an expression gave into a register.
    pub(super) fn put(&mut self, out: Out, to: Reg) {
        match (out, to) {
            (Out::Scalar(a), Reg::S(to)) if a != to => self.emit(Ins::MoveS { to, a }),
            (Out::Owned(a), Reg::V(to)) if a != to => self.emit(Ins::MoveV { to, a }),
            (Out::Borrowed(a), Reg::V(to)) if a != to => self.emit(Ins::CopyV { to, a }),
            (Out::Nothing, Reg::V(to)) => self.emit(Ins::LoadNull { to }),
            (Out::Nothing, Reg::S(to)) => self.emit(Ins::LoadInt { to, value: 0 }),
            (Out::Scalar(_), Reg::S(_)) | (Out::Owned(_) | Out::Borrowed(_), Reg::V(_)) => {}
            (Out::Scalar(_), Reg::V(_)) | (Out::Owned(_) | Out::Borrowed(_), Reg::S(_)) => {
                unreachable!("types say the bank")
            }
        }
    }
}

fn signed(n: f64, negative: bool) -> f64 {
    if negative { -n } else { n }
}

/// The number below `i64::MAX`, or its negative; the checker has refused what does not fit.
fn signed_int(n: u64, negative: bool) -> i64 {
    let n = n.cast_signed();
    if negative { n.wrapping_neg() } else { n }
}
