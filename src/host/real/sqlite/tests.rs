//! Sessions, checked on a file and in memory.

use super::*;
use crate::host::database::{Column, Columns, Datum, Decimal, Query, Rows, Stream, Type};
use crate::host::real::scratch::Scratch;

/// Databases with one source called `main`: in a file and in memory.
struct Both {
    _folder: Scratch,
    all: [Sqlite; 2],
}

fn both() -> Both {
    let folder = Scratch::new();
    let file = Place::File(folder.path().join("test.db"));
    let all = [file, Place::Memory].map(|place| Sqlite::new([("main".to_owned(), place)]));
    Both { _folder: folder, all }
}

async fn open(databases: &Sqlite) -> Box<dyn Session> {
    databases.open("main").await.unwrap()
}

fn query(text: &str, params: Vec<Datum>, columns: &[(&str, Type)]) -> Query {
    let column = |(name, of): &(&str, Type)| Column {
        name: (*name).to_owned(),
        of: *of,
        nullable: true,
        gathered: false,
    };
    let columns = Columns::ByPlace(columns.iter().map(column).collect());
    Query { text: text.to_owned(), params, columns }
}

async fn ints(session: &mut dyn Session, text: &str) -> Vec<i64> {
    let rows = session.query(query(text, vec![], &[("n", Type::Int)]), usize::MAX).await.unwrap();
    all_ints(&rows)
}

fn all_ints(rows: &Rows) -> Vec<i64> {
    rows.cells.iter().map(|it| if let Datum::Int(n) = it { *n } else { panic!("{it:?}") }).collect()
}

async fn run(session: &mut dyn Session, text: &str) -> Result<u64> {
    session.execute(text.to_owned(), vec![]).await
}

async fn with_numbers(databases: &Sqlite, count: i64) -> Box<dyn Session> {
    let mut session = open(databases).await;
    run(&mut *session, "CREATE TABLE t (n INTEGER PRIMARY KEY)").await.unwrap();
    let rows = (0..count).map(|n| vec![Datum::Int(n)]).collect();
    let added = session.execute_all("INSERT INTO t VALUES (?1)".to_owned(), rows).await.unwrap();
    assert_eq!(added, u64::try_from(count).unwrap());
    session
}

#[tokio::test]
async fn a_source_that_is_only_read_refuses_writes_and_makes_no_file() {
    let folder = Scratch::new();
    let path = folder.path().join("test.db");
    let reader = Sqlite::new([("main".to_owned(), Place::ReadOnly(path.clone()))]);
    assert_eq!(reader.open("main").await.err().map(|it| it.kind), Some(ErrorKind::Connect));
    assert!(!path.exists());

    let writer = Sqlite::new([("main".to_owned(), Place::File(path))]);
    with_numbers(&writer, 3).await;
    let mut session = open(&reader).await;
    assert_eq!(ints(&mut *session, "SELECT n FROM t").await, [0, 1, 2]);
    let refused = run(&mut *session, "DELETE FROM t").await.unwrap_err();
    assert!(refused.message.starts_with("the source is only read"), "{refused:?}");
    assert_eq!(ints(&mut *session, "SELECT count(*) FROM t").await, [3]);
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_was() {
    let decimal = |text| Datum::Decimal(Decimal::from_str_exact(text).unwrap());
    let values = [
        (Type::Int, Datum::Int(i64::MIN)),
        (Type::Decimal, decimal("-10.00")),
        (Type::Decimal, decimal("79228162514264337593543950335")),
        (Type::Float, Datum::Float(0.1)),
        (Type::Float, Datum::Float(f64::INFINITY)),
        (Type::Bool, Datum::Bool(true)),
        (Type::Text, Datum::Text("größer \u{1f600} '\"".to_owned())),
        (Type::Bytes, Datum::Bytes(vec![0, 255])),
        (Type::Time, Datum::Time(1_774_744_200_000_001)),
        (Type::Date, Datum::Date(-1)),
        (Type::Duration, Datum::Duration(-5)),
        (Type::Json, Datum::Json("{\"a\":[1]}".to_owned())),
        (Type::Text, Datum::Null),
    ];
    for databases in &both().all {
        let mut session = open(databases).await;
        for (of, value) in &values {
            let bound = query("SELECT ?1", vec![value.clone()], &[("x", *of)]);
            assert_eq!(&session.query(bound, 2).await.unwrap().cells[0], value);
            let literal = format!("SELECT {}", session.literal(value).unwrap());
            let pasted = query(&literal, vec![], &[("x", *of)]);
            assert_eq!(&session.query(pasted, 2).await.unwrap().cells[0], value);
        }
    }
}

#[tokio::test]
async fn what_a_database_cannot_hold_is_refused() {
    let databases = &both().all[1];
    let mut session = open(databases).await;
    for value in [
        Datum::Float(f64::NAN),
        Datum::Text("a\0b".to_owned()),
        Datum::Time(i64::MAX),
        Datum::Time(-62_167_219_200_000_001),
        Datum::Date(i32::MIN),
    ] {
        let error = session.query(query("SELECT ?1", vec![value], &[]), 1).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unstorable, "{error}");
    }
}

#[tokio::test]
async fn unexpected_values_are_errors_that_say_where() {
    let mut session = with_numbers(&both().all[1], 3).await;
    let text = "SELECT CASE n WHEN 1 THEN 'n/a' ELSE n END FROM t ORDER BY n";
    let error = session.query(query(text, vec![], &[("n", Type::Int)]), 9).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Decode { row: 1, column: 0 });
    assert_eq!(error.message, "expected int or null, found text \"n/a\"");
}

#[tokio::test]
async fn columns_are_found_by_name_or_all_taken() {
    let mut session = open(&both().all[1]).await;
    let column = |name: &str| Column {
        name: name.to_owned(),
        of: Type::Int,
        nullable: false,
        gathered: false,
    };
    let ask = |columns| Query { text: "SELECT 1 AS a, 2 AS B".to_owned(), params: vec![], columns };
    let rows =
        session.query(ask(Columns::ByName(vec![column("b"), column("a")])), 9).await.unwrap();
    assert_eq!(rows.cells, [Datum::Int(2), Datum::Int(1)]);
    let rows = session.query(ask(Columns::All), 9).await.unwrap();
    assert_eq!((rows.names, rows.cells.len()), (vec!["a".to_owned(), "B".to_owned()], 2));
    let error = session.query(ask(Columns::ByName(vec![column("c")])), 9).await.unwrap_err();
    assert_eq!(error.message, "the statement gives no column `c`; it gives `a`, `B`");
    let error = session.query(ask(Columns::Only(column(""))), 9).await.unwrap_err();
    assert!(error.message.contains("the statement gives `a`, `B`"), "{error}");
}

#[tokio::test]
async fn transactions_are_all_or_nothing() {
    for databases in &both().all {
        let mut session = with_numbers(databases, 1).await;
        session.begin().await.unwrap();
        run(&mut *session, "INSERT INTO t VALUES (7)").await.unwrap();
        assert_eq!(ints(&mut *session, "SELECT n FROM t").await, [0, 7]);
        session.rollback().await.unwrap();
        assert_eq!(ints(&mut *session, "SELECT n FROM t").await, [0]);
        session.begin().await.unwrap();
        run(&mut *session, "INSERT INTO t VALUES (8)").await.unwrap();
        session.commit().await.unwrap();
        session.begin().await.unwrap();
        run(&mut *session, "INSERT INTO t VALUES (9)").await.unwrap();
        drop(session);
        let mut session = open(databases).await;
        assert_eq!(ints(&mut *session, "SELECT n FROM t").await, [0, 8]);
        run(&mut *session, "DELETE FROM t").await.unwrap();
    }
}

#[tokio::test]
async fn transactions_inside_others_are_undone_alone_and_last_with_them() {
    for databases in &both().all {
        let mut session = with_numbers(databases, 1).await;
        session.begin().await.unwrap();
        session.begin().await.unwrap();
        run(&mut *session, "INSERT INTO t VALUES (1)").await.unwrap();
        session.begin().await.unwrap();
        run(&mut *session, "INSERT INTO t VALUES (2)").await.unwrap();
        session.rollback().await.unwrap();
        session.commit().await.unwrap();
        assert_eq!(ints(&mut *session, "SELECT n FROM t").await, [0, 1]);
        session.begin().await.unwrap();
        run(&mut *session, "INSERT INTO t VALUES (3)").await.unwrap();
        session.commit().await.unwrap();
        session.rollback().await.unwrap();
        assert_eq!(ints(&mut *session, "SELECT n FROM t").await, [0]);
        session.begin().await.unwrap();
        run(&mut *session, "DELETE FROM t").await.unwrap();
        session.commit().await.unwrap();
        drop(session);
        assert!(ints(&mut *open(databases).await, "SELECT n FROM t").await.is_empty());
    }
}

#[tokio::test]
async fn many_rows_are_written_all_or_none() {
    for databases in &both().all {
        let mut session = with_numbers(databases, 2).await;
        let rows = [5, 6, 0].map(|n| vec![Datum::Int(n)]).to_vec();
        let result = session.execute_all("INSERT INTO t VALUES (?1)".to_owned(), rows).await;
        let error = result.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unique);
        assert_eq!(error.message, "another row of `t` has the same `n`");
        assert_eq!(ints(&mut *session, "SELECT n FROM t").await, [0, 1]);
    }
}

#[tokio::test]
async fn direct_statements_stay_in_their_place() {
    let mut session = with_numbers(&both().all[0], 1).await;
    for (text, wanted) in [
        ("BEGIN", "must not begin or end a transaction"),
        ("SELECT n FROM t", "gives rows; read them with `query`"),
        ("DELETE FROM t; DELETE FROM t", "more than one statement"),
        ("DELETE FROM nowhere", "no such table: nowhere"),
        ("DELETE FROM t WHERE \"m\" = 1", "no such column"),
        ("ATTACH 'other.db' AS other", "too many attached"),
    ] {
        let error = run(&mut *session, text).await.unwrap_err();
        assert!(error.message.contains(wanted), "{text}: {error}");
    }
    session.begin().await.unwrap();
    let error = run(&mut *session, "COMMIT").await.unwrap_err();
    assert!(error.message.contains("must not begin or end"), "{error}");
    session.rollback().await.unwrap();
    let write = query("INSERT INTO t VALUES (4) RETURNING n", vec![], &[("n", Type::Int)]);
    let error = session.query(write.clone(), 9).await.unwrap_err();
    assert!(error.message.contains("the statement writes"), "{error}");
    assert_eq!(all_ints(&session.write(write).await.unwrap()), [4]);
}

#[tokio::test]
async fn references_and_missing_values_are_refused_in_our_words() {
    let mut session = open(&both().all[1]).await;
    for text in [
        "CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        "CREATE TABLE b (a_id INTEGER REFERENCES a (id))",
    ] {
        run(&mut *session, text).await.unwrap();
    }
    let error = run(&mut *session, "INSERT INTO b VALUES (1)").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ForeignKey);
    let error = run(&mut *session, "INSERT INTO a (id) VALUES (1)").await.unwrap_err();
    assert_eq!(error.message, "`a.name` may not be null");
}

async fn pieces(stream: &mut dyn Stream, max_rows: usize) -> Vec<i64> {
    let mut found = Vec::new();
    loop {
        let rows = stream.next(max_rows).await.unwrap();
        if rows.count == 0 {
            return found;
        }
        assert!(rows.count <= max_rows);
        found.extend(all_ints(&rows));
    }
}

#[tokio::test]
async fn a_stream_gives_the_rows_as_they_were_when_it_was_opened() {
    for databases in &both().all {
        for in_transaction in [false, true] {
            let mut session = with_numbers(databases, 1000).await;
            if in_transaction {
                session.begin().await.unwrap();
                run(&mut *session, "DELETE FROM t WHERE n >= 500").await.unwrap();
            }
            let all = query(
                "SELECT n FROM t WHERE n % 2 = ?1 ORDER BY n",
                vec![Datum::Int(0)],
                &[("n", Type::Int)],
            );
            let mut stream = session.stream(all).await.unwrap();
            let first = all_ints(&stream.next(3).await.unwrap());
            assert_eq!(first, [0, 2, 4]);
            run(&mut *session, "DELETE FROM t").await.unwrap();
            let rest = pieces(&mut *stream, 64).await;
            let count = if in_transaction { 250 } else { 500 };
            assert_eq!(rest, (3..count).map(|n| n * 2).collect::<Vec<_>>());
            drop(stream);
            if in_transaction {
                session.commit().await.unwrap();
            }
            run(&mut *session, "DROP TABLE t").await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_left_early_gives_its_connection_back() {
    for databases in &both().all {
        let mut session = with_numbers(databases, 100).await;
        for _ in 0..20 {
            let all = query("SELECT n FROM t", vec![], &[("n", Type::Int)]);
            let mut stream = session.stream(all).await.unwrap();
            assert_eq!(stream.next(10).await.unwrap().count, 10);
            drop(stream);
            run(&mut *session, "INSERT INTO t SELECT max(n) + 1 FROM t").await.unwrap();
        }
        assert_eq!(ints(&mut *session, "SELECT count(*) FROM t").await, [120]);
        let idle = lock(&databases.source("main").unwrap().idle).len();
        assert!(idle <= 2, "connections pile up");
    }
}

#[tokio::test]
async fn writers_take_turns_and_readers_do_not_wait() {
    let databases = &both().all[0];
    let mut first = with_numbers(databases, 1).await;
    let mut second = open(databases).await;
    first.begin().await.unwrap();
    run(&mut *first, "INSERT INTO t VALUES (1)").await.unwrap();
    assert_eq!(ints(&mut *second, "SELECT n FROM t").await, [0]);
    let waiting = second.execute("INSERT INTO t VALUES (2)".to_owned(), vec![]);
    let finish = async {
        tokio::task::yield_now().await;
        first.commit().await.unwrap();
    };
    let (written, ()) = tokio::join!(waiting, finish);
    assert_eq!(written.unwrap(), 1);
    assert_eq!(ints(&mut *second, "SELECT n FROM t").await, [0, 1, 2]);
}

const ENDLESS: &str =
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r";

#[tokio::test]
async fn a_running_statement_can_be_interrupted() {
    let databases = &both().all[0];
    let mut session = open(databases).await;
    let interrupter = session.interrupter();
    let stop = async {
        loop {
            tokio::task::yield_now().await;
            interrupter.interrupt();
        }
    };
    let endless = session.query(query(ENDLESS, vec![], &[("n", Type::Int)]), 1);
    let error = tokio::select! {
        result = endless => result.unwrap_err(),
        () = stop => unreachable!("interrupts for ever"),
    };
    assert_eq!(error.kind, ErrorKind::Interrupted);
}

#[tokio::test]
async fn what_a_dropped_session_runs_is_given_up() {
    let databases = &both().all[0];
    let mut session = open(databases).await;
    let endless = session.query(query(ENDLESS, vec![], &[("n", Type::Int)]), 1);
    tokio::select! {
        biased;
        _ = endless => panic!("it is endless"),
        () = tokio::task::yield_now() => {}
    }
    drop(session);
    let mut next = open(databases).await;
    assert_eq!(ints(&mut *next, "SELECT 1").await, [1]);
}

#[tokio::test]
async fn a_source_that_nobody_configured_is_an_error() {
    let databases = &both().all[0];
    let error = databases.open("warehouse").await.err().unwrap();
    assert_eq!(error.to_string(), "no source is called `warehouse`");
    assert!(Sqlite::in_memory().open("warehouse").await.is_ok());
}
