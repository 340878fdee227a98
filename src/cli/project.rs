//! Reads projects from disk: the only place that turns folders into [`Project`]s.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::string::FromUtf8Error;
use std::sync::Arc;

use super::files;
use super::settings::{Root, Unusable};
use crate::check;
use crate::check::project::{Project, ProjectFile, SecretSetting, Settings, module_of};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Source, Sources, Span};
use crate::syntax::tree::Item;

/// A file of more bytes than this is no source text.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// A project with the files that somebody asked about.
pub struct Loaded {
    /// Where it is and what it sets.
    pub root: Root,
    /// Its files: those asked about and all that they use.
    pub project: Project,
    /// Those asked about, in the order of their paths.
    pub wanted: Vec<FileId>,
    /// The path of each file of the project.
    pub paths: Vec<PathBuf>,
}

impl Loaded {
    /// The texts, for rendering.
    pub fn sources(&self) -> Sources {
        let mut sources = Sources::default();
        for file in self.project.files() {
            sources.add(&file.source.path, &file.source.text);
        }
        sources
    }
}

/// Reads these files and everything that they use, one project for each root that they belong to.
pub fn load(paths: &[PathBuf], now: Option<i64>) -> Result<Vec<Loaded>, Unusable> {
    let mut roots: BTreeMap<PathBuf, (Root, Vec<PathBuf>)> = BTreeMap::new();
    let mut known: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    for path in paths {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        if let Some(root) = known.get(&folder).and_then(|it| roots.get_mut(it)) {
            root.1.push(path.clone());
            continue;
        }
        let root = Root::find(path)?;
        known.insert(folder, root.folder.clone());
        roots.entry(root.folder.clone()).or_insert_with(|| (root, Vec::new())).1.push(path.clone());
    }
    roots.into_values().map(|(root, wanted)| load_root(root, &wanted, now)).collect()
}

/// Reads all tasks below a folder that is a project's root itself.
pub fn load_folder(folder: &Path, now: Option<i64>) -> Result<Loaded, Unusable> {
    let wanted = files::tasks(&[folder.to_owned()]).map_err(Unusable)?;
    let mut root = Root::find(folder)?;
    if !folder.join("taskc.toml").is_file() && wanted.iter().all(|it| !it.starts_with(&root.folder))
    {
        root.folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    }
    load_root(root, &wanted, now)
}

fn load_root(root: Root, wanted: &[PathBuf], now: Option<i64>) -> Result<Loaded, Unusable> {
    let mut loader = Loader {
        root: &root.folder,
        project: Project::default(),
        paths: Vec::new(),
        seen: HashSet::new(),
    };
    let wanted_count = loader.add_all(wanted)?;
    let mut next = 0;
    while next < loader.paths.len() {
        let used = loader.used_by(next);
        loader.add_all(&used)?;
        next += 1;
    }
    let Loader { mut project, paths, .. } = loader;
    project.settings = settings(&root, &project, now)?;
    let wanted = (0..wanted_count).map(|at| project.files()[at].source.id).collect();
    Ok(Loaded { root, project, wanted, paths })
}

struct Loader<'a> {
    root: &'a Path,
    project: Project,
    paths: Vec<PathBuf>,
    seen: HashSet<PathBuf>,
}

/// Fewer files than this are not worth a second thread.
const FILES_PER_THREAD_MIN: usize = 8;

impl Loader<'_> {
    /// Reads and parses those not seen before, on as many threads as the machine has; gives how many there are now.
    fn add_all(&mut self, paths: &[PathBuf]) -> Result<usize, Unusable> {
        let new: Vec<&PathBuf> =
            paths.iter().filter(|path| self.seen.insert(absolute(path))).collect();
        let first = self.paths.len();
        let root = self.root;
        let threads = check::threads_for(new.len() / FILES_PER_THREAD_MIN + 1);
        let numbered = (first..).zip(new.iter().copied()).collect();
        let parsed: Vec<Result<ProjectFile, Unusable>> =
            check::on_threads(numbered, threads, |(at, path)| read(root, path, file_id(at)));
        for (file, path) in parsed.into_iter().zip(new) {
            let file = file?;
            self.project.add(|_| file);
            self.paths.push(path.clone());
        }
        Ok(self.paths.len())
    }

    /// The files that the `use` lines of a file name, where they exist: beside it, or from the root.
    fn used_by(&self, index: usize) -> Vec<PathBuf> {
        let file = &self.project.files()[index];
        let beside = self.paths[index].parent().unwrap_or(Path::new("")).to_owned();
        let uses = file
            .tree
            .items
            .iter()
            .filter_map(|item| if let Item::Use(it) = item { Some(it) } else { None });
        uses.filter_map(|it| {
            let parts: PathBuf = it.path.iter().map(|part| part.text.as_str()).collect();
            let relative = parts.with_extension("task");
            [beside.join(&relative), self.relative_root(&relative)]
                .into_iter()
                .find(|path| path.is_file())
        })
        .collect()
    }

    /// A path from the root, in the form in which the user would write it from where the command was given.
    fn relative_root(&self, path: &Path) -> PathBuf {
        let here = std::env::current_dir().unwrap_or_default();
        let full = self.root.join(path);
        full.strip_prefix(&here).map(Path::to_owned).unwrap_or(full)
    }
}

fn file_id(index: usize) -> FileId {
    FileId(u32::try_from(index).expect("a project has fewer than 2^32 files"))
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Reads and parses one file.
fn read(root: &Path, path: &Path, id: FileId) -> Result<ProjectFile, Unusable> {
    let cannot = |why: String| Unusable(format!("{} cannot be read: {why}", path.display()));
    let size = std::fs::metadata(path).map_err(|error| cannot(error.to_string()))?.len();
    if size > FILE_BYTES_MAX {
        return Err(cannot(format!("it has {size} bytes; a task has at most {FILE_BYTES_MAX}")));
    }
    let bytes = std::fs::read(path).map_err(|error| cannot(error.to_string()))?;
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let module = module_of(root, &full);
    Ok(match String::from_utf8(bytes) {
        Ok(text) => ProjectFile::parse(&module, &shown(path), &text, id),
        Err(error) => not_utf8(&module, &shown(path), &error, id),
    })
}

/// A file in another encoding: nothing is known of it but where it stops being UTF-8. Others do not suffer from it.
fn not_utf8(module: &str, path: &str, error: &FromUtf8Error, id: FileId) -> ProjectFile {
    let (text, found) = encoding_finding(error, id);
    ProjectFile {
        source: Source::new(id, path, &text),
        syntax: vec![found],
        ..ProjectFile::parse(module, path, "", id)
    }
}

/// What there is to say about a file that is not UTF-8, and the text that it is shown in.
pub fn encoding_finding(error: &FromUtf8Error, id: FileId) -> (String, Diagnostic) {
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let at = u32::try_from(error.utf8_error().valid_up_to()).unwrap_or(u32::MAX);
    // The sign that stands for it has three bytes.
    let span = Span { file: id, start: at, end: at.saturating_add(3) };
    let found = Diagnostic::new("unknown-character", span, "this byte is not UTF-8")
        .because("every `.task` file is")
        .help("save the file as UTF-8; a file with another encoding or a binary one is no task");
    (text, found)
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn settings(root: &Root, project: &Project, now: Option<i64>) -> Result<Settings, Unusable> {
    let written = &root.settings;
    Ok(Settings {
        sources: written.sources.keys().map(Into::into).collect(),
        secrets: written
            .secrets
            .iter()
            .map(|(name, it)| SecretSetting {
                name: name.into(),
                hosts: it.hosts.iter().map(Into::into).collect(),
            })
            .collect(),
        env: written.env.names.iter().map(Into::into).collect(),
        templates: templates(root, project),
        levels: levels(root)?,
        run_times: rustc_hash::FxHashMap::default(),
        now,
    })
}

/// What findings count as; codes that the settings do not name count as the catalogue says.
fn levels(
    root: &Root,
) -> Result<rustc_hash::FxHashMap<ecow::EcoString, Option<crate::diagnostics::Severity>>, Unusable>
{
    let chosen = root.levels()?;
    Ok(chosen.iter().map(|(code, level)| (code.into(), level.severity())).collect())
}

/// The texts that `template("…")` may name: looked for only where some file calls `template`.
fn templates(root: &Root, project: &Project) -> rustc_hash::FxHashMap<ecow::EcoString, Arc<str>> {
    let mut found = rustc_hash::FxHashMap::default();
    if !project.files().iter().any(|file| file.source.text.contains("template(")) {
        return found;
    }
    files::search(&root.folder, &mut |path| {
        let text_like =
            path.extension().is_some_and(|it| TEMPLATE_ENDINGS.iter().any(|ending| it == *ending));
        if text_like && let Ok(text) = std::fs::read_to_string(path) {
            let inner = path.strip_prefix(&root.folder).unwrap_or(path);
            found.insert(shown(inner).into(), text.into());
        }
    });
    found
}

/// What a template's file may end in.
pub const TEMPLATE_ENDINGS: &[&str] =
    &["html", "htm", "txt", "md", "xml", "jinja", "j2", "svg", "tmpl", "eml"];
