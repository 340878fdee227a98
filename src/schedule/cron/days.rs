//! Which days an expression runs on: the two day fields together.

use super::error::Never;
use super::field::{Field, ItemKind, Values};
use crate::schedule::time::Date;

/// How the two day fields are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// A day must match both: one of them begins with `*`, or `+` stands before the day of week.
    Both,
    /// A day must match one of them.
    Either,
}

/// The day fields and the month field as sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRule {
    /// Days of the month by number.
    pub days: Values,
    /// Whether `L` is among the days of the month.
    pub last_day: bool,
    /// Days of the week that match in every week, 0 for Sunday.
    pub weekdays: Values,
    /// `fri#2` as (5, 2).
    pub nth_weekdays: Vec<(u32, u32)>,
    /// Days of the week that match in the last week of the month.
    pub last_weekdays: Values,
    /// Months from 1.
    pub months: Values,
    /// How the two day fields are joined.
    pub joined: Joined,
}

impl DayRule {
    /// What three fields say together.
    pub(super) fn new(day_of_month: &Field, month: &Field, day_of_week: &Field) -> Self {
        let unrestricted = day_of_month.star || day_of_week.star;
        let joined = if unrestricted || day_of_week.plus { Joined::Both } else { Joined::Either };
        let mut rule = Self {
            days: day_of_month.values(),
            last_day: false,
            weekdays: day_of_week.values(),
            nth_weekdays: Vec::new(),
            last_weekdays: Values::default(),
            months: month.values(),
            joined,
        };
        for item in day_of_month.items.iter().chain(&day_of_week.items) {
            match item.kind {
                ItemKind::Plain { .. } => {}
                ItemKind::LastDay => rule.last_day = true,
                ItemKind::Nth { weekday, week } => rule.nth_weekdays.push((weekday, week)),
                ItemKind::LastWeekday { weekday } => {
                    rule.last_weekdays = rule.last_weekdays.or(Values::range(weekday, weekday));
                }
            }
        }
        rule
    }

    /// Whether the expression runs on that day.
    #[must_use]
    pub fn matches(&self, date: Date) -> bool {
        let (_, month, day) = date.parts();
        let length = date.month_length();
        let by_day = || self.matches_day(day, length);
        let by_weekday = || self.matches_weekday(date.weekday(), day, length);
        self.months.has(month)
            && match self.joined {
                Joined::Both => by_day() && by_weekday(),
                Joined::Either => by_day() || by_weekday(),
            }
    }

    fn matches_day(&self, day: u32, length: u32) -> bool {
        self.days.has(day) || self.last_day && day == length
    }

    fn matches_weekday(&self, weekday: u32, day: u32, length: u32) -> bool {
        self.weekdays.has(weekday)
            || self.nth_weekdays.contains(&(weekday, (day - 1) / 7 + 1))
            || self.last_weekdays.has(weekday) && day + 7 > length
    }

    /// The numbers that days of the month can have which match, whatever the month and the day of week.
    pub(super) fn candidate_days(&self) -> Values {
        match self.joined {
            Joined::Either => Values::range(1, 31),
            Joined::Both if self.last_day => self.days.or(Values::range(28, 31)),
            Joined::Both => self.days,
        }
    }

    /// The days of the week on which days can fall that match.
    pub(super) fn candidate_weekdays(&self) -> Values {
        match self.joined {
            Joined::Either => Values::range(0, 6),
            Joined::Both => {
                let nth = self.nth_weekdays.iter().map(|(weekday, _)| *weekday).collect();
                self.weekdays.or(self.last_weekdays).or(nth)
            }
        }
    }

    /// Why no day of any year matches, if that is so.
    ///
    /// Whether a day matches depends on nothing but its number, its month, the month's length and its day of
    /// week. Within any 28 years of one century all that can be has been, so looking through them decides.
    pub(super) fn never(&self, month: &Field, day_of_week: &Field) -> Option<Never> {
        let first = Date::new(2000, 1, 1).expect("a day of the calendar");
        let past = Date::new(2028, 1, 1).expect("a day of the calendar");
        if (first.0..past.0).any(|day| self.matches(Date(day))) {
            return None;
        }
        let longest = self.months.iter().map(longest_length).max().unwrap_or(0);
        let day = self.days.iter().next().unwrap_or(0);
        if day > longest && !self.last_day {
            let months = self.months.iter().collect();
            return Some(Never::NoSuchDay { day, months, longest, month_span: month.span.clone() });
        }
        Some(Never::NoSuchWeekday { weekday_span: day_of_week.span.clone() })
    }
}

/// How many days the month has in a leap year.
fn longest_length(month: u32) -> u32 {
    Date::new(2000, month, 1).map_or(0, Date::month_length)
}
