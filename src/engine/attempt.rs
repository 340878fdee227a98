//! One attempt of a run: a machine in the world, from the first statement to its end, or to where it sleeps or cannot go on.
//!
//! An attempt lives on one thread. The server's workers make attempts, and so does `taskc run`. Nothing that a program does keeps it
//! from being stopped; see [`drive`](super::drive). One that has a [journal](super::journal) goes on from where another one stopped.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::cuts::Cuts;
pub use super::drive::Order;
use super::drive::{Brakes, Driven, drive};
use super::journal::{Began, Broken, Journal, Past, Recorder};
use super::world::{FailedCall, Halt, ON_FAILURE, World};
use crate::bytecode::Verified;
use crate::bytecode::program::Program;
use crate::check::headers::TaskHeaders;
use crate::host::Host;
use crate::schedule::{Duration as Time, Instant};
use crate::stdlib::db::Known;
use crate::stdlib::effect::{Level, Output};
use crate::stdlib::natives;
use crate::store::{Forget, Hash, RunError, RunState, Stall, Step};
use crate::value::{Code, Fault, Value};
use crate::vm::{Effect, Entry, Limits, Machine, Start, Trace, TraceFrame};

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
    /// The number of the attempt, from 1.
    pub number: u32,
    /// How much of the timeout was used up before.
    pub used: Time,
    /// What it goes on from, and what keeps what it learns; nothing for one that is not to be resumed.
    pub journal: Option<(Past, Arc<dyn Recorder>)>,
    /// Where tests cut it off.
    pub cuts: Cuts,
    /// Hears its lines.
    pub listener: Arc<dyn Listener>,
    /// What somebody wants of it.
    pub order: watch::Receiver<Order>,
}

/// Where an attempt's lines go.
pub trait Listener: Output {
    /// Whether so much was said that it has to be handed on before more is said.
    fn is_full(&self) -> bool;

    /// Takes a step that the run has made, of which the last so many are kept. Whoever shows none forgets it.
    fn trace(&self, _step: Step, _keep: u32) {}

    /// Hands on all that there is, at the end.
    fn hand_over(&self) -> BoxFuture<'_, ()> {
        self.hand_on()
    }

    /// Hands on what was said so far. Called before the attempt waits, and now and then while it computes.
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
    /// It sleeps, or was parked, and nothing of it has to be in memory.
    Sleeps {
        /// Until when.
        until: Instant,
        /// How much of the timeout was used up.
        used: Time,
        /// The state of the machine, if it can be written down.
        snapshot: Option<Vec<u8>>,
    },
    /// It cannot go on before a person says how.
    Stalled(Stall),
}

/// Why an attempt failed.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong, and where.
    pub trace: Box<Trace>,
    /// Whether another attempt would repeat nothing that must not be repeated.
    pub retryable: bool,
    /// What another attempt does again. It goes on from the rest.
    pub forget: Vec<Forget>,
}

impl Failure {
    /// Something that was wrong before the first statement, or after the last one.
    #[must_use]
    pub fn of(fault: Fault) -> Self {
        let trace = Box::new(Trace { fault, frames: Vec::new() });
        Self { trace, retryable: true, forget: Vec::new() }
    }
}

/// Carries out an attempt.
pub async fn run(mut attempt: Attempt) -> Ended {
    let journal = attempt.journal.take();
    let snapshot = journal.as_ref().and_then(|(past, _)| past.snapshot.clone());
    let number = attempt.number;
    let journal = journal.map(|(past, recorder)| Journal::new(past, number, recorder)).transpose();
    let ended = match journal {
        Ok(journal) => {
            let ended = attempt.body(journal.as_ref(), snapshot).await;
            if let Some(journal) = &journal {
                leave(journal.recorder(), &ended, attempt.is_last).await;
            }
            ended
        }
        Err(fault) => Ended::Stalled(held(&fault.message)),
    };
    attempt.listener.hand_over().await;
    ended
}

/// What the attempt has learned goes to disk where another stay with a worker begins with it, and is of no use where none does.
async fn leave(recorder: &dyn Recorder, ended: &Ended, is_last: bool) {
    match ended {
        Ended::Done(_) => recorder.let_go(),
        Ended::Sleeps { .. } | Ended::Stalled(_) => recorder.push().await,
        Ended::Failed(failure) if failure.retryable && !is_last => recorder.push().await,
        Ended::Failed(_) | Ended::Cancelled => {}
    }
}

impl Attempt {
    async fn body(&mut self, journal: Option<&Journal>, snapshot: Option<Vec<u8>>) -> Ended {
        if let Some(broken) = journal.and_then(Journal::failed) {
            return self.on_failure(journal, broken.clone()).await;
        }
        if let Err(fault) = self.begin(journal) {
            return Ended::Failed(Failure::of(fault));
        }
        let entry = Entry::Body(std::mem::take(&mut self.kept));
        let failure = match self.drive(journal, "", entry, snapshot).await {
            Ok(Ended::Failed(failure)) => failure,
            Ok(other) => return other,
            Err(fault) => Failure::of(fault),
        };
        if !self.is_last && !failure.retryable {
            let text = format!("not tried again: {}", why_final(&failure.trace.fault));
            self.listener.log(Level::Warn, &text, None);
        }
        if self.is_last || !failure.retryable {
            let at = failure.trace.frames.first().map(|it| it.at);
            let broken = Broken { fault: failure.trace.fault.clone(), at };
            if self.has_on_failure() {
                if let Some(journal) = journal {
                    journal.note_failure(&broken);
                }
                if let Some(stopped) = self.after_failure(journal, &broken).await {
                    return stopped;
                }
            }
        }
        Ended::Failed(failure)
    }

    /// A replay begins with what the run began with.
    fn begin(&mut self, journal: Option<&Journal>) -> Result<(), Fault> {
        let Some(journal) = journal else { return Ok(()) };
        if let Some(began) = journal.began() {
            self.run.clone_from(&began.run);
            self.kept.clone_from(&began.kept);
            journal.recorder().skip_lines(began.said);
            return Ok(());
        }
        let said = journal.recorder().lines_said();
        journal.recorder().skip_lines(said);
        journal.note_beginning(&Began { run: self.run.clone(), kept: self.kept.clone(), said })
    }

    fn has_on_failure(&self) -> bool {
        self.program.program().entries.on_failure.is_some()
    }

    /// All that is left of a run whose body failed before.
    async fn on_failure(&mut self, journal: Option<&Journal>, broken: Broken) -> Ended {
        if let Some(stopped) = self.after_failure(journal, &broken).await {
            return stopped;
        }
        let frames = broken.at.map(|at| TraceFrame { function: String::new(), at });
        let trace = Trace { fault: broken.fault, frames: frames.into_iter().collect() };
        let retryable = false;
        Ended::Failed(Failure { trace: Box::new(trace), retryable, forget: Vec::new() })
    }

    /// Runs `on failure`. What goes wrong there is a line in the log: the run has failed already. Gives what it came to where it has
    /// not come to its end.
    async fn after_failure(&mut self, journal: Option<&Journal>, broken: &Broken) -> Option<Ended> {
        self.used = Time::ZERO;
        let entry = Entry::OnFailure(broken.fault.clone());
        let what = match self.drive(journal, ON_FAILURE, entry, None).await {
            Ok(Ended::Done(_)) => return None,
            Ok(Ended::Failed(failure)) => match self.place(&failure.trace) {
                Some(at) => format!("{} ({at})", failure.trace.fault.message),
                None => failure.trace.fault.message,
            },
            Ok(Ended::Cancelled) => "it was cancelled".to_owned(),
            Ok(stopped @ (Ended::Sleeps { .. } | Ended::Stalled(_))) => return Some(stopped),
            Err(fault) => fault.message,
        };
        self.listener.log(Level::Error, &format!("`on failure` failed: {what}"), None);
        None
    }

    /// Drives a machine as far as it goes.
    async fn drive(
        &mut self,
        journal: Option<&Journal>,
        prefix: &'static str,
        entry: Entry,
        snapshot: Option<Vec<u8>>,
    ) -> Result<Ended, Fault> {
        let world = World::new(self, journal, prefix)?;
        let mut machine = self.machine(entry)?;
        let snapshot = snapshot.zip(journal);
        // Whatever is wrong with a snapshot, the journal brings the run to the same place.
        let waiting = snapshot.and_then(|(it, journal)| wake(&mut machine, &it, journal, &world));
        let waiting = waiting.unwrap_or_default();
        let mut brakes = Brakes {
            clock: self.host.clock.clone(),
            timeout: Duration::from_micros(self.headers.timeout.0.unsigned_abs()),
            used_us: self.used.0.unsigned_abs(),
            order: self.order.clone(),
        };
        let driven = drive(&mut machine, waiting, &world, &mut brakes).await;
        self.used = Time(i64::try_from(brakes.used_us).unwrap_or(i64::MAX));
        Ok(self.ended(driven, journal, &world, &machine))
    }

    /// A machine at its beginning.
    fn machine(&self, entry: Entry) -> Result<Machine, Fault> {
        let limits = Limits {
            steps: self.headers.steps,
            memory: usize::try_from(self.headers.memory_bytes).unwrap_or(usize::MAX),
            ..Limits::default()
        };
        let start = Start { entry, run: self.run.clone() };
        Machine::new(self.program.clone(), natives(), limits, start)
            .map_err(|missing| Fault::argument(missing.to_string()))
    }

    fn ended(
        &self,
        driven: Driven,
        journal: Option<&Journal>,
        world: &World<'_>,
        machine: &Machine,
    ) -> Ended {
        match driven {
            Driven::Done(kept) => match journal.and_then(|it| world.left_over(it)) {
                Some(call) => {
                    Ended::Stalled(held(&format!("the replay ended without call {call}")))
                }
                None => Ended::Done(kept),
            },
            Driven::Failed(trace) => self.failed(trace, world, journal.is_some()),
            Driven::TimedOut => match world.under_way() {
                Some((call, word)) => Ended::Stalled(in_doubt(call, &word)),
                None => self.failed(self.timed_out().trace, world, journal.is_some()),
            },
            Driven::Cancelled => {
                if let Some((_, word)) = world.under_way() {
                    let text = format!(
                        "cancelled while `{word}` was under way: nobody knows whether it was done"
                    );
                    self.listener.log(Level::Warn, &text, None);
                }
                Ended::Cancelled
            }
            Driven::Sleeps(until, waiting) => {
                self.cuts.at("before-park");
                let journal = journal.filter(|_| !world.knows_more());
                let snapshot = journal.and_then(|it| asleep(machine, &waiting, it, world.wrote()));
                Ended::Sleeps { until, used: self.used, snapshot }
            }
            Driven::Halted => match world.why_halted() {
                Some(Halt::InDoubt(call, word)) => Ended::Stalled(in_doubt(call, &word)),
                Some(Halt::Differs(why)) => {
                    Ended::Stalled(held(&format!("the replay differs from the run at {why}")))
                }
                Some(Halt::Lost) | None => Ended::Cancelled,
            },
        }
    }

    /// A failure that a call caused goes on from that call. Any other starts over, if nothing speaks against it.
    fn failed(&self, trace: Box<Trace>, world: &World<'_>, has_journal: bool) -> Ended {
        let cause = world.cause(&trace).filter(|_| has_journal);
        match cause {
            Some(FailedCall { doubt: true, call, word, .. }) => {
                let mut stall = in_doubt(call, &word);
                stall.error.message = format!("{}; {}", trace.fault.message, stall.error.message);
                stall.error.at = self.place(&trace);
                Ended::Stalled(stall)
            }
            Some(cause) => {
                let forget = world.to_make_again();
                let retryable = !cause.refused && !is_lasting(&trace.fault);
                Ended::Failed(Failure { trace, retryable, forget })
            }
            // The same statements go on where they were.
            None if trace.fault.is(Code::Timeout) && trace.frames.is_empty() && has_journal => {
                Ended::Failed(Failure { trace, retryable: true, forget: Vec::new() })
            }
            None => {
                let repeats = world.wrote() && self.headers.durable;
                let retryable = !repeats && !is_lasting(&trace.fault);
                Ended::Failed(Failure { trace, retryable, forget: vec![Forget::All] })
            }
        }
    }

    fn timed_out(&self) -> Failure {
        let message = format!("the run took longer than its `timeout` of {}", self.headers.timeout);
        Failure::of(Fault::new(Code::Timeout, message))
    }

    fn place(&self, trace: &Trace) -> Option<String> {
        place(self.program.program(), trace)
    }
}

/// Whether every attempt comes to the same: what a header has to change first.
fn is_lasting(fault: &Fault) -> bool {
    fault.is(Code::NotAllowed)
}

/// Why a failure is the last one although `retry` would allow another attempt.
fn why_final(fault: &Fault) -> &'static str {
    if is_lasting(fault) {
        "the call is not allowed, and would not be in another attempt"
    } else if fault.is(Code::InDoubt) {
        "the call was settled as failed"
    } else {
        "the run has written what another attempt would write a second time"
    }
}

/// The state of a machine that sleeps, behind its places in the journal and among the run's lines, whether it has written what must not be
/// written twice, and the hash of all that.
fn asleep(
    machine: &Machine,
    waiting: &[Effect],
    journal: &Journal,
    wrote: bool,
) -> Option<Vec<u8>> {
    let state = machine.snapshot(waiting)?;
    let places = [journal.next_place(), journal.recorder().lines_said(), u64::from(wrote)];
    let places = places.map(u64::to_le_bytes);
    let bytes = [places.concat(), state].concat();
    Some([Hash::of(&bytes).0.as_slice(), &bytes].concat())
}

/// Brings a machine to where it went to sleep, and gives the calls that it waits for.
fn wake(
    machine: &mut Machine,
    snapshot: &[u8],
    journal: &Journal,
    world: &World<'_>,
) -> Option<Vec<Effect>> {
    let (hash, bytes) = snapshot.split_first_chunk()?;
    if Hash::of(bytes).0 != *hash {
        return None;
    }
    let (place, rest) = bytes.split_first_chunk()?;
    let (said, rest) = rest.split_first_chunk()?;
    let (wrote, state) = rest.split_first_chunk()?;
    let waiting = machine.restore(state).ok()?;
    journal.recorder().skip_lines(u64::from_le_bytes(*said));
    world.note_write(u64::from_le_bytes(*wrote) != 0);
    let names: Vec<_> = waiting.iter().map(|it| world.name_of(&it.key)).collect();
    journal.go_to(u64::from_le_bytes(*place), &names);
    Some(waiting)
}

/// Nobody knows whether a call was made.
fn in_doubt(call: String, word: &str) -> Stall {
    let message = format!("nobody knows whether `{word}` was done");
    stall(RunState::InDoubt, Some(call), "in-doubt", message)
}

/// The run cannot be replayed.
pub(super) fn held(why: &str) -> Stall {
    stall(RunState::Held, None, "held", why.to_owned())
}

fn stall(state: RunState, call: Option<String>, code: &str, message: String) -> Stall {
    Stall { state, call, error: RunError { code: code.to_owned(), message, data: None, at: None } }
}

/// Where a program failed, as people read it: `late.task:12:3`.
#[must_use]
pub fn place(program: &Program, trace: &Trace) -> Option<String> {
    program.place(trace.frames.first()?.at)
}
