//! A short name for a value's content, the same on every machine: by it a replay sees that it does what was done before.
//!
//! Unlike a hash for maps it tells apart whatever a program could tell apart, also the digits of a decimal and the order of a
//! map. It is no defence against somebody who looks for two values with one fingerprint.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use super::Value;

/// The fingerprint of a value.
#[must_use]
pub fn fingerprint(value: &Value) -> u64 {
    let mut known = HashMap::new();
    let mut open = vec![Open { value, at: 0, state: start(value) }];
    loop {
        let top = open.last_mut().expect("the loop ends with the last open value");
        let state = match top.value.child(top.at) {
            None => {
                let done = mix(top.state, top.at as u64);
                if let Some(address) = shared(top.value) {
                    known.insert(address, done);
                }
                open.pop();
                match open.last_mut() {
                    Some(parent) => parent.state = mix(parent.state, done),
                    None => return done,
                }
                continue;
            }
            Some(Cow::Owned(packed)) => start(&packed),
            Some(Cow::Borrowed(child)) => {
                let before = shared(child).and_then(|it| known.get(&it).copied());
                if before.is_none() && child.is_container() {
                    top.at += 1;
                    open.push(Open { value: child, at: 0, state: start(child) });
                    continue;
                }
                before.unwrap_or_else(|| start(child))
            }
        };
        top.at += 1;
        top.state = mix(top.state, state);
    }
}

struct Open<'v> {
    value: &'v Value,
    at: usize,
    state: u64,
}

/// The address of a container that others hold as well: its fingerprint is worth keeping.
fn shared(value: &Value) -> Option<*const ()> {
    let (address, count): (*const (), _) = match value {
        Value::List(it) => (Rc::as_ptr(it).cast(), Rc::strong_count(it)),
        Value::Map(it) => (Rc::as_ptr(it).cast(), Rc::strong_count(it)),
        Value::Record(it) => (Rc::as_ptr(it).cast(), Rc::strong_count(it)),
        Value::Closure(it) => (Rc::as_ptr(it).cast(), Rc::strong_count(it)),
        _ => return None,
    };
    (count > 1).then_some(address)
}

/// What a value says without what stands in it.
#[expect(clippy::cast_sign_loss, reason = "only the bits count")]
fn start(value: &Value) -> u64 {
    let (tag, bits) = match value {
        Value::Null => (0, 0),
        Value::Bool(it) => (1, u64::from(*it)),
        Value::Int(it) => (2, *it as u64),
        Value::Float(it) => (3, it.to_bits()),
        Value::Decimal(it) => (4, bytes(&it.wide().serialize())),
        Value::Time(it) => (5, *it as u64),
        Value::Date(it) => (6, *it as u64),
        Value::Duration(it) => (7, *it as u64),
        Value::Short(it) => (8, bytes(it.as_str().as_bytes())),
        Value::Text(it) => (8, bytes(it.as_bytes())),
        Value::Bytes(it) => (9, bytes(it)),
        Value::List(_) => (10, 0),
        Value::Map(_) => (11, 0),
        Value::Record(it) => {
            (12, it.shape.slots.iter().fold(0, |all, name| mix(all, bytes(name.as_bytes()))))
        }
        Value::Closure(it) => (13, u64::from(it.function)),
        Value::Secret(it) => (14, bytes(it.name.as_bytes())),
    };
    mix(tag, bits)
}

fn bytes(bytes: &[u8]) -> u64 {
    let words = bytes.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    });
    words.fold(bytes.len() as u64, mix)
}

/// Both halves of a product of odd constants reach every bit.
fn mix(state: u64, word: u64) -> u64 {
    let product =
        u128::from(state ^ 0x9E37_79B9_7F4A_7C15) * u128::from(word ^ 0xD6E8_FEB8_6659_FD93 | 1);
    let folded = (product ^ product >> 64) & u128::from(u64::MAX);
    u64::try_from(folded).unwrap_or_default().rotate_left(23)
        ^ word.wrapping_mul(0xA076_1D64_78BD_642F)
}

#[cfg(test)]
mod tests {
    use super::super::{List, Shape, parse_decimal};
    use super::*;

    fn decimal(text: &str) -> Value {
        Value::Decimal(parse_decimal(text).unwrap().into())
    }

    #[test]
    fn values_that_differ_have_different_fingerprints() {
        let shape = Rc::new(Shape::new(["a"]));
        let other = Rc::new(Shape::new(["b"]));
        let values = [
            Value::Null,
            Value::Bool(false),
            Value::Bool(true),
            Value::Int(0),
            Value::Int(1),
            Value::Int(2),
            Value::Float(1.0),
            Value::Time(1),
            Value::Date(1),
            Value::Duration(1),
            decimal("1.0"),
            decimal("1.00"),
            Value::text(""),
            Value::text("a"),
            Value::text("a text of some length"),
            Value::text("a text of some lengtH"),
            Value::bytes(vec![0]),
            Value::bytes(vec![0, 0]),
            Value::list([]),
            Value::list([Value::Null]),
            Value::list([Value::list([])]),
            Value::list([Value::Int(1), Value::Int(2)]),
            Value::list([Value::Int(2), Value::Int(1)]),
            Value::list([Value::list([Value::Int(1)]), Value::Int(2)]),
            Value::record(&shape, [Value::Int(1)]),
            Value::record(&other, [Value::Int(1)]),
        ];
        for (i, a) in values.iter().enumerate() {
            for (j, b) in values.iter().enumerate() {
                assert_eq!(fingerprint(a) == fingerprint(b), i == j, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn form_and_sharing_do_not_matter_and_depth_costs_no_stack() {
        let packed = Value::list([Value::Int(1), Value::Int(2)]);
        let loose = Value::List(Rc::new(List::Values(vec![Value::Int(1), Value::Int(2)])));
        assert_eq!(fingerprint(&packed), fingerprint(&loose));
        let shared = Value::list([loose.clone(), loose.clone()]);
        let apart = Value::list([packed.clone(), Value::list([Value::Int(1), Value::Int(2)])]);
        assert_eq!(fingerprint(&shared), fingerprint(&apart));
        let doubled = (0..60).fold(Value::Null, |it, _| Value::list([it.clone(), it]));
        let deep = (0..300_000).fold(doubled, |it, _| Value::list([it]));
        assert_eq!(fingerprint(&deep), fingerprint(&deep.clone()));
    }

    #[test]
    fn fingerprints_never_change() {
        let value = Value::list([Value::Int(1), Value::text("x"), decimal("2.50")]);
        assert_eq!(fingerprint(&value), EXPECTED);
    }

    /// Journals hold fingerprints: another number here breaks runs that are under way.
    const EXPECTED: u64 = 17_350_759_800_971_638_511;
}
