//! Collects the code of one function: virtual registers, labels, places in the source.
//!
//! Code that cannot be reached is not written down: behind an instruction that never goes on, everything is dropped until a
//! label that somebody jumps to.

use super::virtual_fn::{Label, Virtual, VirtualFunction, VirtualHandler};
use crate::bytecode::instruction::{Flow, Instruction};
use crate::bytecode::operand::{Bank, Window};
use crate::source::Span;

/// An instruction before registers are given out.
pub(super) type Ins = Instruction<Virtual>;

/// A register and its bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reg {
    /// 64 bits.
    S(Virtual),
    /// A value.
    V(Virtual),
}

/// The code of a function while it is written.
pub(super) struct Builder {
    function: VirtualFunction,
    span: Span,
    /// Whether what is written next can be reached.
    reachable: bool,
    /// By label: whether a jump to it was written.
    used: Vec<bool>,
}

impl Builder {
    /// An empty function.
    pub(super) fn new(name: String, result: Option<Bank>) -> Self {
        let function = VirtualFunction { name, result, ..VirtualFunction::default() };
        Self { function, span: Span::default(), reachable: true, used: Vec::new() }
    }

    /// What the function gives is in this bank.
    pub(super) fn set_result(&mut self, bank: Bank) {
        self.function.result = Some(bank);
    }

    /// A new register for a scalar.
    pub(super) fn scalar(&mut self) -> Virtual {
        self.function.scalars += 1;
        Virtual(self.function.scalars - 1)
    }

    /// A new register for a value.
    pub(super) fn value(&mut self) -> Virtual {
        self.function.values += 1;
        Virtual(self.function.values - 1)
    }

    /// A new register of a bank.
    pub(super) fn register(&mut self, bank: Bank) -> Reg {
        match bank {
            Bank::Scalar => Reg::S(self.scalar()),
            Bank::Value => Reg::V(self.value()),
        }
    }

    /// New registers that follow each other.
    pub(super) fn window(&mut self, bank: Bank, count: usize) -> Window<Virtual> {
        let start = match bank {
            Bank::Scalar => &mut self.function.scalars,
            Bank::Value => &mut self.function.values,
        };
        let first = Virtual(*start);
        *start += u32::try_from(count.max(1)).expect("windows are short");
        Window { start: first, count: u8::try_from(count).expect("windows are short") }
    }

    /// A parameter of the function; those of one bank in order.
    pub(super) fn param(&mut self, bank: Bank) -> Reg {
        let register = self.register(bank);
        let (Reg::S(number) | Reg::V(number)) = register;
        self.function.params.push((bank, number));
        register
    }

    /// A variable that a closure brings along; they follow the parameters.
    pub(super) fn capture(&mut self, bank: Bank) -> Reg {
        let register = self.register(bank);
        let (Reg::S(number) | Reg::V(number)) = register;
        self.function.captures.push((bank, number));
        register
    }

    /// A new label, not placed yet.
    pub(super) fn label(&mut self) -> Label {
        let number = u32::try_from(self.function.labels.len()).expect("functions are short");
        self.function.labels.push(u32::MAX);
        self.used.push(false);
        Label(number)
    }

    /// Puts a label here.
    pub(super) fn place(&mut self, label: Label) {
        self.function.labels[label.0 as usize] = self.here();
        self.reachable |= self.used[label.0 as usize];
    }

    /// Puts the head of a loop here that is entered at its end only: a jump back to it comes later.
    pub(super) fn place_loop(&mut self, label: Label, entered: bool) {
        self.place(label);
        self.reachable |= entered;
    }

    /// What is written next stands for this place of the source.
    pub(super) fn at(&mut self, span: Span) {
        self.span = span;
    }

    /// The place that is written for.
    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// Whether what is written next can be reached.
    pub(super) fn reachable(&self) -> bool {
        self.reachable
    }

    /// Writes an instruction.
    pub(super) fn emit(&mut self, instruction: Ins) {
        if !self.reachable {
            return;
        }
        if let Some(target) = instruction.target() {
            self.used[target as usize] = true;
        }
        self.reachable = instruction.flow() != Flow::Ends;
        self.function.code.push(instruction);
        self.function.spans.push(self.span);
    }

    /// Faults between the two labels go on at `target` with the error in `error`.
    pub(super) fn handler(&mut self, start: Label, end: Label, target: Label, error: Virtual) {
        let empty = self.function.labels[start.0 as usize] == self.function.labels[end.0 as usize];
        if !empty {
            self.used[target.0 as usize] = true;
            self.function.handlers.push(VirtualHandler { start, end, target, error });
        }
    }

    /// The finished function.
    pub(super) fn finish(self) -> VirtualFunction {
        self.function
    }

    fn here(&self) -> u32 {
        u32::try_from(self.function.code.len()).expect("functions are short")
    }
}

/// The registers of a window, in order.
pub(super) fn registers(window: Window<Virtual>) -> impl Iterator<Item = Virtual> {
    (0..u32::from(window.count)).map(move |at| Virtual(window.start.0 + at))
}
