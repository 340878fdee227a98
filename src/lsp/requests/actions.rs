//! Mends that an editor offers, and commands that it sends.

use gen_lsp_types::{CodeActionParams, ExecuteCommandParams, TextDocumentIdentifier, Uri};
use lsp_server::ErrorCode;
use serde_json::{Value, json};

use super::{Answer, Asked, Failure, places, write};
use crate::diagnostics::{self, Applicability, Diagnostic, Edit, Fix, fix};
use crate::ide;

/// The mends of findings on the lines that are asked about. Places come from our own findings, never from what the editor sends back.
pub(super) fn actions(asked: &mut Asked<'_>, params: CodeActionParams) -> Answer {
    let (client, disk) = (asked.client, asked.disk);
    let root = asked.root(&params.text_document.uri);
    let Some(subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let found = subject.ide.diagnostics(subject.file);
    let source = subject.source().clone();
    let wants = |kind: &str| {
        let only = params.context.only.as_ref();
        only.is_none_or(|only| {
            let names = only.iter().filter_map(|it| serde_json::to_value(it).ok());
            names
                .into_iter()
                .any(|it| it.as_str().is_some_and(|it| it.is_empty() || kind.starts_with(it)))
        })
    };
    let lines = params.range.start.line..=params.range.end.line;
    let is_here = |it: &&Diagnostic| {
        let range = client.encoding.range(&source, it.span());
        *lines.start() <= range.end.line && range.start.line <= *lines.end()
    };
    let mut actions = Vec::new();
    if wants("quickfix") {
        for finding in found.iter().filter(is_here) {
            let shown = asked.with_places(&root, |it| it.diagnostic(finding, disk));
            for mend in &finding.fixes {
                actions.push(json!({
                    "title": mend.title,
                    "kind": "quickfix",
                    "diagnostics": [shown],
                    "isPreferred": mend.applicability == Applicability::Safe,
                    "edit": places::workspace_edit(asked, &root, &edits(mend)),
                }));
            }
        }
    }
    if wants("source.fixAll") {
        let all = safe_edits(&found);
        if !all.is_empty() {
            actions.push(json!({
                "title": "Mend all that is certain",
                "kind": "source.fixAll",
                "edit": places::workspace_edit(asked, &root, &all),
            }));
        }
    }
    write(actions)
}

/// The edits of a mend, its holes filled with their names.
fn edits(mend: &Fix) -> Vec<Edit> {
    let is_snippet = mend.applicability == Applicability::Snippet;
    let fill = |it: &Edit| Edit {
        text: if is_snippet { without_holes(&it.text) } else { it.text.clone() },
        ..it.clone()
    };
    mend.edits.iter().map(fill).collect()
}

/// `${1:name}` becomes `name`, `$0` nothing.
fn without_holes(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(hole) = rest.strip_prefix('{')
            && let Some(end) = hole.find('}')
        {
            plain.push_str(hole[..end].split_once(':').map_or("", |(_, name)| name));
            rest = &hole[end + 1..];
        } else {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        }
    }
    plain.push_str(rest);
    plain
}

/// The certain mends of a file that do not touch one another.
fn safe_edits(found: &[Diagnostic]) -> Vec<Edit> {
    let mut all: Vec<Edit> = Vec::new();
    let safe = |it: &&Fix| it.applicability == Applicability::Safe;
    for mend in found.iter().filter_map(|it| it.fixes.iter().find(safe)) {
        let mut with: Vec<Edit> = all.clone();
        with.extend(mend.edits.iter().filter(|it| !all.contains(it)).cloned());
        if fix::apply("", &with).is_some() {
            all = with;
        }
    }
    all
}

/// What our lenses and links ask for where the editor has no extension of ours.
pub(super) fn execute(asked: &mut Asked<'_>, params: ExecuteCommandParams) -> Answer {
    let arguments = params.arguments.unwrap_or_default();
    let first = arguments.first().and_then(Value::as_str).unwrap_or_default().to_owned();
    match params.command.as_str() {
        "taskc.next" => {
            let now = asked.now();
            let document = TextDocumentIdentifier { uri: Uri(first) };
            let Some(mut subject) = asked.subject(&document) else { return Ok(Value::Null) };
            write(ide::next_runs(&subject.view(), now))
        }
        "taskc.explain" => write(diagnostics::catalogue::explain(&first)),
        other => {
            Err(Failure::new(ErrorCode::InvalidParams, format!("there is no command `{other}`")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_become_their_names() {
        assert_eq!(without_holes("${1:days} => ${0}x$2 {"), "days => x {");
        assert_eq!(without_holes("$0"), "");
    }
}
