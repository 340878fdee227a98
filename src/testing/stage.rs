//! The world around one test: a source in memory, a clock that stands, mail that is caught, a network that answers what is stubbed.
//!
//! The test's own machine runs on a [`Stage`]; `run()` puts the task's body on another one in the same [`Scene`]. What breaks a
//! test — an expectation that is not met, a call that nothing answers — stops it on the spot, so that no `catch` hides it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{BoxFuture, LocalBoxFuture, pending};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::failure::{Reason, Seen};
use super::{Case, Options, stub};
use crate::bytecode::program::{
    EffectClass, EffectKind, EffectSite, Expectation, Position, Program, TestCall,
};
use crate::bytecode::run_field::RunField;
use crate::engine::attempt::Listener;
use crate::engine::drive::{Answer, Brakes, Driven, Order, Perform, drive};
use crate::host::settings::Secret;
use crate::host::sim::World;
use crate::host::{Clock as _, Host};
use crate::stdlib::db::{Known, Sources};
use crate::stdlib::effect::{self, Context, Level, Output, Targets};
use crate::stdlib::natives;
use crate::value::{Bounded, Code, Fault, Types, Value, quoted, write_value};
use crate::vm::{Effect, Entry, Limits, Machine, Mark, Start, Trace};

/// 2026-01-01T00:00:00Z: where the clock stands until `at` moves it.
const BEGIN_US: i64 = 1_767_225_600_000_000;

/// A test that takes longer than this, on a real clock, never ends.
const TEST_MAX: Duration = Duration::from_mins(1);

/// So much of what is printed and logged is shown, in lines and bytes.
const LINES_MAX: usize = 200;
const LINE_BYTES_MAX: usize = 4 << 10;

/// How much of a value is shown, of a side of a comparison and of a variable that stands in one.
const SIDE_BYTES_MAX: usize = 400;
const VARIABLE_BYTES_MAX: usize = 120;

/// Runs a test to its end. Gives why it failed, if it did, and what was printed and logged.
pub(super) fn carry_out(case: Case<'_>, options: &Options) -> (Result<(), Reason>, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let fault = Fault::new(Code::Limit, format!("the test cannot start: {error}"));
            return (Err(Reason::of(fault)), Vec::new());
        }
    };
    let scene = Scene::new(case, options);
    let driven = runtime.block_on(scene.drive(Entry::Test(case.number), None, &scene.stop));
    let outcome = match (scene.broken.take(), driven) {
        (Some(reason), _) => Err(reason),
        (None, Ok(Driven::Done(_))) => Ok(()),
        (None, Ok(Driven::Failed(mut trace))) => {
            scene.complete(&mut trace);
            Err(Reason::Failed(trace))
        }
        (None, Ok(Driven::TimedOut | Driven::Cancelled | Driven::Sleeps(..) | Driven::Halted)) => {
            Err(Reason::Endless(TEST_MAX))
        }
        (None, Err(fault)) => Err(Reason::of(fault)),
    };
    (outcome, scene.said.lines())
}

/// What all machines of a test share.
struct Scene<'a> {
    case: Case<'a>,
    options: &'a Options,
    world: World,
    host: Host,
    known: Arc<Known>,
    said: Arc<Said>,
    /// What broke the test.
    broken: RefCell<Option<Reason>>,
    /// Whether the test is to stop.
    stop: watch::Sender<Order>,
    /// What the task keeps, in the program's order; nothing before somebody has said.
    kept: RefCell<Vec<Option<Value>>>,
    /// When the last successful run was due.
    previous: Cell<Option<i64>>,
    /// Where the run failed that failed last, and where the test called it.
    run_failure: RefCell<Option<(Trace, Position)>>,
}

impl<'a> Scene<'a> {
    fn new(case: Case<'a>, options: &'a Options) -> Self {
        let world = World::new(seed(case, options.seed), BEGIN_US);
        for secret in &case.suite.secrets {
            let text = format!("test-{}", secret.name);
            let hosts = secret.hosts.iter().map(ToString::to_string).collect();
            world.settings.set_secret(&secret.name, Secret { text, hosts });
        }
        let kept = vec![None; case.suite.program.program().kept.len()];
        Self {
            case,
            options,
            host: world.host(),
            world,
            known: Arc::default(),
            said: Arc::default(),
            broken: RefCell::default(),
            stop: watch::channel(Order::GoOn).0,
            kept: RefCell::new(kept),
            previous: Cell::new(None),
            run_failure: RefCell::default(),
        }
    }

    /// Drives a machine to its end. `run_at` is where `run()` stands for a body.
    async fn drive(
        &self,
        entry: Entry,
        run_at: Option<Position>,
        stop: &watch::Sender<Order>,
    ) -> Result<Driven, Fault> {
        let headers = &self.case.suite.headers;
        let limits = Limits {
            steps: headers.steps,
            memory: usize::try_from(headers.memory_bytes).unwrap_or(usize::MAX),
            ..Limits::default()
        };
        let start = Start { entry, run: self.run_fields() };
        let mut machine = Machine::new(self.case.suite.program.clone(), natives(), limits, start)
            .map_err(|missing| Fault::argument(missing.to_string()))?;
        let stage = Stage::new(self, run_at, stop)?;
        let mut brakes = Brakes {
            clock: self.options.clock.clone(),
            timeout: TEST_MAX,
            used_us: 0,
            order: stop.subscribe(),
        };
        Ok(drive(&mut machine, Vec::new(), &stage, &mut brakes).await)
    }

    fn run_fields(&self) -> Vec<Value> {
        let now = Value::Time(self.world.clock.now_us());
        let task = &self.case.suite.program.program().task;
        let field = |field: &RunField| match field {
            RunField::Id => Value::text("test"),
            RunField::Due => now.clone(),
            RunField::Previous => self.previous.get().map_or(Value::Null, Value::Time),
            RunField::Late => Value::Bool(false),
            RunField::Missed => Value::Int(0),
            RunField::Attempt => Value::Int(1),
            RunField::Trigger => Value::text("test"),
            RunField::Task => Value::text(task),
        };
        RunField::ALL.iter().map(field).collect()
    }

    /// Nothing goes on from here.
    fn fail(&self, reason: Reason) {
        self.broken.borrow_mut().get_or_insert(reason);
        self.stop.send_replace(Order::Cancel);
    }

    fn is_broken(&self) -> bool {
        self.broken.borrow().is_some()
    }

    /// `run()`: the task's body, and `on failure` where it fails.
    async fn run_body(&self, at: Position) -> Result<Value, Fault> {
        let due_us = self.world.clock.now_us();
        let entry = Entry::Body(self.kept.borrow().clone());
        let (stop, _) = watch::channel(*self.stop.borrow());
        match self.drive(entry, Some(at), &stop).await? {
            Driven::Done(left) => {
                if let Value::List(left) = left {
                    *self.kept.borrow_mut() = left.iter().map(Some).collect();
                }
                self.previous.set(Some(due_us));
                Ok(Value::Null)
            }
            Driven::Failed(trace) => Err(self.run_failed(*trace, at).await),
            Driven::Cancelled if !self.is_broken() => {
                let timeout = self.case.suite.headers.timeout;
                let message = format!("the run took longer than its `timeout` of {timeout}");
                let fault = Fault::new(Code::Timeout, message);
                Err(self.run_failed(Trace { fault, frames: Vec::new() }, at).await)
            }
            Driven::TimedOut => {
                self.fail(Reason::Endless(TEST_MAX));
                Ok(Value::Null)
            }
            Driven::Cancelled | Driven::Sleeps(..) | Driven::Halted => Ok(Value::Null),
        }
    }

    async fn run_failed(&self, trace: Trace, at: Position) -> Fault {
        let fault = trace.fault.clone();
        self.run_failure.replace(Some((trace, at)));
        if self.case.suite.program.program().entries.on_failure.is_some() {
            let (stop, _) = watch::channel(Order::GoOn);
            let after = self.drive(Entry::OnFailure(fault.clone()), Some(at), &stop).await;
            if let Ok(Driven::Failed(trace)) = after {
                let text = format!("`on failure` failed: {}", trace.fault.message);
                self.said.log(Level::Error, &text, None);
            }
        }
        fault
    }

    /// Adds what was running inside of `run()` to a trace.
    fn complete(&self, trace: &mut Trace) {
        let Some((inner, at)) = self.run_failure.take() else { return };
        let is_its =
            inner.fault.message == trace.fault.message && inner.fault.code == trace.fault.code;
        if is_its && trace.frames.first().is_some_and(|it| it.at == at) {
            trace.frames.splice(0..0, inner.frames);
        }
    }
}

/// Differs from test to test and from seed to seed, and from nothing else.
fn seed(case: Case<'_>, seed: u64) -> u64 {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(case.suite.module.as_bytes());
    hash.update([0]);
    hash.update(case.name().as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    u64::from_le_bytes(digest[..8].try_into().expect("eight of 32 bytes"))
}

/// The world as one machine of a test sees it.
struct Stage<'a> {
    scene: &'a Scene<'a>,
    /// Where the test called `run()`, for a run.
    run_at: Option<Position>,
    /// Stops this machine alone.
    stop: &'a watch::Sender<Order>,
    program: Arc<Program>,
    context: Context,
    sources: Sources,
    /// How much of the task's `timeout` was used, on the clock of the test.
    used_us: Cell<u64>,
}

impl<'a> Stage<'a> {
    fn new(
        scene: &'a Scene<'a>,
        run_at: Option<Position>,
        stop: &'a watch::Sender<Order>,
    ) -> Result<Self, Fault> {
        let program = scene.case.suite.program.share();
        let types = Types::new(&program.descriptors);
        let types = Rc::new(types.map_err(|error| Fault::argument(error.to_string()))?);
        let (host, known) = (scene.host.clone(), scene.known.clone());
        Ok(Self {
            sources: Sources::new(host.clone(), program.clone(), types.clone(), None, known),
            context: Context {
                targets: match run_at {
                    Some(_) => Targets::of(scene.case.suite.task.clone()),
                    None => Targets::anywhere(),
                },
                ..Context::new(host, scene.said.clone(), types)
            },
            scene,
            run_at,
            stop,
            program,
            used_us: Cell::new(0),
        })
    }

    fn site(&self, effect: &Effect) -> &EffectSite {
        &self.program.effects[effect.site.get()]
    }

    async fn answer(&self, effect: Effect) -> Result<Value, Fault> {
        let site = self.site(&effect);
        match &site.kind {
            EffectKind::Native(name) => {
                let (at, known) = (effect.at, self.scene.world.http.unanswered().len());
                let types = site.descriptors.clone();
                let answer = effect::perform(&self.context, name, effect.args, types).await;
                if let Some(request) = self.scene.world.http.unanswered().get(known) {
                    let at = if at.line > 0 { at } else { self.run_at.unwrap_or(at) };
                    let url = request.url.clone();
                    self.scene.fail(Reason::Unstubbed { method: request.method, url, at });
                }
                answer
            }
            EffectKind::Test(call) => self.test_call(call, &effect).await,
            _ => {
                let answer = self.sources.perform(&effect).await;
                if let (Ok(value), EffectClass::Observe) = (&answer, site.class) {
                    self.context.targets.learn(value);
                }
                answer
            }
        }
    }

    async fn test_call(&self, call: &TestCall, effect: &Effect) -> Result<Value, Fault> {
        let scene = self.scene;
        let arg = |at: usize| effect.args.get(at).cloned().unwrap_or(Value::Null);
        match call {
            TestCall::At => {
                if let Value::Time(at_us) = arg(0) {
                    scene.world.clock.set(at_us);
                }
                Ok(Value::Null)
            }
            TestCall::Stub { method } => {
                let stub = stub::read(method.as_deref(), &arg(0), &arg(1))?;
                scene.world.http.stub(stub);
                Ok(Value::Null)
            }
            TestCall::Expect(expectation) => {
                scene.fail(Reason::Unmet(seen(expectation, &arg(0))));
                Ok(Value::Null)
            }
            TestCall::Keep(number) => {
                let mut kept = scene.kept.borrow_mut();
                if let Some(place) = kept.get_mut(*number as usize)
                    && (place.is_some() || arg(0) != arg(1))
                {
                    *place = Some(arg(0));
                }
                Ok(Value::Null)
            }
            TestCall::Run => scene.run_body(effect.at).await,
            TestCall::Kept(number) => {
                let kept = scene.kept.borrow().get(*number as usize).cloned().flatten();
                Ok(kept.unwrap_or(Value::Null))
            }
        }
    }

    /// Time that passes on the test's clock counts against the task's `timeout`, sleep aside.
    fn count(&self, before_us: u64, was_sleep: bool) {
        let passed_us = self.scene.world.clock.monotonic_us().saturating_sub(before_us);
        if self.run_at.is_none() || was_sleep || passed_us == 0 {
            return;
        }
        self.used_us.set(self.used_us.get().saturating_add(passed_us));
        let timeout_us = self.scene.case.suite.headers.timeout.0.unsigned_abs();
        if self.used_us.get() > timeout_us {
            self.stop.send_replace(Order::Cancel);
        }
    }
}

impl Perform for Stage<'_> {
    fn perform(&self, effect: Effect, _: Mark) -> Answer<'_> {
        Box::pin(async move {
            let (before_us, was_sleep) =
                (self.scene.world.clock.monotonic_us(), self.is_sleep(&effect));
            let answer = self.answer(effect).await;
            self.count(before_us, was_sleep);
            if self.scene.is_broken() {
                self.stop.send_replace(Order::Cancel);
            }
            if *self.stop.borrow() == Order::Cancel {
                // Whoever drives the machine sees that it is to stop.
                pending::<()>().await;
            }
            answer
        })
    }

    /// The timeout of a test is on a real clock, on which its sleep takes no time.
    fn is_sleep(&self, effect: &Effect) -> bool {
        matches!(&self.site(effect).kind, EffectKind::Native(name) if name == "prelude.sleep")
    }

    fn needs_breath(&self) -> bool {
        false
    }

    fn catch_breath(&self) -> LocalBoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// What an expectation that was not met saw.
fn seen(expectation: &Expectation, values: &Value) -> Seen {
    let values: Vec<Value> = match values {
        Value::List(values) => values.iter().collect(),
        _ => Vec::new(),
    };
    let shown = expectation.shown.iter().zip(&values).map(|(it, value)| {
        let bytes_max = if it.is_side { SIDE_BYTES_MAX } else { VARIABLE_BYTES_MAX };
        (*it, shown(value, bytes_max))
    });
    Seen { place: expectation.place, shown: shown.collect() }
}

/// A value as a message shows it: a text in quotes, what is long cut off.
fn shown(value: &Value, bytes_max: usize) -> String {
    let mut out = Bounded::new(bytes_max);
    let written = match value.as_str() {
        Some(text) => quoted(&mut out, text),
        None => write_value(&mut out, value),
    };
    if written.is_err() {
        out.text.push('…');
    }
    out.text
}

/// What a test's runs print and log.
#[derive(Default)]
struct Said(Mutex<Vec<String>>);

impl Said {
    fn add(&self, text: &str) {
        let mut lines = self.0.lock().expect("pushing does not panic");
        for line in text.split('\n') {
            match lines.len() {
                LINES_MAX => lines.push("…".to_owned()),
                more if more > LINES_MAX => return,
                _ => lines.push(line.chars().take(LINE_BYTES_MAX).collect()),
            }
        }
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("taking does not panic"))
    }
}

impl Output for Said {
    fn print(&self, text: &str) {
        self.add(text);
    }

    fn log(&self, level: Level, text: &str, fields: Option<&str>) {
        let fields = fields.map_or(String::new(), |it| format!(" {it}"));
        self.add(&format!("{:5} {text}{fields}", level.as_str()));
    }

    fn progress(&self, _done: i64, _total: i64) {}
}

impl Listener for Said {
    fn is_full(&self) -> bool {
        false
    }

    fn hand_on(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}
