//! What a file is made of: its entries, what can be folded, and what surrounds a place.

use super::View;
use crate::check::project::ProjectFile;
use crate::source::{Source, Span};
use crate::syntax::tree::{Item, LetTarget, Stmt, StmtKind, TableMember};
use crate::syntax::walk::{self, Node};

/// An entry of a file's outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// What stands beside the name.
    pub detail: String,
    /// What it is.
    pub kind: EntryKind,
    /// All of it.
    pub span: Span,
    /// What is shown when it is chosen.
    pub chosen: Span,
    /// What it is made of.
    pub children: Vec<Entry>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the language's declarations")]
pub enum EntryKind {
    Schedule,
    Header,
    Const,
    Type,
    Table,
    Column,
    Key,
    Fn,
    Test,
    Keep,
    Variable,
}

/// The entries of a file, in order.
#[must_use]
pub fn entries(file: &ProjectFile) -> Vec<Entry> {
    file.tree.items.iter().filter_map(|item| entry(&file.source, item)).collect()
}

fn entry(source: &Source, item: &Item) -> Option<Entry> {
    let make = |name: &str, kind, span, chosen| Entry {
        name: name.to_owned(),
        detail: String::new(),
        kind,
        span,
        chosen,
        children: Vec::new(),
    };
    let entry = match item {
        Item::Use(_) => return None,
        Item::Const(it) => make(&it.name.text, EntryKind::Const, it.span, it.name.span),
        Item::Type(it) => make(&it.name.text, EntryKind::Type, it.span, it.name.span),
        Item::Table(it) => {
            let mut entry = make(&it.name.text, EntryKind::Table, it.span, it.name.span);
            entry.children = it.members.iter().filter_map(|it| column(source, it)).collect();
            entry
        }
        Item::Fn(it) => {
            let mut entry = make(&it.name.text, EntryKind::Fn, it.span, it.name.span);
            let params: Vec<&str> = it.params.iter().map(|it| source.slice(it.span)).collect();
            entry.detail = format!("({})", params.join(", "));
            entry
        }
        Item::Test(it) => make(&it.name.text, EntryKind::Test, it.span, it.name.span),
        Item::Keep(it) => make(&it.name.text, EntryKind::Keep, it.span, it.name.span),
        Item::Header(it) => {
            let is_schedule = it.word.text == "schedule";
            let kind = if is_schedule { EntryKind::Schedule } else { EntryKind::Header };
            let mut entry = make(&it.word.text, kind, it.span, it.word.span);
            let rest = Span { start: it.word.span.end, ..it.span };
            let line = source.slice(rest).trim().lines().next().unwrap_or_default();
            line.clone_into(&mut entry.detail);
            entry
        }
        Item::Stmt(stmt) => return variable(stmt),
    };
    // An editor refuses an entry without a name or whose name stands outside of it.
    let is_sound = !entry.name.is_empty() && entry.span.start <= entry.chosen.start;
    (is_sound && entry.chosen.end <= entry.span.end).then_some(entry)
}

fn column(source: &Source, member: &TableMember) -> Option<Entry> {
    let TableMember::Column(column) = member else { return None };
    let is_key =
        column.marks.iter().any(|it| matches!(it, crate::syntax::tree::ColumnMark::Key(_)));
    (!column.name.text.is_empty()).then(|| Entry {
        name: column.name.text.to_string(),
        detail: source.slice(column.ty.span).to_owned(),
        kind: if is_key { EntryKind::Key } else { EntryKind::Column },
        span: column.span,
        chosen: column.name.span,
        children: Vec::new(),
    })
}

fn variable(stmt: &Stmt) -> Option<Entry> {
    let StmtKind::Let(it) = &stmt.kind else { return None };
    let LetTarget::Name(binding) = &it.target else { return None };
    (!binding.name.text.is_empty()).then(|| Entry {
        name: binding.name.text.to_string(),
        detail: String::new(),
        kind: EntryKind::Variable,
        span: stmt.span,
        chosen: binding.name.span,
        children: Vec::new(),
    })
}

/// Lines that can be hidden behind their first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// From the line that stays to the last that goes.
    pub span: Span,
    /// Comments, and not code.
    pub is_comment: bool,
}

/// What can be folded: blocks, declarations, lists and records over several lines, and comments.
#[must_use]
pub fn folds(view: &View<'_>) -> Vec<Fold> {
    let source = view.source();
    let line = |offset: u32| source.position(offset).line;
    let mut folds = Vec::new();
    let mut add = |span: Span, is_comment: bool| {
        if line(span.start) < line(span.end) {
            folds.push(Fold { span, is_comment });
        }
    };
    walk::each(view.tree(), &mut |node| match node {
        Node::Block(block) => add(block.span, false),
        Node::Table(table) => add(table.span, false),
        Node::TypeAlias(alias) => add(alias.span, false),
        Node::Expr(expr) => {
            use crate::syntax::tree::ExprKind::{Call, List, Map, Match, Query, Record, Text};
            if matches!(
                expr.kind,
                Call(_) | List(_) | Map(_) | Match(_) | Query(_) | Record(_) | Text(_)
            ) {
                add(expr.span, false);
            }
        }
        _ => {}
    });
    let comments = view.project.file(view.file).comments.iter().filter(|it| it.own_line);
    let mut group: Option<Span> = None;
    for comment in comments {
        group = Some(match group {
            Some(span) if line(span.end) + 1 == line(comment.span.start) => span.to(comment.span),
            Some(span) => {
                add(span, true);
                comment.span
            }
            None => comment.span,
        });
    }
    if let Some(span) = group {
        add(span, true);
    }
    folds.sort_by_key(|it| (it.span.start, it.span.end));
    folds.dedup();
    folds
}

/// What surrounds an offset, innermost first, each larger than the one before, the whole file last.
#[must_use]
pub fn selection(view: &View<'_>, offset: u32) -> Vec<Span> {
    let whole = u32::try_from(view.source().text.len()).unwrap_or(u32::MAX);
    let mut spans = vec![Span::new(view.file, 0, whole)];
    let tokens = crate::syntax::tokens(view.file, &view.source().text);
    let nodes = walk::path_to(view.tree(), offset).into_iter().map(Node::span);
    let token =
        tokens.iter().find(|it| it.start <= offset && offset <= it.end && it.start < it.end);
    for span in nodes.chain(token.map(|it| Span::new(view.file, it.start, it.end))) {
        let outer = spans[spans.len() - 1];
        let is_inside = outer.start <= span.start && span.end <= outer.end && span != outer;
        if is_inside && span.touches(offset) {
            spans.push(span);
        }
    }
    spans.reverse();
    spans
}
