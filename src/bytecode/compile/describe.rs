//! Types of the checker as descriptors of the program.

use rustc_hash::FxHashMap;

use crate::check::checked::Valid;
use crate::check::types::{RecordType, Type};
use crate::value::{Descriptor, DescriptorId, FieldDescriptor, RecordDescriptor};

/// Which types the program's table has already.
#[derive(Default)]
pub(super) struct Descriptors {
    known: FxHashMap<Type, DescriptorId>,
}

impl Descriptors {
    /// The place of a type in the table, put there if need be.
    pub(super) fn place(
        &mut self,
        ty: &Type,
        table: &mut Vec<Descriptor>,
        valid: Valid<'_>,
    ) -> DescriptorId {
        if let Some(id) = self.known.get(ty) {
            return *id;
        }
        let id =
            DescriptorId(u32::try_from(table.len()).expect("a program has fewer than 2^32 types"));
        // The place is known before the parts are, so that a type may mention itself.
        table.push(Descriptor::Nothing);
        self.known.insert(ty.clone(), id);
        let descriptor = self.describe(ty, table, valid);
        table[id.0 as usize] = descriptor;
        id
    }

    fn describe(&mut self, ty: &Type, table: &mut Vec<Descriptor>, valid: Valid<'_>) -> Descriptor {
        let mut place = |ty: &Type| self.place(ty, table, valid);
        match ty {
            Type::Named(named) => {
                let opened = valid.checked().expand(named).clone();
                self.describe(&opened, table, valid)
            }
            Type::Nothing | Type::Never | Type::Null | Type::Error => Descriptor::Nothing,
            Type::Int => Descriptor::Int,
            Type::Decimal => Descriptor::Decimal,
            Type::Float => Descriptor::Float,
            Type::Bool => Descriptor::Bool,
            Type::Text => Descriptor::Text,
            Type::Bytes => Descriptor::Bytes,
            Type::Time => Descriptor::Time,
            Type::Date => Descriptor::Date,
            Type::Duration => Descriptor::Duration,
            Type::Json | Type::Param(_) => Descriptor::Json,
            Type::Secret => Descriptor::Secret,
            Type::Fn(_) => Descriptor::Function,
            Type::Fault => Descriptor::Record(self.fault(table, valid)),
            Type::Union(texts) => {
                Descriptor::Union(texts.iter().map(|it| it.as_str().into()).collect())
            }
            Type::List(of) => Descriptor::List(place(of)),
            Type::Map(of) => Descriptor::Map(place(&of.0), place(&of.1)),
            Type::Optional(of) => Descriptor::Optional(place(of)),
            Type::OneOf(of) => Descriptor::OneOf(of.iter().map(place).collect()),
            Type::Record(record) => Descriptor::Record(self.record(record, table, valid)),
        }
    }

    fn record(
        &mut self,
        record: &RecordType,
        table: &mut Vec<Descriptor>,
        valid: Valid<'_>,
    ) -> RecordDescriptor {
        let fields = record.fields.iter().map(|field| FieldDescriptor {
            name: field.name.as_str().into(),
            ty: self.place(&field.ty, table, valid),
        });
        RecordDescriptor {
            name: record.name.as_ref().map(|it| it.as_str().into()),
            fields: fields.collect(),
            order: record.order.clone().into(),
        }
    }

    fn fault(&mut self, table: &mut Vec<Descriptor>, valid: Valid<'_>) -> RecordDescriptor {
        let types = [Type::Text, Type::Text, Type::Json, Type::Text];
        let fields = super::expr::FAULT_FIELDS.iter().zip(types).map(|(name, ty)| {
            FieldDescriptor { name: (*name).into(), ty: self.place(&ty, table, valid) }
        });
        RecordDescriptor {
            name: Some("error".into()),
            fields: fields.collect(),
            order: [1, 3, 2, 0].into(),
        }
    }
}
