//! Writes the function down with real registers.
//!
//! Here a copy of what nobody needs any more becomes a move, values that would stay behind are dropped where that matters, jumps
//! take the row of their direction, and what stands beyond the registers is brought in and out.

use super::super::accesses::Var;
use super::super::virtual_fn::{Label, Virtual, VirtualFunction};
use super::live::Live;
use super::place::{Location, Placement};
use crate::bytecode::instruction::{Flow, Instruction, Rename};
use crate::bytecode::operand::{Access, Bank, Operand, Register, Window};
use crate::bytecode::program::{Counts, Function, Handler, Signature};
use crate::source::Span;

type Ins = Instruction<Virtual>;

/// Writes a function whose registers are placed.
pub(super) fn write(
    function: &VirtualFunction,
    gone: &[bool],
    live: &Live,
    placement: &Placement,
) -> (Function, Vec<(u32, Span)>) {
    let mut writer = Writer::new(function, gone, live, placement);
    let mut spans: Vec<(u32, Span)> = Vec::new();
    for (at, span) in function.spans.iter().copied().enumerate() {
        writer.places.push(writer.here());
        if gone[at] {
            continue;
        }
        if spans.last().is_none_or(|last| last.1 != span) {
            spans.push((writer.here(), span));
        }
        writer.instruction(at);
    }
    writer.places.push(writer.here());
    let handlers = writer.handlers();
    let code = writer.with_targets();
    let written = Function {
        name: function.name.clone(),
        signature: signature(function),
        captures: function.captures.iter().map(|(bank, _)| *bank).collect(),
        registers: registers(function, placement, &code),
        far: Counts { scalars: count(placement.far[0]), values: count(placement.far[1]) },
        code,
        handlers,
        switches: Vec::new(),
        positions: Vec::new(),
    };
    (written, spans)
}

/// Marks moves from a place to itself.
pub(super) fn leave_out_what_stays_in_place(
    function: &VirtualFunction,
    live: &Live,
    placement: &Placement,
    gone: &mut [bool],
) {
    let location = |bank, register| placement.locations[live.numbering.var(bank, register).at()];
    for (instruction, gone) in function.code.iter().zip(gone) {
        let (bank, to, from) = match *instruction {
            Instruction::MoveS { to, a } => (Bank::Scalar, to, a),
            Instruction::CopyV { to, a } | Instruction::MoveV { to, a } => (Bank::Value, to, a),
            _ => continue,
        };
        *gone = *gone || location(bank, to) == location(bank, from);
    }
}

fn signature(function: &VirtualFunction) -> Signature {
    let of = |bank| function.params.iter().filter(|(it, _)| *it == bank).count();
    let count = |bank| u8::try_from(of(bank)).expect("the checker limits parameters");
    Signature { scalars: count(Bank::Scalar), values: count(Bank::Value), result: function.result }
}

fn count(registers: usize) -> u16 {
    u16::try_from(registers).expect("places are 16 bits wide")
}

/// How many registers the frame has: those that are used, and those that windows need beside.
fn registers(function: &VirtualFunction, placement: &Placement, code: &[Instruction]) -> Counts {
    let [mut scalars, mut values] = placement.used;
    let of = |bank| {
        function.params.iter().chain(&function.captures).filter(|(it, _)| *it == bank).count()
    };
    scalars = scalars.max(of(Bank::Scalar));
    values = values.max(of(Bank::Value));
    for instruction in code {
        instruction.operands(|operand| match operand {
            Operand::Window(Bank::Scalar, window) => scalars = scalars.max(window.range().end),
            Operand::Window(Bank::Value, window) => values = values.max(window.range().end),
            Operand::CallWindow(bank, window) => {
                let end = window.range().end.max(window.start.at() + 1);
                match bank {
                    Bank::Scalar => scalars = scalars.max(end),
                    Bank::Value => values = values.max(end),
                }
            }
            _ => {}
        });
    }
    Counts { scalars: count(scalars), values: count(values) }
}

struct Writer<'a> {
    function: &'a VirtualFunction,
    gone: &'a [bool],
    live: &'a Live,
    placement: &'a Placement,
    /// Targets are still the numbers of labels.
    code: Vec<Instruction>,
    /// By old place: the new one.
    places: Vec<u32>,
    /// Whether anything is changed in place here, so that what stays behind would make copies necessary.
    edits: bool,
}

impl<'a> Writer<'a> {
    fn new(
        function: &'a VirtualFunction,
        gone: &'a [bool],
        live: &'a Live,
        placement: &'a Placement,
    ) -> Self {
        let edits = function.code.iter().any(|it| changes_values(*it));
        let code = Vec::with_capacity(function.code.len());
        Self { function, gone, live, placement, code, places: Vec::new(), edits }
    }

    fn here(&self) -> u32 {
        u32::try_from(self.code.len()).expect("functions are short")
    }

    fn instruction(&mut self, at: usize) {
        let place = u32::try_from(at).expect("functions are short");
        let instruction = self.as_move(place, self.function.code[at]);
        let mut carried = Carried::new(self, at);
        let renamed = instruction.rename(&mut carried);
        let (before, after) = (carried.before, carried.after);
        self.code.extend(before);
        self.code.push(renamed);
        self.code.extend(after);
        self.drop_what_stays(at, instruction);
    }

    /// A copy of what nobody needs any more is a move.
    fn as_move(&self, at: u32, instruction: Ins) -> Ins {
        match instruction {
            Instruction::CopyV { to, a } => {
                let var = self.live.numbering.var(Bank::Value, a);
                let stays = self.live.is_needed_after(var, at);
                if stays { instruction } else { Instruction::MoveV { to, a } }
            }
            other => other,
        }
    }

    fn location(&self, bank: Bank, register: Virtual) -> Location {
        self.placement.locations[self.live.numbering.var(bank, register).at()]
    }

    /// Drops what an instruction read last, where something is changed in place before the register is written again: a value that
    /// somebody else seems to see is copied first.
    fn drop_what_stays(&mut self, at: usize, instruction: Ins) {
        if !self.edits || !matches!(instruction.flow(), Flow::Plain | Flow::Faults | Flow::Calls) {
            return;
        }
        let place = u32::try_from(at).expect("functions are short");
        let mut stays = Vec::new();
        instruction.operands(|operand| {
            if let Operand::Register(Bank::Value, Access::Read, register) = operand {
                let var = self.live.numbering.var(Bank::Value, register);
                if self.is_shared(var) && !self.live.is_needed_after(var, place) {
                    stays.push(self.placement.locations[var.at()]);
                }
            }
        });
        stays.sort_unstable_by_key(|it| matches!(it, Location::Register(_)));
        stays.dedup();
        for location in stays {
            if let Location::Register(register) = location
                && self.matters(at, location)
            {
                self.code.push(Instruction::Drop { a: Register(register) });
            }
        }
    }

    /// Whether a register may hold what something else holds, too.
    fn is_shared(&self, var: Var) -> bool {
        let mut writes = self.live.writes(var).iter();
        writes.any(|at| is_part(self.function.code[*at as usize]))
    }

    /// Whether something is changed in place before the register at a location is written again.
    fn matters(&self, at: usize, location: Location) -> bool {
        let mut overwritten = self.writes_to(self.function.code[at], location);
        let block = self.live.blocks.partition_point(|it| it.end as usize <= at);
        let end = self.live.blocks[block].end as usize;
        for at in (at + 1..end).filter(|at| !self.gone[*at]) {
            let instruction = self.function.code[at];
            if overwritten {
                return false;
            }
            let returns = matches!(
                instruction,
                Instruction::Return {} | Instruction::ReturnS { .. } | Instruction::ReturnV { .. }
            );
            if returns || changes_values(instruction) {
                return !returns;
            }
            overwritten = self.writes_to(instruction, location);
        }
        !overwritten
    }

    fn writes_to(&self, instruction: Ins, location: Location) -> bool {
        let mut found = false;
        self.live.numbering.accesses(instruction, |access, var| {
            let is_value = self.live.numbering.register(var).0 == Bank::Value;
            found |= is_value
                && matches!(access, Access::Write | Access::Take)
                && self.placement.locations[var.at()] == location;
        });
        found
    }

    fn handlers(&self) -> Vec<Handler> {
        let place = |label: Label| {
            let old = self.function.labels[label.0 as usize] as usize;
            self.places[old.min(self.function.code.len())]
        };
        let ready = self.function.handlers.iter().map(|it| {
            let error = match self.location(Bank::Value, it.error) {
                Location::Register(register) => Register(register),
                Location::Far(_) | Location::Nowhere => Register(0),
            };
            let (start, end) = (place(it.start), place(it.end));
            Handler { start, end, target: place(it.target), error }
        });
        ready.filter(|it| it.start < it.end).collect()
    }

    /// The code with places for labels, and jumps in the rows of their directions.
    fn with_targets(self) -> Vec<Instruction> {
        let Self { function, code, places, .. } = self;
        let mut targets = Targets { function, places: &places };
        let pointed = (0..).zip(&code).map(|(at, instruction)| {
            let instruction = instruction.rename(&mut targets);
            match instruction.target() {
                Some(target) if target <= at => instruction.back(),
                Some(_) => instruction.forward(),
                None => instruction,
            }
        });
        pointed.collect()
    }
}

/// Whether an instruction changes a value in place, or lets somebody else do so.
fn changes_values(instruction: Ins) -> bool {
    let mut changes = false;
    instruction.operands(|operand| {
        changes |= match operand {
            Operand::Register(Bank::Value, Access::Edit, _) => true,
            Operand::Window(Bank::Value, window) | Operand::CallWindow(Bank::Value, window) => {
                instruction.flow() == Flow::Calls && window.count > 0
            }
            _ => false,
        };
    });
    changes
}

/// Whether what an instruction writes is held by something else as well.
fn is_part(instruction: Ins) -> bool {
    matches!(
        instruction,
        Instruction::CopyV { .. }
            | Instruction::GetField { .. }
            | Instruction::Item { .. }
            | Instruction::ItemField { .. }
            | Instruction::NextValue { .. }
            | Instruction::GetKey { .. }
            | Instruction::EntryKey { .. }
            | Instruction::EntryValue { .. }
            | Instruction::JsonField { .. }
            | Instruction::JsonItem { .. }
    )
}

/// Exchanges registers; what stands beyond them passes through the scratch registers.
struct Carried<'w, 'a> {
    writer: &'w Writer<'a>,
    at: usize,
    next: [usize; 2],
    before: Vec<Instruction>,
    after: Vec<Instruction>,
}

impl<'w, 'a> Carried<'w, 'a> {
    fn new(writer: &'w Writer<'a>, at: usize) -> Self {
        let next = [writer.placement.scratch; 2];
        Self { writer, at, next, before: Vec::new(), after: Vec::new() }
    }

    fn carry(&mut self, bank: Bank, access: Access, far: u16) -> Register {
        let next = &mut self.next[usize::from(bank == Bank::Value)];
        let through = Register(u8::try_from(*next).unwrap_or(u8::MAX));
        *next += 1;
        match (bank, access) {
            (Bank::Scalar, access) => {
                if access.reads() {
                    self.before.push(Instruction::LoadFarS { to: through, far });
                }
                if access.writes() {
                    self.after.push(Instruction::StoreFarS { far, a: through });
                }
            }
            (Bank::Value, Access::Read) => {
                self.before.push(Instruction::LoadFarV { to: through, far });
                self.after.push(Instruction::Drop { a: through });
            }
            (Bank::Value, Access::Take) => {
                self.before.push(Instruction::TakeFarV { to: through, far });
            }
            (Bank::Value, Access::Edit) => {
                // Where a fault may be caught the variable keeps what it holds meanwhile.
                self.before.push(if self.may_be_caught() {
                    Instruction::LoadFarV { to: through, far }
                } else {
                    Instruction::TakeFarV { to: through, far }
                });
                self.after.push(Instruction::StoreFarV { far, a: through });
            }
            (Bank::Value, Access::Write) => {
                self.after.push(Instruction::StoreFarV { far, a: through });
            }
        }
        through
    }

    fn may_be_caught(&self) -> bool {
        let writer = self.writer;
        writer.function.handlers.iter().any(|handler| {
            let place = |label: Label| writer.function.labels[label.0 as usize] as usize;
            (place(handler.start)..place(handler.end)).contains(&self.at)
        })
    }
}

impl Rename<Virtual, Register> for Carried<'_, '_> {
    fn register(&mut self, bank: Bank, access: Access, register: Virtual) -> Register {
        match self.writer.location(bank, register) {
            Location::Register(register) => Register(register),
            Location::Far(far) => self.carry(bank, access, far),
            Location::Nowhere => unreachable!("what an instruction names is placed"),
        }
    }

    fn window(&mut self, bank: Bank, window: Window<Virtual>) -> Window {
        let start = match self.writer.location(bank, window.start) {
            Location::Register(register) => Register(register),
            // An empty window that no callee's frame comes to lie over.
            Location::Nowhere => Register(0),
            Location::Far(_) => unreachable!("windows stand in registers"),
        };
        Window { start, count: window.count }
    }

    fn target(&mut self, target: u32) -> u32 {
        target
    }
}

/// Exchanges labels for places.
struct Targets<'a> {
    function: &'a VirtualFunction,
    places: &'a [u32],
}

impl Rename<Register, Register> for Targets<'_> {
    fn register(&mut self, _: Bank, _: Access, register: Register) -> Register {
        register
    }

    fn window(&mut self, _: Bank, window: Window) -> Window {
        window
    }

    fn target(&mut self, target: u32) -> u32 {
        self.places[self.function.labels[target as usize] as usize]
    }
}
