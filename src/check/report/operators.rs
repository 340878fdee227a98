//! Operators and what they do not join.

use super::nulls::sides_text;
use super::types::quoted_duration;
use super::{Diagnostic, Fix};
use crate::check::checker::Checker;
use crate::check::operator::Sides;
use crate::check::types::Type;
use crate::schedule::FieldKind;
use crate::source::Span;
use crate::syntax::tree::{BinaryOp, Expr, ExprKind};

/// An operator as it is written.
pub(in crate::check) fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Default => "??",
        BinaryOp::Or => "or",
        BinaryOp::And => "and",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::In => "in",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::IntDivide => "div",
        BinaryOp::Remainder => "%",
    }
}

/// Two types that an operator does not join.
pub(in crate::check) fn no_operator(
    checker: &Checker<'_>,
    it: Sides<'_>,
    left: &Type,
    right: &Type,
) -> Diagnostic {
    let sign = symbol(it.op);
    if let Some(finding) = duration_in_quotes(it, left, right) {
        return finding;
    }
    let title = format!("`{sign}` does not join `{left}` and `{right}`");
    let diagnostic = Diagnostic::new("no-operator", it.op_span, title)
        .label(it.left.span, left.with_article())
        .label(it.right.span, right.with_article());
    let (left_text, right_text) = sides_text(checker, it);
    match (it.op, left, right) {
        (BinaryOp::Add, left, right) if left.is_text() || right.is_text() => {
            let is_assigned = checker.source.slice(it.op_span).ends_with('=');
            joined_text(diagnostic, it, left_text, right_text, is_assigned)
        }
        (BinaryOp::Add, Type::List(_), Type::List(_)) => {
            diagnostic.help(format!("`{left_text}.concat({right_text})` puts lists together"))
        }
        (BinaryOp::Add, Type::List(_), _) => {
            diagnostic.help("`.push(…)` adds an element to a list that is a `var`")
        }
        (BinaryOp::Add | BinaryOp::Subtract, Type::Time, right) if right.is_number() => diagnostic
            .help(format!("a duration has a unit: `{left_text} {sign} 30d`, `… {sign} 1h`")),
        (BinaryOp::Add | BinaryOp::Subtract, Type::Date, _) => {
            let minus = if it.op == BinaryOp::Subtract { "-" } else { "" };
            diagnostic.help(match right {
                Type::Date => format!("`{right_text}.days_until({left_text})` counts the days"),
                _ => format!("`{left_text}.add_days({minus}1)` counts in days"),
            })
        }
        (BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide, left, right)
            if left.is_number() && quoted_number(it.right, right_text).is_some()
                || right.is_number() && quoted_number(it.left, left_text).is_some() =>
        {
            let (side, text) =
                if left.is_number() { (it.right, right_text) } else { (it.left, left_text) };
            number_and_text(diagnostic, side, text)
        }
        (BinaryOp::Remainder, left, _) if left.is_text() => {
            diagnostic.help("values are put into a text with braces: `\"Hello {name}\"`")
        }
        (BinaryOp::IntDivide | BinaryOp::Remainder, ..) => {
            diagnostic.help("`div` divides whole numbers and drops the rest; `/` keeps fractions")
        }
        _ => diagnostic,
    }
}

/// `now() - "30d"`, `run_time > "5m"`
fn duration_in_quotes(it: Sides<'_>, left: &Type, right: &Type) -> Option<Diagnostic> {
    let takes_duration = match it.op {
        BinaryOp::Add | BinaryOp::Subtract => matches!(left, Type::Time | Type::Duration),
        _ => *left == Type::Duration,
    };
    match takes_duration {
        true => quoted_duration(it.right),
        false if *right == Type::Duration => quoted_duration(it.left),
        false => None,
    }
}

/// Texts are put together with holes.
fn joined_text(
    diagnostic: Diagnostic,
    it: Sides<'_>,
    left: &str,
    right: &str,
    is_assigned: bool,
) -> Diagnostic {
    let target = if is_assigned { format!("{left} = ") } else { String::new() };
    let inner = |side: &Expr, text: &str| match &side.kind {
        ExprKind::Text(_)
            if text.len() >= 2 && text.starts_with('"') && !text.starts_with("\"\"\"") =>
        {
            Some(text[1..text.len() - 1].to_owned())
        }
        ExprKind::Text(_) => None,
        _ if text.contains('\n') || text.len() > 60 => None,
        _ => Some(format!("{{{text}}}")),
    };
    match (inner(it.left, left), inner(it.right, right)) {
        (Some(left), Some(right)) => {
            let text = format!("{target}\"{left}{right}\"");
            let span = it.left.span.to(it.right.span);
            diagnostic.help(format!("put values into a text with braces: `{text}`")).fix(Fix::safe(
                "write one text",
                span,
                text,
            ))
        }
        _ => diagnostic.help("put values into a text with braces: `\"… {value} …\"`"),
    }
}

/// `decimal` and `float` meet.
pub(in crate::check) fn mixed_numbers(
    checker: &Checker<'_>,
    it: Sides<'_>,
    left: &Type,
    right: &Type,
) -> Diagnostic {
    let diagnostic =
        Diagnostic::new("mixed-numbers", it.op_span, "`decimal` and `float` do not mix unasked")
            .label(it.left.span, left.with_article())
            .label(it.right.span, right.with_article());
    let (float, _) =
        if *left.without_null() == Type::Float { (it.left, it.right) } else { (it.right, it.left) };
    if let ExprKind::Float(value) = float.kind
        && let Some(plain) = plain_decimal(value)
    {
        return diagnostic
            .help(format!("without an exponent it is a `decimal`: `{plain}`"))
            .fix(Fix::safe(format!("write `{plain}`"), float.span, plain));
    }
    let text = checker.source.slice(float.span);
    let needs_brackets = matches!(float.kind, ExprKind::Binary(_) | ExprKind::Unary(..));
    let (open, close) = if needs_brackets { ("(", ")") } else { ("", "") };
    let fix = Fix::maybe("turn the `float` into a `decimal`", float.span.before(), open)
        .and(float.span.after(), format!("{close}.to_decimal()"));
    diagnostic
        .help(format!(
            "`{open}{text}{close}.to_decimal()` for money, `.to_float()` for measurements"
        ))
        .fix(fix)
}

/// A float's digits without an exponent, where there are few.
fn plain_decimal(value: f64) -> Option<String> {
    let text = format!("{value}");
    (text.len() <= 12 && value.is_finite()).then_some(text)
}

/// Two types that cannot be compared.
pub(in crate::check) fn not_comparable(
    checker: &Checker<'_>,
    it: Sides<'_>,
    left: &Type,
    right: &Type,
) -> Diagnostic {
    if let Some(finding) = duration_in_quotes(it, left, right) {
        return finding;
    }
    let diagnostic = if left == right {
        let title =
            format!("`{}` does not compare {} with another", symbol(it.op), left.with_article());
        Diagnostic::new("not-comparable", it.op_span, title)
    } else {
        let title =
            format!("{} cannot be compared with {}", left.with_article(), right.with_article());
        Diagnostic::new("not-comparable", it.op_span, title)
            .label(it.left.span, left.with_article())
            .label(it.right.span, right.with_article())
    };
    let (left_text, right_text) = sides_text(checker, it);
    let pair = (left.without_null(), right.without_null());
    match pair {
        (Type::Time, right) if right.is_number() => diagnostic
            .help(format!("compare it with a time: `{left_text} {} now() - 30d`", symbol(it.op))),
        (Type::Duration, right) if right.is_number() => {
            diagnostic.help("a duration has a unit: `30s`, `5m`, `2h`")
        }
        (Type::Time, Type::Date) => diagnostic
            .help(format!("compare days: `{left_text}.date()`, or times: `{right_text}.at(0, 0)`")),
        (Type::Date, Type::Time) => diagnostic
            .help(format!("compare days: `{right_text}.date()`, or times: `{left_text}.at(0, 0)`")),
        (Type::Time | Type::Date, Type::Text) => day_in_quotes(diagnostic, it.right, left),
        (Type::Text, Type::Time | Type::Date) => day_in_quotes(diagnostic, it.left, right),
        (number, text) if number.is_number() && text.is_text() => {
            number_and_text(diagnostic, it.right, right_text)
        }
        (text, number) if number.is_number() && text.is_text() => {
            number_and_text(diagnostic, it.left, left_text)
        }
        _ => diagnostic,
    }
}

fn day_in_quotes(diagnostic: Diagnostic, text_side: &Expr, other: &Type) -> Diagnostic {
    match super::mends::quoted_day(text_side) {
        Some(day) => diagnostic
            .help("a day is written without quotes")
            .fix(super::mends::without_quotes(text_side, day, *other == Type::Time)),
        None => diagnostic.help("`.to_date()` and `.to_time()` read a text; they may be missing"),
    }
}

fn number_and_text(diagnostic: Diagnostic, text_side: &Expr, text: &str) -> Diagnostic {
    if let Some(digits) = quoted_number(text_side, text) {
        return diagnostic.help("a number is written without quotes").fix(Fix::safe(
            format!("write `{digits}`"),
            text_side.span,
            digits,
        ));
    }
    if FieldKind::DayOfWeek.named(text.trim_matches('"')).is_some() {
        return diagnostic.help("days of the week are numbers: 1 is Monday, 7 is Sunday");
    }
    if matches!(text_side.kind, ExprKind::Text(_)) {
        return diagnostic;
    }
    diagnostic.help(format!("`{text}.to_int()` reads a number out of a text; it may be missing"))
}

/// The digits of `"30"`.
fn quoted_number<'t>(side: &Expr, text: &'t str) -> Option<&'t str> {
    let digits = text.trim_matches('"');
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    (matches!(side.kind, ExprKind::Text(_)) && is_number).then_some(digits)
}

/// A secret is compared.
pub(in crate::check) fn secret_compared(span: Span) -> Diagnostic {
    Diagnostic::new("not-comparable", span, "a `secret` cannot be compared")
        .because("comparing would tell something about it")
        .help("check a signature with `crypto.hmac_sha256(…)` and its key")
}

/// `-` in front of something that has no negative.
pub(in crate::check) fn no_negative(span: Span, ty: &Type) -> Diagnostic {
    let title = format!("`-` does not turn {} round", ty.with_article());
    Diagnostic::new("no-operator", span, title)
}

/// `in` behind which nothing can be contained.
pub(in crate::check) fn nothing_in(span: Span, ty: &Type) -> Diagnostic {
    let title = format!("nothing can be `in` {}", ty.with_article());
    Diagnostic::new("no-operator", span, title)
        .help("`in` looks into a list, the keys of a map, or a text")
}

/// `+=` whose result the variable cannot hold.
pub(in crate::check) fn changes_type(
    span: Span,
    name: &str,
    target: &Type,
    result: &Type,
) -> Diagnostic {
    let title =
        format!("`{name}` is {}, and this gives {}", target.with_article(), result.with_article());
    let diagnostic = Diagnostic::new("wrong-type", span, title);
    match (target, result) {
        (Type::Int, Type::Decimal) => {
            diagnostic.help("declare it as `decimal`, or round: `.round().to_int()`, `div`")
        }
        _ => diagnostic,
    }
}
