//! The loop: messages in, answers out.
//!
//! What has come meanwhile is taken in at once, so that a question that was cancelled while others were answered is never worked
//! on, and so that several changes in a row lead to one check.

use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidOpenTextDocumentParams, Uri,
};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Disk;
use super::capabilities::{Client, server};
use super::diagnose::{self, Sent, Work};
use super::documents::{Documents, path_of};
use super::requests::{Asked, answer};
use crate::check::library::Library;

/// How long nothing must have come before files that are not open are checked.
const IDLE: Duration = Duration::from_millis(60);

/// Serves one editor until it says goodbye; whether it did so properly.
///
/// # Errors
/// Where the editor does not begin or end as the protocol wants.
pub fn serve(
    connection: &Connection,
    library: Arc<Library>,
    disk: Arc<dyn Disk>,
) -> Result<(), String> {
    let (id, params) = connection.initialize_start().map_err(|error| error.to_string())?;
    let client = Client::new(params.get("capabilities").unwrap_or(&Value::Null));
    connection.initialize_finish(id, server(client)).map_err(|error| error.to_string())?;
    let mut server = Server {
        connection,
        client,
        disk: Arc::clone(&disk),
        documents: Documents::new(disk, library),
        version: Arc::new(AtomicU64::new(0)),
        sent: Arc::new(Sent::default()),
        stale: BTreeSet::new(),
        is_dirty: false,
        asked: 0,
    };
    server.begin(&params);
    server.run()
}

struct Server<'c> {
    connection: &'c Connection,
    client: Client,
    disk: Arc<dyn Disk>,
    documents: Documents,
    /// Grows with every change: what was begun before it counts no more.
    version: Arc<AtomicU64>,
    sent: Arc<Sent>,
    /// Open documents whose findings are to be sent.
    stale: BTreeSet<String>,
    /// Whether other files' findings may have changed.
    is_dirty: bool,
    /// How many questions we have asked the editor.
    asked: i32,
}

impl Server<'_> {
    /// Reads the projects that the editor has open, and asks to be told when files change.
    fn begin(&mut self, params: &Value) {
        let mut roots = folders_at(params, "/workspaceFolders");
        if roots.is_empty() {
            let root = params.get("rootUri").and_then(Value::as_str);
            roots.extend(root.map(|it| path_of(&Uri(it.to_owned()))));
        }
        if self.client.watches {
            let watchers = ["**/*.task", "**/taskc.toml", "**/templates/**"];
            let watchers: Vec<Value> =
                watchers.iter().map(|it| json!({ "globPattern": it })).collect();
            let registration = json!({
                "id": "files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": { "watchers": watchers },
            });
            self.ask("client/registerCapability", json!({ "registrations": [registration] }));
        }
        let token = json!("taskc/loading");
        if self.client.progress && !roots.is_empty() {
            self.ask("window/workDoneProgress/create", json!({ "token": token }));
            let value = json!({ "kind": "begin", "title": "Reading tasks" });
            self.tell("$/progress", json!({ "token": token, "value": value }));
        }
        for root in &roots {
            self.documents.load_folder(root);
        }
        if self.client.progress && !roots.is_empty() {
            let value = json!({ "kind": "end" });
            self.tell("$/progress", json!({ "token": token, "value": value }));
        }
        self.is_dirty = true;
        self.tell_troubles();
    }

    fn run(&mut self) -> Result<(), String> {
        loop {
            let first = if self.is_dirty {
                match self.connection.receiver.recv_timeout(IDLE) {
                    Ok(message) => message,
                    Err(error) if error.is_timeout() => {
                        self.check_others();
                        continue;
                    }
                    Err(_) => return Err("the editor went away".to_owned()),
                }
            } else {
                match self.connection.receiver.recv() {
                    Ok(message) => message,
                    Err(_) => return Err("the editor went away".to_owned()),
                }
            };
            let mut batch = VecDeque::from([first]);
            batch.extend(self.connection.receiver.try_iter());
            let cancelled = cancelled(&batch);
            while let Some(message) = batch.pop_front() {
                match message {
                    Message::Request(request) if cancelled.contains(&request.id) => {
                        let code = ErrorCode::RequestCanceled as i32;
                        let text = "cancelled by the editor".to_owned();
                        self.send(Response::new_err(request.id, code, text).into());
                    }
                    Message::Request(request) => {
                        let is_over = self
                            .connection
                            .handle_shutdown(&request)
                            .map_err(|error| error.to_string())?;
                        if is_over {
                            return Ok(());
                        }
                        self.answer(request);
                    }
                    Message::Notification(it) if it.method == "exit" => {
                        return Err("the editor left without a goodbye".to_owned());
                    }
                    Message::Notification(it) => self.hear(it),
                    // The editor's answers to what we asked: nothing depends on them.
                    Message::Response(_) => {}
                }
            }
            self.publish();
            self.tell_troubles();
        }
    }

    /// Answers a question. A mistake of ours is told as one, and ends nothing.
    fn answer(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let mut asked =
            Asked { documents: &mut self.documents, client: self.client, disk: &*self.disk };
        let answered = catch_unwind(AssertUnwindSafe(|| answer(&mut asked, &method, params)));
        let response = match answered {
            Ok(Ok(value)) => Response::new_ok(id, value),
            Ok(Err(failure)) => Response::new_err(id, failure.code as i32, failure.message),
            Err(_) => {
                let message = format!("`{method}` failed by a mistake in taskc");
                Response::new_err(id, ErrorCode::InternalError as i32, message)
            }
        };
        self.send(response.into());
    }

    fn hear(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        let heard = catch_unwind(AssertUnwindSafe(|| self.take(&method, params)));
        if heard.is_err() {
            let message = format!("`{method}` failed by a mistake in taskc");
            self.tell("window/logMessage", json!({ "type": 1, "message": message }));
        }
    }

    fn take(&mut self, method: &str, params: Value) {
        match method {
            "textDocument/didOpen" => {
                let Some(it) = read::<DidOpenTextDocumentParams>(params) else { return };
                let document = it.text_document;
                self.documents.open(&document.uri, document.version, &document.text);
                self.changed(&document.uri);
            }
            "textDocument/didChange" => {
                let Some(it) = read::<DidChangeTextDocumentParams>(params) else { return };
                let (uri, version) =
                    (it.text_document.text_document_identifier.uri, it.text_document.version);
                let encoding = self.client.encoding;
                if self.documents.change(&uri, version, it.content_changes, encoding) {
                    self.changed(&uri);
                }
            }
            "textDocument/didClose" => {
                let Some(uri) = uri_in(&params) else { return };
                self.documents.close(&uri);
                self.stale.remove(&uri.0);
                self.changed_elsewhere();
                self.take_back(&uri);
            }
            "workspace/didChangeWatchedFiles" => {
                let Some(it) = read::<DidChangeWatchedFilesParams>(params) else { return };
                for change in &it.changes {
                    if self.documents.changed_on_disk(&change.uri) {
                        self.take_back(&change.uri);
                    }
                }
                self.changed_elsewhere();
            }
            "workspace/didChangeWorkspaceFolders" => {
                for folder in folders_at(&params, "/event/removed") {
                    let gone = self.documents.unload_folder(&folder);
                    gone.iter().for_each(|it| self.take_back(it));
                }
                for folder in folders_at(&params, "/event/added") {
                    self.documents.load_folder(&folder);
                }
                self.changed_elsewhere();
            }
            // Nothing else that an editor tells changes what we know.
            _ => {}
        }
    }

    /// Takes back the findings of a file that were sent.
    fn take_back(&self, uri: &Uri) {
        if !self.client.pulls {
            self.send(diagnose::published(uri, None, Vec::new()));
            self.sent.forget(&uri.0);
        }
    }

    fn changed(&mut self, uri: &Uri) {
        self.stale.insert(uri.0.clone());
        self.version.fetch_add(1, Ordering::SeqCst);
        self.is_dirty = true;
    }

    fn changed_elsewhere(&mut self) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.is_dirty = true;
    }

    /// Sends the findings of documents that were changed.
    fn publish(&mut self) {
        let stale = std::mem::take(&mut self.stale);
        if self.client.pulls {
            return;
        }
        for uri in stale.into_iter().map(Uri) {
            let Some(version) = self.documents.version(&uri) else { continue };
            let encoding = self.client.encoding;
            let found = diagnose::of_document(&mut self.documents, &uri, encoding, &*self.disk);
            self.send(diagnose::published(&uri, Some(version), found));
        }
    }

    /// Looks at what the last changes mean for all other files: open ones here, the rest on another thread.
    fn check_others(&mut self) {
        self.is_dirty = false;
        if self.client.pulls {
            if self.client.refreshes {
                self.ask("workspace/diagnostic/refresh", Value::Null);
            }
            return;
        }
        self.stale = self.documents.open.keys().cloned().collect();
        self.publish();
        let roots: Vec<_> = self.documents.projects.keys().cloned().collect();
        let encoding = self.client.encoding;
        let works: Vec<Work> =
            roots.iter().filter_map(|it| Work::of(&self.documents, it, encoding)).collect();
        let (disk, sent) = (Arc::clone(&self.disk), Arc::clone(&self.sent));
        let current = Arc::clone(&self.version);
        let version = current.load(Ordering::SeqCst);
        let sender = self.connection.sender.clone();
        std::thread::spawn(move || {
            let send = |message| drop(sender.send(message));
            for work in works {
                work.publish(&*disk, &sent, (version, &current), &send);
            }
        });
    }

    fn tell_troubles(&mut self) {
        for trouble in std::mem::take(&mut self.documents.troubles) {
            self.tell("window/showMessage", json!({ "type": 1, "message": trouble }));
        }
    }

    fn ask(&mut self, method: &str, params: Value) {
        self.asked += 1;
        let id = RequestId::from(self.asked);
        self.send(Request { id, method: method.to_owned(), params }.into());
    }

    fn tell(&self, method: &str, params: Value) {
        self.send(Notification { method: method.to_owned(), params }.into());
    }

    /// An editor that is gone is noticed when nothing comes from it any more.
    fn send(&self, message: Message) {
        drop(self.connection.sender.send(message));
    }
}

/// The questions that nobody wants answered any more.
fn cancelled(batch: &VecDeque<Message>) -> Vec<RequestId> {
    let cancels = batch.iter().filter_map(|message| match message {
        Message::Notification(it) if it.method == "$/cancelRequest" => it.params.get("id"),
        _ => None,
    });
    cancels.filter_map(|id| serde_json::from_value(id.clone()).ok()).collect()
}

fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}

/// The folders of a list that an editor sends.
fn folders_at(params: &Value, place: &str) -> Vec<PathBuf> {
    let folders = params.pointer(place).and_then(Value::as_array).into_iter().flatten();
    let uris = folders.filter_map(|it| it.get("uri").and_then(Value::as_str));
    uris.map(|it| path_of(&Uri(it.to_owned()))).collect()
}

fn uri_in(params: &Value) -> Option<Uri> {
    params.pointer("/textDocument/uri").and_then(Value::as_str).map(|it| Uri(it.to_owned()))
}
