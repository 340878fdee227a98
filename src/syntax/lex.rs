//! Text to tokens: texts with holes, comments, line breaks and the pairing of brackets.
//!
//! Never fails. What cannot be a token is reported once, here, and stands in for what was probably meant, so that
//! the parser need not speak of it again. What leaves holes in a statement is noted among the faults: a statement
//! that touches one fails silently.

mod foreign;
mod text;

use ecow::EcoString;
use logos::Logos;

use super::brackets;
use super::errors;
use super::lines::Lines;
use super::token::{Kind, Token};
use super::tree::Comment;
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};

/// A file as tokens, with what lies between them.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    /// All tokens, [`Kind::End`] last; every bracket has its partner.
    pub(super) tokens: Vec<Token>,
    /// All comments, in order.
    pub(super) comments: Vec<Comment>,
    /// The `///` blocks, in order.
    pub(super) docs: Vec<Docs>,
    /// What is wrong, in order of discovery.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Where lines begin.
    pub(super) lines: Lines,
    /// The bytes at which a reported mistake leaves a wreck for the parser, sorted.
    pub(super) faults: Vec<u32>,
}

/// Neighbouring `///` lines.
#[derive(Clone, Debug)]
pub(super) struct Docs {
    /// The index of the token that follows them.
    pub(super) token: u32,
    /// An empty line stands between them and that token.
    pub(super) detached: bool,
    /// Their text.
    pub(super) text: EcoString,
}

/// Splits `text` into tokens.
pub(super) fn lex(file: FileId, text: &str) -> Lexed {
    let mut scanner = Scanner::new(file, text);
    scanner.run();
    scanner.finish()
}

#[expect(clippy::struct_excessive_bools, reason = "each says something that happened on its own")]
struct Scanner<'s> {
    file: FileId,
    text: &'s str,
    lexer: logos::Lexer<'s, Kind>,
    out: Lexed,
    /// Brackets and texts that are open, as indices of their tokens.
    open: Vec<u32>,
    /// The texts whose holes are being read, outermost first.
    holes: Vec<Hole>,
    /// How many texts were read again because a hole of theirs does not end.
    given_up: u32,
    /// Texts nest too deeply, and that has been said.
    too_deep: bool,
    /// All brackets so far had their partner.
    balanced: bool,
    on_new_line: bool,
    /// Line breaks since the last token or comment.
    breaks: u32,
    /// The last of `out.docs` is still without its token.
    docs_wait: bool,
    habits: foreign::Habits,
}

/// A hole of a text, from `{` to `}`.
struct Hole {
    style: text::Style,
    /// The token that the text begins with.
    first: u32,
    /// Where its `{` stands.
    brace: u32,
    /// Braces that are open inside it.
    braces: u32,
}

/// Texts in holes of texts in holes: more than anybody writes.
const HOLES_MAX: usize = 32;

/// Texts of one file that may be read again because a hole of theirs does not end: more, and the file is no program.
const GIVE_UPS_MAX: u32 = 50;

impl<'s> Scanner<'s> {
    fn new(file: FileId, text: &'s str) -> Self {
        let tokens = Vec::with_capacity(text.len() / 4);
        let out = Lexed { tokens, lines: Lines::of(text), ..Lexed::default() };
        Scanner {
            file,
            text,
            lexer: Kind::lexer(text),
            out,
            open: Vec::new(),
            holes: Vec::new(),
            given_up: 0,
            too_deep: false,
            balanced: true,
            on_new_line: true,
            breaks: 0,
            docs_wait: false,
            habits: foreign::Habits::default(),
        }
    }

    fn run(&mut self) {
        if self.text.starts_with('\u{FEFF}') {
            self.lexer.bump('\u{FEFF}'.len_utf8());
        }
        loop {
            match self.lexer.next() {
                Some(kind) => self.scanned(kind.unwrap_or(Kind::Unknown)),
                None if self.holes.is_empty() => break,
                None => self.give_up_holes(0),
            }
        }
    }

    fn finish(mut self) -> Lexed {
        self.one_per_line();
        self.report_habits();
        self.attach_docs(self.out.tokens.len());
        if !(self.balanced && self.open.is_empty()) {
            brackets::repair(self.file, self.text, &mut self.out);
        }
        self.out.faults.sort_unstable();
        let (end, partner) = (offset(self.text.len()), offset(self.out.tokens.len()));
        self.out.tokens.push(Token {
            start: end,
            end,
            partner,
            kind: Kind::End,
            on_new_line: true,
        });
        self.out
    }

    /// Takes what logos has found.
    #[inline]
    fn scanned(&mut self, kind: Kind) {
        match kind {
            Kind::LineBreak => self.line_break(),
            Kind::Comment => self.comment(),
            Kind::Name => self.name(),
            Kind::ParenOpen | Kind::BracketOpen => self.opener(kind),
            Kind::BraceOpen => {
                if let Some(hole) = self.holes.last_mut() {
                    hole.braces += 1;
                }
                self.opener(kind);
            }
            Kind::ParenClose => self.closer(kind, Kind::ParenOpen),
            Kind::BracketClose => self.closer(kind, Kind::BracketOpen),
            Kind::BraceClose => self.brace_close(),
            Kind::Minus if !self.inside_list() && self.dash_comment() => {}
            Kind::Minus => {
                self.on_new_line &= !self.inside_list();
                self.push(kind);
            }
            Kind::Quote => self.text_begins(text::Style::Quoted),
            Kind::BlockQuote => self.text_begins(text::Style::Block),
            Kind::RawQuote => self.unclosed_text(self.start()),
            Kind::BadNumber => self.bad_number(),
            Kind::SingleQuoted => self.single_quoted(),
            Kind::Foreign => self.foreign(),
            Kind::NonAscii | Kind::Unknown => self.non_ascii(),
            _ => self.push(kind),
        }
    }

    #[inline]
    fn start(&self) -> u32 {
        offset(self.lexer.span().start)
    }

    #[inline]
    fn end(&self) -> u32 {
        offset(self.lexer.span().end)
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span::new(self.file, start, end)
    }

    #[inline]
    fn push(&mut self, kind: Kind) {
        self.push_at(kind, self.start(), self.end());
    }

    #[inline]
    fn push_at(&mut self, kind: Kind, start: u32, end: u32) {
        if self.docs_wait {
            self.attach_docs(self.out.tokens.len());
        }
        let partner = offset(self.out.tokens.len());
        self.out.tokens.push(Token { start, end, partner, kind, on_new_line: self.on_new_line });
        self.on_new_line = false;
        self.breaks = 0;
    }

    fn opener(&mut self, kind: Kind) {
        self.open.push(offset(self.out.tokens.len()));
        self.push(kind);
    }

    fn closer(&mut self, kind: Kind, opener: Kind) {
        self.push(kind);
        self.pair(opener);
    }

    /// Pairs the last token with the innermost open bracket.
    fn pair(&mut self, opener: Kind) {
        let own = self.out.tokens.len() - 1;
        let Some(&top) = self.open.last() else {
            self.balanced = false;
            return;
        };
        if self.out.tokens[top as usize].kind != opener {
            self.balanced = false;
            return;
        }
        self.open.pop();
        self.out.tokens[own].partner = top;
        self.out.tokens[top as usize].partner = offset(own);
    }

    fn brace_close(&mut self) {
        match self.holes.last_mut() {
            Some(hole) if hole.braces == 0 => self.text_goes_on(),
            Some(hole) => {
                hole.braces -= 1;
                self.closer(Kind::BraceClose, Kind::BraceOpen);
            }
            None => self.closer(Kind::BraceClose, Kind::BraceOpen),
        }
    }

    /// Whether the innermost open bracket is one in which line breaks separate nothing.
    fn inside_list(&self) -> bool {
        self.open.last().is_some_and(|top| self.out.tokens[*top as usize].kind != Kind::BraceOpen)
    }

    fn line_break(&mut self) {
        if self.holes.last().is_some_and(|hole| hole.style == text::Style::Quoted) {
            let outermost = self.holes.iter().rposition(|it| it.style == text::Style::Block);
            self.give_up_holes(outermost.map_or(0, |block| block + 1));
            return;
        }
        self.on_new_line = true;
        self.breaks += 1;
    }

    fn comment(&mut self) {
        let own_line = self.on_new_line;
        let slice = self.lexer.slice().trim_end_matches('\r');
        let start = self.start();
        let span = self.span(start, start + offset(slice.len()));
        let doc = slice.strip_prefix("///").filter(|rest| !rest.starts_with('/'));
        match doc {
            Some(line) if own_line && self.holes.is_empty() => self.doc_line(line),
            _ => self.breaks = 0,
        }
        self.out.comments.push(Comment { span, own_line });
    }

    fn doc_line(&mut self, line: &str) {
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        match self.out.docs.last_mut() {
            Some(docs) if self.docs_wait && self.breaks == 1 => {
                docs.text.push('\n');
                docs.text.push_str(line);
            }
            _ => {
                self.attach_docs(self.out.tokens.len());
                self.out.docs.push(Docs { token: 0, detached: false, text: line.into() });
            }
        }
        self.docs_wait = true;
        self.breaks = 0;
    }

    /// Gives the `///` lines above to the token at `index`, or to nothing where that is past the end.
    fn attach_docs(&mut self, index: usize) {
        if !std::mem::take(&mut self.docs_wait) {
            return;
        }
        if let Some(docs) = self.out.docs.last_mut() {
            docs.token = offset(index);
            docs.detached = self.breaks != 1;
        }
    }

    fn name(&mut self) {
        let rest = self.lexer.remainder();
        if rest.as_bytes().first().is_none_or(u8::is_ascii) || !starts_with_letter(rest) {
            self.push(Kind::Name);
            return;
        }
        let tail = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        self.lexer.bump(tail);
        let span = self.span(self.start(), self.end());
        self.out.diagnostics.push(errors::letters_outside_names(span, self.lexer.slice()));
        self.push(Kind::Name);
    }

    fn bad_number(&mut self) {
        let span = self.span(self.start(), self.end());
        let format = Span { start: span.start.saturating_sub(2), ..span };
        let is_format = !self.holes.is_empty()
            && self.text.get(format.range()).is_some_and(|it| it.starts_with(":."));
        self.out.diagnostics.push(match is_format {
            true => errors::format_in_hole(format, self.lexer.slice()),
            false => errors::bad_number(span, self.lexer.slice()),
        });
        self.push(Kind::BadNumber);
    }

    /// Of several findings in one line the first stays, or the one about a text that is not closed: where a text
    /// begins or ends in the wrong place, nothing else in its line is what it seems.
    fn one_per_line(&mut self) {
        let found = std::mem::take(&mut self.out.diagnostics);
        for diagnostic in found {
            let start = diagnostic.span().start;
            self.out.faults.push(start);
            let line = self.out.lines.index(start);
            let last = self.out.diagnostics.last().map(|it| it.span().start);
            let same = last.is_some_and(|it| self.out.lines.index(it) == line);
            if !same {
                self.out.diagnostics.push(diagnostic);
            } else if diagnostic.code == "unclosed-text" {
                self.out.diagnostics.pop();
                self.out.diagnostics.push(diagnostic);
            }
        }
    }

    /// Notes that the parser will find a wreck at `at`, about which everything has been said.
    fn fault(&mut self, at: u32) {
        self.out.faults.push(at);
    }
}

fn starts_with_letter(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphabetic)
}

/// A byte offset or token index; files of 4 GiB and more are refused before they get here.
pub(super) fn offset(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
