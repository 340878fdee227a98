//! Constants are loaded once before a loop, not in every turn of it.

use rustc_hash::FxHashMap;

use super::super::accesses::{Exchange, Numbering, Var};
use super::super::virtual_fn::{Label, Virtual, VirtualFunction};
use super::Uses;
use crate::bytecode::instruction::Instruction;
use crate::bytecode::operand::Bank;
use crate::source::Span;

type Ins = Instruction<Virtual>;

/// How many constants of each bank a function keeps in registers across its loops.
const KEPT_MAX: usize = 24;

/// Loads constants before the outermost loop that they stand in, each once.
pub(super) fn take_constants_out_of_loops(function: &mut VirtualFunction) {
    let loops = loops(function);
    if loops.is_empty() {
        return;
    }
    let uses = Uses::of(function);
    let mut hoisted = Hoisted {
        before: FxHashMap::default(),
        known: FxHashMap::default(),
        same: (0..).take(uses.numbering.count()).map(Var).collect(),
        gone: vec![false; function.code.len()],
        kept: [0; 2],
    };
    for (at, instruction) in function.code.iter().enumerate() {
        let Some((bank, constant, register)) = constant(*instruction) else { continue };
        let var = uses.numbering.var(bank, register);
        let it = uses.get(var);
        let around = loops.iter().find(|it| it.start <= at && at <= it.end);
        if let (1, 0, Some(around)) = (it.writes, it.others, around) {
            hoisted.take(at, *instruction, around.entry, (bank, constant), var);
        }
    }
    hoisted.write(function, &loops, uses.numbering);
}

/// What an instruction loads, if it loads a constant; two that load the same are equal.
fn constant(instruction: Ins) -> Option<(Bank, (u8, i64), Virtual)> {
    match instruction {
        Ins::LoadInt { to, value } => Some((Bank::Scalar, (0, i64::from(value)), to)),
        Ins::LoadWord { to, word } => Some((Bank::Scalar, (1, i64::from(word)), to)),
        Ins::LoadConstant { to, constant } => Some((Bank::Value, (2, i64::from(constant)), to)),
        _ => None,
    }
}

/// A loop that is entered at one place only.
struct Loop {
    /// The first instruction.
    start: usize,
    /// The last: a jump back to the first.
    end: usize,
    /// Before which instruction it is entered: the first, or a jump to its end right before that.
    entry: usize,
}

/// The outermost loops that are entered at one place.
fn loops(function: &VirtualFunction) -> Vec<Loop> {
    let place = |label: u32| function.labels[label as usize] as usize;
    let mut ends: FxHashMap<usize, usize> = FxHashMap::default();
    let jumps: Vec<Jump> = (0..)
        .zip(&function.code)
        .filter_map(|(at, it)| it.target().map(|label| Jump { at, label, target: place(label) }))
        .collect();
    for jump in jumps.iter().filter(|it| it.target <= it.at) {
        let end = ends.entry(jump.target).or_insert(jump.at);
        *end = (*end).max(jump.at);
    }
    let mut found: Vec<(usize, usize)> = ends.into_iter().collect();
    found.sort_unstable();
    let mut outermost: Vec<Loop> = Vec::new();
    for (start, end) in found {
        let inside = outermost.last().is_some_and(|it| start <= it.end);
        if !inside && let Some(entry) = entry(function, &jumps, start, end) {
            outermost.push(Loop { start, end, entry });
        }
    }
    outermost
}

/// A jump from one place to another.
struct Jump {
    at: usize,
    label: u32,
    target: usize,
}

fn entry(function: &VirtualFunction, jumps: &[Jump], start: usize, end: usize) -> Option<usize> {
    let is_inside = |at: usize| start <= at && at <= end;
    let repeats = |label: u32| jumps.iter().any(|it| is_inside(it.at) && it.label == label);
    let mut entry = start;
    for jump in jumps.iter().filter(|it| !is_inside(it.at) && is_inside(it.target)) {
        let right_before =
            jump.at + 1 == start && matches!(function.code[jump.at], Ins::Jump { .. });
        if jump.target != start && right_before {
            entry = jump.at;
        } else if jump.target != start || repeats(jump.label) {
            return None;
        }
    }
    let place = |label: Label| function.labels[label.0 as usize] as usize;
    let sound = function.handlers.iter().all(|it| {
        !is_inside(place(it.target)) || (is_inside(place(it.start)) && place(it.end) <= end + 1)
    });
    sound.then_some(entry)
}

struct Hoisted {
    /// By instruction: what is loaded before it.
    before: FxHashMap<usize, Vec<Ins>>,
    /// By entry and constant: the register that holds it.
    known: FxHashMap<(usize, Bank, (u8, i64)), Var>,
    /// By register: the one that holds the same.
    same: Vec<Var>,
    gone: Vec<bool>,
    kept: [usize; 2],
}

impl Hoisted {
    fn take(
        &mut self,
        at: usize,
        instruction: Ins,
        entry: usize,
        (bank, constant): (Bank, (u8, i64)),
        var: Var,
    ) {
        if let Some(holder) = self.known.get(&(entry, bank, constant)) {
            self.same[var.at()] = *holder;
            self.gone[at] = true;
            return;
        }
        let kept = &mut self.kept[usize::from(bank == Bank::Value)];
        if *kept < KEPT_MAX {
            *kept += 1;
            self.gone[at] = true;
            self.known.insert((entry, bank, constant), var);
            self.before.entry(entry).or_default().push(instruction);
        }
    }

    fn write(self, function: &mut VirtualFunction, loops: &[Loop], numbering: Numbering) {
        if self.before.is_empty() {
            return;
        }
        let from_outside = labels_from_outside(function, loops);
        let code = std::mem::take(&mut function.code);
        let spans = std::mem::take(&mut function.spans);
        // By old place: where what is loaded before it stands, and where it stands itself.
        let mut places = Vec::with_capacity(code.len() + 1);
        let mut same = Exchange { numbering, by: &self.same };
        for (at, (instruction, span)) in code.into_iter().zip(spans).enumerate() {
            let before = here(function);
            for load in self.before.get(&at).into_iter().flatten() {
                push(function, *load, span);
            }
            places.push((before, here(function)));
            if !self.gone[at] {
                push(function, instruction.rename(&mut same), span);
            }
        }
        places.push((here(function), here(function)));
        for (label, from_outside) in function.labels.iter_mut().zip(from_outside) {
            if *label != u32::MAX {
                let (before, itself) = places[*label as usize];
                *label = if from_outside { before } else { itself };
            }
        }
    }
}

fn here(function: &VirtualFunction) -> u32 {
    u32::try_from(function.code.len()).expect("functions are short")
}

fn push(function: &mut VirtualFunction, instruction: Ins, span: Span) {
    function.code.push(instruction);
    function.spans.push(span);
}

/// By label: whether who jumps there comes from outside the loop that begins there, and has to load its constants.
fn labels_from_outside(function: &VirtualFunction, loops: &[Loop]) -> Vec<bool> {
    let mut inside = vec![false; function.labels.len()];
    for (at, instruction) in function.code.iter().enumerate() {
        let Some(target) = instruction.target() else { continue };
        let place = function.labels[target as usize] as usize;
        inside[target as usize] |=
            loops.iter().any(|it| it.start == place && it.start <= at && at <= it.end);
    }
    inside.into_iter().map(|inside| !inside).collect()
}
