//! Assignments, and calls that change their receiver.

use super::builder::{Ins, Reg};
use super::call::{Argument, Arguments, native_name};
use super::lower::{Lower, Out};
use super::path::Path;
use super::shared::Callee;
use super::types::{Packing, bank, packing, without_null};
use super::virtual_fn::Virtual;
use crate::check::checked::{LibraryFn, Resolution};
use crate::check::library::Native;
use crate::check::types::Type;
use crate::syntax::tree::{Assign, BinaryOp, Expr, ExprKind};

impl<'p> Lower<'_, 'p> {
    /// `x = e`, `x.f += e`
    pub(super) fn assign(&mut self, assign: &'p Assign) {
        if let Some((map, key, added)) = self.counted(assign) {
            return self.count(map, key, added, &assign.value);
        }
        let path = self.path(&assign.target, &[&assign.value]);
        let given = self.final_ty(&assign.value);
        let Some(op) = assign.op else {
            let value = self.expr(&assign.value);
            if !self.builder.reachable() {
                return;
            }
            let ty = path.ty.clone();
            let value = self.coerce(value, &given, &ty);
            return self.write_path(&path, value, &ty);
        };
        let appends = op == BinaryOp::Add && path.steps.is_empty() && path.ty == Type::Text;
        if appends && !self.is_assigned_in(&assign.target, &assign.value) {
            let b = self.read(&assign.value);
            return self.edit(&path, &mut |lower, a| lower.emit(Ins::AppendText { a, b }));
        }
        let current = self.read_path(&path);
        let current = self.before(current, &assign.target, [&assign.value]);
        let value = self.expr(&assign.value);
        let ty = path.ty.clone();
        let known = without_null(&ty).clone();
        let current = self.narrow(current, &known);
        let result = self.operate(op, current, &known, value, &given);
        self.write_path(&path, result, &known);
    }

    /// The map, the key and what is added in `m[k] = (m[k] ?? 0) + n`, for whole numbers.
    fn counted(&self, assign: &'p Assign) -> Option<(&'p Expr, &'p Expr, &'p Expr)> {
        let (ExprKind::Index(map, key), ExprKind::Binary(sum), None) =
            (&assign.target.kind, &assign.value.kind, assign.op)
        else {
            return None;
        };
        let (ExprKind::Binary(before), BinaryOp::Add) = (&sum.left.kind, sum.op) else {
            return None;
        };
        let Type::Map(of) = self.shared.open(&self.final_ty(map)) else { return None };
        let is_counted = before.op == BinaryOp::Default
            && before.right.kind == ExprKind::Int(0)
            && self.is_same_place(&assign.target, &before.left)
            && self.shared.open(&of.1) == Type::Int
            && self.final_ty(&sum.right) == Type::Int;
        is_counted.then_some((&**map, &**key, &sum.right))
    }

    /// Whether two expressions name the same variable, or the same part of it.
    fn is_same_place(&self, a: &Expr, b: &Expr) -> bool {
        match (&a.kind, &b.kind) {
            (ExprKind::Name(_), ExprKind::Name(_)) => {
                let names = &self.tables().names;
                names.get(&a.id).is_some_and(|it| {
                    matches!(it, Resolution::Local(_)) && names.get(&b.id) == Some(it)
                })
            }
            (ExprKind::Field(a), ExprKind::Field(b)) => {
                (a.optional, &a.name.text) == (b.optional, &b.name.text)
                    && self.is_same_place(&a.base, &b.base)
            }
            (ExprKind::Index(a, i), ExprKind::Index(b, j)) => {
                self.is_same_place(a, b) && self.is_same_place(i, j)
            }
            _ => false,
        }
    }

    /// Who counts looks an entry up once.
    fn count(&mut self, map: &'p Expr, key: &'p Expr, added: &'p Expr, value: &'p Expr) {
        let path = self.path(map, &[key, value]);
        let key_ty = self.final_ty(key);
        let out = self.expr(key);
        let out = self.before(out, key, [added]);
        let key = self.readable(out, &key_ty);
        let a = self.scalar(added);
        if self.builder.reachable() {
            self.edit(&path, &mut |lower, map| lower.emit(Ins::AddAtKey { map, key, a }));
        }
    }

    /// `xs.push(x)`: the call changes the place that stands before the dot.
    pub(super) fn change(
        &mut self,
        id: &LibraryFn,
        native: Native,
        arguments: &Arguments<'p>,
        result: &Type,
    ) -> Out {
        let path = self.changed_path(arguments);
        self.change_path(id, native, &path, arguments, result)
    }

    /// `xs?.push(x)`: nothing is done, and no argument computed, where the place holds `null`.
    pub(super) fn optional_change(
        &mut self,
        id: &LibraryFn,
        native: Native,
        arguments: &Arguments<'p>,
        result: &Type,
    ) -> Out {
        let path = self.changed_path(arguments);
        let to = self.builder.value();
        let end = self.builder.label();
        let held = self.read_path(&path);
        let a = self.readable(held, &path.ty);
        self.emit(Ins::LoadNull { to });
        self.emit(Ins::JumpNull { a, target: end.0 });
        let out = self.change_path(id, native, &path, arguments, result);
        let out = self.boxed(out, result);
        self.put(out, Reg::V(to));
        self.builder.place(end);
        Out::Owned(to)
    }

    fn changed_path(&mut self, arguments: &Arguments<'p>) -> Path {
        let Argument::Given(receiver) = arguments.each[0] else {
            unreachable!("what is changed stands before the dot")
        };
        let later: Vec<_> = arguments.behind(0).collect();
        self.path(receiver, &later)
    }

    fn change_path(
        &mut self,
        id: &LibraryFn,
        native: Native,
        path: &Path,
        arguments: &Arguments<'p>,
        result: &Type,
    ) -> Out {
        let callee = Callee::Library(id.clone());
        if let Some(out) = self.push(id, path, arguments, &callee) {
            return out;
        }
        let mut args = vec![Out::Nothing];
        args.extend(self.boxed_arguments(arguments, &callee, 1));
        let window = {
            let window = self.builder.window(crate::bytecode::operand::Bank::Value, args.len());
            for (out, to) in args.iter().zip(super::builder::registers(window)) {
                self.put(*out, Reg::V(to));
            }
            window
        };
        let descriptors = if native.typed { arguments.type_args.as_slice() } else { &[] };
        let site = self.shared.native(&native_name(id), window.count, descriptors);
        let to = self.builder.value();
        self.edit(path, &mut |lower, a| {
            lower.emit(Ins::Change { to, a, args: window, native: site });
        });
        if bank(result).is_none() { Out::Nothing } else { self.narrow(Out::Owned(to), result) }
    }

    /// `push`, the one that programs spend their time in.
    fn push(
        &mut self,
        id: &LibraryFn,
        path: &Path,
        arguments: &Arguments<'p>,
        callee: &Callee,
    ) -> Option<Out> {
        if id.module != "list" || id.name != "push" {
            return None;
        }
        let Type::List(element) = self.shared.open(without_null(&path.ty)) else { return None };
        let element = self.shared.open(&element);
        let out = self.argument(arguments, 1, callee);
        let given = self.argument_ty(arguments, 1);
        let out = self.coerce(out, &given, &element);
        let packed = packing(&element);
        if matches!(packed, Packing::Ints | Packing::Floats | Packing::Bools) {
            let a = self.scalar_of(out, &element);
            self.edit(path, &mut |lower, list| lower.emit(push_packed(packed, list, a)));
        } else {
            let a = self.owned(out, &element);
            self.edit(path, &mut |lower, list| lower.emit(Ins::Push { list, a }));
        }
        Some(Out::Nothing)
    }

    /// Puts an element at the end of a list that is being built.
    pub(super) fn push_item(&mut self, list: Virtual, out: Out, given: &Type, element: &Type) {
        let packed = packing(element);
        if matches!(packed, Packing::Ints | Packing::Floats | Packing::Bools) {
            let a = self.scalar_of(out, element);
            self.emit(push_packed(packed, list, a));
        } else {
            let a = self.owned(out, given);
            self.emit(Ins::Push { list, a });
        }
    }

    /// The value of `a op b` for numbers, times and texts.
    pub(super) fn operate(
        &mut self,
        op: BinaryOp,
        left: Out,
        left_ty: &Type,
        right: Out,
        right_ty: &Type,
    ) -> Out {
        super::arithmetic::operate(self, op, (left, left_ty), (right, right_ty))
    }

    /// `a + b`, `a div b`, …
    pub(super) fn arithmetic(
        &mut self,
        binary: &'p crate::syntax::tree::Binary,
        _expr: &'p Expr,
    ) -> Out {
        super::arithmetic::binary(self, binary)
    }
}

fn push_packed(packing: Packing, list: Virtual, a: Virtual) -> super::builder::Ins {
    match packing {
        Packing::Ints => Ins::PushInt { list, a },
        Packing::Floats => Ins::PushFloat { list, a },
        _ => Ins::PushBool { list, a },
    }
}
