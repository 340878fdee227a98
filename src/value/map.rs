//! Maps in insertion order.

use std::hash::{Hash, Hasher};

use indexmap::IndexMap;

use super::Value;

/// A map's entries in the order in which their keys were first set.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// The entries.
    pub entries: IndexMap<Key, Value>,
}

/// A value that may be a key: `int text bool date time`.
#[derive(Clone, Debug)]
pub struct Key(pub Value);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Value::Int(a), Value::Int(b)) | (Value::Time(a), Value::Time(b)) => a == b,
            (Value::Date(a), Value::Date(b)) => a == b,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (a, b) => a.as_str().is_some() && a.as_str() == b.as_str(),
        }
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Value::Int(n) | Value::Time(n) => n.hash(state),
            Value::Date(n) => n.hash(state),
            Value::Bool(b) => b.hash(state),
            other => other.as_str().unwrap_or_default().hash(state),
        }
    }
}
