//! Reading straight into a known type.

use std::rc::Rc;

use super::super::convert::{Mismatch, fit, fit_key};
use super::super::{Descriptor, DescriptorId, List, Map, RecordDescriptor, Types, Value};
use super::read::{Read, Reader, Stop};

impl Reader<'_> {
    /// A value of the type.
    pub(super) fn typed(&mut self, types: &Types, id: DescriptorId, level: u32) -> Read {
        match (types.get(id), self.peek()) {
            (Descriptor::Json, _)
            | (Descriptor::Optional(_), Some(b'n'))
            | (Descriptor::Text, Some(b'"')) => self.value(level),
            (Descriptor::Optional(of), _) => self.typed(types, *of, level + 1),
            (Descriptor::Record(record), Some(b'{')) => self.record(types, id, record, level),
            (Descriptor::List(of), Some(b'[')) => self.list(types, *of, level),
            (Descriptor::Map(key, value), Some(b'{')) => self.map(types, (*key, *value), level),
            _ => {
                let value = self.value(level)?;
                Ok(fit(&value, types, id, level)?)
            }
        }
    }

    fn record(
        &mut self,
        types: &Types,
        id: DescriptorId,
        wanted: &RecordDescriptor,
        level: u32,
    ) -> Read {
        let mut slots = vec![None; wanted.fields.len()];
        // Most texts have the fields in the order in which the type declares them.
        let mut expected = wanted.order.iter().map(|slot| usize::from(*slot));
        self.members(level, |reader, key| {
            let next = expected.next().filter(|slot| *wanted.fields[*slot].name == *key);
            let Some(slot) = next.or_else(|| slot_of(wanted, &key)) else {
                return reader.value(level + 1).map(drop);
            };
            let value = reader.typed(types, wanted.fields[slot].ty, level + 1);
            slots[slot] = Some(value.map_err(|stop| at_field(stop, &key))?);
            Ok(())
        })?;
        let whole = slots.into_iter().zip(&wanted.fields).map(|(slot, field)| match slot {
            Some(value) => Ok(value),
            None if types.may_be_missing(field.ty) => Ok(Value::Null),
            None => Err(Mismatch::missing(types, field.ty).at_field(&field.name)),
        });
        let whole = whole.collect::<Result<Box<[Value]>, _>>()?;
        let shape = types.shape(id).expect("every record descriptor has a shape");
        Ok(Value::record(shape, whole))
    }

    fn list(&mut self, types: &Types, of: DescriptorId, level: u32) -> Read {
        let mut items = Vec::new();
        self.elements(level, |reader, index| {
            let item = reader.typed(types, of, level + 1);
            items.push(item.map_err(|stop| match stop {
                Stop::Mismatch(it) => Stop::Mismatch(it.at_index(index)),
                other => other,
            })?);
            Ok(())
        })?;
        Ok(Value::List(Rc::new(items.into_iter().collect::<List>())))
    }

    fn map(
        &mut self,
        types: &Types,
        (key_type, value_type): (DescriptorId, DescriptorId),
        level: u32,
    ) -> Read {
        let mut map = Map::new();
        self.members(level, |reader, key| {
            let fitted = fit_key(&Value::text(&key), types, key_type);
            let fitted = fitted.map_err(|it| it.at_field(&key))?;
            let value = reader.typed(types, value_type, level + 1);
            map.insert(fitted, value.map_err(|stop| at_field(stop, &key))?);
            Ok(())
        })?;
        Ok(Value::Map(Rc::new(map)))
    }
}

fn slot_of(record: &RecordDescriptor, name: &str) -> Option<usize> {
    record.fields.binary_search_by(|it| (*it.name).cmp(name)).ok()
}

fn at_field(stop: Stop, key: &str) -> Stop {
    match stop {
        Stop::Mismatch(it) => Stop::Mismatch(it.at_field(key)),
        other => other,
    }
}
