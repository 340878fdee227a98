//! Secrets and variables from the environment and from files, as the configuration names them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::host::settings::{self, Secret};

/// Where the configured secrets are.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// By the name that tasks use.
    pub secrets: BTreeMap<String, SecretPlace>,
    /// The variables that tasks may read.
    pub env: BTreeSet<String>,
}

/// One secret of the configuration.
#[derive(Clone, Debug)]
pub struct SecretPlace {
    /// Where its text is.
    pub place: Place,
    /// The hosts that it may be sent to; empty for any.
    pub hosts: Vec<String>,
}

/// Where a text is.
#[derive(Clone, Debug)]
pub enum Place {
    /// In an environment variable.
    Env(String),
    /// In a file, whose last line break does not count.
    File(PathBuf),
}

/// Secrets, read once at the start, and the environment.
pub struct Settings {
    secrets: BTreeMap<String, Secret>,
    env: BTreeSet<String>,
}

impl Settings {
    /// Reads the secrets from their places. Those that are empty or cannot be read are left out: what needs them says so.
    #[must_use]
    pub fn read(places: &Places) -> Self {
        let found = places.secrets.iter().filter_map(|(name, secret)| {
            let text = read(&secret.place).filter(|text| !text.is_empty())?;
            Some((name.clone(), Secret { text, hosts: secret.hosts.clone() }))
        });
        Self { secrets: found.collect(), env: places.env.clone() }
    }
}

fn read(place: &Place) -> Option<String> {
    match place {
        Place::Env(name) => std::env::var(name).ok(),
        Place::File(path) => {
            let text = std::fs::read_to_string(path).ok()?;
            let line = text.strip_suffix('\n').unwrap_or(&text);
            Some(line.strip_suffix('\r').unwrap_or(line).to_owned())
        }
    }
}

impl settings::Settings for Settings {
    fn secret(&self, name: &str) -> Option<Secret> {
        self.secrets.get(name).cloned()
    }

    fn env(&self, name: &str) -> Option<String> {
        self.env.contains(name).then(|| std::env::var(name).ok()).flatten()
    }

    fn hosts_of(&self, secret_text: &str) -> Option<Vec<String>> {
        settings::bound_hosts(self.secrets.values(), secret_text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Settings as _;

    #[test]
    fn secrets_come_from_their_places() {
        let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clippy.toml");
        let secret = |place| SecretPlace { place, hosts: vec![] };
        let places = Places {
            secrets: BTreeMap::from([
                ("FILE".to_owned(), secret(Place::File(manifest))),
                ("DIR".to_owned(), secret(Place::Env("CARGO_MANIFEST_DIR".to_owned()))),
                ("NONE".to_owned(), secret(Place::File("/no/such/file".into()))),
            ]),
            env: BTreeSet::from(["CARGO_MANIFEST_DIR".to_owned()]),
        };
        let settings = Settings::read(&places);
        assert!(settings.secret("FILE").unwrap().text.starts_with("allow-unwrap"));
        assert_eq!(settings.secret("DIR").unwrap().text, env!("CARGO_MANIFEST_DIR"));
        assert_eq!(settings.secret("NONE"), None);
        assert_eq!(settings.env("CARGO_MANIFEST_DIR").as_deref(), Some(env!("CARGO_MANIFEST_DIR")));
        assert_eq!(settings.env("PATH"), None, "only what the configuration lists");
    }
}
