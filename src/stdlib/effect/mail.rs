//! Outgoing mail.

use super::answer::record;
use super::{Call, Context, data, misuse};
use crate::host::mail::{Address, Attachment, Error, ErrorKind, Message};
use crate::value::{Code, Fault, Map, Record, Value};

pub(super) async fn perform(
    context: &Context,
    function: &str,
    call: &Call,
) -> Result<Value, Fault> {
    match function {
        "send" => {
            context.host.mail.send(message(call)?).await.map_err(|error| fault(&error))?;
            Ok(Value::Null)
        }
        "sent" => Ok(Value::list(context.host.mail.sent().iter().map(sent))),
        _ => Err(misuse()),
    }
}

/// The parameters of `mail.send` in declared order.
fn message(call: &Call) -> Result<Message, Fault> {
    let [to, subject, text, html, cc, bcc, from, reply_to, attachments, headers] =
        std::array::from_fn(|at| call.arg(at));
    let message = Message {
        from: addresses(from)?.into_iter().next(),
        to: addresses(to)?,
        cc: addresses(cc)?,
        bcc: addresses(bcc)?,
        reply_to: addresses(reply_to)?,
        subject: subject.as_str().ok_or_else(misuse)?.to_owned(),
        text: text.as_str().map(str::to_owned),
        html: html.as_str().map(str::to_owned),
        headers: header_lines(headers)?,
        attachments: attached(attachments)?,
    };
    if message.text.is_none() && message.html.is_none() {
        return Err(Fault::argument("a mail needs `text` or `html`"));
    }
    Ok(message)
}

/// One address, several, or none.
fn addresses(value: &Value) -> Result<Vec<Address>, Fault> {
    match value {
        Value::Null => Ok(Vec::new()),
        none if none.as_str().is_some_and(|it| it.trim().is_empty()) => Ok(Vec::new()),
        Value::List(list) => list.iter().map(|it| address(&it)).collect(),
        one => Ok(vec![address(one)?]),
    }
}

/// `ada@example.com`, `Ada <ada@example.com>`, or `{ name, email }`.
fn address(value: &Value) -> Result<Address, Fault> {
    if let Value::Record(it) = value {
        let email = field(it, "email").ok_or_else(misuse)?;
        return Ok(Address { name: field(it, "name").filter(|name| !name.is_empty()), email });
    }
    let text = value.as_str().ok_or_else(misuse)?;
    Ok(match text.strip_suffix('>').and_then(|it| it.rsplit_once('<')) {
        Some((name, email)) => {
            let name = name.trim().trim_matches('"');
            let name = (!name.is_empty()).then(|| name.to_owned());
            Address { name, email: email.trim().to_owned() }
        }
        None => Address { name: None, email: text.trim().to_owned() },
    })
}

fn field(record: &Record, name: &str) -> Option<String> {
    record.get(name)?.as_str().map(str::to_owned)
}

fn header_lines(value: &Value) -> Result<Vec<(String, String)>, Fault> {
    let Value::Map(map) = value else { return Ok(Vec::new()) };
    map.iter()
        .map(|(name, value)| {
            let name = name.as_str().ok_or_else(misuse)?;
            Ok((name.to_owned(), value.as_str().ok_or_else(misuse)?.to_owned()))
        })
        .collect()
}

fn attached(value: &Value) -> Result<Vec<Attachment>, Fault> {
    let Value::List(list) = value else { return Ok(Vec::new()) };
    list.iter()
        .map(|it| {
            let Value::Record(it) = it else { return Err(misuse()) };
            Ok(Attachment {
                file_name: field(&it, "name").ok_or_else(misuse)?,
                content_type: field(&it, "type")
                    .unwrap_or_else(|| "application/octet-stream".to_owned()),
                data: it.get("data").and_then(data).ok_or_else(misuse)?,
                content_id: None,
            })
        })
        .collect()
}

/// A mail as tests see it.
fn sent(message: &Message) -> Value {
    let list =
        |addresses: &[Address]| Value::list(addresses.iter().map(|it| Value::text(&it.email)));
    let optional = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::text);
    let attachments = message.attachments.iter().map(|it| {
        record(vec![
            ("name", Value::text(&it.file_name)),
            ("data", Value::bytes(it.data.clone())),
            ("type", Value::text(&it.content_type)),
        ])
    });
    let mut headers = Map::new();
    for (name, value) in &message.headers {
        headers.insert(crate::value::Key::text(name), Value::text(value));
    }
    record(vec![
        ("to", list(&message.to)),
        ("cc", list(&message.cc)),
        ("bcc", list(&message.bcc)),
        ("from", message.from.as_ref().map_or(Value::Null, |it| Value::text(&it.email))),
        ("reply_to", list(&message.reply_to)),
        ("subject", Value::text(&message.subject)),
        ("text", optional(&message.text)),
        ("html", optional(&message.html)),
        ("attachments", Value::list(attachments)),
        ("headers", Value::Map(std::rc::Rc::new(headers))),
    ])
}

fn fault(error: &Error) -> Fault {
    let code = match error.kind {
        ErrorKind::BadMessage => Code::Argument,
        ErrorKind::Connect | ErrorKind::Refused | ErrorKind::Unknown => Code::Mail,
    };
    Fault::new(code, error.message.clone())
}
