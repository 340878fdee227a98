//! Misfortune, by chance or on order.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Decides which calls to the world fail.
pub struct Faults {
    per_mille: AtomicU32,
    ordered: AtomicU32,
    dice: Mutex<ChaCha8Rng>,
}

impl Faults {
    /// No faults, until told otherwise.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // Its own stream, so that turning faults on changes no random number that a task sees.
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        dice.set_stream(1);
        Self { per_mille: AtomicU32::new(0), ordered: AtomicU32::new(0), dice: Mutex::new(dice) }
    }

    /// Lets so many of a thousand calls fail, by chance.
    pub fn set_per_mille(&self, per_mille: u32) {
        self.per_mille.store(per_mille, Ordering::SeqCst);
    }

    /// Lets the next calls fail.
    pub fn fail_next(&self, calls: u32) {
        self.ordered.store(calls, Ordering::SeqCst);
    }

    /// Whether the call that asks fails.
    pub fn strikes(&self) -> bool {
        let ordered =
            self.ordered.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if ordered.is_ok() {
            return true;
        }
        let per_mille = self.per_mille.load(Ordering::SeqCst);
        per_mille > 0
            && self.dice.lock().expect("rolling does not panic").next_u32() % 1000 < per_mille
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordered_faults_come_first_and_end() {
        let faults = Faults::new(7);
        faults.fail_next(2);
        let struck: Vec<_> = (0..4).map(|_| faults.strikes()).collect();
        assert_eq!(struck, [true, true, false, false]);
    }

    #[test]
    fn chance_keeps_to_its_rate() {
        let faults = Faults::new(7);
        faults.set_per_mille(100);
        let struck = (0..10_000).filter(|_| faults.strikes()).count();
        assert!((800..1200).contains(&struck), "{struck} of 10000");
    }
}
