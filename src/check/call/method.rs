//! `x.f(a)`: a method of `x`'s type, or any function in scope whose first parameter takes `x`.

use super::{Receiver, args};
use crate::check::checker::{Checker, Want, World};
use crate::check::declared::Declared;
use crate::check::library::{Declaration, EntryId, Library};
use crate::check::names::Found;
use crate::check::project::Project;
use crate::check::report;
use crate::check::types::{DeclId, Type};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::source::{FileId, Source};
use crate::syntax::tree::{self, Call, Expr, Field};

/// How well a receiver fits a method's `self`; less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The very type.
    Exact,
    /// A form with parameters: `[T]`, `[K: V]`, `T?`.
    Form,
    /// Any type at all.
    Anything,
    /// An `int` where a `decimal` is wanted.
    ToDecimal,
    /// An `int` where a `float` is wanted.
    ToFloat,
    /// A value that is there where one is wanted that may be missing.
    ToOptional,
}

/// The library's methods that a value of this type has, in declared order; `ty` is no name that stands for itself.
#[must_use]
pub fn methods_of(library: &Library, ty: &Type) -> Vec<EntryId> {
    let project = Project::default();
    let world = World { project: &project, library, scopes: Vec::new(), declared: Vec::new() };
    let (source, tree) = (Source::new(FileId(0), "", ""), tree::File::default());
    let checker = Checker::new(&world, &source, &tree);
    let shown = library.method_entries().filter(|(name, _)| !name.starts_with('_'));
    let fits = |id: &EntryId| {
        let fit = checker.fit(library.declaration(*id), ty);
        fit.is_some_and(|it| it != Fit::ToOptional)
    };
    shown.map(|(_, id)| id).filter(fits).collect()
}

impl<'p> Checker<'p> {
    pub(super) fn method_call(
        &mut self,
        expr: &'p Expr,
        call: &'p Call,
        field: &'p Field,
        want: Want<'_>,
    ) -> Type {
        let found = self.expr(&field.base, Want::Value);
        let Some((receiver, is_optional)) = self.receiver(&field.base, &found, field) else {
            self.check_loose_args(call);
            return Type::Error;
        };
        if self.is_function_field(&receiver, &field.name.text) {
            return self.value_call(expr, call);
        }
        let entries = self.fitting_methods(&receiver, &field.name.text, call);
        if !entries.is_empty() {
            let receiver = Some(Receiver { expr: &field.base, ty: receiver, is_optional });
            return self.library_call(expr, call, entries, receiver, want);
        }
        if let Some(decl) = self.function_taking(&receiver, field) {
            let receiver = Some(Receiver { expr: &field.base, ty: receiver, is_optional });
            return self.declared_call(expr, call, decl, receiver, want);
        }
        self.check_loose_args(call);
        self.unknown_method(call, field, &receiver)
    }

    fn is_function_field(&self, receiver: &Type, name: &str) -> bool {
        let Type::Record(record) = receiver else { return false };
        record
            .slot(name)
            .is_some_and(|slot| matches!(record.fields[slot].ty, Type::Fn(_) | Type::Error))
    }

    /// The methods of a name that take a receiver best; where several do, those that take the arguments.
    fn fitting_methods(&self, receiver: &Type, name: &str, call: &Call) -> Vec<EntryId> {
        if self.is_hidden(name) {
            return Vec::new();
        }
        let fitting = self.library().methods(name).iter().filter_map(|id| {
            let declaration = self.library().declaration(*id);
            Some((self.fit(declaration, receiver)?, *id, declaration))
        });
        let all: Vec<_> = fitting.collect();
        let takes = |declaration: &Declaration| args::fits(&declaration.signature, true, call);
        let able: Vec<_> = all.iter().filter(|(.., it)| takes(it)).collect();
        let chosen: Vec<_> = if able.is_empty() { all.iter().collect() } else { able };
        let Some(best) = chosen.iter().map(|(fit, ..)| *fit).min() else { return Vec::new() };
        let best: Vec<EntryId> =
            chosen.into_iter().filter(|(fit, ..)| *fit == best).map(|(_, id, _)| *id).collect();
        if all.len() > 1
            && best.len() > 1
            && !best.iter().any(|id| takes(self.library().declaration(*id)))
        {
            return best[..1].to_vec();
        }
        best
    }

    /// How well a receiver fits a method, if it does.
    fn fit(&self, declaration: &Declaration, receiver: &Type) -> Option<Fit> {
        let wanted = &declaration.signature.params.first()?.ty;
        self.fit_type(wanted, receiver)
    }

    fn fit_type(&self, wanted: &Type, receiver: &Type) -> Option<Fit> {
        match (wanted, receiver) {
            (Type::Param(_), Type::Optional(_)) => Some(Fit::Anything),
            (Type::Param(_), _) => Some(Fit::Anything),
            (wanted, receiver) if wanted == receiver => Some(Fit::Exact),
            (Type::Text, Type::Union(_)) => Some(Fit::Exact),
            (Type::Decimal, Type::Int) => Some(Fit::ToDecimal),
            (Type::Float, Type::Int) => Some(Fit::ToFloat),
            (Type::List(wanted), Type::List(item)) => self.fit_part(wanted, item),
            (Type::Map(wanted), Type::Map(entry)) => {
                let key = self.fit_part(&wanted.0, &entry.0)?;
                Some(key.max(self.fit_part(&wanted.1, &entry.1)?))
            }
            (Type::Optional(wanted), Type::Optional(inner)) => self.fit_part(wanted, inner),
            (Type::Optional(wanted), other) => {
                self.fit_type(wanted, other).map(|_| Fit::ToOptional)
            }
            (Type::OneOf(members), other) => {
                members.iter().filter_map(|it| self.fit_type(it, other)).min()
            }
            (Type::Record(_) | Type::Fn(_), other) => {
                let has_params = wanted.has_part(&mut |part| matches!(part, Type::Param(_)));
                let fits = has_params || self.agree(other, wanted).holds();
                (fits && std::mem::discriminant(wanted) == std::mem::discriminant(other))
                    .then_some(Fit::Form)
            }
            _ => None,
        }
    }

    /// What stands inside a list, a map or an optional is not widened for a receiver's sake.
    fn fit_part(&self, wanted: &Type, part: &Type) -> Option<Fit> {
        match (wanted, part) {
            (_, Type::Never | Type::Error) => Some(Fit::Form),
            (Type::Param(_), _) => Some(Fit::Form),
            (wanted, part) => self.fit_type(wanted, part).filter(|fit| *fit <= Fit::Form),
        }
    }

    /// Whether a type has a method of a name.
    pub(in crate::check) fn has_method(&self, ty: &Type, name: &str) -> bool {
        let methods = self.library().methods(name).iter();
        let is_hidden = self.is_hidden(name);
        methods.filter(|_| !is_hidden).any(|id| {
            let fit = self.fit(self.library().declaration(*id), ty);
            fit.is_some_and(|it| it != Fit::ToOptional)
        })
    }

    /// Whether a name is one of those that the library keeps to itself.
    pub(in crate::check) fn is_hidden(&self, name: &str) -> bool {
        name.starts_with('_') && self.file_scope().is_some()
    }

    /// The methods of a type whose names are near to one that it does not have.
    pub(in crate::check) fn near_methods(&self, ty: &Type, name: &str) -> Vec<&'static str> {
        let library = self.library();
        let fits = |id: EntryId| {
            let fit = self.fit(library.declaration(id), ty);
            fit.is_some_and(|it| it != Fit::ToOptional)
        };
        let shown = |(name, _): &(&str, EntryId)| !name.starts_with('_');
        let mut known: Vec<_> = library.method_entries().filter(shown).collect();
        known.sort_by_key(|(name, _)| *name);
        let near = nearest(name, known.iter().map(|(name, _)| Candidate::new(name)));
        let own: Vec<_> =
            near.into_iter().filter(|it| library.methods(it).iter().any(|id| fits(*id))).collect();
        if !own.is_empty() {
            return own;
        }
        known.retain(|(_, id)| fits(*id));
        nearest(name, known.iter().map(|(name, _)| Candidate::new(name)))
    }

    /// A function in scope of the name behind the dot whose first parameter takes the receiver.
    fn function_taking(&mut self, receiver: &Type, field: &Field) -> Option<DeclId> {
        let decl = match self.lookup(&field.name.text) {
            Found::Decl(decl) => decl,
            Found::Several(modules) => {
                let span = field.name.span;
                self.report(report::names::ambiguous(span, &field.name.text, &modules));
                return None;
            }
            Found::Nothing | Found::Module(_) => return None,
        };
        let Declared::Fn(signature) = self.declared(decl) else { return None };
        let first = &signature.params.first()?.ty;
        let takes = first.has_part(&mut |part| matches!(part, Type::Param(_)))
            || self.agree(receiver, first).holds();
        takes.then_some(decl)
    }

    fn unknown_method(&mut self, call: &'p Call, field: &'p Field, receiver: &Type) -> Type {
        self.saw_error();
        let name = &field.name;
        if let Type::Optional(inner) = receiver {
            let open = self.open(inner);
            if !self.has_method(&open, &name.text) && self.function_taking(&open, field).is_none() {
                return self.unknown_method(call, field, &open);
            }
            let diagnostic = report::nulls::maybe_null(self, &field.base, receiver);
            self.report(diagnostic);
            return Type::Error;
        }
        if let Type::Record(record) = receiver
            && record.slot(&name.text).is_some()
        {
            self.report(report::names::field_called(receiver, name, call.args_span));
            return Type::Error;
        }
        let near = self.near_methods(receiver, &name.text);
        self.report(report::names::unknown_method(receiver, name, &near));
        Type::Error
    }
}
