//! Every code that a finding can have, one row each.
//!
//! To add one: a row in its area below, in alphabetical order, and a page `explain/<code>.md` with the sections
//! that [`Row::page`] names. A code is kebab-case, says what is wrong, never changes its meaning and never comes back
//! once it is gone.

use super::Severity;
use super::suggest::{self, Candidate};

/// What is known of a code without a program at hand.
#[derive(Debug)]
pub struct Row {
    /// The stable name.
    pub code: &'static str,
    /// What it counts as where nothing is configured.
    pub severity: Severity,
    /// Which part of the language it is about.
    pub area: Area,
    /// The title as a pattern: holes in braces stand for what differs from program to program.
    pub title: &'static str,
    /// The page that explains it, in Markdown: what it means, `## Why`, `## Example`, `## Instead`.
    pub page: &'static str,
}

/// The parts of the language that codes are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// How a text is written.
    Syntax,
    /// What names stand for.
    Names,
    /// What kinds of value meet, `null` included.
    Types,
    /// What touches the world, and what the database is asked.
    Effects,
    /// When tasks run.
    Schedules,
    /// What tests promise, and the world around them.
    Tests,
    /// What is allowed and still a bad idea.
    Lints,
}

/// Rows written shortly: an area, then its codes with severity and title; the page is the file of that name.
macro_rules! catalogue {
    ($($area:ident { $($severity:ident $code:literal $title:literal)* })*) => {
        &[$($(Row {
            code: $code,
            severity: Severity::$severity,
            area: Area::$area,
            title: $title,
            page: include_str!(concat!("explain/", $code, ".md")),
        }),*),*]
    };
}

/// Every row, by area, then by code.
pub const ROWS: &[Row] = catalogue! {
    Syntax {
        Error "assign-in-condition" "`=` gives a value; to compare, write `==`"
        Error "bad-escape" "`{escape}` is no escape"
        Error "bad-number" "`{number}` is not how a number is written"
        Error "chained-comparison" "comparisons do not chain"
        Error "declaration-inside" "`{word}` stands at the top level only"
        Error "duplicate-header" "`{header}` is set twice"
        Error "foreign-word" "`{theirs}` is written `{ours}` here"
        Error "header-after-statement" "headers stand above the first statement"
        Error "int-too-large" "this number is too large for `int`"
        Error "lookalike-character" "`{it}` ({code point}) is {what it looks like}"
        Error "misplaced" "`{what}` cannot stand here"
        Error "missing-comma" "a comma is missing between two {things}"
        Error "missing-part" "{what} is missing after `{it}`"
        Error "missing-value" "`{name}` has no value yet"
        Error "reserved-word" "`{word}` is a word of the language"
        Error "too-deep" "nested too deeply ({limit})"
        Error "unclosed-bracket" "this `{bracket}` has no partner"
        Error "unclosed-text" "this text is not closed"
        Error "unknown-character" "`{character}` ({code point}) means nothing here"
        Error "unknown-header" "no header is called `{word}`"
        Error "unmatched-bracket" "this `{bracket}` closes nothing"
    }
    Names {
        Error "ambiguous-name" "`{name}` comes from `{module}` and `{module}`"
        Error "captured-assignment" "the body works on its own copy of `{name}`"
        Error "duplicate-name" "`{name}` already stands for {what} (line {line})"
        Error "endless-declaration" "`{name}` needs itself"
        Error "file-name" "`{name}` cannot be used as a name"
        Error "import-cycle" "these modules use each other"
        Error "not-a-value" "`{name}` is {what}, not a value"
        Error "not-assignable" "`{name}` was made with `let` and cannot change"
        Error "unknown-column" "`{table}` has no column `{name}`"
        Error "unknown-env" "tasks may not read `{name}` of the environment"
        Error "unknown-field" "{type} has no field `{name}`"
        Error "unknown-function" "`{module}` has no function `{name}`"
        Error "unknown-method" "{type} has no method `{name}`"
        Error "unknown-module" "no module `{file}` beside this file"
        Error "unknown-name" "nothing is called `{name}` here"
        Error "unknown-secret" "the project has no secret `{name}`"
        Error "unknown-source" "the project has no source `{name}`"
        Error "unknown-table" "no table is called `{name}`"
        Error "unknown-type" "no type is called `{name}`"
        Error "used-before-set" "`{name}` gets its value only on line {line}"
    }
    Types {
        Error "bad-column" "a column cannot hold {type}"
        Error "bad-time" "{part} is missing here"
        Error "extra-field" "`{type}` has no `{field}`"
        Error "maybe-null" "`{name}` may be missing here"
        Error "missing-argument" "`{function}` needs `{parameter}`"
        Error "missing-fields" "`{type}` needs `{field}`"
        Error "missing-result" "when {condition} this function gives nothing"
        Error "missing-type" "what is `{name}`?"
        Error "mixed-numbers" "`decimal` and `float` do not mix unasked"
        Warning "never-null" "this is never missing"
        Warning "never-true" "`{value}` is never `{literal}`"
        Error "no-operator" "`{operator}` does not join {type} and {type}"
        Error "not-a-function" "`{name}` is {type}, not a function"
        Error "not-a-list" "{type} cannot be looped over"
        Error "not-comparable" "{type} cannot be compared with {type}"
        Error "quoted-duration" "a duration is written without quotes"
        Error "secret-leak" "this would show a secret"
        Error "unhandled-cases" "{cases} are not handled"
        Error "unknown-argument" "`{function}` has no parameter `{name}`"
        Error "wrong-arguments" "`{function}` takes {parameters}; here are {count} values"
        Error "wrong-type" "{place} needs {type}, and this is {type}"
    }
    Effects {
        Error "bad-format" "`{pattern}` is no format"
        Error "bad-regex" "this pattern cannot be read"
        Error "bad-sql" "the database cannot read this statement"
        Error "bad-template" "this template cannot be read"
        Error "delete-all" "this deletes every row of `{table}`"
        Error "effect-in-transaction" "{effect} cannot be rolled back"
        Error "missing-template-value" "the template needs `{name}`"
        Error "not-constant" "`{effect}` is not the same each time"
        Error "not-grouped" "`{expression}` differs within a group"
        Error "not-in-sql" "the database cannot evaluate `{expression}`"
        Warning "query-in-loop" "one query per turn of the loop"
        Warning "sleep-past-timeout" "the time limit may be over before this sleep"
        Error "text-as-sql" "a statement must be written here, not built"
        Warning "unsafe-retry" "a retry would {effect} again"
        Warning "whole-table" "this reads every row into memory"
        Warning "write-in-loop" "one transaction per turn of the loop"
    }
    Schedules {
        Error "bad-cron" "`{text}` is no {field}"
        Error "bad-header" "`{header}` needs {what} here"
        Warning "clock-change" "on {date} {time} {what happens}"
        Error "cron-backwards" "`{range}` runs backwards"
        Warning "cron-either-day" "each {day of month} or each {weekday}: {count} days in {year}"
        Warning "cron-every-minute" "runs {count} times between {time} and {time}"
        Error "cron-fields" "{count} fields; a schedule has five"
        Error "cron-foreign" "`{theirs}` comes from {dialect}; here it is `{ours}`"
        Error "cron-never" "this never runs: {reason}"
        Error "cron-range" "{field} go from {first} to {last}"
        Warning "cron-uneven" "runs at {minutes}, gaps of {gaps}"
        Hint "crowded-minute" "{count} tasks start at {time}"
        Warning "long-timeout" "a run may take {timeout}, and the next is due after {period}"
        Warning "overlap-likely" "starts every {period}, but runs take up to {duration}"
        Warning "skips-months" "skips {months}"
        Hint "sunday-seven" "7 and 0 both mean Sunday"
        Error "unknown-zone" "no time zone is called `{name}`"
    }
    Tests {
        Error "bad-stub" "{what} is no stub"
        Error "endless-test" "the test did not end within {time}"
        Error "failed-run" "{message}"
        Error "unmet-expectation" "expected `{condition}`"
        Error "unstubbed-call" "{method} `{address}` is not stubbed"
    }
    Lints {
        Hint "name-style" "{kind} are {style}"
        Warning "secret-literal" "this looks like a secret"
        Warning "unreachable" "these lines are never reached"
        Warning "unused-name" "`{name}` is never used"
        Warning "unused-result" "the result goes nowhere"
        Warning "unused-silence" "this silences nothing"
    }
};

/// The row of a code.
#[must_use]
pub fn row(code: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.code == code)
}

/// The page that explains a code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    row(code).map(|row| row.page)
}

/// The codes that somebody who wrote `wrong` may have meant; at most three.
#[must_use]
pub fn nearest_codes(wrong: &str) -> Vec<&'static str> {
    suggest::nearest(wrong, ROWS.iter().map(|row| Candidate::new(row.code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_by_area_and_code_and_none_comes_twice() {
        let keys: Vec<_> = ROWS.iter().map(|row| (row.area, row.code)).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "out of order: {keys:?}");
    }

    #[test]
    fn codes_are_kebab_case() {
        for row in ROWS {
            let words = row.code.split('-');
            assert!(
                words
                    .clone()
                    .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase())),
                "{}",
                row.code
            );
        }
    }

    #[test]
    fn a_wrong_code_is_answered_with_the_near_ones() {
        assert_eq!(nearest_codes("unkown-name"), ["unknown-name"]);
        assert_eq!(nearest_codes("name-unknown"), ["unknown-name"]);
        assert!(nearest_codes("E0308").is_empty());
        assert!(explain("unknown-name").is_some_and(|page| page.starts_with("# unknown-name\n")));
        assert_eq!(explain("no-such-code"), None);
    }
}
