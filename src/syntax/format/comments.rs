//! Where comments go: before the thing below them, or behind the thing whose line they end.

use super::Writer;
use super::doc::{Doc, concat, empty_line, hard_line, nil, suffix, text};
use crate::source::Span;
use crate::syntax::tree::Comment;

impl<'s> Writer<'s> {
    /// Things below one another up to the byte `end`, with their comments and at most one empty line between two.
    pub(super) fn sequence<T>(
        &mut self,
        things: &'s [T],
        end: u32,
        span: impl Fn(&T) -> Span,
        write: impl Fn(&mut Self, &'s T) -> Doc<'s>,
    ) -> Vec<Doc<'s>> {
        let mut parts = Vec::new();
        let mut last = None;
        for thing in things {
            let place = span(thing);
            self.comments_before(place.start, &mut parts, &mut last);
            self.separate(&mut parts, last, place.start);
            parts.push(self.whole(place, |writer| write(writer, thing)));
            let (behind, behind_end) = self.trailing(place.end);
            parts.push(behind);
            last = Some(behind_end);
        }
        self.comments_before(end, &mut parts, &mut last);
        parts
    }

    /// Comments on lines of their own before the byte `start`.
    fn comments_before(&mut self, start: u32, parts: &mut Vec<Doc<'s>>, last: &mut Option<u32>) {
        while let Some(comment) = self.pending(start) {
            self.separate(parts, *last, comment.start);
            parts.push(self.comment(comment));
            *last = Some(comment.end);
        }
    }

    /// The line break between what ends at `last` and what begins at `start`.
    fn separate(&self, parts: &mut Vec<Doc<'s>>, last: Option<u32>, start: u32) {
        let Some(last) = last else { return };
        let breaks = self.text[last as usize..(start.max(last)) as usize].matches('\n').count();
        parts.push(if breaks > 1 { empty_line() } else { hard_line() });
    }

    /// Takes the next comment if it begins before the byte `start`.
    pub(super) fn pending(&mut self, start: u32) -> Option<Span> {
        let comment = self.comments.get(self.next).filter(|it| it.span.start < start)?;
        self.next += 1;
        Some(comment.span)
    }

    /// Whether a comment stands before the byte `start` that is not written yet.
    pub(super) fn has_pending(&self, start: u32) -> bool {
        self.comments.get(self.next).is_some_and(|it| it.span.start < start)
    }

    /// Whether a comment begins between two bytes.
    pub(super) fn has_comment(&self, from: u32, to: u32) -> bool {
        let first = self.comments.partition_point(|it| it.span.start < from);
        self.comments.get(first).is_some_and(|it| it.span.start < to)
    }

    pub(super) fn comment(&self, span: Span) -> Doc<'s> {
        text(self.slice(span).trim_end())
    }

    /// The comment that ends the line of what ends at the byte `end`, maybe behind a comma; and where that leaves off.
    pub(super) fn trailing(&mut self, end: u32) -> (Doc<'s>, u32) {
        let next = self.comments.get(self.next).filter(|it| !it.own_line && it.span.start >= end);
        let Some(Comment { span, .. }) = next else { return (nil(), end) };
        let between = &self.text[end as usize..span.start as usize];
        if !between.chars().all(|c| matches!(c, ' ' | '\t' | ',')) {
            return (nil(), end);
        }
        self.next += 1;
        (suffix(format!(" {}", self.slice(*span).trim_end())), span.end)
    }

    /// Comments before the byte `start`, each on a line of its own, followed by a line break.
    pub(super) fn leading(&mut self, start: u32) -> Doc<'s> {
        let mut parts = Vec::new();
        while let Some(comment) = self.pending(start) {
            parts.push(self.comment(comment));
            parts.push(hard_line());
        }
        concat(parts)
    }

    /// What `write` makes of the thing at `place`, or the thing as it stands if that has left comments behind.
    pub(super) fn whole(
        &mut self,
        place: Span,
        write: impl FnOnce(&mut Self) -> Doc<'s>,
    ) -> Doc<'s> {
        let before = self.next;
        let doc = write(self);
        if !self.has_pending(place.end) {
            return doc;
        }
        self.next = before;
        while self.pending(place.end).is_some() {}
        self.verbatim(place)
    }
}
