//! What can be wrong with a cron expression, as data: places, kinds and what to write instead. No sentences.

use std::ops::Range;

use super::field::FieldKind;

/// A mistake in a cron expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronError {
    /// The bytes of the expression that must change.
    pub span: Range<usize>,
    /// What is wrong there.
    pub kind: CronErrorKind,
    /// What to write instead, the likeliest first. Each makes a whole expression that parses.
    pub fixes: Vec<CronFix>,
}

/// A replacement of some bytes of a cron expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronFix {
    /// The bytes to replace.
    pub span: Range<usize>,
    /// What stands there instead.
    pub text: String,
    /// Whether it certainly says what was meant.
    pub certain: bool,
}

/// The kinds of mistake in a cron expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CronErrorKind {
    /// A schedule has five fields. Six and seven come with a second in front, a year behind, or both.
    FieldCount {
        /// How many there are.
        found: usize,
    },
    /// No nickname is called that: `@fortnightly`.
    UnknownNickname,
    /// A number that the field does not have.
    OutOfRange {
        /// The field.
        field: FieldKind,
        /// The number as it was written.
        value: String,
    },
    /// A range whose end lies before its start.
    Backwards {
        /// The field.
        field: FieldKind,
    },
    /// Neither a number nor a name that the field knows.
    NotAValue {
        /// The field.
        field: FieldKind,
        /// What was written.
        text: String,
    },
    /// Nothing where a value belongs: `1,,2`, `5-`, `*/`.
    MissingValue {
        /// The field.
        field: FieldKind,
    },
    /// A step that is not a number from 1 up.
    BadStep {
        /// The field.
        field: FieldKind,
        /// What was written behind the slash.
        step: String,
    },
    /// A step behind a single value: `5/15`. Some dialects read it as "from 5 on".
    StepWithoutRange {
        /// The field.
        field: FieldKind,
    },
    /// A week of the month that is not 1 to 5: `fri#6`.
    NoSuchWeek {
        /// What was written behind the `#`.
        week: String,
    },
    /// `+` elsewhere than before the day of week.
    MisplacedPlus,
    /// A sign of another dialect.
    Foreign(Foreign),
    /// No day is ever one on which it runs.
    Never(Never),
}

/// What other dialects write and this one does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// `?` of Quartz: no restriction.
    QuestionMark,
    /// `15W` of Quartz: the working day nearest to the 15th.
    NearestWorkday,
    /// `LW` of Quartz: the last working day of the month.
    LastWorkday,
    /// `L-3` of Quartz: so many days before the last day of the month.
    DaysBeforeLast,
    /// `L` as the day of week, in Quartz the seventh: Saturday.
    LastAsSaturday,
    /// `H` of Jenkins: a value by the job's hash.
    Hash,
    /// `@reboot` of Vixie cron: when the machine starts.
    Reboot,
    /// `@every 5m` of Go's cron: a cadence, which has a header of its own.
    Every {
        /// What stands behind the word.
        duration: String,
    },
    /// `@midnight` and `@annually`, other words for nicknames that there are.
    Nickname,
}

/// Why an expression matches no day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Never {
    /// The months have no such day.
    NoSuchDay {
        /// The earliest day that is asked for.
        day: u32,
        /// The months that are asked for, from 1.
        months: Vec<u32>,
        /// How many days the longest of them has.
        longest: u32,
        /// The bytes of the month field.
        month_span: Range<usize>,
    },
    /// The days of the month never fall on the days of the week: `8-14 * +fri#1`.
    NoSuchWeekday {
        /// The bytes of the day of week field.
        weekday_span: Range<usize>,
    },
}

impl CronError {
    pub(super) fn new(span: Range<usize>, kind: CronErrorKind) -> Self {
        Self { span, kind, fixes: Vec::new() }
    }

    /// Adds a replacement of the error's own span.
    pub(super) fn or(self, text: impl Into<String>, certain: bool) -> Self {
        let span = self.span.clone();
        self.or_at(span, text, certain)
    }

    pub(super) fn or_at(
        mut self,
        span: Range<usize>,
        text: impl Into<String>,
        certain: bool,
    ) -> Self {
        self.fixes.push(CronFix { span, text: text.into(), certain });
        self
    }
}

impl CronFix {
    /// The whole expression with the replacement made.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let (before, after) = (text.get(..self.span.start), text.get(self.span.end..));
        format!("{}{}{}", before.unwrap_or_default(), self.text, after.unwrap_or_default())
    }
}
