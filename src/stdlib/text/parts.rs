//! Texts taken apart.

use memchr::memchr_iter;

use super::super::limits;
use super::tests_of::int;
use crate::value::Fault;

pub(super) fn split<'t>(t: &'t str, sep: &str, limit: Option<i64>) -> Result<Vec<&'t str>, Fault> {
    if sep.is_empty() {
        let message = "nothing separates the parts; `.chars()` gives the characters";
        return Err(Fault::argument(message));
    }
    match limit.map(|it| limits::count(it, "the number of parts")).transpose()? {
        Some(0) => Err(Fault::argument("a text has one part at least")),
        Some(limit) => Ok(t.splitn(limit, sep).collect()),
        None => Ok(split_all(t, sep)),
    }
}

/// A single byte is looked for many bytes at once; how many there are is counted first, so that the parts need not move.
fn split_all<'t>(t: &'t str, sep: &str) -> Vec<&'t str> {
    let [sign] = sep.as_bytes() else { return t.split(sep).collect() };
    let mut parts = Vec::with_capacity(memchr_iter(*sign, t.as_bytes()).count() + 1);
    let mut from = 0;
    for at in memchr_iter(*sign, t.as_bytes()) {
        parts.push(&t[from..at]);
        from = at + 1;
    }
    parts.push(&t[from..]);
    parts
}

pub(in crate::stdlib) fn lines(t: &str) -> Vec<&str> {
    t.lines().collect()
}

pub(super) fn words(t: &str) -> Vec<&str> {
    t.split_whitespace().collect()
}

pub(super) fn chars(t: &str) -> Result<Vec<&str>, Fault> {
    limits::items(t.len())?;
    Ok(t.char_indices().map(|(at, c)| &t[at..at + c.len_utf8()]).collect())
}

pub(super) fn index_of(t: &str, part: &str) -> Result<Option<i64>, Fault> {
    t.find(part).map(|at| int(t[..at].chars().count())).transpose()
}

pub(super) fn before<'t>(t: &'t str, sep: &str) -> &'t str {
    t.split_once(sep).map_or(t, |(before, _)| before)
}

pub(super) fn after<'t>(t: &'t str, sep: &str) -> &'t str {
    t.split_once(sep).map_or("", |(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Code;

    #[test]
    fn parts_are_found_by_characters() {
        assert_eq!(split("a,b,,c", ",", None).unwrap(), ["a", "b", "", "c"]);
        assert_eq!(split("", ",", None).unwrap(), [""]);
        assert_eq!(split("k=a=b", "=", Some(2)).unwrap(), ["k", "a=b"]);
        assert!(split("ab", "", None).unwrap_err().is(Code::Argument));
        assert!(split("ab", ",", Some(0)).unwrap_err().is(Code::Argument));
        assert_eq!(lines("a\r\n\nb\n"), ["a", "", "b"]);
        assert_eq!(chars("añ😀").unwrap(), ["a", "ñ", "😀"]);
        assert_eq!(index_of("naïve", "v"), Ok(Some(3)));
        assert_eq!(index_of("x", "y"), Ok(None));
        assert_eq!((before("a", "@"), after("a", "@")), ("a", ""));
    }
}
