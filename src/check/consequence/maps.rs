//! `{text: int}`: the type of a record with a field `text`, written by somebody who meant a map.
//!
//! By itself such a type is fine. Where its value is then treated as a map, that is one mistake, made where the type
//! stands.

use crate::check::chain::root;
use crate::check::project::ProjectFile;
use crate::diagnostics::{Diagnostic, Fix, Severity};
use crate::source::Span;
use crate::syntax::tree::{ExprKind, LetTarget, Stmt, StmtKind, TypeExpr, TypeExprKind};
use crate::syntax::walk::{self, Node};

/// What the keys of a map are called, here and elsewhere.
const KEYS: [&str; 5] = ["text", "int", "bool", "string", "str"];

/// What is done to maps.
const DONE_TO_MAPS: [&str; 11] = [
    "count", "entries", "get", "has", "is_empty", "items", "keys", "length", "merge", "size",
    "values",
];

/// Puts one finding at such a type in the place of those about its values.
pub(super) fn told_at_their_type(file: &ProjectFile, found: &mut Vec<Diagnostic>) {
    if !found.iter().any(|it| it.title.contains("`{ ")) {
        return;
    }
    let mut types: Vec<&TypeExpr> = Vec::new();
    walk::each(&file.tree, &mut |node| {
        if let Node::Type(ty) = node {
            types.push(ty);
        }
    });
    for ty in types {
        let TypeExprKind::Record(fields) = &ty.kind else { continue };
        let [(name, value)] = fields.as_slice() else { continue };
        let value = file.source.slice(value.span);
        let shown = format!("`{{ {}: {value} }}`", name.text);
        if !KEYS.contains(&name.text.as_str()) || !found.iter().any(|it| takes_for_map(it, &shown))
        {
            continue;
        }
        found.retain(|it| !(it.severity == Severity::Error && it.title.contains(&shown)));
        let key = if matches!(name.text.as_str(), "string" | "str") { "text" } else { &name.text };
        let ours = format!("[{key}: {value}]");
        found.push(
            Diagnostic::new(
                "foreign-word",
                ty.span,
                format!("a map's type is written `{ours}` here"),
            )
            .because("in braces stand the fields of a record")
            .fix(Fix::safe(format!("write `{ours}`"), ty.span, ours)),
        );
    }
}

/// `var seen = {}`: a record without fields, made by somebody who meant an empty map. Where something is looked up in it or put into it, one
/// finding at the braces takes the place of all about it.
pub(super) fn told_where_empty(file: &ProjectFile, found: &mut Vec<Diagnostic>) {
    const EMPTY: &str = "a record `{}` ";
    if !found.iter().any(|it| it.title.contains(EMPTY)) {
        return;
    }
    let text = &file.source.text;
    let mut empty: Vec<(&str, Span)> = Vec::new();
    walk::each(&file.tree, &mut |node| {
        if let Node::Stmt(Stmt { kind: StmtKind::Let(it), .. }) = node
            && let (LetTarget::Name(binding), None) = (&it.target, &it.ty)
            && matches!(&it.value.kind, ExprKind::Record(parts) if parts.is_empty())
        {
            empty.push((&binding.name.text, it.value.span));
        }
    });
    for (name, span) in empty {
        let is_about = |it: &Diagnostic| {
            it.severity == Severity::Error
                && it.title.contains(EMPTY)
                && root(text, it.span().start) == name
        };
        if found.iter().any(is_about) {
            found.retain(|it| !is_about(it));
            let said = Diagnostic::new("foreign-word", span, "an empty map is written `[:]` here");
            let help = format!("what it holds is stated: `var {name}: [text: int] = [:]`");
            found.push(said.because("braces hold a record, and this one has no fields").help(help));
        }
    }
}

/// Whether a finding is about a value of the type that is treated as a map.
fn takes_for_map(finding: &Diagnostic, shown: &str) -> bool {
    if !finding.title.contains(shown) {
        return false;
    }
    match finding.code {
        "unknown-method" | "unknown-field" => {
            DONE_TO_MAPS.iter().any(|it| finding.title.ends_with(&format!("`{it}`")))
        }
        "wrong-type" => finding.title.contains("this is a `["),
        "not-a-list" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine};

    #[test]
    fn a_map_in_braces_is_told_of_once_at_its_type() {
        finds(
            "fn f(m: {text: int}) -> int { return m.count() }\nprint(f([\"a\": 1]))",
            &["foreign-word at `{text: int}`"],
        );
    }

    #[test]
    fn a_record_with_such_a_field_is_one() {
        fine("fn f(m: {text: int}) -> int { return m.text }\nprint(f({ text: 1 }))");
        finds(
            "fn f(m: {text: int}) -> int { return m.txt }\nprint(f({ text: 1 }))",
            &["unknown-field at `txt`"],
        );
    }

    #[test]
    fn an_empty_record_that_is_used_as_a_map_is_told_of_once() {
        finds(
            "var seen = {}\nif seen[\"a\"] == null {\n  seen[\"a\"] = true\n}\n",
            &["foreign-word at `{}`"],
        );
        fine("let nothing = {}\nprint(nothing)\n");
    }
}
