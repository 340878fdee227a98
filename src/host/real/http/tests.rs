//! Against a server on this machine.

use std::collections::HashMap;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::host::Http as _;
use crate::host::http::{Hosts, Method};

/// Answers each request line (`GET /x`) with the text of the table, and closes.
async fn serve(answers: HashMap<&'static str, String>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.unwrap());
            }
            let line = String::from_utf8_lossy(&request);
            let line = line.split(" HTTP/").next().unwrap();
            let answer = answers.get(line).cloned().unwrap_or_else(|| reply(404, "", ""));
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    port
}

fn reply(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn http(private: &[String]) -> Http {
    super::super::install_tls();
    Http::new(Config {
        private: private.iter().map(|it| it.parse().unwrap()).collect(),
        ..Config::default()
    })
}

async fn get(http: &Http, url: String) -> Result<String, ErrorKind> {
    let response =
        http.send(Request { max_response_bytes: 10, ..Request::new(Method::Get, url) }).await;
    response
        .map(|it| format!("{} {}", it.status, String::from_utf8(it.body).unwrap()))
        .map_err(|it| it.kind)
}

#[tokio::test]
async fn private_targets_need_configuration_also_behind_names_and_redirects() {
    let inner = serve(HashMap::from([("GET /", reply(200, "", "inner"))])).await;
    let location = format!("location: http://127.0.0.1:{inner}/\r\n");
    let outer = serve(HashMap::from([("GET /", reply(302, &location, ""))])).await;

    let closed = http(&[]);
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"] {
        assert_eq!(
            get(&closed, format!("http://{host}:{inner}/")).await,
            Err(ErrorKind::Forbidden),
            "{host}"
        );
    }
    let outer_only = http(&[format!("127.0.0.1:{outer}")]);
    assert_eq!(
        get(&outer_only, format!("http://127.0.0.1:{outer}/")).await,
        Err(ErrorKind::Forbidden)
    );
    let both = http(&[format!("127.0.0.1:{outer}"), format!("127.0.0.1:{inner}")]);
    assert_eq!(get(&both, format!("http://localhost:{outer}/")).await, Ok("200 inner".to_owned()));
}

#[tokio::test]
async fn limits_hold() {
    let chunked = "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n";
    let port = serve(HashMap::from([
        ("GET /ten", reply(200, "", "0123456789")),
        ("GET /eleven", reply(200, "", "0123456789a")),
        ("GET /chunked", chunked.to_owned()),
        ("GET /circle", reply(302, "location: /circle\r\n", "")),
        ("GET /broken", "HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\nabc".to_owned()),
    ]))
    .await;
    let http = http(&[format!("127.0.0.1:{port}")]);
    let url = |path: &str| format!("http://127.0.0.1:{port}/{path}");
    assert_eq!(get(&http, url("ten")).await, Ok("200 0123456789".to_owned()));
    assert_eq!(get(&http, url("eleven")).await, Err(ErrorKind::TooLarge));
    assert_eq!(get(&http, url("chunked")).await, Err(ErrorKind::TooLarge));
    assert_eq!(get(&http, url("circle")).await, Err(ErrorKind::Redirects));
    assert_eq!(get(&http, url("none")).await, Ok("404 ".to_owned()));
    assert_eq!(get(&http, url("broken")).await, Err(ErrorKind::Protocol));
    assert_eq!(get(&http, "ftp://example.com/".to_owned()).await, Err(ErrorKind::BadRequest));
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let http = http(&[format!("127.0.0.1:{port}")]);
    let mut request = Request::new(Method::Get, format!("http://127.0.0.1:{port}/?key=hidden"));
    request.timeout = Duration::from_millis(1);
    let error = http.send(request).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(!error.message.contains("hidden"), "{error}");
}

#[tokio::test]
async fn nobody_there_is_a_failed_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let http = http(&[format!("127.0.0.1:{port}")]);
    assert_eq!(get(&http, format!("http://127.0.0.1:{port}/")).await, Err(ErrorKind::Connect));
}

#[tokio::test]
async fn redirects_lead_only_to_hosts_that_are_named() {
    let inner = serve(HashMap::from([("GET /", reply(200, "", "inner"))])).await;
    let location = format!("location: http://localhost:{inner}/\r\n");
    let outer = serve(HashMap::from([("GET /", reply(302, &location, ""))])).await;
    let http = http(&["127.0.0.0/8".to_owned(), "::1".to_owned(), "localhost".to_owned()]);
    let ask = async |hosts: &[&str]| {
        let hosts = Hosts(hosts.iter().map(|it| (*it).to_owned()).collect());
        let request = Request::new(Method::Get, format!("http://127.0.0.1:{outer}/"));
        http.send(Request { hosts: Some(Arc::new(hosts)), ..request }).await
    };
    let refused = ask(&["127.0.0.1"]).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    assert!(refused.message.ends_with("`allow http \"localhost\"`"), "{refused}");
    assert_eq!(ask(&["127.0.0.1", "local*"]).await.unwrap().body, b"inner");
}
