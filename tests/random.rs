//! Random numbers for tests, from a seed that is printed and can be given back.

#![allow(clippy::cast_possible_truncation, reason = "lists are shorter than memory")]
#![allow(clippy::print_stdout, reason = "a failed test shows its seed")]

use std::hash::{BuildHasher, RandomState};

/// A small generator (splitmix64).
pub(crate) struct Random(u64);

/// How often a test repeats its work: `n` times, or as many times more as the variable `ROUNDS` says.
pub(crate) fn rounds(n: usize) -> usize {
    let factor = std::env::var("ROUNDS").ok().and_then(|it| it.parse::<usize>().ok());
    n * factor.unwrap_or(1)
}

impl Random {
    /// Starts from the seed in the variable `SEED`, or from a new one, and prints it.
    pub(crate) fn new(test: &str) -> Self {
        let seed = std::env::var("SEED").ok().and_then(|it| it.parse().ok());
        let seed = seed.unwrap_or_else(|| RandomState::new().hash_one(test));
        println!("{test}: SEED={seed}");
        Random(seed)
    }

    /// Starts from a seed that stands in the test.
    pub(crate) fn seeded(seed: u64) -> Self {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A number from `low` to `high`, both possible.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// Whether one of `n` equal chances came up.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}
