//! Requests to other machines.

use std::rc::Rc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::answer::record;
use super::{Call, Context, data, files, misuse, secret_text};
use crate::host::http::{Body, Error, ErrorKind, Header, Method, Part, Request, Response};
use crate::value::json::{self, Layout};
use crate::value::{Code, Fault, Key, Map, Value};

/// A longer body is not sent.
const BODY_BYTES_MAX: usize = 64 << 20;

/// How much of an answer a failure shows.
const EXCERPT_CHARS: usize = 200;

/// The arguments of a call, whichever function it is of.
struct Asked {
    request: Request,
    /// How often a call that brought no answer is made again.
    retry: i64,
    /// Any status is an answer.
    accept_any: bool,
}

pub(super) async fn perform(context: &Context, function: &str, call: Call) -> Result<Value, Fault> {
    let method = match function {
        "get" | "download" => Method::Get,
        "head" => Method::Head,
        "post" => Method::Post,
        "put" => Method::Put,
        "patch" => Method::Patch,
        "delete" => Method::Delete,
        _ => return Err(misuse()),
    };
    if function == "download" {
        return download(context, &call).await;
    }
    let asked = if matches!(method, Method::Get | Method::Head) {
        reading(context, method, &call, 1)?
    } else {
        writing(context, method, &call)?
    };
    let response = send(context, &asked).await?;
    Ok(answer(response))
}

/// `get` and `head`, and from `first` on `download`: query, headers, auth, timeout, retry, redirects, accept, client.
fn reading(context: &Context, method: Method, call: &Call, first: usize) -> Result<Asked, Fault> {
    let mut request = Request::new(method, address(call.text(0)?, call.arg(first))?);
    headers(context, &mut request, call.arg(first + 1), call.arg(first + 2))?;
    request.timeout = Duration::from_micros(u64::try_from(call.int(first + 3)?).unwrap_or(0));
    request.redirects = u8::try_from(call.int(first + 5)?).unwrap_or(u8::MAX);
    let accept_any = call.arg(first + 6).as_str() == Some("any");
    Ok(Asked { request, retry: call.int(first + 4)?, accept_any })
}

/// `post`, `put`, `patch`, `delete`: url, query, headers, json, form, body, files, auth, timeout, retry, redirects, accept,
/// idempotent, client.
fn writing(context: &Context, method: Method, call: &Call) -> Result<Asked, Fault> {
    let mut request = Request::new(method, address(call.text(0)?, call.arg(1))?);
    headers(context, &mut request, call.arg(2), call.arg(7))?;
    body(&mut request, call)?;
    request.timeout = Duration::from_micros(u64::try_from(call.int(8)?).unwrap_or(0));
    request.redirects = u8::try_from(call.int(10)?).unwrap_or(u8::MAX);
    if call.truth(12) && !has_header(&request, "idempotency-key") {
        let mut key = [0; 16];
        context.host.entropy.fill(&mut key);
        push(&mut request, "Idempotency-Key", hex::encode(key), false);
    }
    request.client = call.arg(13).as_str().map(str::to_owned);
    Ok(Asked { request, retry: call.int(9)?, accept_any: call.arg(11).as_str() == Some("any") })
}

/// The address with the query put behind it.
fn address(written: &str, query: &Value) -> Result<String, Fault> {
    let mut url = Url::parse(written)
        .map_err(|error| Fault::argument(format!("`{written}` is no web address: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Fault::argument(format!(
            "`{written}` does not begin with `http://` or `https://`"
        )));
    }
    if let Value::Map(query) = query {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in query.iter() {
            pairs
                .append_pair(name.as_str().unwrap_or_default(), value.as_str().unwrap_or_default());
        }
    }
    Ok(url.into())
}

fn headers(
    context: &Context,
    request: &mut Request,
    lines: &Value,
    auth: &Value,
) -> Result<(), Fault> {
    if let Value::Map(lines) = lines {
        for (name, value) in lines.iter() {
            let (text, secret) = secret_text(value).ok_or_else(misuse)?;
            bound(context, &request.url, &text, secret)?;
            push(request, name.as_str().unwrap_or_default(), text, secret);
        }
    }
    if let Value::Record(auth) = auth {
        let text = |name: &str| {
            auth.get(name).and_then(secret_text).map(|(text, _)| text).unwrap_or_default()
        };
        let token = text("token");
        bound(context, &request.url, &token, true)?;
        let line = match text("scheme").as_str() {
            "basic" => format!("Basic {}", STANDARD.encode(format!("{}:{token}", text("user")))),
            _ => format!("Bearer {token}"),
        };
        push(request, "Authorization", line, true);
    }
    Ok(())
}

/// A secret goes only to the hosts that it is bound to.
fn bound(context: &Context, url: &str, text: &str, secret: bool) -> Result<(), Fault> {
    let Some(hosts) = context.host.settings.hosts_of(text).filter(|_| secret) else {
        return Ok(());
    };
    let url = Url::parse(url).map_err(|_| misuse())?;
    let host = url.host_str().unwrap_or_default();
    let fits = |pattern: &String| match pattern.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|it| it.ends_with('.')),
        None => pattern == host,
    };
    if hosts.iter().any(fits) {
        return Ok(());
    }
    let message = format!("this secret may go to {} only, not to `{host}`", hosts.join(", "));
    Err(Fault::new(Code::Secret, message))
}

fn body(request: &mut Request, call: &Call) -> Result<(), Fault> {
    let (as_json, form, plain, uploads) = (call.arg(3), call.arg(4), call.arg(5), call.arg(6));
    let given = [as_json, form, plain].iter().filter(|it| !it.is_null()).count();
    if given > 1 {
        return Err(Fault::argument("a request carries one of `json`, `form` and `body`"));
    }
    if let Value::List(uploads) = uploads {
        let mut parts = fields(form);
        for upload in uploads.iter() {
            parts.push(part(&upload).ok_or_else(misuse)?);
        }
        request.body = Body::Multipart(parts);
        return Ok(());
    }
    let (content_type, bytes) = if !as_json.is_null() {
        let value = crate::value::to_json(as_json)?;
        ("application/json", json::write(&value, Layout::Compact, BODY_BYTES_MAX)?.into_bytes())
    } else if let Value::Map(form) = form {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in form.iter() {
            pairs
                .append_pair(name.as_str().unwrap_or_default(), value.as_str().unwrap_or_default());
        }
        ("application/x-www-form-urlencoded", pairs.finish().into_bytes())
    } else if plain.is_null() {
        return Ok(());
    } else {
        let is_text = plain.as_str().is_some();
        let content_type =
            if is_text { "text/plain; charset=utf-8" } else { "application/octet-stream" };
        (content_type, data(plain).ok_or_else(misuse)?)
    };
    if !has_header(request, "content-type") {
        push(request, "Content-Type", content_type.to_owned(), false);
    }
    request.body = Body::Bytes(bytes);
    Ok(())
}

fn fields(form: &Value) -> Vec<Part> {
    let Value::Map(form) = form else { return Vec::new() };
    form.iter()
        .map(|(name, value)| Part {
            name: name.as_str().unwrap_or_default().to_owned(),
            file_name: None,
            content_type: None,
            data: data(value).unwrap_or_default(),
        })
        .collect()
}

fn part(upload: &Value) -> Option<Part> {
    let Value::Record(upload) = upload else { return None };
    let text = |name: &str| upload.get(name)?.as_str().map(str::to_owned);
    Some(Part {
        name: text("field")?,
        file_name: Some(text("name")?),
        content_type: text("type"),
        data: upload.get("data").and_then(data)?,
    })
}

fn has_header(request: &Request, name: &str) -> bool {
    request.headers.iter().any(|it| it.name.eq_ignore_ascii_case(name))
}

fn push(request: &mut Request, name: &str, value: String, sensitive: bool) {
    request.headers.push(Header { name: name.to_owned(), value, sensitive });
}

/// Sends, and sends again where no answer came or the server asks for patience.
async fn send(context: &Context, asked: &Asked) -> Result<Response, Fault> {
    let mut attempt = 0;
    loop {
        let outcome = context.host.http.send(asked.request.clone()).await;
        let again = match &outcome {
            Ok(response) => matches!(response.status, 429 | 502..=504),
            Err(error) => {
                matches!(error.kind, ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Protocol)
            }
        };
        if !again || attempt >= asked.retry {
            return checked(outcome, asked);
        }
        let pause = Duration::from_millis(200u64 << u32::try_from(attempt.min(6)).unwrap_or(0));
        context.host.clock.sleep(pause).await;
        attempt += 1;
    }
}

fn checked(outcome: Result<Response, Error>, asked: &Asked) -> Result<Response, Fault> {
    let response = outcome.map_err(|error| fault(&error))?;
    if response.status < 400 || asked.accept_any {
        return Ok(response);
    }
    let body = String::from_utf8_lossy(&response.body);
    let excerpt: String = body.trim().chars().take(EXCERPT_CHARS).collect();
    let shown = if excerpt.is_empty() { String::new() } else { format!(": {excerpt}") };
    let message = format!(
        "{} {} answered {}{shown}",
        asked.request.method.as_str(),
        response.url,
        response.status
    );
    let mut more = Map::new();
    more.insert(Key::text("status"), Value::Int(i64::from(response.status)));
    more.insert(Key::text("url"), Value::text(&response.url));
    more.insert(Key::text("body"), json::parse(&body).unwrap_or_else(|_| Value::text(&body)));
    Err(Fault::new(Code::HttpStatus, message).with_data(Value::Map(Rc::new(more))))
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

/// An answer as programs see it. A body that is no JSON has none.
fn answer(response: Response) -> Value {
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let parsed = json::parse(&text).unwrap_or(Value::Null);
    let mut lines = Map::new();
    for (name, value) in &response.headers {
        let joined = match lines.get(name.as_str()).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value.clone(),
        };
        lines.insert(Key::text(name), Value::from_string(joined));
    }
    record(vec![
        ("status", Value::Int(i64::from(response.status))),
        ("headers", Value::Map(Rc::new(lines))),
        ("body", Value::bytes(response.body)),
        ("text", Value::from_string(text)),
        ("json", parsed),
    ])
}

/// `http.download(url, to, query, headers, auth, timeout, retry, redirects, client)`: gives how many bytes there are.
async fn download(context: &Context, call: &Call) -> Result<Value, Fault> {
    let asked = reading(context, Method::Get, call, 2)?;
    let asked = Asked { accept_any: false, ..asked };
    let response = send(context, &asked).await?;
    let length = i64::try_from(response.body.len()).unwrap_or(i64::MAX);
    files::write(context, call.text(1)?, response.body).await?;
    Ok(Value::Int(length))
}
