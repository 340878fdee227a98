//! Due times against brute force: minute by minute, with rules written down a second time and otherwise.
//!
//! Nothing here but the names of zones comes from the code under test. jiff turns UTC into local time; which
//! minutes are due follows from looking at what the clock on the wall shows, one minute after the other.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    reason = "numbers of calendars are small"
)]
#![allow(clippy::print_stdout, reason = "a failed test shows how far it came")]

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use taskc::schedule::{Bounds, Calendar, Cron, CronErrorKind, Instant, Schedule, Schedules, Zone};

use crate::random::Random;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// More than any clock is moved back at once in the years looked at.
const WATCHED_BEFORE: i64 = 4 * HOUR;

/// An expression as the brute force sees it: per field, which values are allowed.
pub(crate) struct Oracle {
    pub(crate) minutes: Vec<bool>,
    pub(crate) hours: Vec<bool>,
    pub(crate) days: Vec<bool>,
    pub(crate) months: Vec<bool>,
    pub(crate) weekdays: Vec<bool>,
    /// (weekday, week), where week 9 is the last.
    weeks: Vec<(usize, i32)>,
    pub(crate) last_day: bool,
    pub(crate) either: bool,
    pub(crate) fixed: bool,
}

impl Oracle {
    pub(crate) fn new(expression: &str) -> Self {
        let text = expression.to_lowercase();
        let fields: Vec<&str> = text.split(' ').collect();
        let starred = |index: usize| fields[index].starts_with('*');
        let (numbered, special): (Vec<&str>, Vec<&str>) =
            fields[4].trim_start_matches('+').split(',').partition(|it| !it.contains(['#', 'l']));
        let mut weekdays = allowed(&numbered.join(","), 0, 7);
        weekdays[0] |= weekdays[7];
        let weeks = special.iter().map(|it| {
            let day = |name: &str| allowed(name, 0, 7).iter().position(|it| *it).unwrap() % 7;
            match it.split_once('#') {
                Some((name, week)) => (day(name), week.parse().unwrap()),
                None => (day(it.trim_end_matches('l')), 9),
            }
        });
        let days: Vec<&str> = fields[2].split(',').filter(|it| *it != "l").collect();
        Oracle {
            minutes: allowed(fields[0], 0, 59),
            hours: allowed(fields[1], 0, 23),
            days: allowed(&days.join(","), 1, 31),
            months: allowed(fields[3], 1, 12),
            weekdays,
            weeks: weeks.collect(),
            last_day: fields[2].split(',').any(|it| it == "l"),
            either: !starred(2) && !starred(4) && !fields[4].starts_with('+'),
            fixed: !starred(0) && !starred(1),
        }
    }

    pub(crate) fn on_day(&self, date: Date) -> bool {
        let (day, length) = (i32::from(date.day()), i32::from(date.days_in_month()));
        let weekday = date.weekday().to_sunday_zero_offset() as usize;
        let by_day =
            self.days[day as usize] || (self.last_day && date.tomorrow().unwrap().day() == 1);
        let of_week = |(wanted, week): &(usize, i32)| {
            *wanted == weekday && if *week == 9 { day > length - 7 } else { (day + 6) / 7 == *week }
        };
        let by_weekday = self.weekdays[weekday] || self.weeks.iter().any(of_week);
        let by_both = if self.either { by_day || by_weekday } else { by_day && by_weekday };
        self.months[date.month() as usize] && by_both
    }

    /// Whether the minute (counted from 1970, on the wall) is named. `today` keeps the last day that was asked for.
    fn names(&self, minute: i64, today: &mut (i64, bool)) -> bool {
        let day = minute.div_euclid(24 * 60);
        if today.0 != day {
            *today = (day, self.on_day(jiff::civil::date(1970, 1, 1) + (day as i32).days()));
        }
        let of_day = minute.rem_euclid(24 * 60) as usize;
        today.1 && self.minutes[of_day % 60] && self.hours[of_day / 60]
    }

    /// How often it is due on a day that matches.
    fn times_a_day(&self) -> i64 {
        let count = |set: &[bool]| set.iter().filter(|it| **it).count() as i64;
        count(&self.minutes) * count(&self.hours)
    }

    /// The due minutes in `from..until` (seconds), by watching the clock from some hours before.
    pub(crate) fn due(&self, zone: &TimeZone, from: i64, until: i64) -> Vec<i64> {
        let mut today = (i64::MIN, false);
        let mut due = Vec::new();
        let mut shown = local_minute(zone, from - WATCHED_BEFORE);
        let mut latest = shown;
        for minute in (from - WATCHED_BEFORE + MINUTE..until).step_by(60) {
            let skipped = shown + 1..local_minute(zone, minute);
            shown = local_minute(zone, minute);
            let hit = if self.fixed {
                let made_up_for = skipped.into_iter().any(|it| self.names(it, &mut today));
                made_up_for || shown > latest && self.names(shown, &mut today)
            } else {
                self.names(shown, &mut today)
            };
            latest = latest.max(shown);
            if hit && minute >= from {
                due.push(minute);
            }
        }
        due
    }
}

/// What the clock on the wall shows, in minutes from 1970.
pub(crate) fn local_minute(zone: &TimeZone, at: i64) -> i64 {
    let offset = zone.to_offset(Timestamp::from_second(at).unwrap());
    (at + i64::from(offset.seconds())).div_euclid(60)
}

/// Which numbers a list of `*`, `a`, `a-b` and their steps allows.
fn allowed(list: &str, low: usize, high: usize) -> Vec<bool> {
    let number = |text: &str| -> usize {
        let names = "jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat";
        match names.split(' ').position(|it| it == text) {
            Some(index) if index < 12 => index + 1,
            Some(index) => index - 12,
            None => text.parse().unwrap(),
        }
    };
    let mut set = vec![false; 64];
    for item in list.split(',').filter(|it| !it.is_empty()) {
        let (range, step) =
            item.split_once('/').map_or((item, 1), |(range, step)| (range, number(step)));
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (low, if high == 7 { 6 } else { high }),
            Some((first, "sun")) => (number(first), 7),
            Some((first, last)) => (number(first), number(last)),
            None => (number(range), number(range)),
        };
        for (distance, value) in (first..=last).enumerate() {
            set[value] |= distance % step == 0;
        }
    }
    set
}

/// The zones whose clocks are moved in the years 2020 to 2040, each with the instants at which that happens.
fn moving_zones() -> Vec<(&'static str, TimeZone, Vec<i64>)> {
    let [from, until] = [2020, 2040].map(|it| jiff::civil::date(it, 1, 1).at(0, 0, 0, 0));
    let [from, until] = [from, until].map(|it| TimeZone::UTC.to_timestamp(it).unwrap());
    let zones = Zone::names().map(|name| (name, TimeZoneDatabase::bundled().get(name).unwrap()));
    let moving = zones.map(|(name, zone)| {
        let moves = zone.following(from).map(|it| it.timestamp()).take_while(|it| *it < until);
        let seconds = moves.map(jiff::Timestamp::as_second).collect::<Vec<_>>();
        (name, zone, seconds)
    });
    moving.filter(|(_, _, moves)| !moves.is_empty()).collect()
}

/// A random expression, mostly with open days, and often in the hours in which clocks are moved.
pub(crate) fn expression(random: &mut Random) -> String {
    let hour_high = if random.one_in(2) { 4 } else { 23 };
    format!(
        "{} {} {} {} {}",
        numbers(random, 0, 59, 59),
        numbers(random, 0, hour_high, 23),
        days_of_month(random),
        months(random),
        days_of_week(random),
    )
}

/// One of the forms that every field has; single numbers come from `low..=likely`.
fn numbers(random: &mut Random, low: u64, likely: u64, high: u64) -> String {
    let one = |random: &mut Random| random.between(low, likely);
    let range = |random: &mut Random| {
        let first = random.between(low, likely);
        (first, random.between(first, high))
    };
    match random.below(8) {
        0 => "*".to_owned(),
        1 => format!("*/{}", random.between(1, high - low)),
        2 => {
            let (first, last) = range(random);
            format!("{first}-{last}")
        }
        3 => {
            let (first, last) = range(random);
            format!("{first}-{last}/{}", random.between(1, 9))
        }
        4 => format!("{},{},{}", one(random), one(random), one(random)),
        5 => format!("{},*/{}", one(random), random.between(2, high - low)),
        _ => one(random).to_string(),
    }
}

fn days_of_month(random: &mut Random) -> String {
    match random.below(12) {
        0 => "L".to_owned(),
        1 => format!("{},L", random.between(1, 31)),
        2..=5 => numbers(random, 1, 31, 31),
        _ => "*".to_owned(),
    }
}

fn months(random: &mut Random) -> String {
    const NAMES: [&str; 12] =
        ["jan", "feb", "Mar", "apr", "may", "JUN", "jul", "aug", "sep", "oct", "nov", "dec"];
    match random.below(12) {
        0 => (*random.pick(&NAMES)).to_owned(),
        1 => format!("{},{}", random.pick(&NAMES), random.pick(&NAMES)),
        2 => numbers(random, 1, 12, 12),
        _ => "*".to_owned(),
    }
}

fn days_of_week(random: &mut Random) -> String {
    const NAMES: [&str; 7] = ["sun", "mon", "TUE", "wed", "thu", "Fri", "sat"];
    let field = match random.below(14) {
        0 => (*random.pick(&NAMES)).to_owned(),
        1 => "mon-fri".to_owned(),
        2 => "Sat-sun".to_owned(),
        3 => format!("{}#{}", random.pick(&NAMES), random.between(1, 5)),
        4 => format!("{}L", random.pick(&NAMES)),
        5 => format!("{},{}L,{}", random.below(8), random.pick(&NAMES), random.pick(&NAMES)),
        6 => numbers(random, 0, 6, 7),
        _ => return "*".to_owned(),
    };
    if random.one_in(3) { format!("+{field}") } else { field }
}

pub(crate) fn schedule(cron: Cron, zone: &str) -> Schedules {
    let calendar = Calendar::new(cron, Zone::get(zone).unwrap());
    Schedules(vec![Schedule::Cron { calendar: Box::new(calendar), bounds: Bounds::default() }])
}

fn seconds(instants: impl Iterator<Item = Instant>) -> Vec<i64> {
    instants.map(Instant::seconds).collect()
}

/// Compares one window: forward, backward, and from instants inside it.
fn agree(
    oracle: &Oracle,
    schedules: &Schedules,
    zone: &TimeZone,
    window: (i64, i64),
    random: &mut Random,
) -> Vec<Instant> {
    let (from, until) = window;
    let expected = oracle.due(zone, from, until);
    let [start, end] = [from, until].map(Instant::from_seconds);
    assert_eq!(seconds(schedules.between(start, end)), expected, "forward");
    let back =
        std::iter::successors(schedules.previous_before(end), |it| schedules.previous_before(*it));
    let mut back = seconds(back.take_while(|it| *it >= start));
    back.reverse();
    assert_eq!(back, expected, "backward");
    for _ in 0..4 {
        let at = from + random.below((until - from) as u64) as i64;
        let next = expected.iter().find(|it| **it > at);
        let found = schedules.next_after(Instant::from_seconds(at)).filter(|it| *it < end);
        assert_eq!(found.map(Instant::seconds).as_ref(), next, "after {at}");
    }
    expected.into_iter().map(Instant::from_seconds).collect()
}

/// 2,000 expressions and more: each around some changes of clocks, until every change of every zone in twenty years
/// has been seen, and in a random stretch of days.
#[test]
fn due_times_agree_with_a_clock_watched_minute_by_minute() {
    let mut random = Random::new("due_times");
    let zones = moving_zones();
    let mut moves: Vec<(usize, i64)> = Vec::new();
    for (index, (_, _, seconds)) in zones.iter().enumerate() {
        moves.extend(seconds.iter().map(|it| (index, *it)));
    }
    random.shuffle(&mut moves);
    let (mut expressions, mut around, mut at_changes, mut others) = (0, 0, 0, 0);
    for moves in moves.chunks(moves.len() / 2_000) {
        let (text, cron, oracle) = valid(&mut random);
        expressions += 1;
        for (index, at) in moves {
            let (name, zone, _) = &zones[*index];
            println!("{text} in {name} around {at}");
            let schedules = schedule(cron.clone(), name);
            let at = at - at.rem_euclid(MINUTE);
            let due = agree(&oracle, &schedules, zone, (at - 3 * HOUR, at + 3 * HOUR), &mut random);
            around += due.len();
            at_changes += due.iter().filter(|it| schedules.note(**it).is_some()).count();
        }
        let (name, zone, _) = random.pick(&zones);
        let from = 1_577_836_800 + random.below(20 * 365) as i64 * DAY;
        let days = (100 / oracle.times_a_day()).clamp(1, 40);
        println!("{text} in {name} from {from}");
        let until = from + days * DAY;
        others += agree(&oracle, &schedule(cron, name), zone, (from, until), &mut random).len();
    }
    println!("{expressions} expressions, {} zones, {} changes", zones.len(), moves.len());
    println!("{around} due times around changes, {at_changes} of them touched; {others} others");
    assert!(expressions >= 2_000 && zones.len() > 100);
    assert!(around > 20_000 && at_changes > 2_000 && others > 50_000);
}

pub(crate) fn valid(random: &mut Random) -> (String, Cron, Oracle) {
    loop {
        let text = expression(random);
        if let Ok(cron) = Cron::parse(&text) {
            let oracle = Oracle::new(&text);
            return (text, cron, oracle);
        }
    }
}

/// What is refused never comes in any year, what is taken does, and its next time is the first that a calendar
/// shows.
#[test]
fn never_is_decided_exactly_and_rare_days_are_found() {
    let mut random = Random::new("never");
    let mut refused = 0;
    for _ in 0..3_000 {
        let text = format!(
            "7 3 {} {} {}",
            days_of_month(&mut random),
            months(&mut random),
            days_of_week(&mut random)
        );
        let oracle = Oracle::new(&text);
        let today = jiff::civil::date(1970, 1, 1) + (random.below(30_000) as i32).days();
        let first = today.series(1.day()).take(146_097).find(|it| oracle.on_day(*it));
        println!("{text}: {first:?}");
        match (Cron::parse(&text), first) {
            (Ok(cron), Some(day)) => {
                let from = Instant::from_seconds(seconds_of(today));
                let next = schedule(cron, "UTC").next_after(from).unwrap();
                assert_eq!(next.seconds(), seconds_of(day) + 3 * HOUR + 7 * MINUTE);
            }
            (Err(errors), None) => {
                assert!(matches!(errors[0].kind, CronErrorKind::Never(_)), "{errors:?}");
                refused += 1;
            }
            (found, first) => panic!("{found:?} where a calendar shows {first:?}"),
        }
    }
    assert!(refused > 20, "only {refused}");
}

fn seconds_of(date: Date) -> i64 {
    TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap().as_second()
}

/// Expressions that match seldom take no more steps than others: thousands of questions, at all times, are
/// answered.
#[test]
fn questions_about_rare_days_end() {
    for text in
        ["0 0 29 2 mon#1", "0 0 29 2 +mon", "0 0 29 2 +mon#5", "59 23 31 12 +sunL", "0 0 L 2 +fri"]
    {
        let oracle = Oracle::new(text);
        let days = jiff::civil::date(1970, 1, 1).series(1.day()).take_while(|it| it.year() < 2101);
        let expected = days.filter(|it| oracle.on_day(*it)).count();
        let schedules = schedule(Cron::parse(text).unwrap(), "Europe/Berlin");
        let all: Vec<_> = schedules.between(Instant(i64::MIN), Instant(i64::MAX)).collect();
        assert_eq!(all.len(), expected, "{text}");
        for at in (0..40_000).step_by(13).map(|it| Instant::from_seconds(it * DAY)) {
            assert_eq!(
                schedules.next_after(at).as_ref(),
                all.iter().find(|it| **it > at),
                "{text}"
            );
            assert_eq!(
                schedules.previous_before(at).as_ref(),
                all.iter().rfind(|it| **it < at),
                "{text}"
            );
        }
    }
}
