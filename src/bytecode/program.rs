//! A compiled task as plain data: what is stored, hashed, sent, and executed after [verification](super::verify).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::instruction::Instruction;
use super::operand::{Bank, FunctionId, Register};
use crate::sql::{Statement, schema};
use crate::value::{Descriptor, DescriptorId};

/// The version of what instructions, library and values mean. A program runs only where this is its own: a run that
/// was started under another meaning could not be replayed.
pub const SEMANTICS: u32 = 3;

/// A compiled task with everything that it needs to run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// [`SEMANTICS`] of the compiler that made it.
    pub semantics: u32,
    /// The task's name.
    pub task: String,
    /// Where runs begin.
    pub entries: Entries,
    /// The task's kept variables: the body takes what they hold and gives what they hold then.
    pub kept: Vec<Kept>,
    /// All functions.
    pub functions: Vec<Function>,
    /// Values that stand for themselves.
    pub constants: Vec<Constant>,
    /// 64-bit numbers that stand for themselves.
    pub words: Vec<u64>,
    /// The fields of records.
    pub shapes: Vec<ShapeData>,
    /// Types that decoding and widening are told at run time; they name each other by place.
    pub descriptors: Vec<Descriptor>,
    /// Calls of the library that stay inside the machine.
    pub natives: Vec<NativeSite>,
    /// Calls that leave the machine.
    pub effects: Vec<EffectSite>,
    /// Statements of effects.
    pub statements: Vec<Statement>,
    /// The tables that the task's files declare.
    pub tables: Vec<schema::Table>,
    /// Which source has which of them.
    pub sources: Vec<SourceTables>,
    /// The paths of the files that positions name.
    pub files: Vec<String>,
    /// Where the task may go.
    pub targets: Targets,
}

/// Where a task may go: what stands in its source as a literal, and what its `allow` headers say. All are patterns in which `*`
/// stands for any text. A kind of which the task makes no call has none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Targets {
    /// Hosts in lower case, with a port where only that one is meant.
    pub hosts: Vec<String>,
    /// Paths of files. The texts among [`Program::constants`] are paths, too, and folders.
    pub files: Vec<String>,
    /// Mail addresses in lower case.
    pub mail: Vec<String>,
}

/// A source with its tables.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceTables {
    /// The source's name.
    pub name: String,
    /// Places among [`Program::tables`].
    pub tables: Vec<u32>,
}

/// Where runs begin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entries {
    /// The statements of the task. Takes the kept variables and gives a list of them.
    pub body: FunctionId,
    /// The statements of `on failure`. Takes the error.
    pub on_failure: Option<FunctionId>,
    /// Tests with their names.
    pub tests: Vec<(String, FunctionId)>,
}

/// A kept variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub ty: DescriptorId,
}

/// A function.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// What it is called in traces.
    pub name: String,
    /// What it takes and gives.
    pub signature: Signature,
    /// The banks of the variables that its closures bring along; they follow the parameters in their bank.
    pub captures: Vec<Bank>,
    /// How many registers of each bank a frame has, at most [`REGISTERS_MAX`](super::operand::REGISTERS_MAX).
    pub registers: Counts,
    /// How many more it has that only `LoadFar…` and `StoreFar…` reach.
    pub far: Counts,
    /// What it does. The first instruction is the entry.
    pub code: Vec<Instruction>,
    /// Where faults are caught; of two that hold a place the first counts.
    pub handlers: Vec<Handler>,
    /// Where `Switch…` goes on.
    pub switches: Vec<Switch>,
    /// What stands where in the source: each holds from its place to the next one's, in ascending order.
    pub positions: Vec<(u32, Position)>,
}

/// How many registers of each bank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Counts {
    /// Scalars.
    pub scalars: u16,
    /// Values.
    pub values: u16,
}

/// What a function takes, in the first registers of each bank, and gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Signature {
    /// Parameters among the scalars.
    pub scalars: u8,
    /// Parameters among the values.
    pub values: u8,
    /// The bank of the result; nothing for a function that gives nothing.
    pub result: Option<Bank>,
}

/// Where a fault goes on that happens at `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handler {
    /// The first instruction.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Where it goes on.
    pub target: u32,
    /// The value register that holds the error then.
    pub error: Register,
}

/// Where `SwitchInt` and `SwitchValue` go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Switch {
    /// What is looked for, ascending, and where to go on.
    pub cases: Cases,
    /// Where to go on otherwise.
    pub otherwise: u32,
}

/// The cases of a switch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cases {
    /// For `SwitchInt`.
    Ints(Vec<(i64, u32)>),
    /// For `SwitchValue`.
    Texts(Vec<(String, u32)>),
}

/// A place in the source. What stands in functions that were compiled into others names the place of the call, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The place among [`Program::files`].
    pub file: u32,
    /// From 1.
    pub line: u32,
    /// From 1, in code points.
    pub column: u32,
}

/// A value that stands for itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named after the types of the language")]
pub enum Constant {
    Null,
    Bool(bool),
    Int(i64),
    /// The bits.
    Float(u64),
    /// As `rust_decimal` writes it out; keeps the scale.
    Decimal([u8; 16]),
    Time(i64),
    Date(i32),
    Duration(i64),
    Text(String),
    List(Vec<Constant>),
    Map(Vec<(Constant, Constant)>),
    /// The place of the shape, and the values by slot.
    Record(u32, Vec<Constant>),
    /// A function that sees no variables.
    Function(FunctionId),
}

impl Constant {
    /// Calls this with each text in it.
    pub fn texts<'c>(&'c self, found: &mut dyn FnMut(&'c str)) {
        match self {
            Self::Text(text) => found(text),
            Self::List(items) | Self::Record(_, items) => {
                items.iter().for_each(|it| it.texts(found));
            }
            Self::Map(entries) => entries.iter().for_each(|(key, value)| {
                key.texts(found);
                value.texts(found);
            }),
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Decimal(_)
            | Self::Time(_)
            | Self::Date(_)
            | Self::Duration(_)
            | Self::Function(_) => {}
        }
    }
}

/// The fields of a record, as data.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ShapeData {
    /// Sorted bytewise: the place of a name is its slot.
    pub slots: Vec<String>,
    /// The slots in the order in which they print.
    pub order: Vec<u16>,
}

/// A call of the library that stays inside the machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NativeSite {
    /// The function: `text.upper`, `list.sum#1`.
    pub name: String,
    /// How many arguments it takes.
    pub arguments: u8,
    /// Its type arguments.
    pub descriptors: Vec<DescriptorId>,
}

/// A call that leaves the machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EffectSite {
    /// What is done.
    pub kind: EffectKind,
    /// What becomes of it after a crash.
    pub class: EffectClass,
    /// How many arguments it takes.
    pub arguments: u8,
    /// The types that its result is read into.
    pub descriptors: Vec<DescriptorId>,
}

/// What becomes of an effect whose result was not recorded before a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EffectClass {
    /// No journal entry: `print`, `log`, `progress`.
    Plain,
    /// Reads: done again.
    Observe,
    /// Writes to a source: exactly once.
    Transactional,
    /// Writes so that twice is as good as once: done again.
    Idempotent,
    /// Writes what cannot be taken back: the run stops as in doubt.
    Once,
}

/// What an effect does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EffectKind {
    /// Calls a function of the library: `http.get`.
    Native(String),
    /// Runs a statement with the arguments as its parameters, and gives what its plan says.
    Statement {
        /// The place among [`Program::statements`].
        statement: u32,
        /// The source's name.
        source: String,
    },
    /// Begins to read a statement's rows; gives a cursor.
    Open {
        /// The place among [`Program::statements`].
        statement: u32,
        /// The source's name.
        source: String,
    },
    /// Takes a cursor, gives a list of the next rows: an empty one at the end.
    Next,
    /// Takes a cursor that is not needed any more.
    Close,
    /// A call on a table, `Order.insert(…)`.
    Table {
        /// The place among [`Program::tables`].
        table: u32,
        /// Which call.
        call: TableCall,
        /// The source's name.
        source: String,
    },
    /// Begins a transaction on the source; what follows is part of it until it is committed or rolled back.
    Begin(String),
    /// Makes the transaction's writes last.
    Commit(String),
    /// Undoes the transaction's writes.
    Rollback(String),
    /// A statement of a test: `at`, `stub http`, `expect`, `run()`.
    Test(TestCall),
}

impl EffectKind {
    /// What it is called: the function, or what is done to a source.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Native(name) => name.strip_prefix("prelude.").unwrap_or(name),
            Self::Statement { .. } => "statement",
            Self::Open { .. } => "query",
            Self::Next => "rows",
            Self::Close => "close",
            Self::Table { .. } => "table",
            Self::Begin(_) => "transaction",
            Self::Commit(_) => "commit",
            Self::Rollback(_) => "rollback",
            Self::Test(_) => "test",
        }
    }
}

/// The calls that a table has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named after the calls of the language reference")]
pub enum TableCall {
    /// By the column of this name; by the key where there is none.
    Get(Option<String>),
    Has,
    Insert,
    InsertAll,
    Update,
    Upsert,
    Delete,
    Truncate,
}

/// The statements of tests that concern the world around them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TestCall {
    /// Takes a time: the clock stands there.
    At,
    /// Takes the pattern of addresses and, last, what is answered.
    Stub {
        /// `post`; nothing answers every method.
        method: Option<String>,
    },
    /// Reached where a condition did not hold. Takes a list of the values to show.
    Expect(Expectation),
    /// Takes what the test wants a kept variable to hold, and what it held at its start.
    Keep(u32),
    /// Runs the task's body.
    Run,
    /// Gives what a kept variable holds now.
    Kept(u32),
}

/// A condition that did not hold, in the file of the test.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expectation {
    /// The condition.
    pub place: Shown,
    /// The sides of a comparison and the variables whose values are shown.
    pub shown: Vec<Shown>,
}

/// A place in a file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shown {
    /// The first byte.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Whether it is compared with something; else it is a variable that stands in what is.
    pub is_side: bool,
}

/// The SHA-256 of a program's portable form: its name among stored artefacts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProgramHash(pub [u8; 32]);

impl std::fmt::Display for ProgramHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for ProgramHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl ProgramHash {
    /// The hash of a program in its portable form.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl Program {
    /// Whether it makes a call of the library whose name begins so.
    #[must_use]
    pub fn calls(&self, begins: &str) -> bool {
        self.effects.iter().any(|it| match &it.kind {
            EffectKind::Native(name) => name.starts_with(begins),
            _ => false,
        })
    }

    /// A place as people read it: `late.task:12:3`. Nothing where the file is none of the program's.
    #[must_use]
    pub fn place(&self, at: Position) -> Option<String> {
        let file = self.files.get(at.file as usize)?;
        Some(format!("{file}:{}:{}", at.line, at.column))
    }

    /// What the program is called among stored artefacts: equal programs have equal hashes.
    ///
    /// # Panics
    /// Never: a program is plain data without maps of unknown length.
    #[must_use]
    pub fn hash(&self) -> ProgramHash {
        let bytes = postcard::to_stdvec(self).expect("plain data can be written out");
        ProgramHash::of(&bytes)
    }

    /// The function called `id`, which stands in this program.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.at()]
    }
}

impl Function {
    /// What stands at a place of the code in the source.
    #[must_use]
    pub fn position(&self, at: u32) -> Option<Position> {
        let after = self.positions.partition_point(|(start, _)| *start <= at);
        Some(self.positions.get(after.checked_sub(1)?)?.1)
    }
}
