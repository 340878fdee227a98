//! Calls: arguments too many, too few, unknown.

use super::{Diagnostic, Fix, count, joined, offer};
use crate::check::signature::{Parameter, Signature};
use crate::check::types::Type;
use crate::source::Span;
use crate::syntax::tree::{Call, Name, RecordPart};

/// What a function takes, for messages.
#[derive(Clone, Copy)]
pub(in crate::check) struct Takes<'a> {
    /// What it is called.
    pub(in crate::check) name: &'a str,
    /// What a caller writes.
    pub(in crate::check) params: &'a [Parameter],
}

impl Takes<'_> {
    /// "`send` takes `to` and `subject`"
    fn sentence(self) -> String {
        let name = self.name;
        let needed: Vec<String> = self
            .params
            .iter()
            .filter(|it| !it.has_default && !it.name.is_empty())
            .map(|it| format!("`{}`", it.name))
            .collect();
        match (self.params.len(), needed.len()) {
            (0, _) => format!("`{name}` takes nothing"),
            (n, 0) if self.params[0].name.is_empty() => {
                format!("`{name}` takes {}", count(n, "value"))
            }
            (n, needed) if n <= 3 && needed < n => {
                let all = self.params.iter().map(|it| format!("`{}`", it.name)).collect();
                format!("`{name}` takes at most {}", joined(all, "and"))
            }
            (n, needed) if needed < n => format!("`{name}` takes at most {}", count(n, "value")),
            (n, _) if n <= 3 => format!("`{name}` takes {}", joined(needed, "and")),
            (n, _) => format!("`{name}` takes {}", count(n, "value")),
        }
    }

    /// `send(to: text, subject: text, …)`
    fn signature(self) -> String {
        const SHOWN_MAX: usize = 6;
        let shown = self.params.iter().take(SHOWN_MAX).map(|it| {
            let optional = if it.has_default { " = …" } else { "" };
            match it.name.as_str() {
                "" => it.ty.to_string(),
                name => format!("{name}: {}{optional}", it.ty),
            }
        });
        let mut shown: Vec<String> = shown.collect();
        if self.params.len() > SHOWN_MAX {
            shown.push("…".to_owned());
        }
        format!("`{}({})`", self.name, shown.join(", "))
    }
}

/// Too many values.
pub(in crate::check) fn wrong_count(span: Span, takes: Takes<'_>, given: usize) -> Diagnostic {
    let verb = if given == 1 { "is" } else { "are" };
    let title = format!("{}; here {verb} {}", takes.sentence(), count(given, "value"));
    let said = Diagnostic::new("wrong-arguments", span, title).because("one too many");
    match takes.name {
        "print" => said.help("several values stand in one text: `print(\"{a} {b}\")`"),
        _ => said.help(takes.signature()),
    }
}

/// A named argument that no parameter is called.
pub(in crate::check) fn unknown_argument(
    name: &Name,
    takes: Takes<'_>,
    near: &[&str],
) -> Diagnostic {
    let title = format!("`{}` has no parameter `{}`", takes.name, name.text);
    let diagnostic = Diagnostic::new("unknown-argument", name.span, title);
    match near {
        [] => diagnostic.help(takes.signature()),
        _ => offer(diagnostic, name.span, near),
    }
}

/// A parameter that is given twice.
pub(in crate::check) fn argument_twice(name: &Name) -> Diagnostic {
    let title = format!("`{}` is given twice", name.text);
    Diagnostic::new("wrong-arguments", name.span, title)
        .because("a value in front of it already goes there")
}

/// Arguments that are the fields of one record.
pub(in crate::check) fn record_of_arguments(
    function: &str,
    record: Span,
    parts: &[RecordPart],
) -> Diagnostic {
    let title = format!("`{function}` takes these by name, not in a record");
    let diagnostic = Diagnostic::new("wrong-arguments", record, title)
        .because("each of these fields is one of its parameters");
    let fields: Option<Vec<Span>> = parts
        .iter()
        .map(|part| match part {
            RecordPart::Field(name, value) => Some(Span { end: value.span.end, ..name.span }),
            RecordPart::Short(..) | RecordPart::Spread(_) => None,
        })
        .collect();
    match fields.as_deref() {
        Some(all @ [first, ..]) => {
            let last = all.last().unwrap_or(first);
            let open = Span { end: first.start, ..record };
            let close = Span { start: last.end, ..record };
            diagnostic.fix(Fix::safe("leave the braces out", open, "").and(close, ""))
        }
        _ => diagnostic.help("write `name: value` for each, without the braces"),
    }
}

/// Parameters that are given nothing.
pub(in crate::check) fn missing_argument(
    callee: Span,
    brackets: Span,
    is_empty: bool,
    function: &str,
    missing: &[&Parameter],
) -> Diagnostic {
    let is_named = missing.iter().all(|it| !it.name.is_empty());
    let title = if is_named {
        let names = missing.iter().map(|it| format!("`{}`", it.name)).collect();
        format!("`{function}` needs {}", joined(names, "and"))
    } else {
        format!("`{function}` needs {} more", count(missing.len(), "value"))
    };
    let place = before_close(brackets);
    let diagnostic = Diagnostic::new("missing-argument", callee, title);
    let types: Vec<String> = missing
        .iter()
        .map(|it| match it.name.as_str() {
            "" => it.ty.to_string(),
            name => format!("{name}: {}", it.ty),
        })
        .collect();
    let diagnostic = diagnostic.because(format!(
        "it takes {}",
        joined(types.into_iter().map(|it| format!("`{it}`")).collect(), "and",)
    ));
    if !is_named {
        return diagnostic;
    }
    let holes: Vec<String> = missing
        .iter()
        .enumerate()
        .map(|(at, it)| format!("{}: ${{{}:{}}}", it.name, at + 1, it.ty))
        .collect();
    let separator = if is_empty { "" } else { ", " };
    let text = format!("{separator}{}", holes.join(", "));
    let shown: Vec<String> = missing.iter().map(|it| format!("{}: …", it.name)).collect();
    diagnostic.fix(Fix::snippet(format!("add `{}`", shown.join(", ")), place, text))
}

/// The place right before the bracket that closes a call.
pub(super) fn before_close(brackets: Span) -> Span {
    let close = brackets.end.saturating_sub(1).max(brackets.start);
    Span { start: close, end: close, ..brackets }
}

/// Type arguments that a function does not take.
pub(in crate::check) fn type_arguments(span: Span, function: &str, takes: usize) -> Diagnostic {
    let title = format!("`{function}` takes {}", count(takes, "type"));
    Diagnostic::new("wrong-arguments", span, title)
}

/// A type parameter that nothing decides.
pub(in crate::check) fn type_needed(
    span: Span,
    function: &str,
    written: &str,
    parameter: &str,
) -> Diagnostic {
    let title = format!("what does `{function}` give here?");
    Diagnostic::new("missing-type", span, title)
        .because(format!("nothing says what `{parameter}` is"))
        .help(match (is_short(written), parameter.len()) {
            (true, 2..) => {
                format!("write `{written}<{parameter}>(…)` with `type {parameter} = {{ … }}`")
            }
            (true, _) => {
                format!("write `{written}<int>(…)`, or give the result a type: `let x: [int] = …`")
            }
            (false, _) => "give the result a type: `let x: [int] = …`".to_owned(),
        })
        .fix(Fix::snippet("say it", span.after(), format!("<${{1:{parameter}}}>")))
}

fn is_short(text: &str) -> bool {
    text.len() <= 30 && !text.contains('\n')
}

/// A closure with another number of parameters than it is given values.
pub(in crate::check) fn closure_params(span: Span, has: usize, given: usize) -> Diagnostic {
    let title = format!("this function is given {}", count(given, "value"));
    Diagnostic::new("wrong-arguments", span, title)
        .because(format!("it takes {}", super::number(has)))
        .help(match given {
            0 => "write `() => …`".to_owned(),
            1 => "write `x => …`".to_owned(),
            n => {
                let names: Vec<&str> = ["a", "b", "c", "d", "e", "f"].into_iter().take(n).collect();
                format!("write `({}) => …`", names.join(", "))
            }
        })
}

/// A call of something that is no function.
pub(in crate::check) fn not_a_function(span: Span, text: &str, ty: &Type) -> Diagnostic {
    let title = if text.len() <= 30 && !text.contains('\n') {
        format!("`{text}` is {}, not a function", ty.with_article())
    } else {
        format!("this is {}, not a function", ty.with_article())
    };
    Diagnostic::new("not-a-function", span, title)
}

/// No declaration of a name takes these arguments.
pub(in crate::check) fn no_overload(
    call: &Call,
    name: &str,
    wanted: &[&Signature],
    found: &[Type],
) -> Diagnostic {
    let span = call.args.first().map_or(call.args_span, |arg| arg.value.span);
    let given = match found {
        [Type::Fn(function)] => format!("a function that gives {}", function.result.with_article()),
        types => joined(types.iter().map(Type::with_article).collect(), "and"),
    };
    let diagnostic = Diagnostic::new("wrong-type", span, format!("`{name}` does not take {given}"));
    let mut takes: Vec<String> = wanted
        .iter()
        .filter_map(|it| it.params.last())
        .map(|it| match &it.ty {
            Type::Fn(function) => format!("`{}`", function.result),
            other => format!("`{other}`"),
        })
        .collect();
    takes.dedup();
    diagnostic.help(format!("it takes {}", joined(takes, "or")))
}
