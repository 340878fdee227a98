//! Calls: what is called, and by which rule.

mod apply;
mod args;
mod method;
mod overload;

use std::sync::Arc;

use ecow::EcoString;

use super::checked::{CallPlan, Resolution, Target};
use super::checker::{Checker, Want};
use super::declared::Declared;
use super::library::EntryId;
use super::name::{Named, as_name, bare_name};
use super::project::is_task;
use super::report;
use super::scope::FrameKind;
use super::signature::{Parameter, Signature};
use super::types::{DeclId, FnType, Type};
use crate::diagnostics::suggest::{Candidate, nearest};
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
                if entries.is_empty() {
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
        self.apply(expr, call, callee, want)
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

    /// `run()` in a test runs the task's statements.
    fn run_task(&mut self, expr: &Expr, call: &'p Call) -> Type {
        self.check_loose_args(call);
        if let Some(first) = call.args.first() {
            let takes = report::calls::Takes { name: "run", params: &[] };
            self.report(report::calls::wrong_count(first.value.span, takes, call.args.len()));
        }
        if !is_task(self.items) {
            self.report(report::calls::no_task_to_run(call.callee.span));
        }
        self.touch_task(call.callee.span);
        let plan = CallPlan {
            target: Target::RunTask,
            type_args: Vec::new(),
            args: Vec::new(),
            params: Vec::new(),
            optional: false,
        };
        self.tables.calls.insert(expr.id, plan);
        Type::Nothing
    }

    fn unknown_call(&mut self, call: &'p Call, name: &EcoString) -> Type {
        self.saw_error();
        self.check_loose_args(call);
        let Some(written) = as_name(&call.callee) else { return Type::Error };
        if self.is_out_of_reach(written.span, name) {
            return Type::Error;
        }
        if !self.library().methods(name).is_empty() {
            let first = call.args.first().map(|it| self.source.slice(it.value.span));
            let receiver = first.filter(|it| is_short_word(it));
            self.report(report::names::method_called_bare(&written, receiver));
            return Type::Error;
        }
        let known = self.visible_names();
        let callable = known.iter().map(|(name, weight)| Candidate::weighing(name, *weight));
        let near = nearest(name, callable);
        near.iter().for_each(|it| self.mark_used(it));
        let diagnostic = report::names::unknown_bare_function(&written, &near);
        self.report(diagnostic);
        Type::Error
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

fn is_short_word(text: &str) -> bool {
    text.len() <= 30 && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}
