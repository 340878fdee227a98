//! Expressions of other dialects as a whole: six and seven fields, and nicknames.
//!
//! Quartz and its kin put a second in front and may put a year behind, and count days of the week from 1 for
//! Sunday. Spring puts a second in front and counts from 0. So one expression may have several readings; each
//! is offered as five fields.

use super::error::{CronError, CronErrorKind, Foreign};
use super::field::Piece;
use super::names::WEEKDAYS;
use super::{Cron, NICKNAMES};

/// How the days of the week are numbered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    /// Sunday is 1, and `?` stands for no restriction.
    Quartz,
    /// Sunday is 0 or 7.
    Vixie,
}

/// The error for an expression that has not five fields.
pub(super) fn wrong_count(text: &str, fields: &[Piece<'_>]) -> CronError {
    let surplus = match fields {
        [] => 0..text.len(),
        [.., last] if fields.len() < 5 => last.span().end..last.span().end,
        [first, ..] if fields.len() == 7 => first.span(),
        [.., last] if fields.len() == 6 && is_year(last.text) => last.span(),
        [first, ..] if fields.len() == 6 => first.span(),
        [.., last] => fields[5].at..last.span().end,
    };
    let mut error = CronError::new(surplus, CronErrorKind::FieldCount { found: fields.len() });
    let mut readings: Vec<String> = Vec::new();
    for reading in five_field_readings(fields) {
        if !readings.contains(&reading) && Cron::parse(&reading).is_ok() {
            readings.push(reading);
        }
    }
    for reading in readings {
        error = error.or_at(0..text.len(), reading, false);
    }
    error
}

fn is_year(field: &str) -> bool {
    field.split(['-', ',', '/']).any(|it| it.len() == 4 && it.bytes().all(|it| it.is_ascii_digit()))
}

fn five_field_readings(fields: &[Piece<'_>]) -> Vec<String> {
    let (behind_second, before_year) = match fields.len() {
        6 => (Some(&fields[1..]), Some(&fields[..5])),
        7 => (Some(&fields[1..6]), None),
        _ => (None, None),
    };
    let from_quartz = fields.iter().any(|it| it.text.contains('?'));
    let mut readings = Vec::new();
    for five in [behind_second, before_year].into_iter().flatten() {
        if !from_quartz {
            readings.push(rewrite(five, Numbering::Vixie));
        }
        readings.push(rewrite(five, Numbering::Quartz));
    }
    readings
}

fn rewrite(five: &[Piece<'_>], numbering: Numbering) -> String {
    let translated = five.iter().enumerate().map(|(index, field)| {
        let field = if field.text == "?" { "*" } else { field.text };
        match numbering {
            Numbering::Quartz if index == 4 => by_name(field),
            Numbering::Quartz | Numbering::Vixie => open_steps(index, field),
        }
    });
    translated.collect::<Vec<_>>().join(" ")
}

/// `5/15` counts from 5 to the field's end.
fn open_steps(index: usize, field: &str) -> String {
    let last = [59, 23, 31, 12, 6][index];
    let items = field.split(',').map(|item| match item.split_once('/') {
        Some((start, step)) if !start.contains(['-', '*']) => format!("{start}-{last}/{step}"),
        _ => item.to_owned(),
    });
    items.collect::<Vec<_>>().join(",")
}

/// Days of the week by name instead of by Quartz's numbers, steps and weeks left as they are.
fn by_name(field: &str) -> String {
    let items = field.split(',').map(|item| {
        let (days, rest) = item.split_at(item.find(['/', '#']).unwrap_or(item.len()));
        let days: Vec<_> = days.split('-').map(day_by_name).collect();
        format!("{}{rest}", days.join("-"))
    });
    items.collect::<Vec<_>>().join(",")
}

fn day_by_name(day: &str) -> String {
    let (number, last) = match day.strip_suffix(['l', 'L']) {
        Some(number) => (number, "L"),
        None => (day, ""),
    };
    let name = number.parse::<usize>().ok().and_then(|it| WEEKDAYS.get(it.checked_sub(1)?));
    match name {
        Some(name) => format!("{}{last}", name[..3].to_ascii_lowercase()),
        None if number.is_empty() => "sat".to_owned(),
        None => day.to_owned(),
    }
}

/// Where the expression comes from Quartz (as `?` shows) its numbers for days of the week are one higher than
/// ours, so putting `*` for `?` is not certainly all that is meant.
pub(super) fn doubt_question_marks(errors: &mut [CronError], fields: &[Piece<'_>]) {
    let numbered = fields.last().is_some_and(|it| it.text.contains(|c: char| c.is_ascii_digit()));
    for error in errors {
        if error.kind == CronErrorKind::Foreign(Foreign::QuestionMark) {
            error.fixes.iter_mut().for_each(|it| it.certain &= !numbered);
        }
    }
}

/// The error for a nickname that is none of ours.
pub(super) fn wrong_nickname(
    text: &str,
    word: Piece<'_>,
    argument: Option<Piece<'_>>,
) -> CronError {
    let whole = word.at..argument.map_or(word.span().end, |it| it.span().end);
    let foreign = |what| CronError::new(whole.clone(), CronErrorKind::Foreign(what));
    match word.text.to_ascii_lowercase().as_str() {
        "@reboot" => foreign(Foreign::Reboot),
        "@midnight" => foreign(Foreign::Nickname).or("@daily", true),
        "@annually" => foreign(Foreign::Nickname).or("@yearly", true),
        "@every" => {
            let duration = text[word.span().end..].trim().to_owned();
            foreign(Foreign::Every { duration })
        }
        lower => {
            let error = CronError::new(whole, CronErrorKind::UnknownNickname);
            let apart = |known: &str| strsim::damerau_levenshtein(lower, known);
            let nearest = NICKNAMES.iter().map(|(known, _)| (apart(known), *known)).min();
            match nearest.filter(|(apart, _)| *apart <= 2) {
                Some((_, known)) => error.or(known, true),
                None => error,
            }
        }
    }
}
