//! The cases of `test/corpus`, in the form that the `tree-sitter` command reads: a name between lines of `=`, a program, a line of
//! `---`, and its tree.

use std::path::{Path, PathBuf};

use tree_sitter::Node;

use crate::{Findings, parse, read};

struct Case {
    name: String,
    program: String,
    tree: String,
}

/// Compares each case's tree with the one that stands there.
pub(crate) fn compare(folder: &Path) -> Findings {
    let mut found = Vec::new();
    for path in files(folder) {
        for case in cases(&path) {
            let tree = rendered(&case.program);
            if tree != case.tree {
                let name = &case.name;
                found.push(format!(
                    "{}: {name}: found\n{tree}\nnot\n{}",
                    path.display(),
                    case.tree
                ));
            }
        }
    }
    found
}

/// Writes the trees as they are now.
pub(crate) fn update(folder: &Path) -> Findings {
    const BAR: &str = "==================";
    for path in files(folder) {
        let cases = cases(&path).into_iter().map(|case| {
            let tree = rendered(&case.program);
            format!("{BAR}\n{}\n{BAR}\n{}\n---\n\n{tree}\n", case.name, case.program)
        });
        std::fs::write(&path, cases.collect::<Vec<_>>().join("\n"))
            .expect("the folder can be written");
    }
    Vec::new()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> =
        entries.map(|it| it.expect("the folder can be read").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "the cases are gone");
    files
}

fn cases(path: &Path) -> Vec<Case> {
    let text = read(path);
    let mut lines = text.lines().peekable();
    let mut cases = Vec::new();
    while let Some(line) = lines.next() {
        if !is_bar(line, '=') {
            continue;
        }
        let name = lines.next().expect("a name stands between the bars").to_owned();
        lines.next();
        let program: Vec<&str> = lines.by_ref().take_while(|it| !is_bar(it, '-')).collect();
        let mut tree = Vec::new();
        while lines.peek().is_some_and(|it| !is_bar(it, '=')) {
            tree.extend(lines.next());
        }
        let tree = tree.join("\n").trim().to_owned();
        cases.push(Case { name, program: program.join("\n"), tree });
    }
    cases
}

fn is_bar(line: &str, sign: char) -> bool {
    line.len() >= 3 && line.chars().all(|c| c == sign)
}

/// The tree of a program, one named node a line.
fn rendered(program: &str) -> String {
    let tree = parse(program);
    let mut out = String::new();
    render(tree.root_node(), None, 0, &mut out);
    out
}

fn render(node: Node<'_>, field: Option<&str>, depth: usize, out: &mut String) {
    if depth > 0 {
        out.push('\n');
    }
    out.push_str(&"  ".repeat(depth));
    if let Some(field) = field {
        out.push_str(field);
        out.push_str(": ");
    }
    if node.is_missing() {
        out.push_str(&format!("(MISSING {})", node.kind()));
        return;
    }
    out.push('(');
    out.push_str(node.kind());
    for index in 0..node.child_count() {
        let index = u32::try_from(index).expect("a node has fewer children");
        let child = node.child(index).expect("the index is below the count");
        if child.is_named() || child.is_missing() {
            render(child, node.field_name_for_child(index), depth + 1, out);
        }
    }
    out.push(')');
}
