//! A simulated world: the clock moves when it is told to, randomness has a seed, HTTP answers from a script, mail is
//! caught, files live in memory, and faults strike by chance or on order.
//!
//! Every call answers at once; whatever takes time moves the clock instead. The same seed and the same calls give the
//! same world, on every machine.

mod clock;
mod entropy;
mod faults;
mod files;
mod http;
mod mail;
mod settings;

use std::sync::Arc;

pub use clock::Clock;
pub use entropy::Entropy;
pub use faults::Faults;
pub use files::Files;
pub use http::{Answer, Http, Stub};
pub use mail::Mail;
pub use settings::Settings;

use super::Host;
use super::real::sqlite::Sqlite;

/// A simulated world, with handles to look into it and to move it.
#[derive(Clone)]
pub struct World {
    /// Stands still until it is moved.
    pub clock: Clock,
    /// Every source is a database in memory, empty at the start.
    pub databases: Arc<Sqlite>,
    /// Seeded.
    pub entropy: Arc<Entropy>,
    /// Empty at the start.
    pub files: Arc<Files>,
    /// Fails every call that is not stubbed.
    pub http: Arc<Http>,
    /// Catches everything.
    pub mail: Arc<Mail>,
    /// Knows nothing at the start.
    pub settings: Arc<Settings>,
    /// Strikes files, HTTP and mail; never unless told.
    pub faults: Arc<Faults>,
}

impl World {
    /// A world whose clock stands at `now_us` (microseconds since 1970).
    #[must_use]
    pub fn new(seed: u64, now_us: i64) -> Self {
        let clock = Clock::new(now_us);
        let faults = Arc::new(Faults::new(seed));
        Self {
            databases: Arc::new(Sqlite::in_memory()),
            entropy: Arc::new(Entropy::new(seed)),
            files: Arc::new(Files::new(clock.clone(), faults.clone())),
            http: Arc::new(Http::new(clock.clone(), faults.clone())),
            mail: Arc::new(Mail::new(faults.clone())),
            settings: Arc::new(Settings::default()),
            clock,
            faults,
        }
    }

    /// The world as effects see it.
    #[must_use]
    pub fn host(&self) -> Host {
        Host {
            clock: Arc::new(self.clock.clone()),
            databases: self.databases.clone(),
            entropy: self.entropy.clone(),
            files: self.files.clone(),
            http: self.http.clone(),
            mail: self.mail.clone(),
            settings: self.settings.clone(),
        }
    }
}
