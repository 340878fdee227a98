//! Elements by key: groups, maps, and each once.

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::super::native::misuse;
use super::look::int;
use crate::value::{Fault, Key, List, Map, Value};

type HashSet<T> = std::collections::HashSet<T, RandomState>;

/// Values by which elements are told apart, whole numbers without the detour.
#[derive(Default)]
pub(super) struct Set {
    ints: HashSet<i64>,
    others: HashSet<Value>,
}

impl Set {
    /// Adds a value; whether it was not there before.
    pub(super) fn insert(&mut self, value: Value) -> bool {
        match value {
            Value::Int(it) => self.ints.insert(it),
            other => self.others.insert(other),
        }
    }

    /// Takes a value out; whether it was there.
    pub(super) fn remove(&mut self, value: &Value) -> bool {
        match value {
            Value::Int(it) => self.ints.remove(it),
            other => self.others.remove(other),
        }
    }
}

impl FromIterator<Value> for Set {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        let mut set = Self::default();
        for value in values {
            set.insert(value);
        }
        set
    }
}

pub(super) fn unique(xs: &List) -> List {
    let mut seen = Set::default();
    xs.iter().filter(|it| seen.insert(it.clone())).collect()
}

pub(super) fn unique_by(xs: &List, keys: &List) -> List {
    let mut seen = Set::default();
    let pairs = xs.iter().zip(keys.iter());
    pairs.filter(|(_, key)| seen.insert(key.clone())).map(|(it, _)| it).collect()
}

pub(super) fn group_by(xs: &List, keys: &List) -> Result<Map, Fault> {
    let mut groups: IndexMap<Key, Vec<Value>, RandomState> = IndexMap::default();
    for (item, key) in pairs(xs, keys)? {
        groups.entry(key?).or_default().push(item);
    }
    Ok(groups.into_iter().map(|(key, items)| (key, Value::list(items))).collect())
}

pub(super) fn index_by(xs: &List, keys: &List) -> Result<Map, Fault> {
    pairs(xs, keys)?.map(|(item, key)| Ok((key?, item))).collect::<Result<Map, Fault>>()
}

pub(super) fn count_each(keys: &List) -> Result<Map, Fault> {
    let mut counts: IndexMap<Key, usize, RandomState> = IndexMap::default();
    for (_, key) in pairs(keys, keys)? {
        *counts.entry(key?).or_default() += 1;
    }
    counts.into_iter().map(|(key, n)| Ok((key, Value::Int(int(n)?)))).collect()
}

type Pair = (Value, Result<Key, Fault>);

fn pairs<'a>(xs: &'a List, keys: &'a List) -> Result<impl Iterator<Item = Pair> + 'a, Fault> {
    if xs.len() != keys.len() {
        return Err(misuse());
    }
    Ok(xs.iter().zip(keys.iter().map(key)))
}

/// A value as a key.
pub(in crate::stdlib) fn key(value: Value) -> Result<Key, Fault> {
    let may_be_key = match &value {
        Value::Int(_)
        | Value::Bool(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Short(_)
        | Value::Text(_) => true,
        Value::Null
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::Duration(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Record(_)
        | Value::Closure(_)
        | Value::Secret(_) => false,
    };
    if may_be_key {
        Ok(Key(value))
    } else {
        Err(Fault::argument(format!("{} cannot be a key", crate::value::describe(&value))))
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::value::Code;

    fn texts(items: &[&str]) -> List {
        List::Values(items.iter().map(|it| Value::text(it)).collect())
    }

    fn shown(map: Map) -> String {
        Value::Map(Rc::new(map)).to_string()
    }

    #[test]
    fn groups_stand_in_order_of_appearance() {
        let xs = List::Ints(vec![1, 2, 3, 4]);
        let keys = texts(&["odd", "even", "odd", "even"]);
        let groups = group_by(&xs, &keys).unwrap();
        assert!(
            matches!(groups.get("odd"), Some(Value::List(it)) if matches!(**it, List::Ints(_)))
        );
        assert_eq!(shown(groups), r#"["odd": [1, 3], "even": [2, 4]]"#);
        assert_eq!(shown(index_by(&xs, &keys).unwrap()), r#"["odd": 3, "even": 4]"#);
        assert_eq!(shown(count_each(&keys).unwrap()), r#"["odd": 2, "even": 2]"#);
        let empty = List::Values(vec![]);
        assert_eq!(shown(group_by(&empty, &empty).unwrap()), "[:]");
    }

    #[test]
    fn what_cannot_be_a_key_is_refused() {
        let fault = group_by(&List::Ints(vec![1]), &List::Floats(vec![0.5])).unwrap_err();
        assert!(fault.is(Code::Argument));
        assert_eq!(fault.message, "float 0.5 cannot be a key");
    }

    #[test]
    fn each_element_once() {
        let xs =
            List::Values(vec![Value::Int(1), Value::text("a"), Value::Int(1), Value::text("a")]);
        assert_eq!(Value::List(Rc::new(unique(&xs))).to_string(), r#"[1, "a"]"#);
        let by = unique_by(&texts(&["a", "bb", "c"]), &List::Ints(vec![1, 2, 1]));
        assert_eq!(Value::List(Rc::new(by)).to_string(), r#"["a", "bb"]"#);
    }
}
