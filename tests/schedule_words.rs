//! Sentences and numbers about schedules against brute force: each sentence is read back and says the same
//! times and days as the expression does; each number is counted again.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    reason = "numbers of calendars are small"
)]
#![allow(clippy::print_stdout, reason = "a failed test shows how far it came")]

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use taskc::schedule::{
    ClockEffect, FieldKind, Finding, Instant, Schedules, UnevenStep, describe, findings,
};

use crate::random::{Random, rounds};
use crate::schedule_oracle::{Oracle, local_minute, schedule, valid};

const DAY: i64 = 86_400;

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "America/Nuuk",
    "Africa/Casablanca",
    "Asia/Kolkata",
];

/// What a sentence says: minutes of the day, and the phrase for the days.
struct Sentence<'s> {
    minutes: BTreeSet<u32>,
    days: Days<'s>,
}

/// A phrase for days, taken apart.
enum Days<'s> {
    All { months: BTreeSet<u32> },
    Numbered { days: Vec<&'s str>, months: BTreeSet<u32> },
    Weekdays { days: Vec<&'s str>, months: BTreeSet<u32> },
    Both(Box<Days<'s>>, Vec<&'s str>),
    Either(Box<Days<'s>>, Box<Days<'s>>),
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl<'s> Sentence<'s> {
    fn read(text: &'s str) -> Self {
        let day_starts = [" on ", " every day"].into_iter().map(str::to_owned);
        let day_starts = day_starts.chain(WEEKDAYS.iter().map(|it| format!(" every {it}")));
        let split = day_starts.filter_map(|it| text.find(&it)).min().unwrap_or(text.len());
        Sentence { minutes: minutes(&text[..split]), days: days(text[split..].trim_start()) }
    }

    fn has(&self, date: Date) -> bool {
        self.days.has(date)
    }
}

fn minutes(text: &str) -> BTreeSet<u32> {
    if let Some(rest) = text.strip_prefix("at ") {
        return match rest.split_once(" minutes past ") {
            None => items(rest).into_iter().map(clock).collect(),
            Some((past, hours)) => {
                let hours = hours.strip_prefix("the hours ").map_or((0..24).collect(), numbers);
                let past = numbers(past);
                hours.iter().flat_map(|hour| past.iter().map(move |it| hour * 60 + it)).collect()
            }
        };
    }
    let text = text.strip_prefix("every ").unwrap();
    let (interval, rows) = text.split_once(" from ").unwrap_or((text, "00:00 to 23:59"));
    let apart = match interval.split_once(' ') {
        None if interval == "minute" => 1,
        None => 60,
        Some((count, "hours")) => count.parse::<u32>().unwrap() * 60,
        Some((count, _)) => count.parse().unwrap(),
    };
    let rows = items(rows).into_iter().flat_map(|row| {
        let (first, last) = row.trim_start_matches("from ").split_once(" to ").unwrap();
        (clock(first)..=clock(last)).step_by(apart as usize)
    });
    rows.collect()
}

fn clock(text: &str) -> u32 {
    let (hour, minute) = text.split_once(':').unwrap();
    hour.parse::<u32>().unwrap() * 60 + minute.parse::<u32>().unwrap()
}

fn days(text: &str) -> Days<'_> {
    if let Some((left, right)) = text.split_once(" and also ") {
        return Days::Either(Box::new(days(left)), Box::new(days(right)));
    }
    if let Some((left, right)) = text.split_once(" where that is ") {
        return Days::Both(Box::new(days(left)), items(right));
    }
    let (list, months) = match text.split_once(" in ") {
        Some((list, names)) => (list, ranges(names, &MONTHS)),
        None => (text, (1..=12).collect()),
    };
    if matches!(list, "" | "every day") {
        return Days::All { months };
    }
    let list = list.trim_start_matches("on ").trim_start_matches("every ");
    let numbered = list.starts_with("the last day")
        || list["the ".len()..].starts_with(|it: char| it.is_ascii_digit());
    if !numbered {
        return Days::Weekdays { days: items(list), months };
    }
    let (list, months) = list.rsplit_once(" of ").unwrap();
    let months = if months == "every month" { (1..=12).collect() } else { ranges(months, &MONTHS) };
    Days::Numbered { days: items(list), months }
}

impl Days<'_> {
    fn has(&self, date: Date) -> bool {
        let month = date.month() as u32;
        match self {
            Days::All { months } => months.contains(&month),
            Days::Numbered { days, months } => {
                months.contains(&month) && days.iter().any(|it| is_numbered(it, date))
            }
            Days::Weekdays { days, months } => {
                months.contains(&month) && days.iter().any(|it| is_weekday(it, date))
            }
            Days::Both(numbered, weekdays) => {
                numbered.has(date) && weekdays.iter().any(|it| is_weekday(it, date))
            }
            Days::Either(left, right) => left.has(date) || right.has(date),
        }
    }
}

/// `the 1st`, `the 1st to the 3rd`, `the last day`
fn is_numbered(words: &str, date: Date) -> bool {
    if words == "the last day" {
        return date == date.last_of_month();
    }
    let number = |it: &str| it.trim_matches(|it: char| !it.is_ascii_digit()).parse::<i8>().unwrap();
    let (first, last) = words.split_once(" to ").unwrap_or((words, words));
    (number(first)..=number(last)).contains(&date.day())
}

/// `Friday`, `Monday to Friday`, `the second Friday of every month`
fn is_weekday(words: &str, date: Date) -> bool {
    let today = date.weekday().to_monday_zero_offset() as u32 + 1;
    let Some(rest) = words.strip_prefix("the ") else {
        return ranges(words, &WEEKDAYS).contains(&today);
    };
    let mut rest = rest.split(' ');
    let (week, name) = (rest.next().unwrap(), rest.next().unwrap());
    let in_week =
        match ["first", "second", "third", "fourth", "fifth"].iter().position(|it| *it == week) {
            Some(index) => (date.day() as usize - 1) / 7 == index,
            None => (date + 7.days()).month() != date.month(),
        };
    in_week && ranges(name, &WEEKDAYS).contains(&today)
}

/// The places, from 1, of names in a list of `a to b`.
fn ranges(list: &str, names: &[&str]) -> BTreeSet<u32> {
    let place = |it: &str| names.iter().position(|name| *name == it).unwrap() as u32 + 1;
    let spans = items(list).into_iter().flat_map(|item| {
        let (first, last) = item.split_once(" to ").unwrap_or((item, item));
        place(first)..=place(last)
    });
    spans.collect()
}

fn numbers(list: &str) -> BTreeSet<u32> {
    let spans = items(list).into_iter().flat_map(|item| {
        let (first, last) = item.split_once(" to ").unwrap_or((item, item));
        first.parse().unwrap()..=last.parse::<u32>().unwrap()
    });
    spans.collect()
}

fn items(list: &str) -> Vec<&str> {
    list.split(", ").flat_map(|it| it.split(" and ")).collect()
}

fn zone_of(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

/// The minutes of the day that the expression names.
fn named_minutes(oracle: &Oracle) -> BTreeSet<u32> {
    (0..24 * 60)
        .filter(|it| oracle.hours[*it as usize / 60] && oracle.minutes[*it as usize % 60])
        .collect()
}

#[test]
fn sentences_say_the_times_and_days_that_come_out() {
    let mut random = Random::new("sentences");
    for _ in 0..rounds(4_000) {
        let (text, cron, oracle) = valid(&mut random);
        let zone = *random.pick(&ZONES);
        let words = describe(&schedule(cron, zone).0[0]);
        println!("{text}: {words}");
        let words = words.strip_suffix(&format!(", {zone}")).unwrap();
        let sentence = Sentence::read(words);
        assert_eq!(sentence.minutes, named_minutes(&oracle));
        let from = date(2024, 1, 1) + (random.below(10_000) as i32).days();
        for day in from.series(1.day()).take(800) {
            assert_eq!(sentence.has(day), oracle.on_day(day), "{day}");
        }
    }
}

/// A schedule in a zone, seen at a moment at which the zone's clock is not being moved.
struct Case {
    oracle: Oracle,
    /// The minutes of the day that the expression names.
    named: BTreeSet<u32>,
    zone: TimeZone,
    now: i64,
    findings: Vec<Finding>,
    /// When the clock is moved, from a day before now to three years after.
    changes: Vec<i64>,
}

impl Case {
    fn new(schedules: &Schedules, oracle: Oracle, zone: TimeZone, random: &mut Random) -> Self {
        loop {
            let now = 1_795_000_000 + random.below(4_000) as i64 * DAY / 10;
            let from = Timestamp::from_second(now - 2 * DAY).unwrap();
            let changes = zone.following(from).map(|it| it.timestamp().as_second());
            let changes: Vec<i64> = changes.take_while(|it| *it < now + 1_200 * DAY).collect();
            if changes.first().is_none_or(|it| *it > now + 2 * DAY) {
                let findings = findings(&schedules.0[0], Some(Instant::from_seconds(now)));
                let named = named_minutes(&oracle);
                return Case { oracle, named, zone, now, findings, changes };
            }
        }
    }

    /// Whether anything is due on the day, watching the clock where it is moved on that day or near it.
    fn runs_on(&self, day: Date) -> bool {
        let noon = TimeZone::UTC.to_timestamp(day.at(12, 0, 0, 0)).unwrap().as_second();
        if self.changes.iter().all(|it| (it - noon).abs() > DAY) {
            return self.oracle.on_day(day);
        }
        let due = self.oracle.due(&self.zone, noon - DAY, noon + DAY);
        due.iter().any(|it| self.date_at(*it) == day)
    }

    fn date_at(&self, at: i64) -> Date {
        date(1970, 1, 1) + (local_minute(&self.zone, at).div_euclid(24 * 60) as i32).days()
    }

    fn check(&self) {
        self.check_either_day();
        self.check_clock_changes();
        self.check_every_minute();
        self.check_skipped_months();
        for kind in FieldKind::ALL {
            self.check_gaps(kind);
        }
    }

    fn check_either_day(&self) {
        let found = self.findings.iter().find_map(|it| match it {
            Finding::EitherDay(either) => Some(either),
            _ => None,
        });
        assert_eq!(found.is_some(), self.oracle.either);
        let Some(found) = found else { return };
        let year = date(found.year as i16, 1, 1);
        let of_year = year.series(1.day()).take_while(|it| it.year() == year.year());
        assert_eq!(found.days as usize, of_year.filter(|it| self.runs_on(*it)).count());
        let today = self.date_at(self.now);
        let minute = local_minute(&self.zone, self.now).rem_euclid(24 * 60) as u32;
        let later_today = self.named.iter().any(|it| *it > minute);
        let days = today.series(1.day()).skip(usize::from(!later_today));
        let next: Vec<String> =
            days.filter(|it| self.runs_on(*it)).take(4).map(|it| it.to_string()).collect();
        assert_eq!(found.next.iter().map(ToString::to_string).collect::<Vec<_>>(), next);
    }

    fn check_clock_changes(&self) {
        let found = self.findings.iter().filter_map(|it| match it {
            Finding::ClockChange(it) => {
                let at = match it.effect {
                    ClockEffect::MadeUpFor { at } | ClockEffect::FirstPass { at } => {
                        Some(at.seconds())
                    }
                    ClockEffect::Lost => None,
                };
                Some((it.change.at.seconds(), it.first.0 / 60, it.last.0 / 60, it.count, at))
            }
            _ => None,
        });
        let expected = self.changes.iter().filter_map(|it| self.touched(*it));
        let expected = expected.filter(|it| it.0 < self.now + 731 * DAY);
        assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }

    /// When the clock is moved, which minutes on the wall that touches (first, last, count), and when they run.
    fn touched(&self, change: i64) -> Option<(i64, i64, i64, usize, Option<i64>)> {
        let (last_before, first_after) =
            (local_minute(&self.zone, change - 60), local_minute(&self.zone, change));
        let gap = last_before + 1 < first_after;
        let wall = if gap { last_before + 1..first_after } else { first_after..last_before + 1 };
        let named: Vec<i64> = wall.filter(|it| self.names(*it)).collect();
        let (first, last) = (*named.first()?, *named.last()?);
        let of_day = (0..24 * 60).map(|it| first.div_euclid(24 * 60) * 24 * 60 + it);
        let at = match (gap, self.oracle.fixed) {
            (true, true) => Some(change),
            (false, true) => {
                let mut watched = (change - 3 * 3_600..change).step_by(60);
                watched.find(|it| local_minute(&self.zone, *it) == first)
            }
            (true, false) if of_day.filter(|it| self.names(*it)).count() == named.len() => None,
            (_, false) => return None,
        };
        Some((change, first, last, named.len(), at))
    }

    fn names(&self, minute: i64) -> bool {
        let of_day = minute.rem_euclid(24 * 60) as u32;
        self.named.contains(&of_day)
            && self.oracle.on_day(date(1970, 1, 1) + (minute.div_euclid(24 * 60) as i32).days())
    }

    fn check_every_minute(&self) {
        let found = self.findings.iter().find_map(|it| match it {
            Finding::EveryMinute(it) => Some((it.runs, it.stretches.clone())),
            _ => None,
        });
        let named = &self.named;
        let starts = named.iter().copied().filter(|it| *it == 0 || !named.contains(&(it - 1)));
        let ends = named.iter().copied().filter(|it| !named.contains(&(it + 1)));
        let stretches: Vec<_> = starts.zip(ends).collect();
        let whole_hours = stretches.iter().all(|(start, end)| start % 60 == 0 && end % 60 == 59);
        let expected = whole_hours && named.len() < 24 * 60;
        assert_eq!(found, expected.then_some((named.len() as u32, stretches)));
    }

    fn check_skipped_months(&self) {
        let found = self.findings.iter().find_map(|it| match it {
            Finding::SkipsMonths(it) => Some(it.never.clone()),
            _ => None,
        });
        let by_number = |it: Date| {
            self.oracle.days[it.day() as usize] || self.oracle.last_day && it == it.last_of_month()
        };
        let named = (1..=12).filter(|it| self.oracle.months[*it as usize]);
        let without = named.filter(|month| {
            let first = date(2028, *month as i8, 1);
            !self.oracle.either
                && !first.series(1.day()).take(first.days_in_month() as usize).any(by_number)
        });
        assert_eq!(found.unwrap_or_default(), without.collect::<Vec<u32>>());
    }

    /// The numbers of an uneven step are those of going round the field.
    fn check_gaps(&self, kind: FieldKind) {
        let (set, length): (&[bool], usize) = match kind {
            FieldKind::Minute => (&self.oracle.minutes[..60], 60),
            FieldKind::Hour => (&self.oracle.hours[..24], 24),
            FieldKind::Month => (&self.oracle.months[1..13], 12),
            FieldKind::DayOfWeek => (&self.oracle.weekdays[..7], 7),
            FieldKind::DayOfMonth => (&self.oracle.days[1..32], 31),
        };
        let steps = self.findings.iter().filter_map(|it| match it {
            Finding::UnevenStep(step) if step.field == kind => Some(step),
            _ => None,
        });
        for UnevenStep { size, values, gaps, even, .. } in steps {
            let base = usize::from(matches!(kind, FieldKind::Month | FieldKind::DayOfMonth));
            let members: Vec<u32> =
                (0..length).filter(|it| set[*it]).map(|it| (it + base) as u32).collect();
            assert_eq!(*values, members);
            let lengths = if kind == FieldKind::DayOfMonth { 28..=31 } else { length..=length };
            let rounds = lengths.flat_map(|length| {
                let hits: Vec<usize> = (0..3 * length).filter(|it| set[it % length]).collect();
                hits.windows(2).map(|pair| (pair[1] - pair[0]) as u32).collect::<Vec<_>>()
            });
            assert_eq!(gaps.iter().copied().collect::<BTreeSet<_>>(), rounds.collect());
            assert!(even.iter().all(|it| (length as u32).is_multiple_of(*it) && it != size));
            assert!(members.len() > 1 || *size > length as u32 / 2);
        }
    }
}

#[test]
fn findings_say_what_run_times_show() {
    let mut random = Random::new("findings");
    let mut kinds = BTreeSet::new();
    for _ in 0..rounds(1_000) {
        let (text, cron, _) = valid(&mut random);
        for name in ZONES {
            let schedules = schedule(cron.clone(), name);
            let case = Case::new(&schedules, Oracle::new(&text), zone_of(name), &mut random);
            println!("{text} in {name} at {}: {:?}", case.now, case.findings);
            kinds.extend(case.findings.iter().map(kind));
            case.check();
        }
    }
    assert!(kinds.len() >= 8, "too few kinds were met: {kinds:?}");
}

fn kind(finding: &Finding) -> &'static str {
    match finding {
        Finding::UnevenStep(_) => "uneven step",
        Finding::EitherDay(_) => "either day",
        Finding::EveryMinute(_) => "every minute",
        Finding::SkipsMonths(_) => "skips months",
        Finding::SundaySeven { .. } => "sunday seven",
        Finding::ClockChange(it) => match it.effect {
            ClockEffect::MadeUpFor { .. } => "made up for",
            ClockEffect::Lost => "lost",
            ClockEffect::FirstPass { .. } => "first pass",
        },
    }
}
