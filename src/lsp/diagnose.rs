//! Findings: sent when they change, or given when they are asked for, never both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use gen_lsp_types::{Diagnostic, DocumentDiagnosticParams, PublishDiagnosticsParams, Uri};
use lsp_server::{Message, Notification};
use serde_json::{Value, json};

use super::Disk;
use super::convert::Places;
use super::documents::Documents;
use super::encoding::Encoding;
use super::requests::{Asked, write};
use crate::check;
use crate::check::library::Library;
use crate::check::project::Project;

/// What was sent last of each file, so that nothing is sent twice.
#[derive(Debug, Default)]
pub(super) struct Sent(Mutex<BTreeMap<String, Vec<Diagnostic>>>);

impl Sent {
    /// Whether these findings of a file are news; they count as sent from now on.
    fn is_news(&self, uri: &str, found: &[Diagnostic]) -> bool {
        let Ok(mut sent) = self.0.lock() else { return true };
        let known = sent.get(uri).map_or(&[][..], Vec::as_slice);
        if known == found {
            return false;
        }
        sent.insert(uri.to_owned(), found.to_vec());
        true
    }

    /// What was sent of a file counts no more.
    pub(super) fn forget(&self, uri: &str) {
        if let Ok(mut sent) = self.0.lock() {
            sent.remove(uri);
        }
    }
}

/// The findings of an open document as they are to be sent.
pub(super) fn of_document(
    documents: &mut Documents,
    uri: &Uri,
    encoding: Encoding,
    disk: &dyn Disk,
) -> Vec<Diagnostic> {
    let root = documents.root_of(uri);
    let Some((ide, file)) = documents.find(uri) else { return Vec::new() };
    let found = ide.diagnostics(file);
    let as_sent =
        |places: &Places<'_>| found.iter().map(|it| places.diagnostic(it, disk)).collect();
    documents.with_places(&root, encoding, as_sent).unwrap_or_default()
}

/// Sends a document's findings with the version that they are for.
pub(super) fn published(uri: &Uri, version: Option<i32>, found: Vec<Diagnostic>) -> Message {
    let params = PublishDiagnosticsParams { uri: uri.clone(), version, diagnostics: found };
    let params = serde_json::to_value(params).unwrap_or_default();
    let method = "textDocument/publishDiagnostics".to_owned();
    Message::Notification(Notification { method, params })
}

/// The findings of one document, which an editor asks for.
pub(super) fn pulled(
    asked: &mut Asked<'_>,
    params: DocumentDiagnosticParams,
) -> Result<Value, super::requests::Failure> {
    let encoding = asked.client.encoding;
    let found = of_document(asked.documents, &params.text_document.uri, encoding, asked.disk);
    write(json!({ "kind": "full", "items": found }))
}

/// The findings of all files of all projects, which an editor asks for.
pub(super) fn all_pulled(asked: &mut Asked<'_>) -> Result<Value, super::requests::Failure> {
    let roots: Vec<PathBuf> = asked.documents.projects.keys().cloned().collect();
    let mut items = Vec::new();
    for root in roots {
        let Some(work) = Work::of(asked.documents, &root, asked.client.encoding) else { continue };
        for (uri, found) in work.findings(asked.disk) {
            let version = asked.documents.version(&Uri(uri.clone()));
            items.push(json!({ "kind": "full", "uri": uri, "version": version, "items": found }));
        }
    }
    write(json!({ "items": items }))
}

/// A project as it is now, to be checked on another thread.
pub(super) struct Work {
    library: Arc<Library>,
    project: Project,
    /// By file: what the editor calls it.
    uris: Vec<Uri>,
    /// By file: whether it is open, and therefore told of by the thread that owns the documents.
    is_open: Vec<bool>,
    encoding: Encoding,
}

impl Work {
    pub(super) fn of(documents: &Documents, root: &Path, encoding: Encoding) -> Option<Self> {
        let ide = documents.projects.get(root)?;
        let project = ide.project().clone();
        let uris: Vec<Uri> =
            project.files().iter().map(|it| documents.uri(root, &it.module)).collect();
        let is_open = uris.iter().map(|it| documents.open.contains_key(&it.0)).collect();
        Some(Self { library: documents.library(), project, uris, is_open, encoding })
    }

    /// The findings of every file, by its name.
    fn findings(&self, disk: &dyn Disk) -> Vec<(String, Vec<Diagnostic>)> {
        let uri = |module: &str| {
            let file = self.project.module(module).map(|it| it.source.id.0 as usize);
            let known = file.and_then(|it| self.uris.get(it).cloned());
            known.expect("places stand in files of the project")
        };
        let places = Places { project: &self.project, encoding: self.encoding, uri: &uri };
        let mut found: Vec<Vec<Diagnostic>> = self.uris.iter().map(|_| Vec::new()).collect();
        for it in &check::findings(&self.project, &self.library) {
            found[it.span().file.0 as usize].push(places.diagnostic(it, disk));
        }
        self.uris.iter().map(|it| it.0.clone()).zip(found).collect()
    }

    /// Checks everything and sends what is news of files that are not open, unless something has changed meanwhile.
    pub(super) fn publish(
        self,
        disk: &dyn Disk,
        sent: &Sent,
        version: (u64, &AtomicU64),
        send: &dyn Fn(Message),
    ) {
        let found = self.findings(disk);
        for ((uri, found), is_open) in found.into_iter().zip(self.is_open) {
            if version.1.load(Ordering::SeqCst) != version.0 {
                return;
            }
            if !is_open && sent.is_news(&uri, &found) {
                send(published(&Uri(uri), None, found));
            }
        }
    }
}
