//! Places at which a test may cut a run off: between any two steps that a crash can come between.

use std::fmt;
use std::sync::Arc;

/// What is called at each place, with its name. Nothing outside tests.
#[derive(Clone, Default)]
pub struct Cuts(Option<Arc<dyn Fn(&'static str) + Send + Sync>>);

impl Cuts {
    /// All places, by what surrounds them.
    pub const ALL: &[&str] = &[
        "before-intent",
        "before-send",
        "after-send",
        "after-result",
        "before-commit",
        "after-commit",
        "before-park",
        "after-park",
    ];

    /// Calls this at every place.
    pub fn calling(cut: impl Fn(&'static str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(cut)))
    }

    /// The run is at a place.
    pub(super) fn at(&self, place: &'static str) {
        debug_assert!(Self::ALL.contains(&place), "`{place}` stands in the list");
        if let Some(cut) = &self.0 {
            cut(place);
        }
    }
}

impl fmt::Debug for Cuts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cuts").field(&self.0.is_some()).finish()
    }
}
