//! What a test answers in place of the network.

use std::time::Duration;

use crate::host::http::{ErrorKind, Method};
use crate::host::sim::{Answer, Stub};
use crate::value::json::{self, Layout};
use crate::value::{Code, Fault, Value};

/// A longer answer is refused.
const BODY_BYTES_MAX: usize = 64 << 20;

/// `stub http.post "https://…" => { status: 201 }`; of several answers each is given once, the last again and again.
pub(super) fn read(method: Option<&str>, pattern: &Value, response: &Value) -> Result<Stub, Fault> {
    let pattern = pattern.as_str().unwrap_or_default();
    let mut stub = Stub::new(pattern);
    if let Some(method) = method {
        stub = stub.method(method_called(method)?);
    }
    let answers: Vec<Value> = match response {
        Value::List(answers) => answers.iter().collect(),
        one => vec![one.clone()],
    };
    if answers.is_empty() {
        return Err(Fault::argument("a stub has at least one answer"));
    }
    answers.iter().try_fold(stub, |stub, it| Ok(stub.answer(answer(it, pattern)?)))
}

fn method_called(word: &str) -> Result<Method, Fault> {
    Ok(match word {
        "get" => Method::Get,
        "head" => Method::Head,
        "post" => Method::Post,
        "put" => Method::Put,
        "patch" => Method::Patch,
        "delete" => Method::Delete,
        _ => return Err(Fault::argument(format!("`http` makes no `{word}` requests"))),
    })
}

fn answer(response: &Value, pattern: &str) -> Result<Answer, Fault> {
    let field = |name: &str| response.field(name).filter(|it| !it.is_null());
    let mut answer = match field("error").and_then(Value::as_str) {
        Some("timeout") => {
            Answer::failure(ErrorKind::Timeout, format!("no answer from `{pattern}` (stubbed)"))
        }
        Some(_) => {
            let message = format!("no connection to `{pattern}` (stubbed)");
            Answer::failure(ErrorKind::Connect, message)
        }
        None => Answer::new(status(field("status"))?, body(&field)?),
    };
    let mut says_its_type = false;
    if let Some(Value::Map(lines)) = field("headers") {
        for (name, value) in lines.iter() {
            let (name, value) = (name.as_str().unwrap_or_default(), value.as_str());
            says_its_type |= name.eq_ignore_ascii_case("content-type");
            answer = answer.header(name, value.unwrap_or_default());
        }
    }
    if field("json").is_some() && !says_its_type {
        answer = answer.header("content-type", "application/json");
    }
    if let Some(Value::Duration(delay_us)) = field("delay") {
        answer.delay = Duration::from_micros(u64::try_from(*delay_us).unwrap_or(0));
    }
    Ok(answer)
}

fn status(given: Option<&Value>) -> Result<u16, Fault> {
    let Some(Value::Int(status)) = given else { return Ok(200) };
    let known = u16::try_from(*status).ok().filter(|it| (100..600).contains(it));
    known.ok_or_else(|| {
        Fault::argument(format!("no server answers with status {status}; it is from 100 to 599"))
    })
}

fn body<'v>(field: &impl Fn(&str) -> Option<&'v Value>) -> Result<Vec<u8>, Fault> {
    let given = ["json", "text", "body"].map(field);
    if given.iter().flatten().count() > 1 {
        let message = "an answer has one of `json`, `text` and `body`";
        return Err(Fault::argument(message));
    }
    let [json, text, body] = given;
    if let Some(json) = json {
        let written = json::write(json, Layout::Compact, BODY_BYTES_MAX);
        return written
            .map(String::into_bytes)
            .map_err(|fault| Fault::new(Code::Limit, fault.message));
    }
    Ok(match (text, body) {
        (Some(text), _) => text.as_str().unwrap_or_default().as_bytes().to_vec(),
        (None, Some(Value::Bytes(bytes))) => bytes.to_vec(),
        _ => Vec::new(),
    })
}
