//! What stands right behind a query or a table: `.count()`, `.sum(f)`, `.first()`; the database gathers the rows.

use super::Use;
use super::lower::{self, Lower, Var};
use crate::check::checked::{Aggregate, ArgSource, QueryPlan};
use crate::check::checker::{Checker, Want};
use crate::check::effects::Access;
use crate::check::expr::Place;
use crate::check::report::queries as say;
use crate::check::signature::{Parameter, Signature};
use crate::check::table::TableInfo;
use crate::check::types::{DeclId, FnType, Type};
use crate::sql::{self, Gives, RowShape, Select};
use crate::syntax::tree::{Call, Closure, Expr, ExprKind, Name, Query};
use lower::aggregate_op;

impl Aggregate {
    /// The call of this name behind a query or a table.
    #[must_use]
    pub fn behind_query(name: &str) -> Option<Self> {
        Some(match name {
            "count" => Self::Count,
            "sum" => Self::Sum,
            "avg" => Self::Avg,
            "min" => Self::Min,
            "max" => Self::Max,
            "first" => Self::First,
            "one" => Self::One,
            "exists" => Self::Exists,
            _ => return None,
        })
    }

    /// Whether a function that it is given says which rows count, rather than what is gathered of them.
    fn takes_condition(self) -> bool {
        match self {
            Self::Count | Self::First | Self::One | Self::Exists => true,
            Self::Sum | Self::Avg | Self::Min | Self::Max | Self::List => false,
        }
    }
}

/// Rows that are gathered.
enum Rows<'t, 'p> {
    Query(&'p Query),
    Table(&'t TableInfo),
}

impl<'p> Checker<'p> {
    /// `(from …).count()`: a call right behind a query; nothing where it is an ordinary method of the list.
    pub(in crate::check) fn query_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        base: &'p Expr,
        name: &'p Name,
    ) -> Option<Type> {
        let which = Aggregate::behind_query(&name.text)?;
        let ExprKind::Query(query) = &base.kind else { return None };
        if query.parallel || !self.is_over_table(query) {
            return None;
        }
        self.queries.next_use = Use::Gathered;
        let errors = self.error_count();
        let rows = self.expr(base, Want::Value);
        let item = match self.open(&rows) {
            Type::List(item) => (*item).clone(),
            _ => Type::Error,
        };
        let is_sound = self.error_count() == errors
            && matches!(self.tables.queries.get(&base.id), Some(QueryPlan::Sql { .. }));
        let Some((closure, ty)) = self.gather(expr, call, name, which, &item) else {
            return Some(Type::Error);
        };
        if is_sound {
            self.plan_gathering(expr, &Rows::Query(query), which, closure, &ty);
        }
        Some(ty)
    }

    /// `Order.count(o => o.paid)`
    pub(in crate::check) fn table_aggregate(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        _decl: DeclId,
        table: &TableInfo,
        which: Aggregate,
    ) -> Type {
        let ExprKind::Field(field) = &call.callee.kind else { return Type::Error };
        self.touch_source(table.source.clone(), Access::Read, call.callee.span);
        let result = self.gather(expr, call, &field.name, which, &table.row);
        let Some((closure, ty)) = result else { return Type::Error };
        self.plan_gathering(expr, &Rows::Table(table), which, closure, &ty);
        ty
    }

    /// Whether a query's rows come from a table, as far as its words show.
    fn is_over_table(&mut self, query: &'p Query) -> bool {
        match &query.source.kind {
            ExprKind::Query(inner) => self.is_over_table(inner),
            _ => self.table_behind(&query.source).is_some(),
        }
    }

    /// Checks the function that the rows are gathered by; gives it and the result's type, or nothing where the call is broken.
    fn gather(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        name: &Name,
        which: Aggregate,
        item: &Type,
    ) -> Option<(Option<&'p Closure>, Type)> {
        let errors = self.error_count();
        let wanted = if which.takes_condition() { Type::Bool } else { Type::Error };
        let function =
            Type::Fn(FnType { params: vec![item.clone()], result: wanted.clone() }.into());
        let param = Parameter {
            name: "f".into(),
            ty: function.clone(),
            has_default: true,
            span: name.span,
            node: call.callee.id,
        };
        let signature = Signature {
            name: name.text.clone(),
            type_params: Vec::new(),
            params: vec![param],
            result: Type::Nothing,
        };
        let Some(args) = self.plan_args(&name.text, &signature, false, call) else {
            self.check_loose_args(call);
            return None;
        };
        let Some(ArgSource::Arg(_)) = args.first() else {
            return self.gather_items(expr, call, which, item).map(|ty| (None, ty));
        };
        let value = &call.args[0].value;
        let found = self.expr(value, Want::Type(&function));
        self.meet(
            value,
            &found,
            &function,
            Place::Argument { function: &name.text, parameter: "f" },
        );
        let ExprKind::Closure(closure) = &value.kind else {
            if self.error_count() == errors {
                self.report(say::function_in_sql(value.span, self.source));
            }
            return None;
        };
        let result = match found {
            Type::Fn(function) => function.result.clone(),
            _ => Type::Error,
        };
        let ty = if which.takes_condition() {
            self.result_of_rows(which, item)
        } else {
            self.result_of_values(which, &closure.body, &result)
        };
        (self.error_count() == errors && !ty.is_error()).then_some((Some(closure.as_ref()), ty))
    }

    /// Without a function the items themselves are gathered.
    fn gather_items(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        which: Aggregate,
        item: &Type,
    ) -> Option<Type> {
        if which.takes_condition() {
            return Some(self.result_of_rows(which, item));
        }
        if let Type::Record(_) = self.open(item.without_null()) {
            self.report(say::gathers_nothing(call.callee.span, call.args_span, "x => x.…"));
            return None;
        }
        let ty = self.result_of_values(which, expr, item);
        (!ty.is_error()).then_some(ty)
    }

    fn result_of_rows(&self, which: Aggregate, item: &Type) -> Type {
        match which {
            Aggregate::Count => Type::Int,
            Aggregate::Exists => Type::Bool,
            Aggregate::First => Type::optional(item.clone()),
            Aggregate::One
            | Aggregate::Sum
            | Aggregate::Avg
            | Aggregate::Min
            | Aggregate::Max
            | Aggregate::List => item.clone(),
        }
    }

    /// There may be no row at all: only a sum of nothing is something.
    fn result_of_values(&mut self, which: Aggregate, value: &Expr, ty: &Type) -> Type {
        let result = self.gathered(which, value, ty);
        if which == Aggregate::Sum { result } else { Type::optional(result) }
    }

    fn plan_gathering(
        &mut self,
        expr: &'p Expr,
        rows: &Rows<'_, 'p>,
        which: Aggregate,
        closure: Option<&'p Closure>,
        result: &Type,
    ) {
        let mut lower = Lower::new(self);
        let select = lower.gathering(rows, which, closure, result.without_null());
        let done = lower.finish(select.map(|it| sql::Statement::Select(Box::new(it))));
        if let Some(plan) = self.planned(expr.span, done) {
            self.tables.queries.insert(expr.id, plan);
        }
    }
}

impl<'p> Lower<'_, 'p> {
    fn gathering(
        &mut self,
        rows: &Rows<'_, 'p>,
        which: Aggregate,
        closure: Option<&'p Closure>,
        result: &Type,
    ) -> Option<Select> {
        let node = closure.and_then(|it| it.params.first()).map(|it| it.id);
        let mut select = match rows {
            Rows::Table(table) => {
                let (from, var) = self.rows_of_table(table, "t", node);
                let mut select = lower::empty(from);
                self.select_row(&var, &mut select);
                select
            }
            Rows::Query(query) if lower::is_plain(query) => {
                let select = self.query(query)?;
                if let Some(node) = node {
                    self.also_called(node, query.item.id);
                }
                select
            }
            Rows::Query(query) if closure.is_none() && is_about_rows(which) => self.query(query)?,
            Rows::Query(query) => {
                let inner = self.query(query)?;
                self.forget_vars();
                let (from, var) = self.rows_of_select(inner, node);
                let mut select = lower::empty(from);
                self.select_row(&var, &mut select);
                select
            }
        };
        self.gather_by(&mut select, which, closure, result)?;
        Some(select)
    }

    fn select_row(&mut self, var: &Var, select: &mut Select) {
        let mut outputs = lower::Outputs::default();
        select.shape = Self::row_of(var, &mut outputs);
        select.outputs = outputs.list;
    }

    fn gather_by(
        &mut self,
        select: &mut Select,
        which: Aggregate,
        closure: Option<&'p Closure>,
        result: &Type,
    ) -> Option<()> {
        let body = closure.map(|it| &it.body);
        let body = match body {
            Some(body) => Some(self.expr(body)?),
            None => None,
        };
        let value = match (which.takes_condition(), body) {
            (true, Some(condition)) => {
                lower::add_condition(&mut select.condition, condition);
                None
            }
            (true, None) => None,
            (false, Some(value)) => Some(value),
            (false, None) => select.outputs.first().and_then(|it| it.value.clone()),
        };
        select.gives = match which {
            Aggregate::First => Gives::First,
            Aggregate::One => Gives::One,
            Aggregate::Exists => Gives::Exists,
            Aggregate::Count
            | Aggregate::Sum
            | Aggregate::Avg
            | Aggregate::Min
            | Aggregate::Max
            | Aggregate::List => Gives::Value,
        };
        if select.gives == Gives::Exists {
            (select.outputs, select.shape) = (Vec::new(), RowShape::Record(Vec::new()));
            select.sort.clear();
        }
        let Some(op) = aggregate_op(which) else { return Some(()) };
        let (kind, _) = self.checker.stored(result)?;
        let nullable = !matches!(which, Aggregate::Count | Aggregate::Sum);
        let node = sql::Node::Aggregate { op, of: value.map(Box::new), distinct: false };
        let mut outputs = lower::Outputs::default();
        select.shape = RowShape::Column(outputs.add(sql::Expr { node, kind, nullable }));
        select.outputs = outputs.list;
        select.sort.clear();
        Some(())
    }
}

/// Whether rows are given or looked for as they are, without gathering anything of them.
fn is_about_rows(which: Aggregate) -> bool {
    matches!(which, Aggregate::First | Aggregate::One | Aggregate::Exists)
}
