//! Source text and places in it.
//!
//! A [`Span`] is a half-open range of **bytes** in one file. Lines, columns and code points are computed from
//! the text when somebody is to read them ([`Source::position`]); no phase stores them.
//! This module reads no file: whoever loads text hands it in.

use std::fmt;
use std::sync::Arc;

/// Names a file among the [`Sources`] of one project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// Bytes `start..end` of a file.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file that the offsets count in.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    #[must_use]
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// From where `self` starts to where `other` ends, both in one file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span right behind this one.
    #[must_use]
    pub fn after(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// The empty span right before this one.
    #[must_use]
    pub fn before(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// Whether the byte `offset` lies inside, or at the end.
    #[must_use]
    pub fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }

    /// The range for slicing the file's text.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.file.0, self.start, self.end)
    }
}

/// A line and a column, both counted from 1; columns count code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1 for the first line.
    pub line: u32,
    /// 1 for the first code point of the line.
    pub column: u32,
}

/// One file's text with its line starts.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name among the sources.
    pub id: FileId,
    /// The path as the user knows it: relative to where the command was given, `/` between parts.
    pub path: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    line_starts: Arc<[u32]>,
}

impl Source {
    /// Takes the text of a file. Offsets are 32 bits wide: callers refuse files of 4 GiB and more.
    #[must_use]
    pub fn new(id: FileId, path: &str, text: &str) -> Self {
        let starts = memchr_lines(text);
        Self { id, path: path.into(), text: text.into(), line_starts: starts.into() }
    }

    /// Where the byte `offset` stands; an offset past the end counts as the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.clamp(offset);
        let line = self.line_starts.partition_point(|start| *start <= offset) - 1;
        let before = &self.text[self.line_starts[line] as usize..offset as usize];
        Position { line: count(line) + 1, column: count(before.chars().count()) + 1 }
    }

    /// The byte offset of a position; one past a line's end counts as the line's end.
    #[must_use]
    pub fn offset(&self, position: Position) -> u32 {
        let range = self.line(position.line);
        let text = &self.text[range.clone()];
        let skip = position.column.saturating_sub(1) as usize;
        let inside = text.char_indices().nth(skip).map_or(text.len(), |(at, _)| at);
        count(range.start + inside)
    }

    /// The bytes of a line (counted from 1) without its line break; empty past the last line.
    #[must_use]
    pub fn line(&self, line: u32) -> std::ops::Range<usize> {
        let index = line.saturating_sub(1) as usize;
        let Some(start) = self.line_starts.get(index).map(|it| *it as usize) else {
            return self.text.len()..self.text.len();
        };
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |it| *it as usize);
        let text = self.text[start..end].trim_end_matches(['\n', '\r']);
        start..start + text.len()
    }

    /// How many lines the text has; an empty text has one.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        count(self.line_starts.len())
    }

    /// The text of a span, cut to what the file holds.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let start = self.clamp(span.start);
        &self.text[start as usize..self.clamp(span.end).max(start) as usize]
    }

    /// The nearest offset at or before `offset` that lies in the file and between two characters.
    #[must_use]
    pub fn clamp(&self, offset: u32) -> u32 {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        count(offset)
    }
}

fn memchr_lines(text: &str) -> Vec<u32> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| count(at + 1))).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// All files of one project, by id.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and names it.
    pub fn add(&mut self, path: &str, text: &str) -> FileId {
        let id = FileId(count(self.files.len()));
        self.files.push(Source::new(id, path, text));
        id
    }

    /// The file called `id`, which one of this collection's own `add` calls gave.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// All files in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_code_points_and_offsets_read_back() {
        let source = Source::new(FileId(0), "a.task", "é = 1\nlet x\r\n");
        assert_eq!(source.position(3), Position { line: 1, column: 3 });
        assert_eq!(source.position(7), Position { line: 2, column: 1 });
        assert_eq!(source.offset(Position { line: 1, column: 3 }), 3);
        assert_eq!(source.offset(Position { line: 2, column: 99 }), 12);
        assert_eq!(&source.text[source.line(2)], "let x");
        assert_eq!(source.line_count(), 3);
        assert_eq!(source.slice(Span::new(FileId(0), 1, 900)), "é = 1\nlet x\r\n");
    }
}
