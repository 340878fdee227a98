//! Records: named slots.

use std::rc::Rc;

use ecow::EcoString;

use super::{Value, release};

/// The fields of a record, one slot each.
#[derive(Clone, Debug)]
pub struct Record {
    /// What the slots are called.
    pub shape: Rc<Shape>,
    /// The values, by [`Shape::slots`].
    pub slots: Box<[Value]>,
}

/// The names of a record's fields.
///
/// Two records of one type have their fields in the same slots however they were written, because slots are
/// sorted by name. `order` is how they were written, and is for printing only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The names, sorted bytewise: the place of a name is its slot.
    pub slots: Box<[EcoString]>,
    /// The slots in the order in which they print.
    pub order: Box<[u16]>,
}

impl Shape {
    /// The shape with these fields, given in the order in which they print.
    #[must_use]
    pub fn new<'a>(fields: impl IntoIterator<Item = &'a str>) -> Self {
        let printed: Vec<EcoString> = fields.into_iter().map(EcoString::from).collect();
        let mut slots = printed.clone();
        slots.sort_unstable();
        slots.dedup();
        let slot = |name| slots.binary_search(name).ok().and_then(|it| u16::try_from(it).ok());
        let order = printed.iter().filter_map(slot).collect();
        Self { slots: slots.into(), order }
    }

    /// The slot of a field.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.slots.binary_search_by(|it| it.as_str().cmp(name)).ok()
    }
}

impl Record {
    /// Puts values into the slots of a shape; there must be as many as the shape has.
    #[must_use]
    pub fn new(shape: &Rc<Shape>, slots: impl Into<Box<[Value]>>) -> Self {
        let slots = slots.into();
        debug_assert_eq!(slots.len(), shape.slots.len(), "one value for each slot");
        Self { shape: Rc::clone(shape), slots }
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.slots.get(self.shape.slot(name)?)
    }

    /// Names and values in the order in which they print.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.shape.order.iter().map(|slot| {
            let slot = usize::from(*slot);
            (self.shape.slots[slot].as_str(), &self.slots[slot])
        })
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        release::elements(&mut self.slots);
    }
}
