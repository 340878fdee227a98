//! The world as one machine sees it: calls are recalled, or noted and made, as their classes say.
//!
//! | class | before | after |
//! |---|---|---|
//! | plain | | |
//! | observe | | its answer is noted |
//! | transactional | everything is kept; a mark commits with the data | its answer is noted |
//! | idempotent | everything is kept | its answer is noted |
//! | once | its intent, and everything, is kept | its answer is noted and pushed |
//!
//! What a transaction does is noted when it ends. The database's mark answers for one that was committed and not noted.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::future::pending;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use super::attempt::{Attempt, Listener};
use super::cuts::Cuts;
use super::drive::{Answer, Perform};
use super::journal::{Journal, Recall};
use super::trace::{Begun, Tracer};
use crate::bytecode::program::{EffectClass, EffectKind, EffectSite, Position, Program};
use crate::schedule::{Duration, Instant};
use crate::stdlib::db::Sources;
use crate::stdlib::effect::{self, Context, Targets};
use crate::store::Forget;
use crate::value::{Code, Fault, Types, Value};
use crate::vm::{CallKey, Effect, Mark, Trace};

/// Calls of `on failure` have names of their own.
pub(super) const ON_FAILURE: &str = "on failure/";

/// Shorter sleeps keep their worker.
const PARKS_FROM: Duration = Duration::SECOND;

/// The world as one machine sees it.
pub(super) struct World<'a> {
    context: Context,
    sources: Sources,
    program: Arc<Program>,
    listener: Arc<dyn Listener>,
    cuts: Cuts,
    /// Nothing where no steps are kept.
    tracer: Option<Tracer>,
    /// Nothing for a run that is not to be resumed.
    journal: Option<&'a Journal>,
    /// What stands before the names of its calls.
    prefix: &'static str,
    /// Whether it has begun to write what must not be written twice.
    wrote: Cell<bool>,
    /// Why the machine cannot go on.
    halt: RefCell<Option<Halt>>,
    /// The calls that wait for a time.
    asleep: RefCell<BTreeMap<String, Instant>>,
    /// The calls that must not be made twice and have no answer yet, with what they do.
    under_way: RefCell<BTreeMap<String, String>>,
    /// The last failed call of each fiber that has made none since.
    failures: RefCell<HashMap<Vec<(u32, u32)>, FailedCall>>,
    /// The transactions that are open.
    transactions: RefCell<Vec<Transaction>>,
}

/// Why a machine cannot go on before a person says how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// Nobody knows whether a call was made: its name, and what it does.
    InDoubt(String, String),
    /// The replay does something else than the run did.
    Differs(String),
    /// The run is not this attempt's any more.
    Lost,
}

/// A call that failed, and nothing caught it so far.
#[derive(Clone, Debug)]
pub(super) struct FailedCall {
    /// Its name.
    pub(super) call: String,
    /// What it does.
    pub(super) word: String,
    at: Position,
    code: String,
    message: String,
    /// Whether it may have been made all the same.
    pub(super) doubt: bool,
    /// Whether a person says that it will not be made.
    pub(super) refused: bool,
    /// What is forgotten to make it again.
    pub(super) forget: Forget,
}

/// A transaction that is open.
struct Transaction {
    /// The fiber that began it.
    path: Vec<(u32, u32)>,
    /// From here on everything is forgotten where it is done again.
    n: u64,
    /// How many are open, one inside the other.
    depth: u32,
    done: Vec<Done>,
}

/// A call, the way to it, and what it gave.
type Done = (String, Mark, Result<Value, Fault>);

/// A call with all that there is to say of it.
struct Call<'w> {
    name: String,
    mark: Mark,
    at: Position,
    key: CallKey,
    /// Its first place in the journal.
    n: u64,
    site: &'w EffectSite,
    /// Whether it writes what must not be written twice.
    is_write: bool,
}

impl Call<'_> {
    /// What it does.
    fn word(&self) -> &str {
        self.site.kind.word()
    }
}

impl<'a> World<'a> {
    pub(super) fn new(
        attempt: &Attempt,
        journal: Option<&'a Journal>,
        prefix: &'static str,
    ) -> Result<Self, Fault> {
        let program = attempt.program.share();
        let types = Types::new(&program.descriptors);
        let types = Rc::new(types.map_err(|error| Fault::argument(error.to_string()))?);
        let host = attempt.host.clone();
        let run = journal.map(|it| format!("{}{prefix}", it.name()));
        Ok(Self {
            sources: Sources::new(
                host.clone(),
                program.clone(),
                types.clone(),
                run,
                attempt.known.clone(),
            ),
            context: Context {
                targets: Targets::of(program.clone()),
                output: attempt.listener.clone(),
                host,
                types,
            },
            tracer: Tracer::new(
                attempt.headers.trace,
                program.clone(),
                attempt.host.clock.clone(),
                attempt.number,
            ),
            listener: attempt.listener.clone(),
            cuts: attempt.cuts.clone(),
            program,
            journal,
            prefix,
            wrote: Cell::new(false),
            halt: RefCell::default(),
            asleep: RefCell::default(),
            under_way: RefCell::default(),
            failures: RefCell::default(),
            transactions: RefCell::default(),
        })
    }

    /// Whether it has begun to write what must not be written twice.
    pub(super) fn wrote(&self) -> bool {
        self.wrote.get()
    }

    /// A call that must not be made twice and whose answer nobody waits for any more: its name and what it does.
    pub(super) fn under_way(&self) -> Option<(String, String)> {
        let under_way = self.under_way.borrow();
        under_way.first_key_value().map(|(call, word)| (call.clone(), word.clone()))
    }

    /// The call whose failure ended the run, if one did.
    pub(super) fn cause(&self, trace: &Trace) -> Option<FailedCall> {
        let at = trace.frames.first()?.at;
        let fault = &trace.fault;
        let failures = self.failures.borrow();
        let mut found: Vec<_> = failures
            .iter()
            .filter(|(_, it)| it.at == at && it.code == fault.code && it.message == fault.message)
            .collect();
        found.sort_by_key(|(path, _)| *path);
        found.first().map(|(_, it)| (*it).clone())
    }

    /// What is forgotten so that the failed calls are made again: not those that may have been made.
    pub(super) fn to_make_again(&self) -> Vec<Forget> {
        let failures = self.failures.borrow();
        failures
            .values()
            .filter(|it| !it.doubt && !it.refused)
            .map(|it| it.forget.clone())
            .collect()
    }

    /// Why the machine cannot go on.
    pub(super) fn why_halted(&self) -> Option<Halt> {
        self.halt.borrow().clone()
    }

    /// Whether there is more to know than the machine's state: rows that are being read piece by piece, a transaction that is open,
    /// addresses that were read. A snapshot does not hold that, and a replay brings it back.
    pub(super) fn knows_more(&self) -> bool {
        self.sources.is_reading()
            || self.context.targets.learns()
            || !self.transactions.borrow().is_empty()
    }

    /// A call that was answered before and that the replay has not made, if there is one.
    pub(super) fn left_over(&self, journal: &Journal) -> Option<String> {
        journal.left_over(|call| call.starts_with(ON_FAILURE) == (self.prefix == ON_FAILURE))
    }

    /// What a call of the machine is named in the journal.
    pub(super) fn name_of(&self, key: &CallKey) -> String {
        format!("{}{key}", self.prefix)
    }

    fn site(&self, effect: &Effect) -> &EffectSite {
        &self.program.effects[effect.site.get()]
    }

    /// Makes a call as it is, under a name that it has everywhere.
    async fn make(&self, effect: Effect, key: Option<&str>) -> Result<Value, Fault> {
        let begun = self.begin_step(&effect);
        let answer = self.make_untraced(effect, key).await;
        self.end_step(begun, &answer);
        answer
    }

    fn begin_step(&self, effect: &Effect) -> Option<Begun> {
        self.tracer.as_ref().and_then(|it| it.begin(effect, self.site(effect)))
    }

    fn end_step(&self, begun: Option<Begun>, answer: &Result<Value, Fault>) {
        if let (Some(tracer), Some(begun)) = (&self.tracer, begun) {
            self.listener.trace(tracer.end(begun, answer), tracer.keep());
        }
    }

    async fn make_untraced(&self, effect: Effect, key: Option<&str>) -> Result<Value, Fault> {
        let site = self.site(&effect);
        match &site.kind {
            EffectKind::Native(name) => {
                let (args, descriptors) = (effect.args, site.descriptors.clone());
                effect::perform_as(&self.context, key, name, args, descriptors).await
            }
            kind if Sources::takes(kind) => {
                let answer = self.sources.perform(&effect).await;
                self.learn(site, &answer);
                answer
            }
            _ => Err(Fault::argument("statements of tests stand in tests only")),
        }
    }

    /// What was read from a source is the project's own.
    fn learn(&self, site: &EffectSite, answer: &Result<Value, Fault>) {
        if let Ok(value) = answer
            && Sources::takes(&site.kind)
            && site.class == EffectClass::Observe
        {
            self.context.targets.learn(value);
        }
    }

    async fn recalled(
        &self,
        journal: &Journal,
        effect: Effect,
        mark: Mark,
    ) -> Result<Value, Fault> {
        let (name, site) = (self.name_of(&effect.key), self.site(&effect));
        let (recall, n) = journal.recall(&name, mark);
        let (at, key, is_write) = (effect.at, effect.key.clone(), self.is_write(&effect));
        let call = Call { name, mark, at, key, n, site, is_write };
        if !matches!(site.kind, EffectKind::Rollback(_)) {
            self.failures.borrow_mut().remove(&call.key.path);
        }
        match recall {
            Recall::New => self.noted(journal, &call, effect).await,
            Recall::Gave(answer) => {
                if let Ok(value) = &answer {
                    self.sources.replayed(&effect, value);
                }
                self.learn(site, &answer);
                self.note_write(is_write);
                self.enter(&call);
                self.hear(&call, &answer, false);
                self.leave(&call, answer.is_err());
                answer
            }
            Recall::Sleeps(until) => self.sleep(&call.name, until).await,
            // A transaction that has begun and not ended was undone, or its mark says what it gave.
            Recall::Intended if matches!(site.kind, EffectKind::Begin(_)) => {
                self.noted(journal, &call, effect).await
            }
            Recall::Intended => {
                let word = call.word().to_owned();
                self.halt(Halt::InDoubt(call.name, word)).await
            }
            Recall::Accepted => {
                self.note_write(true);
                let answer = Ok(effect::accepted(call.word()));
                journal.note_answer(&call.name, mark, &answer);
                answer
            }
            Recall::Refused => {
                let answer = Err(Fault::new(Code::InDoubt, refusal(call.word())));
                self.hear(&call, &answer, true);
                answer
            }
            Recall::Differs => {
                let Position { line, column, .. } = call.at;
                let why = format!("call {} (`{}`) at {line}:{column}", call.name, call.word());
                self.halt(Halt::Differs(why)).await
            }
        }
    }

    /// Remembers whether anything was written that must not be written twice.
    pub(super) fn note_write(&self, is_write: bool) {
        self.wrote.set(self.wrote.get() || is_write);
    }

    /// Whether a call writes what must not be written twice.
    fn is_write(&self, effect: &Effect) -> bool {
        let site = self.site(effect);
        match &site.kind {
            EffectKind::Native(name) if effect::is_repeatable(name, &effect.args) => false,
            _ => matches!(site.class, EffectClass::Once | EffectClass::Transactional),
        }
    }

    /// Makes a call that was not made before, and notes what replays need to know of it.
    async fn noted(
        &self,
        journal: &Journal,
        call: &Call<'_>,
        effect: Effect,
    ) -> Result<Value, Fault> {
        let Call { name, mark, site, is_write, .. } = call;
        if Self::sleeps(&site.kind) {
            let until = self.until(&effect);
            // It is a step as soon as it begins: its end may be in another life.
            self.end_step(self.begin_step(&effect), &Ok(Value::Null));
            journal.note_sleep(name, *mark, until);
            return self.sleep(name, until).await;
        }
        self.note_write(*is_write);
        if Sources::takes(&site.kind) {
            return self.on_source(journal, call, effect).await;
        }
        let changes = site.class != EffectClass::Observe;
        if *is_write {
            self.cuts.at("before-intent");
            self.under_way.borrow_mut().insert(name.clone(), call.word().to_owned());
            journal.note_intent(name, *mark);
        }
        if changes {
            self.keep(journal).await;
            self.cuts.at("before-send");
        }
        let answer = self.make(effect, Some(&journal.key(name))).await;
        self.under_way.borrow_mut().remove(name);
        if changes {
            self.cuts.at("after-send");
        }
        journal.note_answer(name, *mark, &answer);
        if *is_write {
            journal.recorder().push().await;
            self.cuts.at("after-result");
        }
        self.hear(call, &answer, false);
        answer
    }

    /// A call on a source. What is part of a transaction is noted when that ends.
    async fn on_source(
        &self,
        journal: &Journal,
        call: &Call<'_>,
        effect: Effect,
    ) -> Result<Value, Fault> {
        let kind = &call.site.kind;
        let was_inside = self.enter(call);
        if matches!(kind, EffectKind::Begin(_)) && !was_inside {
            journal.note_intent(&call.name, call.mark);
        }
        let writes = match kind {
            EffectKind::Commit(_) => true,
            EffectKind::Begin(_) | EffectKind::Rollback(_) => false,
            _ => call.is_write && !was_inside,
        };
        if writes {
            self.keep(journal).await;
            self.cuts.at("before-commit");
        }
        let answer = self.make(effect, None).await;
        if writes {
            self.cuts.at("after-commit");
        }
        self.hear(call, &answer, false);
        let done = (call.name.clone(), call.mark, answer.clone());
        match self.transaction_of(&call.key) {
            Some(at) => self.transactions.borrow_mut()[at].done.push(done),
            None => journal.note_answer(&done.0, done.1, &done.2),
        }
        for (name, mark, answer) in self.leave(call, answer.is_err()) {
            journal.note_answer(&name, mark, &answer);
        }
        answer
    }

    /// A call on a source is made, or recalled: keeps count of the transactions around it. Says whether it is inside one.
    fn enter(&self, call: &Call<'_>) -> bool {
        let at = self.transaction_of(&call.key);
        if let EffectKind::Begin(_) = call.site.kind {
            let mut transactions = self.transactions.borrow_mut();
            match at {
                Some(at) => transactions[at].depth += 1,
                None => transactions.push(Transaction {
                    path: call.key.path.clone(),
                    n: call.n,
                    depth: 1,
                    done: Vec::new(),
                }),
            }
        }
        at.is_some()
    }

    /// The call was answered. Where that ends a transaction, gives what is to be noted of it.
    fn leave(&self, call: &Call<'_>, failed: bool) -> Vec<Done> {
        let Some(at) = self.transaction_of(&call.key) else { return Vec::new() };
        let mut transactions = self.transactions.borrow_mut();
        let ends = match call.site.kind {
            EffectKind::Commit(_) | EffectKind::Rollback(_) => true,
            EffectKind::Begin(_) => failed,
            _ => false,
        };
        transactions[at].depth -= u32::from(ends);
        if transactions[at].depth > 0 { Vec::new() } else { transactions.remove(at).done }
    }

    /// The place of the open transaction that a call is part of.
    fn transaction_of(&self, key: &CallKey) -> Option<usize> {
        self.transactions.borrow().iter().rposition(|it| key.path.starts_with(&it.path))
    }

    /// The call was answered: remembers a failure, with what is forgotten where it is made again. What undoes a transaction passes the failure
    /// inside it on, as its own.
    fn hear(&self, call: &Call<'_>, answer: &Result<Value, Fault>, refused: bool) {
        let path = &call.key.path;
        if let EffectKind::Rollback(_) = call.site.kind {
            if let Some(failed) = self.failures.borrow_mut().get_mut(path) {
                failed.at = call.at;
            }
            return;
        }
        let Err(fault) = answer else { return };
        // Inside a transaction all of it is done again.
        let n = self.transaction_of(&call.key).map(|at| self.transactions.borrow()[at].n);
        let prefix = format!("{}{}", self.prefix, call.key.body());
        let failed = FailedCall {
            call: call.name.clone(),
            word: call.word().to_owned(),
            at: call.at,
            code: fault.code.to_string(),
            message: fault.message.clone(),
            doubt: fault.doubt,
            refused,
            forget: Forget::From { n: n.unwrap_or(call.n), prefix },
        };
        self.failures.borrow_mut().insert(path.clone(), failed);
    }

    /// Everything that the run knows is on disk when this returns. It does not where the run is another attempt's.
    async fn keep(&self, journal: &Journal) {
        if !journal.recorder().keep().await {
            self.halt::<()>(Halt::Lost).await;
        }
    }

    /// Stops the machine; the call is never answered.
    async fn halt<T>(&self, why: Halt) -> T {
        self.halt.borrow_mut().get_or_insert(why);
        pending().await
    }

    /// When a sleep that begins now is over.
    fn until(&self, effect: &Effect) -> Instant {
        let time = match effect.args.first() {
            Some(Value::Duration(micros)) => Duration((*micros).max(0)),
            _ => Duration::ZERO,
        };
        Instant(self.context.host.clock.now_us()).plus(time)
    }

    /// Waits for a time of the clock on the wall.
    async fn sleep(&self, call: &str, until: Instant) -> Result<Value, Fault> {
        self.asleep.borrow_mut().insert(call.to_owned(), until);
        loop {
            let left = until.since(Instant(self.context.host.clock.now_us()));
            let Some(left) = u64::try_from(left.0).ok().filter(|it| *it > 0) else { break };
            self.context.host.clock.sleep(std::time::Duration::from_micros(left)).await;
        }
        self.asleep.borrow_mut().remove(call);
        Ok(Value::Null)
    }

    fn sleeps(kind: &EffectKind) -> bool {
        matches!(kind, EffectKind::Native(name) if name == "prelude.sleep")
    }
}

fn refusal(word: &str) -> String {
    format!("nobody knew whether `{word}` was done; it was settled as failed")
}

impl Perform for World<'_> {
    fn perform(&self, effect: Effect, mark: Mark) -> Answer<'_> {
        let class = self.site(&effect).class;
        match self.journal {
            Some(journal) if class != EffectClass::Plain => {
                Box::pin(self.recalled(journal, effect, mark))
            }
            _ => {
                self.note_write(self.is_write(&effect));
                Box::pin(self.make(effect, None))
            }
        }
    }

    fn is_sleep(&self, effect: &Effect) -> bool {
        Self::sleeps(&self.site(effect).kind)
    }

    fn needs_breath(&self) -> bool {
        self.listener.is_full()
    }

    fn catch_breath(&self) -> LocalBoxFuture<'_, ()> {
        self.listener.hand_on()
    }

    fn is_halted(&self) -> bool {
        self.halt.borrow().is_some()
    }

    fn answered_in(&self) -> Option<u32> {
        self.journal.map(Journal::answered_in)
    }

    fn may_leave(&self) -> bool {
        self.journal.is_some() && self.under_way.borrow().is_empty()
    }

    fn wakes_at(&self) -> Option<Instant> {
        self.journal?;
        let until = self.asleep.borrow().values().min().copied()?;
        let left = until.since(Instant(self.context.host.clock.now_us()));
        (left >= PARKS_FROM).then_some(until)
    }
}
