//! What a run knows of itself: `run.id`, `run.due`, …

macro_rules! fields {
    ($($name:ident = $text:literal,)*) => {
        /// A field of `run`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "named after the fields that the language reference explains")]
        pub enum RunField { $($name,)* }

        impl RunField {
            /// All of them: the place of a field is its number in instructions.
            pub const ALL: &[RunField] = &[$(RunField::$name,)*];

            /// What programs call it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(RunField::$name => $text,)* }
            }
        }
    };
}

fields! {
    Id = "id",
    Due = "due",
    Previous = "previous",
    Late = "late",
    Missed = "missed",
    Attempt = "attempt",
    Trigger = "trigger",
    Task = "task",
}

impl RunField {
    /// The field with a number.
    #[must_use]
    pub fn at(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The number in instructions.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The field that programs call so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_lead_back() {
        for field in RunField::ALL {
            assert_eq!(RunField::at(field.number()), Some(*field));
            assert_eq!(RunField::named(field.name()), Some(*field));
        }
    }
}
