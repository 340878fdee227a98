//! The record that an `error` is: `{ code, message, data, at }`.

use super::program::ShapeData;

/// The fields in the order in which they print.
pub const FIELDS: [&str; 4] = ["code", "message", "data", "at"];

/// The slot of [`FIELDS`]' `at`: slots are sorted by name.
pub const AT: usize = 0;
/// The slot of `code`.
pub const CODE: usize = 1;
/// The slot of `data`.
pub const DATA: usize = 2;
/// The slot of `message`.
pub const MESSAGE: usize = 3;

/// The shape of the record.
#[must_use]
pub fn shape() -> ShapeData {
    let slots = ["at", "code", "data", "message"].map(str::to_owned).to_vec();
    let slot = |name: &str| slots.iter().position(|it| it == name);
    let order = FIELDS.iter().filter_map(|it| slot(it)).filter_map(|it| u16::try_from(it).ok());
    ShapeData { order: order.collect(), slots }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_where_the_constants_say() {
        let shape = shape();
        assert!(shape.slots.is_sorted());
        for (slot, name) in [(AT, "at"), (CODE, "code"), (DATA, "data"), (MESSAGE, "message")] {
            assert_eq!(shape.slots[slot], name);
        }
        assert_eq!(shape.order, [1, 3, 2, 0]);
    }
}
