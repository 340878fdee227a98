//! Tables as text: read into typed rows, written from any.

use std::rc::Rc;

use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use rust_decimal::Decimal as Wide;

use crate::value::{
    Code, Descriptor, DescriptorId, Fault, FieldDescriptor, List, Record, RecordDescriptor, Types,
    Value,
};
use crate::value::{calendar, parse_decimal, parse_float};

/// Reads rows of the type `row`, which is a record.
pub(super) fn parse_rows(
    text: &str,
    separator: &str,
    header: bool,
    types: &Types,
    row: DescriptorId,
) -> Result<Value, Fault> {
    let Descriptor::Record(record) = types.get(row) else {
        return Err(Fault::argument(
            "rows are read into a record: `csv.parse<{ sku: text, price: decimal }>(…)`",
        ));
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(separator)?)
        .has_headers(header)
        .flexible(!header)
        .from_reader(text.as_bytes());
    let places = if header {
        by_name(reader.headers().map_err(|error| malformed(&error))?, record, types)?
    } else {
        in_order(record)
    };
    let shape = types.shape(row).ok_or_else(|| Fault::argument("rows are read into a record"))?;
    let mut rows = Vec::new();
    let mut line = StringRecord::new();
    while reader.read_record(&mut line).map_err(|error| malformed(&error))? {
        let number = line.position().map_or(0, csv::Position::line);
        let mut slots = Vec::with_capacity(record.fields.len());
        for (field, place) in record.fields.iter().zip(&places) {
            let written = place.and_then(|at| line.get(at)).unwrap_or_default();
            let value = read(written, types, field.ty)
                .ok_or_else(|| mismatch(number, field, written, types))?;
            slots.push(value);
        }
        rows.push(Value::Record(Rc::new(Record::new(shape, slots))));
    }
    Ok(Value::List(Rc::new(List::Values(rows))))
}

/// Writes records, or lists of lists, a line each.
pub(super) fn text(rows: &List, separator: &str, header: bool) -> Result<String, Fault> {
    let mut writer = WriterBuilder::new()
        .delimiter(delimiter(separator)?)
        .flexible(true)
        .from_writer(Vec::new());
    let failed = |error: csv::Error| {
        Fault::new(Code::Argument, format!("the rows cannot be written: {error}"))
    };
    for (at, row) in rows.iter().enumerate() {
        match &row {
            Value::Record(row) => {
                if at == 0 && header {
                    writer.write_record(row.fields().map(|(name, _)| name)).map_err(failed)?;
                }
                writer.write_record(row.fields().map(|(_, value)| shown(value))).map_err(failed)?;
            }
            Value::List(row) => {
                writer.write_record(row.iter().map(|value| shown(&value))).map_err(failed)?
            }
            other => writer.write_record([shown(other)]).map_err(failed)?,
        }
    }
    let bytes = writer.into_inner().map_err(|error| Fault::argument(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| Fault::new(Code::Decode, error.to_string()))
}

fn delimiter(separator: &str) -> Result<u8, Fault> {
    match separator.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err(Fault::argument(format!(
            "`{separator}` cannot separate fields: write one ASCII character"
        ))),
    }
}

/// For each slot of the row: the column with its name.
fn by_name(
    header: &StringRecord,
    record: &RecordDescriptor,
    types: &Types,
) -> Result<Vec<Option<usize>>, Fault> {
    let named =
        |name: &str| header.iter().position(|it| it.trim().trim_start_matches('\u{feff}') == name);
    record
        .fields
        .iter()
        .map(|field| match named(&field.name) {
            Some(at) => Ok(Some(at)),
            None if types.may_be_missing(field.ty) => Ok(None),
            None => {
                let columns: Vec<&str> = header.iter().take(12).collect();
                let message = format!(
                    "no column is called `{}`; there are {}",
                    field.name,
                    columns.join(", ")
                );
                Err(Fault::new(Code::Decode, message))
            }
        })
        .collect()
}

/// Without a header the columns follow the declaration.
fn in_order(record: &RecordDescriptor) -> Vec<Option<usize>> {
    let mut places = vec![None; record.fields.len()];
    for (column, slot) in record.order.iter().enumerate() {
        places[usize::from(*slot)] = Some(column);
    }
    places
}

/// A field as a value of the type; nothing where it does not read as one.
fn read(written: &str, types: &Types, id: DescriptorId) -> Option<Value> {
    let bare = written.trim();
    Some(match types.get(id) {
        Descriptor::Optional(_) if bare.is_empty() => Value::Null,
        Descriptor::Optional(of) => return read(written, types, *of),
        Descriptor::Text => Value::text(written),
        Descriptor::Union(texts) => {
            return texts.iter().any(|it| **it == *written).then(|| Value::text(written));
        }
        Descriptor::Int => Value::Int(bare.parse().ok()?),
        Descriptor::Decimal => Value::Decimal(parse_decimal(bare).map(Wide::into)?),
        Descriptor::Float => Value::Float(parse_float(bare)?),
        Descriptor::Bool => Value::Bool(match bare {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => return None,
        }),
        Descriptor::Time => Value::Time(calendar::parse_time(bare)?),
        Descriptor::Date => Value::Date(calendar::parse_date(bare)?),
        Descriptor::Duration => Value::Duration(calendar::parse_duration(bare)?),
        Descriptor::Json if bare.is_empty() => Value::Null,
        Descriptor::Json => Value::text(written),
        _ => return None,
    })
}

fn mismatch(line: u64, field: &FieldDescriptor, written: &str, types: &Types) -> Fault {
    let shown: String = written.chars().take(40).collect();
    let expected = types.describe(field.ty);
    Fault::new(
        Code::Decode,
        format!("line {line}, column {}: expected {expected}, found text {shown:?}", field.name),
    )
}

fn malformed(error: &csv::Error) -> Fault {
    let line = error.position().map_or(String::new(), |it| format!("line {}: ", it.line()));
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        _ => error.to_string(),
    };
    Fault::new(Code::Decode, format!("{line}{what}"))
}

/// A field as it is written: texts as they are, null as nothing.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        other => other.as_str().map_or_else(|| other.to_string(), str::to_owned),
    }
}
