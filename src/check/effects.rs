//! Effects: what each function and task may touch of the world.

/// What becomes of an effect whose result was not recorded before a crash; and what may stand in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EffectClass {
    /// Touches nothing: computed again.
    Pure,
    /// Reads: done again.
    Observe,
    /// Writes to a source: exactly once, by a marker that commits with the data.
    Transactional,
    /// Writes so that twice is as good as once: done again.
    Idempotent,
    /// Writes what cannot be taken back: the run stops as in doubt.
    Once,
}

impl EffectClass {
    /// The class that a declaration's word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "pure" => Self::Pure,
            "observe" => Self::Observe,
            "transactional" => Self::Transactional,
            "idempotent" => Self::Idempotent,
            "once" => Self::Once,
            _ => return None,
        })
    }
}
