//! What a table's declaration has to keep to.

use crate::check::checker::Checker;
use crate::check::declared::Declared;
use crate::check::expr::Place;
use crate::check::names::Found;
use crate::check::report::{self, tables as say};
use crate::check::scope::{FrameKind, FrameResult};
use crate::check::touch::Touches;
use crate::check::types::{DeclId, Type};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::source::Span;
use crate::sql::Kind;
use crate::sql::schema::snake_case;
use crate::syntax::tree::{Column, ColumnMark, Index, Item, Name, Table, TableMember};

use super::{as_column, database_name, is_key};

/// The words behind a column's type.
const MARKS: [&str; 6] = ["key", "auto", "unique", "cascade", "as", "index"];

impl<'p> Checker<'p> {
    /// Checks a table's declaration, now that everything else is declared.
    pub(in crate::check) fn table_body(&mut self, decl: DeclId, table: &'p Table) {
        let columns: Vec<&'p Column> = table.members.iter().filter_map(as_column).collect();
        let is_broken = table.members.iter().any(|it| matches!(it, TableMember::Error(_)));
        if columns.is_empty() && !is_broken && !table.name.text.is_empty() {
            self.report(say::no_columns(&table.name));
        }
        self.source_exists(table);
        self.name_is_free(decl, table);
        self.columns_differ(&columns);
        self.one_key(&columns);
        for column in &columns {
            self.column_rules(decl, column);
        }
        for member in &table.members {
            if let TableMember::Index(index) = member {
                self.index_columns(table, &columns, index);
            }
        }
        self.end_body();
    }

    fn source_exists(&mut self, table: &Table) {
        let Some(source) = &table.source else { return };
        let known = &self.world.project.settings.sources;
        if source.text == "main" || known.contains(&source.text) || source.text.is_empty() {
            return;
        }
        let candidates = known.iter().map(|it| Candidate::new(it)).chain([Candidate::new("main")]);
        let near = nearest(&source.text, candidates);
        self.report(report::names::unknown_source(source, &near));
    }

    /// Two tables of one source in one file cannot be the same table of the database.
    fn name_is_free(&mut self, decl: DeclId, table: &Table) {
        let name = database_name(table);
        let before = self.items.iter().take(decl.item as usize);
        let first = before.filter_map(|it| match it {
            Item::Table(other) if source_name(other) == source_name(table) => Some(other),
            _ => None,
        });
        let first = first.filter(|it| it.name.text != table.name.text);
        if let Some(first) = first.into_iter().find(|it| database_name(it) == name) {
            let span = table.database_name.as_ref().map_or(table.name.span, |it| it.span);
            self.report(say::same_database_name(span, &name, &first.name));
        }
    }

    fn columns_differ(&mut self, columns: &[&Column]) {
        for (at, column) in columns.iter().enumerate() {
            let first = columns[..at].iter().find(|it| it.name.text == column.name.text);
            if let Some(first) = first.filter(|it| !it.name.text.is_empty()) {
                self.report(report::names::duplicate_field(&first.name, &column.name));
            } else if column.name.text.chars().any(char::is_uppercase) {
                let better = snake_case(&column.name.text);
                let rule = "columns are `snake_case`";
                self.report(report::lints::name_style(&column.name, rule, &better));
            }
        }
    }

    fn one_key(&mut self, columns: &[&Column]) {
        let mut keys = columns.iter().filter(|it| is_key(it));
        if let (Some(first), Some(second)) = (keys.next(), keys.next()) {
            let mark = mark(second, |it| matches!(it, ColumnMark::Key(_)));
            self.report(say::second_key(
                mark.unwrap_or(second.name.span),
                &first.name,
                &second.name,
            ));
        }
    }

    fn column_rules(&mut self, decl: DeclId, column: &'p Column) {
        let info = match self.declared(decl) {
            Declared::Table(info) => info.column(&column.name.text).cloned(),
            _ => None,
        };
        let Some(info) = info else { return };
        let ty = info.ty.clone();
        if ty.is_error() {
            return;
        }
        if self.stored(&ty).is_none() {
            self.report(say::cannot_hold(column.ty.span, &column.name, &ty));
            return;
        }
        let mut is_explained = false;
        for (at, mark) in column.marks.iter().enumerate() {
            match mark {
                ColumnMark::Key(span) => self.key_type(*span, column, &ty),
                ColumnMark::Auto(span) => self.auto_type(*span, column, &ty),
                ColumnMark::Unique(span) => self.unique_type(*span, column, &ty),
                ColumnMark::Reference(name) => self.reference(name, column, &ty),
                ColumnMark::Cascade(span) => {
                    if super::referred_to(column).is_none() {
                        self.report(say::cascade_alone(*span));
                    }
                }
                ColumnMark::DatabaseName(name) => {
                    if name.text.is_empty() {
                        self.report(say::empty_name(name.span));
                    }
                }
                ColumnMark::Unknown(_) if is_explained => {}
                ColumnMark::Unknown(name) => {
                    let near = nearest(&name.text, MARKS.map(Candidate::new));
                    let behind = match column.marks.get(at + 1) {
                        Some(ColumnMark::Unknown(behind)) => Some(behind),
                        _ => None,
                    };
                    is_explained = true;
                    self.report(say::unknown_mark(name, behind, &near));
                }
            }
        }
        self.column_default(column, &ty);
    }

    fn key_type(&mut self, mark: Span, column: &Column, ty: &Type) {
        if let Type::Optional(_) = ty {
            self.report(say::key_may_be_missing(mark, &column.name, column.ty.span));
        } else if !matches!(self.stored(ty), Some((kind, _)) if may_be_key(kind)) {
            self.report(say::not_a_key(mark, &column.name, ty));
        }
    }

    fn auto_type(&mut self, mark: Span, column: &Column, ty: &Type) {
        if !is_key(column) || self.open(ty) != Type::Int {
            self.report(say::auto_elsewhere(mark, &column.name));
        }
        if let Some(default) = &column.default {
            self.report(say::auto_with_default(default.span, mark));
        }
    }

    fn unique_type(&mut self, mark: Span, column: &Column, ty: &Type) {
        if matches!(self.stored(ty), Some((Kind::Json, _))) {
            self.report(say::not_indexed(mark, &column.name, ty));
        }
    }

    fn reference(&mut self, name: &Name, column: &Column, ty: &Type) {
        if name.text.is_empty() {
            return;
        }
        let decl = match self.lookup(&name.text) {
            Found::Decl(decl) => decl,
            Found::Several(modules) => {
                return self.report(report::names::ambiguous(name.span, &name.text, &modules));
            }
            Found::Nothing | Found::Module(_) => return self.unknown_table(name.span, &name.text),
        };
        let Declared::Table(table) = self.declared(decl) else {
            return self.unknown_table(name.span, &name.text);
        };
        match table.key() {
            None => self.report(say::reference_without_key(name)),
            Some(key) => {
                let key_type = key.ty.clone();
                let own = ty.without_null();
                if self.stored(own) != self.stored(&key_type) && !key_type.is_error() {
                    let key = key.name.clone();
                    self.report(say::reference_type(column, name, &key, &key_type, ty));
                }
            }
        }
    }

    /// Reports a name that no table has.
    pub(in crate::check) fn unknown_table(&mut self, span: Span, name: &str) {
        let declared = self.declared_names();
        let tables = declared.iter().filter(|(_, decl)| self.table_tree(*decl).is_some());
        let near = nearest(name, tables.map(|(it, _)| Candidate::new(it)));
        self.report(report::names::unknown_table(span, name, &near));
    }

    fn column_default(&mut self, column: &'p Column, ty: &Type) {
        let Some(default) = &column.default else { return };
        let before = self.diagnostics.len();
        let mark = self.enter(FrameKind::Value, FrameResult::Forbidden);
        let place = Place::Stated { name: &column.name.text, at: Some(column.ty.span) };
        self.check(default, ty, place);
        self.leave(mark);
        // It is worked out by whoever writes the row: the declaration itself touches nothing.
        self.touches = Touches::default();
        if self.diagnostics.len() == before && self.default_of(default, ty).is_none() {
            self.report(say::default_not_known(default.span, &column.name));
        }
    }

    fn index_columns(&mut self, table: &Table, columns: &[&Column], index: &Index) {
        for name in index.columns.iter().filter(|it| !it.text.is_empty()) {
            match columns.iter().find(|it| it.name.text == name.text) {
                None => {
                    let known = columns.iter().map(|it| Candidate::new(&it.name.text));
                    let near = nearest(&name.text, known);
                    self.report(report::names::unknown_column(&table.name.text, name, &near));
                }
                Some(column) => {
                    let ty = self.tables.type_exprs.get(&column.ty.id).cloned();
                    let ty = ty.unwrap_or(Type::Error);
                    if matches!(self.stored(&ty), Some((Kind::Json, _))) {
                        self.report(say::not_indexed(name.span, name, &ty));
                    }
                }
            }
        }
        for (at, name) in index.columns.iter().enumerate() {
            if let Some(first) = index.columns[..at].iter().find(|it| it.text == name.text)
                && !name.text.is_empty()
            {
                self.report(report::names::duplicate_field(first, name));
            }
        }
    }
}

fn source_name(table: &Table) -> &str {
    table.source.as_ref().map_or("", |it| it.text.as_str())
}

fn may_be_key(kind: Kind) -> bool {
    match kind {
        Kind::Int | Kind::Text | Kind::Date | Kind::Time => true,
        Kind::Decimal | Kind::Float | Kind::Bool | Kind::Bytes | Kind::Duration | Kind::Json => {
            false
        }
    }
}

fn mark(column: &Column, wanted: fn(&ColumnMark) -> bool) -> Option<Span> {
    column.marks.iter().find(|it| wanted(it)).map(|it| match it {
        ColumnMark::Key(span)
        | ColumnMark::Auto(span)
        | ColumnMark::Unique(span)
        | ColumnMark::Cascade(span) => *span,
        ColumnMark::Reference(name)
        | ColumnMark::DatabaseName(name)
        | ColumnMark::Unknown(name) => name.span,
    })
}
