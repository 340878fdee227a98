//! Source text as a terminal may show it: what would steer the terminal is replaced, long lines are cut.
//!
//! Every character of the source is one character here or is cut away with its neighbours, so that columns can be
//! carried over by counting. Line numbers stay what they are.

use std::collections::BTreeMap;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use crate::source::{Source, Span};

/// Cells that a tab may take.
const TAB_CELLS: usize = 4;

/// A file of which only the lines that somebody points at are there; the others are empty.
pub(super) struct Screen<'a> {
    /// All lines.
    pub(super) text: String,
    source: &'a Source,
    lines: BTreeMap<u32, Line>,
}

/// A shown line with where it starts among the characters of the whole screen.
struct Line {
    start: usize,
    shown: Shown,
}

impl<'a> Screen<'a> {
    /// The lines where `spans` begin and end, each at most `room` cells wide. `masked` is the file's text or as long.
    pub(super) fn new(source: &'a Source, masked: &str, spans: &[Span], room: usize) -> Self {
        let mut focus: BTreeMap<u32, Vec<Range<usize>>> = BTreeMap::new();
        for span in spans {
            let (start, end) = ends(source, *span);
            let one_line = start.0 == end.0;
            let width = if one_line { start.1..end.1 } else { start.1..start.1 };
            focus.entry(start.0).or_default().push(width);
            if !one_line {
                focus.entry(end.0).or_default().push(end.1..end.1);
            }
        }
        let mut screen = Self { text: String::new(), source, lines: BTreeMap::new() };
        let (mut next, mut characters) = (1, 0);
        for (number, focus) in focus {
            let skipped = (number - next) as usize;
            screen.text.extend(std::iter::repeat_n('\n', skipped));
            let line = masked.get(source.line(number)).unwrap_or_default();
            let shown = Shown::new(line, &focus, room);
            let start = characters + skipped;
            characters = start + shown.text.chars().count() + 1;
            screen.text.push_str(&shown.text);
            screen.text.push('\n');
            screen.lines.insert(number, Line { start, shown });
            next = number + 1;
        }
        screen
    }

    /// The characters of the screen that show a span.
    pub(super) fn range(&self, span: Span) -> Range<usize> {
        let (start, end) = ends(self.source, span);
        let place = |(line, column): (u32, usize)| {
            self.lines.get(&line).map_or(0, |it| it.start + it.shown.column(column))
        };
        let start = place(start);
        start..place(end).max(start)
    }
}

/// The line (from 1) and the column (from 0) of both ends, a line break at the end left out.
fn ends(source: &Source, span: Span) -> ((u32, usize), (u32, usize)) {
    let text = source.slice(span).trim_end_matches(['\n', '\r']);
    let start = source.clamp(span.start);
    let end = start + u32::try_from(text.len()).expect("no longer than the file");
    let place = |offset| {
        let position = source.position(offset);
        (position.line, position.column as usize - 1)
    };
    (place(start), place(end))
}

/// A line as it is shown.
pub(super) struct Shown {
    pub(super) text: String,
    /// How many characters are cut away in front, and how many stand there for them.
    cut: usize,
    lead: usize,
}

impl Shown {
    /// `line` around the columns of `focus`, the first of which matters most, in at most `room` cells.
    pub(super) fn new(line: &str, focus: &[Range<usize>], room: usize) -> Self {
        let characters: Vec<char> = line.chars().map(harmless).collect();
        let cells =
            |range: Range<usize>| characters[range].iter().map(|c| width(*c)).sum::<usize>();
        if cells(0..characters.len()) <= room {
            return Self { text: characters.into_iter().collect(), cut: 0, lead: 0 };
        }
        let clamp = |at: usize| at.min(characters.len());
        let main = focus.first().map_or(0..0, |it| clamp(it.start)..clamp(it.end.max(it.start)));
        let all = focus.iter().fold(main.clone(), |all, it| {
            all.start.min(clamp(it.start))..all.end.max(clamp(it.end))
        });
        let room = room.saturating_sub(2);
        let seen = if cells(all.clone()) <= room { all } else { main };
        let mut before = room.saturating_sub(cells(seen.clone())) / 3;
        let mut start = seen.start;
        while start > 0 && width(characters[start - 1]) <= before {
            start -= 1;
            before -= width(characters[start]);
        }
        let (mut end, mut left) = (start, room);
        while end < characters.len() && width(characters[end]) <= left {
            left -= width(characters[end]);
            end += 1;
        }
        let dots = |needed: bool| if needed { "…" } else { "" };
        let inner: String = characters[start..end].iter().collect();
        let text = format!("{}{inner}{}", dots(start > 0), dots(end < characters.len()));
        Self { text, cut: start, lead: usize::from(start > 0) }
    }

    /// Where a column of the line is in what is shown; a column that is cut away is at the nearer end.
    fn column(&self, column: usize) -> usize {
        let end = self.text.chars().count();
        if column < self.cut { 0 } else { (column - self.cut + self.lead).min(end) }
    }
}

/// Characters that move the cursor, change the direction or break the line for some terminals are shown as a mark.
fn harmless(c: char) -> char {
    let steers = c.is_control() && c != '\t';
    let turns = matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
    if steers || turns { '\u{FFFD}' } else { c }
}

fn width(c: char) -> usize {
    if c == '\t' { TAB_CELLS } else { c.width().unwrap_or(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn source(text: &str) -> Source {
        Source::new(FileId(0), "a.task", text)
    }

    fn shown(text: &str, start: u32, end: u32, room: usize) -> (String, String) {
        let source = source(text);
        let span = Span::new(FileId(0), start, end);
        let screen = Screen::new(&source, text, &[span], room);
        let range = screen.range(span);
        let under = screen.text.chars().skip(range.start).take(range.len()).collect();
        (screen.text, under)
    }

    #[test]
    fn only_lines_that_are_pointed_at_are_there() {
        let (text, under) = shown("one\ntwo ü x\nthree\n", 11, 12, 40);
        assert_eq!((text.as_str(), under.as_str()), ("\ntwo ü x\n", "x"));
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let line = format!("{}NAME{}", "a".repeat(100), "b".repeat(100));
        let (text, under) = shown(&line, 100, 104, 30);
        assert_eq!(text, "…aaaaaaaaNAMEbbbbbbbbbbbbbbbb…\n");
        assert_eq!(under, "NAME");
        let (text, under) = shown(&line, 0, 2, 20);
        assert_eq!((text.as_str(), under.as_str()), ("aaaaaaaaaaaaaaaaaa…\n", "aa"));
        let (text, _) = shown(&line, 204, 204, 20);
        assert!(text.ends_with("bbb\n"));
    }

    #[test]
    fn nothing_reaches_the_terminal_that_steers_it() {
        let (text, _) = shown("a\u{1b}[31m\u{202e}b\rc", 0, 1, 40);
        assert_eq!(text, "a\u{fffd}[31m\u{fffd}b\u{fffd}c\n");
    }

    #[test]
    fn a_line_break_at_the_end_of_a_span_is_left_out() {
        let (text, under) = shown("abc\r\ndef\n", 1, 5, 40);
        assert_eq!((text.as_str(), under.as_str()), ("abc\n", "bc"));
    }
}
