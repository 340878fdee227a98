//! Queries: which clauses are there, what each sees, what comes out.
//!
//! A query over tables becomes one statement ([`lower`]); the same query over a list runs in the machine. Types, scopes and
//! the rules of groups are those of both and are found out here.

mod aggregate;
mod direct;
mod group;
mod loops;
mod lower;
mod set_based;

use std::mem::discriminant;
use std::sync::Arc;

use ecow::EcoString;

use super::checked::{QueryPlan, Resolution};
use super::checker::{Checker, Want};
use super::effects::Access;
use super::expr::Place;
use super::name::Named;
use super::names::Found;
use super::report::{self, queries as say};
use super::scope::{FrameKind, FrameResult, LocalKind};
use super::table::TableInfo;
use super::types::{DeclId, Type};
use crate::source::Span;
use crate::sql;
use crate::syntax::tree::{Binding, Clause, ClauseKind, Expr, ExprKind, NodeId, Query};

pub(super) use group::Grouping;
pub(super) use loops::LoopCall;

/// What the checker keeps in mind about queries.
#[derive(Debug, Default)]
pub(super) struct Queries {
    /// Where we are among the clauses of the innermost query.
    pub(super) grouping: Grouping,
    /// What the query that comes next is for.
    next_use: Use,
    /// Reads and writes that stand in a loop, until its end shows whether that is a bad idea.
    loop_calls: Vec<loops::Noted>,
}

/// What becomes of a query's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Use {
    /// They become a list.
    #[default]
    List,
    /// A loop reads them one after the other.
    Loop,
    /// A call right behind the query gathers them.
    Gathered,
}

/// Where the rows of a query, or of a join, come from.
#[derive(Clone, Debug)]
enum Source {
    /// A table.
    Table(Arc<TableInfo>),
    /// A query that becomes a statement.
    Query,
    /// A list.
    List,
    /// Something that is neither, and has been reported.
    Broken,
}

/// A variable of a query with its rows.
#[derive(Clone, Debug)]
struct Row {
    /// The binding.
    node: NodeId,
    source: Source,
}

impl<'p> Checker<'p> {
    /// `from o in Order where … select …`, `parallel from …`
    pub(super) fn query(&mut self, expr: &'p Expr, query: &'p Query, _want: Want<'_>) -> Type {
        let purpose = std::mem::take(&mut self.queries.next_use);
        let errors = self.error_count();
        let mark = self.open_scope();
        let facts = self.facts.clone();
        let outer = std::mem::replace(&mut self.queries.grouping, Grouping::of_rows());
        let mut rows = vec![self.first_row(query)];
        let result = self.clauses(expr, query, &mut rows);
        self.queries.grouping = outer;
        self.facts = facts;
        self.close_scope(mark);
        self.plan_query(expr, query, &rows, purpose, self.error_count() == errors);
        Type::list(result)
    }

    fn first_row(&mut self, query: &'p Query) -> Row {
        let (source, ty) = self.row_source(&query.source);
        self.bind_row(&query.item, ty);
        Row { node: query.item.id, source }
    }

    fn bind_row(&mut self, item: &'p Binding, ty: Type) {
        self.bind(item, ty, LocalKind::Row);
    }

    /// The clauses in order; gives the type of what is selected.
    fn clauses(&mut self, expr: &'p Expr, query: &'p Query, rows: &mut Vec<Row>) -> Type {
        self.clause_order(query);
        let mut result = self.type_of(query.item.id).clone();
        let mut has_select = false;
        for clause in &query.clauses {
            match &clause.kind {
                ClauseKind::Join { left, item, source, on } => {
                    self.join_clause(query, clause, (*left, item, source, on), rows);
                }
                ClauseKind::Where(condition) => self.where_clause(condition),
                ClauseKind::GroupBy(keys) => self.group_clause(keys, rows),
                ClauseKind::Sort(keys) => {
                    for key in keys {
                        self.sort_key(&key.key);
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
                    if !query.parallel {
                        self.report(say::limit_of_rows(clause.word_span));
                    }
                }
                ClauseKind::Select(value) => {
                    has_select = true;
                    result = self.select_clause(expr, query, value);
                }
            }
        }
        if self.queries.grouping.is_grouped() && !has_select {
            self.report(say::group_without_select(query.item.name.span, &query.clauses));
            return Type::Error;
        }
        result
    }

    fn join_clause(
        &mut self,
        query: &'p Query,
        clause: &'p Clause,
        (left, item, source, on): (bool, &'p Binding, &'p Expr, &'p Expr),
        rows: &mut Vec<Row>,
    ) {
        if query.parallel {
            self.report(say::join_in_parallel(clause.word_span));
        }
        let (found, ty) = self.row_source(source);
        let ty = if left { Type::optional(ty) } else { ty };
        // What is joined is there while rows are compared; only behind that it may be missing.
        self.bind_row(item, ty.without_null().clone());
        self.condition(on, "on");
        self.set_row_type(item, ty);
        rows.push(Row { node: item.id, source: found });
    }

    fn where_clause(&mut self, condition: &'p Expr) {
        let outcome = self.condition(condition, "where");
        self.grouped_only(condition);
        self.facts.learn_all(&outcome.when_true);
    }

    fn sort_key(&mut self, key: &'p Expr) {
        let ty = self.expr(key, Want::Value);
        self.grouped_only(key);
        let open = self.open(ty.without_null());
        if !open.is_ordered() && open != Type::Bool {
            self.report(say::not_sortable(key.span, &ty));
        }
    }

    fn select_clause(&mut self, expr: &'p Expr, query: &'p Query, value: &'p Expr) -> Type {
        if !query.parallel {
            let ty = self.expr(value, Want::Value);
            self.grouped_only(value);
            if ty == Type::Nothing {
                self.report(report::types::nothing_used(value));
                return Type::Error;
            }
            return ty;
        }
        let inner = self.enter(FrameKind::Parallel, FrameResult::Forbidden);
        let ty = self.expr(value, Want::Value);
        let frame = self.leave(inner);
        self.note_captures(expr.id, frame.captures);
        ty
    }

    /// Clauses have an order, so that a query says what happens in the order in which it happens.
    fn clause_order(&mut self, query: &Query) {
        let mut is_grouped = false;
        let mut last: Option<(u8, &Clause)> = None;
        for (at, clause) in query.clauses.iter().enumerate() {
            let same = |it: &&Clause| discriminant(&it.kind) == discriminant(&clause.kind);
            if !may_repeat(clause) && query.clauses[..at].iter().any(|it| same(&it)) {
                self.report(say::clause_twice(clause));
            }
            is_grouped |= matches!(clause.kind, ClauseKind::GroupBy(_));
            let rank = rank(clause, is_grouped);
            match last.filter(|(before, _)| rank < *before) {
                Some((_, before)) => self.report(say::clause_order(clause, before)),
                None => last = Some((rank, clause)),
            }
        }
    }

    /// A variable's type from here on.
    fn set_row_type(&mut self, item: &Binding, ty: Type) {
        self.set_type(item.id, ty.clone());
        if let Some(local) = self.scope.find(&item.name.text) {
            self.scope.get_mut(local).ty = ty;
        }
    }

    /// What stands behind `in`: a table, a query over tables, or a list; and the type of a row.
    fn row_source(&mut self, source: &'p Expr) -> (Source, Type) {
        if let Some(decl) = self.table_behind(source) {
            let Some(table) = self.table_info(decl) else { return (Source::Broken, Type::Error) };
            self.tables.names.insert(source.id, Resolution::Table(decl));
            self.set_type(source.id, Type::list(table.row.clone()));
            let row = table.row.clone();
            return (Source::Table(table), row);
        }
        if let ExprKind::Name(name) = &source.kind
            && self.is_unknown_table(name)
        {
            self.unknown_table(source.span, name);
            return (Source::Broken, Type::Error);
        }
        if matches!(source.kind, ExprKind::Query(_)) {
            self.queries.next_use = Use::Gathered;
        }
        let found = self.expr(source, Want::Value);
        self.queries.next_use = Use::List;
        match self.open(&found) {
            Type::List(item) => {
                let plan = self.tables.queries.get(&source.id);
                let is_query = matches!(source.kind, ExprKind::Query(_));
                let is_sql = is_query && matches!(plan, Some(QueryPlan::Sql { .. }));
                let source = if is_sql { Source::Query } else { Source::List };
                (source, (*item).clone())
            }
            Type::Error | Type::Never => (Source::Broken, Type::Error),
            other => {
                let text = self.source.slice(source.span);
                self.report(report::types::not_a_list(source.span, text, &other));
                (Source::Broken, Type::Error)
            }
        }
    }

    /// The table that an expression names: `Order`, `s.Order`.
    pub(super) fn table_behind(&mut self, expr: &Expr) -> Option<DeclId> {
        match &expr.kind {
            ExprKind::Name(name) if self.scope.find(name).is_none() => {
                let found = self.declaration_named(name)?;
                self.table_info(found).map(|_| found)
            }
            ExprKind::Field(field) => match self.qualifier(&field.base)? {
                Named::Module(file) => {
                    let found = self.world.scopes[file.0 as usize].own(file, &field.name.text)?;
                    self.table_info(found).map(|_| found)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn declaration_named(&mut self, name: &EcoString) -> Option<DeclId> {
        match self.lookup(name) {
            Found::Decl(decl) => Some(decl),
            Found::Nothing | Found::Module(_) | Found::Several(_) => None,
        }
    }

    /// Whether a name is written as a table's and stands for nothing.
    fn is_unknown_table(&self, name: &EcoString) -> bool {
        let scope = self.file_scope().map(|it| it.find(self.file, &self.world.scopes, name));
        name.starts_with(char::is_uppercase)
            && self.scope.find(name).is_none()
            && matches!(scope, Some(Found::Nothing))
    }

    /// Decides how a query is carried out.
    fn plan_query(
        &mut self,
        expr: &'p Expr,
        query: &'p Query,
        rows: &[Row],
        purpose: Use,
        is_sound: bool,
    ) {
        let on_database = |row: &Row| matches!(row.source, Source::Table(_) | Source::Query);
        let is_sql = rows.first().is_some_and(on_database);
        self.tables.queries.insert(expr.id, QueryPlan::List);
        if is_sql {
            self.touch_rows(rows, query.item.name.span);
        }
        if !is_sound || rows.iter().any(|it| matches!(it.source, Source::Broken)) {
            return;
        }
        if !is_sql {
            if rows.iter().any(on_database) {
                self.report(say::list_joins_table(&query.source));
            }
            return;
        }
        if let Some(plan) = self.lower_query(expr, query) {
            self.tables.queries.insert(expr.id, plan);
            self.lint_whole_table(expr, query, rows, purpose);
        }
    }

    /// Reading tables is an effect; a query that is read from has had its own.
    fn touch_rows(&mut self, rows: &[Row], span: Span) {
        for row in rows {
            if let Source::Table(table) = &row.source {
                self.touch_source(table.source.clone(), Access::Read, span);
            }
        }
    }

    fn lint_whole_table(&mut self, expr: &Expr, query: &Query, rows: &[Row], purpose: Use) {
        if !matches!(rows, [Row { source: Source::Table(_), .. }, ..]) {
            return;
        }
        let limits = |it: &Clause| {
            matches!(it.kind, ClauseKind::Where(_) | ClauseKind::Take(_) | ClauseKind::GroupBy(_))
        };
        let is_test = self.scope.body_kind() == Some(FrameKind::Test);
        if purpose == Use::List && !query.clauses.iter().any(limits) && !is_test {
            self.report(say::whole_table(expr.span, self.source.slice(query.source.span)));
        }
    }

    /// A table behind the `in` of a loop: all its rows, one after the other. Nothing where there is none.
    pub(super) fn looped_table(&mut self, iter: &'p Expr) -> Option<Type> {
        self.queries.next_use = Use::Loop;
        if matches!(iter.kind, ExprKind::Query(_)) {
            return None;
        }
        self.queries.next_use = Use::List;
        let decl = self.table_behind(iter)?;
        let table = self.table_info(decl)?;
        self.tables.names.insert(iter.id, Resolution::Table(decl));
        self.touch_source(table.source.clone(), Access::Read, iter.span);
        let statement = lower::all_rows(&table, sql::Gives::Rows);
        self.plan_statement(iter.id, statement, Vec::new(), table.source.clone());
        Some(self.set_type(iter.id, Type::list(table.row.clone())))
    }

    /// Takes note of a statement and the expressions whose values are bound.
    fn plan_statement(
        &mut self,
        node: NodeId,
        statement: sql::Statement,
        params: Vec<NodeId>,
        source: Option<EcoString>,
    ) {
        let statement = Arc::new(statement);
        self.tables.queries.insert(node, QueryPlan::Sql { statement, params, source });
    }

    pub(in crate::check) fn error_count(&self) -> usize {
        use crate::diagnostics::Severity;
        self.diagnostics.iter().filter(|it| it.severity == Severity::Error).count()
    }
}

/// Where a clause stands among the others; behind `group by` a `where` is about groups.
fn rank(clause: &Clause, is_grouped: bool) -> u8 {
    match clause.kind {
        ClauseKind::Join { .. } => 0,
        ClauseKind::Where(_) => u8::from(is_grouped),
        ClauseKind::GroupBy(_) => 1,
        ClauseKind::Sort(_) => 2,
        ClauseKind::Skip(_) => 3,
        ClauseKind::Take(_) | ClauseKind::Limit(_) => 4,
        ClauseKind::Select(_) => 5,
    }
}

fn may_repeat(clause: &Clause) -> bool {
    match clause.kind {
        ClauseKind::Join { .. } | ClauseKind::Where(_) => true,
        ClauseKind::GroupBy(_)
        | ClauseKind::Sort(_)
        | ClauseKind::Skip(_)
        | ClauseKind::Take(_)
        | ClauseKind::Select(_)
        | ClauseKind::Limit(_) => false,
    }
}

#[cfg(test)]
mod tests;
