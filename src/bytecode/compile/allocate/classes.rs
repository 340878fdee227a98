//! Virtual registers that become one register, so that the moves between them vanish.

use super::super::accesses::Var;
use super::super::virtual_fn::VirtualFunction;
use super::live::{Live, Segment, merged, overlap, params};
use crate::bytecode::instruction::Instruction;
use crate::bytecode::operand::{Access, Bank};

/// Which registers are one.
pub(super) struct Classes<'a> {
    live: &'a Live,
    /// By register: another one of its class; itself for the one that stands for the class.
    leader: Vec<Var>,
    /// By leader: where the class is needed; nothing for one that is alone.
    segments: Vec<Vec<Segment>>,
    /// By leader: what binds it to a place.
    pub(super) bound: Vec<Bound>,
}

/// What binds a class to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// Nothing.
    Free,
    /// A parameter: it stands where calls put it.
    Param(u8),
    /// A register of a window: the window's number, and the place in it.
    Window(u32, u32),
}

/// Registers that have to follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// The instruction that they are for.
    pub(super) instruction: u32,
    /// The first.
    pub(super) first: Var,
    /// How many; none where a call needs to know where its frame begins.
    pub(super) count: u32,
}

/// Whether registers are put into windows as soon as they are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Eagerness {
    /// A result is computed where the call expects it.
    Eager,
    /// Windows are filled right before the call.
    Lazy,
}

/// Finds the classes, and the groups that windows are.
pub(super) fn classes<'a>(
    function: &VirtualFunction,
    gone: &[bool],
    live: &'a Live,
    eagerness: Eagerness,
) -> (Classes<'a>, Vec<Group>) {
    let mut classes = Classes {
        live,
        leader: (0..).take(live.numbering.count()).map(Var).collect(),
        segments: vec![Vec::new(); live.numbering.count()],
        bound: vec![Bound::Free; live.numbering.count()],
    };
    let mut in_bank = [0, 0];
    for var in params(function, live.numbering) {
        let (bank, _) = live.numbering.register(var);
        let next = &mut in_bank[usize::from(bank == Bank::Value)];
        classes.bound[var.at()] = Bound::Param(u8::try_from(*next).unwrap_or(u8::MAX));
        *next += 1;
    }
    let groups = groups(function, gone, live, &mut classes);
    for (at, instruction) in function.code.iter().enumerate() {
        let (bank, to, from) = match *instruction {
            _ if gone[at] => continue,
            Instruction::MoveS { to, a } => (Bank::Scalar, to, a),
            Instruction::CopyV { to, a } | Instruction::MoveV { to, a } => (Bank::Value, to, a),
            _ => continue,
        };
        let (to, from) = (live.numbering.var(bank, to), live.numbering.var(bank, from));
        let refused = match classes.bound[classes.leader(to).at()] {
            Bound::Window(..) if eagerness == Eagerness::Lazy => true,
            Bound::Window(number, _) => {
                let call = groups[number as usize].instruction as usize;
                !is_for_this_only(live, (to, from), at, call)
            }
            Bound::Free | Bound::Param(_) => false,
        };
        if !refused {
            classes.join(to, from, eagerness);
        }
    }
    (classes, groups)
}

/// Whether everything that is computed since a register was first written serves the call that it is moved to: then nothing
/// that outlives the call can come to stand behind the call's window.
fn is_for_this_only(live: &Live, (slot, var): (Var, Var), moved: usize, call: usize) -> bool {
    let Some((first, _)) = live.segments(var).first() else { return false };
    let computed = *first as usize / 2;
    if computed > moved || moved > call || call - computed > REGION_MAX {
        return false;
    }
    let call = u32::try_from(call).expect("functions are short");
    let mut accesses = (*first / 2..call).flat_map(|at| live.accesses.at(at));
    accesses.all(|(access, written)| {
        let stays = || live.covers(*written, 2 * call + 1);
        *access == Access::Read || *written == slot || !stays()
    })
}

/// How far back a value may have been computed that is computed into a window.
const REGION_MAX: usize = 200;

fn groups(
    function: &VirtualFunction,
    gone: &[bool],
    live: &Live,
    classes: &mut Classes<'_>,
) -> Vec<Group> {
    let mut groups = Vec::new();
    for (at, instruction) in (0..).zip(&function.code) {
        if gone[at as usize] {
            continue;
        }
        live.numbering.windows(*instruction, |first, count| {
            let number = u32::try_from(groups.len()).expect("functions are short");
            for place in 0..count {
                classes.bound[(first.0 + place) as usize] = Bound::Window(number, place);
            }
            if count > 0 || instruction.is_call() {
                groups.push(Group { instruction: at, first, count });
            }
        });
    }
    groups
}

impl Classes<'_> {
    /// The register that stands for the class of another.
    pub(super) fn leader(&self, var: Var) -> Var {
        let mut var = var;
        while self.leader[var.at()] != var {
            var = self.leader[var.at()];
        }
        var
    }

    /// Where the class of a leader is needed.
    pub(super) fn segments(&self, leader: Var) -> &[Segment] {
        match self.segments[leader.at()].as_slice() {
            [] => self.live.segments(leader),
            joined => joined,
        }
    }

    fn join(&mut self, a: Var, b: Var, eagerness: Eagerness) {
        let (a, b) = (self.leader(a), self.leader(b));
        let (bound_a, bound_b) = (self.bound[a.at()], self.bound[b.at()]);
        let ((bound, Bound::Free) | (Bound::Free, bound)) = (bound_a, bound_b) else { return };
        let lazy = matches!(bound, Bound::Window(..)) && eagerness == Eagerness::Lazy;
        if a == b || lazy || overlap(self.segments(a), self.segments(b)) {
            return;
        }
        self.leader[b.at()] = a;
        self.bound[a.at()] = bound;
        self.segments[a.at()] = merged(self.segments(a), self.segments(b));
        self.segments[b.at()] = Vec::new();
    }
}
