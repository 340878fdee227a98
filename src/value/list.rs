//! Lists, packed where the elements allow it.

use std::mem;
use std::ops::Range;

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

    /// Adds an element at the end.
    pub fn push(&mut self, item: Value) {
        self.fit(&item);
        match (self, item) {
            (Self::Ints(items), Value::Int(item)) => items.push(item),
            (Self::Floats(items), Value::Float(item)) => items.push(item),
            (Self::Bools(items), Value::Bool(item)) => items.push(item),
            (Self::Values(items), item) => items.push(item),
            (Self::Ints(_) | Self::Floats(_) | Self::Bools(_), _) => {
                unreachable!("it was made to fit")
            }
        }
    }

    /// Adds an element before the one at `index`.
    ///
    /// # Panics
    /// If `index` is beyond the end.
    pub fn insert(&mut self, index: usize, item: Value) {
        self.fit(&item);
        match (self, item) {
            (Self::Ints(items), Value::Int(item)) => items.insert(index, item),
            (Self::Floats(items), Value::Float(item)) => items.insert(index, item),
            (Self::Bools(items), Value::Bool(item)) => items.insert(index, item),
            (Self::Values(items), item) => items.insert(index, item),
            (Self::Ints(_) | Self::Floats(_) | Self::Bools(_), _) => {
                unreachable!("it was made to fit")
            }
        }
    }

    /// Takes an element out, if there is one at `index`.
    pub fn remove(&mut self, index: usize) -> Option<Value> {
        if index >= self.len() {
            return None;
        }
        Some(match self {
            Self::Ints(items) => Value::Int(items.remove(index)),
            Self::Floats(items) => Value::Float(items.remove(index)),
            Self::Bools(items) => Value::Bool(items.remove(index)),
            Self::Values(items) => items.remove(index),
        })
    }

    /// Adds the elements of another list at the end.
    pub fn append(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Ints(items), Self::Ints(more)) => items.extend_from_slice(more),
            (Self::Floats(items), Self::Floats(more)) => items.extend_from_slice(more),
            (Self::Bools(items), Self::Bools(more)) => items.extend_from_slice(more),
            (Self::Values(items), Self::Values(more)) => items.extend_from_slice(more),
            _ => other.iter().for_each(|item| self.push(item)),
        }
    }

    /// The elements at `range`, in the same form.
    ///
    /// # Panics
    /// If the range leaves the list.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        match self {
            Self::Ints(items) => Self::Ints(items[range].to_vec()),
            Self::Floats(items) => Self::Floats(items[range].to_vec()),
            Self::Bools(items) => Self::Bools(items[range].to_vec()),
            Self::Values(items) => Self::Values(items[range].to_vec()),
        }
    }

    /// Turns the order around.
    pub fn reverse(&mut self) {
        match self {
            Self::Ints(items) => items.reverse(),
            Self::Floats(items) => items.reverse(),
            Self::Bools(items) => items.reverse(),
            Self::Values(items) => items.reverse(),
        }
    }

    /// Takes the form that an element needs to be added.
    fn fit(&mut self, item: &Value) {
        let is_packed = matches!(item, Value::Int(_) | Value::Float(_) | Value::Bool(_));
        let fits = match (&*self, item) {
            (Self::Ints(_), Value::Int(_))
            | (Self::Floats(_), Value::Float(_))
            | (Self::Bools(_), Value::Bool(_)) => true,
            (Self::Values(items), _) => !is_packed || !items.is_empty(),
            (Self::Ints(_) | Self::Floats(_) | Self::Bools(_), _) => false,
        };
        if fits {
            return;
        }
        *self = match item {
            Value::Int(_) if self.is_empty() => Self::Ints(Vec::new()),
            Value::Float(_) if self.is_empty() => Self::Floats(Vec::new()),
            Value::Bool(_) if self.is_empty() => Self::Bools(Vec::new()),
            _ => Self::Values(self.iter().collect()),
        };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_takes_the_form_that_its_elements_need() {
        let mut list = List::Values(Vec::new());
        list.push(Value::Int(1));
        assert!(matches!(&list, List::Ints(it) if *it == [1]));
        list.insert(0, Value::Int(0));
        list.append(&List::Ints(vec![2]));
        assert!(matches!(&list, List::Ints(it) if *it == [0, 1, 2]));
        list.append(&List::Floats(Vec::new()));
        assert!(matches!(&list, List::Ints(_)));
        list.push(Value::Null);
        assert!(matches!(&list, List::Values(it) if it.len() == 4));
        list.push(Value::Int(9));
        assert_eq!(list.remove(3), Some(Value::Null));
        assert_eq!(list.remove(9), None);
        list.reverse();
        assert_eq!(Value::list(list.iter()).to_string(), "[9, 2, 1, 0]");
        assert_eq!(list.slice(1..3).len(), 2);
    }

    #[test]
    fn an_empty_list_of_one_form_takes_another() {
        let mut list = List::Ints(Vec::new());
        list.push(Value::text("a"));
        list.push(Value::Bool(true));
        assert!(matches!(&list, List::Values(it) if it.len() == 2));
    }
}
