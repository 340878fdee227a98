//! Reading one header line from left to right.
//!
//! The first thing that is wrong is reported; the rest of the line then stays silent.

use ecow::EcoString;

use crate::check::report;
use crate::diagnostics::{Diagnostic, Fix, suggest};
use crate::schedule::{self, Duration, Instant, Literal};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Header, HeaderPart, Name, Text, TextPart, TextStyle};

/// A header line and how far it was read.
pub(super) struct Line<'a> {
    /// What it begins with.
    pub(super) word: &'a Name,
    parts: &'a [HeaderPart],
    next: usize,
    /// What is wrong with it: at most one thing, or several inside one schedule.
    pub(super) found: Vec<Diagnostic>,
}

impl<'a> Line<'a> {
    /// The line behind its first word.
    pub(super) fn new(header: &'a Header) -> Self {
        Self { word: &header.word, parts: &header.parts, next: 0, found: Vec::new() }
    }

    /// Where the next part stands, or the end of what was read.
    pub(super) fn here(&self) -> Span {
        match self.parts.get(self.next) {
            Some(part) => span(part),
            None => self.behind().after(),
        }
    }

    fn behind(&self) -> Span {
        self.next.checked_sub(1).and_then(|at| self.parts.get(at)).map_or(self.word.span, span)
    }

    /// Whether something is wrong already.
    pub(super) fn is_broken(&self) -> bool {
        !self.found.is_empty()
    }

    /// Says what is wrong, unless something is already.
    pub(super) fn wrong(&mut self, finding: Diagnostic) {
        if self.found.is_empty() {
            self.found.push(finding);
        }
        self.next = self.parts.len();
    }

    /// The next part, if it is a word.
    pub(super) fn peek_word(&self) -> Option<&'a Name> {
        match self.parts.get(self.next) {
            Some(HeaderPart::Word(name)) => Some(name),
            _ => None,
        }
    }

    /// Takes the next part if it is this word.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let found = self.peek_word().is_some_and(|it| it.text == word);
        self.next += usize::from(found);
        found
    }

    /// Takes a comma.
    pub(super) fn comma(&mut self) -> bool {
        let found = matches!(self.parts.get(self.next), Some(HeaderPart::Comma(_)));
        self.next += usize::from(found);
        found
    }

    /// Takes a word that must be one of these.
    pub(super) fn one_of(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let listed = list(words);
        match self.peek_word() {
            Some(name) => {
                self.next += 1;
                let found = words.iter().find(|word| **word == name.text);
                if found.is_none() {
                    let nearest = suggest::nearest(
                        &name.text,
                        words.iter().map(|it| suggest::Candidate::new(it)),
                    );
                    let title = format!("`{}` does not know `{}`", self.word.text, name.text);
                    let mut finding = Diagnostic::new("bad-header", name.span, title)
                        .help(format!("write {listed}"));
                    if let Some(nearest) = nearest.first() {
                        finding = finding.fix(Fix::safe(
                            format!("write `{nearest}`"),
                            name.span,
                            *nearest,
                        ));
                    }
                    self.wrong(finding);
                }
                found.copied()
            }
            None => {
                self.missing(&listed);
                None
            }
        }
    }

    /// Says that something is missing here, or is not what it should be.
    pub(super) fn missing(&mut self, what: &str) {
        let word = &self.word.text;
        let finding = match self.parts.get(self.next) {
            None => {
                Diagnostic::new("bad-header", self.here(), format!("`{word}` needs {what} here"))
            }
            Some(part) => {
                Diagnostic::new("bad-header", span(part), format!("`{word}` needs {what} here"))
                    .because(format!("this is {}", describe(part)))
            }
        };
        self.wrong(finding);
    }

    fn value(&self) -> Option<&'a Expr> {
        match self.parts.get(self.next) {
            Some(HeaderPart::Value(expr)) => Some(expr),
            _ => None,
        }
    }

    /// Whether the next part is a whole number.
    pub(super) fn starts_with_number(&self) -> bool {
        matches!(self.value(), Some(Expr { kind: ExprKind::Int(_), .. }))
    }

    /// Takes a text without holes, with the place of its first character.
    pub(super) fn text(&mut self, what: &str) -> Option<(EcoString, Span)> {
        if let Some(Expr { kind: ExprKind::Text(text), span, .. }) = self.value() {
            if let Some(literal) = plain(text) {
                self.next += 1;
                return Some((literal, inner(*span, text.style)));
            }
            let finding = Diagnostic::new(
                "bad-header",
                *span,
                format!("`{}` needs a text without holes", self.word.text),
            )
            .help("headers are read before the task runs: write the text as it is");
            self.wrong(finding);
            return None;
        }
        self.missing(what);
        None
    }

    /// Takes a duration.
    pub(super) fn duration(&mut self) -> Option<Duration> {
        match self.value() {
            Some(Expr { kind: ExprKind::Duration(micros), .. }) => {
                self.next += 1;
                Some(Duration(*micros))
            }
            Some(Expr { kind: ExprKind::Text(text), span, .. }) => {
                let written = plain(text).unwrap_or_default();
                let mut finding = Diagnostic::new(
                    "quoted-duration",
                    *span,
                    "a duration is written without quotes",
                );
                let bare = written.chars().all(|c| c.is_ascii_alphanumeric())
                    && written.starts_with(|c: char| c.is_ascii_digit());
                if bare {
                    finding = finding.help(format!("write `{written}`")).fix(Fix::safe(
                        "take the quotes away",
                        *span,
                        written.as_str(),
                    ));
                } else {
                    finding = finding.help("durations look like `30s`, `5m`, `1h30m`, `2d`");
                }
                self.wrong(finding);
                None
            }
            Some(Expr { kind: ExprKind::Int(n), span, .. }) => {
                let finding = Diagnostic::new("bad-header", *span, format!("`{n}` of what?"))
                    .because("a duration needs a unit")
                    .help(format!("`{n}s` are seconds, `{n}m` minutes, `{n}h` hours, `{n}d` days"))
                    .fix(Fix::maybe(format!("write `{n}s`"), *span, format!("{n}s")))
                    .fix(Fix::maybe(format!("write `{n}m`"), *span, format!("{n}m")));
                self.wrong(finding);
                None
            }
            _ => {
                self.missing("a duration such as `5m`");
                None
            }
        }
    }

    /// Takes a whole number.
    pub(super) fn number(&mut self) -> Option<u64> {
        match self.value() {
            Some(Expr { kind: ExprKind::Int(n), .. }) => {
                self.next += 1;
                Some(*n)
            }
            Some(Expr { kind: ExprKind::Float(n), .. })
                if *n >= 1.0 && *n < 1e18 && n.fract() == 0.0 =>
            {
                self.next += 1;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "whole and in range"
                )]
                Some(*n as u64)
            }
            _ => {
                self.missing("a whole number");
                None
            }
        }
    }

    /// Takes a whole number of 32 bits, at least 1.
    pub(super) fn count(&mut self) -> Option<u32> {
        let at = self.here();
        let number = self.number()?;
        match u32::try_from(number) {
            Ok(number) if number > 0 => Some(number),
            _ => {
                let title = format!("`{}` needs a number from 1 to {}", self.word.text, u32::MAX);
                self.wrong(Diagnostic::new("bad-header", at, title));
                None
            }
        }
    }

    /// Takes a size in bytes.
    pub(super) fn size(&mut self) -> Option<u64> {
        match self.value() {
            Some(Expr { kind: ExprKind::Size(bytes), .. }) => {
                self.next += 1;
                Some(*bytes)
            }
            _ => {
                self.missing("a size such as `256MB`");
                None
            }
        }
    }

    /// Takes `true` or `false`.
    pub(super) fn truth(&mut self) -> Option<bool> {
        match self.value() {
            Some(Expr { kind: ExprKind::Bool(value), .. }) => {
                self.next += 1;
                Some(*value)
            }
            _ => {
                self.missing("`true` or `false`");
                None
            }
        }
    }

    /// Takes an instant.
    pub(super) fn instant(&mut self) -> Option<Instant> {
        let Some(Expr { kind: ExprKind::Time(written) | ExprKind::Date(written), span, .. }) =
            self.value()
        else {
            self.missing("a time such as `@2026-01-31T07:00:00Z`");
            return None;
        };
        match schedule::parse_instant(written) {
            Ok(instant) => {
                self.next += 1;
                Some(instant)
            }
            Err(error) => {
                self.wrong(report::literals::instant(*span, written, &error));
                None
            }
        }
    }

    /// Takes a date.
    pub(super) fn date(&mut self) -> Option<schedule::Date> {
        let Some(Expr { kind: ExprKind::Time(written) | ExprKind::Date(written), span, .. }) =
            self.value()
        else {
            self.missing("a date such as `@2026-12-24`");
            return None;
        };
        match schedule::parse_literal(written) {
            Ok(Literal::Date(date)) => {
                self.next += 1;
                Some(date)
            }
            Ok(Literal::Time(_)) => {
                self.missing("a date without a time of day");
                None
            }
            Err(error) => {
                self.wrong(report::literals::instant(*span, written, &error));
                None
            }
        }
    }

    /// Takes a block of statements.
    pub(super) fn block(&mut self) {
        match self.parts.get(self.next) {
            Some(HeaderPart::Block(_)) => self.next += 1,
            _ => self.missing("statements in braces"),
        }
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) {
        let Some(part) = self.parts.get(self.next).filter(|_| !self.is_broken()) else { return };
        let title = format!("`{}` does not take {}", self.word.text, describe(part));
        self.wrong(
            Diagnostic::new("bad-header", span(part), title)
                .help("take it away, or put it on a line of its own"),
        );
    }
}

/// The characters of a text without holes.
fn plain(text: &Text) -> Option<EcoString> {
    match text.parts.as_slice() {
        [] => Some(EcoString::new()),
        [TextPart::Literal(literal, _)] => Some(literal.clone()),
        _ => None,
    }
}

/// The place between the quotes.
fn inner(span: Span, style: TextStyle) -> Span {
    let quotes = match style {
        TextStyle::Quoted => (1, 1),
        TextStyle::Raw => (2, 1),
        TextStyle::Block => (3, 3),
    };
    Span {
        start: span.start + quotes.0,
        end: span.end.saturating_sub(quotes.1).max(span.start + quotes.0),
        ..span
    }
}

fn span(part: &HeaderPart) -> Span {
    match part {
        HeaderPart::Word(name) => name.span,
        HeaderPart::Value(expr) => expr.span,
        HeaderPart::Comma(span) => *span,
        HeaderPart::Block(block) => block.span,
    }
}

fn describe(part: &HeaderPart) -> String {
    match part {
        HeaderPart::Word(name) => format!("the word `{}`", name.text),
        HeaderPart::Comma(_) => "a comma".to_owned(),
        HeaderPart::Block(_) => "a block".to_owned(),
        HeaderPart::Value(expr) => match &expr.kind {
            ExprKind::Text(_) => "a text".to_owned(),
            ExprKind::Duration(_) => "a duration".to_owned(),
            ExprKind::Size(_) => "a size".to_owned(),
            ExprKind::Bool(_) => "a truth value".to_owned(),
            ExprKind::Time(_) => "a time".to_owned(),
            ExprKind::Date(_) => "a date".to_owned(),
            ExprKind::Int(_) | ExprKind::Decimal(_) | ExprKind::Float(_) => "a number".to_owned(),
            _ => "a value".to_owned(),
        },
    }
}

/// `skip`, `queue` or `replace`, in backticks.
fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => String::new(),
    }
}
