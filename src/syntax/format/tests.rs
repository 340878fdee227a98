//! What formatting promises, over every program of this repository; and what the style looks like.

use std::path::{Path, PathBuf};

use super::format;
use crate::source::FileId;
use crate::syntax::parse;

/// Every `.task` text of the repository that parses, with its name.
fn programs() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in ["src", "examples", "tests"] {
        collect(&root.join(folder), &mut paths);
    }
    paths.sort();
    let mut programs = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        if parse(FileId(0), &text).diagnostics.is_empty() {
            programs.push((path.strip_prefix(root).unwrap().display().to_string(), text));
        }
    }
    assert!(programs.len() > 40, "the programs are gone: {} are left", programs.len());
    programs
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|it| it == "task") {
            found.push(path);
        }
    }
}

fn formatted(text: &str) -> String {
    format(FileId(0), text).unwrap_or_else(|found| panic!("{found:?}\n{text}"))
}

/// That a text comes out as another one, which then stays as it is.
fn becomes(text: &str, expected: &str) {
    let once = formatted(text);
    assert_eq!(once, expected);
    assert_eq!(formatted(&once), once);
}

/// That a text is in the one style already.
fn stays(text: &str) {
    becomes(text, text);
}

#[test]
fn formatting_keeps_programs_and_comments_and_is_done_at_once() {
    for (name, text) in programs() {
        println!("{name}");
        crate::fuzzing::formatter(&text);
    }
}

/// The value stands less deeply than the statement would: behind that it is not read as the statement's.
#[test]
fn a_layout_that_would_be_another_program_is_not_taken() {
    let text = "var m = [\"a\": 1]\nfor k, v in m { m[\"b\"] =\n// c\n v + 1 }\nprint(m)\n";
    assert_eq!(formatted(text), text);
    crate::fuzzing::formatter(text);
}

#[test]
fn lines_are_broken_where_they_can_be() {
    for (name, text) in programs() {
        for line in formatted(&text).lines() {
            let fits = line.chars().count() <= super::doc::WIDTH;
            let is_unbreakable = line.contains("//") || line.contains('"');
            assert!(fits || is_unbreakable, "{name}: {line}");
        }
    }
}

#[test]
fn the_examples_are_in_the_one_style() {
    let mut paths = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), &mut paths);
    for path in paths {
        stays(&std::fs::read_to_string(path).unwrap());
    }
}

#[test]
fn a_text_with_syntax_errors_is_refused() {
    let found = format(FileId(0), "let a = \nlet  b=1\n").unwrap_err();
    assert_eq!(found[0].code, "missing-value");
}

#[test]
fn blanks_and_line_breaks_are_the_same_everywhere() {
    becomes(
        "\n\nlet a=1+2*-x\n\n\n\nlet b =[1,2 , 3,]\n\n",
        "let a = 1 + 2 * -x\n\nlet b = [1, 2, 3]\n",
    );
    becomes("fn f( a:int,b:text=\"\" )->int?{a}", "fn f(a: int, b: text = \"\") -> int? { a }\n");
    becomes(
        "table T{id:int key auto\n\n\n name:text=\"x\" unique}",
        "table T {\n  id: int key auto\n\n  name: text unique = \"x\"\n}\n",
    );
    stays("");
}

#[test]
fn brackets_stay_where_they_say_something() {
    becomes("let a = (b)\nlet c = ((d + e)) * f\n", "let a = b\nlet c = (d + e) * f\n");
    stays("let a = b or (c and d)\n");
    stays("let a = (b as T).c\n");
    stays("let a = -(-b)\nlet c = (-d).abs()\n");
    stays("let a = (from o in Order where o.paid)\ntake(a)\n");
    stays("f((from o in Order sort o.id), b)\nf(\n  from o in Order sort o.id,\n)\n");
    stays("if ({ a: 1 }) == b { c() }\n");
    stays("let f = x => ({ x })\nlet g = x => { x: x }\n");
    stays("let a = f(x => y) + g(key)\n");
    stays("test \"t\" {\n  (at)\n  f()\n}\n");
    stays("let a = b ?? fail \"no b\"\n");
    becomes("let a = @2026-03-29T00:00:00Z [1]\n", "let a = (@2026-03-29T00:00:00Z)[1]\n");
    stays("let a = (@2026-03-29)[x].y\n");
}

#[test]
fn comments_stay_with_their_statement() {
    stays(
        "// above\nf() // behind\n\n// between\n\ng(\n  // inside\n  a, // of a\n  b,\n  // last\n)\n// end\n",
    );
    stays("if a { // why\n  // nothing yet\n}\n");
    stays("match a {\n  1 => b // one\n  // or\n  else => c\n}\n");
    stays(
        "let a = from o in Order\n  where o.paid // only these\n  // newest first\n  sort o.id desc\n",
    );
}

#[test]
fn a_statement_with_a_comment_in_an_odd_place_stays_as_it_is() {
    stays("let  a = // why\n   b\n");
}

#[test]
fn the_author_decides_about_lists_and_blocks_on_several_lines() {
    stays("f([\n  1,\n  2,\n])\n");
    stays("if a { b() } else { c() }\n");
    becomes("if a { b() } else {\nc() }\n", "if a {\n  b()\n} else {\n  c()\n}\n");
    stays("let f = x => { g(x)  h(x) }\n");
}

#[test]
fn what_is_too_long_is_broken() {
    let long = "a".repeat(50);
    becomes(&format!("f({long}, {long})"), &format!("f(\n  {long},\n  {long},\n)\n"));
    becomes(&format!("let x = {long} + {long}"), &format!("let x = {long}\n  + {long}\n"));
    becomes(&format!("let x = {long} - {long}"), &format!("let x = {long} -\n  {long}\n"));
    becomes(
        &format!("if {long} and {long} {{\nf() }}"),
        &format!("if {long}\n  and {long}\n{{\n  f()\n}}\n"),
    );
    becomes(
        &format!("from o in Order where o.{long} sort o.{long}"),
        &format!("from o in Order\n  where o.{long}\n  sort o.{long}\n"),
    );
}

#[test]
fn calls_stay_together_around_what_takes_several_lines() {
    stays("rows.insert_all(xs.map(x => {\n  a: x,\n  b: 1,\n}))\n");
    stays("let page = template(\"a.html\", {\n  a,\n  b,\n})\n");
    stays("xs.filter(x => x > 1)\n  .map(x => x * 2)\n");
}

#[test]
fn texts_over_several_lines_are_not_touched() {
    stays("f(\n  \"\"\"\n    a   b\n\n  {  c  }\n  \"\"\",\n)\n");
}

#[test]
fn deep_and_long_programs_are_formatted() {
    let nested = |levels: usize, open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}\n", open.repeat(levels), close.repeat(levels))
    };
    for text in [
        nested(150, "[", "1", "]"),
        nested(150, "f(", "x => { y }", ")"),
        nested(50, "f([\n1], x => {\n", "y\n", "})"),
        nested(150, "if a {\n", "b\n", "}\n"),
        nested(90, "-(", "a", ")"),
        format!("let a = {}1\n", "a + ".repeat(150)),
        format!("let a = [{}]\n", "1, ".repeat(20_000)),
        format!("let t: {}int{} = a\n", "[".repeat(150), "]".repeat(150)),
        "a.b(c)\n".repeat(5_000),
    ] {
        let once = formatted(&text);
        assert!(formatted(&once) == once);
    }
}
