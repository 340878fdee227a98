//! Run-time values: what a run computes with, as plain data.
//!
//! A [`Value`] is 16 bytes and describes itself, so that printing, comparing, hashing, JSON, journals and
//! snapshots need no type beside it. The machine keeps numbers of known type out of it (see `vm`); a value is what
//! stands in lists, maps, records, optionals, and at the border to the library and the world.
//!
//! Values are never shared as far as a program can see: assignment copies, and a copy is a counted pointer that
//! is split on the first write ([`Rc::make_mut`]). There are no cycles, so counting frees everything; nothing
//! here recurses into values without a bound, because programs can nest them as deep as memory lasts.
//! Pointers are not atomic: a run's values stay on the thread that runs it. What crosses threads is data that was
//! written out (`json`, `wire`).

mod answer;
pub mod calendar;
mod children;
mod compare;
mod convert;
mod decimal;
mod fault;
mod fingerprint;
pub mod json;
mod list;
mod map;
mod number;
mod print;
mod record;
mod release;
mod secret;
mod size;
mod text;
mod types;
pub mod wire;

use std::rc::Rc;

pub use answer::{from_answer, from_fault, to_answer, to_fault};
pub use convert::{LEVELS_MAX, convert, describe, to_json};
pub use decimal::{Decimal, from_digits, quotient};
pub use fault::{Code, Fault};
pub use fingerprint::fingerprint;
pub use list::List;
pub use map::{Key, KeyRef, Map};
pub use number::{
    compare_floats, decimal_to_float, float_to_decimal, parse_decimal, parse_float, write_float,
};
pub use print::{Bounded, quoted, to_text_within, write as write_value};
pub use record::{Record, Shape};
pub use secret::Secret;
pub use text::ShortText;
pub use types::{BadTable, Descriptor, DescriptorId, FieldDescriptor, RecordDescriptor, Types};

/// Any value of the language.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `null`, JSON's null, and what a call without a result gives.
    #[default]
    Null,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `float`
    Float(f64),
    /// `decimal`
    Decimal(Decimal),
    /// `time`: microseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// `date`: days since 1970-01-01.
    Date(i32),
    /// `duration`: microseconds.
    Duration(i64),
    /// `text` of at most 14 bytes. No longer text is ever stored this way, and no shorter one in [`Value::Text`].
    Short(ShortText),
    /// `text` of 15 bytes or more.
    Text(Rc<String>),
    /// `bytes`
    Bytes(Rc<Vec<u8>>),
    /// `[T]`
    List(Rc<List>),
    /// `[K: V]`, and a JSON object.
    Map(Rc<Map>),
    /// `{ a: T }`, a table's row, an `error`.
    Record(Rc<Record>),
    /// `fn(T) -> R`
    Closure(Rc<Closure>),
    /// `secret`: never printed, compared or written out.
    Secret(Rc<Secret>),
}

const _: () = assert!(size_of::<Value>() == 16, "a value fills two registers");

impl Drop for Closure {
    fn drop(&mut self) {
        release::elements(&mut self.captures);
    }
}

/// A function with the variables that it sees.
#[derive(Clone, Debug)]
pub struct Closure {
    /// Its place among the program's functions.
    pub function: u32,
    /// The variables, by value.
    pub captures: Box<[Value]>,
}

impl Value {
    /// A `text`.
    #[must_use]
    pub fn text(text: &str) -> Self {
        match ShortText::new(text) {
            Some(short) => Self::Short(short),
            None => Self::Text(Rc::new(text.to_owned())),
        }
    }

    /// A `text` that takes over the buffer where it is long.
    #[must_use]
    pub fn from_string(text: String) -> Self {
        match ShortText::new(&text) {
            Some(short) => Self::Short(short),
            None => Self::Text(Rc::new(text)),
        }
    }

    /// A list; numbers and truth values are packed.
    #[must_use]
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(Rc::new(items.into_iter().collect()))
    }

    /// A `bytes`.
    #[must_use]
    pub fn bytes(bytes: Vec<u8>) -> Self {
        Self::Bytes(Rc::new(bytes))
    }

    /// A record of a known shape; `slots` follow [`Shape::slots`].
    #[must_use]
    pub fn record(shape: &Rc<Shape>, slots: impl Into<Box<[Value]>>) -> Self {
        Self::Record(Rc::new(Record::new(shape, slots)))
    }

    /// The characters of a `text`.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Short(text) => Some(text.as_str()),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A field of a record, or the value of a text key.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(record) => record.get(name),
            Self::Map(map) => map.get(name),
            _ => None,
        }
    }

    /// Whether this points to something that is counted.
    #[must_use]
    #[inline]
    pub fn is_counted(&self) -> bool {
        match self {
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Decimal(_)
            | Self::Time(_)
            | Self::Date(_)
            | Self::Duration(_)
            | Self::Short(_) => false,
            Self::Text(_)
            | Self::Bytes(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Record(_)
            | Self::Closure(_)
            | Self::Secret(_) => true,
        }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}
