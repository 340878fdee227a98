//! `match`: patterns tried from the first arm on.

use super::builder::{Ins, Reg};
use super::expr::{FAULT_FIELDS, out_of, slot};
use super::lower::{Lower, Out};
use super::types::{bank, is_scalar, without_null};
use super::virtual_fn::Label;
use crate::check::types::Type;
use crate::syntax::tree::{Arm, Expr, ExprKind, Match, Pattern, PatternKind, Range};

impl<'p> Lower<'_, 'p> {
    /// `match s { … }`
    pub(super) fn match_expr(&mut self, it: &'p Match, expr: &'p Expr) -> Out {
        let ty = self.ty(expr.id);
        let result = bank(&ty).map(|bank| self.builder.register(bank));
        let subject_ty = self.shared.open(&self.final_ty(&it.subject));
        let subject = self.expr(&it.subject);
        // A register of its own: an arm may assign the variable that was matched.
        let register = self.register(&subject_ty);
        self.put(subject, register);
        let end = self.builder.label();
        for arm in &it.arms {
            self.arm(arm, out_of(register), &subject_ty, result, &ty, end);
        }
        if self.builder.reachable() {
            let message = self.load_text("no case of the `match` takes the value");
            let message = self.readable(message, &Type::Text);
            self.emit(Ins::FailWith { message });
        }
        self.builder.place(end);
        result.map_or(Out::Nothing, out_of)
    }

    fn arm(
        &mut self,
        arm: &'p Arm,
        subject: Out,
        ty: &Type,
        result: Option<Reg>,
        result_ty: &Type,
        end: Label,
    ) {
        let (body, next) = (self.builder.label(), self.builder.label());
        let subject = borrowed(subject);
        if let [only] = arm.patterns.as_slice() {
            self.pattern(only, subject, ty, next);
        } else if !arm.patterns.is_empty() {
            for pattern in &arm.patterns {
                let other = self.builder.label();
                self.pattern(pattern, subject, ty, other);
                self.emit(Ins::Jump { target: body.0 });
                self.builder.place(other);
            }
            self.emit(Ins::Jump { target: next.0 });
        }
        self.builder.place(body);
        if let Some(guard) = &arm.guard {
            self.jump(guard, false, next);
        }
        self.branch_into(&arm.body, result, result_ty);
        self.emit(Ins::Jump { target: end.0 });
        self.builder.place(next);
    }

    /// Goes on at `miss` where the pattern does not take the value; binds its names where it does.
    fn pattern(&mut self, pattern: &'p Pattern, subject: Out, ty: &Type, miss: Label) {
        match &pattern.kind {
            PatternKind::Error => unreachable!("a valid program has none"),
            PatternKind::Literal(literal) => self.literal_pattern(literal, subject, ty, miss),
            PatternKind::Range(range) => self.range_pattern(range, subject, ty, miss),
            PatternKind::Name(binding) => {
                let known = self.ty(binding.id);
                if !matches!(ty, Type::Optional(_)) || matches!(known, Type::Optional(_)) {
                    return self.bind_pattern(binding.id, subject, ty, &known);
                }
                let a = self.readable(subject, ty);
                self.emit(Ins::JumpNull { a, target: miss.0 });
                self.bind_pattern(binding.id, subject, ty, &known);
            }
            PatternKind::Record(fields) => {
                let a = self.readable(subject, ty);
                if matches!(ty, Type::Optional(_)) {
                    self.emit(Ins::JumpNull { a, target: miss.0 });
                }
                let base = self.shared.open(without_null(ty));
                for (name, inner) in fields {
                    let (at, stored) = match &base {
                        Type::Record(record) => {
                            let at = slot(record.slot(&name.text));
                            (at, self.shared.open(&record.fields[usize::from(at)].ty))
                        }
                        _ => {
                            let at = FAULT_FIELDS.iter().position(|it| *it == name.text);
                            (slot(at), if name.text == "data" { Type::Json } else { Type::Text })
                        }
                    };
                    let out = self.get_field(a, at, &stored, &stored);
                    self.pattern(inner, out, &stored, miss);
                }
            }
        }
    }

    fn bind_pattern(
        &mut self,
        id: crate::syntax::tree::NodeId,
        subject: Out,
        ty: &Type,
        known: &Type,
    ) {
        let out = self.narrow(subject, known);
        let register = match out {
            Out::Scalar(register) => Reg::S(register),
            Out::Owned(register) | Out::Borrowed(register) => Reg::V(register),
            Out::Nothing => return,
        };
        let _ = ty;
        self.bind(id, register, known.clone());
    }

    fn literal_pattern(&mut self, literal: &'p Expr, subject: Out, ty: &Type, miss: Label) {
        let target = miss.0;
        if matches!(literal.kind, ExprKind::Null) {
            if !is_scalar(ty) {
                let a = self.readable(subject, ty);
                return self.emit(Ins::JumpNotNull { a, target });
            }
            return self.emit(Ins::Jump { target });
        }
        let literal_ty = self.final_ty(literal);
        if is_scalar(ty) && is_scalar(&literal_ty) {
            let a = self.scalar_of(subject, ty);
            if let Some(value) = self.small_literal(literal) {
                return self.emit(Ins::JumpUnequalImm { a, value, target });
            }
            let b = self.scalar(literal);
            return self.emit(match ty {
                Type::Float => Ins::JumpUnequalFloat { a, b, target },
                _ => Ins::JumpUnequalInt { a, b, target },
            });
        }
        let a = self.readable(subject, ty);
        let b = self.read(literal);
        self.emit(Ins::JumpUnequal { a, b, target });
    }

    fn range_pattern(&mut self, range: &'p Range, subject: Out, ty: &Type, miss: Label) {
        let target = miss.0;
        if matches!(ty, Type::Optional(_)) {
            let a = self.readable(subject, ty);
            self.emit(Ins::JumpNull { a, target });
        }
        let inner = without_null(ty).clone();
        let subject = self.narrow(subject, &inner);
        let Out::Scalar(a) = subject else {
            let a = self.readable(subject, &inner);
            if let Some(from) = &range.from {
                let b = self.read(from);
                self.emit(Ins::JumpLess { a, b, target });
            }
            if let Some(to) = &range.to {
                let b = self.read(to);
                let end = Ins::JumpAtMost { a: b, b: a, target };
                self.emit(if range.inclusive { Ins::JumpLess { a: b, b: a, target } } else { end });
            }
            return;
        };
        let float = inner == Type::Float;
        if let Some(from) = &range.from {
            let b = self.scalar(from);
            let above = Ins::JumpNotAtMostFloat { a: b, b: a, target };
            self.emit(if float { above } else { Ins::JumpLessInt { a, b, target } });
        }
        if let Some(to) = &range.to {
            let b = self.scalar(to);
            self.emit(match (float, range.inclusive) {
                (false, true) => Ins::JumpLessInt { a: b, b: a, target },
                (false, false) => Ins::JumpAtMostInt { a: b, b: a, target },
                (true, true) => Ins::JumpNotAtMostFloat { a, b, target },
                (true, false) => Ins::JumpNotLessFloat { a, b, target },
            });
        }
    }
}

/// The value, not to be moved out of: later arms look at it, too.
fn borrowed(out: Out) -> Out {
    match out {
        Out::Owned(register) => Out::Borrowed(register),
        other => other,
    }
}
