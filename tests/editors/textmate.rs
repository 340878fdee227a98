//! The TextMate grammar, with the libraries that VS Code colours with, over samples and every program of the repository.

use std::process::Command;

use serde_json::{Value, json};
use taskc::diagnostics::Severity;
use taskc::source::FileId;
use taskc::syntax::token::Kind;
use taskc::syntax::{parse, tokens};

use super::tools::{self, at, run};
use crate::support::{Folder, task_files};

#[test]
fn textmate_colours_texts_and_comments_where_the_lexer_has_them() {
    let here = at("tests/editors/textmate");
    let modules = tools::npm("textmate", &here);
    let programs: Vec<Value> = ["tests/corpus", "examples", "src/stdlib", "src/syntax/samples"]
        .iter()
        .flat_map(|it| task_files(&at(it)))
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            Some(json!({ "path": path, "text": text, "marks": marks(&text) }))
        })
        .collect();
    assert!(programs.len() > 500, "the programs are gone");
    let folder = Folder::new();
    folder.write("programs.json", &Value::from(programs).to_string());
    run(Command::new("node")
        .arg(here.join("check.js"))
        .arg(at("grammar/task.tmLanguage.json"))
        .arg(here.join("sample.task"))
        .arg(folder.path().join("programs.json"))
        .current_dir(modules));
}

/// The texts and comments of a program in UTF-16 columns from its beginning; nothing of one with a syntax error, whose texts may end
/// anywhere.
fn marks(text: &str) -> Option<Vec<(usize, usize, &'static str)>> {
    let parsed = parse(FileId(0), text);
    if parsed.diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return None;
    }
    let comments = parsed.comments.iter().map(|it| (it.span.start, it.span.end, "comment"));
    let texts = tokens(FileId(0), text).into_iter().filter_map(|it| match it.kind {
        Kind::Text => Some((it.start, it.end)),
        Kind::TextStart => Some((it.start, it.end - 1)),
        Kind::TextMiddle => Some((it.start + 1, it.end - 1)),
        Kind::TextEnd => Some((it.start + 1, it.end)),
        _ => None,
    });
    let marks = comments.chain(texts.map(|(start, end)| (start, end, "string")));
    let column = |at: u32| text[..at as usize].encode_utf16().count();
    Some(marks.map(|(start, end, kind)| (column(start), column(end), kind)).collect())
}
