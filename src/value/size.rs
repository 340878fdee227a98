//! How much memory a value holds.

use std::borrow::Cow;

use super::{List, Value};

/// What a counted block costs beside its content: two counts, and the allocator's own word or two.
const BLOCK: usize = 32;
const SLOT: usize = size_of::<Value>();
/// A key, a value and their hash.
const ENTRY: usize = 2 * SLOT + 8;

impl Value {
    /// The bytes that this value alone holds beside its own 16, its elements' content left out. An estimate that is the
    /// same on every machine, so that a memory limit strikes at the same statement everywhere.
    #[must_use]
    pub fn shallow_size(&self) -> usize {
        match self {
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Decimal(_)
            | Self::Time(_)
            | Self::Date(_)
            | Self::Duration(_)
            | Self::Short(_) => 0,
            Self::Text(it) => 2 * BLOCK + it.len(),
            Self::Bytes(it) => 2 * BLOCK + it.len(),
            Self::List(it) => 2 * BLOCK + list_size(it),
            Self::Map(it) => 2 * BLOCK + it.len() * ENTRY,
            Self::Record(it) => 2 * BLOCK + it.slots.len() * SLOT,
            Self::Closure(it) => 2 * BLOCK + it.captures.len() * SLOT,
            Self::Secret(it) => 2 * BLOCK + it.text.len(),
        }
    }

    /// The bytes that this value and everything in it hold. What is shared is counted wherever it is seen, so this
    /// is the size of a copy that shares nothing; counting ends where it exceeds `enough`.
    #[must_use]
    pub fn deep_size(&self, enough: usize) -> usize {
        let mut total = self.shallow_size();
        let mut open = vec![(self, 0)];
        while let Some((value, at)) = open.last_mut()
            && total <= enough
        {
            let child = value.child(*at);
            *at += 1;
            match child {
                Some(Cow::Borrowed(child)) => {
                    total = total.saturating_add(child.shallow_size());
                    if child.is_container() {
                        open.push((child, 0));
                    }
                }
                // A packed list: counted with the list.
                Some(Cow::Owned(_)) | None => {
                    open.pop();
                }
            }
        }
        total
    }
}

fn list_size(list: &List) -> usize {
    match list {
        List::Ints(items) => items.len() * 8,
        List::Floats(items) => items.len() * 8,
        List::Bools(items) => items.len(),
        List::Values(items) => items.len() * SLOT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_grow_with_the_content() {
        assert_eq!(Value::text("short").deep_size(usize::MAX), 0);
        let long = Value::text(&"x".repeat(1000));
        assert!((1000..1100).contains(&long.deep_size(usize::MAX)));
        let list = Value::list([long.clone(), long.clone()]);
        assert!(
            (2000..2300).contains(&list.deep_size(usize::MAX)),
            "{}",
            list.deep_size(usize::MAX)
        );
        let ints = Value::list((0..1000).map(Value::Int));
        assert!((8000..8100).contains(&ints.deep_size(usize::MAX)));
        let deep = (0..500_000).fold(Value::Null, |inner, _| Value::list([inner]));
        assert!(deep.deep_size(usize::MAX) > 500_000 * 64);
        let doubled = (0..60).fold(Value::Null, |it, _| Value::list([it.clone(), it]));
        assert!(doubled.deep_size(1 << 20) > 1 << 20);
    }
}
