//! JSON text to values and back, without anything in between.
//!
//! Written by hand because no general reader keeps what the language promises: numbers stay exact (`1.10` keeps its
//! zero, whole numbers beyond a double's reach keep their digits), and text is read straight into records of a known type,
//! whose mismatches are named by path.

mod number;
mod read;
mod typed;
mod write;

use super::{Code, DescriptorId, Fault, Types, Value};
use read::{Reader, Stop};

pub use write::{Layout, write};

/// Reads a text that holds one JSON value. Whole numbers that an `int` can hold become one, others an exact `decimal` where 28 digits
/// suffice, or else a `float`; of two keys with one name the last counts.
pub fn parse(text: &str) -> Result<Value, Fault> {
    whole(text, |reader| reader.value(0))
}

/// Reads a text that holds one JSON value of a type, without making the `json` value first.
pub fn parse_as(text: &str, types: &Types, id: DescriptorId) -> Result<Value, Fault> {
    whole(text, |reader| reader.typed(types, id, 0))
}

fn whole(
    text: &str,
    read: impl FnOnce(&mut Reader<'_>) -> Result<Value, Stop>,
) -> Result<Value, Fault> {
    let mut reader = Reader::new(text);
    let value = read(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|stop| match stop {
        Stop::Mismatch(mismatch) => mismatch.into_fault(),
        Stop::TooDeep => Fault::new(
            Code::Limit,
            format!("JSON text nested more than {} levels deep", super::LEVELS_MAX),
        ),
        Stop::Syntax { at, wanted } => syntax_fault(text, at, wanted),
    })
}

fn syntax_fault(text: &str, at: usize, wanted: &str) -> Fault {
    let before = text.get(..at).unwrap_or(text);
    let line = 1 + before.matches('\n').count();
    let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
    Fault::new(Code::Decode, format!("JSON text, line {line}, column {column}: {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::super::types::tests::Builder;
    use super::super::{Descriptor, List};
    use super::*;

    fn printed(text: &str) -> String {
        parse(text).unwrap_or_else(|it| panic!("{text}: {it}")).to_string()
    }

    fn message(text: &str) -> String {
        parse(text).expect_err(text).message
    }

    #[test]
    fn json_text_becomes_values() {
        for (text, value) in [
            ("null", "null"),
            (" true ", "true"),
            ("\u{feff}1", "1"),
            ("-0", "0"),
            ("9223372036854775807", "9223372036854775807"),
            ("[1, 2.50, \"a\"]", r#"[1, 2.50, "a"]"#),
            (r#"{"b": 1, "a": {}}"#, r#"["b": 1, "a": [:]]"#),
            (r#"{"a": 1, "b": 2, "a": 3}"#, r#"["a": 3, "b": 2]"#),
            (r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, "\"\\/\u{8}\u{c}\n\r\té😀"),
            ("[]", "[]"),
            (r#"{"": [[]]}"#, r#"["": [[]]]"#),
        ] {
            assert_eq!(printed(text), value);
        }
    }

    #[test]
    fn numbers_stay_exact_where_a_decimal_can_hold_them() {
        for (text, value) in [
            ("1.10", "1.10"),
            ("12345678901234567890123", "12345678901234567890123"),
            ("-9223372036854775809", "-9223372036854775809"),
            ("1e3", "1000"),
            ("1.5E-7", "0.00000015"),
            ("2.5e+2", "250"),
            ("1e-30", "1e-30"),
            ("1e300", "1e300"),
            ("0.1234567890123456789012345678", "0.1234567890123456789012345678"),
            ("0.12345678901234567890123456789", "0.12345678901234568"),
        ] {
            assert_eq!(printed(text), value);
        }
        let list = parse("[1, 2]").unwrap();
        assert!(matches!(list, Value::List(it) if matches!(&*it, List::Ints(_))));
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for (text, message_end) in [
            ("", "line 1, column 1: expected a value"),
            ("[1,]", "line 1, column 4: expected a value"),
            ("{\"a\": 1\n \"b\"", "line 2, column 2: expected `,` or `}`"),
            ("{a: 1}", "line 1, column 2: expected a key in quotes"),
            ("{\"a\" 1}", "line 1, column 6: expected `:`"),
            ("[1 2]", "line 1, column 4: expected `,` or `]`"),
            ("nul", "line 1, column 1: expected a value"),
            ("1 2", "line 1, column 3: expected nothing behind the value"),
            ("01", "line 1, column 2: expected nothing behind the value"),
            ("1.", "line 1, column 3: expected a digit"),
            ("-", "line 1, column 2: expected a digit"),
            ("1e", "line 1, column 3: expected a digit"),
            ("\"é\n\"", "line 1, column 3: expected no control characters in a text"),
            ("\"abc", "line 1, column 5: expected `\"`"),
            (r#""\x""#, "line 1, column 2: expected an escape that JSON has"),
            (r#""\ud83d""#, "line 1, column 2: expected an escape that JSON has"),
            (r#""\u12g4""#, "line 1, column 2: expected an escape that JSON has"),
            ("1e999", "line 1, column 1: expected a number that a float can hold"),
        ] {
            assert_eq!(message(text), format!("JSON text, {message_end}"), "{text}");
        }
        let deep = "[".repeat(1_000_000);
        assert!(parse(&deep).unwrap_err().is(Code::Limit));
    }

    #[test]
    fn typed_reading_agrees_with_reading_and_converting() {
        let mut it = Builder::default();
        let int = it.add(Descriptor::Int);
        let float = it.add(Descriptor::Float);
        let decimal = it.add(Descriptor::Decimal);
        let text = it.add(Descriptor::Text);
        let time = it.add(Descriptor::Time);
        let json = it.add(Descriptor::Json);
        let note = it.add(Descriptor::Optional(text));
        let floats = it.add(Descriptor::List(float));
        let counts = it.add(Descriptor::Map(text, int));
        let order = it.record(
            "Order",
            &[("id", int), ("total", decimal), ("note", note), ("at", time), ("w", floats)],
        );
        let orders = it.add(Descriptor::List(order));
        let root = it.record("", &[("orders", orders), ("counts", counts), ("more", json)]);
        let types = it.done();
        let good = r#"{"more": [1, {"x": null}], "counts": {"a": 1, "b": 2.0},
            "orders": [{"id": 1, "total": 2.50, "at": "1970-01-01T00:00:00Z", "w": [1, 0.5], "extra": {"y": []}},
                       {"at": "1970-01-01T00:00:00Z", "w": [], "note": "n", "total": 1, "id": 2, "id": 3}]}"#;
        let direct = parse_as(good, &types, root).unwrap();
        let converted = super::super::convert(&parse(good).unwrap(), &types, root).unwrap();
        assert_eq!(direct, converted);
        assert_eq!(direct.to_string(), converted.to_string());
        assert!(direct.to_string().contains("{ id: 1, total: 2.50, note: null,"));
        for bad in [
            r#"{"orders": [{"id": 1, "total": "n/a", "at": "1970-01-01T00:00:00Z", "w": []}], "counts": {}}"#,
            r#"{"orders": [{"id": 1, "total": 1, "at": "1970-01-01T00:00:00Z"}], "counts": {}}"#,
            r#"{"orders": {}, "counts": {}}"#,
            r#"{"orders": [], "counts": {"a": 1.5}}"#,
            r#"{"counts": {}}"#,
            r#"{"orders": [{"id": 1, "total": 1, "at": "soon", "w": []}], "counts": {}}"#,
            r#"{"orders": [{"id": 1, "total": 1, "at": "1970-01-01T00:00:00Z", "w": [1, "2"]}], "counts": {}}"#,
            "[]",
        ] {
            let direct = parse_as(bad, &types, root).unwrap_err();
            let converted = super::super::convert(&parse(bad).unwrap(), &types, root).unwrap_err();
            assert_eq!(direct.message, converted.message, "{bad}");
        }
        assert!(
            parse_as("{\"orders\": [}", &types, root).unwrap_err().message.contains("column 13")
        );
    }
}
