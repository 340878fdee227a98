//! A call of a known function: its arguments are checked, its type parameters solved.
//!
//! The receiver decides first, then the arguments that are no closures, then the closures, whose parameters' types
//! flow in from what has been decided by then; what the place wants decides what nothing else did.

use super::{Callee, Receiver};
use crate::check::checked::{ArgSource, CallPlan, Target};
use crate::check::checker::{Checker, Want};
use crate::check::expr::Place;
use crate::check::generic::{Solution, Weight};
use crate::check::report;
use crate::check::signature::{Parameter, Signature};
use crate::check::types::Type;
use crate::diagnostics::Label;
use crate::source::Span;
use crate::syntax::tree::{Call, Expr, ExprKind};

impl<'p> Checker<'p> {
    pub(super) fn apply(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        callee: Callee<'p>,
        want: Want<'_>,
    ) -> Type {
        let signature = callee.signature.clone();
        let mut solution = Solution::new(&signature.type_params);
        let has_receiver = callee.receiver.is_some();
        let is_optional = callee.receiver.as_ref().is_some_and(|it| it.is_optional);
        self.written_type_args(call, &callee, &mut solution);
        let plan = self.plan_args(&callee.name, &signature, has_receiver, call);
        let Some(sources) = plan else {
            self.check_loose_args(call);
            let result = solution.apply(&signature.result);
            return with_question(result, is_optional);
        };
        if let Some(receiver) = &callee.receiver {
            solution.unify(self, &signature.params[0].ty, &receiver.ty, Weight::Fixed);
        }
        if let (Some(wanted), false) = (want.ty(), solution.is_trivial()) {
            solution.suggest(self, &signature.result, wanted.without_null());
        }
        self.plain_args(call, &callee, &sources, &mut solution);
        self.closure_args(call, &callee, &sources, &mut solution);
        self.settle(call, &callee, &sources, &mut solution);
        self.receiver_meets(&callee, &solution);
        let result = solution.apply(&signature.result);
        let params = signature.params.iter().map(|it| solution.apply(&it.ty)).collect();
        let type_args = solution.into_args();
        if let Target::Fn(decl) = callee.target {
            self.touch_type_args(decl, &type_args, call.callee.span);
        }
        let plan = CallPlan {
            target: callee.target,
            type_args,
            args: sources,
            params,
            optional: is_optional,
        };
        self.tables.calls.insert(expr.id, plan);
        self.must_be_built(expr, &result);
        with_question(result, is_optional)
    }

    /// `f<int>(…)`
    fn written_type_args(
        &mut self,
        call: &'p Call,
        callee: &Callee<'p>,
        solution: &mut Solution<'_>,
    ) {
        let takes = callee.signature.type_params.len();
        if call.type_args.len() > takes {
            let span = call.type_args[takes].span;
            self.report(report::calls::type_arguments(span, &callee.name, takes));
        }
        for (at, written) in call.type_args.iter().enumerate() {
            let ty = self.read_type(written);
            if at < takes {
                solution.set(at, ty);
            }
        }
    }

    /// Checks the arguments that are no closures, in the order in which they are written, then compares them with what
    /// the parameters have become.
    fn plain_args(
        &mut self,
        call: &'p Call,
        callee: &Callee<'p>,
        sources: &[ArgSource],
        solution: &mut Solution<'_>,
    ) {
        let mut found: Vec<(&'p Expr, Type, usize)> = Vec::with_capacity(call.args.len());
        for (arg, at) in call.args.iter().zip(0..) {
            let Some(place) = sources.iter().position(|it| *it == ArgSource::Arg(at)) else {
                continue;
            };
            if is_closure(&arg.value) {
                continue;
            }
            let param = &callee.signature.params[place];
            let ty = if solution.is_trivial() {
                self.expr(&arg.value, Want::Type(&param.ty))
            } else {
                let hint = solution.hint(&param.ty);
                let ty = self.expr(&arg.value, Want::Type(&hint));
                let weight = self.weight_of(callee, &param.ty);
                solution.unify(self, &param.ty, &ty, weight);
                if ty.is_error() {
                    solution.give_up(&param.ty);
                }
                ty
            };
            found.push((&arg.value, ty, place));
        }
        for (value, ty, place) in found {
            let param = &callee.signature.params[place];
            self.argument_meets(value, &ty, callee, param, solution);
            // What no function gives has no type to ask for.
            if matches!(param.ty, Type::Fn(_)) && !matches!(ty, Type::Fn(_)) {
                solution.give_up(&param.ty);
            }
        }
    }

    /// Parameters that the receiver or a written type argument decides are not changed by arguments.
    fn weight_of(&self, callee: &Callee<'p>, ty: &Type) -> Weight {
        let receiver = callee.receiver.as_ref().map(|_| &callee.signature.params[0].ty);
        let shared = receiver.is_some_and(|receiver| {
            ty.has_part(&mut |part| {
                matches!(part, Type::Param(_)) && receiver.has_part(&mut |it| it == part)
            })
        });
        if shared { Weight::Fixed } else { Weight::Joins }
    }

    fn argument_meets(
        &mut self,
        value: &'p Expr,
        found: &Type,
        callee: &Callee<'p>,
        param: &Parameter,
        solution: &Solution<'_>,
    ) {
        let place = Place::Argument { function: &callee.name, parameter: &param.name };
        let said = self.diagnostics.len();
        if solution.is_trivial() {
            self.meet(value, found, &param.ty, place);
        } else {
            let wanted = solution.apply(&param.ty);
            self.meet(value, found, &wanted, place);
        }
        if let Target::Fn(_) = callee.target {
            self.point_at_parameter(said, param);
        }
        if self.binds_secret(&callee.target, &param.ty, found) {
            let origin = self.origin_of(value);
            self.report(report::types::secret_leak(value.span, origin));
        }
    }

    /// Points from what was said about an argument, as the finding at `said`, to where its parameter states a type, unless that is in sight.
    fn point_at_parameter(&mut self, said: usize, param: &Parameter) {
        let source = self.source;
        let line = |span: Span| source.position(span.start).line;
        for finding in self.diagnostics.iter_mut().skip(said).filter(|it| it.code == "wrong-type") {
            let is_far =
                param.span.file == self.file && line(param.span) + 1 < line(finding.span());
            if is_far {
                let why = "its type is stated here".to_owned();
                finding.labels.push(Label { span: param.span, message: why });
            }
        }
    }

    fn closure_args(
        &mut self,
        call: &'p Call,
        callee: &Callee<'p>,
        sources: &[ArgSource],
        solution: &mut Solution<'_>,
    ) {
        for (arg, at) in call.args.iter().zip(0..) {
            let Some(place) = sources.iter().position(|it| *it == ArgSource::Arg(at)) else {
                continue;
            };
            if !is_closure(&arg.value) {
                continue;
            }
            let param = &callee.signature.params[place];
            let hint = solution.hint(&param.ty);
            let ty = self.expr(&arg.value, Want::Type(&hint));
            solution.unify(self, &param.ty, &ty, Weight::Fixed);
            if ty.is_error() {
                solution.give_up(&param.ty);
            }
            self.argument_meets(&arg.value, &ty, callee, param, solution);
        }
    }

    /// Decides the parameters that no argument decided: by what the place wants, or as `json` where they belong to an
    /// argument that was left out, or are all that the function gives, as with `json.parse(t)`.
    fn settle(
        &mut self,
        call: &'p Call,
        callee: &Callee<'p>,
        sources: &[ArgSource],
        solution: &mut Solution<'_>,
    ) {
        let signature = &callee.signature;
        for (at, name) in signature.type_params.iter().enumerate() {
            if solution.get(at).is_some_and(|it| !it.is_never()) {
                continue;
            }
            let param = Type::Param(name.clone());
            let is_left_out = signature.params.iter().zip(sources).any(|(it, source)| {
                *source == ArgSource::Default && it.ty.has_part(&mut |part| *part == param)
            });
            if let Some(hint) = solution.hint_for(at) {
                solution.set(at, hint.clone());
            } else if is_left_out || signature.result == param {
                solution.set(at, Type::Json);
            } else if solution.get(at).is_none() {
                let written = self.source.slice(call.callee.span);
                let said =
                    report::calls::type_needed(call.callee.span, &callee.name, written, name);
                self.report(said);
                solution.set(at, Type::Error);
            }
        }
    }

    /// The receiver was chosen to fit; it may still have to be widened.
    fn receiver_meets(&mut self, callee: &Callee<'p>, solution: &Solution<'_>) {
        let Some(Receiver { expr, ty, is_optional }) = &callee.receiver else { return };
        let wanted = solution.apply(&callee.signature.params[0].ty);
        if self.binds_secret(&callee.target, &callee.signature.params[0].ty, ty) {
            let origin = self.origin_of(expr);
            self.report(report::types::secret_leak(expr.span, origin));
        }
        // With `?.` the callee sees what is inside, and the compiler widens that.
        if !is_optional {
            let found = self.type_of(expr.id).clone();
            self.widen(expr, &found, &wanted);
        }
    }

    /// A map whose keys came out as something that cannot be a key.
    fn must_be_built(&mut self, expr: &Expr, result: &Type) {
        let mut wrong = None;
        result.has_part(&mut |part| {
            if let Type::Map(entry) = part
                && !entry.0.may_be_key()
            {
                wrong = Some(entry.0.clone());
            }
            wrong.is_some()
        });
        if let Some(key) = wrong {
            self.report(report::types::map_key(expr.span, &key));
        }
    }
}

/// Whether what an argument is depends on what its place wants of it.
pub(super) fn is_closure(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Closure(_))
}

fn with_question(result: Type, is_optional: bool) -> Type {
    match result {
        Type::Nothing | Type::Never => result,
        other if is_optional => Type::optional(other),
        other => other,
    }
}

impl Signature {
    /// The parameters that a caller of a method or function writes.
    pub(super) fn written_params(&self, has_receiver: bool) -> &[Parameter] {
        &self.params[usize::from(has_receiver).min(self.params.len())..]
    }
}
