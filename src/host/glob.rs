//! Patterns in which `*` stands for any text, also for none.

/// Whether a text is as the pattern says. Takes time in proportion to the product of both lengths at most, whatever they are.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut done) = (0, 0);
    // Behind the last `*`, and up to where it reaches so far.
    let mut star: Option<(usize, usize)> = None;
    while done < text.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at + 1, done));
            at += 1;
        } else if pattern.get(at) == Some(&text[done]) {
            at += 1;
            done += 1;
        } else if let Some((behind, reach)) = star {
            star = Some((behind, reach + 1));
            (at, done) = (behind, reach + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|it| *it == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "ä/b", true),
            ("a*", "a", true),
            ("*.example.org", "a.b.example.org", true),
            ("*.example.org", "example.org", false),
            ("*.example.org", "a.example.org.evil", false),
            ("in/*.csv", "in/a.csv.csv", true),
            ("in/*.csv", "in/a.csv.txt", false),
            ("a*b*c", "abxbc", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*c", "abbc", true),
            ("a*c", "ac", true),
            ("a*c", "acd", false),
            ("ü*", "über", true),
            ("a*b*c", "acb", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        let (pattern, text) = (format!("{}b", "a*".repeat(200)), "a".repeat(5000));
        assert!(!matches(&pattern, &text));
    }
}
