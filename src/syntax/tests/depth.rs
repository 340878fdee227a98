//! Nesting: 200 levels of anything are parsed, a whole program or a broken one, and one more is refused.
//!
//! Rules that read something twice would need longer than anybody waits at this depth.

use super::{findings, parsed};
use crate::syntax::walk;

/// Constructs that nest: what stands before and behind what is nested.
const NESTS: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("[\"k\": ", "]"),
    ("{ a: ", " }"),
    ("f(", ")"),
    ("f(n: ", ")"),
    ("xs[", "]"),
    ("x => ", ""),
    ("(a, b) => ", ""),
    ("x => { ", " }"),
    ("if (", ") { a }"),
    ("if a { ", " }"),
    ("if a { b } else { ", " }"),
    ("if a { b } else if c { ", " }"),
    ("match (", ") { else => a }"),
    ("match a { 1 => ", " }"),
    ("match a { x if ", " => 1 }"),
    ("match a { 1 => { ", " } }"),
    ("try ", " else 0"),
    ("try a else ", ""),
    ("try a else e => ", ""),
    ("fail ", ""),
    ("return ", ""),
    ("not ", ""),
    ("-", ""),
    ("from o in ", ""),
    ("from o in T where ", ""),
    ("from o in T select ", ""),
    ("(from o in T sort ", ")"),
    ("update o in T where ", " set { a: 1 }"),
    ("update o in T set { a: ", " }"),
    ("delete o in T where ", ""),
    ("1 + (", ")"),
    ("a ?? (", ")"),
];

/// Statements that nest.
const BLOCKS: &[(&str, &str)] = &[
    ("if a {\n", "\n}"),
    ("for x in xs {\n", "\n}"),
    ("while a {\n", "\n}"),
    ("try {\n", "\n} catch e {\n}"),
    ("try {\n} catch {\n", "\n}"),
    ("transaction {\n", "\n}"),
    ("parallel for x in xs {\n", "\n}"),
    ("let f = x => {\n", "\n}"),
    ("match a {\n1 => {\n", "\n}\n}"),
];

const TYPES: &[(&str, &str)] =
    &[("[", "]"), ("[text: ", "]"), ("{ a: ", " }"), ("(", ")"), ("fn(", ")"), ("fn() -> ", "")];

/// Deep enough to show what grows too fast, and allowed with every construct: some take two levels at once.
const ALLOWED: usize = 66;

fn nested(before: &str, inside: &str, behind: &str, depth: usize) -> String {
    format!("{}{inside}{}", before.repeat(depth), behind.repeat(depth))
}

fn all(depth: usize) -> Vec<String> {
    let value =
        |(before, behind): &(&str, &str)| format!("let x = {}", nested(before, "a", behind, depth));
    let block = |(before, behind): &(&str, &str)| nested(before, "a()", behind, depth);
    let ty = |(before, behind): &(&str, &str)| {
        format!("type T = {}", nested(before, "int", behind, depth))
    };
    NESTS.iter().map(value).chain(BLOCKS.iter().map(block)).chain(TYPES.iter().map(ty)).collect()
}

#[test]
fn deep_programs_parse() {
    for text in all(ALLOWED) {
        assert_eq!(findings(&text), [""; 0], "{}", &text[..40]);
    }
}

#[test]
fn brackets_and_blocks_nest_two_hundred_times() {
    for (before, behind) in [("(", ")"), ("[", "]"), ("{ a: ", " }"), ("f(", ")"), ("xs[", "]")] {
        let text = |depth| format!("let x = {}", nested(before, "a", behind, depth));
        assert_eq!(findings(&text(199)), [""; 0], "{before}");
        assert_eq!(findings(&text(201)), ["too-deep: nested too deeply (200)"], "{before}");
    }
    let text = |depth| nested("if a {\n", "a()", "\n}", depth);
    assert_eq!(findings(&text(199)), [""; 0]);
    assert_eq!(findings(&text(201)), ["too-deep: nested too deeply (200)"]);
}

#[test]
fn chains_have_the_same_limit() {
    for link in [" + 1", ".f", "[0]", " ?? 1", " and b", "()", " as T"] {
        let text = |length| format!("let x = a{}", link.repeat(length));
        assert_eq!(findings(&text(150)), [""; 0], "{link}");
        assert_eq!(findings(&text(201)), ["too-deep: nested too deeply (200)"], "{link}");
    }
    let many = format!("let x = [{}]", "a + b, ".repeat(1000));
    assert_eq!(findings(&many), [""; 0], "neighbours do not add up");
}

#[test]
fn deeper_programs_end_too() {
    for text in all(3000) {
        let parsed = parsed(&text);
        let found: Vec<&str> = parsed.diagnostics.iter().map(|it| it.title.as_str()).collect();
        assert!(!found.is_empty() && found.len() < 4, "{} {found:?}", &text[..40]);
        assert!(height(&text) < 1000, "{}", &text[..40]);
    }
}

#[test]
fn broken_programs_end_too() {
    for depth in [ALLOWED, 300] {
        for text in all(depth) {
            let middle = text.len() / 2;
            for broken in [
                text[..middle].to_owned(),
                text[middle..].to_owned(),
                format!("{} ) {}", &text[..middle], &text[middle..]),
                text.replacen('a', "", 1),
                text.replace('a', ""),
                text.replace(')', ""),
                text.replace('}', ""),
            ] {
                assert!(height(&broken) < 1000, "{}", &broken[..40.min(broken.len())]);
            }
        }
    }
}

/// How many nodes stand below one another at most.
fn height(text: &str) -> usize {
    fn below(node: walk::Node<'_>) -> usize {
        let mut deepest = 0;
        node.children(&mut |child| deepest = deepest.max(below(child)));
        deepest + 1
    }
    let tree = parsed(text).tree;
    tree.items.iter().map(|item| below(walk::Node::of_item(item))).max().unwrap_or(0)
}
