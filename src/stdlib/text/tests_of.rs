//! Questions about a text.

use crate::value::{Code, Fault};

/// What comparing two texts character by character may cost.
const SIMILARITY_STEPS_MAX: usize = 25_000_000;

pub(super) fn length(t: &str) -> Result<i64, Fault> {
    int(t.chars().count())
}

/// A length as an `int`.
pub(super) fn int(n: usize) -> Result<i64, Fault> {
    i64::try_from(n).map_err(|_| Fault::overflow(n))
}

pub(super) fn is_empty(t: &str) -> bool {
    t.is_empty()
}

pub(super) fn is_blank(t: &str) -> bool {
    t.chars().all(char::is_whitespace)
}

pub(super) fn contains(t: &str, part: &str, ignore_case: bool) -> bool {
    if ignore_case { t.to_lowercase().contains(&part.to_lowercase()) } else { t.contains(part) }
}

pub(super) fn starts_with(t: &str, part: &str, ignore_case: bool) -> bool {
    if ignore_case {
        t.to_lowercase().starts_with(&part.to_lowercase())
    } else {
        t.starts_with(part)
    }
}

pub(super) fn ends_with(t: &str, part: &str, ignore_case: bool) -> bool {
    if ignore_case { t.to_lowercase().ends_with(&part.to_lowercase()) } else { t.ends_with(part) }
}

/// What people write as an address: no comments, no quotes, a domain with a point.
pub(in crate::stdlib) fn is_email(t: &str) -> bool {
    let Some((local, domain)) = t.rsplit_once('@') else { return false };
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let dots_are_fine = |part: &str| part.split('.').all(|it| !it.is_empty());
    let last = domain.rsplit('.').next().unwrap_or_default();
    (1..=64).contains(&local.len())
        && local.chars().all(allowed)
        && dots_are_fine(local)
        && domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(is_host_label)
        && last.chars().count() >= 2
        && !last.chars().all(|c| c.is_ascii_digit())
}

fn is_host_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

pub(super) fn is_url(t: &str) -> bool {
    // The parser mends white space and control characters silently.
    let clean = !t.contains(|c: char| c.is_whitespace() || c.is_control());
    clean
        && url::Url::parse(t)
            .is_ok_and(|it| ["http", "https"].contains(&it.scheme()) && it.host().is_some())
}

pub(super) fn is_uuid(t: &str) -> bool {
    t.len() == 36 && uuid::Uuid::try_parse(t).is_ok()
}

pub(super) fn is_numeric(t: &str) -> bool {
    let digits = t.strip_prefix(['-', '+']).unwrap_or(t);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

pub(super) fn similarity(t: &str, other: &str) -> Result<f64, Fault> {
    let steps = t.chars().count().saturating_mul(other.chars().count());
    if steps > SIMILARITY_STEPS_MAX {
        let message = "the texts are too long to be compared character by character";
        return Err(Fault::new(Code::Limit, message));
    }
    Ok(strsim::normalized_damerau_levenshtein(t, other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in
            ["ada@example.com", "a.b+c@mail.example.co.uk", "jürgen@münchen.de", "o'hara@x-y.org"]
        {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "a@b",
            "a b@example.com",
            "a..b@example.com",
            ".a@example.com",
            "a@-b.com",
            "a@b..com",
            "a@1.2",
            "a@b.c",
            "a\n@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "a@b@example.com\"",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn urls_uuids_and_numbers() {
        assert!(is_url("https://example.com/a?b=1") && is_url("http://[::1]:80/"));
        for bad in
            ["", "example.com", "ftp://example.com", "https://", "https://a b.com", "http:\n//x"]
        {
            assert!(!is_url(bad), "{bad:?}");
        }
        assert!(is_uuid("67e55044-10b1-426f-9247-bb680e5fe0c8"));
        assert!(!is_uuid("67e5504410b1426f9247bb680e5fe0c8") && !is_uuid(""));
        assert!(is_numeric("-12.50") && is_numeric("99999999999999999999999999999999999999"));
        assert!(!is_numeric("") && !is_numeric("1.") && !is_numeric("1e5") && !is_numeric("٣"));
    }

    #[test]
    fn case_is_ignored_in_any_alphabet() {
        assert!(contains("ÄRGER", "ärg", true) && !contains("ÄRGER", "ärg", false));
        assert!(ends_with("REPORT.CSV", ".csv", true) && starts_with("Ёлка", "ёл", true));
        assert_eq!(length("naïve 😀"), Ok(7));
        assert!(is_blank("\u{a0}\t") && is_blank(""));
    }

    #[test]
    fn similarity_is_bounded() {
        assert_eq!(similarity("", ""), Ok(1.0));
        assert_eq!(similarity("ab", "ba"), Ok(0.5));
        let long = "x".repeat(6000);
        assert!(similarity(&long, &long).unwrap_err().is(Code::Limit));
    }
}
