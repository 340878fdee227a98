//! What SQLite cannot compute by itself: checked integers, Unicode text, floats.
//!
//! Every function gives null where an argument is null, except where it says otherwise, and has no effect beside its
//! result.

use std::borrow::Cow;

use regex::Regex;
use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rust_decimal::Decimal;

use super::errors::Failure;
use super::{cells, decimals};

const INT_TOO_LARGE: &str = "a number is larger than an int can hold";

/// Makes the functions known to a connection.
pub(super) fn register(db: &Connection) -> rusqlite::Result<()> {
    integers(db)?;
    floats(db)?;
    texts(db)?;
    db.create_aggregate_function("task_list", 1, FLAGS, Gather)?;
    db.create_aggregate_function("task_duration_avg", 1, FLAGS, DurationAverage)
}

fn integers(db: &Connection) -> rusqlite::Result<()> {
    fn checked(
        db: &Connection,
        name: &'static str,
        function: fn(i64, i64) -> Option<i64>,
    ) -> rusqlite::Result<()> {
        scalar(db, name, 2, move |args| {
            let result = function(args.int(0)?, args.int(1)?);
            result.map(Out::Int).ok_or(Failure::Overflow(INT_TOO_LARGE))
        })
    }
    fn divided(
        db: &Connection,
        name: &'static str,
        function: fn(i64, i64) -> Option<i64>,
    ) -> rusqlite::Result<()> {
        scalar(db, name, 2, move |args| match (args.int(0)?, args.int(1)?) {
            (_, 0) => Err(Failure::DivisionByZero),
            (a, b) => function(a, b).map(Out::Int).ok_or(Failure::Overflow(INT_TOO_LARGE)),
        })
    }
    checked(db, "task_int_add", i64::checked_add)?;
    checked(db, "task_int_sub", i64::checked_sub)?;
    checked(db, "task_int_mul", i64::checked_mul)?;
    divided(db, "task_int_div", i64::checked_div)?;
    divided(db, "task_int_rem", |a, b| Some(a.wrapping_rem(b)))?;
    scalar(db, "task_int_neg", 1, |args| {
        args.int(0)?.checked_neg().map(Out::Int).ok_or(Failure::Overflow(INT_TOO_LARGE))
    })?;
    scalar(db, "task_int_abs", 1, |args| {
        args.int(0)?.checked_abs().map(Out::Int).ok_or(Failure::Overflow(INT_TOO_LARGE))
    })
}

fn floats(db: &Connection) -> rusqlite::Result<()> {
    fn divided(
        db: &Connection,
        name: &'static str,
        function: fn(f64, f64) -> f64,
    ) -> rusqlite::Result<()> {
        scalar(db, name, 2, move |args| {
            let (left, right) = (args.float(0)?, args.float(1)?);
            if right == 0.0 {
                return Err(Failure::DivisionByZero);
            }
            Ok(Out::Float(function(left, right)))
        })
    }
    divided(db, "task_float_div", |a, b| a / b)?;
    divided(db, "task_float_rem", |a, b| a % b)?;
    for (name, function) in [
        ("task_float_neg", (|it: f64| -it) as fn(f64) -> f64),
        ("task_float_abs", f64::abs),
        ("task_float_floor", f64::floor),
        ("task_float_ceil", f64::ceil),
        ("task_to_float", |it| it),
    ] {
        scalar(db, name, 1, move |args| Ok(Out::Float(function(args.float(0)?))))?;
    }
    scalar(db, "task_float_round", 3, |args| {
        Ok(Out::Float(round_float(args.float(0)?, args.int(1)?, &args.text(2)?)?))
    })
}

/// Rounds the digits that people see. A float that no decimal can hold has none behind the point, or is as good as the
/// smallest that one can.
fn round_float(number: f64, places: i64, mode: &str) -> Result<f64, Failure> {
    const SMALL: f64 = 1e-20;
    let decimal = match Decimal::from_str_exact(&number.to_string()) {
        Ok(decimal) => decimal,
        Err(_) if number != 0.0 && number.abs() < SMALL => {
            Decimal::new(if number < 0.0 { -1 } else { 1 }, Decimal::MAX_SCALE)
        }
        Err(_) => return Ok(number),
    };
    let rounded = decimals::round(decimal, places, mode)?;
    Ok(rounded.to_string().parse().unwrap_or(number))
}

fn texts(db: &Connection) -> rusqlite::Result<()> {
    scalar(db, "task_lower", 1, |args| Ok(Out::Text(args.text(0)?.to_lowercase())))?;
    scalar(db, "task_upper", 1, |args| Ok(Out::Text(args.text(0)?.to_uppercase())))?;
    scalar(db, "task_trim", 1, |args| Ok(Out::Text(args.text(0)?.trim().to_owned())))?;
    test(db, "task_contains", |text, part| text.contains(part))?;
    test(db, "task_starts_with", |text, part| text.starts_with(part))?;
    test(db, "task_ends_with", |text, part| text.ends_with(part))?;
    test(db, "task_like", like)?;
    scalar(db, "task_prefix_end", 1, |args| {
        Ok(prefix_end(&args.text(0)?).map_or(Out::Bytes(vec![0xff]), Out::Text))
    })?;
    scalar_with_null(db, "task_slice", 3, |args| {
        if args.is_null(0) || args.is_null(1) {
            return Ok(Out::Null);
        }
        let end = if args.is_null(2) { None } else { Some(args.int(2)?) };
        Ok(Out::Text(slice(&args.text(0)?, args.int(1)?, end)))
    })?;
    db.create_scalar_function("task_matches", 2, FLAGS, |context| {
        if context.get_raw(0) == ValueRef::Null {
            return Ok(None);
        }
        let regex = context.get_or_create_aux(1, |pattern| -> Result<_, rusqlite::Error> {
            let pattern = pattern.as_str().map_err(|_| other("a pattern is a text"))?;
            Ok(Regex::new(pattern).map_err(|error| no_regex(pattern, &error))?)
        })?;
        Ok(Some(regex.is_match(&Args(context).text(0)?)))
    })
}

fn no_regex(pattern: &str, error: &regex::Error) -> Failure {
    let full = error.to_string();
    let last = full.lines().last().unwrap_or_default().trim();
    let what = last.strip_prefix("error: ").unwrap_or(last);
    Failure::Other(format!("`{pattern}` is no regular expression: {what}"))
}

/// A test of two texts, with an optional third argument: whether case is ignored.
fn test(db: &Connection, name: &'static str, test: fn(&str, &str) -> bool) -> rusqlite::Result<()> {
    scalar(db, name, 2, move |args| Ok(Out::Bool(test(&args.text(0)?, &args.text(1)?))))?;
    scalar(db, name, 3, move |args| {
        let (text, part) = (args.text(0)?, args.text(1)?);
        let ignore_case = args.int(2)? != 0;
        Ok(Out::Bool(if ignore_case {
            test(&text.to_lowercase(), &part.to_lowercase())
        } else {
            test(&text, &part)
        }))
    })
}

/// The first text, in the order of code points, that is larger than every text that begins with `prefix`.
fn prefix_end(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// The code points from `start` up to `end`; below 0 they count from the end of the text.
fn slice(text: &str, start: i64, end: Option<i64>) -> String {
    let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let place = |at: i64| {
        let at = if at < 0 { at.saturating_add(length) } else { at };
        usize::try_from(at.clamp(0, length)).unwrap_or(0)
    };
    let (start, end) = (place(start), end.map_or(place(length), place));
    text.chars().skip(start).take(end.saturating_sub(start)).collect()
}

/// `%` stands for any characters, `_` for one, `\` takes the next as it is.
fn like(text: &str, pattern: &str) -> bool {
    let pattern = like_parts(pattern);
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut part) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(part) {
            Some(LikePart::Any) => {
                retry = Some((at, part));
                part += 1;
            }
            Some(LikePart::One) => (at, part) = (at + 1, part + 1),
            Some(LikePart::Char(c)) if *c == text[at] => (at, part) = (at + 1, part + 1),
            Some(LikePart::Char(_)) | None => {
                let Some((from, any)) = retry else { return false };
                retry = Some((from + 1, any));
                (at, part) = (from + 1, any + 1);
            }
        }
    }
    pattern[part..].iter().all(|it| matches!(it, LikePart::Any))
}

enum LikePart {
    Any,
    One,
    Char(char),
}

fn like_parts(pattern: &str) -> Vec<LikePart> {
    let mut chars = pattern.chars();
    let mut parts = Vec::new();
    while let Some(c) = chars.next() {
        parts.push(match c {
            '%' => LikePart::Any,
            '_' => LikePart::One,
            '\\' => LikePart::Char(chars.next().unwrap_or('\\')),
            other => LikePart::Char(other),
        });
    }
    parts
}

/// All values but null, as a JSON array of their stored forms.
struct Gather;

impl Aggregate<String, String> for Gather {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<String> {
        Ok(String::new())
    }

    fn step(&self, context: &mut Context<'_>, json: &mut String) -> rusqlite::Result<()> {
        let cell = context.get_raw(0);
        if cell != ValueRef::Null {
            json.push(if json.is_empty() { '[' } else { ',' });
            cells::push_json(json, cell)?;
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, json: Option<String>) -> rusqlite::Result<String> {
        let filled = json.filter(|it| !it.is_empty());
        Ok(filled.map_or_else(|| "[]".to_owned(), |it| it + "]"))
    }
}

/// In whole microseconds, towards zero.
struct DurationAverage;

impl Aggregate<(i128, i128), Option<i64>> for DurationAverage {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<(i128, i128)> {
        Ok((0, 0))
    }

    fn step(
        &self,
        context: &mut Context<'_>,
        (sum, count): &mut (i128, i128),
    ) -> rusqlite::Result<()> {
        if context.get_raw(0) != ValueRef::Null {
            *sum += i128::from(Args(context).int(0)?);
            *count += 1;
        }
        Ok(())
    }

    fn finalize(
        &self,
        _: &mut Context<'_>,
        gathered: Option<(i128, i128)>,
    ) -> rusqlite::Result<Option<i64>> {
        Ok(gathered.filter(|it| it.1 > 0).and_then(|(sum, count)| i64::try_from(sum / count).ok()))
    }
}

pub(super) const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// A function that gives null where an argument is null.
pub(super) fn scalar(
    db: &Connection,
    name: &'static str,
    arguments: i32,
    function: impl Fn(&Args) -> Result<Out, Failure> + Send + 'static,
) -> rusqlite::Result<()> {
    scalar_with_null(db, name, arguments, move |args| {
        if (0..args.0.len()).any(|at| args.is_null(at)) {
            return Ok(Out::Null);
        }
        function(args)
    })
}

fn scalar_with_null(
    db: &Connection,
    name: &'static str,
    arguments: i32,
    function: impl Fn(&Args) -> Result<Out, Failure> + Send + 'static,
) -> rusqlite::Result<()> {
    db.create_scalar_function(name, arguments, FLAGS, move |context| Ok(function(&Args(context))?))
}

/// What a function gives.
pub(super) enum Out {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl ToSql for Out {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Bool(it) => ToSqlOutput::Owned(Value::Integer(i64::from(*it))),
            Self::Int(it) => ToSqlOutput::Owned(Value::Integer(*it)),
            Self::Float(it) => ToSqlOutput::Owned(Value::Real(*it)),
            Self::Text(it) => ToSqlOutput::Borrowed(it.as_str().into()),
            Self::Bytes(it) => ToSqlOutput::Borrowed(ValueRef::Blob(it)),
        })
    }
}

/// The arguments of a call.
pub(super) struct Args<'a, 'c>(pub(super) &'a Context<'c>);

impl Args<'_, '_> {
    pub(super) fn is_null(&self, at: usize) -> bool {
        self.0.get_raw(at) == ValueRef::Null
    }

    pub(super) fn int(&self, at: usize) -> Result<i64, Failure> {
        match self.0.get_raw(at) {
            ValueRef::Integer(it) => Ok(it),
            it => Err(unexpected("an int", it)),
        }
    }

    pub(super) fn float(&self, at: usize) -> Result<f64, Failure> {
        cells::float(self.0.get_raw(at)).ok_or_else(|| unexpected("a float", self.0.get_raw(at)))
    }

    pub(super) fn text(&self, at: usize) -> Result<Cow<'_, str>, Failure> {
        let cell = self.0.get_raw(at);
        match cell {
            ValueRef::Text(text) => Ok(String::from_utf8_lossy(text)),
            ValueRef::Integer(it) => Ok(Cow::Owned(it.to_string())),
            ValueRef::Real(it) => Ok(Cow::Owned(it.to_string())),
            ValueRef::Null | ValueRef::Blob(_) => Err(unexpected("a text", cell)),
        }
    }

    pub(super) fn decimal(&self, at: usize) -> Result<Decimal, Failure> {
        let cell = self.0.get_raw(at);
        cells::decimal(cell).ok_or_else(|| unexpected("a decimal", cell))
    }

    pub(super) fn decimal_or_null(&self, at: usize) -> Result<Option<Decimal>, Failure> {
        if self.is_null(at) { Ok(None) } else { self.decimal(at).map(Some) }
    }
}

pub(super) fn other(text: &str) -> Failure {
    Failure::Other(text.to_owned())
}

fn unexpected(wanted: &str, cell: ValueRef<'_>) -> Failure {
    Failure::Other(format!("expected {wanted}, found {}", cells::describe(cell)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_reads_wildcards_and_escapes() {
        for (text, pattern) in [
            ("", ""),
            ("", "%"),
            ("abc", "abc"),
            ("abc", "a%"),
            ("abc", "%c"),
            ("abc", "a_c"),
            ("aXbXc", "a%b%c"),
            ("100%", "100\\%"),
            ("äöü", "_ö_"),
            ("aab", "%ab"),
        ] {
            assert!(like(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in [("abc", "ab"), ("abc", "a_"), ("1000", "100\\%"), ("ABC", "abc")] {
            assert!(!like(text, pattern), "{text} {pattern}");
        }
    }

    #[test]
    fn slices_count_code_points_and_stay_inside() {
        assert_eq!(slice("größe", 1, Some(3)), "rö");
        assert_eq!(slice("größe", -2, None), "ße");
        assert_eq!(slice("größe", 3, Some(99)), "ße");
        assert_eq!(slice("größe", 4, Some(2)), "");
    }

    #[test]
    fn the_end_of_a_prefix_is_past_everything_that_begins_with_it() {
        assert_eq!(prefix_end("ab").unwrap(), "ac");
        assert_eq!(prefix_end("a\u{10ffff}").unwrap(), "b");
        assert_eq!(prefix_end("\u{d7ff}").unwrap(), "\u{e000}");
        assert_eq!(prefix_end(""), None);
    }
}
