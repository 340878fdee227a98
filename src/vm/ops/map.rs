//! Entries of maps.

use std::rc::Rc;

use super::super::memory::Memory;
use super::super::trouble::{Outcome, Trouble, damaged};
use super::number;
use crate::value::{Key, KeyRef, Map, Value};

fn map(value: &Value) -> Outcome<&Map> {
    match value {
        Value::Map(it) => Ok(it),
        _ => Err(damaged("a map")),
    }
}

/// The value of a key.
#[inline]
pub(in super::super) fn get<'a>(value: &'a Value, key: &Value) -> Outcome<Option<&'a Value>> {
    Ok(map(value)?.get(&KeyRef(key)))
}

/// Sets a key's value.
pub(in super::super) fn set(
    value: &mut Value,
    key: Value,
    new: Value,
    memory: &mut Memory,
) -> Outcome<()> {
    let map = map_mut(value, memory)?;
    let before = map.len();
    map.insert(Key(key), new);
    memory.made((map.len() - before) * ENTRY_BYTES);
    Ok(())
}

/// Adds a number to the value of a key, which is 0 where there is none.
pub(in super::super) fn add(
    value: &mut Value,
    key: &Value,
    n: i64,
    memory: &mut Memory,
) -> Outcome<()> {
    let map = map_mut(value, memory)?;
    match map.get_mut_once(&KeyRef(key)) {
        Some(Value::Int(sum)) => *sum = number::add::<Trouble>(*sum, n)?,
        Some(_) => return Err(damaged("a number")),
        None => {
            map.insert(Key(key.clone()), Value::Int(n));
            memory.made(ENTRY_BYTES);
        }
    }
    Ok(())
}

/// What an entry holds beside what its key and value point to.
const ENTRY_BYTES: usize = 40;

/// Moves the value of a key out, leaving null; null where there is none.
pub(in super::super) fn take(value: &mut Value, key: Value, memory: &mut Memory) -> Outcome<Value> {
    let found = map_mut(value, memory)?.get_mut(&Key(key));
    Ok(found.map(std::mem::take).unwrap_or_default())
}

/// The entry at a place.
pub(in super::super) fn entry(value: &Value, at: i64) -> Outcome<(&Value, &Value)> {
    let at = usize::try_from(at).map_err(|_| damaged("an entry"))?;
    let (key, value) = map(value)?.at(at).ok_or_else(|| damaged("an entry"))?;
    Ok((&key.0, value))
}

fn map_mut<'a>(value: &'a mut Value, memory: &mut Memory) -> Outcome<&'a mut Map> {
    let Value::Map(map) = value else { return Err(damaged("a map")) };
    if Rc::strong_count(map) > 1 {
        memory.made(64 + map.len() * ENTRY_BYTES);
    }
    Ok(Rc::make_mut(map))
}
