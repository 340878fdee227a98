//! What a mend would change, as lines that go and lines that come.

use crate::diagnostics::fix::apply;
use crate::diagnostics::render::screen::Shown;
use crate::diagnostics::{Edit, Fix};
use crate::source::{Source, Span};

use super::Files;

/// No more lines than these are shown of one mend.
const LINES_MAX: usize = 8;

/// A line of what changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Goes.
    Out(String),
    /// Comes.
    In(String),
    /// There is more than is shown.
    More,
}

/// The lines that a mend takes out and puts in, cut to `room` cells around what is different.
pub(super) fn changes(fix: &Fix, files: &mut Files<'_>, room: usize) -> Vec<Change> {
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|it| (it.span.file, it.span.start));
    let mut lines = Vec::new();
    let mut rest = edits.as_slice();
    while let Some(first) = rest.first() {
        let Some((source, masked)) = files.get(first.span) else { break };
        let together = neighbours(source, rest);
        lines.extend(hunk(source, masked, &rest[..together], room));
        rest = &rest[together..];
    }
    if lines.len() > LINES_MAX {
        lines.truncate(LINES_MAX);
        lines.push(Change::More);
    }
    lines
}

/// How many of the edits, from the first on, touch lines that follow each other.
fn neighbours(source: &Source, edits: &[&Edit]) -> usize {
    let (mut count, mut last) = (0, u32::MAX - 1);
    for edit in edits {
        let (from, to) = line_range(source, edit.span);
        if edit.span.file != source.id || from > last + 1 {
            break;
        }
        last = if count == 0 { to } else { to.max(last) };
        count += 1;
    }
    count
}

fn line_range(source: &Source, span: Span) -> (u32, u32) {
    (source.position(span.start).line, source.position(span.end.max(span.start)).line)
}

/// The lines of neighbouring edits, before and after, without what is the same at both ends.
fn hunk(source: &Source, masked: &str, edits: &[&Edit], room: usize) -> Vec<Change> {
    let ranges = edits.iter().map(|it| line_range(source, it.span));
    let (from, to) = ranges.fold((u32::MAX, 0), |(a, b), (from, to)| (a.min(from), b.max(to)));
    let start = source.line(from).start;
    let old = masked.get(start..source.line(to).end).unwrap_or_default();
    let offset = u32::try_from(start).unwrap_or(u32::MAX);
    let moved = |it: &&Edit| Edit {
        span: Span::new(
            it.span.file,
            it.span.start.saturating_sub(offset),
            it.span.end.saturating_sub(offset),
        ),
        text: it.text.clone(),
    };
    let Some(new) = apply(old, &edits.iter().map(moved).collect::<Vec<_>>()) else {
        return Vec::new();
    };
    different(old, &new, room)
}

fn different(old: &str, new: &str, room: usize) -> Vec<Change> {
    let (mut old, mut new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    old.drain(..same);
    new.drain(..same);
    while !old.is_empty() && old.last() == new.last() {
        old.pop();
        new.pop();
    }
    let shown = |at: usize, lines: &[&str], others: &[&str]| {
        let focus = others.get(at).map_or(0..0, |other| difference(lines[at], other));
        Shown::new(lines[at], &[focus], room).text.replace('\t', "    ")
    };
    let out = (0..old.len()).map(|at| Change::Out(shown(at, &old, &new)));
    out.chain((0..new.len()).map(|at| Change::In(shown(at, &new, &old)))).collect()
}

/// The columns of `line` that `other` does not have in common with it at the start or the end.
fn difference(line: &str, other: &str) -> std::ops::Range<usize> {
    let same = |a: &mut dyn Iterator<Item = (char, char)>| a.take_while(|(a, b)| a == b).count();
    let start = same(&mut line.chars().zip(other.chars()));
    let end = same(&mut line.chars().rev().zip(other.chars().rev()));
    let length = line.chars().count();
    start..length.saturating_sub(end).max(start)
}
