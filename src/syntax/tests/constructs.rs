//! Each construct by itself: what the tree says, written shortly.

use super::{findings, parsed};
use crate::syntax::tree::{
    ClauseKind, Expr, ExprKind, FnBody, HeaderPart, Item, LetTarget, PatternKind, Stmt, StmtKind,
    TableMember, TestStmt, TextPart, TypeExprKind,
};

/// The value of `let x = …`.
fn value(text: &str) -> Expr {
    let text = format!("let x = {text}");
    assert_eq!(findings(&text), [""; 0], "{text}");
    match parsed(&text).tree.items.remove(0) {
        Item::Stmt(Stmt { kind: StmtKind::Let(it), .. }) => it.value,
        other => panic!("{text}: {other:?}"),
    }
}

fn only_item(text: &str) -> Item {
    assert_eq!(findings(text), [""; 0], "{text}");
    let mut items = parsed(text).tree.items;
    assert_eq!(items.len(), 1, "{items:?}");
    items.remove(0)
}

fn only_stmt(text: &str) -> StmtKind {
    match only_item(text) {
        Item::Stmt(it) => it.kind,
        other => panic!("{text}: {other:?}"),
    }
}

/// An expression with brackets around every operation.
fn shape(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Int(n) => n.to_string(),
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Null => "null".to_owned(),
        ExprKind::Text(it) => {
            let part = |part: &TextPart| match part {
                TextPart::Literal(text, _) => format!("{text:?}"),
                TextPart::Hole(hole) => shape(hole),
            };
            it.parts.iter().map(part).collect::<Vec<_>>().join(" ")
        }
        ExprKind::Unary(op, inner) => format!("({op:?} {})", shape(inner)),
        ExprKind::Binary(it) => format!("({} {:?} {})", shape(&it.left), it.op, shape(&it.right)),
        ExprKind::Range(it) => {
            let end = |it: &Option<Expr>| it.as_ref().map(shape).unwrap_or_default();
            format!("({}..{}{})", end(&it.from), if it.inclusive { "=" } else { "" }, end(&it.to))
        }
        ExprKind::Field(it) => {
            format!("{}{}{}", shape(&it.base), if it.optional { "?." } else { "." }, it.name.text)
        }
        ExprKind::Call(it) => {
            let args: Vec<_> = it
                .args
                .iter()
                .map(|arg| match &arg.name {
                    Some(name) => format!("{}: {}", name.text, shape(&arg.value)),
                    None => shape(&arg.value),
                })
                .collect();
            format!("{}<{}>({})", shape(&it.callee), it.type_args.len(), args.join(", "))
        }
        ExprKind::Index(base, index) => format!("{}[{}]", shape(base), shape(index)),
        ExprKind::As(value, _) => format!("({} as)", shape(value)),
        ExprKind::Fail(inner) => format!("(fail {})", shape(inner)),
        ExprKind::Closure(it) => format!("({} => {})", it.params.len(), shape(&it.body)),
        ExprKind::Try(it) => format!("(try {} else {})", shape(&it.body), shape(&it.fallback)),
        ExprKind::Record(parts) => format!("record{}", parts.len()),
        ExprKind::Block(block) => format!("block{}", block.stmts.len()),
        ExprKind::List(items) => {
            format!("[{}]", items.iter().map(shape).collect::<Vec<_>>().join(", "))
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn operators_bind_as_the_reference_says() {
    for (text, expected) in [
        ("a ?? b or c and not d == e", "(a Default (b Or (c And (Not (d Equal e)))))"),
        ("a + b * c - d", "((a Add (b Multiply c)) Subtract d)"),
        ("a == 1..n + 1", "(a Equal (1..(n Add 1)))"),
        ("-a.b", "(Negate a.b)"),
        ("-x as T", "(Negate (x as))"),
        ("a div b % c", "((a IntDivide b) Remainder c)"),
        ("k in m and a >= b", "((k In m) And (a GreaterEqual b))"),
        ("a ?? b ?? c", "((a Default b) Default c)"),
        ("a - -b", "(a Subtract (Negate b))"),
        ("x ?? fail a + b", "(x Default (fail (a Add b)))"),
        ("try f(x) else y ?? z", "(try f<0>(x) else (y Default z))"),
    ] {
        assert_eq!(shape(&value(text)), expected, "{text}");
    }
}

#[test]
fn things_are_attached_from_left_to_right() {
    for (text, expected) in [
        ("a?.b.c(1, n: 2)[0]", "a?.b.c<0>(1, n: 2)[0]"),
        ("json.parse<Row>(t)", "json.parse<1>(t)"),
        ("f<T, [text: int]>(x)", "f<2>(x)"),
        ("a < b", "(a Less b)"),
        ("xs[1..-1]", "xs[(1..(Negate 1))]"),
        ("xs[..n]", "xs[(..n)]"),
        ("xs[2..]", "xs[(2..)]"),
        ("o.type.from", "o.type.from"),
        ("today(in: z)", "today<0>(in: z)"),
        ("count(distinct o.id)", "count<0>(distinct: o.id)"),
    ] {
        assert_eq!(shape(&value(text)), expected, "{text}");
    }
}

#[test]
fn braces_behind_an_arrow_are_blocks_unless_clearly_records() {
    for (text, expected) in [
        ("x => { a: 1 }", "(1 => record1)"),
        ("x => { a, b }", "(1 => record2)"),
        ("x => { ...a }", "(1 => record1)"),
        ("x => { a }", "(1 => block1)"),
        ("x => {}", "(1 => block0)"),
        ("() => a", "(0 => a)"),
        ("(a, b: int) => a + b", "(2 => (a Add b))"),
        ("x => y => z", "(1 => (1 => z))"),
        ("f(x => x, 1)", "f<0>((1 => x), 1)"),
    ] {
        assert_eq!(shape(&value(text)), expected, "{text}");
    }
}

#[test]
fn lines_go_on_where_the_reference_says() {
    let count = |text: &str| {
        assert_eq!(findings(text), [""; 0], "{text}");
        parsed(text).tree.items.len()
    };
    for one in [
        "a(\n  1,\n  2\n)",
        "let x =\n  1",
        "let x = a +\n  b",
        "a\n  .b()",
        "a\n  ?.b()",
        "let x = a\n  ?? b",
        "let x = a\n  and b",
        "let x = a\n  or b",
        "let x = a\n  * b",
        "let x = a\n  == b",
        "let x = a\n  in b",
        "let x = a\n  as T",
        "if a { b() }\nelse { c() }",
        "try { a() }\ncatch { b() }",
        "let x = (a\n  - b)",
        "let x = from o in T\n  where o.a\n  sort o.b\n  take 3",
        "tags \"a\",\n  \"b\"",
        "let x = a\n  div b",
    ] {
        assert_eq!(count(one), 1, "{one}");
    }
    for two in [
        "let x = a\n-b",
        "let x = a\n(b)",
        "let x = a\n[b]",
        "return\na()",
        "let x = a\ndiv = 1",
        "f()\n\n// c\n\ng()",
    ] {
        assert_eq!(count(two), 2, "{two}");
    }
}

#[test]
fn statements_may_share_a_line_only_in_a_block_of_one_line() {
    assert_eq!(findings("let f = x => { let y = x  y }"), [""; 0]);
    assert_eq!(findings("if a { b() c() }"), [""; 0]);
    assert_eq!(findings("let x = a b"), ["misplaced: `b` cannot stand here"]);
    assert_eq!(findings("if a {\n  b() c()\n}"), ["misplaced: `c` cannot stand here"]);
}

#[test]
fn texts_resolve_escapes_and_holes() {
    let parts = |text: &str| shape(&value(text));
    assert_eq!(parts(r#""Hi {name}, {n + 1}\n""#), r#""Hi " name ", " (n Add 1) "\n""#);
    assert_eq!(parts(r#""\{\}\t\\\"\u{1F600}""#), r#""{}\t\\\"😀""#);
    assert_eq!(parts(r#""{f("x {y}")}""#), r#"f<0>("x " y)"#);
    assert_eq!(parts(r#"r"\d{2}""#), r#""\\d{2}""#);
    assert_eq!(parts("\"\""), "");
}

#[test]
fn block_texts_lose_their_indentation() {
    let literal = |text: &str| match value(text).kind {
        ExprKind::Text(it) => it
            .parts
            .iter()
            .map(|part| match part {
                TextPart::Literal(text, _) => text.to_string(),
                TextPart::Hole(hole) => format!("<{}>", shape(hole)),
            })
            .collect::<String>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(literal("\"\"\"\n    a\n      b\n\n    c\n    \"\"\""), "a\n  b\n\nc\n");
    assert_eq!(literal("\"\"\"\n  a {x}\n  {y} b\n  \"\"\""), "a <x>\n<y> b\n");
    assert_eq!(literal("\"\"\"one line\"\"\""), "one line");
    assert_eq!(literal("\"\"\"\n  a\\n\\{\n  \"\"\""), "a\n{\n");
    assert_eq!(literal("\"\"\"\n    a\n  \"\"\""), "  a\n");
}

#[test]
fn numbers_are_read() {
    for (text, expected) in [
        ("1_000", ExprKind::Int(1000)),
        ("0xff", ExprKind::Int(255)),
        ("0b1010", ExprKind::Int(10)),
        ("9223372036854775808", ExprKind::Int(1 << 63)),
        ("12.50", ExprKind::Decimal("12.50".into())),
        ("2.5e3", ExprKind::Float(2500.0)),
        ("1h30m", ExprKind::Duration(5_400_000_000)),
        ("500ms", ExprKind::Duration(500_000)),
        ("256MB", ExprKind::Size(256 << 20)),
        ("@2026-03-29", ExprKind::Date("2026-03-29".into())),
        (
            "@2026-03-29T09:00[Europe/Berlin]",
            ExprKind::Time("2026-03-29T09:00[Europe/Berlin]".into()),
        ),
    ] {
        assert_eq!(value(text).kind, expected, "{text}");
    }
}

#[test]
fn headers_are_words_and_values() {
    let Item::Header(it) =
        only_item("schedule every 1h from @2026-01-01 except @2026-12-25, @2026-12-26")
    else {
        panic!()
    };
    let parts: Vec<_> = it
        .parts
        .iter()
        .map(|part| match part {
            HeaderPart::Word(word) => word.text.to_string(),
            HeaderPart::Value(_) => "value".to_owned(),
            HeaderPart::Comma(_) => ",".to_owned(),
            HeaderPart::Block(_) => "block".to_owned(),
        })
        .collect();
    assert_eq!(parts.join(" "), "every value from value except value , value");
    assert!(matches!(only_item("on failure {\n}"), Item::Header(_)));
    assert!(matches!(only_item("missed none"), Item::Header(_)));
    assert!(matches!(only_item("update o in T set { a: 1 }"), Item::Stmt(_)));
    assert!(matches!(only_item("keep n: int = 0"), Item::Keep(_)));
    assert!(matches!(only_item("keep = 1"), Item::Stmt(_)));
}

#[test]
fn arms_hold_patterns_guards_and_assignments() {
    let StmtKind::Expr(Expr { kind: ExprKind::Match(it), .. }) = only_stmt(
        "match s {\n  \"a\", -1 => f()\n  1..=3 if ready => n += 1\n  { code: \"x\", data } => g()\n  else => {}\n}",
    ) else {
        panic!()
    };
    let kinds: Vec<_> =
        it.arms.iter().map(|arm| (arm.patterns.len(), arm.guard.is_some())).collect();
    assert_eq!(kinds, [(2, false), (1, true), (1, false), (0, false)]);
    assert!(matches!(it.arms[1].patterns[0].kind, PatternKind::Range(_)));
    assert!(matches!(&it.arms[1].body.kind, ExprKind::Block(block) if block.stmts.len() == 1));
    assert!(
        matches!(&it.arms[2].patterns[0].kind, PatternKind::Record(fields) if fields.len() == 2)
    );
}

#[test]
fn loops_take_clauses_and_limits() {
    let StmtKind::For(it) = only_stmt("for i, o in Order where o.paid take 3 { f(o) }") else {
        panic!()
    };
    assert!(it.index.is_some() && matches!(it.iter.kind, ExprKind::Query(_)));
    let StmtKind::For(it) = only_stmt("parallel for c in cs limit 8 { f(c) }") else { panic!() };
    assert!(it.parallel && it.limit.is_some() && matches!(it.iter.kind, ExprKind::Name(_)));
    let ExprKind::Query(it) = value("parallel from u in us limit 8 select f(u)").kind else {
        panic!()
    };
    assert!(it.parallel && matches!(it.clauses[0].kind, ClauseKind::Limit(_)));
}

#[test]
fn tables_have_columns_marks_and_indexes() {
    let Item::Table(it) = only_item(
        "table Order in w as \"orders\" {\n  id: int key auto\n  /// Who.\n  by: int -> Customer cascade = 1\n  type: text? as \"t\"\n  index (by, type)\n}",
    ) else {
        panic!()
    };
    assert_eq!(it.database_name.as_ref().map(|it| it.text.as_str()), Some("orders"));
    let TableMember::Column(by) = &it.members[1] else { panic!() };
    assert_eq!((by.docs.as_deref(), by.marks.len(), by.default.is_some()), (Some("Who."), 2, true));
    assert!(matches!(&it.members[3], TableMember::Index(index) if index.columns.len() == 2));
}

#[test]
fn functions_have_a_body_or_words() {
    let Item::Fn(it) =
        only_item("/// Doc.\nfn f<T>(self: [T], in: text = \"UTC\") -> T? = observe http")
    else {
        panic!()
    };
    assert_eq!((it.docs.as_deref(), it.type_params.len(), it.params.len()), (Some("Doc."), 1, 2));
    assert!(matches!(it.body, FnBody::Native(words) if words.len() == 2));
    let Item::Type(it) = only_item("type T = fn([int], { a: \"x\" | \"y\" }) -> s.Order?") else {
        panic!()
    };
    assert!(matches!(it.ty.kind, TypeExprKind::Fn(params, Some(_)) if params.len() == 2));
}

#[test]
fn docs_at_the_top_describe_the_task_unless_a_declaration_follows() {
    let docs = |text: &str| parsed(text).tree.docs.map(String::from);
    assert_eq!(docs("/// A.\n/// B.\ntimeout 1m").as_deref(), Some("A.\nB."));
    assert_eq!(docs("/// A.\n\nfn f() {}").as_deref(), Some("A."));
    assert_eq!(docs("/// A.\nfn f() {}"), None);
}

#[test]
fn words_of_tests_are_names_elsewhere() {
    let Item::Test(it) = only_item(
        "test \"t\" {\n  at @2026-01-01\n  stub http url => 1\n  expect (a)\n  at.f()\n}",
    ) else {
        panic!()
    };
    let tests = it.body.stmts.iter().filter(|it| matches!(it.kind, StmtKind::Test(_))).count();
    assert_eq!(tests, 3);
    assert!(
        matches!(&it.body.stmts[1].kind, StmtKind::Test(TestStmt::Stub { args, .. }) if args.len() == 1)
    );
    assert!(matches!(only_stmt("expect(a)"), StmtKind::Expr(_)));
}

#[test]
fn what_is_named_stays_known_where_its_value_is_missing() {
    let found = parsed("let total =\nprint(total)");
    assert_eq!(found.diagnostics.len(), 1);
    assert_eq!(found.diagnostics[0].title, "`total` has no value yet");
    let [Item::Stmt(first), Item::Stmt(second)] = &found.tree.items[..] else { panic!() };
    assert!(matches!(&first.kind, StmtKind::Let(it) if matches!(it.target, LetTarget::Name(_))));
    assert!(matches!(second.kind, StmtKind::Expr(_)));
}
