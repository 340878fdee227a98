//! Building texts.

use std::fmt::{self, Write};
use std::rc::Rc;

use super::super::memory::Memory;
use super::super::native::out_of_memory;
use super::super::trouble::{Outcome, Trouble, damaged};
use crate::value::{ShortText, Value, write_value};

/// The text that is being built.
#[derive(Debug, Default)]
pub(in super::super) struct Scratch {
    text: String,
    /// How long it may become.
    longest: usize,
}

/// What is kept for the next text.
const CAPACITY_MAX: usize = 64 * 1024;

impl Scratch {
    /// Builds texts of at most so many bytes.
    pub(in super::super) fn new(longest: usize) -> Self {
        Self { text: String::new(), longest }
    }

    /// Begins with an empty text.
    pub(in super::super) fn start(&mut self) {
        self.text.clear();
    }

    /// Appends what a value prints as. What shares its parts may print as far more than it holds.
    pub(in super::super) fn value(&mut self, value: &Value) -> Outcome<()> {
        write_value(self, value).map_err(|_| too_long())
    }

    /// Appends something that is short.
    pub(in super::super) fn short(&mut self, write: impl FnOnce(&mut String) -> fmt::Result) {
        // Only running out of room makes writing fail, and the text alone does not.
        let _ = write(&mut self.text);
    }

    /// The text that was built.
    pub(in super::super) fn finish(&mut self, memory: &mut Memory) -> Value {
        let value = Value::text(&self.text);
        memory.made(value.shallow_size());
        if self.text.capacity() > CAPACITY_MAX {
            self.text = String::new();
        }
        value
    }
}

impl Write for Scratch {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.len() > self.longest.saturating_sub(self.text.len()) {
            return Err(fmt::Error);
        }
        self.text.push_str(text);
        Ok(())
    }
}

/// `a` and behind it `b`.
pub(in super::super) fn concat(a: &Value, b: &Value, memory: &mut Memory) -> Outcome<Value> {
    let (Some(a), Some(b)) = (a.as_str(), b.as_str()) else { return Err(damaged("two texts")) };
    let length = a.len() + b.len();
    if length > memory.room() {
        return Err(too_long());
    }
    let mut text = String::with_capacity(length);
    text.push_str(a);
    text.push_str(b);
    let value = Value::from_string(text);
    memory.made(value.shallow_size());
    Ok(value)
}

/// Puts `b` behind `a`, in place where nobody else sees `a`.
pub(in super::super) fn append(a: &mut Value, b: &Value, memory: &mut Memory) -> Outcome<()> {
    let Some(more) = b.as_str() else { return Err(damaged("a text")) };
    if let Value::Text(text) = a
        && let Some(own) = Rc::get_mut(text)
    {
        let grown = own.len() + more.len();
        if grown > memory.room() {
            return Err(too_long());
        }
        if grown > own.capacity() {
            memory.made(grown);
        }
        own.push_str(more);
        return Ok(());
    }
    if let (Some(text), true) = (a.as_str(), more.len() <= size_of::<ShortText>()) {
        let mut both = String::with_capacity(2 * (text.len() + more.len()));
        both.push_str(text);
        both.push_str(more);
        *a = Value::from_string(both);
        memory.made(a.shallow_size());
        return Ok(());
    }
    *a = concat(a, b, memory)?;
    Ok(())
}

#[cold]
fn too_long() -> Trouble {
    out_of_memory().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appending_gives_what_concatenating_gives() {
        let mut memory = Memory::new(1 << 20);
        for (a, b) in [
            ("", ""),
            ("ab", "cd"),
            ("a long beginning of a text", "x"),
            ("x", "a long ending of a text"),
        ] {
            let mut grown = Value::text(a);
            let kept = grown.clone();
            append(&mut grown, &Value::text(b), &mut memory).unwrap();
            append(&mut grown, &Value::text(b), &mut memory).unwrap();
            let once = concat(&kept, &Value::text(b), &mut memory).unwrap();
            assert_eq!(grown, concat(&once, &Value::text(b), &mut memory).unwrap());
            assert_eq!(kept.as_str(), Some(a));
            assert_eq!(matches!(grown, Value::Short(_)), a.len() + 2 * b.len() <= 14);
        }
    }

    #[test]
    fn a_value_that_prints_too_long_is_a_fault() {
        let deep = (0..50).fold(Value::Int(1), |inner, _| Value::list([inner.clone(), inner]));
        assert!(Scratch::new(10_000).value(&deep).is_err());
    }
}
