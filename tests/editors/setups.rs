//! Set-ups of editors that cannot be had here: they say what those editors' documentation has words for, and share the grammar's queries.

use std::collections::BTreeSet;
use std::path::Path;

use taskc::syntax::HEADER_WORDS;
use taskc::syntax::token::Kind;

use super::tools::{at, read};

/// What Helix calls colours that tree-sitter calls otherwise.
const HELIX: &[(&str, &str)] = &[
    ("@property", "@variable.other.member"),
    ("@module", "@namespace"),
    ("@number", "@constant.numeric"),
    ("@string.escape", "@constant.character.escape"),
    ("@embedded", "@none"),
    ("@comment.documentation", "@comment.line.documentation"),
];

/// The keys that Helix documents for a language, for a language server and for a grammar.
const HELIX_KEYS: &[(&str, &[&str])] = &[
    (
        "language",
        &[
            "auto-format",
            "comment-tokens",
            "file-types",
            "formatter",
            "grammar",
            "indent",
            "injection-regex",
            "language-servers",
            "name",
            "roots",
            "scope",
            "shebangs",
            "text-width",
        ],
    ),
    ("language-server", &["args", "command", "config", "environment", "timeout"]),
    ("grammar", &["name", "source"]),
];

#[test]
fn helix_and_zed_colour_as_the_grammar_says() {
    let queries = at("grammar/tree-sitter-task/queries");
    let highlights = read(&queries.join("highlights.scm"));
    let injections = read(&queries.join("injections.scm"));
    same(&at("editors/zed/languages/task/highlights.scm"), &highlights);
    same(&at("editors/zed/languages/task/injections.scm"), &injections);
    let helix = HELIX.iter().fold(highlights, |text, (ours, theirs)| renamed(&text, ours, theirs));
    same(&at("editors/helix/queries/task/highlights.scm"), &helix);
    same(&at("editors/helix/queries/task/injections.scm"), &injections);
}

/// A name of a colour as a whole: `@number` is no part of `@number.float`.
fn renamed(text: &str, from: &str, to: &str) -> String {
    let whole = regex::Regex::new(&format!(r"{}([^.\w]|$)", regex::escape(from))).unwrap();
    whole.replace_all(text, format!("{to}$1")).into_owned()
}

/// Whether a copy says what it is made from; `UPDATE=1` writes it.
fn same(copy: &Path, wanted: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(copy, wanted).unwrap();
    }
    assert!(read(copy) == wanted, "{} is another: UPDATE=1 writes it", copy.display());
}

#[test]
fn the_set_up_of_helix_has_only_keys_that_it_documents() {
    let setup: toml::Table = read(&at("editors/helix/languages.toml")).parse().unwrap();
    for (name, known) in HELIX_KEYS {
        let tables: Vec<&toml::Table> = match &setup[*name] {
            toml::Value::Array(items) => items.iter().filter_map(toml::Value::as_table).collect(),
            it => it.as_table().unwrap().values().filter_map(toml::Value::as_table).collect(),
        };
        let keys: Vec<&str> =
            tables.into_iter().flat_map(|it| it.keys().map(String::as_str)).collect();
        assert!(!keys.is_empty());
        let unknown: Vec<&&str> = keys.iter().filter(|it| !known.contains(it)).collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
    }
    assert_eq!(setup.len(), HELIX_KEYS.len());
    let server = &setup["language-server"]["taskc"];
    assert_eq!(
        (server["command"].as_str(), server["args"][0].as_str()),
        (Some("taskc"), Some("lsp"))
    );
    assert_eq!(setup["language"][0]["language-servers"][0].as_str(), Some("taskc"));
}

#[test]
fn the_parts_of_the_extension_for_zed_name_each_other() {
    let extension: toml::Table = read(&at("editors/zed/extension.toml")).parse().unwrap();
    let language: toml::Table =
        read(&at("editors/zed/languages/task/config.toml")).parse().unwrap();
    let grammar = language["grammar"].as_str().unwrap();
    let path = extension["grammars"][grammar]["path"].as_str().unwrap();
    assert!(at(path).join("src/parser.c").is_file());
    assert_eq!(language["path_suffixes"][0].as_str(), Some("task"));
    let server = &extension["language_servers"]["taskc"];
    assert_eq!(server["languages"][0], language["name"]);
    let package: toml::Table = read(&at("editors/zed/Cargo.toml")).parse().unwrap();
    assert_eq!(package["package"]["version"], extension["version"]);
}

/// Emacs and older Neovims colour by words: each of the lexer's is in their lists, and no other.
#[test]
fn lists_of_words_are_those_of_the_lexer() {
    let reserved: BTreeSet<&str> = Kind::RESERVED.iter().map(|it| it.text()).collect();
    let headers: BTreeSet<&str> = HEADER_WORDS.iter().copied().collect();
    let emacs = read(&at("editors/emacs/task-mode.el"));
    assert_eq!(quoted(between(&emacs, "(defconst task-mode-words\n", ")")), reserved);
    assert_eq!(quoted(between(&emacs, "(defconst task-mode-headers\n", ")")), headers);
    let neovim = read(&at("editors/neovim/task.lua"));
    let constants = between(&neovim, "syntax keyword taskConstant", "\n").split_whitespace();
    let words = between(&neovim, "local words = [[", "]]").split_whitespace().chain(constants);
    assert_eq!(words.collect::<BTreeSet<_>>(), reserved);
    let words = between(&neovim, "local headers = [[", "]]").split_whitespace();
    assert_eq!(words.collect::<BTreeSet<_>>(), headers);
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let behind = text.split_once(start).unwrap_or_else(|| panic!("`{start}` is gone")).1;
    behind.split_once(end).unwrap_or_else(|| panic!("nothing ends `{start}`")).0
}

fn quoted(list: &str) -> BTreeSet<&str> {
    list.split('"').skip(1).step_by(2).collect()
}
