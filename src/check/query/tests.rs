//! Queries as statements, and what is said about those that cannot become one.

use crate::check::checked::QueryPlan;
use crate::check::testing::{checked, fine, found, type_of_last};
use crate::diagnostics::Severity;
use crate::sql::sqlite;
use crate::syntax::tree::NodeId;
use crate::syntax::walk;

const SHOP: &str = "
table Customer {
  id: int key auto
  email: text unique
  name: text
  phone: text?
  active: bool = true
  joined: time = now()
}
table Order {
  id: int key auto
  customer_id: int -> Customer
  status: \"open\" | \"paid\" | \"late\" = \"open\"
  total: decimal
  weight: float = 0
  qty: int = 1
  note: text?
  tags: [text] = []
  extra: json
  day: date = today()
  took: duration = 0s
  placed_at: time = now()
  index (customer_id, placed_at)
}
table Log in warehouse { line: text }
";

/// Asserts what is found in a task that follows the tables.
#[track_caller]
fn finds(text: &str, expected: &[&str]) {
    assert_eq!(found(&format!("{SHOP}{text}")), expected, "in\n{text}");
}

/// The statement of the outermost query of a task that follows the tables, and the expressions that are bound.
fn statement(text: &str) -> (String, Vec<String>) {
    let text = format!("{SHOP}{text}");
    let (project, checked) = checked(&[("main", &text)]);
    let errors: Vec<_> =
        checked.diagnostics.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let file = &project.files()[0];
    let tables = &checked.files[0].tables;
    let mut spans = std::collections::HashMap::new();
    let mut outermost: Option<NodeId> = None;
    walk::each(&file.tree, &mut |node| {
        spans.insert(node.id(), node.span());
        let is_statement = matches!(tables.queries.get(&node.id()), Some(QueryPlan::Sql { .. }));
        if is_statement && outermost.is_none() {
            outermost = Some(node.id());
        }
    });
    let Some(QueryPlan::Sql { statement, params, .. }) =
        outermost.and_then(|it| tables.queries.get(&it))
    else {
        panic!("no statement in\n{text}")
    };
    let params = params.iter().map(|it| file.source.slice(spans[it]).to_owned()).collect();
    (sqlite::render(statement).text, params)
}

/// Asserts what a query becomes, the quotes around names left out, and what is bound.
#[track_caller]
fn becomes(text: &str, wanted: &str, bound: &[&str]) {
    let (sql, params) = statement(text);
    assert_eq!(sql.replace('"', ""), wanted, "of\n{text}");
    assert_eq!(params, bound, "of\n{text}");
}

/// A loop over the orders for which a condition holds.
fn in_where(condition: &str) -> String {
    format!(
        "let least = 3\nlet ids = [1, 2]\nlet maybe: text? = run.task\n\
         for o in Order where {condition} {{ print([o.id, ids.count(), least])\nprint(maybe) }}"
    )
}

/// What conditions become, the quotes around names and the only table's own name left out, and what is bound.
#[test]
fn conditions_are_what_a_database_can_evaluate() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("o.id == least", "(id = ?1)", &["least"]),
        ("o.id in ids", "(id IN (SELECT value FROM json_each(?1) WHERE type <> 'null'))", &["ids"]),
        ("o.note == null", "(note IS NULL)", &[]),
        (
            "o.note != null and o.note.length() > 3",
            "(note IS NOT NULL) AND (length(note) > ?1)",
            &["3"],
        ),
        ("o.note == maybe", "(note IS ?1)", &["maybe"]),
        (r#"o.note != "x""#, "(note IS NOT ?1)", &[r#""x""#]),
        ("o.note == o.status", "(note IS status)", &[]),
        (
            "o.total > 10 and o.total <= o.total * 2 + 1.5",
            "(total COLLATE decimal > ?1) AND (total COLLATE decimal <= decimal_add(decimal_mul(total, ?2), ?3))",
            &["10", "2", "1.5"],
        ),
        ("o.qty + 1 == 2", "(task_int_add(qty, ?1) = ?2)", &["1", "2"]),
        ("o.qty / 2 > 1", "(decimal_div(qty, ?1) COLLATE decimal > ?2)", &["2", "1"]),
        (
            "o.qty div 2 == 1 or o.qty % 2 == 0",
            "((task_int_div(qty, ?1) = ?2) OR (task_int_rem(qty, ?3) = ?4))",
            &["2", "1", "2", "0"],
        ),
        (
            "o.total + o.qty > 5",
            "(decimal_add(total, CAST(qty AS TEXT)) COLLATE decimal > ?1)",
            &["5"],
        ),
        ("o.weight * 2 > 1.5", "((weight * ?1) > ?2)", &["2", "1.5"]),
        ("o.weight > o.qty", "(weight > task_to_float(qty))", &[]),
        ("-o.total < 0", "(decimal_neg(total) COLLATE decimal < ?1)", &["0"]),
        (r#"not (o.status == "paid")"#, "(NOT (status = ?1))", &[r#""paid""#]),
        (
            r#"o.status in ["open", "late"]"#,
            "(status IN (SELECT value FROM json_each(?1) WHERE type <> 'null'))",
            &[r#"["open", "late"]"#],
        ),
        ("o.qty in 1..least", "(qty >= ?1) AND (qty < ?2)", &["1", "least"]),
        ("o.qty in 1..=9", "(qty >= ?1) AND (qty <= ?2)", &["1", "9"]),
        (r#"o.note.or("x") == "x""#, "(coalesce(note, ?1) = ?2)", &[r#""x""#, r#""x""#]),
        (r#"(o.note ?? "x") == "x""#, "(coalesce(note, ?1) = ?2)", &[r#""x""#, r#""x""#]),
        (r#"o.note?.lower() == "x""#, "(task_lower(note) IS ?1)", &[r#""x""#]),
        (r#""ab" in o.status"#, "(instr(status, ?1) > 0)", &[r#""ab""#]),
        (r#"o.status.contains("a")"#, "(instr(status, ?1) > 0)", &[r#""a""#]),
        (
            r#"o.status.contains("a", ignore_case: true)"#,
            "task_contains(status, ?1, ?2)",
            &[r#""a""#, "true"],
        ),
        (
            r#"o.status.starts_with("a")"#,
            "(status >= ?1 AND status < task_prefix_end(?1))",
            &[r#""a""#],
        ),
        (
            r#"o.status.lower().starts_with("a")"#,
            "task_starts_with(task_lower(status), ?1)",
            &[r#""a""#],
        ),
        (r#"o.status.ends_with("a")"#, "task_ends_with(status, ?1)", &[r#""a""#]),
        (r#"o.status.trim().upper() == "A""#, "(task_upper(task_trim(status)) = ?1)", &[r#""A""#]),
        (r#"o.status[1..3] == "pe""#, "(task_slice(status, ?1, ?2) = ?3)", &["1", "3", r#""pe""#]),
        (r#"o.status[-2..] == "en""#, "(task_slice(status, ?1, NULL) = ?2)", &["-2", r#""en""#]),
        (
            "o.total.round(2) == 1",
            "(decimal_round(total, ?1, 'half_even') COLLATE decimal = ?2)",
            &["2", "1"],
        ),
        (
            r#"o.total.round(1, mode: "up") == 1"#,
            "(decimal_round(total, ?1, ?2) COLLATE decimal = ?3)",
            &["1", r#""up""#, "1"],
        ),
        (
            "o.total.floor() == 1 and o.weight.ceil() == 2.0 and o.qty.abs() == 3",
            "(decimal_floor(total) COLLATE decimal = ?1) AND (task_float_ceil(weight) = ?2) AND (task_int_abs(qty) = ?3)",
            &["1", "2.0", "3"],
        ),
        (
            r#"o.placed_at.year(in: "Europe/Berlin") == 2026"#,
            "(task_year(placed_at, ?1) = ?2)",
            &[r#""Europe/Berlin""#, "2026"],
        ),
        (
            "o.placed_at.month() == 3 and o.day.day() == 2",
            "(task_month(placed_at, 'UTC') = ?1) AND (task_day(day) = ?2)",
            &["3", "2"],
        ),
        (
            r#"o.placed_at.date(in: "Europe/Berlin") == @2026-03-29"#,
            "(task_date(placed_at, ?1) = ?2)",
            &[r#""Europe/Berlin""#, "@2026-03-29"],
        ),
        (
            r#"o.placed_at.start_of("week", in: "UTC") == @2026-03-23T00:00:00Z"#,
            "(task_start_of(placed_at, ?1, ?2) = ?3)",
            &[r#""week""#, r#""UTC""#, "@2026-03-23T00:00:00Z"],
        ),
        (r#"o.day.start_of("month") == o.day"#, "(task_start_of(day, ?1) = day)", &[r#""month""#]),
        ("o.placed_at + 30d < now()", "(task_time_add(placed_at, ?1) < ?2)", &["30d", "now()"]),
        ("now() - o.placed_at > 2h", "(task_time_between(?1, placed_at) > ?2)", &["now()", "2h"]),
        (
            "o.took > 5m and o.took + 1m < 1h",
            "(took > ?1) AND (task_int_add(took, ?2) < ?3)",
            &["5m", "1m", "1h"],
        ),
        (
            "(if o.qty > 1 { o.total } else { 0 }) > 10",
            "((CASE WHEN (qty > ?1) THEN CAST(total AS TEXT) ELSE CAST(?2 AS TEXT) END) COLLATE decimal > ?3)",
            &["1", "{ 0 }", "10"],
        ),
        (r#""{o.status}-{o.id}" == "open-1""#, "((status || '-' || id) = ?1)", &[r#""open-1""#]),
        ("o.id in [o.customer_id, 3]", "((id = customer_id) OR (id = ?1))", &["3"]),
        (
            "ids.contains(o.id)",
            "(id IN (SELECT value FROM json_each(?1) WHERE type <> 'null'))",
            &["ids"],
        ),
        ("o.extra != null", "(extra IS NOT NULL)", &[]),
        ("true", "?1", &["true"]),
        (r#"o.status.matches(r"^o")"#, "task_matches(status, ?1)", &[r#"r"^o""#]),
        ("o.customer_id == o.id", "(customer_id = id)", &[]),
    ];
    for (text, wanted, bound) in cases {
        let (sql, params) = statement(&in_where(text));
        let (_, condition) = sql.split_once(" WHERE ").unwrap();
        assert_eq!(condition.replace("\"o\".", "").replace('"', ""), *wanted, "of {text}");
        assert_eq!(params, *bound, "of {text}");
    }
}

#[test]
fn rows_are_joined_filtered_sorted_and_cut() {
    becomes(
        r#"let late = from o in Order
  join c in Customer on c.id == o.customer_id
  where o.status == "open" and c.active
  sort o.total desc, o.id
  skip 20 take 10
  select { o.id, c.email, o.total }
print(late)"#,
        "SELECT o.id, c.email, o.total FROM order AS o JOIN customer AS c ON (c.id = o.customer_id) WHERE (o.status = ?1) AND (c.active = 1) ORDER BY o.total COLLATE decimal DESC, o.id LIMIT max(?3, 0) OFFSET max(?2, 0)",
        &[r#""open""#, "20", "10"],
    );
}

#[test]
fn groups_have_keys_and_what_gathers_their_rows() {
    becomes(
        "let x = from o in Order
  group by o.status
  where count() > 10
  sort sum(o.total) desc
  select { status: o.status, n: count(), total: sum(o.total), kinds: count(distinct o.qty), ids: list(o.id), mean: avg(o.qty), last: max(o.note) }
print(x)",
        "SELECT o.status, count(*), coalesce(decimal_sum(o.total COLLATE decimal), '0'), count(DISTINCT o.qty), task_list(o.id), decimal_avg(o.qty), max(o.note) FROM order AS o GROUP BY o.status HAVING (count(*) > ?1) ORDER BY coalesce(decimal_sum(o.total COLLATE decimal), '0') COLLATE decimal DESC",
        &["10"],
    );
    becomes(
        r#"let x = from o in Order
  group by o.placed_at.date(in: "Europe/Berlin")
  select { day: o.placed_at.date(in: "Europe/Berlin"), total: sum(o.took) }
print(x)"#,
        "SELECT task_date(o.placed_at, ?1), coalesce(sum(o.took), 0) FROM order AS o GROUP BY task_date(o.placed_at, ?1)",
        &[r#""Europe/Berlin""#],
    );
}

#[test]
fn the_right_side_of_a_left_join_may_be_missing() {
    becomes(
        "let x = from o in Order
  left join c in Customer on c.id == o.customer_id
  where c == null or c.active
  select { o.id, c, phone: c?.phone }
print(x)",
        "SELECT o.id, c.id, c.email, c.name, c.phone, c.active, c.joined, c.phone FROM order AS o LEFT JOIN customer AS c ON (c.id = o.customer_id) WHERE ((c.id IS NULL) OR (c.active = 1))",
        &[],
    );
}

#[test]
fn what_gathers_rows_stands_in_the_same_statement() {
    becomes(
        "let x = (from o in Order where o.qty > 1).count()
print(x)",
        "SELECT count(*) FROM order AS o WHERE (o.qty > ?1)",
        &["1"],
    );
    becomes(
        "let x = (from o in Order where o.qty > 1 sort o.id).sum(o => o.total)
print(x)",
        "SELECT coalesce(decimal_sum(o.total COLLATE decimal), '0') FROM order AS o WHERE (o.qty > ?1)",
        &["1"],
    );
    becomes(
        "let x = (from o in Order select o.total).max()
print(x)",
        "SELECT max(rows.c0 COLLATE decimal) FROM (SELECT o.total AS c0 FROM order AS o) AS rows",
        &[],
    );
    becomes(
        "let x = (from o in Order take 3 select o.qty).sum()
print(x)",
        "SELECT coalesce(sum(rows.c0), 0) FROM (SELECT o.qty AS c0 FROM order AS o LIMIT max(?1, 0)) AS rows",
        &["3"],
    );
    becomes(
        "let x = (from o in Order sort o.id desc select { o.id, o.note }).first()
print(x)",
        "SELECT o.id, o.note FROM order AS o ORDER BY o.id DESC LIMIT 1",
        &[],
    );
    becomes(
        "let x = (from o in Order take 5 select o.id).first()
print(x)",
        "SELECT o.id FROM order AS o LIMIT min(max(?1, 0), 1)",
        &["5"],
    );
    becomes(
        "let x = (from o in Order where o.id == 1 select o.id).one()
print(x)",
        "SELECT o.id FROM order AS o WHERE (o.id = ?1) LIMIT 2",
        &["1"],
    );
    becomes(
        "let x = (from o in Order group by o.status select { s: o.status, n: count() }).first(g => g.n > 2)
print(x)",
        "SELECT rows.c0, rows.c1 FROM (SELECT o.status AS c0, count(*) AS c1 FROM order AS o GROUP BY o.status) AS rows WHERE (rows.c1 > ?1) LIMIT 1",
        &["2"],
    );
    becomes(
        r#"let x = Order.count(o => o.status == "paid")
print(x)"#,
        "SELECT count(*) FROM order AS t WHERE (t.status = ?1)",
        &[r#""paid""#],
    );
    becomes(
        "let x = Order.exists(o => o.note == null)
print(x)",
        "SELECT 1 FROM order AS t WHERE (t.note IS NULL) LIMIT 1",
        &[],
    );
    becomes(
        "let x = Order.avg(o => o.took)
print(x)",
        "SELECT task_duration_avg(t.took) FROM order AS t",
        &[],
    );
}

#[test]
fn a_query_may_read_from_another() {
    becomes(
        "let x = from g in (from o in Order group by o.customer_id select { who: o.customer_id, n: count(), ids: list(o.id) })
  join c in Customer on c.id == g.who
  where g.n > 2
  select { c.name, g.ids }
print(x)",
        "SELECT c.name, g.c2 FROM (SELECT o.customer_id AS c0, count(*) AS c1, task_list(o.id) AS c2 FROM order AS o GROUP BY o.customer_id) AS g JOIN customer AS c ON (c.id = g.c0) WHERE (g.c1 > ?1)",
        &["2"],
    );
    becomes(
        "let x = from t in (from o in Order where o.qty > 1 take 5 select o.total) sort t select t
print(x)",
        "SELECT t.c0 FROM (SELECT o.total AS c0 FROM order AS o WHERE (o.qty > ?1) LIMIT max(?2, 0)) AS t ORDER BY t.c0 COLLATE decimal",
        &["1", "5"],
    );
}

#[test]
fn rows_are_written_in_one_statement() {
    becomes(
        r#"print(update o in Order where o.status == "open" set { total: o.total * 2, note: null, status: "late" })"#,
        "UPDATE order AS o SET total = decimal_mul(o.total, ?2), note = ?3, status = ?4 WHERE (o.status = ?1)",
        &[r#""open""#, "2", "null", r#""late""#],
    );
    becomes(
        "print(delete o in Order where o.qty == 0)",
        "DELETE FROM order AS o WHERE (o.qty = ?1)",
        &["0"],
    );
}

#[test]
fn direct_sql_binds_what_is_in_braces() {
    becomes(
        r#"let day = today()
let x = db.query<{ id: int }>("select id from t where day = {day} and n > {1 + 2}")
print(x)"#,
        "select id from t where day = ?1 and n > ?2",
        &["day", "1 + 2"],
    );
    becomes(
        r#"print(warehouse.execute("delete from t where a = {1}"))"#,
        "delete from t where a = ?1",
        &["1"],
    );
}

#[test]
fn values_that_do_not_depend_on_the_row_are_bound_whole() {
    becomes(
        "let x = from o in Order where o.qty > 1 select { a: o.tags, b: o.extra, c: [1, 2], d: { e: o.id } }
print(x)",
        "SELECT o.tags, o.extra, ?2, o.id FROM order AS o WHERE (o.qty > ?1)",
        &["1", "[1, 2]"],
    );
}

#[test]
fn results_have_the_types_of_what_is_selected() {
    for (text, wanted) in [
        ("from o in Order where o.qty > 1", "[Order]"),
        ("from o in Order where o.qty > 1 select o.note", "[text?]"),
        ("from o in Order where o.note != null select o.note", "[text]"),
        (
            "from o in Order left join c in Customer on c.id == o.customer_id where o.qty > 1 select { c }",
            "[{ c: Customer? }]",
        ),
        (
            "from o in Order left join c in Customer on c.id == o.customer_id where c != null select c",
            "[Customer]",
        ),
        (
            "from o in Order group by o.qty select { o.qty, n: count(), m: avg(o.qty) }",
            "[{ qty: int, n: int, m: decimal }]",
        ),
        (
            "from o in Order group by o.qty select { a: list(o.note), b: max(o.note) }",
            "[{ a: [text], b: text? }]",
        ),
        ("(from o in Order where o.qty > 1).first()", "Order?"),
        ("(from o in Order select o.note).first()", "text?"),
        ("(from o in Order where o.qty > 1).one()", "Order"),
        ("Order.sum(o => o.total)", "decimal"),
        ("Order.avg(o => o.qty)", "decimal?"),
        ("Order.min(o => o.placed_at)", "time?"),
        ("Order.exists()", "bool"),
        ("Order.get(1)", "Order?"),
        ("Customer.get(email: \"a\")", "Customer?"),
        ("Order.delete(1)", "bool"),
        ("db.query<{ id: int }>(\"select 1 as id\")", "[{ id: int }]"),
        ("db.query(\"select 1 as id\")", "[json]"),
        ("warehouse.query<int>(\"select 1\")", "[int]"),
    ] {
        assert_eq!(type_of_last(&format!("{SHOP}let x = {text}\nprint(x)")), wanted, "of {text}");
    }
}

#[test]
fn what_a_database_cannot_evaluate_is_said() {
    finds(
        "fn big(n: decimal) -> bool { return n > 3 }\nfor o in Order where big(o.total) { print(o.id) }",
        &["not-in-sql at `big`"],
    );
    for (condition, found) in [
        ("o.status.slug() == \"x\"", "not-in-sql at `o.status.slug`"),
        ("o.extra == 3", "not-in-sql at `o.extra == 3`"),
        ("o.extra.a == null", "not-in-sql at `o.extra.a`"),
        ("o.tags.contains(\"x\")", "not-in-sql at `o.tags.contains(\"x\")`"),
        ("o.note.length() > 3", "maybe-null at `o.note`"),
        ("o.totl > 3", "unknown-column at `totl`"),
        ("o.total", "wrong-type at `o.total`"),
        ("count() > 3", "misplaced at `count`"),
    ] {
        finds(&format!("for o in Order where {condition} {{ print(o.id) }}"), &[found]);
    }
    for (query, found) in [
        ("from o in Oder where o.id == 1", "unknown-table at `Oder`"),
        ("from o in Order take o.qty", "not-in-sql at `o.qty`"),
        ("from o in Order take 3 select o.extra.a", "not-in-sql at `o.extra.a`"),
        ("from o in Order take 3 select \"{o.placed_at}\"", "not-in-sql at `o.placed_at`"),
        ("from o in Order join y in [1] on y == o.id take 3", "not-in-sql at `[1]`"),
        ("from y in [1] join o in Order on y == o.id", "not-in-sql at `[1]`"),
        ("from o in Order join l in Log on l.line == o.note take 3", "not-in-sql at `Log`"),
    ] {
        finds(&format!("let x = {query}\nprint(x)"), &[found]);
    }
    finds(
        "fn f(o: Order) -> bool { return o.id > 1 }\nprint(Order.count(f))",
        &["not-in-sql at `f`"],
    );
}

#[test]
fn clauses_keep_their_order_and_groups_their_rules() {
    for (query, found) in [
        ("take 3 where o.qty > 1 select o.id", "misplaced at `where`"),
        ("sort o.id sort o.qty take 3", "misplaced at `sort`"),
        ("sort o.tags take 3", "wrong-type at `o.tags`"),
        ("group by o.status select { o.status, t: o.total }", "not-grouped at `o.total`"),
        ("group by o.status", "not-grouped at `group by`"),
        ("group by o.status select { t: sum(o.note) }", "wrong-type at `o.note`"),
        ("group by o.status select { t: sum(distinct o.qty) }", "wrong-arguments at `distinct`"),
        ("group by o.status select { t: sum() }", "missing-argument at `sum`"),
        ("group by o.status select { t: max(o.extra) }", "wrong-type at `o.extra`"),
    ] {
        finds(&format!("let x = from o in Order {query}\nprint(x)"), &[found]);
    }
    fine(
        "let xs = [{ a: 1, b: \"x\" }]\n\
         let y = from x in xs where x.a > 0 group by x.b select { b: x.b, n: count() }\nprint(y)",
    );
}

#[test]
fn what_gathers_rows_is_checked() {
    finds("print(Order.sum())", &["missing-argument at `Order.sum`"]);
    finds("print(Order.sum(o => o.note))", &["wrong-type at `o.note`"]);
    finds("print(Order.count(o => o.qty))", &["wrong-type at `o.qty`"]);
    finds("print(Order.map(o => o.id))", &["unknown-method at `map`"]);
    finds("print(count())", &["unknown-function at `count`"]);
}

#[test]
fn set_based_writes_are_checked() {
    finds("delete o in Order", &["delete-all at `delete o in Order`"]);
    finds("delete o in Order where true", &[]);
    finds("update o in Order set { totl: 1 }", &["unknown-column at `totl`"]);
    finds("update o in Order set { total: \"x\" }", &["wrong-type at `\"x\"`"]);
    finds("update o in Order set {}", &["missing-fields at `{}`"]);
    finds("let xs = [1]\nupdate o in xs set { a: 1 }", &["unknown-table at `xs`"]);
}

#[test]
fn a_statement_is_written_in_its_place() {
    finds("let sql = \"select 1\"\nprint(db.execute(sql))", &["text-as-sql at `sql`"]);
    finds(
        "let name = \"x\"\nprint(db.execute(\"delete from t where name = '{name}'\"))",
        &["bad-sql at `name`"],
    );
    finds(
        "print(db.execute(\"delete from t where k = {secret.API_KEY}\"))",
        &["secret-leak at `secret.API_KEY`"],
    );
    finds("print(db.qery(\"select 1\"))", &["unknown-function at `qery`"]);
    finds("print(db.query<error>(\"select 1\"))", &["wrong-type at `error`"]);
}

#[test]
fn what_a_loop_repeats_is_pointed_out_where_once_would_do() {
    let each = |body: &str| format!("for o in Order take 5 {{ {body} }}");
    finds(
        &each("print(Customer.get(o.customer_id)?.name ?? \"\")"),
        &["query-in-loop at `Customer.get(o.customer_id)`"],
    );
    finds(
        &each("Order.update(o.id, { qty: 1 })"),
        &["write-in-loop at `Order.update(o.id, { qty: 1 })`"],
    );
    finds(&format!("transaction {{ {} }}", each("Order.update(o.id, { qty: 1 })")), &[]);
    finds(
        &each(
            "mail.send(to: \"a@b.c\", subject: \"x\", text: \"x\")\nOrder.update(o.id, { qty: 1 })",
        ),
        &[],
    );
    finds("let all = from o in Order\nprint(all)", &["whole-table at `from o in Order`"]);
    finds("for o in Order { print(o.id) }", &[]);
    finds("print((from o in Order).count())", &[]);
}
