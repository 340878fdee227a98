//! Calls on a table: `Order.get(…)`, `Order.insert(…)`, `Order.count(…)`.

use std::sync::Arc;

use super::TableInfo;
use crate::check::checked::{Aggregate, ArgSource, CallPlan, TableCall, Target};
use crate::check::checker::{Checker, Want};
use crate::check::declared::Declared;
use crate::check::effects::Access;
use crate::check::expr::Place;
use crate::check::query::LoopCall;
use crate::check::report::{self, tables as say};
use crate::check::signature::{Parameter, Signature};
use crate::check::types::{DeclId, Type};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::syntax::tree::{Arg, Call, Expr, Name};

/// The calls that a table has.
const CALLS: [&str; 16] = [
    "get",
    "has",
    "insert",
    "insert_all",
    "update",
    "upsert",
    "delete",
    "truncate",
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "first",
    "one",
    "exists",
];

impl<'p> Checker<'p> {
    /// `Order.get(…)`, `Order.count(…)`
    pub(in crate::check) fn table_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        decl: DeclId,
        name: &'p Name,
    ) -> Type {
        let Some(table) = self.table_info(decl) else {
            self.check_loose_args(call);
            return Type::Error;
        };
        if let Some(first) = call.type_args.first() {
            self.report(report::calls::type_arguments(first.span, &name.text, 0));
        }
        if let Some(aggregate) = Aggregate::behind_query(&name.text) {
            return self.table_aggregate(expr, call, decl, &table, aggregate);
        }
        let Some(which) = table_call_named(&name.text) else {
            self.check_loose_args(call);
            let near = nearest(&name.text, CALLS.map(Candidate::new));
            self.report(report::names::unknown_table_call(&table.name, name, &near));
            return Type::Error;
        };
        let access = if is_read(which) { Access::Read } else { Access::Write };
        self.touch_source(table.source.clone(), access, call.callee.span);
        self.note_in_loop(
            expr,
            call,
            if is_read(which) { LoopCall::Read } else { LoopCall::Write },
            &table,
        );
        let it = TableArgs { table: &table, call, name };
        let (args, ty) = match which {
            TableCall::Get => self.get_row(&it),
            TableCall::Has | TableCall::Delete => (self.key_only(&it), Type::Bool),
            TableCall::Insert => (self.insert_row(&it), table.row.clone()),
            TableCall::InsertAll => (self.insert_rows(&it), Type::Int),
            TableCall::Update => (self.update_row(&it), table.row.clone()),
            TableCall::Upsert => (self.upsert_row(&it), table.row.clone()),
            TableCall::Truncate => (self.sorted_args(&it, Vec::new()), Type::Nothing),
        };
        let target = Target::Table(decl, which);
        let args = args.unwrap_or_default();
        let (type_args, params) = (Vec::new(), Vec::new());
        let plan = CallPlan { target, type_args, args, params, optional: false };
        self.tables.calls.insert(expr.id, plan);
        ty
    }

    /// What a table declares.
    pub(in crate::check) fn table_info(&mut self, decl: DeclId) -> Option<Arc<TableInfo>> {
        self.need(decl);
        match self.declared(decl) {
            Declared::Table(table) => Some(table.clone()),
            _ => None,
        }
    }

    /// `get(id)`, `get(email: …)`
    fn get_row(&mut self, it: &TableArgs<'p, '_>) -> (Option<Vec<ArgSource>>, Type) {
        let row = Type::optional(it.table.row.clone());
        let [Arg { name: Some(name), value }] = it.call.args.as_slice() else {
            return (self.key_only(it), row);
        };
        match it.table.column(&name.text) {
            Some(column) if column.unique || column.key => {
                let place = Place::Argument { function: "get", parameter: &column.name };
                self.check(value, column.ty.without_null(), place);
            }
            Some(_) => {
                self.expr(value, Want::Value);
                self.report(say::not_unique(name, &it.table.name, "get"));
            }
            None => {
                self.expr(value, Want::Value);
                self.unknown_column(it.table, name);
            }
        }
        (Some(vec![ArgSource::Arg(0)]), row)
    }

    /// `has(id)`, `delete(id)`
    fn key_only(&mut self, it: &TableArgs<'p, '_>) -> Option<Vec<ArgSource>> {
        let key = self.key_param(it)?;
        let args = self.sorted_args(it, vec![key.clone()])?;
        self.argument(it, &args, 0, &key);
        Some(args)
    }

    pub(super) fn unknown_column(&mut self, table: &TableInfo, name: &Name) {
        let known = table.columns.iter().map(|it| Candidate::new(&it.name));
        let near = nearest(&name.text, known);
        self.report(report::names::unknown_column(&table.name, name, &near));
    }

    /// The table's key as a parameter; reports a table that has none.
    pub(super) fn key_param(&mut self, it: &TableArgs<'p, '_>) -> Option<Parameter> {
        let Some(key) = it.table.key() else {
            self.check_loose_args(it.call);
            let (table, call) = (&it.table.name, &it.name.text);
            self.report(say::no_key(it.call.callee.span, table, call));
            return None;
        };
        Some(it.param(&key.name, key.ty.clone(), false))
    }

    /// Where each parameter's value comes from; where that does not work out, it is reported, and the arguments are
    /// checked for mistakes of their own.
    pub(super) fn sorted_args(
        &mut self,
        it: &TableArgs<'p, '_>,
        params: Vec<Parameter>,
    ) -> Option<Vec<ArgSource>> {
        let name = it.name.text.clone();
        let signature = Signature { name, type_params: Vec::new(), params, result: Type::Nothing };
        let args = self.plan_args(&it.name.text, &signature, false, it.call);
        if args.is_none() {
            self.check_loose_args(it.call);
        }
        args
    }

    /// Checks an argument that is an ordinary value.
    pub(super) fn argument(
        &mut self,
        it: &TableArgs<'p, '_>,
        args: &[ArgSource],
        at: usize,
        param: &Parameter,
    ) {
        if let Some(value) = it.value(args, at) {
            let place = Place::Argument { function: &it.name.text, parameter: &param.name };
            self.check(value, &param.ty, place);
        }
    }
}

/// A call on a table.
pub(super) struct TableArgs<'p, 't> {
    pub(super) table: &'t TableInfo,
    pub(super) call: &'p Call,
    pub(super) name: &'p Name,
}

impl<'p> TableArgs<'p, '_> {
    pub(super) fn param(&self, name: &str, ty: Type, has_default: bool) -> Parameter {
        let (span, node) = (self.name.span, self.call.callee.id);
        Parameter { name: name.into(), ty, has_default, span, node }
    }

    /// The expression that a parameter gets, if it gets one.
    pub(super) fn value(&self, args: &[ArgSource], at: usize) -> Option<&'p Expr> {
        match args.get(at)? {
            ArgSource::Arg(index) => Some(&self.call.args.get(usize::from(*index))?.value),
            ArgSource::Receiver | ArgSource::Default => None,
        }
    }
}

fn table_call_named(name: &str) -> Option<TableCall> {
    Some(match name {
        "get" => TableCall::Get,
        "has" => TableCall::Has,
        "insert" => TableCall::Insert,
        "insert_all" => TableCall::InsertAll,
        "update" => TableCall::Update,
        "upsert" => TableCall::Upsert,
        "delete" => TableCall::Delete,
        "truncate" => TableCall::Truncate,
        _ => return None,
    })
}

fn is_read(call: TableCall) -> bool {
    match call {
        TableCall::Get | TableCall::Has => true,
        TableCall::Insert
        | TableCall::InsertAll
        | TableCall::Update
        | TableCall::Upsert
        | TableCall::Delete
        | TableCall::Truncate => false,
    }
}
