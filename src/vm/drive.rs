//! Runs a fiber: what instructions need beside their own frame — calls, returns, faults — happens here.

use super::core::Core;
use super::fiber::{Fiber, Frame, State};
use super::native::out_of_memory;
use super::registers::{Words, take};
use super::run::{Stop, run};
use super::trace::{Trace, TraceFrame, describe, fault_of};
use super::trouble::{Outcome, Trouble, TroubleKind, damaged};
use crate::bytecode::instruction::Instruction;
use crate::bytecode::operand::{Bank, FunctionId, Register, U24, Window};
use crate::bytecode::program::{Function, Position, Program, Signature};
use crate::value::{Closure, Code, Fault, Value};
use std::mem;
use std::rc::Rc;

/// Why a fiber stopped running.
#[derive(Debug)]
pub(super) enum Exit {
    /// Its outermost function gave this.
    Finished(Value),
    /// It waits for the world.
    Effect { site: U24, args: Vec<Value>, at: Position },
    /// It waits for the bodies of a `parallel`.
    Parallel { body: Rc<Closure>, items: Value, limit: i64, to: Register },
    /// The fuel is used up.
    Fuel,
    /// The memory has to be measured.
    Memory,
    /// It failed and nothing caught that.
    Failed(Unwound),
}

/// An error on its way out.
#[derive(Debug)]
pub(super) struct Unwound {
    /// The error record, or what cannot be caught.
    error: Raised,
    /// Where it came by, innermost first.
    frames: Vec<TraceFrame>,
}

#[derive(Debug)]
enum Raised {
    Error(Value),
    Final(Fault),
}

impl Unwound {
    /// A limit of the run was reached while the fiber ran.
    pub(super) fn limit(fault: Fault) -> Self {
        Self { error: Raised::Final(fault), frames: Vec::new() }
    }

    /// Whether no program may catch it.
    pub(super) fn is_final(&self) -> bool {
        matches!(self.error, Raised::Final(_))
    }

    /// What people are shown.
    pub(super) fn into_trace(self) -> Trace {
        let fault = match self.error {
            Raised::Error(error) => fault_of(&error),
            Raised::Final(fault) => fault,
        };
        Trace { fault, frames: self.frames }
    }
}

/// What a call costs, in instructions.
const CALL_COST: i64 = 8;

/// What a fiber runs with.
pub(super) struct Driver<'a> {
    pub(super) program: &'a Program,
    pub(super) core: &'a mut Core,
    pub(super) fuel: &'a mut i64,
    /// How many calls may be open at once.
    pub(super) depth_max: usize,
}

/// What a step outside the executor comes to.
enum Next {
    /// The fiber goes on.
    Run,
    /// It does not.
    Exit(Exit),
}

impl Driver<'_> {
    /// Runs a fiber until it has to stop.
    pub(super) fn drive(&mut self, fiber: &mut Fiber) -> Exit {
        if let State::Answered(to, answer) = mem::replace(&mut fiber.state, State::Ready)
            && let Some(failed) = self.take_answer(fiber, to, answer)
        {
            return failed;
        }
        while let Some(mut frame) = fiber.frames.last().copied() {
            let function = self.program.function(frame.function);
            let (s, v) = fiber.registers(frame);
            let stop = run(self.core, function, &mut frame.pc, s, v, self.fuel);
            if let Some(innermost) = fiber.frames.last_mut() {
                innermost.pc = frame.pc;
            }
            let next = match stop {
                Stop::Leave(instruction) => self.leave(fiber, frame, function, instruction),
                Stop::Trouble(trouble) => Err(trouble),
                Stop::Fuel => return Exit::Fuel,
                Stop::Memory => return Exit::Memory,
            };
            match next {
                Ok(Next::Run) => {}
                Ok(Next::Exit(exit)) => return exit,
                Err(trouble) => {
                    if let Some(failed) = self.raise(fiber, trouble) {
                        return failed;
                    }
                }
            }
        }
        Exit::Finished(Value::Null)
    }

    fn take_answer(
        &mut self,
        fiber: &mut Fiber,
        to: Register,
        answer: Result<Value, Fault>,
    ) -> Option<Exit> {
        match (answer, fiber.frames.last()) {
            (Ok(value), Some(frame)) => {
                *fiber.value(frame.values + u32::from(to.0)) = value;
                None
            }
            (Ok(_), None) => None,
            (Err(fault), _) => self.raise(fiber, fault.into()),
        }
    }

    #[inline]
    fn leave(
        &mut self,
        fiber: &mut Fiber,
        frame: Frame,
        function: &Function,
        instruction: Instruction,
    ) -> Outcome<Next> {
        match instruction {
            Instruction::CallS { s, v, function }
            | Instruction::CallV { s, v, function }
            | Instruction::Call { s, v, function } => self.call(fiber, frame, function, s, v),
            Instruction::ReturnS { a } => {
                let result = *fiber.scalar(frame.scalars + u32::from(a.0));
                fiber.leave(frame, function);
                *fiber.scalar(frame.scalars - u32::from(function.far.scalars)) = result;
                Ok(Next::Run)
            }
            Instruction::ReturnV { a } => {
                let result = mem::take(fiber.value(frame.values + u32::from(a.0)));
                fiber.leave(frame, function);
                if fiber.frames.is_empty() {
                    return Ok(Next::Exit(Exit::Finished(result)));
                }
                *fiber.value(frame.values - u32::from(function.far.values)) = result;
                Ok(Next::Run)
            }
            Instruction::Return {} => {
                fiber.leave(frame, function);
                Ok(Next::Run)
            }
            Instruction::CallClosureS { closure, s, v } => {
                self.call_closure(fiber, frame, closure, (s, v), Some(Bank::Scalar))
            }
            Instruction::CallClosureV { closure, s, v } => {
                self.call_closure(fiber, frame, closure, (s, v), Some(Bank::Value))
            }
            Instruction::CallClosure { closure, s, v } => {
                self.call_closure(fiber, frame, closure, (s, v), None)
            }
            _ => self.leave_seldom(fiber, frame, instruction),
        }
    }

    #[cold]
    #[inline(never)]
    fn leave_seldom(
        &mut self,
        fiber: &mut Fiber,
        frame: Frame,
        instruction: Instruction,
    ) -> Outcome<Next> {
        let far_scalar = |at: u16| frame.scalars - 1 - u32::from(at);
        let far_value = |at: u16| frame.values - 1 - u32::from(at);
        let value = |register: Register| frame.values + u32::from(register.0);
        match instruction {
            Instruction::LoadFarS { to, far } => {
                let word = *fiber.scalar(far_scalar(far));
                fiber.registers(frame).0.set_word(to, word);
            }
            Instruction::StoreFarS { far, a } => {
                *fiber.scalar(far_scalar(far)) = fiber.registers(frame).0.word(a);
            }
            Instruction::LoadFarV { to, far } => {
                *fiber.value(value(to)) = fiber.value(far_value(far)).clone();
            }
            Instruction::TakeFarV { to, far } => {
                *fiber.value(value(to)) = mem::take(fiber.value(far_value(far)));
            }
            Instruction::StoreFarV { far, a } => {
                *fiber.value(far_value(far)) = mem::take(fiber.value(value(a)));
            }
            Instruction::Closure { to, captures, function } => {
                let captures = fiber.registers(frame).1[captures.range()].iter_mut().map(mem::take);
                let closure = Closure { function: number(function), captures: captures.collect() };
                self.core.memory.made(64 + 16 * closure.captures.len());
                *fiber.value(value(to)) = Value::Closure(Rc::new(closure));
                if self.core.memory.is_due() {
                    return Ok(Next::Exit(Exit::Memory));
                }
            }
            Instruction::Effect { to, args, effect } => {
                let args = fiber.registers(frame).1[args.range()].iter_mut().map(mem::take);
                let args = args.collect();
                let at = self.position(frame);
                fiber.state = State::Waits(to);
                return Ok(Next::Exit(Exit::Effect { site: effect, args, at }));
            }
            Instruction::Parallel { to, body, items, limit } => {
                let (s, v) = fiber.registers(frame);
                let Value::Closure(body) = &v[body.at()] else { return Err(damaged("a closure")) };
                let (body, items) = (Rc::clone(body), v[items.at()].clone());
                let limit = s.int(limit);
                return Ok(Next::Exit(Exit::Parallel { body, items, limit, to }));
            }
            Instruction::Fail { a } => {
                let error = take(fiber.registers(frame).1, a);
                return Err(TroubleKind::Error(error).into());
            }
            Instruction::FailWith { message } => {
                let message = fiber.value(value(message)).to_string();
                return Err(Fault::new(Code::Fail, message).into());
            }
            _ => return Err(damaged("an instruction that leaves its frame")),
        }
        Ok(Next::Run)
    }

    #[inline]
    fn call(
        &mut self,
        fiber: &mut Fiber,
        frame: Frame,
        function: FunctionId,
        s: Window,
        v: Window,
    ) -> Outcome<Next> {
        let callee = self.program.function(function);
        self.enter(fiber, frame, function, callee, s.start, v.start)
    }

    #[inline]
    fn enter(
        &mut self,
        fiber: &mut Fiber,
        frame: Frame,
        function: FunctionId,
        callee: &Function,
        s: Register,
        v: Register,
    ) -> Outcome<Next> {
        if fiber.frames.len() >= self.depth_max {
            return Err(too_deep(self.depth_max));
        }
        let (s, v) = (frame.scalars + u32::from(s.0), frame.values + u32::from(v.0));
        fiber.enter(function, callee, s, v);
        if callee.far != crate::bytecode::program::Counts::default() {
            move_arguments(fiber, callee, s, v);
        }
        *self.fuel -= CALL_COST;
        if *self.fuel < 0 { Ok(Next::Exit(Exit::Fuel)) } else { Ok(Next::Run) }
    }

    fn call_closure(
        &mut self,
        fiber: &mut Fiber,
        frame: Frame,
        closure: Register,
        (s, v): (Window, Window),
        result: Option<Bank>,
    ) -> Outcome<Next> {
        let (_, values) = fiber.registers(frame);
        let Value::Closure(closure) = &values[closure.at()] else {
            return Err(damaged("a closure"));
        };
        let closure = Rc::clone(closure);
        let function = function_id(&closure)?;
        let callee = self.program.function(function);
        let expected = Signature { scalars: s.count, values: v.count, result };
        if callee.signature != expected || callee.captures.len() != closure.captures.len() {
            return Err(damaged("a closure that takes these arguments"));
        }
        let next = self.enter(fiber, frame, function, callee, s.start, v.start)?;
        bring_captures(fiber, callee, &closure)?;
        Ok(next)
    }

    fn position(&self, frame: Frame) -> Position {
        self.program.function(frame.function).position(frame.pc - 1).unwrap_or_default()
    }

    /// Raises trouble where the innermost frame stands; gives the exit if nothing catches it.
    #[cold]
    pub(super) fn raise(&mut self, fiber: &mut Fiber, trouble: Trouble) -> Option<Exit> {
        let at = fiber.frames.last().map(|it| self.position(*it)).unwrap_or_default();
        let error = match trouble.into_kind() {
            TroubleKind::Fault(fault) => {
                Raised::Error(self.core.error_record(fault, describe(self.program, at)))
            }
            TroubleKind::Error(error) => Raised::Error(error),
            TroubleKind::Damaged(expected) => Raised::Final(Fault::new(
                Code::Limit,
                format!("the compiled program is damaged: {expected} was expected"),
            )),
        };
        self.unwind(fiber, Unwound { error, frames: Vec::new() })
    }

    /// Lets an error go out until something catches it.
    #[cold]
    pub(super) fn unwind(&mut self, fiber: &mut Fiber, mut unwound: Unwound) -> Option<Exit> {
        while let Some(frame) = fiber.frames.last_mut() {
            let function = self.program.function(frame.function);
            let at = frame.pc - 1;
            let mut handlers = function.handlers.iter();
            let handler = handlers.find(|it| it.start <= at && at < it.end);
            if let (Some(handler), Raised::Error(error)) = (handler, &mut unwound.error) {
                frame.pc = handler.target;
                let register = frame.values + u32::from(handler.error.0);
                *fiber.value(register) = mem::take(error);
                return None;
            }
            let position = function.position(at).unwrap_or_default();
            unwound.frames.push(TraceFrame { function: function.name.clone(), at: position });
            let frame = *frame;
            fiber.leave(frame, function);
        }
        Some(Exit::Failed(unwound))
    }
}

/// The function of a closure.
pub(super) fn function_id(closure: &Closure) -> Outcome<FunctionId> {
    FunctionId::new(closure.function as usize).ok_or_else(|| damaged("a closure's function"))
}

fn number(function: FunctionId) -> u32 {
    u32::try_from(function.at()).expect("a function's number has three bytes")
}

/// Puts a closure's variables behind the parameters of the function that was just entered.
pub(super) fn bring_captures(
    fiber: &mut Fiber,
    callee: &Function,
    closure: &Closure,
) -> Outcome<()> {
    let Some(frame) = fiber.frames.last().copied() else { return Ok(()) };
    let mut scalar = frame.scalars + u32::from(callee.signature.scalars);
    let mut value = frame.values + u32::from(callee.signature.values);
    for (bank, capture) in callee.captures.iter().zip(&closure.captures) {
        match bank {
            Bank::Scalar => {
                *fiber.scalar(scalar) = super::ops::scalar::unbox(capture)?;
                scalar += 1;
            }
            Bank::Value => {
                *fiber.value(value) = capture.clone();
                value += 1;
            }
        }
    }
    Ok(())
}

/// Moves arguments past the far registers of the function that was just entered.
#[cold]
fn move_arguments(fiber: &mut Fiber, callee: &Function, s: u32, v: u32) {
    let Some(frame) = fiber.frames.last().copied() else { return };
    for at in (0..u32::from(callee.signature.scalars)).rev() {
        *fiber.scalar(frame.scalars + at) = *fiber.scalar(s + at);
    }
    for at in (0..u32::from(callee.signature.values)).rev() {
        *fiber.value(frame.values + at) = mem::take(fiber.value(v + at));
    }
}

#[cold]
fn too_deep(depth_max: usize) -> Trouble {
    let message = format!("more than {depth_max} calls are open at once");
    Fault::new(Code::Limit, message).into()
}

/// What a run gets that holds more than it may.
pub(super) fn memory_exhausted() -> Unwound {
    Unwound::limit(out_of_memory())
}
