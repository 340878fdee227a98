//! Looking at lists.

use super::super::limits;
use crate::value::{Code, Fault, List, Value, compare_floats};

pub(super) fn count(xs: &List) -> Result<i64, Fault> {
    int(xs.len())
}

/// A length as an `int`.
pub(super) fn int(n: usize) -> Result<i64, Fault> {
    i64::try_from(n).map_err(|_| Fault::overflow(n))
}

pub(super) fn is_empty(xs: &List) -> bool {
    xs.is_empty()
}

pub(super) fn exists(xs: &List) -> bool {
    !xs.is_empty()
}

pub(super) fn first(xs: &List) -> Option<Value> {
    xs.get(0)
}

pub(super) fn last(xs: &List) -> Option<Value> {
    xs.get(xs.len().checked_sub(1)?)
}

pub(super) fn one(xs: &List) -> Result<Value, Fault> {
    match (xs.get(0), xs.len()) {
        (Some(only), 1) => Ok(only),
        (_, 0) => Err(Fault::new(Code::NotFound, "there is nothing where one is expected")),
        (_, n) => Err(Fault::new(Code::Limit, format!("there are {n} where one is expected"))),
    }
}

pub(super) fn get(xs: &List, i: i64) -> Option<Value> {
    xs.get(place(i, xs.len())?)
}

/// A place counted from either end, in a list of this length or right behind it.
pub(super) fn place(i: i64, length: usize) -> Option<usize> {
    let from_start = if i < 0 { i.checked_add_unsigned(length as u64)? } else { i };
    usize::try_from(from_start).ok().filter(|at| *at <= length)
}

pub(super) fn contains(xs: &List, x: &Value) -> bool {
    position(xs, x).is_some()
}

pub(super) fn index_of(xs: &List, x: &Value) -> Result<Option<i64>, Fault> {
    position(xs, x).map(int).transpose()
}

pub(super) fn position(xs: &List, x: &Value) -> Option<usize> {
    match (xs, x) {
        (List::Ints(xs), Value::Int(x)) => xs.iter().position(|it| it == x),
        (List::Values(xs), x) => xs.iter().position(|it| it == x),
        (xs, x) => xs.iter().position(|it| it == *x),
    }
}

pub(super) fn min(xs: &List) -> Option<Value> {
    match xs {
        List::Ints(xs) => xs.iter().min().copied().map(Value::Int),
        List::Floats(xs) => {
            xs.iter().copied().min_by(|a, b| compare_floats(*a, *b)).map(Value::Float)
        }
        List::Bools(xs) => xs.iter().min().copied().map(Value::Bool),
        List::Values(xs) => xs.iter().min().cloned(),
    }
}

pub(super) fn max(xs: &List) -> Option<Value> {
    match xs {
        List::Ints(xs) => xs.iter().max().copied().map(Value::Int),
        List::Floats(xs) => {
            xs.iter().copied().max_by(|a, b| compare_floats(*a, *b)).map(Value::Float)
        }
        List::Bools(xs) => xs.iter().max().copied().map(Value::Bool),
        List::Values(xs) => xs.iter().max().cloned(),
    }
}

/// How many elements of a list a call takes, at most all.
pub(super) fn at_most(n: i64, length: usize) -> Result<usize, Fault> {
    limits::count(n, "the number of elements").map(|n| n.min(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_both_ends() {
        assert_eq!(place(-1, 3), Some(2));
        assert_eq!(place(3, 3), Some(3));
        assert_eq!(place(-4, 3), None);
        assert_eq!(place(i64::MIN, 3), None);
        assert_eq!(place(i64::MAX, 3), None);
        let xs = List::Ints(vec![1, 2]);
        assert_eq!(get(&xs, -1), Some(Value::Int(2)));
        assert_eq!(get(&xs, 2), None);
        assert_eq!((first(&List::Values(vec![])), last(&List::Values(vec![]))), (None, None));
    }

    #[test]
    fn the_only_element_is_the_only_one() {
        assert_eq!(one(&List::Ints(vec![7])), Ok(Value::Int(7)));
        assert!(one(&List::Ints(vec![])).unwrap_err().is(Code::NotFound));
        assert!(one(&List::Ints(vec![1, 2])).unwrap_err().is(Code::Limit));
    }

    #[test]
    fn elements_are_compared_by_value() {
        let xs = List::Values(vec![Value::text("a"), Value::Int(2)]);
        assert!(contains(&xs, &Value::Float(2.0)));
        assert_eq!(index_of(&List::Floats(vec![0.5, 2.0]), &Value::Int(2)), Ok(Some(1)));
        assert_eq!(min(&xs), Some(Value::Int(2)));
        assert_eq!(max(&List::Floats(vec![1.0, -0.5])), Some(Value::Float(1.0)));
        assert_eq!(min(&List::Bools(vec![])), None);
    }
}
