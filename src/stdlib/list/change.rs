//! Changing lists in place. A list that nobody else holds is not copied.

use std::mem;
use std::rc::Rc;

use super::super::native::misuse;
use super::look::{place, position};
use crate::value::{Code, Fault, List, Value};

fn list(xs: &mut Value) -> Result<&mut List, Fault> {
    match xs {
        Value::List(it) => Ok(Rc::make_mut(it)),
        _ => Err(misuse()),
    }
}

pub(super) fn push(xs: &mut Value, x: Value) -> Result<(), Fault> {
    list(xs)?.push(x);
    Ok(())
}

pub(super) fn pop(xs: &mut Value) -> Result<Option<Value>, Fault> {
    let xs = list(xs)?;
    Ok(xs.len().checked_sub(1).and_then(|last| xs.remove(last)))
}

pub(super) fn shift(xs: &mut Value) -> Result<Option<Value>, Fault> {
    Ok(list(xs)?.remove(0))
}

pub(super) fn unshift(xs: &mut Value, x: Value) -> Result<(), Fault> {
    list(xs)?.insert(0, x);
    Ok(())
}

pub(super) fn insert(xs: &mut Value, i: i64, x: Value) -> Result<(), Fault> {
    let xs = list(xs)?;
    let at = place(i, xs.len()).ok_or_else(|| outside(i, xs.len()))?;
    xs.insert(at, x);
    Ok(())
}

pub(super) fn remove_at(xs: &mut Value, i: i64) -> Result<Value, Fault> {
    let xs = list(xs)?;
    let removed = place(i, xs.len()).and_then(|at| xs.remove(at));
    removed.ok_or_else(|| outside(i, xs.len()))
}

fn outside(i: i64, length: usize) -> Fault {
    Fault::new(Code::Index, format!("place {i} lies outside a list of {length}"))
}

pub(super) fn remove(xs: &mut Value, x: &Value) -> Result<bool, Fault> {
    let xs = list(xs)?;
    Ok(position(xs, x).and_then(|at| xs.remove(at)).is_some())
}

pub(super) fn append(xs: &mut Value, ys: &Value) -> Result<(), Fault> {
    match (xs, ys) {
        (Value::List(xs), Value::List(ys)) if xs.is_empty() => *xs = Rc::clone(ys),
        (xs, Value::List(ys)) => list(xs)?.append(ys),
        _ => return Err(misuse()),
    }
    Ok(())
}

pub(super) fn clear(xs: &mut Value) -> Result<(), Fault> {
    if !matches!(xs, Value::List(_)) {
        return Err(misuse());
    }
    drop(mem::replace(xs, Value::list([])));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(items: &[i64]) -> Value {
        Value::list(items.iter().copied().map(Value::Int))
    }

    #[test]
    fn changes_stay_in_this_list() {
        let mut xs = ints(&[1, 2, 3]);
        let kept = xs.clone();
        assert_eq!(pop(&mut xs), Ok(Some(Value::Int(3))));
        assert_eq!(shift(&mut xs), Ok(Some(Value::Int(1))));
        push(&mut xs, Value::Int(9)).unwrap();
        unshift(&mut xs, Value::Int(0)).unwrap();
        insert(&mut xs, -1, Value::Int(8)).unwrap();
        assert_eq!(xs, ints(&[0, 2, 8, 9]));
        assert_eq!(remove_at(&mut xs, -2), Ok(Value::Int(8)));
        assert_eq!(remove(&mut xs, &Value::Int(2)), Ok(true));
        assert_eq!(remove(&mut xs, &Value::Int(2)), Ok(false));
        append(&mut xs, &ints(&[7])).unwrap();
        assert_eq!(xs, ints(&[0, 9, 7]));
        clear(&mut xs).unwrap();
        append(&mut xs, &kept).unwrap();
        assert_eq!((xs, kept), (ints(&[1, 2, 3]), ints(&[1, 2, 3])));
    }

    #[test]
    fn places_outside_are_faults_and_nothing_changes() {
        let mut xs = ints(&[1]);
        assert!(remove_at(&mut xs, 1).unwrap_err().is(Code::Index));
        assert!(insert(&mut xs, 3, Value::Null).unwrap_err().is(Code::Index));
        assert!(insert(&mut xs, i64::MIN, Value::Null).unwrap_err().is(Code::Index));
        assert_eq!(xs, ints(&[1]));
        let mut empty = ints(&[]);
        assert_eq!((pop(&mut empty), shift(&mut empty)), (Ok(None), Ok(None)));
    }
}
