//! Gives out real registers: from a [`VirtualFunction`] to a [`Function`].
//!
//! Moves that nothing needs go first (`coalesce`), then it is found out where each register is needed (`liveness`),
//! copies of values that are not needed any more become moves, a linear scan gives out registers (`scan`),
//! and the rest is written in its final form (`finish`).

mod coalesce;
mod finish;
mod flow;
mod last_use;
mod liveness;
mod scan;

use super::virtual_fn::VirtualFunction;
use crate::bytecode::program::{Function, Position};
use crate::source::Span;

/// Gives out registers; `position` says where a place of the source stands.
pub(super) fn allocate(
    mut function: VirtualFunction,
    position: &mut dyn FnMut(Span) -> Position,
) -> Function {
    flow::legalise(&mut function);
    coalesce::coalesce(&mut function);
    last_use::refine(&mut function);
    let places = scan::scan(&function);
    finish::finish(function, &places, position)
}
