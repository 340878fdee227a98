//! Calls: what is called, and by which rule.

mod apply;
mod args;
mod method;
mod overload;

pub use method::methods_of;

use std::sync::Arc;

use ecow::EcoString;

use super::checked::{Resolution, Target};
use super::checker::{Checker, Want};
use super::declared::Declared;
use super::library::EntryId;
use super::name::{Named, as_name, bare_name};
use super::report;
use super::scope::FrameKind;
use super::signature::{Parameter, Signature};
use super::types::{DeclId, FnType, Type};
use crate::diagnostics::suggest::foreign::foreign;
use crate::diagnostics::suggest::{Candidate, certain, nearest, synonyms};
use crate::source::FileId;
use crate::syntax::tree::{Call, Expr, ExprKind, Field, Name};

/// A call whose callee is known.
struct Callee<'p> {
    /// What it is called in messages.
    name: EcoString,
    target: Target,
    signature: Arc<Signature>,
    receiver: Option<Receiver<'p>>,
}

/// The value in front of a method's dot.
struct Receiver<'p> {
    expr: &'p Expr,
    /// Its type as the callee sees it.
    ty: Type,
    /// Called with `?.` on something that may be missing.
    is_optional: bool,
}

impl<'p> Checker<'p> {
    /// `f(a)`, `x.f(a)`, `http.get(a)`, `Order.get(a)`
    pub(super) fn call(&mut self, expr: &'p Expr, call: &'p Call, want: Want<'_>) -> Type {
        match &call.callee.kind {
            ExprKind::Name(name) if !name.is_empty() => self.bare_call(expr, call, name, want),
            ExprKind::Field(field) if !field.name.text.is_empty() => {
                self.dotted_call(expr, call, field, want)
            }
            _ => self.value_call(expr, call),
        }
    }

    fn bare_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        name: &'p EcoString,
        want: Want<'_>,
    ) -> Type {
        if self.scope.find(name).is_some() {
            return self.value_call(expr, call);
        }
        if let Some(ty) = self.aggregate_call(expr, call, name) {
            return ty;
        }
        let Some(named) = self.named(name, call.callee.span) else {
            return self.unknown_call(call, name);
        };
        match named {
            Named::Decl(decl) => self.declared_call(expr, call, decl, None, want),
            Named::Run if self.scope.body_kind() == Some(FrameKind::Test) => {
                self.run_task(expr, call)
            }
            Named::Prelude(_) => {
                let entries = self.library().functions(super::library::PRELUDE, name).collect();
                self.library_call(expr, call, entries, None, want)
            }
            Named::LibraryModule(module) => match self.library().functions(&module, name).next() {
                // A module whose main function has its own name is called bare: `template(…)`.
                Some(_) => {
                    let entries = self.library().functions(&module, name).collect();
                    self.library_call(expr, call, entries, None, want)
                }
                None if matches!(name.as_str(), "int" | "decimal" | "float" | "text") => {
                    self.check_loose_args(call);
                    let first = call.args.first().map(|it| self.source.slice(it.value.span));
                    self.report(report::names::type_called(call.callee.span, name, first));
                    Type::Error
                }
                None => self.not_callable(call),
            },
            Named::Ambiguous => {
                self.check_loose_args(call);
                Type::Error
            }
            Named::Module(_) | Named::Run | Named::Settings(_) | Named::Source(_) => {
                self.not_callable(call)
            }
        }
    }

    /// Reports a call of something that is no function: as a value it is none either, and that says why.
    fn not_callable(&mut self, call: &'p Call) -> Type {
        self.check_loose_args(call);
        self.expr(&call.callee, Want::Value);
        Type::Error
    }

    fn dotted_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        field: &'p Field,
        want: Want<'_>,
    ) -> Type {
        let name = &field.name;
        match self.qualifier(&field.base) {
            None => {}
            Some(Named::LibraryModule(module)) => {
                let entries: Vec<_> = self.library().functions(&module, &name.text).collect();
                if entries.is_empty() || self.is_hidden(&name.text) {
                    self.check_loose_args(call);
                    return self.unknown_function(&module, name);
                }
                return self.library_call(expr, call, entries, None, want);
            }
            Some(Named::Module(file)) => {
                return self.member_call(expr, call, &field.base, file, name, want);
            }
            Some(Named::Source(source)) => return self.source_call(expr, call, &source, name),
            Some(Named::Decl(table)) => {
                self.tables.names.insert(field.base.id, Resolution::Table(table));
                return self.table_call(expr, call, table, name);
            }
            Some(Named::Run | Named::Settings(_)) => {
                return self.method_call(expr, call, field, want);
            }
            Some(Named::Prelude(_) | Named::Ambiguous) => {
                self.check_loose_args(call);
                self.expr(&field.base, Want::Value);
                return Type::Error;
            }
        }
        if let ExprKind::Query(_) = &field.base.kind
            && let Some(ty) = self.query_call(expr, call, &field.base, name)
        {
            return ty;
        }
        self.method_call(expr, call, field, want)
    }

    fn member_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        base: &'p Expr,
        file: FileId,
        name: &Name,
        want: Want<'_>,
    ) -> Type {
        let module = bare_name(base).cloned().unwrap_or_default();
        self.tables.names.insert(base.id, Resolution::Module(module));
        match self.world.scopes[file.0 as usize].own(file, &name.text) {
            Some(decl) => self.declared_call(expr, call, decl, None, want),
            None => {
                self.check_loose_args(call);
                self.unknown_member(base, file, name)
            }
        }
    }

    /// A call of something that the project declares.
    fn declared_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        decl: DeclId,
        receiver: Option<Receiver<'p>>,
        want: Want<'_>,
    ) -> Type {
        let Declared::Fn(signature) = self.declared(decl) else {
            return self.value_call(expr, call);
        };
        let signature = signature.clone();
        self.tables.names.insert(call.callee.id, Resolution::Fn(decl));
        self.touch_fn(decl, call.callee.span);
        let callee =
            Callee { name: signature.name.clone(), target: Target::Fn(decl), signature, receiver };
        self.apply(expr, call, callee, want)
    }

    /// A call of one of these functions of the library, all of one name.
    fn library_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        entries: Vec<EntryId>,
        receiver: Option<Receiver<'p>>,
        want: Want<'_>,
    ) -> Type {
        match entries.as_slice() {
            [only] => self.apply_library(expr, call, *only, receiver, want),
            several => self.overloaded_call(expr, call, several, receiver, want),
        }
    }

    fn apply_library(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        entry: EntryId,
        receiver: Option<Receiver<'p>>,
        want: Want<'_>,
    ) -> Type {
        let declaration = self.library().declaration(entry);
        if let Some(receiver) = &receiver
            && declaration.changes()
        {
            self.check_changeable(receiver.expr, call.callee.span);
        }
        self.tables.names.insert(call.callee.id, Resolution::Library(declaration.id.clone()));
        self.touch_library(declaration, call.callee.span);
        let callee = Callee {
            name: declaration.signature.name.clone(),
            target: Target::Library(declaration.id.clone()),
            signature: declaration.signature.clone(),
            receiver,
        };
        let result = self.apply(expr, call, callee, want);
        let has_literal = call.args.iter().any(|arg| matches!(arg.value.kind, ExprKind::Text(_)));
        if (has_literal || declaration.id.name == "template")
            && let Some(plan) = self.tables.calls.get(&expr.id)
        {
            let sources = plan.args.clone();
            self.check_languages(call, declaration, &sources);
        }
        result
    }

    /// A call of a function value.
    fn value_call(&mut self, expr: &'p Expr, call: &'p Call) -> Type {
        let found = self.expr(&call.callee, Want::Value);
        match self.open(&found) {
            Type::Fn(function) => {
                let callee = Callee {
                    name: self.source.slice(call.callee.span).into(),
                    target: Target::Value,
                    signature: Arc::new(unnamed_signature(&function, call)),
                    receiver: None,
                };
                self.apply(expr, call, callee, Want::Value)
            }
            Type::Error | Type::Never => {
                self.check_loose_args(call);
                Type::Error
            }
            other => {
                self.check_loose_args(call);
                if let Type::Optional(_) = &other {
                    let diagnostic = report::nulls::maybe_null(self, &call.callee, &other);
                    self.report(diagnostic);
                } else {
                    let text = self.source.slice(call.callee.span);
                    self.report(report::calls::not_a_function(call.callee.span, text, &other));
                }
                Type::Error
            }
        }
    }

    fn unknown_call(&mut self, call: &'p Call, name: &EcoString) -> Type {
        self.saw_error();
        self.check_loose_args(call);
        let Some(written) = as_name(&call.callee) else { return Type::Error };
        if self.is_out_of_reach(written.span, name)
            || self.is_elsewhere("unknown-function", written.span, name)
        {
            return Type::Error;
        }
        if let Some(method) = self.method_meant(call, name) {
            let first = call.args.first().map(|it| self.source.slice(it.value.span));
            let receiver = first.filter(|it| is_short_word(it) && self.takes_method(call, method));
            let rest = self.other_arguments(call);
            self.report(report::names::method_called_bare(&written, method, receiver, &rest));
            return Type::Error;
        }
        if let Some(module) = self.module_with(name) {
            self.report(report::names::function_of_module(&written, module));
            return Type::Error;
        }
        let known = self.visible_names();
        let callable = known.iter().map(|(name, weight)| Candidate::weighing(name, *weight));
        let near = match foreign(name) {
            Some(_) => certain(name, callable).into_iter().collect(),
            None => nearest(name, callable),
        };
        near.iter().for_each(|it| self.mark_used(it));
        let diagnostic = report::names::unknown_bare_function(&written, &near);
        self.report(diagnostic);
        Type::Error
    }

    /// The one module of the library that has a function of this name.
    fn module_with(&self, name: &str) -> Option<&'static str> {
        let has = |module: &&'static str| {
            self.library().has_module(module)
                && self.library().functions(module, name).next().is_some()
        };
        let mut modules = self.library().modules().filter(has);
        let first = modules.next()?;
        (modules.next().is_none() && !self.is_hidden(name)).then_some(first)
    }

    /// Whether the first argument's type has the method.
    fn takes_method(&self, call: &Call, method: &str) -> bool {
        let first = call.args.first().map(|it| &self.tables.types[it.value.id.0 as usize]);
        first.is_some_and(|ty| self.has_method(&self.open(ty), method))
    }

    /// What stands behind the first argument, for a call that is written anew.
    fn other_arguments(&self, call: &Call) -> String {
        let others = call.args.iter().skip(1).map(|it| self.source.slice(it.value.span));
        let others: Vec<&str> = others.collect();
        let text = others.join(", ");
        if is_short(&text) { text } else { "…".to_owned() }
    }

    /// The method of a name, or the one of the first argument that other languages call so.
    fn method_meant<'n>(&self, call: &Call, name: &'n str) -> Option<&'n str> {
        let first = call.args.first().map(|it| &self.tables.types[it.value.id.0 as usize]);
        let has = |name: &str| first.is_some_and(|ty| self.has_method(&self.open(ty), name));
        let names = if foreign(name).is_some() { &[][..] } else { synonyms::of(name) };
        let meant = std::iter::once(name).chain(names.iter().copied()).find(|it| has(it));
        meant.or_else(|| (!self.library().methods(name).is_empty()).then_some(name))
    }

    /// Checks arguments of a call that cannot be made sense of, for mistakes of their own.
    pub(super) fn check_loose_args(&mut self, call: &'p Call) {
        for ty in &call.type_args {
            self.read_type(ty);
        }
        for arg in &call.args {
            self.expr(&arg.value, Want::Type(&Type::Error));
        }
    }
}

/// What a call of a function value needs to know: parameters without names.
fn unnamed_signature(function: &FnType, call: &Call) -> Signature {
    let param = |ty: &Type| Parameter {
        name: EcoString::new(),
        ty: ty.clone(),
        has_default: false,
        span: call.callee.span,
        node: call.callee.id,
    };
    Signature {
        name: EcoString::new(),
        type_params: Vec::new(),
        params: function.params.iter().map(param).collect(),
        result: function.result.clone(),
    }
}

fn is_short(text: &str) -> bool {
    text.len() <= 30 && !text.contains('\n')
}

fn is_short_word(text: &str) -> bool {
    text.len() <= 30 && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine, type_of_last};

    const SEND: &str = "fn send(to: text, subject: text, times: int = 1) -> int { return times + to.length() + subject.length() }\n";

    #[track_caller]
    fn finds_with_send(call: &str, expected: &[&str]) {
        finds(&format!("{SEND}print({call})"), expected);
    }

    #[test]
    fn arguments_by_place_and_by_name() {
        fine(&format!(
            "{SEND}print(send(\"a\", \"b\"))\nprint(send(\"a\", times: 2, subject: \"b\"))"
        ));
    }

    #[test]
    fn arguments_that_do_not_fit() {
        finds_with_send("send(\"a\", \"b\", 1, 2)", &["wrong-arguments at `2`"]);
        finds_with_send("send(\"a\")", &["missing-argument at `send`"]);
        finds_with_send("send(\"a\", \"b\", tims: 2)", &["unknown-argument at `tims`"]);
        finds_with_send("send(\"a\", \"b\", to: \"c\")", &["wrong-arguments at `to`"]);
        finds_with_send("send(\"a\", 3)", &["wrong-type at `3`"]);
    }

    #[test]
    fn names_that_cannot_be_called() {
        finds("let x = 3\nprint(x(1))", &["not-a-function at `x`"]);
        finds("const N = 3\nprint(N())", &["not-a-function at `N`"]);
        finds("print(mail.sned(\"a\"))", &["unknown-function at `sned`"]);
        finds("print(mial.send(\"a\"))", &["unknown-name at `mial`"]);
        finds("prnt(3)", &["unknown-function at `prnt`"]);
        finds("print(length(\"abc\"))", &["unknown-function at `length`"]);
        finds("print([1].len())", &["unknown-method at `len`"]);
        finds("print(\"a\".upper)", &["unknown-field at `upper`"]);
        finds("let r = { total: 3 }\nprint(r.total())", &["unknown-method at `total`"]);
    }

    #[test]
    fn hidden_functions_of_the_library_stay_hidden() {
        finds("print([1]._sort_by([1], false))", &["unknown-method at `_sort_by`"]);
    }

    #[test]
    fn methods_are_those_of_the_type() {
        assert_eq!(type_of_last("let x = \"a b\".words().map(w => w.length())"), "[int]");
        assert_eq!(type_of_last("let x = [1, 2].sum()"), "int");
        assert_eq!(type_of_last("let x = [1.5].sum()"), "decimal");
        assert_eq!(type_of_last("let x = [1, 2].first()"), "int?");
        assert_eq!(type_of_last("let x = [\"a\": 1].entries()"), "[{ key: text, value: int }]");
        assert_eq!(type_of_last("let x = [1, 2].map(n => { id: n })"), "[{ id: int }]");
        assert_eq!(type_of_last("let x = [1, 2].group_by(n => n % 2 == 0)"), "[bool: [int]]");
        assert_eq!(type_of_last("let x = [3, 1].sort(n => -n).take(1)"), "[int]");
    }

    #[test]
    fn functions_of_ones_own_chain_like_methods() {
        fine(
            "fn gross(net: decimal, rate: decimal = 0.19) -> decimal { return net * (1 + rate) }\nprint(10.gross())\nprint((1.5).gross(rate: 0.07))",
        );
        fine(
            "fn second<T>(xs: [T]) -> T? { return xs.get(1) }\nprint([\"a\", \"b\"].second() ?? \"none\")",
        );
        finds(
            "fn gross(net: decimal) -> decimal { return net }\nprint(\"a\".gross())",
            &["unknown-method at `gross`"],
        );
    }

    #[test]
    fn question_marks_pass_through_calls() {
        assert_eq!(type_of_last("let names = [\"a\"]\nlet x = names.first()?.upper()"), "text?");
        assert_eq!(
            type_of_last("let xs = [1.5]\nlet x = xs.first()?.round(1)?.to_text() ?? \"-\""),
            "text"
        );
        finds("print([\"a\"].first().upper())", &["maybe-null at `[\"a\"].first()`"]);
        finds("print([1]?.count())", &["never-null at `[1]`"]);
    }

    #[test]
    fn overloads_are_chosen_by_what_a_closure_gives() {
        assert_eq!(type_of_last("let x = [\"a\"].sum(t => t.length())"), "int");
        assert_eq!(type_of_last("let x = [\"a\"].sum(t => 1.5)"), "decimal");
        assert_eq!(type_of_last("let x = [\"a\"].sum(t => 1h)"), "duration");
        assert_eq!(type_of_last("let x = [\"a\"].avg(t => t.length())"), "decimal?");
        finds("print([1].sum(n => \"a\"))", &["wrong-type at `n => \"a\"`"]);
        finds("print([1].sum(n => nn))", &["unknown-name at `nn`"]);
        fine("print([[1]].sum(xs => xs.sum(x => x * 2)))");
    }

    #[test]
    fn type_arguments_are_written_where_nothing_tells() {
        fine("type Row = { id: int }\nlet rows = csv.parse<Row>(\"id\")\nprint(rows.first()?.id)");
        fine("type Row = { id: int }\nlet rows: [Row] = csv.parse(\"id\")\nprint(rows)");
        finds("let rows = csv.parse(\"id\")\nprint(rows)", &["missing-type at `csv.parse`"]);
        finds("print([1].count<int, text>())", &["wrong-arguments at `text`"]);
    }

    #[test]
    fn changing_calls_need_a_variable() {
        fine(
            "var xs = [1]\nxs.push(2)\nvar r = { xs: [1], m: [\"a\": [1]] }\nr.xs.push(2)\nprint(xs)\nprint(r)",
        );
        finds("let xs = [1]\nxs.push(2)", &["not-assignable at `xs`"]);
        finds("[1].push(2)", &["not-assignable at `[1]`"]);
        finds("var xs = [1]\nxs.push(\"a\")\nprint(xs)", &["wrong-type at `\"a\"`"]);
        finds(
            "var xs = [1]\nlet ys = [1].map(n => {\n  xs.push(n)\n  n\n})\nprint(ys)",
            &["captured-assignment at `xs`"],
        );
    }

    #[test]
    fn choices_of_types_are_the_librarys() {
        fine(
            "mail.send(to: \"a@example.com\", subject: \"x\")\nmail.send(to: { email: \"a@example.com\" }, subject: \"x\")\nmail.send(to: [\"a@example.com\", { email: \"b@example.com\", name: \"B\" }], subject: \"x\")",
        );
        finds("mail.send(to: 3, subject: \"x\")", &["wrong-type at `3`"]);
        finds("fn f(x: text | int) { print(1) }\nf(1)", &["wrong-type at `text | int`"]);
    }

    #[test]
    fn generic_functions_are_solved_by_their_arguments() {
        assert_eq!(
            type_of_last("fn pair<T>(a: T, b: T) -> [T] { return [a, b] }\nlet x = pair(1, 2.5)"),
            "[decimal]"
        );
        finds(
            "fn pair<T>(a: T, b: T) -> [T] { return [a, b] }\nprint(pair(1, \"a\"))",
            &["wrong-type at `\"a\"`"],
        );
    }

    #[test]
    fn fields_that_are_functions_are_called() {
        fine("let r = { f: (x: int) => x + 1 }\nprint(r.f(2))");
    }
}
