//! HTTP over the network.
//!
//! Trusts the roots that are compiled in (and those that the configuration adds), takes no proxy from the environment, follows
//! redirects itself so that each target is judged again, and keeps connections open for the next request.

mod gate;
mod multipart;
mod redirect;

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Identity};
use url::Url;

use crate::host::http::{Body, Error, ErrorKind, Request, Response};
use crate::host::{self, BoxFuture};

pub use gate::Private;
use gate::{Gate, Refused};

/// How HTTP is configured.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Private targets that tasks may call.
    pub private: Vec<Private>,
    /// Clients with certificates of their own, by name.
    pub clients: HashMap<String, ClientConfig>,
}

/// A client with certificates of its own.
#[derive(Clone, Debug, Default)]
pub struct ClientConfig {
    /// Further trusted roots, as PEM.
    pub roots_pem: Option<Vec<u8>>,
    /// The client's certificate and its private key, as PEM.
    pub identity_pem: Option<Vec<u8>>,
}

/// HTTP over the network.
pub struct Http {
    config: Config,
    /// Made when first needed: loading the roots takes milliseconds.
    clients: Mutex<HashMap<ClientKey, reqwest::Client>>,
}

/// Connections may be shared between requests for which the same rules hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ClientKey {
    name: Option<String>,
    /// The port, if the list of private targets has an entry for it.
    port: Option<u16>,
}

impl Http {
    /// Connects to nothing yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config, clients: Mutex::default() }
    }

    async fn follow(&self, mut request: Request) -> Result<Response, Error> {
        let mut left = request.redirects;
        loop {
            let url = parse_url(&request.url)?;
            let response = self.exchange(&url, &request).await?;
            if request.redirects == 0 {
                return Ok(response);
            }
            let Some(target) = redirect::target(&url, &response)? else {
                return Ok(response);
            };
            left = left.checked_sub(1).ok_or_else(|| {
                Error::new(
                    ErrorKind::Redirects,
                    format!("more than {} redirects", request.redirects),
                )
            })?;
            if request.hosts.as_ref().is_some_and(|hosts| !hosts.admit(&target)) {
                return Err(astray(&url, &target));
            }
            redirect::turn(&mut request, response.status, &url, &target);
        }
    }

    /// One request and its answer, without following anywhere.
    async fn exchange(&self, url: &Url, request: &Request) -> Result<Response, Error> {
        let client = self.client_for(url, request.client.as_deref())?;
        let method = reqwest::Method::from_bytes(request.method.as_str().as_bytes())
            .expect("methods are tokens");
        let (builder, mut headers) = (client.request(method, url.clone()), headers(request)?);
        let builder = match &request.body {
            Body::Empty => builder,
            Body::Bytes(data) => builder.body(data.clone()),
            Body::Multipart(parts) => {
                let form = multipart::form(parts)?;
                headers.insert(CONTENT_TYPE, form.content_type);
                builder.body(form.body)
            }
        };
        let builder = builder.headers(headers);
        let answer = builder.send().await.map_err(|error| failure(&error))?;
        read(answer, request.max_response_bytes).await
    }

    /// The client whose rules hold for the target. An address that is written as numbers is never resolved, so it is
    /// judged here.
    fn client_for(&self, url: &Url, name: Option<&str>) -> Result<reqwest::Client, Error> {
        let port = url.port_or_known_default().unwrap_or(0);
        let gate = Gate::new(&self.config.private, port);
        let literal = match url.host() {
            Some(url::Host::Ipv4(address)) => Some(address.into()),
            Some(url::Host::Ipv6(address)) => Some(address.into()),
            Some(url::Host::Domain(_)) | None => None,
        };
        if let Some(address) = literal {
            gate.check(None, address)
                .map_err(|error| Error::new(ErrorKind::Forbidden, error.to_string()))?;
        }
        let listed = self.config.private.iter().any(|it| it.port() == Some(port));
        let key = ClientKey { name: name.map(str::to_owned), port: listed.then_some(port) };
        let mut clients = self.clients.lock().expect("building a client does not panic");
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(name, gate)?;
        clients.insert(key, client.clone());
        Ok(client)
    }

    fn build(&self, name: Option<&str>, gate: Gate) -> Result<reqwest::Client, Error> {
        let bad = |message: String| Error::new(ErrorKind::BadRequest, message);
        let own = match name {
            None => ClientConfig::default(),
            Some(name) => {
                let found = self.config.clients.get(name).cloned();
                found.ok_or_else(|| bad(format!("there is no `[http.clients.{name}]`")))?
            }
        };
        let mut roots = compiled_in_roots();
        if let Some(pem) = &own.roots_pem {
            roots.extend(Certificate::from_pem_bundle(pem).map_err(|error| bad(chain(&error)))?);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("taskc/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(20))
            .dns_resolver(Arc::new(gate))
            .tls_certs_only(roots);
        if let Some(pem) = &own.identity_pem {
            builder =
                builder.identity(Identity::from_pem(pem).map_err(|error| bad(chain(&error)))?);
        }
        builder.build().map_err(|error| bad(chain(&error)))
    }
}

impl host::Http for Http {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let (timeout, url) = (request.timeout, display_url(&request.url));
            tokio::time::timeout(timeout, self.follow(request)).await.unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Timeout,
                    format!("no answer from {url} within {timeout:?}"),
                ))
            })
        })
    }
}

fn compiled_in_roots() -> Vec<Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect()
}

fn parse_url(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text);
    let url = url.map_err(|error| {
        Error::new(ErrorKind::BadRequest, format!("`{text}` is not an address: {error}"))
    })?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        other => {
            Err(Error::new(ErrorKind::BadRequest, format!("`{other}:` is not `http:` or `https:`")))
        }
    }
}

/// A redirect to where nobody said that requests may go.
fn astray(from: &Url, to: &Url) -> Error {
    let host = |url: &Url| url.host_str().unwrap_or_default().to_owned();
    let (from, to) = (host(from), host(to));
    let message = format!(
        "`{from}` redirects to `{to}`, where the task may not go; a header lets it: `allow http \"{to}\"`"
    );
    Error::new(ErrorKind::Forbidden, message)
}

/// An address as it may be shown: its query may hold what is nobody's business.
fn display_url(text: &str) -> String {
    Url::parse(text)
        .ok()
        .and_then(|url| Some(format!("`{}`", url.host_str()?)))
        .unwrap_or_else(|| "the server".to_owned())
}

fn headers(request: &Request) -> Result<HeaderMap, Error> {
    let mut map = HeaderMap::new();
    for header in &request.headers {
        let bad = |what: &str| {
            Error::new(
                ErrorKind::BadRequest,
                format!("the {what} of header `{}` cannot be sent", header.name),
            )
        };
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| bad("name"))?;
        let mut value =
            HeaderValue::from_bytes(header.value.as_bytes()).map_err(|_| bad("value"))?;
        value.set_sensitive(header.sensitive);
        map.append(name, value);
    }
    Ok(map)
}

async fn read(mut answer: reqwest::Response, max_bytes: u64) -> Result<Response, Error> {
    let too_large =
        || Error::new(ErrorKind::TooLarge, format!("the answer has more than {max_bytes} bytes"));
    if answer.content_length().is_some_and(|bytes| bytes > max_bytes) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| failure(&error))? {
        if (body.len() + piece.len()) as u64 > max_bytes {
            return Err(too_large());
        }
        body.extend_from_slice(&piece);
    }
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers =
        answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
    Ok(Response {
        status: answer.status().as_u16(),
        headers: headers.collect(),
        url: answer.url().to_string(),
        body,
    })
}

fn failure(error: &reqwest::Error) -> Error {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(refused) = inner.downcast_ref::<Refused>() {
            return Error::new(ErrorKind::Forbidden, refused.to_string());
        }
        source = inner.source();
    }
    let kind = match () {
        () if error.is_connect() => ErrorKind::Connect,
        () if error.is_timeout() => ErrorKind::Timeout,
        () if error.is_builder() => ErrorKind::BadRequest,
        () => ErrorKind::Protocol,
    };
    let host = error.url().map_or_else(|| "the server".to_owned(), |url| display_url(url.as_str()));
    Error::new(kind, format!("{host}: {}", chain(error)))
}

/// The innermost causes, which say what happened; the outer ones only say where, and may show the address.
fn chain(error: &dyn std::error::Error) -> String {
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(inner) = source {
        causes.push(inner.to_string());
        source = inner.source();
    }
    causes.pop().unwrap_or_else(|| "the exchange failed".to_owned())
}

#[cfg(test)]
mod tests;
