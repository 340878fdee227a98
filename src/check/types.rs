//! Types as the checker knows them.
//!
//! Types are structural and compared with `==`; names of records are for messages only and do not count.

mod show;

use std::sync::Arc;

use ecow::EcoString;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Something here was wrong and has been reported: agrees with everything, silences everything.
    Error,
    /// The type of `fail`, `return`, `break`, `continue`: agrees with everything.
    Never,
    /// What a call without a result gives.
    Nothing,
    /// The type of `null` alone, before an expected type makes it a `T?`.
    Null,
    /// `int`
    Int,
    /// `decimal`
    Decimal,
    /// `float`
    Float,
    /// `bool`
    Bool,
    /// `text`
    Text,
    /// `bytes`
    Bytes,
    /// `time`
    Time,
    /// `date`
    Date,
    /// `duration`
    Duration,
    /// `json`
    Json,
    /// `secret`
    Secret,
    /// `error`
    Fault,
    /// `"open" | "paid"`: sorted, no text twice. One text alone is the type of a literal pattern's subject, too.
    Union(Arc<[EcoString]>),
    /// `[T]`
    List(Arc<Type>),
    /// `[K: V]`
    Map(Arc<(Type, Type)>),
    /// `{ a: T }`
    Record(Arc<RecordType>),
    /// `T?`; never of an optional, of `null` or of `json` (whose null it is).
    Optional(Arc<Type>),
    /// `fn(T) -> R`
    Fn(Arc<FnType>),
    /// A type parameter of the generic function being checked.
    Param(EcoString),
    /// Any of these; parameters of library functions only.
    OneOf(Arc<[Type]>),
    /// A `type` or `table` that mentions itself, by the declaration that it stands for; `Types::expand` opens it.
    Named(NamedType),
}

/// A record type. Equal where the same fields have the same types, whatever their order and name.
#[derive(Clone, Debug)]
pub struct RecordType {
    /// The table or alias that it comes from, for messages.
    pub name: Option<EcoString>,
    /// Sorted by name: the place of a field is its slot at run time.
    pub fields: Vec<FieldType>,
    /// The slots in the order in which they were declared.
    pub order: Vec<u16>,
}

/// A field of a record type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldType {
    /// What it is called.
    pub name: EcoString,
    /// What it holds; a literal may leave the field out where this is optional.
    pub ty: Type,
}

impl PartialEq for RecordType {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl Eq for RecordType {}

impl std::hash::Hash for RecordType {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.fields.hash(state);
    }
}

/// A function type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FnType {
    /// What it takes.
    pub params: Vec<Type>,
    /// What it gives.
    pub result: Type,
}

/// A recursive declaration, by its place in the project.
#[derive(Clone, Debug)]
pub struct NamedType {
    /// What it is called, for messages.
    pub name: EcoString,
    /// The declaration.
    pub decl: DeclId,
}

impl PartialEq for NamedType {
    fn eq(&self, other: &Self) -> bool {
        self.decl == other.decl
    }
}

impl Eq for NamedType {}

impl std::hash::Hash for NamedType {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.decl.hash(state);
    }
}

/// A declaration of the project: a file and the place of the item in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeclId {
    /// The file.
    pub file: crate::source::FileId,
    /// The index in [`File::items`](crate::syntax::tree::File::items).
    pub item: u32,
}

impl RecordType {
    /// A record type with these fields in declared order; of two with one name the first counts.
    #[must_use]
    pub fn new(name: Option<EcoString>, declared: Vec<FieldType>) -> Self {
        let mut fields = declared.clone();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        fields.dedup_by(|a, b| a.name == b.name);
        let slot = |field: &FieldType| fields.iter().position(|it| it.name == field.name);
        let order =
            declared.iter().filter_map(slot).filter_map(|it| u16::try_from(it).ok()).collect();
        Self { name, fields, order }
    }

    /// The slot of a field.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.fields.binary_search_by(|it| it.name.as_str().cmp(name)).ok()
    }

    /// The fields in declared order.
    pub fn declared(&self) -> impl Iterator<Item = &FieldType> {
        self.order.iter().map(|slot| &self.fields[usize::from(*slot)])
    }
}

impl Type {
    /// `[T]`
    #[must_use]
    pub fn list(of: Type) -> Self {
        Self::List(Arc::new(of))
    }

    /// `[K: V]`
    #[must_use]
    pub fn map(key: Type, value: Type) -> Self {
        Self::Map(Arc::new((key, value)))
    }

    /// `T?`; `T` itself where that already may be null.
    #[must_use]
    pub fn optional(of: Type) -> Self {
        match of {
            Self::Optional(_) | Self::Json | Self::Error | Self::Null => of,
            Self::Never => Self::Null,
            other => Self::Optional(Arc::new(other)),
        }
    }
}

/// What a type is like.
impl Type {
    /// Whether what follows from here on is to be passed over in silence.
    #[must_use]
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Error)
    }

    /// Whether control never comes back from an expression of this type.
    #[must_use]
    pub fn is_never(&self) -> bool {
        matches!(self, Self::Never)
    }

    /// `int`, `decimal` or `float`.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Decimal | Self::Float)
    }

    /// `text`, or some texts alone.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Union(_))
    }

    /// Whether a map may have keys of this type.
    #[must_use]
    pub fn may_be_key(&self) -> bool {
        match self {
            Self::Error | Self::Never | Self::Param(_) => true,
            Self::Int | Self::Text | Self::Union(_) | Self::Bool | Self::Date | Self::Time => true,
            Self::OneOf(types) => types.iter().all(Self::may_be_key),
            Self::Nothing
            | Self::Null
            | Self::Decimal
            | Self::Float
            | Self::Bytes
            | Self::Duration
            | Self::Json
            | Self::Secret
            | Self::Fault
            | Self::List(_)
            | Self::Map(_)
            | Self::Record(_)
            | Self::Optional(_)
            | Self::Fn(_)
            | Self::Named(_) => false,
        }
    }

    /// Whether `<` puts values of this type in order.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        match self {
            Self::Error | Self::Never | Self::Param(_) => true,
            Self::Int | Self::Decimal | Self::Float | Self::Text | Self::Union(_) => true,
            Self::Time | Self::Date | Self::Duration => true,
            Self::Nothing
            | Self::Null
            | Self::Bool
            | Self::Bytes
            | Self::Json
            | Self::Secret
            | Self::Fault
            | Self::List(_)
            | Self::Map(_)
            | Self::Record(_)
            | Self::Optional(_)
            | Self::Fn(_)
            | Self::OneOf(_)
            | Self::Named(_) => false,
        }
    }

    /// The type without its `?`.
    #[must_use]
    pub fn without_null(&self) -> &Self {
        match self {
            Self::Optional(inner) => inner,
            other => other,
        }
    }

    /// Whether any part of the type fulfils a condition; names that stand for themselves are not opened.
    pub fn has_part(&self, wanted: &mut dyn FnMut(&Self) -> bool) -> bool {
        if wanted(self) {
            return true;
        }
        match self {
            Self::List(inner) | Self::Optional(inner) => inner.has_part(wanted),
            Self::Map(entry) => entry.0.has_part(wanted) || entry.1.has_part(wanted),
            Self::Record(record) => record.fields.iter().any(|it| it.ty.has_part(wanted)),
            Self::Fn(function) => {
                function.params.iter().any(|it| it.has_part(wanted))
                    || function.result.has_part(wanted)
            }
            Self::OneOf(types) => types.iter().any(|it| it.has_part(wanted)),
            Self::Error
            | Self::Never
            | Self::Nothing
            | Self::Null
            | Self::Int
            | Self::Decimal
            | Self::Float
            | Self::Bool
            | Self::Text
            | Self::Bytes
            | Self::Time
            | Self::Date
            | Self::Duration
            | Self::Json
            | Self::Secret
            | Self::Fault
            | Self::Union(_)
            | Self::Param(_)
            | Self::Named(_) => false,
        }
    }
}
