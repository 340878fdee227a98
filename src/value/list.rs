//! Lists, packed where the elements allow it.

use std::mem;

use super::{Value, release};

/// The elements of a list.
///
/// The form follows from the elements alone: a list whose static element type is `int`, `float` or `bool` is always in its packed form
/// (an empty one may be in any), so that typed instructions find it there. A `json` list may have either.
#[derive(Clone, Debug)]
pub enum List {
    /// All `int`.
    Ints(Vec<i64>),
    /// All `float`.
    Floats(Vec<f64>),
    /// All `bool`.
    Bools(Vec<bool>),
    /// Anything else.
    Values(Vec<Value>),
}

impl List {
    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Ints(items) => items.len(),
            Self::Floats(items) => items.len(),
            Self::Bools(items) => items.len(),
            Self::Values(items) => items.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Value> {
        match self {
            Self::Ints(items) => items.get(index).copied().map(Value::Int),
            Self::Floats(items) => items.get(index).copied().map(Value::Float),
            Self::Bools(items) => items.get(index).copied().map(Value::Bool),
            Self::Values(items) => items.get(index).cloned(),
        }
    }

    /// Takes the elements out.
    #[must_use]
    pub fn into_values(mut self) -> Vec<Value> {
        match &mut self {
            Self::Values(items) => mem::take(items),
            Self::Ints(_) | Self::Floats(_) | Self::Bools(_) => self.iter().collect(),
        }
    }

    /// The elements, in whatever form they are stored.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Value> + '_ {
        (0..self.len()).map(|at| self.get(at).unwrap_or(Value::Null))
    }
}

impl Drop for List {
    fn drop(&mut self) {
        if let Self::Values(items) = self {
            release::elements(items);
        }
    }
}

impl FromIterator<Value> for List {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        let items: Vec<Value> = items.into_iter().collect();
        match items.first() {
            Some(Value::Int(_)) => {
                packed(items, |it| if let Value::Int(n) = it { Some(*n) } else { None }, List::Ints)
            }
            Some(Value::Float(_)) => packed(
                items,
                |it| if let Value::Float(n) = it { Some(*n) } else { None },
                List::Floats,
            ),
            Some(Value::Bool(_)) => packed(
                items,
                |it| if let Value::Bool(b) = it { Some(*b) } else { None },
                List::Bools,
            ),
            _ => Self::Values(items),
        }
    }
}

fn packed<T>(
    items: Vec<Value>,
    read: impl Fn(&Value) -> Option<T>,
    form: fn(Vec<T>) -> List,
) -> List {
    match items.iter().map(read).collect() {
        Some(all) => form(all),
        None => List::Values(items),
    }
}
