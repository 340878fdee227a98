//! Leaves out what nobody needs: copies of what does not change meanwhile, and results that nobody reads.

use super::super::accesses::{Exchange, Var};
use super::super::virtual_fn::{Virtual, VirtualFunction};
use super::live::{Live, params};
use crate::bytecode::instruction::Instruction;
use crate::bytecode::operand::{Access, Bank};

/// A copy may hide behind another, but seldom behind three.
const ROUNDS_MAX: usize = 4;

/// Marks instructions that are not needed, and reads originals in the place of copies. What is known of the function that is left.
pub(super) fn simplify(function: &mut VirtualFunction, gone: &mut [bool]) -> Live {
    let mut live = Live::of(function, gone);
    for _ in 0..ROUNDS_MAX {
        let mut round = Round::new(function, gone, &live);
        let mut is_changed = false;
        for (at, instruction) in function.code.iter().enumerate() {
            let is_copy = !gone[at] && round.is_copy(at, *instruction);
            is_changed |= is_copy;
            gone[at] |= is_copy;
        }
        if !is_changed {
            break;
        }
        let mut replace = Exchange { numbering: live.numbering, by: &round.replaced };
        function.code.iter_mut().for_each(|it| *it = it.rename(&mut replace));
        live = live.again(function, gone);
    }
    live
}

/// What one look at the function allows.
struct Round<'a> {
    live: &'a Live,
    /// By register: it is only ever read, apart from the one instruction that writes it.
    is_plain: Vec<bool>,
    /// By register: what is read in its place.
    replaced: Vec<Var>,
    /// By register: what is known about it does not hold any more in this round.
    touched: Vec<bool>,
}

impl<'a> Round<'a> {
    fn new(function: &VirtualFunction, gone: &[bool], live: &'a Live) -> Self {
        let numbering = live.numbering;
        let vars = (0..).take(numbering.count()).map(Var);
        let mut is_plain: Vec<bool> = vars.map(|it| live.writes(it).len() == 1).collect();
        for (access, var) in live.accesses.all() {
            is_plain[var.at()] &= !matches!(access, Access::Edit | Access::Take);
        }
        for (instruction, _) in function.code.iter().zip(gone).filter(|(_, gone)| !**gone) {
            numbering.windows(*instruction, |first, count| {
                (first.0..first.0 + count).for_each(|it| is_plain[it as usize] = false);
            });
        }
        params(function, numbering).for_each(|var| is_plain[var.at()] = false);
        for handler in &function.handlers {
            is_plain[numbering.var(Bank::Value, handler.error).at()] = false;
        }
        let replaced = (0..).take(numbering.count()).map(Var).collect();
        let touched = vec![false; numbering.count()];
        Self { live, is_plain, replaced, touched }
    }

    /// Whether an instruction is a copy that is read for nothing; from then on its original is read.
    fn is_copy(&mut self, at: usize, instruction: Instruction<Virtual>) -> bool {
        let (bank, to, from) = match instruction {
            Instruction::MoveS { to, a } => (Bank::Scalar, to, a),
            Instruction::CopyV { to, a } => (Bank::Value, to, a),
            _ => return false,
        };
        let numbering = self.live.numbering;
        let (to, from) = (numbering.var(bank, to), numbering.var(bank, from));
        if to == from {
            return true;
        }
        let place = u32::try_from(at).expect("functions are short");
        let segments = self.live.segments(to);
        let free = !self.touched[to.at()] && !self.touched[from.at()];
        let holds = || !self.live.is_written_within(from, segments, place);
        if !free || !self.is_plain[to.at()] || !holds() {
            return false;
        }
        self.replaced[to.at()] = from;
        self.touched[to.at()] = true;
        self.touched[from.at()] = true;
        true
    }
}
