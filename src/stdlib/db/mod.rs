//! Effects on databases: statements, streams, calls on tables, transactions.
//!
//! [`Sources`] is what one run sees of the project's databases. It turns values into plain data and back, and keeps what a
//! run has open. What must happen exactly once is written down in the database itself, in the same transaction: see
//! [`marks`]. How a statement reads is `sql`'s business, how it is sent `host`'s.

mod bind;
mod cursors;
mod defaults;
mod extend;
mod faults;
mod marks;
mod rows;
mod statement;
mod tables;
mod transactions;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::bytecode::program::{EffectKind, EffectSite, Program};
use crate::host::Host;
use crate::host::database::Session;
use crate::value::{Fault, Types, Value};
use crate::vm::{CallKey, Effect};

pub use extend::{Known, read as read_schema};

use cursors::Cursors;
use statement::Prepared;
use transactions::Transactions;

/// The databases as one run sees them.
pub struct Sources {
    host: Host,
    program: Arc<Program>,
    types: Rc<Types>,
    /// The run, for [`marks`]; nothing for one that is not to be resumed.
    run: Option<String>,
    known: Arc<Known>,
    prepared: RefCell<HashMap<u32, Rc<Prepared>>>,
    transactions: Transactions,
    cursors: Cursors,
}

/// Whether a statement only reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

/// An effect that is asked for.
#[derive(Clone, Copy)]
struct Request<'a> {
    site: &'a EffectSite,
    key: &'a CallKey,
    args: &'a [Value],
}

impl Sources {
    /// What a run of `program` sees. `types` are the program's own. `run` names the run, and its attempt where attempts do not
    /// share a journal; without it, writes are not marked. `known` is shared by all runs of a process.
    #[must_use]
    pub fn new(
        host: Host,
        program: Arc<Program>,
        types: Rc<Types>,
        run: Option<String>,
        known: Arc<Known>,
    ) -> Self {
        Self {
            host,
            program,
            types,
            run,
            known,
            prepared: RefCell::default(),
            transactions: Transactions::default(),
            cursors: Cursors::default(),
        }
    }

    /// Whether an effect is performed here.
    #[must_use]
    pub fn takes(kind: &EffectKind) -> bool {
        match kind {
            EffectKind::Statement { .. }
            | EffectKind::Open { .. }
            | EffectKind::Next
            | EffectKind::Close
            | EffectKind::Table { .. }
            | EffectKind::Begin(_)
            | EffectKind::Commit(_)
            | EffectKind::Rollback(_) => true,
            EffectKind::Native(_) | EffectKind::Test(_) => false,
        }
    }

    /// Performs an effect that [`Sources::takes`]. Not waiting for the answer undoes what has not been committed.
    ///
    /// # Panics
    /// If the effect is not one of the program's, or not one that is performed here.
    pub async fn perform(&self, effect: &Effect) -> Result<Value, Fault> {
        let site = &self.program.effects[effect.site.get()];
        self.answer(Request { site, key: &effect.key, args: &effect.args }).await
    }

    /// Takes note of an effect that was answered from a journal, so that a stream that was open is read on from the same place.
    ///
    /// # Panics
    /// If the effect is not one of the program's.
    pub fn replayed(&self, effect: &Effect, result: &Value) {
        let site = &self.program.effects[effect.site.get()];
        self.take_note(Request { site, key: &effect.key, args: &effect.args }, result);
    }

    /// Whether rows are being read piece by piece.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        !self.cursors.is_empty()
    }

    async fn answer(&self, request: Request<'_>) -> Result<Value, Fault> {
        match &request.site.kind {
            EffectKind::Statement { statement, source } => {
                self.statement(request, *statement, source).await
            }
            EffectKind::Open { statement, source } => self.open(request, *statement, source).await,
            EffectKind::Next => self.next(request).await,
            EffectKind::Close => Ok(self.close(request)),
            EffectKind::Table { table, call, source } => {
                let table = &self.program.tables[*table as usize];
                self.table_call(request, table, call, source).await
            }
            EffectKind::Begin(source) => self.begin(request.key, source).await,
            EffectKind::Commit(source) => self.commit(request.key, source).await,
            EffectKind::Rollback(source) => self.rollback(request.key, source).await,
            EffectKind::Native(_) | EffectKind::Test(_) => {
                unreachable!("only what `takes` accepts is handed in")
            }
        }
    }

    fn take_note(&self, request: Request<'_>, result: &Value) {
        match &request.site.kind {
            EffectKind::Open { statement, source } => {
                self.reopen(request, *statement, source, result);
            }
            EffectKind::Next => self.cursors.skip(request, result),
            EffectKind::Close => drop(self.close(request)),
            EffectKind::Statement { .. }
            | EffectKind::Table { .. }
            | EffectKind::Begin(_)
            | EffectKind::Commit(_)
            | EffectKind::Rollback(_)
            | EffectKind::Native(_)
            | EffectKind::Test(_) => {}
        }
    }

    /// Does a job on the source: inside the call's transaction if it is in one, otherwise by itself, and a write exactly once.
    async fn on_source(
        &self,
        key: &CallKey,
        source: &str,
        access: Access,
        job: impl AsyncFnOnce(&mut dyn Session) -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        if let Some(transaction) = self.transactions.around(source, key) {
            return transaction.perform(key, job).await;
        }
        self.extend(source, access).await?;
        let mut session = self.session(source).await?;
        match (&self.run, access) {
            (Some(run), Access::Write) => {
                marks::exactly_once(&mut *session, run, key, self.host.clock.now_us(), job).await
            }
            (Some(_), Access::Read) | (None, _) => job(&mut *session).await,
        }
    }

    async fn session(&self, source: &str) -> Result<Box<dyn Session>, Fault> {
        self.host.databases.open(source).await.map_err(faults::of_database)
    }

    /// The types that the site's result is read into.
    fn result_type(&self, site: &EffectSite) -> rows::ResultType<'_> {
        rows::ResultType { types: &self.types, id: site.descriptors.first().copied() }
    }
}

#[cfg(test)]
mod tests;
