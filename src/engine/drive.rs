//! Steps a machine to its end: lets it compute in slices, has its effects performed, and stops it when it may not go on.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use futures_util::{FutureExt, pin_mut};
use tokio::sync::watch;

use crate::bytecode::run_field::RunField;
use crate::host::Clock;
use crate::schedule::Instant;
use crate::value::{Fault, Value};
use crate::vm::{Effect, FiberId, Machine, Mark, Step, Trace};

/// An answer that is on its way.
pub(crate) type Answer<'a> = LocalBoxFuture<'a, Result<Value, Fault>>;

/// What carries out effects.
pub(crate) trait Perform {
    /// Begins to carry out an effect, to which the program came in this way.
    fn perform(&self, effect: Effect, mark: Mark) -> Answer<'_>;

    /// Whether the effect only waits for time to pass, which does not count against the timeout.
    fn is_sleep(&self, effect: &Effect) -> bool;

    /// Whether [`Perform::catch_breath`] has to be called before more effects.
    fn needs_breath(&self) -> bool;

    /// Called before the machine waits, and now and then while it computes.
    fn catch_breath(&self) -> LocalBoxFuture<'_, ()>;

    /// Whether an effect will never be answered, so that the machine cannot go on.
    fn is_halted(&self) -> bool {
        false
    }

    /// In which attempt of the run the call was made that was answered last, where that is known.
    fn answered_in(&self) -> Option<u32> {
        None
    }

    /// Whether the machine may be left while it waits, to go on elsewhere: nothing is under way of which nobody would know what came.
    fn may_leave(&self) -> bool {
        false
    }

    /// Where all that the machine waits for is sleep: until when nothing of it needs to be in memory.
    fn wakes_at(&self) -> Option<Instant> {
        None
    }
}

/// What somebody wants of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Nothing: it goes on.
    GoOn,
    /// To leave its worker as soon as it can go on elsewhere.
    Park,
    /// To stop.
    Cancel,
}

/// When to stop although the program would go on.
pub(crate) struct Brakes {
    /// Measures the timeout.
    pub(crate) clock: Arc<dyn Clock>,
    /// How long it may take, sleep aside.
    pub(crate) timeout: Duration,
    /// How much of that was used up, in microseconds: before, and afterwards.
    pub(crate) used_us: u64,
    /// What somebody wants.
    pub(crate) order: watch::Receiver<Order>,
}

impl Brakes {
    /// What comes first: the answer, or a reason to stop; nothing where it is to be parked, and may be. Without a limit the answer may
    /// take as long as it likes.
    async fn hold<T>(
        &mut self,
        answer: impl Future<Output = T>,
        left: Option<Duration>,
        may_leave: bool,
    ) -> Result<Option<T>, Driven> {
        let time_out = async {
            match left {
                Some(left) => self.clock.sleep(left).await,
                None => std::future::pending().await,
            }
        };
        // Nobody who could cancel it is nobody who waits for it.
        let counts = |it: &Order| *it == Order::Cancel || (*it == Order::Park && may_leave);
        let ordered = self.order.wait_for(counts).map(|it| it.map_or(Order::Cancel, |it| *it));
        pin_mut!(time_out, ordered, answer);
        tokio::select! {
            biased;
            order = ordered => match order {
                Order::Park => Ok(None),
                Order::Cancel | Order::GoOn => Err(Driven::Cancelled),
            },
            answer = answer => Ok(Some(answer)),
            () = time_out => Err(Driven::TimedOut),
        }
    }
}

/// What it came to.
#[derive(Debug)]
pub(crate) enum Driven {
    /// The program's result.
    Done(Value),
    /// Nothing caught the error.
    Failed(Box<Trace>),
    /// It took too long.
    TimedOut,
    /// Somebody wanted it to stop.
    Cancelled,
    /// It sleeps until then, or was parked now; these calls are what it waits for.
    Sleeps(Instant, Vec<Effect>),
    /// An effect will never be answered.
    Halted,
}

/// Instructions between two looks at the clock: a few milliseconds.
const SLICE: u64 = 1_000_000;

/// Drives a machine, which waits for these effects already. Effects that are on their way when it stops are dropped, which
/// cancels them.
pub(crate) async fn drive(
    machine: &mut Machine,
    waiting: Vec<Effect>,
    world: &dyn Perform,
    brakes: &mut Brakes,
) -> Driven {
    let counted_us = brakes.clock.monotonic_us();
    let answers = FuturesUnordered::new();
    let attempt = world.answered_in();
    let (waits, awake) = (Vec::new(), 0);
    let mut driver = Driver { machine, world, brakes, answers, awake, waits, counted_us, attempt };
    waiting.into_iter().for_each(|effect| driver.begin(effect));
    driver.run().await
}

struct Driver<'a> {
    machine: &'a mut Machine,
    world: &'a dyn Perform,
    brakes: &'a mut Brakes,
    answers: FuturesUnordered<LocalBoxFuture<'a, Answered>>,
    /// How many of the answers are not sleep.
    awake: usize,
    /// The calls that the machine waits for.
    waits: Vec<Effect>,
    /// Up to here on the monotonic clock.
    counted_us: u64,
    /// What the machine believes of `run.attempt`.
    attempt: Option<u32>,
}

/// An effect's end.
struct Answered {
    fiber: FiberId,
    was_sleep: bool,
    result: Result<Value, Fault>,
}

impl Driver<'_> {
    async fn run(&mut self) -> Driven {
        loop {
            let stop = match self.machine.step(SLICE) {
                Step::Done(value) => Some(Driven::Done(value)),
                Step::Fault(trace) => Some(Driven::Failed(trace)),
                Step::Effect(effect) => {
                    self.begin(effect);
                    None
                }
                Step::OutOfFuel => {
                    self.world.catch_breath().await;
                    let _ = self.take_ready_answers();
                    self.reason_to_stop()
                }
                Step::Waiting => self.wait().await,
            };
            if let Some(end) = stop {
                return end;
            }
        }
    }

    fn begin(&mut self, effect: Effect) {
        let (fiber, was_sleep) = (effect.fiber, self.world.is_sleep(&effect));
        let mark = self.machine.mark(&effect);
        self.waits.push(effect.clone());
        self.awake += usize::from(!was_sleep);
        let answer = self.world.perform(effect, mark);
        self.answers
            .push(Box::pin(async move { Answered { fiber, was_sleep, result: answer.await } }));
    }

    /// Waits for the next answers, as long as it may. Most are there at once.
    async fn wait(&mut self) -> Option<Driven> {
        if let Some(end) = self.reason_to_stop() {
            return Some(end);
        }
        let is_parked = self.awake == 0;
        let is_ready = self.take_ready_answers();
        if self.world.is_halted() {
            return Some(Driven::Halted);
        }
        if !is_ready || self.world.needs_breath() {
            self.world.catch_breath().await;
        }
        if let Some(at) = self.world.wakes_at().filter(|_| is_parked && !is_ready) {
            return Some(self.leave(at));
        }
        let end = if is_ready { None } else { self.wait_long(is_parked).await };
        if is_parked {
            self.counted_us = self.brakes.clock.monotonic_us();
        }
        end
    }

    fn leave(&mut self, until: Instant) -> Driven {
        Driven::Sleeps(until, std::mem::take(&mut self.waits))
    }

    async fn wait_long(&mut self, is_parked: bool) -> Option<Driven> {
        let used = Duration::from_micros(self.brakes.used_us);
        let left = (!is_parked).then(|| self.brakes.timeout.saturating_sub(used));
        let (world, answers) = (self.world, &mut self.answers);
        // An effect that stops the machine is never answered, and says so whenever it was looked at.
        let answer = std::future::poll_fn(|context| match answers.poll_next_unpin(context) {
            Poll::Pending if world.is_halted() => Poll::Ready(Err(Driven::Halted)),
            Poll::Pending => Poll::Pending,
            Poll::Ready(answered) => Poll::Ready(Ok(answered)),
        });
        match self.brakes.hold(answer, left, world.may_leave()).await {
            Ok(Some(Ok(answered))) => {
                self.take(answered.expect("a machine waits for answers that are on their way"));
                None
            }
            Ok(None) => Some(self.leave(Instant(self.brakes.clock.now_us()))),
            Ok(Some(Err(end))) | Err(end) => Some(end),
        }
    }

    /// Takes the answers that are there. Says whether there were any.
    fn take_ready_answers(&mut self) -> bool {
        let mut any = false;
        while let Some(Some(answered)) = self.answers.next().now_or_never() {
            self.take(answered);
            any = true;
        }
        any
    }

    fn take(&mut self, answered: Answered) {
        self.waits.retain(|it| it.fiber != answered.fiber);
        self.awake -= usize::from(!answered.was_sleep);
        let attempt = self.world.answered_in();
        if let Some(number) = attempt.filter(|_| attempt != self.attempt) {
            self.attempt = attempt;
            self.machine.tell(RunField::Attempt, Value::Int(number.into()));
            self.machine.tell(RunField::Trigger, Value::text("retry"));
        }
        self.machine.resume(answered.fiber, answered.result);
    }

    fn reason_to_stop(&mut self) -> Option<Driven> {
        let now_us = self.brakes.clock.monotonic_us();
        self.brakes.used_us += now_us.saturating_sub(self.counted_us);
        self.counted_us = now_us;
        if *self.brakes.order.borrow() == Order::Cancel {
            return Some(Driven::Cancelled);
        }
        (Duration::from_micros(self.brakes.used_us) >= self.brakes.timeout)
            .then_some(Driven::TimedOut)
    }
}
