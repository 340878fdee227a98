//! Cases on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use taskc::source::FileId;

use crate::support::task_files;

/// A program with what is expected of it.
#[derive(Clone)]
pub(super) struct Case {
    /// Its path below the corpus.
    pub(super) name: String,
    /// Its files, the task that is run last.
    pub(super) files: Vec<CaseFile>,
    /// What stands in its `taskc.toml`.
    pub(super) settings: String,
}

/// A file of a case.
#[derive(Clone)]
pub(super) struct CaseFile {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its path in the case without `.task`.
    pub(super) module: String,
    /// The file as it is.
    pub(super) annotated: String,
    /// The file without its expectations.
    pub(super) text: String,
}

impl Case {
    /// The same case with other texts.
    pub(super) fn with(&self, texts: &BTreeMap<FileId, String>) -> Self {
        let mut case = self.clone();
        for (file, text) in texts {
            case.files[file.0 as usize].text.clone_from(text);
        }
        case
    }
}

/// Finds all cases below a folder, in the order of their names.
pub(super) fn collect(folder: &Path, cases: &mut Vec<Case>) {
    for path in sorted(folder) {
        if path.join("main.task").exists() {
            cases.push(several(&path));
        } else if path.is_dir() {
            collect(&path, cases);
        } else if is_task(&path) {
            let file = CaseFile::read(&path, path.parent().unwrap());
            cases.push(Case { name: name(&path), files: vec![file], settings: String::new() });
        }
    }
}

fn several(folder: &Path) -> Case {
    let mut paths = task_files(folder);
    paths.sort_by_key(|path| (path.ends_with("main.task"), path.clone()));
    let files = paths.iter().map(|path| CaseFile::read(path, folder)).collect();
    let settings = fs::read_to_string(folder.join("taskc.toml")).unwrap_or_default();
    Case { name: name(folder), files, settings }
}

impl CaseFile {
    fn read(path: &Path, root: &Path) -> Self {
        let annotated = fs::read_to_string(path).unwrap();
        let module = path.strip_prefix(root).unwrap().with_extension("");
        Self {
            path: path.to_owned(),
            module: module.to_str().unwrap().replace('\\', "/"),
            text: super::annotate::bare(&annotated),
            annotated,
        }
    }
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    paths
}

fn is_task(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "task")
}

fn name(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    path.strip_prefix(root).unwrap().with_extension("").to_str().unwrap().to_owned()
}
