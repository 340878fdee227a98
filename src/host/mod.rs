//! Every contact with the world, one trait each: [`clock`], [`database`], [`entropy`], [`files`], [`http`], [`mail`], [`settings`].
//!
//! The traits speak plain data that may cross threads and know nothing of values, tasks or the library. `real` is the
//! machine we run on, `sim` a seeded world for tests and simulations. Nothing else in the program reads a clock, the
//! environment, entropy, the disk or a socket.

pub mod clock;
pub mod database;
pub mod entropy;
pub mod files;
pub mod glob;
pub mod http;
pub mod mail;
pub mod real;
pub mod settings;
pub mod sim;

use std::sync::Arc;

pub use futures_util::future::BoxFuture;

pub use clock::Clock;
pub use database::Databases;
pub use entropy::Entropy;
pub use files::Files;
pub use http::Http;
pub use mail::Mail;
pub use settings::Settings;

/// The world as one value: cheap to clone, handed to whatever performs effects.
#[derive(Clone)]
pub struct Host {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The databases of the project's sources.
    pub databases: Arc<dyn Databases>,
    /// Bytes that nobody can foresee.
    pub entropy: Arc<dyn Entropy>,
    /// The project's file store.
    pub files: Arc<dyn Files>,
    /// Requests to other machines.
    pub http: Arc<dyn Http>,
    /// Outgoing mail.
    pub mail: Arc<dyn Mail>,
    /// Secrets and the environment, as far as the project names them.
    pub settings: Arc<dyn Settings>,
}
