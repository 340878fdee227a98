//! Values as JSON text.

use std::fmt::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::super::print::Bounded;
use super::super::{Code, Fault, Key, LEVELS_MAX, List, Value, number};

/// How JSON text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// On one line, without spaces.
    Compact,
    /// A line for each element, indented by two spaces.
    Pretty,
}

/// Writes any value but secrets, functions and floats that are no numbers. Times, dates, durations and bytes (in Base64)
/// become texts. Fails where the text would be longer than `bytes_max`.
pub fn write(value: &Value, layout: Layout, bytes_max: usize) -> Result<String, Fault> {
    let mut writer = Writer { out: Bounded::new(bytes_max), layout };
    match writer.value(value, 0) {
        Ok(()) => Ok(writer.out.text),
        Err(Wrong::TooLong) => {
            let message = format!("the JSON text is longer than {bytes_max} bytes");
            Err(Fault::new(Code::Limit, message))
        }
        Err(Wrong::Fault(fault)) => Err(fault),
    }
}

struct Writer {
    out: Bounded,
    layout: Layout,
}

enum Wrong {
    TooLong,
    Fault(Fault),
}

impl From<fmt::Error> for Wrong {
    fn from(_: fmt::Error) -> Self {
        Self::TooLong
    }
}

impl Wrong {
    fn fault(code: Code, message: &str) -> Self {
        Self::Fault(Fault::new(code, message))
    }
}

type Written = Result<(), Wrong>;

impl Writer {
    fn value(&mut self, value: &Value, level: u32) -> Written {
        if level > LEVELS_MAX {
            let message = format!("nested more than {LEVELS_MAX} levels deep");
            return Err(Wrong::Fault(Fault::new(Code::Limit, message)));
        }
        match value {
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Decimal(_) => {
                Ok(super::super::print::write(&mut self.out, value)?)
            }
            Value::Float(it) if !it.is_finite() => Err(Wrong::fault(
                Code::Argument,
                "JSON has no numbers that are infinite or not a number",
            )),
            Value::Float(it) => Ok(number::write_float(&mut self.out, *it)?),
            Value::Short(it) => self.text(it.as_str()),
            Value::Text(it) => self.text(it),
            Value::Time(_) | Value::Date(_) | Value::Duration(_) => {
                Ok(write!(self.out, "\"{value}\"")?)
            }
            Value::Bytes(it) => Ok(write!(self.out, "\"{}\"", BASE64.encode(&**it))?),
            Value::List(it) => self.list(it, level),
            Value::Map(it) => self.object(it.iter().map(|(key, it)| (Name::Key(key), it)), level),
            Value::Record(it) => {
                self.object(it.fields().map(|(name, it)| (Name::Field(name), it)), level)
            }
            Value::Closure(_) => Err(Wrong::fault(Code::Argument, "a function cannot become JSON")),
            Value::Secret(_) => Err(Wrong::fault(Code::Secret, "a secret cannot become JSON")),
        }
    }

    fn list(&mut self, list: &List, level: u32) -> Written {
        self.out.write_char('[')?;
        for (at, item) in list.iter().enumerate() {
            self.before(at, level + 1)?;
            self.value(&item, level + 1)?;
        }
        self.close(']', list.is_empty(), level)
    }

    fn object<'v>(
        &mut self,
        entries: impl Iterator<Item = (Name<'v>, &'v Value)>,
        level: u32,
    ) -> Written {
        self.out.write_char('{')?;
        let mut is_empty = true;
        for (at, (name, value)) in entries.enumerate() {
            is_empty = false;
            self.before(at, level + 1)?;
            match name {
                Name::Field(name) => self.text(name)?,
                Name::Key(key) => match key.as_str() {
                    Some(text) => self.text(text)?,
                    None => write!(self.out, "\"{}\"", key.0)?,
                },
            }
            self.out.write_str(if self.layout == Layout::Pretty { ": " } else { ":" })?;
            self.value(value, level + 1)?;
        }
        self.close('}', is_empty, level)
    }

    /// What stands before an element.
    fn before(&mut self, at: usize, level: u32) -> Written {
        if at > 0 {
            self.out.write_char(',')?;
        }
        self.line(level)
    }

    fn close(&mut self, bracket: char, is_empty: bool, level: u32) -> Written {
        if !is_empty {
            self.line(level)?;
        }
        Ok(self.out.write_char(bracket)?)
    }

    fn line(&mut self, level: u32) -> Written {
        if self.layout == Layout::Pretty {
            let indent = level as usize * 2;
            write!(self.out, "\n{:indent$}", "")?;
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Written {
        self.out.write_char('"')?;
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|b| b == b'"' || b == b'\\' || b < 0x20) {
            self.out.write_str(&rest[..at])?;
            match rest.as_bytes()[at] {
                b'"' => self.out.write_str("\\\"")?,
                b'\\' => self.out.write_str("\\\\")?,
                b'\n' => self.out.write_str("\\n")?,
                b'\r' => self.out.write_str("\\r")?,
                b'\t' => self.out.write_str("\\t")?,
                control => write!(self.out, "\\u{control:04x}")?,
            }
            rest = &rest[at + 1..];
        }
        self.out.write_str(rest)?;
        Ok(self.out.write_char('"')?)
    }
}

/// What stands before a colon.
enum Name<'v> {
    Field(&'v str),
    Key(&'v Key),
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::super::super::{Map, Secret, Shape, parse_decimal};
    use super::super::parse;
    use super::*;

    fn compact(value: &Value) -> String {
        write(value, Layout::Compact, 1000).unwrap()
    }

    #[test]
    fn values_become_text_and_read_back() {
        let text = r#"{"a":[1,2.50,"x\"\\\n\u0001é"],"b":null,"c":{},"d":[],"e":true}"#;
        assert_eq!(compact(&parse(text).unwrap()), text);
        let record = Value::record(
            &Rc::new(Shape::new(["z", "at"])),
            [Value::Time(0), Value::Decimal(parse_decimal("1.10").unwrap().into())],
        );
        assert_eq!(compact(&record), r#"{"z":1.10,"at":"1970-01-01T00:00:00Z"}"#);
        let map: Map = [(Key(Value::Int(7)), Value::bytes(vec![104, 105]))].into_iter().collect();
        assert_eq!(compact(&Value::Map(Rc::new(map))), r#"{"7":"aGk="}"#);
        assert_eq!(compact(&Value::Duration(5_400_000_000)), r#""1h30m""#);
        assert_eq!(compact(&Value::Float(1e300)), "1e300");
    }

    #[test]
    fn pretty_text_has_a_line_for_each_element() {
        let value = parse(r#"{"a":[1,{}],"b":[]}"#).unwrap();
        let pretty = write(&value, Layout::Pretty, 1000).unwrap();
        assert_eq!(pretty, "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
    }

    #[test]
    fn what_json_cannot_say_is_a_fault() {
        let fault = |value: &Value| write(value, Layout::Compact, 1000).unwrap_err();
        assert!(fault(&Value::Float(f64::NAN)).is(Code::Argument));
        assert!(fault(&Value::Secret(Rc::new(Secret::new("KEY", "x")))).is(Code::Secret));
        assert!(fault(&Value::text(&"x".repeat(999))).is(Code::Limit));
        let deep = (0..100_000).fold(Value::Null, |inner, _| Value::list([inner]));
        assert!(fault(&deep).is(Code::Limit));
    }
}
