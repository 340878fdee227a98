//! One field of a cron expression: its text to the values that it allows.

use std::ops::Range;

use super::error::{CronError, CronErrorKind, Foreign};
use super::names::{MONTHS, WEEKDAYS};

/// The five fields in the order they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldKind {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// 1 to 31.
    DayOfMonth,
    /// 1 to 12.
    Month,
    /// 0 to 6 from Sunday; 7 is Sunday too.
    DayOfWeek,
}

impl FieldKind {
    /// All five in the order they are written.
    pub const ALL: [Self; 5] =
        [Self::Minute, Self::Hour, Self::DayOfMonth, Self::Month, Self::DayOfWeek];

    /// The smallest value and the largest that may be written.
    #[must_use]
    pub fn bounds(self) -> (u32, u32) {
        match self {
            Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::DayOfMonth => (1, 31),
            Self::Month => (1, 12),
            Self::DayOfWeek => (0, 7),
        }
    }

    /// Every value that the field can have, Sunday once.
    #[must_use]
    pub fn all_values(self) -> Values {
        let (low, high) = self.bounds();
        Values::range(low, if self == Self::DayOfWeek { 6 } else { high })
    }

    /// The names that stand for values, and the value of the first.
    fn names(self) -> (&'static [&'static str], u32) {
        match self {
            Self::Minute | Self::Hour | Self::DayOfMonth => (&[], 0),
            Self::Month => (&MONTHS, 1),
            Self::DayOfWeek => (&WEEKDAYS, 0),
        }
    }

    /// The value of a name: its first three letters, or all of them.
    #[must_use]
    pub fn named(self, text: &str) -> Option<u32> {
        let (names, first) = self.names();
        let is =
            |name: &&&str| name.eq_ignore_ascii_case(text) || name[..3].eq_ignore_ascii_case(text);
        let index = names.iter().position(|name| is(&name))?;
        u32::try_from(index).ok().map(|it| it + first)
    }
}

/// A set of numbers below 64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values(u64);

impl Values {
    /// The numbers from `low` to `high`, both taken in.
    #[must_use]
    pub fn range(low: u32, high: u32) -> Self {
        (low..=high).collect()
    }

    /// Whether `value` is among them.
    #[must_use]
    pub fn has(self, value: u32) -> bool {
        value < u64::BITS && self.0 & (1 << value) != 0
    }

    /// The numbers in either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    #[must_use]
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The numbers in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = u32> + Clone {
        (0..u64::BITS).filter(move |it| self.has(*it))
    }
}

impl FromIterator<u32> for Values {
    fn from_iter<T: IntoIterator<Item = u32>>(values: T) -> Self {
        Self(values.into_iter().fold(0, |set, value| set | 1 << value))
    }
}

/// A field as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Which of the five.
    pub kind: FieldKind,
    /// Its bytes in the expression.
    pub span: Range<usize>,
    /// Whether it begins with `*`: then Vixie cron counts it as unrestricted.
    pub star: bool,
    /// Whether `+` stands before it: both day fields must match.
    pub plus: bool,
    /// What stands between its commas.
    pub items: Vec<Item>,
}

/// What stands between two commas of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its bytes in the expression.
    pub span: Range<usize>,
    /// What it allows.
    pub kind: ItemKind,
}

/// The kinds of item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// `5`, `1-5`, `*`, `*/10`, `1-30/7`
    Plain {
        /// The values, Sunday as 0.
        values: Values,
        /// What stands behind the slash.
        step: Option<Step>,
    },
    /// `L`: the last day of the month.
    LastDay,
    /// `fri#2`: the second Friday of the month.
    Nth {
        /// 0 for Sunday.
        weekday: u32,
        /// 1 to 5.
        week: u32,
    },
    /// `friL`: the last Friday of the month.
    LastWeekday {
        /// 0 for Sunday.
        weekday: u32,
    },
}

/// The step of `*/10` or `1-30/7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How far it goes at once.
    pub size: u32,
    /// Whether it goes over the whole field, so that the field's end cuts its last stretch short.
    pub whole: bool,
}

impl Field {
    /// The values that are allowed by number, the forms with `L` and `#` aside.
    #[must_use]
    pub fn values(&self) -> Values {
        let plain = self.items.iter().map(|item| match &item.kind {
            ItemKind::Plain { values, .. } => *values,
            ItemKind::LastDay | ItemKind::Nth { .. } | ItemKind::LastWeekday { .. } => {
                Values::default()
            }
        });
        plain.fold(Values::default(), Values::or)
    }
}

/// A part of the expression with where it stands.
#[derive(Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl Piece<'_> {
    pub(super) fn span(self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }

    /// The bytes from `from` on.
    fn from(self, from: usize) -> Self {
        Piece { text: &self.text[from..], at: self.at + from }
    }

    fn split_once(self, sign: char) -> Option<(Self, Self)> {
        let (left, right) = self.text.split_once(sign)?;
        let right = Piece { text: right, at: self.at + left.len() + sign.len_utf8() };
        Some((Piece { text: left, at: self.at }, right))
    }

    /// What stands between the signs, and nothing in the place of nothing.
    fn split(self, sign: char) -> impl Iterator<Item = Self> {
        let start = self.text.as_ptr() as usize;
        self.text
            .split(sign)
            .map(move |text| Piece { text, at: self.at + (text.as_ptr() as usize - start) })
    }
}

/// Reads one field; the first mistake in it ends the reading.
pub(super) fn parse(kind: FieldKind, written: Piece<'_>) -> Result<Field, CronError> {
    let plus = kind == FieldKind::DayOfWeek && written.text.starts_with('+');
    let list = written.from(usize::from(plus));
    let items = list.split(',').map(|it| item(kind, it)).collect::<Result<_, _>>()?;
    let star = written.text.starts_with('*');
    Ok(Field { kind, span: written.span(), star, plus, items })
}

fn item(kind: FieldKind, written: Piece<'_>) -> Result<Item, CronError> {
    if let Some(error) = foreign(kind, written) {
        return Err(error);
    }
    let special = match kind {
        FieldKind::DayOfMonth if written.text.eq_ignore_ascii_case("l") => Some(ItemKind::LastDay),
        FieldKind::DayOfWeek => weekday_of_month(written).transpose()?,
        FieldKind::Minute | FieldKind::Hour | FieldKind::DayOfMonth | FieldKind::Month => None,
    };
    let kind = match special {
        Some(kind) => kind,
        None => plain(kind, written)?,
    };
    Ok(Item { span: written.span(), kind })
}

/// `fri#2` or `friL`, if the item has that form.
fn weekday_of_month(written: Piece<'_>) -> Option<Result<ItemKind, CronError>> {
    if let Some((day, week)) = written.split_once('#') {
        return Some(nth(day, week));
    }
    let day = written.text.strip_suffix(['l', 'L']).filter(|it| !it.is_empty())?;
    let weekday = value(FieldKind::DayOfWeek, Piece { text: day, ..written });
    Some(weekday.map(|it| ItemKind::LastWeekday { weekday: it % 7 }))
}

fn nth(day: Piece<'_>, week: Piece<'_>) -> Result<ItemKind, CronError> {
    let weekday = value(FieldKind::DayOfWeek, day)? % 7;
    match number(week.text) {
        Some(week @ 1..=5) => Ok(ItemKind::Nth { weekday, week }),
        _ => Err(CronError::new(
            week.span(),
            CronErrorKind::NoSuchWeek { week: week.text.to_owned() },
        )),
    }
}

fn plain(kind: FieldKind, written: Piece<'_>) -> Result<ItemKind, CronError> {
    let (base, step) = match written.split_once('/') {
        Some((base, step)) => (base, Some(step)),
        None => (written, None),
    };
    let size = step.map(|it| step_size(kind, it)).transpose()?;
    let (low, high) = match (base.text, base.split_once('-')) {
        ("*", _) => whole(kind),
        (_, Some(ends)) => range(kind, base, ends, size)?,
        (_, None) => {
            let only = value(kind, base)?;
            if let Some(size) = size {
                return Err(step_without_range(kind, written, base, size));
            }
            (only, only)
        }
    };
    let stride = size.unwrap_or(1) as usize;
    let values = (low..=high).step_by(stride).map(|it| canonical(kind, it)).collect();
    let step = size.map(|size| Step { size, whole: (low, high) == whole(kind) });
    Ok(ItemKind::Plain { values, step })
}

fn whole(kind: FieldKind) -> (u32, u32) {
    let all = kind.all_values();
    (all.iter().next().unwrap_or(0), all.iter().next_back().unwrap_or(0))
}

fn canonical(kind: FieldKind, value: u32) -> u32 {
    if kind == FieldKind::DayOfWeek { value % 7 } else { value }
}

fn step_size(kind: FieldKind, written: Piece<'_>) -> Result<u32, CronError> {
    if written.text.is_empty() {
        return Err(CronError::new(written.span(), CronErrorKind::MissingValue { field: kind }));
    }
    let bad = || CronErrorKind::BadStep { field: kind, step: written.text.to_owned() };
    number(written.text).filter(|it| *it > 0).ok_or_else(|| CronError::new(written.span(), bad()))
}

fn step_without_range(
    kind: FieldKind,
    written: Piece<'_>,
    start: Piece<'_>,
    size: u32,
) -> CronError {
    let (_, last) = whole(kind);
    CronError::new(written.span(), CronErrorKind::StepWithoutRange { field: kind })
        .or(format!("{}-{}/{size}", start.text, name(kind, last)), false)
}

fn range(
    kind: FieldKind,
    written: Piece<'_>,
    ends: (Piece<'_>, Piece<'_>),
    step: Option<u32>,
) -> Result<(u32, u32), CronError> {
    let low = value(kind, ends.0)?;
    let high = end_value(kind, ends.1)?;
    let low = if kind == FieldKind::DayOfWeek && low == 7 && high < 7 { 0 } else { low };
    // "Friday to Sunday" is said so often that it counts as 5-7.
    let sunday_by_name = kind == FieldKind::DayOfWeek && high == 0 && !ends.1.text.starts_with('0');
    let high = if sunday_by_name && low > 0 { 7 } else { high };
    if low <= high {
        return Ok((low, high));
    }
    let error = CronError::new(written.span(), CronErrorKind::Backwards { field: kind });
    Err(match step {
        None => error.or(around(kind, low, high), true),
        // The step counts on across the end of the field: only a list says so.
        Some(size) => {
            let span = ends.0.at..ends.1.span().end + 1 + size.to_string().len();
            error.or_at(span, around_in_steps(kind, low, high, size), false)
        }
    })
}

/// The end of a range: 24 hours and 60 minutes are past the field's end, and meant as the end.
fn end_value(kind: FieldKind, written: Piece<'_>) -> Result<u32, CronError> {
    value(kind, written).map_err(|mut error| {
        let (_, last) = kind.bounds();
        if number(written.text) == Some(last + 1) {
            error.fixes.clear();
            return error.or(last.to_string(), true);
        }
        error
    })
}

/// `22-23,0-2` for 22 to 2.
fn around(kind: FieldKind, low: u32, high: u32) -> String {
    let (first, last) = whole(kind);
    let part = |a, b| {
        let start = name(kind, a);
        if a == b { start } else { format!("{start}-{}", name(kind, b)) }
    };
    if kind == FieldKind::DayOfWeek && high == 0 {
        return format!("{low}-7");
    }
    format!("{},{}", part(low, last), part(first, high))
}

fn around_in_steps(kind: FieldKind, low: u32, high: u32, size: u32) -> String {
    let all = kind.all_values();
    let cycle =
        all.iter().skip_while(|it| *it != low).chain(all.iter().take_while(|it| *it <= high));
    cycle.step_by(size as usize).map(|it| name(kind, it)).collect::<Vec<_>>().join(",")
}

/// A value as one would write it: by name where the field has names.
pub(super) fn name(kind: FieldKind, value: u32) -> String {
    let (names, first) = kind.names();
    let name = value.checked_sub(first).and_then(|it| names.get(it as usize));
    name.map_or_else(|| value.to_string(), |it| it[..3].to_ascii_lowercase())
}

/// A number or a name.
fn value(kind: FieldKind, written: Piece<'_>) -> Result<u32, CronError> {
    let error = |kind| CronError::new(written.span(), kind);
    let text = written.text;
    if text.is_empty() {
        return Err(error(CronErrorKind::MissingValue { field: kind }));
    }
    if let Some(value) = kind.named(text) {
        return Ok(value);
    }
    if !text.bytes().all(|it| it.is_ascii_digit()) {
        if text.starts_with('+') {
            return Err(error(CronErrorKind::MisplacedPlus));
        }
        let error = error(CronErrorKind::NotAValue { field: kind, text: text.to_owned() });
        return Err(nearest_name(kind, text).into_iter().fold(error, |it, name| it.or(name, true)));
    }
    let (low, high) = kind.bounds();
    match number(text) {
        Some(value) if (low..=high).contains(&value) => Ok(value),
        value => {
            let error = error(CronErrorKind::OutOfRange { field: kind, value: text.to_owned() });
            Err(match meant(kind, value) {
                Some((text, certain)) => error.or(text, certain),
                None => error,
            })
        }
    }
}

/// What people mean by a number that is just out of range.
fn meant(kind: FieldKind, value: Option<u32>) -> Option<(&'static str, bool)> {
    match (kind, value?) {
        (FieldKind::Hour, 24) => Some(("0", true)),
        (FieldKind::Minute, 60) => Some(("0", false)),
        (FieldKind::DayOfMonth, 32) => Some(("L", false)),
        (FieldKind::DayOfMonth | FieldKind::Month, 0) => Some(("1", false)),
        _ => None,
    }
}

/// The name that begins like what was written: `mo`, `tues`, `sept`, `weds`.
fn nearest_name(kind: FieldKind, text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let head: String = lower.chars().take(3).collect();
    let (names, first) = kind.names();
    let mut begin =
        names.iter().zip(first..).filter(|(name, _)| name.to_ascii_lowercase().starts_with(&head));
    let (_, value) = begin.next().filter(|_| begin.next().is_none() && head.len() > 1)?;
    Some(name(kind, value))
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|it| it.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Signs of other dialects. Those that have an exact counterpart come with it.
fn foreign(kind: FieldKind, written: Piece<'_>) -> Option<CronError> {
    let lower = written.text.to_ascii_lowercase();
    let error = |what| CronError::new(written.span(), CronErrorKind::Foreign(what));
    let is_day = kind == FieldKind::DayOfMonth;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    match lower.as_str() {
        "?" => Some(error(Foreign::QuestionMark).or("*", true)),
        "lw" | "wl" if is_day => Some(error(Foreign::LastWorkday)),
        it if is_day && it.strip_suffix('w').is_some_and(digits) => {
            Some(error(Foreign::NearestWorkday))
        }
        it if is_day && it.starts_with("l-") => Some(error(Foreign::DaysBeforeLast)),
        "l" if kind == FieldKind::DayOfWeek => {
            Some(error(Foreign::LastAsSaturday).or("sat", false))
        }
        it if it == "h" || it.starts_with("h/") || it.starts_with("h(") => {
            Some(error(Foreign::Hash).or(spread(kind, it), false))
        }
        _ => None,
    }
}

/// A value in the place of Jenkins' `H`: the step without the hash, or the field's first value.
fn spread(kind: FieldKind, hash: &str) -> String {
    match hash.rsplit_once('/').and_then(|(_, step)| number(step)) {
        Some(step) if step > 0 => format!("*/{step}"),
        _ => whole(kind).0.to_string(),
    }
}
