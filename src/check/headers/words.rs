//! All headers but `schedule`.

use super::data::{
    Allow, Group, History, Missed, MissedRuns, Overlap, Pause, Priority, Retry, TaskHeaders, Trace,
};
use super::line::Line;
use crate::diagnostics::Diagnostic;
use crate::schedule::Duration;

/// Reads the rest of a line into the headers.
pub(super) fn read(word: &str, line: &mut Line<'_>, headers: &mut TaskHeaders) {
    match word {
        "active" => set(&mut headers.active, line.truth()),
        "allow" => headers.allow.extend(allow(line)),
        "concurrency" => headers.concurrency = group(line),
        "description" => headers.description = line.text("a text").map(|(text, _)| text),
        "durable" => set(&mut headers.durable, line.one_of(&["on", "off"]).map(|it| it == "on")),
        "expire" => headers.expire = positive(line),
        "history" => set(&mut headers.history, history(line)),
        "jitter" => set(&mut headers.jitter, line.duration()),
        "memory" => set(&mut headers.memory_bytes, line.size()),
        "missed" => set(&mut headers.missed, missed(line)),
        "on" => {
            if line.one_of(&["failure"]).is_some() {
                line.block();
            }
        }
        "overlap" => set(&mut headers.overlap, overlap(line)),
        "priority" => set(&mut headers.priority, priority(line)),
        "retry" => set(&mut headers.retry, retry(line)),
        "source" => match line.peek_word() {
            Some(name) => {
                headers.source = name.text.clone();
                line.eat(&name.text);
            }
            None => line.missing("the name of a source"),
        },
        "steps" => set(&mut headers.steps, line.number()),
        "tags" => headers.tags = tags(line),
        "timeout" => set(&mut headers.timeout, positive(line)),
        _ => set(&mut headers.trace, trace(line)),
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// A duration that is longer than nothing.
fn positive(line: &mut Line<'_>) -> Option<Duration> {
    let at = line.here();
    let duration = line.duration()?;
    if duration <= Duration::ZERO {
        let title = format!("`{}` must be longer than nothing", line.word.text);
        line.wrong(Diagnostic::new("bad-header", at, title));
        return None;
    }
    Some(duration)
}

fn tags(line: &mut Line<'_>) -> Vec<ecow::EcoString> {
    let mut tags = Vec::new();
    while let Some((tag, _)) = line.text("a text") {
        tags.push(tag);
        if !line.comma() {
            break;
        }
    }
    tags
}

fn allow(line: &mut Line<'_>) -> Vec<Allow> {
    let Some(module) = line.one_of(&["http", "files", "mail"]) else { return Vec::new() };
    tags(line).into_iter().map(|pattern| Allow { module: module.into(), pattern }).collect()
}

fn group(line: &mut Line<'_>) -> Option<Group> {
    let (name, _) = line.text("the group's name as a text")?;
    Some(Group { name, limit: line.count()? })
}

fn overlap(line: &mut Line<'_>) -> Option<Overlap> {
    Some(match line.one_of(&["skip", "queue", "replace", "allow"])? {
        "queue" => Overlap::Queue(line.count()?),
        "allow" => Overlap::Allow(line.count()?),
        "replace" => Overlap::Replace,
        _ => Overlap::Skip,
    })
}

fn missed(line: &mut Line<'_>) -> Option<Missed> {
    let runs = match line.one_of(&["none", "once", "all"])? {
        "none" => MissedRuns::None,
        "all" => MissedRuns::All(line.count()?),
        _ => MissedRuns::Once,
    };
    let within = if line.eat("within") { Some(positive(line)?) } else { None };
    Some(Missed { runs, within })
}

fn retry(line: &mut Line<'_>) -> Option<Retry> {
    let at = line.here();
    let times = line.number()?;
    let Ok(times) = u32::try_from(times) else {
        line.wrong(Diagnostic::new(
            "bad-header",
            at,
            format!("`retry` takes at most {} attempts", u32::MAX),
        ));
        return None;
    };
    let pause = if line.eat("every") {
        Pause::Every(line.duration()?)
    } else if line.eat("backoff") {
        let first = positive(line)?;
        line.one_of(&["to"])?;
        Pause::Backoff(first, positive(line)?.max(first))
    } else {
        Pause::Every(Duration::ZERO)
    };
    Some(Retry { times, pause })
}

fn history(line: &mut Line<'_>) -> Option<History> {
    if line.eat("off") {
        return Some(History::Off);
    }
    if line.starts_with_number() {
        let runs = line.count()?;
        line.one_of(&["runs"])?;
        return Some(History::Runs(runs));
    }
    Some(History::For(positive(line)?))
}

fn trace(line: &mut Line<'_>) -> Option<Trace> {
    if line.eat("off") {
        return Some(Trace::Off);
    }
    if line.eat("all") {
        return Some(Trace::All);
    }
    Some(Trace::Statements(line.count()?))
}

fn priority(line: &mut Line<'_>) -> Option<Priority> {
    Some(match line.one_of(&["high", "normal", "low"])? {
        "high" => Priority::High,
        "low" => Priority::Low,
        _ => Priority::Normal,
    })
}
