//! Statements of tests: what stands around the task while it is tried out.
//!
//! `expect a and b` is two expectations, one after the other. What a comparison compares is computed once, compared and, where it
//! does not hold, shown together with the variables that the condition mentions.

use super::builder::{Ins, Reg};
use super::lower::{Lower, Out, Tested};
use super::types::is_scalar;
use super::virtual_fn::{Label, Virtual};
use crate::bytecode::program::{EffectClass, EffectKind, Expectation, Shown, TestCall};
use crate::check::checked::Resolution;
use crate::check::types::Type;
use crate::source::Span;
use crate::syntax::tree::{
    Binary, BinaryOp, Block, Expr, ExprKind, Item, Keep, NodeId, TestStmt, TextPart,
};
use crate::syntax::walk::{self, Node};

/// So many values are shown at most.
const SHOWN_MAX: usize = 12;

/// A part of a condition whose value is shown where the condition does not hold.
struct Watched {
    span: Span,
    value: Virtual,
    is_side: bool,
}

impl<'p> Lower<'_, 'p> {
    /// The beginning of a test: kept variables that it mentions are its own, and hold what they hold before a first run.
    pub(super) fn begin_test(&mut self, body: &'p Block) {
        if !self.mentions_kept(body) {
            return;
        }
        let items = &self.shared.valid.project().file(self.shared.valid.task()).tree.items;
        let keeps =
            items.iter().filter_map(|it| if let Item::Keep(it) = it { Some(it) } else { None });
        self.tested = (0..).zip(keeps).map(|(number, keep)| self.tested(number, keep)).collect();
    }

    fn mentions_kept(&self, body: &Block) -> bool {
        let names = &self.tables().names;
        let mut found = false;
        walk::each_below(Node::Block(body), &mut |node| {
            found |= matches!(names.get(&node.id()), Some(Resolution::Kept(_)));
        });
        found
    }

    fn tested(&mut self, number: u32, keep: &'p Keep) -> Tested {
        let ty = self.ty(keep.id);
        let register = self.register(&ty);
        self.expr_into(&keep.value, &ty, register);
        self.bind(keep.id, register, ty.clone());
        let before = self.builder.value();
        let now = self.boxed(read(register), &ty);
        self.put(now, Reg::V(before));
        Tested { number, register, ty, before }
    }

    pub(super) fn test_stmt(&mut self, it: &'p TestStmt) {
        match it {
            TestStmt::At(time) => {
                let time = Out::Owned(self.take(time));
                self.test_call(TestCall::At, vec![time]);
            }
            TestStmt::Stub { method, args, response, .. } => {
                let mut values: Vec<Out> =
                    args.iter().map(|it| Out::Owned(self.take(it))).collect();
                values.push(Out::Owned(self.take(response)));
                let method = method.as_ref().map(|it| it.text.to_string());
                self.test_call(TestCall::Stub { method }, values);
            }
            TestStmt::Expect(condition) => self.expectation(condition),
        }
    }

    /// `run()`: the task's body takes what the test says that is kept, and leaves what it keeps.
    pub(super) fn run_task(&mut self) {
        let tested = self.tested.clone();
        for it in &tested {
            let now = self.boxed(read(it.register), &it.ty);
            let args = vec![now, Out::Borrowed(it.before)];
            self.test_call(TestCall::Keep(it.number), args);
        }
        self.test_call(TestCall::Run, Vec::new());
        for it in &tested {
            let left = self.test_call(TestCall::Kept(it.number), Vec::new());
            let left = self.narrow(left, &it.ty);
            self.put(left, it.register);
        }
    }

    fn test_call(&mut self, call: TestCall, args: Vec<Out>) -> Out {
        self.effect(EffectKind::Test(call), EffectClass::Plain, Vec::new(), args)
    }

    fn expectation(&mut self, condition: &'p Expr) {
        if let ExprKind::Binary(binary) = &condition.kind
            && binary.op == BinaryOp::And
        {
            self.expectation(&binary.left);
            self.expectation(&binary.right);
            return;
        }
        let end = self.builder.label();
        let mut shown = self.variables_in(condition);
        if let ExprKind::Binary(binary) = &condition.kind
            && super::condition::is_comparison(binary.op)
        {
            let sides = self.compare_sides(binary, end);
            shown.retain(|it| sides.iter().all(|side| side.span != it.span));
            shown.splice(0..0, sides);
        } else {
            self.jump(condition, true, end);
        }
        self.unmet(condition, &shown);
        self.builder.place(end);
    }

    /// Computes both sides, goes on at `target` where the comparison holds, and gives those that are worth showing.
    fn compare_sides(&mut self, binary: &'p Binary, target: Label) -> Vec<Watched> {
        let (left, right) = (self.take(&binary.left), self.take(&binary.right));
        let ty = self.final_ty(&binary.left);
        let sides = [(&binary.left, left), (&binary.right, right)];
        self.spanned(binary.left.span.to(binary.right.span), |lower| {
            if is_scalar(&ty) && is_scalar(&lower.final_ty(&binary.right)) {
                let scalar = |lower: &mut Self, side| lower.scalar_of(Out::Borrowed(side), &ty);
                let (left, right) = (scalar(lower, left), scalar(lower, right));
                if ty == Type::Float {
                    lower.jump_between_floats(binary.op, true, (left, right), target.0);
                } else {
                    lower.jump_between_ints(binary.op, (left, right), target.0);
                }
            } else {
                lower.jump_between_values(binary.op, (left, right), target.0);
            }
        });
        let worth_it = sides.into_iter().filter(|(side, _)| !is_plain(side));
        worth_it.map(|(it, value)| Watched { span: it.span, value, is_side: true }).collect()
    }

    /// The variables that a condition mentions, each where it stands first, with what they hold before it is computed.
    fn variables_in(&mut self, condition: &'p Expr) -> Vec<Watched> {
        let names = &self.tables().names;
        let mut places: Vec<(NodeId, Span)> = Vec::new();
        walk::each_below(Node::Expr(condition), &mut |node| {
            if let Node::Expr(expr) = node
                && let Some(Resolution::Local(root) | Resolution::Kept(root)) = names.get(&expr.id)
                && places.iter().all(|(it, _)| it != root)
            {
                places.push((*root, expr.span));
            }
        });
        let known = places.into_iter().filter_map(|(root, span)| {
            let (register, ty) = self.variable_if_bound(root)?;
            // A closure says nothing.
            (!matches!(ty, Type::Fn(_))).then_some((span, register, ty))
        });
        let known: Vec<_> = known.take(SHOWN_MAX).collect();
        let copy = |(span, register, ty): (Span, Reg, Type)| {
            let to = self.builder.value();
            let now = self.boxed(read(register), &ty);
            self.put(now, Reg::V(to));
            Watched { span, value: to, is_side: false }
        };
        known.into_iter().map(copy).collect()
    }

    /// What is said where an expectation is not met.
    fn unmet(&mut self, condition: &Expr, shown: &[Watched]) {
        let list = self.builder.value();
        let values: Vec<Out> = shown.iter().map(|it| Out::Borrowed(it.value)).collect();
        let items = self.value_window(&values);
        self.emit(Ins::NewValues { to: list, items });
        let place = |span: Span, is_side| Shown { start: span.start, end: span.end, is_side };
        let expectation = Expectation {
            place: place(condition.span, false),
            shown: shown.iter().map(|it| place(it.span, it.is_side)).collect(),
        };
        self.test_call(TestCall::Expect(expectation), vec![Out::Owned(list)]);
    }
}

fn read(register: Reg) -> Out {
    match register {
        Reg::S(register) => Out::Scalar(register),
        Reg::V(register) => Out::Borrowed(register),
    }
}

/// Whether everybody who reads the expression knows its value.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(_)
        | ExprKind::Decimal(_)
        | ExprKind::Float(_)
        | ExprKind::Duration(_)
        | ExprKind::Time(_)
        | ExprKind::Date(_)
        | ExprKind::Bool(_)
        | ExprKind::Null => true,
        ExprKind::Text(text) => !text.parts.iter().any(|it| matches!(it, TextPart::Hole(_))),
        ExprKind::List(items) => items.iter().all(is_plain),
        ExprKind::Unary(_, inner) => is_plain(inner),
        _ => false,
    }
}
