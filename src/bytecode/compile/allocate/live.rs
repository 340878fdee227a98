//! Where each virtual register holds something that is still needed.
//!
//! Places are counted twice an instruction: instruction `n` reads at `2n` and writes at `2n + 1`. A register that is read last where
//! another is written first does not overlap with it, so both may be one.

use super::super::accesses::{Accesses, Numbering, Var};
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
    /// What every instruction does to them.
    pub(super) accesses: Accesses,
    /// Where each is needed, in ascending order, without touching.
    segments: ByVar<Segment>,
    /// The instructions behind which each holds something else, moved out of included.
    writes: ByVar<u32>,
    /// The blocks in order.
    pub(super) blocks: Vec<Block>,
    /// By instruction: whether a callee's frame comes to lie over its windows.
    pub(super) is_call: Vec<bool>,
    /// By instruction: whether it can be left out where nobody reads what it writes.
    is_pure: Vec<bool>,
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
    /// Looks at a function whose instructions at places in `gone` do not count. Those that only make what nobody reads are gone then, too.
    pub(super) fn of(function: &VirtualFunction, gone: &mut [bool]) -> Self {
        let numbering = Numbering { scalars: function.scalars, values: function.values };
        let live = Self {
            numbering,
            accesses: Accesses::of(function, gone, numbering),
            segments: ByVar::default(),
            writes: ByVar::default(),
            blocks: blocks(function, numbering),
            is_call: function.code.iter().map(Instruction::is_call).collect(),
            is_pure: function.code.iter().map(Instruction::is_pure).collect(),
        };
        live.looked_through(function, gone)
    }

    /// Looks again, after registers were exchanged and more instructions are gone.
    pub(super) fn again(self, function: &VirtualFunction, gone: &mut [bool]) -> Self {
        let accesses = Accesses::of(function, gone, self.numbering);
        Self { accesses, ..self }.looked_through(function, gone)
    }

    fn looked_through(mut self, function: &VirtualFunction, gone: &mut [bool]) -> Self {
        let live_in = self.flow();
        let mut found = Found::default();
        self.fill(&live_in, &mut found, gone);
        // What is never read stands in its place all the same when the function begins.
        found.segments.extend(params(function, self.numbering).map(|var| (var, (0, 1))));
        let count = self.numbering.count();
        self.segments = ByVar::new(count, &found.segments, joined);
        self.writes = ByVar::new(count, &found.writes, |last, next| *last == next);
        self
    }

    /// Where a register is needed.
    pub(super) fn segments(&self, var: Var) -> &[Segment] {
        self.segments.of(var)
    }

    /// The instructions behind which a register holds something else.
    pub(super) fn writes(&self, var: Var) -> &[u32] {
        self.writes.of(var)
    }

    /// The registers that hold something at the beginning of each block.
    fn flow(&self) -> Vec<Set> {
        let count = self.numbering.count();
        let mut live_in = vec![Set::new(count); self.blocks.len()];
        let mut open: Vec<u32> = (0..len(&self.blocks)).collect();
        let mut is_open = vec![true; self.blocks.len()];
        let before = self.before();
        while let Some(at) = open.pop() {
            is_open[at as usize] = false;
            let block = &self.blocks[at as usize];
            let kept = block.kept(&live_in);
            let mut set = self.live_out(block, &live_in, kept.as_ref());
            self.walk_back(block, &mut set, kept.as_ref());
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

    /// From what is needed behind a block to what is needed before it. What its handler needs stays so, whatever is written.
    fn walk_back(&self, block: &Block, set: &mut Set, kept: Option<&Set>) {
        for instruction in (block.start..block.end).rev() {
            let accesses = self.accesses.at(instruction);
            let is_needed = |(access, var): &(Access, Var)| access.writes() && set.has(*var);
            if self.is_pure[instruction as usize] && !accesses.iter().any(is_needed) {
                continue;
            }
            for (_, var) in accesses.iter().filter(|it| it.0 == Access::Write) {
                if kept.is_none_or(|it| !it.has(*var)) {
                    set.remove(*var);
                }
            }
            for (_, var) in accesses.iter().filter(|it| it.0 != Access::Write) {
                set.add(*var);
            }
        }
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

    /// What is needed behind a block, what its handler needs included.
    fn live_out(&self, block: &Block, live_in: &[Set], kept: Option<&Set>) -> Set {
        let mut set = Set::new(self.numbering.count());
        let next = block.next.iter().map(|next| &live_in[*next as usize]);
        next.chain(kept).for_each(|it| set.add_all(it));
        set
    }

    /// Walks back through every block, from what is needed behind it.
    fn fill(&mut self, live_in: &[Set], found: &mut Found, gone: &mut [bool]) {
        let mut end_of = vec![NOT_OPEN; self.numbering.count()];
        for at in (0..len(&self.blocks)).rev() {
            let block = &self.blocks[at as usize];
            let kept = block.kept(live_in);
            let live_out = self.live_out(block, live_in, kept.as_ref());
            live_out.each(|var| end_of[var.at()] = 2 * block.end);
            for instruction in (block.start..block.end).rev() {
                let accesses = self.accesses.at(instruction);
                let is_needed = |it: &(Access, Var)| it.0.writes() && end_of[it.1.at()] != NOT_OPEN;
                if self.is_pure[instruction as usize] && !accesses.iter().any(is_needed) {
                    gone[instruction as usize] = true;
                    self.accesses.forget(instruction);
                    continue;
                }
                for (_, var) in accesses.iter().filter(|it| it.0 == Access::Write) {
                    found.writes.push((*var, instruction));
                    let end = &mut end_of[var.at()];
                    if kept.as_ref().is_none_or(|it| !it.has(*var)) {
                        let start = 2 * instruction + 1;
                        let end = std::mem::replace(end, NOT_OPEN);
                        let end = if end == NOT_OPEN { start + 1 } else { end };
                        found.segments.push((*var, (start, end)));
                    }
                }
                for (access, var) in accesses.iter().filter(|it| it.0 != Access::Write) {
                    if *access != Access::Read {
                        found.writes.push((*var, instruction));
                    }
                    let end = &mut end_of[var.at()];
                    if *end == NOT_OPEN {
                        // What is changed in vain is written all the same.
                        let changed = u32::from(*access == Access::Edit);
                        *end = 2 * instruction + 1 + changed;
                    }
                }
            }
            live_in[at as usize].each(|var| {
                let end = std::mem::replace(&mut end_of[var.at()], NOT_OPEN);
                found.segments.push((var, (2 * block.start, end)));
            });
        }
        for block in &self.blocks {
            if let Some((target, error)) = block.caught_by {
                let start = 2 * self.blocks[target as usize].start;
                found.segments.push((error, (start, start + 1)));
                found.writes.push((error, self.blocks[target as usize].start));
            }
        }
    }

    /// Whether a register is needed behind what an instruction reads.
    pub(super) fn is_needed_after(&self, var: Var, instruction: u32) -> bool {
        self.covers(var, 2 * instruction + 1)
    }

    /// Whether a register is needed at a place.
    pub(super) fn covers(&self, var: Var, place: u32) -> bool {
        let segments = self.segments(var);
        let after = segments.partition_point(|(start, _)| *start <= place);
        after > 0 && segments[after - 1].1 > place
    }

    /// Whether a register is written at an instruction where another one is needed, beginning behind an instruction.
    pub(super) fn is_written_within(&self, var: Var, segments: &[Segment], from: u32) -> bool {
        let writes = self.writes(var).iter().filter(|it| **it > from);
        writes
            .map(|it| 2 * it + 1)
            .any(|place| segments.iter().any(|(start, end)| *start <= place && place < *end))
    }
}

/// No register is needed as far.
const NOT_OPEN: u32 = u32::MAX;

/// What a walk through the code finds, in any order.
#[derive(Default)]
struct Found {
    segments: Vec<(Var, Segment)>,
    writes: Vec<(Var, u32)>,
}

/// Lists by register, in one piece of memory.
#[derive(Debug, Default)]
struct ByVar<T> {
    /// By register: where its list begins; behind the last, where that one ends.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy + Ord + Default> ByVar<T> {
    /// Sorts what was found of so many registers; `join` may take an item into the one before it.
    fn new(count: usize, found: &[(Var, T)], join: impl Fn(&mut T, T) -> bool) -> Self {
        let mut places = vec![0_u32; count + 1];
        for (var, _) in found {
            places[var.at() + 1] += 1;
        }
        for at in 1..=count {
            places[at] += places[at - 1];
        }
        let mut sorted = vec![T::default(); found.len()];
        let mut next = places.clone();
        // Walks go backwards, so this is in ascending order already, but for loops and handlers.
        for (var, item) in found.iter().rev() {
            sorted[next[var.at()] as usize] = *item;
            next[var.at()] += 1;
        }
        let mut starts = Vec::with_capacity(count + 1);
        let mut items: Vec<T> = Vec::with_capacity(found.len());
        for pair in places.windows(2) {
            let start = items.len();
            starts.push(len(&items));
            let list = &mut sorted[pair[0] as usize..pair[1] as usize];
            list.sort_unstable();
            for item in list {
                let joined = items[start..].last_mut().is_some_and(|last| join(last, *item));
                if !joined {
                    items.push(*item);
                }
            }
        }
        starts.push(len(&items));
        Self { starts, items }
    }

    fn of(&self, var: Var) -> &[T] {
        &self.items[self.starts[var.at()] as usize..self.starts[var.at() + 1] as usize]
    }
}

/// Takes a segment into the one before it where they touch.
fn joined(last: &mut Segment, (start, end): Segment) -> bool {
    let touches = start <= last.1;
    if touches {
        last.1 = last.1.max(end);
    }
    touches
}

/// The segments of two registers that are needed at different places, as those of one.
pub(super) fn merged(a: &[Segment], b: &[Segment]) -> Vec<Segment> {
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    let mut all: Vec<Segment> = Vec::with_capacity(a.len() + b.len());
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(left), Some(right)) if left <= right => a.next(),
            (_, Some(_)) => b.next(),
            (_, None) => a.next(),
        };
        let Some(segment) = next else { return all };
        if !all.last_mut().is_some_and(|last| joined(last, segment)) {
            all.push(segment);
        }
    }
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
