//! Calls of a name that the library declares several times for one receiver: `xs.sum(f)` for numbers and durations.
//!
//! The arguments are looked at once, without a wish, and the first declaration that takes them all is called.

use std::sync::Arc;

use super::apply::is_closure;
use super::{Callee, args};
use crate::check::checked::{ArgSource, CallPlan, Resolution, Target};
use crate::check::checker::{Checker, Want};
use crate::check::generic::{Solution, Weight};
use crate::check::library::{Declaration, EntryId};
use crate::check::report;
use crate::check::types::{FnType, Type};
use crate::syntax::tree::{Call, Expr};

impl<'p> Checker<'p> {
    pub(super) fn overloaded_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        entries: &[EntryId],
        receiver: Option<(&'p Expr, Type, bool)>,
        want: Want<'_>,
    ) -> Type {
        let declarations: Vec<&'p Declaration> =
            entries.iter().map(|id| self.library().declaration(*id)).collect();
        let has_receiver = receiver.is_some();
        let fitting: Vec<usize> = (0..entries.len())
            .filter(|at| args::fits(&declarations[*at].signature, has_receiver, call))
            .collect();
        match fitting.as_slice() {
            [] => self.apply_library(expr, call, entries[0], receiver, want),
            [only] => self.apply_library(expr, call, entries[*only], receiver, want),
            several => {
                let candidates: Vec<_> = several.iter().map(|at| declarations[*at]).collect();
                self.choose(expr, call, &candidates, receiver)
            }
        }
    }

    fn choose(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        candidates: &[&'p Declaration],
        receiver: Option<(&'p Expr, Type, bool)>,
    ) -> Type {
        let receiver_type = receiver.as_ref().map(|it| it.1.clone());
        let found = self.loose_arg_types(call, candidates[0], receiver_type.as_ref());
        if found.iter().any(Type::is_error) {
            return Type::Error;
        }
        let chosen = candidates.iter().find_map(|it| {
            let plan = self.takes(it, call, &found, receiver_type.as_ref())?;
            Some((*it, plan))
        });
        let Some((declaration, mut plan)) = chosen else {
            let wanted: Vec<_> = candidates.iter().map(|it| &*it.signature).collect();
            self.report(report::calls::no_overload(
                call,
                &candidates[0].signature.name,
                &wanted,
                &found,
            ));
            return Type::Error;
        };
        for (source, wanted) in plan.args.iter().zip(&plan.params) {
            if let ArgSource::Arg(at) = source {
                let at = usize::from(*at);
                self.widen(&call.args[at].value, &found[at], wanted);
            }
        }
        let is_optional = receiver.as_ref().is_some_and(|it| it.2);
        plan.optional = is_optional;
        self.tables.names.insert(call.callee.id, Resolution::Library(declaration.id.clone()));
        self.touch_library(declaration, call.callee.span);
        let result = self.result_of(declaration, &plan);
        self.tables.calls.insert(expr.id, plan);
        if is_optional { Type::optional(result) } else { result }
    }

    /// The arguments' types: of closures with the parameters that the first candidate gives them, and whatever result.
    fn loose_arg_types(
        &mut self,
        call: &'p Call,
        first: &'p Declaration,
        receiver: Option<&Type>,
    ) -> Vec<Type> {
        let mut solution = Solution::new(&first.signature.type_params);
        if let (Some(receiver), Some(param)) = (receiver, first.signature.params.first()) {
            solution.unify(self, &param.ty, receiver, Weight::Fixed);
        }
        let own = first.signature.written_params(receiver.is_some());
        let mut found = Vec::with_capacity(call.args.len());
        for (at, arg) in call.args.iter().enumerate() {
            let param = match &arg.name {
                Some(name) => own.iter().find(|it| it.name == name.text),
                None => own.get(at),
            };
            let ty = match param.map(|it| solution.hint(&it.ty)) {
                Some(Type::Fn(function)) if is_closure(&arg.value) => {
                    let open = Type::Fn(Arc::new(FnType {
                        params: function.params.clone(),
                        result: Type::Error,
                    }));
                    self.expr(&arg.value, Want::Type(&open))
                }
                _ => self.expr(&arg.value, Want::Value),
            };
            found.push(ty);
        }
        found
    }

    /// How a candidate takes the arguments, if it does.
    fn takes(
        &self,
        candidate: &Declaration,
        call: &Call,
        found: &[Type],
        receiver: Option<&Type>,
    ) -> Option<CallPlan> {
        let signature = &candidate.signature;
        let mut solution = Solution::new(&signature.type_params);
        if let (Some(receiver), Some(param)) = (receiver, signature.params.first()) {
            solution.unify(self, &param.ty, receiver, Weight::Fixed);
        }
        let sources = args::sources(signature, receiver.is_some(), call)?;
        for (place, source) in sources.iter().enumerate() {
            if let ArgSource::Arg(at) = source {
                let ty = &found[usize::from(*at)];
                solution.unify(self, &signature.params[place].ty, ty, Weight::Fixed);
                let wanted = solution.apply(&signature.params[place].ty);
                if !self.agree(ty, &wanted).holds() {
                    return None;
                }
            }
        }
        let params = signature.params.iter().map(|it| solution.apply(&it.ty)).collect();
        Some(CallPlan {
            target: Target::Library(candidate.id.clone()),
            type_args: solution.into_args(),
            args: sources,
            params,
            optional: false,
        })
    }

    fn result_of(&self, declaration: &Declaration, plan: &CallPlan) -> Type {
        let signature = &declaration.signature;
        let mut solution = Solution::new(&signature.type_params);
        for (at, ty) in plan.type_args.iter().enumerate() {
            solution.set(at, ty.clone());
        }
        solution.apply(&signature.result)
    }
}
