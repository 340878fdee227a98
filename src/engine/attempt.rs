//! One attempt of a run: a machine, stepped until it is over, its effects performed in between.
//!
//! An attempt lives on one thread. It looks at the clock and at whoever wants to stop it between slices of fuel and
//! while it waits for the world; nothing that a program does keeps it from being stopped.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt;
use futures_util::future::{Either, LocalBoxFuture, select};
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::bytecode::Verified;
use crate::bytecode::program::EffectKind;
use crate::host::Host;
use crate::schedule::Duration;
use crate::stdlib::effect::{self, Context, Output};
use crate::stdlib::natives;
use crate::value::{Code, Fault, Types, Value};
use crate::vm::{Effect, FiberId, Limits, Machine, Start, Step, Trace};

/// How many instructions run before the clock is looked at: a few milliseconds.
const SLICE: u64 = 2_000_000;

/// How often somebody who waits for the world looks whether to stop.
const LOOK_AROUND: std::time::Duration = std::time::Duration::from_millis(100);

/// What an attempt is made of.
pub struct Attempt {
    /// What it runs.
    pub program: Arc<Verified>,
    /// The world.
    pub host: Host,
    /// Where its lines go.
    pub output: Arc<dyn Output>,
    /// What it may use.
    pub limits: Limits,
    /// How long it may take.
    pub timeout: Duration,
    /// What it begins with.
    pub start: Start,
    /// Set by whoever wants it to stop.
    pub cancelled: Arc<AtomicBool>,
}

/// How an attempt ended.
#[derive(Debug)]
pub enum Ended {
    /// Well, with a list of what the kept variables hold.
    Done(Value),
    /// A fault that nothing caught.
    Failed(Box<Trace>),
    /// Somebody stopped it.
    Cancelled,
}

/// Carries out an attempt to its end.
pub async fn run(attempt: Attempt) -> Ended {
    let Attempt { program, host, output, limits, timeout, start, cancelled } = attempt;
    let types = match Types::new(&program.program().descriptors) {
        Ok(types) => Rc::new(types),
        Err(error) => return failed(Fault::argument(error.to_string())),
    };
    let mut machine = match Machine::new(Arc::clone(&program), natives(), limits, start) {
        Ok(machine) => machine,
        Err(missing) => return failed(Fault::argument(missing.to_string())),
    };
    let context = Context { host, output, types };
    let stop = Stop::new(&context, timeout, cancelled);
    let mut pending: FuturesUnordered<LocalBoxFuture<'_, (FiberId, Result<Value, Fault>)>> =
        FuturesUnordered::new();
    loop {
        if let Some(ended) = stop.is_due() {
            return ended;
        }
        match machine.step(SLICE) {
            Step::Done(kept) => return Ended::Done(kept),
            Step::Fault(trace) => return Ended::Failed(trace),
            Step::OutOfFuel if machine.steps_left() == 0 => {
                return failed(Fault::new(
                    Code::Limit,
                    "the run took more steps than `steps` allows",
                ));
            }
            Step::OutOfFuel => {}
            Step::Effect(effect) => pending.push(perform(&context, &program, effect).boxed_local()),
            Step::Waiting => match stop.or_else(pending.next()).await {
                Ok(Some((fiber, answer))) => machine.resume(fiber, answer),
                Ok(None) => return failed(Fault::argument("the run waits for nothing")),
                Err(ended) => return ended,
            },
        }
    }
}

async fn perform(
    context: &Context,
    program: &Verified,
    effect: Effect,
) -> (FiberId, Result<Value, Fault>) {
    let site = &program.program().effects[effect.site.get()];
    let answer = match &site.kind {
        EffectKind::Native(name) => {
            effect::perform(context, name, effect.args, site.descriptors.clone()).await
        }
        _ => Err(Fault::new(Code::Sql, "databases are not served by this version")),
    };
    (effect.fiber, answer)
}

/// When to stop, whatever the program does.
struct Stop<'a> {
    context: &'a Context,
    started_us: u64,
    timeout: Duration,
    cancelled: Arc<AtomicBool>,
}

impl<'a> Stop<'a> {
    fn new(context: &'a Context, timeout: Duration, cancelled: Arc<AtomicBool>) -> Self {
        Self { context, started_us: context.host.clock.monotonic_us(), timeout, cancelled }
    }

    fn is_due(&self) -> Option<Ended> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Some(Ended::Cancelled);
        }
        let taken = self.context.host.clock.monotonic_us().saturating_sub(self.started_us);
        let most = u64::try_from(self.timeout.0).unwrap_or(0);
        (taken >= most).then(|| {
            failed(Fault::new(
                Code::Timeout,
                format!("the run took longer than its `timeout` of {}", shown(self.timeout)),
            ))
        })
    }

    /// What comes first: the answer, or the reason to stop.
    async fn or_else<T>(&self, answer: impl Future<Output = T>) -> Result<T, Ended> {
        let mut answer = std::pin::pin!(answer);
        loop {
            let pause = self.context.host.clock.sleep(LOOK_AROUND);
            match select(answer.as_mut(), pause).await {
                Either::Left((answer, _)) => return Ok(answer),
                Either::Right(_) => match self.is_due() {
                    Some(ended) => return Err(ended),
                    None => {}
                },
            }
        }
    }
}

fn shown(duration: Duration) -> String {
    Value::Duration(duration.0).to_string()
}

fn failed(fault: Fault) -> Ended {
    Ended::Failed(Box::new(Trace { fault, frames: Vec::new() }))
}
