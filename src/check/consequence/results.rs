//! A function that gives something back and does not state that it does: its calls are not told that they give nothing.

use crate::check::project::ProjectFile;
use crate::check::report::flow::NOTHING_GIVEN_BACK;
use crate::check::report::types::CALL_GIVES_NOTHING;
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::syntax::tree::Item;

/// Takes away what is said of the calls of a function whose result is told of in its body, or whose head is on one of the lines that could not be
/// read.
pub(super) fn told_where_given(file: &ProjectFile, broken: &[u32], found: &mut Vec<Diagnostic>) {
    let is_about =
        |it: &Diagnostic, what: &str| it.code == "wrong-type" && it.title.starts_with(what);
    let given = found.iter().filter(|it| is_about(it, NOTHING_GIVEN_BACK));
    let given: Vec<Span> = given.map(Diagnostic::span).collect();
    let silent: Vec<String> = file
        .tree
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Fn(it) if it.result.is_none() => Some(it),
            _ => None,
        })
        .filter(|function| {
            let line = file.source.position(function.name.span.start).line;
            broken.contains(&line) || given.iter().any(|it| function.span.to(*it) == function.span)
        })
        .map(|it| format!("{}(", it.name.text))
        .collect();
    found.retain(|it| {
        let called = file.source.slice(it.span());
        !is_about(it, CALL_GIVES_NOTHING)
            || !silent.iter().any(|name| called.starts_with(name.as_str()))
    });
}

#[cfg(test)]
mod tests {
    use crate::check::testing::finds;

    #[test]
    fn a_result_that_is_not_stated_is_told_of_once() {
        finds("fn f(n: int) {\n  return n\n}\nlet a = f(1)\nprint(a)\n", &["wrong-type at `n`"]);
        finds("fn f() { print(1) }\nlet a = f()\nprint(a)\n", &["wrong-type at `f()`"]);
    }
}
