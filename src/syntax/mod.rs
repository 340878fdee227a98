//! Text to tree: tokens, parser, tree, formatter. Never fails and does no I/O: a broken text gives a tree with
//! `Error` nodes and diagnostics.
//!
//! [`parse`] is the way in. Behind it: [`token`] names the words and signs, `lex` splits the text, `brackets` pairs
//! what the text does not, `parser` builds the [`tree`], and [`number`] gives its nodes their ids.

mod brackets;
mod errors;
mod format;
mod lex;
mod lines;
mod mends;
mod number;
mod parser;
mod power;
#[cfg(test)]
mod tests;
pub mod token;
pub mod tree;
pub mod walk;

pub use errors::FOREIGN_CASE;
pub use format::format;
pub use number::number;
pub use parser::HEADER_WORDS;

use crate::diagnostics::Diagnostic;
use crate::source::FileId;
use tree::{Comment, File};

/// What a text says, as far as it can be understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// The tree, its nodes numbered.
    pub tree: File,
    /// All comments, in source order; `///` lines that document something are in the tree as well.
    pub comments: Vec<Comment>,
    /// What is wrong with the text, in source order.
    pub diagnostics: Vec<Diagnostic>,
}

/// The tokens of a text: in order, [`Kind::End`](token::Kind::End) last, every bracket with its partner.
#[must_use]
pub fn tokens(file: FileId, text: &str) -> Vec<token::Token> {
    lex::lex(file, text).tokens
}

/// Parses a task, a module, or one of the library's declaration files, whose functions say `= observe` where
/// others have a body; the checker refuses those elsewhere.
///
/// Of a broken text, likely mends that do not make it less broken are not offered.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parsed {
    let mut parsed = read(file, text);
    mends::keep_those_that_help(file, text, &mut parsed.diagnostics);
    parsed
}

/// The same with every mend that anybody thought of: faster, for a text whose findings nobody is told of.
#[must_use]
pub fn read(file: FileId, text: &str) -> Parsed {
    let mut lexed = lex::lex(file, text);
    let (mut tree, found) = parser::parse(file, text, &lexed);
    number(&mut tree);
    let mut diagnostics = std::mem::take(&mut lexed.diagnostics);
    diagnostics.extend(found);
    diagnostics.sort_by_key(|it| it.labels.first().map_or(0, |label| label.span.start));
    Parsed { tree, comments: lexed.comments, diagnostics }
}
