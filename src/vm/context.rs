//! What instructions reach that need more than the registers of their frame: frames, the fiber, the program.

use super::core::Core;
use super::drive::Unwound;
use super::fiber::{Fiber, Frame};
use super::meaning::Control;
use super::registers::{Scalars, Values};
use super::threaded::Ready;
use super::trouble::{Outcome, Trouble, damaged, ok};
use crate::bytecode::operand::{Bank, FunctionId, Register, U24, Window};
use crate::bytecode::program::{Counts, Function, Position, Program, Signature};
use crate::value::{Closure, Code, Fault, Value};
use std::mem;
use std::rc::Rc;

/// What a fiber runs with.
pub(super) struct Context<'a> {
    pub(super) program: &'a Program,
    /// The program's functions as the threaded dispatcher takes them; empty where another one runs.
    pub(super) ready: &'a [Ready],
    pub(super) core: &'a mut Core,
    pub(super) fiber: &'a mut Fiber,
    /// What may be used up before the fiber stops.
    pub(super) fuel: i64,
    /// How many calls may be open at once.
    pub(super) depth_max: usize,
    /// Why the dispatcher stopped.
    pub(super) stop: Stop,
    /// The address of the running function's threaded code.
    pub(super) base: usize,
    /// How far functions can be entered without growing anything.
    pub(super) room: Room,
}

/// How far functions can be entered without growing anything.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    /// As long as fewer frames are open.
    pub(super) depth: usize,
    /// Up to where their scalars begin.
    pub(super) scalars: u32,
    /// Up to where their values begin.
    pub(super) values: u32,
}

/// Why a dispatcher stopped. The innermost frame's place is behind the instruction that it stopped at.
#[derive(Debug)]
pub(super) enum Stop {
    /// The innermost frame is another one now, or the fuel is used up.
    Frame,
    /// The memory has to be measured.
    Measure,
    /// The instruction did not do what it says.
    Trouble(Trouble),
    /// The fiber stops.
    Exit(Box<Exit>),
}

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

/// What a call costs, in instructions.
pub(super) const CALL_COST: i64 = 8;

impl Context<'_> {
    /// Stops the fiber behind this instruction.
    #[cold]
    pub(super) fn exit(&mut self, exit: Exit) -> Control {
        self.stop = Stop::Exit(Box::new(exit));
        Control::Exit
    }

    /// Looks anew how far functions can be entered without growing anything.
    pub(super) fn look_for_room(&mut self) {
        let (depth, scalars, values) = self.fiber.room();
        self.room = Room { depth: depth.min(self.depth_max), scalars, values };
    }

    /// The innermost frame.
    ///
    /// # Panics
    /// Never: instructions are carried out while there is a frame only.
    #[inline]
    pub(super) fn frame(&self) -> Frame {
        *self.fiber.frames.last().expect("an instruction has a frame")
    }

    /// The function of the innermost frame.
    #[inline]
    pub(super) fn function(&self) -> &Function {
        self.program.function(self.frame().function.id())
    }

    /// The registers of the innermost frame.
    #[inline]
    pub(super) fn registers(&mut self) -> (&mut Scalars, &mut Values) {
        let frame = self.frame();
        self.fiber.registers(frame)
    }

    /// Where the instruction stands in the source that is carried out.
    pub(super) fn position(&self) -> Position {
        self.function().position(self.frame().pc - 1).unwrap_or_default()
    }

    /// A scalar beyond the first registers.
    pub(super) fn far_scalar(&mut self, at: u16) -> &mut u64 {
        let place = self.frame().scalars - 1 - u32::from(at);
        self.fiber.scalar(place)
    }

    /// A value beyond the first registers.
    pub(super) fn far_value(&mut self, at: u16) -> &mut Value {
        let place = self.frame().values - 1 - u32::from(at);
        self.fiber.value(place)
    }

    /// Enters a function whose arguments begin at these registers. What was carried out of the caller so far is charged for; the
    /// caller gets it back when it goes on, and is charged when it goes back, calls or returns itself.
    pub(super) fn call(
        &mut self,
        function: FunctionId,
        s: Register,
        v: Register,
    ) -> Outcome<Control> {
        let callee = self.program.function(function);
        if self.fiber.frames.len() >= self.depth_max {
            return Err(too_deep(self.depth_max));
        }
        let frame = self.frame();
        let (s, v) = (frame.scalars + u32::from(s.0), frame.values + u32::from(v.0));
        self.fiber.enter(function, callee, s, v);
        if callee.far != Counts::default() {
            move_arguments(self.fiber, callee, s, v);
        }
        self.fuel -= CALL_COST + i64::from(frame.pc);
        Ok(Control::Frame)
    }

    /// Calls a closure with the arguments in these windows.
    pub(super) fn call_closure(
        &mut self,
        closure: Register,
        (s, v): (Window, Window),
        result: Option<Bank>,
    ) -> Outcome<Control> {
        let (_, values) = self.registers();
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
        let control = self.call(function, s.start, v.start)?;
        bring_captures(self.fiber, callee, &closure)?;
        Ok(control)
    }

    /// Goes back to the caller with a scalar.
    pub(super) fn return_scalar(&mut self, a: Register) -> Control {
        let frame = self.frame();
        let result = *self.fiber.scalar(frame.scalars + u32::from(a.0));
        let (at, _) = self.leave(frame);
        *self.fiber.scalar(at) = result;
        Control::Frame
    }

    /// Goes back to the caller with a value; ends the fiber where there is none.
    pub(super) fn return_value(&mut self, a: Register) -> Control {
        let frame = self.frame();
        let result = mem::take(self.fiber.value(frame.values + u32::from(a.0)));
        let (_, at) = self.leave(frame);
        if self.fiber.frames.is_empty() {
            return self.exit(Exit::Finished(result));
        }
        *self.fiber.value(at) = result;
        Control::Frame
    }

    /// Goes back to the caller.
    pub(super) fn return_nothing(&mut self) -> Control {
        self.leave(self.frame());
        Control::Frame
    }

    /// Leaves the innermost frame, frees what it held, and gives the places where its arguments began.
    fn leave(&mut self, frame: Frame) -> (u32, u32) {
        let function = self.program.function(frame.function.id());
        self.fiber.leave(frame, function);
        let caller = self.fiber.frames.last().map_or(0, |it| it.pc);
        self.fuel -= i64::from(frame.pc) - i64::from(caller);
        let far = function.far;
        (frame.scalars - u32::from(far.scalars), frame.values - u32::from(far.values))
    }
}

/// The function of a closure.
pub(super) fn function_id(closure: &Closure) -> Outcome<FunctionId> {
    FunctionId::new(closure.function as usize).ok_or_else(|| damaged("a closure's function"))
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
                *fiber.scalar(scalar) = ok!(super::ops::scalar::unbox(capture));
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
