//! SARIF 2.1.0, which code hosts and review tools read.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::place::{Place, place};
use crate::diagnostics::{Applicability, Diagnostic, Fix, Severity, catalogue};
use crate::source::{FileId, Sources};

/// What a relative path may hold unescaped.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// One document with one run.
pub(super) fn render(findings: &[Diagnostic], sources: &Sources) -> String {
    let mut codes: Vec<_> = findings.iter().map(|it| it.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "taskc",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.into_iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(|it| result(it, sources)).collect::<Vec<_>>(),
        }],
    });
    format!("{document:#}\n")
}

fn rule(code: &str) -> Value {
    let Some(row) = catalogue::row(code) else { return json!({ "id": code }) };
    json!({
        "id": code,
        "shortDescription": { "text": row.title },
        "help": { "text": row.page, "markdown": row.page },
        "defaultConfiguration": { "level": level(row.severity) },
    })
}

fn result(finding: &Diagnostic, sources: &Sources) -> Value {
    let related = finding.labels.iter().skip(1).map(|label| {
        let mut location = location(place(sources, label.span));
        location["message"] = json!({ "text": label.message });
        location
    });
    let why = finding.labels.first().map(|it| it.message.as_str()).filter(|it| !it.is_empty());
    let text: Vec<_> = [finding.title.as_str()]
        .into_iter()
        .chain(why)
        .chain(finding.help.iter().map(String::as_str))
        .collect();
    let fixes = finding.fixes.iter().filter(|it| it.applicability != Applicability::Snippet);
    json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": { "text": text.join("\n") },
        "locations": [location(place(sources, finding.span()))],
        "relatedLocations": related.collect::<Vec<_>>(),
        "fixes": fixes.map(|it| fix(it, sources)).collect::<Vec<_>>(),
    })
}

fn fix(fix: &Fix, sources: &Sources) -> Value {
    let mut files: Vec<FileId> = fix.edits.iter().map(|it| it.span.file).collect();
    files.sort_unstable();
    files.dedup();
    let change = |file: FileId| {
        let edits = fix.edits.iter().filter(|it| it.span.file == file);
        let places: Vec<_> = edits.map(|it| (place(sources, it.span), &it.text)).collect();
        let replacements = places.iter().map(|(at, text)| {
            json!({ "deletedRegion": region(*at), "insertedContent": { "text": text } })
        });
        json!({
            "artifactLocation": artifact(places.first().map_or("", |(at, _)| at.file)),
            "replacements": replacements.collect::<Vec<_>>(),
        })
    };
    json!({
        "description": { "text": fix.title },
        "artifactChanges": files.into_iter().map(change).collect::<Vec<_>>(),
    })
}

fn location(at: Place<'_>) -> Value {
    json!({ "physicalLocation": { "artifactLocation": artifact(at.file), "region": region(at) } })
}

fn artifact(path: &str) -> Value {
    json!({ "uri": utf8_percent_encode(path, PATH).to_string() })
}

fn region(at: Place<'_>) -> Value {
    json!({
        "startLine": at.start.line,
        "startColumn": at.start.column,
        "endLine": at.end.line,
        "endColumn": at.end.column,
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::render::tests::unknown_table;

    #[test]
    fn a_document_with_rule_result_and_mend() {
        let (sources, finding) = unknown_table();
        let document: Value = serde_json::from_str(&render(&[finding], &sources)).unwrap();
        let run = &document["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "unknown-table");
        let result = &run["results"][0];
        assert_eq!(result["level"], "error");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "late.task");
        assert_eq!(
            place["region"],
            json!({ "startLine": 4, "startColumn": 22, "endLine": 4, "endColumn": 26 })
        );
        let change = &result["fixes"][0]["artifactChanges"][0];
        assert_eq!(change["replacements"][0]["insertedContent"]["text"], "Order");
        assert_eq!(change["replacements"][0]["deletedRegion"], place["region"]);
    }

    #[test]
    fn paths_are_escaped_as_addresses() {
        assert_eq!(artifact("my tasks/späte.task")["uri"], "my%20tasks/sp%C3%A4te.task");
    }
}
