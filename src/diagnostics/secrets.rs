//! Texts that look like secrets, so that no face of a finding shows one.
//!
//! Masking keeps every byte offset: each byte of a secret becomes an asterisk, so spans over the text stay right.
//! What is found is what looks like a secret by its form; a password that looks like a word is not seen.

use std::borrow::Cow;
use std::ops::Range;

/// The text with every secret in it replaced by asterisks of the same length.
#[must_use]
pub fn mask(text: &str) -> Cow<'_, str> {
    let found = secrets(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for range in found {
        masked.push_str(&text[done..range.start]);
        masked.extend(std::iter::repeat_n('*', range.len()));
        done = range.end;
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}

/// Where secrets stand in a text, in order, without overlap. A known beginning (`sk_live_`) is not part of the range:
/// it says whose secret it is and gives nothing away.
#[must_use]
pub fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for word in words(text) {
        found.extend(
            secret_in_word(&text[word.clone()])
                .map(|it| word.start + it.start..word.start + it.end),
        );
    }
    found.extend(private_key(text));
    found.sort_by_key(|it| it.start);
    found.dedup_by(|later, earlier| {
        let overlaps = later.start < earlier.end;
        if overlaps {
            earlier.end = earlier.end.max(later.end);
        }
        overlaps
    });
    found
}

/// Runs of characters that keys, tokens and addresses consist of.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let belongs = |c: char| c.is_ascii_alphanumeric() || "_-+/=.:@%~".contains(c);
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(belongs)?;
        let end = text[start..].find(|c| !belongs(c)).map_or(text.len(), |length| start + length);
        rest = end;
        Some(start..end)
    })
}

fn secret_in_word(word: &str) -> Option<Range<usize>> {
    known_beginning(word)
        .or_else(|| password_of_address(word))
        .or_else(|| web_token(word))
        .or_else(|| random_looking(word))
}

/// Beginnings by which services mark their secrets, and how much must follow at least.
const BEGINNINGS: &[(&str, usize)] = &[
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("rk_test_", 8),
    ("whsec_", 16),
    ("sk-ant-", 16),
    ("sk-proj-", 16),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 16),
    ("glpat-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ya29.", 16),
    ("SG.", 20),
    ("key-", 32),
    ("npm_", 30),
    ("pypi-", 30),
    ("hf_", 30),
    ("dop_v1_", 32),
    ("shpat_", 16),
    ("shpss_", 16),
    ("sq0atp-", 16),
    ("sq0csp-", 16),
    ("EAAC", 30),
    ("lin_api_", 16),
    ("dckr_pat_", 16),
    ("hvs.", 16),
    ("AGE-SECRET-KEY-", 16),
];

/// The beginning may stand behind something else: `Authorization:ghp_…`.
fn known_beginning(word: &str) -> Option<Range<usize>> {
    let secret = |(beginning, at_least): &(&str, usize)| {
        let at = word.find(beginning)?;
        let fresh = !word[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let start = at + beginning.len();
        let length =
            word[start..].find(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)));
        let end = length.map_or(word.len(), |length| start + length);
        (fresh && end - start >= *at_least).then_some(start..end)
    };
    BEGINNINGS.iter().find_map(secret)
}

/// `p4ss` in `postgres://user:p4ss@host/db`.
fn password_of_address(word: &str) -> Option<Range<usize>> {
    let user = word.find("://")? + 3;
    let host = user + word[user..].split('/').next()?.rfind('@')?;
    let password = user + word[user..host].find(':')? + 1;
    (password < host).then_some(password..host)
}

/// `eyJhbGciOi….eyJzdWIi….signature`
fn web_token(word: &str) -> Option<Range<usize>> {
    let start = word.find("eyJ")?;
    let mut parts = word[start..].split('.');
    let long = |part: Option<&str>| part.is_some_and(|it| it.len() >= 10);
    (long(parts.next()) && long(parts.next()) && parts.next().is_some())
        .then_some(start..word.len())
}

/// Long, and changing between large letters, small letters and digits more often than words do. Digests in
/// hexadecimal digits are not taken for secrets: they are usually published.
fn random_looking(word: &str) -> Option<Range<usize>> {
    const LENGTH_MIN: usize = 32;
    let has_three = |what: fn(&u8) -> bool| word.bytes().filter(what).nth(2).is_some();
    let mixed = has_three(u8::is_ascii_uppercase) && has_three(u8::is_ascii_lowercase);
    let digits = word.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).count();
    let plain = !word.contains([':', '.', '@', '%']);
    let restless = changes_of_kind(word) * 5 >= word.len() * 2;
    (word.len() >= LENGTH_MIN && mixed && digits >= 2 && plain && restless).then_some(0..word.len())
}

/// How often a letter or digit is followed by one of another kind.
fn changes_of_kind(word: &str) -> usize {
    let kind = |byte: u8| match byte {
        b'A'..=b'Z' => 0,
        b'a'..=b'z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    word.bytes().zip(word.bytes().skip(1)).filter(|(a, b)| kind(*a) != kind(*b)).count()
}

/// From behind `-----BEGIN … PRIVATE KEY-----` to the next dashes, or to the end.
fn private_key(text: &str) -> Option<Range<usize>> {
    let begin = text.find("-----BEGIN ")?;
    let head = text[begin..].find("PRIVATE KEY-----")? + "PRIVATE KEY-----".len();
    let start = begin + head;
    let end = text[start..].find("-----").map_or(text.len(), |length| start + length);
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_known_forms_are_masked_and_offsets_stay() {
        for (text, masked) in [
            (r#"let k = "sk_live_4eC39HqLyjWD""#, r#"let k = "sk_live_************""#),
            ("Bearer ghp_0123456789abcdefXYZ!", "Bearer ghp_*******************!"),
            ("postgres://bob:hunter2@db.local/shop", "postgres://bob:*******@db.local/shop"),
            ("redis://:p@ss@cache:6379", "redis://:****@cache:6379"),
            ("AKIAIOSFODNN7EXAMPLE", "AKIA****************"),
            (
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln",
                "*********************************************",
            ),
            ("k=aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF", "*".repeat(34).as_str()),
            ("é xoxb-1234567890-abc é", "é xoxb-************** é"),
        ] {
            assert_eq!(mask(text), masked);
            assert_eq!(mask(text).len(), text.len());
        }
    }

    #[test]
    fn a_private_key_is_masked_whole() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
        assert_eq!(
            mask(text),
            "-----BEGIN RSA PRIVATE KEY-----******-----END RSA PRIVATE KEY-----"
        );
        assert_eq!(mask("-----BEGIN PRIVATE KEY-----ü"), "-----BEGIN PRIVATE KEY-----**");
    }

    #[test]
    fn what_programs_are_full_of_is_left_alone() {
        for text in [
            "let orders_by_customer_and_status_2026 = from o in Order",
            "https://api.example.com/v1/customers/1234567890/orders?page=2",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "550e8400-e29b-41d4-a716-446655440000",
            "@2026-03-29T02:30:00+02:00",
            "user@example.com",
            "sk_live_",
            "https://user@example.com/a:b",
            "monkey-business",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
