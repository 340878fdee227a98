//! Where each virtual register holds something that is still needed.
//!
//! Places are counted twice an instruction: instruction `n` reads at `2n` and writes at `2n + 1`. A register that is read last where
//! another is written first does not overlap with it, so both may be one.

use super::super::accesses::{Numbering, Var};
use super::super::virtual_fn::{Label, VirtualFunction};
use crate::bytecode::instruction::{Flow, Instruction};
use crate::bytecode::operand::{Access, Bank};

/// From a place up to another, left out.
pub(super) type Segment = (u32, u32);

/// What is known about the registers of a function.
#[derive(Debug)]
pub(super) struct Live {
    /// How registers are numbered.
    pub(super) numbering: Numbering,
    /// By register: where it is needed, in ascending order, without touching.
    pub(super) segments: Vec<Vec<Segment>>,
    /// By register: the instructions behind which it holds something else, moved out of included.
    pub(super) writes: Vec<Vec<u32>>,
    /// The blocks in order.
    pub(super) blocks: Vec<Block>,
    /// By instruction: whether a callee's frame comes to lie over its windows.
    pub(super) is_call: Vec<bool>,
    /// By instruction: whether anything that it writes is read.
    pub(super) is_read: Vec<bool>,
}

/// Instructions that are carried out one after the other.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The first instruction.
    pub(super) start: u32,
    /// One past the last.
    pub(super) end: u32,
    /// Blocks that may follow.
    next: Vec<u32>,
    /// The blocks that catch faults from here, with the register of the error.
    caught_by: Option<(u32, Var)>,
}

impl Block {
    /// What its handler needs, which is needed wherever a fault may lead to it.
    fn kept(&self, live_in: &[Set]) -> Option<Set> {
        let (target, error) = self.caught_by?;
        let mut set = live_in[target as usize].clone();
        set.remove(error);
        Some(set)
    }
}

impl Live {
    /// Looks at a function whose instructions at places in `gone` do not count.
    pub(super) fn of(function: &VirtualFunction, gone: &[bool]) -> Self {
        let numbering = Numbering { scalars: function.scalars, values: function.values };
        let blocks = blocks(function, numbering);
        let mut live = Self {
            numbering,
            segments: vec![Vec::new(); numbering.count()],
            writes: vec![Vec::new(); numbering.count()],
            blocks,
            is_call: function.code.iter().map(Instruction::is_call).collect(),
            is_read: vec![false; function.code.len()],
        };
        let code = Code { function, gone, numbering };
        let live_in = live.flow(&code);
        live.fill(&code, &live_in);
        for var in params(function, numbering) {
            // What is never read stands in its place all the same when the function begins.
            match live.segments[var.at()].first_mut() {
                Some(first) if first.0 <= 1 => first.0 = 0,
                _ => live.segments[var.at()].insert(0, (0, 1)),
            }
        }
        live
    }

    /// The registers that hold something at the beginning of each block.
    fn flow(&self, code: &Code<'_>) -> Vec<Set> {
        let count = self.numbering.count();
        let mut live_in = vec![Set::new(count); self.blocks.len()];
        let mut open: Vec<u32> = (0..len(&self.blocks)).collect();
        let mut is_open = vec![true; self.blocks.len()];
        let before = self.before();
        while let Some(at) = open.pop() {
            is_open[at as usize] = false;
            let mut set = self.live_out(at, &live_in);
            let block = &self.blocks[at as usize];
            let kept = block.kept(&live_in);
            for instruction in (block.start..block.end).rev() {
                code.step(instruction, &mut set, kept.as_ref(), &mut |_, _| {});
            }
            if live_in[at as usize] != set {
                live_in[at as usize] = set;
                for other in &before[at as usize] {
                    if !std::mem::replace(&mut is_open[*other as usize], true) {
                        open.push(*other);
                    }
                }
            }
        }
        live_in
    }

    /// The blocks that each block may follow, as one that goes on there or whose faults are caught there.
    fn before(&self) -> Vec<Vec<u32>> {
        let mut before = vec![Vec::new(); self.blocks.len()];
        for (at, block) in (0..).zip(&self.blocks) {
            let catching = block.caught_by.iter().map(|(target, _)| target);
            block.next.iter().chain(catching).for_each(|next| before[*next as usize].push(at));
        }
        before
    }

    fn live_out(&self, at: u32, live_in: &[Set]) -> Set {
        let block = &self.blocks[at as usize];
        let mut set = Set::new(self.numbering.count());
        block.next.iter().for_each(|next| set.add_all(&live_in[*next as usize]));
        if let Some(kept) = block.kept(live_in) {
            set.add_all(&kept);
        }
        set
    }

    fn fill(&mut self, code: &Code<'_>, live_in: &[Set]) {
        const NOT_OPEN: u32 = u32::MAX;
        let mut end_of = vec![NOT_OPEN; self.numbering.count()];
        for at in (0..len(&self.blocks)).rev() {
            let block = self.blocks[at as usize].clone();
            let mut set = self.live_out(at, live_in);
            set.each(|var| end_of[var.at()] = 2 * block.end);
            let kept = block.kept(live_in);
            for instruction in (block.start..block.end).rev() {
                let mut seen = |access: Access, var: Var| {
                    let end = &mut end_of[var.at()];
                    if access != Access::Read {
                        self.writes[var.at()].push(instruction);
                    }
                    self.is_read[instruction as usize] |= access.writes() && *end != NOT_OPEN;
                    match access {
                        Access::Write => {
                            let stays = kept.as_ref().is_some_and(|it| it.has(var));
                            if !stays {
                                let start = 2 * instruction + 1;
                                let end = std::mem::replace(end, NOT_OPEN);
                                let end = if end == NOT_OPEN { start + 1 } else { end };
                                self.segments[var.at()].push((start, end));
                            }
                        }
                        // What is changed in vain is written all the same.
                        Access::Edit if *end == NOT_OPEN => *end = 2 * instruction + 2,
                        _ if *end == NOT_OPEN => *end = 2 * instruction + 1,
                        _ => {}
                    }
                };
                code.step(instruction, &mut set, kept.as_ref(), &mut seen);
            }
            let start = 2 * block.start;
            for (segments, end) in self.segments.iter_mut().zip(&mut end_of) {
                let end = std::mem::replace(end, NOT_OPEN);
                if end != NOT_OPEN {
                    segments.push((start, end));
                }
            }
        }
        for block in &self.blocks {
            if let Some((target, error)) = block.caught_by {
                let start = 2 * self.blocks[target as usize].start;
                self.segments[error.at()].push((start, start + 1));
                self.writes[error.at()].push(self.blocks[target as usize].start);
            }
        }
        self.segments.iter_mut().for_each(normalise);
        self.writes.iter_mut().for_each(|it| {
            it.sort_unstable();
            it.dedup();
        });
    }

    /// Whether a register is needed behind what an instruction reads.
    pub(super) fn is_needed_after(&self, var: Var, instruction: u32) -> bool {
        self.covers(var, 2 * instruction + 1)
    }

    /// Whether a register is needed at a place.
    pub(super) fn covers(&self, var: Var, place: u32) -> bool {
        let segments = &self.segments[var.at()];
        let after = segments.partition_point(|(start, _)| *start <= place);
        after > 0 && segments[after - 1].1 > place
    }

    /// Whether a register is written at an instruction where another one is needed, beginning behind an instruction.
    pub(super) fn is_written_within(&self, var: Var, segments: &[Segment], from: u32) -> bool {
        let writes = self.writes[var.at()].iter().filter(|it| **it > from);
        writes
            .map(|it| 2 * it + 1)
            .any(|place| segments.iter().any(|(start, end)| *start <= place && place < *end))
    }
}

/// Sorts segments and joins those that touch.
pub(super) fn normalise(segments: &mut Vec<Segment>) {
    segments.sort_unstable();
    let mut joined: Vec<Segment> = Vec::with_capacity(segments.len());
    for (start, end) in segments.drain(..) {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    *segments = joined;
}

/// Whether two lists of segments share a place.
pub(super) fn overlap(a: &[Segment], b: &[Segment]) -> bool {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
        if left.1 <= right.0 {
            a.next();
        } else if right.1 <= left.0 {
            b.next();
        } else {
            return true;
        }
    }
    false
}

/// Parameters and what a closure brings along.
pub(super) fn params(
    function: &VirtualFunction,
    numbering: Numbering,
) -> impl Iterator<Item = Var> {
    function
        .params
        .iter()
        .chain(&function.captures)
        .map(move |(bank, register)| numbering.var(*bank, *register))
}

struct Code<'a> {
    function: &'a VirtualFunction,
    gone: &'a [bool],
    numbering: Numbering,
}

impl Code<'_> {
    /// What is needed before an instruction, from what is needed behind it.
    fn step(&self, at: u32, set: &mut Set, kept: Option<&Set>, seen: &mut dyn FnMut(Access, Var)) {
        if self.gone[at as usize] {
            return;
        }
        let instruction = self.function.code[at as usize];
        self.numbering.accesses(instruction, |access, var| {
            if access == Access::Write {
                seen(access, var);
                if kept.is_none_or(|it| !it.has(var)) {
                    set.remove(var);
                }
            }
        });
        self.numbering.accesses(instruction, |access, var| {
            if access != Access::Write {
                seen(access, var);
                set.add(var);
            }
        });
    }
}

fn blocks(function: &VirtualFunction, numbering: Numbering) -> Vec<Block> {
    let length = len(&function.code);
    let place = |label: Label| function.labels[label.0 as usize].min(length);
    let mut starts = vec![0, length];
    for (at, instruction) in (0..).zip(&function.code) {
        if let Some(target) = instruction.target() {
            starts.push(place(Label(target)));
            starts.push(at + 1);
        } else if instruction.flow() == Flow::Ends {
            starts.push(at + 1);
        }
    }
    for handler in &function.handlers {
        starts.extend([handler.start, handler.end, handler.target].map(place));
    }
    starts.sort_unstable();
    starts.dedup();
    let block_at = |place: u32| starts.binary_search(&place).ok().map(|it| len(&starts[..it]));
    let mut blocks = Vec::with_capacity(starts.len());
    for pair in starts.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        let last = function.code[end as usize - 1];
        let mut next = Vec::new();
        if last.flow() != Flow::Ends && end < length {
            next.extend(block_at(end));
        }
        next.extend(last.target().and_then(|it| block_at(place(Label(it)))));
        let mut handlers = function.handlers.iter();
        let catching = handlers.find(|it| place(it.start) <= start && start < place(it.end));
        let caught_by = catching.and_then(|it| {
            Some((block_at(place(it.target))?, numbering.var(Bank::Value, it.error)))
        });
        blocks.push(Block { start, end, next, caught_by });
    }
    blocks
}

fn len<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).expect("functions are shorter than 2^32 instructions")
}

/// A set of registers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Set(Box<[u64]>);

impl Set {
    fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)].into())
    }

    fn add(&mut self, var: Var) {
        self.0[var.at() / 64] |= 1 << (var.at() % 64);
    }

    fn remove(&mut self, var: Var) {
        self.0[var.at() / 64] &= !(1 << (var.at() % 64));
    }

    fn has(&self, var: Var) -> bool {
        self.0[var.at() / 64] >> (var.at() % 64) & 1 == 1
    }

    fn add_all(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    fn each(&self, mut visit: impl FnMut(Var)) {
        for (at, word) in (0..).zip(&self.0) {
            let mut rest = *word;
            while rest != 0 {
                visit(Var(at * 64 + rest.trailing_zeros()));
                rest &= rest - 1;
            }
        }
    }
}
