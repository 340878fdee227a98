//! Requests to other machines, as data.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::{BoxFuture, glob};

/// Sends requests.
///
/// An implementation that reaches a network refuses addresses of private networks unless the configuration names them,
/// and looks again at each redirect. Every implementation reads at most [`Request::max_response_bytes`].
pub trait Http: Send + Sync {
    /// Sends one request, follows redirects, and waits for the whole answer. Any status is an answer.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>>;
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub method: Method,
    /// The whole address, with its query.
    pub url: String,
    /// Header lines, in order.
    pub headers: Vec<Header>,
    /// What is sent along.
    pub body: Body,
    /// How long everything may take, redirects and body included.
    pub timeout: Duration,
    /// How many redirects are followed; one more is an error. With 0 the redirect itself is the answer.
    pub redirects: u8,
    /// A longer answer is an error.
    pub max_response_bytes: u64,
    /// The configured client (certificates, trust) to use.
    pub client: Option<String>,
    /// Where it may be redirected to; anywhere with nothing. Who makes a request judges its first address.
    pub hosts: Option<Arc<Hosts>>,
}

impl Request {
    /// A request with nothing but an address, and the library's defaults.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            body: Body::Empty,
            timeout: Duration::from_secs(30),
            redirects: 3,
            max_response_bytes: 64 << 20,
            client: None,
            hosts: None,
        }
    }
}

/// Hosts that may be called: names in which `*` stands for any text, in lower case, with `:` and a port where only that one is
/// meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts(pub Vec<String>);

impl Hosts {
    /// Whether an address is on one of them.
    #[must_use]
    pub fn admit(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let port = url.port_or_known_default();
        self.0.iter().any(|pattern| match split_port(pattern) {
            (name, Some(only)) => port == Some(only) && glob::matches(name, host),
            (name, None) => glob::matches(name, host),
        })
    }
}

/// `localhost:8080` is a name and a port; `[::1]` is a name.
fn split_port(pattern: &str) -> (&str, Option<u16>) {
    let parts =
        pattern.rsplit_once(':').filter(|(name, _)| !name.contains(':') || name.ends_with(']'));
    match parts.and_then(|(name, port)| Some((name, port.parse().ok()?))) {
        Some((name, port)) => (name, Some(port)),
        None => (pattern, None),
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named after the methods of HTTP")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// `GET`
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A header line of a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Holds a secret or a credential: left out when a redirect leads to another scheme, host or port, and never printed.
    pub sensitive: bool,
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.sensitive { "…" } else { &self.value };
        write!(f, "{}: {value}", self.name)
    }
}

/// What a request carries. The content type is a header like any other, except for [`Body::Multipart`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// These bytes.
    Bytes(Vec<u8>),
    /// A form with files; sets its own content type.
    Multipart(Vec<Part>),
}

/// One field or file of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file's name, if it is a file.
    pub file_name: Option<String>,
    /// Its content type; guessed by nobody.
    pub content_type: Option<String>,
    /// Its content.
    pub data: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status: 200.
    pub status: u16,
    /// Header lines, names in lower case, in order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// Where it came from, after redirects.
    pub url: String,
}

impl Response {
    /// The first header line of that name, in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The kind, for programs.
    pub kind: ErrorKind,
    /// What was wrong, as a sentence without a full stop. Never holds a secret.
    pub message: String,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The address or a header cannot be sent.
    BadRequest,
    /// The target is not allowed: a private address that the configuration does not name.
    Forbidden,
    /// No connection: name, network, certificate.
    Connect,
    /// Took longer than allowed.
    Timeout,
    /// The answer is longer than allowed.
    TooLarge,
    /// More redirects than allowed, or one that leads nowhere.
    Redirects,
    /// The connection broke, or the answer was not HTTP.
    Protocol,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_admitted_by_name_and_port() {
        for (pattern, url, expected) in [
            ("api.example.com", "https://API.example.com/x", true),
            ("api.example.com", "https://api.example.com.evil.example/", false),
            ("api.example.com", "https://api.example.com@evil.example/", false),
            ("*.example.com", "https://a.b.example.com:8443/", true),
            ("*.example.com", "https://example.com/", false),
            ("*", "http://10.0.0.1/", true),
            ("localhost:8080", "http://localhost:8080/", true),
            ("localhost:8080", "http://localhost/", false),
            ("example.com:443", "https://example.com/", true),
            ("[::1]", "http://[::1]:9000/", true),
            ("[::1]:9000", "http://[::1]:9001/", false),
        ] {
            let hosts = Hosts(vec![pattern.to_owned()]);
            assert_eq!(hosts.admit(&Url::parse(url).unwrap()), expected, "{pattern} {url}");
        }
    }
}
