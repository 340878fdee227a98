//! A declaration that is misspelt: nobody uses it, and what is used everywhere is declared nowhere.
//!
//! The mistake is one, and it stands where the name is declared.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::check::project::ProjectFile;
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::diagnostics::{Applicability, Diagnostic, Fix, Label};
use crate::source::{Source, Span};
use crate::syntax;
use crate::syntax::token::{Kind, Token};

/// The names of a file, for what may be misspelt among them.
pub(super) struct Names<'a> {
    source: &'a Source,
    /// Read when the first name is asked for.
    tokens: OnceCell<Vec<Token>>,
}

impl<'a> Names<'a> {
    /// The names of a file.
    pub(super) fn new(file: &'a ProjectFile) -> Self {
        Self { source: &file.source, tokens: OnceCell::new() }
    }

    fn tokens(&self) -> &[Token] {
        self.tokens.get_or_init(|| syntax::tokens(self.source.id, &self.source.text))
    }

    fn slice(&self, token: &Token) -> &'a str {
        &self.source.text[token.start as usize..token.end as usize]
    }

    fn times(&self, name: &str) -> usize {
        self.tokens().iter().filter(|it| self.slice(it) == name).count()
    }

    /// The declaration that nobody uses and that a finding takes for what was meant.
    pub(super) fn declaration(&self, finding: &Diagnostic) -> Option<Span> {
        if !is_missed(finding) {
            return None;
        }
        let declared = self.tokens().windows(3).find(|it| {
            let declares =
                if is_field(finding) { it[2].kind == Kind::Colon } else { declares(it[0].kind) };
            let name = self.slice(&it[1]);
            declares && offers(finding, name) && self.times(name) == 1
        })?;
        Some(Span::new(self.source.id, declared[1].start, declared[1].end))
    }
}

/// Tells of names that are missed at the declaration that was probably meant to be theirs; where a name is missed only once, either may be
/// misspelt, and the declaration is pointed at.
pub(super) fn told_at_their_declaration(names: &Names<'_>, found: &mut Vec<Diagnostic>) {
    let source = names.source;
    let mut told = BTreeSet::new();
    found.retain_mut(|finding| {
        let Some(place) = names.declaration(finding) else { return true };
        let (missed, name) = (source.slice(finding.span()), source.slice(place));
        let times = names.times(missed);
        if times == 1 || is_field(finding) {
            let unused = if is_field(finding) { "" } else { ", and never used" };
            let why = format!("`{name}` is declared here{unused}");
            finding.labels.push(Label { span: place, message: why });
            return true;
        }
        tell_at(finding, place, (name, missed, times));
        told.insert((name, missed))
    });
}

/// Tells of names on lines that could not be read: one that nothing is called, and that is nearly that of a function which nobody calls.
///
/// Whether such a line uses a name is not known; that a function is called nowhere, and something of nearly its name is, tells.
pub(super) fn told_on_broken_lines(names: &Names<'_>, broken: &[u32], found: &mut Vec<Diagnostic>) {
    let source = names.source;
    if broken.is_empty() {
        return;
    }
    let unused = found.iter().filter(|it| it.code == "unused-name").map(Diagnostic::span);
    let declared: Vec<Span> = unused.filter(|it| names.times(source.slice(*it)) == 1).collect();
    for place in declared {
        let name = source.slice(place);
        let called = names.tokens().windows(2).find(|it| {
            let is_call = it[0].kind == Kind::Name && it[1].kind == Kind::ParenOpen;
            is_call
                && broken.contains(&source.position(it[0].start).line)
                && !nearest(names.slice(&it[0]), [Candidate::new(name)]).is_empty()
                && names.times(names.slice(&it[0])) == 1
        });
        let Some([called, _]) = called else { continue };
        let span = Span::new(source.id, called.start, called.end);
        let title = format!("no function is called `{}`", names.slice(called));
        found.push(
            Diagnostic::new("unknown-function", span, title)
                .label(place, format!("`{name}` is declared here, and never used"))
                .fix(Fix::maybe(format!("write `{name}`"), span, name)),
        );
    }
}

/// Tells of a misspelt declaration at its own place.
fn tell_at(finding: &mut Diagnostic, place: Span, (name, missed, times): (&str, &str, usize)) {
    finding.title = format!("`{name}` is never used; `{missed}` is declared nowhere");
    "used here".clone_into(&mut finding.labels[0].message);
    let why = format!("`{missed}` is used {times} times");
    finding.labels.insert(0, Label { span: place, message: why });
    finding.help = vec![format!("one of the two is misspelt: probably `{name}`")];
    // Of the uses none is certainly the mistaken one.
    for mend in &mut finding.fixes {
        mend.applicability = mend.applicability.max(Applicability::Maybe);
    }
    finding.fixes.insert(0, Fix::maybe(format!("call it `{missed}`"), place, missed));
}

fn is_missed(finding: &Diagnostic) -> bool {
    is_field(finding)
        || matches!(
            finding.code,
            "unknown-name" | "unknown-function" | "unknown-table" | "unknown-type"
        )
}

/// Whether a finding misses a field or a column: others may have one of that name.
fn is_field(finding: &Diagnostic) -> bool {
    matches!(finding.code, "unknown-field" | "unknown-column" | "extra-field")
}

/// Whether a name may be declared behind this word.
fn declares(kind: Kind) -> bool {
    use Kind::{Comma, Const, Fn, For, Keep, Let, ParenOpen, Table, Type, Var};
    matches!(kind, Comma | Const | Fn | For | Keep | Let | ParenOpen | Table | Type | Var)
}

/// Whether a name is one of those that a finding takes for meant.
fn offers(finding: &Diagnostic, name: &str) -> bool {
    finding.fixes.iter().any(|mend| mend.edits.iter().any(|it| it.text == name))
        || finding.code == "extra-field" && finding.title.contains(&format!("needs `{name}`"))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{checked, finds};

    #[test]
    fn a_misspelt_declaration_is_told_of_where_it_stands() {
        let text = "let custmer = 1\nprint(customer)\nprint(customer + 1)\n";
        finds(text, &["unknown-name at `custmer`"]);
        let found = checked(&[("main", text)]).1.diagnostics;
        assert_eq!(found[0].title, "`custmer` is never used; `customer` is declared nowhere");
        assert_eq!(found[0].labels.len(), 3);
        assert_eq!(found[0].fixes[0].title, "call it `customer`");
    }

    #[test]
    fn a_misspelt_use_is_told_of_where_it_stands() {
        finds(
            "let customer = 1\nprint(custmer)\nprint(customer)\n",
            &["unknown-name at `custmer`"],
        );
        let one = "let customer = 1\nprint(custmer)\n";
        finds(one, &["unknown-name at `custmer`"]);
        assert_eq!(checked(&[("main", one)]).1.diagnostics[0].labels.len(), 2);
    }
}
