//! Who calls whom: functions, tasks and tests of the project.

use super::{Symbol, View, names, occurrences};
use crate::check::types::DeclId;
use crate::source::{FileId, Span};
use crate::syntax::tree::Item;

/// Something that calls or is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callable {
    /// What it is called.
    pub name: String,
    /// All of it.
    pub span: Span,
    /// Its name; for a task the beginning of its file.
    pub chosen: Span,
}

/// A caller or a callee with the places where the call is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The one at the other end.
    pub other: Callable,
    /// Where the calls stand, in the caller's file.
    pub places: Vec<Span>,
}

/// The function that is named, or the one that surrounds the place.
#[must_use]
pub fn callable_at(view: &View<'_>, offset: u32) -> Option<Callable> {
    let named = occurrences::at(view, offset).into_iter().find_map(|it| match it.symbol {
        Symbol::Decl(decl) => function(view, decl),
        _ => None,
    });
    named.or_else(|| Some(around(view, view.file, offset)))
}

fn function(view: &View<'_>, decl: DeclId) -> Option<Callable> {
    let item = names::item(view, decl);
    callable(item).filter(|_| matches!(item, Item::Fn(_)))
}

/// A function or a test.
fn callable(item: &Item) -> Option<Callable> {
    let (name, span) = match item {
        Item::Fn(it) => (&it.name, it.span),
        Item::Test(it) => (&it.name, it.span),
        _ => return None,
    };
    Some(Callable { name: name.text.to_string(), span, chosen: name.span })
}

/// The function, test or task that a place belongs to.
fn around(view: &View<'_>, file: FileId, offset: u32) -> Callable {
    let own = view.project.file(file);
    let mut callables = own.tree.items.iter().filter_map(callable);
    let item = callables.find(|it| it.span.touches(offset));
    item.unwrap_or_else(|| {
        let end = u32::try_from(own.source.text.len()).unwrap_or(u32::MAX);
        let span = Span::new(file, 0, end);
        Callable { name: own.stem().to_owned(), span, chosen: Span { end: 0, ..span } }
    })
}

/// Who calls the function whose name stands at an offset. The view is one of all files.
#[must_use]
pub fn incoming(view: &View<'_>, offset: u32) -> Vec<Call> {
    let Some(decl) = decl_at(view, offset) else { return Vec::new() };
    let mut calls: Vec<Call> = Vec::new();
    let found = super::places::of_symbol(view, &Symbol::Decl(decl));
    let own = names::name_span(view, decl);
    for it in found.into_iter().filter(|it| Some(it.span) != own) {
        add(&mut calls, around(view, it.span.file, it.span.start), it.span);
    }
    calls
}

/// What is called by the function, test or task around an offset.
#[must_use]
pub fn outgoing(view: &View<'_>, offset: u32) -> Vec<Call> {
    let own = around(view, view.file, offset);
    let mut calls: Vec<Call> = Vec::new();
    let inside = occurrences::all(view).into_iter().filter(|it| {
        own.span.touches(it.span.start)
            && it.span != own.chosen
            && around(view, view.file, it.span.start) == own
    });
    for it in inside {
        if let Symbol::Decl(decl) = it.symbol
            && let Some(other) = function(view, decl)
        {
            add(&mut calls, other, it.span);
        }
    }
    calls
}

fn decl_at(view: &View<'_>, offset: u32) -> Option<DeclId> {
    occurrences::at(view, offset).into_iter().find_map(|it| match it.symbol {
        Symbol::Decl(decl) if matches!(names::item(view, decl), Item::Fn(_)) => Some(decl),
        _ => None,
    })
}

fn add(calls: &mut Vec<Call>, other: Callable, place: Span) {
    match calls.iter_mut().find(|it| it.other == other) {
        Some(known) => known.places.push(place),
        None => calls.push(Call { other, places: vec![place] }),
    }
}
