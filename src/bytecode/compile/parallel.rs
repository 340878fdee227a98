//! `parallel for` and `parallel from`: the body becomes a closure of one item, run by several fibers at once.

use super::builder::{Ins, Reg};
use super::lower::{Lower, Out};
use super::shared::{Job, Shared};
use super::types::{TypeArgs, bank};
use super::virtual_fn::{Virtual, VirtualFunction};
use crate::bytecode::operand::Bank;
use crate::check::checked::Tables;
use crate::check::types::Type;
use crate::syntax::tree::{Block, ClauseKind, Expr, For, NodeId, Query};

/// The body of a parallel loop as a job.
pub(super) struct Body<'p> {
    /// The side tables of where it is written.
    tables: &'p Tables,
    /// What type parameters stand for there.
    type_args: TypeArgs,
    /// The variables that it sees.
    captures: Vec<(NodeId, Type)>,
    /// The loop's variable.
    item: (NodeId, Type),
    /// What is done.
    work: Work<'p>,
}

/// What is done for each item.
enum Work<'p> {
    /// Statements.
    Block(&'p Block),
    /// An expression, and what it gives.
    Select(&'p Expr, Type),
}

impl<'p> Lower<'_, 'p> {
    /// `parallel for c in customers limit 8 { … }`
    pub(super) fn parallel_for(&mut self, it: &'p For, id: NodeId) {
        let items = self.take(&it.iter);
        let item = (it.item.id, self.ty(it.item.id));
        self.parallel(id, items, item, it.limit.as_ref(), Work::Block(&it.body));
    }

    /// `parallel from u in urls limit 8 select e`
    pub(super) fn parallel_query(&mut self, query: &'p Query, expr: &'p Expr) -> Out {
        let (mut limit, mut select) = (None, None);
        for clause in &query.clauses {
            match &clause.kind {
                ClauseKind::Limit(it) => limit = Some(it),
                ClauseKind::Select(it) => select = Some(it),
                _ => {}
            }
        }
        let item = (query.item.id, self.ty(query.item.id));
        let items = self.parallel_items(query, expr);
        let Some(select) = select else { return Out::Owned(items) };
        let Type::List(element) = self.ty(expr.id) else { unreachable!("a query gives a list") };
        let element = self.shared.open(&element);
        let out = self.parallel(expr.id, items, item, limit, Work::Select(select, element));
        Out::Owned(out)
    }

    fn parallel(
        &mut self,
        id: NodeId,
        items: Virtual,
        item: (NodeId, Type),
        limit: Option<&'p Expr>,
        work: Work<'p>,
    ) -> Virtual {
        let captured = self.captured(id);
        let body = Body {
            tables: self.tables(),
            type_args: self.context().type_args.clone(),
            captures: captured.iter().map(|(id, _, ty)| (*id, ty.clone())).collect(),
            item,
            work,
        };
        let function = self.shared.enqueue(Job::Body(body));
        let values: Vec<Out> = captured.iter().map(|(_, out, _)| *out).collect();
        let captures = self.value_window(&values);
        let closure = self.builder.value();
        self.emit(Ins::Closure { to: closure, captures, function });
        let limit = match limit {
            Some(limit) => self.scalar(limit),
            None => {
                let none = self.builder.scalar();
                self.emit(Ins::LoadInt { to: none, value: 0 });
                none
            }
        };
        let to = self.builder.value();
        self.emit(Ins::Parallel { to, body: closure, items, limit });
        to
    }
}

/// The function of a body: it takes the item in a value register and gives a value.
pub(super) fn function<'p>(shared: &mut Shared<'p>, body: Body<'p>) -> VirtualFunction {
    let Body { tables, type_args, captures, item, work } = body;
    let mut lower = Lower::new(shared, "parallel".to_owned(), tables, type_args, Type::Json);
    let Reg::V(value) = lower.builder.param(Bank::Value) else { unreachable!("asked for a value") };
    lower.bind_captures(&captures);
    let register = match lower.narrow(Out::Owned(value), &item.1) {
        Out::Scalar(register) => Reg::S(register),
        _ => Reg::V(value),
    };
    lower.bind(item.0, register, item.1);
    let result = lower.builder.value();
    match work {
        Work::Block(block) => {
            lower.block(block);
            lower.put(Out::Nothing, Reg::V(result));
        }
        Work::Select(select, ty) => {
            let out = lower.expr(select);
            let given = lower.final_ty(select);
            let out = lower.coerce(out, &given, &ty);
            let out = if bank(&ty) == Some(Bank::Scalar) { lower.boxed(out, &ty) } else { out };
            lower.put(out, Reg::V(result));
        }
    }
    lower.return_register(Some(Reg::V(result)));
    lower.builder.finish()
}
