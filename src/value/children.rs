//! Walking through values without recursion: what stands inside a value, by number.

use std::borrow::Cow;

use super::{List, Value};

impl Value {
    /// The value at a place inside this one: a list's elements, a map's keys and values in turn, a record's slots,
    /// a closure's captures.
    #[must_use]
    pub fn child(&self, index: usize) -> Option<Cow<'_, Value>> {
        match self {
            Self::List(list) => match &**list {
                List::Values(items) => items.get(index).map(Cow::Borrowed),
                packed @ (List::Ints(_) | List::Floats(_) | List::Bools(_)) => {
                    packed.get(index).map(Cow::Owned)
                }
            },
            Self::Map(map) => {
                let (key, value) = map.at(index / 2)?;
                Some(Cow::Borrowed(if index.is_multiple_of(2) { &key.0 } else { value }))
            }
            Self::Record(record) => record.slots.get(index).map(Cow::Borrowed),
            Self::Closure(closure) => closure.captures.get(index).map(Cow::Borrowed),
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Decimal(_)
            | Self::Time(_)
            | Self::Date(_)
            | Self::Duration(_)
            | Self::Short(_)
            | Self::Text(_)
            | Self::Bytes(_)
            | Self::Secret(_) => None,
        }
    }

    /// Whether other values may stand inside this one.
    #[must_use]
    pub fn is_container(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_) | Self::Record(_) | Self::Closure(_))
    }
}
