//! What is allowed and still a bad idea.

use super::calls::before_close;
use super::{Diagnostic, Fix};
use crate::check::types::Type;
use crate::schedule::Duration;
use crate::source::Span;
use crate::syntax::tree::{Call, Expr, ExprKind, Name};

/// Statements behind one that is never left.
pub(in crate::check) fn unreachable(span: Span, end: Span) -> Diagnostic {
    Diagnostic::new("unreachable", span, "these lines are never reached")
        .label(end, "nothing goes on behind this")
}

/// A case whose values an earlier one takes.
pub(in crate::check) fn unreachable_case(span: Span) -> Diagnostic {
    Diagnostic::new("unreachable", span, "this case is never reached")
        .because("an earlier case takes these values")
}

/// A variable that nobody reads.
pub(in crate::check) fn unused_name(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new("unused-name", span, format!("`{name}` is never used")).fix(Fix::maybe(
        format!("call it `_{name}`"),
        span,
        format!("_{name}"),
    ))
}

/// A variable that is set again and again, and never read.
pub(in crate::check) fn never_read(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new("unused-name", span, format!("`{name}` is set, but never read"))
        .help(format!("read it, or leave out every line that sets `{name}`"))
}

/// A module that nothing is used of.
pub(in crate::check) fn unused_module(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new("unused-name", span, format!("nothing of `{name}` is used")).fix(Fix::maybe(
        "leave it out",
        span,
        "",
    ))
}

/// A comment that silences nothing.
pub(in crate::check) fn unused_silence(span: Span, code: &str, is_known: bool) -> Diagnostic {
    let why = if is_known {
        format!("there is no `{code}` on its line that could be silenced")
    } else {
        format!("no finding is called `{code}`")
    };
    Diagnostic::new("unused-silence", span, "this silences nothing").because(why).fix(Fix::safe(
        "leave it out",
        span,
        "",
    ))
}

/// A comment that silences something and does not say why.
pub(in crate::check) fn silence_without_reason(span: Span, code: &str) -> Diagnostic {
    Diagnostic::new("unused-silence", span, "a silence needs a reason")
        .help(format!("`// taskc: allow {code} – why this is meant`"))
}

/// A value that nobody looks at.
pub(in crate::check) fn unused_result(expr: &Expr, ty: &Type) -> Diagnostic {
    let diagnostic = Diagnostic::new("unused-result", expr.span, "the result goes nowhere")
        .because(format!("this gives {} and does nothing else", ty.with_article()));
    match &expr.kind {
        ExprKind::Binary(it) if it.op == crate::syntax::tree::BinaryOp::Equal => {
            diagnostic.help("`=` assigns, `==` compares")
        }
        ExprKind::Call(call) => match changed(call) {
            Some((name, method)) => diagnostic.help(format!(
                "`{method}` leaves `{name}` as it is and gives a new value: `{name} = {name}.{method}(…)`"
            )),
            None => diagnostic.help("give it a name: `let result = …`"),
        },
        _ => diagnostic.help("give it a name: `let result = …`"),
    }
}

/// The variable and the method of `xs.sort()`.
fn changed(call: &Call) -> Option<(&str, &str)> {
    let ExprKind::Field(field) = &call.callee.kind else { return None };
    let ExprKind::Name(name) = &field.base.kind else { return None };
    Some((name, &field.name.text))
}

/// A literal that looks like a secret.
pub(in crate::check) fn secret_literal(span: Span) -> Diagnostic {
    Diagnostic::new("secret-literal", span, "this looks like a secret")
        .because("who reads the file, reads it")
        .help("keep it out of the file: name it under `[secrets]` and write `secret.NAME`")
}

/// A name that is not written like others of its kind.
pub(in crate::check) fn name_style(name: &Name, rule: &str, styled: &str) -> Diagnostic {
    Diagnostic::new("name-style", name.span, rule).help(format!("`{styled}`"))
}

/// A code of an error that is not written like the built-in ones.
pub(in crate::check) fn code_style(span: Span, code: &str) -> Diagnostic {
    let styled: String = code
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    Diagnostic::new("name-style", span, "codes of errors are `kebab-case`")
        .help(format!("`\"{styled}\"`"))
}

/// A condition on a status with which there is no answer to look at.
pub(in crate::check) fn failing_status(condition: Span, request: Span) -> Diagnostic {
    Diagnostic::new("never-true", condition, "no answer of this request has such a status")
        .because("with 400 or more the request fails instead, with `http-status`")
        .label(request, "fails then")
        .help("to look at such answers say `accept: \"any\"`; to do without one catch the failure: `try { … } catch e if e.code == \"http-status\" { … }`")
        .fix(Fix::maybe("add `accept: \"any\"`", before_close(request), ", accept: \"any\""))
}

/// A sleep behind calls that may use up the time limit.
pub(in crate::check) fn sleep_past_timeout(
    sleep: Span,
    timeout: Duration,
    spent: Duration,
    calls: &[Span],
) -> Diagnostic {
    let title = "the time limit may be over before this sleep";
    let diagnostic = Diagnostic::new("sleep-past-timeout", sleep, title)
        .because(format!("what stands before it may take {spent}, and the limit is {timeout}"));
    calls
        .iter()
        .fold(diagnostic, |it, span| it.label(*span, "takes part of the time"))
        .help(format!("a higher `timeout`, or lower ones of the calls: together at most {timeout}"))
}
