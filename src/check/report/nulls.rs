//! Values that may be missing, and those that never are.

use super::{Diagnostic, Fix};
use crate::check::checked::Resolution;
use crate::check::checker::Checker;
use crate::check::operator::Sides;
use crate::check::types::Type;
use crate::diagnostics::Applicability;
use crate::source::Span;
use crate::syntax::tree::{Binary, BinaryOp, Expr, ExprKind};

/// A value that may be missing is used as if it were there.
pub(in crate::check) fn maybe_null(checker: &Checker<'_>, expr: &Expr, ty: &Type) -> Diagnostic {
    let what = name_of(checker, expr);
    let mut diagnostic =
        Diagnostic::new("maybe-null", expr.span, format!("{what} may be missing here"))
            .because(format!("this is {}", ty.with_article()));
    if let Some((span, why)) = origin(checker, expr) {
        diagnostic = diagnostic.label(span, why);
    }
    let text = checker.source.slice(expr.span);
    let text = if text.len() <= 40 && !text.contains('\n') { text } else { "x" };
    if let Some(dot) = dot_behind(checker, expr.span) {
        diagnostic = diagnostic.fix(Fix::maybe("go on only where it is there", dot, "?."));
    }
    let (before, after) = (expr.span.before(), expr.span.after());
    let default =
        Fix::snippet("say what it is otherwise", before, "(").and(after, " ?? ${1:default})");
    debug_assert_eq!(default.applicability, Applicability::Snippet);
    diagnostic.fix(default).help(format!(
        "`{text}?.…`, `{text} ?? …`, or `if {text} != null {{ … }}`, inside which it is there"
    ))
}

/// What a value that may be missing is called.
fn name_of(checker: &Checker<'_>, expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Name(name) => format!("`{name}`"),
        ExprKind::Field(field) => format!("`{}`", field.name.text),
        ExprKind::Call(call) => match &call.callee.kind {
            ExprKind::Field(field) => format!("the result of `{}`", field.name.text),
            ExprKind::Name(name) => format!("the result of `{name}`"),
            _ => "this".to_owned(),
        },
        ExprKind::Index(base, _) => match checker.type_of(base.id) {
            Type::Map(_) => "this entry".to_owned(),
            _ => "this element".to_owned(),
        },
        _ => "this".to_owned(),
    }
}

/// Where the `?` comes from.
fn origin(checker: &Checker<'_>, expr: &Expr) -> Option<(Span, String)> {
    let resolution = checker.tables.names.get(&expr.id)?;
    let (Resolution::Local(node) | Resolution::Kept(node)) = resolution else { return None };
    let local = checker.scope.locals().iter().rev().find(|it| it.node == *node)?;
    Some((local.span, format!("made here as `{}`", local.ty)))
}

/// The dot behind an expression, if one follows at once.
fn dot_behind(checker: &Checker<'_>, span: Span) -> Option<Span> {
    let rest = &checker.source.text[span.end as usize..];
    let gap = rest.find(|c: char| !c.is_whitespace())?;
    let starts = rest[gap..].starts_with('.') && !rest[gap..].starts_with("..");
    let start = span.end + u32::try_from(gap).ok()?;
    starts.then_some(Span { start, end: start + 1, ..span })
}

/// `null` itself is used as a value.
pub(in crate::check) fn always_null(span: Span) -> Diagnostic {
    Diagnostic::new("maybe-null", span, "this is always `null`")
}

/// `?.` behind something that is always there.
pub(in crate::check) fn needless_question(base: Span, dot: Span) -> Diagnostic {
    Diagnostic::new("never-null", base, "this is never missing")
        .help("`.` is enough")
        .fix(Fix::safe("write `.`", Span { end: dot.start + 2, ..dot }, "."))
}

/// `??` behind something that is always there.
pub(in crate::check) fn needless_default(it: &Binary) -> Diagnostic {
    let rest = Span { start: it.left.span.end, ..it.left.span.to(it.right.span) };
    Diagnostic::new("never-null", it.left.span, "this is never missing")
        .label(it.right.span, "never used")
        .fix(Fix::maybe("leave the default out", rest, ""))
}

/// A comparison with null of something that is always there.
pub(in crate::check) fn never_null(
    checker: &Checker<'_>,
    whole: Span,
    side: &Expr,
    op: BinaryOp,
    ty: &Type,
) -> Diagnostic {
    let outcome = if op == BinaryOp::Equal { "false" } else { "true" };
    let text = checker.source.slice(side.span);
    Diagnostic::new("never-null", side.span, "this is never missing")
        .because(format!("this is {}, without `?`", ty.with_article()))
        .help(format!(
            "the comparison is always {outcome}; leave it out, or look at `{text}` itself"
        ))
        .fix(Fix::maybe(format!("write `{outcome}`"), whole, outcome))
}

/// A case for null of something that is always there.
pub(in crate::check) fn never_null_case(span: Span) -> Diagnostic {
    Diagnostic::new("never-null", span, "this is never missing")
        .because("the value has no `?`, so this case never happens")
}

/// An element of a map is changed that may not be there.
pub(in crate::check) fn missing_element(target: Span, op: Span, text: &str) -> Diagnostic {
    Diagnostic::new("maybe-null", target, "this entry may be missing here")
        .because("a map may not have the key")
        .help(format!("`{text} = ({text} ?? 0) + …`"))
        .label(op, "changes what may not be there")
}

/// The sides of an operator, for those who report on them.
pub(in crate::check) fn sides_text<'a>(
    checker: &'a Checker<'_>,
    it: Sides<'_>,
) -> (&'a str, &'a str) {
    (checker.source.slice(it.left.span), checker.source.slice(it.right.span))
}
