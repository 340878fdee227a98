//! Library functions that are an instruction.

use super::builder::Ins;
use super::call::Arguments;
use super::lower::{Lower, Out};
use super::shared::Callee;
use super::virtual_fn::Virtual;
use crate::check::checked::LibraryFn;
use crate::check::types::Type;

/// From one scalar to a scalar.
type Unary = fn(Virtual, Virtual) -> Ins;
/// From two scalars to a scalar.
type Binary = fn(Virtual, Virtual, Virtual) -> Ins;

const UNARY: &[(&str, &str, Unary)] = &[
    ("int", "abs", |to, a| Ins::AbsInt { to, a }),
    ("int", "sign", |to, a| Ins::SignInt { to, a }),
    ("int", "bit_not", |to, a| Ins::BitNot { to, a }),
    ("int", "to_float", |to, a| Ins::IntToFloat { to, a }),
    ("float", "abs", |to, a| Ins::AbsFloat { to, a }),
    ("float", "sqrt", |to, a| Ins::SqrtFloat { to, a }),
];

const BINARY: &[(&str, &str, Binary)] = &[
    ("int", "min", |to, a, b| Ins::MinInt { to, a, b }),
    ("int", "max", |to, a, b| Ins::MaxInt { to, a, b }),
    ("int", "bit_and", |to, a, b| Ins::BitAnd { to, a, b }),
    ("int", "bit_or", |to, a, b| Ins::BitOr { to, a, b }),
    ("int", "bit_xor", |to, a, b| Ins::BitXor { to, a, b }),
    ("float", "min", |to, a, b| Ins::MinFloat { to, a, b }),
    ("float", "max", |to, a, b| Ins::MaxFloat { to, a, b }),
];

impl<'p> Lower<'_, 'p> {
    /// The call as an instruction, where it is one.
    pub(super) fn intrinsic(
        &mut self,
        id: &LibraryFn,
        arguments: &Arguments<'p>,
        callee: &Callee,
        result: &Type,
    ) -> Option<Out> {
        if id.overload != 0 {
            return None;
        }
        let (module, name) = (id.module.as_str(), id.name.as_str());
        let found = |it: &&(&str, &str, Unary)| it.0 == module && it.1 == name;
        if let Some((.., build)) = UNARY.iter().find(found) {
            let a = self.scalar_argument(arguments, 0, callee);
            let to = self.builder.scalar();
            self.emit(build(to, a));
            return Some(Out::Scalar(to));
        }
        let found = |it: &&(&str, &str, Binary)| it.0 == module && it.1 == name;
        if let Some((.., build)) = BINARY.iter().find(found) {
            let (a, b) = (
                self.scalar_argument(arguments, 0, callee),
                self.scalar_argument(arguments, 1, callee),
            );
            let to = self.builder.scalar();
            self.emit(build(to, a, b));
            return Some(Out::Scalar(to));
        }
        self.value_intrinsic((module, name), arguments, callee, result)
    }

    fn value_intrinsic(
        &mut self,
        name: (&str, &str),
        arguments: &Arguments<'p>,
        callee: &Callee,
        result: &Type,
    ) -> Option<Out> {
        match name {
            ("list" | "map", "count") | ("bytes", "length") => {
                let a = self.value_argument(arguments, 0, callee);
                let to = self.builder.scalar();
                self.emit(Ins::Length { to, a });
                Some(Out::Scalar(to))
            }
            ("list" | "map", "is_empty") => {
                let a = self.value_argument(arguments, 0, callee);
                let (length, zero, to) =
                    (self.builder.scalar(), self.builder.scalar(), self.builder.scalar());
                self.emit(Ins::Length { to: length, a });
                self.emit(Ins::LoadInt { to: zero, value: 0 });
                self.emit(Ins::EqualInt { to, a: length, b: zero });
                Some(Out::Scalar(to))
            }
            ("list", "contains") => {
                let list = self.value_argument(arguments, 0, callee);
                let a = self.value_argument(arguments, 1, callee);
                let to = self.builder.scalar();
                self.emit(Ins::Contains { to, list, a });
                Some(Out::Scalar(to))
            }
            ("map", "get") => {
                let map = self.value_argument(arguments, 0, callee);
                let key = self.value_argument(arguments, 1, callee);
                let to = self.builder.value();
                self.emit(Ins::GetKey { to, map, key });
                Some(self.narrow(Out::Owned(to), result))
            }
            ("map", "has") => {
                let map = self.value_argument(arguments, 0, callee);
                let key = self.value_argument(arguments, 1, callee);
                let to = self.builder.scalar();
                self.emit(Ins::HasKey { to, map, key });
                Some(Out::Scalar(to))
            }
            ("int", "to_decimal") => {
                let a = self.scalar_argument(arguments, 0, callee);
                let to = self.builder.value();
                self.emit(Ins::IntToDecimal { to, a });
                Some(Out::Owned(to))
            }
            _ => None,
        }
    }

    fn scalar_argument(
        &mut self,
        arguments: &Arguments<'p>,
        at: usize,
        callee: &Callee,
    ) -> Virtual {
        let out = self.argument(arguments, at, callee);
        let ty = self.argument_ty(arguments, at);
        self.scalar_of(out, &ty)
    }

    fn value_argument(&mut self, arguments: &Arguments<'p>, at: usize, callee: &Callee) -> Virtual {
        let out = self.argument(arguments, at, callee);
        let ty = self.argument_ty(arguments, at);
        self.readable(out, &ty)
    }
}
