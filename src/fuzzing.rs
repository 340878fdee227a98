//! What must hold for any text at all: the entry points of `fuzz/`, which the tests run over damaged programs, too.
//!
//! Each function takes a text that may be anything and panics where a promise is broken. Nothing here is used by the
//! binary.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::library::Library;
use crate::check::project::{Project, ProjectFile};
use crate::source::{FileId, Span};
use crate::syntax::token::{Kind, Token};
use crate::syntax::{self, Parsed, walk};
use crate::{check, stdlib};

const FILE: FileId = FileId(0);

/// Splits a text: its tokens stand in order and between characters, and every bracket has its partner.
///
/// # Panics
///
/// If that does not hold.
pub fn lexer(text: &str) {
    let tokens = syntax::tokens(FILE, text);
    let last = tokens.last().expect("there is always an end");
    assert_eq!(last.kind, Kind::End);
    let mut end = 0;
    for (index, token) in tokens.iter().enumerate() {
        assert!(end <= token.start && token.start <= token.end, "{token:?} begins before {end}");
        assert_inside(Span::new(FILE, token.start, token.end), text);
        assert_paired(&tokens, index);
        end = token.end;
    }
}

fn assert_paired(tokens: &[Token], index: usize) {
    let closer = match tokens[index].kind {
        Kind::ParenOpen => Kind::ParenClose,
        Kind::BracketOpen => Kind::BracketClose,
        Kind::BraceOpen => Kind::BraceClose,
        _ => return,
    };
    let partner = tokens[tokens[index].partner as usize];
    assert_eq!((partner.kind, partner.partner as usize), (closer, index));
}

/// Parses a text: nodes are numbered in order, and every place lies in the text, between characters.
///
/// # Panics
///
/// If that does not hold.
pub fn parser(text: &str) {
    let Parsed { tree, comments, diagnostics } = syntax::parse(FILE, text);
    let mut next = 0;
    walk::each(&tree, &mut |node| {
        assert_inside(node.span(), text);
        assert_eq!(node.id().0, next, "ids are given in order");
        next += 1;
    });
    assert_eq!(tree.node_count, next);
    for comment in &comments {
        assert_inside(comment.span, text);
    }
    for found in &diagnostics {
        let edits = found.fixes.iter().flat_map(|it| &it.edits).map(|it| it.span);
        for span in found.labels.iter().map(|it| it.span).chain(edits) {
            assert_inside(span, text);
        }
    }
}

fn assert_inside(span: Span, text: &str) {
    assert!(text.get(span.range()).is_some(), "{span:?} is no place of the text");
}

/// Checks a text as the only task of a project: whatever is found has a place in it.
///
/// # Panics
///
/// If that does not hold.
pub fn checker(text: &str) {
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::new(stdlib::declarations()));
    let mut project = Project::default();
    project.add(|id| ProjectFile::parse("main", "main.task", text, id));
    for found in check::check(&project, &LIBRARY).diagnostics {
        for label in found.labels.iter().filter(|it| it.span.file == FILE) {
            assert_inside(label.span, text);
        }
    }
}

/// Formats a text: if it is correct, the program and its comments are the same afterwards, and formatting it again
/// changes nothing.
///
/// # Panics
///
/// If that does not hold.
pub fn formatter(text: &str) {
    let before = syntax::parse(FILE, text);
    let Ok(formatted) = syntax::format(FILE, text) else {
        assert!(!before.diagnostics.is_empty(), "a correct text was refused");
        return;
    };
    let after = syntax::parse(FILE, &formatted);
    assert_eq!(after.diagnostics, [], "{formatted}");
    assert!(shape(&before) == shape(&after), "another program:\n{formatted}");
    assert_eq!(comments(&before, text), comments(&after, &formatted), "{formatted}");
    let again = syntax::format(FILE, &formatted).expect("it has just been parsed");
    assert_eq!(again, formatted);
}

/// The tree without ids and places.
fn shape(parsed: &Parsed) -> String {
    static PLACES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"NodeId\(\d+\)|\d+:\d+\.\.\d+").expect("the expression is correct")
    });
    PLACES.replace_all(&format!("{:?}", parsed.tree), "_").into_owned()
}

fn comments<'s>(parsed: &Parsed, text: &'s str) -> Vec<&'s str> {
    parsed.comments.iter().map(|it| text[it.span.range()].trim_end()).collect()
}
