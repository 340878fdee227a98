//! Queries: which clauses are there, what each sees, what comes out.

use ecow::EcoString;

use super::checked::QueryPlan;
use super::checker::{Checker, Want};
use super::expr::Place;
use super::scope::{FrameKind, FrameResult, LocalKind};
use super::types::{DeclId, Type};
use crate::syntax::tree::{Call, ClauseKind, Delete, Expr, Name, Query, Update};

impl<'p> Checker<'p> {
    /// `from o in Order where … select …`, `parallel from …`
    pub(super) fn query(&mut self, expr: &'p Expr, query: &'p Query, _want: Want<'_>) -> Type {
        let mark = self.open_scope();
        let item = self.query_source(&query.source);
        self.bind(&query.item, item.clone(), LocalKind::Row);
        let mut result = item;
        for clause in &query.clauses {
            match &clause.kind {
                ClauseKind::Join { left, item, source, on } => {
                    let row = self.query_source(source);
                    let row = if *left { Type::optional(row) } else { row };
                    self.bind(item, row, LocalKind::Row);
                    self.condition(on, "on");
                }
                ClauseKind::Where(condition) => {
                    let outcome = self.condition(condition, "where");
                    self.facts.learn_all(&outcome.when_true);
                }
                ClauseKind::GroupBy(keys) => {
                    for key in keys {
                        self.expr(key, Want::Value);
                    }
                }
                ClauseKind::Sort(keys) => {
                    for key in keys {
                        self.expr(&key.key, Want::Value);
                    }
                }
                ClauseKind::Skip(count) => {
                    self.check(count, &Type::Int, Place::Word("skip"));
                }
                ClauseKind::Take(count) => {
                    self.check(count, &Type::Int, Place::Word("take"));
                }
                ClauseKind::Limit(count) => {
                    self.check(count, &Type::Int, Place::Word("limit"));
                }
                ClauseKind::Select(value) if query.parallel => {
                    let inner = self.enter(FrameKind::Parallel, FrameResult::Forbidden);
                    result = self.expr(value, Want::Value);
                    let frame = self.leave(inner);
                    self.note_captures(expr.id, frame.captures);
                }
                ClauseKind::Select(value) => result = self.expr(value, Want::Value),
            }
        }
        self.close_scope(mark);
        self.tables.queries.insert(expr.id, QueryPlan::List);
        Type::list(result)
    }

    fn query_source(&mut self, source: &'p Expr) -> Type {
        let found = self.expr(source, Want::Value);
        match self.open(&found) {
            Type::List(item) => (*item).clone(),
            Type::Error | Type::Never => Type::Error,
            other => {
                let text = self.source.slice(source.span);
                self.report(super::report::types::not_a_list(source.span, text, &other));
                Type::Error
            }
        }
    }

    /// `update o in Order where … set { … }`
    pub(super) fn update(&mut self, _expr: &'p Expr, _update: &'p Update) -> Type {
        Type::Int
    }

    /// `delete o in Order where …`
    pub(super) fn delete(&mut self, _expr: &'p Expr, _delete: &'p Delete) -> Type {
        Type::Int
    }

    /// `Order.get(…)`, `Order.count(…)`
    pub(super) fn table_call(
        &mut self,
        _expr: &'p Expr,
        call: &'p Call,
        _table: DeclId,
        _name: &'p Name,
    ) -> Type {
        self.check_loose_args(call);
        Type::Error
    }

    /// `(from …).count()`: a call right behind a query; nothing where it is an ordinary method of the list.
    pub(super) fn query_call(
        &mut self,
        _expr: &'p Expr,
        _call: &'p Call,
        _query: &'p Expr,
        _name: &'p Name,
    ) -> Option<Type> {
        None
    }

    /// `db.query<Row>("…")`, `warehouse.execute("…")`
    pub(super) fn source_call(
        &mut self,
        _expr: &'p Expr,
        call: &'p Call,
        _source: &EcoString,
        _name: &'p Name,
    ) -> Type {
        self.check_loose_args(call);
        Type::Error
    }

    /// `count()`, `sum(o.total)` in the clauses of a query; nothing where no query is around.
    pub(super) fn aggregate_call(
        &mut self,
        _expr: &'p Expr,
        _call: &'p Call,
        _name: &EcoString,
    ) -> Option<Type> {
        None
    }
}
