//! Several instructions as one.

use super::super::accesses::Var;
use super::super::virtual_fn::{Virtual, VirtualFunction};
use super::{Uses, remove};
use crate::bytecode::instruction::{Flow, Instruction};
use crate::bytecode::operand::Bank;

type Ins = Instruction<Virtual>;

/// Writes what several instructions do as one where there is a row for it.
pub(super) fn fuse(function: &mut VirtualFunction) {
    let mut pairs = Pairs {
        uses: Uses::of(function),
        labelled: labelled(function),
        gone: vec![false; function.code.len()],
    };
    for at in 0..function.code.len() {
        pairs.multiplied(&mut function.code, at);
        pairs.field_of_item(&mut function.code, at);
        pairs.changed_item(&mut function.code, at);
    }
    remove(function, &pairs.gone);
}

/// By instruction: whether a label stands there.
fn labelled(function: &VirtualFunction) -> Vec<bool> {
    let mut labelled = vec![false; function.code.len() + 1];
    for label in function.labels.iter().filter(|it| **it != u32::MAX) {
        labelled[*label as usize] = true;
    }
    labelled
}

struct Pairs {
    uses: Uses,
    labelled: Vec<bool>,
    gone: Vec<bool>,
}

impl Pairs {
    fn var(&self, bank: Bank, register: Virtual) -> Var {
        self.uses.numbering.var(bank, register)
    }

    /// Whether a register is made for one reader.
    fn is_passed_on(&self, bank: Bank, register: Virtual) -> bool {
        let it = self.uses.get(self.var(bank, register));
        it.writes == 1 && it.reads == 1 && it.others == 0
    }

    /// `x + a * b` and `x - a * b`: the multiplication goes to where the sum is made.
    fn multiplied(&mut self, code: &mut [Ins], at: usize) {
        let (to, x, product, add) = match code[at] {
            Ins::AddFloat { to, a, b } if self.is_passed_on(Bank::Scalar, b) => (to, a, b, true),
            Ins::AddFloat { to, a, b } if self.is_passed_on(Bank::Scalar, a) => (to, b, a, true),
            Ins::SubFloat { to, a, b } if self.is_passed_on(Bank::Scalar, b) => (to, a, b, false),
            _ => return,
        };
        let made = self.uses.get(self.var(Bank::Scalar, product)).written_at;
        let Ins::MulFloat { a: b, b: c, .. } = code[made] else { return };
        if self.gone[made] || made > at || !self.holds(code, made, at, &[b, c]) {
            return;
        }
        self.gone[made] = true;
        code[at] = if add {
            Ins::MulAddFloat { to, a: x, b, c }
        } else {
            Ins::MulSubFloat { to, a: x, b, c }
        };
    }

    /// Whether control goes straight from one instruction to the other and scalars keep what they hold.
    fn holds(&self, code: &[Ins], from: usize, to: usize, scalars: &[Virtual]) -> bool {
        let between = from + 1..to;
        let straight = !self.labelled[from + 1..=to].contains(&true)
            && code[between.clone()]
                .iter()
                .all(|it| matches!(it.flow(), Flow::Plain | Flow::Faults | Flow::Calls));
        let kept = |instruction: &Ins| {
            let mut kept = true;
            self.uses.numbering.accesses(*instruction, |access, var| {
                let wanted = scalars.iter().any(|it| self.var(Bank::Scalar, *it) == var);
                kept &= !(wanted && access.writes());
            });
            kept
        };
        straight && code[between].iter().all(kept)
    }

    /// `xs[i].f`
    fn field_of_item(&mut self, code: &mut [Ins], at: usize) {
        let Some(next) = self.next(at) else { return };
        let Ins::Item { to: item, list, i } = code[at] else { return };
        if !self.is_passed_on(Bank::Value, item) {
            return;
        }
        let fused = match code[next] {
            Ins::GetField { to, a, slot } if a == item => Ins::ItemField { to, list, i, slot },
            Ins::GetFieldInt { to, a, slot } if a == item => {
                Ins::ItemFieldInt { to, list, i, slot }
            }
            Ins::GetFieldFloat { to, a, slot } if a == item => {
                Ins::ItemFieldFloat { to, list, i, slot }
            }
            _ => return,
        };
        self.gone[at] = true;
        code[next] = fused;
    }

    /// `xs[i].f = x`: taken out, changed, and put back.
    fn changed_item(&mut self, code: &mut [Ins], at: usize) {
        let (Ins::TakeItem { to: part, list, i } | Ins::Item { to: part, list, i }) = code[at]
        else {
            return;
        };
        let Some(change) = self.next(at) else { return };
        let Some(back) = self.next(change) else { return };
        let it = self.uses.get(self.var(Bank::Value, part));
        let alone = it.writes == 1 && it.reads == 0 && it.others == 2;
        if !alone || code[back] != (Ins::SetItem { list, i, a: part }) {
            return;
        }
        let fused = match code[change] {
            Ins::SetField { a, slot, b } if a == part => Ins::SetItemField { list, i, slot, a: b },
            Ins::SetFieldInt { a, slot, b } if a == part => {
                Ins::SetItemFieldInt { list, i, slot, a: b }
            }
            Ins::SetFieldFloat { a, slot, b } if a == part => {
                Ins::SetItemFieldFloat { list, i, slot, a: b }
            }
            _ => return,
        };
        self.gone[at] = true;
        self.gone[change] = true;
        code[back] = fused;
    }

    /// The instruction behind one, unless somebody jumps there.
    fn next(&self, at: usize) -> Option<usize> {
        let next = (at + 1..self.gone.len()).find(|it| !self.gone[*it])?;
        (!self.labelled[at + 1..=next].contains(&true)).then_some(next)
    }
}
