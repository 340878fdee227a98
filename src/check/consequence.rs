//! What follows from a mistake that has been reported already is not reported again.
//!
//! A text that could not be read leaves holes in the tree, and a module that is not there leaves names without a
//! meaning. The rules see the holes and speak; here they are silenced. One mistake, one message.

mod hole;
mod maps;
mod misspelt;
mod results;

use std::collections::BTreeSet;

use hole::Hole;
use misspelt::Names;

use super::project::{Project, ProjectFile};
use crate::diagnostics::{Diagnostic, Label, Severity};
use crate::syntax::FOREIGN_CASE;
use crate::syntax::tree::Item;

/// A file's findings without those that follow from another one of them.
pub(super) fn without_consequences(
    file: &ProjectFile,
    mut found: Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    if found.is_empty() {
        return found;
    }
    found.sort_by_key(|it| it.span().start);
    uses_of_reserved_words(file, &mut found);
    let names = Names::new(file);
    let hole = Hole::new(file, &names, &found);
    let errors: Vec<&Diagnostic> =
        found.iter().filter(|it| it.severity == Severity::Error).collect();
    let is_explained = |it: &Diagnostic| {
        hole.as_ref().is_some_and(|hole| hole.explains(it)) || contains_its_reason(it, &errors)
    };
    let broken = hole.as_ref().map_or_else(Vec::new, Hole::heads);
    let goes_on = |it: &Diagnostic| hole.as_ref().is_some_and(|hole| hole.goes_on(it));
    let judged: Vec<(bool, bool)> =
        found.iter().map(|it| (is_explained(it), goes_on(it))).collect();
    let kept = found.into_iter().zip(judged).filter(|(_, (is_explained, _))| !is_explained);
    let mut kept: Vec<Diagnostic> =
        kept.map(|(it, (_, goes_on))| if goes_on { over_several_lines(it) } else { it }).collect();
    say_once(file, &mut kept);
    maps::told_at_their_type(file, &mut kept);
    maps::told_where_empty(file, &mut kept);
    results::told_where_given(file, &broken, &mut kept);
    gather(&mut kept);
    misspelt::told_at_their_declaration(&names, &mut kept);
    misspelt::told_on_broken_lines(&names, &broken, &mut kept);
    kept
}

/// A word of the language that was taken for a name is told of where it is made one, not again wherever it is used.
fn uses_of_reserved_words(file: &ProjectFile, found: &mut Vec<Diagnostic>) {
    let mut taken: Vec<&str> = Vec::new();
    found.retain(|it| {
        let (word, text) = (file.source.slice(it.span()), &file.source.text);
        let before = text[..it.span().start as usize].trim_end();
        let is_word_before = |word: &&str| {
            let head = before.strip_suffix(*word);
            head.is_some_and(|it| !it.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        match it.code {
            "reserved-word" if taken.contains(&word) => false,
            "reserved-word" => {
                taken.push(word);
                true
            }
            "missing-part" | "missing-value" | "misplaced" => {
                !taken.contains(&word) && !taken.iter().any(is_word_before)
            }
            _ => true,
        }
    });
}

/// A text that is closed some lines further down needs no second quote on its first.
fn over_several_lines(finding: Diagnostic) -> Diagnostic {
    let help = vec!["a text over several lines stands between `\"\"\"` and `\"\"\"`".to_owned()];
    Diagnostic { help, fixes: Vec::new(), ..finding }
}

/// Whether a finding is about a stretch of text in which an error says what is wrong: a warning about what the error has
/// left, or a secret said to leak that is not there.
fn contains_its_reason(finding: &Diagnostic, errors: &[&Diagnostic]) -> bool {
    let span = finding.span();
    let holds = |it: &Diagnostic| it.span() != span && span.to(it.span()) == span;
    let mut reasons = errors.iter().filter(|it| holds(it));
    match finding.severity {
        Severity::Error if finding.code == "secret-leak" => {
            reasons.any(|it| it.code == "unknown-secret")
        }
        // What is made of a mistaken value is as mistaken as the value.
        Severity::Error if is_about_value(finding.code) => reasons.next().is_some(),
        Severity::Error => false,
        Severity::Warning | Severity::Hint => reasons.next().is_some(),
    }
}

/// Findings about a whole value that say that it does not fit.
fn is_about_value(code: &str) -> bool {
    matches!(
        code,
        "wrong-type"
            | "missing-fields"
            | "not-a-function"
            | "not-a-value"
            | "not-comparable"
            | "not-in-sql"
            | "no-operator"
    )
}

/// A name that cannot be written, and the sign that others put in front of names, are told of where they stand first.
fn say_once(file: &ProjectFile, findings: &mut Vec<Diagnostic>) {
    let mut said = BTreeSet::new();
    findings.retain(|it| {
        let name = file.source.slice(it.span());
        let may_repeat =
            it.code != "unknown-character" && !(it.code == "foreign-word" && name == "$");
        may_repeat || said.insert(name)
    });
}

/// How many of the places at which the same is wrong are pointed at.
const PLACES_MAX: usize = 4;

/// A name without a meaning is one mistake, however often it stands in the file: told where it stands first, with the other places, and
/// mended in all of them.
fn gather(findings: &mut Vec<Diagnostic>) {
    let mut gathered: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for it in findings.drain(..) {
        let same = |first: &&mut Diagnostic| first.code == it.code && first.title == it.title;
        let is_gathered = is_about_a_name(&it) || is_about_a_case(&it) || is_about_a_let(&it);
        match gathered.iter_mut().find(same).filter(|_| is_gathered) {
            None => gathered.push(it),
            Some(first) => {
                if first.labels.len() < PLACES_MAX {
                    first.labels.push(Label { span: it.span(), message: "and here".to_owned() });
                }
                for mend in &mut first.fixes {
                    let also = it.fixes.iter().find(|other| other.title == mend.title);
                    let also = also.into_iter().flat_map(|it| &it.edits);
                    let new: Vec<_> = also.filter(|it| !mend.edits.contains(it)).cloned().collect();
                    mend.edits.extend(new);
                }
            }
        }
    }
    *findings = gathered;
}

/// A `let` that should be a `var`, however often it is changed.
fn is_about_a_let(finding: &Diagnostic) -> bool {
    finding.code == "not-assignable" && finding.fixes.iter().any(|it| it.title.contains("`var`"))
}

/// The cases of a `match` that are all written as another language writes them.
fn is_about_a_case(finding: &Diagnostic) -> bool {
    finding.code == "foreign-word" && finding.title == FOREIGN_CASE
}

fn is_about_a_name(finding: &Diagnostic) -> bool {
    matches!(
        finding.code,
        "unknown-name"
            | "unknown-function"
            | "unknown-table"
            | "unknown-type"
            | "unknown-column"
            | "unknown-field"
            | "extra-field"
    )
}

/// Where a file has an error, or one that it has to do with, that may be why something seems to be of no use. The findings
/// stand by file.
pub(super) fn forgive_unused(project: &Project, findings: &mut [Vec<Diagnostic>]) {
    let is_broken = |it: &Vec<Diagnostic>| it.iter().any(|it| it.severity == Severity::Error);
    let broken: Vec<bool> = findings.iter().map(is_broken).collect();
    let files = || project.files().iter().zip(&broken);
    let stems: BTreeSet<&str> =
        files().filter(|(_, broken)| **broken).map(|(file, _)| file.stem()).collect();
    if stems.is_empty() {
        return;
    }
    for ((file, broken), findings) in files().zip(findings) {
        let names_broken = |item: &Item| match item {
            Item::Use(it) => it.path.last().is_some_and(|it| stems.contains(it.text.as_str())),
            _ => false,
        };
        if *broken || file.tree.items.iter().any(names_broken) {
            findings.retain(|it| it.code != "unused-name");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, found_in};

    #[test]
    fn a_line_that_could_not_be_read_is_spoken_of_once() {
        finds("print(f\"Hello {nobody}\")\n", &["foreign-word at `f`"]);
        finds("let a = [1 b]\nprint(c)\n", &["missing-comma at ``", "unknown-name at `c`"]);
    }

    #[test]
    fn names_that_a_broken_line_may_have_declared_are_not_missed() {
        finds("def add(a: int) -> int { return a }\nprint(add(1))\n", &["foreign-word at `def`"]);
    }

    #[test]
    fn a_block_of_another_language_is_one_mistake() {
        finds(
            "switch 1 {\n  case 1: print(2)\n  default: print(nobody)\n}\nprint(somebody)\n",
            &["foreign-word at `switch`", "unknown-name at `somebody`"],
        );
        finds(
            "def greet(name):\n    return \"Hello \" + name\nprint(greet(1))\n",
            &["foreign-word at `def`"],
        );
    }

    #[test]
    fn a_text_over_several_lines_is_one_mistake() {
        finds("let a = \"one\ntwo three\nfour\"\nprint(a)\n", &["unclosed-text at `\"one`"]);
    }

    #[test]
    fn what_a_broken_line_declares_may_be_anything() {
        finds("let ages = {\"Ada\": 36}\nprint(ages[\"Ada\"])\n", &["foreign-word at `\"Ada\"`"]);
    }

    #[test]
    fn a_warning_about_what_holds_an_error_is_not_given() {
        finds("[1].map(n => n + nobody)\n", &["unknown-name at `nobody`"]);
    }

    #[test]
    fn names_are_not_missed_where_a_module_is() {
        let main = "use shpo\nprint(price(1))\nprint(\"a\" + 1)\n";
        let shop = "fn price(n: int) -> int { return n }\n";
        let found = found_in(&[("shop", shop), ("main", main)]);
        assert_eq!(found, ["unknown-module at `shpo`", "no-operator at `+`"]);
    }

    #[test]
    fn an_unknown_secret_is_not_said_to_leak() {
        finds("print(secret.NOWHERE)\n", &["unknown-secret at `NOWHERE`"]);
    }
}
