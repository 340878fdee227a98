//! Tables: what their declarations keep to, what they are as data, and what may be written into them.

use crate::check::declared::Declared;
use crate::check::testing::{checked, finds, fine, found_in};
use crate::sql::Kind;
use crate::sql::schema::{Default, Literal, Reference, Table};

/// The first table of a file, as data.
fn schema(text: &str) -> Table {
    let (_, checked) = checked(&[("main", text)]);
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    let declared = checked.files[0].declared.iter();
    let mut tables = declared.filter_map(|it| match it {
        Declared::Table(table) => Some(table.schema.as_ref().clone()),
        _ => None,
    });
    tables.next().unwrap()
}

#[test]
fn a_declaration_becomes_a_schema() {
    let table = schema(
        "table OrderLine in warehouse {
          id: int key auto
          order_id: int -> Order cascade as \"order\"
          sku: text unique
          price: decimal?
          tags: [text] = []
          index (order_id, price)
          unique (sku, price)
        }
        table Order as \"orders\" { number: int key as \"no\" }",
    );
    assert_eq!((table.name.as_str(), table.database_name.as_str()), ("OrderLine", "order_line"));
    let names: Vec<_> = table.columns.iter().map(|it| it.database_name.as_str()).collect();
    assert_eq!(names, ["id", "order", "sku", "price", "tags"]);
    let to = Reference { table: "orders".to_owned(), column: "no".to_owned(), cascade: true };
    assert_eq!(table.columns[1].reference, Some(to));
    assert_eq!((table.columns[3].kind, table.columns[3].nullable), (Kind::Decimal, true));
    assert_eq!(table.columns[4].kind, Kind::Json);
    let indexes: Vec<_> = table.all_indexes().iter().map(|it| table.index_name(it)).collect();
    assert_eq!(
        indexes,
        ["order_line_sku_unique", "order_line_order_price_index", "order_line_sku_price_unique"]
    );
}

#[test]
fn defaults_are_known_beforehand() {
    let default = |column: &str| {
        let text = format!("const RATE = 1.5\ntable T {{ id: int\n a: {column} }}");
        schema(&text).columns[1].default.clone().unwrap()
    };
    for (column, wanted) in [
        ("decimal = 0", Literal::Decimal("0".to_owned())),
        ("decimal = -1.50", Literal::Decimal("-1.50".to_owned())),
        ("decimal = RATE", Literal::Decimal("1.5".to_owned())),
        ("float = 2", Literal::Float(2.0)),
        ("bool = true", Literal::Bool(true)),
        ("\"a\" | \"b\" = \"a\"", Literal::Text("a".to_owned())),
        ("duration = 90m", Literal::Duration(5_400_000_000)),
        ("time = @1970-01-01T00:00:01Z", Literal::Time(1_000_000)),
        ("date = @1970-01-03", Literal::Date(2)),
        ("[text] = []", Literal::Json("[]".to_owned())),
        ("text? = null", Literal::Null),
    ] {
        assert_eq!(default(column), Default::Value(wanted), "{column}");
    }
    assert_eq!(default("time = now()"), Default::Now(0));
    assert_eq!(default("time = now() - 1d"), Default::Now(-86_400_000_000));
    let days = |zone: &str, days| Default::Today { zone: zone.to_owned(), days };
    assert_eq!(default("date = today()"), days("UTC", 0));
    assert_eq!(
        default("date = today(in: \"Europe/Berlin\").add_days(14)"),
        days("Europe/Berlin", 14)
    );
    assert_eq!(default("text = uuid.v7()"), Default::Uuid(7));
    finds("table T { id: int\n a: text = \"x\".upper() }", &["bad-column at `\"x\".upper()`"]);
    finds("table T { id: int\n a: int = \"x\" }", &["wrong-type at `\"x\"`"]);
}

#[test]
fn columns_keep_to_what_databases_can_do() {
    for (columns, found) in [
        ("", "bad-column at `T`"),
        ("a: int key\n b: int key", "bad-column at `key`"),
        ("a: int? key", "bad-column at `key`"),
        ("a: float key", "bad-column at `key`"),
        ("a: text key auto", "bad-column at `auto`"),
        ("a: int auto", "bad-column at `auto`"),
        ("a: int key auto = 3", "bad-column at `3`"),
        ("a: secret", "bad-column at `secret`"),
        ("a: fn(int) -> int", "bad-column at `fn(int) -> int`"),
        ("a: json unique", "bad-column at `unique`"),
        ("a: int cascade", "bad-column at `cascade`"),
        ("a: int primary", "bad-column at `primary`"),
        ("a: int\n a: text", "duplicate-name at `a`"),
        ("a: int -> Nowhere", "unknown-table at `Nowhere`"),
        ("a: int -> Keyless", "bad-column at `Keyless`"),
        ("a: text -> Named", "bad-column at `text`"),
        ("a: int\n index (b)", "unknown-column at `b`"),
        ("a: [int]\n index (a)", "bad-column at `a`"),
        ("a: int\n index (a, a)", "duplicate-name at `a`"),
    ] {
        let others = "table Keyless { x: int }\ntable Named { x: int key }\n";
        finds(&format!("{others}table T {{ {columns} }}"), &[found]);
    }
    finds("table T in nowhere { a: int }", &["unknown-source at `nowhere`"]);
    finds(
        "table A as \"t\" { a: int }\ntable B as \"t\" { a: int }",
        &["duplicate-name at `\"t\"`"],
    );
}

#[test]
fn tables_may_refer_to_each_other_and_to_those_of_modules() {
    fine(
        "table A { id: int key\n b: int? -> B\n a: int? -> A }\ntable B { id: int key\n a: int? -> A }",
    );
    let found = found_in(&[
        ("main", "use shop\ntable Log { who: int -> Customer }\nprint(Log.count())"),
        ("shop", "table Customer { id: int key }"),
    ]);
    assert_eq!(found, [""; 0]);
}

const CUSTOMER: &str = "table Customer {
  id: int key auto
  email: text unique
  name: text
  phone: text?
  active: bool = true
}
table Log { line: text }
";

/// Asserts what is found in a task that follows the tables.
#[track_caller]
fn finds_after(text: &str, expected: &[&str]) {
    finds(&format!("{CUSTOMER}{text}"), expected);
}

#[test]
fn rows_are_found_by_key_or_by_what_is_unique() {
    finds_after("print(Customer.get(1))", &[]);
    finds_after("print(Customer.get(email: \"a\"))", &[]);
    finds_after("print(Customer.has(1) and Customer.delete(2))", &[]);
    finds_after("print(Customer.get(\"1\"))", &["wrong-type at `\"1\"`"]);
    finds_after("print(Customer.get(name: \"a\"))", &["wrong-arguments at `name`"]);
    finds_after("print(Customer.get(emial: \"a\"))", &["unknown-column at `emial`"]);
    finds_after("print(Customer.get())", &["missing-argument at `Customer.get`"]);
    finds_after("print(Customer.get(1, 2))", &["wrong-arguments at `2`"]);
    finds_after("print(Log.get(1))", &["wrong-arguments at `Log.get`"]);
    finds_after("print(Customer.fetch(1))", &["unknown-method at `fetch`"]);
}

#[test]
fn a_new_row_has_what_has_no_default() {
    finds_after("Customer.insert({ email: \"a\", name: \"A\" })", &[]);
    finds_after(
        "let c = Customer.insert({ email: \"a\", name: \"A\", active: false })\nprint(c.id)",
        &[],
    );
    finds_after("Customer.insert({ email: \"a\" })", &["missing-fields at `{ email: \"a\" }`"]);
    finds_after("Customer.insert({ email: \"a\", nmae: \"A\" })", &["extra-field at `nmae`"]);
    finds_after("Customer.insert({ email: 1, name: \"A\" })", &["wrong-type at `1`"]);
    finds_after(
        "let row = { email: \"a\", nam: \"A\" }\nCustomer.insert(row)",
        &["extra-field at `row`"],
    );
    finds_after(
        "let row = { email: \"a\", name: 3 }\nCustomer.insert(row)",
        &["wrong-type at `row`"],
    );
    finds_after("Customer.insert(3)", &["wrong-type at `3`"]);
}

#[test]
fn rows_of_one_list_may_leave_out_different_columns() {
    finds_after(
        "print(Customer.insert_all([{ email: \"a\", name: \"A\" }, { email: \"b\", name: \"B\", phone: \"1\" }]))",
        &[],
    );
    finds_after(
        "print(Customer.insert_all([{ email: \"a\", name: \"A\" }, { email: \"b\", name: \"B\", active: true }]))",
        &[],
    );
    finds_after(
        "print(Customer.insert_all([{ email: \"a\", active: true }, { email: \"b\", name: \"B\" }]))",
        &["missing-fields at `{ email: \"a\", active: true }`"],
    );
    finds_after(
        "let rows = [1, 2].map(n => { email: \"{n}\", name: \"A\" })\nprint(Customer.insert_all(rows, on_conflict: \"skip\"))",
        &[],
    );
    finds_after(
        "let rows = [{ email: \"a\", name: \"A\" }]\nprint(Customer.insert_all(rows, on_conflict: \"skp\"))",
        &["wrong-type at `\"skp\"`"],
    );
    finds_after("print(Customer.insert_all(3))", &["wrong-type at `3`"]);
}

#[test]
fn a_change_names_any_columns() {
    finds_after("let c = Customer.update(1, { active: false })\nprint(c.name)", &[]);
    finds_after("Customer.update(1, { activ: false })", &["extra-field at `activ`"]);
    finds_after("Customer.update(1)", &["missing-argument at `Customer.update`"]);
    finds_after("Customer.upsert({ email: \"a\", name: \"A\" }, on: \"email\")", &[]);
    finds_after(
        "Customer.upsert({ email: \"a\", name: \"A\" })",
        &["missing-fields at `{ email: \"a\", name: \"A\" }`"],
    );
    finds_after(
        "Customer.upsert({ email: \"a\", name: \"A\" }, on: \"name\")",
        &["wrong-arguments at `name`"],
    );
    finds_after(
        "let on = \"email\"\nCustomer.upsert({ email: \"a\", name: \"A\" }, on: on)",
        &["wrong-type at `on`"],
    );
}
