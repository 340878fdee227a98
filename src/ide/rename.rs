//! New names for things, in every file, or a reason why not.
//!
//! A renaming is made in a copy of the project first and the copy checked: where that brings a new error to light, or where another
//! thing is meant by any of the names afterwards, the renaming would change what programs mean and is refused.

use std::collections::BTreeMap;

use super::{Ide, Occurrence, Role, Symbol, View, names, occurrences, places};
use crate::check::check;
use crate::check::project::ProjectFile;
use crate::diagnostics::{Diagnostic, Edit, Severity, fix};
use crate::source::{FileId, Span};
use crate::sql::schema::snake_case;
use crate::syntax::tree::{ColumnMark, Item};
use crate::{source, syntax};

/// What a renaming changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Renaming {
    /// The edits, by file and place.
    pub edits: Vec<Edit>,
}

/// Why something is not renamed, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

/// The name that would be renamed, with what it reads now.
///
/// # Errors
/// Where nothing that has a name of ours stands here.
pub fn can_rename(view: &View<'_>, offset: u32) -> Result<(Span, String), Refusal> {
    let meant = meant(view, offset)?;
    Ok((meant.span, view.slice(meant.span).to_owned()))
}

/// Renames what stands at an offset, in all files.
///
/// # Errors
/// Where nothing can be renamed here, where the new name is none, and where programs would mean something else.
pub fn rename(ide: &mut Ide, file: FileId, offset: u32, to: &str) -> Result<Renaming, Refusal> {
    is_name(to)?;
    let view = ide.view_of_all(file);
    let meant = meant(&view, offset)?;
    let from = view.slice(meant.span).to_owned();
    if from == to {
        return Ok(Renaming::default());
    }
    let found = places::of_symbol(&view, &meant.symbol);
    let mut edits: Vec<Edit> = found.iter().map(|it| edit(&view, it, &from, to)).collect();
    edits.extend(database_name(&view, &meant.symbol, to));
    edits.sort_by_key(|it| (it.span.file, it.span.start));
    edits.dedup();
    let renaming = Renaming { edits };
    stays_the_same(&view, &renaming, found.len(), &meant.symbol, to)?;
    Ok(renaming)
}

fn is_name(to: &str) -> Result<(), Refusal> {
    let tokens = syntax::tokens(FileId(0), to);
    match tokens.as_slice() {
        [name, _] if name.kind.is_name() && name.end as usize == to.len() => Ok(()),
        [word, _] if word.kind.is_reserved() => {
            Err(Refusal(format!("`{to}` is a word of the language")))
        }
        _ => Err(Refusal(format!(
            "`{to}` is no name: letters, digits and `_`, and no digit at the beginning"
        ))),
    }
}

fn meant(view: &View<'_>, offset: u32) -> Result<Occurrence, Refusal> {
    let Some(meant) = occurrences::at(view, offset).into_iter().next() else {
        return Err(Refusal("there is no name here that could be changed".to_owned()));
    };
    match &meant.symbol {
        Symbol::Local(_) | Symbol::Decl(_) | Symbol::Column(..) => Ok(meant),
        Symbol::Module(_) => Err(Refusal("a module is called as its file: rename the file".into())),
        Symbol::Library(_) | Symbol::LibraryModule(_) | Symbol::Run(_) => {
            Err(Refusal("this belongs to the library".to_owned()))
        }
        Symbol::Setting(..) | Symbol::Source(_) => {
            Err(Refusal("this name stands in `taskc.toml`".to_owned()))
        }
    }
}

fn edit(view: &View<'_>, it: &Occurrence, from: &str, to: &str) -> Edit {
    let text = match it.role {
        Role::Declares | Role::Uses => to.to_owned(),
        // `{ name }` becomes `{ name: other }`, and in a `let` as well: the field stays what it is.
        Role::ShortValue => format!("{from}: {to}"),
        Role::ShortField => format!("{to}: {from}"),
    };
    // An index may name a variable as written; spans never leave their file's text.
    debug_assert!(!view.slice(it.span).is_empty(), "a name has letters");
    Edit { span: it.span, text }
}

/// Tables and columns are called in the database what they are called here: the old name is written down beside the new one.
fn database_name(view: &View<'_>, symbol: &Symbol, to: &str) -> Option<Edit> {
    let quoted = |name: &str| format!(" as \"{name}\"");
    match symbol {
        Symbol::Decl(decl) => {
            let Item::Table(table) = names::item(view, *decl) else { return None };
            let old = snake_case(&table.name.text);
            if table.database_name.is_some() || snake_case(to) == old {
                return None;
            }
            let behind = table.source.as_ref().map_or(table.name.span, |it| it.span);
            Some(Edit { span: behind.after(), text: quoted(&old) })
        }
        Symbol::Column(table, name) => {
            let Item::Table(table) = names::item(view, *table) else { return None };
            let column = names::columns(table).find(|it| it.name.text == *name)?;
            let is_named = |it: &ColumnMark| matches!(it, ColumnMark::DatabaseName(_));
            if column.marks.iter().any(is_named) {
                return None;
            }
            let behind = match (column.marks.last(), &column.default) {
                (Some(mark), _) => mark_end(mark),
                (None, _) => column.ty.span.after(),
            };
            Some(Edit { span: behind, text: quoted(name) })
        }
        _ => None,
    }
}

fn mark_end(mark: &ColumnMark) -> Span {
    match mark {
        ColumnMark::Key(span)
        | ColumnMark::Auto(span)
        | ColumnMark::Unique(span)
        | ColumnMark::Cascade(span) => span.after(),
        ColumnMark::Reference(name)
        | ColumnMark::DatabaseName(name)
        | ColumnMark::Unknown(name) => name.span.after(),
    }
}

/// Makes the renaming in a copy and looks whether everything means what it meant.
fn stays_the_same(
    view: &View<'_>,
    renaming: &Renaming,
    count: usize,
    symbol: &Symbol,
    to: &str,
) -> Result<(), Refusal> {
    let mut by_file: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for edit in &renaming.edits {
        by_file.entry(edit.span.file).or_default().push(edit.clone());
    }
    let mut project = view.project.clone();
    for (id, edits) in &by_file {
        let source::Source { path, text, .. } = &view.project.file(*id).source;
        let new = fix::apply(text, edits)
            .ok_or_else(|| Refusal("two of the changes would touch".to_owned()))?;
        let module = &view.project.file(*id).module;
        project.replace(ProjectFile::parse(module, path, &new, *id));
    }
    let checked = std::sync::Arc::new(check(&project, view.library));
    let errors = |all: &[Diagnostic]| {
        let errors = all.iter().filter(|it| it.severity == Severity::Error);
        errors.map(|it| it.title.clone()).collect::<Vec<_>>()
    };
    let (before, after) = (errors(&view.checked.diagnostics), errors(&checked.diagnostics));
    if after.len() > before.len() {
        let new = after.iter().find(|it| !before.contains(it)).or(after.first());
        let why = new.map(String::as_str).unwrap_or_default();
        return Err(Refusal(format!("with the name `{to}` there would be an error: {why}")));
    }
    let renamed = View { project: &project, library: view.library, checked, file: view.file };
    let moved = moved(symbol, &by_file, to);
    let named = places::of_symbol(&renamed, &moved).len();
    if named == count {
        Ok(())
    } else {
        Err(Refusal(format!("`{to}` means something else where it would come to stand")))
    }
}

/// What a symbol is called after the edits: variables are known by where they stand, columns by their name.
fn moved(symbol: &Symbol, by_file: &BTreeMap<FileId, Vec<Edit>>, to: &str) -> Symbol {
    match symbol {
        Symbol::Local(span) => {
            let edits = by_file.get(&span.file).map_or(&[][..], Vec::as_slice);
            let mut start = i64::from(span.start);
            let mut inside = 0;
            for edit in edits {
                let grown = i64::try_from(edit.text.len()).unwrap_or(i64::MAX)
                    - i64::from(edit.span.end - edit.span.start);
                if edit.span.start < span.start {
                    start += grown;
                } else if edit.span == *span {
                    // A name taken out of a record stands behind its field's.
                    inside = edit.text.len() - to.len();
                }
            }
            let start = u32::try_from(start).unwrap_or(0) + u32::try_from(inside).unwrap_or(0);
            let end = start + u32::try_from(to.len()).unwrap_or(0);
            Symbol::Local(Span { start, end, ..*span })
        }
        Symbol::Column(table, _) => Symbol::Column(*table, to.into()),
        other => other.clone(),
    }
}
