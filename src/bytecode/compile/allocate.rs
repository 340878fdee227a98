//! Gives out real registers.

use super::virtual_fn::VirtualFunction;
use crate::bytecode::program::Function;

/// TEMP
pub fn allocate(_function: VirtualFunction) -> Function {
    Function::default()
}
