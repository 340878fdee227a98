//! Colours, compared with what comments say of the line above: `// ^ keyword` for the column of the caret, `// <- keyword` for
//! the column that the comment begins in.

use std::path::{Path, PathBuf};

use tree_sitter::{QueryCursor, StreamingIterator};

use crate::{Findings, parse, query, read};

/// Compares the colours of each file.
pub(crate) fn compare(query_path: &Path, files: &[PathBuf]) -> Findings {
    let mut found = Vec::new();
    for path in files {
        let text = read(path);
        let colours = colours(query_path, &text);
        let expectations = expectations(&text);
        if expectations.is_empty() {
            found.push(format!("{} expects nothing", path.display()));
        }
        for Expectation { line, column, name } in expectations {
            let is = colours[line].get(column).cloned().flatten().unwrap_or_default();
            if is != name {
                found.push(format!(
                    "{}:{}:{}: {is:?}, not {name}",
                    path.display(),
                    line + 1,
                    column + 1
                ));
            }
        }
    }
    found
}

/// The name of each byte's colour, by line. Where several patterns match, the last one counts, and inner nodes before outer ones.
fn colours(query_path: &Path, text: &str) -> Vec<Vec<Option<String>>> {
    let query = query(query_path).unwrap_or_else(|error| panic!("{error}"));
    let tree = parse(text);
    let mut cursor = QueryCursor::new();
    let mut captures = cursor.captures(&query, tree.root_node(), text.as_bytes());
    let mut spans = Vec::new();
    while let Some((found, index)) = captures.next() {
        let capture = found.captures()[*index];
        spans.push((capture.node.byte_range(), found.pattern_index, capture.index));
    }
    spans.sort_by_key(|(range, pattern, _)| (range.start, std::cmp::Reverse(range.end), *pattern));
    let mut flat = vec![None; text.len()];
    for (range, _, name) in spans {
        let name = query.capture_names()[name as usize];
        flat[range].fill(Some(name.to_owned()));
    }
    let mut flat = flat.into_iter();
    text.split_inclusive('\n').map(|line| flat.by_ref().take(line.len()).collect()).collect()
}

struct Expectation {
    line: usize,
    column: usize,
    name: String,
}

fn expectations(text: &str) -> Vec<Expectation> {
    let mut found = Vec::new();
    let mut above = 0;
    for (number, line) in text.lines().enumerate() {
        let comment = line.trim_start().strip_prefix("//").map(str::trim_start);
        let start = line.len() - line.trim_start().len();
        let expectation = comment.and_then(|comment| {
            if let Some(name) = comment.strip_prefix("<-") {
                return Some((start, name));
            }
            let name = comment.strip_prefix('^')?;
            Some((line.find('^')?, name.trim_start_matches('^')))
        });
        match expectation {
            Some((column, name)) => {
                found.push(Expectation { line: above, column, name: name.trim().to_owned() });
            }
            None => above = number,
        }
    }
    found
}
