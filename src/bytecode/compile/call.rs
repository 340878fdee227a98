//! Calls.

use super::builder::{Ins, Reg, registers};
use super::expr::out_of;
use super::lower::{Local, Lower, Out, Returns};
use super::shared::Callee;
use super::types::{bank, is_scalar, without_null};
use super::virtual_fn::Virtual;
use crate::bytecode::operand::{Bank, FunctionId, Window};
use crate::bytecode::program::{EffectClass, EffectKind, EffectSite};
use crate::check::checked::{ArgSource, CallPlan, LibraryFn, Resolution, Target};
use crate::check::effects;
use crate::check::library::{Native, PRELUDE};
use crate::check::types::Type;
use crate::syntax::tree::{Call, Expr, ExprKind, NodeId};

/// An argument: an expression of the caller, or a default of the callee.
#[derive(Clone, Copy)]
pub(super) enum Argument<'p> {
    /// Stands in the call.
    Given(&'p Expr),
    /// Already in a register, with the type at this place of [`Arguments::receivers`].
    Ready(Out, usize),
    /// The parameter's default.
    Default(usize),
}

/// A call with its arguments sorted out.
pub(super) struct Arguments<'p> {
    /// One for each parameter.
    pub(super) each: Vec<Argument<'p>>,
    /// The parameters' types, type arguments put in.
    pub(super) types: Vec<Type>,
    /// What the callee's type parameters stand for.
    pub(super) type_args: Vec<Type>,
    /// The types of arguments that are in registers already.
    pub(super) receivers: Vec<Type>,
}

impl<'p> Arguments<'p> {
    /// What is evaluated after an argument.
    pub(super) fn behind(&self, at: usize) -> impl Iterator<Item = &'p Expr> {
        (at + 1..self.each.len()).filter_map(|at| self.given(at))
    }

    /// The expression of an argument that has one and is not computed yet.
    pub(super) fn given(&self, at: usize) -> Option<&'p Expr> {
        match self.each[at] {
            Argument::Given(expr) => Some(expr),
            Argument::Ready(..) | Argument::Default(_) => None,
        }
    }
}

impl<'p> Lower<'_, 'p> {
    /// A call's value.
    pub(super) fn call(&mut self, call: &'p Call, expr: &'p Expr) -> Out {
        if self.tables().queries.contains_key(&expr.id) {
            return self.statement_effect(expr.id, expr);
        }
        let plan = &self.tables().calls[&expr.id];
        if plan.optional {
            return self.optional_call(call, plan, expr);
        }
        let arguments = self.arguments(call, plan, None);
        self.call_with(call, plan, arguments, expr)
    }

    /// `x?.f(…)`
    fn optional_call(&mut self, call: &'p Call, plan: &'p CallPlan, expr: &'p Expr) -> Out {
        let ExprKind::Field(field) = &call.callee.kind else {
            unreachable!("`?.` stands before a method")
        };
        let ty = self.ty(expr.id);
        if let Target::Library(id) = &plan.target
            && let Some(native) = self.shared.valid.library().function(id).native
            && native.changes
        {
            let arguments = self.arguments(call, plan, None);
            return self.optional_change(id, native, &arguments, without_null(&ty));
        }
        let base_ty = self.final_ty(&field.base);
        let base = self.expr(&field.base);
        if is_scalar(&base_ty) {
            let arguments = self.arguments(call, plan, Some((base, base_ty)));
            return self.call_with(call, plan, arguments, expr);
        }
        let result = self.builder.value();
        let end = self.builder.label();
        let a = self.readable(base, &base_ty);
        self.emit(Ins::LoadNull { to: result });
        self.emit(Ins::JumpNull { a, target: end.0 });
        let inner = self.shared.open(without_null(&base_ty));
        let receiver = self.narrow(Out::Borrowed(a), &inner);
        let arguments = self.arguments(call, plan, Some((receiver, inner)));
        let out = self.call_with(call, plan, arguments, expr);
        let out = self.boxed(out, without_null(&ty));
        self.put(out, Reg::V(result));
        self.builder.place(end);
        Out::Owned(result)
    }

    /// Sorts out the arguments of a call.
    fn arguments(
        &mut self,
        call: &'p Call,
        plan: &'p CallPlan,
        receiver: Option<(Out, Type)>,
    ) -> Arguments<'p> {
        let (ready, receivers) =
            receiver.map_or((None, Vec::new()), |(out, ty)| (Some(out), vec![ty]));
        let each = plan
            .args
            .iter()
            .enumerate()
            .map(|(at, source)| match (source, &call.callee.kind) {
                (ArgSource::Arg(index), _) => {
                    Argument::Given(&call.args[usize::from(*index)].value)
                }
                (ArgSource::Default, _) => Argument::Default(at),
                (ArgSource::Receiver, ExprKind::Field(field)) => {
                    ready.map_or(Argument::Given(&field.base), |out| Argument::Ready(out, 0))
                }
                (ArgSource::Receiver, _) => unreachable!("a receiver stands before a dot"),
            })
            .collect();
        let types = plan.params.iter().map(|ty| self.resolved(ty)).collect();
        let type_args = plan.type_args.iter().map(|ty| self.resolved(ty)).collect();
        Arguments { each, types, type_args, receivers }
    }

    fn call_with(
        &mut self,
        call: &'p Call,
        plan: &'p CallPlan,
        arguments: Arguments<'p>,
        expr: &'p Expr,
    ) -> Out {
        match &plan.target {
            Target::Fn(decl) => {
                let arguments = self.as_written(plan, arguments);
                self.call_function(&Callee::Project(*decl), &arguments)
            }
            Target::Library(id) => {
                let result = without_optional_receiver(&self.ty(expr.id), &arguments);
                let native = self.shared.valid.library().function(id).native;
                let arguments = match native {
                    Some(native) if native.changes => arguments,
                    _ => self.as_written(plan, arguments),
                };
                self.call_library(id, &arguments, &result)
            }
            Target::Value => self.call_value(&call.callee, &arguments, expr.id),
            Target::Table(table, which) => self.table_call(*table, *which, call, plan, expr),
            Target::Aggregate(which) => self.group_aggregate(*which, call, expr),
            Target::DirectSql => self.statement_effect(expr.id, expr),
            Target::RunTask => {
                self.run_task();
                Out::Nothing
            }
        }
    }

    /// The value of one argument, at its parameter's type.
    pub(super) fn argument(
        &mut self,
        arguments: &Arguments<'p>,
        at: usize,
        callee: &Callee,
    ) -> Out {
        match arguments.each[at] {
            Argument::Given(expr) => {
                let out = self.expr(expr);
                self.before(out, expr, arguments.behind(at))
            }
            Argument::Ready(out, place) => {
                let (from, to) = (arguments.receivers[place].clone(), arguments.types[at].clone());
                self.coerce(out, &from, &to)
            }
            Argument::Default(at) => {
                let source = self.shared.source_of(callee);
                let default = source.function.params[at].default.as_ref();
                let default = default.expect("the checker leaves out only what has a default");
                let type_args = source.bind(&arguments.type_args);
                let ty = arguments.types[at].clone();
                self.within(
                    source.tables,
                    type_args,
                    None,
                    Returns::Function(Type::Nothing),
                    |lower| {
                        let from = lower.final_ty(default);
                        let out = lower.expr(default);
                        lower.coerce(out, &from, &ty)
                    },
                )
            }
        }
    }

    /// The type in which an argument's value arrives.
    pub(super) fn argument_ty(&self, arguments: &Arguments<'p>, at: usize) -> Type {
        match arguments.each[at] {
            Argument::Given(expr) => self.final_ty(expr),
            Argument::Ready(..) | Argument::Default(_) => arguments.types[at].clone(),
        }
    }

    /// A call of a function with a body: written in place, or called.
    pub(super) fn call_function(&mut self, callee: &Callee, arguments: &Arguments<'p>) -> Out {
        if self.worth_inlining(callee, arguments) {
            return self.inline(callee, arguments);
        }
        let function = self.shared.instance(callee, &arguments.type_args);
        let source = self.shared.source_of(callee);
        let type_args = source.bind(&arguments.type_args);
        let result = super::inline::result_type(source.function, source.tables, &type_args);
        let (scalars, values) = self.windows(callee, arguments);
        let result = self.shared.open(&result);
        self.emit_call(function, scalars, values, &result)
    }

    /// Evaluates arguments into two windows.
    fn windows(
        &mut self,
        callee: &Callee,
        arguments: &Arguments<'p>,
    ) -> (Window<Virtual>, Window<Virtual>) {
        let ready: Vec<(Bank, Out, Type)> = (0..arguments.each.len())
            .map(|at| {
                let ty = arguments.types[at].clone();
                let bank = bank(&ty).unwrap_or(Bank::Value);
                let out = self.argument(arguments, at, callee);
                let given = self.argument_ty(arguments, at);
                // What a variable holds now is what is passed, whatever later arguments do to it.
                let out = self.settled(out, bank, &given);
                (bank, out, ty)
            })
            .collect();
        self.fill(&ready)
    }

    /// The value in a register of its own, in the bank that is wanted.
    fn settled(&mut self, out: Out, bank: Bank, ty: &Type) -> Out {
        match bank {
            Bank::Scalar => Out::Scalar(self.scalar_of(out, ty)),
            Bank::Value => Out::Owned(self.owned(out, ty)),
        }
    }

    /// Moves values into two windows, in order.
    pub(super) fn fill(
        &mut self,
        ready: &[(Bank, Out, Type)],
    ) -> (Window<Virtual>, Window<Virtual>) {
        let count = |bank| ready.iter().filter(|(it, ..)| *it == bank).count();
        let scalars = self.builder.window(Bank::Scalar, count(Bank::Scalar));
        let values = self.builder.window(Bank::Value, count(Bank::Value));
        let (mut next_scalar, mut next_value) = (registers(scalars), registers(values));
        for (bank, out, ty) in ready {
            match bank {
                Bank::Scalar => {
                    let to = next_scalar.next().expect("counted before");
                    let a = self.scalar_of(*out, ty);
                    self.put(Out::Scalar(a), Reg::S(to));
                }
                Bank::Value => {
                    let to = next_value.next().expect("counted before");
                    let out = self.boxed(*out, ty);
                    self.put(out, Reg::V(to));
                }
            }
        }
        (scalars, values)
    }

    fn emit_call(
        &mut self,
        function: FunctionId,
        s: Window<Virtual>,
        v: Window<Virtual>,
        result: &Type,
    ) -> Out {
        match bank(result) {
            Some(Bank::Scalar) => {
                self.emit(Ins::CallS { s, v, function });
                self.moved(Reg::S(s.start))
            }
            Some(Bank::Value) => {
                self.emit(Ins::CallV { s, v, function });
                self.moved(Reg::V(v.start))
            }
            None => {
                self.emit(Ins::Call { s, v, function });
                Out::Nothing
            }
        }
    }

    /// Moves a call's result out of the window, so that the window ends here.
    fn moved(&mut self, from: Reg) -> Out {
        let to = match from {
            Reg::S(_) => Reg::S(self.builder.scalar()),
            Reg::V(_) => Reg::V(self.builder.value()),
        };
        self.put(out_of(from), to);
        out_of(to)
    }

    /// A call of a function value.
    fn call_value(&mut self, callee: &'p Expr, arguments: &Arguments<'p>, id: NodeId) -> Out {
        let result = self.ty(id);
        if let Some(Resolution::Local(binding)) = self.tables().names.get(&callee.id)
            && let Local::Closure { closure, context, .. } = self.local(*binding)
        {
            let ready = self.value_arguments(arguments);
            return self.inline_closure(closure, context, ready, &result);
        }
        let closure = self.read(callee);
        let ready: Vec<_> = self
            .value_arguments(arguments)
            .into_iter()
            .map(|(out, ty)| (bank(&ty).unwrap_or(Bank::Value), out, ty))
            .collect();
        let (s, v) = self.fill(&ready);
        match bank(&result) {
            Some(Bank::Scalar) => {
                self.emit(Ins::CallClosureS { closure, s, v });
                self.moved(Reg::S(s.start))
            }
            Some(Bank::Value) => {
                self.emit(Ins::CallClosureV { closure, s, v });
                self.moved(Reg::V(v.start))
            }
            None => {
                self.emit(Ins::CallClosure { closure, s, v });
                Out::Nothing
            }
        }
    }

    fn value_arguments(&mut self, arguments: &Arguments<'p>) -> Vec<(Out, Type)> {
        let mut ready = Vec::new();
        for (at, (argument, ty)) in arguments.each.iter().zip(&arguments.types).enumerate() {
            let Argument::Given(expr) = argument else {
                unreachable!("function values have no defaults")
            };
            let out = self.expr(expr);
            let out = self.before(out, expr, arguments.behind(at));
            ready.push((out, ty.clone()));
        }
        ready
    }

    /// A call of a function that has a declaration.
    pub(super) fn call_declared(
        &mut self,
        callee: &Callee,
        arguments: &Arguments<'p>,
        result: &Type,
    ) -> Out {
        match callee {
            Callee::Project(_) => self.call_function(callee, arguments),
            Callee::Library(id) => self.call_library(id, arguments, result),
        }
    }

    /// A call of a library function.
    fn call_library(&mut self, id: &LibraryFn, arguments: &Arguments<'p>, result: &Type) -> Out {
        let callee = Callee::Library(id.clone());
        let declaration = self.shared.valid.library().function(id);
        let Some(native) = declaration.native else {
            return self.call_function(&callee, arguments);
        };
        if native.changes {
            return self.change(id, native, arguments, result);
        }
        if let Some(out) = self.intrinsic(id, arguments, &callee, result) {
            return out;
        }
        if id.module == PRELUDE && id.name == "template" {
            return self.template(arguments, &callee);
        }
        let args = self.boxed_arguments(arguments, &callee, 0);
        let descriptors = if native.typed { arguments.type_args.as_slice() } else { &[] };
        let name = native_name(id);
        let out = match class(native) {
            None => self.native(&name, descriptors, args),
            Some(class) => self.native_effect(&name, class, descriptors, args),
        };
        if bank(result).is_none() { Out::Nothing } else { self.narrow(out, result) }
    }

    /// `template("x.html", values)`: what the file says now is part of the program.
    fn template(&mut self, arguments: &Arguments<'p>, callee: &Callee) -> Out {
        let Argument::Given(path) = arguments.each[0] else {
            unreachable!("a path stands in the call")
        };
        let (name, text) = self.tables().templates[&path.id].clone();
        let mut args = vec![self.load_text(&name), self.load_text(&text)];
        args.extend(self.boxed_arguments(arguments, callee, 1));
        self.native("core.template", &[], args)
    }

    /// All arguments from `first` on, boxed.
    pub(super) fn boxed_arguments(
        &mut self,
        arguments: &Arguments<'p>,
        callee: &Callee,
        first: usize,
    ) -> Vec<Out> {
        (first..arguments.each.len())
            .map(|at| {
                let out = self.argument(arguments, at, callee);
                let ty = self.argument_ty(arguments, at);
                match out {
                    Out::Borrowed(_) if at + 1 == arguments.each.len() => out,
                    _ => Out::Owned(self.owned(out, &ty)),
                }
            })
            .collect()
    }

    /// A call of a Rust function that stays inside the machine, the result in a value register.
    pub(super) fn native(&mut self, name: &str, types: &[Type], args: Vec<Out>) -> Out {
        let args = self.value_window(&args);
        let native = self.shared.native(name, args.count, types);
        let to = self.builder.value();
        self.emit(Ins::Native { to, args, native });
        Out::Owned(to)
    }

    /// A call of a Rust function that leaves the machine, the result in a value register.
    pub(super) fn native_effect(
        &mut self,
        name: &str,
        class: EffectClass,
        types: &[Type],
        args: Vec<Out>,
    ) -> Out {
        self.effect(EffectKind::Native(name.to_owned()), class, types.to_vec(), args)
    }

    /// An effect, the result in a value register.
    pub(super) fn effect(
        &mut self,
        kind: EffectKind,
        class: EffectClass,
        types: Vec<Type>,
        args: Vec<Out>,
    ) -> Out {
        let args = self.value_window(&args);
        let descriptors = types.iter().map(|ty| self.shared.descriptor(ty)).collect();
        let effect =
            self.shared.effect(EffectSite { kind, class, arguments: args.count, descriptors });
        let to = self.builder.value();
        self.emit(Ins::Effect { to, args, effect });
        Out::Owned(to)
    }

    /// Values in a window that is taken from.
    pub(super) fn value_window(&mut self, values: &[Out]) -> Window<Virtual> {
        let window = self.builder.window(Bank::Value, values.len());
        for (out, to) in values.iter().zip(registers(window)) {
            self.put(*out, Reg::V(to));
        }
        window
    }

    /// A function of the project or the library as a value.
    pub(super) fn function_value(&mut self, id: NodeId) -> Out {
        let target = match &self.tables().names[&id] {
            Resolution::Fn(decl) => Callee::Project(*decl),
            Resolution::Library(id) => Callee::Library(id.clone()),
            _ => unreachable!("only functions are asked for"),
        };
        let Type::Fn(ty) = self.ty(id) else {
            unreachable!("a function's type is a function type")
        };
        let function = self.shared.enqueue(super::shared::Job::Forward {
            target,
            params: ty.params.clone(),
            result: ty.result.clone(),
            type_args: Vec::new(),
        });
        let captures = self.builder.window(Bank::Value, 0);
        let to = self.builder.value();
        self.emit(Ins::Closure { to, captures, function });
        Out::Owned(to)
    }
}

/// In `x?.f()` the call's type has a `?` that the callee's result does not have.
fn without_optional_receiver(result: &Type, arguments: &Arguments<'_>) -> Type {
    let ready = arguments.each.iter().any(|it| matches!(it, Argument::Ready(..)));
    if ready { without_null(result).clone() } else { result.clone() }
}

/// What a library function is called among the Rust functions.
pub(super) fn native_name(id: &LibraryFn) -> String {
    match id.overload {
        0 => format!("{}.{}", id.module, id.name),
        n => format!("{}.{}#{n}", id.module, id.name),
    }
}

/// The class of a function that leaves the machine.
fn class(native: Native) -> Option<EffectClass> {
    Some(match native.effect {
        effects::EffectClass::Pure => return None,
        _ if native.plain => EffectClass::Plain,
        effects::EffectClass::Observe => EffectClass::Observe,
        effects::EffectClass::Transactional => EffectClass::Transactional,
        effects::EffectClass::Idempotent => EffectClass::Idempotent,
        effects::EffectClass::Once => EffectClass::Once,
    })
}
