//! Calls: the methods that databases know, and what gathers a group.

use super::Lower;
use super::expr::literal;
use crate::check::checked::{Aggregate, ArgSource, CallPlan, LibraryFn, Target};
use crate::check::report::queries as say;
use crate::check::types::Type;
use crate::sql::{self, AggregateOp, Kind, Node, Op};
use crate::syntax::tree::{Call, Expr, ExprKind};

impl<'p> Lower<'_, 'p> {
    pub(super) fn call(&mut self, expr: &'p Expr, call: &'p Call) -> Option<sql::Expr> {
        let Some(plan) = self.checker.tables.calls.get(&expr.id) else { return self.refuse(expr) };
        match &plan.target {
            Target::Aggregate(Aggregate::List) => self.refuse(expr),
            Target::Aggregate(which) => self.aggregate(*which, call, expr),
            Target::Library(function) => {
                let (function, plan) = (function.clone(), plan.clone());
                self.method(expr, call, &function, &plan)
            }
            Target::Fn(_)
            | Target::Value
            | Target::Table(..)
            | Target::DirectSql
            | Target::RunTask => self.fail(say::call_in_sql(call.callee.span, self.checker.source)),
        }
    }

    fn method(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        function: &LibraryFn,
        plan: &CallPlan,
    ) -> Option<sql::Expr> {
        let name = (function.module.as_str(), function.name.as_str());
        let Some(method) = method_named(name) else {
            return self.fail(say::call_in_sql(call.callee.span, self.checker.source));
        };
        if let (Method::HasElement, [list, value]) = (&method, self.sources(call, plan).as_slice())
        {
            return self.has_element(expr, (*list)?, (*value)?);
        }
        let mut args = Vec::with_capacity(plan.args.len());
        for (at, source) in self.sources(call, plan).into_iter().enumerate() {
            let arg = match source {
                Some(given) => {
                    let value = self.expr(given)?;
                    match plan.params.get(at).and_then(|ty| self.checker.stored(ty)) {
                        Some((kind, _)) if value.kind != kind => {
                            Some(self.fit(given, value, kind)?)
                        }
                        _ => Some(value),
                    }
                }
                None => left_out(name, at),
            };
            args.extend(arg);
        }
        match method {
            Method::Op(op) => self.apply(expr, op, args),
            // `trim(chars)` is more than databases know.
            Method::Trim if args.len() == 1 => self.apply(expr, Op::Trim, args),
            Method::Same => args.pop(),
            Method::IsEmpty => {
                args.push(literal(""));
                self.apply(expr, Op::Equal, args)
            }
            Method::Trim | Method::HasElement => {
                self.fail(say::call_in_sql(call.callee.span, self.checker.source))
            }
        }
    }

    /// `ids.contains(o.id)`
    fn has_element(
        &mut self,
        expr: &'p Expr,
        list: &'p Expr,
        value: &'p Expr,
    ) -> Option<sql::Expr> {
        let Type::List(item) = self.final_type(list) else { return self.refuse(expr) };
        if self.mentions_rows(list) {
            return self.refuse(expr);
        }
        let value = self.expr(value)?;
        let list = self.bound_list(list, &item)?;
        self.apply(expr, Op::InList, vec![value, list])
    }

    /// What each parameter gets; nothing for its default.
    fn sources(&self, call: &'p Call, plan: &CallPlan) -> Vec<Option<&'p Expr>> {
        let source = |it: &ArgSource| match (it, &call.callee.kind) {
            (ArgSource::Receiver, ExprKind::Field(field)) => Some(&field.base),
            (ArgSource::Arg(at), _) => call.args.get(usize::from(*at)).map(|it| &it.value),
            (ArgSource::Receiver | ArgSource::Default, _) => None,
        };
        plan.args.iter().map(source).collect()
    }

    /// `count()`, `sum(o.total)`
    pub(super) fn aggregate(
        &mut self,
        which: Aggregate,
        call: &'p Call,
        expr: &'p Expr,
    ) -> Option<sql::Expr> {
        let Some(op) = aggregate_op(which) else { return self.refuse(expr) };
        let of = match call.args.first() {
            Some(arg) => {
                // What is gathered differs from row to row: keys are nothing special in it.
                let keys = std::mem::take(&mut self.keys);
                let value = self.expr(&arg.value);
                self.keys = keys;
                Some(value?)
            }
            None => None,
        };
        if of.as_ref().is_some_and(|it| it.kind == Kind::Json) {
            return self.fail(say::json_in_sql(expr.span, self.checker.source));
        }
        let kind = match (op, &of) {
            (AggregateOp::List, Some(of)) => of.kind,
            _ => {
                let ty = self.checker.type_of(expr.id).clone();
                self.kind(expr, &ty)?.0
            }
        };
        let nullable = matches!(self.checker.type_of(expr.id), Type::Optional(_));
        let distinct = call.args.first().is_some_and(|it| it.name.is_some());
        let node = Node::Aggregate { op, of: of.map(Box::new), distinct };
        Some(sql::Expr { node, kind, nullable })
    }
}

pub(in crate::check::query) fn aggregate_op(which: Aggregate) -> Option<AggregateOp> {
    Some(match which {
        Aggregate::Count => AggregateOp::Count,
        Aggregate::Sum => AggregateOp::Sum,
        Aggregate::Avg => AggregateOp::Avg,
        Aggregate::Min => AggregateOp::Min,
        Aggregate::Max => AggregateOp::Max,
        Aggregate::List => AggregateOp::List,
        Aggregate::First | Aggregate::One | Aggregate::Exists => return None,
    })
}

/// A method of the library that databases know.
enum Method {
    Op(Op),
    Trim,
    IsEmpty,
    /// The value as it is, but for its kind.
    Same,
    HasElement,
}

fn method_named(name: (&str, &str)) -> Option<Method> {
    Some(Method::Op(match name {
        ("text", "contains") => Op::Contains,
        ("text", "starts_with") => Op::StartsWith,
        ("text", "ends_with") => Op::EndsWith,
        ("text", "lower") => Op::Lower,
        ("text", "upper") => Op::Upper,
        ("text", "length") => Op::Length,
        ("text", "like") => Op::Like,
        ("text", "matches") => Op::Matches,
        ("text", "trim") => return Some(Method::Trim),
        ("text", "is_empty") => return Some(Method::IsEmpty),
        ("int" | "decimal" | "float", "abs") => Op::Abs,
        ("decimal" | "float", "round") => Op::Round,
        ("decimal" | "float", "floor") => Op::Floor,
        ("decimal" | "float", "ceil") => Op::Ceil,
        ("int", "to_decimal") => Op::ToDecimal,
        ("int" | "decimal", "to_float") => Op::ToFloat,
        ("decimal", "to_decimal") | ("float", "to_float") => return Some(Method::Same),
        ("time" | "date", "year") => Op::Year,
        ("time" | "date", "month") => Op::Month,
        ("time" | "date", "day") => Op::Day,
        ("time" | "date", "weekday") => Op::Weekday,
        ("time", "hour") => Op::Hour,
        ("time", "minute") => Op::Minute,
        ("time", "second") => Op::Second,
        ("time", "date") => Op::DateOf,
        ("time" | "date", "start_of") => Op::StartOf,
        ("any", "or") => Op::Coalesce,
        ("list", "contains") => return Some(Method::HasElement),
        _ => return None,
    }))
}

/// What a parameter is when the call leaves it out, as the declaration says; nothing where the operation has its own word for that.
fn left_out(name: (&str, &str), at: usize) -> Option<sql::Expr> {
    match (name, at) {
        (("decimal" | "float", "round"), 1) => {
            Some(sql::Expr { node: Node::Int(0), kind: Kind::Int, nullable: false })
        }
        (("decimal" | "float", "round"), _) => Some(literal("half_even")),
        (("time", _), _) => Some(literal("UTC")),
        _ => None,
    }
}
