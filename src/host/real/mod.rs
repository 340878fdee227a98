//! The machine that we run on.

mod clock;
mod data_folder;
mod entropy;
mod files;
mod http;
#[cfg(unix)]
mod local_socket;
mod mail;
#[cfg(test)]
pub(crate) mod scratch;
mod settings;
pub mod sqlite;

use std::path::PathBuf;
use std::sync::Arc;

use super::Host;

pub use clock::Clock;
pub use data_folder::{DataFolder, DataFolderError, DataPaths};
pub use entropy::Entropy;
pub use files::Folder;
pub use http::{ClientConfig, Config as HttpConfig, Http, Private};
#[cfg(unix)]
pub use local_socket::{LocalConnection, LocalListener, exchange};
pub use mail::{Config as MailConfig, Mail, Outbox};
pub use settings::{Place, Places, SecretPlace, Settings};

/// What the project's configuration says of the world.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The folder of `files`.
    pub files: PathBuf,
    /// What HTTP may reach.
    pub http: HttpConfig,
    /// Where mail goes.
    pub mail: MailConfig,
    /// Where secrets are.
    pub settings: Places,
    /// Where the sources' databases are, by name.
    pub sources: Vec<(String, sqlite::Place)>,
}

impl Host {
    /// The world outside, as configured. Opens nothing yet, except to read the secrets.
    #[must_use]
    pub fn real(config: Config) -> Self {
        install_tls();
        let clock = Arc::new(Clock::new());
        Self {
            databases: Arc::new(sqlite::Sqlite::new(config.sources)),
            entropy: Arc::new(Entropy::new()),
            files: Arc::new(Folder::new(config.files)),
            http: Arc::new(Http::new(config.http)),
            mail: Arc::new(Mail::new(config.mail, clock.clone())),
            settings: Arc::new(Settings::read(&config.settings)),
            clock,
        }
    }
}

/// Chooses the one implementation of TLS for the whole process.
fn install_tls() {
    // Fails if it was chosen before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
