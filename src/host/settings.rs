//! Secrets and environment variables, as far as the project's configuration names them.

use std::fmt;

/// What the project may know of its surroundings.
pub trait Settings: Send + Sync {
    /// A configured secret; `None` if the configuration does not name it or its place is empty.
    fn secret(&self, name: &str) -> Option<Secret>;

    /// A variable that the configuration lists; `None` if it is not set.
    fn env(&self, name: &str) -> Option<String>;

    /// The hosts that a secret's text may be sent to; `None` if it is bound to none. A text that two secrets share may
    /// only go where both may.
    fn hosts_of(&self, secret_text: &str) -> Option<Vec<String>>;
}

/// A secret. Prints as dots.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// The text itself.
    pub text: String,
    /// The hosts it may be sent to: `api.stripe.com`, `*.stripe.com`. Empty: any.
    pub hosts: Vec<String>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret(…, hosts: {:?})", self.hosts)
    }
}
