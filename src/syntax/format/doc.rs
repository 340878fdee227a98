//! Layouts as data, and the printer that chooses between one line and several.
//!
//! A group is printed on one line if all of it, and what follows up to the next possible line break, fits; else its own
//! lines become line breaks, and the groups inside it are asked again. This module knows nothing of the language.

use std::borrow::Cow;

/// How wide a line may be, in code points.
pub(super) const WIDTH: usize = 100;
/// How far a level is indented.
const STEP: usize = 2;

/// A layout.
#[derive(Debug)]
pub(super) struct Doc<'s> {
    kind: Kind<'s>,
    /// It holds a line break that is always one: the groups around it cannot be on one line.
    broken: bool,
}

#[derive(Debug)]
enum Kind<'s> {
    Text(Cow<'s, str>),
    /// A line break, or in a group on one line what is given.
    Line(&'static str),
    /// A line break, always; with an empty line before what follows if `true`.
    Hard(bool),
    /// Printed where the group around it is on several lines.
    IfBroken(&'static str),
    /// A comment: printed at the end of the line that it gets into.
    Suffix(Cow<'s, str>),
    Concat(Vec<Doc<'s>>),
    Nest(Box<Doc<'s>>),
    Group(Box<Doc<'s>>),
}

/// Nothing.
pub(super) fn nil<'s>() -> Doc<'s> {
    concat([])
}

/// Characters as they are. Line breaks in them do not break groups.
pub(super) fn text<'s>(text: impl Into<Cow<'s, str>>) -> Doc<'s> {
    Doc { kind: Kind::Text(text.into()), broken: false }
}

/// A blank, or a line break.
pub(super) fn line<'s>() -> Doc<'s> {
    Doc { kind: Kind::Line(" "), broken: false }
}

/// The two blanks between statements on one line, or a line break.
pub(super) fn wide_line<'s>() -> Doc<'s> {
    Doc { kind: Kind::Line("  "), broken: false }
}

/// Nothing, or a line break.
pub(super) fn soft_line<'s>() -> Doc<'s> {
    Doc { kind: Kind::Line(""), broken: false }
}

/// A line break.
pub(super) fn hard_line<'s>() -> Doc<'s> {
    Doc { kind: Kind::Hard(false), broken: true }
}

/// A line break and an empty line.
pub(super) fn empty_line<'s>() -> Doc<'s> {
    Doc { kind: Kind::Hard(true), broken: true }
}

/// Characters that only a group on several lines has: a trailing comma.
pub(super) fn if_broken<'s>(text: &'static str) -> Doc<'s> {
    Doc { kind: Kind::IfBroken(text), broken: false }
}

/// A comment behind whatever its line holds; the line ends with it.
pub(super) fn suffix<'s>(text: impl Into<Cow<'s, str>>) -> Doc<'s> {
    Doc { kind: Kind::Suffix(text.into()), broken: true }
}

/// One after the other.
pub(super) fn concat<'s>(parts: impl IntoIterator<Item = Doc<'s>>) -> Doc<'s> {
    let parts: Vec<Doc<'s>> = parts.into_iter().collect();
    let broken = parts.iter().any(|it| it.broken);
    Doc { kind: Kind::Concat(parts), broken }
}

/// With something between neighbours.
pub(super) fn join<'s>(
    parts: impl IntoIterator<Item = Doc<'s>>,
    between: impl Fn() -> Doc<'s>,
) -> Doc<'s> {
    let mut joined = Vec::new();
    for part in parts {
        if !joined.is_empty() {
            joined.push(between());
        }
        joined.push(part);
    }
    concat(joined)
}

/// Lines inside are indented one level deeper.
pub(super) fn nest(inner: Doc<'_>) -> Doc<'_> {
    let broken = inner.broken;
    Doc { kind: Kind::Nest(Box::new(inner)), broken }
}

/// On one line or on several, as a whole.
pub(super) fn group(inner: Doc<'_>) -> Doc<'_> {
    let broken = inner.broken;
    Doc { kind: Kind::Group(Box::new(inner)), broken }
}

impl Doc<'_> {
    /// Whether it is on several lines however wide they may be.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// On several lines whatever fits.
    pub(super) fn break_up(mut self) -> Self {
        self.broken = true;
        self
    }

    /// As if it fitted on a line, for what is around it: a call stays together around a function's body.
    pub(super) fn keep_together(mut self) -> Self {
        self.broken = false;
        self
    }

    /// The width that it has up to its first line break that is always one.
    pub(super) fn flat_width(&self) -> usize {
        let mut width = 0;
        self.add_width(&mut width);
        width
    }

    /// Adds the width up to the first line break, and says whether there is one.
    fn add_width(&self, width: &mut usize) -> bool {
        match &self.kind {
            Kind::Text(text) => {
                let first = text.split('\n').next().unwrap_or_default();
                *width += first.chars().count();
                first.len() < text.len()
            }
            Kind::Line(flat) => {
                *width += flat.len();
                false
            }
            Kind::Hard(_) => true,
            Kind::IfBroken(_) | Kind::Suffix(_) => false,
            Kind::Concat(parts) => parts.iter().any(|it| it.add_width(width)),
            Kind::Nest(inner) | Kind::Group(inner) => inner.add_width(width),
        }
    }
}

/// A layout as text.
pub(super) fn print(doc: &Doc<'_>) -> String {
    let mut printer = Printer { out: String::new(), column: 0, suffixes: Vec::new() };
    printer.run(doc);
    printer.flush_suffixes();
    printer.out
}

#[derive(Clone, Copy)]
struct Todo<'a, 's> {
    doc: &'a Doc<'s>,
    indent: usize,
    flat: bool,
}

struct Printer {
    out: String,
    column: usize,
    suffixes: Vec<String>,
}

impl Printer {
    fn run(&mut self, doc: &Doc<'_>) {
        let mut stack = vec![Todo { doc, indent: 0, flat: false }];
        while let Some(todo) = stack.pop() {
            let Todo { doc, indent, flat } = todo;
            match &doc.kind {
                Kind::Text(text) => self.text(text),
                Kind::Line(text) if flat => self.text(text),
                Kind::Line(_) => self.line(indent, false),
                Kind::Hard(empty) => self.line(indent, *empty),
                Kind::IfBroken(_) if flat => {}
                Kind::IfBroken(text) => self.text(text),
                Kind::Suffix(text) => self.suffixes.push(text.to_string()),
                Kind::Concat(parts) => {
                    stack.extend(parts.iter().rev().map(|doc| Todo { doc, ..todo }));
                }
                Kind::Nest(inner) => stack.push(Todo { doc: inner, indent: indent + STEP, flat }),
                Kind::Group(inner) => {
                    let flat = !doc.broken && (flat || self.fits(inner, indent, &stack));
                    stack.push(Todo { doc: inner, indent, flat });
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(text);
        self.column = match text.rfind('\n') {
            Some(at) => text[at + 1..].chars().count(),
            None => self.column + text.chars().count(),
        };
    }

    fn line(&mut self, indent: usize, empty: bool) {
        self.flush_suffixes();
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push_str(if empty { "\n\n" } else { "\n" });
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    fn flush_suffixes(&mut self) {
        for suffix in std::mem::take(&mut self.suffixes) {
            self.out.push_str(&suffix);
        }
    }

    /// Whether `doc` on one line fits, with what follows up to the next line break.
    fn fits(&self, doc: &Doc<'_>, indent: usize, rest: &[Todo<'_, '_>]) -> bool {
        let mut left = WIDTH.saturating_sub(self.column);
        let mut rest = rest.iter().rev();
        let mut stack = vec![Todo { doc, indent, flat: true }];
        loop {
            let Some(todo) = stack.pop().or_else(|| rest.next().copied()) else { return true };
            let wide = match &todo.doc.kind {
                Kind::Text(text) => match text.find('\n') {
                    Some(at) => return text[..at].chars().count() <= left,
                    None => text.chars().count(),
                },
                Kind::Line(text) if todo.flat => text.len(),
                Kind::Line(_) | Kind::Hard(_) => return true,
                Kind::IfBroken(text) if !todo.flat => text.len(),
                Kind::IfBroken(_) | Kind::Suffix(_) => 0,
                Kind::Concat(parts) => {
                    stack.extend(parts.iter().rev().map(|doc| Todo { doc, ..todo }));
                    0
                }
                Kind::Nest(inner) | Kind::Group(inner) => {
                    stack.push(Todo { doc: inner, flat: todo.flat && !inner.broken, ..todo });
                    0
                }
            };
            if wide > left {
                return false;
            }
            left -= wide;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(args: &[&str]) -> String {
        let args = join(args.iter().map(|it| text(*it)), || concat([text(","), line()]));
        let inner = nest(concat([soft_line(), args, if_broken(",")]));
        print(&group(concat([text("f("), inner, soft_line(), text(")")])))
    }

    #[test]
    fn a_group_is_on_one_line_or_on_several() {
        assert_eq!(call(&["a", "b"]), "f(a, b)");
        let long = "x".repeat(60);
        assert_eq!(call(&[&long, &long]), format!("f(\n  {long},\n  {long},\n)"));
    }

    #[test]
    fn what_follows_must_fit_too() {
        let head = group(concat([text("a".repeat(95)), line(), text("b")]));
        assert_eq!(print(&concat([head, text(" {")])), format!("{} b {{", "a".repeat(95)));
        let head = group(concat([text("a".repeat(96)), line(), text("bb")]));
        assert_eq!(print(&concat([head, text(" {")])), format!("{}\nbb {{", "a".repeat(96)));
    }

    #[test]
    fn comments_go_to_the_end_of_their_line() {
        let doc = concat([text("a"), suffix(" // c"), text(","), hard_line(), text("b")]);
        assert_eq!(print(&doc), "a, // c\nb");
    }
}
