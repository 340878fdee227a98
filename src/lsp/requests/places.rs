//! Where things are: declarations, uses, callers, links; and new names for them.

use std::collections::BTreeMap;
use std::path::Path;

use gen_lsp_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
    CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, DocumentHighlight,
    DocumentHighlightKind, DocumentLink, DocumentLinkParams, Location, Position, Range,
    ReferenceParams, RenameParams, SymbolKind, TextDocumentIdentifier, TextDocumentPositionParams,
    TextEdit, Uri,
};
use lsp_server::ErrorCode;
use serde_json::{Value, json};

use super::{Answer, Asked, Failure, write};
use crate::diagnostics::Edit;
use crate::ide::{self, Call, Callable, Role};
use crate::lsp::documents::uri_of;
use crate::source::Span;

pub(super) fn definition(asked: &mut Asked<'_>, at: TextDocumentPositionParams) -> Answer {
    let Some((mut subject, offset)) = asked.place(&at) else { return Ok(Value::Null) };
    let Some((_, to)) = ide::definition(&subject.view(), offset) else { return Ok(Value::Null) };
    let root = asked.root(&at.text_document.uri);
    write(asked.with_places(&root, |places| places.location(to)))
}

pub(super) fn references(asked: &mut Asked<'_>, params: ReferenceParams) -> Answer {
    let at = params.text_document_position_params;
    let Some((subject, offset)) = asked.place(&at) else { return Ok(Value::Null) };
    let view = subject.ide.view_of_all(subject.file);
    let found = ide::references(&view, offset, params.context.include_declaration);
    let root = asked.root(&at.text_document.uri);
    let locations: Option<Vec<Location>> =
        asked.with_places(&root, |it| found.iter().map(|span| it.location(*span)).collect());
    write(locations)
}

pub(super) fn highlights(asked: &mut Asked<'_>, at: TextDocumentPositionParams) -> Answer {
    let encoding = asked.client.encoding;
    let Some((mut subject, offset)) = asked.place(&at) else { return Ok(Value::Null) };
    let found = ide::highlights(&subject.view(), offset);
    let source = subject.source();
    let each = found.into_iter().map(|it| DocumentHighlight {
        range: encoding.range(source, it.span),
        kind: Some(match it.role {
            Role::Declares => DocumentHighlightKind::Write,
            Role::Uses | Role::ShortValue | Role::ShortField => DocumentHighlightKind::Read,
        }),
    });
    write(each.collect::<Vec<_>>())
}

pub(super) fn links(asked: &mut Asked<'_>, params: DocumentLinkParams) -> Answer {
    let encoding = asked.client.encoding;
    let root = asked.root(&params.text_document.uri);
    let Some(mut subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let found = ide::links(&subject.view());
    let source = subject.source();
    let each = found.into_iter().map(|it| DocumentLink {
        range: encoding.range(source, it.span),
        target: Some(uri_of(&root.join(it.path))),
        tooltip: None,
        data: None,
    });
    write(each.collect::<Vec<_>>())
}

pub(super) fn prepare_rename(asked: &mut Asked<'_>, at: TextDocumentPositionParams) -> Answer {
    let encoding = asked.client.encoding;
    let Some((mut subject, offset)) = asked.place(&at) else { return Ok(Value::Null) };
    let (span, name) = ide::can_rename(&subject.view(), offset)
        .map_err(|refusal| Failure::new(ErrorCode::RequestFailed, refusal.0))?;
    write(json!({ "range": encoding.range(subject.source(), span), "placeholder": name }))
}

pub(super) fn rename(asked: &mut Asked<'_>, params: RenameParams) -> Answer {
    let at = params.text_document_position_params;
    let root = asked.root(&at.text_document.uri);
    let Some((subject, offset)) = asked.place(&at) else { return Ok(Value::Null) };
    let renaming = ide::rename(subject.ide, subject.file, offset, &params.new_name)
        .map_err(|refusal| Failure::new(ErrorCode::RequestFailed, refusal.0))?;
    Ok(workspace_edit(asked, &root, &renaming.edits))
}

/// Edits as an editor takes them: with the versions of open documents where it checks them.
pub(super) fn workspace_edit(asked: &Asked<'_>, root: &Path, edits: &[Edit]) -> Value {
    let mut by_uri: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
    asked.with_places(root, |places| {
        for edit in edits {
            let Location { uri, range } = places.location(edit.span);
            by_uri.entry(uri.0).or_default().push(TextEdit { range, new_text: edit.text.clone() });
        }
    });
    if !asked.client.document_changes {
        return json!({ "changes": by_uri });
    }
    let each = by_uri.into_iter().map(|(uri, edits)| {
        let version = asked.documents.version(&Uri(uri.clone()));
        json!({ "textDocument": { "uri": uri, "version": version }, "edits": edits })
    });
    json!({ "documentChanges": each.collect::<Vec<_>>() })
}

pub(super) fn prepare_calls(asked: &mut Asked<'_>, at: TextDocumentPositionParams) -> Answer {
    let root = asked.root(&at.text_document.uri);
    let Some((mut subject, offset)) = asked.place(&at) else { return Ok(Value::Null) };
    let Some(found) = ide::callable_at(&subject.view(), offset) else { return Ok(Value::Null) };
    write(item(asked, &root, &found).map(|it| vec![it]))
}

pub(super) fn incoming_calls(
    asked: &mut Asked<'_>,
    params: CallHierarchyIncomingCallsParams,
) -> Answer {
    let calls = calls(asked, &params.item, ide::incoming);
    let each = calls
        .into_iter()
        .map(|(from, from_ranges)| CallHierarchyIncomingCall { from, from_ranges });
    write(each.collect::<Vec<_>>())
}

pub(super) fn outgoing_calls(
    asked: &mut Asked<'_>,
    params: CallHierarchyOutgoingCallsParams,
) -> Answer {
    let calls = calls(asked, &params.item, ide::outgoing);
    let each =
        calls.into_iter().map(|(to, from_ranges)| CallHierarchyOutgoingCall { to, from_ranges });
    write(each.collect::<Vec<_>>())
}

fn calls(
    asked: &mut Asked<'_>,
    of: &CallHierarchyItem,
    look: fn(&ide::View<'_>, u32) -> Vec<Call>,
) -> Vec<(CallHierarchyItem, Vec<Range>)> {
    let root = asked.root(&of.uri);
    let at = TextDocumentPositionParams {
        text_document: TextDocumentIdentifier { uri: of.uri.clone() },
        position: inside(of),
    };
    let Some((subject, offset)) = asked.place(&at) else { return Vec::new() };
    let found = look(&subject.ide.view_of_all(subject.file), offset);
    let each = found.into_iter().filter_map(|call| {
        let other = item(asked, &root, &call.other)?;
        let ranges = asked.with_places(&root, |it| {
            call.places.iter().map(|span| it.location(*span).range).collect()
        })?;
        Some((other, ranges))
    });
    each.collect()
}

/// A place in an item's name.
fn inside(item: &CallHierarchyItem) -> Position {
    item.selection_range.start
}

fn item(asked: &Asked<'_>, root: &Path, of: &Callable) -> Option<CallHierarchyItem> {
    let locations =
        |spans: [Span; 2]| asked.with_places(root, |it| spans.map(|span| it.location(span)));
    let [whole, chosen] = locations([of.span, of.chosen])?;
    Some(CallHierarchyItem {
        name: of.name.clone(),
        kind: SymbolKind::Function,
        tags: None,
        detail: None,
        uri: whole.uri,
        range: whole.range,
        selection_range: chosen.range,
        data: None,
    })
}
