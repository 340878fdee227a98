//! The grammar for tree-sitter: generated again, passed over every program of the repository, and asked for colours.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use taskc::diagnostics::Severity;
use taskc::source::FileId;
use taskc::syntax::token::Kind;
use taskc::syntax::{HEADER_WORDS, parse};

use super::tools::{self, at, read, run};
use crate::support::{Folder, task_files};

const GRAMMAR: &str = "grammar/tree-sitter-task";

/// The stand-in for the `tree-sitter` command.
fn tool() -> Command {
    Command::new(tools::cargo("task-tree-sitter", &at("tests/editors/tree-sitter")))
}

#[test]
fn the_committed_parser_is_what_the_grammar_generates() {
    let folder = Folder::new();
    run(tool().arg("generate").arg(at(GRAMMAR)).arg(folder.path()));
    for name in ["parser.c", "grammar.json", "node-types.json"] {
        let generated = read(&folder.path().join(name));
        let committed = at(GRAMMAR).join("src").join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&committed, &generated).unwrap();
        }
        let same = generated == read(&committed);
        assert!(same, "{name} is another: UPDATE=1 writes it, for the next run to compile");
    }
}

#[test]
fn every_program_without_a_syntax_error_is_a_tree_without_one() {
    let files = programs();
    assert!(files.len() > 500, "the programs are gone");
    run(tool().arg("parse").args(files));
}

/// The programs of the repository that the parser of taskc has nothing against.
fn programs() -> Vec<PathBuf> {
    let folders = ["tests/corpus", "examples", "src/stdlib", "src/syntax/samples"];
    let files = folders.iter().flat_map(|it| task_files(&at(it)));
    files
        .filter(|path| {
            let Ok(text) = std::fs::read_to_string(path) else { return false };
            let found = parse(FileId(0), &text).diagnostics;
            found.iter().all(|it| it.severity != Severity::Error)
        })
        .collect()
}

#[test]
fn trees_are_as_the_cases_say() {
    let mut command = tool();
    command.arg("corpus").arg(at(GRAMMAR).join("test/corpus"));
    if std::env::var_os("UPDATE").is_some() {
        command.arg("--update");
    }
    run(&mut command);
}

#[test]
fn colours_are_as_the_samples_say() {
    let samples = task_files(&at(GRAMMAR).join("test/highlight"));
    assert!(!samples.is_empty());
    let query = at(GRAMMAR).join("queries/highlights.scm");
    run(tool().arg("highlight").arg(query).args(samples));
}

#[test]
fn every_query_is_about_nodes_that_there_are() {
    let folders = [
        at(GRAMMAR).join("queries"),
        at("editors/helix/queries/task"),
        at("editors/zed/languages/task"),
    ];
    let queries = folders.iter().flat_map(|it| std::fs::read_dir(it).unwrap());
    let queries =
        queries.map(|it| it.unwrap().path()).filter(|it| it.extension() == Some("scm".as_ref()));
    run(tool().arg("queries").args(queries));
}

/// A word that only the lexer knows, or only the grammar, is named here.
#[test]
fn the_grammar_has_the_words_and_signs_of_the_lexer() {
    let grammar: serde_json::Value =
        serde_json::from_str(&read(&at(GRAMMAR).join("src/grammar.json"))).unwrap();
    let mut used = BTreeSet::new();
    literals(&grammar["rules"], &mut used);
    let lexed = [Kind::CONTEXTUAL, Kind::RESERVED, Kind::SIGNS].concat();
    let known: BTreeSet<String> = lexed.iter().map(|it| it.text().to_owned()).collect();
    let quotes = ["\"", "\"\"\""].map(str::to_owned);
    let used: BTreeSet<String> = used.into_iter().filter(|it| !quotes.contains(it)).collect();
    assert_eq!(used, known);
}

/// The texts of a grammar's rules, and those that words of the scanner go by.
fn literals(rule: &serde_json::Value, found: &mut BTreeSet<String>) {
    let is_text = match rule["type"].as_str() {
        Some("STRING") => true,
        Some("ALIAS") => rule["named"] == false,
        _ => false,
    };
    if is_text {
        found.extend(rule["value"].as_str().map(str::to_owned));
    }
    match rule {
        serde_json::Value::Object(object) => object.values().for_each(|it| literals(it, found)),
        serde_json::Value::Array(items) => items.iter().for_each(|it| literals(it, found)),
        _ => {}
    }
}

#[test]
fn every_word_has_a_colour() {
    let query = read(&at(GRAMMAR).join("queries/highlights.scm"));
    let coloured: BTreeSet<&str> = query.split('"').skip(1).step_by(2).collect();
    let lexed = [Kind::CONTEXTUAL, Kind::RESERVED].concat();
    // These three are nodes.
    let words =
        lexed.iter().map(|it| it.text()).filter(|it| !["true", "false", "null"].contains(it));
    let missing: Vec<&str> =
        words.chain(HEADER_WORDS.iter().copied()).filter(|it| !coloured.contains(it)).collect();
    assert_eq!(missing, [""; 0]);
}
