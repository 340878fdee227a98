//! One attempt of a run: a machine in the world, from the first statement to its end.
//!
//! An attempt lives on one thread. The server's workers make attempts, and so does `taskc run`. Nothing that a program does keeps it
//! from being stopped; see [`drive`](super::drive).

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, LocalBoxFuture};
use tokio::sync::watch;

use super::drive::{Answer, Brakes, Driven, Perform, drive};
use crate::bytecode::Verified;
use crate::bytecode::program::{EffectClass, EffectKind, EffectSite, Position, Program};
use crate::check::headers::TaskHeaders;
use crate::host::Host;
use crate::stdlib::db::{Known, Sources};
use crate::stdlib::effect::{self, Context, Level, Output};
use crate::stdlib::natives;
use crate::value::{Code, Fault, Types, Value};
use crate::vm::{Effect, Entry, Limits, Machine, Start, Trace};

/// What an attempt is made of.
pub struct Attempt {
    /// What it runs.
    pub program: Arc<Verified>,
    /// What holds for it.
    pub headers: Arc<TaskHeaders>,
    /// What the kept variables hold, in the program's order; nothing for one that no run has kept.
    pub kept: Vec<Option<Value>>,
    /// What the run knows of itself, by [`RunField::ALL`](crate::bytecode::run_field::RunField::ALL).
    pub run: Vec<Value>,
    /// Whether no other attempt follows a failure: then `on failure` runs.
    pub is_last: bool,
    /// The world.
    pub host: Host,
    /// What the process knows of the databases.
    pub known: Arc<Known>,
    /// Hears its lines.
    pub listener: Arc<dyn Listener>,
    /// True once somebody wants it to stop.
    pub cancelled: watch::Receiver<bool>,
}

/// Where an attempt's lines go.
pub trait Listener: Output {
    /// Whether so much was said that it has to be handed on before more is said.
    fn is_full(&self) -> bool;

    /// Hands on what was said so far. Called before the attempt waits, now and then while it computes, and at its end.
    fn hand_on(&self) -> BoxFuture<'_, ()>;
}

/// How an attempt ended.
#[derive(Debug)]
pub enum Ended {
    /// Well, with a list of what the kept variables hold; null if there are none.
    Done(Value),
    /// A fault that nothing caught, or the timeout.
    Failed(Failure),
    /// Somebody stopped it.
    Cancelled,
}

/// Why an attempt failed.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong, and where.
    pub trace: Box<Trace>,
    /// Whether another attempt, from the top, would repeat nothing that must not be repeated.
    pub retryable: bool,
}

impl Failure {
    /// Something that was wrong before the first statement, or after the last one.
    #[must_use]
    pub fn of(fault: Fault) -> Self {
        Self { trace: Box::new(Trace { fault, frames: Vec::new() }), retryable: true }
    }
}

/// Carries out an attempt.
pub async fn run(mut attempt: Attempt) -> Ended {
    let kept = std::mem::take(&mut attempt.kept);
    let ended = match attempt.drive(Entry::Body(kept)).await {
        Ok((driven, wrote)) => attempt.end(driven, wrote),
        Err(fault) => Ended::Failed(Failure::of(fault)),
    };
    if let Ended::Failed(failure) = &ended {
        attempt.after_failure(failure).await;
    }
    attempt.listener.hand_on().await;
    ended
}

impl Attempt {
    /// Drives a machine to its end. Says whether it wrote what must not be written twice.
    async fn drive(&self, entry: Entry) -> Result<(Driven, bool), Fault> {
        let headers = &self.headers;
        let limits = Limits {
            steps: headers.steps,
            memory: usize::try_from(headers.memory_bytes).unwrap_or(usize::MAX),
            ..Limits::default()
        };
        let start = Start { entry, run: self.run.clone() };
        let mut machine = Machine::new(self.program.clone(), natives(), limits, start)
            .map_err(|missing| Fault::argument(missing.to_string()))?;
        let world = World::new(self)?;
        let mut brakes = Brakes {
            clock: self.host.clock.clone(),
            timeout: Duration::from_micros(headers.timeout.0.unsigned_abs()),
            cancelled: self.cancelled.clone(),
        };
        let driven = drive(&mut machine, &world, &mut brakes).await;
        Ok((driven, world.wrote.get()))
    }

    fn end(&self, driven: Driven, wrote: bool) -> Ended {
        // Until a journal tells what was done already, only a task that asks for it starts over after it has written.
        let retryable = !(wrote && self.headers.durable);
        match driven {
            Driven::Done(kept) => Ended::Done(kept),
            Driven::Failed(trace) => Ended::Failed(Failure { trace, retryable }),
            Driven::TimedOut => Ended::Failed(Failure { retryable, ..self.timed_out() }),
            Driven::Cancelled => Ended::Cancelled,
        }
    }

    fn timed_out(&self) -> Failure {
        let message = format!("the run took longer than its `timeout` of {}", self.headers.timeout);
        Failure::of(Fault::new(Code::Timeout, message))
    }

    async fn after_failure(&self, failure: &Failure) {
        if !self.is_last && !failure.retryable {
            let text = "not tried again: the run has written what another attempt would write a second time";
            self.listener.log(Level::Warn, text, None);
        }
        let is_last = self.is_last || !failure.retryable;
        if is_last && self.program.program().entries.on_failure.is_some() {
            self.on_failure(failure.trace.fault.clone()).await;
        }
    }

    /// Runs `on failure`. What goes wrong there is a line in the log: the run has failed already.
    async fn on_failure(&self, fault: Fault) {
        let what = match self.drive(Entry::OnFailure(fault)).await {
            Ok((Driven::Done(_), _)) => return,
            Ok((Driven::Failed(trace), _)) => match self.place(&trace) {
                Some(at) => format!("{} ({at})", trace.fault.message),
                None => trace.fault.message,
            },
            Ok((Driven::TimedOut, _)) => self.timed_out().trace.fault.message,
            Ok((Driven::Cancelled, _)) => "it was cancelled".to_owned(),
            Err(fault) => fault.message,
        };
        self.listener.log(Level::Error, &format!("`on failure` failed: {what}"), None);
    }

    fn place(&self, trace: &Trace) -> Option<String> {
        place(self.program.program(), trace)
    }
}

/// Where a program failed, as people read it: `late.task:12:3`.
#[must_use]
pub fn place(program: &Program, trace: &Trace) -> Option<String> {
    let Position { file, line, column } = trace.frames.first()?.at;
    let file = program.files.get(file as usize)?;
    Some(format!("{file}:{line}:{column}"))
}

/// The world as one machine sees it.
struct World {
    context: Context,
    sources: Sources,
    program: Arc<Program>,
    listener: Arc<dyn Listener>,
    /// Whether it has begun to write what must not be written twice.
    wrote: Cell<bool>,
}

impl World {
    fn new(attempt: &Attempt) -> Result<Self, Fault> {
        let program = attempt.program.share();
        let types = Types::new(&program.descriptors);
        let types = Rc::new(types.map_err(|error| Fault::argument(error.to_string()))?);
        let host = attempt.host.clone();
        Ok(Self {
            sources: Sources::new(
                host.clone(),
                program.clone(),
                types.clone(),
                None,
                attempt.known.clone(),
            ),
            context: Context { host, output: attempt.listener.clone(), types },
            listener: attempt.listener.clone(),
            wrote: Cell::new(false),
            program,
        })
    }

    fn site(&self, effect: &Effect) -> &EffectSite {
        &self.program.effects[effect.site.get()]
    }
}

impl Perform for World {
    fn perform(&self, effect: Effect) -> Answer<'_> {
        let site = self.site(&effect);
        if matches!(site.class, EffectClass::Once | EffectClass::Transactional) {
            self.wrote.set(true);
        }
        match &site.kind {
            EffectKind::Native(name) => {
                effect::perform(&self.context, name, effect.args, site.descriptors.clone())
            }
            kind if Sources::takes(kind) => {
                Box::pin(async move { self.sources.perform(&effect).await })
            }
            _ => {
                Box::pin(async { Err(Fault::argument("statements of tests stand in tests only")) })
            }
        }
    }

    fn is_sleep(&self, effect: &Effect) -> bool {
        matches!(&self.site(effect).kind, EffectKind::Native(name) if name == "prelude.sleep")
    }

    fn needs_breath(&self) -> bool {
        self.listener.is_full()
    }

    fn catch_breath(&self) -> LocalBoxFuture<'_, ()> {
        self.listener.hand_on()
    }
}
