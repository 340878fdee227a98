//! The headers beside `schedule`, one function each. They give nothing where something was reported.

use super::parts::{Parts, Read};
use super::{
    Allow, Group, History, Missed, MissedRuns, Overlap, Pause, Priority, Retry, TaskHeaders, Trace,
};
use crate::check::checker::Checker;
use crate::check::report::headers as report;
use crate::schedule::Duration;
use crate::syntax::tree::{ExprKind, HeaderPart};

pub(super) fn active<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.active = checker.header_bool(parts)?;
    Some(())
}

/// `allow http "*.example.org"`
pub(super) fn allow<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    let module = checker.header_word(parts, &["http", "files", "mail"])?;
    loop {
        let pattern = checker.header_text(parts, "a pattern such as `\"*.example.org\"`")?;
        headers.allow.push(Allow { module: module.into(), pattern: pattern.text });
        if !parts.comma() {
            return Some(());
        }
    }
}

/// `concurrency "group" 2`
pub(super) fn concurrency<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    let name = checker.header_text(parts, "the name of a group")?.text;
    let limit = checker.header_small_count(parts, 1)?;
    headers.concurrency = Some(Group { name, limit });
    Some(())
}

pub(super) fn description<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.description = Some(checker.header_text(parts, "a text")?.text);
    Some(())
}

/// `durable off`
pub(super) fn durable<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.durable = checker.header_word(parts, &["on", "off"])? == "on";
    Some(())
}

pub(super) fn expire<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.expire = Some(checker.header_duration(parts)?);
    Some(())
}

/// `history 1000 runs`, `history 30d`, `history off`
pub(super) fn history<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.history = if parts.eat("off") {
        History::Off
    } else if is_duration(parts) {
        History::For(checker.header_duration(parts)?)
    } else {
        let count = checker.header_small_count(parts, 1)?;
        checker.header_word(parts, &["runs"])?;
        History::Runs(count)
    };
    Some(())
}

/// `jitter 5m`; `0s` is what holds without it.
pub(super) fn jitter<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.jitter = checker.header_any_duration(parts)?;
    Some(())
}

pub(super) fn memory<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.memory_bytes = checker.header_size(parts)?;
    Some(())
}

/// `missed all 10 within 2h`
pub(super) fn missed<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    let runs = match checker.header_word(parts, &["none", "once", "all"])? {
        "none" => MissedRuns::None,
        "once" => MissedRuns::Once,
        _ => MissedRuns::All(checker.header_small_count(parts, 1)?),
    };
    let within = if parts.eat("within") { Some(checker.header_duration(parts)?) } else { None };
    headers.missed = Missed { runs, within };
    Some(())
}

/// `on failure { … }`; what stands in the braces is checked as a body.
pub(super) fn on_failure<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    _headers: &mut TaskHeaders,
) -> Read<()> {
    checker.header_word(parts, &["failure"])?;
    match parts.peek() {
        Some(HeaderPart::Block(_)) => {
            parts.next();
            Some(())
        }
        _ => {
            checker.report(report::missing(
                parts.end.after(),
                "on failure",
                "statements in braces",
            ));
            None
        }
    }
}

/// `overlap skip`, `queue 3`, `replace`, `allow 2`
pub(super) fn overlap<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.overlap = match checker.header_word(parts, &["skip", "queue", "replace", "allow"])? {
        "skip" => Overlap::Skip,
        "queue" => Overlap::Queue(checker.header_small_count(parts, 1)?),
        "replace" => Overlap::Replace,
        _ => Overlap::Allow(checker.header_small_count(parts, 1)?),
    };
    Some(())
}

pub(super) fn priority<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.priority = match checker.header_word(parts, &["high", "normal", "low"])? {
        "high" => Priority::High,
        "normal" => Priority::Normal,
        _ => Priority::Low,
    };
    Some(())
}

/// `retry 3`, `retry 3 every 1m`, `retry 3 backoff 30s to 10m`
pub(super) fn retry<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    let times = checker.header_small_count(parts, 0)?;
    checker.pass_over_filler(parts, &["times", "time", "attempts", "x"]);
    let pause = if parts.peek().is_none() {
        Pause::Every(Duration::ZERO)
    } else if checker.header_word(parts, &["every", "backoff"])? == "every" {
        Pause::Every(checker.header_duration(parts)?)
    } else {
        let first = checker.header_duration(parts)?;
        checker.header_word(parts, &["to"])?;
        let longest = checker.header_duration(parts)?;
        if longest < first {
            checker.report(report::backoff_shrinks(parts.end, first, longest));
            return None;
        }
        Pause::Backoff(first, longest)
    };
    headers.retry = Retry { times, pause };
    Some(())
}

/// `source warehouse`
pub(super) fn source<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    let Some(name) = parts.any_word() else {
        let span = parts.rest().unwrap_or_else(|| parts.end.after());
        checker.report(report::missing(span, "source", "the name of a source"));
        return None;
    };
    checker.refuse_unknown_source(name);
    headers.source.clone_from(&name.text);
    Some(())
}

pub(super) fn steps<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.steps = checker.header_count(parts, 1)?;
    Some(())
}

/// `tags "a", "b"`
pub(super) fn tags<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    loop {
        let tag = checker.header_text(parts, "a text")?;
        headers.tags.push(tag.text);
        if !parts.comma() {
            return Some(());
        }
    }
}

pub(super) fn timeout<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.timeout = checker.header_duration(parts)?;
    Some(())
}

/// `trace off`, `trace 500`, `trace all`
pub(super) fn trace<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    headers.trace = if matches!(parts.peek(), Some(HeaderPart::Value(_))) {
        Trace::Statements(checker.header_small_count(parts, 0)?)
    } else if checker.header_word(parts, &["off", "all"])? == "off" {
        Trace::Off
    } else {
        Trace::All
    };
    Some(())
}

fn is_duration(parts: &Parts<'_>) -> bool {
    matches!(parts.peek(), Some(HeaderPart::Value(value)) if matches!(value.kind, ExprKind::Duration(_)))
}
