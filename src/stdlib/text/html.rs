//! Texts in HTML.

use super::super::limits::Text;
use super::entities::NAMED;
use crate::value::Fault;

pub(super) fn escape(t: &str) -> Result<String, Fault> {
    let mut out = Text::new();
    for c in t.chars() {
        match c {
            '&' => out.push("&amp;")?,
            '<' => out.push("&lt;")?,
            '>' => out.push("&gt;")?,
            '"' => out.push("&quot;")?,
            '\'' => out.push("&#39;")?,
            other => out.push_char(other)?,
        }
    }
    Ok(out.done())
}

pub(super) fn unescape(t: &str) -> String {
    let mut out = String::with_capacity(t.len());
    let mut rest = t;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = entity(rest).unwrap_or(('&', 1));
        out.push(c);
        rest = &rest[length..];
    }
    out + rest
}

/// The character that `&name;`, `&#233;` or `&#xe9;` stands for, and how many bytes it takes.
fn entity(text: &str) -> Option<(char, usize)> {
    const NAME_BYTES_MAX: usize = 12;
    let end = text.bytes().take(NAME_BYTES_MAX).position(|b| b == b';')?;
    let name = &text[1..end];
    let c = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => char::from_u32(u32::from_str_radix(hex, 16).ok()?)?,
            None => char::from_u32(number.parse().ok()?)?,
        },
        None => NAMED.binary_search_by(|it| it.0.cmp(name)).ok().map(|at| NAMED[at].1)?,
    };
    Some((c, end + 1))
}

pub(super) fn strip(t: &str) -> String {
    let mut out = String::with_capacity(t.len());
    let mut rest = t;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(end) = markup_end(rest) {
            rest = &rest[end..];
        } else {
            out.push('<');
            rest = &rest[1..];
        }
    }
    unescape(&(out + rest))
}

/// Where the markup ends that begins here; nothing where `<` is only a sign.
fn markup_end(text: &str) -> Option<usize> {
    if text.starts_with("<!--") {
        return Some(text.find("-->").map_or(text.len(), |at| at + 3));
    }
    let next = text[1..].chars().next()?;
    if !next.is_ascii_alphabetic() && !"/!?".contains(next) {
        return None;
    }
    let end = tag_end(text);
    // What scripts and styles hold is no text.
    for name in ["script", "style"] {
        let named = text.get(1..=name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
        if named {
            let close = format!("</{name}");
            let at = text[end..].to_ascii_lowercase().find(&close);
            return Some(at.map_or(text.len(), |at| end + at + tag_end(&text[end + at..])));
        }
    }
    Some(end)
}

/// Behind the `>` that closes a tag; one in quotes does not.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, b) in tag.bytes().enumerate() {
        match (quote, b) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(open), b) if open == b => quote = None,
            _ => {}
        }
    }
    tag.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_read_and_written() {
        assert_eq!(
            escape("<a href='x'>\"&\"").unwrap(),
            "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;"
        );
        assert_eq!(
            unescape("1 &lt; 2 &#233; &#xE9; &euro;&hellip; &nosuch; & &amp"),
            "1 < 2 é é €… &nosuch; & &amp"
        );
        assert_eq!(
            unescape("&#0; &#xD800; &#99999999999; &;é&"),
            "\0 &#xD800; &#99999999999; &;é&"
        );
        assert!(NAMED.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn tags_comments_and_scripts_go() {
        for (html, text) in [
            ("<p>Fish &amp; <b>chips</b></p>", "Fish & chips"),
            ("a<!-- <b> -->b", "ab"),
            ("<a title=\"x > y\">z</a>", "z"),
            ("<script>if (a < b) { x() }</SCRIPT >after", "after"),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
            ("<", "<"),
            ("a<b", "a"),
            ("<!-- open", ""),
            ("<style>é", ""),
            ("<é>", "<é>"),
        ] {
            assert_eq!(strip(html), text, "{html}");
        }
    }
}
