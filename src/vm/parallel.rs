//! `parallel`: a fiber whose bodies are fibers of their own.
//!
//! Bodies begin in the order of their items, up to the limit at once; which one goes on first depends on the world, what
//! they give does not. When a body fails no further one begins, those that have begun go on to their end, and the error of the
//! first item that failed is the error of the whole: it is the same in every replay, however the world's answers arrive.

use std::rc::Rc;

use super::drive::Unwound;
use super::trouble::{Outcome, Trouble, damaged};
use crate::bytecode::operand::Register;
use crate::value::{Closure, Value};

/// What a fiber knows that waits for the bodies of a `parallel`.
#[derive(Debug)]
pub(super) struct Join {
    /// Where the results go.
    pub(super) to: Register,
    /// What is done for each item.
    pub(super) body: Rc<Closure>,
    /// Which `parallel` of its fiber it is.
    pub(super) number: u32,
    pub(super) items: Value,
    pub(super) next: u32,
    pub(super) count: u32,
    pub(super) running: u32,
    pub(super) limit: u32,
    pub(super) results: Vec<Value>,
    pub(super) failed: Option<(u32, Unwound)>,
}

impl Join {
    /// Nothing has begun yet. A limit of zero is none.
    pub(super) fn new(
        to: Register,
        number: u32,
        body: Rc<Closure>,
        items: Value,
        limit: i64,
    ) -> Outcome<Self> {
        let count = super::ops::list::length::<Trouble>(&items)?;
        let count = u32::try_from(count).map_err(|_| damaged("a list of fewer elements"))?;
        let limit = u32::try_from(limit).ok().filter(|it| *it > 0).unwrap_or(u32::MAX);
        let results = vec![Value::Null; count as usize];
        Ok(Self {
            to,
            body,
            number,
            items,
            next: 0,
            count,
            running: 0,
            limit,
            results,
            failed: None,
        })
    }

    /// The next body that may begin: its item's place and the item.
    pub(super) fn begin(&mut self) -> Option<(u32, Value)> {
        if self.next == self.count || self.running == self.limit || self.failed.is_some() {
            return None;
        }
        let at = self.next;
        let Value::List(items) = &self.items else { return None };
        let item = items.get(at as usize)?;
        self.next += 1;
        self.running += 1;
        Some((at, item))
    }

    /// A body came to its end.
    pub(super) fn end(&mut self, at: u32, result: Result<Value, Unwound>) {
        self.running -= 1;
        match result {
            Ok(value) => self.results[at as usize] = value,
            Err(error) => {
                if self.failed.as_ref().is_none_or(|(first, _)| at < *first) {
                    self.failed = Some((at, error));
                }
            }
        }
    }

    /// Whether all bodies came to their ends.
    pub(super) fn is_over(&self) -> bool {
        self.running == 0 && (self.next == self.count || self.failed.is_some())
    }

    /// What they gave.
    pub(super) fn into_result(self) -> Result<Value, Unwound> {
        match self.failed {
            Some((_, error)) => Err(error),
            None => Ok(Value::list(self.results)),
        }
    }

    /// The values that it holds.
    pub(super) fn values(&self) -> impl Iterator<Item = &Value> {
        self.results.iter().chain(std::iter::once(&self.items)).chain(&self.body.captures)
    }
}
