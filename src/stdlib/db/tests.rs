//! Effects on a database in memory, asked for by programs that are made by hand.

use std::rc::Rc;

use super::*;
use crate::bytecode::program::{EffectClass, SourceTables, TableCall};
use crate::host::Databases;
use crate::host::real::sqlite::{Place, Sqlite};
use crate::host::sim::World;
use crate::sql::schema::{Column, Default, Literal, Reference, Table};
use crate::sql::{self, Expr, From, Gives, Kind, Node, Op, Output, RowShape, Statement};
use crate::value::{Code, Descriptor, DescriptorId, FieldDescriptor, RecordDescriptor, Shape};

const NOW_US: i64 = 1_774_744_200_000_000;

const DECIMAL: DescriptorId = DescriptorId(2);
const CUSTOMER: DescriptorId = DescriptorId(5);
const CUSTOMERS: DescriptorId = DescriptorId(6);

/// `table Customer { id: int key auto  email: text unique  total: decimal = 0  status: "open" | "paid" = "open"
/// joined: time = now()  tags: [text]?  parent: int? -> Customer }`
fn customer() -> Table {
    let column = |name: &str, kind| Column {
        name: name.to_owned(),
        database_name: name.to_owned(),
        kind,
        nullable: false,
        key: false,
        auto: false,
        unique: false,
        default: None,
        reference: None,
    };
    let text = |it: &str| Some(Default::Value(Literal::Text(it.to_owned())));
    let zero = Some(Default::Value(Literal::Decimal("0".to_owned())));
    let parent =
        Reference { table: "customer".to_owned(), column: "id".to_owned(), cascade: false };
    Table {
        name: "Customer".to_owned(),
        database_name: "customer".to_owned(),
        columns: vec![
            Column { key: true, auto: true, ..column("id", Kind::Int) },
            Column { unique: true, ..column("email", Kind::Text) },
            Column { default: zero, ..column("total", Kind::Decimal) },
            Column { default: text("open"), ..column("status", Kind::Text) },
            Column { default: Some(Default::Now(0)), ..column("joined", Kind::Time) },
            Column { nullable: true, ..column("tags", Kind::Json) },
            Column { nullable: true, reference: Some(parent), ..column("parent", Kind::Int) },
        ],
        indexes: vec![],
    }
}

fn descriptors() -> Vec<Descriptor> {
    let field = |name: &str, ty: u32| FieldDescriptor { name: name.into(), ty: DescriptorId(ty) };
    let customer = RecordDescriptor::new(
        Some("Customer"),
        vec![
            field("id", 0),
            field("email", 1),
            field("total", 2),
            field("status", 3),
            field("joined", 4),
            field("tags", 8),
            field("parent", 9),
        ],
    );
    vec![
        Descriptor::Int,
        Descriptor::Text,
        Descriptor::Decimal,
        Descriptor::Union(["open".into(), "paid".into()].into()),
        Descriptor::Time,
        Descriptor::Record(customer),
        Descriptor::List(CUSTOMER),
        Descriptor::List(DescriptorId(1)),
        Descriptor::Optional(DescriptorId(7)),
        Descriptor::Optional(DescriptorId(0)),
    ]
}

/// A run of a program with these statements.
struct Run {
    sources: Sources,
    calls: u64,
}

impl Run {
    fn new(world: &World, run: Option<&str>, statements: Vec<Statement>) -> Self {
        let program = Program {
            statements,
            tables: vec![customer()],
            sources: vec![SourceTables { name: "main".to_owned(), tables: vec![0] }],
            descriptors: descriptors(),
            ..Program::default()
        };
        let types = Rc::new(Types::new(&program.descriptors).unwrap());
        let run = run.map(str::to_owned);
        let sources = Sources::new(world.host(), Arc::new(program), types, run, Arc::default());
        Self { sources, calls: 0 }
    }

    /// The next call of the run.
    async fn call(
        &mut self,
        kind: EffectKind,
        ty: Option<DescriptorId>,
        args: &[Value],
    ) -> Result<Value, Fault> {
        self.calls += 1;
        let key = CallKey { path: vec![], number: self.calls };
        let descriptors = ty.into_iter().collect();
        let site =
            EffectSite { kind, class: EffectClass::Transactional, arguments: 0, descriptors };
        self.sources.answer(Request { site: &site, key: &key, args }).await
    }

    async fn table(&mut self, call: TableCall, args: &[Value]) -> Result<Value, Fault> {
        let kind = EffectKind::Table { table: 0, call, source: "main".to_owned() };
        self.call(kind, Some(CUSTOMER), args).await
    }

    async fn statement(
        &mut self,
        statement: u32,
        ty: Option<DescriptorId>,
        args: &[Value],
    ) -> Result<Value, Fault> {
        let kind = EffectKind::Statement { statement, source: "main".to_owned() };
        self.call(kind, ty, args).await
    }
}

fn record(fields: &[(&str, Value)]) -> Value {
    let shape = Rc::new(Shape::new(fields.iter().map(|(name, _)| *name)));
    let slot = |name: &ecow::EcoString| fields.iter().find(|(it, _)| it == name).unwrap().1.clone();
    let slots: Vec<_> = shape.slots.iter().map(slot).collect();
    Value::record(&shape, slots)
}

fn named(email: &str) -> Value {
    record(&[("email", Value::text(email))])
}

fn shown(value: &Value) -> String {
    value.to_text().as_str().unwrap().to_owned()
}

fn world() -> World {
    World::new(1, NOW_US)
}

#[tokio::test]
async fn a_row_is_added_with_its_defaults_and_read_back() {
    let mut run = Run::new(&world(), None, vec![]);
    let tags = Value::list([Value::text("a"), Value::text("b")]);
    let row = record(&[("email", Value::text("ada@example.com")), ("tags", tags)]);
    let row = run.table(TableCall::Insert, &[row]).await.unwrap();
    assert_eq!(
        shown(&row),
        "{ id: 1, email: \"ada@example.com\", total: 0, status: \"open\", joined: 2026-03-29T00:30:00Z, \
         tags: [\"a\", \"b\"], parent: null }"
    );
    let again = run.table(TableCall::Get(None), &[Value::Int(1)]).await.unwrap();
    assert_eq!(shown(&again), shown(&row));
    let email = [Value::text("ada@example.com")];
    let by_email = run.table(TableCall::Get(Some("email".to_owned())), &email).await.unwrap();
    assert_eq!(shown(&by_email), shown(&row));
    assert!(run.table(TableCall::Get(None), &[Value::Int(2)]).await.unwrap().is_null());
    assert_eq!(shown(&run.table(TableCall::Has, &[Value::Int(1)]).await.unwrap()), "true");
    assert_eq!(shown(&run.table(TableCall::Has, &[Value::Int(2)]).await.unwrap()), "false");
}

#[tokio::test]
async fn rows_are_edited_by_key_and_only_what_is_named_changes() {
    let mut run = Run::new(&world(), None, vec![]);
    run.table(TableCall::Insert, &[named("ada")]).await.unwrap();
    let paid = record(&[("status", Value::text("paid"))]);
    let row = run.table(TableCall::Update, &[Value::Int(1), paid.clone()]).await.unwrap();
    assert!(shown(&row).contains("email: \"ada\", total: 0, status: \"paid\""), "{row:?}");
    let fault = run.table(TableCall::Update, &[Value::Int(7), paid]).await.unwrap_err();
    assert_eq!(fault.to_string(), "not-found: `Customer` has no row whose `id` is 7");
    assert_eq!(shown(&run.table(TableCall::Delete, &[Value::Int(1)]).await.unwrap()), "true");
    assert_eq!(shown(&run.table(TableCall::Delete, &[Value::Int(1)]).await.unwrap()), "false");
}

#[tokio::test]
async fn an_upsert_adds_or_takes_over_what_was_said() {
    let mut run = Run::new(&world(), None, vec![]);
    let row = |total: i64| {
        let total = Value::Decimal(rust_decimal::Decimal::new(total, 2).into());
        record(&[("email", Value::text("ada")), ("total", total)])
    };
    let on = Value::text("email");
    run.table(TableCall::Upsert, &[row(150), on.clone()]).await.unwrap();
    let paid = record(&[("status", Value::text("paid"))]);
    run.table(TableCall::Update, &[Value::Int(1), paid]).await.unwrap();
    let edited = run.table(TableCall::Upsert, &[row(1000), on]).await.unwrap();
    let expected = "id: 1, email: \"ada\", total: 10.00, status: \"paid\"";
    assert!(shown(&edited).contains(expected), "{}", shown(&edited));
}

#[tokio::test]
async fn many_rows_are_added_and_conflicts_settled_as_asked() {
    let mut run = Run::new(&world(), None, vec![]);
    let rows = |emails: &[&str]| Value::list(emails.iter().map(|it| named(it)));
    let call = TableCall::InsertAll;
    let added = run.table(call.clone(), &[rows(&["a", "b"]), Value::Null]).await.unwrap();
    assert_eq!(shown(&added), "2");
    let fault = run.table(call.clone(), &[rows(&["c", "a"]), Value::Null]).await.unwrap_err();
    assert_eq!(fault.to_string(), "unique: another row of `Customer` has the same `email`");
    let added = run.table(call.clone(), &[rows(&["c", "a"]), Value::text("skip")]).await.unwrap();
    assert_eq!(shown(&added), "1");
    let added = run.table(call, &[rows(&["d", "a"]), Value::text("update")]).await.unwrap();
    assert_eq!(shown(&added), "2");
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_is_named() {
    let mut run = Run::new(&world(), None, vec![]);
    let row = record(&[("email", Value::text("a")), ("parent", Value::Int(9))]);
    let fault = run.table(TableCall::Insert, &[row]).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "foreign-key: `Customer.parent` is 9, and `customer` has no row with that `id`"
    );
    run.table(TableCall::Insert, &[named("a")]).await.unwrap();
    let child = record(&[("email", Value::text("b")), ("parent", Value::Int(1))]);
    run.table(TableCall::Insert, &[child]).await.unwrap();
    let fault = run.table(TableCall::Delete, &[Value::Int(1)]).await.unwrap_err();
    assert_eq!(fault.to_string(), "foreign-key: rows of other tables still refer to `Customer`");
}

fn column(name: &str, kind: Kind) -> Expr {
    let node = Node::Column { table: "c".to_owned(), column: name.to_owned() };
    Expr { node, kind, nullable: false }
}

fn output(name: &str, kind: Kind) -> Output {
    Output {
        name: name.to_owned(),
        value: Some(column(name, kind)),
        kind,
        nullable: false,
        gathered: false,
    }
}

/// `from c in Customer where c.total >= {0} sort c.id select c.total`
fn totals(gives: Gives) -> Statement {
    let at_least = vec![
        column("total", Kind::Decimal),
        Expr { node: Node::Param(0), kind: Kind::Decimal, nullable: false },
    ];
    Statement::Select(Box::new(sql::Select {
        from: From::Table(sql::TableRef { name: "customer".to_owned(), alias: "c".to_owned() }),
        joins: vec![],
        condition: Some(Expr {
            node: Node::Apply(Op::GreaterEqual, at_least),
            kind: Kind::Bool,
            nullable: false,
        }),
        group_by: vec![],
        having: None,
        sort: vec![sql::Sort { key: column("id", Kind::Int), descending: false }],
        skip: None,
        take: None,
        outputs: vec![output("total", Kind::Decimal)],
        shape: RowShape::Column(0),
        gives,
    }))
}

async fn with_totals(run: &mut Run, totals: impl IntoIterator<Item = i64>) {
    let rows = totals.into_iter().enumerate().map(|(at, total)| {
        let total = Value::Decimal(rust_decimal::Decimal::new(total, 1).into());
        record(&[("email", Value::text(&at.to_string())), ("total", total)])
    });
    let rows = Value::list(rows);
    run.table(TableCall::InsertAll, &[rows, Value::Null]).await.unwrap();
}

#[tokio::test]
async fn a_query_gives_a_list_the_first_row_the_only_row_or_whether_there_is_one() {
    let forms = [Gives::Rows, Gives::First, Gives::One, Gives::Exists].map(totals);
    let mut run = Run::new(&world(), None, forms.to_vec());
    with_totals(&mut run, [100, 95, 20]).await;
    for (least, wanted) in [
        (9, ["[10.0, 9.5]", "10.0", "`one()` found more than one row", "true"]),
        (10, ["[10.0]", "10.0", "10.0", "true"]),
        (11, ["[]", "null", "`one()` found no row", "false"]),
    ] {
        for (statement, wanted) in (0..).zip(wanted) {
            let result = run.statement(statement, Some(DECIMAL), &[Value::Int(least)]).await;
            let result = result.map_or_else(|fault| fault.message, |it| shown(&it));
            assert_eq!(result, wanted, "{least} {statement}");
        }
    }
}

/// Direct SQL whose rows are read as `Customer`s.
fn direct(text: &str) -> Statement {
    let table = customer();
    let outputs = table.columns.iter().map(|it| Output {
        name: it.name.clone(),
        value: None,
        kind: it.kind,
        nullable: it.nullable,
        gathered: false,
    });
    let fields = (0..).zip(&table.columns);
    let fields = fields.map(|(at, it)| (it.name.clone(), RowShape::Column(at))).collect();
    Statement::Direct(sql::Direct {
        pieces: vec![text.to_owned()],
        params: vec![],
        rows: Some((outputs.collect(), RowShape::Record(fields))),
    })
}

#[tokio::test]
async fn rows_of_direct_sql_are_checked_and_the_place_is_named() {
    let select = "SELECT id, email, total, joined, tags, parent";
    let statements = vec![
        direct(&format!("{select}, 'late' AS status FROM customer")),
        direct(&format!(
            "{select}, CASE id WHEN 2 THEN NULL ELSE 'paid' END AS status FROM customer"
        )),
        direct(&format!("{select} FROM customer")),
        direct("SELECT id, email, total, joined, '{' AS tags, parent, status FROM customer"),
        direct("SELECT id, email, total, joined, '[1]' AS tags, parent, status FROM customer"),
    ];
    let mut run = Run::new(&world(), None, statements);
    with_totals(&mut run, [10, 20]).await;
    for (statement, wanted) in [
        (0, "[0].status: expected \"open\" | \"paid\", found text \"late\""),
        (1, "[1].status: expected text, found null"),
        (2, "the statement gives no column `status`"),
        (3, "[0].tags: "),
        (4, "[0].tags[0]: expected text, found int 1"),
    ] {
        let fault = run.statement(statement, Some(CUSTOMERS), &[]).await.unwrap_err();
        assert!(fault.message.starts_with(wanted), "{statement}: {fault}");
    }
}

#[tokio::test]
async fn direct_sql_without_a_type_gives_objects() {
    let statement = Statement::Direct(sql::Direct {
        pieces: vec!["SELECT id, total, ".to_owned(), " AS x FROM customer".to_owned()],
        params: vec![Kind::Text],
        rows: Some((vec![], RowShape::Object)),
    });
    let mut run = Run::new(&world(), None, vec![statement, Statement::Schema]);
    with_totals(&mut run, [10]).await;
    let rows = run.statement(0, None, &[Value::text("y")]).await.unwrap();
    assert_eq!(shown(&rows), "[[\"id\": 1, \"total\": \"1.0\", \"x\": \"y\"]]");
    let schema = run.statement(1, None, &[]).await.unwrap();
    let column =
        "[\"name\": \"total\", \"type\": \"DECIMAL_TEXT\", \"nullable\": false, \"key\": false]";
    assert!(shown(&schema).contains(column), "{}", shown(&schema));
}

#[tokio::test]
async fn a_loop_reads_rows_piece_by_piece() {
    let mut run = Run::new(&world(), None, vec![totals(Gives::Rows)]);
    with_totals(&mut run, 0..1300).await;
    let open = EffectKind::Open { statement: 0, source: "main".to_owned() };
    let cursor = run.call(open, Some(DECIMAL), &[Value::Int(0)]).await.unwrap();
    let mut counts = Vec::new();
    loop {
        let rows = run.call(EffectKind::Next, None, std::slice::from_ref(&cursor)).await.unwrap();
        let Value::List(rows) = rows else { panic!("{rows:?}") };
        counts.push(rows.len());
        if rows.is_empty() {
            break;
        }
    }
    assert_eq!(counts, [512, 512, 276, 0]);
    run.call(EffectKind::Close, None, std::slice::from_ref(&cursor)).await.unwrap();
    let fault = run.call(EffectKind::Next, None, &[cursor]).await.unwrap_err();
    assert!(fault.is(Code::Sql));
}

#[tokio::test]
async fn a_loop_goes_on_where_it_was_after_a_restart() {
    let world = world();
    let mut run = Run::new(&world, None, vec![totals(Gives::Rows)]);
    with_totals(&mut run, 0..600).await;
    let mut resumed = Run::new(&world, None, vec![totals(Gives::Rows)]);
    let site = |kind| EffectSite {
        kind,
        class: EffectClass::Observe,
        arguments: 1,
        descriptors: vec![DECIMAL],
    };
    let (open, next) =
        (EffectKind::Open { statement: 0, source: "main".to_owned() }, EffectKind::Next);
    let (open, next, key) = (site(open), site(next), CallKey::default());
    let cursor = [Value::Int(3)];
    let note = |site, args, result: &Value| {
        resumed.sources.take_note(Request { site, key: &key, args }, result);
    };
    note(&open, &[Value::Int(0)], &cursor[0]);
    note(&next, &cursor, &Value::list((0..512).map(Value::Int)));
    let rows = resumed.call(EffectKind::Next, None, &cursor).await.unwrap();
    let Value::List(rows) = rows else { panic!("{rows:?}") };
    assert_eq!((rows.len(), shown(&rows.get(0).unwrap())), (88, "51.2".to_owned()));
}

#[tokio::test]
async fn a_write_that_is_asked_for_again_is_not_made_again() {
    let world = world();
    let mut run = Run::new(&world, Some("run-1"), vec![]);
    let first = run.table(TableCall::Insert, &[named("ada")]).await.unwrap();
    let mut resumed = Run::new(&world, Some("run-1"), vec![]);
    let again = resumed.table(TableCall::Insert, &[named("ada")]).await.unwrap();
    assert_eq!(shown(&first), shown(&again));
    let fault = resumed.table(TableCall::Insert, &[named("ada")]).await.unwrap_err();
    assert!(fault.is(Code::Unique), "another call is another write");
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing_and_is_not_made_again() {
    let world = world();
    let source = || "main".to_owned();
    for attempt in 0..2 {
        let mut run = Run::new(&world, Some("run-1"), vec![totals(Gives::Rows)]);
        run.call(EffectKind::Begin(source()), None, &[]).await.unwrap();
        run.table(TableCall::Insert, &[named("lost")]).await.unwrap();
        run.call(EffectKind::Rollback(source()), None, &[]).await.unwrap();

        run.call(EffectKind::Begin(source()), None, &[]).await.unwrap();
        let row = run.table(TableCall::Insert, &[named("ada")]).await.unwrap();
        assert!(shown(&row).starts_with("{ id: 1, email: \"ada\""), "{attempt} {}", shown(&row));
        let fault = run.table(TableCall::Insert, &[named("ada")]).await.unwrap_err();
        assert!(fault.is(Code::Unique), "{attempt}");
        let rows = run.statement(0, Some(DECIMAL), &[Value::Int(0)]).await.unwrap();
        assert_eq!(shown(&rows), "[0]", "{attempt}");
        run.call(EffectKind::Commit(source()), None, &[]).await.unwrap();

        let after = run.statement(0, Some(DECIMAL), &[Value::Int(0)]).await.unwrap();
        assert_eq!(shown(&after), "[0]", "{attempt}");
    }
}

#[tokio::test]
async fn a_transaction_inside_another_is_part_of_its_mark() {
    let world = world();
    let source = || "main".to_owned();
    for attempt in 0..2 {
        let mut run = Run::new(&world, Some("run-1"), vec![totals(Gives::Rows)]);
        run.call(EffectKind::Begin(source()), None, &[]).await.unwrap();
        run.table(TableCall::Insert, &[named("ada")]).await.unwrap();
        run.call(EffectKind::Begin(source()), None, &[]).await.unwrap();
        run.table(TableCall::Insert, &[named("lost")]).await.unwrap();
        run.call(EffectKind::Rollback(source()), None, &[]).await.unwrap();
        run.call(EffectKind::Begin(source()), None, &[]).await.unwrap();
        run.table(TableCall::Insert, &[named("grace")]).await.unwrap();
        run.call(EffectKind::Commit(source()), None, &[]).await.unwrap();
        run.call(EffectKind::Commit(source()), None, &[]).await.unwrap();
        let after = run.statement(0, Some(DECIMAL), &[Value::Int(0)]).await.unwrap();
        assert_eq!(shown(&after), "[0, 0]", "{attempt}");
    }
}

#[tokio::test]
async fn a_table_of_our_own_grows_with_its_declaration() {
    let world = world();
    let mut session = world.databases.open("main").await.unwrap();
    for text in [
        "CREATE TABLE customer (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL)",
        "INSERT INTO customer (email) VALUES ('ada')",
    ] {
        session.execute(text.to_owned(), vec![]).await.unwrap();
    }
    drop(session);
    let mut run = Run::new(&world, None, vec![]);
    let row = run.table(TableCall::Get(None), &[Value::Int(1)]).await.unwrap();
    assert_eq!(
        shown(&row),
        "{ id: 1, email: \"ada\", total: 0, status: \"open\", joined: 2026-03-29T00:30:00Z, tags: null, \
         parent: null }"
    );
    let fault = run.table(TableCall::Insert, &[named("ada")]).await.unwrap_err();
    assert!(fault.is(Code::Unique));
}

#[tokio::test]
async fn what_cannot_be_settled_by_adding_is_said() {
    let world = world();
    let mut session = world.databases.open("main").await.unwrap();
    for text in [
        "CREATE TABLE customer (id INTEGER NOT NULL PRIMARY KEY, status INTEGER NOT NULL, code TEXT NOT NULL)",
        "INSERT INTO customer VALUES (1, 2, 'x')",
    ] {
        session.execute(text.to_owned(), vec![]).await.unwrap();
    }
    drop(session);
    let mut run = Run::new(&world, None, vec![]);
    let fault = run.table(TableCall::Get(None), &[Value::Int(1)]).await.unwrap_err();
    assert_eq!(
        fault.message,
        "`Customer.email`: the table `customer` in the database has no column `email`, and the rows that are there \
         have no value for it; give it a default or mark it `?`\n\
         `Customer.status`: declared as `text`, and the database's column is of type `INTEGER`\n\
         `Customer`: the database demands a value for the column `code`, which is not declared"
    );
}

#[tokio::test]
async fn a_database_of_others_is_given_no_tables() {
    let world = world();
    let databases = Sqlite::new([("main".to_owned(), Place::File("unused.db".into()))]);
    assert!(!databases.may_extend("main"));
    assert!(world.databases.may_extend("main"));
}
