//! Which types agree: where a value of one may stand for another, and what two become where they meet.

use std::sync::Arc;

use super::checker::Checker;
use super::read_type::union;
use super::types::{DeclId, FieldType, FnType, NamedType, RecordType, Type};

/// Whether a value of one type may stand where another is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Agreement {
    /// As it is.
    Same,
    /// After it has been widened: `int` to `decimal`, `T` to `T?`, a record to `json`.
    Widened,
    /// Not at all.
    Never,
}

impl Agreement {
    /// Whether the value may stand there.
    pub(super) fn holds(self) -> bool {
        self != Self::Never
    }

    /// The agreement of the parts taken together.
    fn and(self, other: impl FnOnce() -> Self) -> Self {
        if self.holds() { self.max(other()) } else { self }
    }

    fn of(holds: bool) -> Self {
        if holds { Self::Same } else { Self::Never }
    }
}

impl Checker<'_> {
    /// Whether a value of type `from` may stand where `to` is wanted.
    pub(super) fn agree(&self, from: &Type, to: &Type) -> Agreement {
        Comparison { checker: self, assumed: Vec::new() }.agree(from, to)
    }

    /// What a value of type `from` becomes where `to` is wanted: `to` itself, or the member of a choice that it
    /// agrees with.
    pub(super) fn destination(&self, from: &Type, to: &Type) -> Type {
        let Type::OneOf(members) = to else { return to.clone() };
        let agreeing = |wanted: Agreement| {
            members.iter().find(|member| self.agree(from, member) == wanted).cloned()
        };
        let found = agreeing(Agreement::Same).or_else(|| agreeing(Agreement::Widened));
        found.unwrap_or_else(|| to.clone())
    }

    /// The type that holds the values of both; nothing where no type does.
    pub(super) fn join(&self, a: &Type, b: &Type) -> Option<Type> {
        if a == b {
            return Some(a.clone());
        }
        Some(match (a, b) {
            (Type::Error, _) | (_, Type::Error) => Type::Error,
            (Type::Never, other) | (other, Type::Never) => other.clone(),
            (Type::Nothing, _) | (_, Type::Nothing) => return None,
            (Type::Null, other) | (other, Type::Null) => Type::optional(other.clone()),
            (Type::Optional(a), b) | (b, Type::Optional(a)) => {
                Type::optional(self.join(a, b.without_null())?)
            }
            (Type::Int, Type::Decimal) | (Type::Decimal, Type::Int) => Type::Decimal,
            (Type::Int, Type::Float) | (Type::Float, Type::Int) => Type::Float,
            (Type::Union(a), Type::Union(b)) => union(a.iter().chain(b.iter()).cloned()),
            (Type::List(a), Type::List(b)) => Type::list(self.join(a, b)?),
            (Type::Map(a), Type::Map(b)) => {
                Type::map(self.join(&a.0, &b.0)?, self.join(&a.1, &b.1)?)
            }
            (Type::Record(a), Type::Record(b)) => self.join_records(a, b)?,
            (a, b) if self.agree(a, b).holds() => b.clone(),
            (a, b) if self.agree(b, a).holds() => a.clone(),
            _ => return None,
        })
    }

    /// A field that only one of them has must be one that may be missing.
    fn join_records(&self, a: &RecordType, b: &RecordType) -> Option<Type> {
        let mut fields = Vec::with_capacity(a.fields.len());
        for field in a.declared() {
            let ty = match b.slot(&field.name) {
                Some(slot) => self.join(&field.ty, &b.fields[slot].ty)?,
                None => may_be_left_out(&field.ty)?,
            };
            fields.push(FieldType { name: field.name.clone(), ty });
        }
        for field in b.declared().filter(|field| a.slot(&field.name).is_none()) {
            let ty = may_be_left_out(&field.ty)?;
            fields.push(FieldType { name: field.name.clone(), ty });
        }
        let name = if a.name == b.name { a.name.clone() } else { None };
        Some(Type::Record(Arc::new(RecordType::new(name, fields))))
    }
}

fn may_be_left_out(ty: &Type) -> Option<Type> {
    match ty {
        Type::Optional(_) | Type::Json | Type::Error => Some(ty.clone()),
        Type::Null => Some(Type::Null),
        _ => None,
    }
}

/// A comparison under way, with the recursive types that it has set out to compare: meeting a pair again is agreement.
struct Comparison<'c, 'p> {
    checker: &'c Checker<'p>,
    assumed: Vec<(DeclId, DeclId)>,
}

impl Comparison<'_, '_> {
    fn agree(&mut self, from: &Type, to: &Type) -> Agreement {
        if from == to {
            return Agreement::Same;
        }
        match (from, to) {
            (Type::Error | Type::Never, _) | (_, Type::Error) => Agreement::Same,
            (Type::OneOf(members), _) => members
                .iter()
                .fold(Agreement::Same, |so_far, member| so_far.and(|| self.agree(member, to))),
            (_, Type::OneOf(members)) => members
                .iter()
                .map(|member| self.agree(from, member))
                .min()
                .unwrap_or(Agreement::Never),
            (Type::Named(a), Type::Named(b)) => self.named(a, b),
            (Type::Named(named), _) => {
                let open = self.checker.expand(named);
                self.agree(&open, to)
            }
            (_, Type::Named(named)) => {
                let open = self.checker.expand(named);
                self.agree(from, &open)
            }
            _ => self.agree_by_form(from, to),
        }
    }

    fn agree_by_form(&mut self, from: &Type, to: &Type) -> Agreement {
        match (from, to) {
            (Type::Union(_), Type::Text) => Agreement::Same,
            (Type::Union(a), Type::Union(b)) => {
                Agreement::of(a.iter().all(|text| b.binary_search(text).is_ok()))
            }
            (Type::Int, Type::Decimal | Type::Float) | (Type::Null, Type::Optional(_)) => {
                Agreement::Widened
            }
            (Type::Optional(a), Type::Optional(b)) => self.agree(a, b),
            (_, Type::Optional(b)) => self.agree(from, b).and(|| Agreement::Widened),
            (Type::List(a), Type::List(b)) => self.agree(a, b),
            (Type::Map(a), Type::Map(b)) => self.agree(&a.0, &b.0).and(|| self.agree(&a.1, &b.1)),
            (Type::Record(a), Type::Record(b)) => self.records(a, b),
            (Type::Fault, Type::Record(_)) => Agreement::Never,
            (Type::Fn(a), Type::Fn(b)) => self.functions(a, b),
            (_, Type::Json) if self.is_jsonable(from) => Agreement::Widened,
            _ => Agreement::Never,
        }
    }

    fn named(&mut self, a: &NamedType, b: &NamedType) -> Agreement {
        let pair = (a.decl, b.decl);
        if self.assumed.contains(&pair) {
            return Agreement::Same;
        }
        self.assumed.push(pair);
        let (a, b) = (self.checker.expand(a), self.checker.expand(b));
        let found = self.agree(&a, &b);
        self.assumed.pop();
        found
    }

    /// A record may stand for one with fewer fields, or with more of which each may be missing.
    fn records(&mut self, from: &RecordType, to: &RecordType) -> Agreement {
        let same_fields = from.fields.len() == to.fields.len();
        let mut found = if same_fields { Agreement::Same } else { Agreement::Widened };
        for field in &to.fields {
            found = found.and(|| match from.slot(&field.name) {
                Some(slot) => self.agree(&from.fields[slot].ty, &field.ty),
                None if may_be_left_out(&field.ty).is_some() => Agreement::Widened,
                None => Agreement::Never,
            });
        }
        found
    }

    /// Functions are passed as they are: nothing about them can be widened.
    fn functions(&mut self, from: &FnType, to: &FnType) -> Agreement {
        if from.params.len() != to.params.len() {
            return Agreement::Never;
        }
        let params = from.params.iter().zip(&to.params);
        let params_agree =
            params.into_iter().all(|(mine, given)| self.agree(given, mine) == Agreement::Same);
        let result_agrees = self.agree(&from.result, &to.result) == Agreement::Same;
        Agreement::of(params_agree && result_agrees)
    }

    /// Whether values of a type can be written as JSON.
    fn is_jsonable(&mut self, ty: &Type) -> bool {
        match ty {
            Type::Secret | Type::Nothing | Type::Fn(_) | Type::OneOf(_) => false,
            Type::Record(record) => record.fields.iter().all(|it| self.is_jsonable(&it.ty)),
            Type::List(inner) | Type::Optional(inner) => self.is_jsonable(inner),
            Type::Map(entry) => self.is_jsonable(&entry.1),
            Type::Named(named) => self.is_named_jsonable(named),
            Type::Error
            | Type::Never
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
            | Type::Fault
            | Type::Union(_)
            | Type::Param(_) => true,
        }
    }

    fn is_named_jsonable(&mut self, named: &NamedType) -> bool {
        let pair = (named.decl, named.decl);
        if self.assumed.contains(&pair) {
            return true;
        }
        self.assumed.push(pair);
        let open = self.checker.expand(named);
        let found = self.is_jsonable(&open);
        self.assumed.pop();
        found
    }
}

impl Checker<'_> {
    /// Whether values of a type can be written as JSON.
    pub(super) fn is_jsonable(&self, ty: &Type) -> bool {
        Comparison { checker: self, assumed: Vec::new() }.is_jsonable(ty)
    }
}
