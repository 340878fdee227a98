//! Expressions.

use super::Writer;
use crate::sql::{AggregateOp, Expr, Kind, Node, Op};

/// SQLite's own order and equality of text would compare the digits.
const BY_VALUE: &str = " COLLATE decimal";

impl Writer {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.node {
            Node::Column { table, column } => {
                self.name(table);
                self.push(".");
                self.name(column);
            }
            Node::Param(number) => self.param(*number, expr.kind),
            Node::Null => self.push("NULL"),
            Node::Int(number) => self.push(&number.to_string()),
            Node::Text(text) => self.push(&format!("'{}'", text.replace('\'', "''"))),
            Node::Apply(op, args) => self.apply(*op, args, expr.kind),
            Node::Aggregate { op, of, distinct } => {
                self.aggregate(*op, of.as_deref(), *distinct, expr.kind);
            }
        }
    }

    /// An expression whose order or equality matters.
    pub(super) fn ordered(&mut self, expr: &Expr) {
        self.expr(expr);
        if expr.kind == Kind::Decimal {
            self.push(BY_VALUE);
        }
    }

    /// A condition. A bare column is compared, so that an index that begins with it can serve.
    pub(super) fn truth(&mut self, expr: &Expr) {
        match expr.node {
            Node::Column { .. } => {
                self.push("(");
                self.expr(expr);
                self.push(" = 1)");
            }
            Node::Param(_)
            | Node::Null
            | Node::Int(_)
            | Node::Text(_)
            | Node::Apply(..)
            | Node::Aggregate { .. } => {
                self.expr(expr);
            }
        }
    }

    fn apply(&mut self, op: Op, args: &[Expr], kind: Kind) {
        match op {
            Op::Equal => self.equality(args, ["=", "IS"]),
            Op::NotEqual => self.equality(args, ["<>", "IS NOT"]),
            Op::Less => self.compare(args, "<"),
            Op::LessEqual => self.compare(args, "<="),
            Op::Greater => self.compare(args, ">"),
            Op::GreaterEqual => self.compare(args, ">="),
            Op::And => self.joined(args, " AND ", Self::truth),
            Op::Or => self.joined(args, " OR ", Self::truth),
            Op::Concat => self.joined(args, " || ", Self::expr),
            Op::Not => self.wrapped("(NOT ", args, Self::truth, ")"),
            Op::IsNull => self.wrapped("(", args, Self::expr, " IS NULL)"),
            Op::IsNotNull => self.wrapped("(", args, Self::expr, " IS NOT NULL)"),
            Op::InList => self.in_list(args),
            Op::Coalesce => self.wrapped("coalesce(", args, Self::normal, ")"),
            Op::IfElse => self.if_else(args),
            Op::ToDecimal => self.wrapped("CAST(", args, Self::expr, " AS TEXT)"),
            Op::Add | Op::Subtract if args.iter().any(|it| it.kind == Kind::Time) => {
                self.shift(op, args);
            }
            Op::Add if kind == Kind::Float => self.joined(args, " + ", Self::expr),
            Op::Subtract if kind == Kind::Float => self.joined(args, " - ", Self::expr),
            Op::Multiply if kind == Kind::Float => self.joined(args, " * ", Self::expr),
            Op::Add
            | Op::Subtract
            | Op::Multiply
            | Op::Divide
            | Op::IntDivide
            | Op::Remainder
            | Op::Negate
            | Op::Round
            | Op::Floor
            | Op::Ceil
            | Op::Abs => self.call(&number_function(op, kind), args),
            Op::Contains if args.len() == 2 => self.wrapped("(instr(", args, Self::expr, ") > 0)"),
            Op::StartsWith if is_column_and_value(args) => self.prefix(args),
            Op::Contains
            | Op::StartsWith
            | Op::EndsWith
            | Op::Lower
            | Op::Upper
            | Op::Trim
            | Op::Length
            | Op::Slice
            | Op::Like
            | Op::Matches
            | Op::Year
            | Op::Month
            | Op::Day
            | Op::Weekday
            | Op::Hour
            | Op::Minute
            | Op::Second
            | Op::DateOf
            | Op::StartOf
            | Op::ToFloat => self.call(function(op), args),
        }
    }

    fn call(&mut self, function: &str, args: &[Expr]) {
        self.push(function);
        self.wrapped("(", args, Self::expr, ")");
    }

    fn wrapped(&mut self, open: &str, args: &[Expr], write: fn(&mut Self, &Expr), close: &str) {
        self.push(open);
        self.list(args, write);
        self.push(close);
    }

    /// SQL's `=` knows no answer where one side is null; `IS` does, and uses indexes as well.
    fn equality(&mut self, args: &[Expr], [sure, with_null]: [&str; 2]) {
        let nullable = args.iter().any(|it| it.nullable);
        self.compare(args, if nullable { with_null } else { sure });
    }

    fn compare(&mut self, args: &[Expr], operator: &str) {
        let [left, right] = args else { return };
        self.push("(");
        self.ordered(left);
        self.push(&format!(" {operator} "));
        self.expr(right);
        self.push(")");
    }

    fn joined(&mut self, args: &[Expr], between: &str, write: fn(&mut Self, &Expr)) {
        self.push("(");
        for (at, arg) in args.iter().enumerate() {
            self.push(if at > 0 { between } else { "" });
            write(self, arg);
        }
        self.push(")");
    }

    /// A list is one parameter: JSON text of the stored forms. Null never reaches SQL's `in`, which has no answer for it.
    fn in_list(&mut self, args: &[Expr]) {
        let [value, list] = args else { return };
        let element = match value.kind {
            Kind::Float => "task_to_float(value)",
            Kind::Bytes => "unhex(value)",
            Kind::Int
            | Kind::Decimal
            | Kind::Bool
            | Kind::Text
            | Kind::Time
            | Kind::Date
            | Kind::Duration
            | Kind::Json => "value",
        };
        self.push("(");
        if value.nullable {
            self.expr(value);
            self.push(" IS NOT NULL AND ");
        }
        self.ordered(value);
        self.push(&format!(" IN (SELECT {element} FROM json_each("));
        self.expr(list);
        self.push(") WHERE type <> 'null')");
        if value.nullable {
            self.push(" OR ");
            self.expr(value);
            self.push(" IS NULL AND EXISTS (SELECT 1 FROM json_each(");
            self.expr(list);
            self.push(") WHERE type = 'null')");
        }
        self.push(")");
    }

    fn if_else(&mut self, args: &[Expr]) {
        let [condition, then, otherwise] = args else { return };
        self.push("(CASE WHEN ");
        self.truth(condition);
        self.push(" THEN ");
        self.normal(then);
        self.push(" ELSE ");
        self.normal(otherwise);
        self.push(" END)");
    }

    /// A value that leaves its column's type behind. A table that others made may hold decimals as numbers, which
    /// SQLite compares well with a text only while it knows that they come from a numeric column.
    fn normal(&mut self, expr: &Expr) {
        match (&expr.node, expr.kind) {
            (Node::Column { .. }, Kind::Decimal) => {
                self.push("CAST(");
                self.expr(expr);
                self.push(" AS TEXT)");
            }
            _ => self.expr(expr),
        }
    }

    /// Time and duration, or two times.
    fn shift(&mut self, op: Op, args: &[Expr]) {
        let [left, right] = args else { return };
        match (op, left.kind, right.kind) {
            (Op::Subtract, Kind::Time, Kind::Time) => self.call("task_time_between", args),
            (Op::Subtract, ..) => self.call("task_time_sub", args),
            (_, Kind::Time, _) => self.call("task_time_add", args),
            (..) => self.call("task_time_add", &[right.clone(), left.clone()]),
        }
    }

    /// Two comparisons, which an index can serve, in place of a function, which it cannot.
    fn prefix(&mut self, args: &[Expr]) {
        let [text, prefix] = args else { return };
        self.push("(");
        self.expr(text);
        self.push(" >= ");
        self.expr(prefix);
        self.push(" AND ");
        self.expr(text);
        self.push(" < task_prefix_end(");
        self.expr(prefix);
        self.push("))");
    }

    fn aggregate(&mut self, op: AggregateOp, of: Option<&Expr>, distinct: bool, kind: Kind) {
        let Some(of) = of else { return self.push("count(*)") };
        let decimal = matches!(of.kind, Kind::Decimal);
        let (open, close) = match (op, kind) {
            (AggregateOp::Count, _) => ("count(", ")"),
            (AggregateOp::Min, _) => ("min(", ")"),
            (AggregateOp::Max, _) => ("max(", ")"),
            (AggregateOp::List, _) => ("task_list(", ")"),
            (AggregateOp::Sum, _) if decimal => ("coalesce(decimal_sum(", "), '0')"),
            (AggregateOp::Sum, Kind::Float) => ("coalesce(sum(", "), 0.0)"),
            (AggregateOp::Sum, _) => ("coalesce(sum(", "), 0)"),
            (AggregateOp::Avg, Kind::Float) => ("avg(", ")"),
            (AggregateOp::Avg, Kind::Duration) => ("task_duration_avg(", ")"),
            (AggregateOp::Avg, _) => ("decimal_avg(", ")"),
        };
        self.push(open);
        self.push(if distinct { "DISTINCT " } else { "" });
        self.ordered(of);
        self.push(close);
    }
}

/// `starts_with` of a column, with case, and of a value that is known before the statement runs.
fn is_column_and_value(args: &[Expr]) -> bool {
    let [text, prefix] = args else { return false };
    matches!(text.node, Node::Column { .. }) && matches!(prefix.node, Node::Param(_))
}

/// Functions that exist once for each type of number. SQLite's own operators let integers become reals where they
/// overflow, and give null for a division by zero.
fn number_function(op: Op, kind: Kind) -> String {
    let of = match kind {
        Kind::Decimal => "decimal",
        Kind::Float => "task_float",
        Kind::Int
        | Kind::Duration
        | Kind::Bool
        | Kind::Text
        | Kind::Bytes
        | Kind::Time
        | Kind::Date
        | Kind::Json => "task_int",
    };
    format!("{of}_{}", function(op))
}

fn function(op: Op) -> &'static str {
    match op {
        Op::Add => "add",
        Op::Subtract => "sub",
        Op::Multiply => "mul",
        Op::Divide | Op::IntDivide => "div",
        Op::Remainder => "rem",
        Op::Negate => "neg",
        Op::Round => "round",
        Op::Floor => "floor",
        Op::Ceil => "ceil",
        Op::Abs => "abs",
        Op::Contains => "task_contains",
        Op::StartsWith => "task_starts_with",
        Op::EndsWith => "task_ends_with",
        Op::Lower => "task_lower",
        Op::Upper => "task_upper",
        Op::Trim => "task_trim",
        Op::Length => "length",
        Op::Slice => "task_slice",
        Op::Like => "task_like",
        Op::Matches => "task_matches",
        Op::Year => "task_year",
        Op::Month => "task_month",
        Op::Day => "task_day",
        Op::Weekday => "task_weekday",
        Op::Hour => "task_hour",
        Op::Minute => "task_minute",
        Op::Second => "task_second",
        Op::DateOf => "task_date",
        Op::StartOf => "task_start_of",
        Op::ToFloat => "task_to_float",
        Op::Equal
        | Op::NotEqual
        | Op::Less
        | Op::LessEqual
        | Op::Greater
        | Op::GreaterEqual
        | Op::And
        | Op::Or
        | Op::Not
        | Op::InList
        | Op::IsNull
        | Op::IsNotNull
        | Op::Coalesce
        | Op::Concat
        | Op::IfElse
        | Op::ToDecimal => unreachable!("written as an operator"),
    }
}
