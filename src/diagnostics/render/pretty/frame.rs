//! The lower part of a report: advice, changes, where to read more.

use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Style;
use super::changes::Change;

const GREY: &str = "\u{1b}[38;5;246m";
const CYAN: &str = "\u{1b}[36m";
const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const PLAIN: &str = "\u{1b}[0m";

/// A report that grows downwards along its left bar.
pub(super) struct Frame {
    text: String,
    margin: usize,
    style: Style,
}

impl Frame {
    /// A report of nothing yet.
    pub(super) fn new(style: Style) -> Self {
        Self { text: String::new(), margin: 3, style }
    }

    /// `error[unknown-name]: nothing is called …`
    pub(super) fn title(&mut self, kind: &str, colour: &'static str, title: &str) {
        let (colour, plain) = (self.colour(colour), self.colour(PLAIN));
        writeln!(self.text, "{colour}{kind}:{plain} {title}").expect("a string takes everything");
    }

    /// Takes over what ariadne drew, but for its own title, the empty line below each file's name and the closing line.
    pub(super) fn take_over(&mut self, drawn: &str) {
        let bar = if self.style.unicode { "│" } else { "|" };
        let lines: Vec<_> = drawn.lines().map(str::trim_end).collect();
        let [_, kept @ .., _] = lines.as_slice() else { return };
        let mut below_name = false;
        for (at, line) in kept.iter().enumerate() {
            let seen = without_colours(line);
            if at == 0 {
                self.margin = seen.chars().take_while(|c| *c == ' ').count();
            }
            if !(below_name && seen.trim() == bar) {
                self.text.push_str(line);
                self.text.push('\n');
            }
            below_name = seen.ends_with(" ]");
        }
    }

    /// How many cells a line beside the bar has.
    pub(super) fn room(&self) -> usize {
        self.style.width.saturating_sub(self.margin + 2).max(20)
    }

    /// A sentence of advice, wrapped.
    pub(super) fn help(&mut self, text: &str) {
        const WORD: &str = "help";
        let (colour, plain) = (self.colour(CYAN), self.colour(PLAIN));
        for (at, line) in
            wrapped(text, self.room().saturating_sub(WORD.len() + 2)).iter().enumerate()
        {
            let head = if at == 0 {
                format!("{colour}{WORD}{plain}:")
            } else {
                " ".repeat(WORD.len() + 1)
            };
            self.line(&format!("{head} {line}"));
        }
    }

    /// A line that goes or comes.
    pub(super) fn change(&mut self, change: &Change) {
        let (colour, sign, text) = match change {
            Change::Out(text) => (self.colour(RED), "- ", text.as_str()),
            Change::In(text) => (self.colour(GREEN), "+ ", text.as_str()),
            Change::More => (self.colour(GREY), "", if self.style.unicode { "…" } else { "..." }),
        };
        let plain = self.colour(PLAIN);
        self.line(&format!("  {colour}{sign}{text}{plain}"));
    }

    /// The report with its last line.
    pub(super) fn finish(mut self, code: &str) -> String {
        let corner = if self.style.unicode { "╰─" } else { "`-" };
        let (grey, plain, margin) =
            (self.colour(GREY), self.colour(PLAIN), " ".repeat(self.margin));
        writeln!(self.text, "{margin}{grey}{corner}{plain} taskc explain {code}")
            .expect("a string takes everything");
        self.text
    }

    fn line(&mut self, text: &str) {
        let bar = if self.style.unicode { "│" } else { "|" };
        let (grey, plain, margin) =
            (self.colour(GREY), self.colour(PLAIN), " ".repeat(self.margin));
        writeln!(self.text, "{margin}{grey}{bar}{plain} {text}")
            .expect("a string takes everything");
    }

    fn colour(&self, escape: &'static str) -> &'static str {
        if self.style.color { escape } else { "" }
    }
}

/// What is seen of a line that ariadne coloured.
fn without_colours(line: &str) -> String {
    let mut seen = String::new();
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once("\u{1b}[") {
        seen.push_str(before);
        rest = escape.split_once('m').map_or("", |(_, behind)| behind);
    }
    seen + rest
}

/// The text in lines of at most `room` cells, broken at blanks and where a word alone is too long.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(String::new());
        } else if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars().filter(|c| !c.is_control()) {
            let full = lines.last().is_some_and(|it| it.width() + c.width().unwrap_or(1) > room);
            if full {
                lines.push(String::new());
            }
            lines.last_mut().expect("never empty").push(c);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_blanks_and_long_words_anywhere() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("漢字 漢字", 5), ["漢字", "漢字"]);
        assert_eq!(wrapped("", 4), [""]);
    }

    #[test]
    fn colours_are_not_seen() {
        assert_eq!(without_colours("\u{1b}[31ma\u{1b}[0m b\u{1b}[38;5;246m│"), "a b│");
    }
}
