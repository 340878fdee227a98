//! Methods of maps.

use std::mem;
use std::rc::Rc;

use super::list::key;
use super::native::{Native, misuse, natives};
use crate::value::{Fault, Key, List, Map, Value};

pub(super) const NATIVES: &[Native] = natives!("map":
    count(m), is_empty(m), get(m, k), has(m, k), keys(m), values(m), merge(m, other),
    pick(m, keys), omit(m, keys), sort_by_key(m, desc), sort_by_value(m, desc), remove(m, k),
    clear(m),
);

fn count(m: &Map) -> Result<i64, Fault> {
    i64::try_from(m.len()).map_err(|_| Fault::overflow(m.len()))
}

fn is_empty(m: &Map) -> bool {
    m.is_empty()
}

fn get(m: &Map, k: Value) -> Option<Value> {
    m.get(&Key(k)).cloned()
}

fn has(m: &Map, k: Value) -> bool {
    m.contains_key(&Key(k))
}

fn keys(m: &Map) -> List {
    m.keys().map(|key| key.0.clone()).collect()
}

fn values(m: &Map) -> List {
    m.values().cloned().collect()
}

fn merge(m: Value, other: &Map) -> Result<Value, Fault> {
    let Value::Map(mut m) = m else { return Err(misuse()) };
    let merged = Rc::make_mut(&mut m);
    for (key, value) in other.iter() {
        merged.insert(key.clone(), value.clone());
    }
    Ok(Value::Map(m))
}

fn pick(m: &Map, keys: &List) -> Result<Map, Fault> {
    let wanted = key_set(keys)?;
    Ok(chosen(m, |key| wanted.contains_key(key)))
}

fn omit(m: &Map, keys: &List) -> Result<Map, Fault> {
    let unwanted = key_set(keys)?;
    Ok(chosen(m, |key| !unwanted.contains_key(key)))
}

fn key_set(keys: &List) -> Result<Map, Fault> {
    keys.iter().map(|it| Ok((key(it)?, Value::Null))).collect()
}

fn chosen(m: &Map, is_wanted: impl Fn(&Key) -> bool) -> Map {
    let entries = m.iter().filter(|(key, _)| is_wanted(key));
    entries.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn sort_by_key(m: &Map, desc: bool) -> Map {
    sorted(m, desc, |(key, _)| &key.0)
}

fn sort_by_value(m: &Map, desc: bool) -> Map {
    sorted(m, desc, |(_, value)| value)
}

fn sorted<'m>(m: &'m Map, desc: bool, by: impl Fn(&(&'m Key, &'m Value)) -> &'m Value) -> Map {
    let mut entries: Vec<_> = m.iter().collect();
    entries.sort_by(|a, b| {
        let order = by(a).cmp(by(b));
        if desc { order.reverse() } else { order }
    });
    entries.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn remove(m: &mut Value, k: Value) -> Result<Option<Value>, Fault> {
    let Value::Map(m) = m else { return Err(misuse()) };
    let key = Key(k);
    // A map that others hold is only copied if there is something to take out.
    if m.contains_key(&key) { Ok(Rc::make_mut(m).remove(&key)) } else { Ok(None) }
}

fn clear(m: &mut Value) -> Result<(), Fault> {
    if !matches!(m, Value::Map(_)) {
        return Err(misuse());
    }
    drop(mem::replace(m, Value::Map(Rc::default())));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, i64)]) -> Map {
        entries.iter().map(|(key, value)| (Key::text(key), Value::Int(*value))).collect()
    }

    fn shown(m: Map) -> String {
        Value::Map(Rc::new(m)).to_string()
    }

    #[test]
    fn entries_are_chosen_merged_and_sorted() {
        let m = map(&[("b", 2), ("a", 1), ("c", 2)]);
        let wanted: List = ["c", "b", "z"].into_iter().map(Value::text).collect();
        assert_eq!(shown(pick(&m, &wanted).unwrap()), r#"["b": 2, "c": 2]"#);
        assert_eq!(shown(omit(&m, &wanted).unwrap()), r#"["a": 1]"#);
        assert_eq!(shown(sort_by_key(&m, false)), r#"["a": 1, "b": 2, "c": 2]"#);
        assert_eq!(shown(sort_by_value(&m, true)), r#"["b": 2, "c": 2, "a": 1]"#);
        let merged = merge(Value::Map(Rc::new(m)), &map(&[("a", 9), ("d", 4)])).unwrap();
        assert_eq!(merged.to_string(), r#"["b": 2, "a": 9, "c": 2, "d": 4]"#);
    }

    #[test]
    fn removing_changes_only_this_map() {
        let mut m = Value::Map(Rc::new(map(&[("a", 1)])));
        let kept = m.clone();
        assert_eq!(remove(&mut m, Value::text("z")), Ok(None));
        assert_eq!(remove(&mut m, Value::text("a")), Ok(Some(Value::Int(1))));
        assert_eq!((m.to_string().as_str(), kept.to_string().as_str()), ("[:]", r#"["a": 1]"#));
        let mut kept = kept;
        clear(&mut kept).unwrap();
        assert_eq!(kept.to_string(), "[:]");
    }
}
