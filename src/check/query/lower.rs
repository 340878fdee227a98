//! Queries over tables as statements: from the tree and what is known of its types to [`sql::Statement`].
//!
//! What does not depend on a row is a parameter, whatever it is. What does is either something that every database can
//! compute, or the one finding that [`Lower`] comes back with.

mod call;
mod expr;
mod operator;
mod outputs;
mod rows;

use ecow::EcoString;

use crate::check::checked::{QueryPlan, Resolution, Target};
use crate::check::checker::Checker;
use crate::check::report::queries as say;
use crate::check::table::TableInfo;
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::sql::{self, Gives, RowShape, Select};
use crate::syntax::tree::{Clause, ClauseKind, Expr, NodeId, Query};
use crate::syntax::walk::{self, Node};

pub(super) use call::aggregate_op;
pub(super) use outputs::Outputs;
pub(super) use rows::Var;

/// A statement in the making.
pub(super) struct Lower<'a, 'p> {
    pub(super) checker: &'a Checker<'p>,
    /// The variables that stand for rows, innermost last.
    vars: Vec<(NodeId, Var)>,
    /// The keys of groups: how they are written, and what they are. Empty before `group by`.
    keys: Vec<(String, sql::Expr)>,
    /// The expressions whose values are bound.
    pub(super) params: Vec<NodeId>,
    /// The source of the first table.
    source: Option<EcoString>,
    /// Why it cannot be done.
    pub(super) problem: Option<Diagnostic>,
}

impl<'p> Checker<'p> {
    /// The plan of a query over tables; reports what a database cannot do.
    pub(super) fn lower_query(&mut self, expr: &Expr, query: &'p Query) -> Option<QueryPlan> {
        let mut lower = Lower::new(self);
        let select = lower.query(query);
        let done = lower.finish(select.map(|it| sql::Statement::Select(Box::new(it))));
        self.planned(expr.span, done)
    }

    /// Hands on a plan, or sees to it that something says why there is none.
    pub(super) fn planned(
        &mut self,
        whole: Span,
        done: Result<QueryPlan, Option<Diagnostic>>,
    ) -> Option<QueryPlan> {
        match done {
            Ok(plan) => return Some(plan),
            Err(Some(problem)) => self.report(problem),
            Err(None) if self.error_count() == 0 => {
                self.report(say::not_in_sql(whole, self.source));
            }
            Err(None) => {}
        }
        None
    }
}

impl<'a, 'p> Lower<'a, 'p> {
    pub(super) fn new(checker: &'a Checker<'p>) -> Self {
        Self {
            checker,
            vars: Vec::new(),
            keys: Vec::new(),
            params: Vec::new(),
            source: None,
            problem: None,
        }
    }

    /// The plan, or why there is none; nothing where something else has been reported already.
    pub(super) fn finish(
        self,
        statement: Option<sql::Statement>,
    ) -> Result<QueryPlan, Option<Diagnostic>> {
        match (statement, self.problem) {
            (Some(statement), None) => Ok(QueryPlan::Sql {
                statement: statement.into(),
                params: self.params,
                source: self.source,
            }),
            (_, problem) => Err(problem),
        }
    }

    /// The variables of what has become a `select` of its own are not seen outside.
    pub(super) fn forget_vars(&mut self) {
        self.vars.clear();
    }

    /// Takes note of the first thing that cannot be done.
    pub(super) fn fail<T>(&mut self, problem: Diagnostic) -> Option<T> {
        self.problem.get_or_insert(problem);
        None
    }

    /// All of a query, a parallel one without its `select`, which runs in the machine.
    pub(super) fn query(&mut self, query: &'p Query) -> Option<Select> {
        let mut select = self.rows_of(query)?;
        self.group(query, &mut select)?;
        self.sort_and_cut(query, &mut select)?;
        let selected = query.clauses.iter().find_map(|it| match &it.kind {
            ClauseKind::Select(value) if !query.parallel => Some(value),
            _ => None,
        });
        let mut outputs = outputs::Outputs::default();
        select.shape = match selected {
            Some(value) => self.shape(value, &mut outputs)?,
            None => self.whole_row(query.item.id, &mut outputs)?,
        };
        select.outputs = outputs.list;
        self.keys.clear();
        Some(select)
    }

    /// Sources, joins and conditions: the rows that everything else works with.
    pub(super) fn rows_of(&mut self, query: &'p Query) -> Option<Select> {
        let from = self.from(&query.item, &query.source)?;
        let mut select = empty(from);
        for clause in &query.clauses {
            match &clause.kind {
                ClauseKind::Join { left, item, source, on } => {
                    let from = self.from(item, source)?;
                    let on = self.expr(on)?;
                    self.set_optional(item.id, *left);
                    select.joins.push(sql::Join { left: *left, from, on });
                }
                ClauseKind::Where(condition) => {
                    let condition = self.expr(condition)?;
                    add_condition(&mut select.condition, condition);
                }
                ClauseKind::GroupBy(_) => break,
                ClauseKind::Sort(_)
                | ClauseKind::Skip(_)
                | ClauseKind::Take(_)
                | ClauseKind::Select(_)
                | ClauseKind::Limit(_) => {}
            }
        }
        Some(select)
    }

    fn group(&mut self, query: &'p Query, select: &mut Select) -> Option<()> {
        let mut is_grouped = false;
        for clause in &query.clauses {
            match &clause.kind {
                ClauseKind::GroupBy(keys) => {
                    is_grouped = true;
                    for key in keys {
                        let lowered = self.expr(key)?;
                        self.keys.push((self.written(key), lowered.clone()));
                        select.group_by.push(lowered);
                    }
                }
                ClauseKind::Where(condition) if is_grouped => {
                    let condition = self.expr(condition)?;
                    add_condition(&mut select.having, condition);
                }
                _ => {}
            }
        }
        Some(())
    }

    fn sort_and_cut(&mut self, query: &'p Query, select: &mut Select) -> Option<()> {
        for clause in &query.clauses {
            match &clause.kind {
                ClauseKind::Sort(keys) => {
                    for key in keys {
                        let lowered = self.expr(&key.key)?;
                        select.sort.push(sql::Sort { key: lowered, descending: key.descending });
                    }
                }
                ClauseKind::Skip(count) => select.skip = Some(self.count(count)?),
                ClauseKind::Take(count) => select.take = Some(self.count(count)?),
                _ => {}
            }
        }
        Some(())
    }

    /// A number of rows, which is the same for all of them.
    fn count(&mut self, count: &'p Expr) -> Option<sql::Expr> {
        if self.mentions_rows(count) {
            let text = self.checker.source.slice(count.span);
            return self.fail(say::count_depends_on_row(count.span, text));
        }
        self.expr(count)
    }

    /// How an expression is written, blanks left out.
    fn written(&self, expr: &Expr) -> String {
        self.checker.source.slice(expr.span).split_whitespace().collect()
    }

    /// Whether an expression depends on a row or a group.
    pub(super) fn mentions_rows(&self, expr: &Expr) -> bool {
        let tables = &self.checker.tables;
        let mut found = false;
        walk::each_below(Node::Expr(expr), &mut |node| {
            let Node::Expr(it) = node else { return };
            found |= match tables.names.get(&it.id) {
                Some(Resolution::Local(local)) => self.vars.iter().any(|(var, _)| var == local),
                _ => false,
            };
            found |= tables
                .calls
                .get(&it.id)
                .is_some_and(|it| matches!(it.target, Target::Aggregate(_)));
        });
        found
    }
}

/// Every row of a table.
pub(super) fn all_rows(table: &TableInfo, gives: Gives) -> sql::Statement {
    let var = Var::of_table(table, "t".to_owned());
    let mut outputs = outputs::Outputs::default();
    let shape = outputs.copy(&var, &var.shape, var.is_optional);
    let mut select = empty(var.rows_of_table(table));
    (select.shape, select.outputs, select.gives) = (shape, outputs.list, gives);
    sql::Statement::Select(Box::new(select))
}

/// A `select` of nothing.
pub(super) fn empty(from: sql::From) -> Select {
    Select {
        from,
        joins: Vec::new(),
        condition: None,
        group_by: Vec::new(),
        having: None,
        sort: Vec::new(),
        skip: None,
        take: None,
        outputs: Vec::new(),
        shape: RowShape::Record(Vec::new()),
        gives: Gives::Rows,
    }
}

/// Adds what must hold, too.
pub(super) fn add_condition(condition: &mut Option<sql::Expr>, more: sql::Expr) {
    let both = match condition.take() {
        Some(before) => sql::Expr {
            node: sql::Node::Apply(sql::Op::And, vec![before, more]),
            kind: sql::Kind::Bool,
            nullable: false,
        },
        None => more,
    };
    *condition = Some(both);
}

/// Whether a query is nothing but rows with conditions: what gathers them can stand in the same `select`.
pub(super) fn is_plain(query: &Query) -> bool {
    query.clauses.iter().all(|clause: &Clause| match clause.kind {
        ClauseKind::Join { .. } | ClauseKind::Where(_) | ClauseKind::Sort(_) => true,
        ClauseKind::GroupBy(_)
        | ClauseKind::Skip(_)
        | ClauseKind::Take(_)
        | ClauseKind::Select(_)
        | ClauseKind::Limit(_) => false,
    })
}
