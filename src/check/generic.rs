//! Type parameters: solved by laying the declared types over those of the arguments.

use std::sync::Arc;

use ecow::EcoString;

use super::checker::Checker;
use super::types::{FieldType, FnType, RecordType, Type};

/// What is known of the type parameters of one call.
#[derive(Clone, Debug)]
pub(super) struct Solution<'s> {
    params: &'s [EcoString],
    solved: Vec<Option<Type>>,
    /// What the call's place suggests for those that no argument decides.
    hints: Vec<Option<Type>>,
}

/// How strongly a type speaks for a parameter that has been solved already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// It is the receiver, or written: later types do not change it.
    Fixed,
    /// One argument of several: they meet in what holds them all.
    Joins,
}

impl<'s> Solution<'s> {
    /// Nothing is known yet.
    pub(super) fn new(params: &'s [EcoString]) -> Self {
        Self { params, solved: vec![None; params.len()], hints: vec![None; params.len()] }
    }

    /// Whether there is nothing to solve.
    pub(super) fn is_trivial(&self) -> bool {
        self.params.is_empty()
    }

    /// Sets a parameter by its place.
    pub(super) fn set(&mut self, at: usize, ty: Type) {
        self.solved[at] = Some(ty);
    }

    /// What a parameter was solved to.
    pub(super) fn get(&self, at: usize) -> Option<&Type> {
        self.solved[at].as_ref()
    }

    /// What the place suggests for a parameter.
    pub(super) fn hint_for(&self, at: usize) -> Option<&Type> {
        self.hints[at].as_ref()
    }

    /// Learns from the type that the call's place wants.
    pub(super) fn suggest(&mut self, checker: &Checker<'_>, pattern: &Type, wanted: &Type) {
        let mut other = Solution::new(self.params);
        other.unify(checker, pattern, wanted, Weight::Fixed);
        // What is itself open there, as the parameter of another generic function, suggests nothing.
        let is_unknown = |ty: &Type| ty.has_part(&mut |part| part.is_error());
        self.hints = other.solved.into_iter().map(|it| it.filter(|ty| !is_unknown(ty))).collect();
    }

    /// Lays a declared type over an actual one and learns what its parameters stand for. Types that do not fit are
    /// passed over: whoever compares them afterwards reports it.
    pub(super) fn unify(
        &mut self,
        checker: &Checker<'_>,
        pattern: &Type,
        actual: &Type,
        weight: Weight,
    ) {
        match (pattern, actual) {
            (Type::Param(name), _) => self.learn(checker, name, actual, weight),
            (_, Type::Named(_)) => {
                let open = checker.open(actual);
                self.unify(checker, pattern, &open, weight);
            }
            (Type::Optional(pattern), Type::Optional(actual)) => {
                self.unify(checker, pattern, actual, weight);
            }
            (Type::Optional(pattern), actual) if *actual != Type::Null => {
                self.unify(checker, pattern, actual, weight);
            }
            (Type::List(pattern), Type::List(actual)) => {
                self.unify(checker, pattern, actual, weight);
            }
            (Type::Map(pattern), Type::Map(actual)) => {
                self.unify(checker, &pattern.0, &actual.0, weight);
                self.unify(checker, &pattern.1, &actual.1, weight);
            }
            (Type::Record(pattern), Type::Record(actual)) => {
                for field in &pattern.fields {
                    if let Some(slot) = actual.slot(&field.name) {
                        self.unify(checker, &field.ty, &actual.fields[slot].ty, weight);
                    }
                }
            }
            (Type::Fn(pattern), Type::Fn(actual)) => {
                for (pattern, actual) in pattern.params.iter().zip(&actual.params) {
                    self.unify(checker, pattern, actual, weight);
                }
                self.unify(checker, &pattern.result, &actual.result, weight);
            }
            (Type::OneOf(members), actual) => {
                let fits = |it: &&Type| has_form_of(it, actual);
                if let Some(member) = members.iter().find(fits) {
                    self.unify(checker, member, actual, weight);
                }
            }
            _ => {}
        }
    }

    fn learn(&mut self, checker: &Checker<'_>, name: &EcoString, actual: &Type, weight: Weight) {
        let Some(at) = self.params.iter().position(|it| it == name) else { return };
        let known = match &self.solved[at] {
            None => actual.clone(),
            Some(known) if weight == Weight::Joins || is_open(known) => {
                checker.join(known, actual).unwrap_or_else(|| known.clone())
            }
            Some(_) => return,
        };
        self.solved[at] = Some(known);
    }

    /// Gives up on parameters that could only have been decided by an argument that is wrong.
    pub(super) fn give_up(&mut self, pattern: &Type) {
        for (name, solved) in self.params.iter().zip(&mut self.solved) {
            let is_meant = |part: &Type| matches!(part, Type::Param(it) if it == name);
            if solved.is_none() && pattern.has_part(&mut |part| is_meant(part)) {
                *solved = Some(Type::Error);
            }
        }
    }

    /// The type with what is known put in, and [`Type::Error`], which agrees with everything, for what is not:
    /// what an argument is checked against.
    pub(super) fn hint(&self, ty: &Type) -> Type {
        self.substitute(ty, &|at| {
            let known = self.solved[at].as_ref().filter(|it| !is_open(it));
            known.or(self.hints[at].as_ref()).or(self.solved[at].as_ref()).cloned()
        })
    }

    /// The type with the solved parameters put in.
    pub(super) fn apply(&self, ty: &Type) -> Type {
        self.substitute(ty, &|at| self.solved[at].clone())
    }

    /// The type arguments in order.
    pub(super) fn into_args(self) -> Vec<Type> {
        self.solved.into_iter().map(|it| it.unwrap_or(Type::Error)).collect()
    }

    fn substitute(&self, ty: &Type, value: &dyn Fn(usize) -> Option<Type>) -> Type {
        if self.params.is_empty() {
            return ty.clone();
        }
        substitute(ty, &|name| {
            let at = self.params.iter().position(|it| it == name)?;
            Some(value(at).unwrap_or(Type::Error))
        })
    }
}

/// Whether a type says nothing yet about what it holds: that of `[]`, `[:]` and `null`.
fn is_open(ty: &Type) -> bool {
    ty.has_part(&mut |part| matches!(part, Type::Never | Type::Null))
}

fn has_form_of(pattern: &Type, actual: &Type) -> bool {
    match (pattern, actual) {
        (Type::List(_), Type::List(_))
        | (Type::Map(_), Type::Map(_))
        | (Type::Record(_), Type::Record(_))
        | (Type::Fn(_), Type::Fn(_)) => true,
        (Type::Param(_), _) => true,
        (pattern, actual) => pattern == actual,
    }
}

/// The type with other types in the place of parameters.
#[must_use]
pub fn substitute(ty: &Type, value: &dyn Fn(&EcoString) -> Option<Type>) -> Type {
    let inner = |ty: &Type| substitute(ty, value);
    match ty {
        Type::Param(name) => value(name).unwrap_or_else(|| ty.clone()),
        Type::List(item) => Type::list(inner(item)),
        Type::Optional(item) => Type::optional(inner(item)),
        Type::Map(entry) => Type::map(inner(&entry.0), inner(&entry.1)),
        Type::Record(record) => {
            let field = |it: &FieldType| FieldType { name: it.name.clone(), ty: inner(&it.ty) };
            Type::Record(Arc::new(RecordType {
                name: record.name.clone(),
                fields: record.fields.iter().map(field).collect(),
                order: record.order.clone(),
            }))
        }
        Type::Fn(function) => Type::Fn(Arc::new(FnType {
            params: function.params.iter().map(inner).collect(),
            result: inner(&function.result),
        })),
        Type::OneOf(types) => Type::OneOf(types.iter().map(inner).collect()),
        Type::Error
        | Type::Never
        | Type::Nothing
        | Type::Null
        | Type::Int
        | Type::Decimal
        | Type::Float
        | Type::Bool
        | Type::Text
        | Type::Bytes
        | Type::Time
        | Type::Date
        | Type::Duration
        | Type::Json
        | Type::Secret
        | Type::Fault
        | Type::Union(_)
        | Type::Named(_) => ty.clone(),
    }
}
