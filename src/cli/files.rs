//! Which files a command is about.

use std::path::{Path, PathBuf};

/// All `.task` files that the paths name, folders searched, in a stable order without repeats.
///
/// Hidden folders and `target` are left out of a search, never when named. A path that does not exist is an error
/// that names it.
pub fn tasks(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            search(path, &mut |file| {
                if is_task(file) {
                    found.push(tidy(file));
                }
            });
        } else if path.is_file() {
            found.push(tidy(path));
        } else {
            return Err(format!("there is no file or folder called `{}`", path.display()));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Visits every file below a folder, in a stable order; hidden folders and `target` are left out, links are not followed.
pub fn search(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let Ok(kind) = entry.file_type() else { continue };
        let hidden = name.to_string_lossy().starts_with('.') || name == "target";
        if kind.is_dir() && !hidden {
            search(&entry.path(), visit);
        } else if kind.is_file() {
            visit(&entry.path());
        }
    }
}

/// Whether a path ends in `.task`.
pub fn is_task(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "task")
}

/// A path without `./` at its start, as people write it.
fn tidy(path: &Path) -> PathBuf {
    path.strip_prefix("./").unwrap_or(path).to_owned()
}
