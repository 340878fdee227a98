//! A hash of a machine's state that does not depend on the machine that computes it, nor on how values happen to share their parts.

use std::borrow::Cow;
use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::memory::shared_address;
use crate::value::Value;

type Hash = [u8; 32];

/// A hash under construction.
#[derive(Clone, Debug, Default)]
pub(super) struct Digest {
    sha: Sha256,
    /// What shared values hash to, by where they stand: each is looked at once.
    known: HashMap<*const (), Hash>,
}

/// A container whose elements are being hashed.
struct Open<'a> {
    value: Cow<'a, Value>,
    next: usize,
    sha: Sha256,
}

impl Digest {
    /// Adds a number.
    pub(super) fn number(&mut self, number: u64) {
        self.sha.update(number.to_le_bytes());
    }

    /// Adds a value.
    pub(super) fn value(&mut self, value: &Value) {
        let hash = self.hash(value);
        self.sha.update(hash);
    }

    /// The hash of all that was added.
    pub(super) fn finish(self) -> Hash {
        self.sha.finalize().into()
    }

    /// Hashes elements before their containers, without recursion.
    fn hash(&mut self, value: &Value) -> Hash {
        let mut stack = vec![Open { value: Cow::Borrowed(value), next: 0, sha: own(value) }];
        let mut done = None;
        while let Some(top) = stack.last_mut() {
            if let Some(hash) = done.take() {
                let hash: Hash = hash;
                top.sha.update(hash);
            }
            let child = match &top.value {
                Cow::Borrowed(value) => value.child(top.next),
                // The element of a packed list, which holds nothing.
                Cow::Owned(_) => None,
            };
            top.next += 1;
            match child {
                Some(child) => match shared_address(&child).and_then(|it| self.known.get(&it)) {
                    Some(hash) => done = Some(*hash),
                    None => stack.push(Open { sha: own(&child), value: child, next: 0 }),
                },
                None => {
                    if let Some(open) = stack.pop() {
                        let hash: Hash = open.sha.finalize().into();
                        self.known.extend(shared_address(&open.value).map(|it| (it, hash)));
                        done = Some(hash);
                    }
                }
            }
        }
        done.unwrap_or_default()
    }
}

/// The hash of what a value is beside its elements.
fn own(value: &Value) -> Sha256 {
    let mut sha = Sha256::new();
    let (kind, bytes): (u8, Vec<u8>) = match value {
        Value::Null => (0, Vec::new()),
        Value::Bool(it) => (1, vec![u8::from(*it)]),
        Value::Int(it) => (2, it.to_le_bytes().into()),
        Value::Float(it) => (3, it.to_bits().to_le_bytes().into()),
        Value::Decimal(it) => (4, it.wide().serialize().into()),
        Value::Time(it) => (5, it.to_le_bytes().into()),
        Value::Date(it) => (6, it.to_le_bytes().into()),
        Value::Duration(it) => (7, it.to_le_bytes().into()),
        Value::Short(_) | Value::Text(_) => (8, value.as_str().unwrap_or_default().into()),
        Value::Bytes(it) => (9, it.to_vec()),
        Value::List(it) => (10, (it.len() as u64).to_le_bytes().into()),
        Value::Map(it) => (11, (it.len() as u64).to_le_bytes().into()),
        Value::Record(it) => {
            let names = it.fields().flat_map(|(name, _)| name.bytes().chain([0]));
            (12, names.collect())
        }
        Value::Closure(it) => (13, it.function.to_le_bytes().into()),
        Value::Secret(it) => (14, it.text.as_bytes().into()),
    };
    sha.update([kind]);
    sha.update((bytes.len() as u64).to_le_bytes());
    sha.update(bytes);
    sha
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &Value) -> Hash {
        let mut digest = Digest::default();
        digest.value(value);
        digest.finish()
    }

    #[test]
    fn sharing_does_not_show() {
        let text = || Value::text("a text that does not fit into a value");
        let shared = text();
        let twice = Value::list([shared.clone(), shared]);
        assert_eq!(of(&twice), of(&Value::list([text(), text()])));
        assert_ne!(of(&twice), of(&Value::list([text()])));
        let deep = (0..100).fold(text(), |inner, _| Value::list([inner.clone(), inner]));
        assert_ne!(of(&deep), of(&twice));
    }

    #[test]
    fn order_and_kind_show() {
        let list = |items: [i64; 2]| Value::list(items.map(Value::Int));
        assert_ne!(of(&list([1, 2])), of(&list([2, 1])));
        assert_ne!(of(&Value::Int(1)), of(&Value::Time(1)));
        assert_ne!(of(&Value::text("a")), of(&Value::text("b")));
    }
}
