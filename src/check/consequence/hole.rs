//! The parts of a file that could not be read, or that belong to no construct of this language.

use std::collections::{BTreeMap, BTreeSet};

use super::misspelt::Names;
use crate::check::chain::root;
use crate::check::checker::DECLARED_HERE;
use crate::check::project::ProjectFile;
use crate::check::report::flow::NOTHING_GIVEN_BACK;
use crate::diagnostics::Diagnostic;
use crate::source::{Source, Span};
use crate::sql::schema::snake_case;
use crate::syntax::tree::{
    Fn, Item, LetTarget, Stmt, StmtKind, TableMember, TypeExpr, TypeExprKind,
};
use crate::syntax::walk::{self, Node};

/// What a table or type may hold that could not be read.
#[derive(Clone, Copy)]
enum Lacks {
    Anything,
    /// Its lines were understood, though not all are right: a name that is near one of theirs is a misspelling.
    NothingThatIsNear,
}

/// What is unknown about a file.
pub(super) struct Hole<'a> {
    source: &'a Source,
    /// The lines that could not be understood, each with the one finding that says so.
    heads: BTreeMap<u32, &'a Diagnostic>,
    /// The lines that belong to such a line: its block, or the rest of its text.
    inside: BTreeSet<u32>,
    /// The words on all of them: they may have been used there.
    words: BTreeSet<&'a str>,
    /// Those that may have been declared there.
    declarable: BTreeSet<&'a str>,
    /// The names that they declare, of whatever type.
    declared: BTreeSet<&'a str>,
    /// The functions that they declare, with whatever parameters.
    functions: BTreeSet<&'a str>,
    /// What they declare with the words of other languages.
    made_elsewhere: BTreeSet<&'a str>,
    /// The parameters of functions that could be read all the same.
    params: Vec<Span>,
    /// The functions of which a part of the head could not be read, as titles quote them: how many values they take is unknown.
    unsure: Vec<String>,
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
    partial: Vec<(String, Lacks)>,
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
        let has_bad_marks = findings.iter().any(|it| is_bad_mark(source, it));
        if heads.is_empty() && !misses_module && !has_bad_marks {
            return None;
        }
        let inside = heads.iter().flat_map(|(line, it)| lines_behind(source, *line, it)).collect();
        let mut hole = Self {
            source,
            heads,
            inside,
            words: BTreeSet::new(),
            declarable: BTreeSet::new(),
            declared: BTreeSet::new(),
            functions: BTreeSet::new(),
            made_elsewhere: BTreeSet::new(),
            params: Vec::new(),
            unsure: Vec::new(),
            misses_module,
            nameless: None,
            missed: BTreeSet::new(),
            open_end: None,
            headless: Vec::new(),
            partial: Vec::new(),
            names,
        };
        hole.take_words();
        hole.take_parameters(&file.tree.items);
        hole.forget_bound(file);
        hole.nameless = hole
            .heads
            .iter()
            .find(|(line, it)| is_headless(it) || is_nameless(hole.line(**line)))
            .map(|(line, _)| *line);
        hole.missed = hole.missed_behind(findings);
        hole.open_end = open_end(file);
        hole.headless = file.tree.items.iter().filter_map(|it| hole.without_head(it)).collect();
        let partial = file.tree.items.iter().flat_map(|it| hole.partly_read(it, findings));
        hole.partial = partial.collect();
        Some(hole)
    }

    /// The lines that could not be read.
    pub(super) fn heads(&self) -> Vec<u32> {
        self.heads.keys().copied().collect()
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

    /// The names of a table or type with a line that could not be read, as titles quote them.
    fn partly_read(&self, item: &'a Item, findings: &[Diagnostic]) -> Vec<(String, Lacks)> {
        let (name, span) = match item {
            Item::Table(it) => (&it.name, it.span),
            Item::Type(it) => (&it.name, it.span),
            _ => return Vec::new(),
        };
        let line = |offset: u32| self.source.position(offset).line;
        let lines = line(span.start)..=line(span.end);
        let mut bad = findings.iter().filter(|it| is_bad_mark(self.source, it));
        let is_read = |head: &Diagnostic| match item {
            Item::Table(it) => it.members.iter().any(|it| has_colon_put_in(it, head)),
            _ => false,
        };
        let mut heads = self.heads.iter().filter(|(line, _)| lines.contains(line)).peekable();
        let is_bad = bad.any(|it| lines.contains(&line_of(self.source, it)));
        if heads.peek().is_none() && !is_bad {
            return Vec::new();
        }
        let lacks = if !is_bad && heads.all(|(_, it)| is_read(it)) {
            Lacks::NothingThatIsNear
        } else {
            Lacks::Anything
        };
        let stored = match item {
            Item::Table(it) => it.database_name.as_ref().map(|it| it.text.to_string()),
            _ => None,
        };
        let stored = stored.unwrap_or_else(|| snake_case(&name.text));
        vec![(format!("`{}`", name.text), lacks), (format!("`{stored}`"), lacks)]
    }

    /// The names that may be the one that could not be read: all that are like no other, or else the first.
    fn missed_behind(&self, findings: &[Diagnostic]) -> BTreeSet<&'a str> {
        let Some(line) = self.nameless else { return BTreeSet::new() };
        let head = self.line(line).trim_start();
        let first = words(head).next().unwrap_or_default();
        let is_type = matches!(first, "table" | "type");
        let may_be_any = first == "const" || !DECLARING.contains(&first);
        let may_be_it = |name: &str| may_be_any || name.starts_with(char::is_uppercase) == is_type;
        let misses = |it: &&Diagnostic| {
            names_something(it.code)
                && it.code != "unused-name"
                && line_of(self.source, it) > line
                && may_be_it(self.source.slice(it.span()))
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
                | "bad-column"
                | "bad-sql"
                | "missing-fields"
                | "unknown-column"
                | "unknown-field"
                | "wrong-arguments"
                | "wrong-type"
        );
        let is_misspelt =
            matches!(finding.code, "unknown-column" | "unknown-field") && !finding.fixes.is_empty();
        lacks
            && self.partial.iter().any(|(name, lacks)| match lacks {
                Lacks::Anything => finding.title.contains(name),
                Lacks::NothingThatIsNear => !is_misspelt && finding.title.contains(name),
            })
    }

    fn take_words(&mut self) {
        let lines: BTreeSet<u32> = self.heads.keys().chain(&self.inside).copied().collect();
        for line in lines {
            let mut before = "";
            let text = self.line(line);
            let declares = may_declare(text);
            for word in words(text) {
                if matches!(before, "let" | "var" | "keep" | "const" | "for") {
                    self.declared.insert(word);
                }
                if matches!(before, "def" | "function" | "func" | "fun" | "class") {
                    self.made_elsewhere.insert(word);
                }
                if before == "fn" {
                    self.functions.insert(word);
                    self.declared.extend(parameters(text));
                }
                self.words.insert(word);
                if declares {
                    self.declarable.insert(word);
                }
                before = word;
            }
        }
    }

    /// What the tree says of a variable's value is known of it, if it is known at all.
    fn forget_bound(&mut self, file: &'a ProjectFile) {
        walk::each(&file.tree, &mut |node| {
            if let Node::Stmt(Stmt { kind: StmtKind::Let(it), .. }) = node
                && let LetTarget::Name(binding) = &it.target
            {
                self.declared.remove(binding.name.text.as_str());
            }
        });
    }

    /// Whether a finding is about how many values a function takes of which that is unknown.
    fn is_about_arity(&self, finding: &Diagnostic) -> bool {
        matches!(finding.code, "missing-argument" | "unknown-argument" | "wrong-arguments")
            && self.unsure.iter().any(|name| finding.title.contains(name))
    }

    /// Whether what is wrong with a function's head stands behind its parameters, which could all be read.
    fn is_behind_parameters(&self, head: &Diagnostic, function: &Fn) -> bool {
        let at = head.span().start;
        function.params.last().is_some_and(|last| {
            last.span.end <= at
                && self.source.text[last.span.end as usize..at as usize].trim() == ")"
        })
    }

    /// Of a function whose parameters could be told apart it is known how many it takes, and of those that could be read what.
    fn take_parameters(&mut self, items: &[Item]) {
        for item in items {
            let Item::Fn(it) = item else { continue };
            let is_read = |ty: &TypeExpr| !matches!(ty.kind, TypeExprKind::Error);
            let params = it.params.iter().filter(|it| it.ty.as_ref().is_some_and(is_read));
            self.params.extend(params.map(|it| it.span));
            if !it.params.is_empty() {
                self.functions.remove(it.name.text.as_str());
            }
            let head = self.heads.get(&self.source.position(it.span.start).line);
            if head.is_some_and(|head| !self.is_behind_parameters(head, it)) {
                self.unsure.push(format!("`{}`", it.name.text));
            }
        }
    }

    /// Whether a finding is about what a parameter takes that could be read.
    fn is_about_parameter(&self, finding: &Diagnostic) -> bool {
        let is_read = |span: Span| self.params.iter().any(|it| it.to(span) == *it);
        finding.code == "wrong-type" && finding.labels.iter().any(|it| is_read(it.span))
    }

    /// Whether a finding follows from what is unknown.
    pub(super) fn explains(&self, finding: &Diagnostic) -> bool {
        let line = line_of(self.source, finding);
        let named = self.source.slice(finding.span());
        if finding.code == "foreign-word" && self.made_elsewhere.contains(named) {
            return true;
        }
        if let Some(head) = self.heads.get(&line)
            && std::ptr::eq(*head, finding)
        {
            return self.inside.contains(&line);
        }
        let is_about_name = names_something(finding.code);
        let words_that_matter =
            if finding.code == "unused-name" { &self.words } else { &self.declarable };
        let touches = |line: u32| self.heads.contains_key(&line) || self.inside.contains(&line);
        let others = finding.labels.iter().filter(|it| it.span.file == self.source.id);
        let others = others.filter(|it| !it.message.ends_with(DECLARED_HERE));
        let mut others = others.map(|it| self.source.position(it.span.start).line);
        let mut on_line = words(&self.source.text[self.source.line(line)]);
        touches(line)
            || on_line.any(|word| self.functions.contains(word))
            || others.any(touches) && !self.is_about_parameter(finding)
            || self.is_about_end(finding)
            || self.is_about_result(finding)
            || is_about_shape(finding.code)
                && finding.title != NOTHING_GIVEN_BACK
                && self.declared.contains(root(&self.source.text, finding.span().start))
            || is_about_name
                && words_that_matter.contains(named)
                && self.names.declaration(finding).is_none()
            || finding.title != NOTHING_GIVEN_BACK
                && words(named).next().is_some_and(|word| self.declared.contains(word))
            || self.misses_module && is_about_name && finding.code != "unused-name"
            || is_about_name && self.missed.contains(named)
            || self.is_about_part(finding)
            || self.is_about_arity(finding)
    }
}

/// Whether a finding is about a word behind a column that says nothing, or stands where its type should: the line may have been meant as
/// another column.
fn is_bad_mark(source: &Source, finding: &Diagnostic) -> bool {
    match finding.code {
        "bad-column" => finding.title.starts_with("no column is "),
        "unknown-type" => {
            matches!(source.slice(finding.span()), "key" | "auto" | "unique" | "cascade")
        }
        _ => false,
    }
}

/// The words that declarations begin with.
const DECLARING: [&str; 7] = ["let", "var", "const", "table", "type", "fn", "keep"];

/// Whether a line declares something and no name follows, or one that has run together with what should stand behind it.
fn is_nameless(line: &str) -> bool {
    let line = line.trim_start();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let declares = DECLARING.iter().find_map(|word| {
        let rest = line.strip_prefix(word).filter(|rest| !rest.starts_with(is_word))?;
        Some((*word, rest.trim_start()))
    });
    declares.is_some_and(|(word, rest)| {
        let name = rest.split(|c| !is_word(c)).next().unwrap_or_default();
        let takes_fields = matches!(word, "let" | "var") && rest.starts_with('{');
        let is_fused = word == "fn" && rest[name.len()..].trim_start().starts_with(':');
        !takes_fields && (name.is_empty() || DECLARING.contains(&name)) || is_fused
    })
}

/// Whether a finding says no more than that a column lacks the colon behind its name: the column is known all the same.
fn has_colon_put_in(member: &TableMember, finding: &Diagnostic) -> bool {
    matches!(member, TableMember::Column(it) if it.name.span.end == finding.span().start)
        && finding.code == "missing-part"
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

/// Whether a line may declare names: a call, or what is given back, does not, unless a closure or a block begins there.
fn may_declare(line: &str) -> bool {
    let line = line.trim();
    let word = words(line).next().unwrap_or_default();
    let calls = line.starts_with(word) && line[word.len()..].starts_with(['(', '.']);
    let begins = line.contains("=>") || line.contains("->") || line.ends_with(['{', ':']);
    !(calls || word == "return") || word.is_empty() || begins
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
