//! Tokens to tree: one function a rule, one file a construct.
//!
//! A rule is a function over chumsky's input, written with chumsky's combinators; `rule(f)` makes it a parser
//! again. Passing functions instead of parser values keeps every rule's type small, costs nothing to set up for
//! a file, and lets rules call each other in circles. Alternatives are chosen by looking at the next token or two and never
//! tried in turn, so no input is read twice and time grows with the length of the file.
//!
//! Brackets arrive paired (see [`brackets`](super::brackets)); recovery counts on it. Nothing here panics on any input.

mod atom;
mod block;
mod call;
mod closure;
mod control;
mod expr;
mod file;
mod function;
mod header;
mod list;
mod literal;
mod matching;
mod name;
mod query;
mod recover;
mod stmt;
mod table;
mod test_stmt;
mod text;
mod types;

pub use header::WORDS as HEADER_WORDS;

use chumsky::error::{Error, LabelError};
use chumsky::input::{Checkpoint, Cursor, InputRef};
use chumsky::inspector::Inspector;
use chumsky::prelude::*;
use chumsky::primitive::custom;
use chumsky::util::MaybeRef;

use super::lex::{Docs, Lexed, offset};
use super::lines::Lines;
use super::token::{Kind, Token};
use super::tree::File;
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};

/// How deep brackets, blocks and operators may nest; the later phases recurse over the tree and count on it.
const DEPTH_MAX: u32 = 200;

/// Parses the tokens of a file. The ids of the tree are still to be given.
pub(super) fn parse(file: FileId, text: &str, lexed: &Lexed) -> (File, Vec<Diagnostic>) {
    let mut state = State {
        file,
        text,
        tokens: &lexed.tokens,
        docs: &lexed.docs,
        lines: &lexed.lines,
        faults: &lexed.faults,
        diagnostics: Vec::new(),
        slips: 0,
        quiet: false,
        stmt_start: 0,
        indent: 0,
        depth: 0,
        height: 0,
        place: Place::default(),
    };
    let tree = rule(file::file).parse_with_state(&lexed.tokens, &mut state).into_output();
    (tree.unwrap_or_default(), state.diagnostics)
}

type In<'t> = &'t [Token];
type Ex<'t> = extra::Full<Stop, State<'t>, ()>;
/// What a rule reads from.
type Inp<'t, 'p> = InputRef<'t, 'p, In<'t>, Ex<'t>>;
type Parsed<T> = Result<T, Stop>;

/// A chumsky parser over our tokens.
trait Rule<'t, O>: Parser<'t, In<'t>, O, Ex<'t>> {}
impl<'t, O, P: Parser<'t, In<'t>, O, Ex<'t>>> Rule<'t, O> for P {}

/// A rule as a parser.
fn rule<'t, O>(f: impl Fn(&mut Inp<'t, '_>) -> Parsed<O>) -> impl Rule<'t, O> {
    custom(f)
}

/// Where a rule could not go on, and what it needed there.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stop {
    /// The index of the token that it could not use.
    at: u32,
    /// What it needed.
    want: Want,
}

/// What a rule needed and did not find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// A sign or a word.
    Token(Kind),
    /// A name for something.
    Name(&'static str),
    /// An expression.
    Value,
    /// A value behind `=` on a line that says `let total =`.
    Initial,
    /// A type.
    Type,
    /// What a `match` arm takes.
    Pattern,
    /// A `{` with statements.
    Block,
    /// The end of the line, and with it of the statement.
    LineEnd,
    /// Something that a file may hold.
    Item,
    /// Nothing: it has been reported already.
    Said,
}

impl<'t> Error<'t, In<'t>> for Stop {
    fn merge(self, other: Self) -> Self {
        if other.at > self.at { other } else { self }
    }
}

impl<'t, L> LabelError<'t, In<'t>, L> for Stop {
    fn expected_found<E: IntoIterator<Item = L>>(
        _: E,
        _: Option<MaybeRef<'t, Token>>,
        span: SimpleSpan<usize>,
    ) -> Self {
        Stop { at: offset(span.start), want: Want::Item }
    }
}

/// What rules share while a file is parsed.
struct State<'t> {
    file: FileId,
    text: &'t str,
    tokens: &'t [Token],
    docs: &'t [Docs],
    lines: &'t Lines,
    /// Where the lexer has left wrecks.
    faults: &'t [u32],
    diagnostics: Vec<Diagnostic>,
    /// How often a rule could not go on, reported or not.
    slips: u32,
    /// An error has been reported, and no whole statement has been parsed since.
    quiet: bool,
    /// The index of the token that the current statement begins with.
    stmt_start: usize,
    /// How far the statements of the current block are indented.
    indent: usize,
    depth: u32,
    /// An upper bound for how deep the tree is below the current nesting.
    height: u32,
    place: Place,
}

/// What the surroundings take away from an expression, or add to a statement.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is taken away or added on its own")]
struct Place {
    /// In the head of `if`, `while`, `for` and `match`: `{` opens the body.
    no_record: bool,
    /// Before an arm's or a stub's `=>`: a name is not a closure's parameter.
    no_arrow: bool,
    /// In an index: a range may lack its second end.
    open_range: bool,
    /// In a test: `at`, `stub` and `expect` are statements.
    in_test: bool,
}

impl<'t> Inspector<'t, In<'t>> for State<'t> {
    type Checkpoint = ();
    #[inline]
    fn on_token(&mut self, _: &Token) {}
    #[inline]
    fn on_save<'p>(&self, _: &Cursor<'t, 'p, In<'t>>) {}
    #[inline]
    fn on_rewind<'p>(&mut self, _: &Checkpoint<'t, 'p, In<'t>, ()>) {}
}

/// Looking at tokens and taking them.
trait Look<'t> {
    /// The index of the next token.
    fn at(&mut self) -> usize;
    /// The token `n` tokens ahead; 0 is the next one. Behind the end it is [`Kind::End`].
    fn nth(&mut self, n: usize) -> Token;
    /// The next token.
    fn token(&mut self) -> Token;
    /// What the next token is.
    fn kind(&mut self) -> Kind;
    /// Takes the next token.
    fn bump(&mut self) -> Token;
    /// Takes the next token if it is of this kind.
    fn eat(&mut self, kind: Kind) -> bool;
    /// Takes tokens up to the one at `index`.
    fn skip_to(&mut self, index: usize);
    /// The place of a token.
    fn span(&mut self, token: Token) -> Span;
    /// From the token at `start` to the last one taken.
    fn since(&mut self, start: usize) -> Span;
    /// What the text says there.
    fn text(&mut self, token: Token) -> &'t str;
    /// The failure to find something at the next token.
    fn stop<T>(&mut self, want: Want) -> Parsed<T>;
}

impl<'t> Look<'t> for Inp<'t, '_> {
    #[inline]
    fn at(&mut self) -> usize {
        let cursor = self.cursor();
        self.span_since(&cursor).start
    }

    #[inline]
    fn nth(&mut self, n: usize) -> Token {
        let index = self.at() + n;
        let tokens = self.state().tokens;
        tokens[index.min(tokens.len() - 1)]
    }

    #[inline]
    fn token(&mut self) -> Token {
        self.nth(0)
    }

    #[inline]
    fn kind(&mut self) -> Kind {
        self.peek_ref().map_or(Kind::End, |it| it.kind)
    }

    #[inline]
    fn bump(&mut self) -> Token {
        let token = self.token();
        self.next_ref();
        token
    }

    #[inline]
    fn eat(&mut self, kind: Kind) -> bool {
        let found = self.kind() == kind;
        if found {
            self.next_ref();
        }
        found
    }

    fn skip_to(&mut self, index: usize) {
        while self.at() < index {
            self.next_ref();
        }
    }

    #[inline]
    fn span(&mut self, token: Token) -> Span {
        Span::new(self.state().file, token.start, token.end)
    }

    #[inline]
    fn since(&mut self, start: usize) -> Span {
        let end = self.at();
        let state = self.state();
        let from = state.tokens[start.min(state.tokens.len() - 1)].start;
        let to = if end > start { state.tokens[end - 1].end } else { from };
        Span::new(state.file, from, to)
    }

    #[inline]
    fn text(&mut self, token: Token) -> &'t str {
        &self.state().text[token.start as usize..token.end as usize]
    }

    #[inline]
    fn stop<T>(&mut self, want: Want) -> Parsed<T> {
        Err(Stop { at: offset(self.at()), want })
    }
}

/// A token of this kind.
fn token<'t>(kind: Kind) -> impl Rule<'t, Token> {
    rule(move |inp| if inp.kind() == kind { Ok(inp.bump()) } else { inp.stop(Want::Token(kind)) })
}

/// What follows a token of this kind, if that comes next.
fn after<'t, O>(
    kind: Kind,
    then: impl Fn(&mut Inp<'t, '_>) -> Parsed<O>,
) -> impl Rule<'t, Option<O>> {
    rule(move |inp| if inp.eat(kind) { then(inp).map(Some) } else { Ok(None) })
}

/// One level deeper: refuses to go deeper than the language allows, and sees to it that the stack suffices.
fn nested<'t, O>(
    inp: &mut Inp<'t, '_>,
    inner: impl FnOnce(&mut Inp<'t, '_>) -> Parsed<O>,
) -> Parsed<O> {
    if inp.state().depth >= DEPTH_MAX {
        return recover::too_deep(inp);
    }
    inp.state().depth += 1;
    let outside = std::mem::take(&mut inp.state().height);
    let result = stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || inner(inp));
    inp.state().depth -= 1;
    let inside = inp.state().height + 1;
    inp.state().height = outside.max(inside);
    if result.is_ok() && inside > DEPTH_MAX {
        return recover::too_deep(inp);
    }
    result
}

/// What one level of nesting may need at most.
const STACK_RED_ZONE: usize = 256 * 1024;
const STACK_SEGMENT: usize = 2 * 1024 * 1024;

/// Measures the height of what `inner` parses apart from what stands beside it.
fn measured<'t, O>(
    inp: &mut Inp<'t, '_>,
    inner: impl FnOnce(&mut Inp<'t, '_>) -> Parsed<O>,
) -> Parsed<O> {
    let outside = std::mem::take(&mut inp.state().height);
    let result = inner(inp);
    inp.state().height = inp.state().height.max(outside);
    result
}

/// Notes that what has been parsed moves one level down, as the left side of an operator does.
fn deepened(inp: &mut Inp<'_, '_>) -> Parsed<()> {
    inp.state().height += 1;
    if inp.state().height > DEPTH_MAX { recover::too_deep(inp) } else { Ok(()) }
}

/// Parses with other surroundings.
fn placed<'t, O>(
    inp: &mut Inp<'t, '_>,
    place: Place,
    inner: impl FnOnce(&mut Inp<'t, '_>) -> Parsed<O>,
) -> Parsed<O> {
    let outside = std::mem::replace(&mut inp.state().place, place);
    let result = inner(inp);
    inp.state().place = outside;
    result
}

/// Inside brackets everything is possible again.
fn in_brackets<'t, O>(
    inp: &mut Inp<'t, '_>,
    inner: impl FnOnce(&mut Inp<'t, '_>) -> Parsed<O>,
) -> Parsed<O> {
    let in_test = inp.state().place.in_test;
    placed(inp, Place { in_test, ..Place::default() }, |inp| nested(inp, inner))
}
