//! How values print: `print`, `{…}`, `to_text()`.

use std::fmt::{self, Display, Write};

use super::{List, Map, Record, Value, calendar, number};

/// What is nested deeper prints as `…`.
const LEVELS_MAX: u32 = 100;

/// Texts as they are; everything inside other values as in the language's own literals.
impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self)
    }
}

impl Value {
    /// The value as a text value, without copying one that is a text already.
    #[must_use]
    pub fn to_text(&self) -> Self {
        if self.as_str().is_some() { self.clone() } else { Self::from_string(self.to_string()) }
    }
}

/// What a value prints as, unless that is longer than `bytes_max`: a small value that shares its parts may print as
/// more than any memory holds.
#[must_use]
pub fn to_text_within(value: &Value, bytes_max: usize) -> Option<String> {
    let mut out = Bounded::new(bytes_max);
    write(&mut out, value).ok()?;
    Some(out.text)
}

/// A text that does not grow beyond a length.
#[derive(Debug)]
pub struct Bounded {
    /// What was written so far.
    pub text: String,
    /// How long it may become.
    pub bytes_max: usize,
    /// Whether something was refused.
    pub is_full: bool,
}

impl Bounded {
    /// A text that may have so many bytes.
    #[must_use]
    pub fn new(bytes_max: usize) -> Self {
        Self { text: String::new(), bytes_max, is_full: false }
    }
}

impl Write for Bounded {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if part.len() > self.bytes_max.saturating_sub(self.text.len()) {
            self.is_full = true;
            return Err(fmt::Error);
        }
        self.text.push_str(part);
        Ok(())
    }
}

/// Appends what a value prints as.
pub fn write(out: &mut impl Write, value: &Value) -> fmt::Result {
    match value.as_str() {
        Some(text) => out.write_str(text),
        None => nested(out, value, 0),
    }
}

fn nested(out: &mut impl Write, value: &Value, level: u32) -> fmt::Result {
    match value {
        Value::Null => out.write_str("null"),
        Value::Bool(it) => out.write_str(if *it { "true" } else { "false" }),
        Value::Int(it) => write!(out, "{it}"),
        Value::Float(it) => number::write_float(out, *it),
        Value::Decimal(it) => write!(out, "{}", it.wide()),
        Value::Time(it) => calendar::write_time(out, *it),
        Value::Date(it) => calendar::write_date(out, i64::from(*it)),
        Value::Duration(it) => calendar::write_duration(out, *it),
        Value::Short(it) => quoted(out, it.as_str()),
        Value::Text(it) => quoted(out, it),
        Value::Bytes(it) => write!(out, "bytes({})", it.len()),
        Value::List(_) | Value::Map(_) | Value::Record(_) if level >= LEVELS_MAX => {
            out.write_char('…')
        }
        Value::List(it) => list(out, it, level + 1),
        Value::Map(it) => map(out, it, level + 1),
        Value::Record(it) => record(out, it, level + 1),
        Value::Closure(_) => out.write_str("fn"),
        Value::Secret(_) => out.write_str("secret"),
    }
}

fn list(out: &mut impl Write, list: &List, level: u32) -> fmt::Result {
    out.write_char('[')?;
    for (at, item) in list.iter().enumerate() {
        separator(out, at)?;
        nested(out, &item, level)?;
    }
    out.write_char(']')
}

fn map(out: &mut impl Write, map: &Map, level: u32) -> fmt::Result {
    if map.is_empty() {
        return out.write_str("[:]");
    }
    out.write_char('[')?;
    for (at, (key, value)) in map.iter().enumerate() {
        separator(out, at)?;
        nested(out, &key.0, level)?;
        out.write_str(": ")?;
        nested(out, value, level)?;
    }
    out.write_char(']')
}

fn record(out: &mut impl Write, record: &Record, level: u32) -> fmt::Result {
    if record.slots.is_empty() {
        return out.write_str("{}");
    }
    out.write_str("{ ")?;
    for (at, (name, value)) in record.fields().enumerate() {
        separator(out, at)?;
        write!(out, "{name}: ")?;
        nested(out, value, level)?;
    }
    out.write_str(" }")
}

fn separator(out: &mut impl Write, at: usize) -> fmt::Result {
    out.write_str(if at == 0 { "" } else { ", " })
}

/// A text in quotes, on one line.
pub fn quoted(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c if c.is_control() => write!(out, "\\u{{{:X}}}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::str::FromStr;

    use super::super::{Decimal, Key, Secret, Shape};
    use super::*;

    fn decimal(text: &str) -> Value {
        Value::Decimal(Decimal::from(rust_decimal::Decimal::from_str(text).unwrap()))
    }

    #[test]
    fn values_print_as_the_reference_says() {
        let person = Rc::new(Shape::new(["id", "name"]));
        let map: Map = [(Key::text("a"), Value::Int(1))].into_iter().collect();
        let dates: Map = [(Key(Value::Date(0)), Value::Null)].into_iter().collect();
        for (value, text) in [
            (Value::text("as \"it\" is\n"), "as \"it\" is\n"),
            (Value::list([Value::text("as \"it\" is\n")]), r#"["as \"it\" is\n"]"#),
            (decimal("10.00"), "10.00"),
            (decimal("-0.00"), "0.00"),
            (Value::Float(2500.0), "2500"),
            (Value::Time(1_774_744_200_000_000), "2026-03-29T00:30:00Z"),
            (Value::Date(20_541), "2026-03-29"),
            (Value::Duration(5_400_000_000), "1h30m"),
            (Value::list([Value::Int(1), Value::Int(2)]), "[1, 2]"),
            (Value::list([]), "[]"),
            (Value::Map(Rc::new(map)), r#"["a": 1]"#),
            (Value::Map(Rc::new(dates)), "[1970-01-01: null]"),
            (Value::Map(Rc::default()), "[:]"),
            (
                Value::record(&person, [Value::Int(1), Value::text("Ada")]),
                r#"{ id: 1, name: "Ada" }"#,
            ),
            (Value::Null, "null"),
            (Value::bytes(vec![0; 12]), "bytes(12)"),
            (Value::list([Value::text("\u{1}é😀")]), "[\"\\u{1}é😀\"]"),
        ] {
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn fields_print_in_the_order_they_were_written() {
        let shape = Rc::new(Shape::new(["total", "id"]));
        let record = Value::record(&shape, [Value::Int(1), decimal("5.0")]);
        assert_eq!(record.to_string(), "{ total: 5.0, id: 1 }");
    }

    #[test]
    fn a_secret_never_prints() {
        let secret = Value::Secret(Rc::new(Secret::new("KEY", "hunter2")));
        for shown in [secret.to_string(), format!("{secret:?}"), Value::list([secret]).to_string()]
        {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn what_prints_too_long_is_not_printed() {
        let doubled = (0..60).fold(Value::Null, |it, _| Value::list([it.clone(), it]));
        assert_eq!(to_text_within(&doubled, 1000), None);
        assert_eq!(to_text_within(&Value::Int(12), 2).as_deref(), Some("12"));
        assert_eq!(to_text_within(&Value::Int(12), 1), None);
    }

    #[test]
    fn what_is_nested_too_deeply_is_cut_off() {
        let deep = (0..1_000_000).fold(Value::Null, |inner, _| Value::list([inner]));
        assert!(deep.to_string().contains("[…]"));
    }
}
