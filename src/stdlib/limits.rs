//! How large a single result may be, whatever the run as a whole may hold.

use std::fmt::Write;

use crate::value::{Bounded, Code, Fault, Value};

/// The longest text or bytes that one call makes.
pub(super) const BYTES_MAX: usize = 64 << 20;

/// The longest list that one call makes out of nothing.
pub(super) const ITEMS_MAX: usize = 8 << 20;

/// Refuses to make a text that is too long.
pub(super) fn bytes(wanted: usize) -> Result<(), Fault> {
    if wanted <= BYTES_MAX { Ok(()) } else { Err(too_long()) }
}

/// What a call gives whose result would be too long.
pub(super) fn too_long() -> Fault {
    Fault::new(Code::Limit, format!("the result is longer than {} MiB", BYTES_MAX >> 20))
}

/// Refuses to make a list that is too long.
pub(super) fn items(wanted: usize) -> Result<(), Fault> {
    if wanted <= ITEMS_MAX {
        Ok(())
    } else {
        Err(Fault::new(Code::Limit, format!("the result has more than {ITEMS_MAX} elements")))
    }
}

/// A text under construction that does not become too long.
pub(super) struct Text(Bounded);

impl Text {
    pub(super) fn new() -> Self {
        Self(Bounded::new(BYTES_MAX))
    }

    pub(super) fn push(&mut self, part: &str) -> Result<(), Fault> {
        self.0.write_str(part).map_err(|_| too_long())
    }

    pub(super) fn push_char(&mut self, c: char) -> Result<(), Fault> {
        self.0.write_char(c).map_err(|_| too_long())
    }

    pub(super) fn push_value(&mut self, value: &Value) -> Result<(), Fault> {
        crate::value::write_value(&mut self.0, value).map_err(|_| too_long())
    }

    pub(super) fn done(self) -> String {
        self.0.text
    }
}

/// A number of things that is given as an `int`.
pub(super) fn count(n: i64, what: &str) -> Result<usize, Fault> {
    usize::try_from(n).map_err(|_| Fault::argument(format!("{what} is 0 or more, and this is {n}")))
}
