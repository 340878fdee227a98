//! Calls of a name that the library declares several times for one receiver: `xs.sum(f)` for numbers and durations.
//!
//! The arguments are looked at twice: once without a wish, to choose the first declaration that takes them all, and
//! once more as that declaration's. Whatever the first look reported is forgotten.

use std::sync::Arc;

use super::apply::is_closure;
use super::{Receiver, args};
use crate::check::agree::Agreement;
use crate::check::checked::ArgSource;
use crate::check::checker::{Checker, Want};
use crate::check::generic::{Solution, Weight};
use crate::check::library::{Declaration, EntryId};
use crate::check::report;
use crate::check::signature::Signature;
use crate::check::types::{FnType, Type};
use crate::syntax::tree::{Call, Expr};

impl<'p> Checker<'p> {
    pub(super) fn overloaded_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        entries: &[EntryId],
        receiver: Option<Receiver<'p>>,
        want: Want<'_>,
    ) -> Type {
        let fits = |id: &EntryId| {
            let signature = &self.library().declaration(*id).signature;
            args::sources(signature, receiver.is_some(), call)
                .is_some_and(|sources| closures_fit(signature, &sources, call))
        };
        let fitting: Vec<EntryId> = entries.iter().copied().filter(fits).collect();
        match fitting.as_slice() {
            [] => self.apply_library(expr, call, entries[0], receiver, want),
            [only] => self.apply_library(expr, call, *only, receiver, want),
            several => self.choose(expr, call, several, receiver, want),
        }
    }

    fn choose(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        candidates: &[EntryId],
        receiver: Option<Receiver<'p>>,
        want: Want<'_>,
    ) -> Type {
        let receiver_type = receiver.as_ref().map(|it| it.ty.clone());
        let first = self.library().declaration(candidates[0]);
        let outermost = !std::mem::replace(&mut self.is_speculating, true);
        let before = self.remember();
        let found = self.loose_arg_types(call, first, receiver_type.as_ref());
        let chosen = self.best(candidates, call, &found, receiver_type.as_ref());
        if !outermost {
            // A call around this one is being chosen for: it wants the type now and will come back for the rest.
            let result = chosen.map_or(Type::Error, |it| it.result);
            return if receiver.is_some_and(|it| it.is_optional) {
                Type::optional(result)
            } else {
                result
            };
        }
        self.is_speculating = false;
        self.forget_since(before);
        match chosen {
            Some(it) => self.apply_library(expr, call, it.entry, receiver, want),
            None => {
                let found = self.loose_arg_types(call, first, receiver_type.as_ref());
                self.refuse_all(call, candidates, &found);
                Type::Error
            }
        }
    }

    fn refuse_all(&mut self, call: &Call, candidates: &[EntryId], found: &[Type]) {
        let silent = |ty: &Type| match ty {
            Type::Fn(function) => function.result.is_error(),
            other => other.is_error(),
        };
        if found.iter().any(silent) {
            return;
        }
        let library = self.library();
        let wanted = candidates.iter().map(|id| &*library.declaration(*id).signature);
        let wanted: Vec<_> = wanted.collect();
        self.report(report::calls::no_overload(call, &wanted[0].name, &wanted, found));
    }

    /// The arguments' types: of closures with the parameters that the first candidate gives them, and whatever result.
    fn loose_arg_types(
        &mut self,
        call: &'p Call,
        first: &'p Declaration,
        receiver: Option<&Type>,
    ) -> Vec<Type> {
        let solution = solved_by_receiver(self, first, receiver);
        let own = first.signature.written_params(receiver.is_some());
        let mut found = Vec::with_capacity(call.args.len());
        for (at, arg) in call.args.iter().enumerate() {
            let param = match &arg.name {
                Some(name) => own.iter().find(|it| it.name == name.text),
                None => own.get(at),
            };
            let ty = match param.map(|it| solution.hint(&it.ty)) {
                Some(Type::Fn(function)) if is_closure(&arg.value) => {
                    let params = function.params.clone();
                    let open = Type::Fn(Arc::new(FnType { params, result: Type::Error }));
                    self.expr(&arg.value, Want::Type(&open))
                }
                _ => self.expr(&arg.value, Want::Value),
            };
            found.push(ty);
        }
        found
    }

    /// The first candidate that takes the arguments as they are; failing that, the first that widens some.
    fn best(
        &self,
        candidates: &[EntryId],
        call: &Call,
        found: &[Type],
        receiver: Option<&Type>,
    ) -> Option<Chosen> {
        let fitting: Vec<Chosen> =
            candidates.iter().filter_map(|it| self.takes(*it, call, found, receiver)).collect();
        let same = fitting.iter().position(|it| it.agreement == Agreement::Same);
        fitting.into_iter().nth(same.unwrap_or(0))
    }

    /// How a candidate takes the arguments, if it does.
    fn takes(
        &self,
        entry: EntryId,
        call: &Call,
        found: &[Type],
        receiver: Option<&Type>,
    ) -> Option<Chosen> {
        let candidate = self.library().declaration(entry);
        let signature = &candidate.signature;
        let mut solution = solved_by_receiver(self, candidate, receiver);
        let mut agreement = Agreement::Same;
        let sources = args::sources(signature, receiver.is_some(), call)?;
        for (param, source) in signature.params.iter().zip(sources) {
            if let ArgSource::Arg(at) = source {
                let ty = &found[usize::from(at)];
                solution.unify(self, &param.ty, ty, Weight::Fixed);
                let wanted = solution.apply(&param.ty);
                agreement =
                    agreement.max(self.takes_arg(&call.args[usize::from(at)].value, ty, &wanted));
            }
        }
        let result = solution.apply(&signature.result);
        agreement.holds().then_some(Chosen { entry, agreement, result })
    }

    /// A closure agrees if what it gives does: it can still be widened inside.
    fn takes_arg(&self, value: &Expr, found: &Type, wanted: &Type) -> Agreement {
        match (found, wanted) {
            (Type::Fn(found), Type::Fn(wanted)) if is_closure(value) => {
                self.agree(&found.result, &wanted.result)
            }
            (found, wanted) => self.agree(found, wanted),
        }
    }

    /// How much has been said so far.
    fn remember(&self) -> Said {
        Said {
            diagnostics: self.diagnostics.len(),
            unused: self.unused.len(),
            touches: self.touches.list.len(),
        }
    }

    /// Forgets what has been said since: it will be said again.
    fn forget_since(&mut self, said: Said) {
        self.diagnostics.truncate(said.diagnostics);
        self.unused.truncate(said.unused);
        self.touches.list.truncate(said.touches);
    }
}

/// A declaration that takes the arguments.
struct Chosen {
    entry: EntryId,
    agreement: Agreement,
    result: Type,
}

/// How much had been said at some point.
#[derive(Clone, Copy)]
struct Said {
    diagnostics: usize,
    unused: usize,
    touches: usize,
}

/// Whether closures go where functions are taken, and nothing else does.
fn closures_fit(signature: &Signature, sources: &[ArgSource], call: &Call) -> bool {
    signature.params.iter().zip(sources).all(|(param, source)| match source {
        ArgSource::Arg(at) if is_closure(&call.args[usize::from(*at)].value) => {
            matches!(param.ty.without_null(), Type::Fn(_) | Type::Param(_))
        }
        ArgSource::Arg(_) | ArgSource::Receiver | ArgSource::Default => true,
    })
}

fn solved_by_receiver<'d>(
    checker: &Checker<'_>,
    declaration: &'d Declaration,
    receiver: Option<&Type>,
) -> Solution<'d> {
    let mut solution = Solution::new(&declaration.signature.type_params);
    if let (Some(receiver), Some(param)) = (receiver, declaration.signature.params.first()) {
        solution.unify(checker, &param.ty, receiver, Weight::Fixed);
    }
    solution
}
