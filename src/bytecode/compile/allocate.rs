//! From virtual registers to real ones.
//!
//! First what nobody needs is left out ([`simplify`]), then registers that never hold different things at once become one ([`classes`]), then each
//! is given a place ([`place`]), and the function is written down ([`write`]). All of it looks at where registers are needed ([`live`]).

mod classes;
mod live;
mod place;
mod simplify;
mod write;

use super::virtual_fn::VirtualFunction;
use crate::bytecode::program::Function;
use crate::source::Span;
use classes::Eagerness;
use live::Live;
use place::Placement;

/// Gives out real registers. What stands where in the source comes beside the function: places of its code, in order, and the span that begins there.
pub(super) fn allocate(mut function: VirtualFunction) -> (Function, Vec<(u32, Span)>) {
    super::improve::improve(&mut function);
    let mut gone = vec![false; function.code.len()];
    let live = simplify::simplify(&mut function, &mut gone);
    let placement = placed(&function, &gone, &live);
    write::leave_out_what_stays_in_place(&function, &live, &placement, &mut gone);
    super::improve::turn_around(&mut function, &mut gone);
    write::write(&function, &gone, &live, &placement)
}

fn placed(function: &VirtualFunction, gone: &[bool], live: &Live) -> Placement {
    let (eager, groups) = classes::classes(function, gone, live, Eagerness::Eager);
    if let Some(placement) = place::in_registers(function, live, &eager, &groups) {
        return placement;
    }
    let (lazy, groups) = classes::classes(function, gone, live, Eagerness::Lazy);
    if let Some(placement) = place::in_registers(function, live, &lazy, &groups) {
        return placement;
    }
    place::with_far_places(function, live, &lazy, &groups)
}
