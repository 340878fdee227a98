use proptest::prelude::*;

use super::*;
use crate::diagnostics::render::tests::unknown_table;

const PLAIN: Style = Style { color: false, unicode: true, width: 80 };

fn one(text: &str) -> (Sources, FileId) {
    let mut sources = Sources::default();
    let file = sources.add("a.task", text);
    (sources, file)
}

fn shown(finding: &Diagnostic, sources: &Sources, style: Style) -> String {
    render(std::slice::from_ref(finding), sources, style)
}

#[test]
fn the_source_the_reason_the_mend_and_where_to_read_more() {
    let (sources, finding) = unknown_table();
    let expected = r#"error[unknown-table]: no table is called `Oder`
   ╭─[ late.task:4:22 ]
 4 │ let late = from o in Oder where o.status == "late"
   │                      ──┬─
   │                        ╰─── not declared here or in the modules in use
   │ help: did you mean `Order`?
   │   - let late = from o in Oder where o.status == "late"
   │   + let late = from o in Order where o.status == "late"
   ╰─ taskc explain unknown-table

"#;
    assert_eq!(shown(&finding, &sources, PLAIN), expected);
}

#[test]
fn ascii_where_nothing_else_can_be_drawn() {
    let (sources, finding) = unknown_table();
    let text = shown(&finding, &sources, Style { unicode: false, ..PLAIN });
    assert!(text.is_ascii(), "{text}");
    assert!(text.ends_with("   `- taskc explain unknown-table\n\n"), "{text}");
}

#[test]
fn colours_change_nothing_but_the_colour() {
    let (sources, finding) = unknown_table();
    let coloured = shown(&finding, &sources, Style { color: true, ..PLAIN });
    assert!(coloured.starts_with("\u{1b}[31merror[unknown-table]:"), "{coloured}");
    let seen: String = coloured
        .split("\u{1b}[")
        .enumerate()
        .map(|(at, it)| if at == 0 { it } else { it.split_once('m').unwrap().1 })
        .collect();
    assert_eq!(seen, shown(&finding, &sources, PLAIN));
}

#[test]
fn labels_of_other_files_come_after_in_boxes_of_their_own() {
    let (mut sources, file) = one("use shop\nlet o = Order.get(1)\n");
    let shop = sources.add("shop.task", "\n\ntable Order {\n}\n");
    let crm = sources.add("crm.task", "table Order {\n}\n");
    let name = Span::new(file, 17, 22);
    let finding = Diagnostic::new("ambiguous-name", name, "`Order` comes from `shop` and `crm`")
        .because("which one?")
        .label(Span::new(crm, 6, 11), "this one")
        .label(Span::new(shop, 8, 13), "or this one")
        .help("write `use shop as s` and `s.Order`");
    let expected = "\
error[ambiguous-name]: `Order` comes from `shop` and `crm`
   ╭─[ a.task:2:9 ]
 2 │ let o = Order.get(1)
   │         ──┬──
   │           ╰──── which one?
   │
   ├─[ shop.task:3:7 ]
 3 │ table Order {
   │       ──┬──
   │         ╰──── or this one
   │
   ├─[ crm.task:1:7 ]
 1 │ table Order {
   │       ──┬──
   │         ╰──── this one
   │ help: write `use shop as s` and `s.Order`
   ╰─ taskc explain ambiguous-name

";
    assert_eq!(shown(&finding, &sources, PLAIN), expected);
}

#[test]
fn long_lines_are_cut_and_long_advice_is_wrapped() {
    let (sources, file) =
        one(&format!("print({}missing{})\n", "1 + ".repeat(60), " + 1".repeat(60)));
    let finding = Diagnostic::new("unknown-name", Span::new(file, 246, 253), "nothing is called `missing` here")
        .because("unknown")
        .help("a sentence that is so long that it cannot stand on one line of a terminal that is this narrow");
    let text = shown(&finding, &sources, Style { width: 60, ..PLAIN });
    assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    assert!(text.contains("missing"), "{text}");
}

#[test]
fn a_mend_of_whole_lines_shows_only_what_changes() {
    let (sources, file) = one("if a {\n  b()\nc()\n");
    let finding =
        Diagnostic::new("unclosed-bracket", Span::new(file, 5, 6), "this `{` has no partner")
            .fix(Fix::maybe("close it", Span::new(file, 13, 13), "}\n"))
            .fix(Fix::maybe("remove both lines", Span::new(file, 0, 13), ""))
            .fix(Fix::snippet("fill", Span::new(file, 0, 0), "${1:x}"));
    let text = shown(&finding, &sources, PLAIN);
    let tail = "   │ help: close it
   │   + }
   │ help: remove both lines
   │   - if a {
   │   -   b()
   ╰─ taskc explain unclosed-bracket

";
    assert!(text.ends_with(tail), "{text}");
}

#[test]
fn a_finding_without_a_place_is_a_title_with_advice() {
    let (sources, _) = one("");
    let finding = Diagnostic { labels: Vec::new(), ..unknown_table().1 };
    let text = shown(&Diagnostic { fixes: Vec::new(), ..finding }, &sources, PLAIN);
    assert_eq!(
        text,
        "error[unknown-table]: no table is called `Oder`\n   │ help: did you mean `Order`?\n   ╰─ taskc explain unknown-table\n\n"
    );
}

#[test]
fn empty_places_are_shown_too() {
    for (text, at) in [("", 0), ("a", 1), ("a\n", 2), ("a\n", 1), ("\n\n", 1)] {
        let (sources, file) = one(text);
        let finding =
            Diagnostic::new("missing-value", Span::new(file, at, at), "a value is missing")
                .because("here");
        let shown = shown(&finding, &sources, PLAIN);
        assert!(shown.contains("─ here\n"), "{text:?} at {at}:\n{shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// ariadne stops the process on offsets that it does not expect: none of ours may be of that kind.
    #[test]
    fn no_place_in_any_text_makes_it_panic(
        texts in prop::collection::vec("[a-c {}\"\té漢\u{301}\u{1F600}\u{2028}\r\n\u{1b}]{0,80}", 1..3),
        labels in prop::collection::vec((0_u32..3, 0_u32..120, 0_u32..120, "[a-zé\n]{0,9}"), 0..5),
        edits in prop::collection::vec((0_u32..3, 0_u32..120, 0_u32..120, "[x漢\n]{0,5}"), 0..4),
        width in 0_usize..120,
        unicode in any::<bool>(),
        color in any::<bool>(),
    ) {
        let mut sources = Sources::default();
        for (at, text) in texts.iter().enumerate() {
            sources.add(&format!("{at}.task"), text);
        }
        let mut finding = Diagnostic::new("wrong-type", Span::default(), "title\nof `two` lines");
        finding.labels.clear();
        for (file, start, end, message) in labels {
            finding = finding.label(Span::new(FileId(file), start, end), message);
        }
        for (file, start, end, text) in edits {
            finding = finding.fix(Fix::safe("mend", Span::new(FileId(file), start, end), text));
        }
        let text = shown(&finding, &sources, Style { color, unicode, width });
        prop_assert!(text.contains("wrong-type"));
        let escaped = text.contains('\u{1b}');
        prop_assert!(color || !escaped);
    }
}
