//! What the parser makes of programs: right ones, deep ones, and heaps of tokens.

mod constructs;
mod depth;
mod slips;
mod soup;

use super::{Parsed, parse};
use crate::source::FileId;

/// Correct programs: every construct, a program as people write them, and the language reference's own samples.
pub(super) const SAMPLES: &[(&str, &str)] = &[
    ("everything", include_str!("samples/everything.task")),
    ("shop", include_str!("samples/shop.task")),
    ("overview", include_str!("samples/overview.task")),
    ("statements", include_str!("samples/statements.task")),
    ("declarations", include_str!("samples/declarations.task")),
    ("tables", include_str!("samples/tables.task")),
    ("queries", include_str!("samples/queries.task")),
    ("tests", include_str!("samples/tests.task")),
];

fn parsed(text: &str) -> Parsed {
    parse(FileId(0), text)
}

/// The findings as `code: title`.
fn findings(text: &str) -> Vec<String> {
    parsed(text).diagnostics.iter().map(|it| format!("{}: {}", it.code, it.title)).collect()
}

#[test]
fn correct_programs_parse() {
    for (name, sample) in SAMPLES {
        assert_eq!(findings(sample), [""; 0], "{name}");
    }
}

#[test]
fn a_map_has_a_value_for_every_key() {
    let expected = ["missing-part: `:` is missing after `\"b\"`"];
    assert_eq!(findings("let m = [\"a\": 1, \"b\"]"), expected);
    assert_eq!(findings("let m = [\"b\", \"a\": 1]"), expected);
}

#[test]
fn a_range_without_an_end_stands_in_an_index_only() {
    assert_eq!(findings("let a = xs[1..]"), [""; 0]);
    assert_eq!(findings("let a = [1..]"), ["missing-value: a value is missing after `..`"]);
    assert_eq!(findings("let a = xs[f([1..])]"), ["missing-value: a value is missing after `..`"]);
}

#[test]
fn the_library_parses() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/stdlib");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "task") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(findings(&text), [""; 0], "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 10, "the library is gone");
}
