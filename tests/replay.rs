//! The replay oracle: a program that is given the answers that it got before is in the same state at every call, whether it starts
//! from its beginning or from a snapshot. The corpus and the differential test put their programs through it.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use taskc::bytecode::Verified;
use taskc::bytecode::program::EffectKind;
use taskc::bytecode::run_field::RunField;
use taskc::host::Host;
use taskc::stdlib;
use taskc::stdlib::db::Sources;
use taskc::stdlib::effect::{self, Context, Level, Output};
use taskc::value::{Fault, Types, Value};
use taskc::vm::{Effect, Entry, FiberId, Limits, Machine, Mark, Start, Step};

use crate::random::rounds;

/// Runs a program in a world, and again on the answers that it got: from its beginning, and from a snapshot at every wait.
pub(crate) fn check(program: &Arc<Verified>, host: &Host) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = World::new(program, host);
    let mut answers = Vec::new();
    let mut under_way = FuturesUnordered::new();
    let straight = play(program, false, |waiting| {
        // Calls are made together, as by the engine: one may have to wait for another.
        for effect in waiting.drain(..) {
            let (fiber, key) = (effect.fiber, effect.key.to_string());
            under_way.push(world.answer(effect).map(move |answer| (fiber, key, answer)));
        }
        let (fiber, key, answer) = runtime.block_on(under_way.next()).expect("it waits for some");
        answers.push((key, answer.clone()));
        (fiber, answer)
    });
    for snapshots in [false, true] {
        let mut recalled = answers.iter();
        let again = play(program, snapshots, |waiting| {
            let (key, answer) = recalled.next().expect("it waits for no more");
            let at = waiting.iter().position(|it| it.key.to_string() == *key);
            (waiting.remove(at.expect("it makes the same calls")).fiber, answer.clone())
        });
        assert_eq!(again, straight, "from snapshots: {snapshots}");
    }
}

/// Whether the next program of many is to be put through it: one in eight, and all of them where `ROUNDS` asks for more.
pub(crate) fn is_due() -> bool {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    rounds(1) > 1 || NEXT.fetch_add(1, Ordering::Relaxed).is_multiple_of(8)
}

/// Whom the world answers, and what.
type Answer = (FiberId, Result<Value, Fault>);

/// What can be seen of a run: at each call its name, the way to it and the state of the machine where it is looked at, and then the
/// end.
#[derive(Debug, PartialEq)]
struct Seen {
    calls: Vec<(String, Mark, Option<[u8; 32]>)>,
    end: String,
}

fn play(
    program: &Arc<Verified>,
    snapshots: bool,
    mut answer: impl FnMut(&mut Vec<Effect>) -> Answer,
) -> Seen {
    let mut machine = machine(program);
    let (mut calls, mut waiting, mut waits) = (Vec::new(), Vec::new(), 0);
    let end = loop {
        match machine.step(10_000_000) {
            Step::Done(value) => break format!("done {value}"),
            Step::Fault(trace) => break format!("failed {}", trace.fault),
            Step::OutOfFuel => {}
            Step::Effect(effect) => {
                let mark = machine.mark(&effect);
                let digest = is_looked_at(calls.len()).then(|| machine.digest());
                calls.push((effect.key.to_string(), mark, digest));
                waiting.push(effect);
            }
            Step::Waiting => {
                let is_due = snapshots && is_looked_at(waits);
                waits += 1;
                if is_due && let Some(snapshot) = machine.snapshot(&waiting) {
                    let digest = machine.digest();
                    machine = self::machine(program);
                    waiting = match machine.restore(&snapshot) {
                        Ok(waiting) => waiting,
                        // One that holds a secret leads nowhere; the replay does.
                        Err(_) => return play(program, false, answer),
                    };
                    assert_eq!(machine.digest(), digest);
                }
                let (fiber, answer) = answer(&mut waiting);
                machine.resume(fiber, answer);
            }
        }
    };
    Seen { calls, end }
}

/// All that a machine holds is looked at and written down: at each of the first calls, and now and then later.
fn is_looked_at(call: usize) -> bool {
    call < 4 || call.is_power_of_two()
}

fn machine(program: &Arc<Verified>) -> Machine {
    let kept = vec![None; program.program().kept.len()];
    let run = RunField::ALL.iter().map(|_| Value::Int(1)).collect();
    let start = Start { entry: Entry::Body(kept), run };
    // Programs that do not end, or fill the memory, are followed far enough.
    let limits = Limits { steps: 1_000_000, memory: 4 << 20, ..Limits::default() };
    Machine::new(Arc::clone(program), stdlib::natives(), limits, start).unwrap()
}

/// Carries out calls.
struct World<'a> {
    program: &'a Arc<Verified>,
    context: Context,
    sources: Sources,
}

impl<'a> World<'a> {
    fn new(program: &'a Arc<Verified>, host: &Host) -> Self {
        let types = Rc::new(Types::new(&program.program().descriptors).unwrap());
        let (shared, known) = (program.share(), Arc::default());
        let sources = Sources::new(host.clone(), shared, types.clone(), None, known);
        let context = Context::new(host.clone(), Arc::new(Silent), types);
        Self { program, context, sources }
    }

    async fn answer(&self, effect: Effect) -> Result<Value, Fault> {
        let site = &self.program.program().effects[effect.site.get()];
        match &site.kind {
            EffectKind::Native(name) => {
                effect::perform(&self.context, name, effect.args, site.descriptors.clone()).await
            }
            kind if Sources::takes(kind) => self.sources.perform(&effect).await,
            _ => Ok(Value::Null),
        }
    }
}

/// Nobody listens.
struct Silent;

impl Output for Silent {
    fn print(&self, _: &str) {}

    fn log(&self, _: Level, _: &str, _: Option<&str>) {}

    fn progress(&self, _: i64, _: i64) {}
}
