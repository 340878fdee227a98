//! What is shown beside the text: hover, completion, signatures, hints.

use gen_lsp_types::{
    ActiveParameter, CompletionItem, CompletionItemTextEdit, CompletionParams, Contents, Hover,
    HoverParams, InlayHint, InlayHintKind, InlayHintParams, InsertTextFormat, Label,
    ParameterInformation, ParameterInformationLabel, SignatureHelp, SignatureHelpParams,
    SignatureInformation, TextDocumentIdentifier, TextEdit, Uri,
};
use serde_json::{Value, json};

use super::{Answer, Asked, write};
use crate::ide;
use crate::lsp::convert::{completion_kind, documentation, markup};

pub(super) fn hover(asked: &mut Asked<'_>, params: HoverParams) -> Answer {
    let (now, client) = (asked.now(), asked.client);
    let at = params.text_document_position_params;
    let Some((mut subject, offset)) = asked.place(&at) else { return Ok(Value::Null) };
    let Some(found) = ide::hover(&subject.view(), offset, now) else { return Ok(Value::Null) };
    write(Hover {
        contents: Contents::MarkupContent(markup(found.text, client.hover)),
        range: Some(client.encoding.range(subject.source(), found.span)),
    })
}

pub(super) fn completion(asked: &mut Asked<'_>, params: CompletionParams) -> Answer {
    let client = asked.client;
    let at = params.text_document_position_params;
    let Some((subject, offset)) = asked.place(&at) else { return Ok(Value::Null) };
    let found = ide::complete(subject.ide, subject.file, offset);
    let source = subject.source();
    let items: Vec<CompletionItem> = found
        .into_iter()
        .map(|it| {
            let is_snippet = it.is_snippet && client.snippets;
            let new_text =
                if it.is_snippet && !client.snippets { it.label.clone() } else { it.insert };
            let range = client.encoding.range(source, it.span);
            let format =
                if is_snippet { InsertTextFormat::Snippet } else { InsertTextFormat::PlainText };
            let data = json!({ "uri": at.text_document.uri, "key": it.key });
            CompletionItem {
                kind: Some(completion_kind(it.kind)),
                detail: Some(it.detail).filter(|it| !it.is_empty()),
                sort_text: Some(format!("{}{}", it.rank, it.label)),
                insert_text_format: Some(format),
                text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit { range, new_text })),
                data: (!it.key.is_empty()).then_some(data),
                label: it.label,
                ..CompletionItem::default()
            }
        })
        .collect();
    write(json!({ "isIncomplete": false, "items": items }))
}

/// Adds its documentation to a completion that is being looked at.
pub(super) fn resolve(asked: &mut Asked<'_>, mut item: CompletionItem) -> Answer {
    let prose = asked.client.completion;
    let text = |data: &Value, name: &str| {
        data.get(name).and_then(Value::as_str).map(str::to_owned).unwrap_or_default()
    };
    if let Some(data) = &item.data {
        let document = TextDocumentIdentifier { uri: Uri(text(data, "uri")) };
        if let Some(subject) = asked.subject(&document)
            && let Some(page) = ide::documentation(subject.ide, subject.file, &text(data, "key"))
        {
            item.documentation = Some(documentation(page, prose));
        }
    }
    write(item)
}

pub(super) fn signature_help(asked: &mut Asked<'_>, params: SignatureHelpParams) -> Answer {
    let client = asked.client;
    let at = params.text_document_position_params;
    let Some((mut subject, offset)) = asked.place(&at) else { return Ok(Value::Null) };
    let Some(help) = ide::help(&subject.view(), offset) else { return Ok(Value::Null) };
    let active = help.active.and_then(|it| u32::try_from(it).ok()).map(ActiveParameter::Int);
    let params = help.params.into_iter().map(|it| ParameterInformation {
        label: ParameterInformationLabel::String(it),
        documentation: None,
    });
    write(SignatureHelp {
        signatures: vec![SignatureInformation {
            label: help.label,
            documentation: Some(documentation(help.docs, client.signature)),
            parameters: Some(params.collect()),
            active_parameter: active,
        }],
        active_signature: Some(0),
        active_parameter: active,
    })
}

pub(super) fn inlay_hints(asked: &mut Asked<'_>, params: InlayHintParams) -> Answer {
    let (now, encoding) = (asked.now(), asked.client.encoding);
    let Some(mut subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let within = encoding.span(subject.file, subject.source(), params.range);
    let found = ide::hints(&subject.view(), within, now);
    let source = subject.source();
    let hints = found.into_iter().map(|it| InlayHint {
        position: encoding.position(source, it.offset),
        label: Label::String(it.text),
        kind: it.is_type.then_some(InlayHintKind::Type),
        text_edits: None,
        tooltip: None,
        padding_left: Some(!it.is_type),
        padding_right: None,
        data: None,
    });
    write(hints.collect::<Vec<_>>())
}
