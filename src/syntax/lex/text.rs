//! Texts: where they end, where their holes begin, and where a quote that is missing was probably meant to stand.

use super::{GIVE_UPS_MAX, HOLES_MAX, Hole, Scanner, offset};
use crate::syntax::errors;
use crate::syntax::token::Kind;

/// How a text that may have holes is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `"…"`, on one line.
    Quoted,
    /// `"""…"""`
    Block,
}

/// What ends a stretch of text.
enum Stop {
    /// The closing quote, included.
    Quote,
    /// The `{` of a hole, included.
    Hole,
    /// The end of the line, or of the file in a block text; not included.
    End,
}

impl Scanner<'_> {
    /// Behind an opening quote.
    pub(super) fn text_begins(&mut self, style: Style) {
        let start = self.start();
        match self.stretch(style) {
            Stop::Quote => self.push_at(Kind::Text, start, self.end()),
            Stop::Hole if self.holes.len() >= HOLES_MAX || self.given_up > GIVE_UPS_MAX => {
                if !std::mem::replace(&mut self.too_deep, true) {
                    let brace = self.span(self.end() - 1, self.end());
                    self.out.diagnostics.push(errors::too_deep(brace));
                }
                self.fault(start);
                self.plain_text(start, style);
            }
            Stop::Hole => {
                let first = offset(self.out.tokens.len());
                self.open.push(first);
                self.push_at(Kind::TextStart, start, self.end());
                self.holes.push(Hole { style, first, brace: self.end() - 1, braces: 0 });
            }
            Stop::End if style == Style::Block => self.unclosed_block(start),
            Stop::End => self.unclosed_text(start),
        }
    }

    /// Behind the `}` of a hole.
    pub(super) fn text_goes_on(&mut self) {
        let Some(hole) = self.holes.last() else { return };
        let (style, first, start) = (hole.style, hole.first, self.start());
        match self.stretch(style) {
            Stop::Quote => {
                self.holes.pop();
                self.push_at(Kind::TextEnd, start, self.end());
                self.pair(Kind::TextStart);
            }
            Stop::Hole => {
                let brace = self.end() - 1;
                self.push_at(Kind::TextMiddle, start, self.end());
                self.balanced &= self.open.last() == Some(&first);
                if let Some(hole) = self.holes.last_mut() {
                    hole.brace = brace;
                }
            }
            Stop::End => self.give_up_holes(self.holes.len() - 1),
        }
    }

    /// Moves the lexer over characters and escapes up to what ends them.
    fn stretch(&mut self, style: Style) -> Stop {
        let rest = self.lexer.remainder();
        let (length, stop) = scan(rest, style);
        let braces = rest[..length].bytes().filter(|b| *b == b'}').count();
        if braces > 0 {
            self.stray_braces(&rest[..length]);
        }
        self.lexer.bump(length);
        stop
    }

    fn stray_braces(&mut self, stretch: &str) {
        let base = self.end();
        let mut skip = 0;
        for (at, byte) in stretch.bytes().enumerate() {
            if at < skip {
                continue;
            }
            match byte {
                b'\\' => skip = at + escape_length(&stretch[at..]),
                b'}' => {
                    let span = self.span(base + offset(at), base + offset(at + 1));
                    self.out.diagnostics.push(errors::stray_brace_in_text(span));
                }
                _ => {}
            }
        }
    }

    /// Takes back the holes from `index` on: the line, or the file, ends inside them.
    pub(super) fn give_up_holes(&mut self, index: usize) {
        let hole = &self.holes[index];
        let (style, first) = (hole.style, hole.first as usize);
        let brace = self.holes.last().map_or(0, |it| it.brace);
        let token = self.out.tokens[first];
        self.given_up += 1;
        self.holes.truncate(index);
        self.open.retain(|it| (*it as usize) < first);
        self.out.tokens.truncate(first);
        self.out.comments.retain(|it| it.span.start < token.start);
        let span_start = token.start;
        self.out
            .diagnostics
            .retain(|it| it.labels.first().is_none_or(|label| label.span.start < span_start));
        self.out.faults.retain(|it| *it < span_start);
        self.on_new_line = token.on_new_line;
        let quote = if style == Style::Block { 3 } else { 1 };
        self.lexer = logos::Logos::lexer(self.text);
        self.lexer.bump(token.start as usize + quote);
        let closed = self.plain_text(token.start, style);
        if closed {
            self.fault(token.start);
            self.out.diagnostics.push(errors::unclosed_hole(self.span(brace, brace + 1)));
        }
    }

    /// Reads a text as if `{` meant nothing; says whether it was closed, and reports it if not.
    fn plain_text(&mut self, start: u32, style: Style) -> bool {
        loop {
            let (length, stop) = scan(self.lexer.remainder(), style);
            self.lexer.bump(length);
            match stop {
                Stop::Hole => {}
                Stop::Quote => {
                    self.push_at(Kind::Text, start, offset(self.lexer.span().end));
                    return true;
                }
                Stop::End if style == Style::Block => self.unclosed_block(start),
                Stop::End => {
                    self.lexer = logos::Logos::lexer(self.text);
                    self.lexer.bump(start as usize + 1);
                    self.unclosed_text(start);
                }
            }
            if !matches!(stop, Stop::Hole) {
                return false;
            }
        }
    }

    /// A text that begins at `start` has no closing quote on its line.
    pub(super) fn unclosed_text(&mut self, start: u32) {
        let from = self.lexer.span().end.min(self.text.len());
        let line_end = self.text.len().min(self.out.lines.end(offset(from)) as usize);
        let line_end = from + self.text[from..line_end].trim_end().len();
        let tail = self.closing_tail(from, line_end);
        // The quote of a text that holds nothing, or behind another text, may as well be one that ends a text.
        let line_start = self.text[..start as usize].rfind('\n').map_or(0, |it| it + 1);
        let before = &self.text[line_start..start as usize];
        let ends_here = !self.text[from..line_end].contains(['{', '}']);
        let begins = ends_here && !before.contains('"') && from < tail;
        let sure = begins && (tail < line_end || !self.open_on_this_line(start));
        self.fault(start);
        self.out.diagnostics.push(errors::unclosed_text(
            self.span(start, offset(line_end)),
            self.span(offset(tail), offset(tail)),
            sure,
        ));
        self.lexer.bump(tail.saturating_sub(self.lexer.span().end));
        self.push_at(Kind::Text, start, offset(tail));
    }

    /// Where, before `end`, the brackets begin that close those which are open: `)` in `print("done)`.
    fn closing_tail(&self, from: usize, end: usize) -> usize {
        let run =
            self.text[from..end].trim_end_matches([')', ']', '}', ',', ' ', '{']).len() + from;
        let candidates = self.text[run..end].char_indices().map(|(at, _)| run + at);
        candidates.into_iter().find(|at| self.closes(&self.text[*at..end])).unwrap_or(end)
    }

    /// Whether `tail` closes open brackets, innermost first, and nothing else.
    fn closes(&self, tail: &str) -> bool {
        let mut open = self.open.iter().rev().map(|it| self.out.tokens[*it as usize].kind);
        let mut closed = 0;
        let body = tail.trim_end_matches('{').trim_end();
        for c in body.chars() {
            let opener = match c {
                ')' => Kind::ParenOpen,
                ']' => Kind::BracketOpen,
                '}' => Kind::BraceOpen,
                ',' | ' ' => continue,
                _ => return false,
            };
            if open.next() != Some(opener) {
                return false;
            }
            closed += 1;
        }
        closed > 0 && !tail.starts_with(' ')
    }

    fn open_on_this_line(&self, start: u32) -> bool {
        let line_start = self.out.lines.start(start);
        self.open.last().is_some_and(|it| self.out.tokens[*it as usize].start >= line_start)
    }

    /// A block text that begins at `start` has no closing quotes: it ends where lines are indented as little as its own.
    fn unclosed_block(&mut self, start: u32) {
        let indent = self.out.lines.indent(self.text, start);
        let mut end = self.text[start as usize..]
            .find('\n')
            .map_or(self.text.len(), |at| start as usize + at);
        let first_end = end;
        while let Some(line) = self.text[end..].strip_prefix('\n') {
            let length = line.find('\n').unwrap_or(line.len());
            if !line[..length].trim().is_empty() && indentation(line) <= indent {
                break;
            }
            end += 1 + length;
        }
        self.fault(start);
        let whole_line = self.span(start, offset(first_end));
        self.out
            .diagnostics
            .push(errors::unclosed_block_text(whole_line, self.span(offset(end), offset(end))));
        self.lexer = logos::Logos::lexer(self.text);
        self.lexer.bump(end);
        self.push_at(Kind::Text, start, offset(end));
    }
}

/// The length of the characters and escapes at the beginning of `rest`, and what ends them.
fn scan(rest: &str, style: Style) -> (usize, Stop) {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' if style == Style::Quoted => return (at + 1, Stop::Quote),
            b'"' if bytes[at..].starts_with(b"\"\"\"") => return (at + 3, Stop::Quote),
            b'\n' if style == Style::Quoted => return (at, Stop::End),
            b'\\' => at += escape_length(&rest[at..]) - 1,
            b'{' => return (at + 1, Stop::Hole),
            _ => {}
        }
        at += 1;
    }
    (rest.len(), Stop::End)
}

/// How many bytes the escape at the beginning of `text` has: `\u{…}` whole, and never a line break.
fn escape_length(text: &str) -> usize {
    if let Some(digits) = text.strip_prefix("\\u{") {
        let length = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
        return 3 + length + usize::from(digits[length..].starts_with('}'));
    }
    match text.as_bytes().get(1) {
        Some(b'\n' | b'\r') | None => 1,
        Some(_) => 1 + text[1..].chars().next().map_or(0, char::len_utf8),
    }
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}
