//! Maps in insertion order.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::mem;

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap};

use super::{Value, release};

/// How many entries are found by looking at each.
const FEW_MAX: usize = 8;

/// A map's entries in the order in which their keys were first set.
///
/// Most maps are the objects of some JSON text: a few entries, where comparing short texts is quicker than
/// hashing them, and one block of memory is enough.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Entries,
}

#[derive(Clone, Debug)]
enum Entries {
    Few(Vec<(Key, Value)>),
    Many(Many),
}

/// Entries found by their hashes.
#[derive(Clone, Debug, Default)]
struct Many {
    entries: IndexMap<Key, Value, RandomState>,
    /// Where a key was found last. Who counts reads an entry and then sets it: the second time, comparing is enough.
    found: Cell<usize>,
}

impl Many {
    fn position<Q: Hash + Equivalent<Key> + ?Sized>(&self, key: &Q) -> Option<usize> {
        let last = self.found.get();
        if self.entries.get_index(last).is_some_and(|(it, _)| key.equivalent(it)) {
            return Some(last);
        }
        let at = self.entries.get_index_of(key)?;
        self.found.set(at);
        Some(at)
    }

    fn get<Q: Hash + Equivalent<Key> + ?Sized>(&self, key: &Q) -> Option<&Value> {
        self.entries.get_index(self.position(key)?).map(|(_, value)| value)
    }

    fn get_mut<Q: Hash + Equivalent<Key> + ?Sized>(&mut self, key: &Q) -> Option<&mut Value> {
        let at = self.position(key)?;
        self.entries.get_index_mut(at).map(|(_, value)| value)
    }

    fn insert(&mut self, key: Key, value: Value) -> Option<Value> {
        match self.entries.get_index_mut(self.found.get()) {
            Some((it, old)) if *it == key => Some(mem::replace(old, value)),
            _ => self.entries.insert(key, value),
        }
    }
}

impl Default for Entries {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

/// A value that may be a key: `int text bool date time`.
#[derive(Clone, Debug)]
pub struct Key(pub Value);

impl Key {
    /// A text as a key.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(Value::text(text))
    }

    /// The characters, if this key is a text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_str()
    }
}

/// A value as a key that is looked for.
#[derive(Debug)]
pub struct KeyRef<'a>(pub &'a Value);

impl Hash for KeyRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0, state);
    }
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        same(self.0, &key.0)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Short(a), Value::Short(b)) => a == b,
        (Value::Int(a), Value::Int(b)) | (Value::Time(a), Value::Time(b)) => a == b,
        (Value::Date(a), Value::Date(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (a, b) => a.as_str().is_some() && a.as_str() == b.as_str(),
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

fn hash<H: Hasher>(key: &Value, state: &mut H) {
    match key {
        Value::Int(n) | Value::Time(n) => n.hash(state),
        Value::Date(n) => n.hash(state),
        Value::Bool(b) => b.hash(state),
        other => other.as_str().unwrap_or_default().hash(state),
    }
}

/// A text finds its entry without becoming a value first.
impl Equivalent<Key> for str {
    fn equivalent(&self, key: &Key) -> bool {
        key.as_str() == Some(self)
    }
}

impl Map {
    /// A map without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A map with room for so many entries.
    #[must_use]
    pub fn with_capacity(entries: usize) -> Self {
        let entries = if entries <= FEW_MAX {
            Entries::Few(Vec::with_capacity(entries))
        } else {
            let entries = IndexMap::with_capacity_and_hasher(entries, RandomState::default());
            Entries::Many(Many { entries, found: Cell::default() })
        };
        Self { entries }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.entries {
            Entries::Few(entries) => entries.len(),
            Entries::Many(many) => many.entries.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key: a [`Key`], or a `str`.
    #[must_use]
    pub fn get<Q: Hash + Equivalent<Key> + ?Sized>(&self, key: &Q) -> Option<&Value> {
        match &self.entries {
            Entries::Few(entries) => {
                entries.iter().find(|(it, _)| key.equivalent(it)).map(|(_, value)| value)
            }
            Entries::Many(many) => many.get(key),
        }
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Hash + Equivalent<Key> + ?Sized>(&mut self, key: &Q) -> Option<&mut Value> {
        match &mut self.entries {
            Entries::Few(entries) => among_few(entries, key),
            Entries::Many(many) => many.get_mut(key),
        }
    }

    /// The same for who will not set the value of this key next: where it stands is not kept in mind.
    pub fn get_mut_once<Q: Hash + Equivalent<Key> + ?Sized>(
        &mut self,
        key: &Q,
    ) -> Option<&mut Value> {
        match &mut self.entries {
            Entries::Few(entries) => among_few(entries, key),
            Entries::Many(many) => many.entries.get_mut(key),
        }
    }

    /// Whether a key has a value.
    #[must_use]
    pub fn contains_key<Q: Hash + Equivalent<Key> + ?Sized>(&self, key: &Q) -> bool {
        self.get(key).is_some()
    }

    /// Sets a key's value and gives the one that it had. A new key goes to the end.
    pub fn insert(&mut self, key: Key, value: Value) -> Option<Value> {
        match &mut self.entries {
            Entries::Few(entries) => {
                if let Some((_, old)) = entries.iter_mut().find(|(it, _)| *it == key) {
                    return Some(mem::replace(old, value));
                }
                if entries.len() < FEW_MAX {
                    entries.push((key, value));
                } else {
                    let mut many = Many::default();
                    many.entries.extend(mem::take(entries));
                    many.entries.insert(key, value);
                    self.entries = Entries::Many(many);
                }
                None
            }
            Entries::Many(many) => many.insert(key, value),
        }
    }

    /// Takes an entry out; the others keep their order.
    pub fn remove<Q: Hash + Equivalent<Key> + ?Sized>(&mut self, key: &Q) -> Option<Value> {
        match &mut self.entries {
            Entries::Few(entries) => {
                let at = entries.iter().position(|(it, _)| key.equivalent(it))?;
                Some(entries.remove(at).1)
            }
            Entries::Many(many) => many.entries.shift_remove(key),
        }
    }

    /// The entry at a place in the order.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<(&Key, &Value)> {
        match &self.entries {
            Entries::Few(entries) => entries.get(index).map(|(key, value)| (key, value)),
            Entries::Many(many) => many.entries.get_index(index),
        }
    }

    /// The entries in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Key, &Value)> + '_ {
        (0..self.len()).map(|at| self.at(at).expect("below the length"))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Key> + '_ {
        self.iter().map(|(key, _)| key)
    }

    /// The values in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> + '_ {
        self.iter().map(|(_, value)| value)
    }

    /// The values in order, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> + '_ {
        let (few, many) = match &mut self.entries {
            Entries::Few(entries) => (Some(entries), None),
            Entries::Many(many) => (None, Some(&mut many.entries)),
        };
        let few = few.into_iter().flatten().map(|(_, value)| value);
        few.chain(many.into_iter().flat_map(IndexMap::values_mut))
    }

    /// Takes the entries out, in order.
    #[must_use]
    pub fn into_entries(mut self) -> Vec<(Key, Value)> {
        match mem::take(&mut self.entries) {
            Entries::Few(entries) => entries,
            Entries::Many(many) => many.entries.into_iter().collect(),
        }
    }
}

fn among_few<'e, Q: Equivalent<Key> + ?Sized>(
    entries: &'e mut [(Key, Value)],
    key: &Q,
) -> Option<&'e mut Value> {
    entries.iter_mut().find(|(it, _)| key.equivalent(it)).map(|(_, value)| value)
}

impl FromIterator<(Key, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (Key, Value)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut map = Self::with_capacity(entries.size_hint().0);
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        release::elements(self.values_mut());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: i64) -> Map {
        (0..count).map(|n| (Key::text(&format!("key number {n}")), Value::Int(n))).collect()
    }

    #[test]
    fn few_and_many_entries_behave_the_same() {
        for count in [0, 1, 8, 9, 100] {
            let mut map = numbered(count);
            assert_eq!(map.len(), usize::try_from(count).unwrap());
            for n in 0..count {
                let key = format!("key number {n}");
                assert!(matches!(map.get(key.as_str()), Some(Value::Int(it)) if *it == n));
                assert!(matches!(map.get(&Key::text(&key)), Some(Value::Int(it)) if *it == n));
            }
            assert!(map.get("nobody").is_none());
            assert!(map.get(&Key(Value::Int(0))).is_none());
            map.insert(Key::text("new"), Value::Null);
            assert_eq!(map.keys().last().and_then(Key::as_str), Some("new"));
        }
    }

    #[test]
    fn what_was_found_last_is_not_taken_for_another_key() {
        let mut map = numbered(50);
        assert!(matches!(map.get("key number 7"), Some(Value::Int(7))));
        assert!(matches!(
            map.insert(Key::text("key number 8"), Value::Int(80)),
            Some(Value::Int(8))
        ));
        assert!(matches!(
            map.insert(Key::text("key number 7"), Value::Int(70)),
            Some(Value::Int(7))
        ));
        // Behind what is taken out, entries move up.
        assert!(matches!(map.get("key number 9"), Some(Value::Int(9))));
        map.remove("key number 3");
        assert!(matches!(map.get("key number 9"), Some(Value::Int(9))));
        assert!(matches!(map.get("key number 10"), Some(Value::Int(10))));
        map.remove("key number 49");
        assert!(map.get("key number 49").is_none());
        assert!(matches!(map.get("key number 8"), Some(Value::Int(80))));
    }

    #[test]
    fn setting_again_keeps_the_place_and_removing_keeps_the_order() {
        for count in [5, 50] {
            let mut map = numbered(count);
            map.insert(Key::text("key number 2"), Value::Bool(true));
            map.remove("key number 1");
            let order: Vec<_> = map.keys().take(3).filter_map(Key::as_str).collect();
            assert_eq!(order, ["key number 0", "key number 2", "key number 3"]);
            assert!(matches!(map.at(1), Some((_, Value::Bool(true)))));
        }
    }
}
