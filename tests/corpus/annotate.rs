//! Expectations as comments: taking them out, putting them in.

use std::fmt::Write;

use taskc::diagnostics::Diagnostic;
use taskc::source::{Source, Sources, Span};

use super::case::Case;
use super::phases::Outcome;

/// The text without its expectations.
pub(super) fn bare(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !is_expectation(line)).collect()
}

fn is_expectation(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("//") else { return false };
    rest.starts_with(['>', '!', '~', '|', '-', '=', '+'])
        || rest.trim_start_matches(' ').starts_with('^')
}

/// Each file of a case with what was found in it, and what its run did at the end of the last.
pub(super) fn annotate(case: &Case, outcome: &Outcome) -> Vec<String> {
    let last = case.files.len() - 1;
    let texts = outcome.diagnosis.sources.iter().enumerate().map(|(at, source)| {
        let mut text =
            with_findings(source, &outcome.diagnosis.findings, &outcome.diagnosis.sources);
        for line in outcome.run.iter().flatten().filter(|_| at == last) {
            text.push_str(line.trim_end_matches(' '));
            text.push('\n');
        }
        text
    });
    texts.collect()
}

fn with_findings(source: &Source, findings: &[Diagnostic], sources: &Sources) -> String {
    let mut own: Vec<_> = findings.iter().filter(|it| it.span().file == source.id).collect();
    own.sort_by_key(|it| (it.span().start, it.span().end, it.severity, it.code));
    let line_of = |it: &Diagnostic| last_with_text(source, source.position(it.span().start).line);
    let mut text = String::new();
    for (number, line) in (1..).zip(source.text.split_inclusive('\n')) {
        text.push_str(line);
        for it in own.iter().filter(|it| line_of(it) == number) {
            text.push_str(&marker(source, number, it));
            text.push_str(&details(source, it, sources));
        }
    }
    if source.text.is_empty() {
        for it in &own {
            text.push_str(&marker(source, 1, it));
        }
    }
    text
}

/// The line behind the last line break belongs to the line before it.
fn last_with_text(source: &Source, line: u32) -> u32 {
    let behind = line == source.line_count() && source.text.ends_with('\n');
    if behind { (line - 1).max(1) } else { line }
}

/// `//   ^^^ error[code]: title`, or `//~ 0..3 error[code]: title` where the comment sign leaves no room.
fn marker(source: &Source, number: u32, it: &Diagnostic) -> String {
    let line = source.line(number);
    let column = |offset: u32| {
        let offset = (offset as usize).clamp(line.start, line.end);
        source.text[line.start..offset].chars().count()
    };
    let (start, end) = (column(it.span().start), column(it.span().end));
    let said = format!("{}[{}]: {}", it.severity.word(), it.code, it.title);
    match start.checked_sub(2) {
        Some(gap) => format!("//{:gap$}{} {said}\n", "", "^".repeat((end - start).max(1))),
        None => format!("//~ {start}..{end} {said}\n"),
    }
}

/// Reasons, other places, advice and mends, a line each.
fn details(source: &Source, it: &Diagnostic, sources: &Sources) -> String {
    let mut text = String::new();
    for (at, label) in it.labels.iter().enumerate() {
        if at > 0 {
            writeln!(text, "//- {} {}", place(source, label.span, sources), label.message).unwrap();
        } else if !label.message.is_empty() {
            writeln!(text, "//| {}", label.message).unwrap();
        }
    }
    for help in &it.help {
        writeln!(text, "//= {help}").unwrap();
    }
    for fix in &it.fixes {
        writeln!(text, "//+ {}: {}", fix.applicability.word(), fix.title).unwrap();
    }
    text
}

fn place(from: &Source, span: Span, sources: &Sources) -> String {
    let Some(source) = sources.iter().find(|it| it.id == span.file) else {
        return "elsewhere".to_owned();
    };
    let (start, end) = (source.position(span.start), source.position(span.end));
    let file = if source.id == from.id { String::new() } else { format!("{}:", source.path) };
    let end = if start.line == end.line {
        end.column.to_string()
    } else {
        format!("{}:{}", end.line, end.column)
    };
    format!("{file}{}:{}..{end}", start.line, start.column)
}

#[test]
fn expectations_are_taken_out_and_comments_stay() {
    let text =
        "let a = 1 // a\n//  ^ x\n//~ 0..1 x\n// a ^ comment\n/// docs\n//> 1\n//! error\n//\n";
    assert_eq!(bare(text), "let a = 1 // a\n// a ^ comment\n/// docs\n//\n");
}
