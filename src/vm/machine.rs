//! The machine: fibers that share a program, and the order in which they run.

use std::collections::VecDeque;
use std::sync::Arc;

use super::context::{Context, Exit, Room, Stop, bring_captures, function_id};
use super::core::{Core, MissingNative};
use super::digest::Digest;
use super::drive::{Unwound, memory_exhausted};
use super::effect::{CallKey, Effect, FiberId};
use super::fiber::{Fiber, State};
use super::mark::Mark;
use super::memory::Measure;
use super::native::Natives;
use super::parallel::Join;
use super::threaded::Ready;
use super::trace::Trace;
use super::trouble::{Outcome, Trouble, damaged};
use crate::bytecode::Verified;
use crate::bytecode::operand::{FunctionId, Register, U24};
use crate::bytecode::program::{Position, Program};
use crate::bytecode::run_field::RunField;
use crate::value::{Code, Fault, Value};

/// What a run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Instructions, about: going back costs as many as lie between, a call costs a few.
    pub steps: u64,
    /// Bytes that the run's values may hold at once, about.
    pub memory: usize,
    /// Calls that may be open at once.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 10_000_000_000, memory: 256 << 20, depth: 100_000 }
    }
}

/// What a machine begins with.
#[derive(Clone, Debug)]
pub struct Start {
    /// What is carried out.
    pub entry: Entry,
    /// What the run knows of itself, by [`RunField::ALL`](crate::bytecode::run_field::RunField::ALL).
    pub run: Vec<Value>,
}

/// What is carried out.
#[derive(Clone, Debug)]
pub enum Entry {
    /// The task's statements, with what its kept variables hold; nothing for one that no run has kept.
    Body(Vec<Option<Value>>),
    /// The statements of `on failure`, with the error.
    OnFailure(Fault),
    /// A test, by its place among the program's tests.
    Test(usize),
}

/// What a step comes to.
#[derive(Debug)]
pub enum Step {
    /// The run is over. The value of a task's body is a list of what its kept variables hold then.
    Done(Value),
    /// A call leaves the machine. Others may follow before it is answered: step until [`Step::Waiting`].
    Effect(Effect),
    /// Nothing can go on before a call is answered with [`Machine::resume`].
    Waiting,
    /// The fuel of this step is used up.
    OutOfFuel,
    /// The run failed.
    Fault(Box<Trace>),
}

/// A run in progress. It stays on its thread: values are counted without locks.
#[derive(Debug)]
pub struct Machine {
    program: Arc<Verified>,
    pub(super) core: Core,
    /// Fibers by name. The place of the one that runs is empty while it does.
    pub(super) fibers: Vec<Option<Box<Fiber>>>,
    /// Names that may be given again.
    pub(super) free: Vec<FiberId>,
    pub(super) ready: VecDeque<FiberId>,
    pub(super) steps_left: u64,
    depth_max: usize,
    /// The functions as the threaded dispatcher takes them; empty where the plain one runs.
    code: Vec<Ready>,
}

/// What carries out instructions. Both do the same, step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dispatch {
    /// A loop around a match.
    Plain,
    /// Instructions that lead to each other: faster in builds with optimisation.
    Threaded,
}

const ROOT: FiberId = FiberId(0);

impl Machine {
    /// A machine that is about to carry out an entry of a program.
    pub fn new(
        program: Arc<Verified>,
        natives: &dyn Natives,
        limits: Limits,
        start: Start,
    ) -> Result<Self, MissingNative> {
        let core = Core::new(&program, natives, start.run, limits.memory)?;
        let mut machine = Self {
            core,
            fibers: Vec::new(),
            free: Vec::new(),
            ready: VecDeque::from([ROOT]),
            steps_left: limits.steps,
            depth_max: limits.depth,
            code: Vec::new(),
            program,
        };
        let root = machine.root(start.entry);
        machine.fibers.push(Some(Box::new(root)));
        let is_optimised = !cfg!(debug_assertions);
        Ok(machine.dispatched(if is_optimised { Dispatch::Threaded } else { Dispatch::Plain }))
    }

    /// The same machine with another dispatcher than the one that suits the build.
    #[must_use]
    pub fn dispatched(mut self, dispatch: Dispatch) -> Self {
        self.code = match dispatch {
            Dispatch::Plain => Vec::new(),
            Dispatch::Threaded => Ready::all(self.program.program()),
        };
        self
    }

    fn root(&self, entry: Entry) -> Fiber {
        let program = self.program.program();
        let enter = |id: FunctionId| Fiber::new(id, program.function(id), CallKey::default());
        match entry {
            Entry::Body(kept) => {
                let mut fiber = enter(program.entries.body);
                let mut kept = kept.into_iter();
                for at in 0..program.kept.len() {
                    let value = kept.next().flatten();
                    let at = Register(u8::try_from(at).unwrap_or(u8::MAX));
                    fiber.set_scalar(at, u64::from(value.is_some()));
                    fiber.set_value(at, value.unwrap_or_default());
                }
                fiber
            }
            Entry::OnFailure(fault) => {
                let function = program.entries.on_failure.unwrap_or(program.entries.body);
                let mut fiber = enter(function);
                let error = self.core.error_record(fault, String::new());
                fiber.set_value(Register(0), error);
                fiber
            }
            Entry::Test(at) => {
                let test = program.entries.tests.get(at);
                enter(test.map_or(program.entries.body, |(_, id)| *id))
            }
        }
    }

    /// What it carries out.
    #[must_use]
    pub fn program(&self) -> &Program {
        self.program.program()
    }

    /// How many of the steps that the run may take are left.
    #[must_use]
    pub fn steps_left(&self) -> u64 {
        self.steps_left
    }

    /// Runs until something has to happen outside, for at most about `fuel` instructions.
    pub fn step(&mut self, fuel: u64) -> Step {
        let mut fuel = i64::try_from(fuel.min(self.steps_left)).unwrap_or(i64::MAX);
        while let Some(id) = self.ready.pop_front() {
            let Some(mut fiber) = self.fibers[id.0 as usize].take() else { continue };
            let before = fuel;
            let mut context = self.context(&mut fiber, fuel);
            let exit = context.drive();
            fuel = context.fuel;
            self.steps_left = self.steps_left.saturating_add_signed(fuel - before);
            if let Some(step) = self.after(id, fiber, exit) {
                return step;
            }
        }
        if self.fibers.iter().all(Option::is_none) {
            return self.failed(Unwound::limit(Fault::argument("the run is over")));
        }
        Step::Waiting
    }

    /// Answers a call that left the machine. Does nothing where nobody waits for an answer.
    pub fn resume(&mut self, fiber: FiberId, answer: Result<Value, Fault>) {
        let Some(Some(waiting)) = self.fibers.get_mut(fiber.0 as usize) else { return };
        let State::Waits(to) = waiting.state else { return };
        if let Ok(value) = &answer {
            self.core.memory.made(super::memory::estimate(value));
        }
        waiting.state = State::Answered(to, answer);
        self.ready.push_back(fiber);
    }

    /// A hash of everything that decides what the run will do. Equal programs that were given equal answers have equal digests, on
    /// every machine.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Digest::default();
        for fiber in self.fibers.iter().flatten() {
            fiber.digest(self.program.program(), &mut digest);
        }
        digest.finish()
    }

    /// What the program did to come to a call that has not been answered yet.
    #[must_use]
    pub fn mark(&self, effect: &Effect) -> Mark {
        let fiber = self.fibers.get(effect.fiber.0 as usize).and_then(Option::as_ref);
        let fiber = fiber.expect("a call's fiber waits for its answer");
        Mark::of(fiber, effect, &self.program.program().effects[effect.site.get()].kind)
    }

    /// Says what the run knows of itself from now on, where that has changed.
    pub fn tell(&mut self, field: RunField, value: Value) {
        if let Some(known) = self.core.run.get_mut(usize::from(field.number())) {
            *known = value;
        }
    }

    fn context<'a>(&'a mut self, fiber: &'a mut Fiber, fuel: i64) -> Context<'a> {
        Context {
            program: self.program.program(),
            ready: &self.code,
            core: &mut self.core,
            fiber,
            fuel,
            depth_max: self.depth_max,
            stop: Stop::Frame,
            base: 0,
            room: Room::default(),
        }
    }

    /// What a fiber's stop means for the machine; nothing if other fibers, or this one, can go on.
    fn after(&mut self, id: FiberId, mut fiber: Box<Fiber>, exit: Exit) -> Option<Step> {
        match exit {
            Exit::Effect { site, args, at } => Some(self.effect(id, fiber, site, args, at)),
            Exit::Fuel => {
                self.put_back(id, fiber);
                if self.steps_left == 0 {
                    Some(self.failed(out_of_steps()))
                } else {
                    Some(Step::OutOfFuel)
                }
            }
            Exit::Memory => {
                self.put_back(id, fiber);
                (!self.measure()).then(|| self.failed(memory_exhausted()))
            }
            Exit::Parallel { body, items, limit, to } => {
                let number = fiber.parallels;
                fiber.parallels += 1;
                let spawned = Join::new(to, number, body, items, limit).and_then(|mut join| {
                    self.spawn(id, &fiber, &mut join)?;
                    Ok(join)
                });
                match spawned {
                    Ok(join) => self.wait_or_go_on(id, fiber, join),
                    Err(trouble) => self.raise(id, fiber, trouble),
                }
            }
            Exit::Finished(value) => match fiber.parent {
                None => Some(Step::Done(value)),
                Some((parent, at)) => self.body_ended(id, parent, at, Ok(value)),
            },
            Exit::Failed(error) => match fiber.parent {
                Some((parent, at)) if !error.is_final() => {
                    self.body_ended(id, parent, at, Err(error))
                }
                _ => Some(self.failed(error)),
            },
        }
    }

    fn put_back(&mut self, id: FiberId, fiber: Box<Fiber>) {
        self.fibers[id.0 as usize] = Some(fiber);
        self.ready.push_front(id);
    }

    /// The run is over: nothing runs any more, and what it held is freed.
    fn failed(&mut self, error: Unwound) -> Step {
        let frames = self.ready.front().and_then(|id| self.fibers[id.0 as usize].as_ref());
        let frames = frames.map(|it| it.trace(self.program.program())).unwrap_or_default();
        self.ready.clear();
        self.fibers.iter_mut().for_each(|it| *it = None);
        let mut trace = error.into_trace();
        if trace.frames.is_empty() {
            trace.frames = frames;
        }
        Step::Fault(Box::new(trace))
    }

    fn effect(
        &mut self,
        id: FiberId,
        mut fiber: Box<Fiber>,
        site: U24,
        args: Vec<Value>,
        at: Position,
    ) -> Step {
        let key = fiber.key.clone();
        fiber.key.number += 1;
        self.fibers[id.0 as usize] = Some(fiber);
        Step::Effect(Effect { fiber: id, key, site, args, at })
    }

    /// Measures what the run holds; says whether it may go on.
    pub(super) fn measure(&mut self) -> bool {
        let mut measure = Measure::default();
        self.core.constants.iter().for_each(|it| measure.add(it));
        for fiber in self.fibers.iter().flatten() {
            fiber.measure(&mut measure);
        }
        self.core.memory.measured(measure.total())
    }

    /// Begins as many bodies as may begin.
    fn spawn(&mut self, parent: FiberId, fiber: &Fiber, join: &mut Join) -> Outcome<()> {
        while let Some((at, item)) = join.begin() {
            let function = function_id(&join.body)?;
            let callee = self.program.program().function(function);
            let signature = callee.signature;
            let sound = signature.scalars == 0 && signature.values == 1;
            if !sound || callee.captures.len() != join.body.captures.len() {
                return Err(damaged("the body of a parallel"));
            }
            let mut path = fiber.key.path.clone();
            path.push((join.number, at));
            let mut body = Fiber::new(function, callee, CallKey { path, number: 0 });
            body.set_value(Register(0), item);
            bring_captures(&mut body, callee, &join.body)?;
            body.parent = Some((parent, at));
            self.core.memory.made(body.stack_bytes());
            let id = self.free_place();
            self.fibers[id.0 as usize] = Some(Box::new(body));
            self.ready.push_back(id);
        }
        Ok(())
    }

    fn free_place(&mut self) -> FiberId {
        self.free.pop().unwrap_or_else(|| {
            self.fibers.push(None);
            FiberId(u32::try_from(self.fibers.len() - 1).unwrap_or(u32::MAX))
        })
    }

    fn wait_or_go_on(&mut self, id: FiberId, mut fiber: Box<Fiber>, join: Join) -> Option<Step> {
        if !join.is_over() {
            fiber.state = State::Joins(Box::new(join));
            self.fibers[id.0 as usize] = Some(fiber);
            return None;
        }
        let to = join.to;
        match join.into_result() {
            Ok(results) => {
                fiber.state = State::Answered(to, Ok(results));
                self.put_back(id, fiber);
                None
            }
            Err(error) => {
                fiber.state = State::Ready;
                self.unwind(id, fiber, error)
            }
        }
    }

    fn body_ended(
        &mut self,
        id: FiberId,
        parent: FiberId,
        at: u32,
        result: Result<Value, Unwound>,
    ) -> Option<Step> {
        self.free.push(id);
        let mut fiber = self.fibers[parent.0 as usize].take()?;
        let State::Joins(mut join) = std::mem::replace(&mut fiber.state, State::Ready) else {
            return None;
        };
        join.end(at, result);
        if let Err(trouble) = self.spawn(parent, &fiber, &mut join) {
            return self.raise(parent, fiber, trouble);
        }
        self.wait_or_go_on(parent, fiber, *join)
    }

    fn raise(&mut self, id: FiberId, mut fiber: Box<Fiber>, trouble: Trouble) -> Option<Step> {
        let exit = self.context(&mut fiber, 0).raise(trouble);
        self.after_raising(id, fiber, exit)
    }

    fn unwind(&mut self, id: FiberId, mut fiber: Box<Fiber>, error: Unwound) -> Option<Step> {
        let exit = self.context(&mut fiber, 0).unwind(error);
        self.after_raising(id, fiber, exit)
    }

    fn after_raising(
        &mut self,
        id: FiberId,
        fiber: Box<Fiber>,
        exit: Option<Exit>,
    ) -> Option<Step> {
        if let Some(exit) = exit {
            return self.after(id, fiber, exit);
        }
        self.put_back(id, fiber);
        None
    }
}

fn out_of_steps() -> Unwound {
    Unwound::limit(Fault::new(Code::Limit, "the run has taken all the steps that it may take"))
}
