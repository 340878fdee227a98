//! A declaration that is misspelt: nobody uses it, and what is used everywhere is declared nowhere.
//!
//! The mistake is one, and it stands where the name is declared.

use crate::check::project::ProjectFile;
use crate::diagnostics::{Applicability, Diagnostic, Fix, Label};
use crate::source::Span;
use crate::syntax::token::{Kind, Token};
use crate::syntax::{self};

/// Tells of names that are missed at the declaration that was probably meant to be theirs; where a name is missed only once, either may be
/// misspelt, and the declaration is pointed at.
pub(super) fn told_at_their_declaration(file: &ProjectFile, found: &mut [Diagnostic]) {
    if !found.iter().any(is_missed) {
        return;
    }
    let source = &file.source;
    let tokens = syntax::tokens(source.id, &source.text);
    let slice = |it: &Token| &source.text[it.start as usize..it.end as usize];
    let named = |name: &str| tokens.iter().filter(|it| slice(it) == name).count();
    for finding in found.iter_mut().filter(|it| is_missed(it)) {
        let missed = source.slice(finding.span());
        let of_field = is_field(finding);
        let unused = tokens.windows(3).find(|it| {
            let name = slice(&it[1]);
            let is_declared =
                if of_field { it[2].kind == Kind::Colon } else { declares(it[0].kind) };
            is_declared && offers(finding, name) && named(name) == 1
        });
        let Some([_, declared, _]) = unused else { continue };
        let place = Span::new(source.id, declared.start, declared.end);
        let (name, times) = (slice(declared), named(missed));
        if times == 1 || of_field {
            let why = format!("`{name}` is declared here, and never used");
            finding.labels.push(Label { span: place, message: why });
            continue;
        }
        finding.title = format!("`{name}` is never used; `{missed}` is declared nowhere");
        let why = format!("`{missed}` is used {times} times");
        finding.labels.insert(0, Label { span: place, message: why });
        finding.labels[1].message = "used here".to_owned();
        finding.help = vec![format!("one of the two is misspelt: probably `{name}`")];
        // With this declaration, no use is certainly the mistaken one.
        finding
            .fixes
            .iter_mut()
            .for_each(|it| it.applicability = it.applicability.max(Applicability::Maybe));
        finding.fixes.insert(0, Fix::maybe(format!("call it `{missed}`"), place, missed));
    }
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
