//! From a call's arguments to a request.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::super::{Call, Context, data, misuse};
use crate::host::http::{Body, Header, Method, Part, Request};
use crate::value::json::{self, Layout};
use crate::value::{Code, Fault, Value};

/// A longer body is not sent.
const BODY_BYTES_MAX: usize = 64 << 20;

/// A request and what is to be done about its outcome.
pub(super) struct Asked {
    pub(super) request: Request,
    /// How often it is made again where there is no good answer.
    pub(super) retry: u32,
    /// Whether it may arrive twice.
    pub(super) is_repeatable: bool,
    /// Any status is a good answer.
    pub(super) accept_any: bool,
}

impl Asked {
    pub(super) fn read(context: &Context, method: Method, call: &Call<'_>) -> Result<Self, Fault> {
        let url = address(call.text("url")?, call.arg("query"))?;
        context.targets.admit_host(&url)?;
        let mut request = Request::new(method, url.as_str());
        request.hosts = context.targets.hosts();
        let mut headers = Headers { context, url: &url, lines: &mut request.headers };
        headers.given(call.arg("headers"))?;
        headers.auth(call.arg("auth"))?;
        if call.truth("idempotent") {
            headers.idempotency_key(call.key);
        }
        request.body = body(call, &mut headers)?;
        let timeout = u64::try_from(call.micros("timeout")?).ok().filter(|it| *it > 0);
        request.timeout = timeout
            .map(Duration::from_micros)
            .ok_or_else(|| Fault::argument("a timeout is longer than nothing"))?;
        request.redirects = small(call.int("redirects")?, "redirects")?;
        request.client = call.text_if_any("client").map(str::to_owned);
        let once = matches!(method, Method::Post | Method::Patch);
        Ok(Self {
            request,
            retry: small::<u8>(call.int("retry")?, "retry")?.into(),
            is_repeatable: !once || call.truth("idempotent"),
            accept_any: call.text_if_any("accept") == Some("any"),
        })
    }
}

fn small<T: TryFrom<i64>>(n: i64, what: &str) -> Result<T, Fault> {
    T::try_from(n)
        .map_err(|_| Fault::argument(format!("`{what}` is from 0 to 255, and this is {n}")))
}

/// The address with the query behind it.
fn address(written: &str, query: &Value) -> Result<Url, Fault> {
    let mut url = Url::parse(written)
        .map_err(|error| Fault::argument(format!("`{written}` is no web address: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        let message = format!("`{written}` does not begin with `http://` or `https://`");
        return Err(Fault::argument(message));
    }
    if let Value::Map(query) = query
        && !query.is_empty()
    {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in query.iter() {
            let (name, value) = (name.as_str(), value.as_str());
            pairs.append_pair(name.ok_or_else(misuse)?, value.ok_or_else(misuse)?);
        }
    }
    Ok(url)
}

/// Header lines under construction.
struct Headers<'r> {
    context: &'r Context,
    url: &'r Url,
    lines: &'r mut Vec<Header>,
}

impl Headers<'_> {
    fn given(&mut self, lines: &Value) -> Result<(), Fault> {
        let Value::Map(lines) = lines else { return Ok(()) };
        for (name, value) in lines.iter() {
            let name = name.as_str().ok_or_else(misuse)?;
            match value {
                Value::Secret(secret) => {
                    self.may_go_here(&secret.text)?;
                    self.push(name, secret.text.clone(), true)?;
                }
                text => self.push(name, text.as_str().ok_or_else(misuse)?.to_owned(), false)?,
            }
        }
        Ok(())
    }

    fn auth(&mut self, auth: &Value) -> Result<(), Fault> {
        if auth.is_null() {
            return Ok(());
        }
        let Some(Value::Secret(token)) = auth.field("token") else { return Err(misuse()) };
        self.may_go_here(&token.text)?;
        let text = |name| auth.field(name).and_then(Value::as_str).ok_or_else(misuse);
        let line = match text("scheme")? {
            "basic" => {
                format!("Basic {}", STANDARD.encode(format!("{}:{}", text("user")?, token.text)))
            }
            _ => format!("Bearer {}", token.text),
        };
        self.push("Authorization", line, true)
    }

    /// A secret goes to the hosts that it is bound to and to no others.
    fn may_go_here(&self, secret: &str) -> Result<(), Fault> {
        let Some(hosts) = self.context.host.settings.hosts_of(secret) else { return Ok(()) };
        let here = self.url.host_str().unwrap_or_default();
        if hosts.iter().any(|it| is_host(it, here)) {
            return Ok(());
        }
        let to = hosts.join(", ");
        let message = format!("this secret may go to {to} only, and not to {here}");
        Err(Fault::new(Code::Secret, message))
    }

    /// The name of this very call, so that a server that sees it again knows what it has done already.
    fn idempotency_key(&mut self, key: Option<&str>) {
        if self.has("idempotency-key") {
            return;
        }
        let value = key.map_or_else(
            || {
                let mut random = [0; 16];
                self.context.host.entropy.fill(&mut random);
                hex::encode(random)
            },
            str::to_owned,
        );
        let name = "Idempotency-Key".to_owned();
        self.lines.push(Header { name, value, sensitive: false });
    }

    fn content_type(&mut self, value: &str) {
        if !self.has("content-type") {
            let (name, value) = ("Content-Type".to_owned(), value.to_owned());
            self.lines.push(Header { name, value, sensitive: false });
        }
    }

    fn has(&self, name: &str) -> bool {
        self.lines.iter().any(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// Adds a line that stays one. The value is not shown where it does not: it may be a secret.
    fn push(&mut self, name: &str, value: String, sensitive: bool) -> Result<(), Fault> {
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(is_token) {
            let message = format!("`{}` is no name of a header", name.escape_debug());
            return Err(Fault::argument(message));
        }
        if value.chars().any(|c| c.is_control() && c != '\t') {
            return Err(Fault::argument(format!("the header `{name}` stands on one line")));
        }
        self.lines.push(Header { name: name.to_owned(), value, sensitive });
        Ok(())
    }
}

/// `api.example.com`, or `*.example.com` for every host below it.
fn is_host(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(domain) => {
            let below =
                host.len().checked_sub(domain.len() + 1).and_then(|at| host.split_at_checked(at));
            below.is_some_and(|(name, rest)| {
                !name.is_empty() && rest.starts_with('.') && rest[1..].eq_ignore_ascii_case(domain)
            })
        }
        None => pattern.eq_ignore_ascii_case(host),
    }
}

fn body(call: &Call<'_>, headers: &mut Headers<'_>) -> Result<Body, Fault> {
    let given = |param| !call.arg(param).is_null();
    let count = ["json", "form", "body"].into_iter().filter(|it| given(it)).count();
    if count > 1 || (given("files") && (given("json") || given("body"))) {
        let message =
            "a request carries one of `json`, `form` and `body`, and `files` only with `form`";
        return Err(Fault::argument(message));
    }
    let bytes = if let Value::List(files) = call.arg("files") {
        let mut parts = fields(call.arg("form"))?;
        for file in files.iter() {
            parts.push(upload(&file)?);
        }
        return Ok(Body::Multipart(parts));
    } else if given("json") {
        headers.content_type("application/json");
        json::write(call.arg("json"), Layout::Compact, BODY_BYTES_MAX)?.into_bytes()
    } else if given("form") {
        headers.content_type("application/x-www-form-urlencoded");
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in texts(call.arg("form"))? {
            pairs.append_pair(&name, &value);
        }
        pairs.finish().into_bytes()
    } else if given("body") {
        let is_text = call.arg("body").as_str().is_some();
        headers.content_type(if is_text {
            "text/plain; charset=utf-8"
        } else {
            "application/octet-stream"
        });
        call.data("body")?
    } else {
        return Ok(Body::Empty);
    };
    if bytes.len() > BODY_BYTES_MAX {
        let message = format!("the body is longer than {} MiB", BODY_BYTES_MAX >> 20);
        return Err(Fault::new(Code::Limit, message));
    }
    Ok(Body::Bytes(bytes))
}

fn texts(form: &Value) -> Result<Vec<(String, String)>, Fault> {
    let Value::Map(form) = form else { return Ok(Vec::new()) };
    let pair = |(name, value): (&crate::value::Key, &Value)| {
        Some((name.as_str()?.to_owned(), value.as_str()?.to_owned()))
    };
    form.iter().map(|entry| pair(entry).ok_or_else(misuse)).collect()
}

fn fields(form: &Value) -> Result<Vec<Part>, Fault> {
    let part = |(name, value): (String, String)| Part {
        name,
        file_name: None,
        content_type: None,
        data: value.into_bytes(),
    };
    Ok(texts(form)?.into_iter().map(part).collect())
}

fn upload(file: &Value) -> Result<Part, Fault> {
    let text = |name| file.field(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Part {
        name: text("field").ok_or_else(misuse)?,
        file_name: Some(text("name").ok_or_else(misuse)?),
        content_type: text("type"),
        data: file.field("data").and_then(data).ok_or_else(misuse)?,
    })
}
