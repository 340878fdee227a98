//! Regular expressions: linear in time, bounded in size, compiled once per thread.

use std::cell::RefCell;
use std::rc::Rc;

use regex::{Captures, Regex, RegexBuilder};
use rustc_hash::FxHashMap;

use super::super::limits::Text;
use super::tests_of::int;
use crate::value::{Fault, Key, Map, Shape, Value};

/// What one compiled expression may hold.
const COMPILED_BYTES_MAX: usize = 4 << 20;
/// How many compiled expressions a thread keeps.
const KEPT_MAX: usize = 64;

thread_local! {
    static KEPT: RefCell<FxHashMap<String, Regex>> = RefCell::default();
    static MATCH: Rc<Shape> = Rc::new(Shape::new(["text", "start", "groups", "named"]));
}

fn compiled(re: &str) -> Result<Regex, Fault> {
    if let Some(found) = KEPT.with_borrow(|kept| kept.get(re).cloned()) {
        return Ok(found);
    }
    let mut builder = RegexBuilder::new(re);
    let builder = builder.size_limit(COMPILED_BYTES_MAX).dfa_size_limit(COMPILED_BYTES_MAX);
    let made = builder.build().map_err(|error| wrong(re, &error))?;
    KEPT.with_borrow_mut(|kept| {
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(re.to_owned(), made.clone());
    });
    Ok(made)
}

fn wrong(re: &str, error: &regex::Error) -> Fault {
    let full = error.to_string();
    let last = full.lines().last().unwrap_or_default().trim();
    let what = last.strip_prefix("error: ").unwrap_or(last);
    Fault::argument(format!("`{re}` is no regular expression: {what}"))
}

pub(super) fn escape(t: &str) -> String {
    regex::escape(t)
}

pub(super) fn matches(t: &str, re: &str) -> Result<bool, Fault> {
    Ok(compiled(re)?.is_match(t))
}

pub(super) fn find(t: &str, re: &str) -> Result<Option<Value>, Fault> {
    let re = compiled(re)?;
    re.captures(t).map(|found| Matches::new(t, &re).value(&found)).transpose()
}

pub(super) fn find_all(t: &str, re: &str) -> Result<Vec<Value>, Fault> {
    let re = compiled(re)?;
    let mut matches = Matches::new(t, &re);
    re.captures_iter(t).map(|found| matches.value(&found)).collect()
}

pub(super) fn split<'t>(t: &'t str, re: &str) -> Result<Vec<&'t str>, Fault> {
    Ok(compiled(re)?.split(t).collect())
}

/// Makes `Match` records of what is found, from first to last.
struct Matches<'t> {
    text: &'t str,
    names: Vec<Option<String>>,
    /// A place that was counted to, in bytes and in characters, so that each character is counted once.
    counted: (usize, usize),
}

impl<'t> Matches<'t> {
    fn new(text: &'t str, re: &Regex) -> Self {
        let names = re.capture_names().skip(1).map(|it| it.map(str::to_owned)).collect();
        Self { text, names, counted: (0, 0) }
    }

    fn value(&mut self, found: &Captures<'t>) -> Result<Value, Fault> {
        let Some(whole) = found.get(0) else { return Ok(Value::Null) };
        let (bytes, chars) = self.counted;
        let start = chars + self.text[bytes..whole.start()].chars().count();
        self.counted = (whole.start(), start);
        let text = |at: usize| found.get(at).map(|it| Value::text(it.as_str()));
        let groups = (1..found.len()).map(|at| text(at).unwrap_or(Value::Null));
        let named: Map = (self.names.iter().zip(1..))
            .filter_map(|(name, at)| Some((Key::text(name.as_deref()?), text(at)?)))
            .collect();
        let groups = crate::value::List::Values(groups.collect());
        let slots = [
            Value::List(Rc::new(groups)),
            Value::Map(Rc::new(named)),
            Value::Int(int(start)?),
            Value::text(whole.as_str()),
        ];
        Ok(MATCH.with(|shape| Value::record(shape, slots)))
    }
}

pub(super) fn replace(t: &str, re: &str, with: &str) -> Result<String, Fault> {
    let re = compiled(re)?;
    let pieces = pieces(with, &re)?;
    let mut out = Text::new();
    let mut end = 0;
    for found in re.captures_iter(t) {
        let Some(whole) = found.get(0) else { continue };
        out.push(&t[end..whole.start()])?;
        for piece in &pieces {
            match piece {
                Piece::Text(text) => out.push(text)?,
                Piece::Group(at) => out.push(found.get(*at).map_or("", |it| it.as_str()))?,
            }
        }
        end = whole.end();
    }
    out.push(&t[end..])?;
    Ok(out.done())
}

/// A part of what replaces a match.
enum Piece<'w> {
    Text(&'w str),
    Group(usize),
}

/// Takes `$1`, `${name}` and `$$` apart from the text around them.
fn pieces<'w>(with: &'w str, re: &Regex) -> Result<Vec<Piece<'w>>, Fault> {
    let mut pieces = Vec::new();
    let mut rest = with;
    while let Some((before, after)) = rest.split_once('$') {
        pieces.push(Piece::Text(before));
        if let Some(after) = after.strip_prefix('$') {
            pieces.push(Piece::Text("$"));
            rest = after;
            continue;
        }
        let (name, after) = match after.strip_prefix('{').and_then(|it| it.split_once('}')) {
            Some(parts) => parts,
            None => after.split_at(bare_name(after)),
        };
        pieces.push(Piece::Group(group(name, re)?));
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

/// The length of a number or of a name without braces.
fn bare_name(text: &str) -> usize {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    let belongs =
        |c: char| c.is_ascii_digit() || (!is_number && (c.is_ascii_alphabetic() || c == '_'));
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn group(name: &str, re: &Regex) -> Result<usize, Fault> {
    let by_number = name.parse().ok().filter(|at| *at < re.captures_len());
    let by_name = || re.capture_names().position(|it| it == Some(name));
    by_number.or_else(by_name).ok_or_else(|| {
        Fault::argument(format!("`{re}` has no group `${name}`; a `$` itself is written `$$`"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Code;

    #[test]
    fn matches_know_their_place_and_groups() {
        let found = find("é on 2026-03", r"(\d+)-(?<month>\d+)(x)?").unwrap().unwrap();
        assert_eq!(
            found.to_string(),
            r#"{ text: "2026-03", start: 5, groups: ["2026", "03", null], named: ["month": "03"] }"#
        );
        assert_eq!(find("abc", r"\d").unwrap(), None);
        let all = find_all("é1é22", r"\d+").unwrap();
        let starts: Vec<_> = all.iter().filter_map(|it| it.field("start")).collect();
        assert_eq!(starts, [&Value::Int(1), &Value::Int(3)]);
        assert_eq!(find_all("ab", "").unwrap().len(), 3);
    }

    #[test]
    fn groups_stand_in_replacements() {
        assert_eq!(
            replace("29.03.2026", r"(\d+)\.(\d+)\.(\d+)", "$3-$2-$1").unwrap(),
            "2026-03-29"
        );
        assert_eq!(replace("7 eur", r"(?<n>\d+) eur", "$$${n}0a$1b").unwrap(), "$70a7b");
        assert_eq!(replace("ab", "x?", "-").unwrap(), "-a-b-");
        for with in ["$2", "${nosuch}", "$", "${1"] {
            assert!(replace("a", "(a)", with).unwrap_err().is(Code::Argument), "{with}");
        }
        let (many, long) = ("a".repeat(100_000), "b".repeat(10_000));
        assert!(replace(&many, "a", &long).unwrap_err().is(Code::Limit));
    }

    #[test]
    fn what_is_no_expression_or_too_large_is_a_fault() {
        let fault = matches("a", "(").unwrap_err();
        assert_eq!(fault.message, "`(` is no regular expression: unclosed group");
        assert!(matches("a", r"(\w{500}){500}").unwrap_err().is(Code::Argument));
        assert!(matches("a", r"(a)\1").unwrap_err().is(Code::Argument));
        assert_eq!(matches("1.5", &escape("1.5")), Ok(true));
        for n in 0..200 {
            assert_eq!(matches("x", &format!("x{{1,{}}}", n + 1)), Ok(true));
        }
    }
}
