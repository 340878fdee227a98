//! Patterns of times and dates: `%d %B %Y`.

use jiff::fmt::StdFmtWrite;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Literal;
use crate::check::checker::Checker;
use crate::check::report::languages as report;

impl Checker<'_> {
    pub(super) fn check_time_pattern(&mut self, literal: &Literal<'_>) {
        let sample = Zoned::new(Timestamp::UNIX_EPOCH, TimeZone::UTC);
        self.check_pattern(literal, &BrokenDownTime::from(&sample), "time");
    }

    pub(super) fn check_date_pattern(&mut self, literal: &Literal<'_>) {
        let sample = BrokenDownTime::from(jiff::civil::date(1970, 1, 1));
        self.check_pattern(literal, &sample, "date");
    }

    /// Tries a pattern out, directive by directive, to find the one that is wrong.
    fn check_pattern(&mut self, literal: &Literal<'_>, sample: &BrokenDownTime, of: &str) {
        if writes(sample, literal.text) {
            if !literal.text.contains('%') && literal.text.chars().any(char::is_alphabetic) {
                let whole = literal.place(0..literal.text.len());
                let ours = translated(literal.text).filter(|it| writes(sample, it));
                self.report(report::format_without_directive(whole, literal.text, ours));
            }
            return;
        }
        let wrong = directives(literal.text).find(|it| !writes(sample, &literal.text[it.clone()]));
        let range = wrong.unwrap_or(0..literal.text.len());
        let directive = &literal.text[range.clone()];
        self.report(report::bad_format(literal.place(range), directive, of));
    }
}

fn writes(sample: &BrokenDownTime, pattern: &str) -> bool {
    let mut out = String::new();
    sample.format(pattern, StdFmtWrite(&mut out)).is_ok()
}

/// A pattern of other languages in ours: `yyyy-MM-dd` as `%Y-%m-%d`. Nothing where a letter of it is unknown.
fn translated(pattern: &str) -> Option<String> {
    let mut ours = String::new();
    let mut rest = pattern;
    // What the last letters stood for: `mm` and `MM` behind an hour are minutes, whatever their case.
    let mut last = "";
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| c != first).unwrap_or(rest.len());
        let (letters, behind) = rest.split_at(end);
        rest = behind;
        if !first.is_alphabetic() {
            ours.push_str(&letters.replace('\'', ""));
            continue;
        }
        last = match letters {
            "YYYY" | "yyyy" | "uuuu" => "%Y",
            "YY" | "yy" => "%y",
            "MMMM" => "%B",
            "MMM" => "%b",
            "MM" | "mm" if matches!(last, "%H" | "%I") => "%M",
            "MM" => "%m",
            "mm" => "%M",
            "DD" | "dd" => "%d",
            "D" | "d" => "%-d",
            "EEEE" | "dddd" => "%A",
            "EEE" | "ddd" => "%a",
            "HH" => "%H",
            "hh" => "%I",
            "ss" => "%S",
            "a" | "A" => "%p",
            "T" => "T",
            _ => return None,
        };
        ours.push_str(last);
    }
    Some(ours)
}

/// Each `%` with its flags, its width and its letter.
fn directives(pattern: &str) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + pattern[at..].find('%')?;
        let rest = &pattern[start + 1..];
        let is_flag = |c: char| "-_^#.:".contains(c) || c.is_ascii_digit();
        let letter = rest.char_indices().find(|(_, c)| !is_flag(*c));
        let end = match letter {
            Some((offset, c)) => start + 1 + offset + c.len_utf8(),
            None => pattern.len(),
        };
        at = end;
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::translated;
    use crate::check::testing::{finds, fine};

    #[test]
    fn patterns_of_other_languages_are_translated() {
        let of = |it| translated(it);
        assert_eq!(of("YYYY-MM-DD").as_deref(), Some("%Y-%m-%d"));
        assert_eq!(of("dd.MM.yyyy HH:mm:ss").as_deref(), Some("%d.%m.%Y %H:%M:%S"));
        assert_eq!(of("yyyy-MM-dd'T'HH:MM").as_deref(), Some("%Y-%m-%dT%H:%M"));
        assert_eq!(of("EEE d MMM"), Some("%a %-d %b".to_owned()));
        assert_eq!(of("today"), None);
    }

    #[test]
    fn patterns_are_tried_out() {
        fine("print(now().format(\"%d %B %Y %H:%M\"))\nprint(today().format(\"%Y-%m-%d\"))");
        finds("print(now().format(\"%d %! %Y\"))", &["bad-format at `%!`"]);
        finds("print(now().format(\"yyyy-MM-dd\"))", &["bad-format at `yyyy-MM-dd`"]);
        finds("print(today().format(\"%Y %H\"))", &["bad-format at `%H`"]);
        finds(
            "print(now().format(\"%Y\", in: \"Europe/Berln\"))",
            &["unknown-zone at `Europe/Berln`"],
        );
    }
}
