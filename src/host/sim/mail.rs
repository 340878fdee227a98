//! Mail that goes nowhere.

use std::sync::{Arc, Mutex};

use super::Faults;
use crate::host::mail::{Error, ErrorKind, Message};
use crate::host::{self, BoxFuture};

/// Takes every message and keeps it.
pub struct Mail {
    faults: Arc<Faults>,
    sent: Mutex<Vec<Message>>,
}

impl Mail {
    /// An empty outbox.
    #[must_use]
    pub fn new(faults: Arc<Faults>) -> Self {
        Self { faults, sent: Mutex::default() }
    }

    fn take(&self, message: Message) -> Result<(), Error> {
        if self.faults.strikes() {
            return Err(Error::new(
                ErrorKind::Connect,
                "the mail server cannot be reached (simulated)",
            ));
        }
        if message.to.is_empty() && message.cc.is_empty() && message.bcc.is_empty() {
            return Err(Error::new(ErrorKind::BadMessage, "a message has at least one receiver"));
        }
        self.sent.lock().expect("pushing does not panic").push(message);
        Ok(())
    }
}

impl host::Mail for Mail {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move { self.take(message) })
    }

    fn sent(&self) -> Vec<Message> {
        self.sent.lock().expect("pushing does not panic").clone()
    }
}
