//! Signs of other languages and characters that only look right: reported, and replaced by what was meant.
//!
//! A habit is one mistake however often it shows: `;` behind each line gives one finding whose mend covers the file.

use super::{Scanner, offset};
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::syntax::errors;
use crate::syntax::token::Kind;
use crate::syntax::tree::Comment;

/// Places of the same habit, collected over the file.
#[derive(Default)]
pub(super) struct Habits {
    semicolons: Vec<Span>,
    line_comments: Vec<Span>,
    single_quotes: Vec<Span>,
    lookalikes: Vec<(Span, &'static str)>,
}

impl Scanner<'_> {
    pub(super) fn report_habits(&mut self) {
        let habits = std::mem::take(&mut self.habits);
        let out = &mut self.out.diagnostics;
        out.extend(errors::semicolons(&habits.semicolons, self.text));
        out.extend(errors::foreign_comments(&habits.line_comments, self.text));
        out.extend(errors::single_quotes(&habits.single_quotes, self.text));
        out.extend(errors::lookalikes(&habits.lookalikes, self.text));
    }

    fn here(&self) -> Span {
        self.span(self.start(), self.end())
    }

    pub(super) fn single_quoted(&mut self) {
        self.habits.single_quotes.push(self.here());
        self.push(Kind::Text);
    }

    pub(super) fn foreign(&mut self) {
        let sign = self.lexer.slice();
        let meant = match sign {
            "&&" => Kind::And,
            "||" => Kind::Or,
            "===" => Kind::EqualEqual,
            "!==" | "<>" => Kind::NotEqual,
            "!" if self.touches_value() => {
                self.fault(self.start());
                let said = errors::asserted_value(self.here());
                return self.out.diagnostics.push(said);
            }
            "!" => Kind::Not,
            ":=" => Kind::Equal,
            ";" if self.counting_loop() => return,
            ";" => {
                self.habits.semicolons.push(self.here());
                self.on_new_line |= self.holes.is_empty();
                return;
            }
            "#" => return self.line_comment(),
            "/*" => return self.block_comment(),
            _ => {
                self.fault(self.start());
                let said = self.sign_in_place(sign);
                self.out.diagnostics.push(said);
                return self.push(Kind::Unknown);
            }
        };
        self.out.diagnostics.push(errors::foreign_sign(self.here(), sign, meant.text()));
        self.push(meant);
    }

    /// Whether a value ends right before this sign.
    fn touches_value(&self) -> bool {
        let before = self.text[..self.lexer.span().start].chars().next_back();
        before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ')' | ']' | '"'))
    }

    /// What is said of a sign that means nothing here; some say by their place what was meant.
    fn sign_in_place(&self, sign: &str) -> Diagnostic {
        let before = self.text[..self.lexer.span().start].chars().next_back();
        match sign {
            "@" if self.on_new_line && self.lexer.remainder().starts_with(char::is_alphabetic) => {
                errors::decorator(self.here())
            }
            "::" if before == Some('[') => errors::reversing_slice(self.here()),
            _ => errors::unknown_sign(self.here(), sign),
        }
    }

    /// `for (let i = 0; i < n; i++) {`: said once, and its head passed over. Whether the `;` belongs to such a head.
    fn counting_loop(&mut self) -> bool {
        let at = self.lexer.span().start;
        let line_start = self.text[..at].rfind('\n').map_or(0, |it| it + 1);
        let before = &self.text[line_start..at];
        let Some(head) = before.trim_start().strip_prefix("for") else { return false };
        if !head.starts_with([' ', '(']) || head.contains(['{', '"']) {
            return false;
        }
        let start = line_start + before.len() - head.len() + head.len() - head.trim_start().len();
        let rest = self.text[at..].lines().next().unwrap_or_default();
        let brace = rest.rfind('{').unwrap_or(rest.len());
        let end = at + rest[..brace].trim_end().len();
        let close = at + rest[..brace].rfind(')').unwrap_or(rest[..brace].trim_end().len());
        self.fault(self.start());
        let span = self.span(offset(start), offset(end));
        self.out.diagnostics.push(errors::counting_loop(span, &self.text[start..end]));
        self.lexer.bump(close - self.lexer.span().end);
        true
    }

    /// `-- comment` on a line of its own; whether it is one.
    pub(super) fn dash_comment(&mut self) -> bool {
        let is_one = self.on_new_line && self.lexer.remainder().starts_with("- ");
        if is_one {
            self.lexer.bump(1);
            self.line_comment();
        }
        is_one
    }

    fn line_comment(&mut self) {
        self.habits.line_comments.push(self.here());
        let rest = self.lexer.remainder();
        self.lexer.bump(rest.find('\n').unwrap_or(rest.len()));
        self.foreign_comment();
    }

    fn block_comment(&mut self) {
        let span = self.here();
        let rest = self.lexer.remainder();
        let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
        let breaks = rest[..end].contains('\n');
        self.lexer.bump(end);
        self.out.diagnostics.push(errors::block_comment(span));
        self.on_new_line |= breaks;
        self.foreign_comment();
    }

    fn foreign_comment(&mut self) {
        let comment = Comment { span: self.here(), own_line: self.on_new_line };
        self.out.comments.push(comment);
        self.breaks = 0;
    }

    /// A character outside ASCII, or a control character.
    pub(super) fn non_ascii(&mut self) {
        let Some(c) = self.lexer.slice().chars().next() else { return };
        if c.is_alphabetic() {
            return self.name_with_other_letters();
        }
        if matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’') && self.typographic_text()
        {
            return;
        }
        let Some((meant, text)) = lookalike(c) else {
            self.fault(self.start());
            let span = self.here();
            self.merge_unknown(span, c);
            return;
        };
        self.habits.lookalikes.push((self.here(), text));
        if let Some(kind) = meant {
            self.scanned(kind);
        }
    }

    fn name_with_other_letters(&mut self) {
        let rest = self.lexer.remainder();
        let tail = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        self.lexer.bump(tail);
        self.out.diagnostics.push(errors::letters_outside_names(self.here(), self.lexer.slice()));
        self.push(Kind::Name);
    }

    /// `“late”`: a text if both quotes stand on one line.
    fn typographic_text(&mut self) -> bool {
        let rest = self.lexer.remainder();
        let mut line = rest.char_indices().take_while(|(_, c)| *c != '\n');
        let closing = |c: &char| matches!(c, '”' | '“' | '«' | '»' | '’' | '"');
        let Some((at, quote)) = line.find(|(_, c)| closing(c)) else { return false };
        let open = self.here();
        self.lexer.bump(at + quote.len_utf8());
        self.habits.lookalikes.push((open, "\""));
        if quote != '"' {
            let end = self.end();
            let close = self.span(end - offset(quote.len_utf8()), end);
            self.habits.lookalikes.push((close, "\""));
        }
        self.push(Kind::Text);
        true
    }

    /// Reports a character that means nothing; neighbours are one mistake.
    fn merge_unknown(&mut self, span: Span, c: char) {
        let last = self.out.tokens.last();
        if last.is_some_and(|it| it.kind == Kind::Unknown && it.end == span.start) {
            return;
        }
        self.out.diagnostics.push(errors::unknown_character(span, c));
        self.push(Kind::Unknown);
    }
}

/// What a character is mistaken for: a token (none for a blank), and the text to write instead.
fn lookalike(c: char) -> Option<(Option<Kind>, &'static str)> {
    let kind = match c {
        '\u{A0}' | '\u{2007}' | '\u{202F}' | '\u{3000}' => return Some((None, " ")),
        '\u{200B}' | '\u{200C}' | '\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' => {
            return Some((None, ""));
        }
        '–' | '—' | '−' | '‐' | '‑' => Kind::Minus,
        '×' | '∗' => Kind::Star,
        '÷' | '∕' => Kind::Slash,
        '≠' => Kind::NotEqual,
        '≤' => Kind::LessEqual,
        '≥' => Kind::GreaterEqual,
        '…' => Kind::Ellipsis,
        '→' => Kind::Arrow,
        '⇒' => Kind::FatArrow,
        '，' => Kind::Comma,
        '：' => Kind::Colon,
        '（' => Kind::ParenOpen,
        '）' => Kind::ParenClose,
        '［' => Kind::BracketOpen,
        '］' => Kind::BracketClose,
        '｛' => Kind::BraceOpen,
        '｝' => Kind::BraceClose,
        _ => return None,
    };
    Some((Some(kind), kind.text()))
}
