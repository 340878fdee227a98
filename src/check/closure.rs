//! Closures: parameters whose types flow in from the place, results that flow out, variables seen by value.

use std::sync::Arc;

use super::checker::{Checker, ScopeMark, Want};
use super::expr::Place;
use super::report;
use super::scope::{Frame, FrameKind, FrameResult, LocalKind};
use super::types::{FnType, Type};
use crate::syntax::tree::{Closure, Expr, ExprKind, Name, NodeId, Param};

impl<'p> Checker<'p> {
    pub(super) fn closure(&mut self, expr: &'p Expr, closure: &'p Closure, want: Want<'_>) -> Type {
        let wanted = want.ty().map(|it| self.open(it.without_null()));
        let params = match &wanted {
            Some(Type::Fn(function)) => self.params_for(expr, closure, &function.params),
            Some(Type::Error) => self.params_like(closure, Some(&Type::Error)),
            _ => self.params_like(closure, None),
        };
        let fits = match &wanted {
            Some(Type::Fn(function)) => function.params.len() == params.len(),
            Some(Type::Error) => true,
            _ => !params.iter().any(Type::is_error),
        };
        let result = match &wanted {
            Some(Type::Fn(function)) if !is_hole(&function.result) => Some(&function.result),
            _ => None,
        };
        let result = self.closure_body(expr, closure, &params, result);
        if !fits {
            return Type::Error;
        }
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
            self.report(report::types::type_needed(&param.name, &[]));
            return Type::Error;
        }
        wanted.clone()
    }

    fn params_like(&mut self, closure: &'p Closure, otherwise: Option<&Type>) -> Vec<Type> {
        let untyped = closure.params.iter().filter(|it| it.ty.is_none());
        let untyped: Vec<&Name> = untyped.map(|it| &it.name).collect();
        if let (None, [first, others @ ..]) = (otherwise, untyped.as_slice()) {
            self.report(report::types::type_needed(first, others));
        }
        let types = closure.params.iter().map(|param| match (&param.ty, otherwise) {
            (Some(written), _) => self.read_type(written),
            (None, Some(ty)) => ty.clone(),
            (None, None) => Type::Error,
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
        let depth = self.block_depth + 1;
        let frame =
            Frame { kind, boundary, captures: Vec::new(), result, loops: Vec::new(), depth };
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

#[cfg(test)]
mod tests {
    use crate::check::testing::{checked, finds, fine, type_of_last};

    #[test]
    fn parameters_take_their_types_from_the_place() {
        fine("print([1].map(n => n + 1))\nprint([1].reduce(0, (a, b) => a + b))");
        finds("print([1].map(n => n.upper()))", &["unknown-method at `upper`"]);
        finds("let f = x => x\nprint(f)", &["missing-type at `x`"]);
        finds("let f = (a, b) => a + b\nprint(f(1, 2))", &["missing-type at `a`"]);
        assert_eq!(type_of_last("let f = (x: int) => x * 2"), "fn(int) -> int");
    }

    #[test]
    fn the_number_of_parameters_is_the_places() {
        finds("print([1].map((a, b) => a))", &["wrong-arguments at `(a, b) => a`"]);
        finds("print([1].reduce(0, a => a))", &["wrong-arguments at `a => a`"]);
    }

    #[test]
    fn results_are_joined_and_widened() {
        assert_eq!(
            type_of_last("let x = [1].map(n => { if n > 1 { return 2.5 }\n  n })"),
            "[decimal]"
        );
        finds("print([1].filter(n => n + 1))", &["wrong-type at `n + 1`"]);
        finds("print([1].filter(n => { print(n) }))", &["missing-result at `{ print(n) }`"]);
        fine("let fs: [fn(int) -> decimal] = [n => n, n => 1.5]\nprint(fs.count())");
    }

    #[test]
    fn outer_variables_are_seen_and_not_assigned() {
        fine("let rate = 2\nprint([1].map(n => n * rate))");
        finds(
            "var n = 0\nlet xs = [1].map(x => {\n  n += x\n  x\n})\nprint(xs)",
            &["captured-assignment at `n`"],
        );
        fine("print([1].map(x => {\n  var n = 0\n  n += x\n  n\n}))");
    }

    #[test]
    fn captures_are_noted_in_order_of_use() {
        let (_, checked) = checked(&[(
            "main",
            "let a = 1\nlet b = 2\nlet f = (x: int) => x + b + a + b\nprint(f(1))",
        )]);
        let captures: Vec<_> = checked.files[0].tables.captures.values().collect();
        assert_eq!(captures.len(), 1);
        assert_eq!(captures[0].len(), 2);
        assert!(captures[0][0] > captures[0][1], "b comes first");
    }
}
