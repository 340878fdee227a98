//! Closures as values: a function and the variables that it sees.

use super::builder::{Ins, Reg};
use super::call::{Argument, Arguments};
use super::lower::{Local, Lower, Out};
use super::shared::{Callee, Job, Shared};
use super::types::bank;
use super::virtual_fn::VirtualFunction;
use crate::bytecode::operand::Bank;
use crate::check::types::Type;
use crate::syntax::tree::{Closure, Expr, NodeId};

impl<'p> Lower<'_, 'p> {
    /// `x => e` as a value.
    pub(super) fn closure(&mut self, closure: &'p Closure, expr: &'p Expr) -> Out {
        self.closure_value(closure, expr.id)
    }

    /// A closure as a value, in the context that it was written in.
    pub(super) fn closure_value(&mut self, closure: &'p Closure, id: NodeId) -> Out {
        let captured = self.captured(id);
        let params: Vec<(NodeId, Type)> =
            closure.params.iter().map(|it| (it.id, self.ty(it.id))).collect();
        let result = match self.ty(id) {
            Type::Fn(ty) => self.shared.open(&ty.result),
            _ => Type::Nothing,
        };
        let job = Job::Closure {
            closure,
            tables: self.tables(),
            type_args: self.context().type_args.clone(),
            captures: captured.iter().map(|(id, _, ty)| (*id, ty.clone())).collect(),
            result,
            params,
        };
        let function = self.shared.enqueue(job);
        let values: Vec<Out> = captured.iter().map(|(_, out, _)| *out).collect();
        let captures = self.value_window(&values);
        let to = self.builder.value();
        self.emit(Ins::Closure { to, captures, function });
        Out::Owned(to)
    }

    /// The variables that a closure sees: what they hold now, in value registers, with their types.
    pub(super) fn captured(&mut self, id: NodeId) -> Vec<(NodeId, Out, Type)> {
        let bindings = self.tables().captures.get(&id).map_or(&[][..], Vec::as_slice);
        bindings
            .iter()
            .map(|binding| match self.local(*binding) {
                Local::Register(Reg::S(a), ty) => (*binding, self.boxed(Out::Scalar(a), &ty), ty),
                Local::Register(Reg::V(a), ty) => (*binding, Out::Borrowed(a), ty),
                Local::Closure { closure, id, context } => {
                    let ty = self.back_in(context, |lower| lower.ty(id));
                    let out = self.back_in(context, |lower| lower.closure_value(closure, id));
                    (*binding, out, ty)
                }
            })
            .collect()
    }

    /// The function of a closure: its parameters, then the variables that it sees.
    pub(super) fn closure_function(
        &mut self,
        closure: &'p Closure,
        captures: &[(NodeId, Type)],
        params: &[(NodeId, Type)],
    ) {
        self.bind_parameters(params);
        self.bind_captures(captures);
        let result = match self.context().returns.clone() {
            super::lower::Returns::Function(ty) => ty,
            super::lower::Returns::Inlined { .. } => unreachable!("a function of its own"),
        };
        let register = bank(&result).map(|bank| self.builder.register(bank));
        self.branch_into(&closure.body, register, &result);
        self.return_register(register);
    }

    /// Takes parameters.
    pub(super) fn bind_parameters(&mut self, params: &[(NodeId, Type)]) {
        for (id, ty) in params {
            let register = self.builder.param(bank(ty).unwrap_or(Bank::Value));
            self.bind(*id, register, ty.clone());
        }
    }

    /// Takes the variables that a closure brings along.
    pub(super) fn bind_captures(&mut self, captures: &[(NodeId, Type)]) {
        for (id, ty) in captures {
            let register = self.builder.capture(bank(ty).unwrap_or(Bank::Value));
            self.bind(*id, register, ty.clone());
        }
    }
}

/// The function of a declared function that is used as a value: it takes what the value takes and calls it.
pub(super) fn forward(
    shared: &mut Shared<'_>,
    target: &Callee,
    params: &[Type],
    result: Type,
    type_args: &[Type],
) -> VirtualFunction {
    let source = shared.source_of(target);
    let mut lower = Lower::new(
        shared,
        source.name.clone(),
        source.tables,
        source.bind(type_args),
        result.clone(),
    );
    let each = params
        .iter()
        .enumerate()
        .map(|(at, ty)| {
            let register = lower.builder.param(bank(ty).unwrap_or(Bank::Value));
            Argument::Ready(super::expr::out_of(register), at)
        })
        .collect();
    let arguments = Arguments {
        each,
        types: params.to_vec(),
        type_args: type_args.to_vec(),
        receivers: params.to_vec(),
    };
    let out = lower.call_declared(target, &arguments, &result);
    let register = bank(&result).map(|bank| lower.builder.register(bank));
    if let Some(register) = register {
        lower.put(out, register);
    }
    lower.return_register(register);
    lower.builder.finish()
}
