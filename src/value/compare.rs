//! Equality, order and hashing.
//!
//! Values are equal when a program could not tell them apart, except by how they print: whatever the form of a
//! list, the scale of a decimal, the kind of a number in JSON, or the order in which a map was filled. The order is
//! total. Nothing here recurses, however deep the values are.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::number::{Number, compare_floats};
use super::{List, Map, Record, Value};

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        let mut pending = Vec::new();
        let mut next = Some((self, other));
        while let Some((a, b)) = next {
            if !alike(a, b, &mut pending) {
                return false;
            }
            next = pending.pop();
        }
        true
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match simple_order(self, other) {
            Some(order) => order,
            None => container_order(self, other),
        }
    }
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self, state, HASHED_LEVELS);
    }
}

type Pending<'a> = Vec<(&'a Value, &'a Value)>;

/// Whether two values are equal, as far as `pending` pairs are.
fn alike<'a>(a: &'a Value, b: &'a Value, pending: &mut Pending<'a>) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b) || lists_alike(a, b, pending),
        (Value::Map(a), Value::Map(b)) => Rc::ptr_eq(a, b) || maps_alike(a, b, pending),
        (Value::Record(a), Value::Record(b)) => Rc::ptr_eq(a, b) || records_alike(a, b, pending),
        (Value::Closure(a), Value::Closure(b)) => {
            pending.extend(a.captures.iter().zip(&b.captures));
            a.function == b.function && a.captures.len() == b.captures.len()
        }
        _ => simple_order(a, b) == Some(Ordering::Equal),
    }
}

fn lists_alike<'a>(a: &'a List, b: &'a List, pending: &mut Pending<'a>) -> bool {
    match (a, b) {
        (List::Ints(a), List::Ints(b)) => a == b,
        (List::Bools(a), List::Bools(b)) => a == b,
        (List::Values(a), List::Values(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| simple_or_later(a, b, pending))
        }
        _ => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| scalars_alike(&a, &b)),
    }
}

/// One of the two stands in a packed list and is no container.
fn scalars_alike(a: &Value, b: &Value) -> bool {
    simple_order(a, b) == Some(Ordering::Equal)
}

fn maps_alike<'a>(a: &'a Map, b: &'a Map, pending: &mut Pending<'a>) -> bool {
    a.len() == b.len()
        && a.iter().all(|(key, value)| {
            b.get(key).is_some_and(|other| simple_or_later(value, other, pending))
        })
}

fn records_alike<'a>(a: &'a Record, b: &'a Record, pending: &mut Pending<'a>) -> bool {
    (Rc::ptr_eq(&a.shape, &b.shape) || a.shape.slots == b.shape.slots)
        && a.slots.iter().zip(&b.slots).all(|(a, b)| simple_or_later(a, b, pending))
}

fn simple_or_later<'a>(a: &'a Value, b: &'a Value, pending: &mut Pending<'a>) -> bool {
    simple_order(a, b).map_or_else(
        || {
            pending.push((a, b));
            true
        },
        Ordering::is_eq,
    )
}

/// The order of two values unless both are containers of one kind.
fn simple_order(a: &Value, b: &Value) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Int(a), Value::Int(b))
        | (Value::Time(a), Value::Time(b))
        | (Value::Duration(a), Value::Duration(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => compare_floats(*a, *b),
        (Value::Decimal(a), Value::Decimal(b)) => a.wide().cmp(&b.wide()),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Secret(a), Value::Secret(b)) => (&a.name, &a.text).cmp(&(&b.name, &b.text)),
        _ => match (number(a), number(b), a.as_str(), b.as_str()) {
            (Some(a), Some(b), _, _) => a.compare(b),
            (_, _, Some(a), Some(b)) => a.cmp(b),
            _ if rank(a) == rank(b) && a.is_container() => return None,
            _ => rank(a).cmp(&rank(b)),
        },
    })
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Int(it) => Some((*it).into()),
        Value::Float(it) => Some((*it).into()),
        Value::Decimal(it) => Some(it.wide().into()),
        _ => None,
    }
}

/// Where values of different kinds stand: `null` first, then as in JSON's order of simplicity.
fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) | Value::Float(_) | Value::Decimal(_) => 2,
        Value::Time(_) => 3,
        Value::Date(_) => 4,
        Value::Duration(_) => 5,
        Value::Short(_) | Value::Text(_) => 6,
        Value::Bytes(_) => 7,
        Value::List(_) => 8,
        Value::Map(_) => 9,
        Value::Record(_) => 10,
        Value::Closure(_) => 11,
        Value::Secret(_) => 12,
    }
}

/// Element by element; where one ends first, it is the smaller.
fn container_order(a: &Value, b: &Value) -> Ordering {
    let mut open = vec![(a, b, 0)];
    while let Some((a, b, at)) = open.last_mut() {
        let (left, right) = (a.child(*at), b.child(*at));
        *at += 1;
        let order = match (&left, &right) {
            (None, None) => {
                open.pop();
                continue;
            }
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => match (simple_order(left, right), left, right) {
                (Some(order), _, _) => order,
                (None, Cow::Borrowed(left), Cow::Borrowed(right)) => {
                    open.push((*left, *right, 0));
                    continue;
                }
                (None, _, _) => unreachable!("packed elements are no containers"),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// What lies deeper is left out: equal values still have equal hashes.
const HASHED_LEVELS: u32 = 4;

fn hash(value: &Value, state: &mut impl Hasher, levels: u32) {
    if let Some(text) = value.as_str() {
        return text.hash(state);
    }
    match value {
        Value::Float(_) | Value::Decimal(_) => hash_number(value, state),
        Value::Bool(it) => it.hash(state),
        Value::Int(it) | Value::Time(it) | Value::Duration(it) => it.hash(state),
        Value::Date(it) => it.hash(state),
        Value::Bytes(it) => it.hash(state),
        // The order of a map's entries must not matter.
        Value::Map(it) => it.len().hash(state),
        Value::List(_) | Value::Record(_) if levels > 0 => {
            for child in (0..).map_while(|at| value.child(at)) {
                hash(&child, state, levels - 1);
            }
        }
        _ => rank(value).hash(state),
    }
}

/// Whole numbers hash as `int`s, so that 1, 1.0 and 1.00 meet.
fn hash_number(value: &Value, state: &mut impl Hasher) {
    match number(value) {
        Some(Number::Exact(exact)) => {
            let exact = exact.normalize();
            match i64::try_from(exact) {
                Ok(whole) if exact.is_integer() => whole.hash(state),
                _ => (exact.mantissa(), exact.scale()).hash(state),
            }
        }
        Some(Number::Float(float)) if float.is_nan() => u64::MAX.hash(state),
        Some(Number::Float(float)) => float.to_bits().hash(state),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;
    use std::str::FromStr;

    use foldhash::fast::FixedState;

    use super::super::{Decimal, Key, Shape};
    use super::*;

    fn decimal(text: &str) -> Value {
        Value::Decimal(Decimal::from(rust_decimal::Decimal::from_str(text).unwrap()))
    }

    fn map(entries: &[(&str, Value)]) -> Value {
        let entries = entries.iter().map(|(key, value)| (Key::text(key), value.clone()));
        Value::Map(Rc::new(entries.collect()))
    }

    fn unpacked(items: Vec<Value>) -> Value {
        Value::List(Rc::new(List::Values(items)))
    }

    fn hash_of(value: &Value) -> u64 {
        FixedState::default().hash_one(value)
    }

    #[test]
    fn equal_values_are_equal_and_hash_alike() {
        let shape = Rc::new(Shape::new(["a", "b"]));
        let other = Rc::new(Shape::new(["b", "a"]));
        let slots = || [Value::Int(1), Value::text("x")];
        for (a, b) in [
            (decimal("1.0"), decimal("1.00")),
            (decimal("1.00"), Value::Int(1)),
            (decimal("0"), decimal("-0.00")),
            (Value::Float(0.5), decimal("0.5")),
            (Value::Float(-0.0), Value::Float(0.0)),
            (Value::Float(f64::NAN), Value::Float(f64::NAN)),
            (Value::list([Value::Int(1)]), unpacked(vec![Value::Int(1)])),
            (Value::list([Value::Float(1.0)]), Value::list([Value::Int(1)])),
            (Value::list([]), Value::List(Rc::new(List::Ints(vec![])))),
            (
                map(&[("a", Value::Int(1)), ("b", Value::Null)]),
                map(&[("b", Value::Null), ("a", Value::Int(1))]),
            ),
            (Value::record(&shape, slots()), Value::record(&other, slots())),
            (Value::text("a long text that is shared"), Value::text("a long text that is shared")),
        ] {
            assert_eq!(a, b);
            assert_eq!(hash_of(&a), hash_of(&b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn the_order_is_total_and_agrees_with_equality() {
        let ordered = [
            Value::Null,
            Value::Bool(false),
            Value::Bool(true),
            Value::Float(f64::NEG_INFINITY),
            Value::Int(-1),
            decimal("0.5"),
            Value::Int(i64::MAX),
            Value::Float(1e300),
            Value::Time(-1),
            Value::Time(0),
            Value::Date(0),
            Value::Duration(-5),
            Value::Duration(5),
            Value::text(""),
            Value::text("Z"),
            Value::text("a text of more than fourteen bytes"),
            Value::text("b"),
            Value::text("é"),
            Value::text("😀"),
            Value::bytes(vec![0]),
            Value::list([]),
            Value::list([Value::Int(1)]),
            Value::list([Value::Int(1), Value::Int(0)]),
            unpacked(vec![Value::Int(1), Value::text("a")]),
            Value::list([Value::list([])]),
            map(&[]),
            map(&[("a", Value::Int(1))]),
            map(&[("a", Value::Int(2))]),
        ];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                assert_eq!(a.cmp(b), i.cmp(&j), "{a:?} {b:?}");
                assert_eq!(a == b, i == j, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn deep_values_are_compared_without_recursion() {
        let deep = |end: i64| {
            (0..500_000).fold(Value::Int(end), |inner, _| Value::list([inner, Value::Null]))
        };
        assert!(deep(1) == deep(1));
        assert!(deep(1) < deep(2));
        assert_eq!(hash_of(&deep(1)), hash_of(&deep(1)));
    }
}
