//! Cron expressions of five fields: what they say, and which wall-clock times they name.
//!
//! [`Cron::parse`] reads an expression, or says what is wrong with it and what to write instead.
//! [`Cron::next_after`] and [`Cron::previous_before`] find the civil times that it names. No zone comes in
//! here; the calendar adds it.
//!
//! The search through minutes, hours, days and months is done by the `cron` crate, on explicit lists of values
//! and in civil time. What that crate does not know, or means otherwise, is ours: the five fields, the numbers
//! of weekdays, the either-day rule, `L` and `#`. It counts the years 1970 to 2100; there are no civil times to
//! find beyond.

mod days;
mod dialect;
mod error;
mod field;
pub(crate) mod names;

use std::ops::Range;
use std::str::FromStr;

pub use days::{DayRule, Joined};
pub use error::{CronError, CronErrorKind, CronFix, Foreign, Never};
use field::Piece;
pub use field::{Field, FieldKind, Item, ItemKind, Step, Values};

use super::time::{Civil, Date, Duration};

/// An expression that names at least one civil time.
#[derive(Clone, Debug)]
pub struct Cron {
    text: String,
    fields: [Field; 5],
    days: DayRule,
    /// Names every time that the expression names, and times of days that [`DayRule::matches`] then refuses.
    candidates: cron::Schedule,
}

/// The words that stand for whole expressions.
const NICKNAMES: [(&str, &str); 5] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
];

impl Cron {
    /// Reads an expression: five fields, or a nickname such as `@daily`. At most one error for each field.
    pub fn parse(text: &str) -> Result<Self, Vec<CronError>> {
        let words: Vec<_> = words(text).collect();
        match words[..] {
            [word, ..] if word.text.starts_with('@') => nickname(text, &words),
            [_, _, _, _, _] => Self::from_fields(text, &words),
            _ => Err(vec![dialect::wrong_count(text, &words)]),
        }
    }

    fn from_fields(text: &str, words: &[Piece<'_>]) -> Result<Self, Vec<CronError>> {
        let mut fields = Vec::with_capacity(5);
        let mut errors = Vec::new();
        for (kind, word) in FieldKind::ALL.into_iter().zip(words) {
            match field::parse(kind, *word) {
                Ok(field) => fields.push(field),
                Err(error) => errors.push(error),
            }
        }
        let Ok(fields) = <[Field; 5]>::try_from(fields) else {
            dialect::doubt_question_marks(&mut errors, words);
            return Err(errors);
        };
        Self::from_parsed(text, fields).map_err(|it| vec![it])
    }

    fn from_parsed(text: &str, fields: [Field; 5]) -> Result<Self, CronError> {
        let [minute, hour, day_of_month, month, day_of_week] = &fields;
        let days = DayRule::new(day_of_month, month, day_of_week);
        if let Some(never) = days.never(month, day_of_week) {
            let no_such_day = matches!(never, Never::NoSuchDay { .. });
            let error = CronError::new(day_of_month.span.clone(), CronErrorKind::Never(never));
            return Err(if no_such_day { error.or("L", false) } else { error });
        }
        let candidates = candidates(minute.values(), hour.values(), &days);
        Ok(Self { text: text.to_owned(), fields, days, candidates })
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// One of the five fields. Those of a nickname all have the nickname's place.
    #[must_use]
    pub fn field(&self, kind: FieldKind) -> &Field {
        &self.fields[kind as usize]
    }

    /// The minutes of the hours that it names.
    #[must_use]
    pub fn minutes(&self) -> Values {
        self.field(FieldKind::Minute).values()
    }

    /// The hours of the days that it names.
    #[must_use]
    pub fn hours(&self) -> Values {
        self.field(FieldKind::Hour).values()
    }

    /// The smallest distance between two readings that it names, if it named them on every day.
    #[must_use]
    pub fn gap_min(&self) -> Duration {
        const DAY: u32 = 24 * 60;
        let times = self
            .hours()
            .iter()
            .flat_map(|hour| self.minutes().iter().map(move |minute| hour * 60 + minute));
        let times: Vec<u32> = times.collect();
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            return Duration::MINUTE.times(DAY.into());
        };
        let inner = times.windows(2).map(|pair| pair[1] - pair[0]);
        let gap = inner.chain([DAY - last + first]).min().unwrap_or(DAY);
        Duration::MINUTE.times(gap.into())
    }

    /// Which days it runs on.
    #[must_use]
    pub fn days(&self) -> &DayRule {
        &self.days
    }

    /// Whether it names fixed times of the day: neither minute nor hour begins with `*`. Only these are made up
    /// for when the clock skips them, and run once when it repeats them.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        !self.field(FieldKind::Minute).star && !self.field(FieldKind::Hour).star
    }

    /// The first civil time that it names after `after`, in the years 1970 to 2100.
    #[must_use]
    pub fn next_after(&self, after: Civil) -> Option<Civil> {
        let mut at = after.max(Civil(first_civil().0 - 1));
        loop {
            if at >= end_civil() {
                return None;
            }
            let next = self.candidates.after(&at.to_chrono()).next()?;
            let next = Civil(next.timestamp());
            if self.days.matches(next.date()) {
                return Some(next);
            }
            at = next.day_end();
        }
    }

    /// The last civil time that it names before `before`, in the years 1970 to 2100.
    #[must_use]
    pub fn previous_before(&self, before: Civil) -> Option<Civil> {
        let mut at = before.min(end_civil());
        loop {
            if at <= first_civil() {
                return None;
            }
            let previous = self.candidates.after(&at.to_chrono()).next_back()?;
            let previous = Civil(previous.timestamp());
            if self.days.matches(previous.date()) {
                return Some(previous);
            }
            at = previous.day_start();
        }
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cron {}

/// The first civil time that the `cron` crate counts.
fn first_civil() -> Civil {
    Civil(0)
}

/// The first civil time that it does not count any more.
fn end_civil() -> Civil {
    Date::new(2101, 1, 1).expect("a day of the calendar").at(0, 0)
}

/// The parts between blanks.
fn words(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let start = text.as_ptr() as usize;
    text.split_ascii_whitespace()
        .map(move |word| Piece { text: word, at: word.as_ptr() as usize - start })
}

fn nickname(text: &str, words: &[Piece<'_>]) -> Result<Cron, Vec<CronError>> {
    let (word, argument) = (words[0], words.get(1).copied());
    let known = NICKNAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word.text));
    let (Some((_, meaning)), None) = (known, argument) else {
        return Err(vec![dialect::wrong_nickname(text, word, argument)]);
    };
    let mut cron = Cron::parse(meaning)?;
    text.clone_into(&mut cron.text);
    cron.fields.iter_mut().for_each(|it| place_at(it, &word.span()));
    Ok(cron)
}

fn place_at(field: &mut Field, span: &Range<usize>) {
    field.span = span.clone();
    field.items.iter_mut().for_each(|it| it.span = span.clone());
}

/// The `cron` crate's schedule of every time that may match: its fields begin with the second, its weeks with 1
/// for Sunday, and it demands that both day fields match.
fn candidates(minutes: Values, hours: Values, days: &DayRule) -> cron::Schedule {
    let list = |values: Values, from: u32| {
        values.iter().map(|it| (it + from).to_string()).collect::<Vec<_>>().join(",")
    };
    let text = format!(
        "0 {} {} {} {} {}",
        list(minutes, 0),
        list(hours, 0),
        list(days.candidate_days(), 0),
        list(days.months, 0),
        list(days.candidate_weekdays(), 1),
    );
    cron::Schedule::from_str(&text).expect("no list is empty and every number is in range")
}

#[cfg(test)]
mod tests;
