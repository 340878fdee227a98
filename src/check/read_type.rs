//! Written types: from the tree to [`Type`].
//!
//! Knows the forms and the built-in names; what any other name stands for is asked of [`TypeNames`].

use std::sync::Arc;

use ecow::EcoString;

use super::signature::{Parameter, Signature};
use super::types::{FieldType, FnType, RecordType, Type};
use crate::syntax::tree::{self, Name, NodeId, TypeExpr, TypeExprKind};

/// What reading types needs of its surroundings.
pub(super) trait TypeNames {
    /// What a name that is not built in stands for; reports it where it stands for nothing.
    fn named(&mut self, module: Option<&Name>, name: &Name) -> Type;

    /// Takes note of what a written type is.
    fn resolved(&mut self, id: NodeId, ty: &Type);

    /// Whether a type may be a choice of types: in the library only.
    fn may_choose(&self) -> bool;

    /// Reports a type that has a known form and still is none.
    fn wrong(&mut self, problem: Problem<'_>);
}

/// What may be wrong with a type whose names are known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Problem<'a> {
    /// Two fields of a record have the same name.
    DuplicateField(&'a Name, &'a Name),
    /// A map's key is not one of the types that keys may have.
    MapKey(&'a TypeExpr),
    /// A choice of types, which only the library has.
    Choice(&'a TypeExpr),
}

/// The signature that a declaration states.
pub(super) fn signature(function: &tree::Fn, names: &mut dyn TypeNames) -> Signature {
    let type_params: Vec<EcoString> =
        function.type_params.iter().map(|it| it.text.clone()).collect();
    let parameter = |it: &tree::Param| Parameter {
        name: it.name.text.clone(),
        ty: it.ty.as_ref().map_or(Type::Error, |ty| read(ty, &type_params, names)),
        has_default: it.default.is_some(),
        span: it.span,
        node: it.id,
    };
    let params = function.params.iter().map(parameter).collect();
    let result = match &function.result {
        Some(ty) => read(ty, &type_params, names),
        None => Type::Nothing,
    };
    Signature { name: function.name.text.clone(), type_params, params, result }
}

/// The type that is written, [`Type::Error`] where it is none.
pub(super) fn read(ty: &TypeExpr, params: &[EcoString], names: &mut dyn TypeNames) -> Type {
    let found = kind(ty, params, names);
    names.resolved(ty.id, &found);
    found
}

/// The type with the name of the declaration that it was given, for messages.
pub(super) fn name_record(ty: Type, name: &EcoString) -> Type {
    match ty {
        Type::Record(record) if record.name.is_none() => {
            let named = RecordType { name: Some(name.clone()), ..(*record).clone() };
            Type::Record(Arc::new(named))
        }
        other => other,
    }
}

fn kind(ty: &TypeExpr, params: &[EcoString], names: &mut dyn TypeNames) -> Type {
    match &ty.kind {
        TypeExprKind::Error => Type::Error,
        TypeExprKind::Name { module, name } => named(module.as_ref(), name, params, names),
        TypeExprKind::Optional(inner) => Type::optional(read(inner, params, names)),
        TypeExprKind::List(item) => Type::list(read(item, params, names)),
        TypeExprKind::Map(key, value) => map(key, value, params, names),
        TypeExprKind::Record(fields) => record(fields, params, names),
        TypeExprKind::Union(texts) => union(texts.iter().map(|it| it.text.clone())),
        TypeExprKind::OneOf(_) if !names.may_choose() => {
            names.wrong(Problem::Choice(ty));
            Type::Error
        }
        TypeExprKind::OneOf(types) => {
            Type::OneOf(types.iter().map(|it| read(it, params, names)).collect())
        }
        TypeExprKind::Fn(takes, gives) => {
            let takes = takes.iter().map(|it| read(it, params, names)).collect();
            let result = gives.as_ref().map_or(Type::Nothing, |it| read(it, params, names));
            Type::Fn(Arc::new(FnType { params: takes, result }))
        }
    }
}

fn named(
    module: Option<&Name>,
    name: &Name,
    params: &[EcoString],
    names: &mut dyn TypeNames,
) -> Type {
    if name.text.is_empty() {
        return Type::Error;
    }
    if module.is_none() {
        if params.contains(&name.text) {
            return Type::Param(name.text.clone());
        }
        if let Some(ty) = built_in(&name.text) {
            return ty;
        }
    }
    names.named(module, name)
}

/// The types of the language that have a name.
#[must_use]
pub(super) fn built_in(name: &str) -> Option<Type> {
    Some(match name {
        "int" => Type::Int,
        "decimal" => Type::Decimal,
        "float" => Type::Float,
        "bool" => Type::Bool,
        "text" => Type::Text,
        "bytes" => Type::Bytes,
        "time" => Type::Time,
        "date" => Type::Date,
        "duration" => Type::Duration,
        "json" => Type::Json,
        "secret" => Type::Secret,
        "error" => Type::Fault,
        "nothing" => Type::Nothing,
        _ => return None,
    })
}

/// The names that [`built_in`] knows, for offers.
pub const BUILT_IN_NAMES: [&str; 13] = [
    "int", "decimal", "float", "bool", "text", "bytes", "time", "date", "duration", "json",
    "secret", "error", "nothing",
];

/// The type of these texts alone.
pub(super) fn union(texts: impl IntoIterator<Item = EcoString>) -> Type {
    let mut texts: Vec<_> = texts.into_iter().collect();
    texts.sort();
    texts.dedup();
    Type::Union(texts.into())
}

fn map(key: &TypeExpr, value: &TypeExpr, params: &[EcoString], names: &mut dyn TypeNames) -> Type {
    let key_type = read(key, params, names);
    let value = read(value, params, names);
    if !key_type.may_be_key() {
        names.wrong(Problem::MapKey(key));
        return Type::Error;
    }
    Type::map(key_type, value)
}

fn record(fields: &[(Name, TypeExpr)], params: &[EcoString], names: &mut dyn TypeNames) -> Type {
    let mut declared: Vec<FieldType> = Vec::with_capacity(fields.len());
    let is_partial = fields.iter().any(|it| it.0.text.is_empty());
    for (at, (name, ty)) in fields.iter().enumerate() {
        let ty = read(ty, params, names);
        let same = |it: &&(Name, TypeExpr)| it.0.text == name.text && !name.text.is_empty();
        if let Some((first, _)) = fields[..at].iter().find(same) {
            names.wrong(Problem::DuplicateField(first, name));
        } else {
            declared.push(FieldType { name: name.text.clone(), ty });
        }
    }
    // A field that could not be read may have been any.
    if is_partial { Type::Error } else { Type::Record(Arc::new(RecordType::new(None, declared))) }
}
