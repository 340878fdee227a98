//! Effects where they must not be.

use ecow::EcoString;

use super::Diagnostic;
use crate::source::Span;

/// Something in a transaction that cannot be rolled back.
pub(in crate::check) fn in_transaction(
    span: Span,
    transaction: Span,
    effect: &str,
    path: &[EcoString],
    is_other_source: bool,
) -> Diagnostic {
    let bare = effect.trim_matches('`');
    let what = match bare.split_once('.') {
        Some(("http", _)) => "a web request".to_owned(),
        Some(("mail", _)) => "a mail".to_owned(),
        Some(("files", _)) => "a change of files".to_owned(),
        None if bare == "sleep" => "a pause".to_owned(),
        _ => effect.to_owned(),
    };
    let title = if is_other_source {
        format!("{what} is not part of this transaction")
    } else {
        format!("{what} cannot be rolled back")
    };
    let diagnostic = Diagnostic::new("effect-in-transaction", span, title)
        .label(transaction, "this transaction is undone as a whole, or not at all");
    let diagnostic = match path {
        [] => diagnostic,
        path => diagnostic.because(way(path, bare)),
    };
    diagnostic.help(if is_other_source {
        "a transaction is on one source: `transaction in NAME { … }`"
    } else {
        "do it behind the transaction, when the data is safe"
    })
}

/// A retry that would do again what cannot be undone.
pub(in crate::check) fn unsafe_retry(
    span: Span,
    retry: Span,
    effect: &str,
    path: &[EcoString],
) -> Diagnostic {
    let bare = effect.trim_matches('`');
    let what = match bare.split_once('.') {
        Some(("http", _)) => "make this web request",
        Some(("mail", _)) => "send this mail",
        _ => "do this",
    };
    let diagnostic = Diagnostic::new("unsafe-retry", span, format!("a retry would {what} again"))
        .because(match path {
            [] => "with `durable off` every attempt starts from the top".to_owned(),
            path => way(path, bare),
        });
    diagnostic
        .label(retry, "asked for here")
        .help("leave out `durable off`: then an attempt goes on where the one before it failed")
}

/// A constant that is not one.
pub(in crate::check) fn in_constant(span: Span, effect: &str, path: &[EcoString]) -> Diagnostic {
    let bare = effect.trim_matches('`');
    let diagnostic =
        Diagnostic::new("not-constant", span, format!("`{bare}` is not the same each time"));
    let diagnostic = match path {
        [] => diagnostic.because("a constant touches nothing of the world"),
        path => diagnostic.because(way(path, bare)),
    };
    diagnostic.help("make it a function, or a variable of the task")
}

/// A constant that is needed to compute itself.
pub(in crate::check) fn constant_needs_itself(span: Span) -> Diagnostic {
    Diagnostic::new("endless-declaration", span, "this constant needs its own value")
}

/// A generic function that calls itself with ever larger types.
pub(in crate::check) fn endless_generic(span: Span, name: &str) -> Diagnostic {
    let title = format!("`{name}` would call itself with ever larger types");
    Diagnostic::new("endless-declaration", span, title)
        .because("each call is another function, and there would be no last one")
}

/// `f → g → http.post`
fn way(path: &[EcoString], effect: &str) -> String {
    let mut steps: Vec<String> = path.iter().map(|it| format!("`{it}`")).collect();
    steps.push(format!("`{effect}`"));
    steps.join(" → ")
}
