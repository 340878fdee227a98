//! Cadences as other schedulers write them: `rate(5 minutes)`, `@every 1h30m`.

/// A cadence of another scheduler.
pub(in crate::check) struct Cadenced {
    /// Where it comes from.
    pub(in crate::check) theirs: &'static str,
    /// How the duration is written here: `1h30m`.
    pub(in crate::check) every: String,
}

impl Cadenced {
    /// What a text says; nothing where it is no cadence, or one that cannot be written here as it is.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(inner) = text.strip_prefix("rate(").and_then(|it| it.strip_suffix(')')) {
            return Some(Self { theirs: "`rate(…)` comes from AWS", every: of_words(inner)? });
        }
        let duration = text.strip_prefix("@every ")?.trim();
        is_duration(duration)
            .then(|| Self { theirs: "`@every` comes from Go", every: duration.to_owned() })
    }
}

/// `5 minutes`
fn of_words(text: &str) -> Option<String> {
    let (count, unit) = text.trim().split_once(' ')?;
    let count: u32 = count.parse().ok().filter(|it| *it > 0)?;
    let unit = match unit.trim() {
        "minute" | "minutes" => "m",
        "hour" | "hours" => "h",
        "day" | "days" => "d",
        _ => return None,
    };
    Some(format!("{count}{unit}"))
}

/// Whether a text is written as durations are here: digits and a unit, from the largest unit to the smallest.
fn is_duration(text: &str) -> bool {
    let units: Vec<char> = text.chars().filter(char::is_ascii_alphabetic).collect();
    let parts: Vec<&str> = text.split_inclusive(|c: char| c.is_ascii_alphabetic()).collect();
    let is_part = |part: &&str| {
        let digits = part.trim_end_matches(['d', 'h', 'm', 's']);
        digits.len() + 1 == part.len() && digits.parse::<u32>().is_ok_and(|it| it > 0)
    };
    let place = |unit: &char| "dhms".find(*unit);
    !parts.is_empty()
        && parts.iter().all(is_part)
        && units.windows(2).all(|pair| place(&pair[0]) < place(&pair[1]))
}

#[cfg(test)]
mod tests {
    use super::Cadenced;

    fn every(text: &str) -> Option<String> {
        Cadenced::read(text).map(|it| it.every)
    }

    #[test]
    fn what_can_be_written_here_is_taken_over() {
        assert_eq!(every("rate(5 minutes)").as_deref(), Some("5m"));
        assert_eq!(every("rate(1 day)").as_deref(), Some("1d"));
        assert_eq!(every("@every 1h30m").as_deref(), Some("1h30m"));
    }

    #[test]
    fn anything_else_is_left_to_the_rules_of_cron() {
        for text in
            ["rate(0 minutes)", "rate(5)", "@every 1.5h", "@every 5m1h", "@every", "0 7 * * *"]
        {
            assert_eq!(every(text), None, "{text}");
        }
    }
}
