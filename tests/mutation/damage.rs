//! Ways to spoil a program in one place.

use taskc::source::FileId;
use taskc::syntax;
use taskc::syntax::token::{Kind as Sign, Token};

use super::line_of;
use crate::random::Random;

/// A way to spoil a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A token is missing.
    Delete,
    /// A token is there twice.
    Double,
    /// Two neighbours have changed places.
    Swap,
    /// Another token of the program stands in a token's place.
    Replace,
    /// Another token of the program has come in.
    Insert,
    /// A bracket is missing, or one too many.
    Bracket,
    /// A quote is missing.
    Quote,
    /// A line is missing.
    Line,
    /// A letter of a name is wrong.
    Typo,
    /// A literal is of another type.
    WrongType,
    /// An argument is missing.
    Argument,
    /// A field of a schedule is another.
    Cron,
}

impl Kind {
    pub(super) const ALL: &[Self] = &[
        Self::Delete,
        Self::Double,
        Self::Swap,
        Self::Replace,
        Self::Insert,
        Self::Bracket,
        Self::Quote,
        Self::Line,
        Self::Typo,
        Self::WrongType,
        Self::Argument,
        Self::Cron,
    ];
}

/// A spoilt program.
#[derive(Clone, Debug)]
pub(super) struct Damage {
    /// The text as it is now.
    pub(super) text: String,
    /// The lines that were touched, counted from 0, in the text as it is now.
    pub(super) lines: (usize, usize),
    /// How it was spoilt.
    pub(super) kind: Kind,
}

impl Damage {
    /// Spoils a program; nothing where it has no place for this.
    pub(super) fn make(text: &str, kind: Kind, random: &mut Random) -> Option<Self> {
        let tokens: Vec<Token> = syntax::tokens(FileId(0), text)
            .into_iter()
            .filter(|it| it.start < it.end && it.kind != Sign::End)
            .collect();
        if tokens.len() < 2 {
            return None;
        }
        let slice = |it: &Token| &text[it.start as usize..it.end as usize];
        let any = |random: &mut Random| random.below(tokens.len() as u64) as usize;
        let edit = |from: u32, to: u32, new: &str| {
            let (from, to) = (from as usize, to as usize);
            let spoilt = format!("{}{new}{}", &text[..from], &text[to..]);
            (spoilt != text).then(|| {
                let lines = (line_of(&spoilt, from), line_of(&spoilt, from + new.len()));
                Self { text: spoilt, lines, kind }
            })
        };
        let of = |random: &mut Random, wanted: &dyn Fn(&Token) -> bool| {
            let fitting: Vec<&Token> = tokens.iter().filter(|it| wanted(it)).collect();
            (!fitting.is_empty()).then(|| **random.pick(&fitting))
        };
        match kind {
            Kind::Delete => {
                let it = tokens[any(random)];
                edit(it.start, it.end, "")
            }
            Kind::Double => {
                let it = tokens[any(random)];
                edit(it.end, it.end, &format!(" {}", slice(&it)))
            }
            Kind::Swap => {
                let at = random.below(tokens.len() as u64 - 1) as usize;
                let (a, b) = (tokens[at], tokens[at + 1]);
                let between = &text[a.end as usize..b.start as usize];
                edit(a.start, b.end, &format!("{}{between}{}", slice(&b), slice(&a)))
            }
            Kind::Replace => {
                let (it, other) = (tokens[any(random)], tokens[any(random)]);
                edit(it.start, it.end, slice(&other))
            }
            Kind::Insert => {
                let (it, other) = (tokens[any(random)], tokens[any(random)]);
                edit(it.start, it.start, &format!("{} ", slice(&other)))
            }
            Kind::Bracket => {
                let it = of(random, &|it| is_bracket(it.kind))?;
                let new = if random.one_in(2) { String::new() } else { slice(&it).repeat(2) };
                edit(it.start, it.end, &new)
            }
            Kind::Quote => {
                let it = of(random, &|it| it.kind == Sign::Text)?;
                if random.one_in(2) {
                    edit(it.start, it.start + 1, "")
                } else {
                    edit(it.end - 1, it.end, "")
                }
            }
            Kind::Line => {
                let at = tokens[any(random)].start as usize;
                let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
                let end = text[at..].find('\n').map_or(text.len(), |it| at + it + 1);
                edit(u32::try_from(start).ok()?, u32::try_from(end).ok()?, "")
            }
            Kind::Typo => typo(text, random).map(|(it, ..)| it),
            Kind::WrongType => {
                let is_literal = |it: &Token| {
                    matches!(
                        it.kind,
                        Sign::Int | Sign::Decimal | Sign::Duration | Sign::Text | Sign::True
                    )
                };
                let it = of(random, &is_literal)?;
                edit(it.start, it.end, if it.kind == Sign::Text { "17" } else { "\"seventeen\"" })
            }
            Kind::Argument => {
                let commas = tokens
                    .windows(3)
                    .filter(|it| it[0].kind == Sign::Comma && it[2].kind == Sign::ParenClose);
                let found: Vec<&[Token]> = commas.collect();
                let it = (!found.is_empty()).then(|| *random.pick(&found))?;
                edit(it[0].start, it[1].end, "")
            }
            Kind::Cron => {
                let pairs: Vec<&[Token]> = tokens
                    .windows(2)
                    .filter(|it| slice(&it[0]) == "schedule" && it[1].kind == Sign::Text)
                    .collect();
                let it = (!pairs.is_empty()).then(|| random.pick(&pairs)[1])?;
                let inner = slice(&it).trim_matches('"').to_owned();
                let mut fields: Vec<&str> = inner.split(' ').collect();
                let at = random.below(fields.len() as u64) as usize;
                fields[at] = *random.pick(&["99", "x", "22-2", "*/0", "?", "", "1 2"]);
                edit(it.start + 1, it.end - 1, &fields.join(" "))
            }
        }
    }
}

fn is_bracket(kind: Sign) -> bool {
    use Sign::{BraceClose, BraceOpen, BracketClose, BracketOpen, ParenClose, ParenOpen};
    matches!(kind, BraceClose | BraceOpen | BracketClose | BracketOpen | ParenClose | ParenOpen)
}

/// A name of four letters or more with a wrong one, the name, and what it is now.
pub(super) fn typo(text: &str, random: &mut Random) -> Option<(Damage, String, String)> {
    let tokens = syntax::tokens(FileId(0), text);
    let slice = |it: &Token| &text[it.start as usize..it.end as usize];
    let names: Vec<&Token> =
        tokens.iter().filter(|it| it.kind == Sign::Name && slice(it).len() >= 4).collect();
    if names.is_empty() {
        return None;
    }
    let it = **random.pick(&names);
    let name = slice(&it).to_owned();
    let at = random.between(1, name.len() as u64 - 2) as usize;
    let mut letters: Vec<char> = name.chars().collect();
    match random.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, at + 1),
        _ => letters[at] = if letters[at] == 'q' { 'k' } else { 'q' },
    }
    let wrong: String = letters.into_iter().collect();
    if wrong == name {
        return None;
    }
    let spoilt = format!("{}{wrong}{}", &text[..it.start as usize], &text[it.end as usize..]);
    let line = line_of(&spoilt, it.start as usize);
    Some((Damage { text: spoilt, lines: (line, line), kind: Kind::Typo }, name, wrong))
}
