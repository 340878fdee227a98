//! Types at run time: what `as T`, typed decoding and deep widening are told to make.
//!
//! A program carries a table of [`Descriptor`]s as plain data; they name each other by place, so that recursive types are
//! finite. [`Types`] is the table made ready for a thread, with the shapes of its records.

use std::fmt::{self, Write};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{Shape, print};

/// A type, with the types inside it by their place in the table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named after the types of the language")]
pub enum Descriptor {
    Nothing,
    Bool,
    Int,
    Decimal,
    Float,
    Text,
    Bytes,
    Time,
    Date,
    Duration,
    Json,
    Secret,
    Function,
    /// `"open" | "paid"`
    Union(Box<[Box<str>]>),
    List(DescriptorId),
    /// Key and value.
    Map(DescriptorId, DescriptorId),
    Record(RecordDescriptor),
    Optional(DescriptorId),
    /// Any of these; parameters of library functions only.
    OneOf(Box<[DescriptorId]>),
}

/// The place of a descriptor in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DescriptorId(pub u32);

/// A record type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecordDescriptor {
    /// The table or alias that it comes from, for messages.
    pub name: Option<Box<str>>,
    /// Sorted by name: the place of a field is its slot.
    pub fields: Box<[FieldDescriptor]>,
    /// The slots in the order in which they print.
    pub order: Box<[u16]>,
}

/// A field of a record type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldDescriptor {
    /// What it is called.
    pub name: Box<str>,
    /// What it holds.
    pub ty: DescriptorId,
}

/// A table of descriptors, ready for use on one thread.
#[derive(Clone, Debug, Default)]
pub struct Types {
    descriptors: Rc<[Descriptor]>,
    /// By descriptor; of records only.
    shapes: Rc<[Option<Rc<Shape>>]>,
}

/// A table that mentions a place it does not have, or a record whose fields are out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadTable {
    /// The descriptor that is wrong.
    pub at: DescriptorId,
}

impl fmt::Display for BadTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "type {} of the program is damaged", self.at.0)
    }
}

impl std::error::Error for BadTable {}

impl Types {
    /// Checks a table and makes the shapes of its records.
    pub fn new(descriptors: &[Descriptor]) -> Result<Self, BadTable> {
        for (at, descriptor) in (0..).map(DescriptorId).zip(descriptors) {
            let inside = |id: DescriptorId| (id.0 as usize) < descriptors.len();
            if !descriptor.mentions().all(inside) || !descriptor.is_well_formed() {
                return Err(BadTable { at });
            }
        }
        let shapes = descriptors.iter().map(|it| match it {
            Descriptor::Record(record) => Some(Rc::new(record.shape())),
            _ => None,
        });
        Ok(Self { shapes: shapes.collect(), descriptors: descriptors.into() })
    }

    /// A descriptor. The table holds every place that its own descriptors mention.
    ///
    /// # Panics
    /// If the id comes from another table.
    #[must_use]
    pub fn get(&self, id: DescriptorId) -> &Descriptor {
        &self.descriptors[id.0 as usize]
    }

    /// How many descriptors there are: ids below are valid.
    #[must_use]
    pub fn len(&self) -> usize {
        self.descriptors.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.descriptors.is_empty()
    }

    /// The shape of a record type.
    #[must_use]
    pub fn shape(&self, id: DescriptorId) -> Option<&Rc<Shape>> {
        self.shapes.get(id.0 as usize)?.as_ref()
    }

    /// Whether a missing field of this type is `null`.
    #[must_use]
    pub fn may_be_missing(&self, id: DescriptorId) -> bool {
        matches!(self.get(id), Descriptor::Optional(_) | Descriptor::Json | Descriptor::Nothing)
    }

    /// The type as people write it: `[decimal]`, `Order`.
    #[must_use]
    pub fn describe(&self, id: DescriptorId) -> String {
        let mut out = String::new();
        self.write(&mut out, id, 0).expect("writing to a String cannot fail");
        out
    }

    fn write(&self, out: &mut String, id: DescriptorId, level: u32) -> fmt::Result {
        // Aliases may mention themselves without being records with names.
        if level > 8 {
            return out.write_char('…');
        }
        match self.get(id) {
            Descriptor::Nothing => out.write_str("nothing"),
            Descriptor::Bool => out.write_str("bool"),
            Descriptor::Int => out.write_str("int"),
            Descriptor::Decimal => out.write_str("decimal"),
            Descriptor::Float => out.write_str("float"),
            Descriptor::Text => out.write_str("text"),
            Descriptor::Bytes => out.write_str("bytes"),
            Descriptor::Time => out.write_str("time"),
            Descriptor::Date => out.write_str("date"),
            Descriptor::Duration => out.write_str("duration"),
            Descriptor::Json => out.write_str("json"),
            Descriptor::Secret => out.write_str("secret"),
            Descriptor::Function => out.write_str("fn"),
            Descriptor::Union(texts) => {
                separated(out, texts, " | ", |out, text| print::quoted(out, text))
            }
            Descriptor::List(of) => {
                out.write_char('[')?;
                self.write(out, *of, level + 1)?;
                out.write_char(']')
            }
            Descriptor::Map(key, value) => {
                out.write_char('[')?;
                self.write(out, *key, level + 1)?;
                out.write_str(": ")?;
                self.write(out, *value, level + 1)?;
                out.write_char(']')
            }
            Descriptor::Record(record) => self.write_record(out, record, level + 1),
            Descriptor::Optional(of) => {
                self.write(out, *of, level + 1)?;
                out.write_char('?')
            }
            Descriptor::OneOf(members) => {
                separated(out, members, " | ", |out, id| self.write(out, *id, level + 1))
            }
        }
    }

    fn write_record(&self, out: &mut String, record: &RecordDescriptor, level: u32) -> fmt::Result {
        if let Some(name) = &record.name {
            return out.write_str(name);
        }
        out.write_str("{ ")?;
        separated(out, &record.order, ", ", |out, slot| {
            let field = &record.fields[usize::from(*slot)];
            write!(out, "{}: ", field.name)?;
            self.write(out, field.ty, level)
        })?;
        out.write_str(" }")
    }
}

fn separated<T>(
    out: &mut String,
    items: &[T],
    separator: &str,
    mut write: impl FnMut(&mut String, &T) -> fmt::Result,
) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        out.write_str(if at == 0 { "" } else { separator })?;
        write(out, item)?;
    }
    Ok(())
}

impl Descriptor {
    /// The places of the types inside this one.
    pub fn mentions(&self) -> impl Iterator<Item = DescriptorId> + '_ {
        let (one, two, many, fields): (_, _, &[DescriptorId], &[FieldDescriptor]) = match self {
            Self::List(of) | Self::Optional(of) => (Some(*of), None, &[], &[]),
            Self::Map(key, value) => (Some(*key), Some(*value), &[], &[]),
            Self::Record(record) => (None, None, &[], &record.fields),
            Self::OneOf(members) => (None, None, members, &[]),
            Self::Nothing
            | Self::Bool
            | Self::Int
            | Self::Decimal
            | Self::Float
            | Self::Text
            | Self::Bytes
            | Self::Time
            | Self::Date
            | Self::Duration
            | Self::Json
            | Self::Secret
            | Self::Function
            | Self::Union(_) => (None, None, &[], &[]),
        };
        let named = many.iter().copied().chain(fields.iter().map(|it| it.ty));
        one.into_iter().chain(two).chain(named)
    }

    fn is_well_formed(&self) -> bool {
        let Self::Record(record) = self else { return true };
        let mut printed = record.order.to_vec();
        printed.sort_unstable();
        record.fields.is_sorted_by(|a, b| a.name < b.name)
            && printed.iter().map(|it| usize::from(*it)).eq(0..record.fields.len())
    }
}

impl RecordDescriptor {
    /// A record type with these fields in the order in which they print; of two with one name the first counts.
    #[must_use]
    pub fn new(name: Option<&str>, printed: Vec<FieldDescriptor>) -> Self {
        let shape = Shape::new(printed.iter().map(|it| &*it.name));
        let mut fields = printed;
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        fields.dedup_by(|a, b| a.name == b.name);
        Self { name: name.map(Box::from), fields: fields.into(), order: shape.order }
    }

    /// The shape of its records.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape {
            slots: self.fields.iter().map(|it| it.name.as_ref().into()).collect(),
            order: self.order.clone(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A table under construction.
    #[derive(Default)]
    pub(crate) struct Builder(Vec<Descriptor>);

    impl Builder {
        pub(crate) fn add(&mut self, descriptor: Descriptor) -> DescriptorId {
            self.0.push(descriptor);
            DescriptorId(u32::try_from(self.0.len() - 1).unwrap())
        }

        pub(crate) fn record(
            &mut self,
            name: &str,
            fields: &[(&str, DescriptorId)],
        ) -> DescriptorId {
            let name = (!name.is_empty()).then_some(name);
            let fields =
                fields.iter().map(|(name, ty)| FieldDescriptor { name: (*name).into(), ty: *ty });
            self.add(Descriptor::Record(RecordDescriptor::new(name, fields.collect())))
        }

        pub(crate) fn done(self) -> Types {
            Types::new(&self.0).unwrap()
        }
    }

    #[test]
    fn types_describe_themselves_as_people_write_them() {
        let mut it = Builder::default();
        let text = it.add(Descriptor::Text);
        let decimal = it.add(Descriptor::Decimal);
        let status = it.add(Descriptor::Union(["open".into(), "paid".into()].into()));
        let order = it.record("Order", &[("total", decimal)]);
        let orders = it.add(Descriptor::List(order));
        let by_name = it.add(Descriptor::Map(text, orders));
        let maybe = it.add(Descriptor::Optional(by_name));
        let plain = it.record("", &[("z", text), ("a", maybe)]);
        let either = it.add(Descriptor::OneOf([text, orders].into()));
        let types = it.done();
        assert_eq!(types.describe(status), r#""open" | "paid""#);
        assert_eq!(types.describe(plain), "{ z: text, a: [text: [Order]]? }");
        assert_eq!(types.describe(either), "text | [Order]");
    }

    #[test]
    fn a_damaged_table_is_refused() {
        let outside = [Descriptor::List(DescriptorId(1))];
        assert_eq!(Types::new(&outside).unwrap_err(), BadTable { at: DescriptorId(0) });
        let field = |name: &str| FieldDescriptor { name: name.into(), ty: DescriptorId(0) };
        let unsorted = RecordDescriptor {
            name: None,
            fields: [field("b"), field("a")].into(),
            order: [0, 1].into(),
        };
        let table = [Descriptor::Int, Descriptor::Record(unsorted)];
        assert_eq!(Types::new(&table).unwrap_err(), BadTable { at: DescriptorId(1) });
    }

    #[test]
    fn a_recursive_type_describes_itself_finitely() {
        let types = Types::new(&[Descriptor::List(DescriptorId(0))]).unwrap();
        assert!(types.describe(DescriptorId(0)).contains('…'));
    }
}
