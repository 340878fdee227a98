//! How much memory a run holds.
//!
//! Counting every value that is freed would cost more than it is worth. Instead, what is *made* is added up, and when that alone
//! could have reached the limit, what is still held is measured by walking over it. A measurement buys room for
//! at least an eighth of the limit, so a run holds at most that much more than it may. The same program is stopped at the
//! same place everywhere.

use std::collections::HashSet;
use std::rc::Rc;

use crate::value::{List, Value};

/// The memory of a run.
#[derive(Debug)]
pub(super) struct Memory {
    limit: usize,
    /// What may be made before the next measurement; below zero one is due.
    room: isize,
}

impl Memory {
    /// A run that may hold `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, room: isize::try_from(limit).unwrap_or(isize::MAX) }
    }

    /// Adds what was made.
    #[inline]
    pub(super) fn made(&mut self, bytes: usize) {
        self.room = self.room.saturating_sub_unsigned(bytes);
    }

    /// Whether a measurement is due.
    #[inline]
    pub(super) fn is_due(&self) -> bool {
        self.room < 0
    }

    /// How much one call may make without being asked.
    pub(super) fn room(&self) -> usize {
        self.limit
    }

    /// Takes a measurement; says whether the run may go on.
    pub(super) fn measured(&mut self, held: usize) -> bool {
        let room = self.limit.saturating_sub(held).max(self.limit / 8);
        self.room = isize::try_from(room).unwrap_or(isize::MAX);
        held <= self.limit
    }
}

/// Adds up what values hold; what is shared counts once.
#[derive(Debug, Default)]
pub(super) struct Measure {
    seen: HashSet<*const ()>,
    total: usize,
}

impl Measure {
    /// Adds a value and everything in it.
    pub(super) fn add(&mut self, value: &Value) {
        let mut open = Vec::new();
        self.open(value, &mut open);
        while let Some((container, at)) = open.last_mut() {
            let container: &Value = container;
            let child = container.child(*at);
            *at += 1;
            match child {
                Some(std::borrow::Cow::Borrowed(child)) => self.open(child, &mut open),
                // A packed list was counted as a whole.
                Some(std::borrow::Cow::Owned(_)) | None => {
                    open.pop();
                }
            }
        }
    }

    /// Adds bytes that are no values.
    pub(super) fn add_bytes(&mut self, bytes: usize) {
        self.total = self.total.saturating_add(bytes);
    }

    /// What was found.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    fn open<'a>(&mut self, value: &'a Value, open: &mut Vec<(&'a Value, usize)>) {
        if shared_address(value).is_some_and(|it| !self.seen.insert(it)) {
            return;
        }
        self.add_bytes(value.shallow_size());
        if value.is_container() {
            open.push((value, 0));
        }
    }
}

/// Where a value stands that others point to as well.
pub(super) fn shared_address(value: &Value) -> Option<*const ()> {
    fn of<T>(it: &Rc<T>) -> Option<*const ()> {
        (Rc::strong_count(it) > 1).then(|| Rc::as_ptr(it).cast())
    }
    match value {
        Value::Text(it) => of(it),
        Value::Bytes(it) => of(it),
        Value::List(it) => of(it),
        Value::Map(it) => of(it),
        Value::Record(it) => of(it),
        Value::Closure(it) => of(it),
        Value::Secret(it) => of(it),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::Time(_)
        | Value::Date(_)
        | Value::Duration(_)
        | Value::Short(_) => None,
    }
}

/// About how much was made where a call gave this value: what others hold as well was there before. Of a long list, only
/// some elements are looked at.
pub(super) fn estimate(value: &Value) -> usize {
    estimate_to(value, 3)
}

fn estimate_to(value: &Value, levels: u32) -> usize {
    if shared_address(value).is_some() {
        return 0;
    }
    let shallow = value.shallow_size();
    let Some(levels) = levels.checked_sub(1) else { return shallow };
    let inner = |children: usize| {
        let step = children.div_ceil(SAMPLES_MAX).max(1);
        let sampled = (0..children).step_by(step).filter_map(|at| value.child(at));
        sampled.map(|it| estimate_to(&it, levels)).sum::<usize>() * step
    };
    shallow
        + match value {
            Value::List(list) if matches!(**list, List::Values(_)) => inner(list.len()),
            Value::Map(map) => inner(2 * map.len()),
            Value::Record(record) => inner(record.slots.len()),
            Value::Closure(closure) => inner(closure.captures.len()),
            _ => 0,
        }
}

const SAMPLES_MAX: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_counts_once() {
        // Each level holds the one below twice: 2^60 texts, if they were counted wherever they are seen.
        let text = Value::text("a text that does not fit into a value");
        let deep = (0..60).fold(text, |inner, _| Value::list([inner.clone(), inner]));
        let mut measure = Measure::default();
        measure.add(&deep);
        assert!((60 * 64..60 * 200).contains(&measure.total()), "{}", measure.total());
    }

    #[test]
    fn an_estimate_is_near_the_truth() {
        let words = (0..10_000).map(|n| Value::text(&format!("word number {n} of many")));
        let list = Value::list(words);
        let (estimated, held) = (estimate(&list), list.deep_size(usize::MAX));
        assert!(estimated > held / 2 && estimated < held * 2, "{estimated} for {held}");
        let again = list.clone();
        assert_eq!(estimate(&again), 0);
    }

    #[test]
    fn a_measurement_gives_room_again() {
        let mut memory = Memory::new(8000);
        memory.made(8001);
        assert!(memory.is_due());
        assert!(memory.measured(7900));
        memory.made(1000);
        assert!(!memory.is_due());
        memory.made(1);
        assert!(memory.is_due());
        assert!(!memory.measured(8001));
    }
}
