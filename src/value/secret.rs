//! Secrets: texts that go to the world and nowhere else.

use std::fmt;

use ecow::EcoString;

/// A secret's text, and the name by which a restored run finds it again.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// The configured name; empty for a text that a program declared secret itself.
    pub name: EcoString,
    /// The text. Only what sends it to the world reads it.
    pub text: String,
}

impl Secret {
    /// A secret of the configuration.
    #[must_use]
    pub fn new(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.name)
    }
}
