//! From plain data to what the protocol calls it.

use gen_lsp_types::{
    Code, CodeDescription, CompletionItemKind, Diagnostic, DiagnosticRelatedInformation,
    DiagnosticSeverity, DiagnosticTag, Documentation, Location, MarkupContent, MarkupKind, Message,
    SymbolKind, Uri,
};

use super::Disk;
use super::capabilities::Prose;
use super::documents::uri_of;
use super::encoding::Encoding;
use crate::check::project::Project;
use crate::diagnostics::{self, Severity};
use crate::ide::{CompletionKind, EntryKind};
use crate::source::Span;

/// What finding a place in a project takes.
pub(super) struct Places<'a> {
    /// The project.
    pub(super) project: &'a Project,
    /// What columns count.
    pub(super) encoding: Encoding,
    /// What the editor calls a module's file.
    pub(super) uri: &'a dyn Fn(&str) -> Uri,
}

impl Places<'_> {
    /// Where a span stands.
    pub(super) fn location(&self, span: Span) -> Location {
        let file = self.project.file(span.file);
        let range = self.encoding.range(&file.source, span);
        Location { uri: (self.uri)(&file.module), range }
    }

    /// A finding; its own file is the one that it is sent for.
    pub(super) fn diagnostic(
        &self,
        found: &diagnostics::Diagnostic,
        disk: &dyn Disk,
    ) -> Diagnostic {
        let source = &self.project.file(found.span().file).source;
        let related = found.labels.iter().skip(1).map(|label| DiagnosticRelatedInformation {
            location: self.location(label.span),
            message: label.message.clone(),
        });
        let mut message = found.title.clone();
        let why = found.labels.first().map(|it| it.message.as_str()).filter(|it| !it.is_empty());
        for line in why.into_iter().chain(found.help.iter().map(String::as_str)) {
            message.push('\n');
            message.push_str(line);
        }
        let page = disk.page(found.code).map(|path| CodeDescription { href: uri_of(&path) });
        Diagnostic {
            range: self.encoding.range(source, found.span()),
            severity: Some(match found.severity {
                Severity::Error => DiagnosticSeverity::Error,
                Severity::Warning => DiagnosticSeverity::Warning,
                Severity::Hint => DiagnosticSeverity::Hint,
            }),
            code: Some(Code::String(found.code.to_owned())),
            code_description: page,
            source: Some("taskc".to_owned()),
            message: Message::String(message),
            tags: is_faded(found.code).then(|| vec![DiagnosticTag::Unnecessary]),
            related_information: Some(related.collect()),
            data: None,
        }
    }
}

/// Code that nobody needs is shown pale.
fn is_faded(code: &str) -> bool {
    matches!(code, "unused-name" | "unreachable" | "unused-silence" | "unused-result")
}

/// Markdown, or the same without its marks for an editor that shows plain text.
pub(super) fn markup(text: String, prose: Prose) -> MarkupContent {
    if prose == Prose::Markdown {
        return MarkupContent { kind: MarkupKind::Markdown, value: text };
    }
    MarkupContent { kind: MarkupKind::PlainText, value: plain(&text) }
}

/// The same where an editor that takes neither form takes a text.
pub(super) fn documentation(text: String, prose: Prose) -> Documentation {
    if prose == Prose::Unspecified {
        return Documentation::String(plain(&text));
    }
    Documentation::MarkupContent(markup(text, prose))
}

fn plain(text: &str) -> String {
    let lines = text.lines().filter(|it| !it.starts_with("```"));
    let text = lines.map(|it| it.replace(['`', '*'], "")).collect::<Vec<_>>().join("\n");
    text.trim().to_owned()
}

pub(super) fn completion_kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Keyword => CompletionItemKind::Keyword,
        CompletionKind::Snippet => CompletionItemKind::Snippet,
        CompletionKind::Header => CompletionItemKind::Property,
        CompletionKind::Variable => CompletionItemKind::Variable,
        CompletionKind::Field => CompletionItemKind::Field,
        CompletionKind::Method => CompletionItemKind::Method,
        CompletionKind::Function => CompletionItemKind::Function,
        CompletionKind::Module => CompletionItemKind::Module,
        CompletionKind::Type => CompletionItemKind::Interface,
        CompletionKind::Table => CompletionItemKind::Class,
        CompletionKind::Const => CompletionItemKind::Constant,
        CompletionKind::Value => CompletionItemKind::Value,
        CompletionKind::File => CompletionItemKind::File,
    }
}

pub(super) fn symbol_kind(kind: EntryKind) -> SymbolKind {
    match kind {
        EntryKind::Schedule => SymbolKind::Event,
        EntryKind::Header => SymbolKind::Property,
        EntryKind::Const => SymbolKind::Constant,
        EntryKind::Type => SymbolKind::Interface,
        EntryKind::Table => SymbolKind::Class,
        EntryKind::Column => SymbolKind::Field,
        EntryKind::Key => SymbolKind::Key,
        EntryKind::Fn => SymbolKind::Function,
        EntryKind::Test => SymbolKind::Method,
        EntryKind::Keep | EntryKind::Variable => SymbolKind::Variable,
    }
}
