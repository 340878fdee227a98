//! Assignments: what may stand left of `=`, and calls that change their receiver.

use ecow::EcoString;

use super::checked::Resolution;
use super::checker::{Checker, Want};
use super::expr::Place;
use super::facts::{self, Fact};
use super::headers::is_header;
use super::name::{Named, bare_name};
use super::operator::Sides;
use super::report;
use super::scope::{LocalId, LocalKind};
use super::types::Type;
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::syntax::tree::{Assign, BinaryOp, Expr, ExprKind, Field};

impl<'p> Checker<'p> {
    pub(super) fn assign(&mut self, it: &'p Assign) -> Type {
        match it.op {
            None => self.set(it),
            Some(op) => self.change(it, op),
        }
        Type::Nothing
    }

    /// `x = e`
    fn set(&mut self, it: &'p Assign) {
        let Some(target) = self.target(&it.target) else {
            self.expr(&it.value, Want::Type(&Type::Error));
            return;
        };
        let name = self.source.slice(it.target.span);
        let at = self.stated_at(&it.target);
        let value = self.check(&it.value, &target, Place::Stated { name, at });
        self.forget_target(&it.target);
        if matches!(target, Type::Optional(_))
            && super::block::is_there(&value)
            && let Some(place) = self.place(&it.target)
        {
            self.facts.learn(Fact { place, ty: target.without_null().clone() });
        }
    }

    /// `x += e`
    fn change(&mut self, it: &'p Assign, op: BinaryOp) {
        let Some(target) = self.target(&it.target) else {
            self.expr(&it.value, Want::Type(&Type::Error));
            return;
        };
        // What is read is what is known here; an element of a map may not be there.
        let current = match &it.target.kind {
            ExprKind::Index(base, _) if matches!(self.type_of(base.id), Type::Map(_)) => {
                Type::optional(target.clone())
            }
            _ => self.current_type(&it.target, &target),
        };
        if self.refuse_missing_element(it, &current, &target) {
            self.expr(&it.value, Want::Value);
            return;
        }
        let number = Some(&target).filter(|ty| ty.is_number());
        let value = self.expr(&it.value, number.map_or(Want::Value, Want::Type));
        let result = self.operation(it, op, &current, &value);
        if !result.is_error() && !self.agree(&result, &target).holds() {
            let name = self.source.slice(it.target.span);
            self.report(report::operators::changes_type(it.value.span, name, &target, &result));
        }
        self.forget_target(&it.target);
    }

    fn refuse_missing_element(&mut self, it: &'p Assign, current: &Type, target: &Type) -> bool {
        let Type::Optional(_) = current else { return false };
        if matches!(target, Type::Optional(_)) || !matches!(it.target.kind, ExprKind::Index(..)) {
            let diagnostic = report::nulls::maybe_null(self, &it.target, current);
            self.report(diagnostic);
        } else {
            let text = self.source.slice(it.target.span);
            self.report(report::nulls::missing_element(it.target.span, it.op_span, text));
        }
        true
    }

    /// The type that `target op value` has, with the same rules and messages as between two expressions.
    fn operation(&mut self, it: &'p Assign, op: BinaryOp, current: &Type, value: &Type) -> Type {
        let sides = Sides { op, op_span: it.op_span, left: &it.target, right: &it.value };
        let (result, widened) = self.arithmetic_of(sides, current, value);
        // The target is read and written in place: only the value can be widened.
        if let Some(to) = widened {
            self.widen(&it.value, value, &to);
        }
        result
    }

    /// The declared type of what an assignment changes; nothing where it cannot be changed, which has been reported.
    fn target(&mut self, target: &'p Expr) -> Option<Type> {
        let ty = match &target.kind {
            ExprKind::Name(name) if !name.is_empty() => self.variable_target(target)?,
            ExprKind::Field(field) => self.field_target(field)?,
            ExprKind::Index(base, index) => self.element_target(target, base, index)?,
            ExprKind::Error => {
                self.saw_error();
                return None;
            }
            _ => {
                self.expr(target, Want::Value);
                self.report(report::names::not_a_place(target.span, "this", None));
                return None;
            }
        };
        self.set_type(target.id, ty.clone());
        Some(ty)
    }

    fn variable_target(&mut self, target: &'p Expr) -> Option<Type> {
        let name = bare_name(target)?;
        let Some(id) = self.scope.find(name) else {
            self.not_a_variable(target);
            return None;
        };
        self.may_change(id, target.span).then(|| {
            let local = self.scope.get(id);
            let resolution = match local.kind {
                LocalKind::Kept => Resolution::Kept(local.node),
                _ => Resolution::Local(local.node),
            };
            let ty = local.ty.clone();
            self.tables.names.insert(target.id, resolution);
            ty
        })
    }

    /// A name that is assigned and stands for nothing: a header, a misspelt variable, or one that was never made. The
    /// last is known from here on, so that it is told of once.
    fn assigned_unknown(&mut self, target: &Expr, name: &EcoString) {
        if is_header(name) {
            let behind = &self.source.text[target.span.end as usize..];
            let sign = behind.find('=').and_then(|at| u32::try_from(at).ok()).unwrap_or(0);
            let sign =
                Span { start: target.span.end, end: target.span.end + sign + 1, ..target.span };
            self.saw_error();
            return self.report(report::headers::assigned(target.span, name, sign));
        }
        let said = self.diagnostics.len();
        self.unknown_name(target.span, name);
        let is_new = |it: &Diagnostic| {
            it.code == "unknown-name" && it.fixes.is_empty() && it.help.is_empty()
        };
        let Some(last) = self.diagnostics.get_mut(said..).and_then(<[_]>::last_mut) else { return };
        if is_new(last) {
            *last = report::names::never_made(target.span, name);
            self.scope.declare(name, target.span, target.id, Type::Error, LocalKind::Var);
        }
    }

    fn not_a_variable(&mut self, target: &'p Expr) {
        let Some(name) = bare_name(target) else { return };
        match self.named(name, target.span) {
            None => self.assigned_unknown(target, name),
            Some(Named::Ambiguous) => self.saw_error(),
            Some(Named::Decl(decl)) => {
                let what = self.kind_of(decl);
                let what = format!("`{name}` is {what} and");
                self.report(report::names::not_a_place(target.span, &what, None));
            }
            Some(
                Named::Module(_)
                | Named::Run
                | Named::Settings(_)
                | Named::Source(_)
                | Named::Prelude(_)
                | Named::LibraryModule(_),
            ) => {
                let what = format!("`{name}`");
                self.report(report::names::not_a_place(target.span, &what, None));
            }
        }
    }

    /// Whether a variable may be changed from here; reports it where not.
    fn may_change(&mut self, id: LocalId, span: Span) -> bool {
        let local = self.scope.get(id);
        let (name, binding, kind) = (local.name.clone(), local.span, local.kind);
        let foreign = self.scope.foreign_frame(id);
        // A `let` outside would have to become a `var`, and still could not be changed from here.
        if !kind.is_variable() && (foreign.is_none() || kind != LocalKind::Let) {
            self.scope.get_mut(id).is_used = true;
            let how = match kind {
                LocalKind::Let => "was made with `let`",
                LocalKind::Param => "is a parameter",
                LocalKind::Loop => "belongs to the loop",
                LocalKind::Row => "is a row of the query",
                LocalKind::Error => "is the error that was caught",
                LocalKind::Pattern => "belongs to the case",
                LocalKind::Var | LocalKind::Kept => return true,
            };
            let word = (kind == LocalKind::Let).then(|| self.let_word(binding)).flatten();
            self.report(report::names::not_assignable(span, &name, how, binding, word));
            return false;
        }
        if let Some(frame) = foreign {
            self.scope.get_mut(id).is_used = true;
            self.report(report::names::captured_assignment(span, &name, binding, frame));
            return false;
        }
        self.scope.get_mut(id).is_changed = true;
        true
    }

    /// Where the `let` in front of a binding stands, if it is right there.
    fn let_word(&self, binding: Span) -> Option<Span> {
        let before = self.source.text[..binding.start as usize].trim_end();
        let start = before.strip_suffix("let")?.len();
        let start = u32::try_from(start).ok()?;
        Some(Span { start, end: start + 3, ..binding })
    }

    fn field_target(&mut self, field: &'p Field) -> Option<Type> {
        if let Some(named) = self.qualifier(&field.base) {
            let name = bare_name(&field.base).cloned().unwrap_or_default();
            if named != Named::Ambiguous {
                let what = format!("`{name}.{}`", field.name.text);
                let span = field.base.span.to(field.name.span);
                self.report(report::names::not_a_place(span, &what, None));
            }
            return None;
        }
        let base = self.part_target(&field.base)?;
        match self.open(&base) {
            Type::Record(record) => match record.slot(&field.name.text) {
                Some(slot) => Some(record.fields[slot].ty.clone()),
                None if field.name.text.is_empty() => None,
                None => {
                    self.unknown_field(&base, &record, &field.name);
                    None
                }
            },
            Type::Optional(_) => {
                let diagnostic = report::nulls::maybe_null(self, &field.base, &base);
                self.report(diagnostic);
                None
            }
            Type::Error | Type::Never => None,
            Type::Json => {
                let help = "`.set(\"path\", value)` gives a changed copy";
                let span = field.base.span.to(field.name.span);
                self.report(report::names::not_a_place(span, "a part of a `json`", Some(help)));
                None
            }
            other => {
                let near = self.near_methods(&other, &field.name.text);
                self.report(report::names::unknown_field(&other, &field.name, &near));
                None
            }
        }
    }

    fn element_target(
        &mut self,
        target: &'p Expr,
        base: &'p Expr,
        index: &'p Expr,
    ) -> Option<Type> {
        let Some(base_type) = self.part_target(base) else {
            self.expr(index, Want::Value);
            return None;
        };
        match self.open(&base_type) {
            Type::List(item) if !matches!(index.kind, ExprKind::Range(_)) => {
                self.check(index, &Type::Int, Place::Index("list"));
                Some((*item).clone())
            }
            Type::Map(entry) => {
                self.check(index, &entry.0, Place::Index("map"));
                Some(entry.1.clone())
            }
            Type::Optional(_) => {
                let diagnostic = report::nulls::maybe_null(self, base, &base_type);
                self.report(diagnostic);
                None
            }
            Type::Error | Type::Never => None,
            other => {
                self.expr(index, Want::Value);
                let what = match other {
                    Type::Json => "a part of a `json`".to_owned(),
                    other => format!("a part of {}", other.with_article()),
                };
                self.report(report::names::not_a_place(target.span, &what, None));
                None
            }
        }
    }

    /// The thing of which a part is changed: itself a variable, field or element, as narrow as it is known here.
    fn part_target(&mut self, base: &'p Expr) -> Option<Type> {
        if let ExprKind::Name(name) = &base.kind
            && let Some(id) = self.scope.find(name)
        {
            self.scope.get_mut(id).is_used = true;
        }
        let declared = self.target(base)?;
        if self.is_entry(base) {
            let diagnostic = report::nulls::maybe_null(self, base, &Type::optional(declared));
            self.report(diagnostic);
            return None;
        }
        let narrowed = self.current_type(base, &declared);
        Some(self.set_type(base.id, narrowed))
    }

    /// Whether it is the entry of a map, which may be missing.
    fn is_entry(&self, target: &Expr) -> bool {
        match &target.kind {
            ExprKind::Index(base, _) => matches!(self.open(self.type_of(base.id)), Type::Map(_)),
            _ => false,
        }
    }

    /// What is known here of a place that is being changed.
    fn current_type(&self, target: &Expr, declared: &Type) -> Type {
        let known = self.place(target).and_then(|place| self.facts.get(&place).cloned());
        known.unwrap_or_else(|| declared.clone())
    }

    /// An assignment ends what is known of its target; of an element nothing ever is.
    fn forget_target(&mut self, target: &Expr) {
        if let Some(place) = self.place(target) {
            self.facts.forget(&place);
        }
    }

    /// Where a variable that is being assigned has its type from.
    fn stated_at(&self, target: &Expr) -> Option<Span> {
        let facts::Place { root, path } = self.place(target)?;
        let locals = self.scope.locals();
        path.is_empty().then(|| locals.iter().rev().find(|it| it.node == root).map(|it| it.span))?
    }

    /// The receiver of a call that changes it must be a variable, or a part of one.
    pub(super) fn check_changeable(&mut self, base: &'p Expr, method: Span) {
        match &base.kind {
            ExprKind::Name(name) => match (self.scope.find(name), self.type_of(base.id)) {
                (Some(id), _) => {
                    self.may_change(id, base.span);
                }
                (None, Type::Error) => {}
                (None, _) => self.not_a_variable(base),
            },
            ExprKind::Field(field) if !self.tables.names.contains_key(&base.id) => {
                self.check_changeable(&field.base, method);
            }
            ExprKind::Index(inner, index) if !matches!(index.kind, ExprKind::Range(_)) => {
                self.check_changeable(inner, method);
            }
            ExprKind::Error => {}
            _ => {
                let name = self.source.slice(method);
                let name = name.rsplit('.').next().unwrap_or(name);
                self.report(report::names::changes_temporary(base.span, name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine};

    #[test]
    fn variables_their_fields_and_elements_can_be_assigned() {
        fine(
            "var r = { xs: [1], n: 1 }\nr.n += 2\nr.xs[0] = 3\nvar m: [text: int] = [:]\nm[\"a\"] = 1\nprint(r)\nprint(m)",
        );
        finds("let x = 1\nx = 2", &["not-assignable at `x`"]);
        finds("fn f(n: int) { n = 2 }\nf(1)", &["not-assignable at `n`"]);
        finds("for i in 1..3 { i = 2 }", &["not-assignable at `i`"]);
        finds("let r = { n: 1 }\nr.n = 2\nprint(r)", &["not-assignable at `r`"]);
        finds("const N = 1\nN = 2", &["not-assignable at `N`"]);
        finds("run.id = \"x\"", &["not-assignable at `run.id`"]);
        finds("x = 1", &["unknown-name at `x`"]);
    }

    #[test]
    fn what_a_call_changes_is_a_variable_or_a_part_of_one() {
        fine("var rows = [{ xs: [1] }]\nrows[0].xs.push(2)\nprint(rows)");
        fine("var r = { rows: [{ xs: [[1]] }] }\nr.rows[0].xs[0].push(2)\nprint(r)");
        finds("const XS = [1]\nXS.push(2)", &["not-assignable at `XS`"]);
        finds("var xs = [1]\nxs[0..1].push(2)\nprint(xs)", &["not-assignable at `xs[0..1]`"]);
        finds("fn f() -> [int] { return [1] }\nf().push(2)", &["not-assignable at `f()`"]);
    }

    #[test]
    fn values_fit_what_they_are_assigned_to() {
        fine("var d: decimal = 0\nd += 1\nd = 3\nprint(d)");
        finds("var n = 1\nn = \"a\"\nprint(n)", &["wrong-type at `\"a\"`"]);
        finds("var n = 1\nn += 0.5\nprint(n)", &["wrong-type at `0.5`"]);
        finds("var n = 1\nn /= 2\nprint(n)", &["wrong-type at `2`"]);
        finds("var t = \"a\"\nt += 1\nprint(t)", &["no-operator at `+=`"]);
    }

    #[test]
    fn an_element_of_a_map_may_be_missing() {
        finds("var m = [\"a\": 1]\nm[\"b\"] += 1\nprint(m)", &["maybe-null at `m[\"b\"]`"]);
        fine("var m = [\"a\": 1]\nm[\"b\"] = (m[\"b\"] ?? 0) + 1\nprint(m)");
        finds(
            "var m = [\"a\": { n: 1 }]\nm[\"b\"]?.n = 2\nprint(m)",
            &["maybe-null at `m[\"b\"]`"],
        );
        finds("var m = [\"a\": [1]]\nm[\"b\"][0] = 2\nprint(m)", &["maybe-null at `m[\"b\"]`"]);
        fine("var m = [\"a\": [1]]\nm[\"b\"] = [2]\nprint(m)");
    }

    #[test]
    fn parallel_bodies_work_on_copies() {
        finds(
            "var n = 0\nparallel for x in [1] limit 2 { n += x }\nprint(n)",
            &["captured-assignment at `n`"],
        );
    }
}
