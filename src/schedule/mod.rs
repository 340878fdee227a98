//! When things are due: cron expressions, cadences, time zones, and what follows from being late.
//!
//! Pure calendar arithmetic. Nothing here knows what time it is: every question takes its instant as an
//! argument, and equal questions get equal answers on every machine, since the zones come from the database
//! that is compiled in. Mistakes are data with byte offsets into the text that was read; their sentences are
//! made elsewhere.
//!
//! Read [`due`] first: [`Schedules`] is what a task has. A [`Calendar`] is a [`Cron`] expression in a [`Zone`].

mod calendar;
mod cron;
mod due;
mod findings;
mod literal;
mod time;
mod words;
mod zone;

pub use calendar::{Calendar, ClockNote};
pub(crate) use cron::names;
pub use cron::{
    Cron, CronError, CronErrorKind, CronFix, DayRule, Field, FieldKind, Foreign, Item, ItemKind,
    Joined, Never, Step, Values,
};
pub use due::{Bounds, Cadence, Schedule, Schedules};
pub use findings::{
    ClockChange, ClockEffect, EitherDay, EveryMinute, Finding, SkipsMonths, UnevenStep, findings,
};
pub use literal::{
    Literal, LiteralError, LiteralErrorKind, Part, parse_date, parse_instant, parse_literal,
};
pub use time::{Civil, Date, Duration, Instant};
pub use words::{describe, describe_all, describe_days, describe_note};
pub use zone::{Change, Reading, UnknownZone, Zone, ZoneProblem, database_version};
