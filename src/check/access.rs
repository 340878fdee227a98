//! What stands behind a dot, and in square brackets.

use ecow::EcoString;

use super::checked::Resolution;
use super::checker::{Checker, Want};
use super::declared::Declared;
use super::expr::Place;
use super::facts;
use super::library::PRELUDE;
use super::name::{Named, bare_name};
use super::names::Found;
use super::report;
use super::types::{DeclId, FieldType, RecordType, Type};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::source::{FileId, Span};
use crate::syntax::tree::{Expr, ExprKind, Field, Name, Range, TypeExpr};

/// What every task can ask of its run.
pub const RUN_FIELDS: [&str; 8] =
    ["id", "due", "previous", "late", "missed", "attempt", "trigger", "task"];

/// The fields of an `error`.
pub const ERROR_FIELDS: [&str; 4] = ["code", "message", "data", "at"];

/// What a field of `run` holds, if it has one of this name.
#[must_use]
pub fn run_field(name: &str) -> Option<Type> {
    Some(match name {
        "id" | "task" => Type::Text,
        "due" => Type::Time,
        "previous" => Type::optional(Type::Time),
        "late" => Type::Bool,
        "missed" | "attempt" => Type::Int,
        "trigger" => {
            let triggers = ["schedule", "manual", "retry", "missed", "test"];
            super::read_type::union(triggers.map(EcoString::from))
        }
        _ => return None,
    })
}

/// What a field of an `error` holds, if it has one of this name.
#[must_use]
pub fn error_field(name: &str) -> Option<Type> {
    Some(match name {
        "code" | "message" | "at" => Type::Text,
        "data" => Type::Json,
        _ => return None,
    })
}

impl<'p> Checker<'p> {
    /// `x.f`, where `x` may also be a module, the run, or where secrets are.
    pub(super) fn field(&mut self, expr: &'p Expr, field: &'p Field) -> Type {
        if field.name.text.is_empty() {
            self.expr(&field.base, Want::Value);
            self.saw_error();
            return Type::Error;
        }
        match self.qualifier(&field.base) {
            Some(named) => self.qualified(expr, field, named),
            None => self.field_of_value(expr, field),
        }
    }

    /// What stands before a dot, where that is no value.
    pub(super) fn qualifier(&mut self, base: &Expr) -> Option<Named> {
        if let Some(table) = self.table_of_module(base) {
            return Some(Named::Decl(table));
        }
        let name = bare_name(base)?;
        if self.scope.find(name).is_some() {
            return None;
        }
        match self.named(name, base.span)? {
            Named::Decl(decl) => {
                matches!(self.declared(decl), Declared::Table(_)).then_some(Named::Decl(decl))
            }
            Named::Prelude(entry) => {
                let module = self.library().has_module(name);
                Some(if module {
                    Named::LibraryModule(name.clone())
                } else {
                    Named::Prelude(entry)
                })
            }
            other => Some(other),
        }
    }

    /// `s.Order`, where `s` is a module.
    fn table_of_module(&mut self, base: &Expr) -> Option<DeclId> {
        let ExprKind::Field(field) = &base.kind else { return None };
        let module = bare_name(&field.base)?;
        if self.scope.find(module).is_some() {
            return None;
        }
        let Found::Module(file) = self.lookup(module) else { return None };
        let decl = self.world.scopes[file.0 as usize].own(file, &field.name.text)?;
        if !matches!(self.declared(decl), Declared::Table(_)) {
            return None;
        }
        self.tables.names.insert(field.base.id, Resolution::Module(module.clone()));
        Some(decl)
    }

    fn qualified(&mut self, expr: &Expr, field: &'p Field, named: Named) -> Type {
        let name = &field.name;
        match named {
            Named::Ambiguous => Type::Error,
            Named::Run => self.run_field(expr, name),
            Named::Settings(module) => self.setting(expr, module, name),
            Named::Module(file) => self.member_value(expr, &field.base, file, name),
            Named::LibraryModule(module) => {
                match self.library().functions(&module, &name.text).next() {
                    Some(entry) if !self.is_hidden(&name.text) => self.library_value(expr, entry),
                    _ => self.unknown_function(&module, name),
                }
            }
            Named::Source(_) | Named::Decl(_) | Named::Prelude(_) => {
                self.expr(&field.base, Want::Value);
                Type::Error
            }
        }
    }

    fn run_field(&mut self, expr: &Expr, name: &Name) -> Type {
        let Some(ty) = run_field(&name.text) else {
            let near = nearest(&name.text, RUN_FIELDS.map(Candidate::new));
            self.report(report::names::unknown_member("run", name, &near));
            return Type::Error;
        };
        self.tables.names.insert(expr.id, Resolution::Run(name.text.clone()));
        self.narrowed(expr, ty)
    }

    fn setting(&mut self, expr: &Expr, module: &str, name: &Name) -> Type {
        let settings = &self.world.project.settings;
        let (known, ty): (Vec<&str>, Type) = if module == "secret" {
            (settings.secrets.iter().map(|it| it.name.as_str()).collect(), Type::Secret)
        } else {
            (settings.env.iter().map(EcoString::as_str).collect(), Type::optional(Type::Text))
        };
        if !known.contains(&name.text.as_str()) {
            let near = nearest(&name.text, known.iter().map(|it| Candidate::new(it)));
            self.report(if module == "secret" {
                report::names::unknown_secret(name, &near)
            } else {
                report::names::unknown_env(name, &near)
            });
        }
        let setting = Resolution::Setting { module: module.into(), name: name.text.clone() };
        self.tables.names.insert(expr.id, setting);
        self.narrowed(expr, ty)
    }

    fn member_value(&mut self, expr: &Expr, base: &Expr, file: FileId, name: &Name) -> Type {
        match self.world.scopes[file.0 as usize].own(file, &name.text) {
            Some(decl) => {
                let module = bare_name(base).cloned().unwrap_or_default();
                self.tables.names.insert(base.id, Resolution::Module(module));
                self.declared_value(expr, decl)
            }
            None => self.unknown_member(base, file, name),
        }
    }

    /// Reports a name that a module does not declare.
    pub(super) fn unknown_member(&mut self, base: &Expr, file: FileId, name: &Name) -> Type {
        let module = bare_name(base).cloned().unwrap_or_default();
        let mut known: Vec<_> = self.world.scopes[file.0 as usize].own_names().collect();
        known.sort();
        let near = nearest(&name.text, known.iter().map(|(it, _)| Candidate::new(it)));
        self.report(report::names::unknown_member(&module, name, &near));
        Type::Error
    }

    /// Reports a name that a module of the library does not declare.
    pub(super) fn unknown_function(&mut self, module: &str, name: &Name) -> Type {
        if self.library().functions(PRELUDE, &name.text).next().is_some() {
            self.report(report::names::function_without_module(module, name));
            return Type::Error;
        }
        let known = self.library().function_names(module).filter(|it| !it.starts_with('_'));
        let known: Vec<&str> = known.collect();
        let near = nearest(&name.text, known.iter().map(|it| Candidate::new(it)));
        self.report(report::names::unknown_function(module, name, &near, &known));
        Type::Error
    }

    fn field_of_value(&mut self, expr: &'p Expr, field: &'p Field) -> Type {
        let found = self.expr(&field.base, Want::Value);
        let Some((base, is_optional)) = self.receiver(&field.base, &found, field) else {
            return Type::Error;
        };
        let ty = self.field_type(&field.base, &base, &field.name);
        if ty.is_error() {
            return Type::Error;
        }
        let ty = if is_optional { Type::optional(ty) } else { ty };
        self.narrowed(expr, ty)
    }

    /// The value that a dot is put behind, without its `?`, and whether it may be missing. Reports a `.` that should
    /// be `?.`, and a `?.` that could be `.`.
    pub(super) fn receiver(
        &mut self,
        base: &'p Expr,
        found: &Type,
        field: &Field,
    ) -> Option<(Type, bool)> {
        match (self.open(found), field.optional) {
            (Type::Error | Type::Never, _) => None,
            (Type::Optional(inner), true) => Some((self.open(&inner), true)),
            (Type::Null, _) => {
                self.report(report::nulls::always_null(base.span));
                None
            }
            (Type::Nothing, _) => {
                self.report(report::types::nothing_used(base));
                None
            }
            (other @ Type::Optional(_), false) => Some((other, false)),
            (other, true) => {
                if other != Type::Json && !self.is_narrowed(base) {
                    let dot = self.dot_before(&field.name);
                    self.report(report::nulls::needless_question(base.span, dot));
                }
                Some((other, false))
            }
            (other, false) => Some((other, false)),
        }
    }

    /// Where the `?.` before a name stands.
    fn dot_before(&self, name: &Name) -> Span {
        let text = &self.source.text[..name.span.start as usize];
        let start = text.rfind("?.").unwrap_or(text.len());
        Span { start: u32::try_from(start).unwrap_or(name.span.start), ..name.span.before() }
    }

    /// The type of a field of a value that is there.
    fn field_type(&mut self, base_expr: &'p Expr, base: &Type, name: &Name) -> Type {
        match base {
            Type::Record(record) => match record.slot(&name.text) {
                Some(slot) => record.fields[slot].ty.clone(),
                None => self.unknown_field(base, record, name),
            },
            Type::Json => Type::Json,
            Type::Fault => error_field(&name.text).unwrap_or_else(|| {
                let near = nearest(&name.text, ERROR_FIELDS.map(Candidate::new));
                self.report(report::names::unknown_field(base, name, &near));
                Type::Error
            }),
            Type::Optional(inner) => {
                let open = self.open(inner);
                if self.has_field_or_method(&open, &name.text) {
                    let diagnostic = report::nulls::maybe_null(self, base_expr, base);
                    self.report(diagnostic);
                } else {
                    self.field_type(base_expr, &open, name);
                }
                Type::Error
            }
            other => {
                if self.has_method(other, &name.text) {
                    self.report(report::names::method_without_call(other, name));
                } else {
                    let near = self.near_methods(other, &name.text);
                    self.report(report::names::unknown_property(other, name, &near));
                }
                Type::Error
            }
        }
    }

    fn has_field_or_method(&self, ty: &Type, name: &str) -> bool {
        match ty {
            Type::Record(record) if record.slot(name).is_some() => true,
            Type::Json => true,
            Type::Fault if ERROR_FIELDS.contains(&name) => true,
            other => self.has_method(other, name),
        }
    }

    /// Reports a field that a record does not have.
    pub(super) fn unknown_field(&mut self, base: &Type, record: &RecordType, name: &Name) -> Type {
        if self.has_method(base, &name.text) {
            self.report(report::names::method_without_call(base, name));
            return Type::Error;
        }
        let known = record.declared().map(|field: &FieldType| Candidate::new(&field.name));
        let near = nearest(&name.text, known);
        let table = record.name.as_ref().filter(|it| self.is_table(it));
        self.report(match table {
            Some(table) => report::names::unknown_column(table, name, &near),
            None => report::names::unknown_field(base, name, &near),
        });
        Type::Error
    }

    /// Whether a record's name is a table's, whose fields are columns.
    fn is_table(&self, name: &str) -> bool {
        let mut declared = self.declared_names().into_iter();
        declared.any(|(it, decl)| it == name && matches!(self.declared(decl), Declared::Table(_)))
    }

    /// What is known here of a place, if it is one; otherwise its type as it is.
    fn narrowed(&self, expr: &Expr, ty: Type) -> Type {
        if self.facts.is_empty() {
            return ty;
        }
        let known = self.place(expr).and_then(|place| self.facts.get(&place).cloned());
        known.unwrap_or(ty)
    }

    /// Whether something narrower than its declaration is known of a place here.
    pub(super) fn is_narrowed(&self, expr: &Expr) -> bool {
        !self.facts.is_empty()
            && self.place(expr).is_some_and(|place| self.facts.get(&place).is_some())
    }

    /// The variable, or field of a field of one, that an expression names.
    pub(super) fn place(&self, expr: &Expr) -> Option<facts::Place> {
        match (self.tables.names.get(&expr.id), &expr.kind) {
            (Some(Resolution::Local(root) | Resolution::Kept(root)), _) => {
                Some(facts::Place { root: *root, path: Vec::new() })
            }
            (Some(Resolution::Run(name)), _) => {
                Some(facts::Place { root: facts::RUN, path: vec![name.clone()] })
            }
            (Some(Resolution::Setting { name, .. }), _) => {
                Some(facts::Place { root: facts::SETTINGS, path: vec![name.clone()] })
            }
            (None, ExprKind::Field(field)) => {
                let mut place = self.place(&field.base)?;
                place.path.push(field.name.text.clone());
                Some(place)
            }
            _ => None,
        }
    }

    /// `xs[i]`, `xs[i..j]`, `m[k]`
    pub(super) fn index(&mut self, expr: &'p Expr, base: &'p Expr, index: &'p Expr) -> Type {
        let found = self.expr(base, Want::Value);
        let base_type = self.open(&found);
        if let ExprKind::Range(range) = &index.kind {
            return self.slice(expr, base, &base_type, index, range);
        }
        match &base_type {
            Type::List(item) => {
                self.check(index, &Type::Int, Place::Index("list"));
                (**item).clone()
            }
            Type::Map(entry) => {
                self.check(index, &entry.0, Place::Index("map"));
                Type::optional(entry.1.clone())
            }
            Type::Json => {
                self.check_json_index(index);
                Type::Json
            }
            Type::Optional(_) => {
                self.expr(index, Want::Value);
                let diagnostic = report::nulls::maybe_null(self, base, &base_type);
                self.report(diagnostic);
                Type::Error
            }
            other => {
                self.expr(index, Want::Value);
                if !other.is_error() && !other.is_never() {
                    self.report(report::types::not_indexable(base, other));
                }
                Type::Error
            }
        }
    }

    fn check_json_index(&mut self, index: &'p Expr) {
        let found = self.expr(index, Want::Value);
        if !found.is_text() && found != Type::Int && !found.is_error() && !found.is_never() {
            self.report(report::types::json_index(index.span, &found));
        }
    }

    fn slice(
        &mut self,
        expr: &Expr,
        base: &'p Expr,
        base_type: &Type,
        index: &'p Expr,
        range: &'p Range,
    ) -> Type {
        for end in [&range.from, &range.to].into_iter().flatten() {
            self.check(end, &Type::Int, Place::Index("range"));
        }
        self.set_type(index.id, Type::list(Type::Int));
        match base_type {
            Type::List(_) | Type::Bytes => base_type.clone(),
            Type::Text | Type::Union(_) => Type::Text,
            Type::Error | Type::Never => Type::Error,
            Type::Optional(_) => {
                let diagnostic = report::nulls::maybe_null(self, base, base_type);
                self.report(diagnostic);
                Type::Error
            }
            other => {
                self.report(report::types::not_sliceable(expr.span, other));
                Type::Error
            }
        }
    }

    /// `x as T`
    pub(super) fn decode(&mut self, value: &'p Expr, ty: &'p TypeExpr) -> Type {
        let found = self.expr(value, Want::Value);
        let wanted = self.read_type(ty);
        if wanted.is_error() || found.is_error() {
            return wanted;
        }
        if let Some(part) = self.undecodable_part(&wanted) {
            self.report(report::types::not_decodable(ty.span, &part));
            return Type::Error;
        }
        let is_readable = match (self.open(&found), &wanted) {
            (Type::Json | Type::Never, _) => true,
            (Type::Text, Type::Union(_)) => true,
            (Type::List(item), _) => *item == Type::Json,
            (Type::Map(entry), _) => entry.1 == Type::Json,
            _ => false,
        };
        if !is_readable {
            let agrees = self.agree(&found, &wanted).holds();
            self.report(report::types::nothing_to_decode(value.span, &found, &wanted, agrees));
        }
        wanted
    }

    /// What in a type cannot be read out of JSON.
    fn undecodable_part(&self, ty: &Type) -> Option<Type> {
        let mut found = None;
        ty.has_part(&mut |part| {
            let refused = matches!(part, Type::Fn(_) | Type::Secret | Type::Nothing);
            if refused {
                found = Some(part.clone());
            }
            refused
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, type_of_last};

    #[test]
    fn fields_of_records_and_json() {
        assert_eq!(type_of_last("let r = { a: { b: 1 } }\nlet x = r.a.b"), "int");
        assert_eq!(type_of_last("let j = json.parse<json>(\"1\")\nlet x = j.a.b[0]"), "json");
        finds("let r = { total: 1 }\nprint(r.totl)", &["unknown-field at `totl`"]);
        finds("let t = now()\nprint(t.year)", &["unknown-field at `year`"]);
    }

    #[test]
    fn elements() {
        assert_eq!(type_of_last("let x = [1][0]"), "int");
        assert_eq!(type_of_last("let x = [\"a\": 1][\"a\"]"), "int?");
        assert_eq!(type_of_last("let x = [1, 2][..1]"), "[int]");
        assert_eq!(type_of_last("let x = \"abc\"[1..]"), "text");
        finds("print([1][\"a\"])", &["wrong-type at `\"a\"`"]);
        finds("print(\"abc\"[0])", &["wrong-type at `\"abc\"`"]);
        finds("print({ a: 1 }[0])", &["wrong-type at `{ a: 1 }`"]);
    }

    #[test]
    fn the_run_and_the_settings() {
        assert_eq!(type_of_last("let x = run.previous"), "time?");
        assert_eq!(type_of_last("let x = env.REGION"), "text?");
        finds("print(run.due_at)", &["unknown-name at `due_at`"]);
        finds("print(env.REGIO)", &["unknown-env at `REGIO`"]);
        finds(
            "let k = secret.API_KY\nhttp.get(\"https://a.example\", auth: http.bearer(k))",
            &["unknown-secret at `API_KY`"],
        );
    }

    #[test]
    fn names_that_are_no_values() {
        finds("print(mail)", &["not-a-value at `mail`"]);
        finds("type Line = { a: int }\nprint(Line)", &["not-a-value at `Line`"]);
        finds("print(run)", &["not-a-value at `run`"]);
    }

    #[test]
    fn reading_json_into_types() {
        assert_eq!(
            type_of_last("let j = json.parse<json>(\"1\")\nlet x = j.rows as [{ id: int }]"),
            "[{ id: int }]"
        );
        finds("print(\"5\" as int)", &["wrong-type at `\"5\"`"]);
        finds("let j = json.parse<json>(\"1\")\nprint(j as secret)", &["wrong-type at `secret`"]);
    }
}
