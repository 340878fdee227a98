//! Things between brackets with commas between them. A broken one leaves its neighbours alone.

use super::recover::{report, report_missing_comma};
use super::{Inp, Look, Parsed, Want, in_brackets};
use crate::source::Span;
use crate::syntax::token::Kind;

/// What a list holds, for messages and for the place of a broken item.
pub(super) struct Items<F, B> {
    /// "argument", "field": what is missing a comma.
    pub(super) what: &'static str,
    /// Parses one.
    pub(super) item: F,
    /// What stands for one that could not be parsed, if anything.
    pub(super) broken: B,
}

/// The items between the bracket that comes next and its partner, and the place from bracket to bracket.
/// A comma may follow the last item.
pub(super) fn list<'t, O>(
    inp: &mut Inp<'t, '_>,
    open: Kind,
    items: &Items<impl Fn(&mut Inp<'t, '_>) -> Parsed<O>, impl Fn(Span) -> Option<O>>,
) -> Parsed<(Vec<O>, Span)> {
    if inp.kind() != open {
        return inp.stop(Want::Token(open));
    }
    let start = inp.at();
    let end = inp.token().partner as usize;
    let found = in_brackets(inp, |inp| {
        inp.bump();
        let mut found = Vec::new();
        while inp.at() < end {
            one(inp, items, end, &mut found);
        }
        Ok(found)
    })?;
    inp.skip_to(end + 1);
    Ok((found, inp.since(start)))
}

/// One item and the comma behind it.
fn one<'t, O>(
    inp: &mut Inp<'t, '_>,
    items: &Items<impl Fn(&mut Inp<'t, '_>) -> Parsed<O>, impl Fn(Span) -> Option<O>>,
    end: usize,
    found: &mut Vec<O>,
) {
    let start = inp.at();
    let before = inp.save();
    match (items.item)(inp) {
        Ok(item) => found.push(item),
        Err(stop) => {
            report(inp, stop);
            inp.rewind(before);
            skip_item(inp, end);
            let span = inp.since(start);
            found.extend((items.broken)(span));
        }
    }
    if inp.at() >= end || inp.eat(Kind::Comma) {
        return;
    }
    if report_missing_comma(inp, items.what) && inp.at() > start {
        return;
    }
    skip_item(inp, end);
    inp.eat(Kind::Comma);
}

/// Goes on to the next comma of this list, or its end.
fn skip_item(inp: &mut Inp<'_, '_>, end: usize) {
    while inp.at() < end && inp.kind() != Kind::Comma {
        let next = inp.token().partner as usize;
        let at = inp.at();
        inp.skip_to(if next > at { next + 1 } else { at + 1 });
    }
}
