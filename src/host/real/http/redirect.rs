//! Redirects, as browsers follow them.

use url::Url;

use crate::host::http::{Body, Error, ErrorKind, Method, Request, Response};

/// Where an answer sends us; `None` if it is not a redirect.
pub(super) fn target(from: &Url, response: &Response) -> Result<Option<Url>, Error> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.header("location") else {
        return Ok(None);
    };
    let url = from.join(location).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| {
        Error::new(ErrorKind::Redirects, "the answer redirects to no web address")
    })?;
    Ok(Some(url))
}

/// Makes the request that follows the redirect. Secrets stay with the server that they were meant for.
pub(super) fn turn(request: &mut Request, status: u16, from: &Url, to: &Url) {
    let becomes_get = match status {
        301 | 302 => request.method == Method::Post,
        303 => request.method != Method::Head,
        _ => false,
    };
    if becomes_get {
        request.method = Method::Get;
        request.body = Body::Empty;
        request.headers.retain(|it| !it.name.to_ascii_lowercase().starts_with("content-"));
    }
    if from.origin() != to.origin() {
        let credentials = ["authorization", "cookie", "proxy-authorization"];
        request.headers.retain(|it| {
            !it.sensitive && !credentials.contains(&it.name.to_ascii_lowercase().as_str())
        });
    }
    request.url = to.to_string();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::http::Header;

    fn header(name: &str, sensitive: bool) -> Header {
        Header { name: name.to_owned(), value: "v".to_owned(), sensitive }
    }

    fn turned(method: Method, status: u16, to: &str) -> Request {
        let mut request = Request::new(method, "https://a.example/x");
        request.body = Body::Bytes(vec![1]);
        request.headers = vec![
            header("Authorization", false),
            header("X-Key", true),
            header("Accept", false),
            header("Content-Type", false),
        ];
        let from = Url::parse(&request.url).unwrap();
        turn(&mut request, status, &from, &from.join(to).unwrap());
        request
    }

    fn names(request: &Request) -> Vec<&str> {
        request.headers.iter().map(|it| it.name.as_str()).collect()
    }

    #[test]
    fn secrets_go_to_no_other_server() {
        assert_eq!(
            names(&turned(Method::Get, 302, "/y")),
            ["Authorization", "X-Key", "Accept", "Content-Type"]
        );
        for other in ["https://b.example/", "http://a.example/y", "https://a.example:8443/"] {
            assert_eq!(
                names(&turned(Method::Get, 302, other)),
                ["Accept", "Content-Type"],
                "{other}"
            );
        }
    }

    #[test]
    fn only_307_and_308_send_the_body_again() {
        for (status, method, body) in [
            (301, Method::Get, Body::Empty),
            (303, Method::Get, Body::Empty),
            (307, Method::Post, Body::Bytes(vec![1])),
            (308, Method::Post, Body::Bytes(vec![1])),
        ] {
            let request = turned(Method::Post, status, "/y");
            assert_eq!(
                (request.method, &request.body, request.url.as_str()),
                (method, &body, "https://a.example/y")
            );
        }
        assert_eq!(turned(Method::Put, 302, "/y").method, Method::Put);
    }

    #[test]
    fn a_redirect_needs_a_web_address() {
        let from = Url::parse("https://a.example/x").unwrap();
        let answer = |status, location: &str| Response {
            status,
            headers: vec![("location".to_owned(), location.to_owned())],
            body: vec![],
            url: String::new(),
        };
        assert_eq!(
            target(&from, &answer(302, "/y")).unwrap().unwrap().as_str(),
            "https://a.example/y"
        );
        assert_eq!(target(&from, &answer(200, "/y")), Ok(None));
        assert_eq!(
            target(&from, &answer(302, "file:///etc/passwd")).unwrap_err().kind,
            ErrorKind::Redirects
        );
    }
}
