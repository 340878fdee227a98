//! What a file is made of: symbols, folds, selections, colours, lenses.

use gen_lsp_types::{
    CodeLens, CodeLensParams, Command, DocumentSymbol, DocumentSymbolParams, FoldingRange,
    FoldingRangeKind, FoldingRangeParams, Location, SelectionRange, SelectionRangeParams,
    SemanticToken, SemanticTokens, SemanticTokensParams, SemanticTokensRangeParams,
    WorkspaceSymbolParams,
};
use serde_json::{Value, json};

use super::{Answer, Asked, Subject, write};
use crate::ide::{self, Entry, EntryKind, Lens, TokenSpan};
use crate::lsp::convert::symbol_kind;
use crate::lsp::encoding::Encoding;
use crate::source::{Source, Span};

pub(super) fn document_symbols(asked: &mut Asked<'_>, params: DocumentSymbolParams) -> Answer {
    let client = asked.client;
    let uri = params.text_document.uri.clone();
    let Some(subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let entries = ide::entries(subject.ide.project().file(subject.file));
    let source = subject.source();
    if client.nested_symbols {
        let symbols = entries.into_iter().map(|it| symbol(source, client.encoding, it));
        return write(symbols.collect::<Vec<_>>());
    }
    let flat = entries.iter().flat_map(|it| std::iter::once(it).chain(&it.children)).map(|it| {
        let range = client.encoding.range(source, it.span);
        json!({
            "name": it.name,
            "kind": symbol_kind(it.kind),
            "location": Location { uri: uri.clone(), range },
        })
    });
    write(flat.collect::<Vec<_>>())
}

#[expect(deprecated, reason = "the protocol's type has a field that it advises against")]
fn symbol(source: &Source, encoding: Encoding, entry: Entry) -> DocumentSymbol {
    let children: Vec<DocumentSymbol> =
        entry.children.into_iter().map(|it| symbol(source, encoding, it)).collect();
    DocumentSymbol {
        name: entry.name,
        detail: Some(entry.detail).filter(|it| !it.is_empty()),
        kind: symbol_kind(entry.kind),
        tags: None,
        deprecated: None,
        range: encoding.range(source, entry.span),
        selection_range: encoding.range(source, entry.chosen),
        children: (!children.is_empty()).then_some(children),
    }
}

/// Everything that is declared in any project, by a part of its name.
pub(super) fn workspace_symbols(asked: &mut Asked<'_>, params: WorkspaceSymbolParams) -> Answer {
    let wanted = params.query.to_lowercase();
    let roots: Vec<_> = asked.documents.projects.keys().cloned().collect();
    let mut found = Vec::new();
    for root in roots {
        let Some(ide) = asked.documents.projects.get(&root) else { continue };
        let mut entries: Vec<(String, EntryKind, Span, String)> = Vec::new();
        for it in ide.project().files() {
            let (file, stem) = (it.source.id, it.stem().to_owned());
            if it.is_task() {
                entries.push((
                    stem.clone(),
                    EntryKind::Schedule,
                    Span::new(file, 0, 0),
                    String::new(),
                ));
            }
            for entry in ide::entries(it) {
                let is_shown = !matches!(entry.kind, EntryKind::Header | EntryKind::Schedule);
                if is_shown {
                    entries.push((entry.name, entry.kind, entry.chosen, stem.clone()));
                }
            }
        }
        entries.retain(|(name, ..)| is_like(&name.to_lowercase(), &wanted));
        asked.with_places(&root, |places| {
            found.extend(entries.into_iter().map(|(name, kind, span, container)| {
                json!({
                    "name": name,
                    "kind": symbol_kind(kind),
                    "location": places.location(span),
                    "containerName": container,
                })
            }));
        });
    }
    write(found)
}

/// Whether the letters that are looked for come in a name in their order.
fn is_like(name: &str, wanted: &str) -> bool {
    let mut rest = name.chars();
    wanted.chars().all(|letter| rest.any(|it| it == letter))
}

pub(super) fn folding_ranges(asked: &mut Asked<'_>, params: FoldingRangeParams) -> Answer {
    let encoding = asked.client.encoding;
    let Some(mut subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let folds = ide::folds(&subject.view());
    let source = subject.source();
    let each = folds.into_iter().map(|it| {
        let range = encoding.range(source, it.span);
        FoldingRange {
            start_line: range.start.line,
            start_character: None,
            // The line with the closing bracket stays to be seen.
            end_line: range.end.line - u32::from(!it.is_comment),
            end_character: None,
            kind: it.is_comment.then_some(FoldingRangeKind::Comment),
            collapsed_text: None,
        }
    });
    write(each.filter(|it| it.start_line < it.end_line).collect::<Vec<_>>())
}

pub(super) fn selection_ranges(asked: &mut Asked<'_>, params: SelectionRangeParams) -> Answer {
    let encoding = asked.client.encoding;
    let Some(mut subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let each = params.positions.iter().map(|position| {
        let offset = encoding.offset(subject.source(), *position);
        let spans = ide::selection(&subject.view(), offset);
        let source = subject.source();
        let mut outer = None;
        for span in spans.into_iter().rev() {
            let range = encoding.range(source, span);
            outer = Some(SelectionRange { range, parent: outer.map(Box::new) });
        }
        outer
    });
    write(each.collect::<Vec<_>>())
}

pub(super) fn tokens(asked: &mut Asked<'_>, params: SemanticTokensParams) -> Answer {
    let encoding = asked.client.encoding;
    let Some(mut subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let found = ide::tokens(&subject.view());
    write(encoded(&subject, encoding, found))
}

pub(super) fn tokens_in_range(asked: &mut Asked<'_>, params: SemanticTokensRangeParams) -> Answer {
    let encoding = asked.client.encoding;
    let Some(mut subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let within = encoding.span(subject.file, subject.source(), params.range);
    let mut found = ide::tokens(&subject.view());
    found.retain(|it| it.span.start < within.end && within.start < it.span.end);
    write(encoded(&subject, encoding, found))
}

/// Each word by its distance from the one before.
fn encoded(subject: &Subject<'_>, encoding: Encoding, found: Vec<TokenSpan>) -> SemanticTokens {
    let source = subject.source();
    let mut last = super::TOP;
    let data = found.into_iter().map(|it| {
        let start = encoding.position(source, it.span.start);
        let delta_line = start.line - last.line;
        let from = if delta_line == 0 { last.character } else { 0 };
        last = start;
        let bits = [it.declares, it.is_constant, it.is_library];
        let bits = bits.iter().enumerate().map(|(at, is)| u32::from(*is) << at);
        SemanticToken {
            delta_line,
            delta_start: start.character - from,
            length: encoding.length(source.slice(it.span)),
            token_type: it.kind as u32,
            token_modifiers_bitset: bits.sum(),
        }
    });
    SemanticTokens { result_id: None, data: data.collect() }
}

pub(super) fn code_lenses(asked: &mut Asked<'_>, params: CodeLensParams) -> Answer {
    let (now, encoding) = (asked.now(), asked.client.encoding);
    let uri = json!(params.text_document.uri);
    let Some(mut subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let lenses = ide::lenses(&subject.view(), now);
    let source = subject.source();
    let each = lenses.into_iter().map(|lens| {
        let (span, title, command, arguments) = match lens {
            Lens::Run(span) => (span, "Run".to_owned(), "taskc.run", vec![uri.clone()]),
            Lens::Next(span, title) => (span, title, "taskc.next", vec![uri.clone()]),
            Lens::Test(span, name) => {
                (span, "Run test".to_owned(), "taskc.test", vec![uri.clone(), json!(name)])
            }
        };
        let start = encoding.position(source, span.start);
        CodeLens {
            range: gen_lsp_types::Range { start, end: start },
            command: Some(Command {
                title,
                tooltip: None,
                command: command.to_owned(),
                arguments: Some(arguments),
            }),
            data: None,
        }
    });
    write(each.collect::<Vec<_>>())
}
