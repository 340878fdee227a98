//! Texts made of texts.

use super::super::limits::{self, Text};
use super::tests_of::int;
use crate::value::Fault;

pub(super) fn upper(t: &str) -> String {
    t.to_uppercase()
}

pub(super) fn lower(t: &str) -> String {
    t.to_lowercase()
}

pub(super) fn capitalize(t: &str) -> String {
    let mut chars = t.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars.as_str().chars()).collect()
}

pub(super) fn title(t: &str) -> String {
    let mut out = String::with_capacity(t.len());
    let mut inside = false;
    for c in t.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        // "don't" is one word.
        inside = c.is_alphanumeric() || (inside && (c == '\'' || c == '’'));
    }
    out
}

pub(super) fn trim<'t>(t: &'t str, chars: Option<&str>) -> &'t str {
    trim_end(trim_start(t, chars), chars)
}

pub(super) fn trim_start<'t>(t: &'t str, chars: Option<&str>) -> &'t str {
    match chars {
        Some(chars) => t.trim_start_matches(|c| chars.contains(c)),
        None => t.trim_start(),
    }
}

pub(super) fn trim_end<'t>(t: &'t str, chars: Option<&str>) -> &'t str {
    match chars {
        Some(chars) => t.trim_end_matches(|c| chars.contains(c)),
        None => t.trim_end(),
    }
}

pub(super) fn pad_start(t: &str, n: i64, fill: &str) -> Result<String, Fault> {
    Ok(padding(t, n, fill)? + t)
}

pub(super) fn pad_end(t: &str, n: i64, fill: &str) -> Result<String, Fault> {
    Ok(t.to_owned() + &padding(t, n, fill)?)
}

fn padding(t: &str, n: i64, fill: &str) -> Result<String, Fault> {
    let missing = usize::try_from(n.saturating_sub(int(t.chars().count())?)).unwrap_or(0);
    if missing > 0 && fill.is_empty() {
        return Err(Fault::argument("there is nothing to fill up with"));
    }
    // No character has more than four bytes.
    limits::bytes(missing.saturating_mul(4).saturating_add(t.len()))?;
    Ok(fill.chars().cycle().take(missing).collect())
}

pub(super) fn repeat(t: &str, n: i64) -> Result<String, Fault> {
    let n = limits::count(n, "the number of repetitions")?;
    limits::bytes(t.len().saturating_mul(n))?;
    Ok(t.repeat(n))
}

pub(super) fn reverse(t: &str) -> String {
    t.chars().rev().collect()
}

pub(super) fn replace(t: &str, old: &str, new: &str) -> Result<String, Fault> {
    not_empty(old)?;
    let mut out = Text::new();
    let mut rest = t;
    while let Some((before, after)) = rest.split_once(old) {
        out.push(before)?;
        out.push(new)?;
        rest = after;
    }
    out.push(rest)?;
    Ok(out.done())
}

pub(super) fn replace_first(t: &str, old: &str, new: &str) -> Result<String, Fault> {
    not_empty(old)?;
    let mut out = Text::new();
    match t.split_once(old) {
        Some((before, after)) => [before, new, after].iter().try_for_each(|it| out.push(it))?,
        None => out.push(t)?,
    }
    Ok(out.done())
}

fn not_empty(old: &str) -> Result<(), Fault> {
    if old.is_empty() { Err(Fault::argument("an empty text cannot be replaced")) } else { Ok(()) }
}

pub(super) fn truncate(t: &str, n: i64, ending: &str) -> Result<String, Fault> {
    let n = limits::count(n, "the length of a text")?;
    if t.chars().nth(n).is_none() {
        return Ok(t.to_owned());
    }
    let kept = n.saturating_sub(ending.chars().count());
    let kept: String = t.chars().take(kept).collect();
    let ending: String = ending.chars().take(n).collect();
    Ok(kept.trim_end().to_owned() + &ending)
}

pub(super) fn wrap(t: &str, n: i64) -> Result<String, Fault> {
    let width = limits::count(n, "the width of a line")?;
    if width == 0 {
        return Err(Fault::argument("a line needs room for one character"));
    }
    let lines: Vec<String> = t.split('\n').map(|line| wrap_line(line, width)).collect();
    Ok(lines.join("\n"))
}

fn wrap_line(line: &str, width: usize) -> String {
    let mut out = String::with_capacity(line.len());
    let mut used = 0;
    for word in line.split_whitespace() {
        let mut length = word.chars().count();
        if used > 0 && used + 1 + length <= width {
            out.push(' ');
            used += 1;
        } else if used > 0 {
            out.push('\n');
            used = 0;
        }
        // A word that is longer than a line is broken where the line ends.
        let mut word = word;
        while length > width {
            let end = word.char_indices().nth(width).map_or(word.len(), |(at, _)| at);
            out.push_str(&word[..end]);
            out.push('\n');
            word = &word[end..];
            length -= width;
        }
        out.push_str(word);
        used += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Code;

    #[test]
    fn case_changes_in_any_alphabet() {
        assert_eq!(upper("straße"), "STRASSE");
        assert_eq!(capitalize("élan VITAL"), "Élan VITAL");
        assert_eq!(capitalize(""), "");
        assert_eq!(title("o'neil's  ÉCOLE 2nd-hand"), "O'neil's  École 2nd-Hand");
    }

    #[test]
    fn padding_counts_characters_and_is_bounded() {
        assert_eq!(pad_start("é", 3, "ab").unwrap(), "abé");
        assert_eq!(pad_end("abc", 2, " ").unwrap(), "abc");
        assert_eq!(pad_end("abc", -5, "").unwrap(), "abc");
        assert!(pad_start("a", 5, "").unwrap_err().is(Code::Argument));
        assert!(pad_start("a", i64::MAX, "x").unwrap_err().is(Code::Limit));
        assert_eq!(repeat("ab", 0).unwrap(), "");
        assert!(repeat("ab", i64::MAX).unwrap_err().is(Code::Limit));
        assert!(repeat("ab", -1).unwrap_err().is(Code::Argument));
        assert_eq!(repeat("", i64::MAX).unwrap(), "");
    }

    #[test]
    fn replacing_never_loops_and_never_grows_without_bound() {
        assert_eq!(replace("aaa", "a", "aa").unwrap(), "aaaaaa");
        assert_eq!(replace_first("abab", "b", "").unwrap(), "aab");
        assert_eq!(replace("x", "y", "z").unwrap(), "x");
        assert!(replace("x", "", "z").unwrap_err().is(Code::Argument));
        let (many, long) = ("a".repeat(100_000), "b".repeat(10_000));
        assert!(replace(&many, "a", &long).unwrap_err().is(Code::Limit));
    }

    #[test]
    fn texts_are_cut_at_characters() {
        assert_eq!(truncate("a long title", 7, "…").unwrap(), "a long…");
        assert_eq!(truncate("äöü", 3, "…").unwrap(), "äöü");
        assert_eq!(truncate("äöüß", 2, "...").unwrap(), "..");
        assert_eq!(truncate("ab", 0, "…").unwrap(), "");
        assert!(truncate("ab", -1, "…").unwrap_err().is(Code::Argument));
        assert_eq!(trim("--x-", Some("-")), "x");
        assert_eq!(trim(" x\u{a0}", None), "x");
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrap("one two three", 7).unwrap(), "one two\nthree");
        assert_eq!(wrap("abcdefgh ij\n\nk", 3).unwrap(), "abc\ndef\ngh\nij\n\nk");
        assert_eq!(wrap("", 1).unwrap(), "");
        assert!(wrap("a", 0).unwrap_err().is(Code::Argument));
    }
}
