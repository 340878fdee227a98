//! Elements of lists.
//!
//! A list of `int`, `float` or `bool` is packed; an empty one may have any form. A list of other elements (`int?`, `json`) may still be
//! packed where all its elements happen to be numbers, so the general functions take every form.

use std::rc::Rc;

use super::super::memory::Memory;
use super::super::registers::copied;
use super::super::trouble::{Outcome, Trouble, Why, damaged, fault, ok};
use crate::value::{Code, List, Value};

/// Which element a place names; negative ones count from the end.
#[inline]
pub(in super::super) fn place<E: Why>(index: i64, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Err(_) if E::QUICK => None,
        Ok(at) => (at < length).then_some(at),
        Err(_) => from_end(index, length),
    }
}

#[cold]
fn from_end(index: i64, length: usize) -> Option<usize> {
    length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
}

#[inline]
fn list<E: Why>(value: &Value) -> Result<&List, E> {
    match value {
        Value::List(it) => Ok(it),
        _ => Err(E::because(|| damaged("a list"))),
    }
}

/// The list for changing, which nobody else sees then.
#[inline]
fn list_mut<'a, E: Why>(value: &'a mut Value, memory: &mut Memory) -> Result<&'a mut List, E> {
    let Value::List(list) = value else { return Err(E::because(|| damaged("a list"))) };
    if E::QUICK {
        return Rc::get_mut(list).ok_or_else(|| E::because(|| damaged("a list of its own")));
    }
    if Rc::strong_count(list) > 1 {
        memory.made(list_bytes(list));
    }
    Ok(Rc::make_mut(list))
}

fn list_bytes(list: &List) -> usize {
    let element = match list {
        List::Ints(_) | List::Floats(_) => 8,
        List::Bools(_) => 1,
        List::Values(_) => 16,
    };
    64 + element * list.len()
}

macro_rules! packed {
    ($form:ident, $element:ty, $all:ident, $get:ident, $set:ident, $push:ident) => {
        /// The elements of a packed list.
        #[inline]
        pub(in super::super) fn $all<E: Why>(value: &Value) -> Result<&[$element], E> {
            match ok!(list(value)) {
                List::$form(items) => Ok(items),
                other if !E::QUICK && other.is_empty() => Ok(&[]),
                _ => Err(E::because(another_form)),
            }
        }

        /// An element.
        #[inline]
        pub(in super::super) fn $get<E: Why>(value: &Value, index: i64) -> Result<$element, E> {
            let items = ok!($all(value));
            match place::<E>(index, items.len()) {
                Some(at) => Ok(items[at]),
                None => Err(E::because(|| outside(index, items.len()))),
            }
        }

        /// Changes an element.
        #[inline]
        pub(in super::super) fn $set<E: Why>(
            value: &mut Value,
            index: i64,
            element: $element,
            memory: &mut Memory,
        ) -> Result<(), E> {
            let List::$form(items) = ok!(list_mut(value, memory)) else {
                return Err(E::because(|| not_settable(value, index)));
            };
            match place::<E>(index, items.len()) {
                Some(at) => items[at] = element,
                None => return Err(E::because(|| outside(index, items.len()))),
            }
            Ok(())
        }

        /// Puts an element at the end.
        #[inline]
        pub(in super::super) fn $push<E: Why>(
            value: &mut Value,
            element: $element,
            memory: &mut Memory,
        ) -> Result<(), E> {
            let list = ok!(list_mut(value, memory));
            match list {
                List::$form(items) if items.len() < items.capacity() => items.push(element),
                _ if E::QUICK => return Err(E::because(another_form)),
                List::$form(items) => {
                    memory.made(items.len().max(4) * size_of::<$element>());
                    items.push(element);
                }
                other if other.is_empty() => *other = List::$form(vec![element]),
                _ => return Err(E::because(another_form)),
            }
            Ok(())
        }
    };
}

packed!(Ints, i64, ints, int, set_int, push_int);
packed!(Floats, f64, floats, float, set_float, push_float);
packed!(Bools, bool, bools, bool, set_bool, push_bool);

#[cold]
fn another_form() -> Trouble {
    damaged("a list of another form")
}

/// Nothing can be set in an empty list, whatever its form.
#[cold]
fn not_settable(value: &Value, index: i64) -> Trouble {
    match list::<Trouble>(value) {
        Ok(list) if list.is_empty() => outside(index, 0),
        Ok(_) => damaged("a list of another form"),
        Err(trouble) => trouble,
    }
}

/// How many elements there are.
#[inline]
pub(in super::super) fn length<E: Why>(value: &Value) -> Result<usize, E> {
    match value {
        Value::List(it) => Ok(it.len()),
        Value::Map(it) => Ok(it.len()),
        Value::Bytes(it) => Ok(it.len()),
        _ => Err(E::because(|| damaged("a list, map or bytes"))),
    }
}

/// The same as a whole number: no list has more elements than memory has bytes.
#[inline]
pub(in super::super) fn count<E: Why>(value: &Value) -> Result<i64, E> {
    Ok(i64::try_from(ok!(length(value))).unwrap_or(i64::MAX))
}

/// An element.
#[inline]
pub(in super::super) fn get<E: Why>(value: &Value, index: i64) -> Result<Value, E> {
    let list = ok!(list(value));
    let outside = || Err(E::because(|| outside(index, list.len())));
    match list {
        List::Values(items) => match place::<E>(index, items.len()) {
            Some(at) => copied(&items[at]),
            None => outside(),
        },
        _ if E::QUICK => Err(E::because(another_form)),
        packed => match place::<E>(index, packed.len()).and_then(|at| packed.get(at)) {
            Some(item) => Ok(item),
            None => outside(),
        },
    }
}

/// The element of a packed list at a place that a loop has reached, if the list goes on.
#[inline]
pub(in super::super) fn at<T: Copy>(items: &[T], at: i64) -> Option<T> {
    items.get(usize::try_from(at).ok()?).copied()
}

/// The element at a place that a loop has reached, if the list goes on.
#[inline]
pub(in super::super) fn next<E: Why>(value: &Value, at: i64) -> Result<Option<Value>, E> {
    let list = ok!(list(value));
    let Ok(at) = usize::try_from(at) else { return Ok(None) };
    match list {
        List::Values(items) => match items.get(at) {
            Some(item) => Ok(Some(ok!(copied(item)))),
            None => Ok(None),
        },
        _ if E::QUICK => Err(E::because(another_form)),
        packed => Ok(packed.get(at)),
    }
}

/// An element that is no number or truth value, without copying it.
#[inline]
pub(in super::super) fn element<E: Why>(value: &Value, index: i64) -> Result<&Value, E> {
    match ok!(list(value)) {
        List::Values(items) => match place::<E>(index, items.len()) {
            Some(at) => Ok(&items[at]),
            None => Err(E::because(|| outside(index, items.len()))),
        },
        other if other.is_empty() => Err(E::because(|| outside(index, 0))),
        _ => Err(E::because(another_form)),
    }
}

/// An element for changing.
#[inline]
pub(in super::super) fn element_mut<'a, E: Why>(
    value: &'a mut Value,
    index: i64,
    memory: &mut Memory,
) -> Result<&'a mut Value, E> {
    let items = ok!(general(ok!(list_mut(value, memory))));
    let length = items.len();
    match place::<E>(index, length) {
        Some(at) => Ok(&mut items[at]),
        None => Err(E::because(|| outside(index, length))),
    }
}

/// Puts an element at the end.
#[inline]
pub(in super::super) fn push(
    value: &mut Value,
    element: Value,
    memory: &mut Memory,
) -> Outcome<()> {
    let items = general::<Trouble>(list_mut::<Trouble>(value, memory)?)?;
    if items.len() == items.capacity() {
        memory.made(items.len().max(4) * size_of::<Value>());
    }
    items.push(element);
    Ok(())
}

/// The elements in the form that takes any.
#[inline]
fn general<E: Why>(list: &mut List) -> Result<&mut Vec<Value>, E> {
    if !E::QUICK && !matches!(list, List::Values(_)) {
        unpack(list);
    }
    match list {
        List::Values(items) => Ok(items),
        _ => Err(E::because(another_form)),
    }
}

#[cold]
fn unpack(list: &mut List) {
    *list = List::Values(list.iter().collect());
}

/// Whether some element equals the value.
pub(in super::super) fn contains(value: &Value, wanted: &Value) -> Outcome<bool> {
    Ok(match (list::<Trouble>(value)?, wanted) {
        (List::Ints(items), Value::Int(wanted)) => items.contains(wanted),
        (List::Values(items), wanted) => items.contains(wanted),
        (list, wanted) => list.iter().any(|it| it == *wanted),
    })
}

/// The whole numbers from `a` up to `b`, `b` left out.
pub(in super::super) fn range(a: i64, b: i64, memory: &mut Memory) -> Outcome<Value> {
    let length = usize::try_from(b.saturating_sub(a)).unwrap_or(0);
    if length > memory.room() / 8 {
        return Err(super::super::native::out_of_memory().into());
    }
    memory.made(64 + 8 * length);
    Ok(Value::List(Rc::new(List::Ints((a..b).collect()))))
}

#[cold]
#[inline(never)]
fn outside(index: i64, length: usize) -> Trouble {
    let elements = match length {
        0 => "an empty list".to_owned(),
        1 => "a list of 1 element".to_owned(),
        _ => format!("a list of {length} elements"),
    };
    fault(Code::Index, format!("there is no element {index} in {elements}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_both_ends() {
        assert_eq!(place::<Trouble>(0, 3), Some(0));
        assert_eq!(place::<Trouble>(2, 3), Some(2));
        assert_eq!(place::<Trouble>(3, 3), None);
        assert_eq!(place::<Trouble>(-1, 3), Some(2));
        assert_eq!(place::<Trouble>(-3, 3), Some(0));
        assert_eq!(place::<Trouble>(-4, 3), None);
        assert_eq!(place::<Trouble>(i64::MIN, 3), None);
    }

    #[test]
    fn a_packed_list_takes_null() {
        let mut memory = Memory::new(1 << 20);
        let mut list = Value::list([Value::Int(1), Value::Int(2)]);
        *element_mut::<Trouble>(&mut list, 0, &mut memory).unwrap() = Value::Null;
        assert_eq!(list, Value::list([Value::Null, Value::Int(2)]));
    }

    #[test]
    fn an_empty_list_of_any_form_takes_numbers() {
        let mut memory = Memory::new(1 << 20);
        let mut list = Value::List(Rc::new(List::Values(Vec::new())));
        assert_eq!(ints::<Trouble>(&list).unwrap(), &[] as &[i64]);
        push_int::<Trouble>(&mut list, 7, &mut memory).unwrap();
        assert_eq!(ints::<Trouble>(&list).unwrap(), &[7]);
    }
}
