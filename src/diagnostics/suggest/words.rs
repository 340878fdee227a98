//! Words that are said, and what is written for them.

/// How a duration writes a unit of time: `m` for `minutes`.
#[must_use]
pub fn unit_of_time(word: &str) -> Option<&'static str> {
    Some(match word {
        "ms" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "week" | "weeks" => "w",
        _ => return None,
    })
}

/// "an" before a vowel, "a" otherwise.
#[must_use]
pub fn article(name: &str) -> &'static str {
    let vowel = |c: char| "aeiouAEIOU".contains(c);
    if name.starts_with(vowel) { "an" } else { "a" }
}

/// Whether a text begins like `2026-01-31`.
#[must_use]
pub fn begins_with_day(text: &str) -> bool {
    let form = |(byte, form): (u8, u8)| match form {
        b'0' => byte.is_ascii_digit(),
        sign => byte == sign,
    };
    text.len() >= DAY_BYTES as usize && text.bytes().zip(*b"0000-00-00").all(form)
}

/// How long a day such as `2026-01-31` is.
pub const DAY_BYTES: u32 = 10;
