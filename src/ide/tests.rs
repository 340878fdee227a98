//! Questions about small programs, with what is answered.

use super::testing::{now, project, task};
use super::*;

const SHOP: &str = "/// What a customer buys.\ntable Order {\n  id: int key auto\n  status: \"open\" | \"paid\" = \"open\"\n  total: decimal\n}\n\n/// With tax.\nfn gross(net: decimal, rate: decimal = 0.19) -> decimal {\n  return net * (1 + rate)\n}\n";

fn hovered(files: &[(&str, &str)]) -> String {
    let (mut ide, file, offset) = project(files);
    hover(&ide.view(file), offset, now()).map(|it| it.text).unwrap_or_default()
}

fn labels(files: &[(&str, &str)]) -> Vec<String> {
    let (mut ide, file, offset) = project(files);
    complete(&mut ide, file, offset).into_iter().map(|it| it.label).collect()
}

#[track_caller]
fn offers(files: &[(&str, &str)], wanted: &[&str]) {
    let found = labels(files);
    for it in wanted {
        assert!(found.iter().any(|label| label == it), "{it} is not among {found:?}");
    }
}

/// The files with a renaming made, or why not.
fn renamed(files: &[(&str, &str)], to: &str) -> Result<Vec<String>, String> {
    let (mut ide, file, offset) = project(files);
    let renaming = rename(&mut ide, file, offset, to).map_err(|it| it.0)?;
    let texts = ide.project().files().iter().map(|it| {
        let own = renaming.edits.iter().filter(|edit| edit.span.file == it.source.id);
        let own: Vec<_> = own.cloned().collect();
        crate::diagnostics::fix::apply(&it.source.text, &own).unwrap()
    });
    Ok(texts.collect())
}

#[test]
fn hover_shows_types_declarations_and_effects() {
    assert!(hovered(&[("it", "let to^tal = 1.5\nprint(total)")]).contains("total: decimal"));
    let call = hovered(&[("shop", SHOP), ("it", "use shop\nprint(gr^oss(1))")]);
    assert!(call.contains("fn gross(net: decimal, rate: decimal = 0.19) -> decimal"), "{call}");
    assert!(call.contains("With tax."), "{call}");
    let sent = hovered(&[("it", "mail.se^nd(to: \"a@b.c\", subject: \"s\", text: \"t\")")]);
    assert!(sent.contains("At most once"), "{sent}");
    let narrowed = hovered(&[("it", "let x = run.previous\nif x != null { print(^x) }")]);
    assert!(narrowed.contains("x: time\n"), "{narrowed}");
    let column = hovered(&[("shop", SHOP), ("it", "use shop\nfor o in Order { print(o.to^tal) }")]);
    assert!(column.contains("total: decimal"), "{column}");
}

#[test]
fn hover_on_a_schedule_tells_it_in_words_and_dates() {
    let text = hovered(&[("it", "schedule \"30 2 ^* * *\" in \"Europe/Prague\"\nprint(1)")]);
    assert!(text.contains("Runs at 02:30 every day, Europe/Prague."), "{text}");
    assert!(text.contains("| 2026-11-24T02:30:00+01:00 | 2026-11-24T01:30:00Z |"), "{text}");
    assert!(text.contains("On 2027-03-28 the clock skips 02:30"), "{text}");
}

#[test]
fn hover_on_a_query_shows_its_statement() {
    let text = hovered(&[
        ("shop", SHOP),
        ("it", "use shop\nlet a = fr^om o in Order where o.total > 3 take 2\nprint(a)"),
    ]);
    assert!(text.contains("```sql\nSELECT") && text.contains("[Order]"), "{text}");
}

#[test]
fn definitions_are_found_across_files() {
    let (mut ide, file, offset) = project(&[("shop", SHOP), ("it", "use shop\nprint(gro^ss(1))")]);
    let (_, to) = definition(&ide.view(file), offset).unwrap();
    let shop = ide.project().module("shop").unwrap();
    assert_eq!((to.file, shop.source.slice(to)), (shop.source.id, "gross"));
}

#[test]
fn references_are_found_in_all_files() {
    let files =
        [("shop", SHOP), ("a", "use shop\nprint(gross(1))"), ("b", "use shop\nprint(2.gr^oss())")];
    let (mut ide, file, offset) = project(&files);
    let view = ide.view_of_all(file);
    assert_eq!(references(&view, offset, true).len(), 3);
    assert_eq!(references(&view, offset, false).len(), 2);
}

#[test]
fn variables_are_renamed_with_everything_that_names_them() {
    let text = "let na^me = \"a\"\nlet row = { name, x: name }\nlet { x } = row\nprint([1].map(n => name), row, x)";
    let new = renamed(&[("it", text)], "label").unwrap();
    assert_eq!(
        new[0],
        "let label = \"a\"\nlet row = { name: label, x: label }\nlet { x } = row\nprint([1].map(n => label), row, x)"
    );
    let new = renamed(&[("it", "let { x^ } = { x: 1 }\nprint(x)")], "y").unwrap();
    assert_eq!(new[0], "let { x: y } = { x: 1 }\nprint(y)");
}

#[test]
fn functions_parameters_and_tables_are_renamed_in_every_file() {
    let user = "use shop\nlet o = Order.get(1)\nprint(gross(1, rate: 0.07), o)";
    let marked = SHOP.replace("rate: decimal =", "ra^te: decimal =");
    let new = renamed(&[("shop", &marked), ("it", user)], "tax").unwrap();
    assert!(new[0].contains("tax: decimal = 0.19") && new[0].contains("(1 + tax)"), "{}", new[0]);
    assert!(new[1].contains("gross(1, tax: 0.07)"), "{}", new[1]);
    let marked = SHOP.replace("table Order", "table O^rder");
    let new = renamed(&[("shop", &marked), ("it", user)], "Purchase").unwrap();
    assert!(new[0].contains("table Purchase as \"order\" {"), "{}", new[0]);
    assert!(new[1].contains("Purchase.get(1)"), "{}", new[1]);
}

#[test]
fn a_renamed_column_keeps_its_name_in_the_database() {
    let marked = SHOP.replace("  total: decimal", "  to^tal: decimal");
    let user = "use shop\nlet total = 3\nOrder.insert({ total })\nupdate o in Order where o.total > 1 set { total: o.total * 2 }\nfor o in Order sort o.total { print(o.total) }";
    let new = renamed(&[("shop", &marked), ("it", user)], "amount").unwrap();
    assert!(new[0].contains("amount: decimal as \"total\""), "{}", new[0]);
    assert_eq!(
        new[1],
        "use shop\nlet total = 3\nOrder.insert({ amount: total })\nupdate o in Order where o.amount > 1 set { amount: o.amount * 2 }\nfor o in Order sort o.amount { print(o.amount) }"
    );
}

#[test]
fn a_renaming_that_would_change_the_meaning_is_refused() {
    let shadowed = "let a = 1\nlet f = b^b => a + bb\nprint(f(2))";
    assert!(renamed(&[("it", shadowed)], "a").is_err());
    let taken = "fn f() -> int { return 1 }\nfn g^() -> int { return 2 }\nprint(f() + g())";
    assert!(renamed(&[("it", taken)], "f").unwrap_err().contains("error"));
    let why = |text: &str, to: &str| renamed(&[("it", text)], to).unwrap_err();
    assert_eq!(why("let a^ = 1\nprint(a)", "while"), "`while` is a word of the language");
    assert!(why("let a^ = 1\nprint(a)", "1a").contains("is no name"));
    assert_eq!(why("pr^int(1)", "say"), "this belongs to the library");
    assert!(why("pri^nt(missing)", "x").contains("library"));
}

#[test]
fn behind_a_dot_come_fields_and_methods_even_in_broken_code() {
    offers(&[("it", "let t = \"a\"\nlet n = t.^\nprint(n")], &["upper", "trim", "split"]);
    offers(
        &[("shop", SHOP), ("it", "use shop\nfor o in Order { print(o.^) }")],
        &["id", "total", "status"],
    );
    offers(&[("it", "http.^")], &["get", "post"]);
    offers(&[("it", "print(run.^)")], &["due", "previous"]);
    offers(&[("shop", SHOP), ("it", "use shop\nlet a = Order.^")], &["insert", "get", "count"]);
    offers(&[("it", "fn twice(n: int) -> int { return n * 2 }\nprint(3.tw^)")], &["twice"]);
    let fields = labels(&[("shop", SHOP), ("it", "use shop\nlet o = Order.get(1)\nprint(o?.^")]);
    assert!(fields.contains(&"total".to_owned()), "{fields:?}");
}

#[test]
fn names_come_from_where_they_are_seen() {
    offers(
        &[("it", "let outer = 1\nfor item in [1] {\n  let inner = item\n  print(^)\n}")],
        &["outer", "item", "inner", "print"],
    );
    let in_fn =
        labels(&[("it", "let outer = 1\nfn f(arg: int) -> int {\n  return ^\n}\nprint(f(outer))")]);
    assert!(in_fn.contains(&"arg".to_owned()) && !in_fn.contains(&"outer".to_owned()), "{in_fn:?}");
    offers(&[("it", "print([1, 2].map(number => ^))")], &["number"]);
    offers(&[("shop", SHOP), ("it", "use shop\nlet a = from order in Order where ^")], &["order"]);
    assert!(!labels(&[("it", "let x = ^x\nprint(1)")]).contains(&"zzcursor".to_owned()));
}

#[test]
fn lines_begin_with_headers_declarations_and_statements() {
    offers(&[("it", "^")], &["schedule", "retry", "table", "fn", "for", "let"]);
    let inside = labels(&[("it", "if true {\n  ^\n}")]);
    assert!(inside.contains(&"for".to_owned()) && !inside.contains(&"schedule".to_owned()));
    offers(&[("it", "overlap ^")], &["skip", "queue", "replace", "allow"]);
    offers(&[("it", "schedule \"0 7 * * *\" ^")], &["in", "from", "until", "except"]);
    offers(&[("shop", SHOP), ("it", "use ^")], &["shop"]);
    assert!(labels(&[("it", "let na^")]).is_empty());
    assert!(labels(&[("it", "// a comm^")]).is_empty());
}

#[test]
fn texts_are_completed_by_what_they_stand_for() {
    offers(&[("it", "schedule \"0 7 * * *\" in \"Europe/^\"")], &["Europe/Berlin"]);
    offers(&[("it", "schedule \"^\"")], &["0 7 * * mon-fri"]);
    offers(&[("it", "print(today(in: \"^\"))")], &["Asia/Tokyo"]);
    offers(
        &[("shop", SHOP), ("it", "use shop\nfor o in Order { if o.status == \"^\" { print(o) } }")],
        &["open", "paid"],
    );
    offers(
        &[("shop", SHOP), ("it", "use shop\nOrder.insert({ total: 1, status: \"^\" })")],
        &["paid"],
    );
}

#[test]
fn heads_are_completed_before_they_have_a_body() {
    for text in
        ["use shop\nfor o in Order where o.^", "use shop\nfor o in Order where o.^\nprint(1)\n"]
    {
        offers(&[("shop", SHOP), ("it", text)], &["status", "total"]);
    }
    offers(&[("it", "let name = \"a\"\nif name.^\n")], &["trim"]);
    for head in ["^", "^{\n}\n", "where o.id > 1 ^ {\n}\n"] {
        let text = format!("use shop\nfor o in Order {head}");
        offers(&[("shop", SHOP), ("it", &text)], &["take", "sort"]);
    }
    assert!(!labels(&[("it", "for o in [1] { ^ }\n")]).contains(&"take".to_owned()));
}

#[test]
fn values_that_alone_fit_come_first() {
    for text in [
        "for o in Order where o.status == ^ {\n}\n",
        "let n = Order.insert({ total: 1, status: ^ })\n",
    ] {
        let found = labels(&[("shop", SHOP), ("it", &format!("use shop\n{text}"))]);
        assert_eq!(found[..2], ["\"open\"", "\"paid\""], "{text}");
    }
}

#[test]
fn rows_and_calls_are_completed_by_what_they_lack() {
    offers(&[("shop", SHOP), ("it", "use shop\nOrder.insert({ ^ })")], &["total", "status"]);
    let rest = labels(&[("shop", SHOP), ("it", "use shop\nOrder.insert({ total: 1, st^ })")]);
    assert_eq!(rest[..2], ["id", "status"], "{rest:?}");
    offers(&[("it", "http.get(\"https://a.b\", ^)")], &["timeout", "headers"]);
    offers(
        &[("shop", SHOP), ("it", "use shop\nlet a = from o in Order\n  ^\nprint(a)")],
        &["where", "sort", "select"],
    );
    offers(&[("shop", SHOP), ("it", "use shop\nfn f(o: ^) {}")], &["int", "Order", "text"]);
}

#[test]
fn completions_are_documented() {
    let (mut ide, file, offset) = project(&[("shop", SHOP), ("it", "use shop\nprint(gro^)")]);
    let found = complete(&mut ide, file, offset);
    let gross = found.iter().find(|it| it.label == "gross").unwrap();
    assert_eq!(gross.insert, "gross(${1:net})");
    assert!(documentation(&mut ide, file, &gross.key).unwrap().contains("With tax."));
    let print = found.iter().find(|it| it.label == "print").unwrap();
    assert!(documentation(&mut ide, file, &print.key).unwrap().contains("fn print"));
}

#[test]
fn signatures_follow_the_argument_that_is_written() {
    let active = |text: &str| {
        let (mut ide, file, offset) = project(&[("shop", SHOP), ("it", text)]);
        help(&ide.view(file), offset).map(|it| (it.params.len(), it.active))
    };
    assert_eq!(active("use shop\nprint(gross(^))"), Some((2, Some(0))));
    assert_eq!(active("use shop\nprint(gross(1, ^))"), Some((2, Some(1))));
    assert_eq!(active("use shop\nprint(1.gross(^))"), Some((2, Some(1))));
    assert_eq!(active("use shop\nprint(gross(1, rate: 0^.2))"), Some((2, Some(1))));
    assert_eq!(active("use shop\nlet a = gross(1)^"), None);
}

#[test]
fn hints_tell_inferred_types_and_the_next_due_time() {
    let (mut ide, file, _) =
        task("schedule \"0 7 * * *\"\nlet x = 1\nlet xs = [1].map(n => n * 2)\nprint(x, xs)^");
    let view = ide.view(file);
    let end = u32::try_from(view.source().text.len()).unwrap();
    let found: Vec<String> =
        hints(&view, Span::new(file, 0, end), now()).into_iter().map(|it| it.text).collect();
    assert_eq!(found, ["next: Tue 07:00", ": [int]", ": int"]);
    let lenses = lenses(&view, now());
    assert!(
        matches!(&lenses[..], [Lens::Run(_), Lens::Next(_, title)] if title == "next: Tue 07:00")
    );
}

#[test]
fn words_are_coloured_by_what_they_stand_for() {
    let (mut ide, file, _) = project(&[(
        "it",
        "schedule \"0 7 * * *\"\nconst N = 1\nfn f(a: int) -> int { return a + N }\nprint(f(2)) // é\nprint(\"\"\"\na {N}\n\"\"\")^",
    )]);
    let view = ide.view(file);
    let found = tokens(&view);
    let kind =
        |word: &str| found.iter().find(|it| view.source().slice(it.span) == word).map(|it| it.kind);
    assert_eq!(kind("schedule"), Some(TokenKind::Keyword));
    assert_eq!(kind("f"), Some(TokenKind::Function));
    assert_eq!(kind("a"), Some(TokenKind::Parameter));
    assert_eq!(kind("print"), Some(TokenKind::Function));
    assert_eq!(kind("// é"), Some(TokenKind::Comment));
    assert!(found.windows(2).all(|it| it[0].span.end <= it[1].span.start), "{found:?}");
    assert!(found.iter().all(|it| !view.source().slice(it.span).contains('\n')));
}

#[test]
fn selections_grow_from_the_word_to_the_file() {
    let (mut ide, file, offset) = task("for x in [1] {\n  print(x + ^1)\n}");
    let view = ide.view(file);
    let texts: Vec<&str> =
        selection(&view, offset).into_iter().map(|it| view.source().slice(it)).collect();
    assert_eq!(texts[..3], ["1", "x + 1", "print(x + 1)"]);
    assert_eq!(texts.last(), Some(&&*view.source().text));
}

#[test]
fn outline_and_folds_follow_the_declarations() {
    let (mut ide, file, _) = project(&[("shop", SHOP), ("it", "^print(1)")]);
    let shop = ide.project().module("shop").unwrap().source.id;
    let found = entries(ide.project().file(shop));
    assert_eq!(found.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Order", "gross"]);
    assert_eq!(found[0].children.len(), 3);
    assert_eq!(folds(&ide.view(shop)).len(), 2);
    assert!(folds(&ide.view(file)).is_empty());
}

#[test]
fn calls_are_followed_both_ways() {
    let files = [
        ("m", "fn low() -> int { return 1 }\nfn hi^gh() -> int { return low() + low() }\n"),
        ("it", "use m\nprint(high())"),
    ];
    let (mut ide, file, offset) = project(&files);
    let view = ide.view_of_all(file);
    let names = |calls: Vec<Call>| -> Vec<(String, usize)> {
        calls.into_iter().map(|it| (it.other.name, it.places.len())).collect()
    };
    assert_eq!(callable_at(&view, offset).unwrap().name, "high");
    assert_eq!(names(incoming(&view, offset)), [("it".to_owned(), 1)]);
    assert_eq!(names(outgoing(&view, offset)), [("low".to_owned(), 2)]);
}

#[test]
fn links_lead_to_modules() {
    let (mut ide, file, _) = project(&[("shop", SHOP), ("it", "use shop^\nprint(gross(1))")]);
    assert_eq!(links(&ide.view(file))[0].path, "shop.task");
}

#[test]
fn a_file_that_goes_is_missed_by_those_that_use_it() {
    let (mut ide, file, _) = project(&[("it", "use shop^\nprint(gross(1))"), ("shop", SHOP)]);
    assert!(ide.diagnostics(file).is_empty());
    ide.remove("shop");
    let file = ide.project().module("it").unwrap().source.id;
    assert_eq!(ide.diagnostics(file)[0].code, "unknown-module");
}

/// Every question at every place of whole and broken programs: whatever the answer, there is one.
#[test]
fn nothing_that_is_asked_anywhere_panics() {
    let whole = "schedule \"0 7 * * *\" in \"Europe/Berlin\"\nuse shop\nlet a = from o in Order where o.total > 1 select { o.id }\nfor x in a { print(\"n {x.id} 😀\") }\nmatch run.trigger {\n  \"manual\" => print(1)\n  else => {}\n}\n";
    for cut in (0..=whole.len()).filter(|it| whole.is_char_boundary(*it)).step_by(3) {
        let text = format!("{}^{}", &whole[..cut], if cut % 2 == 0 { &whole[cut..] } else { "" });
        let (mut ide, file, offset) = project(&[("shop", SHOP), ("it", &text)]);
        let _ = complete(&mut ide, file, offset);
        let _ = rename(&mut ide, file, offset, "other");
        let view = ide.view(file);
        let _ = hover(&view, offset, now());
        let _ = help(&view, offset);
        let _ = definition(&view, offset);
        let _ = highlights(&view, offset);
        let _ = selection(&view, offset);
        let _ = tokens(&view);
        let _ = folds(&view);
        let _ = entries(view.project.file(file));
        let _ = lenses(&view, now());
        let _ = links(&view);
        let _ = callable_at(&view, offset);
        let end = u32::try_from(view.source().text.len()).unwrap();
        let _ = hints(&view, Span::new(file, 0, end), now());
    }
}
