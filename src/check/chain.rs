//! Chains of fields and calls, as text.

/// The name that a chain begins with: `rows` of `rows[0].tags.count`, where `at` is the beginning of any of its words.
pub(super) fn root(text: &str, at: u32) -> &str {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let at = at as usize;
    if !text[at..].starts_with(is_word) {
        return "";
    }
    let (mut start, mut depth) = (at, 0_u32);
    for (place, c) in text[..at].char_indices().rev() {
        let belongs = match c {
            ')' | ']' => true,
            '(' | '[' => depth > 0,
            '\n' => false,
            _ => depth > 0 || is_word(c) || matches!(c, '.' | '?'),
        };
        if !belongs {
            break;
        }
        depth = match c {
            ')' | ']' => depth + 1,
            '(' | '[' => depth - 1,
            _ => depth,
        };
        start = place;
    }
    let mut words = text[start..].split(|c| !is_word(c));
    words.find(|it| !it.is_empty()).unwrap_or_default()
}

/// The name that the chain begins with that a place is given to: `rows` of `rows.push(…)` and `rows[…]` for what stands in the brackets, and
/// of `rows.first() ?? …` for what stands behind.
pub(super) fn owner(text: &str, at: u32) -> &str {
    let mut depth = 0_u32;
    let before = &text[..at as usize];
    for (place, c) in before.char_indices().rev().take_while(|it| it.1 != '\n') {
        match c {
            ')' | ']' => depth += 1,
            '(' | '[' if depth > 0 => depth -= 1,
            '(' | '[' => return last_root(text, place),
            '?' if depth == 0 && before[..place].ends_with('?') => {
                return last_root(text, place - 1);
            }
            _ => {}
        }
    }
    ""
}

/// The name that the chain begins with that ends at a place.
fn last_root(text: &str, end: usize) -> &str {
    let chain = text[..end].trim_end().trim_end_matches([')', ']', '(', '[']);
    let word = chain.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len();
    u32::try_from(word).map_or("", |at| root(text, at))
}

#[cfg(test)]
mod tests {
    use super::{owner, root};

    #[track_caller]
    fn of(text: &str, word: &str) -> String {
        root(text, u32::try_from(text.rfind(word).unwrap()).unwrap()).to_owned()
    }

    #[test]
    fn a_chain_is_followed_to_its_first_name() {
        assert_eq!(of("print(rows[0].tags.count())", "count"), "rows");
        assert_eq!(of("print(rows.map(n => n + 1)?.first)", "first"), "rows");
        assert_eq!(of("if total > 3", "total"), "total");
    }

    #[test]
    fn a_literal_is_no_chain() {
        assert_eq!(of("print(\"a\")", "\"a"), "");
    }

    #[test]
    fn what_a_place_is_given_to() {
        let of = |text: &str, word: &str| {
            owner(text, u32::try_from(text.rfind(word).unwrap()).unwrap()).to_owned()
        };
        assert_eq!(of("rows.push(\"a\")", "\"a"), "rows");
        assert_eq!(of("print(rows[0].tags[17])", "17"), "rows");
        assert_eq!(of("print(rows.first() ?? 5)", "5"), "rows");
        assert_eq!(of("let x = 5", "5"), "");
    }
}
