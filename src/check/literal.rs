//! Literals: numbers, texts with holes, lists and maps.

use std::ops::Range;

use super::checker::{Checker, Want};
use super::expr::Place;
use super::report;
use super::types::Type;
use crate::source::Span;
use crate::syntax::tree::{Expr, Text, TextPart};

impl<'p> Checker<'p> {
    /// An integer takes the number type that its place wants.
    pub(super) fn int(&mut self, expr: &Expr, value: u64, want: Want<'_>) -> Type {
        match want.ty().map(Type::without_null) {
            Some(Type::Decimal) => Type::Decimal,
            Some(Type::Float) => Type::Float,
            _ => {
                if i64::try_from(value).is_err() {
                    self.report(report::types::int_too_large(expr.span));
                }
                Type::Int
            }
        }
    }

    /// A text without holes takes the type of a choice of texts where one is wanted.
    pub(super) fn text(&mut self, expr: &'p Expr, text: &'p Text, want: Want<'_>) -> Type {
        self.lint_text(expr, text);
        let mut has_holes = false;
        for part in &text.parts {
            if let TextPart::Hole(hole) = part {
                has_holes = true;
                self.hole(hole);
            }
        }
        let wanted = want.ty().map(Type::without_null);
        match wanted.and_then(|it| choice_of_texts(it)) {
            Some(choice) if !has_holes => self.text_of_choice(expr, text, choice),
            _ => Type::Text,
        }
    }

    fn text_of_choice(&mut self, expr: &Expr, text: &Text, choice: &Type) -> Type {
        let Type::Union(members) = choice else { return Type::Text };
        let written = plain_text(text);
        if members.contains(&written) {
            return choice.clone();
        }
        self.report(report::types::not_one_of(expr.span, &written, members));
        Type::Error
    }

    /// What stands in braces is printed, and so must be something that prints.
    fn hole(&mut self, hole: &'p Expr) {
        let ty = self.expr(hole, Want::Value);
        self.must_print(hole, &ty);
    }

    /// Refuses secrets, functions and nothing at all where a value is printed.
    pub(super) fn must_print(&mut self, expr: &'p Expr, ty: &Type) {
        if self.holds_secret(ty) {
            let origin = self.origin_of(expr);
            self.report(report::types::secret_leak(expr.span, origin));
        } else if matches!(ty, Type::Fn(_) | Type::Nothing) {
            self.report(report::types::does_not_print(expr.span, ty));
        }
    }

    pub(super) fn list(&mut self, items: &'p [Expr], want: Want<'_>) -> Type {
        let Some(item) = want.ty().and_then(|it| self.wanted_item(it)) else {
            return Type::list(self.join_all(items, "list"));
        };
        for value in items {
            self.check(value, &item, Place::Element);
        }
        Type::list(item)
    }

    pub(super) fn map(&mut self, entries: &'p [(Expr, Expr)], want: Want<'_>) -> Type {
        if let Some((key, value)) = want.ty().and_then(|it| self.wanted_entry(it)) {
            for entry in entries {
                self.check(&entry.0, &key, Place::Index("map"));
                self.check(&entry.1, &value, Place::Element);
            }
            return Type::map(key, value);
        }
        let key = self.join_all(entries.iter().map(|(key, _)| key), "map");
        let value = self.join_all(entries.iter().map(|(_, value)| value), "map");
        if !key.may_be_key() {
            let first = entries.first().map(|(key, _)| key.span).unwrap_or_default();
            self.report(report::types::map_key(first, &key));
            return Type::Error;
        }
        Type::map(key, value)
    }

    /// The type that holds the values of all expressions, each widened to it.
    fn join_all(&mut self, items: impl IntoIterator<Item = &'p Expr>, of: &str) -> Type {
        let mut joined = Type::Never;
        let mut found: Vec<(&'p Expr, Type)> = Vec::new();
        for item in items {
            let ty = match &joined {
                Type::Never => self.expr(item, Want::Value),
                known => {
                    let known = known.clone();
                    self.expr(item, Want::Type(&known))
                }
            };
            match self.join(&joined, &ty) {
                Some(both) => joined = both,
                None => {
                    self.report(report::types::mixed_elements(item.span, of, &joined, &ty));
                    return Type::Error;
                }
            }
            found.push((item, ty));
        }
        for (item, ty) in found {
            self.widen(item, &ty, &joined);
        }
        if joined == Type::Nothing { Type::Error } else { joined }
    }

    /// What the elements of a list literal should be, where its place says so.
    fn wanted_item(&self, wanted: &Type) -> Option<Type> {
        match self.open(wanted.without_null()) {
            Type::List(item) if !is_open(&item) => Some((*item).clone()),
            Type::Json => Some(Type::Json),
            Type::OneOf(members) => members.iter().find_map(|it| self.wanted_item(it)),
            _ => None,
        }
    }

    /// What the keys and values of a map literal should be, where its place says so.
    fn wanted_entry(&self, wanted: &Type) -> Option<(Type, Type)> {
        match self.open(wanted.without_null()) {
            Type::Map(entry) if !is_open(&entry.0) && !is_open(&entry.1) => Some((*entry).clone()),
            Type::Json => Some((Type::Text, Type::Json)),
            Type::OneOf(members) => members.iter().find_map(|it| self.wanted_entry(it)),
            _ => None,
        }
    }
}

/// Whether a wanted type leaves open what is wanted.
fn is_open(ty: &Type) -> bool {
    ty.has_part(&mut |part| matches!(part, Type::Error | Type::Never))
}

/// The choice of texts that a wanted type is or contains.
fn choice_of_texts(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Union(_) => Some(ty),
        Type::OneOf(members) if !members.contains(&Type::Text) => {
            members.iter().find_map(choice_of_texts)
        }
        _ => None,
    }
}

/// Where the bytes of a text literal stand in its file.
pub(super) struct LiteralSpan {
    /// The whole literal, quotes included.
    pub(super) whole: Span,
    /// What stands between the quotes, where each of its bytes is one of the text's.
    inside: Option<Span>,
}

impl LiteralSpan {
    pub(super) fn of(text: &Text, whole: Span) -> Self {
        let inside = match text.parts.as_slice() {
            [TextPart::Literal(piece, span)] if span.range().len() == piece.len() => Some(*span),
            _ => None,
        };
        Self { whole, inside }
    }

    /// Where some bytes of the text stand; the whole literal where escapes make that unclear.
    pub(super) fn place(&self, range: Range<usize>) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(0);
        match self.inside {
            Some(inside) => Span {
                start: inside.start + offset(range.start),
                end: inside.start + offset(range.end),
                ..inside
            },
            None => self.whole,
        }
    }
}

/// The characters of a text literal, its holes left out.
pub(super) fn plain_text(text: &Text) -> ecow::EcoString {
    match text.parts.as_slice() {
        [TextPart::Literal(only, _)] => only.clone(),
        parts => parts
            .iter()
            .filter_map(|part| match part {
                TextPart::Literal(piece, _) => Some(piece.as_str()),
                TextPart::Hole(_) => None,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine, type_of_last};

    #[test]
    fn literals_take_the_number_type_of_their_place() {
        assert_eq!(type_of_last("let x: decimal = 3"), "decimal");
        assert_eq!(type_of_last("let x: [float] = [1, 2.5]"), "[float]");
        assert_eq!(type_of_last("let x = [1, 2.5]"), "[decimal]");
        assert_eq!(type_of_last("let x: [text: decimal] = [\"a\": 1]"), "[text: decimal]");
        assert_eq!(type_of_last("let x: decimal? = 3"), "decimal?");
    }

    #[test]
    fn a_list_holds_one_type() {
        assert_eq!(type_of_last("let x = [1, null]"), "[int?]");
        assert_eq!(type_of_last("let x = [[], [1]]"), "[[int]]");
        finds("print([1, \"a\"])", &["wrong-type at `\"a\"`"]);
        fine("let x: json = [1, \"a\", null, { b: [true, 2] }]\nprint(x)");
    }

    #[test]
    fn maps_have_keys_that_can_be_looked_up() {
        assert_eq!(type_of_last("let x = [1: \"a\"]"), "[int: text]");
        finds("print([1.5: \"a\"])", &["wrong-type at `1.5`"]);
        finds("let x: [float: int] = [:]\nprint(x)", &["wrong-type at `float`"]);
    }

    #[test]
    fn nothing_empty_without_a_type() {
        finds("let x = []\nprint(x)", &["missing-type at `x`"]);
        finds("let x = [:]\nprint(x)", &["missing-type at `x`"]);
        finds("let x = null\nprint(x)", &["missing-type at `x`"]);
    }

    #[test]
    fn a_text_may_be_one_of_a_choice() {
        fine("let s: \"open\" | \"paid\" = \"paid\"\nprint(s)\nlet t: text = s\nprint(t)");
        finds("let s: \"open\" | \"paid\" = \"payd\"\nprint(s)", &["wrong-type at `\"payd\"`"]);
        finds("let t = \"open\"\nlet s: \"open\" | \"paid\" = t\nprint(s)", &["wrong-type at `t`"]);
    }

    #[test]
    fn secrets_do_not_show() {
        finds("print(\"key {secret.API_KEY}\")", &["secret-leak at `secret.API_KEY`"]);
        finds("let key = secret.API_KEY\nprint(key)", &["secret-leak at `key`"]);
        finds(
            "log.info(\"x\", { key: secret.API_KEY })",
            &["secret-leak at `{ key: secret.API_KEY }`"],
        );
        finds("print(secret.API_KEY.to_text())", &["secret-leak at `secret.API_KEY`"]);
        fine(
            "let r = http.get(\"https://a.example\", headers: [\"Authorization\": secret.API_KEY])\nprint(r.status)",
        );
    }

    #[test]
    fn instants_are_read() {
        fine(
            "print(@2026-03-29T02:30:00Z)\nprint(@2026-03-29)\nprint(@2026-03-29T09:00[Europe/Berlin])",
        );
        finds(
            "print(@2026-03-29T02:30[Europe/Berlin])",
            &["bad-time at `@2026-03-29T02:30[Europe/Berlin]`"],
        );
        finds("print(@2026-02-30)", &["bad-time at `30`"]);
        finds("print(@2026-03-29T09:00[Europe/Berln])", &["unknown-zone at `Europe/Berln`"]);
    }
}
