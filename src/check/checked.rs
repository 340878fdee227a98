//! What checking finds out: side tables over the tree, read by the compiler and the editor.
//!
//! Everything here is by [`NodeId`] of one file. Types are the expression's own type *before* it is widened to what its place
//! expects; where the place wants another representation, `coercions` says which.

use std::collections::HashMap;
use std::sync::Arc;

use ecow::EcoString;

use super::types::{DeclId, Type};
use crate::sql;
use crate::syntax::tree::NodeId;

/// The side tables of one file.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// The type of every expression and binding, by node; [`Type::Error`] where there is none.
    pub types: Vec<Type>,
    /// Expressions whose value is widened, with what it becomes: `int` to `decimal`, `T` to `T?`, `[int]` to
    /// `[decimal]`, a value to `json`, …
    pub coercions: HashMap<NodeId, Type>,
    /// What a name, or a field such as `shop.Order`, stands for.
    pub names: HashMap<NodeId, Resolution>,
    /// What a call calls and where its arguments go, by the call's node.
    pub calls: HashMap<NodeId, CallPlan>,
    /// Queries, set-based writes and direct SQL, by their node (for direct SQL: the call's node).
    pub queries: HashMap<NodeId, QueryPlan>,
    /// Written types, resolved.
    pub type_exprs: HashMap<NodeId, Type>,
    /// Literals that need more than their text: instants (microseconds) and dates (days).
    pub instants: HashMap<NodeId, i64>,
    /// What each closure sees of the variables around it, by the closure expression's node: bindings in order of first use.
    pub captures: HashMap<NodeId, Vec<NodeId>>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution {
    /// A variable, by the binding (or parameter) that brings it into being.
    Local(NodeId),
    /// A kept variable of the task, by its declaration's node.
    Kept(NodeId),
    /// A `const`.
    Const(DeclId),
    /// A `fn` of the project.
    Fn(DeclId),
    /// A `table`.
    Table(DeclId),
    /// A module that was named with `as`, or one of the library's modules.
    Module(EcoString),
    /// `secret.NAME` or `env.NAME` as a whole.
    Setting {
        /// `secret` or `env`.
        module: EcoString,
        /// What stands behind the dot.
        name: EcoString,
    },
    /// A field of the run: `run.due`.
    Run(EcoString),
    /// A function of the library used as a value or called.
    Library(LibraryFn),
}

/// A function of the library: the place of its declaration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LibraryFn {
    /// The module or receiver that declares it: `text`, `list`, `http`.
    pub module: EcoString,
    /// Its name.
    pub name: EcoString,
    /// Which of the declarations of that name, counted from 0.
    pub overload: u8,
}

/// What a call calls.
#[derive(Clone, Debug, PartialEq)]
pub struct CallPlan {
    /// The callee.
    pub target: Target,
    /// The type arguments, inferred or written, in the order of the declaration's type parameters.
    pub type_args: Vec<Type>,
    /// For each parameter in order, where its value comes from.
    pub args: Vec<ArgSource>,
    /// The parameters' types with the type arguments put in.
    pub params: Vec<Type>,
    /// Called with `?.`: gives null where the receiver is null.
    pub optional: bool,
}

/// The callee of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A `fn` of the project.
    Fn(DeclId),
    /// A function of the library.
    Library(LibraryFn),
    /// A function value: the callee expression is evaluated.
    Value,
    /// A call on a table: `Order.insert(…)`.
    Table(DeclId, TableCall),
    /// `sum(o.total)` in a query's groups; compiled by the query that it stands in.
    Aggregate(Aggregate),
    /// Statements written in text: `db.query<Row>("…")`; see [`Tables::queries`].
    DirectSql,
    /// `run()` in a test.
    RunTask,
}

/// Where an argument's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgSource {
    /// The base of the callee's field expression.
    Receiver,
    /// The argument at this index of the call.
    Arg(u16),
    /// The parameter's default.
    Default,
}

/// The calls that a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named after the calls of the language reference")]
pub enum TableCall {
    Get,
    Has,
    Insert,
    InsertAll,
    Update,
    Upsert,
    Delete,
    Truncate,
}

/// What gathers a group or a whole query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named after the calls of the language reference")]
pub enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    First,
    One,
    Exists,
    List,
}

/// How a query is carried out.
#[derive(Clone, Debug)]
pub enum QueryPlan {
    /// Over tables: one statement.
    Sql {
        /// The statement as data.
        statement: Arc<sql::Statement>,
        /// The expressions whose values are bound, by parameter number.
        params: Vec<NodeId>,
        /// The declared name of the source that it runs on: `main`.
        source: EcoString,
    },
    /// Over a list, in the machine.
    List,
}
