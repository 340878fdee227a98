//! Requests to other machines.

mod request;
mod response;

use std::time::Duration;

use super::{Call, Context, files, misuse};
use crate::host::http::{Error, ErrorKind, Method, Response};
use crate::value::{Code, Fault, Value};
use request::Asked;

/// What `http.get` and `http.head` take.
pub(super) const READING: &[&str] =
    &["url", "query", "headers", "auth", "timeout", "retry", "redirects", "accept", "client"];

/// What `http.download` takes.
pub(super) const DOWNLOADING: &[&str] =
    &["url", "to", "query", "headers", "auth", "timeout", "retry", "redirects", "client"];

/// What the others take.
pub(super) const WRITING: &[&str] = &[
    "url",
    "query",
    "headers",
    "json",
    "form",
    "body",
    "files",
    "auth",
    "timeout",
    "retry",
    "redirects",
    "accept",
    "idempotent",
    "client",
];

/// The longest pause before a request is made again, and the longest that a server can ask for.
const PAUSE_MAX: Duration = Duration::from_mins(1);

pub(super) async fn perform(context: &Context, call: &Call<'_>) -> Result<Value, Fault> {
    let method = match call.name {
        "http.get" | "http.download" => Method::Get,
        "http.head" => Method::Head,
        "http.post" => Method::Post,
        "http.put" => Method::Put,
        "http.patch" => Method::Patch,
        "http.delete" => Method::Delete,
        _ => return Err(misuse()),
    };
    let asked = Asked::read(context, method, call)?;
    if call.name != "http.download" {
        return send(context, &asked).await.map(response::value);
    }
    // A path that is none is found out before anything is asked for.
    let to = call.text("to")?;
    files::path(context, to)?;
    let body = send(context, &asked).await?.body;
    let length = i64::try_from(body.len()).map_err(|_| Fault::overflow(body.len()))?;
    files::write(context, to, body).await?;
    Ok(Value::Int(length))
}

/// An answer of which nothing is known but that it was a good one.
pub(super) fn unseen() -> Value {
    let url = String::new();
    response::value(Response { status: 200, headers: Vec::new(), body: Vec::new(), url })
}

/// Sends a request, and sends it again as often as was asked for where that may help and cannot hurt.
async fn send(context: &Context, asked: &Asked) -> Result<Response, Fault> {
    let mut attempt = 0;
    loop {
        let outcome = context.host.http.send(asked.request.clone()).await;
        if attempt >= asked.retry || !may_help(&outcome, asked.is_repeatable) {
            return response::checked(outcome, asked);
        }
        context.host.clock.sleep(pause(&outcome, attempt)).await;
        attempt += 1;
    }
}

/// Whether asking again may bring another answer. What must not arrive twice is only sent again if it surely did not arrive.
fn may_help(outcome: &Result<Response, Error>, is_repeatable: bool) -> bool {
    match outcome {
        Ok(response) => is_repeatable && matches!(response.status, 429 | 502 | 503 | 504),
        Err(error) => match error.kind {
            ErrorKind::Connect => true,
            ErrorKind::Timeout | ErrorKind::Protocol => is_repeatable,
            ErrorKind::BadRequest
            | ErrorKind::Forbidden
            | ErrorKind::TooLarge
            | ErrorKind::Redirects => false,
        },
    }
}

/// One second, then twice as long each time, or what the server asks for.
fn pause(outcome: &Result<Response, Error>, attempt: u32) -> Duration {
    let asked = outcome.as_ref().ok().and_then(|it| it.header("retry-after"));
    let asked = asked.and_then(|it| it.trim().parse().ok()).map(Duration::from_secs);
    asked.unwrap_or_else(|| Duration::from_secs(1 << attempt.min(6))).min(PAUSE_MAX)
}

fn fault(error: &Error) -> Fault {
    let code = match error.kind {
        ErrorKind::BadRequest => Code::Argument,
        ErrorKind::Forbidden => Code::NotAllowed,
        ErrorKind::Timeout => Code::Timeout,
        ErrorKind::TooLarge => Code::Limit,
        ErrorKind::Connect | ErrorKind::Redirects | ErrorKind::Protocol => Code::HttpConnect,
    };
    Fault::new(code, error.message.clone())
}

#[cfg(test)]
mod tests;
