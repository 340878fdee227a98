//! Gives every bracket a partner where the text does not, led by indentation.
//!
//! Runs only where plain pairing has failed. Brackets that the text lacks are put in as tokens without width,
//! brackets that close nothing are taken out, each is reported once, and the parser gets to see a balanced file.
//! Text that pairs up is left alone however it is indented, so that no correct program is ever judged by its layout.

mod apply;

use std::cell::Cell;
use std::collections::HashSet;

use apply::{operate, renumber_docs, report};

use super::lex::{Lexed, offset};
use super::token::{Kind, Token};
use crate::source::FileId;

/// How many tokens all decisions about a file may look ahead at; behind that, hopeless files get hasty ones.
const STEPS: usize = 4_000_000;

/// How many tokens a decision may look ahead at.
const LOOK_AHEAD: usize = 4000;

/// How many tokens a decision is tried on.
const TRIAL: usize = 300;

/// How many open brackets a closer may look through for its own.
const LOOK_BACK: usize = 64;

/// Balances `out.tokens`, reporting what had to be changed.
pub(super) fn repair(file: FileId, text: &str, out: &mut Lexed) {
    let lines = Layout::new(text, out);
    let mut surgeon = Surgeon {
        tokens: &out.tokens,
        lines: &lines,
        open: Vec::new(),
        found: Vec::new(),
        opened: HashSet::new(),
        crossed: None,
        steps: Cell::new(STEPS),
    };
    surgeon.run();
    let found = std::mem::take(&mut surgeon.found);
    report(file, &found, out);
    let tokens = operate(out, &found);
    renumber_docs(&found, out);
    out.tokens = tokens;
}

/// Brackets that do not pair up, as indices of tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Finding {
    /// Opens something that nothing closes; the closer goes before the token `before`.
    Unclosed { opener: usize, before: usize },
    /// Opens something, and the line has a better opener.
    SurplusOpener { opener: usize },
    /// Closes nothing.
    Surplus { closer: usize },
    /// Closes what should have been opened at the end of a line, before the token `before`.
    Unopened { closer: usize, before: usize },
    /// Ends a block that nothing opens: its first line begins with the token `first`.
    Headless { closer: usize, first: usize },
    /// Closes something that another kind of bracket opens.
    Wrong { opener: usize, closer: usize },
    /// Two neighbours that close, each in the place of the other.
    Crossed { first: usize },
}

/// Where lines start, and how far they are indented, by token.
struct Layout {
    /// For each token the first token of its line.
    first: Vec<u32>,
    /// For each token the last token of its line.
    last: Vec<u32>,
    /// For each token the indentation of its line.
    indent: Vec<u32>,
}

impl Layout {
    fn new(text: &str, lexed: &Lexed) -> Self {
        let tokens = &lexed.tokens;
        let mut lines = Layout { first: Vec::new(), last: Vec::new(), indent: Vec::new() };
        let (mut first, mut indent, mut line) = (0, 0, usize::MAX);
        for (index, token) in tokens.iter().enumerate() {
            let own = lexed.lines.index(token.start);
            if own != line {
                first = offset(index);
                indent = offset(lexed.lines.indent(text, token.start));
            }
            lines.first.push(first);
            lines.indent.push(indent);
            line = lexed.lines.index(token.end);
        }
        lines.last = vec![0; tokens.len()];
        for at in (0..tokens.len()).rev() {
            let ends_line = at + 1 == tokens.len() || lines.is_first(at + 1);
            lines.last[at] = if ends_line { offset(at) } else { lines.last[at + 1] };
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
    lines: &'a Layout,
    open: Vec<usize>,
    found: Vec<Finding>,
    /// Where openers have been put in: one to a place.
    opened: HashSet<usize>,
    /// The second of two closers that cross.
    crossed: Option<usize>,
    /// How many tokens decisions may still look ahead at.
    steps: Cell<usize>,
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

    fn step(&self) {
        self.steps.set(self.steps.get().saturating_sub(1));
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
        let limit = self.tokens.len().min(from + LOOK_AHEAD.min(self.steps.get()));
        for at in from..limit {
            let kind = self.tokens[at].kind;
            self.step();
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
        self.crossed = None;
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
        while !self.open.is_empty() {
            self.unclosed(end);
        }
    }

    /// At the first token of a line: what was opened on a line that is indented as much is not closed.
    fn dedent(&mut self, at: usize) {
        for _ in 0..self.dedents(&self.open, at) {
            self.unclosed(at);
        }
    }

    /// How many of the open brackets end where the line that begins with the token at `at` begins.
    fn dedents(&self, open: &[usize], at: usize) -> usize {
        let closes = opener_of(self.tokens[at].kind).is_some();
        let own = self.lines.indent[at];
        let ends = |top: &&usize| {
            let inner = self.lines.indent[**top];
            inner > own || !closes && inner == own
        };
        open.iter().rev().take_while(ends).count()
    }

    /// `if (a {`: a `{` that ends the line of a `(` is the body, unless something before it announces a value.
    fn head_ends(&mut self, at: usize) {
        use Kind::{BraceOpen, BracketOpen, Colon, Comma, Equal, FatArrow, ParenOpen};
        let ends_line = at + 1 == self.tokens.len() || self.lines.is_first(at + 1);
        if self.tokens[at].kind != Kind::BraceOpen || !ends_line {
            return;
        }
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
        let Some(opener) = self.open.pop() else { return };
        let finding = match self.has_better_opener(opener) {
            true => Finding::SurplusOpener { opener },
            false => Finding::Unclosed { opener, before },
        };
        self.found.push(finding);
    }

    /// Whether a `{` stands in a line that another `{` ends: that one opens the body.
    fn has_better_opener(&self, opener: usize) -> bool {
        let is_brace = |at: usize| self.tokens[at].kind == Kind::BraceOpen;
        let last = self.lines.last[opener] as usize;
        let doubled = opener > 0 && is_brace(opener - 1) && self.lines.same(opener - 1, opener);
        is_brace(opener) && if last == opener { doubled } else { is_brace(last) }
    }

    fn close_above_text(&mut self, at: usize) {
        while self.open.last().is_some_and(|top| self.tokens[*top].kind != Kind::TextStart) {
            self.unclosed(at);
        }
    }

    /// Decides what to do with a closing token: what leads to the fewest findings in the rest of the region.
    fn closer(&mut self, at: usize, opener: Kind, end: usize) {
        if self.crossed == Some(at) {
            self.open.pop();
            return;
        }
        let open = self.open.len();
        let depth = self.reachable(opener);
        let fits = depth.is_some_and(|it| it + 1 == open);
        if fits && !self.is_suspicious(at) {
            self.open.pop();
            return;
        }
        let nearest = open.saturating_sub(LOOK_BACK);
        let tried = |kept: usize, from: usize| {
            self.trial(self.open[nearest.min(kept)..kept].to_vec(), from, end)
        };
        let drop = 1 + tried(open, at + 1);
        let close = depth.map_or(usize::MAX, |it| open - 1 - it + tried(it, at + 1));
        let retype =
            if !fits && self.may_be_retyped(at) { 1 + tried(open - 1, at + 1) } else { usize::MAX };
        let cross = if self.crosses(at, opener) { 1 + tried(open - 2, at + 2) } else { usize::MAX };
        if cross < drop.min(close).min(retype) {
            self.found.push(Finding::Crossed { first: at });
            self.crossed = Some(at + 1);
            self.open.pop();
        } else if close < drop || close == drop && !fits && close <= retype {
            let kept = depth.unwrap_or(open);
            while self.open.len() > kept + 1 {
                self.unclosed(at);
            }
            self.open.pop();
        } else if retype < drop {
            let opener = self.open.pop().unwrap_or(at);
            self.found.push(Finding::Wrong { opener, closer: at });
        } else {
            self.surplus(at);
        }
    }

    /// How many findings plain pairing would make of the tokens `from..end` with these brackets open.
    fn trial(&self, mut open: Vec<usize>, from: usize, end: usize) -> usize {
        let stop = end.min(from + TRIAL.min(self.steps.get()));
        let mut findings = 0;
        for at in from..stop {
            let kind = self.tokens[at].kind;
            self.step();
            if self.lines.is_first(at) {
                let kept = open.len() - self.dedents(&open, at);
                findings += open.len() - kept;
                open.truncate(kept);
            }
            if is_opener(kind) {
                open.push(at);
            } else if let Some(opener) = opener_of(kind) {
                let depth = open.iter().rposition(|it| self.tokens[*it].kind == opener);
                let torn = |depth: &usize| {
                    *depth + 1 < open.len()
                        && !self.lines.is_first(at)
                        && !self.lines.same(open[*depth], at)
                };
                match depth.filter(|depth| !torn(depth)) {
                    Some(depth) => {
                        findings += open.len() - 1 - depth;
                        open.truncate(depth);
                    }
                    None => findings += 1,
                }
            }
        }
        findings + if stop == end { open.len() } else { 0 }
    }

    /// Whether the two closers that come next stand each in the other's place: `)}` where `})` was meant.
    fn crosses(&self, at: usize, opener: Kind) -> bool {
        let [.., outer, inner] = self.open[..] else { return false };
        let kind = |it: usize| self.tokens[it].kind;
        let next = self.tokens.get(at + 1).and_then(|it| opener_of(it.kind));
        kind(outer) == opener
            && kind(inner) != opener
            && next == Some(kind(inner))
            && kind(inner) != Kind::TextStart
            && self.lines.same(at, at + 1)
            && self.lines.same(outer, inner)
    }

    /// A closer of what other lines have opened is expected to begin a line, indented like theirs.
    fn is_suspicious(&self, at: usize) -> bool {
        let Some(&top) = self.open.last() else { return true };
        let (first, top_line) = (self.lines.is_first(at), self.lines.indent[top]);
        !self.lines.same(top, at)
            && (!first && self.opens_line_end(top) || first && self.lines.indent[at] > top_line)
    }

    fn opens_line_end(&self, opener: usize) -> bool {
        opener + 1 < self.tokens.len() && self.lines.is_first(opener + 1)
    }

    fn may_be_retyped(&self, at: usize) -> bool {
        let top = self.open.last().map(|it| self.tokens[*it].kind);
        top.is_some_and(|it| it != Kind::TextStart) && self.tokens[at].kind != Kind::TextEnd
    }

    /// The place among the open brackets of the one that a closer may close; not beyond the text that it stands in.
    fn reachable(&self, opener: Kind) -> Option<usize> {
        let depth = self.innermost(opener)?;
        let text = self.innermost(Kind::TextStart);
        text.is_none_or(|text| text <= depth).then_some(depth)
    }

    /// The place among the open brackets of the innermost one of this kind.
    fn innermost(&self, opener: Kind) -> Option<usize> {
        let nearest = self.open.len().saturating_sub(LOOK_BACK);
        let found = self.open[nearest..].iter().rposition(|it| self.tokens[*it].kind == opener)?;
        Some(nearest + found)
    }

    fn surplus(&mut self, closer: usize) {
        if let Some(before) = self.head_lacks_opener(closer) {
            self.opened.insert(before);
            self.found.push(Finding::Unopened { closer, before });
            return;
        }
        let closer = self.closer_too_early(closer).unwrap_or(closer);
        let finding = match self.block_above(closer) {
            Some((head, first)) if self.lacks_opener(head, first, closer) => {
                self.opened.insert(first);
                Finding::Unopened { closer, before: first }
            }
            Some((_, first)) if self.tokens[closer].kind == Kind::BraceClose => {
                Finding::Headless { closer, first }
            }
            _ => Finding::Surplus { closer },
        };
        self.found.push(finding);
    }

    /// For a closer in the line of a declaration that has one place for an opener and none there: what should stand behind it.
    fn head_lacks_opener(&self, closer: usize) -> Option<usize> {
        let line = self.lines.first[closer] as usize;
        let kind = |ahead: usize| self.tokens.get(line + ahead).map(|it| it.kind);
        let takes = match (kind(0)?, self.tokens[closer].kind) {
            (Kind::Fn, Kind::ParenClose) => !matches!(kind(2)?, Kind::ParenOpen | Kind::Less),
            (Kind::Type, Kind::BraceClose) => kind(2)? == Kind::Equal,
            (Kind::Let | Kind::Var | Kind::Const, Kind::BraceClose) => {
                kind(2)? == Kind::Equal && kind(4)? == Kind::Colon
            }
            _ => false,
        };
        let before = line + if kind(0)? == Kind::Fn { 2 } else { 3 };
        let is_bare = self.tokens[before.min(closer)].kind != Kind::BraceOpen;
        (takes && is_bare && before < closer && !self.opened.contains(&before)).then_some(before)
    }

    /// For the `)` that ends the parameters of a function, behind which its result or its body follows: the one that has ended them before.
    fn closer_too_early(&self, closer: usize) -> Option<usize> {
        let line = self.lines.first[closer] as usize;
        let kind = |at: usize| self.tokens.get(at).map(|it| it.kind);
        let ends = |at: usize| matches!(kind(at + 1), Some(Kind::Arrow | Kind::BraceOpen));
        let is_head = kind(line)? == Kind::Fn && kind(line + 2)? == Kind::ParenOpen;
        if !is_head || kind(closer)? != Kind::ParenClose || !ends(closer) {
            return None;
        }
        let mut depth = 0_u32;
        let early = (line + 2..closer).find(|at| {
            depth += u32::from(kind(*at) == Some(Kind::ParenOpen));
            depth -= u32::from(kind(*at) == Some(Kind::ParenClose));
            depth == 0
        })?;
        (!ends(early)).then_some(early)
    }

    /// For a closer that begins a line: the first tokens of the line above it that is indented no deeper, if there is one, and of the
    /// line behind that, if all from there on are indented deeper.
    fn block_above(&self, closer: usize) -> Option<(Option<usize>, usize)> {
        if self.tokens[closer].kind == Kind::TextEnd || !self.lines.is_first(closer) {
            return None;
        }
        let indent = self.lines.indent[closer];
        let mut lines = (0..closer).rev().filter(|it| self.lines.is_first(*it));
        let head = lines.find(|it| self.lines.indent[*it] <= indent);
        let behind = head.map_or(0, |it| it + 1);
        let first = (behind..closer).find(|it| self.lines.is_first(*it))?;
        Some((head, first))
    }

    /// Whether the line above a block is one that a bracket should end.
    fn lacks_opener(&self, head: Option<usize>, first: usize, closer: usize) -> bool {
        let Some(head) = head else { return false };
        let line = &self.tokens[head..first];
        let is_bare = line.last().is_some_and(|it| !is_opener(it.kind));
        self.lines.indent[head] == self.lines.indent[closer]
            && is_bare
            && !self.opened.contains(&first)
            && (self.tokens[closer].kind != Kind::BraceClose
                || line.iter().any(|it| takes_body(it.kind)))
    }
}

/// Whether a word or sign announces a block.
fn takes_body(kind: Kind) -> bool {
    use Kind::{
        Catch, Else, FatArrow, Fn, For, If, Match, Parallel, Table, Test, Transaction, Try, Type,
        While,
    };
    matches!(
        kind,
        Catch
            | Else
            | FatArrow
            | Fn
            | For
            | If
            | Match
            | Parallel
            | Table
            | Test
            | Transaction
            | Try
            | Type
            | While
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
