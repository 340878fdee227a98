//! Randomness with a seed.

use std::sync::Mutex;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::host;

/// The same seed gives the same bytes, on every machine.
pub struct Entropy(Mutex<ChaCha8Rng>);

impl Entropy {
    /// A source that begins at this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }
}

impl host::Entropy for Entropy {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().expect("filling does not panic").fill_bytes(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Entropy as _;

    #[test]
    fn a_seed_names_a_sequence() {
        let take = |seed| {
            let entropy = Entropy::new(seed);
            [entropy.next_u64(), entropy.next_u64()]
        };
        assert_eq!(take(1), take(1));
        assert_ne!(take(1), take(2));
        assert_ne!(take(1)[0], take(1)[1]);
    }
}
