//! Databases on disk from run to run: declarations that change, rows that stay, what is refused.

use std::path::Path;

use crate::support::{Folder, stderr, stdout, taskc};

/// What a task prints that is written with these lines; its database is that of the folder.
fn run(folder: &Folder, text: &str) -> String {
    folder.write("it.task", text);
    let output = taskc(folder.path()).args(["run", "it.task"]).output().unwrap();
    assert!(output.status.success(), "{text}\n{}", stderr(&output));
    stdout(&output)
}

/// What is said about a task that fails.
fn failure(folder: &Folder, text: &str) -> String {
    folder.write("it.task", text);
    let output = taskc(folder.path()).args(["run", "it.task"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    stderr(&output)
}

fn two_customers() -> Folder {
    let folder = Folder::new();
    let text = "table Customer { id: int key auto\n name: text }\n\
                Customer.insert_all([{ name: \"Ada\" }, { name: \"Grace\" }])\nprint(Customer.count())\n";
    assert_eq!(run(&folder, text), "2\n");
    folder
}

#[test]
fn rows_are_there_in_the_next_run() {
    let folder = two_customers();
    let text = "table Customer { id: int key auto\n name: text }\nfor c in Customer sort c.id { print(\"{c.id} {c.name}\") }\n";
    assert_eq!(run(&folder, text), "1 Ada\n2 Grace\n");
}

#[test]
fn new_columns_hold_their_defaults_in_the_rows_that_are_there() {
    let folder = two_customers();
    let text = "table Customer { id: int key auto\n name: text\n active: bool = true\n score: decimal = 1.50\n note: text?\n tags: [text] = []\n seen: time = now() }\n\
                for c in Customer sort c.id { print(\"{c.name} {c.active} {c.score} {c.note} {c.tags} {c.seen <= now()}\") }\n\
                print(Customer.insert({ name: \"Cy\", active: false }).active)\n";
    assert_eq!(
        run(&folder, text),
        "Ada true 1.50 null [] true\nGrace true 1.50 null [] true\nfalse\n"
    );
}

#[test]
fn a_new_column_without_a_value_for_the_rows_that_are_there_is_refused() {
    let folder = two_customers();
    let text =
        "table Customer { id: int key auto\n name: text\n email: text }\nprint(Customer.count())\n";
    let said = failure(&folder, text);
    assert!(said.contains("`Customer.email`"), "{said}");
    assert!(said.contains("give it a default or mark it `?`"), "{said}");
}

#[test]
fn a_new_column_needs_no_default_where_there_are_no_rows() {
    let folder = two_customers();
    run(&folder, "table Customer { id: int key auto\n name: text }\nCustomer.truncate()\n");
    let text = "table Customer { id: int key auto\n name: text\n email: text }\nprint(Customer.insert({ name: \"Ada\", email: \"a@x.org\" }).email)\n";
    assert_eq!(run(&folder, text), "a@x.org\n");
}

#[test]
fn a_column_that_is_declared_no_more_stays_and_may_be_left_out() {
    let folder = Folder::new();
    let before = "table Row { id: int key\n a: text?\n b: int = 7 }\nprint(Row.insert({ id: 1, a: \"x\" }))\n";
    assert_eq!(run(&folder, before), "{ id: 1, a: \"x\", b: 7 }\n");
    assert_eq!(
        run(&folder, "table Row { id: int key\n b: int }\nprint(Row.insert({ id: 2, b: 3 }))\n"),
        "{ id: 2, b: 3 }\n"
    );
    let all = "table Row { id: int key\n a: text?\n b: int }\nprint(from r in Row sort r.id take 9 select { r.a, r.b })\n";
    assert_eq!(run(&folder, all), "[{ a: \"x\", b: 7 }, { a: null, b: 3 }]\n");
}

#[test]
fn a_column_that_the_database_demands_has_to_be_declared() {
    let folder = two_customers();
    let said = failure(&folder, "table Customer { id: int key auto }\nprint(Customer.count())\n");
    assert!(
        said.contains("demands a value for the column `name`, which is not declared"),
        "{said}"
    );
}

#[test]
fn a_column_of_another_type_is_refused() {
    let folder = two_customers();
    let said = failure(
        &folder,
        "table Customer { id: int key auto\n name: int }\nprint(Customer.count())\n",
    );
    assert!(
        said.contains(
            "`Customer.name`: declared as `int`, and the database's column is of type `TEXT`"
        ),
        "{said}"
    );
}

#[test]
fn a_column_that_the_database_keeps_full_is_not_optional() {
    let folder = two_customers();
    let said = failure(
        &folder,
        "table Customer { id: int key auto\n name: text? }\nprint(Customer.count())\n",
    );
    assert!(said.contains("`Customer.name`"), "{said}");
}

#[test]
fn a_unique_mark_is_added_where_the_rows_allow_it() {
    let folder = two_customers();
    let unique = "table Customer { id: int key auto\n name: text unique }\n";
    assert_eq!(run(&folder, &format!("{unique}print(Customer.get(name: \"Grace\")?.id)\n")), "2\n");
    let said = failure(&folder, &format!("{unique}Customer.insert({{ name: \"Ada\" }})\n"));
    assert!(
        said.contains("error[unique]: another row of `Customer` has the same `name`"),
        "{said}"
    );
}

#[test]
fn a_unique_mark_that_rows_contradict_is_refused() {
    let folder = two_customers();
    run(
        &folder,
        "table Customer { id: int key auto\n name: text }\nCustomer.insert({ name: \"Ada\" })\n",
    );
    let said = failure(
        &folder,
        "table Customer { id: int key auto\n name: text unique }\nprint(Customer.count())\n",
    );
    assert!(said.contains("error[unique]"), "{said}");
    let text = "table Customer { id: int key auto\n name: text }\nprint(Customer.count())\n";
    assert_eq!(run(&folder, text), "3\n");
}

#[test]
fn indexes_are_added_and_used() {
    let folder = two_customers();
    let text = "table Customer { id: int key auto\n name: text\n index (name, id) }\nprint(Customer.count(c => c.name == \"Ada\"))\n\
                print(db.query<{ detail: text }>(\"explain query plan select id from customer where name = {\"Ada\"}\"))\n";
    let said = run(&folder, text);
    assert!(said.contains("USING COVERING INDEX") && said.contains("name=?"), "{said}");
}

#[test]
fn a_table_and_its_reference_are_added_to_those_that_are_there() {
    let folder = two_customers();
    let tables = "table Customer { id: int key auto\n name: text }\ntable Order { id: int key auto\n customer_id: int -> Customer cascade }\n";
    let text = format!(
        "{tables}Order.insert_all([{{ customer_id: 1 }}, {{ customer_id: 2 }}])\nCustomer.delete(1)\nprint(from o in Order take 9 select o.customer_id)\n"
    );
    assert_eq!(run(&folder, &text), "[2]\n");
    let said = failure(&folder, &format!("{tables}Order.insert({{ customer_id: 99 }})\n"));
    assert!(said.contains("error[foreign-key]"), "{said}");
}

#[test]
fn two_tasks_see_the_same_tables_through_a_module() {
    let folder = Folder::new();
    folder.write("shop.task", "table Customer { id: int key auto\n name: text }\n");
    folder.write("add.task", "use shop\nprint(Customer.insert({ name: \"Ada\" }).id)\n");
    let output = taskc(folder.path()).args(["run", "add.task"]).output().unwrap();
    assert_eq!(stdout(&output), "1\n", "{}", stderr(&output));
    assert_eq!(
        run(&folder, "use shop as s\nprint(from c in s.Customer take 1 select c.name)\n"),
        "[\"Ada\"]\n"
    );
}

#[test]
fn what_a_failed_run_wrote_outside_transactions_stays_and_what_it_wrote_inside_does_not() {
    let folder = two_customers();
    let text = "table Customer { id: int key auto\n name: text }\nCustomer.insert({ name: \"kept\" })\n\
                transaction {\n Customer.insert({ name: \"lost\" })\n fail \"stop\"\n}\n";
    assert!(failure(&folder, text).contains("stop"));
    let text = "table Customer { id: int key auto\n name: text }\nprint(from c in Customer sort c.id take 9 select c.name)\n";
    assert_eq!(run(&folder, text), "[\"Ada\", \"Grace\", \"kept\"]\n");
}

/// A database that others made.
fn warehouse(folder: &Folder, definition: &str) {
    let path = folder.path().join("warehouse.db");
    rusqlite::Connection::open(path).unwrap().execute_batch(definition).unwrap();
    folder.write("taskc.toml", "[sources]\nwarehouse = \"sqlite:warehouse.db\"\n");
}

#[test]
fn a_database_of_others_is_read_and_written_and_never_changed_in_its_form() {
    let folder = Folder::new();
    warehouse(
        &folder,
        "create table articles (sku text primary key not null, price numeric not null, made_at text); insert into articles values ('a', '9.50', '2026-01-01 12:00:00')",
    );
    let table = "table Article in warehouse as \"articles\" { sku: text key\n price: decimal\n made_at: time? }\n";
    let text = format!(
        "{table}print(Article.get(\"a\"))\nArticle.insert({{ sku: \"b\", price: 10.25 }})\nprint(Article.sum(a => a.price))\nprint(warehouse.query<text>(\"select sku from articles order by sku\"))\n"
    );
    assert_eq!(
        run(&folder, &text),
        "{ sku: \"a\", price: 9.5, made_at: 2026-01-01T12:00:00Z }\n19.75\n[\"a\", \"b\"]\n"
    );
    let missing = "table Other in warehouse { id: int key }\nprint(Other.count())\n";
    assert!(failure(&folder, missing).contains("no such table: other"));
    assert!(!Path::new(&folder.path().join(".taskc/main.db")).exists());
}

#[test]
fn a_task_may_choose_another_source_for_its_tables() {
    let folder = Folder::new();
    warehouse(&folder, "create table row (id integer primary key not null, n integer not null)");
    let text = "source warehouse\ntable Row { id: int key auto\n n: int }\ntransaction { Row.insert({ n: 5 }) }\nprint(db.query<int>(\"select n from row\"))\n";
    assert_eq!(run(&folder, text), "[5]\n");
}

#[test]
fn a_query_is_one_statement_in_the_listing() {
    let folder = Folder::new();
    let text = "table Row { id: int key\n n: int? }\nlet least = 3\nprint(from r in Row where r.n == least sort r.id take 2 select r.id)\n";
    folder.write("it.task", text);
    let output = taskc(folder.path()).args(["dis", "it.task"]).output().unwrap();
    let listing = stdout(&output);
    let statements: Vec<_> = listing.lines().filter(|it| it.starts_with("statement ")).collect();
    let [statement] = statements.as_slice() else { panic!("{listing}") };
    let lower = statement.to_lowercase();
    assert!(
        lower.contains("select") && lower.contains("limit") && lower.contains("?1"),
        "{statement}"
    );
    assert!(!lower.contains('3'), "{statement}");
}
