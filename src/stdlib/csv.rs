//! Tables as text.

use std::io;
use std::rc::Rc;

use super::limits::BYTES_MAX;
use super::native::{Native, misuse, natives};
use super::text::decode;
use crate::value::json::{self, Layout};
use crate::value::{
    Code, Descriptor, DescriptorId, Fault, Key, List, Map, Types, Value, calendar, convert,
    describe, parse_decimal, parse_float,
};
use crate::vm::NativeCall;

pub(super) const NATIVES: &[&[Native]] =
    &[natives!("csv": text(rows, separator, header)), &[Native::raw("csv.parse", parse)]];

/// How a table is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options<'a> {
    pub(super) separator: &'a str,
    pub(super) header: bool,
}

fn parse(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let [source, separator, Value::Bool(header)] = &*call.args else { return Err(misuse()) };
    let (Some(source), Some(separator)) = (source.as_str(), separator.as_str()) else {
        return Err(misuse());
    };
    let row = call.descriptors.first().copied();
    let options = Options { separator, header: *header };
    read(source.as_bytes(), options, call.types, row)
}

/// Reads the rows of a table, as `json` where no type is given.
pub(super) fn read(
    source: &[u8],
    options: Options<'_>,
    types: &Types,
    row: Option<DescriptorId>,
) -> Result<Value, Fault> {
    let source = decode(source, "utf-8")?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator_byte(options.separator)?)
        .has_headers(options.header)
        .flexible(true)
        .from_reader(source.as_bytes());
    let header = if options.header {
        let names = reader.headers().map_err(|it| unreadable(&it))?;
        Some(names.iter().map(|it| it.trim().to_owned()).collect())
    } else {
        None
    };
    let table = Table { types, columns: Columns::new(types, row, header)?, row };
    let mut rows = List::Values(Vec::new());
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|it| unreadable(&it))? {
        let line = record.position().map_or(0, csv::Position::line);
        let row = table.row(&record);
        rows.push(row.map_err(|fault| on_line(fault, line))?);
    }
    Ok(Value::List(Rc::new(rows)))
}

fn separator_byte(separator: &str) -> Result<u8, Fault> {
    match separator.as_bytes() {
        [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => Ok(*byte),
        _ => Err(Fault::argument(format!(
            "`{separator}` cannot separate fields; write `,`, `;` or a tab"
        ))),
    }
}

fn unreadable(error: &csv::Error) -> Fault {
    Fault::new(Code::Decode, format!("this is no table: {error}"))
}

fn on_line(fault: Fault, line: u64) -> Fault {
    Fault { message: format!("line {line}{}", fault.message), ..fault }
}

/// What is read of each row.
struct Table<'t> {
    types: &'t Types,
    row: Option<DescriptorId>,
    columns: Columns,
}

/// Where the fields of a row go.
enum Columns {
    /// Into the slots of a record: for each its column, if the table has it, and its type.
    Slots(Vec<(String, Option<usize>, DescriptorId)>),
    /// Into a map by the names of the header; its values are of a type, or texts.
    Named(Vec<String>, Option<DescriptorId>),
    /// Into a list; its elements are of a type, or texts.
    Numbered(Option<DescriptorId>),
}

impl Columns {
    fn new(
        types: &Types,
        row: Option<DescriptorId>,
        header: Option<Vec<String>>,
    ) -> Result<Self, Fault> {
        let descriptor = row.map(|id| types.get(id));
        Ok(match (descriptor, header) {
            (Some(Descriptor::Record(record)), header) => {
                let printed =
                    |slot: usize| record.order.iter().position(|it| usize::from(*it) == slot);
                let column = |slot: usize, name: &str| match &header {
                    Some(names) => names.iter().position(|it| it == name),
                    None => printed(slot),
                };
                let fields = record.fields.iter().enumerate();
                let slots: Vec<_> = fields
                    .map(|(slot, it)| (it.name.to_string(), column(slot, &it.name), it.ty))
                    .collect();
                let absent = |(_, column, ty): &&(String, Option<usize>, DescriptorId)| {
                    column.is_none() && !types.may_be_missing(*ty)
                };
                if let Some((name, ..)) = slots.iter().find(absent) {
                    let message = format!("line 1: the header has no column `{name}`");
                    return Err(Fault::new(Code::Decode, message));
                }
                Self::Slots(slots)
            }
            (None | Some(Descriptor::Json), Some(names)) => Self::Named(names, None),
            (None | Some(Descriptor::Json), None) => Self::Numbered(None),
            (Some(Descriptor::Map(key, of)), Some(names))
                if matches!(types.get(*key), Descriptor::Text) =>
            {
                Self::Named(names, Some(*of))
            }
            (Some(Descriptor::List(of)), _) => Self::Numbered(Some(*of)),
            (Some(_), _) => {
                let shown = row.map(|id| types.describe(id)).unwrap_or_default();
                return Err(Fault::argument(format!(
                    "a row cannot be read as {shown}; give a record"
                )));
            }
        })
    }
}

impl Table<'_> {
    fn row(&self, fields: &csv::StringRecord) -> Result<Value, Fault> {
        match &self.columns {
            Columns::Slots(slots) => self.record(slots, fields),
            Columns::Named(names, of) => {
                if fields.len() > names.len() {
                    let (found, wanted) = (fields.len(), names.len());
                    let message = format!(": {found} fields below a header of {wanted}");
                    return Err(Fault::new(Code::Decode, message));
                }
                let cell = |(name, text): (&String, &str)| {
                    Ok((Key::text(name), self.cell(name, text, *of)?))
                };
                let map =
                    names.iter().zip(fields.iter()).map(cell).collect::<Result<Map, Fault>>()?;
                Ok(Value::Map(Rc::new(map)))
            }
            Columns::Numbered(of) => {
                let cells = (1..).zip(fields.iter());
                let list = cells.map(|(at, text)| self.cell(&format!("column {at}"), text, *of));
                Ok(Value::List(Rc::new(list.collect::<Result<List, Fault>>()?)))
            }
        }
    }

    fn record(
        &self,
        slots: &[(String, Option<usize>, DescriptorId)],
        fields: &csv::StringRecord,
    ) -> Result<Value, Fault> {
        let values = slots.iter().map(|(name, column, ty)| match column.map(|it| fields.get(it)) {
            Some(Some(text)) => self.cell(name, text, Some(*ty)),
            Some(None) | None if self.types.may_be_missing(*ty) => Ok(Value::Null),
            Some(None) | None => Err(Fault::new(Code::Decode, format!(": there is no `{name}`"))),
        });
        let values = values.collect::<Result<Box<[Value]>, Fault>>()?;
        let shape = self.row.and_then(|id| self.types.shape(id)).ok_or_else(misuse)?;
        Ok(Value::record(shape, values))
    }

    fn cell(&self, name: &str, text: &str, ty: Option<DescriptorId>) -> Result<Value, Fault> {
        let Some(id) = ty else { return Ok(Value::text(text)) };
        self.read_cell(text, id).ok_or_else(|| {
            let (expected, found) = (self.types.describe(id), describe(&Value::text(text)));
            Fault::new(Code::Decode, format!(", {name}: expected {expected}, found {found}"))
        })
    }

    /// What a field says; white space around numbers and the like does not matter.
    fn read_cell(&self, text: &str, id: DescriptorId) -> Option<Value> {
        let trimmed = text.trim();
        match self.types.get(id) {
            Descriptor::Optional(_) if trimmed.is_empty() => Some(Value::Null),
            Descriptor::Optional(of) => self.read_cell(text, *of),
            Descriptor::Text | Descriptor::Json => Some(Value::text(text)),
            Descriptor::Int => trimmed.parse().ok().map(Value::Int),
            Descriptor::Decimal => parse_decimal(trimmed).map(|it| Value::Decimal(it.into())),
            Descriptor::Float => parse_float(trimmed).map(Value::Float),
            Descriptor::Bool => super::text::to_bool(trimmed).map(Value::Bool),
            Descriptor::Time => calendar::parse_time(trimmed).map(Value::Time),
            Descriptor::Date => calendar::parse_date(trimmed).map(Value::Date),
            Descriptor::Duration => calendar::parse_duration(trimmed).map(Value::Duration),
            Descriptor::Union(_) | Descriptor::Bytes | Descriptor::OneOf(_) => {
                convert(&Value::text(text), self.types, id).ok()
            }
            Descriptor::List(_) | Descriptor::Map(..) | Descriptor::Record(_) => {
                json::parse_as(text, self.types, id).ok()
            }
            Descriptor::Nothing => trimmed.is_empty().then_some(Value::Null),
            Descriptor::Secret | Descriptor::Function => None,
        }
    }
}

fn text(rows: &List, separator: &str, header: bool) -> Result<String, Fault> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator_byte(separator)?)
        .flexible(true)
        .from_writer(Bounded(Vec::new()));
    let first = rows.get(0);
    let names: Vec<String> = first.as_ref().map(names_of).unwrap_or_default();
    if header && !names.is_empty() {
        writer.write_record(&names).map_err(|it| too_long(&it))?;
    }
    for row in rows.iter() {
        writer.write_record(&cells(&row, &names)?).map_err(|it| too_long(&it))?;
    }
    let bytes = writer.into_inner().map_err(|_| limit())?.0;
    String::from_utf8(bytes).map_err(|_| misuse())
}

/// The columns that a row has names for.
fn names_of(row: &Value) -> Vec<String> {
    match row {
        Value::Record(record) => record.fields().map(|(name, _)| name.to_owned()).collect(),
        Value::Map(map) => map.keys().map(|key| key.0.to_string()).collect(),
        _ => Vec::new(),
    }
}

fn cells(row: &Value, names: &[String]) -> Result<Vec<String>, Fault> {
    match row {
        Value::Record(_) => {
            names.iter().map(|name| row.field(name).map_or(Ok(String::new()), cell_text)).collect()
        }
        // The keys of a map need not be texts, and the first row says what the columns are.
        Value::Map(map) => {
            let by_name = |name: &String| map.iter().find(|(key, _)| key.0.to_string() == *name);
            names
                .iter()
                .map(|name| by_name(name).map_or(Ok(String::new()), |it| cell_text(it.1)))
                .collect()
        }
        Value::List(list) => list.iter().map(|it| cell_text(&it)).collect(),
        other => Ok(vec![cell_text(other)?]),
    }
}

fn cell_text(value: &Value) -> Result<String, Fault> {
    match value {
        Value::Null => Ok(String::new()),
        Value::List(_) | Value::Map(_) | Value::Record(_) | Value::Bytes(_) => {
            let text = json::write(value, Layout::Compact, BYTES_MAX)?;
            Ok(if matches!(value, Value::Bytes(_)) {
                text.trim_matches('"').to_owned()
            } else {
                text
            })
        }
        Value::Secret(_) => Err(Fault::new(Code::Secret, "a secret cannot stand in a table")),
        Value::Closure(_) => Err(Fault::argument("a function cannot stand in a table")),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::Time(_)
        | Value::Date(_)
        | Value::Duration(_)
        | Value::Short(_)
        | Value::Text(_) => Ok(value.to_string()),
    }
}

/// Bytes that do not become too many.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > BYTES_MAX.saturating_sub(self.0.len()) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn too_long(_: &csv::Error) -> Fault {
    limit()
}

fn limit() -> Fault {
    Fault::new(Code::Limit, format!("the table is longer than {} MiB", BYTES_MAX >> 20))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{FieldDescriptor, RecordDescriptor, Shape};

    const COMMA: Options<'_> = Options { separator: ",", header: true };

    /// Place 0 and on: text, decimal, text?, int, date, and the row `{ sku, price, note, n }` as place 5.
    fn types() -> (Types, DescriptorId) {
        let id = DescriptorId;
        let field = |name: &str, ty| FieldDescriptor { name: name.into(), ty: id(ty) };
        let row = RecordDescriptor::new(
            None,
            vec![field("sku", 0), field("price", 1), field("note", 2), field("day", 4)],
        );
        let table = [
            Descriptor::Text,
            Descriptor::Decimal,
            Descriptor::Optional(id(0)),
            Descriptor::Int,
            Descriptor::Optional(id(6)),
            Descriptor::Record(row),
            Descriptor::Date,
            Descriptor::List(id(3)),
            Descriptor::Map(id(0), id(3)),
        ];
        (Types::new(&table).unwrap(), id(5))
    }

    fn rows(source: &str, options: Options<'_>) -> Result<String, String> {
        let (types, row) = types();
        let rows = read(source.as_bytes(), options, &types, Some(row));
        rows.map(|it| it.to_string()).map_err(|it| it.message)
    }

    #[test]
    fn columns_find_their_fields() {
        assert_eq!(
            rows("\u{feff}price, sku ,extra\r\n 2.50 ,\"A \"\"1\"\", x\ny\",z\n", COMMA).unwrap(),
            r#"[{ sku: "A \"1\", x\ny", price: 2.50, note: null, day: null }]"#
        );
        let bare = Options { separator: ";", header: false };
        assert_eq!(
            rows("A;1;;2026-03-29\nB;2", bare).unwrap(),
            r#"[{ sku: "A", price: 1, note: null, day: 2026-03-29 }, { sku: "B", price: 2, note: null, day: null }]"#
        );
        assert_eq!(rows("sku,price\n", COMMA).unwrap(), "[]");
    }

    #[test]
    fn what_does_not_fit_is_named_with_line_and_column() {
        for (source, message) in [
            ("sku,price\nA,1\nB,n/a\n", r#"line 3, price: expected decimal, found text "n/a""#),
            ("sku\nA\n", "line 1: the header has no column `price`"),
            ("sku,price\nA\n", "line 2: there is no `price`"),
            ("", "line 1: the header has no column `price`"),
        ] {
            assert_eq!(rows(source, COMMA).unwrap_err(), message, "{source}");
        }
        for separator in ["", "ab", "é", "\"", "\n"] {
            assert!(rows("a", Options { separator, header: true }).is_err(), "{separator:?}");
        }
        let (types, row) = types();
        assert!(read(b"\xff", COMMA, &types, Some(row)).unwrap_err().is(Code::Decode));
        assert!(read(b"a", COMMA, &types, Some(DescriptorId(3))).unwrap_err().is(Code::Argument));
    }

    #[test]
    fn rows_may_be_maps_lists_or_json() {
        let (types, _) = types();
        let read = |id, header| {
            let options = Options { separator: ",", header };
            read(b"a,b\n1,2\n", options, &types, id).map(|it| it.to_string())
        };
        assert_eq!(read(None, true).unwrap(), r#"[["a": "1", "b": "2"]]"#);
        assert_eq!(read(Some(DescriptorId(8)), true).unwrap(), r#"[["a": 1, "b": 2]]"#);
        assert_eq!(read(Some(DescriptorId(7)), true).unwrap(), "[[1, 2]]");
        assert_eq!(read(None, false).unwrap(), r#"[["a", "b"], ["1", "2"]]"#);
    }

    #[test]
    fn rows_are_written_with_quotes_where_needed() {
        let shape = Rc::new(Shape::new(["sku", "note", "tags"]));
        let row = |sku, note| {
            Value::record(&shape, [note, Value::text(sku), Value::list([Value::Int(1)])])
        };
        let rows: List =
            [row("A,1", Value::Null), row("B", Value::text("5\" x"))].into_iter().collect();
        assert_eq!(
            text(&rows, ",", true).unwrap(),
            "sku,note,tags\n\"A,1\",,[1]\nB,\"5\"\" x\",[1]\n"
        );
        assert_eq!(text(&rows, ";", false).unwrap(), "A,1;;[1]\nB;\"5\"\" x\";[1]\n");
        assert_eq!(text(&List::Values(vec![]), ",", true).unwrap(), "");
        assert_eq!(text(&List::Ints(vec![1, 2]), ",", true).unwrap(), "1\n2\n");
        let long = List::Values(vec![Value::text(&"x".repeat(1 << 20)); 70]);
        assert!(text(&long, ",", true).unwrap_err().is(Code::Limit));
    }
}
