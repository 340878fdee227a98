//! Goes through what follows a header's word, and reads the literals in it.

use ecow::EcoString;

use crate::check::checker::{Checker, Want};
use crate::check::literal::{LiteralSpan, plain_text};
use crate::check::report::headers as report;
use crate::check::types::Type;
use crate::schedule::{Date, Duration, Instant, Zone};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Header, HeaderPart, Name, TextPart};

/// The parts of a header, read from left to right.
pub(super) struct Parts<'p> {
    header: &'p Header,
    at: usize,
    /// Where the last part that was read ends.
    pub(super) end: Span,
}

/// What reading a header needs: a value of some kind, or nothing because that has been reported.
pub(super) type Read<T> = Option<T>;

impl<'p> Parts<'p> {
    pub(super) fn new(header: &'p Header) -> Self {
        Self { header, at: 0, end: header.word.span }
    }

    /// The header's word.
    pub(super) fn word(&self) -> &'p str {
        &self.header.word.text
    }

    /// The whole header line.
    pub(super) fn whole(&self) -> Span {
        self.header.span
    }

    /// What comes next.
    pub(super) fn peek(&self) -> Option<&'p HeaderPart> {
        self.header.parts.get(self.at)
    }

    /// Takes what comes next.
    pub(super) fn next(&mut self) -> Option<&'p HeaderPart> {
        let part = self.peek()?;
        self.at += 1;
        self.end = span(part);
        Some(part)
    }

    /// Takes the next part if it is a word.
    pub(super) fn any_word(&mut self) -> Option<&'p Name> {
        let Some(HeaderPart::Word(name)) = self.peek() else { return None };
        self.next();
        Some(name)
    }

    /// Takes the next part if it is this word.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let is_next = matches!(self.peek(), Some(HeaderPart::Word(name)) if name.text == word);
        if is_next {
            self.next();
        }
        is_next
    }

    /// Takes a comma if one comes next.
    pub(super) fn comma(&mut self) -> bool {
        let is_next = matches!(self.peek(), Some(HeaderPart::Comma(_)));
        if is_next {
            self.next();
        }
        is_next
    }

    fn value(&mut self) -> Option<&'p Expr> {
        let Some(HeaderPart::Value(value)) = self.peek() else { return None };
        self.next();
        Some(value)
    }

    /// The words from here on where a word comes next: neighbours together, as they would stand in one text.
    fn words(&self) -> Vec<Span> {
        let mut found: Vec<Span> = Vec::new();
        let mut goes_on = false;
        for part in &self.header.parts[self.at..] {
            let is_word = matches!(part, HeaderPart::Word(_));
            match found.last_mut() {
                Some(last) if is_word && goes_on => *last = last.to(span(part)),
                None if !is_word => break,
                _ if is_word => found.push(span(part)),
                _ => {}
            }
            goes_on = is_word;
        }
        found
    }

    /// All that has not been read.
    pub(super) fn rest(&self) -> Option<Span> {
        let rest = &self.header.parts[self.at..];
        Some(span(rest.first()?).to(span(rest.last()?)))
    }
}

pub(super) fn span(part: &HeaderPart) -> Span {
    match part {
        HeaderPart::Word(name) => name.span,
        HeaderPart::Value(value) => value.span,
        HeaderPart::Comma(span) => *span,
        HeaderPart::Block(block) => block.span,
    }
}

/// A text of a header with its place.
pub(super) struct HeaderText {
    pub(super) text: EcoString,
    pub(super) written: LiteralSpan,
}

impl<'p> Checker<'p> {
    /// The next value; reports its absence as that of `what`.
    fn header_value(&mut self, parts: &mut Parts<'p>, what: &str) -> Read<&'p Expr> {
        match parts.peek() {
            Some(HeaderPart::Value(value)) if matches!(value.kind, ExprKind::Error) => {
                self.saw_error();
                None
            }
            Some(HeaderPart::Value(_)) => parts.value(),
            Some(other) => {
                self.report(report::needs(span(other), parts.word(), what));
                None
            }
            None => {
                self.report(report::missing(parts.end.after(), parts.word(), what));
                None
            }
        }
    }

    /// `30s`: longer than nothing.
    pub(super) fn header_duration(&mut self, parts: &mut Parts<'p>) -> Read<Duration> {
        let at = parts.peek().map(span);
        let duration = self.header_any_duration(parts)?;
        if duration > Duration::ZERO {
            return Some(duration);
        }
        self.report(report::nothing_at_all(at.unwrap_or(parts.end), parts.word()));
        None
    }

    /// `0s`, `30s`
    pub(super) fn header_any_duration(&mut self, parts: &mut Parts<'p>) -> Read<Duration> {
        let value = self.header_value(parts, "a duration such as `10m`")?;
        let found = self.expr(value, Want::Type(&Type::Duration));
        match value.kind {
            ExprKind::Duration(micros) => Some(Duration(micros)),
            _ => {
                let unit = match parts.peek() {
                    Some(HeaderPart::Word(name)) => Some(name),
                    Some(HeaderPart::Value(_) | HeaderPart::Comma(_) | HeaderPart::Block(_))
                    | None => None,
                };
                self.report(report::not_a_duration(value, parts.word(), &found, unit));
                None
            }
        }
    }

    /// `3`: a whole number, at least `least`.
    pub(super) fn header_count(&mut self, parts: &mut Parts<'p>, least: u64) -> Read<u64> {
        let value = self.header_value(parts, "a number")?;
        self.expr(value, Want::Value);
        let number = whole_number(value);
        match number {
            Some(number) if number >= least => Some(number),
            Some(_) => {
                self.report(report::too_few(value.span, parts.word(), least));
                None
            }
            None => {
                self.report(report::needs(value.span, parts.word(), "a whole number"));
                None
            }
        }
    }

    /// A count that fits what the engine counts with.
    pub(super) fn header_small_count(&mut self, parts: &mut Parts<'p>, least: u64) -> Read<u32> {
        let count = self.header_count(parts, least)?;
        Some(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// `256MB`
    pub(super) fn header_size(&mut self, parts: &mut Parts<'p>) -> Read<u64> {
        let value = self.header_value(parts, "a size such as `256MB`")?;
        self.expr(value, Want::Value);
        match value.kind {
            ExprKind::Size(bytes) if bytes > 0 => Some(bytes),
            _ => {
                self.report(report::not_a_size(value, parts.word()));
                None
            }
        }
    }

    /// `"…"`
    pub(super) fn header_text(&mut self, parts: &mut Parts<'p>, what: &str) -> Read<HeaderText> {
        let words = parts.words();
        if let Some(first) = words.first() {
            let said = report::unquoted(&words, parts.word(), self.source.slice(*first));
            self.report(said);
            return None;
        }
        let value = self.header_value(parts, what)?;
        let ExprKind::Text(text) = &value.kind else {
            self.expr(value, Want::Value);
            self.report(report::needs(value.span, parts.word(), what));
            return None;
        };
        self.set_type(value.id, Type::Text);
        let hole = text.parts.iter().find_map(|part| match part {
            TextPart::Hole(hole) => Some(hole.span),
            TextPart::Literal(..) => None,
        });
        if let Some(hole) = hole {
            self.report(report::hole(hole, parts.word()));
            return None;
        }
        Some(HeaderText { text: plain_text(text), written: LiteralSpan::of(text, value.span) })
    }

    /// `@2026-01-01T00:00:00Z`; a date is the beginning of that day in a zone.
    pub(super) fn header_time(&mut self, parts: &mut Parts<'p>, zone: &Zone) -> Read<Instant> {
        let value = self.header_value(parts, "a time such as `@2026-01-01T00:00:00Z`")?;
        let before = self.diagnostics.len();
        let found = self.expr(value, Want::Type(&Type::Time));
        if self.diagnostics.len() > before {
            return None;
        }
        let number = self.tables.instants.get(&value.id).copied();
        match (found, number) {
            (Type::Time, Some(micros)) => Some(Instant(micros)),
            (Type::Date, Some(days)) => Some(first_instant(days, zone)),
            _ => {
                self.report(report::needs_time(value, parts.word()));
                None
            }
        }
    }

    /// `@2026-12-25`
    pub(super) fn header_date(&mut self, parts: &mut Parts<'p>) -> Read<Date> {
        let value = self.header_value(parts, "a date such as `@2026-12-25`")?;
        let before = self.diagnostics.len();
        let found = self.expr(value, Want::Type(&Type::Date));
        if self.diagnostics.len() > before {
            return None;
        }
        let days = self.tables.instants.get(&value.id).copied();
        match (found, days.and_then(|it| i32::try_from(it).ok())) {
            (Type::Date, Some(days)) => Some(Date(days)),
            _ => {
                let what = "a date such as `@2026-12-25`";
                self.report(report::needs(value.span, parts.word(), what));
                None
            }
        }
    }

    /// `true`, `false`
    pub(super) fn header_bool(&mut self, parts: &mut Parts<'p>) -> Read<bool> {
        if let Some(HeaderPart::Word(name)) = parts.peek() {
            self.report(report::neither_true_nor_false(name, parts.word()));
            return None;
        }
        let value = self.header_value(parts, "`true` or `false`")?;
        self.expr(value, Want::Type(&Type::Bool));
        match value.kind {
            ExprKind::Bool(value) => Some(value),
            _ => {
                self.report(report::needs(value.span, parts.word(), "`true` or `false`"));
                None
            }
        }
    }

    /// Passes over a word that people say and the header does not, and says so.
    pub(super) fn pass_over_filler(&mut self, parts: &mut Parts<'p>, fillers: &[&str]) {
        if let Some(HeaderPart::Word(name)) = parts.peek()
            && fillers.contains(&name.text.as_str())
        {
            let gap = Span { start: parts.end.end, ..name.span };
            self.report(report::filler(name, parts.word(), gap));
            parts.next();
        }
    }

    /// One of some words.
    pub(super) fn header_word(
        &mut self,
        parts: &mut Parts<'p>,
        words: &[&'static str],
    ) -> Read<&'static str> {
        match parts.peek() {
            Some(HeaderPart::Word(name)) => {
                if let Some(word) = words.iter().find(|it| **it == name.text) {
                    parts.next();
                    return Some(word);
                }
                self.report(report::unknown_word(name, parts.word(), words));
                None
            }
            Some(other) => {
                let span = span(other);
                self.report(report::one_of(span, parts.word(), words));
                None
            }
            None => {
                self.report(report::one_of(parts.end.after(), parts.word(), words));
                None
            }
        }
    }
}

/// The first instant of a day in a zone.
fn first_instant(days: i64, zone: &Zone) -> Instant {
    use crate::schedule::Reading;
    let day = Date(i32::try_from(days).unwrap_or_default());
    match zone.reading(day.at(0, 0)) {
        Reading::Once(at) | Reading::Twice { first: at, .. } => at,
        Reading::Never { resumes, .. } => resumes,
    }
}

/// A number without a fraction, however it is written: `10000` or `10e3`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared before")]
fn whole_number(value: &Expr) -> Option<u64> {
    match &value.kind {
        ExprKind::Int(number) => Some(*number),
        ExprKind::Float(number) if number.fract() == 0.0 && (0.0..1e18).contains(number) => {
            Some(*number as u64)
        }
        _ => None,
    }
}
