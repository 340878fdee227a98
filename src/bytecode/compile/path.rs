//! Places that can be changed: a variable, a field of it, an element of that, and so on inwards.

use super::builder::{Ins, Reg};
use super::expr::slot;
use super::lower::{Local, Lower, Out};
use super::types::{Packing, is_scalar, packing, without_null};
use super::virtual_fn::Virtual;
use crate::check::checked::Resolution;
use crate::check::types::Type;
use crate::syntax::tree::{Expr, ExprKind};

/// A place, its indexes computed.
pub(super) struct Path {
    /// The variable.
    pub(super) root: Reg,
    /// From the variable inwards.
    pub(super) steps: Vec<Step>,
    /// What the place holds.
    pub(super) ty: Type,
}

/// A step inwards.
#[derive(Clone)]
pub(super) enum Step {
    /// A field, with what it holds.
    Field(u16, Type),
    /// An element of a list, with what the elements are.
    Item(Virtual, Type),
    /// An entry of a map or JSON object.
    Key(Virtual),
}

impl<'p> Lower<'_, 'p> {
    /// The place that an expression names; indexes are evaluated once, here, before what stands later.
    pub(super) fn path(&mut self, target: &'p Expr, later: &[&'p Expr]) -> Path {
        match &target.kind {
            ExprKind::Name(_) => {
                let (Resolution::Local(binding) | Resolution::Kept(binding)) =
                    &self.tables().names[&target.id]
                else {
                    unreachable!("the checker lets only variables be assigned")
                };
                let Local::Register(root, ty) = self.local(*binding) else {
                    unreachable!("parameters cannot be assigned")
                };
                Path { root, steps: Vec::new(), ty }
            }
            ExprKind::Field(field) => {
                let mut path = self.path(&field.base, later);
                let base = self.shared.open(without_null(&path.ty));
                match &base {
                    Type::Record(record) => {
                        let at = slot(record.slot(&field.name.text));
                        path.ty = self.shared.open(&record.fields[usize::from(at)].ty);
                        path.steps.push(Step::Field(at, path.ty.clone()));
                    }
                    _ => {
                        let Out::Owned(key) = self.load_text(&field.name.text) else {
                            unreachable!("a constant")
                        };
                        path.steps.push(Step::Key(key));
                        path.ty = Type::Json;
                    }
                }
                path
            }
            ExprKind::Index(base, index) => {
                let mut path = self.path(base, later);
                match self.shared.open(without_null(&path.ty)) {
                    Type::List(of) => {
                        let i = self.expr(index);
                        let i = self.before(i, index, later.iter().copied());
                        let i = self.scalar_of(i, &self.final_ty(index));
                        path.ty = self.shared.open(&of);
                        path.steps.push(Step::Item(i, path.ty.clone()));
                    }
                    Type::Map(of) => {
                        let key = self.take(index);
                        path.steps.push(Step::Key(key));
                        path.ty = self.shared.open(&of.1);
                    }
                    _ => {
                        let key = self.take(index);
                        path.steps.push(Step::Key(key));
                        path.ty = Type::Json;
                    }
                }
                path
            }
            _ => unreachable!("the checker has refused other targets"),
        }
    }

    /// What a place holds now.
    pub(super) fn read_path(&mut self, path: &Path) -> Out {
        let mut out = match path.root {
            Reg::S(register) => Out::Scalar(register),
            Reg::V(register) => Out::Borrowed(register),
        };
        for step in &path.steps {
            let (Out::Owned(a) | Out::Borrowed(a)) = out else {
                unreachable!("only values have parts")
            };
            out = self.read_step(a, step);
        }
        out
    }

    fn read_step(&mut self, a: Virtual, step: &Step) -> Out {
        match step {
            Step::Field(slot, ty) => self.get_field(a, *slot, ty, ty),
            Step::Item(i, ty) => self.item(a, *i, ty),
            Step::Key(key) => {
                let to = self.builder.value();
                self.emit(Ins::GetKey { to, map: a, key: *key });
                Out::Owned(to)
            }
        }
    }

    /// Changes what a place holds: `change` is given a register that holds it and may be edited.
    ///
    /// A part is moved out of its whole, changed and put back, so that a part that nobody else has is changed in place. Inside a
    /// `try` it is copied instead: a fault between must not leave a hole in the variable.
    pub(super) fn edit(&mut self, path: &Path, change: &mut dyn FnMut(&mut Self, Virtual)) {
        let Reg::V(root) = path.root else { unreachable!("only values have parts") };
        self.edit_steps(root, &path.steps, change);
    }

    fn edit_steps(
        &mut self,
        a: Virtual,
        steps: &[Step],
        change: &mut dyn FnMut(&mut Self, Virtual),
    ) {
        let Some((step, inner)) = steps.split_first() else {
            return change(self, a);
        };
        let part = self.builder.value();
        match step {
            _ if self.tries > 0 => {
                let out = self.read_step(a, step);
                self.put(out, Reg::V(part));
            }
            Step::Field(slot, _) => self.emit(Ins::TakeField { to: part, a, slot: *slot }),
            Step::Item(i, _) => self.emit(Ins::TakeItem { to: part, list: a, i: *i }),
            Step::Key(key) => self.emit(Ins::TakeKey { to: part, map: a, key: *key }),
        }
        self.edit_steps(part, inner, change);
        self.write_step(a, step, Out::Owned(part), &Type::Json);
    }

    /// Puts a value into a place.
    pub(super) fn write_path(&mut self, path: &Path, value: Out, given: &Type) {
        let Some((last, outer)) = path.steps.split_last() else {
            let value = match path.root {
                Reg::V(_) => self.boxed(value, given),
                Reg::S(_) => value,
            };
            return self.put(value, path.root);
        };
        // A fault for a wrong index comes before anything is moved out of the variable.
        if !outer.is_empty() && matches!(last, Step::Item(..)) && self.tries == 0 {
            self.read_path(path);
        }
        let outer = Path { root: path.root, steps: outer.to_vec(), ty: Type::Json };
        let (last, given) = (last.clone(), given.clone());
        self.edit(&outer, &mut |lower, a| lower.write_step(a, &last, value, &given));
    }

    fn write_step(&mut self, a: Virtual, step: &Step, value: Out, given: &Type) {
        match step {
            Step::Field(slot, ty) => match (ty, value) {
                (Type::Int, Out::Scalar(b)) => self.emit(Ins::SetFieldInt { a, slot: *slot, b }),
                (Type::Float, Out::Scalar(b)) => {
                    self.emit(Ins::SetFieldFloat { a, slot: *slot, b });
                }
                _ => {
                    let b = self.owned(value, given);
                    self.emit(Ins::SetField { a, slot: *slot, b });
                }
            },
            Step::Item(i, ty) => self.write_item(a, *i, ty, value, given),
            Step::Key(key) => {
                let b = self.owned(value, given);
                let copy = self.builder.value();
                self.emit(Ins::CopyV { to: copy, a: *key });
                self.emit(Ins::SetKey { map: a, key: copy, a: b });
            }
        }
    }

    fn write_item(&mut self, list: Virtual, i: Virtual, ty: &Type, value: Out, given: &Type) {
        match packing(ty) {
            Packing::Ints | Packing::Floats | Packing::Bools if is_scalar(given) => {
                let a = self.scalar_of(value, given);
                self.emit(match packing(ty) {
                    Packing::Ints => Ins::SetItemInt { list, i, a },
                    Packing::Floats => Ins::SetItemFloat { list, i, a },
                    _ => Ins::SetItemBool { list, i, a },
                });
            }
            _ => {
                let a = self.owned(value, given);
                self.emit(Ins::SetItem { list, i, a });
            }
        }
    }
}
