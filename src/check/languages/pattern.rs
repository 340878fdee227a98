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
                self.report(report::format_without_directive(whole, literal.text));
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
    use crate::check::testing::{finds, fine};

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
