//! The parts of a file that could not be read, or that belong to no construct of this language.

use std::collections::{BTreeMap, BTreeSet};

use super::misspelt::Names;
use crate::check::chain::root;
use crate::check::project::ProjectFile;
use crate::diagnostics::Diagnostic;
use crate::source::{Source, Span};
use crate::syntax::tree::Item;

/// What is unknown about a file.
pub(super) struct Hole<'a> {
    source: &'a Source,
    /// The lines that could not be understood, each with the one finding that says so.
    heads: BTreeMap<u32, &'a Diagnostic>,
    /// The lines that belong to such a line: its block, or the rest of its text.
    inside: BTreeSet<u32>,
    /// The words on all of them: they may have been declared or used there.
    words: BTreeSet<&'a str>,
    /// The names that they declare, of whatever type.
    declared: BTreeSet<&'a str>,
    /// The functions that they declare, with whatever parameters.
    functions: BTreeSet<&'a str>,
    /// A module that is used is not there: any name may come from it.
    misses_module: bool,
    /// The first line that declares something whose name could not be read: it may be any that is missed behind it.
    nameless: Option<u32>,
    /// The missed names that it may have had.
    missed: BTreeSet<&'a str>,
    /// Where the text ends in the middle of a block: what is said of its last words is said too soon.
    open_end: Option<u32>,
    /// The functions of which the head could not be read: what they give is unknown.
    headless: Vec<Span>,
    /// The tables and types of which a part could not be read: what they seem to lack may have stood there.
    partial: BTreeSet<&'a str>,
    names: &'a Names<'a>,
}

impl<'a> Hole<'a> {
    /// What is unknown about a file by its own findings, if anything is.
    pub(super) fn new(
        file: &'a ProjectFile,
        names: &'a Names<'a>,
        findings: &'a [Diagnostic],
    ) -> Option<Self> {
        let source = &file.source;
        let misses_module = findings.iter().any(is_missing_module);
        let mut heads = BTreeMap::new();
        let spoken = findings.iter().filter(|it| file.syntax.contains(it));
        for it in spoken.chain(findings.iter().filter(|it| is_foreign(it))) {
            heads.entry(line_of(source, it)).or_insert(it);
        }
        if heads.is_empty() && !misses_module {
            return None;
        }
        let inside = heads.iter().flat_map(|(line, it)| lines_behind(source, *line, it)).collect();
        let mut hole = Self {
            source,
            heads,
            inside,
            words: BTreeSet::new(),
            declared: BTreeSet::new(),
            functions: BTreeSet::new(),
            misses_module,
            nameless: None,
            missed: BTreeSet::new(),
            open_end: None,
            headless: Vec::new(),
            partial: BTreeSet::new(),
            names,
        };
        hole.take_words();
        hole.nameless = hole
            .heads
            .iter()
            .find(|(line, it)| is_headless(it) || is_nameless(hole.line(**line)))
            .map(|(line, _)| *line);
        hole.missed = hole.missed_behind(findings);
        hole.open_end = open_end(file);
        hole.headless = file.tree.items.iter().filter_map(|it| hole.without_head(it)).collect();
        hole.partial = file.tree.items.iter().filter_map(|it| hole.partly_read(it)).collect();
        Some(hole)
    }

    /// Whether a finding is about a text that is closed on a line further down.
    pub(super) fn goes_on(&self, finding: &Diagnostic) -> bool {
        let span = finding.span();
        let is_plain = || !self.source.slice(span).starts_with("\"\"\"");
        finding.code == "unclosed-text"
            && is_plain()
            && self.inside.contains(&(line_of(self.source, finding) + 1))
    }

    fn line(&self, line: u32) -> &'a str {
        &self.source.text[self.source.line(line)]
    }

    /// The name of a table or type with a line that could not be read.
    fn partly_read(&self, item: &'a Item) -> Option<&'a str> {
        let (name, span) = match item {
            Item::Table(it) => (&it.name, it.span),
            Item::Type(it) => (&it.name, it.span),
            _ => return None,
        };
        let line = |offset: u32| self.source.position(offset).line;
        let lines = line(span.start)..=line(span.end);
        self.heads.keys().any(|it| lines.contains(it)).then_some(name.text.as_str())
    }

    /// The names that may be the one that could not be read: all that are like no other, or else the first.
    fn missed_behind(&self, findings: &[Diagnostic]) -> BTreeSet<&'a str> {
        let Some(line) = self.nameless else { return BTreeSet::new() };
        let misses = |it: &&Diagnostic| {
            names_something(it.code) && it.code != "unused-name" && line_of(self.source, it) > line
        };
        let missed: Vec<&Diagnostic> = findings.iter().filter(misses).collect();
        let unlike = missed.iter().filter(|it| it.fixes.is_empty());
        let names: BTreeSet<&str> = unlike.map(|it| self.source.slice(it.span())).collect();
        let first = missed.first().filter(|_| names.is_empty());
        names.into_iter().chain(first.map(|it| self.source.slice(it.span()))).collect()
    }

    /// A function whose first line could not be read.
    fn without_head(&self, item: &Item) -> Option<Span> {
        let Item::Fn(it) = item else { return None };
        self.heads.contains_key(&self.source.position(it.span.start).line).then_some(it.span)
    }

    /// Whether a finding is about what a function gives of which that could not be read.
    fn is_about_result(&self, finding: &Diagnostic) -> bool {
        let span = finding.span();
        matches!(finding.code, "wrong-type" | "missing-result" | "unused-result")
            && self.headless.iter().any(|it| it.start <= span.start && span.end <= it.end)
    }

    /// Whether a finding is about what stands last in a text that ends in the middle of a block.
    fn is_about_end(&self, finding: &Diagnostic) -> bool {
        let is_incomplete = matches!(finding.code, "missing-result" | "unhandled-cases");
        self.open_end.is_some_and(|end| is_incomplete || finding.span().end >= end)
    }

    /// Whether a finding is about what a table or type lacks of which not all could be read.
    fn is_about_part(&self, finding: &Diagnostic) -> bool {
        let lacks = matches!(
            finding.code,
            "extra-field"
                | "missing-fields"
                | "unknown-column"
                | "unknown-field"
                | "wrong-arguments"
                | "wrong-type"
        );
        lacks && self.partial.iter().any(|name| finding.title.contains(&format!("`{name}`")))
    }

    fn take_words(&mut self) {
        let lines: BTreeSet<u32> = self.heads.keys().chain(&self.inside).copied().collect();
        for line in lines {
            let mut before = "";
            for word in words(&self.source.text[self.source.line(line)]) {
                if matches!(before, "let" | "var" | "keep" | "const" | "for") {
                    self.declared.insert(word);
                }
                if before == "fn" {
                    self.functions.insert(word);
                    self.declared.extend(parameters(&self.source.text[self.source.line(line)]));
                }
                self.words.insert(word);
                before = word;
            }
        }
    }

    /// Whether a finding follows from what is unknown.
    pub(super) fn explains(&self, finding: &Diagnostic) -> bool {
        let line = line_of(self.source, finding);
        if let Some(head) = self.heads.get(&line)
            && std::ptr::eq(*head, finding)
        {
            return self.inside.contains(&line);
        }
        let named = self.source.slice(finding.span());
        let is_about_name = names_something(finding.code);
        let touches = |line: u32| self.heads.contains_key(&line) || self.inside.contains(&line);
        let others = finding.labels.iter().filter(|it| it.span.file == self.source.id);
        let mut others = others.map(|it| self.source.position(it.span.start).line);
        let mut on_line = words(&self.source.text[self.source.line(line)]);
        touches(line)
            || on_line.any(|word| self.functions.contains(word))
            || others.any(touches)
            || self.is_about_end(finding)
            || self.is_about_result(finding)
            || is_about_shape(finding.code)
                && self.declared.contains(root(&self.source.text, finding.span().start))
            || is_about_name
                && self.words.contains(named)
                && self.names.declaration(finding).is_none()
            || words(named).next().is_some_and(|word| self.declared.contains(word))
            || self.misses_module && is_about_name && finding.code != "unused-name"
            || is_about_name && self.missed.contains(named)
            || self.is_about_part(finding)
    }
}

/// Whether a line declares something and no name follows.
fn is_nameless(line: &str) -> bool {
    let line = line.trim_start();
    let declares = ["let", "var", "const", "table", "type", "fn", "keep"].iter().find_map(|word| {
        line.strip_prefix(word)
            .filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    });
    declares.is_some_and(|rest| {
        let name = rest.trim_start();
        !name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '{')
    })
}

fn line_of(source: &Source, finding: &Diagnostic) -> u32 {
    source.position(finding.span().start).line
}

/// The lines that belong to one that could not be understood: the rest of a text that is closed further down or
/// nowhere, or the block of a construct that another language has.
fn lines_behind(source: &Source, line: u32, head: &Diagnostic) -> Vec<u32> {
    let text = |line: u32| &source.text[source.line(line)];
    let behind = line + 1..=source.line_count();
    if head.code == "unclosed-text" {
        if source.slice(head.span()).starts_with("\"\"\"") {
            return behind.collect();
        }
        let quotes = |line: u32| text(line).matches('"').count();
        let end = behind.clone().take(TEXT_LINES_MAX).find(|it| quotes(*it) > 0);
        return end
            .filter(|end| quotes(*end) == 1)
            .map_or_else(Vec::new, |end| (line + 1..=end).collect());
    }
    if is_headless(head) {
        let end = head.labels.last().map_or(line, |it| source.position(it.span.start).line);
        return (line + 1..=end).collect();
    }
    let opens_block = text(line).trim_end().ends_with(['{', ':']);
    if !is_foreign(head) || !opens_block {
        return Vec::new();
    }
    let depth = |line: u32| text(line).len() - text(line).trim_start().len();
    let is_blank = |line: u32| text(line).trim().is_empty();
    let mut block: Vec<u32> =
        behind.take_while(|it| is_blank(*it) || depth(*it) > depth(line)).collect();
    let next = block.last().map_or(line, |last| *last) + 1;
    if next <= source.line_count() && text(next).trim_start().starts_with('}') {
        block.push(next);
    }
    block
}

/// How far the end of a text is looked for that was not closed on its line.
const TEXT_LINES_MAX: usize = 20;

/// Whether a finding says that a block has no line that opens it.
fn is_headless(finding: &Diagnostic) -> bool {
    let places: Vec<u32> = finding.labels.iter().map(|it| it.span.start).collect();
    finding.code == "unmatched-bracket"
        && finding.fixes.is_empty()
        && places.is_sorted()
        && places.len() == 2
}

fn is_foreign(finding: &Diagnostic) -> bool {
    matches!(finding.code, "foreign-word" | "unknown-header")
}

fn is_missing_module(finding: &Diagnostic) -> bool {
    matches!(finding.code, "unknown-module" | "import-cycle")
}

/// The names in front of a `:`, as the parameters in the head of a function stand.
fn parameters(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices(':').filter_map(|(at, _)| words(&line[..at]).last())
}

/// Where a text ends that is over before one of its blocks is.
fn open_end(file: &ProjectFile) -> Option<u32> {
    let end = u32::try_from(file.source.text.trim_end().len()).ok()?;
    let ends_open = |it: &Diagnostic| {
        it.code == "unclosed-bracket" && it.labels.iter().any(|it| it.span.start >= end)
    };
    file.syntax.iter().any(ends_open).then_some(end)
}

/// Findings about what a value is, which nobody knows of one that could not be read.
fn is_about_shape(code: &str) -> bool {
    matches!(
        code,
        "unknown-field"
            | "unknown-method"
            | "wrong-type"
            | "not-a-list"
            | "not-a-function"
            | "not-comparable"
            | "no-operator"
            | "never-null"
            | "never-true"
            | "maybe-null"
            | "missing-fields"
            | "extra-field"
    )
}

/// Findings that say that a name has no meaning, or no use.
fn names_something(code: &str) -> bool {
    matches!(
        code,
        "unknown-name" | "unknown-function" | "unknown-table" | "unknown-type" | "unused-name"
    )
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}
