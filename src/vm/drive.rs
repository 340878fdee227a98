//! Runs a fiber: picks the dispatcher, and does what no instruction does itself — answers, faults, handlers.

use std::mem;

use super::context::{Context, Exit, Stop};
use super::dispatch;
use super::fiber::State;
use super::native::out_of_memory;
use super::threaded::{self, Ready};
use super::trace::{Trace, TraceFrame, describe, fault_of};
use super::trouble::{Trouble, TroubleKind};
use crate::bytecode::operand::Register;
use crate::bytecode::program::Position;
use crate::value::{Code, Fault, Value};

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

impl Context<'_> {
    /// Runs the fiber until it has to stop.
    pub(super) fn drive(&mut self) -> Exit {
        if let State::Answered(to, answer) = mem::replace(&mut self.fiber.state, State::Ready)
            && let Some(failed) = self.take_answer(to, answer)
        {
            return failed;
        }
        while let Some(frame) = self.fiber.frames.last() {
            if self.fuel < 0 {
                return Exit::Fuel;
            }
            let is_threaded = self.ready.get(frame.function.at()).is_some_and(Ready::has_code);
            let stop = if is_threaded { threaded::run(self) } else { dispatch::run(self) };
            match stop {
                Stop::Frame => {}
                Stop::Measure => return Exit::Memory,
                Stop::Exit(exit) => return *exit,
                Stop::Trouble(trouble) => {
                    if let Some(failed) = self.raise(trouble) {
                        return failed;
                    }
                }
            }
        }
        Exit::Finished(Value::Null)
    }

    fn take_answer(&mut self, to: Register, answer: Result<Value, Fault>) -> Option<Exit> {
        match (answer, self.fiber.frames.last().copied()) {
            (Ok(value), Some(frame)) => {
                *self.fiber.value(frame.values + u32::from(to.0)) = value;
                None
            }
            (Ok(_), None) => None,
            (Err(fault), _) => self.raise(fault.into()),
        }
    }

    /// Raises trouble where the innermost frame stands; gives the exit if nothing catches it.
    #[cold]
    pub(super) fn raise(&mut self, trouble: Trouble) -> Option<Exit> {
        let at = if self.fiber.frames.is_empty() { Position::default() } else { self.position() };
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
        self.unwind(Unwound { error, frames: Vec::new() })
    }

    /// Lets an error go out until something catches it.
    #[cold]
    pub(super) fn unwind(&mut self, mut unwound: Unwound) -> Option<Exit> {
        while let Some(frame) = self.fiber.frames.last_mut() {
            let function = self.program.function(frame.function.id());
            let at = frame.pc - 1;
            let mut handlers = function.handlers.iter();
            let handler = handlers.find(|it| it.start <= at && at < it.end);
            if let (Some(handler), Raised::Error(error)) = (handler, &mut unwound.error) {
                frame.pc = handler.target;
                let register = frame.values + u32::from(handler.error.0);
                *self.fiber.value(register) = mem::take(error);
                return None;
            }
            let position = function.position(at).unwrap_or_default();
            unwound.frames.push(TraceFrame { function: function.name.clone(), at: position });
            let frame = *frame;
            self.fiber.leave(frame, function);
        }
        Some(Exit::Failed(unwound))
    }
}

/// What a run gets that holds more than it may.
pub(super) fn memory_exhausted() -> Unwound {
    Unwound::limit(out_of_memory())
}
