//! Every code has a page that says what, why, what fails and what to write instead.

use std::fmt::Write;
use std::path::Path;

use taskc::diagnostics::catalogue::{Area, ROWS};
use taskc::source::FileId;
use taskc::syntax::parse;

#[test]
fn every_page_has_its_sections_in_order() {
    for row in ROWS {
        let headings: Vec<_> = row.page.lines().filter(|line| line.starts_with('#')).collect();
        let title = format!("# {}", row.code);
        assert_eq!(
            headings,
            [title.as_str(), "## Why", "## Example", "## Instead"],
            "{}",
            row.code
        );
        let page = Page::read(row.page);
        assert!(page.what.len() > 20 && page.why.len() > 60, "{} says too little", row.code);
        assert_ne!(page.example, page.instead, "{} mends nothing", row.code);
        for (name, files) in [("Example", &page.example), ("Instead", &page.instead)] {
            assert_eq!(files.last().map(|it| it.path.as_str()), Some(MAIN), "{} {name}", row.code);
        }
    }
}

#[test]
fn no_page_is_left_over() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/diagnostics/explain");
    let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut codes: Vec<_> =
        files.map(|it| it.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let mut rows: Vec<_> = ROWS.iter().map(|row| row.code.to_owned()).collect();
    codes.sort();
    rows.sort();
    assert_eq!(codes, rows);
}

/// What stands on a page can at least be read; the examples of how not to write are the exception.
#[test]
fn every_program_on_a_page_can_be_parsed() {
    let mut wrong = String::new();
    for row in ROWS {
        let page = Page::read(row.page);
        let example = page.example.iter().filter(|_| row.area != Area::Syntax);
        for file in example.chain(&page.instead).filter(|it| it.language == "task") {
            let found = parse(FileId(0), &file.text).diagnostics;
            if let Some(first) = found.first() {
                writeln!(wrong, "{}: {} {}\n{}", row.code, first.code, first.title, file.text)
                    .unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The file that a block without a name of its own is.
const MAIN: &str = "example.task";

/// A page in parts.
struct Page {
    what: String,
    why: String,
    example: Vec<File>,
    instead: Vec<File>,
}

/// A fenced block: its language, the file that it stands for, its text.
#[derive(Debug, PartialEq)]
struct File {
    language: String,
    path: String,
    text: String,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut sections = text.split("\n## ").map(|it| it.split_once('\n').unwrap().1);
        let mut next = || sections.next().unwrap();
        Self {
            what: next().trim().to_owned(),
            why: next().trim().to_owned(),
            example: files(next()),
            instead: files(next()),
        }
    }
}

/// The fenced blocks of a section; a block's language may be followed by the name of a file.
fn files(section: &str) -> Vec<File> {
    let blocks = section.split("```").skip(1).step_by(2);
    blocks
        .map(|block| {
            let (head, text) = block.split_once('\n').unwrap();
            let (language, path) = head.split_once(' ').unwrap_or((head, MAIN));
            File { language: language.to_owned(), path: path.to_owned(), text: text.to_owned() }
        })
        .collect()
}

#[test]
fn blocks_are_files() {
    let found = files("```toml taskc.toml\n[a]\n```\nand\n```task\nprint(1)\n```\n");
    let names: Vec<_> = found.iter().map(|it| (it.language.as_str(), it.path.as_str())).collect();
    assert_eq!(names, [("toml", "taskc.toml"), ("task", MAIN)]);
    assert_eq!(found[1].text, "print(1)\n");
}

/// Codes are written where findings are made; a misspelt one would be a finding without a page.
#[test]
fn every_code_in_the_source_is_in_the_catalogue() {
    let mut unknown = Vec::new();
    for path in crate::layers::rust_files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let text = std::fs::read_to_string(&path).unwrap();
        let known = |code: &String| ROWS.iter().any(|row| row.code == code);
        let wrong = codes(&text).into_iter().filter(|code| !known(code));
        unknown.extend(wrong.map(|code| format!("{code} in {}", path.display())));
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// The first arguments of the calls that make findings, where they are literals.
fn codes(text: &str) -> Vec<String> {
    let calls = ["Diagnostic::new(", " error(", " warning(", " hint("];
    let arguments = calls
        .iter()
        .flat_map(|call| text.match_indices(call).map(|(at, it)| &text[at + it.len()..]));
    let literal = |argument: &str| {
        Some(argument.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned())
    };
    let is_code = |it: &String| it.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    arguments.filter_map(literal).filter(is_code).collect()
}

#[test]
fn codes_are_seen_where_they_stand() {
    let text =
        "Diagnostic::new(\n    \"a-b\", x)\n return error(\"c-d\", y); error(z) error(\"0 7\")";
    assert_eq!(codes(text), ["a-b", "c-d"]);
}
