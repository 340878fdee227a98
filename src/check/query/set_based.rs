//! `update … set …` and `delete …`: many rows in one statement.

use std::sync::Arc;

use super::lower::Lower;
use crate::check::checked::Resolution;
use crate::check::checker::{Checker, Want};
use crate::check::effects::Access;
use crate::check::expr::Place;
use crate::check::report::{self, queries as say};
use crate::check::scope::LocalKind;
use crate::check::table::TableInfo;
use crate::check::types::Type;
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::source::Span;
use crate::sql::{self, From, Statement};
use crate::syntax::tree::{Binding, Delete, Expr, ExprKind, RecordPart, Update};

impl<'p> Checker<'p> {
    /// `update o in Order where … set { … }`
    pub(in crate::check) fn update(&mut self, expr: &'p Expr, update: &'p Update) -> Type {
        let errors = self.error_count();
        let mark = self.open_scope();
        let facts = self.facts.clone();
        let grouping = std::mem::take(&mut self.queries.grouping);
        let table = self.written_table(&update.table, expr.span);
        let row = table.as_ref().map_or(Type::Error, |it| it.row.clone());
        self.bind(&update.item, row, LocalKind::Row);
        self.written_condition(update.condition.as_ref());
        self.new_values(table.as_deref(), &update.set);
        self.queries.grouping = grouping;
        self.facts = facts;
        self.close_scope(mark);
        if let (Some(table), true) = (table, self.error_count() == errors) {
            let mut lower = Lower::new(self);
            let statement = lower.update(&table, update);
            let done = lower.finish(statement);
            if let Some(plan) = self.planned(expr.span, done) {
                self.tables.queries.insert(expr.id, plan);
            }
        }
        Type::Int
    }

    /// `delete o in Order where …`
    pub(in crate::check) fn delete(&mut self, expr: &'p Expr, delete: &'p Delete) -> Type {
        let errors = self.error_count();
        let mark = self.open_scope();
        let facts = self.facts.clone();
        let grouping = std::mem::take(&mut self.queries.grouping);
        let table = self.written_table(&delete.table, expr.span);
        let row = table.as_ref().map_or(Type::Error, |it| it.row.clone());
        self.bind(&delete.item, row, LocalKind::Row);
        self.written_condition(delete.condition.as_ref());
        self.queries.grouping = grouping;
        self.facts = facts;
        self.close_scope(mark);
        if let (Some(table), None) = (&table, &delete.condition) {
            self.report(say::delete_all(expr.span, &table.name));
        }
        if let (Some(table), true) = (table, self.error_count() == errors) {
            let mut lower = Lower::new(self);
            let statement = lower.delete(&table, delete);
            let done = lower.finish(statement);
            if let Some(plan) = self.planned(expr.span, done) {
                self.tables.queries.insert(expr.id, plan);
            }
        }
        Type::Int
    }

    /// The table whose rows are written.
    fn written_table(&mut self, expr: &'p Expr, whole: Span) -> Option<Arc<TableInfo>> {
        if let Some(decl) = self.table_behind(expr) {
            self.tables.names.insert(expr.id, Resolution::Table(decl));
            let table = self.table_info(decl)?;
            self.set_type(expr.id, Type::list(table.row.clone()));
            self.touch_source(table.source.clone(), Access::Write, whole);
            return Some(table);
        }
        match &expr.kind {
            ExprKind::Error => self.saw_error(),
            ExprKind::Name(name) if self.scope.find(name).is_none() => {
                self.unknown_table(expr.span, name);
            }
            _ => {
                self.expr(expr, Want::Value);
                self.touch_unknown();
                self.report(say::not_a_table(expr.span, self.source));
            }
        }
        None
    }

    fn written_condition(&mut self, condition: Option<&'p Expr>) {
        if let Some(condition) = condition {
            let outcome = self.condition(condition, "where");
            self.facts.learn_all(&outcome.when_true);
        }
    }

    /// `set { total: o.total * 2 }`
    fn new_values(&mut self, table: Option<&TableInfo>, set: &'p Expr) {
        let ExprKind::Record(parts) = &set.kind else { return self.saw_error() };
        self.refuse_repeated_fields(parts);
        for part in parts {
            match part {
                RecordPart::Field(name, value) | RecordPart::Short(name, value) => {
                    let Some(table) = table else {
                        self.expr(value, Want::Type(&Type::Error));
                        continue;
                    };
                    match table.column(&name.text) {
                        Some(column) => {
                            self.check(value, &column.ty, Place::Field(&column.name));
                        }
                        None => {
                            self.expr(value, Want::Value);
                            let known = table.columns.iter().map(|it| Candidate::new(&it.name));
                            let near = nearest(&name.text, known);
                            self.report(report::names::unknown_column(&table.name, name, &near));
                        }
                    }
                }
                RecordPart::Spread(value) => {
                    self.expr(value, Want::Value);
                    self.report(say::spread_in_set(value.span));
                }
            }
        }
        if let (Some(table), []) = (table, parts.as_slice()) {
            self.report(say::nothing_set(set.span, &table.name));
        }
    }
}

impl<'p> Lower<'_, 'p> {
    fn update(&mut self, table: &TableInfo, update: &'p Update) -> Option<Statement> {
        let (name, condition) =
            self.table_and_condition(table, &update.item, update.condition.as_ref())?;
        let ExprKind::Record(parts) = &update.set.kind else { return None };
        let mut set = Vec::with_capacity(parts.len());
        for part in parts {
            let (RecordPart::Field(name, value) | RecordPart::Short(name, value)) = part else {
                return None;
            };
            let column = table.schema.column(&name.text)?;
            let value = self.expr(value)?;
            let kind = column.kind;
            set.push((column.database_name.clone(), sql::Expr { kind, ..value }));
        }
        Some(Statement::Update { table: name, set, condition })
    }

    fn delete(&mut self, table: &TableInfo, delete: &'p Delete) -> Option<Statement> {
        let (name, condition) =
            self.table_and_condition(table, &delete.item, delete.condition.as_ref())?;
        Some(Statement::Delete { table: name, condition })
    }

    fn table_and_condition(
        &mut self,
        table: &TableInfo,
        item: &'p Binding,
        condition: Option<&'p Expr>,
    ) -> Option<(sql::TableRef, Option<sql::Expr>)> {
        let (from, _) = self.rows_of_table(table, &item.name.text, Some(item.id));
        let From::Table(name) = from else { return None };
        let condition = match condition {
            Some(condition) => Some(self.expr(condition)?),
            None => None,
        };
        Some((name, condition))
    }
}
