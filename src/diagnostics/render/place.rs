//! Where a span is, as people and other programs count.

use crate::source::{Position, Source, Sources, Span};

/// A span with its file's name, in lines and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    pub(super) start: Position,
    pub(super) end: Position,
}

/// The place of a span. A span in a file that is not among the sources is at the start of a file without a name.
pub(super) fn place(sources: &Sources, span: Span) -> Place<'_> {
    let Some(source) = source(sources, span) else {
        let start = Position { line: 1, column: 1 };
        return Place { file: "", start, end: start };
    };
    let end = source.position(span.end.max(span.start));
    Place { file: &source.path, start: source.position(span.start), end }
}

/// The file of a span, if it is among the sources.
pub(super) fn source(sources: &Sources, span: Span) -> Option<&Source> {
    sources.iter().find(|source| source.id == span.file)
}
