//! Letters without accents.

use unicode_normalization::UnicodeNormalization;

/// Letters that Unicode does not take apart.
const WHOLE: &[(char, &str)] = &[
    ('ß', "ss"),
    ('ẞ', "SS"),
    ('æ', "ae"),
    ('Æ', "AE"),
    ('œ', "oe"),
    ('Œ', "OE"),
    ('ø', "o"),
    ('Ø', "O"),
    ('đ', "d"),
    ('Đ', "D"),
    ('ð', "d"),
    ('Ð', "D"),
    ('ħ', "h"),
    ('Ħ', "H"),
    ('ı', "i"),
    ('ł', "l"),
    ('Ł', "L"),
    ('ŋ', "n"),
    ('Ŋ', "N"),
    ('þ', "th"),
    ('Þ', "Th"),
    ('ŧ', "t"),
    ('Ŧ', "T"),
    ('ĸ', "k"),
    ('ſ', "s"),
];

pub(super) fn unaccent(t: &str) -> String {
    if t.is_ascii() {
        return t.to_owned();
    }
    let mut out = String::with_capacity(t.len());
    // Syllables of Hangul are taken apart as well, and put together again.
    for c in t.nfd().filter(|c| !is_accent(*c)).nfc() {
        match WHOLE.iter().find(|(whole, _)| *whole == c) {
            Some((_, plain)) => out.push_str(plain),
            None => out.push(c),
        }
    }
    out
}

/// The marks of Latin, Greek and Cyrillic letters. In other scripts marks are vowels.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

pub(super) fn slug(t: &str) -> String {
    let plain = unaccent(t).to_lowercase();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_go_and_other_scripts_stay() {
        for (text, plain) in [
            ("Café Müller", "Cafe Muller"),
            ("Ærø, Łódź, Straße", "AEro, Lodz, Strasse"),
            ("Ελλάδα й", "Ελλαδα и"),
            ("한국어 हिन्दी", "한국어 हिन्दी"),
            ("", ""),
        ] {
            assert_eq!(unaccent(text), plain);
        }
    }

    #[test]
    fn slugs_are_words_joined_by_hyphens() {
        assert_eq!(slug("Über uns: Café & Co."), "uber-uns-cafe-co");
        assert_eq!(slug("  -- "), "");
        assert_eq!(slug("İstanbul 2026!"), "istanbul-2026");
    }
}
