//! What a program did to come to a call, in short: a replay that does something else is found out at its next call.
//!
//! The machine is deterministic, so a replay differs only where an answer, the program or the machine itself is another one. That shows in
//! where the fiber stands and in what it asks for; looking at all that a run holds at every call would make a run of
//! a thousand writes look at everything a thousand times. [`Machine::digest`](super::Machine::digest) looks at everything.

use sha2::{Digest as _, Sha256};

use super::effect::Effect;
use super::fiber::Fiber;
use crate::bytecode::program::EffectKind;
use crate::value::Value;

/// How much of the arguments is looked at: values, and bytes of each.
const VALUES_MAX: usize = 64;
const BYTES_MAX: usize = 64;

/// What was done to come to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What is asked for, and with which arguments.
    pub what: [u8; 8],
    /// Where the program stands: the calls that are open.
    pub place: [u8; 8],
}

impl Mark {
    pub(super) fn of(fiber: &Fiber, effect: &Effect, kind: &EffectKind) -> Self {
        let mut place = Vec::with_capacity(64);
        for frame in &fiber.frames {
            place.extend(frame.pc.to_le_bytes());
            place.extend(u32::try_from(frame.function.at()).unwrap_or(u32::MAX).to_le_bytes());
        }
        let mut what = kind.word().as_bytes().to_vec();
        let mut left = VALUES_MAX;
        effect.args.iter().for_each(|it| look(it, &mut left, &mut what));
        Self { what: short(&what), place: short(&place) }
    }

    /// The same in bytes: first what is asked for.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        [self.what, self.place].concat()
    }
}

fn short(bytes: &[u8]) -> [u8; 8] {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    *hash.first_chunk().expect("8 of 32 bytes")
}

/// Adds a value, and what stands in it as long as there is something left to look at. Of a secret only that it is one.
fn look(value: &Value, left: &mut usize, out: &mut Vec<u8>) {
    let Some(less) = left.checked_sub(1) else { return };
    *left = less;
    let mut plain = |kind: u8, bytes: &[u8]| {
        out.push(kind);
        out.extend((bytes.len() as u64).to_le_bytes());
        out.extend(bytes.iter().take(BYTES_MAX));
    };
    match value {
        Value::Null => plain(0, &[]),
        Value::Bool(it) => plain(1, &[u8::from(*it)]),
        Value::Int(it) => plain(2, &it.to_le_bytes()),
        Value::Float(it) => plain(3, &it.to_bits().to_le_bytes()),
        Value::Decimal(it) => plain(4, &it.wide().serialize()),
        Value::Time(it) => plain(5, &it.to_le_bytes()),
        Value::Date(it) => plain(6, &it.to_le_bytes()),
        Value::Duration(it) => plain(7, &it.to_le_bytes()),
        Value::Short(_) | Value::Text(_) => {
            plain(8, value.as_str().unwrap_or_default().as_bytes());
        }
        Value::Bytes(it) => plain(9, it),
        Value::List(it) => plain(10, &(it.len() as u64).to_le_bytes()),
        Value::Map(it) => plain(11, &(it.len() as u64).to_le_bytes()),
        Value::Record(_) => plain(12, &[]),
        Value::Closure(it) => plain(13, &it.function.to_le_bytes()),
        Value::Secret(_) => plain(14, &[]),
    }
    for at in 0.. {
        match value.child(at) {
            Some(child) if *left > 0 => look(&child, left, out),
            Some(_) | None => break,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &Value) -> [u8; 8] {
        let mut out = Vec::new();
        look(value, &mut { VALUES_MAX }, &mut out);
        short(&out)
    }

    #[test]
    fn what_is_asked_for_shows() {
        assert_ne!(of(&Value::Int(1)), of(&Value::Int(2)));
        assert_ne!(of(&Value::text("a")), of(&Value::text("b")));
        let list = |items: &[i64]| Value::list(items.iter().map(|it| Value::Int(*it)));
        assert_ne!(of(&list(&[1, 2])), of(&list(&[2, 1])));
        assert_ne!(of(&list(&[1])), of(&list(&[1, 1])));
    }

    #[test]
    fn however_much_there_is_little_is_looked_at() {
        let deep = (0..10_000).fold(Value::Null, |inner, _| Value::list([inner]));
        assert_eq!(of(&deep), of(&deep.clone()));
        let long = Value::list((0..1_000_000).map(Value::Int));
        let mut out = Vec::new();
        look(&long, &mut { VALUES_MAX }, &mut out);
        assert!(out.len() < 2048, "{}", out.len());
    }
}
