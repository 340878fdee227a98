//! What a file can name: its own declarations, those of the modules that it uses, and those modules.

use crate::check::declared_name;
use crate::check::module_path;
use crate::check::types::{DeclId, Type};
use crate::source::{FileId, Span};
use crate::syntax::tree::{Column, Item, Name, Table, TableMember, Use};

use super::View;
use crate::check::declared::Declared;

/// The `use` declarations of a file with the files that they name.
pub(super) fn uses<'a>(view: &View<'a>) -> impl Iterator<Item = (&'a Use, FileId)> + use<'a> {
    let project = view.project;
    let file = project.file(view.file);
    file.tree.items.iter().filter_map(move |item| match item {
        Item::Use(it) => Some((it, project.module(&module_path(file, it))?.source.id)),
        _ => None,
    })
}

/// The declarations of a file.
pub(super) fn declared_in<'a>(
    view: &View<'a>,
    file: FileId,
) -> impl Iterator<Item = (DeclId, &'a Name)> + use<'a> {
    let items = &view.project.file(file).tree.items;
    (0..).zip(items).filter_map(move |(item, it)| Some((DeclId { file, item }, declared_name(it)?)))
}

/// Every declaration that the file can name bare: its own first.
pub(super) fn visible<'a>(view: &View<'a>) -> Vec<(DeclId, &'a Name)> {
    let mut files = vec![view.file];
    files.extend(uses(view).filter(|(it, _)| it.alias.is_none()).map(|(_, file)| file));
    files.into_iter().flat_map(|file| declared_in(view, file)).collect()
}

/// The declaration that a bare name stands for.
pub(super) fn find(view: &View<'_>, name: &str) -> Option<DeclId> {
    visible(view).into_iter().find(|(_, it)| it.text == name).map(|(decl, _)| decl)
}

/// The file that a name before a dot stands for.
pub(super) fn module(view: &View<'_>, name: &str) -> Option<FileId> {
    let named = |it: &Use| it.alias.as_ref().is_some_and(|alias| alias.text == name);
    uses(view).find(|(it, _)| named(it)).map(|(_, file)| file)
}

/// The declaration that a name stands for behind a module's name, or bare.
pub(super) fn find_in(view: &View<'_>, qualifier: Option<&str>, name: &str) -> Option<DeclId> {
    match qualifier {
        None => find(view, name),
        Some(qualifier) => {
            let file = module(view, qualifier)?;
            declared_in(view, file).find(|(_, it)| it.text == name).map(|(decl, _)| decl)
        }
    }
}

/// The item that declares something.
pub(super) fn item<'a>(view: &View<'a>, decl: DeclId) -> &'a Item {
    &view.project.file(decl.file).tree.items[decl.item as usize]
}

/// Where a declaration's name stands.
pub(super) fn name_span(view: &View<'_>, decl: DeclId) -> Option<Span> {
    declared_name(item(view, decl)).map(|it| it.span)
}

/// The columns of a table as they are written.
pub(super) fn columns(table: &Table) -> impl Iterator<Item = &Column> {
    table.members.iter().filter_map(|member| match member {
        TableMember::Column(column) => Some(column),
        TableMember::Index(_) | TableMember::Error(_) => None,
    })
}

/// The table whose rows a type describes.
pub(super) fn table_of(view: &View<'_>, ty: &Type) -> Option<DeclId> {
    let Type::Record(record) = open(view, ty) else { return None };
    let name = record.name.as_ref()?;
    let files = (0..).map(FileId).zip(&view.checked.files);
    let mut tables = files.flat_map(|(file, it)| {
        (0..).zip(&it.declared).filter_map(move |(item, declared)| match declared {
            Declared::Table(table) => Some((DeclId { file, item }, table)),
            _ => None,
        })
    });
    let is_it = |row: &Type| matches!(row, Type::Record(row) if *row == record);
    tables.find(|(_, table)| table.name == *name && is_it(&table.row)).map(|(decl, _)| decl)
}

/// A type without its `?`, and what stands behind the name of one that mentions itself.
pub(super) fn open(view: &View<'_>, ty: &Type) -> Type {
    match ty.without_null() {
        Type::Named(named) => view.checked.expand(named).clone(),
        other => other.clone(),
    }
}
