//! The syntax tree: what the parser saw, and nothing that it did not.
//!
//! There is one tree. Later phases write what they find out into side tables, by [`NodeId`]; they never change
//! the tree. A piece that could not be parsed is an `Error` node over the text that it covers, and whoever meets
//! one stays silent: the parser has already spoken.
//!
//! Ids are given by [`number`](super::number) after the parse, densely and in source order, so that a side table
//! is a `Vec` and equal sources have equal ids.

use ecow::EcoString;

use crate::source::Span;

/// A node's place in the side tables of its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// An identifier and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The identifier; empty where one is missing and the parser has said so.
    pub text: EcoString,
    /// Where it stands.
    pub span: Span,
}

/// A whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// The `///` lines at the very top, when they describe the task and not the declaration below them.
    pub docs: Option<EcoString>,
    /// Everything else, in source order.
    pub items: Vec<Item>,
    /// One more than the largest id in the file.
    pub node_count: u32,
}

/// What may stand at the top level of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `use lib/money as m`
    Use(Use),
    /// `const BATCH = 500`
    Const(Const),
    /// `type Money = decimal`
    Type(TypeAlias),
    /// `table Order { … }`
    Table(Table),
    /// `fn gross(net: decimal) -> decimal { … }`
    Fn(Fn),
    /// `test "…" { … }`
    Test(Test),
    /// `keep cursor: int = 0`
    Keep(Keep),
    /// `schedule "0 7 * * *" in "Europe/Berlin"`
    Header(Header),
    /// A statement of the task's body.
    Stmt(Stmt),
}

/// `use lib/money as m`
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// The node.
    pub id: NodeId,
    /// The whole declaration.
    pub span: Span,
    /// The parts between the slashes, at least one.
    pub path: Vec<Name>,
    /// The name behind `as`.
    pub alias: Option<Name>,
}

/// `const BATCH = 500`
#[derive(Clone, Debug, PartialEq)]
pub struct Const {
    /// The node.
    pub id: NodeId,
    /// The whole declaration without its docs.
    pub span: Span,
    /// The `///` lines above it.
    pub docs: Option<EcoString>,
    /// What it is called.
    pub name: Name,
    /// The stated type.
    pub ty: Option<TypeExpr>,
    /// What it stands for.
    pub value: Expr,
}

/// `type Line = { sku: text, qty: int }`
#[derive(Clone, Debug, PartialEq)]
pub struct TypeAlias {
    /// The node.
    pub id: NodeId,
    /// The whole declaration without its docs.
    pub span: Span,
    /// The `///` lines above it.
    pub docs: Option<EcoString>,
    /// What it is called.
    pub name: Name,
    /// What it stands for.
    pub ty: TypeExpr,
}

/// `table Order in warehouse as "orders" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The node.
    pub id: NodeId,
    /// The whole declaration without its docs.
    pub span: Span,
    /// The `///` lines above it.
    pub docs: Option<EcoString>,
    /// What it is called.
    pub name: Name,
    /// The source behind `in`.
    pub source: Option<Name>,
    /// The text behind `as`: its name in the database.
    pub database_name: Option<Name>,
    /// Columns and indexes, in source order.
    pub members: Vec<TableMember>,
}

/// A line of a table's body.
#[derive(Clone, Debug, PartialEq)]
pub enum TableMember {
    /// `email: text unique`
    Column(Column),
    /// `index (customer_id, placed_at)`
    Index(Index),
    /// A line that could not be parsed.
    Error(Span),
}

/// `customer_id: int -> Customer cascade`
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The node.
    pub id: NodeId,
    /// The whole line without its docs.
    pub span: Span,
    /// The `///` lines above it.
    pub docs: Option<EcoString>,
    /// What it is called.
    pub name: Name,
    /// What it holds.
    pub ty: TypeExpr,
    /// Its marks in source order, each with its place: `key auto unique -> T cascade as "name"`.
    pub marks: Vec<ColumnMark>,
    /// What it holds when nothing is said.
    pub default: Option<Expr>,
}

/// A word behind a column's type.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnMark {
    /// `key`: the table's key.
    Key(Span),
    /// `auto`: numbered by the database.
    Auto(Span),
    /// `unique`: no two rows hold the same.
    Unique(Span),
    /// `-> Customer`: holds the key of another table's row.
    Reference(Name),
    /// `cascade`: the row goes when the one that it refers to goes.
    Cascade(Span),
    /// `as "name"`: its name in the database.
    DatabaseName(Name),
    /// A word that is none of these.
    Unknown(Name),
}

/// `index (customer_id, placed_at)`, `unique (a, b)`
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// The node.
    pub id: NodeId,
    /// The whole line.
    pub span: Span,
    /// Written `unique (…)`: no two rows hold the same.
    pub unique: bool,
    /// The columns in order.
    pub columns: Vec<Name>,
}

/// `fn gross(net: decimal, rate: decimal = 0.19) -> decimal { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Fn {
    /// The node.
    pub id: NodeId,
    /// The whole declaration without its docs.
    pub span: Span,
    /// The `///` lines above it.
    pub docs: Option<EcoString>,
    /// What it is called.
    pub name: Name,
    /// `T` and `U` of `fn f<T, U>(…)`.
    pub type_params: Vec<Name>,
    /// What it takes.
    pub params: Vec<Param>,
    /// What it gives; `nothing` where it is not stated.
    pub result: Option<TypeExpr>,
    /// The standard library declares functions without a body, with words such as `observe` in its place.
    pub body: FnBody,
}

/// What stands behind a function's signature.
#[derive(Clone, Debug, PartialEq)]
pub enum FnBody {
    /// `{ … }`
    Block(Block),
    /// `= observe`, `= pure`: written in Rust, with the effect words of the declaration (library files only).
    Native(Vec<Name>),
}

/// `rate: decimal = 0.19`
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The node.
    pub id: NodeId,
    /// The whole parameter.
    pub span: Span,
    /// What it is called.
    pub name: Name,
    /// Stated on functions, optional on closures.
    pub ty: Option<TypeExpr>,
    /// What it is when the call leaves it out.
    pub default: Option<Expr>,
}

/// `test "late orders are marked" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The node.
    pub id: NodeId,
    /// The whole declaration.
    pub span: Span,
    /// The text that names it.
    pub name: Name,
    /// What it does; holds the statements of [`TestStmt`] beside the usual ones.
    pub body: Block,
}

/// `keep cursor: int = 0`
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// The node.
    pub id: NodeId,
    /// The whole declaration.
    pub span: Span,
    /// What it is called.
    pub name: Name,
    /// The stated type.
    pub ty: Option<TypeExpr>,
    /// What the first run finds in it.
    pub value: Expr,
}

/// A header line: a word and what follows it. The checker knows the words, the parser only their shape, so that a
/// misspelt word or a wrong value gets a message of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The node.
    pub id: NodeId,
    /// The whole line.
    pub span: Span,
    /// `schedule`, `timeout`, …
    pub word: Name,
    /// What follows, in source order.
    pub parts: Vec<HeaderPart>,
}

/// A piece of a header line.
#[derive(Clone, Debug, PartialEq)]
pub enum HeaderPart {
    /// A word: `every`, `in`, `skip`, `high`.
    Word(Name),
    /// A literal: `"0 7 * * *"`, `30s`, `@2026-01-01`, `3`, `false`, `256MB`.
    Value(Expr),
    /// A comma between two values.
    Comma(Span),
    /// The statements of `on failure { … }`.
    Block(Block),
}

/// Statements in braces.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The node.
    pub id: NodeId,
    /// From brace to brace.
    pub span: Span,
    /// What stands between them.
    pub stmts: Vec<Stmt>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// The node.
    pub id: NodeId,
    /// The whole statement.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// The kinds of statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// Could not be parsed.
    Error,
    /// `let x = e`, `var x: T = e`, `let { id, email } = e`
    Let(Let),
    /// `x = e`, `x.f += e`, `xs[i] -= e`
    Assign(Assign),
    /// An expression for its effect, or as the value of its block: calls, `if`, `match`, `fail`, `return`, …
    Expr(Expr),
    /// `for i, o in orders { … }`
    For(For),
    /// `while c { … }`
    While(Expr, Block),
    /// `try { … } catch e if c { … }`
    Try(Try),
    /// `transaction in warehouse { … }`
    Transaction(Option<Name>, Block),
    /// A statement that stands in tests only.
    Test(TestStmt),
}

/// `let x: T = e`
#[derive(Clone, Debug, PartialEq)]
pub struct Let {
    /// Made with `var`.
    pub mutable: bool,
    /// A name, or the fields that are taken out.
    pub target: LetTarget,
    /// The stated type.
    pub ty: Option<TypeExpr>,
    /// The value.
    pub value: Expr,
}

/// What a `let` names.
#[derive(Clone, Debug, PartialEq)]
pub enum LetTarget {
    /// `let x`
    Name(Binding),
    /// `let { id, email: mail }`
    Fields(Vec<FieldBinding>, Span),
}

/// A name that a statement brings into being.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The node; a variable is known by it.
    pub id: NodeId,
    /// What it is called.
    pub name: Name,
}

/// `email: mail` in `let { email: mail } = …`
#[derive(Clone, Debug, PartialEq)]
pub struct FieldBinding {
    /// The field that is taken out.
    pub field: Name,
    /// What it is called from here on; the field's own name where nothing else is said.
    pub binding: Binding,
}

/// `x.f += e`
#[derive(Clone, Debug, PartialEq)]
pub struct Assign {
    /// A name, a field or an element; the checker refuses anything else.
    pub target: Expr,
    /// `Add` in `+=`; nothing in `=`.
    pub op: Option<BinaryOp>,
    /// Where the operator stands.
    pub op_span: Span,
    /// The value.
    pub value: Expr,
}

/// `for i, o in orders { … }`, `parallel for c in customers limit 8 { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// Written `parallel for`.
    pub parallel: bool,
    /// `i` of `for i, o in …`; the key of a map.
    pub index: Option<Binding>,
    /// `o`
    pub item: Binding,
    /// What is looped over: an expression, or a [`ExprKind::Query`] whose `item` is this loop's where clauses follow.
    pub iter: Expr,
    /// `limit 8` of a parallel loop.
    pub limit: Option<Expr>,
    /// What is done each time.
    pub body: Block,
}

/// `try { … } catch e if c { … } catch { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    /// What is tried.
    pub body: Block,
    /// At least one, in order.
    pub catches: Vec<Catch>,
}

/// `catch e if e.code == "timeout" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Catch {
    /// Where `catch` stands.
    pub span: Span,
    /// `e`
    pub name: Option<Binding>,
    /// What must hold for this one to catch.
    pub condition: Option<Expr>,
    /// What is done then.
    pub body: Block,
}

/// Statements that stand in tests only.
#[derive(Clone, Debug, PartialEq)]
pub enum TestStmt {
    /// `at @2026-01-31T00:00:00Z`
    At(Expr),
    /// `stub http "https://…" => { status: 200 }`
    Stub {
        /// `http`
        module: Name,
        /// `post` in `stub http.post`; nothing answers every method.
        method: Option<Name>,
        /// What stands between it and the arrow, in order.
        args: Vec<Expr>,
        /// What is answered.
        response: Expr,
    },
    /// `expect a == b`
    Expect(Expr),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// The node.
    pub id: NodeId,
    /// The whole expression, brackets around it not included.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// Could not be parsed.
    Error,
    /// `42`, `0xff`; above `i64::MAX` only behind a minus, which the checker sees to.
    Int(u64),
    /// `12.50`, digits without underscores.
    Decimal(EcoString),
    /// `1e-9`
    Float(f64),
    /// `256MB`, in bytes (headers only).
    Size(u64),
    /// `"Hi {name}"`, `"""…"""`, `r"\d"`
    Text(Text),
    /// `1h30m`, in microseconds.
    Duration(i64),
    /// `@2026-03-29T02:30:00Z`: what stands behind the `@`; the checker reads it.
    Time(EcoString),
    /// `@2026-03-29`: what stands behind the `@`; the checker reads it.
    Date(EcoString),
    /// `true`, `false`
    Bool(bool),
    /// `null`
    Null,
    /// `x`
    Name(EcoString),
    /// `[1, 2]`
    List(Vec<Expr>),
    /// `["a": 1]`, `[:]`
    Map(Vec<(Expr, Expr)>),
    /// `{ id: 1, name, ...rest }`
    Record(Vec<RecordPart>),
    /// `-x`, `not x`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary(Box<Binary>),
    /// `1..10`, `1..=10`; in an index both ends may be missing.
    Range(Box<Range>),
    /// `f(a, n: b)`, `x.f(a)`, `json.parse<Row>(t)`
    Call(Box<Call>),
    /// `x.f`, `x?.f`
    Field(Box<Field>),
    /// `xs[i]`, `xs[i..j]`
    Index(Box<Expr>, Box<Expr>),
    /// `x as T`
    As(Box<Expr>, Box<TypeExpr>),
    /// `if c { a } else { b }`
    If(Box<If>),
    /// `match s { … }`
    Match(Box<Match>),
    /// `{ let y = f(x)  y }` as a closure's or an arm's body, or the `else` of an `if`.
    Block(Block),
    /// `(a, b) => a + b`
    Closure(Box<Closure>),
    /// `fail "…"`
    Fail(Box<Expr>),
    /// `try e else err => f`
    Try(Box<TryExpr>),
    /// `return e`
    Return(Option<Box<Expr>>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `from o in Order where …`, `parallel from …`
    Query(Box<Query>),
    /// `update o in Order where … set { … }`
    Update(Box<Update>),
    /// `delete o in Order where …`
    Delete(Box<Delete>),
}

/// A text literal.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// How it is written.
    pub style: TextStyle,
    /// Literal pieces with escapes resolved, and holes. A text without holes has one piece or none.
    pub parts: Vec<TextPart>,
}

/// How a text literal is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextStyle {
    /// `"…"`
    Quoted,
    /// `"""…"""`
    Block,
    /// `r"…"`
    Raw,
}

/// A piece of a text literal.
#[derive(Clone, Debug, PartialEq)]
pub enum TextPart {
    /// Characters, escapes resolved, with the place that they stand at.
    Literal(EcoString, Span),
    /// `{e}`
    Hole(Expr),
}

/// A piece of a record literal.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordPart {
    /// `id: 1`
    Field(Name, Expr),
    /// `name`, which is `name: name`; the expression is a [`ExprKind::Name`] over the same text.
    Short(Name, Expr),
    /// `...rest`
    Spread(Expr),
}

impl RecordPart {
    /// The field that is set; nothing for a spread.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        match self {
            Self::Field(name, _) | Self::Short(name, _) => Some(name),
            Self::Spread(_) => None,
        }
    }
}

/// `-` or `not`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-x`
    Negate,
    /// `not x`
    Not,
}

/// The operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `a ?? b`
    Default,
    /// `a or b`
    Or,
    /// `a and b`
    And,
    /// `a == b`
    Equal,
    /// `a != b`
    NotEqual,
    /// `a < b`
    Less,
    /// `a <= b`
    LessEqual,
    /// `a > b`
    Greater,
    /// `a >= b`
    GreaterEqual,
    /// `a in b`
    In,
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b`
    Divide,
    /// `a div b`
    IntDivide,
    /// `a % b`
    Remainder,
}

impl BinaryOp {
    /// What compares the same with the sides changed; others stay as they are.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            other => other,
        }
    }
}

/// `a + b`
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// What is done.
    pub op: BinaryOp,
    /// Where the operator stands.
    pub op_span: Span,
    /// `a`
    pub left: Expr,
    /// `b`
    pub right: Expr,
}

/// `a..b`, `a..=b`
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// `a`; may be missing in an index only.
    pub from: Option<Expr>,
    /// `b`; may be missing in an index only.
    pub to: Option<Expr>,
    /// Written `..=`.
    pub inclusive: bool,
}

/// `f<T>(a, n: b)`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `f`; a method call where it is a [`ExprKind::Field`].
    pub callee: Expr,
    /// `T`
    pub type_args: Vec<TypeExpr>,
    /// Positional arguments, then named ones.
    pub args: Vec<Arg>,
    /// From bracket to bracket.
    pub args_span: Span,
}

/// An argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// `n` of `n: b`.
    pub name: Option<Name>,
    /// `b`
    pub value: Expr,
}

/// `x.f`, `x?.f`
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// `x`
    pub base: Expr,
    /// `f`; empty where the name is missing behind the dot.
    pub name: Name,
    /// Written `?.`.
    pub optional: bool,
}

/// `if c { a } else { b }`
#[derive(Clone, Debug, PartialEq)]
pub struct If {
    /// `c`
    pub condition: Expr,
    /// `{ a }`
    pub then: Block,
    /// A [`ExprKind::Block`] or another [`ExprKind::If`].
    pub otherwise: Option<Expr>,
}

/// `match s { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// `s`
    pub subject: Expr,
    /// The cases in order.
    pub arms: Vec<Arm>,
}

/// `"open", "paid" if c => e`
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// The whole arm.
    pub span: Span,
    /// What it takes: at least one, or none for `else`.
    pub patterns: Vec<Pattern>,
    /// `c`
    pub guard: Option<Expr>,
    /// `e`; an assignment stands in a [`ExprKind::Block`] of its own.
    pub body: Expr,
}

/// What a `match` arm takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// The node.
    pub id: NodeId,
    /// The whole pattern.
    pub span: Span,
    /// What it is.
    pub kind: PatternKind,
}

/// The kinds of pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// Could not be parsed.
    Error,
    /// A literal, `null` and negative numbers included.
    Literal(Expr),
    /// `1..10`, `1..=10`
    Range(Range),
    /// `x`, or `_` for anything
    Name(Binding),
    /// `{ code: "timeout", message }`
    Record(Vec<(Name, Pattern)>),
}

/// `(a, b) => e`
#[derive(Clone, Debug, PartialEq)]
pub struct Closure {
    /// What it takes.
    pub params: Vec<Param>,
    /// `e`, or a [`ExprKind::Block`].
    pub body: Expr,
}

/// `try e else err => f`
#[derive(Clone, Debug, PartialEq)]
pub struct TryExpr {
    /// `e`
    pub body: Expr,
    /// `err`
    pub name: Option<Binding>,
    /// `f`
    pub fallback: Expr,
}

/// `from o in Order where … select …`
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Written `parallel from`.
    pub parallel: bool,
    /// `o`
    pub item: Binding,
    /// `Order`, or any list.
    pub source: Expr,
    /// The rest in source order.
    pub clauses: Vec<Clause>,
}

/// A clause of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The clause's first word or words, `left join` and `group by` included.
    pub word_span: Span,
    /// What it is.
    pub kind: ClauseKind,
}

/// The kinds of clause.
#[derive(Clone, Debug, PartialEq)]
pub enum ClauseKind {
    /// `join c in Customer on c.id == o.customer_id`
    Join {
        /// Written `left join`.
        left: bool,
        /// `c`
        item: Binding,
        /// `Customer`
        source: Expr,
        /// What must hold.
        on: Expr,
    },
    /// `where c`
    Where(Expr),
    /// `group by a, b`
    GroupBy(Vec<Expr>),
    /// `sort a desc, b`
    Sort(Vec<SortKey>),
    /// `skip n`
    Skip(Expr),
    /// `take n`
    Take(Expr),
    /// `select e`
    Select(Expr),
    /// `limit n` of a parallel query.
    Limit(Expr),
}

/// `o.total desc`
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    /// What is compared.
    pub key: Expr,
    /// Largest first.
    pub descending: bool,
}

/// `update o in Order where … set { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// `o`
    pub item: Binding,
    /// `Order`
    pub table: Expr,
    /// What must hold of a row.
    pub condition: Option<Expr>,
    /// The new values: a [`ExprKind::Record`].
    pub set: Expr,
}

/// `delete o in Order where …`
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// `o`
    pub item: Binding,
    /// `Order`
    pub table: Expr,
    /// What must hold of a row.
    pub condition: Option<Expr>,
}

/// A type as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// The node.
    pub id: NodeId,
    /// The whole type.
    pub span: Span,
    /// What it is.
    pub kind: TypeExprKind,
}

/// The kinds of written type.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeExprKind {
    /// Could not be parsed.
    Error,
    /// `int`, `Money`, `s.Order`
    Name {
        /// `s`
        module: Option<Name>,
        /// `Order`
        name: Name,
    },
    /// `T?`
    Optional(Box<TypeExpr>),
    /// `[T]`
    List(Box<TypeExpr>),
    /// `[K: V]`
    Map(Box<TypeExpr>, Box<TypeExpr>),
    /// `{ a: T, b: U? }`
    Record(Vec<(Name, TypeExpr)>),
    /// `"open" | "paid"`
    Union(Vec<Name>),
    /// `text | Address`: a choice of types, which only the library's own declarations may have.
    OneOf(Vec<TypeExpr>),
    /// `fn(T, U) -> R`
    Fn(Vec<TypeExpr>, Option<Box<TypeExpr>>),
}

/// A `//` comment; `///` lines that document a declaration are in the tree as well.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// From the slashes to the end of the line, line break not included.
    pub span: Span,
    /// Nothing but blanks stands before it on its line.
    pub own_line: bool,
}
