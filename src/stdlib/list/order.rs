//! Sorting, and the ends of what would be sorted.

use std::cmp::Ordering;
use std::mem;
use std::rc::Rc;

use super::super::native::misuse;
use crate::value::{Fault, List, Value, compare_floats};

pub(super) fn sort(mut xs: Rc<List>, desc: bool) -> Value {
    match Rc::make_mut(&mut xs) {
        // Equal numbers and truth values cannot be told apart.
        List::Ints(items) => {
            items.sort_unstable();
            turn(items, desc);
        }
        List::Bools(items) => {
            items.sort_unstable();
            turn(items, desc);
        }
        List::Floats(items) => items.sort_by(|a, b| directed(compare_floats(*a, *b), desc)),
        List::Values(items) if items.iter().all(|it| it.as_str().is_some()) => {
            items.sort_by(|a, b| directed(a.as_str().cmp(&b.as_str()), desc));
        }
        List::Values(items) => items.sort_by(|a, b| directed(a.cmp(b), desc)),
    }
    Value::List(xs)
}

fn turn<T>(items: &mut [T], desc: bool) {
    if desc {
        items.reverse();
    }
}

fn directed(order: Ordering, desc: bool) -> Ordering {
    if desc { order.reverse() } else { order }
}

pub(super) fn sort_by(xs: Rc<List>, keys: &List, desc: bool) -> Result<Value, Fault> {
    if xs.len() != keys.len() {
        return Err(misuse());
    }
    Ok(Value::List(Rc::new(picked(xs, &sorted_places(keys, desc)))))
}

/// The places of the keys in the order of the keys. Places decide between equal keys, so that sorting need not be stable.
fn sorted_places(keys: &List, desc: bool) -> Vec<usize> {
    fn places<K>(keys: impl Iterator<Item = K>, order: impl Fn(&K, &K) -> Ordering) -> Vec<usize> {
        let mut places: Vec<(K, usize)> = keys.zip(0..).collect();
        places.sort_unstable_by(|a, b| order(&a.0, &b.0).then(a.1.cmp(&b.1)));
        places.into_iter().map(|(_, at)| at).collect()
    }
    match keys {
        List::Ints(keys) => places(keys.iter().copied(), |a, b| directed(a.cmp(b), desc)),
        List::Bools(keys) => places(keys.iter().copied(), |a, b| directed(a.cmp(b), desc)),
        List::Floats(keys) => {
            places(keys.iter().copied(), |a, b| directed(compare_floats(*a, *b), desc))
        }
        List::Values(keys) => match keys.iter().map(Value::as_str).collect::<Option<Vec<_>>>() {
            Some(texts) => places(texts.into_iter(), |a, b| directed(a.cmp(b), desc)),
            None => places(keys.iter(), |a, b| directed(a.cmp(b), desc)),
        },
    }
}

/// The elements at these places, each of which appears once.
fn picked(mut xs: Rc<List>, places: &[usize]) -> List {
    match (Rc::get_mut(&mut xs), places) {
        (Some(List::Values(items)), places) => List::Values(
            places.iter().map(|at| mem::replace(&mut items[*at], Value::Null)).collect(),
        ),
        _ => match &*xs {
            List::Ints(items) => List::Ints(places.iter().map(|at| items[*at]).collect()),
            List::Floats(items) => List::Floats(places.iter().map(|at| items[*at]).collect()),
            List::Bools(items) => List::Bools(places.iter().map(|at| items[*at]).collect()),
            List::Values(items) => {
                List::Values(places.iter().map(|at| items[*at].clone()).collect())
            }
        },
    }
}

pub(super) fn min_by(xs: &List, keys: &List) -> Option<Value> {
    xs.get(first_extreme(keys, Ordering::Less)?)
}

pub(super) fn max_by(xs: &List, keys: &List) -> Option<Value> {
    xs.get(first_extreme(keys, Ordering::Greater)?)
}

/// The first place whose key stands so to all before it.
fn first_extreme(keys: &List, wanted: Ordering) -> Option<usize> {
    fn extreme<K>(keys: impl Iterator<Item = K>, beats: impl Fn(&K, &K) -> bool) -> Option<usize> {
        let best =
            keys.zip(0..).reduce(|best, next| if beats(&next.0, &best.0) { next } else { best });
        best.map(|(_, at)| at)
    }
    match keys {
        List::Ints(keys) => extreme(keys.iter(), |a, b| a.cmp(b) == wanted),
        List::Bools(keys) => extreme(keys.iter(), |a, b| a.cmp(b) == wanted),
        List::Floats(keys) => extreme(keys.iter(), |a, b| compare_floats(**a, **b) == wanted),
        List::Values(keys) => extreme(keys.iter(), |a, b| a.cmp(b) == wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(items: &[&str]) -> List {
        List::Values(items.iter().map(|it| Value::text(it)).collect())
    }

    #[test]
    fn every_form_is_sorted() {
        let sorted = |list, desc| sort(Rc::new(list), desc).to_string();
        assert_eq!(sorted(List::Ints(vec![3, -1, 2]), false), "[-1, 2, 3]");
        assert_eq!(sorted(List::Ints(vec![3, -1, 2]), true), "[3, 2, -1]");
        assert_eq!(sorted(List::Floats(vec![f64::NAN, 0.5, -1.0]), false), "[-1, 0.5, NaN]");
        assert_eq!(sorted(List::Bools(vec![true, false]), false), "[false, true]");
        assert_eq!(sorted(texts(&["b", "Z", "é", "a"]), false), r#"["Z", "a", "b", "é"]"#);
        let mixed = List::Values(vec![Value::Int(2), Value::Null, Value::Int(1)]);
        assert_eq!(sorted(mixed, false), "[null, 1, 2]");
    }

    #[test]
    fn keys_decide_and_equal_ones_keep_their_order() {
        let by = |keys: List, desc| {
            sort_by(Rc::new(texts(&["a", "b", "c", "d"])), &keys, desc).unwrap().to_string()
        };
        assert_eq!(by(List::Ints(vec![2, 1, 2, 1]), false), r#"["b", "d", "a", "c"]"#);
        assert_eq!(by(List::Ints(vec![2, 1, 2, 1]), true), r#"["a", "c", "b", "d"]"#);
        assert_eq!(by(texts(&["x", "y", "x", "w"]), false), r#"["d", "a", "c", "b"]"#);
        let shared = Rc::new(texts(&["a", "b"]));
        let kept = Rc::clone(&shared);
        assert_eq!(
            sort_by(shared, &List::Ints(vec![1, 0]), false).unwrap().to_string(),
            r#"["b", "a"]"#
        );
        assert_eq!(Value::List(kept).to_string(), r#"["a", "b"]"#);
        assert!(sort_by(Rc::new(texts(&["a"])), &List::Ints(vec![]), false).is_err());
    }

    #[test]
    fn the_first_of_equal_extremes_counts() {
        let xs = texts(&["a", "b", "c"]);
        assert_eq!(min_by(&xs, &List::Ints(vec![2, 1, 1])), Some(Value::text("b")));
        assert_eq!(max_by(&xs, &List::Floats(vec![2.0, 2.0, 1.0])), Some(Value::text("a")));
        assert_eq!(min_by(&texts(&[]), &List::Ints(vec![])), None);
    }
}
