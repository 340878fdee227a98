//! Settings that a test chose.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::host::settings::{self, Secret};

/// Secrets and variables, as told.
#[derive(Default)]
pub struct Settings(Mutex<Told>);

#[derive(Default)]
struct Told {
    secrets: BTreeMap<String, Secret>,
    env: BTreeMap<String, String>,
}

impl Settings {
    /// Sets a secret.
    pub fn set_secret(&self, name: &str, secret: Secret) {
        self.0.lock().expect("map operations do not panic").secrets.insert(name.to_owned(), secret);
    }

    /// Sets a variable.
    pub fn set_env(&self, name: &str, value: &str) {
        self.0
            .lock()
            .expect("map operations do not panic")
            .env
            .insert(name.to_owned(), value.to_owned());
    }
}

impl settings::Settings for Settings {
    fn secret(&self, name: &str) -> Option<Secret> {
        self.0.lock().expect("map operations do not panic").secrets.get(name).cloned()
    }

    fn env(&self, name: &str) -> Option<String> {
        self.0.lock().expect("map operations do not panic").env.get(name).cloned()
    }

    fn hosts_of(&self, secret_text: &str) -> Option<Vec<String>> {
        let told = self.0.lock().expect("map operations do not panic");
        settings::bound_hosts(told.secrets.values(), secret_text)
    }
}
