//! What could come next where somebody is writing.
//!
//! The place is asked about in a copy of the file that has a name there: what is half written is parsed and typed as if it were
//! whole, so that an answer does not depend on how much of the line is missing.

mod members;
mod names;
mod texts;

use std::sync::Arc;

use super::{Ide, View};
use crate::check::glance;
use crate::check::project::ProjectFile;
use crate::source::{FileId, Span};
use crate::syntax::token::{Kind, Token};
use crate::syntax::tree::{Expr, ExprKind, RecordPart};
use crate::syntax::walk::{self, Node};

/// Something that could be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is shown and looked for.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// A type or signature beside the label.
    pub detail: String,
    /// What is written; with `${1:…}` to fill in where `is_snippet`.
    pub insert: String,
    /// Whether there are places to fill in.
    pub is_snippet: bool,
    /// What it replaces.
    pub span: Span,
    /// Smaller is nearer to what is probably meant.
    pub rank: u8,
    /// What [`documentation`] knows it by; empty where there is none.
    pub key: String,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after what the language has")]
pub enum CompletionKind {
    Keyword,
    Snippet,
    Header,
    Variable,
    Field,
    Method,
    Function,
    Module,
    Type,
    Table,
    Const,
    Value,
    File,
}

/// The name that stands at the place in the copy.
const CURSOR: &str = "zzcursor";

/// What could be written at an offset.
#[must_use]
pub fn complete(ide: &mut Ide, file: FileId, offset: u32) -> Vec<Completion> {
    let source = ide.project.file(file).source.clone();
    let place = Place::at(file, &source.text, offset);
    if place.in_comment(&ide.project.file(file).comments, offset) {
        return Vec::new();
    }
    if let Some(found) = texts::complete(&ide.view(file), offset) {
        return found;
    }
    let around = &source.text;
    let start = place.span.start as usize;
    let rest = &around[place.span.end as usize..];
    let body = if place.lacks_body(rest) { " {}" } else { "" };
    let text = format!("{}{CURSOR}{body}{rest}", &around[..start]);
    let mut project = ide.project.clone();
    let (module, path) = (project.file(file).module.clone(), source.path.clone());
    project.replace(ProjectFile::glance(&module, &path, &text, file));
    let checked = Arc::new(glance(&project, &ide.library, file));
    let view = View { project: &project, library: &ide.library, checked, file };
    let mut found = at_place(&view, &place);
    found.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    // A word that begins a statement is offered once, with what follows it.
    let mut seen: Vec<String> = Vec::new();
    found.retain(|it| {
        let is_known = it.kind == CompletionKind::Keyword && seen.contains(&it.label);
        seen.push(it.label.clone());
        !is_known
    });
    found
}

/// The documentation of a completion, in Markdown.
#[must_use]
pub fn documentation(ide: &mut Ide, file: FileId, key: &str) -> Option<String> {
    names::documentation(&ide.view(file), key)
}

/// Where something is being written.
struct Place {
    /// The letters of the name that are there.
    span: Span,
    /// The tokens before it, nearest last.
    before: Vec<Token>,
    /// Whether nothing but blanks stands before it on its line.
    starts_line: bool,
    /// Where its line starts.
    line_start: u32,
}

impl Place {
    fn at(file: FileId, text: &str, offset: u32) -> Self {
        let offset = offset as usize;
        let is_letter = |c: char| c == '_' || c.is_ascii_alphanumeric();
        let start = text[..offset].trim_end_matches(is_letter).len();
        let rest = &text[offset..];
        let end = offset + rest.len() - rest.trim_start_matches(is_letter).len();
        let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let span = Span::new(file, place(start), place(end));
        let tokens = crate::syntax::tokens(file, text);
        let before: Vec<Token> =
            tokens.into_iter().filter(|it| it.end <= span.start && it.start < it.end).collect();
        let line = text[..start].rfind('\n').map_or(0, |it| it + 1);
        let starts_line = text[line..start].trim().is_empty();
        Self { span, before, starts_line, line_start: place(line) }
    }

    /// The kind of the token so many before the place, from 1.
    fn kind(&self, back: usize) -> Option<Kind> {
        Some(self.before.get(self.before.len().checked_sub(back)?)?.kind)
    }

    fn in_comment(&self, comments: &[crate::syntax::tree::Comment], offset: u32) -> bool {
        comments.iter().any(|it| it.span.start < offset && offset <= it.span.end)
    }

    /// The tokens before the place on its line.
    fn line(&self) -> &[Token] {
        let first = self.before.partition_point(|it| it.start < self.line_start);
        &self.before[first..]
    }

    /// Whether the head of a loop or a condition is being written, and the body that it has to have is not there yet.
    fn lacks_body(&self, rest: &str) -> bool {
        let is_head = |it: &Token| {
            matches!(it.kind, Kind::For | Kind::While | Kind::If | Kind::Match | Kind::BraceOpen)
        };
        let last = self.line().iter().rev().find(|it| is_head(it));
        let is_last = rest.lines().next().is_none_or(|it| it.trim().is_empty());
        is_last && last.is_some_and(|it| it.kind != Kind::BraceOpen)
    }

    fn completion(&self, label: &str, kind: CompletionKind, rank: u8) -> Completion {
        Completion {
            label: label.to_owned(),
            kind,
            detail: String::new(),
            insert: label.to_owned(),
            is_snippet: false,
            span: self.span,
            rank,
            key: String::new(),
        }
    }
}

fn at_place(view: &View<'_>, place: &Place) -> Vec<Completion> {
    if matches!(place.kind(1), Some(Kind::Dot | Kind::QuestionDot)) {
        return members::behind_dot(view, place);
    }
    let path = walk::path_to(view.tree(), place.span.start + 1);
    let line = place.line();
    let first = line.first().map(|it| (it.kind, view.source().slice(span_of(view, it))));
    match first {
        Some((Kind::Use, _)) => return names::modules(view, place),
        Some((kind, word)) if kind.is_name() && is_top_level(place, &path) => {
            if let Some(found) = names::header_values(view, place, word, line) {
                return found;
            }
        }
        _ => {}
    }
    if is_new_name(place) {
        return Vec::new();
    }
    if let Some(Node::Type(_)) = path.last() {
        return names::types(view, place);
    }
    let mut found = Vec::new();
    if place.starts_line && is_top_level(place, &path) {
        found.extend(names::headers(place));
        found.extend(names::declarations(place));
    }
    if place.starts_line {
        found.extend(names::statements(place));
    }
    found.extend(texts::quoted(view, place, &path));
    found.extend(names::clauses(view, place));
    found.extend(arguments(view, place, &path));
    found.extend(names::values(view, place));
    found
}

fn span_of(view: &View<'_>, token: &Token) -> Span {
    Span::new(view.file, token.start, token.end)
}

/// Whether nothing that the place stands in began on a line before.
fn is_top_level(place: &Place, path: &[Node<'_>]) -> bool {
    path.iter().all(|node| node.span().start >= place.line_start)
}

/// Behind `let`, `fn` and the like whoever writes invents a name.
fn is_new_name(place: &Place) -> bool {
    matches!(
        place.kind(1),
        Some(Kind::Let | Kind::Var | Kind::Const | Kind::Fn | Kind::Type | Kind::Table | Kind::For)
    )
}

/// Names of parameters in a call, and of fields in a record that becomes a row.
fn arguments(view: &View<'_>, place: &Place, path: &[Node<'_>]) -> Vec<Completion> {
    let mut around = path.iter().rev().filter_map(|node| match node {
        Node::Expr(expr) => Some(*expr),
        _ => None,
    });
    let is_here = |expr: &Expr| expr.span.start == place.span.start;
    let (Some(own), Some(outer)) = (around.next(), around.next()) else { return Vec::new() };
    if !is_here(own) {
        return Vec::new();
    }
    match &outer.kind {
        ExprKind::Call(call)
            if call.args.iter().any(|it| it.name.is_none() && it.value.id == own.id) =>
        {
            members::parameters(view, place, outer, call)
        }
        ExprKind::Record(parts) => {
            let is_field = parts.iter().any(|it| match it {
                RecordPart::Short(_, value) => value.id == own.id,
                RecordPart::Field(..) | RecordPart::Spread(_) => false,
            });
            let table =
                is_field.then(|| around.find_map(|it| members::table_written(view, it, outer)));
            match table.flatten() {
                Some(table) => members::columns_to_write(view, place, table, parts),
                None => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}
