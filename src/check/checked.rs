//! What checking finds out: side tables over the tree, read by the compiler and the editor.
//!
//! Everything here is by [`NodeId`] of one file. Types are the expression's own type *before* it is widened to what its place
//! expects; where the place wants another representation, `coercions` says which.

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::declared::Declared;
use super::effects::Effects;
use super::headers::TaskHeaders;
use super::library::{EntryId, Library};
use super::project::Project;
use super::types::{DeclId, NamedType, Type};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::FileId;
use crate::sql;
use crate::syntax::tree::NodeId;

/// What checking a project found out.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The files in the project's order. Of a file that was not asked for ([`check_file`](super::check_file)) only the
    /// declarations are known; its tables are empty.
    pub files: Vec<Arc<CheckedFile>>,
    /// What the bodies of the files that were asked for touch of the world.
    pub effects: Effects,
    /// Everything to say, the parser's findings included: by file, then by place, then by code.
    pub diagnostics: Vec<Diagnostic>,
}

/// What is known of one file.
#[derive(Clone, Debug, Default)]
pub struct CheckedFile {
    /// By node.
    pub tables: Tables,
    /// What each of the file's items declares, by the item's index.
    pub declared: Vec<Declared>,
    /// What its headers say; the defaults for a module.
    pub headers: Arc<TaskHeaders>,
    /// The files whose declarations this one uses, directly and through others; each once, in ascending order.
    pub uses: Vec<FileId>,
    /// Whether bodies have been checked, too, and not declarations alone.
    pub is_whole: bool,
}

impl Checked {
    /// What is known of a file of the project.
    #[must_use]
    pub fn file(&self, id: FileId) -> &CheckedFile {
        &self.files[id.0 as usize]
    }

    /// What a declaration declares.
    #[must_use]
    pub fn declared(&self, decl: DeclId) -> &Declared {
        &self.file(decl.file).declared[decl.item as usize]
    }

    /// The type behind a name that mentions itself.
    #[must_use]
    pub fn expand(&self, named: &NamedType) -> &Type {
        match self.declared(named.decl) {
            Declared::Type(ty) => ty,
            _ => &Type::Error,
        }
    }

    /// Whether any finding of these files refuses the program.
    #[must_use]
    pub fn has_errors(&self, files: &[FileId]) -> bool {
        let counts = |it: &Diagnostic| it.severity == Severity::Error;
        self.diagnostics.iter().any(|it| counts(it) && files.contains(&it.span().file))
    }

    /// A task that may be compiled: neither its file nor any that it uses has errors.
    #[must_use]
    pub fn valid<'a>(
        &'a self,
        project: &'a Project,
        library: &'a Library,
        task: FileId,
    ) -> Option<Valid<'a>> {
        let uses = &self.file(task).uses;
        let whole = self.file(task).is_whole && uses.iter().all(|it| self.file(*it).is_whole);
        let sound = !self.has_errors(&[task]) && !self.has_errors(uses);
        (whole && sound).then_some(Valid { project, library, checked: self, task })
    }
}

/// A task without errors, together with everything that it uses: the only thing that is compiled.
#[derive(Clone, Copy, Debug)]
pub struct Valid<'a> {
    project: &'a Project,
    library: &'a Library,
    checked: &'a Checked,
    task: FileId,
}

impl<'a> Valid<'a> {
    /// The project that it belongs to.
    #[must_use]
    pub fn project(&self) -> &'a Project {
        self.project
    }

    /// The library that it was checked with.
    #[must_use]
    pub fn library(&self) -> &'a Library {
        self.library
    }

    /// What checking found out about it.
    #[must_use]
    pub fn checked(&self) -> &'a Checked {
        self.checked
    }

    /// The task's file.
    #[must_use]
    pub fn task(&self) -> FileId {
        self.task
    }
}

/// The side tables of one file, or of one declaration of the library.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// The type of every expression, pattern, parameter and binding, by node; [`Type::Error`] where there is none.
    ///
    /// The type of a name may be narrower than its binding's: behind `if x != null` an `x` of type `int?` is an `int`,
    /// and whoever reads the variable there unwraps it. An `if`, `match` or block of type [`Type::Nothing`] is a
    /// statement, whatever its branches give.
    pub types: Vec<Type>,
    /// Expressions whose value is widened, with what it becomes: `int` to `decimal`, `T` to `T?`, `[int]` to
    /// `[decimal]`, a record to one with fewer fields or with optional ones added as `null`, a value to `json`, …
    /// The value of a branch is widened at the branch's last expression. Texts of a union are texts: no entry.
    pub coercions: FxHashMap<NodeId, Type>,
    /// What a name, or a field such as `s.Order` or `run.due`, stands for: by the node of the name or field expression.
    pub names: FxHashMap<NodeId, Resolution>,
    /// What a call calls and where its arguments go, by the call's node.
    pub calls: FxHashMap<NodeId, CallPlan>,
    /// Queries, set-based writes and direct SQL, by their node (for direct SQL: the call's node).
    pub queries: FxHashMap<NodeId, QueryPlan>,
    /// Written types, resolved.
    pub type_exprs: FxHashMap<NodeId, Type>,
    /// Literals that need more than their text: instants (microseconds) and dates (days).
    pub instants: FxHashMap<NodeId, i64>,
    /// The templates that `template(…)` names, by the path's node: where each was found, and what it says.
    pub templates: FxHashMap<NodeId, (EcoString, Arc<str>)>,
    /// What each closure sees of the variables around it, by the closure expression's node: bindings in order of first
    /// use. Likewise for the body of a `parallel for` (by the statement's node) and of a `parallel from` (by the query's).
    pub captures: FxHashMap<NodeId, Vec<NodeId>>,
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
    /// A database source: `db` is the task's default source, others are named in the settings.
    Source(EcoString),
    /// A function of the library used as a value or called.
    Library(LibraryFn),
}

/// A function of the library: the place of its declaration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LibraryFn {
    /// The module or receiver that declares it: `text`, `list`, `http`.
    pub module: EcoString,
    /// Its name.
    pub name: EcoString,
    /// Which of the declarations of that name, counted from 0.
    pub overload: u8,
    /// Where the library has it.
    pub(super) entry: EntryId,
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
        /// The source that it runs on; nothing is the task's default source.
        source: Option<EcoString>,
    },
    /// Over a list, in the machine.
    List,
}
