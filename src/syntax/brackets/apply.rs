//! What was found about brackets, said and done: put in, taken out, exchanged.

use std::collections::HashSet;

use super::{Finding, closer_of, is_opener, opener_of};
use crate::source::{FileId, Span};
use crate::syntax::errors;
use crate::syntax::lex::{Lexed, offset};
use crate::syntax::lines::Lines;
use crate::syntax::token::{Kind, Token};

/// Says what had to be changed.
pub(super) fn report(file: FileId, found: &[Finding], out: &mut Lexed) {
    let lexical: HashSet<usize> = out.faults.iter().map(|it| out.lines.index(*it)).collect();
    let mut told = lexical.clone();
    let tokens = &out.tokens;
    let span = |index: usize| {
        tokens.get(index).map_or(Span::default(), |it| Span::new(file, it.start, it.end))
    };
    let gap = |before: usize| {
        let end = before.checked_sub(1).map_or(0, |it| tokens[it].end);
        Span::new(file, end, end)
    };
    let mut ended = None;
    for finding in found {
        let diagnostic = match *finding {
            // What ends unclosed in one place is one slip, told of the innermost.
            Finding::Unclosed { before, .. } if ended.replace(before) == Some(before) => continue,
            Finding::Unclosed { opener, .. } if tokens[opener].kind == Kind::TextStart => continue,
            Finding::Unclosed { opener, before } => {
                let (open, close) = (tokens[opener].kind, closer_of(tokens[opener].kind));
                let place = gap(before);
                out.faults.push(place.start);
                if lexical.contains(&out.lines.index(place.start)) {
                    continue;
                }
                let below = tokens.get(before).map(|_| span(before));
                errors::unclosed_bracket(span(opener), open, close, place, below)
            }
            Finding::SurplusOpener { opener } => {
                errors::surplus_opener(span(opener), tokens[opener].kind)
            }
            Finding::Surplus { closer } => {
                errors::unmatched_bracket(span(closer), tokens[closer].kind)
            }
            Finding::Unopened { closer, before } => {
                let (place, end) = (gap(before), span(closer));
                let is_in_line = out.lines.index(place.start) == out.lines.index(end.start);
                out.faults.push(end.start);
                errors::unopened_bracket(place, end, tokens[closer].kind, is_in_line)
            }
            Finding::Headless { closer, first } => {
                out.faults.push(span(closer).start);
                errors::headless_block(span(first), span(closer))
            }
            Finding::Wrong { opener, closer } => {
                let (open, close) = (tokens[opener].kind, tokens[closer].kind);
                errors::wrong_closer(span(opener), open, span(closer), close, closer_of(open))
            }
            Finding::Crossed { first } => {
                let (one, other) = (tokens[first].kind, tokens[first + 1].kind);
                errors::crossed_brackets((span(first), one), (span(first + 1), other))
            }
        };
        // One slip, one finding: a line about which something is said already explains its brackets too.
        let at = diagnostic.span().start;
        let said = !told.insert(out.lines.index(at));
        out.faults.push(at);
        if !said {
            out.diagnostics.push(diagnostic);
        }
    }
}

/// Puts in and takes out what was found, and pairs the result.
pub(super) fn operate(lexed: &Lexed, found: &[Finding]) -> Vec<Token> {
    let mut inserted: Vec<(usize, Kind)> = Vec::new();
    let mut dropped = Vec::new();
    let mut old = lexed.tokens.clone();
    for finding in found {
        match *finding {
            Finding::Unclosed { opener, before } => {
                inserted.push((before, closer_of(old[opener].kind)));
            }
            Finding::Surplus { closer: token }
            | Finding::SurplusOpener { opener: token }
            | Finding::Headless { closer: token, .. } => dropped.push(token),
            Finding::Unopened { closer, before } => {
                inserted.extend(opener_of(old[closer].kind).map(|opener| (before, opener)));
            }
            Finding::Wrong { opener, closer } => old[closer].kind = closer_of(old[opener].kind),
            Finding::Crossed { first } => {
                (old[first].kind, old[first + 1].kind) = (old[first + 1].kind, old[first].kind);
            }
        }
    }
    dropped.sort_unstable();
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
    pair_all(&lexed.lines, &mut tokens);
    tokens
}

/// Pairs brackets plainly; what is still alone becomes an unknown token, so that partners are always true.
fn pair_all(lines: &Lines, tokens: &mut [Token]) {
    let mut open: Vec<usize> = Vec::new();
    for at in 0..tokens.len() {
        tokens[at].partner = offset(at);
        if at > 0 && tokens[at].kind == Kind::Minus {
            let breaks = lines.index(tokens[at - 1].end) < lines.index(tokens[at].start);
            tokens[at].on_new_line =
                breaks && open.last().is_none_or(|it| tokens[*it].kind == Kind::BraceOpen);
        }
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
pub(super) fn renumber_docs(found: &[Finding], out: &mut Lexed) {
    for docs in &mut out.docs {
        let at = docs.token as usize;
        let (mut more, mut less) = (0, 0);
        for finding in found {
            match *finding {
                Finding::Unclosed { before, .. } | Finding::Unopened { before, .. }
                    if before <= at =>
                {
                    more += 1;
                }
                Finding::Surplus { closer: it }
                | Finding::SurplusOpener { opener: it }
                | Finding::Headless { closer: it, .. }
                    if it < at =>
                {
                    less += 1;
                }
                _ => {}
            }
        }
        docs.token = (docs.token + more) - less;
    }
}
