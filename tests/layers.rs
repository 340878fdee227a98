//! The direction of the layers, checked: what a workspace would enforce by crates.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Bottom to top. A module may use modules of the rows above its own in this list, never of its own row.
const LAYERS: &[&[&str]] = &[
    &["source", "schedule", "value", "sql", "host"],
    &["diagnostics"],
    &["syntax"],
    &["check"],
    &["bytecode"],
    &["vm"],
    &["stdlib"],
    &["store"],
    &["engine"],
    &["ide", "testing", "server"],
    &["lsp"],
    &["cli", "fuzzing"],
];

#[test]
fn modules_depend_downwards_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let row = |module: &str| LAYERS.iter().position(|row| row.contains(&module));
    let mut wrong = BTreeSet::new();
    for file in rust_files(&root) {
        let inner = file.strip_prefix(&root).unwrap();
        let module = inner.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let is_test = file.file_stem().is_some_and(|it| it == "testing" || it == "tests");
        if ["lib", "main"].contains(&module) || is_test {
            continue;
        }
        let Some(own) = row(module) else {
            wrong.insert(format!("{module} has no layer"));
            continue;
        };
        for used in used_modules(&fs::read_to_string(&file).unwrap()) {
            if used != module && row(&used).is_some_and(|other| other >= own) {
                wrong.insert(format!("{module} -> {used} in {}", inner.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "against the direction: {wrong:#?}");
}

#[test]
fn the_test_would_see_an_arrow_that_points_up() {
    let text = "use crate::{cli::Args, source};\nfn f() { crate::engine::go() }\n// crate::vm\n";
    let found: Vec<_> = used_modules(text).into_iter().collect();
    assert_eq!(found, ["cli", "engine", "source"]);
}

/// Every `x` of `crate::x` and `use crate::{x, …}`, unit tests and comments aside.
fn used_modules(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut found = BTreeSet::new();
    for (at, path) in code.match_indices("crate::") {
        let rest = &code[at + path.len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group_heads(group)),
            None => found.extend(head(rest)),
        }
    }
    found
}

/// The first names of a use group: `a, b` in `a::{x, y}, b::z}`.
fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut heads) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                heads.extend(head(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    heads
}

fn head(path: &str) -> Option<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let name = path.trim_start().split(|c| !is_name(c)).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    paths
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => rust_files(&path),
            Some(it) if it == "rs" => vec![path],
            _ => Vec::new(),
        })
        .collect()
}
