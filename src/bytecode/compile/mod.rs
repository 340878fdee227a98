//! From a checked task to a program.
//!
//! There is one pass: [`lower`] walks the tree and writes instructions over virtual registers, one function after the other
//! as calls to them appear, generic ones once for each set of type arguments. [`allocate`] then gives out real registers.
//! Small functions of the library and the closures given to them are written where they are called.
//!
//! Compiling cannot fail: it takes what checking has found valid.

mod accesses;
mod aggregate;
mod allocate;
mod arithmetic;
mod assign;
mod builder;
mod call;
mod closure;
mod coerce;
mod condition;
mod describe;
mod effect;
mod entry;
mod expr;
mod improve;
mod inline;
mod intrinsic;
mod list_query;
mod literal;
mod looping;
mod lower;
mod matching;
mod order;
mod parallel;
mod path;
mod shared;
mod sources;
mod stmt;
mod targets;
mod test_stmt;
mod text;
mod types;
mod virtual_fn;

use crate::bytecode::program::Program;
use crate::check::checked::Valid;

/// Compiles a task and everything that it uses. Its tests are left out: editing them makes no other version of the task.
#[must_use]
pub fn compile(valid: Valid<'_>) -> Program {
    lower::program(valid, lower::Tests::LeftOut)
}

/// Compiles the tests of a task or module with everything that they use, the task's body among it.
#[must_use]
pub fn compile_tests(valid: Valid<'_>) -> Program {
    lower::program(valid, lower::Tests::Included)
}
