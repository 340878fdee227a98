//! Record literals: which fields there are, which are missing, which are too many.

use std::sync::Arc;

use ecow::EcoString;

use super::checker::{Checker, Want};
use super::expr::Place;
use super::report;
use super::types::{FieldType, RecordType, Type};
use crate::source::Span;
use crate::syntax::tree::{Expr, Name, RecordPart};

impl<'p> Checker<'p> {
    pub(super) fn record(
        &mut self,
        expr: &'p Expr,
        parts: &'p [RecordPart],
        want: Want<'_>,
    ) -> Type {
        self.refuse_repeated_fields(parts);
        let wanted = want.ty().map(|it| self.wanted_record(it));
        match wanted {
            Some(WantedRecord::Fields(record)) => self.record_of_type(expr, parts, &record),
            Some(WantedRecord::Json) => self.free_record(parts, Want::Type(&Type::Json)),
            Some(WantedRecord::Anything) | None => self.free_record(parts, Want::Value),
        }
    }

    /// What a record literal should be, where its place says so.
    fn wanted_record(&self, wanted: &Type) -> WantedRecord {
        match self.open(wanted.without_null()) {
            Type::Record(record) => WantedRecord::Fields(record),
            Type::Json => WantedRecord::Json,
            Type::OneOf(members) => {
                let mut wanted = members.iter().map(|it| self.wanted_record(it));
                let of_form = wanted.find(|it| !matches!(it, WantedRecord::Anything));
                of_form.unwrap_or(WantedRecord::Anything)
            }
            _ => WantedRecord::Anything,
        }
    }

    pub(super) fn refuse_repeated_fields(&mut self, parts: &[RecordPart]) {
        let names: Vec<&Name> = parts.iter().filter_map(field_name).collect();
        for (at, name) in names.iter().enumerate() {
            if let Some(first) = names[..at].iter().find(|it| it.text == name.text)
                && !name.text.is_empty()
            {
                self.report(report::names::duplicate_field(first, name));
            }
        }
    }

    /// A record of whatever fields it has.
    fn free_record(&mut self, parts: &'p [RecordPart], want: Want<'_>) -> Type {
        let mut fields: Vec<FieldType> = Vec::with_capacity(parts.len());
        let mut is_unsure = false;
        for part in parts {
            match part {
                RecordPart::Field(name, value) | RecordPart::Short(name, value) => {
                    let ty = self.expr(value, want);
                    let ty = self.field_value(value, ty);
                    set_field(&mut fields, name.text.clone(), ty);
                }
                RecordPart::Spread(value) => {
                    for field in self.spread(value) {
                        set_field(&mut fields, field.name, field.ty);
                    }
                    is_unsure |= self.type_of(value.id).is_error();
                }
            }
        }
        if is_unsure {
            return Type::Error;
        }
        Type::Record(Arc::new(RecordType::new(None, fields)))
    }

    /// What a field holds has to be a value.
    fn field_value(&mut self, value: &Expr, ty: Type) -> Type {
        match ty {
            Type::Nothing => {
                self.report(report::types::nothing_used(value));
                Type::Error
            }
            other => other,
        }
    }

    /// The fields of a record that another one takes over.
    pub(super) fn spread(&mut self, value: &'p Expr) -> Vec<FieldType> {
        let ty = self.expr(value, Want::Value);
        match self.open(&ty) {
            Type::Record(record) => record.declared().cloned().collect(),
            Type::Error | Type::Never => Vec::new(),
            Type::Optional(_) => {
                let diagnostic = report::nulls::maybe_null(self, value, &ty);
                self.report(diagnostic);
                Vec::new()
            }
            other => {
                self.report(report::types::not_a_record(value.span, &other));
                Vec::new()
            }
        }
    }

    /// A record that its place wants: fields that may be missing may be left out, others may not be added.
    fn record_of_type(
        &mut self,
        expr: &'p Expr,
        parts: &'p [RecordPart],
        wanted: &Arc<RecordType>,
    ) -> Type {
        let mut given: Vec<EcoString> = Vec::with_capacity(parts.len());
        let mut extra: Vec<Name> = Vec::new();
        let mut learned: Vec<FieldType> = Vec::new();
        let mut is_unsure = false;
        for part in parts {
            match part {
                RecordPart::Field(name, value) | RecordPart::Short(name, value) => {
                    match wanted.slot(&name.text) {
                        Some(slot) => {
                            let ty = &wanted.fields[slot].ty;
                            let found = self.check(value, ty, Place::Field(&name.text));
                            if ty.has_part(&mut |part| part.is_error()) {
                                set_field(&mut learned, name.text.clone(), found);
                            }
                            given.push(name.text.clone());
                        }
                        None => {
                            self.expr(value, Want::Value);
                            is_unsure |= name.text.is_empty();
                            extra.push(name.clone());
                        }
                    }
                }
                RecordPart::Spread(value) => {
                    let fields = self.spread(value);
                    is_unsure |= fields.is_empty();
                    for field in fields {
                        self.spread_field(value, &field, wanted, &mut extra);
                        given.push(field.name);
                    }
                }
            }
        }
        if !is_unsure {
            self.compare_fields(expr.span, &given, &extra, wanted);
        }
        if learned.is_empty() {
            return Type::Record(Arc::clone(wanted));
        }
        Type::Record(Arc::new(with_learned(wanted, learned)))
    }

    fn spread_field(
        &mut self,
        value: &'p Expr,
        field: &FieldType,
        wanted: &RecordType,
        extra: &mut Vec<Name>,
    ) {
        match wanted.slot(&field.name) {
            Some(slot) => {
                let ty = &wanted.fields[slot].ty;
                if !self.agree(&field.ty, ty).holds() {
                    let place = Place::Field(&field.name);
                    let diagnostic = report::types::wrong_type(self, value, &field.ty, ty, place);
                    self.report(diagnostic);
                }
            }
            None => extra.push(Name { text: field.name.clone(), span: value.span }),
        }
    }

    /// Reports what is missing and what is too many: as one finding where one is the other misspelt.
    pub(super) fn compare_fields(
        &mut self,
        literal: Span,
        given: &[EcoString],
        extra: &[Name],
        wanted: &RecordType,
    ) {
        let missing: Vec<&FieldType> = wanted
            .declared()
            .filter(|field| !given.contains(&field.name))
            .filter(|field| !matches!(field.ty, Type::Optional(_) | Type::Json | Type::Error))
            .collect();
        if missing.is_empty() && extra.is_empty() {
            return;
        }
        let found = report::types::wrong_fields(literal, &missing, extra, wanted, given);
        self.diagnostics.extend(found);
    }
}

/// What a record literal should be.
enum WantedRecord {
    Fields(Arc<RecordType>),
    Json,
    Anything,
}

fn field_name(part: &RecordPart) -> Option<&Name> {
    match part {
        RecordPart::Field(name, _) | RecordPart::Short(name, _) => Some(name),
        RecordPart::Spread(_) => None,
    }
}

/// A wanted record in which parameters of a generic function were open, with what the literal says of them.
fn with_learned(wanted: &RecordType, mut learned: Vec<FieldType>) -> RecordType {
    let fields = wanted.declared().map(|field| {
        let known = learned.iter().position(|it| it.name == field.name);
        known.map_or_else(|| field.clone(), |at| learned.swap_remove(at))
    });
    RecordType::new(None, fields.collect())
}

fn set_field(fields: &mut Vec<FieldType>, name: EcoString, ty: Type) {
    match fields.iter_mut().find(|it| it.name == name) {
        Some(field) => field.ty = ty,
        None => fields.push(FieldType { name, ty }),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine, type_of_last};

    const LINE: &str = "type Line = { sku: text, qty: int, note: text? }\n";

    #[test]
    fn fields_that_may_be_missing_may_be_left_out() {
        fine(&format!("{LINE}let l: Line = {{ sku: \"a\", qty: 1 }}\nprint(l)"));
        fine(&format!(
            "{LINE}let qty = 3\nlet l: Line = {{ sku: \"a\", qty, note: \"x\" }}\nprint(l)"
        ));
    }

    #[test]
    fn others_may_not_be_left_out_or_added() {
        finds(
            &format!("{LINE}let l: Line = {{ sku: \"a\" }}\nprint(l)"),
            &["missing-fields at `{ sku: \"a\" }`"],
        );
        finds(
            &format!("{LINE}let l: Line = {{ sku: \"a\", qty: 1, price: 2 }}\nprint(l)"),
            &["extra-field at `price`"],
        );
        finds(
            &format!("{LINE}let l: Line = {{ sku: \"a\", qtty: 1 }}\nprint(l)"),
            &["extra-field at `qtty`"],
        );
        finds(
            &format!("{LINE}let l: Line = {{ sku: 1, qty: 1 }}\nprint(l)"),
            &["wrong-type at `1`"],
        );
    }

    #[test]
    fn spread_takes_fields_over() {
        assert_eq!(
            type_of_last("let a = { id: 1, name: \"x\" }\nlet b = { ...a, id: \"y\", ok: true }"),
            "{ id: text, name: text, ok: bool }"
        );
        finds("let a = 1\nprint({ ...a })", &["wrong-type at `a`"]);
    }

    #[test]
    fn no_field_stands_twice() {
        finds("print({ a: 1, a: 2 })", &["duplicate-name at `a`"]);
    }

    #[test]
    fn a_record_may_stand_for_one_with_fewer_fields() {
        fine(
            "fn f(x: { id: int }) -> int { return x.id }\nprint(f({ ...{ id: 1 } }))\nlet wide = { id: 1, name: \"a\" }\nprint(f(wide))",
        );
        finds(
            "fn f(x: { id: int }) -> int { return x.id }\nlet other = { name: \"a\" }\nprint(f(other))",
            &["wrong-type at `other`"],
        );
    }

    #[test]
    fn a_json_place_takes_any_record() {
        fine("let j: json = { id: 1, tags: [\"a\", 2], at: now() }\nprint(j)");
        finds("let j: json = { f: x => 1 }\nprint(j)", &["missing-type at `x`"]);
    }
}
