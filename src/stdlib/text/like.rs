//! Patterns as SQL has them, read as it is done in databases.

use super::regex;
use crate::value::Fault;

/// Whether the whole text is as the pattern says: `%` stands for any characters, `_` for one, `\\` takes the next as it is.
pub(super) fn like(t: &str, pattern: &str, ignore_case: bool) -> Result<bool, Fault> {
    if ignore_case {
        return regex::matches(&t.to_lowercase(), &regex_of(&pattern.to_lowercase()));
    }
    regex::matches(t, &regex_of(pattern))
}

fn regex_of(pattern: &str) -> String {
    let mut re = String::from(r"(?s)\A");
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => re.push_str(".*"),
            '_' => re.push('.'),
            '\\' => re.push_str(&escaped(chars.next().unwrap_or('\\'))),
            other => re.push_str(&escaped(other)),
        }
    }
    re.push_str(r"\z");
    re
}

fn escaped(c: char) -> String {
    regex::escape(c.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_is_compared() {
        for (text, pattern, wanted) in [
            ("SKU-001", "SKU-%", true),
            ("SKU-001", "SKU", false),
            ("a\nb", "a_b", true),
            ("a\nb", "%b", true),
            ("100%", r"100\%", true),
            ("100x", r"100\%", false),
            ("a.c", "a.c", true),
            ("abc", "a.c", false),
            ("", "%", true),
            ("", "_", false),
            ("Öl", "öL", false),
        ] {
            assert_eq!(like(text, pattern, false), Ok(wanted), "{text:?} like {pattern:?}");
        }
        assert_eq!(like("Öl", "öL", true), Ok(true));
    }
}
