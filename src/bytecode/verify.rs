//! The verifier: after it, the machine need not look whether a program keeps to its own tables.
//!
//! It holds for programs that were just compiled (a failure would be a bug of ours) and for those read from disk. Checked are places in
//! tables, banks and numbers of registers, targets and their direction, signatures of calls, results, handlers, switches, and that no
//! register is read before it was written. The kinds of values in value registers are not tracked: an instruction that
//! meets a value of another kind than it was made for faults, it never does anything else.

mod initialised;

use std::fmt;
use std::sync::Arc;

use super::instruction::{Flow, Instruction};
use super::operand::{Bank, FunctionId, Operand, REGISTERS_MAX, Register, Window};
use super::program::{
    Cases, Constant, Counts, Function, Program, ProgramHash, SEMANTICS, Signature,
};
use super::run_field::RunField;
use crate::check;
use crate::value::Types;

/// A program that keeps to its own tables: the only thing that a machine executes.
#[derive(Clone, Debug)]
pub struct Verified {
    program: Arc<Program>,
    hash: ProgramHash,
}

impl Verified {
    /// What was verified.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The same, to be kept beside a machine.
    #[must_use]
    pub fn share(&self) -> Arc<Program> {
        Arc::clone(&self.program)
    }

    /// The program's [hash](Program::hash).
    #[must_use]
    pub fn hash(&self) -> ProgramHash {
        self.hash
    }
}

/// Why a program is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The function, by its place, and the instruction in it, where it is about one.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub what: &'static str,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((function, at)) => {
                write!(f, "damaged program: function {function}, instruction {at}: {}", self.what)
            }
            None => write!(f, "damaged program: {}", self.what),
        }
    }
}

impl std::error::Error for Damage {}

type Check = Result<(), &'static str>;

/// Accepts a program that keeps to its own tables.
pub fn verify(program: Program) -> Result<Verified, Damage> {
    let outside = |what| Damage { place: None, what };
    tables(&program).map_err(outside)?;
    functions(&program)?;
    let hash = program.hash();
    Ok(Verified { program: Arc::new(program), hash })
}

/// Each on its own, on several threads where there is much to look at.
fn functions(program: &Program) -> Result<(), Damage> {
    const INSTRUCTIONS_PER_THREAD_MIN: usize = 10_000;
    let instructions: usize = program.functions.iter().map(|it| it.code.len()).sum();
    let threads = check::threads_for(instructions / INSTRUCTIONS_PER_THREAD_MIN + 1);
    let all: Vec<_> = program.functions.iter().enumerate().collect();
    let found = check::on_threads(all, threads, |(index, it)| function(program, index, it));
    found.into_iter().collect()
}

fn function(program: &Program, index: usize, function: &Function) -> Result<(), Damage> {
    let inside = |at: usize| move |what| Damage { place: Some((index, at)), what };
    frame(function).map_err(inside(0))?;
    for (at, instruction) in function.code.iter().copied().enumerate() {
        let place = Place { program, function, at };
        place.instruction(instruction).map_err(inside(at))?;
    }
    initialised::check(function).map_err(|(at, what)| inside(at)(what))
}

fn need(holds: bool, what: &'static str) -> Check {
    if holds { Ok(()) } else { Err(what) }
}

fn tables(program: &Program) -> Check {
    need(program.semantics == SEMANTICS, "it was made for another version of the language")?;
    need(FunctionId::new(program.functions.len()).is_some(), "too many functions")?;
    need(Types::new(&program.descriptors).is_ok(), "types that mention missing types")?;
    for shape in &program.shapes {
        let mut printed = shape.order.clone();
        printed.sort_unstable();
        let complete = printed.iter().map(|it| usize::from(*it)).eq(0..shape.slots.len());
        need(complete && shape.slots.is_sorted_by(|a, b| a < b), "a record with unordered fields")?;
    }
    let missing = |id: &crate::value::DescriptorId| id.0 as usize >= program.descriptors.len();
    let native = program.natives.iter().flat_map(|it| &it.descriptors);
    let effect = program.effects.iter().flat_map(|it| &it.descriptors);
    let kept = program.kept.iter().map(|it| &it.ty);
    need(!native.chain(effect).chain(kept).any(missing), "a call with a missing type")?;
    program.constants.iter().try_for_each(|it| constant(program, it, 0))?;
    entries(program)
}

fn constant(program: &Program, constant_: &Constant, level: u32) -> Check {
    need(level < 100, "a constant that is nested too deeply")?;
    let inner = |it: &Constant| constant(program, it, level + 1);
    match constant_ {
        Constant::List(items) => items.iter().try_for_each(inner),
        Constant::Map(entries) => entries.iter().try_for_each(|(key, value)| {
            need(is_key(key), "a map constant with a wrong key")?;
            inner(value)
        }),
        Constant::Record(shape, slots) => {
            let shape = program.shapes.get(*shape as usize);
            need(shape.is_some_and(|it| it.slots.len() == slots.len()), "a damaged record")?;
            slots.iter().try_for_each(inner)
        }
        Constant::Function(id) => {
            let function = program.functions.get(id.at());
            need(function.is_some_and(|it| it.captures.is_empty()), "a missing function")
        }
        Constant::Null
        | Constant::Bool(_)
        | Constant::Int(_)
        | Constant::Float(_)
        | Constant::Decimal(_)
        | Constant::Time(_)
        | Constant::Date(_)
        | Constant::Duration(_)
        | Constant::Text(_) => Ok(()),
    }
}

fn is_key(constant: &Constant) -> bool {
    use Constant::{Bool, Date, Int, Text, Time};
    matches!(constant, Int(_) | Text(_) | Bool(_) | Date(_) | Time(_))
}

fn entries(program: &Program) -> Check {
    let takes = |id: FunctionId, signature: Signature| {
        let found = program.functions.get(id.at());
        let sound = found.is_some_and(|it| it.signature == signature && it.captures.is_empty());
        need(sound, "an entry with another signature")
    };
    let kept = u8::try_from(program.kept.len()).map_err(|_| "too many kept variables")?;
    let body = |result| Signature { scalars: kept, values: kept, result };
    // A body that keeps nothing may also give nothing.
    takes(program.entries.body, body(Some(Bank::Value))).or_else(|damage| {
        if kept == 0 { takes(program.entries.body, body(None)) } else { Err(damage) }
    })?;
    if let Some(id) = program.entries.on_failure {
        takes(id, Signature { scalars: 0, values: 1, result: None })?;
    }
    program.entries.tests.iter().try_for_each(|(_, id)| takes(*id, Signature::default()))
}

fn frame(function: &Function) -> Check {
    let Function { signature, captures, registers, .. } = function;
    let captured = |bank| captures.iter().filter(|it| **it == bank).count();
    let scalars = usize::from(signature.scalars) + captured(Bank::Scalar);
    let values = usize::from(signature.values) + captured(Bank::Value);
    let Counts { scalars: scalars_max, values: values_max } = *registers;
    let (scalars_max, values_max) = (usize::from(scalars_max), usize::from(values_max));
    need(scalars_max.max(values_max) <= REGISTERS_MAX, "a frame with too many registers")?;
    need(scalars <= scalars_max && values <= values_max, "a frame without room for parameters")?;
    need(u32::try_from(function.code.len()).is_ok(), "too much code")?;
    let ends = function.code.last().is_some_and(|it| it.flow() == Flow::Ends);
    need(ends, "code that does not end")?;
    for handler in &function.handlers {
        let range = handler.start < handler.end && handler.end as usize <= function.code.len();
        need(range && (handler.target as usize) < function.code.len(), "a handler out of range")?;
        need(handler.error.at() < values_max, "a handler without a register")?;
    }
    need(function.positions.is_sorted_by_key(|(at, _)| *at), "positions out of order")
}

/// An instruction's place.
struct Place<'a> {
    program: &'a Program,
    function: &'a Function,
    at: usize,
}

impl Place<'_> {
    fn instruction(&self, instruction: Instruction) -> Check {
        let mut outcome = Ok(());
        let flow = instruction.flow();
        instruction.operands(|operand| {
            if outcome.is_ok() {
                outcome = self.operand(operand, flow);
            }
        });
        outcome?;
        self.agreement(instruction)
    }

    fn operand(&self, operand: Operand<Register>, flow: Flow) -> Check {
        let program = self.program;
        let below = |place: u32, length: usize| need((place as usize) < length, "a missing entry");
        match operand {
            Operand::Register(bank, _, register) => {
                need(register.at() < self.registers(bank), "a missing register")
            }
            Operand::Window(bank, window) => self.window(bank, window, 0),
            Operand::CallWindow(bank, window) => self.window(bank, window, 1),
            Operand::Target(target) => self.target(target, flow),
            Operand::Constant(place) => below(place, program.constants.len()),
            Operand::Word(place) => below(place, program.words.len()),
            // A slot's record is known at run time only; there is always a check.
            Operand::Int(_) | Operand::Slot(_) => Ok(()),
            Operand::Shape(place) => below(u32::from(place), program.shapes.len()),
            Operand::Function(id) => need(id.at() < program.functions.len(), "a missing function"),
            Operand::Native(site) => {
                need(site.get() < program.natives.len(), "a missing library call")
            }
            Operand::Effect(site) => need(site.get() < program.effects.len(), "a missing effect"),
            Operand::Switch(place) => self.switch(place),
            Operand::RunField(field) => {
                need(RunField::at(field).is_some(), "a missing field of the run")
            }
            Operand::Far(bank, _, place) => {
                let far = self.function.far;
                let length = if bank == Bank::Scalar { far.scalars } else { far.values };
                need(place < length, "a missing far register")
            }
        }
    }

    fn registers(&self, bank: Bank) -> usize {
        let counts = self.function.registers;
        usize::from(if bank == Bank::Scalar { counts.scalars } else { counts.values })
    }

    fn window(&self, bank: Bank, window: Window, at_least: usize) -> Check {
        let count = usize::from(window.count).max(at_least);
        // An empty window may begin right behind the last register.
        need(window.start.at() + count <= self.registers(bank), "a window out of range")
    }

    fn target(&self, target: u32, flow: Flow) -> Check {
        let target = target as usize;
        need(target < self.function.code.len(), "a target outside the function")?;
        let back = target <= self.at;
        match flow {
            Flow::Jumps => need(!back, "a jump that goes back"),
            Flow::Repeats => need(back, "a repetition that goes forward"),
            // `Jump` and `Repeat` end a block both; see `agreement`.
            Flow::Ends | Flow::Plain | Flow::Faults | Flow::Calls => Ok(()),
        }
    }

    fn switch(&self, place: u32) -> Check {
        let switch = self.function.switches.get(place as usize).ok_or("a missing switch")?;
        let (sorted, mut targets) = match &switch.cases {
            Cases::Ints(cases) => (
                cases.is_sorted_by(|a, b| a.0 < b.0),
                cases.iter().map(|it| it.1).collect::<Vec<_>>(),
            ),
            Cases::Texts(cases) => {
                (cases.is_sorted_by(|a, b| a.0 < b.0), cases.iter().map(|it| it.1).collect())
            }
        };
        targets.push(switch.otherwise);
        need(sorted, "a switch with unordered cases")?;
        let forward =
            |it: &u32| (*it as usize) > self.at && (*it as usize) < self.function.code.len();
        need(targets.iter().all(forward), "a switch that leaves the function or goes back")
    }

    /// What has to agree between the operands of one instruction.
    fn agreement(&self, instruction: Instruction) -> Check {
        let program = self.program;
        let signature = |scalars: u8, values: u8, result| Signature { scalars, values, result };
        let callee = |id: FunctionId, expected: Signature| {
            let function = program.function(id);
            let sound = function.signature == expected && function.captures.is_empty();
            need(sound, "a call that does not agree with the function")
        };
        let gives = |bank| need(self.function.signature.result == bank, "a wrong result");
        let arguments = |count: u8, site: u8| need(count == site, "a wrong number of arguments");
        match instruction {
            Instruction::Jump { target } => {
                need(target as usize > self.at, "a jump that goes back")
            }
            Instruction::Repeat { target } => {
                need(target as usize <= self.at, "a repetition that goes forward")
            }
            Instruction::CallS { s, v, function } => {
                callee(function, signature(s.count, v.count, Some(Bank::Scalar)))
            }
            Instruction::CallV { s, v, function } => {
                callee(function, signature(s.count, v.count, Some(Bank::Value)))
            }
            Instruction::Call { s, v, function } => {
                callee(function, signature(s.count, v.count, None))
            }
            Instruction::CallClosureS { closure, v, .. }
            | Instruction::CallClosureV { closure, v, .. }
            | Instruction::CallClosure { closure, v, .. } => {
                need(closure < v.start, "a closure that lies under its own arguments")
            }
            Instruction::Closure { captures, function, .. } => {
                let count = program.function(function).captures.len();
                need(usize::from(captures.count) == count, "a closure with missing variables")
            }
            Instruction::ReturnS { .. } => gives(Some(Bank::Scalar)),
            Instruction::ReturnV { .. } => gives(Some(Bank::Value)),
            Instruction::Return {} => gives(None),
            Instruction::NewRecord { slots, shape, .. } => {
                let count = program.shapes[usize::from(shape)].slots.len();
                need(usize::from(slots.count) == count, "a record with missing fields")
            }
            Instruction::Native { args, native, .. }
            | Instruction::NativeS { args, native, .. } => {
                arguments(args.count, program.natives[native.get()].arguments)
            }
            Instruction::Change { args, native, .. } => {
                need(args.count > 0, "a change without a receiver")?;
                arguments(args.count, program.natives[native.get()].arguments)
            }
            Instruction::Effect { args, effect, .. } => {
                arguments(args.count, program.effects[effect.get()].arguments)
            }
            Instruction::WriteConstant { constant } => {
                let text = &program.constants[constant as usize];
                need(matches!(text, Constant::Text(_)), "a text that is none")
            }
            Instruction::SwitchInt { switch, .. } => {
                let cases = &self.function.switches[switch as usize].cases;
                need(matches!(cases, Cases::Ints(_)), "a switch over another type")
            }
            Instruction::SwitchValue { switch, .. } => {
                let cases = &self.function.switches[switch as usize].cases;
                need(matches!(cases, Cases::Texts(_)), "a switch over another type")
            }
            _ => Ok(()),
        }
    }
}
