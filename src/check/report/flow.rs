//! Where control goes: results, cases, words that stand in the wrong place.

use super::{Diagnostic, Fix, joined};
use crate::check::types::Type;
use crate::source::Span;
use crate::syntax::tree::Name;

/// What is said of a `return` with a value where none is expected.
pub(in crate::check) const NOTHING_GIVEN_BACK: &str = "nothing is given back here";

/// A function whose end gives nothing.
pub(in crate::check) fn missing_result(
    body: Span,
    name: &str,
    when: Option<(&str, &str)>,
    wanted: &Type,
    stated: Option<Span>,
) -> Diagnostic {
    let title = match when {
        Some((condition, outcome)) if condition.len() <= 25 && !condition.contains('\n') => {
            format!("when `{condition}` is {outcome}, `{name}` gives nothing")
        }
        _ => format!("`{name}` may end without giving anything"),
    };
    let close = Span { start: body.end.saturating_sub(1).max(body.start), ..body };
    let diagnostic = Diagnostic::new("missing-result", close, title)
        .because("the end can be reached")
        .help("give something on every way, or `fail \"…\"` where there is nothing to give");
    match stated {
        Some(span) => diagnostic.label(span, format!("it should give {}", wanted.with_article())),
        None => diagnostic,
    }
}

/// A closure's block that should give a value and has none at its end.
pub(in crate::check) fn no_value(body: Span, wanted: &Type) -> Diagnostic {
    let title = format!("{} is needed here, and this gives nothing", wanted.with_article());
    Diagnostic::new("missing-result", body, title)
        .help("the last expression of a block is its value")
}

/// `return` without a value in a function that gives one.
pub(in crate::check) fn empty_return(
    span: Span,
    wanted: &Type,
    stated: Option<Span>,
) -> Diagnostic {
    let title = format!("`return` needs {} here", wanted.with_article());
    let diagnostic = Diagnostic::new("missing-result", span, title);
    match stated {
        Some(span) => diagnostic.label(span, "stated here"),
        None => diagnostic,
    }
}

/// `return e` where nothing is given.
pub(in crate::check) fn returns_nothing(span: Span, ty: &Type, in_fn: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new("wrong-type", span, NOTHING_GIVEN_BACK);
    if in_fn {
        diagnostic.help(format!("state what the function gives: `fn f(…) -> {ty} {{ … }}`"))
    } else {
        diagnostic.help("`return` alone ends the run well; `fail \"…\"` ends it as failed")
    }
}

/// `return` where there is nothing to return from.
pub(in crate::check) fn nothing_to_return_from(span: Span) -> Diagnostic {
    Diagnostic::new("misplaced", span, "`return` has nothing to end here")
}

/// `break` or `continue` outside a loop.
pub(in crate::check) fn outside_loop(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new("misplaced", span, format!("`{word}` stands only in a loop"))
}

/// A word that would leave a body that runs beside others.
pub(in crate::check) fn leaves_parallel(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new("misplaced", span, format!("`{word}` cannot leave a parallel body"))
        .because("other bodies are running at the same time")
        .help("`continue` ends this body; `fail` ends all of them")
}

/// Cases that nobody handles.
pub(in crate::check) fn unhandled_cases(
    head: Span,
    insert: Span,
    missing: &[String],
    has_guard: bool,
) -> Diagnostic {
    let is_open = missing.iter().any(|it| it == "_");
    let title = if is_open {
        "other values are not handled".to_owned()
    } else {
        let cases = joined(missing.iter().map(|it| format!("`{it}`")).collect(), "and");
        let verb = if missing.len() == 1 { "is" } else { "are" };
        format!("{cases} {verb} not handled")
    };
    let diagnostic = Diagnostic::new("unhandled-cases", head, title);
    let diagnostic = if has_guard {
        diagnostic.because("a case with a condition may not apply")
    } else {
        diagnostic
    };
    let arms: String = if is_open {
        "  else => ${1:{\\}}\n".to_owned()
    } else {
        let arm = |(at, it): (usize, &String)| format!("  {it} => ${{{}:{{\\}}}}\n", at + 1);
        missing.iter().filter(|it| *it != "…").enumerate().map(arm).collect()
    };
    diagnostic
        .help(if is_open { "add `else => …`" } else { "add the cases, or `else => …`" })
        .fix(Fix::snippet("fill in", insert, arms))
}

/// A case that nobody handles because its text is misspelt.
pub(in crate::check) fn misspelt_case(span: Span, meant: &str) -> Diagnostic {
    Diagnostic::new("unhandled-cases", span, format!("`{meant}` is not handled"))
        .because("the value is never this text")
        .fix(Fix::safe(format!("write `{meant}`"), span, meant))
}

/// A name among several patterns of one case.
pub(in crate::check) fn name_among_patterns(span: Span) -> Diagnostic {
    Diagnostic::new("misplaced", span, "a name stands alone in its case")
        .because("another pattern of this case would leave it without a value")
}

/// A name in a pattern that is a constant's.
pub(in crate::check) fn constant_pattern(name: &Name, what: &str) -> Diagnostic {
    let title = format!("`{}` would be a new name here, not {what}", name.text);
    Diagnostic::new("duplicate-name", name.span, title)
        .help(format!("compare with it: `x if x == {}`", name.text))
}

/// A function without a body.
pub(in crate::check) fn no_body(name: &Name) -> Diagnostic {
    Diagnostic::new("missing-value", name.span, format!("`{}` has no body yet", name.text))
        .because("only functions of the library are written elsewhere")
        .help("statements stand in braces: `{ … }`")
}
