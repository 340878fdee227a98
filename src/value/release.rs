//! Freeing values without recursion.
//!
//! A program may nest lists a million deep. What the compiler writes for dropping such a value would call itself
//! as often and overrun the thread's stack, so containers free their elements through here: the first levels
//! directly, deeper ones from a queue.

use std::cell::{Cell, RefCell};
use std::mem;
use std::rc::Rc;

use super::Value;

const DIRECT_LEVELS_MAX: u32 = 64;

thread_local! {
    static LEVEL: Cell<u32> = const { Cell::new(0) };
    static QUEUE: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// Frees what only these elements hold; called by containers that are being dropped.
pub(super) fn elements<'a>(elements: impl IntoIterator<Item = &'a mut Value>) {
    for element in elements {
        if frees_a_container(element) {
            container(mem::replace(element, Value::Null));
        }
    }
}

fn frees_a_container(value: &Value) -> bool {
    match value {
        Value::List(it) => Rc::strong_count(it) == 1,
        Value::Map(it) => Rc::strong_count(it) == 1,
        Value::Record(it) => Rc::strong_count(it) == 1,
        Value::Closure(it) => Rc::strong_count(it) == 1,
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::Time(_)
        | Value::Date(_)
        | Value::Duration(_)
        | Value::Short(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Secret(_) => false,
    }
}

fn container(value: Value) {
    let level = LEVEL.get();
    if level < DIRECT_LEVELS_MAX {
        LEVEL.set(level + 1);
        drop(value);
        LEVEL.set(level);
    } else {
        // Only while the thread ends is the queue gone; then nothing is nested any more.
        let mut value = Some(value);
        let _ = QUEUE.try_with(|queue| queue.borrow_mut().extend(value.take()));
    }
    if level == 0 {
        LEVEL.set(1);
        while let Some(next) = QUEUE.try_with(|queue| queue.borrow_mut().pop()).ok().flatten() {
            drop(next);
        }
        LEVEL.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_levels_are_freed_on_a_small_stack() {
        let thread = std::thread::Builder::new().stack_size(256 * 1024);
        let handle = thread.spawn(|| {
            let mut value = Value::text("a text that does not fit");
            for _ in 0..1_000_000 {
                value = Value::list([value]);
            }
            drop(value);
        });
        handle.unwrap().join().unwrap();
    }

    #[test]
    fn a_shared_element_survives() {
        let inner = Value::list([Value::text("kept by the other list")]);
        let outer = Value::list([inner.clone()]);
        drop(outer);
        assert!(matches!(&inner, Value::List(it) if Rc::strong_count(it) == 1 && it.len() == 1));
    }
}
