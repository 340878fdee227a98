//! Which argument goes to which parameter.

use crate::check::checked::ArgSource;
use crate::check::checker::Checker;
use crate::check::report;
use crate::check::signature::{Parameter, Signature};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::syntax::tree::{Arg, Call, ExprKind, Name, RecordPart};

impl<'p> Checker<'p> {
    /// Where each parameter's value comes from. Reports what does not fit, at most one finding, and gives nothing then.
    pub(in crate::check) fn plan_args(
        &mut self,
        name: &str,
        signature: &Signature,
        has_receiver: bool,
        call: &'p Call,
    ) -> Option<Vec<ArgSource>> {
        let mut plan = Plan::new(signature, has_receiver);
        for (arg, at) in call.args.iter().zip(0..) {
            match (plan.place(arg, at), &arg.name) {
                (Placed::Yes, _) => {}
                (Placed::NoRoom, _) if self.is_record_of_arguments(name, &plan, call) => {
                    return None;
                }
                (Placed::NoRoom, _) => {
                    let takes = report::calls::Takes { name, params: plan.own_params() };
                    let positional = call.args.iter().filter(|it| it.name.is_none()).count();
                    self.report(report::calls::wrong_count(arg.value.span, takes, positional));
                    return None;
                }
                (Placed::Unknown, Some(wrong)) => {
                    self.unknown_argument(name, wrong, &plan);
                    return None;
                }
                (Placed::Twice, Some(again)) => {
                    self.report(report::calls::argument_twice(again));
                    return None;
                }
                (Placed::Unknown | Placed::Twice, None) => return None,
            }
        }
        let missing = plan.missing();
        if !missing.is_empty() && self.is_record_of_arguments(name, &plan, call) {
            return None;
        }
        if !missing.is_empty() {
            let empty = call.args.is_empty();
            self.report(report::calls::missing_argument(
                call.callee.span,
                call.args_span,
                empty,
                name,
                &missing,
            ));
            return None;
        }
        Some(plan.sources())
    }

    /// Whether a call has put its arguments into a record, as one does where there are no names; reports that.
    fn is_record_of_arguments(&mut self, function: &str, plan: &Plan<'_>, call: &Call) -> bool {
        let [Arg { name: None, value }] = call.args.as_slice() else { return false };
        let ExprKind::Record(parts) = &value.kind else { return false };
        let names: Vec<&Name> = parts.iter().filter_map(RecordPart::name).collect();
        let is_param = |name: &&Name| plan.own_params().iter().any(|it| it.name == name.text);
        let all = !parts.is_empty() && names.len() == parts.len() && names.iter().all(is_param);
        if all {
            self.report(report::calls::record_of_arguments(function, value.span, parts));
        }
        all
    }

    fn unknown_argument(&mut self, function: &str, wrong: &Name, plan: &Plan<'_>) {
        let free = plan.free_params();
        let near = nearest(&wrong.text, free.map(|it| Candidate::new(&it.name)));
        let takes = report::calls::Takes { name: function, params: plan.own_params() };
        self.report(report::calls::unknown_argument(wrong, takes, &near));
    }
}

/// Whether a call with these arguments fits a signature by number and names.
pub(super) fn fits(signature: &Signature, has_receiver: bool, call: &Call) -> bool {
    sources(signature, has_receiver, call).is_some()
}

/// Where each parameter's value comes from, if the arguments fit by number and names.
pub(super) fn sources(
    signature: &Signature,
    has_receiver: bool,
    call: &Call,
) -> Option<Vec<ArgSource>> {
    let mut plan = Plan::new(signature, has_receiver);
    let all_placed =
        call.args.iter().zip(0..).all(|(arg, at)| matches!(plan.place(arg, at), Placed::Yes));
    (all_placed && plan.missing().is_empty()).then(|| plan.sources())
}

/// The parameters with what has been found for each so far.
struct Plan<'s> {
    signature: &'s Signature,
    has_receiver: bool,
    given: Vec<Option<ArgSource>>,
}

/// What became of an argument.
enum Placed {
    Yes,
    NoRoom,
    Unknown,
    Twice,
}

impl<'s> Plan<'s> {
    fn new(signature: &'s Signature, has_receiver: bool) -> Self {
        let mut given = vec![None; signature.params.len()];
        if has_receiver && let Some(first) = given.first_mut() {
            *first = Some(ArgSource::Receiver);
        }
        Self { signature, has_receiver, given }
    }

    fn place(&mut self, arg: &Arg, at: u16) -> Placed {
        match &arg.name {
            None => self.place_next(at),
            Some(name) => self.place_named(&name.text, at),
        }
    }

    fn place_next(&mut self, at: u16) -> Placed {
        match self.given.iter_mut().find(|it| it.is_none()) {
            Some(slot) => {
                *slot = Some(ArgSource::Arg(at));
                Placed::Yes
            }
            None => Placed::NoRoom,
        }
    }

    fn place_named(&mut self, name: &str, at: u16) -> Placed {
        let own = usize::from(self.has_receiver);
        let params = self.signature.params.iter().zip(&mut self.given).skip(own);
        match params.into_iter().find(|(param, _)| param.name == name) {
            None => Placed::Unknown,
            Some((_, slot @ None)) => {
                *slot = Some(ArgSource::Arg(at));
                Placed::Yes
            }
            Some(_) => Placed::Twice,
        }
    }

    /// The parameters that a caller writes: without the receiver.
    fn own_params(&self) -> &'s [Parameter] {
        &self.signature.params[usize::from(self.has_receiver).min(self.signature.params.len())..]
    }

    fn free_params(&self) -> impl Iterator<Item = &'s Parameter> {
        let params = self.signature.params.iter().zip(&self.given);
        params.filter(|(_, given)| given.is_none()).map(|(param, _)| param)
    }

    fn missing(&self) -> Vec<&'s Parameter> {
        self.free_params().filter(|param| !param.has_default).collect()
    }

    fn sources(self) -> Vec<ArgSource> {
        self.given.into_iter().map(|it| it.unwrap_or(ArgSource::Default)).collect()
    }
}
