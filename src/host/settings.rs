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

/// What [`Settings::hosts_of`] answers, given all secrets.
pub fn bound_hosts<'a>(
    secrets: impl Iterator<Item = &'a Secret>,
    text: &str,
) -> Option<Vec<String>> {
    let mut bound = secrets.filter(|it| it.text == text && !it.hosts.is_empty());
    let first = bound.next()?.hosts.clone();
    Some(bound.fold(first, |hosts, it| {
        hosts.into_iter().filter(|host| it.hosts.contains(host)).collect()
    }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_text_goes_only_where_both_secrets_may() {
        let secret = |text: &str, hosts: &[&str]| Secret {
            text: text.to_owned(),
            hosts: hosts.iter().map(|&it| it.to_owned()).collect(),
        };
        let all = [
            secret("x", &["a", "b"]),
            secret("x", &["b", "c"]),
            secret("x", &[]),
            secret("free", &[]),
        ];
        assert_eq!(bound_hosts(all.iter(), "x"), Some(vec!["b".to_owned()]));
        assert_eq!(bound_hosts(all.iter(), "free"), None);
        assert_eq!(bound_hosts(all.iter(), "unknown"), None);
    }
}
