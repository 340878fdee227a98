//! Widening: the same value as another type that holds it, too.

use super::builder::{Ins, Reg};
use super::lower::{Lower, Out};
use super::types::{bank, is_scalar, without_null};
use super::virtual_fn::Virtual;
use crate::bytecode::operand::Bank;
use crate::check::types::Type;

impl Lower<'_, '_> {
    /// The value as a value of the type `to`.
    pub(super) fn coerce(&mut self, out: Out, from: &Type, to: &Type) -> Out {
        match (from, to) {
            (_, Type::Nothing) | (Type::Never, _) => out,
            _ if from == to => out,
            (Type::Int, Type::Decimal) => {
                let (a, to) = (self.scalar_of(out, from), self.builder.value());
                self.emit(Ins::IntToDecimal { to, a });
                Out::Owned(to)
            }
            (Type::Int, Type::Float) => {
                let (a, to) = (self.scalar_of(out, from), self.builder.scalar());
                self.emit(Ins::IntToFloat { to, a });
                Out::Scalar(to)
            }
            (Type::Null | Type::Nothing, _) => self.null(),
            (Type::Optional(inner), Type::Optional(wider)) if self.same_form(inner, wider) => out,
            (Type::Optional(inner), Type::Optional(wider)) => {
                self.coerce_present(out, inner, wider)
            }
            (_, Type::Optional(wider)) => {
                let inner = self.coerce(out, from, wider);
                self.boxed(inner, wider)
            }
            (_, Type::OneOf(_)) => self.boxed(out, from),
            _ if self.same_form(from, to) => self.in_bank(out, from, to),
            _ => self.widen(out, from, to),
        }
    }

    /// Widens what is behind a `T?` and leaves `null` as it is.
    fn coerce_present(&mut self, out: Out, from: &Type, to: &Type) -> Out {
        let result = self.builder.value();
        let end = self.builder.label();
        self.put(out, Reg::V(result));
        self.emit(Ins::JumpNull { a: result, target: end.0 });
        let inner = self.narrow(Out::Borrowed(result), from);
        let wide = self.coerce(inner, from, to);
        let wide = self.boxed(wide, to);
        self.put(wide, Reg::V(result));
        self.builder.place(end);
        Out::Owned(result)
    }

    /// Widens by the description of the type: lists, maps and records whose parts widen, anything to `json`.
    fn widen(&mut self, out: Out, from: &Type, to: &Type) -> Out {
        let value = self.boxed(out, from);
        let result = self.native("core.widen", std::slice::from_ref(to), vec![value]);
        self.in_bank(result, to, to)
    }

    /// The value in the bank that its type has.
    fn in_bank(&mut self, out: Out, from: &Type, to: &Type) -> Out {
        match (bank(to), out) {
            (Some(Bank::Scalar), Out::Owned(_) | Out::Borrowed(_)) => self.narrow(out, to),
            (Some(Bank::Value), Out::Scalar(_)) => self.boxed(out, from),
            _ => out,
        }
    }

    /// A value that is known not to be null, in the bank of its type.
    pub(super) fn narrow(&mut self, out: Out, ty: &Type) -> Out {
        match out {
            Out::Owned(a) | Out::Borrowed(a) if is_scalar(ty) => {
                let to = self.builder.scalar();
                self.emit(Ins::Unbox { to, a });
                Out::Scalar(to)
            }
            _ => out,
        }
    }

    /// The value in a value register.
    pub(super) fn boxed(&mut self, out: Out, ty: &Type) -> Out {
        let Out::Scalar(a) = out else {
            return if out == Out::Nothing { self.null() } else { out };
        };
        let to = self.builder.value();
        self.box_into(to, a, ty);
        Out::Owned(to)
    }

    /// Puts a scalar into a value register.
    pub(super) fn box_into(&mut self, to: Virtual, a: Virtual, ty: &Type) {
        self.emit(match without_null(ty) {
            Type::Float => Ins::BoxFloat { to, a },
            Type::Bool => Ins::BoxBool { to, a },
            Type::Time => Ins::BoxTime { to, a },
            Type::Date => Ins::BoxDate { to, a },
            Type::Duration => Ins::BoxDuration { to, a },
            _ => Ins::BoxInt { to, a },
        });
    }

    /// The value in a scalar register.
    pub(super) fn scalar_of(&mut self, out: Out, ty: &Type) -> Virtual {
        match self.narrow(out, ty) {
            Out::Scalar(register) => register,
            // Behind code that is never reached, or a type that has no scalars: the register is never read.
            _ => self.builder.scalar(),
        }
    }

    /// The value in a value register that may be moved out of.
    pub(super) fn owned(&mut self, out: Out, ty: &Type) -> Virtual {
        match self.boxed(out, ty) {
            Out::Owned(register) => register,
            Out::Borrowed(a) => {
                let to = self.builder.value();
                self.emit(Ins::CopyV { to, a });
                to
            }
            Out::Scalar(_) | Out::Nothing => unreachable!("a boxed value is in a value register"),
        }
    }

    /// The value in a value register that is only read.
    pub(super) fn readable(&mut self, out: Out, ty: &Type) -> Virtual {
        match self.boxed(out, ty) {
            Out::Owned(register) | Out::Borrowed(register) => register,
            Out::Scalar(_) | Out::Nothing => unreachable!("a boxed value is in a value register"),
        }
    }

    /// Whether every value of the one type is, as it is stored, a value of the other.
    fn same_form(&self, from: &Type, to: &Type) -> bool {
        self.same_form_where(from, to, &mut Vec::new())
    }

    /// The same where some pairs of types are taken to be so: those that are being looked at, for types that contain themselves.
    fn same_form_where(&self, from: &Type, to: &Type, taken: &mut Vec<(Type, Type)>) -> bool {
        if matches!(from, Type::Named(_)) || matches!(to, Type::Named(_)) {
            let known = from == to || taken.iter().any(|it| it.0 == *from && it.1 == *to);
            return known || {
                taken.push((from.clone(), to.clone()));
                self.same_form_where(&self.shared.open(from), &self.shared.open(to), taken)
            };
        }
        let mut same = |from: &Type, to: &Type| self.same_form_where(from, to, taken);
        match (from, to) {
            _ if from == to => true,
            (Type::Union(_), Type::Text | Type::Union(_))
            | (Type::Error | Type::Never | Type::Null, _) => true,
            // JSON holds these as they are.
            (
                Type::Int | Type::Decimal | Type::Float | Type::Bool | Type::Text | Type::Union(_),
                Type::Json,
            ) => true,
            (Type::List(a) | Type::Optional(a), Type::Json) => same(a, to),
            (Type::Map(of), Type::Json) => matches!(of.0, Type::Text) && same(&of.1, to),
            (a, Type::Optional(b)) if !is_scalar(a) => same(without_null(a), b),
            (Type::List(a), Type::List(b)) => !is_scalar(a) && !is_scalar(b) && same(a, b),
            (Type::Map(a), Type::Map(b)) => same(&a.0, &b.0) && same(&a.1, &b.1),
            (Type::Record(a), Type::Record(b)) => {
                let mut pairs = a.fields.iter().zip(&b.fields);
                a.fields.len() == b.fields.len()
                    && pairs.all(|(x, y)| {
                        // Fields are boxed, so `int` is stored like `int?`.
                        let wider = if let Type::Optional(of) = &y.ty { of } else { &y.ty };
                        x.name == y.name && (same(&x.ty, &y.ty) || same(&x.ty, wider))
                    })
            }
            (Type::Fn(_), Type::Fn(_)) => true,
            _ => false,
        }
    }
}
