//! Values on their way into SQLite's cells and out of them.

use std::fmt::Write as _;

use rusqlite::types::{Value, ValueRef};
use rust_decimal::Decimal;

use super::moments;
use crate::host::database::{Column, Datum, Error, ErrorKind, Result, Type};

/// A parameter in its stored form.
pub(super) fn store(datum: Datum) -> Result<Value> {
    Ok(match datum {
        Datum::Null => Value::Null,
        Datum::Int(it) | Datum::Duration(it) => Value::Integer(it),
        Datum::Bool(it) => Value::Integer(i64::from(it)),
        Datum::Float(it) if it.is_nan() => return Err(unstorable("a float that is no number")),
        Datum::Float(it) => Value::Real(it),
        Datum::Decimal(it) => Value::Text(it.to_string()),
        Datum::Text(it) | Datum::Json(it) if it.contains('\0') => {
            return Err(unstorable("a text with the character U+0000"));
        }
        Datum::Text(it) | Datum::Json(it) => Value::Text(it),
        Datum::Bytes(it) => Value::Blob(it),
        Datum::Time(it) => Value::Text(
            moments::time_to_text(it)
                .ok_or_else(|| unstorable("a time outside the years 0 to 9999"))?,
        ),
        Datum::Date(it) => Value::Text(
            moments::date_to_text(it)
                .ok_or_else(|| unstorable("a date outside the years 0 to 9999"))?,
        ),
        Datum::List(items) => Value::Text(json_array(items)?),
    })
}

fn unstorable(what: &str) -> Error {
    Error::new(ErrorKind::Unstorable, format!("{what} cannot be stored in a database"))
}

/// Floats as text, bytes as hexadecimal digits: JSON has no exact form of them.
fn json_array(items: Vec<Datum>) -> Result<String> {
    let mut json = String::from("[");
    for (at, item) in items.into_iter().enumerate() {
        json.push_str(if at > 0 { "," } else { "" });
        match store(item)? {
            Value::Text(text) => push_text(&mut json, &text),
            Value::Null => json.push_str("null"),
            Value::Integer(it) => push(&mut json, format_args!("{it}")),
            Value::Real(it) => push(&mut json, format_args!("\"{it}\"")),
            Value::Blob(bytes) => {
                push(&mut json, format_args!("\"{}\"", hex::encode(bytes)));
            }
        }
    }
    json.push(']');
    Ok(json)
}

/// A cell as JSON, floats and bytes as in [`json_array`].
pub(super) fn push_json(json: &mut String, cell: ValueRef<'_>) -> rusqlite::Result<()> {
    match cell {
        ValueRef::Null => json.push_str("null"),
        ValueRef::Integer(it) => push(json, format_args!("{it}")),
        ValueRef::Real(it) => push(json, format_args!("\"{it}\"")),
        ValueRef::Text(_) => push_text(json, cell.as_str()?),
        ValueRef::Blob(bytes) => push(json, format_args!("\"{}\"", hex::encode(bytes))),
    }
    Ok(())
}

fn push(json: &mut String, text: std::fmt::Arguments<'_>) {
    json.write_fmt(text).expect("writing to a String cannot fail");
}

fn push_text(json: &mut String, text: &str) {
    json.push_str(&serde_json::Value::from(text).to_string());
}

/// What a column of a result is expected to hold; otherwise, what it holds instead.
pub(super) fn load(cell: ValueRef<'_>, column: &Column) -> Result<Datum, String> {
    if column.gathered {
        return gathered(cell, column);
    }
    if cell == ValueRef::Null {
        return if column.nullable { Ok(Datum::Null) } else { Err("null".to_owned()) };
    }
    read(cell, column.of).ok_or_else(|| describe(cell))
}

/// A list that `task_list` has made, which wrote what [`push_json`] writes.
fn gathered(cell: ValueRef<'_>, column: &Column) -> Result<Datum, String> {
    let items: Option<Vec<serde_json::Value>> =
        cell.as_str().ok().and_then(|it| serde_json::from_str(it).ok());
    let column = Column { gathered: false, ..column.clone() };
    let item = |item: serde_json::Value| load((&stored(item, column.of)?).into(), &column);
    let items = items.ok_or_else(|| describe(cell))?.into_iter().map(item);
    items.collect::<Result<_, _>>().map(Datum::List)
}

fn stored(json: serde_json::Value, of: Type) -> Result<Value, String> {
    let text = match json {
        serde_json::Value::Null => return Ok(Value::Null),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => return Ok(Value::Integer(number)),
            None => number.to_string(),
        },
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    let damaged = |()| describe(ValueRef::Text(text.as_bytes()));
    match of {
        Type::Float => text.parse().map(Value::Real).map_err(|_| damaged(())),
        Type::Bytes => hex::decode(&text).map(Value::Blob).map_err(|_| damaged(())),
        Type::Int
        | Type::Decimal
        | Type::Bool
        | Type::Text
        | Type::Time
        | Type::Date
        | Type::Duration
        | Type::Json
        | Type::Any => Ok(Value::Text(text)),
    }
}

fn read(cell: ValueRef<'_>, of: Type) -> Option<Datum> {
    Some(match (of, cell) {
        (Type::Any, ValueRef::Integer(it)) => Datum::Int(it),
        (Type::Any, ValueRef::Real(it)) => Datum::Float(it),
        (Type::Int, _) => Datum::Int(int(cell)?),
        (Type::Duration, _) => Datum::Duration(int(cell)?),
        (Type::Bool, ValueRef::Integer(it @ (0 | 1))) => Datum::Bool(it == 1),
        (Type::Float, ValueRef::Integer(_) | ValueRef::Real(_)) => Datum::Float(float(cell)?),
        (Type::Decimal, _) => Datum::Decimal(decimal(cell)?),
        (Type::Any | Type::Bytes, ValueRef::Blob(it)) => Datum::Bytes(it.to_vec()),
        (Type::Json, ValueRef::Integer(it)) => Datum::Json(it.to_string()),
        (Type::Json, ValueRef::Real(it)) if it.is_finite() => Datum::Json(it.to_string()),
        (Type::Any | Type::Text, ValueRef::Text(_)) => Datum::Text(cell.as_str().ok()?.to_owned()),
        (Type::Json, ValueRef::Text(_)) => Datum::Json(cell.as_str().ok()?.to_owned()),
        (Type::Time, ValueRef::Text(_)) => {
            Datum::Time(moments::time_from_text(cell.as_str().ok()?)?)
        }
        (Type::Date, ValueRef::Text(_)) => {
            Datum::Date(moments::date_from_text(cell.as_str().ok()?)?)
        }
        (
            Type::Any
            | Type::Bool
            | Type::Float
            | Type::Bytes
            | Type::Json
            | Type::Text
            | Type::Time
            | Type::Date,
            _,
        ) => {
            return None;
        }
    })
}

/// SQLite turns what others wrote into reals where a column's type says so; 3.0 is 3.
fn int(cell: ValueRef<'_>) -> Option<i64> {
    const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;
    match cell {
        ValueRef::Integer(it) => Some(it),
        #[expect(clippy::cast_possible_truncation, reason = "whole and small")]
        ValueRef::Real(it) if it.fract() == 0.0 && it.abs() < EXACT_BELOW => Some(it as i64),
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => None,
    }
}

pub(super) fn float(cell: ValueRef<'_>) -> Option<f64> {
    match cell {
        #[expect(clippy::cast_precision_loss, reason = "what widening an int means")]
        ValueRef::Integer(it) => Some(it as f64),
        ValueRef::Real(it) => Some(it),
        ValueRef::Text(_) => cell.as_str().ok()?.parse().ok(),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

/// A real is the decimal that it prints as.
pub(super) fn decimal(cell: ValueRef<'_>) -> Option<Decimal> {
    match cell {
        ValueRef::Integer(it) => Some(Decimal::from(it)),
        ValueRef::Real(it) => Decimal::from_str_exact(&it.to_string()).ok(),
        ValueRef::Text(_) => Decimal::from_str_exact(cell.as_str().ok()?).ok(),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

/// A cell for a message: what it is, and enough of it to find it.
pub(super) fn describe(cell: ValueRef<'_>) -> String {
    match cell {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(it) => format!("int {it}"),
        ValueRef::Real(it) => format!("float {it}"),
        ValueRef::Text(it) => {
            let text = String::from_utf8_lossy(it);
            let start: String = text.chars().take(40).collect();
            let more = if start.len() < text.len() { "…" } else { "" };
            format!("text \"{start}{more}\"")
        }
        ValueRef::Blob(it) => format!("{} bytes", it.len()),
    }
}

/// A stored value as a literal of SQL.
pub(super) fn literal(datum: Datum) -> Result<String> {
    Ok(match store(datum)? {
        Value::Text(text) => quoted(&text),
        Value::Null => "NULL".to_owned(),
        Value::Integer(it) => it.to_string(),
        Value::Real(it) if it.is_infinite() => {
            if it > 0.0 {
                "9e999".to_owned()
            } else {
                "-9e999".to_owned()
            }
        }
        Value::Real(it) => format!("{it:?}"),
        Value::Blob(it) => format!("x'{}'", hex::encode(it)),
    })
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
