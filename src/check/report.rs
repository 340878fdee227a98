//! The words of every finding of this layer: typed arguments in, a finished value out.
//!
//! One function per finding, by area. The rules that find them stand elsewhere; nothing here decides.

pub(super) mod calls;
pub(super) mod effects;
pub(super) mod flow;
pub(super) mod headers;
pub(super) mod languages;
pub(super) mod lints;
pub(super) mod literals;
mod mends;
pub(super) mod names;
pub(super) mod nulls;
pub(super) mod operators;
pub(super) mod queries;
pub(super) mod schedules;
pub(super) mod surprises;
pub(super) mod tables;
pub(super) mod test_stmts;
pub(super) mod types;

use crate::diagnostics::{Diagnostic, Fix};
use crate::source::Span;

/// Offers near names as the mend: one is put in, several are listed.
fn offer(diagnostic: Diagnostic, span: Span, near: &[&str]) -> Diagnostic {
    match near {
        [] => diagnostic,
        [only] => diagnostic.help(format!("the nearest name is `{only}`")).fix(Fix::maybe(
            format!("write `{only}`"),
            span,
            *only,
        )),
        several => {
            let diagnostic = diagnostic.help(format!("near names are {}", list(several)));
            several.iter().fold(diagnostic, |it, name| {
                it.fix(Fix::maybe(format!("write `{name}`"), span, *name))
            })
        }
    }
}

/// "`a`", "`a` and `b`", "`a`, `b` and `c`".
pub(super) fn list(names: &[impl AsRef<str>]) -> String {
    joined(names.iter().map(|name| format!("`{}`", name.as_ref())).collect(), "and")
}

/// A few names, and that there are more.
pub(super) fn some_of(names: &[&str]) -> String {
    const SHOWN_MAX: usize = 6;
    if names.len() <= SHOWN_MAX {
        return list(names);
    }
    let shown: Vec<String> = names.iter().take(SHOWN_MAX).map(|it| format!("`{it}`")).collect();
    format!("{} and more", shown.join(", "))
}

/// "a", "a or b", "a, b or c".
pub(super) fn joined(mut parts: Vec<String>, word: &str) -> String {
    let Some(last) = parts.pop() else { return String::new() };
    if parts.is_empty() { last } else { format!("{} {word} {last}", parts.join(", ")) }
}

/// Numbers up to twelve in words, as titles read best.
pub(super) fn number(n: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// "one value", "three values".
pub(super) fn count(n: usize, thing: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", number(n))
}
