//! Gives each class of virtual registers a register, or a place beyond the registers.
//!
//! Classes are placed in the order in which they begin, each in the lowest register that is free wherever it is needed. Windows follow,
//! outer calls first: a call's window stands above everything that is needed behind the call, because the callee's frame
//! lies there.

use super::super::accesses::Var;
use super::super::virtual_fn::VirtualFunction;
use super::classes::{Bound, Classes, Group};
use super::live::{Live, Segment, overlap};
use crate::bytecode::instruction::Flow;
use crate::bytecode::operand::{Access, Bank, REGISTERS_MAX};

/// Where a virtual register has come to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// Nowhere: it is never used.
    Nowhere,
    /// In a register.
    Register(u8),
    /// Beyond the registers.
    Far(u16),
}

/// Where all of them stand.
#[derive(Debug)]
pub(super) struct Placement {
    /// By virtual register.
    pub(super) locations: Vec<Location>,
    /// How many registers of each bank are used: scalars, values.
    pub(super) used: [usize; 2],
    /// How many places beyond the registers are used.
    pub(super) far: [usize; 2],
    /// The first of the registers that values from beyond pass through.
    pub(super) scratch: usize,
}

/// How many registers values from beyond pass through: no instruction has more operands in one bank.
const SCRATCH: usize = 4;

/// Places everything in registers; nothing where they do not suffice.
pub(super) fn in_registers(
    function: &VirtualFunction,
    live: &Live,
    classes: &Classes<'_>,
    groups: &[Group],
) -> Option<Placement> {
    let mut placer = Placer::new(function, live, classes, REGISTERS_MAX);
    placer.place_classes(&[])?;
    placer.place_groups(groups, 0)?;
    placer.is_sound(groups).then(|| placer.finish(0))
}

/// Places what does not fit into the registers beyond them.
///
/// # Panics
/// If loops are nested deeper, or windows are longer, than the parser and the checker let pass.
pub(super) fn with_far_places(
    function: &VirtualFunction,
    live: &Live,
    classes: &Classes<'_>,
    groups: &[Group],
) -> Placement {
    let longest = groups.iter().map(|it| it.count as usize).max().unwrap_or(0);
    let scratch = REGISTERS_MAX.saturating_sub(longest + SCRATCH);
    let mut placer = Placer::new(function, live, classes, scratch);
    let near = written_by_jumps(function, live, classes);
    placer.place_near(&near);
    placer.place_classes(&near).expect("what has no register stands beyond them");
    let placed = placer.place_groups(groups, scratch + SCRATCH);
    placed.expect("the longest window was left room for");
    placer.finish(scratch)
}

/// Registers that a jump writes: behind it there is no place to write them anywhere else.
fn written_by_jumps(function: &VirtualFunction, live: &Live, classes: &Classes<'_>) -> Vec<Var> {
    let mut near = Vec::new();
    for (at, instruction) in (0..).zip(&function.code) {
        if matches!(instruction.flow(), Flow::Repeats | Flow::Jumps) {
            let changed = live.accesses.at(at).iter().filter(|it| it.0 != Access::Read);
            near.extend(changed.map(|(_, var)| classes.leader(*var)));
        }
    }
    // The machine writes a caught error where no instruction stands.
    let errors = function.handlers.iter().map(|it| live.numbering.var(Bank::Value, it.error));
    near.extend(errors.map(|it| classes.leader(it)));
    near.sort_unstable();
    near.dedup();
    near
}

struct Placer<'a> {
    live: &'a Live,
    classes: &'a Classes<'a>,
    /// How many registers of each bank classes may be placed in.
    registers: usize,
    /// By bank and register: where it is taken.
    taken: [Vec<Vec<Segment>>; 2],
    /// By bank and place beyond the registers: where it is taken.
    taken_far: [Vec<Vec<Segment>>; 2],
    /// By bank and instruction: one more than the highest register that is needed there.
    height: [Vec<usize>; 2],
    /// By leader.
    locations: Vec<Location>,
}

impl<'a> Placer<'a> {
    fn new(
        function: &VirtualFunction,
        live: &'a Live,
        classes: &'a Classes<'a>,
        registers: usize,
    ) -> Self {
        let heights = vec![0; function.code.len() + 1];
        Self {
            live,
            classes,
            registers,
            taken: [Vec::new(), Vec::new()],
            taken_far: [Vec::new(), Vec::new()],
            height: [heights.clone(), heights],
            locations: vec![Location::Nowhere; live.numbering.count()],
        }
    }

    fn bank(&self, var: Var) -> usize {
        usize::from(self.live.numbering.register(var).0 == Bank::Value)
    }

    fn segments(&self, leader: Var) -> &'a [Segment] {
        self.classes.segments(leader)
    }

    /// Places everything that no window binds; nothing where the registers do not suffice and nothing may stand beyond.
    fn place_classes(&mut self, placed: &[Var]) -> Option<()> {
        let mut order: Vec<Var> = (0..).take(self.locations.len()).map(Var).collect();
        order.retain(|it| self.classes.leader(*it) == *it && !self.segments(*it).is_empty());
        // Parameters first: they stand where they stand.
        let is_param = |it: &Var| matches!(self.classes.bound[it.at()], Bound::Param(_));
        order.sort_by_key(|it| (!is_param(it), self.segments(*it)[0].0));
        for var in order {
            match self.classes.bound[var.at()] {
                Bound::Param(at) => self.put(var, usize::from(at)),
                Bound::Free if !placed.contains(&var) => match self.lowest(var, 0) {
                    Some(register) => self.put(var, register),
                    None if self.registers < REGISTERS_MAX => self.put_far(var),
                    None => return None,
                },
                Bound::Free | Bound::Window(..) => {}
            }
        }
        Some(())
    }

    fn place_near(&mut self, near: &[Var]) {
        for var in near {
            if self.classes.bound[var.at()] == Bound::Free {
                let params = self.params(self.bank(*var));
                let register = self.lowest(*var, params);
                self.put(*var, register.expect("loops are not nested as deep"));
            }
        }
    }

    /// How many parameters a bank has: their registers are not free from the beginning.
    fn params(&self, bank: usize) -> usize {
        let vars = (0..).take(self.locations.len()).map(Var).filter(|it| self.bank(*it) == bank);
        let places = vars.filter_map(|it| match self.classes.bound[it.at()] {
            Bound::Param(at) => Some(usize::from(at) + 1),
            Bound::Free | Bound::Window(..) => None,
        });
        places.max().unwrap_or(0)
    }

    fn lowest(&self, var: Var, from: usize) -> Option<usize> {
        let bank = self.bank(var);
        (from..self.registers).find(|at| self.is_free(bank, *at, self.segments(var)))
    }

    fn is_free(&self, bank: usize, register: usize, segments: &[Segment]) -> bool {
        self.taken[bank].get(register).is_none_or(|taken| is_clear(taken, segments))
    }

    fn put(&mut self, var: Var, register: usize) {
        let bank = self.bank(var);
        let segments = self.segments(var);
        take(&mut self.taken[bank], register, segments);
        for (start, end) in segments {
            let instructions = (*start as usize / 2)..=(*end as usize - 1) / 2;
            for height in &mut self.height[bank][instructions] {
                *height = (*height).max(register + 1);
            }
        }
        let register = u8::try_from(register).unwrap_or(u8::MAX);
        self.locations[var.at()] = Location::Register(register);
    }

    fn put_far(&mut self, var: Var) {
        let bank = self.bank(var);
        let segments = self.segments(var);
        let free = self.taken_far[bank].iter().position(|taken| is_clear(taken, segments));
        let place = free.unwrap_or(self.taken_far[bank].len());
        take(&mut self.taken_far[bank], place, segments);
        let place = u16::try_from(place).expect("functions have fewer than 2^16 variables");
        self.locations[var.at()] = Location::Far(place);
    }

    /// Places windows, those first that are begun first.
    fn place_groups(&mut self, groups: &[Group], from: usize) -> Option<()> {
        let mut order: Vec<&Group> = groups.iter().collect();
        order.sort_by_cached_key(|group| self.start(group));
        for group in order {
            let call = group.instruction as usize;
            let bank = self.bank(group.first);
            let floor = from.max(self.height[bank][call] * usize::from(self.is_call(group)));
            let base = (floor..REGISTERS_MAX).find(|base| self.is_free_for(group, *base))?;
            if base + group.count as usize > REGISTERS_MAX {
                return None;
            }
            for (slot, leader) in self.slots(group) {
                match self.segments(leader) {
                    [] => self.locations[leader.at()] = at(base + slot),
                    _ => self.put(leader, base + slot),
                }
            }
        }
        Some(())
    }

    /// A window is for a call where something has to be told where the callee's frame begins.
    fn is_call(&self, group: &Group) -> bool {
        self.live.is_call[group.instruction as usize]
    }

    fn start(&self, group: &Group) -> u32 {
        let starts = self.slots(group).filter_map(|(_, it)| Some(self.segments(it).first()?.0));
        // One without registers stands above all that are begun before its call.
        starts.min().unwrap_or(2 * group.instruction + 1)
    }

    fn slots(&self, group: &Group) -> impl Iterator<Item = (usize, Var)> + use<'a> {
        let (first, count, classes) = (group.first.0, group.count.max(1), self.classes);
        (0..count).map(move |at| (at as usize, classes.leader(Var(first + at))))
    }

    fn is_free_for(&self, group: &Group, base: usize) -> bool {
        let bank = self.bank(group.first);
        self.slots(group).all(|(slot, leader)| {
            let segments = self.segments(leader);
            segments.is_empty() || self.is_free(bank, base + slot, segments)
        })
    }

    /// Whether nothing that is needed behind a call stands where the callee's frame comes to lie.
    fn is_sound(&self, groups: &[Group]) -> bool {
        groups.iter().filter(|it| self.is_call(it)).all(|group| {
            let bank = self.bank(group.first);
            let base = match self.locations[self.classes.leader(group.first).at()] {
                Location::Register(register) => usize::from(register),
                Location::Far(_) | Location::Nowhere => return false,
            };
            let end = base + group.count as usize;
            // The window itself is the highest that is needed at the call.
            self.height[bank][group.instruction as usize] <= end
                && self.is_clear_behind(bank, base, group)
        })
    }

    /// Whether only the call's own result, in the window's first register, is needed behind it from there on.
    fn is_clear_behind(&self, bank: usize, base: usize, group: &Group) -> bool {
        let behind = (2 * group.instruction + 1, 2 * group.instruction + 2);
        // The window of a call without operands in this bank holds nothing, not even a result.
        let result = usize::from(group.count > 0);
        (base + result..self.taken[bank].len())
            .all(|register| self.is_free(bank, register, &[behind]))
    }

    fn finish(self, scratch: usize) -> Placement {
        let leaders = (0..).take(self.locations.len()).map(|it| self.classes.leader(Var(it)));
        let locations = leaders.map(|it| self.locations[it.at()]).collect();
        let far = [self.taken_far[0].len(), self.taken_far[1].len()];
        let mut used = [self.taken[0].len(), self.taken[1].len()];
        if far != [0, 0] {
            used = used.map(|it| it.max(scratch + SCRATCH));
        }
        Placement { locations, used, far, scratch }
    }
}

fn at(register: usize) -> Location {
    Location::Register(u8::try_from(register).unwrap_or(u8::MAX))
}

fn take(table: &mut Vec<Vec<Segment>>, place: usize, segments: &[Segment]) {
    if table.len() <= place {
        table.resize(place + 1, Vec::new());
    }
    let taken = &mut table[place];
    for segment in segments {
        let at = taken.partition_point(|it| it < segment);
        taken.insert(at, *segment);
    }
}

/// Whether a place is free wherever something is needed. What is taken is in order and does not overlap.
fn is_clear(taken: &[Segment], segments: &[Segment]) -> bool {
    let Some((start, _)) = segments.first() else { return true };
    let before = taken.partition_point(|(_, end)| end <= start);
    !overlap(&taken[before..], segments)
}
