//! Rows of a result on their way to a program.

use std::rc::Rc;

use crate::host::database::{Column, Columns, Datum, Error, ErrorKind, Rows, Type};
use crate::sql::{Kind, Output, RowShape};
use crate::value::{Code, Descriptor, DescriptorId, Fault, Key, Map, Shape, Types, Value, json};

use super::faults;

/// The type that a result is read into; nothing where it is a number or truth value.
#[derive(Clone, Copy)]
pub(super) struct ResultType<'a> {
    pub(super) types: &'a Types,
    pub(super) id: Option<DescriptorId>,
}

impl<'a> ResultType<'a> {
    /// The type of the elements of a list; the type itself, if it is none.
    pub(super) fn element(self) -> Self {
        match self.descriptor() {
            Some(Descriptor::List(of)) => Self { id: Some(*of), ..self },
            _ => self,
        }
    }

    fn without_null(self) -> Self {
        match self.descriptor() {
            Some(Descriptor::Optional(of)) => Self { id: Some(*of), ..self }.without_null(),
            _ => self,
        }
    }

    fn field(self, name: &str) -> Self {
        let fields = match self.descriptor() {
            Some(Descriptor::Record(record)) => &record.fields[..],
            _ => &[],
        };
        Self { id: fields.iter().find(|it| &*it.name == name).map(|it| it.ty), ..self }
    }

    fn descriptor(self) -> Option<&'a Descriptor> {
        self.id.map(|id| self.types.get(id))
    }
}

/// Makes values of rows of one form.
#[derive(Debug)]
pub(super) struct RowReader {
    part: Part,
    columns: Columns,
    /// What a column is called in messages: the fields on the way to it.
    paths: Vec<String>,
}

/// How a part of a value is made.
#[derive(Debug)]
enum Part {
    /// A column as it is.
    Plain(usize),
    /// A column with one of these texts.
    OneOf(usize, Box<[Box<str>]>),
    /// A column with JSON text of a type; of any type.
    Json(usize, Option<DescriptorId>),
    /// A record: its shape, and the part of each slot.
    Record(Rc<Shape>, Vec<Part>),
    /// A record that is missing where the column is null.
    Maybe(usize, Box<Part>),
    /// An object of all columns.
    Object,
}

impl RowReader {
    /// The reader of rows with these columns and this form, as values of the type. `by_name` where the columns' order is not known.
    pub(super) fn new(
        outputs: &[Output],
        shape: &RowShape,
        ty: ResultType<'_>,
        by_name: bool,
    ) -> Self {
        let columns: Vec<Column> = outputs.iter().map(column).collect();
        let mut paths = columns.iter().map(|it| it.name.clone()).collect();
        let part = part(shape, ty, outputs, "", &mut paths);
        let columns = match (&part, columns.as_slice()) {
            (Part::Object, _) => Columns::All,
            (Part::Record(..), _) if by_name => Columns::ByName(columns),
            (_, [only]) if by_name => Columns::Only(only.clone()),
            _ => Columns::ByPlace(columns),
        };
        Self { part, columns, paths }
    }

    /// The reader of rows of a table, all columns in order.
    pub(super) fn of_table(table: &crate::sql::schema::Table, ty: ResultType<'_>) -> Self {
        let output = |it: &crate::sql::schema::Column| Output {
            name: it.name.clone(),
            value: None,
            kind: it.kind,
            nullable: it.nullable,
            gathered: false,
        };
        let outputs: Vec<Output> = table.columns.iter().map(output).collect();
        let fields = (0..).zip(&table.columns);
        let fields = fields.map(|(at, it)| (it.name.clone(), RowShape::Column(at))).collect();
        Self::new(&outputs, &RowShape::Record(fields), ty, false)
    }

    /// What to ask the database for.
    pub(super) fn columns(&self) -> Columns {
        self.columns.clone()
    }

    /// The values of rows, of which `before` came earlier.
    pub(super) fn values(
        &self,
        rows: &Rows,
        types: &Types,
        before: usize,
    ) -> Result<Vec<Value>, Fault> {
        let value = |(at, cells)| {
            let row = Row { types, cells, names: &rows.names };
            row.value(&self.part).map_err(|(column, fault)| self.locate(before + at, column, fault))
        };
        rows.iter().enumerate().map(value).collect()
    }

    /// The fault of a result that was not as expected, with the path to the place.
    pub(super) fn fault(&self, error: Error) -> Fault {
        match error.kind {
            ErrorKind::Decode { row, column } => {
                self.locate(row, column, faults::of_database(error))
            }
            _ => faults::of_database(error),
        }
    }

    fn locate(&self, row: usize, column: usize, fault: Fault) -> Fault {
        let path = self.paths.get(column).map_or("", String::as_str);
        let dot = if path.is_empty() { "" } else { "." };
        let between = path_goes_on(&fault.message).unwrap_or(": ");
        let message = format!("[{row}]{dot}{path}{between}{}", fault.message);
        Fault { message, ..fault }
    }
}

/// What stands before the path that a message about JSON begins with, if it begins with one.
fn path_goes_on(message: &str) -> Option<&'static str> {
    let (path, _) = message.split_once(": expected ").filter(|(path, _)| !path.contains(' '))?;
    Some(if path.starts_with('[') { "" } else { "." })
}

fn column(output: &Output) -> Column {
    let of = match output.kind {
        Kind::Int => Type::Int,
        Kind::Decimal => Type::Decimal,
        Kind::Float => Type::Float,
        Kind::Bool => Type::Bool,
        Kind::Text => Type::Text,
        Kind::Bytes => Type::Bytes,
        Kind::Time => Type::Time,
        Kind::Date => Type::Date,
        Kind::Duration => Type::Duration,
        Kind::Json => Type::Json,
    };
    Column { name: output.name.clone(), of, nullable: output.nullable, gathered: output.gathered }
}

fn part(
    shape: &RowShape,
    ty: ResultType<'_>,
    outputs: &[Output],
    path: &str,
    paths: &mut Vec<String>,
) -> Part {
    let ty = ty.without_null();
    let mut place = |at: u32| {
        let at = at as usize;
        if let Some(it) = paths.get_mut(at) {
            path.clone_into(it);
        }
        at
    };
    match shape {
        RowShape::Column(at) => {
            let kind = outputs.get(*at as usize).map(|it| it.kind);
            match (kind, ty.descriptor()) {
                (_, Some(Descriptor::Union(texts))) => Part::OneOf(place(*at), texts.clone()),
                (Some(Kind::Json), Some(Descriptor::Json) | None) => Part::Json(place(*at), None),
                (Some(Kind::Json), Some(_)) => Part::Json(place(*at), ty.id),
                _ => Part::Plain(place(*at)),
            }
        }
        RowShape::Record(fields) => record(fields, ty, outputs, path, paths),
        RowShape::OptionalRecord(witness, fields) => {
            Part::Maybe(*witness as usize, Box::new(record(fields, ty, outputs, path, paths)))
        }
        RowShape::Object => Part::Object,
    }
}

fn record(
    fields: &[(String, RowShape)],
    ty: ResultType<'_>,
    outputs: &[Output],
    path: &str,
    paths: &mut Vec<String>,
) -> Part {
    let own = || Rc::new(Shape::new(fields.iter().map(|(name, _)| name.as_str())));
    let shape = ty.id.and_then(|id| ty.types.shape(id).cloned()).unwrap_or_else(own);
    let slot = |name: &ecow::EcoString| {
        let (field, inner) = fields.iter().find(|(it, _)| it == name)?;
        let dot = if path.is_empty() { "" } else { "." };
        let path = format!("{path}{dot}{field}");
        Some(part(inner, ty.field(field), outputs, &path, paths))
    };
    let slots = shape.slots.iter().filter_map(slot).collect();
    Part::Record(shape, slots)
}

/// A row that becomes a value. Failures come with their column.
struct Row<'a> {
    types: &'a Types,
    cells: &'a [Datum],
    names: &'a [String],
}

type Made = Result<Value, (usize, Fault)>;

impl Row<'_> {
    fn value(&self, part: &Part) -> Made {
        match part {
            Part::Plain(at) => Ok(plain(&self.cells[*at])),
            Part::OneOf(at, texts) => self.one_of(*at, texts),
            Part::Json(at, ty) => self.json(*at, *ty),
            Part::Record(shape, slots) => {
                let slots = slots.iter().map(|it| self.value(it)).collect::<Result<Vec<_>, _>>()?;
                Ok(Value::record(shape, slots))
            }
            Part::Maybe(witness, _) if self.cells[*witness] == Datum::Null => Ok(Value::Null),
            Part::Maybe(_, record) => self.value(record),
            Part::Object => Ok(self.object()),
        }
    }

    fn one_of(&self, at: usize, texts: &[Box<str>]) -> Made {
        match &self.cells[at] {
            Datum::Text(text) if !texts.iter().any(|it| **it == **text) => {
                let known: Vec<_> = texts.iter().map(|it| format!("\"{it}\"")).collect();
                let message = format!("expected {}, found text \"{text}\"", known.join(" | "));
                Err((at, Fault::new(Code::Decode, message)))
            }
            cell => Ok(plain(cell)),
        }
    }

    fn json(&self, at: usize, ty: Option<DescriptorId>) -> Made {
        let value = match (&self.cells[at], ty) {
            (Datum::Json(text), Some(ty)) => json::parse_as(text, self.types, ty),
            (Datum::Json(text), None) => json::parse(text),
            (cell, _) => Ok(plain(cell)),
        };
        value.map_err(|fault| (at, fault))
    }

    fn object(&self) -> Value {
        let mut map = Map::with_capacity(self.cells.len());
        for (name, cell) in self.names.iter().zip(self.cells) {
            map.insert(Key::text(name), plain(cell));
        }
        Value::Map(Rc::new(map))
    }
}

fn plain(cell: &Datum) -> Value {
    match cell {
        Datum::Null => Value::Null,
        Datum::Int(it) => Value::Int(*it),
        Datum::Decimal(it) => Value::Decimal((*it).into()),
        Datum::Float(it) => Value::Float(*it),
        Datum::Bool(it) => Value::Bool(*it),
        Datum::Text(it) | Datum::Json(it) => Value::text(it),
        Datum::Bytes(it) => Value::bytes(it.clone()),
        Datum::Time(it) => Value::Time(*it),
        Datum::Date(it) => Value::Date(*it),
        Datum::Duration(it) => Value::Duration(*it),
        Datum::List(items) => Value::list(items.iter().map(plain)),
    }
}
