//! Requests and answers in a simulated world.

use std::rc::Rc;

use super::super::tests::Scene;
use super::*;
use crate::host::http::{Body, Request};
use crate::host::settings;
use crate::host::sim::{Answer, Stub};
use crate::value::{Key, Map, Secret, Shape};

const URL: &str = "https://api.example.com/v1/orders";

fn map(entries: &[(&str, Value)]) -> Value {
    let entries = entries.iter().map(|(key, value)| (Key::text(key), value.clone()));
    Value::Map(Rc::new(entries.collect::<Map>()))
}

fn secret(name: &str, text: &str) -> Value {
    Value::Secret(Rc::new(Secret::new(name, text)))
}

/// Makes a call with the defaults of the declaration.
fn call(scene: &Scene, name: &str, named: &[(&str, Value)]) -> Result<Value, Fault> {
    call_as(scene, None, name, named)
}

fn call_as(
    scene: &Scene,
    key: Option<&str>,
    name: &str,
    named: &[(&str, Value)],
) -> Result<Value, Fault> {
    let mut all = vec![
        ("url", Value::text(URL)),
        ("timeout", Value::Duration(30_000_000)),
        ("retry", Value::Int(0)),
        ("redirects", Value::Int(3)),
    ];
    all.retain(|(name, _)| named.iter().all(|(it, _)| it != name));
    all.extend(named.iter().cloned());
    scene.call_as(key, name, &all)
}

fn answering(answers: Vec<Answer>) -> Scene {
    let scene = Scene::new();
    let stub = Stub::new("https://*");
    scene.world.http.stub(answers.into_iter().fold(stub, Stub::answer));
    scene
}

fn only_request(scene: &Scene) -> Request {
    let mut requests = scene.world.http.requests();
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.headers.iter().find(|it| it.name == name).map(|it| it.value.as_str())
}

#[test]
fn an_answer_has_status_headers_body_text_and_json() {
    let answer = Answer::new(200, r#"{"usd": 1.10}"#).header("X-A", "1").header("x-a", "2");
    let scene = answering(vec![answer]);
    let response = call(&scene, "http.get", &[]).unwrap();
    assert_eq!(
        response.to_string(),
        r#"{ status: 200, headers: ["x-a": "1, 2"], body: bytes(13), text: "{\"usd\": 1.10}", json: ["usd": 1.10] }"#
    );
    let latin =
        Answer::new(200, vec![0xe9]).header("content-type", "text/html; charset=ISO-8859-1");
    let text = call(&answering(vec![latin]), "http.get", &[]).unwrap();
    assert_eq!(text.field("text"), Some(&Value::text("é")));
    assert_eq!(text.field("json"), Some(&Value::Null));
    let broken =
        call(&answering(vec![Answer::new(200, vec![b'{', 0xff])]), "http.get", &[]).unwrap();
    assert_eq!(broken.field("text"), Some(&Value::text("{\u{fffd}")));
    assert_eq!(broken.field("json"), Some(&Value::Null));
}

#[test]
fn a_bad_status_is_a_fault_unless_any_is_accepted() {
    let scene = answering(vec![Answer::new(422, "{\"error\":\n \"no sku\"}")]);
    let query = ("query", map(&[("token", Value::text("t&t"))]));
    let fault = call(&scene, "http.post", &[query]).unwrap_err();
    assert!(fault.is(Code::HttpStatus));
    assert_eq!(fault.message, format!(r#"POST {URL} answered 422: {{"error": "no sku"}}"#));
    let data = fault.data.unwrap();
    assert_eq!(data.field("status"), Some(&Value::Int(422)));
    assert_eq!(data.field("json").unwrap().to_string(), r#"["error": "no sku"]"#);
    assert_eq!(only_request(&scene).url, format!("{URL}?token=t%26t"));
    let any = call(&scene, "http.post", &[("accept", Value::text("any"))]).unwrap();
    assert_eq!(any.field("status"), Some(&Value::Int(422)));
}

#[test]
fn bodies_are_json_forms_files_texts_or_bytes() {
    let sent = |named: &[(&str, Value)]| {
        let scene = answering(vec![Answer::new(200, "")]);
        call(&scene, "http.post", named).unwrap();
        let request = only_request(&scene);
        let kind = header(&request, "Content-Type").map(str::to_owned);
        (kind, request.body)
    };
    let bytes = |text: &str| Body::Bytes(text.as_bytes().to_vec());
    let order =
        Value::record(&Rc::new(Shape::new(["sku", "qty"])), [Value::Int(2), Value::text("A")]);
    assert_eq!(
        sent(&[("json", order)]),
        (Some("application/json".into()), bytes(r#"{"sku":"A","qty":2}"#))
    );
    let form = || ("form", map(&[("a", Value::text("1 2")), ("b", Value::text("&"))]));
    assert_eq!(
        sent(&[form()]),
        (Some("application/x-www-form-urlencoded".into()), bytes("a=1+2&b=%26"))
    );
    assert_eq!(
        sent(&[("body", Value::text("x"))]),
        (Some("text/plain; charset=utf-8".into()), bytes("x"))
    );
    assert_eq!(
        sent(&[("body", Value::bytes(vec![1]))]).0.as_deref(),
        Some("application/octet-stream")
    );
    assert_eq!(sent(&[]), (None, Body::Empty));
    let shape = Rc::new(Shape::new(["field", "name", "data", "type"]));
    let file = [Value::bytes(vec![1]), Value::text("f"), Value::text("a.bin"), Value::Null];
    let files = ("files", Value::list([Value::record(&shape, file)]));
    let (_, Body::Multipart(parts)) = sent(&[form(), files.clone()]) else { panic!() };
    assert_eq!((parts.len(), parts[2].file_name.as_deref()), (3, Some("a.bin")));
    let own = ("headers", map(&[("content-type", Value::text("text/xml"))]));
    assert_eq!(sent(&[("body", Value::text("<a/>")), own]).0, None, "the given line counts");
    for both in [vec![("json", Value::Int(1)), form()], vec![("body", Value::text("")), files]] {
        let fault = call(&answering(vec![]), "http.post", &both).unwrap_err();
        assert!(fault.is(Code::Argument), "{fault}");
    }
}

#[test]
fn secrets_go_to_their_hosts_only_and_are_marked() {
    let scene = answering(vec![Answer::new(200, "")]);
    let bound =
        |text: &str, host: &str| settings::Secret { text: text.into(), hosts: vec![host.into()] };
    scene.world.settings.set_secret("KEY", bound("hunter2", "*.example.com"));
    scene.world.settings.set_secret("OTHER", bound("hunter3", "other.org"));
    let headers = |value| [("headers", map(&[("X-Key", value)]))];
    call(&scene, "http.get", &headers(secret("KEY", "hunter2"))).unwrap();
    let request = only_request(&scene);
    assert!(request.headers[0].sensitive && !format!("{request:?}").contains("hunter2"));
    let fault = call(&scene, "http.get", &headers(secret("OTHER", "hunter3"))).unwrap_err();
    assert!(fault.is(Code::Secret));
    assert_eq!(fault.message, "this secret may go to other.org only, and not to api.example.com");
    let auth = |scheme: &str, token: Value| {
        let shape = Rc::new(Shape::new(["scheme", "user", "token"]));
        ("auth", Value::record(&shape, [Value::text(scheme), token, Value::text("ada")]))
    };
    assert!(call(&scene, "http.get", &[auth("bearer", secret("OTHER", "hunter3"))]).is_err());
    assert_eq!(scene.world.http.requests().len(), 1);
    call(&scene, "http.get", &[auth("basic", secret("", "open"))]).unwrap();
    let requests = scene.world.http.requests();
    assert_eq!(header(&requests[1], "Authorization"), Some("Basic YWRhOm9wZW4="));
}

#[test]
fn what_no_request_can_have_is_refused() {
    let scene = answering(vec![Answer::new(200, "")]);
    let line = |name: &str, value: &str| ("headers", map(&[(name, Value::text(value))]));
    for wrong in [
        ("url", Value::text("api.example.com")),
        ("url", Value::text("file:///etc/passwd")),
        ("url", Value::text("")),
        line("X-A", "a\r\nX-B: c"),
        line("X A", "a"),
        line("", "a"),
        ("timeout", Value::Duration(0)),
        ("timeout", Value::Duration(-1)),
        ("retry", Value::Int(-1)),
        ("redirects", Value::Int(256)),
    ] {
        let fault = call(&scene, "http.get", std::slice::from_ref(&wrong)).unwrap_err();
        assert!(fault.is(Code::Argument), "{wrong:?}: {fault}");
    }
    assert!(scene.world.http.requests().is_empty());
}

#[test]
fn only_what_may_arrive_twice_is_repeated() {
    let busy = || Answer::new(503, "").header("retry-after", "7");
    let lost = || Answer::failure(ErrorKind::Timeout, "no answer");
    let refused = || Answer::failure(ErrorKind::Connect, "refused");
    let good = || Answer::new(200, "");
    let retry = ("retry", Value::Int(3));
    let idempotent = ("idempotent", Value::Bool(true));
    for (name, named, answers, requests) in [
        ("http.get", vec![retry.clone()], vec![busy(), lost(), refused(), good()], 4),
        ("http.put", vec![retry.clone()], vec![lost(), good()], 2),
        ("http.post", vec![retry.clone()], vec![refused(), good()], 2),
        ("http.post", vec![retry.clone()], vec![lost(), good()], 1),
        ("http.post", vec![retry.clone()], vec![busy(), good()], 1),
        ("http.post", vec![retry.clone(), idempotent], vec![lost(), busy(), good()], 3),
        ("http.get", vec![], vec![refused(), good()], 1),
        ("http.get", vec![retry.clone()], vec![Answer::new(404, ""), good()], 1),
    ] {
        let scene = answering(answers);
        let outcome = call(&scene, name, &named);
        assert_eq!(scene.world.http.requests().len(), requests, "{name} {named:?}");
        assert_eq!(outcome.is_ok(), requests > 1, "{name} {named:?}");
    }
    let scene = answering(vec![busy(), good()]);
    let before = scene.call("prelude.now", &[]).unwrap();
    call(&scene, "http.get", &[retry]).unwrap();
    let (Value::Time(before), Ok(Value::Time(after))) = (before, scene.call("prelude.now", &[]))
    else {
        panic!()
    };
    assert_eq!(after - before, 7_000_000, "as long as the server asked for");
}

#[test]
fn a_repeatable_post_goes_by_the_name_of_the_call() {
    let key_of = |key| {
        let scene = answering(vec![Answer::new(200, "")]);
        call_as(&scene, key, "http.post", &[("idempotent", Value::Bool(true))]).unwrap();
        header(&only_request(&scene), "Idempotency-Key").unwrap().to_owned()
    };
    assert_eq!(key_of(Some("run-7/3")), "run-7/3");
    assert_eq!(key_of(None).len(), 32);
    let scene = answering(vec![Answer::new(200, "")]);
    call(&scene, "http.post", &[]).unwrap();
    assert_eq!(header(&only_request(&scene), "Idempotency-Key"), None);
}

#[test]
fn downloads_go_into_files() {
    let scene = answering(vec![Answer::new(200, "<svg/>"), Answer::new(500, "")]);
    let to = |path| ("to", Value::text(path));
    assert_eq!(call(&scene, "http.download", &[to("a/logo.svg")]), Ok(Value::Int(6)));
    let text = scene.call("files.read_text", &[("path", Value::text("a/logo.svg"))]);
    assert_eq!(text, Ok(Value::text("<svg/>")));
    assert!(call(&scene, "http.download", &[to("../x")]).unwrap_err().is(Code::Argument));
    assert_eq!(scene.world.http.requests().len(), 1, "a path that is none costs no request");
    assert!(call(&scene, "http.download", &[to("b")]).unwrap_err().is(Code::HttpStatus));
    assert_eq!(scene.call("files.exists", &[("path", Value::text("b"))]), Ok(Value::Bool(false)));
}
