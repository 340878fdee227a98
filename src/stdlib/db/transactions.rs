//! Transactions that a program has open.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use tokio::sync::Mutex;

use super::{Access, Sources, faults, marks};
use crate::host::database::Session;
use crate::value::{Code, Fault, Value, from_answer, to_answer};
use crate::vm::CallKey;

/// The transactions that a run has open.
#[derive(Default)]
pub(super) struct Transactions {
    open: RefCell<Vec<Rc<Transaction>>>,
}

/// A transaction on a source.
pub(super) struct Transaction {
    source: String,
    /// The call that began it; its calls are those of the same body, and of bodies that run in parallel inside.
    key: CallKey,
    /// What it shares with those inside it.
    work: Rc<Work>,
    /// Whether it is a part of another one.
    is_inner: bool,
}

/// A transaction's conversation with the database, together with all transactions inside it.
struct Work {
    session: Mutex<Box<dyn Session>>,
    /// What its calls gave, by their keys: for the mark; of one that was committed before a restart, from the mark.
    results: RefCell<HashMap<String, Result<Value, Fault>>>,
    is_done: bool,
}

impl Transactions {
    /// The transaction on the source that a call is part of.
    pub(super) fn around(&self, source: &str, key: &CallKey) -> Option<Rc<Transaction>> {
        let open = self.open.borrow();
        let inside = |it: &&Rc<Transaction>| it.source == source && it.holds(key);
        open.iter().rev().find(inside).cloned()
    }

    fn take(&self, source: &str, key: &CallKey) -> Option<Rc<Transaction>> {
        let found = self.around(source, key)?;
        self.open.borrow_mut().retain(|it| !Rc::ptr_eq(it, &found));
        Some(found)
    }
}

impl Transaction {
    fn holds(&self, key: &CallKey) -> bool {
        key.path.starts_with(&self.key.path)
    }

    /// Does a job in the transaction; one that was done before a restart is not done again.
    pub(super) async fn perform(
        &self,
        key: &CallKey,
        job: impl AsyncFnOnce(&mut dyn Session) -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        let (name, work) = (key.to_string(), &self.work);
        if work.is_done {
            let missing = || Err(Fault::new(Code::Sql, "the database does not know this call"));
            return work.results.borrow().get(&name).cloned().unwrap_or_else(missing);
        }
        let result = job(&mut **work.session.lock().await).await;
        work.results.borrow_mut().insert(name, result.clone());
        result
    }

    /// Begins another one inside. What is done there is part of this one's work, and of its mark.
    async fn inner(&self, key: &CallKey) -> Result<Self, Fault> {
        if key.path != self.key.path {
            let message =
                "bodies that run in parallel inside a `transaction` cannot begin their own";
            return Err(Fault::argument(message));
        }
        if !self.work.is_done {
            self.work.session.lock().await.begin().await.map_err(faults::of_database)?;
        }
        let (source, work) = (self.source.clone(), self.work.clone());
        Ok(Self { source, key: key.clone(), work, is_inner: true })
    }
}

impl Sources {
    /// Begins a transaction, inside another one if one is open.
    pub(super) async fn begin(&self, key: &CallKey, source: &str) -> Result<Value, Fault> {
        let begun = match self.transactions.around(source, key) {
            Some(outer) => outer.inner(key).await?,
            None => self.outermost(key, source).await?,
        };
        self.transactions.open.borrow_mut().push(Rc::new(begun));
        Ok(Value::Null)
    }

    async fn outermost(&self, key: &CallKey, source: &str) -> Result<Transaction, Fault> {
        self.extend(source, Access::Write).await?;
        let mut session = self.session(source).await?;
        let done = match &self.run {
            Some(run) => marks::find(&mut *session, run, key).await?,
            None => None,
        };
        let is_done = done.is_some();
        if !is_done {
            session.begin().await.map_err(faults::of_database)?;
        }
        let results = RefCell::new(done.map(|it| results_of(&it)).unwrap_or_default());
        let work = Rc::new(Work { session: Mutex::new(session), results, is_done });
        Ok(Transaction { source: source.to_owned(), key: key.clone(), work, is_inner: false })
    }

    /// Makes a transaction's writes last, as far as the one around it does.
    pub(super) async fn commit(&self, key: &CallKey, source: &str) -> Result<Value, Fault> {
        let Some(transaction) = self.transactions.take(source, key) else {
            return Err(none_open());
        };
        let work = &transaction.work;
        if work.is_done {
            return Ok(Value::Null);
        }
        let mut session = work.session.lock().await;
        if let Some(run) = self.run.as_ref().filter(|_| !transaction.is_inner) {
            let results = value_of(&work.results.borrow());
            let now_us = self.host.clock.now_us();
            marks::add(&mut **session, run, &transaction.key, now_us, &results).await?;
        }
        session.commit().await.map_err(faults::of_database)?;
        Ok(Value::Null)
    }

    /// Undoes a transaction's writes.
    pub(super) async fn rollback(&self, key: &CallKey, source: &str) -> Result<Value, Fault> {
        let Some(transaction) = self.transactions.take(source, key) else { return Ok(Value::Null) };
        if transaction.work.is_done {
            return Ok(Value::Null);
        }
        let mut session = transaction.work.session.lock().await;
        session.rollback().await.map_err(faults::of_database)?;
        Ok(Value::Null)
    }
}

fn none_open() -> Fault {
    Fault::new(Code::Sql, "no transaction is open on this source")
}

/// The results as one value: a list of calls, each with what it gave.
fn value_of(results: &HashMap<String, Result<Value, Fault>>) -> Value {
    let mut calls: Vec<_> = results.iter().collect();
    calls.sort_by_key(|(name, _)| *name);
    let call =
        |(name, result): (&String, &_)| Value::list([Value::text(name), from_answer(result)]);
    Value::list(calls.into_iter().map(call))
}

fn results_of(value: &Value) -> HashMap<String, Result<Value, Fault>> {
    let Value::List(calls) = value else { return HashMap::new() };
    calls.iter().filter_map(|it| result_of(&it)).collect()
}

fn result_of(call: &Value) -> Option<(String, Result<Value, Fault>)> {
    let Value::List(parts) = call else { return None };
    Some((parts.get(0)?.as_str()?.to_owned(), to_answer(&parts.get(1)?)?))
}
