//! Where things are: declarations, uses, and files that a text names.

use super::{Occurrence, Symbol, View, names, occurrences};
use crate::source::{FileId, Span};
use crate::syntax::tree::{ExprKind, Item};
use crate::syntax::walk::{self, Node};

/// Where what stands here is declared; for a module the beginning of its file.
#[must_use]
pub fn definition(view: &View<'_>, offset: u32) -> Option<(Span, Span)> {
    occurrences::at(view, offset)
        .into_iter()
        .find_map(|it| Some((it.span, declared(view, &it.symbol)?)))
}

/// Where a symbol's own name stands; nothing for what the library declares.
pub(super) fn declared(view: &View<'_>, symbol: &Symbol) -> Option<Span> {
    match symbol {
        Symbol::Local(span) => Some(*span),
        Symbol::Decl(decl) => names::name_span(view, *decl),
        Symbol::Column(table, name) => match names::item(view, *table) {
            Item::Table(table) => {
                names::columns(table).find(|it| it.name.text == *name).map(|it| it.name.span)
            }
            _ => None,
        },
        Symbol::Module(file) => Some(Span::new(*file, 0, 0)),
        Symbol::Library(_)
        | Symbol::LibraryModule(_)
        | Symbol::Run(_)
        | Symbol::Setting(..)
        | Symbol::Source(_) => None,
    }
}

/// Every place where what stands here is named, in all files. The view is one of all files.
#[must_use]
pub fn references(view: &View<'_>, offset: u32, with_declaration: bool) -> Vec<Span> {
    let Some(meant) = occurrences::at(view, offset).into_iter().next() else { return Vec::new() };
    let found = of_symbol(view, &meant.symbol);
    let declared = declared(view, &meant.symbol);
    let wanted = |it: &Occurrence| with_declaration || Some(it.span) != declared;
    found.iter().filter(|it| wanted(it)).map(|it| it.span).collect()
}

/// Every place where a symbol is named, in all files.
pub(super) fn of_symbol(view: &View<'_>, symbol: &Symbol) -> Vec<Occurrence> {
    let files: Vec<FileId> = match symbol {
        // Named arguments name parameters from other files, which a variable is never named from.
        Symbol::Local(_) | Symbol::Decl(_) | Symbol::Column(..) | Symbol::Module(_) => {
            let own = match symbol {
                Symbol::Local(span) => span.file,
                Symbol::Decl(decl) | Symbol::Column(decl, _) => decl.file,
                _ => view.file,
            };
            let users = (0..).map(FileId).zip(&view.checked.files);
            let is_concerned = |file: FileId, uses: &[FileId]| file == own || uses.contains(&own);
            let is_module = matches!(symbol, Symbol::Module(_));
            users
                .filter(|(file, it)| is_module || is_concerned(*file, &it.uses))
                .map(|(file, _)| file)
                .collect()
        }
        _ => (0..).map(FileId).take(view.checked.files.len()).collect(),
    };
    let each = files.into_iter().flat_map(|file| occurrences::all(&view.of(file)));
    each.filter(|it| it.symbol == *symbol).collect()
}

/// The places in this file where what stands here is named.
#[must_use]
pub fn highlights(view: &View<'_>, offset: u32) -> Vec<Occurrence> {
    let Some(meant) = occurrences::at(view, offset).into_iter().next() else { return Vec::new() };
    let mut found = occurrences::all(view);
    found.retain(|it| it.symbol == meant.symbol);
    found
}

/// A text that names a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it stands.
    pub span: Span,
    /// The file's path below the project's root, `/` between parts.
    pub path: String,
}

/// The modules and templates that a file names.
#[must_use]
pub fn links(view: &View<'_>) -> Vec<Link> {
    let mut links: Vec<Link> = names::uses(view)
        .filter_map(|(it, file)| {
            let (first, last) = (it.path.first()?, it.path.last()?);
            let path = format!("{}.task", view.project.file(file).module);
            Some(Link { span: first.span.to(last.span), path })
        })
        .collect();
    let templates = &view.facts().tables.templates;
    walk::each(view.tree(), &mut |node| {
        if let Node::Expr(expr) = node
            && let ExprKind::Text(_) = expr.kind
            && let Some((path, _)) = templates.get(&expr.id)
        {
            links.push(Link { span: expr.span, path: path.to_string() });
        }
    });
    links
}
