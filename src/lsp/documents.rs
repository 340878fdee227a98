//! Open documents, projects, and how an editor names files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};
use url::Url;

use super::convert::Places;
use super::encoding::Encoding;
use super::{Disk, OnDisk};
use crate::check::library::Library;
use crate::check::project::module_of;
use crate::ide::Ide;
use crate::source::{FileId, Source};

/// A document that is open in the editor: its text there counts, not the one on disk.
#[derive(Debug)]
pub(super) struct Document {
    /// The number of the version that the editor has.
    pub(super) version: i32,
    /// The project that it belongs to, by its root.
    pub(super) root: PathBuf,
    /// What it is called there.
    pub(super) module: String,
}

/// All projects that have been looked into, and the documents that are open.
pub(super) struct Documents {
    disk: Arc<dyn Disk>,
    library: Arc<Library>,
    /// By root.
    pub(super) projects: BTreeMap<PathBuf, Ide>,
    /// By name.
    pub(super) open: BTreeMap<String, Document>,
    /// What is wrong with settings, to be told once.
    pub(super) troubles: Vec<String>,
}

impl Documents {
    pub(super) fn new(disk: Arc<dyn Disk>, library: Arc<Library>) -> Self {
        let (projects, open) = (BTreeMap::new(), BTreeMap::new());
        Self { disk, library, projects, open, troubles: Vec::new() }
    }

    /// What every task can call.
    pub(super) fn library(&self) -> Arc<Library> {
        Arc::clone(&self.library)
    }

    /// Reads the project that a folder or file belongs to, unless it is known.
    pub(super) fn load(&mut self, path: &Path) -> PathBuf {
        let root = self.disk.root(path);
        if !self.projects.contains_key(&root) {
            self.read_project(&root);
        }
        root
    }

    /// Reads all projects that have files below a folder.
    pub(super) fn load_folder(&mut self, folder: &Path) {
        for root in self.disk.roots(folder) {
            self.load(&root);
        }
    }

    /// Forgets the projects below a folder that the editor has no document of; gives what their files were called.
    pub(super) fn unload_folder(&mut self, folder: &Path) -> Vec<Uri> {
        let is_gone = |root: &PathBuf| {
            root.starts_with(folder) && self.open.values().all(|it| it.root != *root)
        };
        let gone: Vec<PathBuf> = self.projects.keys().filter(|it| is_gone(it)).cloned().collect();
        let mut uris = Vec::new();
        for root in gone {
            let Some(ide) = self.projects.remove(&root) else { continue };
            uris.extend(ide.project().files().iter().map(|it| self.uri(&root, &it.module)));
        }
        uris
    }

    /// Reads a project again: files that are not open, and settings.
    pub(super) fn reload(&mut self, root: &Path) {
        if self.projects.contains_key(root) {
            self.read_project(root);
        }
    }

    fn read_project(&mut self, root: &Path) {
        let OnDisk { mut project, trouble } = self.disk.project(root);
        self.troubles.extend(trouble);
        project.show(shown);
        let mut ide = Ide::of(Arc::clone(&self.library), project);
        if let Some(old) = self.projects.remove(root) {
            let open = self.open.values().filter(|it| it.root == root);
            for document in open {
                if let Some(file) = old.project().module(&document.module) {
                    ide.set(&document.module, &shown(&document.module), &file.source.text);
                }
            }
        }
        self.projects.insert(root.to_owned(), ide);
    }

    /// Takes a document that was opened.
    pub(super) fn open(&mut self, uri: &Uri, version: i32, text: &str) {
        let path = path_of(uri);
        let root = self.load(&path);
        let module = module_of(&root, &path);
        if let Some(ide) = self.projects.get_mut(&root) {
            ide.set(&module, &shown(&module), text);
        }
        self.open.insert(uri.0.clone(), Document { version, root, module });
    }

    /// Takes the changes of a document, in their order; gives whether it is open.
    pub(super) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> bool {
        let Some(document) = self.open.get_mut(&uri.0) else { return false };
        let Some(ide) = self.projects.get_mut(&document.root) else { return false };
        let Some(file) = ide.project().module(&document.module) else { return false };
        let mut source = file.source.clone();
        for change in changes {
            let text = match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(it) => {
                    it.text
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(it) => {
                    let span = encoding.span(source.id, &source, it.range);
                    let mut text = source.text.to_string();
                    text.replace_range(span.range(), &it.text);
                    text
                }
            };
            source = Source::new(source.id, &source.path, &text);
        }
        document.version = version;
        ide.set(&document.module, &shown(&document.module), &source.text);
        true
    }

    /// A document that was closed: from now on what stands on disk counts again.
    pub(super) fn close(&mut self, uri: &Uri) {
        if self.open.remove(&uri.0).is_some() {
            self.changed_on_disk(uri);
        }
    }

    /// A file that may have changed, come or gone on disk; gives whether it is gone.
    pub(super) fn changed_on_disk(&mut self, uri: &Uri) -> bool {
        if self.open.contains_key(&uri.0) {
            return false;
        }
        let path = path_of(uri);
        let root = self.disk.root(&path);
        if path.extension().is_none_or(|it| it != "task") {
            self.reload(&root);
            return false;
        }
        let Some(ide) = self.projects.get_mut(&root) else { return false };
        let module = module_of(&root, &path);
        let text = self.disk.read(&path);
        match &text {
            Some(text) => {
                ide.set(&module, &shown(&module), text);
            }
            None => ide.remove(&module),
        }
        text.is_none()
    }

    /// The project and file that a name stands for.
    pub(super) fn find(&mut self, uri: &Uri) -> Option<(&mut Ide, FileId)> {
        let (root, module) = match self.open.get(&uri.0) {
            Some(document) => (document.root.clone(), document.module.clone()),
            None => {
                let path = path_of(uri);
                let root = self.load(&path);
                let module = module_of(&root, &path);
                (root, module)
            }
        };
        let ide = self.projects.get_mut(&root)?;
        let file = ide.project().module(&module)?.source.id;
        Some((ide, file))
    }

    /// The root of the project that a name belongs to.
    pub(super) fn root_of(&self, uri: &Uri) -> PathBuf {
        match self.open.get(&uri.0) {
            Some(document) => document.root.clone(),
            None => self.disk.root(&path_of(uri)),
        }
    }

    /// What an editor calls a file of a project: as it opened it, if it did.
    pub(super) fn uri(&self, root: &Path, module: &str) -> Uri {
        let is_it = |it: &&Document| it.root == root && it.module == module;
        let open = self.open.iter().find(|(_, it)| is_it(it));
        open.map_or_else(|| uri_of(&root.join(shown(module))), |(uri, _)| Uri(uri.clone()))
    }

    /// How places of a project are told to the editor; nothing where no project has this root.
    pub(super) fn with_places<T>(
        &self,
        root: &Path,
        encoding: Encoding,
        work: impl FnOnce(&Places<'_>) -> T,
    ) -> Option<T> {
        let ide = self.projects.get(root)?;
        let uri = |module: &str| self.uri(root, module);
        Some(work(&Places { project: ide.project(), encoding, uri: &uri }))
    }

    /// The version of a document that is open.
    pub(super) fn version(&self, uri: &Uri) -> Option<i32> {
        self.open.get(&uri.0).map(|it| it.version)
    }
}

/// How a module's file is called below the root.
fn shown(module: &str) -> String {
    format!("{module}.task")
}

/// The path that an editor's name stands for; of a document that is nowhere on disk yet, a path that no file has.
pub(super) fn path_of(uri: &Uri) -> PathBuf {
    match Url::parse(&uri.0) {
        Ok(url) if url.scheme() == "file" => {
            url.to_file_path().unwrap_or_else(|()| PathBuf::from(url.path()))
        }
        Ok(url) => Path::new("/nowhere").join(url.path().trim_start_matches('/')),
        Err(_) => Path::new("/nowhere").join(&uri.0),
    }
}

/// What an editor calls a file on disk.
pub(super) fn uri_of(path: &Path) -> Uri {
    Uri(Url::from_file_path(path).map_or_else(|()| String::new(), String::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_read_back() {
        let path = Path::new("/a b/täglich.task");
        assert_eq!(uri_of(path).0, "file:///a%20b/t%C3%A4glich.task");
        assert_eq!(path_of(&uri_of(path)), path);
        assert_eq!(path_of(&Uri("untitled:Untitled-1".into())), Path::new("/nowhere/Untitled-1"));
        assert_eq!(module_of(Path::new("/p"), Path::new("/p/lib/money.task")), "lib/money");
    }
}
