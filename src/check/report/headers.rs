//! Headers: words that are none, values that do not fit.

use super::mends::{quoted_day, without_quotes};
use super::types::quoted_duration;
use super::{Diagnostic, Fix, joined, offer};
use crate::check::types::Type;
use crate::diagnostics::suggest::foreign::foreign;
use crate::diagnostics::suggest::words::unit_of_time;
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::diagnostics::{Applicability, Edit};
use crate::schedule::Duration;
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Header, HeaderPart, Name};

/// No header is called that.
pub(in crate::check) fn unknown_header(header: &Header, near: &[&str]) -> Diagnostic {
    let title = format!("no header is called `{}`", header.word.text);
    let span = header.word.span;
    let diagnostic = Diagnostic::new("unknown-header", span, title);
    match near {
        [only] => diagnostic.help(format!("the nearest name is `{only}`")).fix(Fix::safe(
            format!("write `{only}`"),
            span,
            *only,
        )),
        _ if advice(&header.word.text).is_some() => {
            advice(&header.word.text).map_or(diagnostic.clone(), |it| diagnostic.help(it))
        }
        [] if foreign(&header.word.text).is_some() => {
            foreign(&header.word.text).map_or(diagnostic, |theirs| theirs.finding(span))
        }
        [] if header.word.text == "print" => print_without_brackets(header),
        [] => diagnostic.help("a call has brackets: `f(…)`; a variable is made with `let`"),
        _ => offer(diagnostic, span, near),
    }
}

/// `print "done"`, `print total`
fn print_without_brackets(header: &Header) -> Diagnostic {
    let said = Diagnostic::new("foreign-word", header.word.span, "a call has brackets here")
        .help("write `print(\"done\")`");
    let value = match header.parts.as_slice() {
        [HeaderPart::Value(value)] if !matches!(value.kind, ExprKind::Call(_)) => value.span,
        [HeaderPart::Word(name)] => name.span,
        _ => return said,
    };
    let gap = Span { start: header.word.span.end, end: value.start, ..value };
    said.fix(Fix::safe("write `print(…)`", gap, "(").and(value.after(), ")"))
}

/// What to write for what other schedulers call otherwise.
fn advice(word: &str) -> Option<&'static str> {
    Some(match word {
        "cron" | "crontab" | "every" | "interval" | "schedule_interval" => {
            "write `schedule \"0 7 * * *\"`, or `schedule every 15m`"
        }
        "timezone" | "time_zone" | "tz" | "zone" => {
            "a zone stands behind the schedule: `schedule \"0 7 * * *\" in \"Europe/Berlin\"`"
        }
        "start_date" | "start" | "begin" => "write `schedule … from @2026-01-01`",
        "end_date" | "end" | "stop" => "write `schedule … until @2027-01-01`",
        "catchup" | "catch_up" => {
            "due times that were missed: `missed none`, `missed once` or `missed all 10`"
        }
        "retries" | "max_retries" | "attempts" => "write `retry 3`",
        "retry_delay" | "retry_interval" | "delay" => "write `retry 3 every 5m`",
        "max_active_runs" | "parallelism" => "write `overlap allow 3`",
        "on_failure" | "on_error" | "on_failure_callback" => "write `on failure { … }`",
        "name" | "id" | "dag_id" | "task" => "a task is called as its file is: leave the line out",
        "at" => {
            "once is `schedule at @2026-01-31T07:00:00Z`; a test says where its clock stands: `test \"…\" { at @2026-01-31T07:00:00Z … }`"
        }
        "disabled" | "paused" => "write `active false`",
        "exit" | "quit" => "`return` ends the run well, `fail \"why\"` ends it as failed",
        "secret" | "secrets" => {
            "name it under `[secrets]` in `taskc.toml`, and write `secret.NAME` where it is needed"
        }
        "env" | "environment" => {
            "name it under `[env]` in `taskc.toml`, and write `env.NAME` where it is needed"
        }
        "param" | "params" | "input" | "args" => {
            "a task takes no values from outside: write `const LIMIT = 10`"
        }
        _ => return None,
    })
}

/// A header that is written like a variable.
pub(in crate::check) fn assigned(span: Span, word: &str, sign: Span) -> Diagnostic {
    Diagnostic::new("bad-header", span, format!("`{word}` is a header, not a variable"))
        .help(format!("headers stand above the statements, without `=`: `{word} …`"))
        .fix(Fix::maybe("leave the `=` out", sign, ""))
}

/// A header that a task may say once only.
pub(in crate::check) fn duplicate_header(header: &Header, first: Span) -> Diagnostic {
    let title = format!("`{}` is set twice", header.word.text);
    Diagnostic::new("duplicate-header", header.span, title)
        .because("only one can hold")
        .label(first, "the first one")
        .fix(Fix::maybe("leave this one out", header.span, ""))
}

/// No time stands where a header needs one; a day in quotes is one all but for the quotes.
pub(in crate::check) fn needs_time(value: &Expr, word: &str) -> Diagnostic {
    let said = needs(value.span, word, "a time such as `@2026-01-01T00:00:00Z`");
    match quoted_day(value) {
        Some(day) => said.fix(without_quotes(value, day, false)),
        None => said,
    }
}

/// Something else stands where a header needs a value.
pub(in crate::check) fn needs(span: Span, word: &str, what: &str) -> Diagnostic {
    Diagnostic::new("bad-header", span, format!("`{word}` needs {what}"))
}

/// Nothing stands where a header needs a value.
pub(in crate::check) fn missing(span: Span, word: &str, what: &str) -> Diagnostic {
    Diagnostic::new("bad-header", span, format!("`{word}` needs {what}")).because("nothing follows")
}

/// Something stands behind a header that is complete.
pub(in crate::check) fn too_much(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new("bad-header", span, format!("`{word}` is complete before this"))
        .fix(Fix::maybe("leave it out", span, ""))
}

/// A value that is nothing at all where something is needed.
pub(in crate::check) fn nothing_at_all(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new("bad-header", span, format!("`{word}` needs more than nothing"))
}

/// A number that is too small.
pub(in crate::check) fn too_few(span: Span, word: &str, least: u64) -> Diagnostic {
    Diagnostic::new("bad-header", span, format!("`{word}` needs at least {least}"))
}

/// A value that is no duration.
pub(in crate::check) fn not_a_duration(
    value: &Expr,
    word: &str,
    found: &Type,
    behind: Option<&Name>,
) -> Diagnostic {
    if let Some(diagnostic) = quoted_duration(value) {
        return diagnostic;
    }
    if let (ExprKind::Int(number), Some(name)) = (&value.kind, behind)
        && let Some(unit) = unit_of_time(&name.text)
    {
        let (span, written) = (value.span.to(name.span), format!("{number}{unit}"));
        return Diagnostic::new("bad-header", span, "a duration is written in one piece")
            .fix(Fix::safe(format!("write `{written}`"), span, written));
    }
    let title = format!("`{word}` needs a duration, and this is {}", found.with_article());
    let diagnostic = Diagnostic::new("bad-header", value.span, title);
    match &value.kind {
        ExprKind::Int(number) => diagnostic
            .help(format!("a duration has a unit: `{number}s`, `{number}m`, `{number}h`"))
            .fix(Fix::maybe(format!("write `{number}s`"), value.span, format!("{number}s"))),
        _ => diagnostic.help("such as `30s`, `10m`, `2h`, `1d`"),
    }
}

/// A value that is no size.
pub(in crate::check) fn not_a_size(value: &Expr, word: &str) -> Diagnostic {
    let diagnostic = needs(value.span, word, "a size such as `256MB`");
    match &value.kind {
        ExprKind::Int(number) => diagnostic.fix(Fix::maybe(
            format!("write `{number}MB`"),
            value.span,
            format!("{number}MB"),
        )),
        _ => diagnostic,
    }
}

/// Words where texts are needed; `first` is the first of them.
pub(in crate::check) fn unquoted(words: &[Span], header: &str, first: &str) -> Diagnostic {
    let quotes = |span: &Span| [(span.before(), "\""), (span.after(), "\"")];
    let edits = words.iter().flat_map(quotes).map(|(span, text)| Edit { span, text: text.into() });
    let fix = Fix {
        title: format!("write `\"{first}\"`"),
        applicability: Applicability::Safe,
        edits: edits.collect(),
    };
    let title = format!("what `{header}` says stands in quotes");
    let place = words.first().copied().unwrap_or_default();
    Diagnostic::new("bad-header", place, title).fix(fix)
}

/// A word where `true` or `false` is needed.
pub(in crate::check) fn neither_true_nor_false(name: &Name, word: &str) -> Diagnostic {
    let diagnostic = needs(name.span, word, "`true` or `false`");
    let meant = match name.text.to_lowercase().as_str() {
        "yes" | "on" | "enabled" | "true" => "true",
        "no" | "off" | "disabled" | "false" => "false",
        _ => return diagnostic,
    };
    diagnostic.fix(Fix::safe(format!("write `{meant}`"), name.span, meant))
}

/// A text with a hole.
pub(in crate::check) fn hole(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new("bad-header", span, format!("`{word}` is known before the task runs"))
        .because("a header's text has no holes")
}

/// A word that is none of those that may stand here.
pub(in crate::check) fn unknown_word(name: &Name, word: &str, words: &[&str]) -> Diagnostic {
    let title = format!("`{word}` knows no `{}`", name.text);
    let near = nearest(&name.text, words.iter().map(|it| Candidate::new(it)));
    let diagnostic = Diagnostic::new("bad-header", name.span, title);
    let names_zone = matches!(name.text.as_str(), "at" | "timezone" | "time_zone" | "tz" | "zone");
    match near.as_slice() {
        [] if names_zone && words.contains(&"in") => diagnostic
            .help("a zone stands behind `in`")
            .fix(Fix::safe("write `in`", name.span, "in")),
        [] => diagnostic.help(format!("it knows {}", choices(words))),
        near => offer(diagnostic, name.span, near),
    }
}

/// A word that is said and not written: `retry 3 times`; `gap` is the word and the blank before it.
pub(in crate::check) fn filler(name: &Name, word: &str, gap: Span) -> Diagnostic {
    let title = format!("`{word}` is written without `{}`", name.text);
    Diagnostic::new("bad-header", name.span, title).fix(Fix::safe(
        format!("leave `{}` out", name.text),
        gap,
        "",
    ))
}

/// Something else than one of some words.
pub(in crate::check) fn one_of(span: Span, word: &str, words: &[&str]) -> Diagnostic {
    let title = match words {
        [only] => format!("`{word}` needs the word `{only}` here"),
        _ => format!("`{word}` needs one of its words here"),
    };
    Diagnostic::new("bad-header", span, title).help(format!("it knows {}", choices(words)))
}

fn choices(words: &[&str]) -> String {
    joined(words.iter().map(|it| format!("`{it}`")).collect(), "and")
}

/// A pause between attempts that would shrink.
pub(in crate::check) fn backoff_shrinks(
    span: Span,
    first: Duration,
    longest: Duration,
) -> Diagnostic {
    let title = format!("the pause would shrink from {first} to {longest}");
    Diagnostic::new("bad-header", span, title)
        .because("`backoff` doubles from the first to the second")
        .help(format!("`backoff {longest} to {first}`"))
}

/// A time limit that reaches past the next due time.
pub(in crate::check) fn long_timeout(
    span: Span,
    timeout: Duration,
    period: Duration,
) -> Diagnostic {
    Diagnostic::new(
        "long-timeout",
        span,
        format!("a run may take {timeout}, and the next is due after {period}"),
    )
    .because("due times during a run are skipped")
    .help(format!("a limit below {period}, or say what happens: `overlap skip`, `overlap queue 1`"))
}
