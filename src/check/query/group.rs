//! Groups: what may be said of them is what they have in common, and what gathers their rows.

use crate::check::checked::{Aggregate, ArgSource, CallPlan, Resolution, Target};
use crate::check::checker::{Checker, Want};
use crate::check::report::queries as say;
use crate::check::types::Type;
use crate::syntax::tree::{Arg, Call, Expr, ExprKind, NodeId};
use crate::syntax::walk::Node;
use ecow::EcoString;

use super::Row;

/// Where we are among the clauses of a query.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct Grouping {
    /// Among the clauses of a query.
    is_query: bool,
    /// The keys of the groups as they are written, behind `group by`.
    keys: Option<Vec<String>>,
    /// The variables of the query's rows.
    rows: Vec<NodeId>,
    /// Inside `sum(…)`: back among the rows.
    is_gathering: bool,
}

impl Grouping {
    /// Among clauses that are about rows.
    pub(super) fn of_rows() -> Self {
        Self { is_query: true, ..Self::default() }
    }

    /// Whether what stands here is said of groups.
    pub(super) fn is_grouped(&self) -> bool {
        self.keys.is_some() && !self.is_gathering
    }
}

impl<'p> Checker<'p> {
    /// `group by a, b`: from here on the query is about groups.
    pub(super) fn group_clause(&mut self, keys: &'p [Expr], rows: &[Row]) {
        for key in keys {
            let ty = self.expr(key, Want::Value);
            let open = self.open(ty.without_null());
            if !open.may_be_key() && !open.is_ordered() {
                self.report(say::not_groupable(key.span, &ty));
            }
        }
        self.queries.grouping = Grouping {
            is_query: true,
            keys: Some(keys.iter().map(|it| written(self.source.slice(it.span))).collect()),
            rows: rows.iter().map(|it| it.node).collect(),
            is_gathering: false,
        };
    }

    /// Reports what differs from row to row where groups are spoken of.
    pub(super) fn grouped_only(&mut self, expr: &'p Expr) {
        if !self.queries.grouping.is_grouped() {
            return;
        }
        if let Some(found) = self.ungrouped(Node::Expr(expr)) {
            let text = self.source.slice(found.span);
            self.report(say::not_grouped(found.span, text));
        }
    }

    fn ungrouped(&self, node: Node<'p>) -> Option<&'p Expr> {
        let Grouping { keys, rows, .. } = &self.queries.grouping;
        if let Node::Expr(expr) = node {
            let is_key = |it: &Vec<String>| it.contains(&written(self.source.slice(expr.span)));
            let gathers = self.tables.calls.get(&expr.id);
            if keys.as_ref().is_some_and(is_key)
                || gathers.is_some_and(|it| matches!(it.target, Target::Aggregate(_)))
            {
                return None;
            }
            let names = |it: &Expr| match self.tables.names.get(&it.id) {
                Some(Resolution::Local(node)) => rows.contains(node),
                _ => false,
            };
            match &expr.kind {
                ExprKind::Field(field) if names(&field.base) => return Some(expr),
                _ if names(expr) => return Some(expr),
                _ => {}
            }
        }
        let mut found = None;
        node.children(&mut |child| {
            if found.is_none() {
                found = self.ungrouped(child);
            }
        });
        found
    }

    /// `count()`, `sum(o.total)` in the clauses of a query; nothing where no groups are spoken of.
    pub(in crate::check) fn aggregate_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        name: &EcoString,
    ) -> Option<Type> {
        let which = in_groups(name)?;
        if !self.queries.grouping.is_grouped() {
            return self.ungrouped_aggregate(call, name);
        }
        self.queries.grouping.is_gathering = true;
        let arg = call.args.first();
        let ty = arg.map(|arg| self.expr(&arg.value, Want::Value));
        for more in call.args.iter().skip(1) {
            self.expr(&more.value, Want::Value);
            self.report(say::gathers_one(more.value.span, name));
        }
        self.queries.grouping.is_gathering = false;
        self.distinct_only_counts(which, arg, name);
        let result = match (arg, &ty) {
            (Some(arg), Some(ty)) => self.gathered(which, &arg.value, ty),
            _ if which == Aggregate::Count => Type::Int,
            _ => {
                self.report(say::gathers_nothing(call.callee.span, call.args_span, name));
                Type::Error
            }
        };
        let plan = CallPlan {
            target: Target::Aggregate(which),
            type_args: Vec::new(),
            args: arg.map(|_| ArgSource::Arg(0)).into_iter().collect(),
            params: ty.into_iter().collect(),
            optional: false,
        };
        self.tables.calls.insert(expr.id, plan);
        Some(result)
    }

    /// `count()` where rows are spoken of, unless something else is called so.
    fn ungrouped_aggregate(&mut self, call: &'p Call, name: &EcoString) -> Option<Type> {
        if !self.queries.grouping.is_query || self.named(name, call.callee.span).is_some() {
            return None;
        }
        self.check_loose_args(call);
        self.report(say::gathers_no_group(call.callee.span, name));
        Some(Type::Error)
    }

    fn distinct_only_counts(&mut self, which: Aggregate, arg: Option<&Arg>, name: &str) {
        let Some(word) = arg.and_then(|it| it.name.as_ref()) else { return };
        if word.text != "distinct" {
            self.report(say::gathers_unnamed(word, name));
        } else if which != Aggregate::Count {
            self.report(say::distinct_elsewhere(word, name));
        }
    }

    /// What gathering values of a type gives, in a group, where there is at least one row. Null is left out.
    pub(super) fn gathered(&mut self, which: Aggregate, value: &Expr, ty: &Type) -> Type {
        let inner = self.open(ty.without_null());
        let or_null = |result: Type| match ty {
            Type::Optional(_) => Type::optional(result),
            _ => result,
        };
        match (which, &inner) {
            (_, Type::Error | Type::Never) => Type::Error,
            (Aggregate::Count, _) => Type::Int,
            (Aggregate::List, _) => Type::list(inner),
            (Aggregate::Sum, Type::Int | Type::Decimal | Type::Float | Type::Duration) => inner,
            (Aggregate::Avg, Type::Int) => or_null(Type::Decimal),
            (Aggregate::Avg, Type::Decimal | Type::Float | Type::Duration) => or_null(inner),
            (Aggregate::Min | Aggregate::Max, it) if it.is_ordered() => or_null(inner),
            _ => {
                self.report(say::cannot_gather(value.span, which, ty));
                Type::Error
            }
        }
    }
}

/// What may be said of groups.
fn in_groups(name: &str) -> Option<Aggregate> {
    Some(match name {
        "count" => Aggregate::Count,
        "sum" => Aggregate::Sum,
        "avg" => Aggregate::Avg,
        "min" => Aggregate::Min,
        "max" => Aggregate::Max,
        "list" => Aggregate::List,
        _ => return None,
    })
}

/// An expression without blanks: how often it is written differently is no difference.
fn written(text: &str) -> String {
    text.split_whitespace().collect()
}
