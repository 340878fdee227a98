//! Direct SQL: `db.query<Row>("… {day} …")`, where what is in braces is bound and never pasted.

use ecow::EcoString;

use crate::check::checked::{CallPlan, Target};
use crate::check::checker::{Checker, Want};
use crate::check::effects::Access;
use crate::check::report::{self, queries as say};
use crate::check::types::Type;
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::sql::{Direct, Kind, Output, RowShape, Statement};
use crate::syntax::tree::{Call, Expr, ExprKind, Name, NodeId, Text, TextPart};

/// What a source has.
const CALLS: [&str; 3] = ["query", "execute", "schema"];

impl<'p> Checker<'p> {
    /// `db.query<Row>("…")`, `warehouse.execute("…")`
    pub(in crate::check) fn source_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        source: &EcoString,
        name: &'p Name,
    ) -> Type {
        let source = (source != "db").then(|| source.clone());
        let (access, ty) = match name.text.as_str() {
            "query" => (Access::Read, self.row_type_of(call)),
            "execute" => (Access::Write, Type::Int),
            "schema" => (Access::Read, Type::Json),
            _ => {
                self.check_loose_args(call);
                let near = nearest(&name.text, CALLS.map(Candidate::new));
                let module = source.as_deref().unwrap_or("db");
                self.report(report::names::unknown_function(module, name, &near, &CALLS));
                return Type::Error;
            }
        };
        self.touch_source(source.clone(), access, call.callee.span);
        self.note_direct(expr);
        if name.text == "schema" {
            self.check_loose_args(call);
            self.plan_statement(expr.id, Statement::Schema, Vec::new(), source);
            return ty;
        }
        self.no_types(call, &name.text);
        let Some((direct, params)) = self.statement_text(call, &name.text, source.as_deref())
        else {
            return if name.text == "query" { Type::list(ty) } else { ty };
        };
        if name.text == "execute" {
            self.plan_statement(expr.id, Statement::Direct(direct), params, source);
            return ty;
        }
        if let Some(rows) = self.rows_of_type(call, &ty) {
            let direct = Direct { rows: Some(rows), ..direct };
            self.plan_statement(expr.id, Statement::Direct(direct), params, source);
        }
        Type::list(ty)
    }

    fn note_direct(&mut self, expr: &Expr) {
        let plan = CallPlan {
            target: Target::DirectSql,
            type_args: Vec::new(),
            args: Vec::new(),
            params: Vec::new(),
            optional: false,
        };
        self.tables.calls.insert(expr.id, plan);
    }

    /// `Row` of `query<Row>`; without it, rows are `json`.
    fn row_type_of(&mut self, call: &'p Call) -> Type {
        call.type_args.first().map_or(Type::Json, |written| self.read_type(written))
    }

    fn no_types(&mut self, call: &'p Call, name: &str) {
        let takes = usize::from(name == "query");
        if let Some(extra) = call.type_args.get(takes) {
            self.report(report::calls::type_arguments(extra.span, name, takes));
            self.read_type(extra);
        }
    }

    /// The statement that is written in place, with the expressions that are bound.
    fn statement_text(
        &mut self,
        call: &'p Call,
        name: &str,
        source: Option<&str>,
    ) -> Option<(Direct, Vec<NodeId>)> {
        let Some((first, rest)) = call.args.split_first() else {
            self.report(say::no_statement(call.callee.span, call.args_span, name));
            return None;
        };
        for more in rest {
            self.expr(&more.value, Want::Value);
            let value = self.source.slice(more.value.span);
            self.report(say::one_statement(more.value.span, name, value));
        }
        let ExprKind::Text(text) = &first.value.kind else {
            // How it was built is no matter where it may not be built.
            let before = self.diagnostics.len();
            self.expr(&first.value, Want::Value);
            self.diagnostics.truncate(before);
            self.report(say::text_as_sql(first.value.span, name));
            return None;
        };
        self.set_type(first.value.id, Type::Text);
        let bound = self.bound_text(text)?;
        self.check_statement(text, source).then_some(bound)
    }

    fn bound_text(&mut self, text: &'p Text) -> Option<(Direct, Vec<NodeId>)> {
        let mut pieces = vec![String::new()];
        let (mut kinds, mut params) = (Vec::new(), Vec::new());
        let mut is_quoted = false;
        let errors = self.error_count();
        for part in &text.parts {
            match part {
                TextPart::Literal(piece, _) => {
                    is_quoted ^= piece.matches('\'').count() % 2 == 1;
                    if let Some(last) = pieces.last_mut() {
                        last.push_str(piece);
                    }
                }
                TextPart::Hole(hole) => {
                    let kind = self.bound_hole(hole);
                    if is_quoted {
                        self.report(say::quoted_parameter(hole.span, self.source));
                    }
                    kinds.extend(kind);
                    params.push(hole.id);
                    pieces.push(String::new());
                }
            }
        }
        (self.error_count() == errors)
            .then_some((Direct { pieces, params: kinds, rows: None }, params))
    }

    /// What is bound has to be something that can be stored.
    fn bound_hole(&mut self, hole: &'p Expr) -> Option<Kind> {
        let ty = self.expr(hole, Want::Value);
        if self.holds_secret(&ty) {
            let origin = self.origin_of(hole);
            self.report(report::types::secret_leak(hole.span, origin));
            return None;
        }
        match self.stored(&ty) {
            Some((kind, _)) => Some(kind),
            None if ty.is_error() || ty.is_never() => None,
            None => {
                self.report(say::cannot_bind(hole.span, &ty));
                None
            }
        }
    }

    /// How rows become values of a type.
    fn rows_of_type(&mut self, call: &'p Call, ty: &Type) -> Option<(Vec<Output>, RowShape)> {
        let span = call.type_args.first().map_or(call.callee.span, |it| it.span);
        let output = |name: &str, (kind, nullable): (Kind, bool)| Output {
            name: name.to_owned(),
            value: None,
            kind,
            nullable,
            gathered: false,
        };
        let record = match self.open(ty) {
            Type::Json => return Some((Vec::new(), RowShape::Object)),
            Type::Error | Type::Never => return None,
            Type::Record(record) => record,
            other => {
                let Some(stored) = self.stored(&other) else {
                    self.report(say::not_a_row(span, &other));
                    return None;
                };
                return Some((vec![output("", stored)], RowShape::Column(0)));
            }
        };
        let (mut outputs, mut fields) = (Vec::new(), Vec::new());
        for (field, at) in record.declared().zip(0..) {
            let Some(stored) = self.stored(&field.ty) else {
                if !field.ty.is_error() {
                    self.report(say::not_a_row(span, &field.ty));
                }
                return None;
            };
            outputs.push(output(&field.name, stored));
            fields.push((field.name.to_string(), RowShape::Column(at)));
        }
        Some((outputs, RowShape::Record(fields)))
    }
}
