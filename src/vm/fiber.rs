//! A fiber: frames on the heap, and the registers that they stand on.

use super::digest::Digest;
use super::effect::{CallKey, FiberId};
use super::memory::Measure;
use super::parallel::Join;
use super::registers::{Scalars, Values, clear};
use super::trace::TraceFrame;
use crate::bytecode::operand::{FunctionId, REGISTERS_MAX, Register};
use crate::bytecode::program::{Function, Program};
use crate::value::{Fault, Value};

/// One line of calls with its own registers.
#[derive(Debug)]
pub(super) struct Fiber {
    /// Innermost last; empty once the fiber has finished.
    pub(super) frames: Vec<Frame>,
    /// INVARIANT: both banks reach [`REGISTERS_MAX`] beyond the base of the innermost frame.
    pub(super) scalars: Vec<u64>,
    pub(super) values: Vec<Value>,
    /// What it is called in the journal, and how many effects it has called.
    pub(super) key: CallKey,
    /// How many `parallel`s it has begun.
    pub(super) parallels: u32,
    pub(super) state: State,
    /// Who waits for it, and for which item.
    pub(super) parent: Option<(FiberId, u32)>,
}

/// A call that has not returned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) function: Entered,
    /// The instruction behind the one that is carried out.
    pub(super) pc: u32,
    /// Where its scalars begin. Far registers stand right before.
    pub(super) scalars: u32,
    /// Where its values begin. Far registers stand right before.
    pub(super) values: u32,
}

/// The function that a frame is for, in one word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entered(u32);

impl Entered {
    const LIGHT: u32 = 1 << 31;

    /// A function of the program.
    pub(super) fn new(function: FunctionId) -> Self {
        // Three bytes.
        #[expect(clippy::cast_possible_truncation, reason = "a function's number has three bytes")]
        Self(function.at() as u32)
    }

    /// The same, said to be light or not: a light frame has no values and was entered from code of the threaded dispatcher, so that leaving it
    /// frees nothing.
    #[inline]
    pub(super) fn light(self, is_light: bool) -> Self {
        Self(self.0 | u32::from(is_light) << 31)
    }

    /// Whether leaving its frame is known to free nothing.
    #[inline]
    pub(super) fn is_light(self) -> bool {
        self.0 & Self::LIGHT != 0
    }

    /// Its place among the program's functions.
    #[inline]
    pub(super) fn at(self) -> usize {
        (self.0 & !Self::LIGHT) as usize
    }

    /// The function.
    pub(super) fn id(self) -> FunctionId {
        FunctionId::new(self.at()).expect("it was made of one")
    }
}

/// What a fiber does.
#[derive(Debug)]
pub(super) enum State {
    /// It can go on.
    Ready,
    /// It waits for the world; the answer goes into the register.
    Waits(Register),
    /// The world has answered.
    Answered(Register, Result<Value, Fault>),
    /// It waits for the bodies of a `parallel`.
    Joins(Box<Join>),
}

impl Fiber {
    /// A fiber that is about to enter a function.
    pub(super) fn new(function: FunctionId, callee: &Function, key: CallKey) -> Self {
        let mut fiber = Self {
            frames: Vec::with_capacity(8),
            scalars: Vec::new(),
            values: Vec::new(),
            key,
            parallels: 0,
            state: State::Ready,
            parent: None,
        };
        fiber.enter(function, callee, 0, 0);
        fiber
    }

    /// Enters a function whose parameters stand, or will stand, at these places.
    pub(super) fn enter(
        &mut self,
        function: FunctionId,
        callee: &Function,
        scalars: u32,
        values: u32,
    ) {
        let scalars = scalars + u32::from(callee.far.scalars);
        let values = values + u32::from(callee.far.values);
        let frame = Frame { function: Entered::new(function), pc: 0, scalars, values };
        let scalars_end = scalars as usize + REGISTERS_MAX;
        let values_end = values as usize + REGISTERS_MAX;
        if self.scalars.len() < scalars_end || self.values.len() < values_end {
            self.grow(scalars_end, values_end);
        }
        self.frames.push(frame);
    }

    /// How far functions can be entered without growing anything: how many frames there is room for, and up to where the scalars and
    /// values of the innermost one may begin.
    pub(super) fn room(&self) -> (usize, u32, u32) {
        let last = |length: usize| u32::try_from(length - REGISTERS_MAX).unwrap_or(u32::MAX);
        (self.frames.capacity(), last(self.scalars.len()), last(self.values.len()))
    }

    #[cold]
    fn grow(&mut self, scalars_end: usize, values_end: usize) {
        if self.scalars.len() < scalars_end {
            self.scalars.resize(scalars_end + scalars_end / 2, 0);
        }
        if self.values.len() < values_end {
            self.values.resize(values_end + values_end / 2, Value::Null);
        }
    }

    /// The registers of a frame.
    ///
    /// # Panics
    /// Never: both banks reach far enough beyond every frame.
    #[inline]
    pub(super) fn registers(&mut self, frame: Frame) -> (&mut Scalars, &mut Values) {
        let scalars = &mut self.scalars[frame.scalars as usize..];
        let values = &mut self.values[frame.values as usize..];
        let scalars = scalars.first_chunk_mut().expect("scalars reach beyond every frame");
        (scalars, values.first_chunk_mut().expect("values reach beyond every frame"))
    }

    /// Where the registers of a frame begin, as addresses inside the whole banks.
    #[inline]
    pub(super) fn banks(&mut self, frame: Frame) -> (*mut Scalars, *mut Values) {
        let scalars = self.scalars.as_mut_ptr().wrapping_add(frame.scalars as usize);
        let values = self.values.as_mut_ptr().wrapping_add(frame.values as usize);
        (scalars.cast(), values.cast())
    }

    /// The scalar at a place of the whole bank.
    #[inline]
    pub(super) fn scalar(&mut self, at: u32) -> &mut u64 {
        &mut self.scalars[at as usize]
    }

    /// The value at a place of the whole bank.
    #[inline]
    pub(super) fn value(&mut self, at: u32) -> &mut Value {
        &mut self.values[at as usize]
    }

    /// Leaves the innermost frame and frees what it held.
    #[inline]
    pub(super) fn leave(&mut self, frame: Frame, function: &Function) {
        self.frames.pop();
        let start = (frame.values - u32::from(function.far.values)) as usize;
        let end = frame.values as usize + usize::from(function.registers.values);
        self.values[start..end].iter_mut().for_each(clear);
    }

    /// Sets a scalar of the frame that was just entered.
    pub(super) fn set_scalar(&mut self, register: Register, word: u64) {
        if let Some(frame) = self.frames.last() {
            self.scalars[frame.scalars as usize + register.at()] = word;
        }
    }

    /// Sets a value of the frame that was just entered.
    pub(super) fn set_value(&mut self, register: Register, value: Value) {
        if let Some(frame) = self.frames.last() {
            self.values[frame.values as usize + register.at()] = value;
        }
    }

    /// What frames and registers take.
    pub(super) fn stack_bytes(&self) -> usize {
        self.scalars.len() * size_of::<u64>()
            + self.values.len() * size_of::<Value>()
            + self.frames.capacity() * size_of::<Frame>()
    }

    /// Adds what it holds.
    pub(super) fn measure(&self, measure: &mut Measure) {
        measure.add_bytes(self.stack_bytes());
        self.held().for_each(|it| measure.add(it));
    }

    /// Where it stands, innermost first.
    pub(super) fn trace(&self, program: &Program) -> Vec<TraceFrame> {
        let frames = self.frames.iter().rev().map(|frame| {
            let function = program.function(frame.function.id());
            let at = function.position(frame.pc.saturating_sub(1)).unwrap_or_default();
            TraceFrame { function: function.name.clone(), at }
        });
        frames.collect()
    }

    /// Adds everything that decides what it will do.
    pub(super) fn digest(&self, program: &Program, digest: &mut Digest) {
        digest.number(self.key.number);
        for (parallel, item) in &self.key.path {
            digest.number(u64::from(*parallel) << 32 | u64::from(*item));
        }
        for frame in &self.frames {
            digest.number(u64::from(frame.pc));
            digest.number(frame.function.at() as u64);
        }
        let top = self.frames.last().map_or(0, |frame| {
            let registers = program.function(frame.function.id()).registers;
            frame.scalars as usize + usize::from(registers.scalars)
        });
        self.scalars[..top].iter().for_each(|it| digest.number(*it));
        self.held().for_each(|it| digest.value(it));
    }

    fn held(&self) -> impl Iterator<Item = &Value> {
        let (answer, join) = match &self.state {
            State::Answered(_, answer) => (answer.as_ref().ok(), None),
            State::Joins(join) => (None, Some(join)),
            State::Ready | State::Waits(_) => (None, None),
        };
        self.values.iter().chain(answer).chain(join.into_iter().flat_map(|it| it.values()))
    }
}
