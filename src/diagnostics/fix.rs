//! Puts mends into texts.
//!
//! A mend is taken whole or not at all, and never together with one that touches the same place: whoever wants
//! both checks the result and mends again. The order of the findings never decides by chance: what comes first in the
//! files, and among equals first in the list, is taken.

use std::collections::BTreeMap;

use super::{Applicability, Diagnostic, Edit, Fix};
use crate::source::{FileId, Sources};

/// Texts with mends in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mended {
    /// The new texts of the files that changed.
    pub texts: BTreeMap<FileId, String>,
    /// For each mend that was taken: the place of its finding in the list.
    pub taken: Vec<usize>,
    /// The same for the mends that were left because they touch one that was taken.
    pub left: Vec<usize>,
}

/// Applies the first mend of each finding that is at least as sure as `surety`.
#[must_use]
pub fn mend(findings: &[Diagnostic], sources: &Sources, surety: Applicability) -> Mended {
    let Choice { edits, taken, left } = choose(findings, surety);
    let mut mended = Mended { texts: BTreeMap::new(), taken, left };
    for edit in &edits {
        mended.texts.entry(edit.span.file).or_default();
    }
    for (file, text) in &mut mended.texts {
        let own: Vec<_> = edits.iter().filter(|it| it.span.file == *file).cloned().collect();
        *text = apply(&sources.get(*file).text, &own).expect("all of them are apart");
    }
    mended
}

/// The mends that are taken together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// All that they change; no two touch.
    pub edits: Vec<Edit>,
    /// For each mend that is taken: the place of its finding in the list.
    pub taken: Vec<usize>,
    /// The same for the mends that are left because they touch one that is taken.
    pub left: Vec<usize>,
}

/// Chooses the first mend of each finding that is at least as sure as `surety`, and of those that touch the one that comes first.
#[must_use]
pub fn choose(findings: &[Diagnostic], surety: Applicability) -> Choice {
    let mut offered: Vec<(usize, &Fix)> = findings
        .iter()
        .enumerate()
        .filter_map(|(at, it)| Some((at, it.fixes.iter().find(|fix| fix.applicability <= surety)?)))
        .filter(|(_, fix)| !fix.edits.is_empty())
        .collect();
    offered.sort_by_key(|(at, fix)| (fix.edits.iter().map(place).min(), *at));

    let mut choice = Choice::default();
    for (at, fix) in offered {
        let new: Vec<_> =
            fix.edits.iter().filter(|it| !choice.edits.contains(it)).cloned().collect();
        if are_apart(&choice.edits, &new) {
            choice.edits.extend(new);
            choice.taken.push(at);
        } else {
            choice.left.push(at);
        }
    }
    choice
}

/// The text with the edits made, or nothing if two of them touch the same place.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort_by_key(|it| place(it));
    if sorted.windows(2).any(|pair| touch(pair[0], pair[1])) {
        return None;
    }
    let mut edited = String::with_capacity(text.len());
    let mut done = 0;
    for edit in sorted {
        let (start, end) = (boundary(text, edit.span.start), boundary(text, edit.span.end));
        edited.push_str(text.get(done..start).unwrap_or_default());
        edited.push_str(&edit.text);
        done = end.max(start);
    }
    edited.push_str(text.get(done..).unwrap_or_default());
    Some(edited)
}

fn are_apart(edits: &[Edit], new: &[Edit]) -> bool {
    let all = |it: &Edit| edits.iter().chain(new).filter(|other| touch(it, other)).count();
    new.iter().all(|it| all(it) == 1)
}

/// Whether two edits change the same text, or insert at the same place, so that their order would matter.
fn touch(a: &Edit, b: &Edit) -> bool {
    let (a, b) = (a.span, b.span);
    a.file == b.file && (a.start == b.start || (a.start < b.end && b.start < a.end))
}

fn place(edit: &Edit) -> (FileId, u32, u32) {
    (edit.span.file, edit.span.start, edit.span.end)
}

/// The nearest offset at or before `offset` that lies in the text and between two characters.
fn boundary(text: &str, offset: u32) -> usize {
    text.floor_char_boundary(offset as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::Span;

    const FILE: FileId = FileId(0);

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span::new(FILE, start, end), text: text.to_owned() }
    }

    fn finding(fix: Fix) -> Diagnostic {
        Diagnostic::new("assign-in-condition", fix.edits[0].span, "title").fix(fix)
    }

    fn one_file(text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add("a.task", text);
        sources
    }

    #[test]
    fn edits_are_made_from_left_to_right_whatever_their_order() {
        let edits = [edit(4, 5, "b"), edit(0, 1, "aa"), edit(5, 5, "!")];
        assert_eq!(apply("x = y", &edits).as_deref(), Some("aa = b!"));
    }

    #[test]
    fn edits_that_touch_the_same_place_are_refused() {
        assert_eq!(apply("abc", &[edit(0, 2, ""), edit(1, 3, "")]), None);
        assert_eq!(
            apply("abc", &[edit(1, 1, "x"), edit(1, 1, "y")]),
            None,
            "the order would matter"
        );
        assert_eq!(apply("abc", &[edit(0, 1, "x"), edit(1, 2, "y")]).as_deref(), Some("xyc"));
    }

    #[test]
    fn of_two_mends_at_one_place_the_first_is_taken_and_the_other_left() {
        let (whole, part) = (Span::new(FILE, 0, 5), Span::new(FILE, 2, 3));
        let findings = [
            finding(Fix::safe("inner", part, "==")),
            finding(Fix::safe("outer", whole, "z")),
            finding(Fix::safe("behind", Span::new(FILE, 5, 5), "!")),
        ];
        let mended = mend(&findings, &one_file("x = y"), Applicability::Safe);
        assert_eq!(mended.texts[&FILE], "z!");
        assert_eq!((mended.taken, mended.left), (vec![1, 2], vec![0]));
    }

    #[test]
    fn a_mend_is_taken_whole_or_not_at_all() {
        let at = |start, end| Span::new(FILE, start, end);
        let findings = [
            finding(Fix::safe("first", at(0, 1), "A")),
            finding(Fix::safe("both", at(2, 3), "B").and(at(0, 1), "X")),
        ];
        let mended = mend(&findings, &one_file("a b"), Applicability::Safe);
        assert_eq!(mended.texts[&FILE], "B b".replace('B', "A"));
        assert_eq!(mended.left, [1]);
    }

    #[test]
    fn the_same_edit_from_two_findings_is_made_once() {
        let fix = || Fix::safe("close", Span::new(FILE, 1, 1), ")");
        let mended = mend(&[finding(fix()), finding(fix())], &one_file("a"), Applicability::Safe);
        assert_eq!(mended.texts[&FILE], "a)");
        assert_eq!(mended.taken, [0, 1]);
    }

    #[test]
    fn only_what_is_sure_enough_is_applied() {
        let place = Span::new(FILE, 0, 1);
        let findings =
            [finding(Fix::snippet("fill", place, "$1")).fix(Fix::maybe("perhaps", place, "b"))];
        let sources = one_file("a");
        assert_eq!(mend(&findings, &sources, Applicability::Safe), Mended::default());
        assert_eq!(mend(&findings, &sources, Applicability::Maybe).texts[&FILE], "b");
    }

    #[test]
    fn several_files_are_mended_at_once() {
        let mut sources = one_file("a");
        let other = sources.add("b.task", "b");
        let both = Fix::safe("rename", Span::new(FILE, 0, 1), "x").and(Span::new(other, 0, 1), "x");
        let mended = mend(&[finding(both)], &sources, Applicability::Safe);
        assert_eq!(mended.texts, [(FILE, "x".to_owned()), (other, "x".to_owned())].into());
    }

    proptest! {
        #[test]
        fn no_edit_makes_it_panic_and_no_order_matters(
            text in "[aé漢\n]{0,12}",
            edits in prop::collection::vec((0_u32..20, 0_u32..20, "[xü]{0,2}"), 0..5),
        ) {
            let edits: Vec<_> = edits.iter().map(|(a, b, text)| edit(*a, *b, text)).collect();
            let backwards: Vec<_> = edits.iter().rev().cloned().collect();
            prop_assert_eq!(apply(&text, &edits), apply(&text, &backwards));
        }
    }
}
