//! A schedule in an English sentence: `at 07:00 on Monday to Friday, Europe/Berlin`.
//!
//! Sentences are made from the times of the day and the days that really come out, never from how the
//! expression was written: a step that does not fit its field is told as the times that it gives. Tests read
//! the sentences back and compare them with run times.

use super::calendar::{Calendar, ClockNote};
use super::cron::{DayRule, Joined, Values, names};
use super::due::{Bounds, Cadence, Schedule, Schedules};
use super::time::Instant;
use super::zone::Zone;

/// The sentence for one schedule, without a full stop.
#[must_use]
pub fn describe(schedule: &Schedule) -> String {
    match schedule {
        Schedule::Cron { calendar, bounds } => calendar_sentence(calendar, *bounds),
        Schedule::Every(cadence) => cadence_sentence(*cadence),
        Schedule::At(at) => format!("once at {at}"),
    }
}

/// The sentences of all schedules of a task; `by hand only` where it has none.
#[must_use]
pub fn describe_all(schedules: &Schedules) -> String {
    if schedules.0.is_empty() {
        return "by hand only".to_owned();
    }
    schedules.0.iter().map(describe).collect::<Vec<_>>().join("; and ")
}

/// The days of a calendar in words, without its times: `on the 13th of every month and also every Friday`.
#[must_use]
pub fn describe_days(calendar: &Calendar) -> String {
    days(calendar.cron.days())
}

/// What the clock of a zone has to do with a due time.
#[must_use]
pub fn describe_note(note: ClockNote, zone: &Zone) -> String {
    match note {
        ClockNote::AfterGap { reading } => {
            format!("the clock skips {}: first instant after the gap", reading.clock())
        }
        ClockNote::FirstOnly { second } => {
            format!("the clock reads the same again at {}: first pass only", zone.local(second))
        }
        ClockNote::FirstOfTwo { second } => {
            format!("the clock reads the same again at {}: due in both passes", zone.local(second))
        }
        ClockNote::SecondOfTwo { .. } => "second pass of the same clock time".to_owned(),
    }
}

fn calendar_sentence(calendar: &Calendar, bounds: Bounds) -> String {
    let times = TimesOfDay::of(calendar);
    let mut sentence = times.words();
    let days = days(calendar.cron.days());
    match days.as_str() {
        "every day" if times.all_day() => {}
        days => {
            sentence.push(' ');
            sentence.push_str(days);
        }
    }
    sentence.push_str(", ");
    sentence.push_str(calendar.zone.name());
    if !calendar.except.is_empty() {
        let days = calendar.except.iter().map(ToString::to_string);
        sentence.push_str(", except on ");
        sentence.push_str(&list(days));
    }
    sentence + &bounds_words(bounds, &calendar.zone)
}

fn cadence_sentence(cadence: Cadence) -> String {
    let start = cadence.start();
    let until = Bounds { from: None, ..cadence.bounds() };
    format!("every {} from {start} on{}", cadence.period(), bounds_words(until, &Zone::utc()))
}

fn bounds_words(bounds: Bounds, zone: &Zone) -> String {
    let at = |it: Instant| zone.local(it);
    let from = bounds.from.map(|it| format!(", not before {}", at(it)));
    let until = bounds.until.map(|it| format!(", only before {}", at(it)));
    from.unwrap_or_default() + &until.unwrap_or_default()
}

/// The minutes of a day, counted from midnight, at which a calendar's days have a reading.
struct TimesOfDay {
    minutes_past: Values,
    hours: Values,
    all: Vec<u32>,
}

/// A row of times, all the same number of minutes apart.
struct Row {
    first: u32,
    last: u32,
    count: usize,
}

impl TimesOfDay {
    fn of(calendar: &Calendar) -> Self {
        let (minutes_past, hours) = (calendar.cron.minutes(), calendar.cron.hours());
        let all = hours
            .iter()
            .flat_map(|hour| minutes_past.iter().map(move |it| hour * 60 + it))
            .collect();
        Self { minutes_past, hours, all }
    }

    /// Whether they go on through the day, so that nobody asks on which days.
    fn all_day(&self) -> bool {
        self.every_hour() || self.goes_on_around_midnight(self.smallest_gap())
    }

    fn every_hour(&self) -> bool {
        self.hours.count() == 24
    }

    fn words(&self) -> String {
        const FEW: usize = 6;
        let apart = self.smallest_gap();
        if self.goes_on_around_midnight(apart) {
            return format!("every {}", interval(apart));
        }
        if self.all.len() <= FEW {
            return format!("at {}", list(self.all.iter().map(|it| clock(*it))));
        }
        let rows = self.rows(apart);
        if rows.len() <= 3 && rows.iter().all(|row| row.count > 2) {
            let rows =
                rows.iter().map(|row| format!("from {} to {}", clock(row.first), clock(row.last)));
            return format!("every {} {}", interval(apart), list(rows));
        }
        let past = list(spans(self.minutes_past, |it| it.to_string()));
        if self.every_hour() {
            return format!("at {past} minutes past every hour");
        }
        format!("at {past} minutes past the hours {}", list(spans(self.hours, |it| it.to_string())))
    }

    fn smallest_gap(&self) -> u32 {
        self.all.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(24 * 60)
    }

    /// Whether the times are so far apart all day long, from midnight to midnight, and more than twice.
    fn goes_on_around_midnight(&self, apart: u32) -> bool {
        let whole = self.all.first() == Some(&0) && self.all.last() == Some(&(24 * 60 - apart));
        whole && self.all.len() > 2 && self.rows(apart).len() == 1
    }

    fn rows(&self, apart: u32) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for &time in &self.all {
            match rows.last_mut() {
                Some(row) if row.last + apart == time => {
                    row.last = time;
                    row.count += 1;
                }
                _ => rows.push(Row { first: time, last: time, count: 1 }),
            }
        }
        rows
    }
}

/// `07:00` for 420 minutes past midnight.
fn clock(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// `minute`, `15 minutes`, `hour`, `2 hours`.
fn interval(minutes: u32) -> String {
    match (minutes, minutes % 60) {
        (1, _) => "minute".to_owned(),
        (60, _) => "hour".to_owned(),
        (_, 0) => format!("{} hours", minutes / 60),
        _ => format!("{minutes} minutes"),
    }
}

/// The days of a rule: `on Monday to Friday`, `on the 1st of every month`, `every day in June`.
fn days(rule: &DayRule) -> String {
    let any_day = rule.days == Values::range(1, 31);
    let any_weekday = rule.weekdays == Values::range(0, 6);
    let by_day = || format!("on {} of {}", days_of_month(rule), months_of(rule.months));
    let by_weekday = || format!("{}{}", weekdays(rule, "every month"), in_months(rule.months));
    match (rule.joined, any_day, any_weekday) {
        (Joined::Both, true, true) => format!("every day{}", in_months(rule.months)),
        (Joined::Either, any_day, any_weekday) if any_day || any_weekday => {
            format!("every day{}", in_months(rule.months))
        }
        (Joined::Both, false, true) => by_day(),
        (Joined::Both, true, false) => by_weekday(),
        (Joined::Both, false, false) => {
            let weekday = weekdays(rule, "the month");
            let weekday = weekday.trim_start_matches("on ").trim_start_matches("every ");
            format!("{} where that is {weekday}", by_day())
        }
        (Joined::Either, _, _) => format!("{} and also {}", by_day(), by_weekday()),
    }
}

/// `the 1st`, `the 1st, the 10th to the 12th and the last day`
fn days_of_month(rule: &DayRule) -> String {
    let numbered = spans(rule.days, |it| format!("the {it}{}", ordinal_ending(it)));
    let last = rule.last_day.then(|| "the last day".to_owned());
    list(numbered.into_iter().chain(last))
}

fn ordinal_ending(number: u32) -> &'static str {
    match (number % 10, number / 10) {
        (1, 0 | 2 | 3) => "st",
        (2, 0 | 2 | 3) => "nd",
        (3, 0 | 2 | 3) => "rd",
        _ => "th",
    }
}

/// `every Friday`, `on Monday to Friday`, `on the second Friday of every month`
fn weekdays(rule: &DayRule, of: &str) -> String {
    const WEEKS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    let name = |it: u32| names::WEEKDAYS[it as usize % 7].to_owned();
    let mut nth = rule.nth_weekdays.clone();
    nth.sort_unstable();
    nth.dedup();
    let in_weeks = nth.iter().map(|(day, week)| (*day, WEEKS[*week as usize - 1]));
    let in_last = rule.last_weekdays.iter().map(|day| (day, "last"));
    let in_weeks: Vec<_> = in_weeks
        .chain(in_last)
        .map(|(day, week)| format!("the {week} {} of {of}", name(day)))
        .collect();
    if rule.weekdays.count() == 1 && in_weeks.is_empty() {
        return format!("every {}", list(rule.weekdays.iter().map(name)));
    }
    let weekly = spans_from(rule.weekdays, 1, 7, name);
    format!("on {}", list(weekly.into_iter().chain(in_weeks)))
}

/// ` in June`, nothing for all months.
fn in_months(months: Values) -> String {
    if months.count() == 12 { String::new() } else { format!(" in {}", month_names(months)) }
}

/// `every month`, `June`
fn months_of(months: Values) -> String {
    if months.count() == 12 { "every month".to_owned() } else { month_names(months) }
}

fn month_names(months: Values) -> String {
    list(spans(months, |it| names::MONTHS[it as usize - 1].to_owned()))
}

/// The values by name, three and more in a row as `a to b`.
fn spans(values: Values, name: impl Fn(u32) -> String) -> Vec<String> {
    spans_from(values, 0, 64, name)
}

/// The same for values that begin anew after `modulus`, told from `first` on: weeks from Monday.
fn spans_from(
    values: Values,
    first: u32,
    modulus: u32,
    name: impl Fn(u32) -> String,
) -> Vec<String> {
    let in_order = (first..first + modulus).filter(|it| values.has(it % modulus));
    let mut rows: Vec<(u32, u32)> = Vec::new();
    for value in in_order {
        match rows.last_mut() {
            Some((_, last)) if *last + 1 == value => *last = value,
            _ => rows.push((value, value)),
        }
    }
    let words = rows.into_iter().flat_map(|(a, b)| match b - a {
        0 => vec![name(a)],
        1 => vec![name(a), name(b)],
        _ => vec![format!("{} to {}", name(a), name(b))],
    });
    words.collect()
}

/// `a`, `a and b`, `a, b and c`
fn list(items: impl IntoIterator<Item = String>) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    match (items.pop(), items.is_empty()) {
        (None, _) => String::new(),
        (Some(only), true) => only,
        (Some(last), false) => format!("{} and {last}", items.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Cron, Date, Duration};

    fn calendar(text: &str) -> Calendar {
        Calendar::new(Cron::parse(text).unwrap(), Zone::get("Europe/Berlin").unwrap())
    }

    fn sentence(text: &str) -> String {
        let words = calendar_sentence(&calendar(text), Bounds::default());
        words.strip_suffix(", Europe/Berlin").unwrap().to_owned()
    }

    #[test]
    fn times_of_the_day() {
        for (text, words) in [
            ("* * * * *", "every minute"),
            ("*/15 * * * *", "every 15 minutes"),
            ("5-59/15 * * * *", "every 15 minutes from 00:05 to 23:50"),
            ("*/45 * * * *", "at 0 and 45 minutes past every hour"),
            ("0 * * * *", "every hour"),
            ("7 * * * *", "every hour from 00:07 to 23:07"),
            ("0 */2 * * *", "every 2 hours"),
            ("0 */12 * * *", "at 00:00 and 12:00 every day"),
            ("0 */5 * * *", "at 00:00, 05:00, 10:00, 15:00 and 20:00 every day"),
            ("* 9 * * *", "every minute from 09:00 to 09:59 every day"),
            ("*/10 8-16 * * *", "every 10 minutes from 08:00 to 16:50 every day"),
            ("0 8-16 * * *", "every hour from 08:00 to 16:00 every day"),
            ("*/20 8,17 * * *", "at 08:00, 08:20, 08:40, 17:00, 17:20 and 17:40 every day"),
            (
                "*/15 8,17 * * *",
                "every 15 minutes from 08:00 to 08:45 and from 17:00 to 17:45 every day",
            ),
            ("0,45 8-11,17 * * *", "at 0 and 45 minutes past the hours 8 to 11 and 17 every day"),
            ("30 7 * * *", "at 07:30 every day"),
        ] {
            assert_eq!(sentence(text), words, "{text}");
        }
    }

    #[test]
    fn days_and_months() {
        for (days, words) in [
            ("* * mon-fri", "on Monday to Friday"),
            ("* * 5", "every Friday"),
            ("* * sat,sun", "on Saturday and Sunday"),
            ("* * 5-7,1", "on Monday and Friday to Sunday"),
            ("* * fri#2", "on the second Friday of every month"),
            ("* 6 mon,friL", "on Monday and the last Friday of every month in June"),
            ("1 * *", "on the 1st of every month"),
            (
                "1,2,3,11,22,L 1-3 *",
                "on the 1st to the 3rd, the 11th, the 22nd and the last day of January to March",
            ),
            ("* 2,7 *", "every day in February and July"),
            ("13 * fri", "on the 13th of every month and also every Friday"),
            ("13 6 fri", "on the 13th of June and also every Friday in June"),
            ("1-31 * fri", "every day"),
            ("13 * +fri", "on the 13th of every month where that is Friday"),
            (
                "1-7 * +mon-wed",
                "on the 1st to the 7th of every month where that is Monday to Wednesday",
            ),
            (
                "L * +friL",
                "on the last day of every month where that is the last Friday of the month",
            ),
        ] {
            assert_eq!(sentence(&format!("30 7 {days}")), format!("at 07:30 {words}"), "{days}");
        }
    }

    #[test]
    fn zones_exceptions_and_bounds() {
        let mut calendar = calendar("0 7 * * *");
        calendar
            .except
            .extend([Date::new(2026, 12, 24), Date::new(2026, 12, 25)].into_iter().flatten());
        let bounds = Bounds { from: Some(Instant::EPOCH), until: None };
        assert_eq!(
            describe(&Schedule::Cron { calendar: Box::new(calendar), bounds }),
            "at 07:00 every day, Europe/Berlin, except on 2026-12-24 and 2026-12-25, not before 1970-01-01T01:00:00+01:00"
        );
    }

    #[test]
    fn cadences_and_single_times() {
        let until = Some(Instant::from_seconds(86_400));
        let cadence =
            Cadence::new(Duration::MINUTE.times(90), Bounds { from: None, until }).unwrap();
        let every = Schedule::Every(cadence);
        let words =
            "every 1h30m from 1970-01-01T00:00:00Z on, only before 1970-01-02T00:00:00+00:00";
        assert_eq!(describe(&every), words);
        let both = Schedules(vec![Schedule::At(Instant::EPOCH), every]);
        assert_eq!(describe_all(&both), format!("once at 1970-01-01T00:00:00Z; and {words}"));
        assert_eq!(describe_all(&Schedules::default()), "by hand only");
    }
}
