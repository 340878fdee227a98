//! Regular expressions.

use super::Literal;
use crate::check::checker::Checker;
use crate::check::report::languages as report;

impl Checker<'_> {
    pub(super) fn check_regex(&mut self, literal: &Literal<'_>) {
        if let Err(error) = ::regex::Regex::new(literal.text) {
            let (at, what) = told(&error.to_string(), literal.text);
            self.report(report::bad_regex(literal.place(at..at), literal.written.whole, &what));
        }
    }
}

/// Where in the pattern the mistake is and what it is, out of the crate's message: the pattern on a line of its own, a
/// caret under the place, and the error behind its word.
fn told(message: &str, pattern: &str) -> (usize, String) {
    let caret = message.lines().find_map(|line| {
        let column = line.find('^')?;
        line.trim().chars().all(|c| c == '^').then_some(column)
    });
    let what = message.lines().find_map(|line| line.strip_prefix("error: "));
    let column = caret.unwrap_or(4).saturating_sub(4);
    let at = pattern.char_indices().nth(column).map_or(pattern.len(), |(at, _)| at);
    (at, what.unwrap_or("it cannot be read").to_owned())
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine};

    #[test]
    fn the_place_of_the_mistake_is_shown() {
        fine("print(\"a1\".matches(r\"\\d+\"))");
        finds("print(\"a1\".matches(r\"a(b\"))", &["bad-regex at `(b`"]);
        finds("print(\"a1\".matches(r\"[a\"))", &["bad-regex at `[a`"]);
    }
}
