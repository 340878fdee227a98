//! Gives every bracket a partner where the text does not, led by indentation.
//!
//! Runs only where plain pairing has failed. Brackets that the text lacks are put in as tokens without width,
//! brackets that close nothing are taken out, each is reported once, and the parser gets to see a balanced file.
//! Text that pairs up is left alone however it is indented, so that no correct program is ever judged by its layout.

use std::collections::HashSet;

use super::errors;
use super::lex::{Lexed, offset};
use super::token::{Kind, Token};
use crate::source::{FileId, Span};

/// How many tokens a decision may look ahead: what keeps hopeless files from costing the square of their length.
const LOOK_AHEAD: usize = 4000;

/// How many open brackets a closer may look through for its own.
const LOOK_BACK: usize = 256;

/// Balances `out.tokens`, reporting what had to be changed.
pub(super) fn repair(file: FileId, text: &str, out: &mut Lexed) {
    let lines = Lines::new(text, &out.tokens);
    let mut surgeon = Surgeon {
        tokens: &out.tokens,
        lines: &lines,
        open: Vec::new(),
        found: Vec::new(),
        opened: HashSet::new(),
    };
    surgeon.run();
    let found = std::mem::take(&mut surgeon.found);
    report(file, &found, out);
    let tokens = operate(&out.tokens, &found);
    renumber_docs(&found, out);
    out.tokens = tokens;
}

/// A bracket too few or too many.
enum Finding {
    /// The token opens something that nothing closes; the closer goes before the token `before`.
    Unclosed { opener: usize, before: usize },
    /// The token closes nothing.
    Surplus { closer: usize },
    /// The token closes what should have been opened at the end of a line, before the token `before`.
    Unopened { closer: usize, before: usize },
}

/// Where lines start, and how far they are indented, by token.
struct Lines {
    /// For each token the first token of its line.
    first: Vec<u32>,
    /// For each token the indentation of its line.
    indent: Vec<u32>,
}

impl Lines {
    fn new(text: &str, tokens: &[Token]) -> Self {
        let mut lines = Lines { first: Vec::new(), indent: Vec::new() };
        let (mut first, mut indent, mut end) = (0, 0, 0);
        for (index, token) in tokens.iter().enumerate() {
            let gap = &text[end.min(token.start as usize)..token.start as usize];
            if index == 0 || gap.contains('\n') {
                let start = text[..token.start as usize].rfind('\n').map_or(0, |at| at + 1);
                let line = &text[start..];
                first = offset(index);
                indent = offset(line.len() - line.trim_start_matches([' ', '\t']).len());
            }
            lines.first.push(first);
            lines.indent.push(indent);
            end = token.end as usize;
        }
        lines
    }

    fn is_first(&self, token: usize) -> bool {
        self.first[token] as usize == token
    }

    fn same(&self, a: usize, b: usize) -> bool {
        self.first[a] == self.first[b]
    }
}

struct Surgeon<'a> {
    tokens: &'a [Token],
    lines: &'a Lines,
    open: Vec<usize>,
    found: Vec<Finding>,
    /// Where openers have been put in: one to a place.
    opened: HashSet<usize>,
}

impl Surgeon<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            at = match self.balanced_until(at) {
                Some(end) => end,
                None => {
                    let end = self.next_region(at);
                    self.mend(at, end);
                    end
                }
            };
        }
    }

    /// Whether the token begins a line at the margin and closes nothing: the likely start of something new.
    fn starts_region(&self, token: usize) -> bool {
        self.lines.is_first(token)
            && self.lines.indent[token] == 0
            && opener_of(self.tokens[token].kind).is_none()
    }

    fn next_region(&self, from: usize) -> usize {
        (from + 1..self.tokens.len())
            .find(|it| self.starts_region(*it))
            .unwrap_or(self.tokens.len())
    }

    /// The end of the regions from `from` on in which all brackets pair up, if there are such.
    fn balanced_until(&self, from: usize) -> Option<usize> {
        let mut open: Vec<Kind> = Vec::new();
        let limit = self.tokens.len().min(from + LOOK_AHEAD);
        for at in from..limit {
            let kind = self.tokens[at].kind;
            if at > from && self.starts_region(at) {
                if open.is_empty() {
                    return Some(at);
                }
                if matches!(
                    kind,
                    Kind::Fn | Kind::Table | Kind::Type | Kind::Const | Kind::Use | Kind::Test
                ) {
                    return None;
                }
            }
            if is_opener(kind) {
                open.push(kind);
            } else if let Some(opener) = opener_of(kind) {
                if open.pop() != Some(opener) {
                    return None;
                }
            } else if kind == Kind::TextMiddle && open.last() != Some(&Kind::TextStart) {
                return None;
            }
        }
        (open.is_empty() && limit == self.tokens.len()).then_some(limit)
    }

    fn mend(&mut self, from: usize, end: usize) {
        self.open.clear();
        for at in from..end {
            let kind = self.tokens[at].kind;
            if self.lines.is_first(at) {
                self.dedent(at);
            }
            if kind == Kind::TextMiddle {
                self.close_above_text(at);
            } else if let Some(opener) = opener_of(kind) {
                self.closer(at, opener, end);
            } else if is_opener(kind) {
                self.head_ends(at);
                self.open.push(at);
            }
        }
        while let Some(opener) = self.open.pop() {
            self.found.push(Finding::Unclosed { opener, before: end });
        }
    }

    /// At the first token of a line: what was opened on a line that is indented as much is not closed.
    fn dedent(&mut self, at: usize) {
        let closes = opener_of(self.tokens[at].kind).is_some();
        while let Some(&top) = self.open.last() {
            let (inner, own) = (self.lines.indent[top], self.lines.indent[at]);
            if inner < own || (closes && inner == own) {
                break;
            }
            self.unclosed(at);
        }
    }

    /// `if (a {`: a `{` that ends the line of a `(` is the body, unless something before it announces a value.
    fn head_ends(&mut self, at: usize) {
        let ends_line = at + 1 == self.tokens.len() || self.lines.is_first(at + 1);
        if self.tokens[at].kind != Kind::BraceOpen || !ends_line {
            return;
        }
        use Kind::{BraceOpen, BracketOpen, Colon, Comma, Equal, FatArrow, ParenOpen};
        let announced = matches!(
            self.tokens[at - usize::from(at > 0)].kind,
            FatArrow | ParenOpen | BracketOpen | BraceOpen | Comma | Colon | Equal
        );
        while !announced && self.open.last().is_some_and(|top| self.is_list_on_line_of(*top, at)) {
            self.unclosed(at);
        }
    }

    fn is_list_on_line_of(&self, top: usize, at: usize) -> bool {
        self.lines.same(top, at)
            && matches!(self.tokens[top].kind, Kind::ParenOpen | Kind::BracketOpen)
    }

    fn unclosed(&mut self, before: usize) {
        if let Some(opener) = self.open.pop() {
            self.found.push(Finding::Unclosed { opener, before });
        }
    }

    fn close_above_text(&mut self, at: usize) {
        while self.open.last().is_some_and(|top| self.tokens[*top].kind != Kind::TextStart) {
            self.unclosed(at);
        }
    }

    fn closer(&mut self, at: usize, opener: Kind, end: usize) {
        let depth = self.innermost(opener);
        let text = self.innermost(Kind::TextStart);
        let Some(depth) = depth.filter(|depth| text.is_none_or(|text| text <= *depth)) else {
            return self.surplus(at);
        };
        let partner = self.open[depth];
        if self.is_probably_surplus(at, partner, end) {
            return self.surplus(at);
        }
        while self.open.len() > depth + 1 {
            self.unclosed(at);
        }
        self.open.pop();
    }

    /// The place among the open brackets of the innermost one of this kind.
    fn innermost(&self, opener: Kind) -> Option<usize> {
        let nearest = self.open.len().saturating_sub(LOOK_BACK);
        let found = self.open[nearest..].iter().rposition(|it| self.tokens[*it].kind == opener)?;
        Some(nearest + found)
    }

    /// A closer that would tear open what its line pairs up by itself, or that stands deeper than its opener's
    /// line while a better one follows.
    fn is_probably_surplus(&self, at: usize, partner: usize, end: usize) -> bool {
        let kind = self.tokens[at].kind;
        let top = self.open.last().copied().unwrap_or(partner);
        if top != partner && !self.lines.same(partner, at) && self.lines.same(top, at) {
            let wanted = self.tokens[top].kind;
            return (at + 1..end)
                .take_while(|it| self.lines.same(*it, at))
                .any(|it| opener_of(self.tokens[it].kind) == Some(wanted));
        }
        let indent = self.lines.indent[partner];
        self.lines.is_first(at)
            && self.lines.indent[at] > indent
            && (at + 1..end.min(at + LOOK_AHEAD)).any(|it| {
                self.lines.is_first(it)
                    && self.lines.indent[it] == indent
                    && self.tokens[it].kind == kind
            })
    }

    fn surplus(&mut self, closer: usize) {
        match self.missing_opener(closer) {
            Some(before) => self.found.push(Finding::Unopened { closer, before }),
            None => self.found.push(Finding::Surplus { closer }),
        }
    }

    /// For a `}` that begins a line: the end of the line above it, indented alike, that begins with a word which needs a block.
    fn missing_opener(&mut self, closer: usize) -> Option<usize> {
        if self.tokens[closer].kind != Kind::BraceClose || !self.lines.is_first(closer) {
            return None;
        }
        let indent = self.lines.indent[closer];
        let head = (0..closer)
            .rev()
            .find(|it| self.lines.is_first(*it) && self.lines.indent[*it] <= indent)?;
        let end = (head + 1..=closer).find(|it| self.lines.is_first(*it))?;
        let bare = self.tokens[end - 1].kind != Kind::BraceOpen && end < closer;
        let needs =
            needs_block(self.tokens[head].kind) || self.tokens[head].kind == Kind::BraceClose;
        let fits = self.lines.indent[head] == indent && bare && needs;
        (fits && self.opened.insert(end)).then_some(end)
    }
}

fn needs_block(kind: Kind) -> bool {
    use Kind::{Catch, Else, Fn, For, If, Match, Parallel, Table, Test, Transaction, Try, While};
    matches!(
        kind,
        If | Else | For | While | Match | Fn | Table | Test | Try | Catch | Transaction | Parallel
    )
}

/// Whether a token of this kind is followed by its partner.
pub(super) fn is_opener(kind: Kind) -> bool {
    matches!(kind, Kind::ParenOpen | Kind::BracketOpen | Kind::BraceOpen | Kind::TextStart)
}

/// What a closing token closes.
pub(super) fn opener_of(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::ParenClose => Some(Kind::ParenOpen),
        Kind::BracketClose => Some(Kind::BracketOpen),
        Kind::BraceClose => Some(Kind::BraceOpen),
        Kind::TextEnd => Some(Kind::TextStart),
        _ => None,
    }
}

fn closer_of(opener: Kind) -> Kind {
    match opener {
        Kind::ParenOpen => Kind::ParenClose,
        Kind::BracketOpen => Kind::BracketClose,
        Kind::TextStart => Kind::TextEnd,
        _ => Kind::BraceClose,
    }
}

fn report(file: FileId, found: &[Finding], out: &mut Lexed) {
    let tokens = &out.tokens;
    let span = |index: usize| {
        tokens.get(index).map_or(Span::default(), |it| Span::new(file, it.start, it.end))
    };
    let gap = |before: usize| {
        let end = before.checked_sub(1).map_or(0, |it| tokens[it].end);
        Span::new(file, end, end)
    };
    for finding in found {
        let (at, diagnostic) = match *finding {
            Finding::Unclosed { opener, .. } if tokens[opener].kind == Kind::TextStart => continue,
            Finding::Unclosed { opener, before } => {
                let (open, close) = (tokens[opener].kind, closer_of(tokens[opener].kind));
                let place = gap(before);
                let less_indented = tokens.get(before).map(|_| span(before));
                out.faults.push(place.start);
                (
                    span(opener),
                    errors::unclosed_bracket(span(opener), open, close, place, less_indented),
                )
            }
            Finding::Surplus { closer } => {
                (span(closer), errors::unmatched_bracket(span(closer), tokens[closer].kind))
            }
            Finding::Unopened { closer, before } => {
                (span(closer), errors::unopened_block(gap(before), span(closer)))
            }
        };
        out.faults.push(at.start);
        out.diagnostics.push(diagnostic);
    }
}

/// Puts in and takes out what was found, and pairs the result.
fn operate(old: &[Token], found: &[Finding]) -> Vec<Token> {
    let mut inserted: Vec<(usize, Kind)> = Vec::new();
    let mut dropped = Vec::new();
    for finding in found {
        match *finding {
            Finding::Unclosed { opener, before } => {
                inserted.push((before, closer_of(old[opener].kind)))
            }
            Finding::Surplus { closer } => dropped.push(closer),
            Finding::Unopened { before, .. } => inserted.push((before, Kind::BraceOpen)),
        }
    }
    inserted.sort_by_key(|it| it.0);
    let mut inserted = inserted.into_iter().peekable();
    let mut tokens = Vec::with_capacity(old.len() + inserted.len());
    for index in 0..=old.len() {
        while let Some((_, kind)) = inserted.next_if(|it| it.0 == index) {
            let end = index.checked_sub(1).map_or(0, |it| old[it].end);
            tokens.push(Token { start: end, end, partner: 0, kind, on_new_line: false });
        }
        tokens.extend(old.get(index).filter(|_| dropped.binary_search(&index).is_err()).copied());
    }
    pair_all(&mut tokens);
    tokens
}

/// Pairs brackets plainly; what is still alone becomes an unknown token, so that partners are always true.
fn pair_all(tokens: &mut [Token]) {
    let mut open: Vec<usize> = Vec::new();
    for at in 0..tokens.len() {
        tokens[at].partner = offset(at);
        if is_opener(tokens[at].kind) {
            open.push(at);
            continue;
        }
        let Some(opener) = opener_of(tokens[at].kind) else { continue };
        match open.last() {
            Some(&top) if tokens[top].kind == opener => {
                open.pop();
                tokens[at].partner = offset(top);
                tokens[top].partner = offset(at);
            }
            _ => tokens[at].kind = Kind::Unknown,
        }
    }
    for at in open {
        tokens[at].kind = Kind::Unknown;
    }
}

/// Moves the `///` blocks along with the tokens that they belong to.
fn renumber_docs(found: &[Finding], out: &mut Lexed) {
    for docs in &mut out.docs {
        let at = docs.token as usize;
        let (mut more, mut less) = (0, 0);
        for finding in found {
            match *finding {
                Finding::Unclosed { before, .. } | Finding::Unopened { before, .. }
                    if before <= at =>
                {
                    more += 1
                }
                Finding::Surplus { closer } if closer < at => less += 1,
                _ => {}
            }
        }
        docs.token = (docs.token + more) - less;
    }
}
