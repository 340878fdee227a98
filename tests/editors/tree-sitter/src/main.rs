//! What the `tree-sitter` command does for a grammar, as far as its tests need it.
//!
//! `generate GRAMMAR OUT` writes the parser; `parse FILE…` prints trees' errors; `corpus FOLDER` compares trees with
//! those that the cases of `test/corpus` expect (`--update` writes them); `highlight QUERY FILE…` compares names of
//! colours with what comments point at; `queries FILE…` compiles queries.

mod corpus;
mod highlight;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tree_sitter::{Language, Node, Parser, Query, Tree};

unsafe extern "C" {
    fn tree_sitter_task() -> *const ();
}

/// What was found wrong, one line each.
type Findings = Vec<String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let paths: Vec<PathBuf> = arguments.iter().skip(1).map(PathBuf::from).collect();
    let findings = match (arguments.first().map(String::as_str), &paths[..]) {
        (Some("generate"), [grammar, out]) => generate(grammar, out),
        (Some("parse"), files) => files.iter().flat_map(|it| errors(it)).collect(),
        (Some("corpus"), [folder]) => corpus::compare(folder),
        (Some("corpus"), [folder, update]) if update == Path::new("--update") => corpus::update(folder),
        (Some("highlight"), [query, files @ ..]) => highlight::compare(query, files),
        (Some("queries"), files) => files.iter().filter_map(|it| query(it).err()).collect(),
        _ => vec!["generate GRAMMAR OUT | parse FILE… | corpus FOLDER | highlight QUERY FILE… | queries FILE…".to_owned()],
    };
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn generate(grammar: &Path, out: &Path) -> Findings {
    let mut remarks = Vec::new();
    let result = tree_sitter_generate::generate_parser_in_directory(
        grammar,
        Some(out),
        None::<&Path>,
        tree_sitter::LANGUAGE_VERSION,
        None,
        Some("node"),
        true,
        tree_sitter_generate::OptLevel::default(),
        &mut remarks,
    );
    remarks.iter().map(ToString::to_string).chain(result.err().map(|it| it.to_string())).collect()
}

/// The places of a file where its tree has an error or something is missing.
fn errors(path: &Path) -> Findings {
    let tree = parse(&read(path));
    let mut found = Vec::new();
    visit(tree.root_node(), &mut |node| {
        if node.is_error() || node.is_missing() {
            let at = node.start_position();
            found.push(format!(
                "{}:{}:{}: {}",
                path.display(),
                at.row + 1,
                at.column + 1,
                node.to_sexp()
            ));
        }
    });
    found
}

fn query(path: &Path) -> Result<Query, String> {
    Query::new(&language(), &read(path)).map_err(|it| format!("{}: {it}", path.display()))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn language() -> Language {
    // SAFETY: the generated function returns a pointer to a constant table.
    unsafe { tree_sitter_language(tree_sitter_task) }
}

/// # Safety
/// `function` must be what a generated parser exports.
unsafe fn tree_sitter_language(function: unsafe extern "C" fn() -> *const ()) -> Language {
    // SAFETY: the caller says so.
    unsafe { Language::from_raw(function().cast()) }
}

fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&language()).expect("the parser was generated for this library");
    parser.parse(text, None).expect("a language is set, and nothing stops the parser")
}

fn visit(node: Node<'_>, see: &mut dyn FnMut(Node<'_>)) {
    see(node);
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        visit(child, see);
    }
}
