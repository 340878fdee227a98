//! Closures: parameters whose types flow in from the place, results that flow out, variables seen by value.

use std::sync::Arc;

use super::checker::{Checker, ScopeMark, Want};
use super::expr::Place;
use super::report;
use super::scope::{Frame, FrameKind, FrameResult, LocalKind};
use super::types::{FnType, Type};
use crate::syntax::tree::{Closure, Expr, ExprKind, NodeId, Param};

impl<'p> Checker<'p> {
    pub(super) fn closure(&mut self, expr: &'p Expr, closure: &'p Closure, want: Want<'_>) -> Type {
        let wanted = want.ty().map(|it| self.open(it.without_null()));
        let params = match &wanted {
            Some(Type::Fn(function)) => self.params_for(expr, closure, &function.params),
            Some(Type::Error) => self.params_like(closure, Some(&Type::Error)),
            _ => self.params_like(closure, None),
        };
        let result = match &wanted {
            Some(Type::Fn(function)) if !is_hole(&function.result) => Some(&function.result),
            _ => None,
        };
        let result = self.closure_body(expr, closure, &params, result);
        Type::Fn(Arc::new(FnType { params, result }))
    }

    /// The parameters' types where the place says how many there are and what they hold.
    fn params_for(&mut self, expr: &Expr, closure: &'p Closure, wanted: &[Type]) -> Vec<Type> {
        if closure.params.len() != wanted.len() {
            self.report(report::calls::closure_params(
                expr.span,
                closure.params.len(),
                wanted.len(),
            ));
        }
        let types = closure.params.iter().enumerate().map(|(at, param)| {
            let wanted = wanted.get(at).unwrap_or(&Type::Error);
            match &param.ty {
                Some(written) => self.read_type(written),
                None => self.param_or_report(param, wanted),
            }
        });
        types.collect()
    }

    /// A parameter whose type the place could not tell either: of an element of `[]`.
    fn param_or_report(&mut self, param: &Param, wanted: &Type) -> Type {
        if wanted.is_never() {
            self.report(report::types::type_needed(param.name.span, &param.name.text));
            return Type::Error;
        }
        wanted.clone()
    }

    fn params_like(&mut self, closure: &'p Closure, otherwise: Option<&Type>) -> Vec<Type> {
        let types = closure.params.iter().map(|param| match (&param.ty, otherwise) {
            (Some(written), _) => self.read_type(written),
            (None, Some(ty)) => ty.clone(),
            (None, None) => {
                self.report(report::types::type_needed(param.name.span, &param.name.text));
                Type::Error
            }
        });
        types.collect()
    }

    fn closure_body(
        &mut self,
        expr: &'p Expr,
        closure: &'p Closure,
        params: &[Type],
        wanted: Option<&Type>,
    ) -> Type {
        let result = match wanted {
            Some(ty) => FrameResult::Stated(ty.clone(), None),
            None => FrameResult::Inferred(Vec::new()),
        };
        let facts = self.facts.clone();
        let mark = self.enter(FrameKind::Closure, result);
        for (param, ty) in closure.params.iter().zip(params) {
            self.declare_param(param, ty.clone());
        }
        let result = match wanted {
            Some(Type::Nothing) => {
                self.expr(&closure.body, Want::Nothing);
                Type::Nothing
            }
            Some(ty) => {
                let found = self.body_value(&closure.body, Want::Type(ty));
                self.meet_tail(&closure.body, &found, ty, Place::Result(None));
                ty.clone()
            }
            None => self.body_value(&closure.body, Want::Value),
        };
        let frame = self.leave(mark);
        self.facts = facts;
        self.tables.captures.insert(expr.id, frame.captures);
        match frame.result {
            FrameResult::Inferred(returned) => self.join_returns(&closure.body, result, returned),
            FrameResult::Stated(..) | FrameResult::Nothing | FrameResult::Forbidden => result,
        }
    }

    /// The value of a body: of its last expression where it is a block.
    fn body_value(&mut self, body: &'p Expr, want: Want<'_>) -> Type {
        self.expr(body, want)
    }

    /// What a closure gives that also returns early: the type that holds all of it.
    fn join_returns(
        &mut self,
        body: &'p Expr,
        tail: Type,
        returned: Vec<(&'p Expr, Type)>,
    ) -> Type {
        let mut joined = tail.clone();
        for (value, ty) in &returned {
            match self.join(&joined, ty) {
                Some(both) => joined = both,
                None => {
                    self.report(report::types::mixed_results(value.span, &joined, ty));
                    return Type::Error;
                }
            }
        }
        self.widen_tail(body, &tail, &joined);
        for (value, ty) in &returned {
            self.widen(value, ty, &joined);
        }
        joined
    }

    /// Brings a parameter into scope.
    pub(super) fn declare_param(&mut self, param: &'p Param, ty: Type) {
        self.set_type(param.id, ty.clone());
        let name = &param.name;
        if !name.text.is_empty() && name.text != "_" {
            self.refuse_duplicate(name);
            self.lint_variable_name(name);
            self.scope.declare(&name.text, name.span, param.id, ty, LocalKind::Param);
        }
    }

    /// Begins a body with variables of its own; [`Checker::leave`] ends it.
    pub(super) fn enter(&mut self, kind: FrameKind, result: FrameResult<'p>) -> ScopeMark {
        let boundary = self.scope.mark();
        let frame = Frame { kind, boundary, captures: Vec::new(), result, loops: Vec::new() };
        self.scope.frames.push(frame);
        self.open_scope()
    }

    /// Ends the body that began at `mark`: its variables go out of scope.
    pub(super) fn leave(&mut self, mark: ScopeMark) -> Frame<'p> {
        self.close_scope(mark);
        self.scope.frames.pop().expect("every `enter` has one `leave`")
    }

    /// The expression whose value a block gives, so that widening is noted where the value is made.
    pub(super) fn tail(body: &'p Expr) -> &'p Expr {
        match &body.kind {
            ExprKind::Block(block) => super::block::tail(block).map_or(body, Self::tail),
            _ => body,
        }
    }

    /// Compares a body's value with what is wanted of it.
    pub(super) fn meet_tail(
        &mut self,
        body: &'p Expr,
        found: &Type,
        wanted: &Type,
        place: Place<'_>,
    ) {
        if *found == Type::Nothing && *wanted != Type::Nothing {
            self.report(report::flow::no_value(body.span, wanted));
            return;
        }
        self.meet(Self::tail(body), found, wanted, place);
    }

    /// Takes note that a body's value is widened.
    pub(super) fn widen_tail(&mut self, body: &'p Expr, found: &Type, to: &Type) {
        self.widen(Self::tail(body), found, to);
    }

    /// The outer variables that a body sees, for the compiler.
    pub(super) fn note_captures(&mut self, node: NodeId, captures: Vec<NodeId>) {
        self.tables.captures.insert(node, captures);
    }
}

/// Whether a wanted result says nothing: it has parameters that nobody has decided yet.
fn is_hole(result: &Type) -> bool {
    result.has_part(&mut |part| part.is_error())
}
