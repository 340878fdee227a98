//! Tests: their statements in wrong places, stubs that nothing would ever ask for.

use super::{Diagnostic, Fix, offer};
use crate::source::{Source, Span};
use crate::syntax::tree::Name;

/// A statement that stands in tests only.
pub(in crate::check) fn outside_test(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new("misplaced", span, format!("`{word}` stands only in a test"))
        .help("tests are written `test \"what holds\" { … }`")
}

/// A second test of a name.
pub(in crate::check) fn second_test(source: &Source, name: &Name, earlier: Span) -> Diagnostic {
    let line = source.position(earlier.start).line;
    let title = format!("there is a test called \"{}\" already (line {line})", name.text);
    Diagnostic::new("duplicate-name", name.span, title)
        .because("reports could not tell the two apart")
        .label(earlier, "the first one")
        .help("say what this one shows that the other does not")
}

/// `run()` where there is nothing to run.
pub(in crate::check) fn no_task_to_run(span: Span) -> Diagnostic {
    Diagnostic::new("unknown-function", span, "there is no task to run in this file")
        .because("it holds only declarations")
        .help("call its functions, or move the test into the task's file")
}

/// `run()` in a closure or a parallel body.
pub(in crate::check) fn run_in_closure(span: Span) -> Diagnostic {
    Diagnostic::new("misplaced", span, "`run()` stands in the test itself")
        .because("kept variables change with each run, and a closure works on its own copies")
        .help("a `for` loop may hold it")
}

/// A module whose calls cannot be stubbed.
pub(in crate::check) fn not_stubbed(module: &Name, near: &[&str]) -> Diagnostic {
    let title = format!("calls of `{}` cannot be stubbed", module.text);
    let diagnostic = Diagnostic::new("bad-stub", module.span, title);
    match (near, module.text.as_str()) {
        ([], "mail") => diagnostic.help("mail is caught in a test: look at `mail.sent()`"),
        ([], "files" | "csv") => diagnostic
            .help("a test has a folder of its own: write what the task reads with `files.write`"),
        ([], _) => diagnostic.help("only `http` calls are answered by a test"),
        _ => offer(diagnostic, module.span, near),
    }
}

/// `stub http.pst`
pub(in crate::check) fn unknown_method(method: &Name, near: &[&str]) -> Diagnostic {
    let title = format!("`http` makes no `{}` requests", method.text);
    let diagnostic = Diagnostic::new("bad-stub", method.span, title);
    match near {
        [] => diagnostic.help("there are get, head, post, put, patch and delete"),
        _ => offer(diagnostic, method.span, near),
    }
}

/// `stub http => …`
pub(in crate::check) fn no_address(module: Span, response: Span) -> Diagnostic {
    let insert = Span { start: module.end, end: module.end, ..module };
    Diagnostic::new("bad-stub", module, "for which address?")
        .label(response, "this would be the answer")
        .help("write the address, `*` for any text in it: `stub http \"https://api.example.com/*\" => …`")
        .fix(Fix::snippet("write an address", insert, " \"${1:https://}\""))
}

/// `stub http "POST" "https://…" => …`
pub(in crate::check) fn several_addresses(
    (module, first, second): (Span, Span, Span),
    method: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new("bad-stub", first, "a stub has one address");
    match method {
        Some(method) => {
            let gap = Span { start: module.end, end: second.start, ..module };
            diagnostic
                .help(format!("the method stands behind a dot: `stub http.{method} \"https://…\"`"))
                .fix(Fix::safe(format!("write `http.{method}`"), gap, format!(".{method} ")))
        }
        None => diagnostic.help("write a stub for each, or `*` for what differs"),
    }
}

/// `stub http "POST https://…" => …`
pub(in crate::check) fn method_in_address(
    (module, arg): (Span, Span),
    method: &str,
    address: &str,
) -> Diagnostic {
    let gap = Span { start: module.end, end: arg.end, ..module };
    let title = format!("no address begins with `{} `", method.to_uppercase());
    Diagnostic::new("bad-stub", arg, title)
        .help(format!("the method stands behind a dot: `stub http.{method} \"https://…\"`"))
        .fix(Fix::safe(
            format!("write `http.{method}`"),
            gap,
            format!(".{method} \"{}\"", address.escape_debug()),
        ))
}

/// `stub http "api.example.com/rates" => …`
pub(in crate::check) fn no_scheme(arg: Span, address: &str) -> Diagnostic {
    Diagnostic::new("bad-stub", arg, "no request has this address")
        .because("addresses begin with `https://` or `http://`")
        .fix(Fix::maybe(
            format!("write `https://{address}`"),
            arg,
            format!("\"https://{}\"", address.trim_start_matches('/').escape_debug()),
        ))
}

/// `stub http "https://…" => 200`
pub(in crate::check) fn bare_answer(response: Span, field: &str, text: &str) -> Diagnostic {
    let record = format!("{{ {field}: {text} }}");
    Diagnostic::new("bad-stub", response, "an answer is a record")
        .because("status, body or error?")
        .fix(Fix::safe(format!("write `{record}`"), response, record))
}
