//! Outgoing mail, as data.

use std::fmt;

use super::BoxFuture;

/// Sends mail.
pub trait Mail: Send + Sync {
    /// Hands one message to the outgoing server; it is sent when the server has taken it.
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), Error>>;

    /// What a simulated server has taken so far, oldest first; a real one keeps nothing.
    fn sent(&self) -> Vec<Message> {
        Vec::new()
    }
}

/// A message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Who sends it; the configured sender if absent.
    pub from: Option<Address>,
    /// Receivers that everybody sees.
    pub to: Vec<Address>,
    /// Receivers of a copy.
    pub cc: Vec<Address>,
    /// Receivers that nobody sees.
    pub bcc: Vec<Address>,
    /// Where answers go.
    pub reply_to: Vec<Address>,
    /// The subject.
    pub subject: String,
    /// The plain form; at least one of the two forms is there.
    pub text: Option<String>,
    /// The HTML form.
    pub html: Option<String>,
    /// Further header lines.
    pub headers: Vec<(String, String)>,
    /// Files that go along.
    pub attachments: Vec<Attachment>,
}

/// A mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The name before it, if any.
    pub name: Option<String>,
    /// `ada@example.com`
    pub email: String,
}

/// A file that goes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub file_name: String,
    /// Its content type: `text/csv`.
    pub content_type: String,
    /// Its content.
    pub data: Vec<u8>,
    /// Shown inside the HTML form as `cid:ID` instead of below it.
    pub content_id: Option<String>,
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The kind, for programs.
    pub kind: ErrorKind,
    /// What was wrong, as a sentence without a full stop.
    pub message: String,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// An address, header or attachment that no mail can have, or no receiver; nothing was sent.
    BadMessage,
    /// No server is configured, or it cannot be reached; nothing was sent.
    Connect,
    /// The server refused the message; nothing was sent.
    Refused,
    /// The connection broke or timed out after the message left: it may have been sent.
    Unknown,
}

impl Error {
    /// A failure.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
