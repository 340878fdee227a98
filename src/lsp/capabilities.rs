//! What is agreed on at the beginning: what the editor can do, and what we do.

use serde_json::{Value, json};

use super::encoding::Encoding;
use crate::ide::TOKEN_KINDS;

/// The words that may stand beside a semantic token's kind, in the order of their bits.
pub(super) const TOKEN_MODIFIERS: [&str; 3] = ["declaration", "readonly", "defaultLibrary"];

/// How an editor shows prose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Prose {
    /// It does not say: as plain text, and without a word for that.
    #[default]
    Unspecified,
    /// As it is written.
    Plain,
    /// With headings and colours.
    Markdown,
}

/// What the editor can do.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one capability of the protocol")]
pub(super) struct Client {
    /// What its columns count.
    pub(super) encoding: Encoding,
    /// Asks for findings by itself; otherwise they are sent.
    pub(super) pulls: bool,
    /// Asks again when it is told that findings have changed.
    pub(super) refreshes: bool,
    /// Fills in places of what is completed.
    pub(super) snippets: bool,
    /// How it shows what a name means.
    pub(super) hover: Prose,
    /// How it shows what a completion means.
    pub(super) completion: Prose,
    /// How it shows what a function that is being called means.
    pub(super) signature: Prose,
    /// Shows how far work is.
    pub(super) progress: bool,
    /// Tells of files that change on disk, when it is asked to.
    pub(super) watches: bool,
    /// Has an outline with levels.
    pub(super) nested_symbols: bool,
    /// Takes edits with the version of the document that they are for.
    pub(super) document_changes: bool,
}

impl Client {
    /// Reads what an editor says about itself.
    pub(super) fn new(capabilities: &Value) -> Self {
        let has = |path: &str| match capabilities.pointer(path) {
            Some(Value::Bool(is)) => *is,
            Some(Value::Null) | None => false,
            Some(_) => true,
        };
        let list = |path: &str| -> Vec<&str> {
            let found = capabilities.pointer(path).and_then(Value::as_array);
            found.into_iter().flatten().filter_map(Value::as_str).collect()
        };
        let prose = |path: &str| match &list(path)[..] {
            [] => Prose::Unspecified,
            formats if formats.contains(&"markdown") => Prose::Markdown,
            _ => Prose::Plain,
        };
        Self {
            encoding: Encoding::chosen(&list("/general/positionEncodings")),
            pulls: has("/textDocument/diagnostic"),
            refreshes: has("/workspace/diagnostics/refreshSupport"),
            snippets: has("/textDocument/completion/completionItem/snippetSupport"),
            hover: match prose("/textDocument/hover/contentFormat") {
                // Who says nothing takes what the protocol calls marked, and has done so from the beginning.
                Prose::Unspecified => Prose::Markdown,
                said => said,
            },
            completion: prose("/textDocument/completion/completionItem/documentationFormat"),
            signature: prose(
                "/textDocument/signatureHelp/signatureInformation/documentationFormat",
            ),
            progress: has("/window/workDoneProgress"),
            watches: has("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            nested_symbols: has("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            document_changes: has("/workspace/workspaceEdit/documentChanges"),
        }
    }
}

/// What we do.
pub(super) fn server(client: Client) -> Value {
    let mut capabilities = json!({
        "positionEncoding": client.encoding.name(),
        "textDocumentSync": {
            "openClose": true,
            "change": 2,
            "save": { "includeText": false },
        },
        "completionProvider": {
            "triggerCharacters": [".", "\"", "/", " "],
            "resolveProvider": true,
        },
        "hoverProvider": true,
        "signatureHelpProvider": { "triggerCharacters": ["(", ","], "retriggerCharacters": [":"] },
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": true,
        "codeActionProvider": {
            "codeActionKinds": ["quickfix", "source.fixAll"],
            "resolveProvider": true,
        },
        "codeLensProvider": { "resolveProvider": false },
        "documentLinkProvider": { "resolveProvider": false },
        "documentFormattingProvider": true,
        "documentRangeFormattingProvider": true,
        "documentOnTypeFormattingProvider": {
            "firstTriggerCharacter": "}",
            "moreTriggerCharacter": ["\n"],
        },
        "renameProvider": { "prepareProvider": true },
        "foldingRangeProvider": true,
        "selectionRangeProvider": true,
        "callHierarchyProvider": true,
        "inlayHintProvider": { "resolveProvider": false },
        "semanticTokensProvider": {
            "legend": { "tokenTypes": TOKEN_KINDS, "tokenModifiers": TOKEN_MODIFIERS },
            "full": true,
            "range": true,
        },
        "executeCommandProvider": { "commands": ["taskc.next", "taskc.explain"] },
        "workspace": {
            "workspaceFolders": { "supported": true, "changeNotifications": true },
        },
    });
    if client.pulls {
        // Whoever asks is never sent findings as well: each would be shown twice.
        capabilities["diagnosticProvider"] = json!({
            "identifier": "taskc",
            "interFileDependencies": true,
            "workspaceDiagnostics": true,
        });
    }
    json!({
        "capabilities": capabilities,
        "serverInfo": { "name": "taskc", "version": env!("CARGO_PKG_VERSION") },
    })
}
