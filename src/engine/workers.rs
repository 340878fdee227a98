//! Workers: what attempts need, and threads that carry them out.

use std::collections::HashMap;
use std::hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};

use tokio::runtime;
use tokio::sync::watch;

use super::attempt::{self, Attempt, Ended, Failure, Order};
use super::cuts::Cuts;
use super::event::{RunEnd, RunEvent};
use super::journal::{Past, Recorder};
use super::lines::Lines;
use super::pool::{Pool, Turn};
use super::runner::{Runner, StartRun};
use super::server::Handle;
use crate::bytecode::program::{self, Program};
use crate::bytecode::run_field::RunField;
use crate::bytecode::{self, Verified};
use crate::host::Host;
use crate::stdlib::db::Known;
use crate::store::{self, EndState, Hash, Kept, Line, Outcome, RunError, RunId, Store};
use crate::value::{Code, Fault, Types, Value, convert, json, to_json, wire};
use crate::vm::Trace;

/// Gives each attempt to a thread, and keeps programs that were read.
pub struct Workers {
    server: Handle,
    runtime: runtime::Handle,
    pool: Pool,
    host: Host,
    known: Arc<Known>,
    programs: HashMap<Hash, Arc<Loading>>,
    /// With so many of them, those that nobody runs are forgotten.
    programs_max: usize,
    /// What tells the store from all others, once it is known.
    store_name: Option<String>,
    cuts: Cuts,
    /// How to reach the attempts that are running, and some that have ended.
    orders: HashMap<RunId, watch::Sender<Order>>,
    /// With so many of them, those that have ended are looked for.
    orders_max: usize,
}

impl Workers {
    /// No attempts yet. Call it in a runtime, on which their effects will be carried out.
    #[must_use]
    pub fn new(server: Handle, host: Host, runtime: runtime::Handle, cuts: Cuts) -> Self {
        Self {
            server,
            pool: Pool::new(runtime.clone()),
            runtime,
            host,
            known: Arc::default(),
            programs: HashMap::new(),
            programs_max: 1024,
            store_name: None,
            cuts,
            orders: HashMap::new(),
            orders_max: 64,
        }
    }

    /// The ear of a new attempt for what it is told to do.
    fn order(&mut self, run: RunId) -> watch::Receiver<Order> {
        drop_unneeded(&mut self.orders, &mut self.orders_max, |it| !it.is_closed());
        let (sender, order) = watch::channel(Order::GoOn);
        self.orders.insert(run, sender);
        order
    }

    /// The program, or why there is none. Whoever needs it first decodes it.
    fn load(&mut self, hash: &Hash, store: &mut dyn Store) -> Result<Arc<Loading>, String> {
        if let Some(program) = self.programs.get(hash) {
            return Ok(program.clone());
        }
        let bytes = store.program(hash).map_err(|error| lost(error.to_string()))?;
        let bytes = bytes.ok_or_else(|| lost("it is not in the store".to_owned()))?;
        let program: Arc<Loading> =
            Arc::new(LazyLock::new(Box::new(move || bytecode::read(&bytes).map_err(lost))));
        drop_unneeded(&mut self.programs, &mut self.programs_max, |it| Arc::strong_count(it) > 1);
        self.programs.insert(*hash, program.clone());
        Ok(program)
    }

    /// What a run goes on from, and the lines that it has written. Nothing for one that starts over each time.
    fn past(&mut self, start: &StartRun, store: &mut dyn Store) -> store::Result<Remembered> {
        if !start.headers.durable {
            return Ok(Remembered { past: None, lines: Vec::new() });
        }
        let store_name = match &self.store_name {
            Some(name) => name.clone(),
            None => self.store_name.insert(store.name()?).clone(),
        };
        let run = start.run;
        let (mut past, mut lines) = (Past::default(), Vec::new());
        if start.goes_on {
            past.entries = store.journal(run)?;
            past.snapshot = store.snapshot(run)?;
            lines = store.said(run)?;
        }
        let first = past.entries.first().map_or(start.attempt, |it| it.attempt);
        past.name = format!("{store_name}.{run}.{first}");
        Ok(Remembered { past: Some(past), lines })
    }

    /// Gathers what an attempt needs, so that it can be reached from now on. Says why where something of it cannot be read.
    pub(super) fn prepare(
        &mut self,
        start: StartRun,
        store: &mut dyn Store,
    ) -> Result<Job, String> {
        let run = start.run;
        let order = self.order(run);
        let program = self.load(&start.program, store)?;
        let kept = store.kept(&start.task).map_err(|error| error.to_string())?;
        let remembered = self.past(&start, store).map_err(|error| error.to_string())?;
        let clock = self.host.clock.clone();
        Ok(Job {
            program,
            kept,
            past: remembered.past,
            cuts: self.cuts.clone(),
            start,
            host: self.host.clone(),
            known: self.known.clone(),
            lines: Arc::new(Lines::new(run, self.server.clone(), clock, remembered.lines)),
            order,
        })
    }
}

/// Drops what nobody needs of a map that has grown to its size. Looks at all of it again only when what is needed has doubled.
fn drop_unneeded<K: Eq + hash::Hash, V>(
    map: &mut HashMap<K, V>,
    size: &mut usize,
    is_needed: impl Fn(&V) -> bool,
) {
    if map.len() >= *size {
        map.retain(|_, it| is_needed(it));
        *size = (*size).max(2 * map.len());
    }
}

/// A program that is decoded where it is first needed, away from the loop.
type Loading = LazyLock<
    Result<Arc<Verified>, String>,
    Box<dyn FnOnce() -> Result<Arc<Verified>, String> + Send>,
>;

fn lost(why: String) -> String {
    format!("the program of the run cannot be read: {why}")
}

/// What a store has of a run.
struct Remembered {
    past: Option<Past>,
    lines: Vec<Line>,
}

impl Runner for Workers {
    fn start(&mut self, start: StartRun, store: &mut dyn Store) {
        let run = start.run;
        let goes_on = goes_on(&start);
        let job = self.prepare(start, store);
        let (server, runtime) = (self.server.clone(), self.runtime.clone());
        self.pool.submit(move |turn| {
            let turn = match turn {
                Ok(turn) => turn,
                Err(error) => {
                    let why = format!("the machine has no thread for the run: {error}");
                    let end = failed(Failure::of(Fault::new(Code::Limit, why)), None);
                    // Not the loop itself is to wait for the loop.
                    runtime.spawn(async move { server.say(run, end).await });
                    return;
                }
            };
            let end = match job {
                Ok(job) => job.work(turn, &runtime),
                Err(why) => cannot_begin(goes_on, why),
            };
            // Without a server nobody needs to know.
            let _ = server.tell(run, end);
        });
    }

    fn cancel(&mut self, run: RunId) {
        if let Some(order) = self.orders.get(&run) {
            order.send_replace(Order::Cancel);
        }
    }

    fn park(&mut self, run: RunId) {
        if let Some(order) = self.orders.get(&run) {
            order.send_if_modified(|it| {
                let is_free = *it == Order::GoOn;
                if is_free {
                    *it = Order::Park;
                }
                is_free
            });
        }
    }
}

/// An attempt on its way to its thread.
pub(super) struct Job {
    program: Arc<Loading>,
    kept: Vec<Kept>,
    past: Option<Past>,
    cuts: Cuts,
    start: StartRun,
    host: Host,
    known: Arc<Known>,
    lines: Arc<Lines>,
    order: watch::Receiver<Order>,
}

impl Job {
    /// A fault of ours ends the attempt, not the server.
    fn work(self, turn: &Turn, runtime: &runtime::Handle) -> RunEvent {
        let cuts = self.cuts.clone();
        let attempt = turn.lend_while_waiting(self.attempt());
        let work = AssertUnwindSafe(|| runtime.block_on(attempt));
        let end = catch_unwind(work).unwrap_or_else(|_| {
            let message = "taskc itself failed while it carried out the run; please report this";
            let failure = Failure::of(Fault::new(Code::Fail, message));
            failed(Failure { retryable: false, ..failure }, None)
        });
        if matches!(end, RunEvent::Sleeps { .. }) {
            cuts.at("after-park");
        }
        end
    }

    /// Carries it out, to its end or to where it leaves its worker.
    pub(super) async fn attempt(self) -> RunEvent {
        let verified = match &**self.program {
            Ok(program) => program.clone(),
            Err(why) => return cannot_begin(goes_on(&self.start), why.clone()),
        };
        let program = verified.share();
        let kept = match read_kept(&program, &self.kept) {
            Ok(kept) => kept,
            Err(fault) => return failed(Failure::of(fault), Some(&program)),
        };
        let recorder = self.lines.clone();
        let attempt = Attempt {
            run: run_fields(&self.start),
            number: self.start.attempt,
            used: self.start.used,
            journal: self.past.map(|past| (past, recorder as Arc<dyn Recorder>)),
            cuts: self.cuts,
            program: verified,
            headers: self.start.headers,
            kept,
            is_last: self.start.last_attempt,
            host: self.host,
            known: self.known,
            listener: self.lines,
            order: self.order,
        };
        match attempt::run(attempt).await {
            Ended::Done(left) => match write_kept(&program, &left) {
                Ok(kept) => ended(EndState::Succeeded, None, kept),
                Err(fault) => {
                    failed(Failure { retryable: false, ..Failure::of(fault) }, Some(&program))
                }
            },
            Ended::Failed(failure) => failed(failure, Some(&program)),
            Ended::Cancelled => ended(EndState::Cancelled, None, Vec::new()),
            Ended::Sleeps { until, used, snapshot } => {
                RunEvent::Sleeps { until, used, snapshot: snapshot.map(Into::into) }
            }
            Ended::Stalled(stall) => RunEvent::Stalled(stall),
        }
    }
}

/// Whether what an attempt goes on from is remembered.
fn goes_on(start: &StartRun) -> bool {
    start.goes_on && start.headers.durable
}

/// An attempt whose program, or whose past, cannot be read. What it did is remembered: another version may read it.
fn cannot_begin(goes_on: bool, why: String) -> RunEvent {
    if goes_on {
        RunEvent::Stalled(attempt::held(&why))
    } else {
        failed(Failure::of(Fault::new(Code::NotFound, why)), None)
    }
}

fn ended(end: EndState, error: Option<RunError>, kept: Vec<Kept>) -> RunEvent {
    let outcome = Outcome { end, error };
    RunEvent::Ended(RunEnd { outcome, kept, retryable: false, forget: Vec::new() })
}

fn failed(failure: Failure, program: Option<&Program>) -> RunEvent {
    let Failure { trace, retryable, forget } = failure;
    let at = program.and_then(|program| attempt::place(program, &trace));
    let outcome = Outcome { end: EndState::Failed, error: Some(stored(&trace, at)) };
    RunEvent::Ended(RunEnd { outcome, kept: Vec::new(), retryable, forget })
}

/// An error as it is stored.
fn stored(trace: &Trace, at: Option<String>) -> RunError {
    const DATA_BYTES_MAX: usize = 64 << 10;
    let fault = &trace.fault;
    let written =
        |data| json::write(&to_json(data).ok()?, json::Layout::Compact, DATA_BYTES_MAX).ok();
    let data = fault.data.as_ref().and_then(written);
    RunError { code: fault.code.to_string(), message: fault.message.clone(), data, at }
}

/// What `run.due` and its like give, by [`RunField::ALL`].
fn run_fields(start: &StartRun) -> Vec<Value> {
    let trigger = if start.attempt > 1 { "retry" } else { start.trigger.as_str() };
    let field = |field: &RunField| match field {
        RunField::Id => Value::from_string(start.run.to_string()),
        RunField::Due => Value::Time(start.due.0),
        RunField::Previous => start.previous.map_or(Value::Null, |at| Value::Time(at.0)),
        RunField::Late => Value::Bool(start.late),
        RunField::Missed => Value::Int(start.missed.into()),
        RunField::Attempt => Value::Int(start.attempt.into()),
        RunField::Trigger => Value::text(trigger),
        RunField::Task => Value::text(start.task.as_str()),
    };
    RunField::ALL.iter().map(field).collect()
}

/// What the kept variables hold, in the program's order. A value that does not fit its type any more is not quietly dropped.
fn read_kept(program: &Program, kept: &[Kept]) -> Result<Vec<Option<Value>>, Fault> {
    let types =
        Types::new(&program.descriptors).map_err(|error| Fault::argument(error.to_string()))?;
    let read = |declared: &program::Kept| {
        let Some(kept) = kept.iter().find(|it| it.name == declared.name) else {
            return Ok(None);
        };
        let value = wire::decode(&kept.value)
            .map_err(|error| Fault::new(Code::Decode, error.to_string()))?;
        convert(&value, &types, declared.ty).map(Some).map_err(|fault| {
            let message = format!(
                "what an earlier version left in `keep {}` does not fit its type any more: {}; give it another name to begin anew",
                declared.name, fault.message
            );
            Fault::new(Code::Decode, message)
        })
    };
    program.kept.iter().map(read).collect()
}

fn write_kept(program: &Program, left: &Value) -> Result<Vec<Kept>, Fault> {
    let Value::List(values) = left else {
        return Ok(Vec::new());
    };
    let write = |(declared, value): (&program::Kept, Value)| {
        Ok(Kept { name: declared.name.clone(), value: wire::encode(&value)? })
    };
    program.kept.iter().zip(values.iter()).map(write).collect()
}
