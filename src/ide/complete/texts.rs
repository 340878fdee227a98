//! What can stand between quotes: zones, schedules, templates, the texts of a union, columns.

use super::{Completion, CompletionKind, Place};
use crate::check::declared::Declared;
use crate::check::types::Type;
use crate::ide::{View, hover, names};
use crate::schedule::Zone;
use crate::source::Span;
use crate::syntax::tree::{
    Binary, BinaryOp, Call, Expr, ExprKind, Header, HeaderPart, Item, PatternKind, RecordPart,
    TextPart,
};
use crate::syntax::walk::{self, Node};

/// Schedules that many tasks have.
const CRONS: [(&str, &str); 8] = [
    ("0 7 * * *", "at 07:00 every day"),
    ("0 7 * * mon-fri", "at 07:00 on Monday to Friday"),
    ("*/15 * * * *", "every 15 minutes"),
    ("0 * * * *", "every hour"),
    ("0 0 1 * *", "at midnight on the first of every month"),
    ("0 0 L * *", "at midnight on the last day of every month"),
    ("0 9 * * mon", "at 09:00 every Monday"),
    ("30 3 * * sun", "at 03:30 every Sunday"),
];

/// The texts that could stand here; nothing where the offset is not between the quotes of a text.
pub(super) fn complete(view: &View<'_>, offset: u32) -> Option<Vec<Completion>> {
    let path = walk::path_to(view.tree(), offset);
    let (at, text) = path.iter().enumerate().rev().find_map(|(at, node)| match node {
        Node::Expr(expr) if matches!(expr.kind, ExprKind::Text(_)) => Some((at, *expr)),
        _ => None,
    })?;
    if at + 1 < path.len() {
        // In a hole: an expression as any other.
        return None;
    }
    let inner = inner(view, text, offset)?;
    let place = Place { span: inner, before: Vec::new(), starts_line: false, line_start: 0 };
    let around = &path[..at];
    let found = around.last().map_or(Vec::new(), |node| match node {
        Node::Header(header) => in_header(&place, header, text),
        Node::Expr(outer) => in_expr(view, &place, outer, text, around),
        Node::Pattern(pattern) if matches!(pattern.kind, PatternKind::Literal(_)) => {
            in_pattern(view, &place, around)
        }
        _ => Vec::new(),
    });
    Some(found)
}

/// The texts that alone could stand here, with their quotes, where no quote has been written yet: behind `==`, in a row.
pub(super) fn quoted(view: &View<'_>, place: &Place, path: &[Node<'_>]) -> Vec<Completion> {
    let Some((own, around)) = path.split_last() else { return Vec::new() };
    let found = match (own, around.last()) {
        (Node::Expr(own), Some(Node::Expr(outer)))
            if matches!(outer.kind, ExprKind::Binary(_) | ExprKind::Record(_)) =>
        {
            in_expr(view, place, outer, own, around)
        }
        _ => Vec::new(),
    };
    let quote = |it: Completion| {
        let label = format!("\"{}\"", it.label);
        Completion { insert: label.clone(), label, ..it }
    };
    found.into_iter().map(quote).collect()
}

/// What stands between the quotes, where the offset does, too.
fn inner(view: &View<'_>, text: &Expr, offset: u32) -> Option<Span> {
    let ExprKind::Text(parts) = &text.kind else { return None };
    if parts.parts.iter().any(|it| matches!(it, TextPart::Hole(_))) {
        return None;
    }
    let written = view.source().slice(text.span);
    let open = u32::try_from(written.len() - written.trim_start_matches(['"', 'r']).len()).ok()?;
    let is_closed = written.len() > 1 && written.ends_with('"');
    let end = text.span.end - u32::from(is_closed);
    let start = (text.span.start + open).min(end);
    (start <= offset && offset <= end).then_some(Span { start, end, ..text.span })
}

fn values<'v>(place: &Place, texts: impl IntoIterator<Item = &'v str>) -> Vec<Completion> {
    texts.into_iter().map(|it| place.completion(it, CompletionKind::Value, 0)).collect()
}

fn in_header(place: &Place, header: &Header, text: &Expr) -> Vec<Completion> {
    let is_it = |part: &HeaderPart| matches!(part, HeaderPart::Value(it) if it.id == text.id);
    let Some(at) = header.parts.iter().position(is_it) else { return Vec::new() };
    let before = at.checked_sub(1).map(|it| &header.parts[it]);
    match (header.word.text.as_str(), before) {
        ("schedule", Some(HeaderPart::Word(word))) if word.text == "in" => zones(place),
        ("schedule", None) => CRONS
            .iter()
            .map(|(cron, words)| Completion {
                detail: (*words).to_owned(),
                ..place.completion(cron, CompletionKind::Value, 0)
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn zones(place: &Place) -> Vec<Completion> {
    values(place, Zone::names())
}

fn in_expr(
    view: &View<'_>,
    place: &Place,
    outer: &Expr,
    text: &Expr,
    around: &[Node<'_>],
) -> Vec<Completion> {
    match &outer.kind {
        ExprKind::Call(call) => in_call(view, place, call, text),
        ExprKind::Binary(binary) => {
            let Binary { op, left, right, .. } = &**binary;
            let is_compared = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
            let other = if left.id == text.id { right } else { left };
            if is_compared { of_type(place, hover::type_of(view, other.id)) } else { Vec::new() }
        }
        ExprKind::Record(parts) => {
            let field = parts.iter().find_map(|part| match part {
                RecordPart::Field(name, value) if value.id == text.id => Some(&name.text),
                _ => None,
            });
            let mut outer_ones = around.iter().rev().filter_map(|node| match node {
                Node::Expr(expr) => super::members::table_written(view, expr, outer),
                _ => None,
            });
            let (Some(field), Some(table)) = (field, outer_ones.next()) else { return Vec::new() };
            let Declared::Table(info) = view.checked.declared(table) else { return Vec::new() };
            of_type(place, info.column(field).map(|it| it.ty.clone()))
        }
        _ => Vec::new(),
    }
}

fn in_call(view: &View<'_>, place: &Place, call: &Call, text: &Expr) -> Vec<Completion> {
    let Some(arg) = call.args.iter().find(|it| it.value.id == text.id) else { return Vec::new() };
    let name = arg.name.as_ref().map(|it| it.text.as_str());
    match (&call.callee.kind, name) {
        (_, Some("in" | "zone")) => zones(place),
        (ExprKind::Name(callee), None) if callee == "template" => {
            let mut paths: Vec<&str> =
                view.project.settings.templates.keys().map(ecow::EcoString::as_str).collect();
            paths.sort_unstable();
            let file = |path: &str| place.completion(path, CompletionKind::File, 0);
            paths.into_iter().map(|it| file(it.strip_prefix("templates/").unwrap_or(it))).collect()
        }
        (ExprKind::Field(field), Some("on")) if field.name.text == "upsert" => {
            let ExprKind::Name(table) = &field.base.kind else { return Vec::new() };
            let decl = names::find(view, table);
            match decl.map(|it| names::item(view, it)) {
                Some(Item::Table(table)) => {
                    values(place, names::columns(table).map(|it| it.name.text.as_str()))
                }
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn in_pattern(view: &View<'_>, place: &Place, around: &[Node<'_>]) -> Vec<Completion> {
    let subject = around.iter().rev().find_map(|node| match node {
        Node::Expr(expr) => match &expr.kind {
            ExprKind::Match(it) => Some(it.subject.id),
            _ => None,
        },
        _ => None,
    });
    of_type(place, subject.and_then(|it| hover::type_of(view, it)))
}

/// The texts of a union.
fn of_type(place: &Place, ty: Option<Type>) -> Vec<Completion> {
    match ty.as_ref().map(Type::without_null) {
        Some(Type::Union(texts)) => values(place, texts.iter().map(ecow::EcoString::as_str)),
        _ => Vec::new(),
    }
}
