//! Types as the compiler needs them: type arguments put in, recursion opened, a bank for each.

use std::sync::Arc;

use ecow::EcoString;

use crate::bytecode::operand::Bank;
use crate::check::types::{FieldType, FnType, RecordType, Type};

/// The type arguments of an instance: what each type parameter stands for.
pub(super) type TypeArgs = Arc<[(EcoString, Type)]>;

/// A type with its parameters replaced.
pub(super) fn substitute(ty: &Type, args: &TypeArgs) -> Type {
    if args.is_empty() {
        return ty.clone();
    }
    match ty {
        Type::Param(name) => {
            let found = args.iter().find(|(param, _)| param == name);
            found.map_or(Type::Json, |(_, ty)| ty.clone())
        }
        Type::List(of) => Type::list(substitute(of, args)),
        Type::Map(of) => Type::map(substitute(&of.0, args), substitute(&of.1, args)),
        Type::Optional(of) => Type::optional(substitute(of, args)),
        Type::Record(record) => Type::Record(Arc::new(record_with(record, args))),
        Type::Fn(function) => Type::Fn(Arc::new(FnType {
            params: function.params.iter().map(|it| substitute(it, args)).collect(),
            result: substitute(&function.result, args),
        })),
        other => other.clone(),
    }
}

fn record_with(record: &RecordType, args: &TypeArgs) -> RecordType {
    let field = |it: &FieldType| FieldType { name: it.name.clone(), ty: substitute(&it.ty, args) };
    RecordType { fields: record.fields.iter().map(field).collect(), ..record.clone() }
}

/// The bank that holds a value of this type; nothing for a call without a result.
pub(super) fn bank(ty: &Type) -> Option<Bank> {
    match ty {
        Type::Nothing | Type::Never => None,
        Type::Int | Type::Float | Type::Bool | Type::Time | Type::Date | Type::Duration => {
            Some(Bank::Scalar)
        }
        _ => Some(Bank::Value),
    }
}

/// Whether a value of this type is a number, time or truth value in 64 bits.
pub(super) fn is_scalar(ty: &Type) -> bool {
    bank(ty) == Some(Bank::Scalar)
}

/// `T` of `T?`; the type itself where it cannot be null.
pub(super) fn without_null(ty: &Type) -> &Type {
    match ty {
        Type::Optional(of) => of,
        other => other,
    }
}

/// How the elements of a list are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// `[int]`
    Ints,
    /// `[float]`
    Floats,
    /// `[bool]`
    Bools,
    /// Values, with elements that are unboxed when read: `[time] [date] [duration]`.
    Scalars,
    /// Values.
    Values,
}

/// How a list with elements of this type is stored.
pub(super) fn packing(element: &Type) -> Packing {
    match element {
        Type::Int => Packing::Ints,
        Type::Float => Packing::Floats,
        Type::Bool => Packing::Bools,
        other if is_scalar(other) => Packing::Scalars,
        _ => Packing::Values,
    }
}
