//! `for` loops.

use super::builder::{Ins, Reg};
use super::lower::{Exit, Lower, Out};
use super::order;
use super::types::{Packing, packing};
use super::virtual_fn::{Label, Virtual};
use crate::bytecode::program::{EffectClass, EffectKind};
use crate::check::checked::{QueryPlan, Resolution};
use crate::check::types::Type;
use crate::syntax::tree::{Block, ExprKind, For, NodeId, Range};
use crate::syntax::walk::Node;

impl<'p> Lower<'_, 'p> {
    /// `for i, o in orders { … }`
    pub(super) fn for_stmt(&mut self, it: &'p For, id: NodeId) {
        if it.parallel {
            return self.parallel_for(it, id);
        }
        if let Some(QueryPlan::Sql { .. }) = self.tables().queries.get(&it.iter.id) {
            return self.for_rows(it);
        }
        if let ExprKind::Range(range) = &it.iter.kind
            && !self.tables().coercions.contains_key(&it.iter.id)
        {
            return self.for_range(it, range);
        }
        match self.shared.open(&self.final_ty(&it.iter)) {
            Type::Map(of) => self.for_map(it, &of.0, &of.1),
            Type::List(of) => {
                let list = self.looped_over(it);
                let element = self.shared.open(&of);
                let index = it.index.as_ref().map(|index| index.id);
                self.each(list, &element, |lower, i, item, exits| {
                    if let Some(index) = index {
                        lower.bind(index, Reg::S(i), Type::Int);
                    }
                    lower.bind(it.item.id, item, element.clone());
                    lower.loop_body(&it.body, exits);
                });
            }
            _ => unreachable!("the checker loops over lists and maps only"),
        }
    }

    /// The list or map of a loop, in a register that the body does not change.
    fn looped_over(&mut self, it: &'p For) -> Virtual {
        let ty = self.final_ty(&it.iter);
        let out = self.expr(&it.iter);
        match out {
            Out::Borrowed(register) if !assigns(self, &it.body, it) => register,
            _ => self.owned(out, &ty),
        }
    }

    /// A body inside its loop: `continue` goes to the first label, `break` to the second.
    pub(super) fn loop_body(&mut self, body: &'p Block, (next, end): (Label, Label)) {
        self.exits.push(Exit::Loop { next, end });
        self.block(body);
        self.exits.pop();
    }

    /// Calls `body` for the elements of a list: with the index, the element and where `continue` and `break` go.
    pub(super) fn each(
        &mut self,
        list: Virtual,
        element: &Type,
        body: impl FnOnce(&mut Self, Virtual, Reg, (Label, Label)),
    ) {
        let i = self.builder.scalar();
        let item = self.register(element);
        let (again, next, end) = (self.builder.label(), self.builder.label(), self.builder.label());
        self.emit(Ins::LoadInt { to: i, value: -1 });
        let entered = self.builder.reachable();
        self.emit(Ins::Jump { target: next.0 });
        self.builder.place_loop(again, entered);
        body(self, i, item, (next, end));
        self.builder.place(next);
        let target = again.0;
        self.emit(match (item, packing(element)) {
            (Reg::V(to), _) => Ins::NextValue { i, list, to, target },
            (Reg::S(to), Packing::Ints) => Ins::NextInt { i, list, to, target },
            (Reg::S(to), Packing::Floats) => Ins::NextFloat { i, list, to, target },
            (Reg::S(to), Packing::Bools) => Ins::NextBool { i, list, to, target },
            (Reg::S(to), Packing::Scalars | Packing::Values) => {
                Ins::NextScalar { i, list, to, target }
            }
        });
        self.builder.place(end);
    }

    /// Counts without building a list.
    fn for_range(&mut self, it: &'p For, range: &'p Range) {
        let (Some(from), Some(until)) = (&range.from, &range.to) else {
            unreachable!("open ranges stand in an index only")
        };
        let (i, last) = (self.builder.scalar(), self.builder.scalar());
        let start = self.scalar(from);
        self.put(Out::Scalar(start), Reg::S(i));
        let stop = self.scalar(until);
        self.put(Out::Scalar(stop), Reg::S(last));
        let (again, next, end) = (self.builder.label(), self.builder.label(), self.builder.label());
        let target = end.0;
        let nothing = Ins::JumpAtMostInt { a: last, b: i, target };
        self.emit(if range.inclusive {
            Ins::JumpLessInt { a: last, b: i, target }
        } else {
            nothing
        });
        let turn = it.index.as_ref().map(|index| {
            let turn = self.builder.scalar();
            self.emit(Ins::LoadInt { to: turn, value: 0 });
            self.bind(index.id, Reg::S(turn), Type::Int);
            turn
        });
        self.builder.place(again);
        self.bind(it.item.id, Reg::S(i), Type::Int);
        self.loop_body(&it.body, (next, end));
        self.builder.place(next);
        if let Some(turn) = turn {
            self.emit(Ins::AddImm { to: turn, a: turn, value: 1 });
        }
        let target = again.0;
        let below = Ins::NextBelow { i, end: last, target };
        self.emit(if range.inclusive { Ins::NextUpTo { i, last, target } } else { below });
        self.builder.place(end);
    }

    /// Keys and values, in the order in which they were put in.
    fn for_map(&mut self, it: &'p For, key: &Type, value: &Type) {
        let map = self.looped_over(it);
        let i = self.builder.scalar();
        let (again, next, end) = (self.builder.label(), self.builder.label(), self.builder.label());
        self.emit(Ins::LoadInt { to: i, value: -1 });
        let entered = self.builder.reachable();
        self.emit(Ins::Jump { target: next.0 });
        self.builder.place_loop(again, entered);
        let (key_binding, value_binding) = match &it.index {
            Some(index) => (Some(index.id), Some(it.item.id)),
            None => (Some(it.item.id), None),
        };
        if let Some(id) = key_binding {
            let to = self.builder.value();
            self.emit(Ins::EntryKey { to, map, i });
            self.bind_narrow(id, to, key);
        }
        if let Some(id) = value_binding {
            let to = self.builder.value();
            self.emit(Ins::EntryValue { to, map, i });
            self.bind_narrow(id, to, value);
        }
        self.loop_body(&it.body, (next, end));
        self.builder.place(next);
        self.emit(Ins::NextEntry { i, map, target: again.0 });
        self.builder.place(end);
    }

    fn bind_narrow(&mut self, id: NodeId, value: Virtual, ty: &Type) {
        let ty = self.shared.open(ty);
        let register = match self.narrow(Out::Owned(value), &ty) {
            Out::Scalar(register) => Reg::S(register),
            _ => Reg::V(value),
        };
        self.bind(id, register, ty);
    }

    /// The rows of a statement, piece by piece: memory does not grow with their number.
    fn for_rows(&mut self, it: &'p For) {
        let cursor = self.open_rows(it.iter.id);
        let element = self.ty(it.item.id);
        let batch = self.builder.value();
        let (start, stop) = (self.builder.label(), self.builder.label());
        let (failed, end, more) =
            (self.builder.label(), self.builder.label(), self.builder.label());
        let turn = it.index.as_ref().map(|index| {
            let turn = self.builder.scalar();
            self.emit(Ins::LoadInt { to: turn, value: -1 });
            self.bind(index.id, Reg::S(turn), Type::Int);
            turn
        });
        self.builder.place(start);
        self.tries += 1;
        self.builder.place(more);
        let rows = self.effect(
            EffectKind::Next,
            EffectClass::Observe,
            Vec::new(),
            vec![Out::Borrowed(cursor)],
        );
        self.put(rows, Reg::V(batch));
        let count = self.builder.scalar();
        self.emit(Ins::Length { to: count, a: batch });
        let finished = self.builder.label();
        self.emit(Ins::JumpEqualImm { a: count, value: 0, target: finished.0 });
        self.exits.push(Exit::Stream(cursor));
        let broken = self.builder.label();
        self.each(batch, &element, |lower, _, item, (next, _)| {
            if let Some(turn) = turn {
                lower.emit(Ins::AddImm { to: turn, a: turn, value: 1 });
            }
            lower.bind(it.item.id, item, element.clone());
            lower.loop_body(&it.body, (next, broken));
        });
        self.exits.pop();
        self.emit(Ins::Repeat { target: more.0 });
        self.tries -= 1;
        self.builder.place(stop);
        self.builder.place(broken);
        self.builder.place(finished);
        self.effect(
            EffectKind::Close,
            EffectClass::Observe,
            Vec::new(),
            vec![Out::Borrowed(cursor)],
        );
        self.emit(Ins::Jump { target: end.0 });
        let error = self.builder.value();
        self.builder.handler(start, stop, failed, error);
        self.builder.place(failed);
        self.effect(
            EffectKind::Close,
            EffectClass::Observe,
            Vec::new(),
            vec![Out::Borrowed(cursor)],
        );
        self.emit(Ins::Fail { a: error });
        self.builder.place(end);
    }
}

/// Whether a loop's body may change the variable that is looped over, or what may be it.
fn assigns(lower: &Lower<'_, '_>, body: &Block, it: &For) -> bool {
    match lower.tables().names.get(&it.iter.id) {
        Some(Resolution::Local(root)) => order::assigns(lower, Node::Block(body), *root),
        _ => true,
    }
}
