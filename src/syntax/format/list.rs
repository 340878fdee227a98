//! Things between brackets, on one line or one below the other.

use super::doc::{
    Doc, concat, empty_line, group, hard_line, if_broken, line, nest, nil, soft_line, text,
};
use super::{Place, Writer};
use crate::source::Span;

/// A pair of brackets.
#[derive(Clone, Copy)]
pub(super) struct Brackets {
    open: &'static str,
    close: &'static str,
    /// A blank stands inside them on one line.
    spaced: bool,
}

pub(super) const ROUND: Brackets = Brackets { open: "(", close: ")", spaced: false };
pub(super) const SQUARE: Brackets = Brackets { open: "[", close: "]", spaced: false };
pub(super) const CURLY: Brackets = Brackets { open: "{", close: "}", spaced: true };

impl<'s> Writer<'s> {
    /// The items of the list that stands at `span`, from bracket to bracket. One whose first item begins a line stays
    /// on several lines.
    pub(super) fn list<T>(
        &mut self,
        brackets: Brackets,
        span: Span,
        items: &'s [T],
        place: impl Fn(&T) -> Span,
        write: impl Fn(&mut Self, &'s T) -> Doc<'s>,
    ) -> Doc<'s> {
        let opened = span.start + 1;
        let Some(first) = items.first() else { return self.empty_list(brackets, span) };
        let broken = self.breaks_between(opened, place(first).start);
        let outside = std::mem::take(&mut self.place);
        let outer_start = self.list_start.replace(span.start);
        let (opening, _) = self.trailing(opened);
        let mut parts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let leading = self.leading(place(item).start);
            let own = write(self, item);
            let (behind, _) = self.trailing(place(item).end);
            let comma = if index + 1 < items.len() { text(",") } else { if_broken(",") };
            let before = match index.checked_sub(1) {
                None => nil(),
                Some(last) if self.has_empty_line(place(&items[last]).end, place(item).start) => {
                    empty_line()
                }
                Some(_) => line(),
            };
            parts.extend([before, leading, own, comma, behind]);
        }
        while let Some(comment) = self.pending(span.end) {
            parts.extend([hard_line(), self.comment(comment)]);
        }
        self.place = outside;
        self.list_start = outer_start;
        let edge = || if brackets.spaced { line() } else { soft_line() };
        let inner = nest(concat([opening, edge(), concat(parts)]));
        let list = concat([text(brackets.open), inner, edge(), text(brackets.close)]);
        group(if broken { list.break_up() } else { list })
    }

    /// Whether an empty line stands between two bytes.
    fn has_empty_line(&self, from: u32, to: u32) -> bool {
        let from = from.min(to) as usize;
        let mut lines = self.text[from..to as usize].split('\n').skip(1).peekable();
        while let Some(line) = lines.next() {
            if lines.peek().is_some() && line.trim().is_empty() {
                return true;
            }
        }
        false
    }

    fn empty_list(&mut self, brackets: Brackets, span: Span) -> Doc<'s> {
        if !self.has_pending(span.end) {
            return text(format!("{}{}", brackets.open, brackets.close));
        }
        let mut parts = Vec::new();
        while let Some(comment) = self.pending(span.end) {
            parts.push(hard_line());
            parts.push(self.comment(comment));
        }
        concat([text(brackets.open), nest(concat(parts)), hard_line(), text(brackets.close)])
    }

    /// Writes what stands between brackets, where surroundings demand nothing.
    pub(super) fn inside(&mut self, write: impl FnOnce(&mut Self) -> Doc<'s>) -> Doc<'s> {
        self.placed(Place::default(), write)
    }
}
