//! The one way programs are laid out: 100 columns, two blanks a level, comments where they stand.
//!
//! Formatting changes blanks, line breaks, trailing commas, and brackets that say nothing; the tree stays the same,
//! and what is formatted already stays as it is. What the author decides: empty lines (one at most), whether a block
//! that fits is written on one line, and whether a list begins on a line of its own.
//!
//! [`doc`] chooses between one line and several; the rest says what a construct looks like on both.

mod block;
mod chain;
mod comments;
mod doc;
mod expr;
mod item;
mod list;
mod parens;
mod query;
mod stmt;
#[cfg(test)]
mod tests;
mod types;

use super::lex::lex;
use super::token::{Kind, Token};
use super::tree::{Comment, File};
use super::{Parsed, parse};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};
use doc::Doc;

/// The text laid out anew.
///
/// # Errors
///
/// What is wrong with the text, if it has syntax errors: such a text is not touched.
pub fn format(file: FileId, text: &str) -> Result<String, Vec<Diagnostic>> {
    /// A piece that did not fit and was broken counts as broken by its author from then on, which frees what stands
    /// around it; more rounds than this have not been seen.
    const ROUNDS_MAX: usize = 4;
    let mut parsed = parse(file, text);
    if !parsed.diagnostics.is_empty() {
        return Err(parsed.diagnostics);
    }
    let mut text = text.to_owned();
    for _ in 0..ROUNDS_MAX {
        let formatted = layout(file, &text, &parsed);
        if formatted == text {
            break;
        }
        parsed = parse(file, &formatted);
        // A comment in the middle of a statement keeps the statement as it is written; where its lines would be read in
        // another way behind the new indentation, the layout before stands.
        if !parsed.diagnostics.is_empty() {
            break;
        }
        text = formatted;
    }
    Ok(text)
}

/// One round.
fn layout(file: FileId, text: &str, parsed: &Parsed) -> String {
    let mut writer = Writer {
        text,
        tokens: lex(file, text).tokens,
        comments: &parsed.comments,
        next: 0,
        place: Place::default(),
        list_start: None,
    };
    writer.file(&parsed.tree)
}

/// Writes layouts for the pieces of one tree, taking comments along as it comes past them.
struct Writer<'s> {
    text: &'s str,
    tokens: Vec<Token>,
    comments: &'s [Comment],
    /// The first comment that is not written yet.
    next: usize,
    place: Place,
    /// Where the innermost list in brackets begins: brackets there are not an expression's own.
    list_start: Option<u32>,
}

/// What the surroundings demand of an expression.
#[derive(Clone, Copy, Default)]
struct Place {
    /// In a head: what begins with `{` or ends with a block stands in brackets.
    head: bool,
    /// Before an arm's arrow: closures stand in brackets.
    guard: bool,
}

impl<'s> Writer<'s> {
    fn file(&mut self, file: &'s File) -> String {
        let end = self.text.len();
        let items = self.sequence(&file.items, super::lex::offset(end), item::span, Self::item);
        let mut out = doc::print(&doc::concat(items));
        if !out.is_empty() {
            out.push('\n');
        }
        out
    }

    /// The text of a place.
    fn slice(&self, span: Span) -> &'s str {
        &self.text[span.range()]
    }

    /// The text of a place as a layout.
    fn verbatim(&self, span: Span) -> Doc<'s> {
        doc::text(self.slice(span))
    }

    /// Where the last token before `offset` ends.
    fn token_before(&self, offset: u32) -> u32 {
        self.token_at(offset).checked_sub(1).map_or(0, |it| self.tokens[it].end)
    }

    /// Whether a line break stands between two bytes.
    fn breaks_between(&self, from: u32, to: u32) -> bool {
        from < to && self.text[from as usize..to as usize].contains('\n')
    }

    /// The index of the first token that begins at `offset` or behind it.
    fn token_at(&self, offset: u32) -> usize {
        self.tokens.partition_point(|it| it.start < offset).min(self.tokens.len() - 1)
    }

    /// The first token of this kind at `offset` or behind it.
    fn token_of(&self, kind: Kind, offset: u32) -> Option<Token> {
        self.tokens[self.token_at(offset)..].iter().find(|it| it.kind == kind).copied()
    }

    /// Writes with other surroundings.
    fn placed(&mut self, place: Place, write: impl FnOnce(&mut Self) -> Doc<'s>) -> Doc<'s> {
        let outside = std::mem::replace(&mut self.place, place);
        let doc = write(self);
        self.place = outside;
        doc
    }
}
