//! Rows that are written: which columns must be there, which may be left out, what they hold.

use ecow::EcoString;

use super::calls::TableArgs;
use super::{ColumnInfo, TableInfo};
use crate::check::checked::ArgSource;
use crate::check::checker::{Checker, Want};
use crate::check::expr::Place;
use crate::check::literal::plain_text;
use crate::check::report::{self, tables as say};
use crate::check::types::{FieldType, RecordType, Type};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Name, RecordPart, Text, TextPart};

/// What a row is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// It is added: what has neither default nor `?` must be there.
    New,
    /// It changes one that is there: any columns.
    Change,
}

impl<'p> Checker<'p> {
    /// `insert({ … })`
    pub(super) fn insert_row(&mut self, it: &TableArgs<'p, '_>) -> Option<Vec<ArgSource>> {
        let args = self.sorted_args(it, vec![it.param("values", it.table.row.clone(), false)])?;
        self.row(it.table, it.value(&args, 0)?, Purpose::New);
        Some(args)
    }

    /// `insert_all(rows, on_conflict: "skip")`
    pub(super) fn insert_rows(&mut self, it: &TableArgs<'p, '_>) -> Option<Vec<ArgSource>> {
        let rows = it.param("rows", Type::list(it.table.row.clone()), false);
        let choice = crate::check::read_type::union(["skip", "update"].map(EcoString::from));
        let on_conflict = it.param("on_conflict", choice, true);
        let args = self.sorted_args(it, vec![rows, on_conflict.clone()])?;
        self.rows(it.table, it.value(&args, 0)?);
        self.argument(it, &args, 1, &on_conflict);
        Some(args)
    }

    /// `update(id, { … })`
    pub(super) fn update_row(&mut self, it: &TableArgs<'p, '_>) -> Option<Vec<ArgSource>> {
        let key = self.key_param(it)?;
        let values = it.param("values", it.table.row.clone(), false);
        let args = self.sorted_args(it, vec![key.clone(), values])?;
        self.argument(it, &args, 0, &key);
        self.row(it.table, it.value(&args, 1)?, Purpose::Change);
        Some(args)
    }

    /// `upsert({ … }, on: "email")`
    pub(super) fn upsert_row(&mut self, it: &TableArgs<'p, '_>) -> Option<Vec<ArgSource>> {
        let values = it.param("values", it.table.row.clone(), false);
        let args = self.sorted_args(it, vec![values, it.param("on", Type::Text, true)])?;
        let row = it.value(&args, 0)?;
        let given = self.row(it.table, row, Purpose::New);
        let on = match it.value(&args, 1) {
            Some(on) => self.upsert_column(it, on),
            None => self.key_param(it).map(|key| key.name),
        };
        if let (Some(on), Some(given)) = (on, given)
            && !given.contains(&on)
        {
            self.report(say::upsert_without(row.span, &on));
        }
        Some(args)
    }

    /// The column that `on:` names.
    fn upsert_column(&mut self, it: &TableArgs<'p, '_>, on: &'p Expr) -> Option<EcoString> {
        self.check(on, &Type::Text, Place::Argument { function: "upsert", parameter: "on" });
        let text = match &on.kind {
            ExprKind::Text(text) if !has_holes(text) => plain_text(text),
            _ => {
                self.report(say::must_be_literal(on.span, "`on`"));
                return None;
            }
        };
        let name = Name { text, span: inside_quotes(on.span) };
        match it.table.column(&name.text) {
            Some(column) if column.unique || column.key => return Some(name.text),
            Some(_) => self.report(say::not_unique(&name, &it.table.name, "upsert")),
            None => self.unknown_column(it.table, &name),
        }
        None
    }

    /// A list of rows that are added.
    fn rows(&mut self, table: &TableInfo, rows: &'p Expr) {
        if let ExprKind::List(items) = &rows.kind {
            return self.row_literals(table, rows, items);
        }
        let found = self.expr(rows, Want::Value);
        match self.open(&found) {
            Type::List(item) => {
                let item = self.open(&item);
                self.row_type(table, rows.span, &item, Purpose::New);
            }
            Type::Error | Type::Never => {}
            other => {
                let wanted = Type::list(table.row.clone());
                let place = Place::Argument { function: "insert_all", parameter: "rows" };
                let diagnostic = report::types::wrong_type(self, rows, &other, &wanted, place);
                self.report(diagnostic);
            }
        }
    }

    /// Rows that are written out, each with columns of its own: what one leaves out gets its default there.
    fn row_literals(&mut self, table: &TableInfo, rows: &'p Expr, items: &'p [Expr]) {
        let mut forms: Vec<Type> = Vec::new();
        for item in items {
            self.row(table, item, Purpose::New);
            let form = self.type_of(item.id).clone();
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        let row = match forms.as_slice() {
            [] => table.row.clone(),
            [only] => only.clone(),
            _ => Type::OneOf(forms.into()),
        };
        self.set_type(rows.id, Type::list(row));
    }

    /// A row that is written; gives the names of the columns that it has, where they are known.
    fn row(
        &mut self,
        table: &TableInfo,
        row: &'p Expr,
        purpose: Purpose,
    ) -> Option<Vec<EcoString>> {
        if let ExprKind::Record(parts) = &row.kind {
            return self.row_literal(table, row, parts, purpose);
        }
        let found = self.expr(row, Want::Value);
        let found = self.open(&found);
        self.row_type(table, row.span, &found, purpose)
    }

    fn row_literal(
        &mut self,
        table: &TableInfo,
        row: &'p Expr,
        parts: &'p [RecordPart],
        purpose: Purpose,
    ) -> Option<Vec<EcoString>> {
        self.refuse_repeated_fields(parts);
        let mut fields: Vec<FieldType> = Vec::with_capacity(parts.len());
        let mut extra: Vec<Name> = Vec::new();
        let mut is_unsure = false;
        for part in parts {
            match part {
                RecordPart::Field(name, value) | RecordPart::Short(name, value) => {
                    match table.column(&name.text) {
                        Some(column) => {
                            let place = Place::Field(&column.name);
                            self.check(value, &column.ty, place);
                            put(&mut fields, &column.name, column.ty.clone());
                        }
                        None => {
                            self.expr(value, Want::Value);
                            is_unsure |= name.text.is_empty();
                            extra.push(name.clone());
                        }
                    }
                }
                RecordPart::Spread(value) => {
                    for field in self.spread(value) {
                        self.row_field(table, value.span, &field, &mut extra);
                        put(&mut fields, &field.name, field.ty);
                    }
                    is_unsure |= fields.is_empty();
                }
            }
        }
        let given: Vec<EcoString> = fields.iter().map(|it| it.name.clone()).collect();
        let record = RecordType::new(Some(table.name.clone()), fields);
        self.set_type(row.id, Type::Record(record.into()));
        if is_unsure {
            return None;
        }
        self.compare_columns(table, row.span, &given, &extra, purpose);
        Some(given)
    }

    /// A row that is not written out: its type has to have the columns.
    fn row_type(
        &mut self,
        table: &TableInfo,
        span: Span,
        ty: &Type,
        purpose: Purpose,
    ) -> Option<Vec<EcoString>> {
        let record = match ty {
            Type::Record(record) => record.clone(),
            Type::Error | Type::Never => return None,
            other => {
                self.report(say::not_a_row(span, &table.name, other));
                return None;
            }
        };
        let mut extra = Vec::new();
        for field in record.declared() {
            self.row_field(table, span, field, &mut extra);
        }
        let given: Vec<EcoString> = record.declared().map(|it| it.name.clone()).collect();
        self.compare_columns(table, span, &given, &extra, purpose);
        Some(given)
    }

    /// A field of a row that comes from elsewhere.
    fn row_field(
        &mut self,
        table: &TableInfo,
        span: Span,
        field: &FieldType,
        extra: &mut Vec<Name>,
    ) {
        match table.column(&field.name) {
            Some(column) if self.agree(&field.ty, &column.ty).holds() => {}
            Some(column) => {
                self.report(say::wrong_column(span, &column.name, &column.ty, &field.ty));
            }
            None => extra.push(Name { text: field.name.clone(), span }),
        }
    }

    fn compare_columns(
        &mut self,
        table: &TableInfo,
        span: Span,
        given: &[EcoString],
        extra: &[Name],
        purpose: Purpose,
    ) {
        let may_lack = |it: &ColumnInfo| purpose == Purpose::Change || it.may_be_left_out();
        let field = |it: &ColumnInfo| FieldType {
            name: it.name.clone(),
            ty: if may_lack(it) { Type::optional(it.ty.clone()) } else { it.ty.clone() },
        };
        let fields = table.columns.iter().map(field).collect();
        let wanted = RecordType::new(Some(table.name.clone()), fields);
        self.compare_fields(span, given, extra, &wanted);
    }
}

fn put(fields: &mut Vec<FieldType>, name: &EcoString, ty: Type) {
    match fields.iter_mut().find(|it| it.name == *name) {
        Some(field) => field.ty = ty,
        None => fields.push(FieldType { name: name.clone(), ty }),
    }
}

fn has_holes(text: &Text) -> bool {
    text.parts.iter().any(|part| matches!(part, TextPart::Hole(_)))
}

fn inside_quotes(span: Span) -> Span {
    Span { start: span.start + 1, end: span.end.saturating_sub(1).max(span.start + 1), ..span }
}
