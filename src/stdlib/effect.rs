//! The library's contacts with the world, by the names of their declarations.
//!
//! [`perform`] carries out one call on the [`Host`] and gives a value. Which calls are recorded before they are made, repeated or
//! asked about is the engine's business.

mod answer;
mod files;
mod http;
mod mail;
mod random;
mod run;

use std::rc::Rc;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use crate::host::Host;
use crate::value::{Code, DescriptorId, Fault, Types, Value};

/// What calls of one run share.
#[derive(Clone)]
pub struct Context {
    /// The world.
    pub host: Host,
    /// Where lines and progress go.
    pub output: Arc<dyn Output>,
    /// The types that descriptors name.
    pub types: Rc<Types>,
}

impl Context {
    /// What the calls of a run share.
    #[must_use]
    pub fn new(host: Host, output: Arc<dyn Output>, types: Rc<Types>) -> Self {
        Self { host, output, types }
    }
}

/// Where a run's lines go.
pub trait Output: Send + Sync {
    /// A line that `print` wrote.
    fn print(&self, text: &str);
    /// A structured line; `fields` is a JSON object.
    fn log(&self, level: Level, text: &str, fields: Option<&str>);
    /// How far the run is.
    fn progress(&self, done: i64, total: i64);
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For whoever looks for a mistake.
    Debug,
    /// Worth knowing.
    Info,
    /// Probably not as it should be.
    Warn,
    /// Something went wrong.
    Error,
}

impl Level {
    /// What it is called in logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Arguments as a call hands them over.
pub(in crate::stdlib) struct Call {
    args: Vec<Value>,
    descriptors: Vec<DescriptorId>,
}

/// Carries out a call of the library function `name`.
pub fn perform<'a>(
    context: &'a Context,
    name: &'a str,
    args: Vec<Value>,
    descriptors: Vec<DescriptorId>,
) -> LocalBoxFuture<'a, Result<Value, Fault>> {
    let call = Call { args, descriptors };
    let (module, function) = name.split_once('.').unwrap_or(("", name));
    Box::pin(async move {
        match module {
            "http" => http::perform(context, function, call).await,
            "mail" => mail::perform(context, function, &call).await,
            "files" | "csv" => files::perform(context, name, call).await,
            "random" | "uuid" | "list" => random::perform(context, name, &call),
            _ => run::perform(context, name, &call).await,
        }
    })
}

impl Call {
    /// The argument at a place; null where a call has fewer.
    fn arg(&self, at: usize) -> &Value {
        self.args.get(at).unwrap_or(&Value::Null)
    }

    /// A text.
    fn text(&self, at: usize) -> Result<&str, Fault> {
        self.arg(at).as_str().ok_or_else(misuse)
    }

    /// A whole number.
    fn int(&self, at: usize) -> Result<i64, Fault> {
        match self.arg(at) {
            Value::Int(n) | Value::Duration(n) => Ok(*n),
            _ => Err(misuse()),
        }
    }

    /// A truth value; false where it is left out.
    fn truth(&self, at: usize) -> bool {
        matches!(self.arg(at), Value::Bool(true))
    }

    /// The bytes of a text or of bytes.
    fn data(&self, at: usize) -> Result<Vec<u8>, Fault> {
        data(self.arg(at)).ok_or_else(misuse)
    }
}

/// The bytes of a text or of bytes.
fn data(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Bytes(bytes) => Some(bytes.to_vec()),
        other => other.as_str().map(|it| it.as_bytes().to_vec()),
    }
}

/// The text of a text or a secret, and whether it is one.
fn secret_text(value: &Value) -> Option<(String, bool)> {
    match value {
        Value::Secret(secret) => Some((secret.text.clone(), true)),
        other => other.as_str().map(|it| (it.to_owned(), false)),
    }
}

/// A program that was not made by the compiler hands a function something else than it takes.
#[cold]
pub(in crate::stdlib) fn misuse() -> Fault {
    Fault::new(Code::Argument, "the program hands a library function what it does not take")
}
