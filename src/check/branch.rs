//! `if`, `match`, `try … else`: ways that part and meet again.

use super::block;
use super::checker::{Checker, Want};
use super::facts::Facts;
use super::report;
use super::scope::LocalKind;
use super::types::Type;
use crate::source::Span;
use crate::syntax::tree::{Block, Catch, Expr, ExprKind, If, Try, TryExpr};

/// One of several ways, checked.
pub(super) struct Branch<'p> {
    /// The expression that gives its value.
    pub(super) tail: Option<&'p Expr>,
    /// What it gives.
    pub(super) ty: Type,
    /// All of it.
    pub(super) span: Span,
}

impl<'p> Branch<'p> {
    fn of_block(block: &'p Block, ty: Type) -> Self {
        Self { tail: block::tail(block), ty, span: block.span }
    }

    pub(super) fn of_expr(expr: &'p Expr, ty: Type) -> Self {
        let tail = match &expr.kind {
            ExprKind::Block(block) => block::tail(block),
            _ => Some(expr),
        };
        Self { tail, ty, span: expr.span }
    }
}

impl<'p> Checker<'p> {
    pub(super) fn if_expr(&mut self, it: &'p If, want: Want<'_>) -> Type {
        let outcome = self.condition(&it.condition, "if");
        let before = self.facts.clone();
        self.facts.learn_all(&outcome.when_true);
        let then = self.block(&it.then, want);
        let after_then = std::mem::replace(&mut self.facts, before);
        self.facts.learn_all(&outcome.when_false);
        let Some(otherwise) = &it.otherwise else {
            self.meet_facts(after_then, then.is_never());
            return Type::Nothing;
        };
        let other = self.expr(otherwise, want);
        if other.is_never() {
            self.facts = after_then;
        } else {
            self.meet_facts(after_then, then.is_never());
        }
        let branches = vec![Branch::of_block(&it.then, then), Branch::of_expr(otherwise, other)];
        self.merge(branches, want)
    }

    /// Behind two ways that meet: what was learnt on the one that is not left, or on both.
    fn meet_facts(&mut self, other: Facts, other_never_ends: bool) {
        if !other_never_ends {
            let mine = std::mem::take(&mut self.facts);
            self.facts = mine.meet(&other);
        }
    }

    /// The type of an expression that gives the value of one of several branches, each widened to it.
    pub(super) fn merge(&mut self, branches: Vec<Branch<'p>>, want: Want<'_>) -> Type {
        if branches.iter().all(|it| it.ty.is_never()) && !branches.is_empty() {
            return Type::Never;
        }
        let wanted = match want {
            Want::Nothing => return Type::Nothing,
            Want::Type(ty) if !ty.has_part(&mut |it| it.is_error()) => Some(ty),
            Want::Value | Want::Type(_) => None,
        };
        if branches.iter().any(|it| it.ty == Type::Nothing) {
            // An error where the value is used, and reported there.
            return Type::Nothing;
        }
        let all_agree =
            |ty: &&Type| branches.iter().all(|branch| self.agree(&branch.ty, ty).holds());
        let joined = match wanted.filter(all_agree) {
            Some(ty) => Some(self.common_destination(&branches, ty)),
            None => self.join_branches(&branches),
        };
        let Some(joined) = joined else {
            self.report_mixed(&branches);
            return Type::Error;
        };
        for branch in &branches {
            if let Some(tail) = branch.tail {
                self.widen(tail, &branch.ty, &joined);
            }
        }
        joined
    }

    /// What branches become that all agree with a type; a choice is left as it is where one member holds them all.
    fn common_destination(&self, branches: &[Branch<'p>], wanted: &Type) -> Type {
        match wanted {
            Type::OneOf(_) => self.join_branches(branches).unwrap_or_else(|| wanted.clone()),
            other => other.clone(),
        }
    }

    fn join_branches(&self, branches: &[Branch<'p>]) -> Option<Type> {
        branches.iter().try_fold(Type::Never, |joined, it| self.join(&joined, &it.ty))
    }

    fn report_mixed(&mut self, branches: &[Branch<'p>]) {
        let mut joined = Type::Never;
        let mut first = None;
        for branch in branches {
            match self.join(&joined, &branch.ty) {
                Some(both) => joined = both,
                None => {
                    let span = branch.tail.map_or(branch.span, |it| it.span);
                    self.report(report::types::mixed_branches(span, &branch.ty, first, &joined));
                    return;
                }
            }
            first = first.or(branch.tail.map(|it| it.span));
        }
    }

    /// `try e else err => f`
    pub(super) fn try_expr(&mut self, it: &'p TryExpr, want: Want<'_>) -> Type {
        let before = self.facts.clone();
        let value_want = if let Want::Nothing = want { Want::Value } else { want };
        let body = self.expr(&it.body, value_want);
        let after_body = std::mem::replace(&mut self.facts, before);
        let mark = self.open_scope();
        if let Some(name) = &it.name {
            self.bind(name, Type::Fault, LocalKind::Error);
        }
        let fallback = self.expr(&it.fallback, value_want);
        self.close_scope(mark);
        if fallback.is_never() {
            self.facts = after_body;
        } else {
            self.meet_facts(after_body, body.is_never());
        }
        let branches =
            vec![Branch::of_expr(&it.body, body), Branch::of_expr(&it.fallback, fallback)];
        match want {
            Want::Nothing if branches.iter().any(|it| it.ty == Type::Nothing) => Type::Nothing,
            _ => self.merge(branches, want),
        }
    }

    /// `try { … } catch e if c { … }`
    pub(super) fn try_stmt(&mut self, it: &'p Try) -> Type {
        let mut before = self.facts.clone();
        // Anything that the body assigns may or may not have been assigned when it fails.
        for root in self.assigned_in(&it.body) {
            before.forget_variable(root);
        }
        let body = self.block(&it.body, Want::Nothing);
        let mut after = std::mem::replace(&mut self.facts, before.clone());
        let mut all_never = body.is_never();
        let mut is_reached = !body.is_never();
        for catch in &it.catches {
            self.facts = before.clone();
            let ends = self.catch(catch).is_never();
            if !ends {
                let mine = std::mem::take(&mut self.facts);
                after = if is_reached { mine.meet(&after) } else { mine };
                is_reached = true;
            }
            all_never &= ends;
        }
        self.facts = after;
        if all_never { Type::Never } else { Type::Nothing }
    }

    fn catch(&mut self, catch: &'p Catch) -> Type {
        let mark = self.open_scope();
        if let Some(name) = &catch.name {
            self.bind(name, Type::Fault, LocalKind::Error);
        }
        if let Some(condition) = &catch.condition {
            let outcome = self.condition(condition, "if");
            self.facts.learn_all(&outcome.when_true);
        }
        let ty = self.block(&catch.body, Want::Nothing);
        self.close_scope(mark);
        ty
    }
}
