//! HTTP from a script.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::{Clock, Faults};
use crate::host::http::{Error, ErrorKind, Method, Request, Response};
use crate::host::{self, BoxFuture, glob};

/// Answers what it was told to answer, and remembers what it was asked.
pub struct Http {
    clock: Clock,
    faults: Arc<Faults>,
    script: Mutex<Script>,
}

#[derive(Default)]
struct Script {
    stubs: Vec<Stub>,
    requests: Vec<Request>,
    unanswered: Vec<Request>,
}

/// What is answered to requests of a kind.
#[derive(Clone, Debug)]
pub struct Stub {
    method: Option<Method>,
    pattern: String,
    answers: Vec<Answer>,
    used: usize,
}

/// One answer of the script.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What comes back.
    pub result: Result<Response, Error>,
    /// How long it takes; beyond the request's timeout it is a timeout.
    pub delay: Duration,
}

impl Stub {
    /// Answers requests to addresses like this one: `*` stands for any text, and where the pattern has no `?`, any query may
    /// follow.
    #[must_use]
    pub fn new(pattern: impl Into<String>) -> Self {
        Self { method: None, pattern: pattern.into(), answers: Vec::new(), used: 0 }
    }

    /// Answers only this method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Adds an answer. The first request gets the first; the last one is given again and again.
    #[must_use]
    pub fn answer(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    fn matches(&self, request: &Request) -> bool {
        if self.method.is_some_and(|it| it != request.method) {
            return false;
        }
        let whole = glob::matches(&self.pattern, &request.url);
        let path = request.url.split_once('?').map_or(request.url.as_str(), |(path, _)| path);
        whole || (!self.pattern.contains('?') && glob::matches(&self.pattern, path))
    }

    fn next(&mut self) -> Option<Answer> {
        let last = self.answers.len().checked_sub(1)?;
        let answer = self.answers[self.used.min(last)].clone();
        self.used += 1;
        Some(answer)
    }
}

impl Answer {
    /// An answer that comes at once.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let response =
            Response { status, headers: Vec::new(), body: body.into(), url: String::new() };
        Self { result: Ok(response), delay: Duration::ZERO }
    }

    /// No answer, at once.
    pub fn failure(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { result: Err(Error::new(kind, message)), delay: Duration::ZERO }
    }

    /// Adds a header line; nothing to a failure.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Ok(response) = &mut self.result {
            response.headers.push((name.to_lowercase(), value.to_owned()));
        }
        self
    }
}

impl Http {
    /// Knows no answers yet.
    #[must_use]
    pub fn new(clock: Clock, faults: Arc<Faults>) -> Self {
        Self { clock, faults, script: Mutex::default() }
    }

    /// Adds to the script; a later stub goes before an earlier one.
    pub fn stub(&self, stub: Stub) {
        self.script().stubs.push(stub);
    }

    /// What was asked so far, answered or not.
    pub fn requests(&self) -> Vec<Request> {
        self.script().requests.clone()
    }

    /// What was asked so far that nothing answers.
    pub fn unanswered(&self) -> Vec<Request> {
        self.script().unanswered.clone()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("reading the script does not panic")
    }

    fn respond(&self, request: Request) -> Result<Response, Error> {
        if self.faults.strikes() {
            return Err(Error::new(ErrorKind::Connect, "connection reset (simulated)"));
        }
        let answer = self.next_answer(&request)?;
        self.clock.advance(answer.delay.min(request.timeout));
        if answer.delay > request.timeout {
            let message = format!("no answer from `{}` within {:?}", request.url, request.timeout);
            return Err(Error::new(ErrorKind::Timeout, message));
        }
        let mut response = answer.result?;
        if response.body.len() as u64 > request.max_response_bytes {
            let message = format!("the answer has more than {} bytes", request.max_response_bytes);
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        response.url = request.url;
        Ok(response)
    }

    fn next_answer(&self, request: &Request) -> Result<Answer, Error> {
        let mut script = self.script();
        script.requests.push(request.clone());
        let stub = script.stubs.iter_mut().rev().find(|stub| stub.matches(request));
        if let Some(answer) = stub.and_then(Stub::next) {
            return Ok(answer);
        }
        script.unanswered.push(request.clone());
        let message =
            format!("nothing is stubbed for {} `{}`", request.method.as_str(), request.url);
        Err(Error::new(ErrorKind::Connect, message))
    }
}

impl host::Http for Http {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move { self.respond(request) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Clock as _;

    fn world() -> (Clock, Http) {
        let clock = Clock::new(0);
        (clock.clone(), Http::new(clock, Arc::new(Faults::new(0))))
    }

    fn get(http: &Http, url: &str) -> Result<u16, ErrorKind> {
        http.respond(Request::new(Method::Get, url)).map(|it| it.status).map_err(|it| it.kind)
    }

    #[test]
    fn answers_come_in_order_and_the_last_one_stays() {
        let (_, http) = world();
        http.stub(
            Stub::new("https://a.example/x")
                .answer(Answer::new(500, ""))
                .answer(Answer::new(200, "")),
        );
        let statuses = ["https://a.example/x", "https://a.example/x?n=1", "https://a.example/x"]
            .map(|url| get(&http, url));
        assert_eq!(statuses, [Ok(500), Ok(200), Ok(200)]);
        assert_eq!(http.requests().len(), 3);
    }

    #[test]
    fn what_is_not_stubbed_fails() {
        let (_, http) = world();
        http.stub(
            Stub::new("https://a.example/x").method(Method::Post).answer(Answer::new(200, "")),
        );
        assert_eq!(get(&http, "https://a.example/x"), Err(ErrorKind::Connect));
    }

    #[test]
    fn a_slow_answer_takes_time_or_times_out() {
        let (clock, http) = world();
        let slow = Answer { delay: Duration::from_secs(40), ..Answer::new(200, "") };
        http.stub(Stub::new("https://*").answer(slow));
        assert_eq!(get(&http, "https://a.example/"), Err(ErrorKind::Timeout));
        assert_eq!(clock.now_us(), 30_000_000);
    }
}
