//! Headers: what stands above a task's statements, read into data.
//!
//! The parser knows only the shape of a header line; its words and values are read here, so that a misspelt word or a value
//! of the wrong kind gets a message of its own. Whatever is wrong leaves the default in its place.

mod data;
mod line;
mod schedule;
mod words;

pub use data::{
    Allow, Group, History, Missed, MissedRuns, Overlap, Pause, Priority, Retry, TaskHeaders, Trace,
};

use ecow::EcoString;
use line::Line;

use crate::diagnostics::{Diagnostic, Fix, suggest};
use crate::source::Span;
use crate::syntax::tree::{Header, Item};

/// Reads the headers of a file.
pub(super) fn read(items: &[Item]) -> (TaskHeaders, Vec<Diagnostic>) {
    let mut reader =
        Reader { headers: TaskHeaders::default(), seen: Vec::new(), found: Vec::new() };
    for item in items {
        if let Item::Header(header) = item {
            reader.header(header);
        }
    }
    (reader.headers, reader.found)
}

struct Reader {
    headers: TaskHeaders,
    /// Headers that may stand once, with their places.
    seen: Vec<(EcoString, Span)>,
    found: Vec<Diagnostic>,
}

/// Every header, and whether it may stand more than once.
const HEADERS: &[(&str, bool)] = &[
    ("active", false),
    ("allow", true),
    ("concurrency", false),
    ("description", false),
    ("durable", false),
    ("expire", false),
    ("history", false),
    ("jitter", false),
    ("memory", false),
    ("missed", false),
    ("on", false),
    ("overlap", false),
    ("priority", false),
    ("retry", false),
    ("schedule", true),
    ("source", false),
    ("steps", false),
    ("tags", false),
    ("timeout", false),
    ("trace", false),
];

impl Reader {
    fn header(&mut self, header: &Header) {
        let word = header.word.text.as_str();
        let Some((_, repeats)) = HEADERS.iter().find(|(name, _)| *name == word) else {
            return self.unknown(header);
        };
        if !repeats && let Some((_, first)) = self.seen.iter().find(|(name, _)| name == word) {
            let twice = Diagnostic::new(
                "duplicate-header",
                header.word.span,
                format!("`{word}` is set twice"),
            )
            .because("this one is left out")
            .label(*first, "set here first")
            .help("keep one of the two");
            return self.found.push(twice);
        }
        self.seen.push((header.word.text.clone(), header.word.span));
        let mut line = Line::new(header);
        if word == "schedule" {
            if let Some(schedule) = schedule::read(&mut line) {
                self.headers.schedules.0.push(schedule);
                self.headers.schedule_spans.push(header.span);
            }
        } else {
            words::read(word, &mut line, &mut self.headers);
        }
        line.end();
        self.found.append(&mut line.found);
    }

    fn unknown(&mut self, header: &Header) {
        let word = &header.word;
        let names = HEADERS.iter().map(|(name, _)| suggest::Candidate::new(name));
        let nearest = suggest::nearest(&word.text, names);
        let mut finding = Diagnostic::new(
            "unknown-header",
            word.span,
            format!("no header is called `{}`", word.text),
        );
        match nearest.first() {
            Some(nearest) => {
                finding = finding.help(format!("the nearest name is `{nearest}`")).fix(Fix::safe(
                    format!("write `{nearest}`"),
                    word.span,
                    *nearest,
                ));
            }
            None => {
                finding = finding.help(
                    "headers are `schedule`, `timeout`, `retry`, `overlap`, `missed`, `tags`, …",
                );
            }
        }
        self.found.push(finding);
    }
}
