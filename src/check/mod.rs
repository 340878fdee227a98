//! Names, types, effects, schedules: everything that can be known before the clock strikes.
//!
//! Never fails and does no I/O: the project's files and settings come in as data, side tables and diagnostics come out.
//!
//! [`check`] is the way in. Two passes over each file, in an order in which every file comes behind those that it uses:
//! `declare` finds out what declarations declare, `body` checks what stands in functions, tests and the task. `expr`
//! says which file has the rules of which construct; `report` has the words of every finding. What is found is in
//! [`checked`].

mod access;
mod agree;
mod assign;
mod assigned;
mod bindings;
mod block;
mod blur;
mod body;
mod branch;
mod call;
mod chain;
pub mod checked;
mod checker;
mod closure;
mod consequence;
mod cover;
mod crowd;
mod declare;
pub mod declared;
pub mod effects;
mod exclude;
mod expr;
mod facts;
mod flow;
mod generic;
pub mod headers;
mod instant;
mod languages;
pub mod library;
mod lints;
mod literal;
mod loops;
mod match_expr;
mod mends;
mod name;
mod names;
mod operator;
pub mod project;
mod query;
mod read_type;
mod record;
mod report;
mod run;
mod scope;
mod secrets;
pub mod signature;
mod silence;
pub mod table;
mod test_stmt;
mod threads;
mod touch;
pub mod types;
mod used;

pub use access::{ERROR_FIELDS, RUN_FIELDS, error_field, run_field};
pub use call::methods_of;
pub use generic::substitute;
pub use names::{declared_name, module_path};
pub use read_type::BUILT_IN_NAMES;
use run::check_declaration;
pub use run::{check, check_file, check_library, findings, glance};
pub use threads::{on_threads, on_threads_as_made, threads_for};

#[cfg(test)]
mod pages;
#[cfg(test)]
pub(crate) mod testing;
