//! What an editor asks, one function each; the table of them is [`answer`].

mod actions;
mod format;
mod places;
mod shape;
mod text;

use std::path::PathBuf;

use gen_lsp_types::{Position, TextDocumentIdentifier, TextDocumentPositionParams, Uri};
use lsp_server::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Disk;
use super::capabilities::Client;
use super::convert::Places;
use super::diagnose;
use super::documents::Documents;
use crate::ide::{Ide, View};
use crate::schedule::Instant;
use crate::source::FileId;

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Failure {
    /// What the protocol calls the reason.
    pub(super) code: ErrorCode,
    /// The reason, for people.
    pub(super) message: String,
}

impl Failure {
    fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

type Answer = Result<Value, Failure>;

/// What a question is answered from.
pub(super) struct Asked<'s> {
    pub(super) documents: &'s mut Documents,
    pub(super) client: Client,
    pub(super) disk: &'s dyn Disk,
}

/// Answers a question.
pub(super) fn answer(asked: &mut Asked<'_>, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/hover" => text::hover(asked, read(params)?),
        "textDocument/completion" => text::completion(asked, read(params)?),
        "completionItem/resolve" => text::resolve(asked, read(params)?),
        "textDocument/signatureHelp" => text::signature_help(asked, read(params)?),
        "textDocument/inlayHint" => text::inlay_hints(asked, read(params)?),
        "textDocument/definition" => places::definition(asked, read(params)?),
        "textDocument/references" => places::references(asked, read(params)?),
        "textDocument/documentHighlight" => places::highlights(asked, read(params)?),
        "textDocument/documentLink" => places::links(asked, read(params)?),
        "textDocument/prepareRename" => places::prepare_rename(asked, read(params)?),
        "textDocument/rename" => places::rename(asked, read(params)?),
        "textDocument/prepareCallHierarchy" => places::prepare_calls(asked, read(params)?),
        "callHierarchy/incomingCalls" => places::incoming_calls(asked, read(params)?),
        "callHierarchy/outgoingCalls" => places::outgoing_calls(asked, read(params)?),
        "textDocument/documentSymbol" => shape::document_symbols(asked, read(params)?),
        "workspace/symbol" => shape::workspace_symbols(asked, read(params)?),
        "textDocument/foldingRange" => shape::folding_ranges(asked, read(params)?),
        "textDocument/selectionRange" => shape::selection_ranges(asked, read(params)?),
        "textDocument/semanticTokens/full" => shape::tokens(asked, read(params)?),
        "textDocument/semanticTokens/range" => shape::tokens_in_range(asked, read(params)?),
        "textDocument/codeLens" => shape::code_lenses(asked, read(params)?),
        "textDocument/formatting" => format::whole(asked, read(params)?),
        "textDocument/rangeFormatting" => format::range(asked, read(params)?),
        "textDocument/onTypeFormatting" => format::on_type(asked, read(params)?),
        "textDocument/codeAction" => actions::actions(asked, read(params)?),
        // An action is complete when it is offered; an editor that asks again wants it back.
        "codeAction/resolve" => Ok(params),
        "textDocument/diagnostic" => diagnose::pulled(asked, read(params)?),
        "workspace/diagnostic" => diagnose::all_pulled(asked),
        "workspace/executeCommand" => actions::execute(asked, read(params)?),
        _ => Err(Failure::new(ErrorCode::MethodNotFound, format!("`{method}` is not supported"))),
    }
}

/// The parameters of a question.
fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params)
        .map_err(|error| Failure::new(ErrorCode::InvalidParams, error.to_string()))
}

/// An answer as the protocol writes it.
pub(super) fn write(answer: impl Serialize) -> Answer {
    serde_json::to_value(answer)
        .map_err(|error| Failure::new(ErrorCode::InternalError, error.to_string()))
}

/// A document that is asked about.
pub(super) struct Subject<'s> {
    /// What is known of its project.
    pub(super) ide: &'s mut Ide,
    /// Its file there.
    pub(super) file: FileId,
}

impl Subject<'_> {
    /// The file with what checking says about it.
    pub(super) fn view(&mut self) -> View<'_> {
        self.ide.view(self.file)
    }
}

impl Asked<'_> {
    /// The document of a name, if there is one.
    pub(super) fn subject(&mut self, document: &TextDocumentIdentifier) -> Option<Subject<'_>> {
        let (ide, file) = self.documents.find(&document.uri)?;
        Some(Subject { ide, file })
    }

    /// The document and the byte of a position in it.
    pub(super) fn place(&mut self, at: &TextDocumentPositionParams) -> Option<(Subject<'_>, u32)> {
        let encoding = self.client.encoding;
        let subject = self.subject(&at.text_document)?;
        let offset = encoding.offset(subject.source(), at.position);
        Some((subject, offset))
    }

    pub(super) fn now(&self) -> Instant {
        self.disk.now()
    }

    /// What the project of a document is called, and how its files are named.
    pub(super) fn root(&self, uri: &Uri) -> PathBuf {
        self.documents.root_of(uri)
    }

    /// How to find places of a project.
    pub(super) fn with_places<T>(
        &self,
        root: &std::path::Path,
        work: impl FnOnce(&Places<'_>) -> T,
    ) -> Option<T> {
        self.documents.with_places(root, self.client.encoding, work)
    }
}

impl Subject<'_> {
    /// The document's text.
    pub(super) fn source(&self) -> &crate::source::Source {
        &self.ide.project().file(self.file).source
    }
}

/// A position that stands nowhere in particular.
pub(super) const TOP: Position = Position { line: 0, character: 0 };
