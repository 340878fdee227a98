//! From an answer to a value, or to a fault.

use std::rc::Rc;

use super::super::answer::{RESPONSE, record};
use super::fault;
use super::request::Asked;
use crate::host::http::{Error, ErrorKind, Response};
use crate::stdlib::text;
use crate::value::{Code, Fault, Key, Map, Value, json};

/// How much of an answer a message shows, in characters.
const EXCERPT_CHARS: usize = 200;

/// How much of a bad answer `e.data` holds, in bytes.
const KEPT_BYTES_MAX: usize = 64 << 10;

/// The answer, if it is a good one.
pub(super) fn checked(outcome: Result<Response, Error>, asked: &Asked) -> Result<Response, Fault> {
    let response = outcome.map_err(|error| {
        let is_unanswered = matches!(error.kind, ErrorKind::Timeout | ErrorKind::Protocol);
        fault(&error).in_doubt(is_unanswered && !asked.is_repeatable)
    })?;
    if response.status < 400 || asked.accept_any {
        return Ok(response);
    }
    let body = body_text(&response);
    let excerpt: String = body.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = excerpt.chars().take(EXCERPT_CHARS).collect();
    let colon = if shown.is_empty() { "" } else { ": " };
    // Without its query, which may hold what not everybody should see.
    let address = response.url.split('?').next().unwrap_or_default();
    let method = asked.request.method.as_str();
    let message = format!("{method} {address} answered {}{colon}{shown}", response.status);
    let kept: String = body.chars().take(KEPT_BYTES_MAX).collect();
    let data: Map = [
        (Key::text("status"), Value::Int(i64::from(response.status))),
        (Key::text("headers"), headers(&response)),
        (Key::text("json"), json::parse(&kept).unwrap_or(Value::Null)),
        (Key::text("text"), Value::from_string(kept)),
    ]
    .into_iter()
    .collect();
    Err(Fault::new(Code::HttpStatus, message).with_data(Value::Map(Rc::new(data))))
}

/// An answer as programs see it.
pub(super) fn value(response: Response) -> Value {
    let body = body_text(&response);
    let parsed = if is_json(&response, &body) { json::parse(&body).ok() } else { None };
    record(
        &RESPONSE,
        [
            Value::Int(i64::from(response.status)),
            headers(&response),
            Value::bytes(response.body),
            Value::from_string(body),
            parsed.unwrap_or(Value::Null),
        ],
    )
}

/// Header lines by name; of several with one name, all.
fn headers(response: &Response) -> Value {
    let mut lines = Map::new();
    for (name, value) in &response.headers {
        let joined = match lines.get(name.as_str()).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value.clone(),
        };
        lines.insert(Key::text(name), Value::from_string(joined));
    }
    Value::Map(Rc::new(lines))
}

/// The body in the character set that the answer names. What is no text has signs in it that say so.
fn body_text(response: &Response) -> String {
    let content_type = response.header("content-type").unwrap_or_default();
    let charset = content_type.split(';').find_map(|it| it.trim().strip_prefix("charset="));
    let charset = charset.unwrap_or("utf-8").trim_matches('"');
    text::decode(&response.body, charset)
        .or_else(|_| text::decode(&response.body, "utf-8"))
        .unwrap_or_else(|_| String::from_utf8_lossy(&response.body))
        .into_owned()
}

/// Whether the body says that it is JSON, or looks like it.
fn is_json(response: &Response, body: &str) -> bool {
    let says_so = response.header("content-type").is_some_and(|it| it.contains("json"));
    says_so || body.trim_start().starts_with(['{', '['])
}
