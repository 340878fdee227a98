//! What a run remembers of its calls, so that it can go on after a crash, a long sleep or a failed attempt.
//!
//! A run is replayed: its program starts over, and calls that were answered before are answered from here. An [`Entry`] is
//! on disk before the next call that writes something leaves; entries that nothing depends on yet wait for company.
//!
//! INVARIANTS
//! - Places count up, whatever is forgotten in between; the entries of one fiber stand in the order of its calls.
//! - What was recalled once is not recalled again: a call has one answer.
//! - A call that must not be made twice has an entry on disk before it leaves ([`Noted::Intends`]).

mod written;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::attempt::Listener;
use crate::schedule::Instant;
use crate::store::{Entry, Noted, Settlement};
use crate::value::{Fault, Value};
use crate::vm::Mark;

pub(super) use written::{Began, Broken};

/// Takes what a run remembers to where it survives.
pub trait Recorder: Listener {
    /// Takes an entry. It goes to disk together with the lines that were written before it.
    fn note(&self, entry: Entry);

    /// Waits until everything that was said and noted is on disk. False where the run is no longer this attempt's: then nothing may
    /// be done any more.
    fn keep(&self) -> BoxFuture<'_, bool>;

    /// Hands on everything that was said and noted, and does not wait.
    fn push(&self) -> BoxFuture<'_, ()>;

    /// The run has come to its end: what was noted and is not on disk is of no use any more.
    fn let_go(&self);

    /// How many lines the run has written so far, in all of its attempts.
    fn lines_said(&self) -> u64;

    /// The replay does not come by the first so many lines. All others that were written before are not written again.
    fn skip_lines(&self, count: u64);
}

/// What an attempt goes on from.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Names the run among all runs everywhere: what leaves for other machines goes by it.
    pub name: String,
    /// What the attempts before remembered.
    pub entries: Vec<Entry>,
    /// The state of the machine when it went to sleep.
    pub snapshot: Option<Vec<u8>>,
}

/// The calls of a run: those that were answered before, and those that are made now.
pub(super) struct Journal {
    name: String,
    attempt: u32,
    recorder: Arc<dyn Recorder>,
    recalled: RefCell<HashMap<String, Recalled>>,
    /// The place of the next entry.
    next: Cell<u64>,
    /// The attempt that made the call that was answered last.
    answered_in: Cell<u32>,
    began: Option<Began>,
    failed: Option<Broken>,
}

/// What is known of a call that was made before.
#[derive(Debug)]
struct Recalled {
    /// Its first place.
    n: u64,
    attempt: u32,
    mark: Vec<u8>,
    noted: Noted,
    settled: Option<Settlement>,
}

/// What is to become of a call.
#[derive(Debug)]
pub(super) enum Recall {
    /// It was never made, or is to be made again.
    New,
    /// It was answered.
    Gave(Result<Value, Fault>),
    /// It sleeps until then.
    Sleeps(Instant),
    /// It may have been made, and nobody knows what came of it.
    Intended,
    /// A person says that it was made.
    Accepted,
    /// A person says that it was not made and will not be.
    Refused,
    /// The replay does something else than the run did.
    Differs,
}

/// The name of what the run began with; no call is called so.
const BEGAN: &str = "began";
/// The name of the fault with which the body failed for good.
const FAILED: &str = "failed";

impl Journal {
    pub(super) fn new(
        past: Past,
        attempt: u32,
        recorder: Arc<dyn Recorder>,
    ) -> Result<Self, Fault> {
        let mut this = Self {
            name: past.name,
            attempt,
            recorder,
            recalled: RefCell::default(),
            next: Cell::new(1),
            answered_in: Cell::new(attempt),
            began: None,
            failed: None,
        };
        for entry in past.entries {
            this.learn(entry)?;
        }
        Ok(this)
    }

    fn learn(&mut self, entry: Entry) -> Result<(), Fault> {
        let Entry { n, call, attempt, mark, noted } = entry;
        self.next.set(n + 1);
        let recalled = self.recalled.get_mut();
        match noted {
            Noted::Began(data) => {
                self.answered_in.set(attempt);
                self.began = Some(Began::read(&data)?);
            }
            Noted::Failed(data) => self.failed = Some(Broken::read(&data)?),
            Noted::Settled(settlement) => {
                if let Some(call) = recalled.get_mut(&call) {
                    call.settled = Some(settlement);
                }
            }
            Noted::Intends | Noted::Gave(_) | Noted::Sleeps(_) => {
                let first = recalled.get(&call).map_or(n, |it| it.n);
                let known = Recalled { n: first, attempt, mark, noted, settled: None };
                recalled.insert(call, known);
            }
        }
        Ok(())
    }

    /// What the run was given when it began, if that is known.
    pub(super) fn began(&self) -> Option<&Began> {
        self.began.as_ref()
    }

    /// How the body failed, if all that is left is what follows from it.
    pub(super) fn failed(&self) -> Option<&Broken> {
        self.failed.as_ref()
    }

    /// What a call goes by on other machines.
    pub(super) fn key(&self, call: &str) -> String {
        format!("{}.{call}", self.name)
    }

    /// What the run goes by on other machines.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What is known of a call, and the place from which on it is forgotten where it is to be made again.
    pub(super) fn recall(&self, call: &str, mark: Mark) -> (Recall, u64) {
        self.recall_if(call, |known| known == mark.to_bytes())
    }

    /// The same for another version of the program, in which calls stand elsewhere.
    pub(super) fn recall_wherever(&self, call: &str, mark: Mark) -> (Recall, u64) {
        self.recall_if(call, |known| known.starts_with(&mark.what))
    }

    fn recall_if(&self, call: &str, is_same: impl Fn(&[u8]) -> bool) -> (Recall, u64) {
        let Some(known) = self.recalled.borrow_mut().remove(call) else {
            self.answered_in.set(self.attempt);
            return (Recall::New, self.next.get());
        };
        self.answered_in.set(known.attempt);
        let recall = match (&known.noted, known.settled) {
            _ if !is_same(&known.mark) => Recall::Differs,
            (_, Some(Settlement::Retry)) => Recall::New,
            (_, Some(Settlement::Accept)) => Recall::Accepted,
            (_, Some(Settlement::Fail)) => Recall::Refused,
            (Noted::Gave(data), None) => match written::answer(data) {
                Some(answer) => Recall::Gave(answer),
                None => Recall::Differs,
            },
            (Noted::Sleeps(until), None) => Recall::Sleeps(*until),
            (_, None) => Recall::Intended,
        };
        if matches!(recall, Recall::New) {
            self.answered_in.set(self.attempt);
        }
        (recall, known.n)
    }

    /// A call of those that was answered before and that the replay has not made, if there is one.
    pub(super) fn left_over(&self, of: impl Fn(&str) -> bool) -> Option<String> {
        self.recalled.borrow().keys().filter(|call| of(call)).min().cloned()
    }

    /// The place that the next entry gets.
    pub(super) fn next_place(&self) -> u64 {
        self.next.get()
    }

    /// The machine was brought back as it was at a place of the journal, when only these calls had not been answered.
    pub(super) fn go_to(&self, place: u64, waiting: &[String]) {
        let mut recalled = self.recalled.borrow_mut();
        let before = recalled.values().filter(|it| it.n < place);
        let last = before.max_by_key(|it| it.n).map(|it| it.attempt);
        self.answered_in.set(last.unwrap_or(self.answered_in.get()));
        recalled.retain(|call, it| it.n >= place || waiting.contains(call));
    }

    /// The attempt that made the call that was answered last.
    pub(super) fn answered_in(&self) -> u32 {
        self.answered_in.get()
    }

    /// What takes everything to where it survives.
    pub(super) fn recorder(&self) -> &dyn Recorder {
        &*self.recorder
    }

    pub(super) fn note_beginning(&self, began: &Began) -> Result<(), Fault> {
        self.note_plain(BEGAN, Noted::Began(began.write()?));
        Ok(())
    }

    pub(super) fn note_failure(&self, broken: &Broken) {
        self.note_plain(FAILED, Noted::Failed(broken.write()));
    }

    fn note_plain(&self, call: &str, noted: Noted) {
        self.recorder.note(self.entry(call, Vec::new(), noted));
    }

    /// A call is about to leave.
    pub(super) fn note_intent(&self, call: &str, mark: Mark) {
        self.recorder.note(self.entry(call, mark.to_bytes(), Noted::Intends));
    }

    /// A call waits for a time.
    pub(super) fn note_sleep(&self, call: &str, mark: Mark, until: Instant) {
        self.recorder.note(self.entry(call, mark.to_bytes(), Noted::Sleeps(until)));
    }

    /// A call was answered.
    pub(super) fn note_answer(&self, call: &str, mark: Mark, answer: &Result<Value, Fault>) {
        self.recorder.note(self.entry(call, mark.to_bytes(), written::gave(answer)));
    }

    fn entry(&self, call: &str, mark: Vec<u8>, noted: Noted) -> Entry {
        let n = self.next.replace(self.next.get() + 1);
        Entry { n, call: call.to_owned(), attempt: self.attempt, mark, noted }
    }
}

#[cfg(test)]
mod tests;
