//! The stretches that calendars are divided into.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use super::super::native::choice;
use super::outside_of_time;
use crate::value::Fault;

choice! {
    /// What a day is part of.
    DateUnit {
        Day = "day",
        Week = "week",
        Month = "month",
        Quarter = "quarter",
        Year = "year",
    }
}

choice! {
    /// What an instant is part of.
    TimeUnit {
        Hour = "hour",
        Day = "day",
        Week = "week",
        Month = "month",
        Quarter = "quarter",
        Year = "year",
    }
}

impl TimeUnit {
    /// The unit of days; nothing for an hour.
    pub(in crate::stdlib) fn of_days(self) -> Option<DateUnit> {
        match self {
            Self::Hour => None,
            Self::Day => Some(DateUnit::Day),
            Self::Week => Some(DateUnit::Week),
            Self::Month => Some(DateUnit::Month),
            Self::Quarter => Some(DateUnit::Quarter),
            Self::Year => Some(DateUnit::Year),
        }
    }
}

impl DateUnit {
    /// The first day of the unit that a day lies in.
    pub(in crate::stdlib) fn start(self, day: Date) -> Result<Date, Fault> {
        let first_of = |month| Date::new(day.year(), month, 1).map_err(|_| outside_of_time());
        match self {
            Self::Day => Ok(day),
            Self::Week => {
                let back = day.weekday().since(Weekday::Monday);
                day.checked_sub(i64::from(back).days()).map_err(|_| outside_of_time())
            }
            Self::Month => Ok(day.first_of_month()),
            Self::Quarter => first_of((day.month() - 1) / 3 * 3 + 1),
            Self::Year => Ok(day.first_of_year()),
        }
    }

    /// The first day of the next unit.
    pub(in crate::stdlib) fn next(self, day: Date) -> Result<Date, Fault> {
        let length: Span = match self {
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            Self::Quarter => 3.months(),
            Self::Year => 1.year(),
        };
        self.start(day)?.checked_add(length).map_err(|_| outside_of_time())
    }

    /// The last day of the unit that a day lies in.
    pub(in crate::stdlib) fn end(self, day: Date) -> Result<Date, Fault> {
        match self {
            Self::Day => Ok(day),
            Self::Year => Ok(day.last_of_year()),
            Self::Month => Ok(day.last_of_month()),
            // The last quarter of the calendar has no next one.
            Self::Quarter => {
                let start = self.start(day)?;
                Date::new(start.year(), start.month() + 2, 1)
                    .map(Date::last_of_month)
                    .map_err(|_| outside_of_time())
            }
            Self::Week => self.start(day)?.checked_add(6.days()).map_err(|_| outside_of_time()),
        }
    }
}
