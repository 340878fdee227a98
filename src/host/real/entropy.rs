//! The operating system's randomness, by way of the cryptography that TLS uses.

use rustls::crypto::SecureRandom;

use crate::host;

/// Asks the operating system.
pub struct Entropy(&'static dyn SecureRandom);

impl Entropy {
    /// The system's source.
    #[must_use]
    pub fn new() -> Self {
        Self(rustls::crypto::ring::default_provider().secure_random)
    }
}

impl Default for Entropy {
    fn default() -> Self {
        Self::new()
    }
}

impl host::Entropy for Entropy {
    fn fill(&self, buffer: &mut [u8]) {
        // A system without randomness cannot make keys or ids; predictable ones would be worse than none.
        self.0.fill(buffer).expect("the operating system gives random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Entropy as _;

    #[test]
    fn numbers_differ() {
        let entropy = Entropy::new();
        assert_ne!(entropy.next_u64(), entropy.next_u64());
    }
}
