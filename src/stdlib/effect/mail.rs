//! Outgoing mail.
//!
//! What would break out of a header line is refused here, whatever the host does with it.

use super::answer::{ADDRESS, ATTACHMENT, MAIL, record};
use super::{Call, Context, data, misuse};
use crate::host::mail::{Address, Attachment, Error, ErrorKind, Message};
use crate::value::{Code, Fault, Key, Map, Value};

/// What `mail.send` takes.
pub(super) const PARAMS: &[&str] =
    &["to", "subject", "text", "html", "cc", "bcc", "from", "reply_to", "attachments", "headers"];

pub(super) async fn perform(context: &Context, call: &Call<'_>) -> Result<Value, Fault> {
    match call.name {
        "mail.send" => {
            let message = message(call)?;
            for address in [&message.to, &message.cc, &message.bcc].into_iter().flatten() {
                context.targets.admit_address(&address.email)?;
            }
            let sent = context.host.mail.send(message).await;
            sent.map(|()| Value::Null).map_err(|it| fault(&it))
        }
        "mail.sent" => Ok(Value::list(context.host.mail.sent().iter().map(mail))),
        _ => Err(misuse()),
    }
}

fn message(call: &Call<'_>) -> Result<Message, Fault> {
    let message = Message {
        from: addresses(call.arg("from"))?.into_iter().next(),
        to: addresses(call.arg("to"))?,
        cc: addresses(call.arg("cc"))?,
        bcc: addresses(call.arg("bcc"))?,
        reply_to: addresses(call.arg("reply_to"))?,
        subject: on_one_line(call.text("subject")?, "a subject")?.to_owned(),
        text: call.text_if_any("text").map(str::to_owned),
        html: call.text_if_any("html").map(str::to_owned),
        headers: header_lines(call.arg("headers"))?,
        attachments: attachments(call.arg("attachments"))?,
    };
    if message.text.is_none() && message.html.is_none() {
        return Err(Fault::argument("a mail needs `text` or `html`"));
    }
    if message.to.is_empty() && message.cc.is_empty() && message.bcc.is_empty() {
        return Err(Fault::argument("a mail needs a receiver"));
    }
    Ok(message)
}

/// One address, several, or, for an empty text, none.
fn addresses(value: &Value) -> Result<Vec<Address>, Fault> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::List(list) => list.iter().map(|it| address(&it)).collect(),
        one if one.as_str().is_some_and(|it| it.trim().is_empty()) => Ok(Vec::new()),
        one => Ok(vec![address(one)?]),
    }
}

/// `ada@example.com`, `Ada <ada@example.com>`, or `{ name, email }`.
fn address(value: &Value) -> Result<Address, Fault> {
    let (name, email) = match value.as_str() {
        Some(text) => match on_one_line(text, "an address")?
            .trim()
            .strip_suffix('>')
            .and_then(|it| it.rsplit_once('<'))
        {
            Some((name, email)) => (Some(name.trim().trim_matches('"').to_owned()), email),
            None => (None, text),
        },
        None => {
            let field = |name| value.field(name).and_then(Value::as_str);
            (field("name").map(str::to_owned), field("email").ok_or_else(misuse)?)
        }
    };
    if let Some(name) = &name {
        on_one_line(name, "a name")?;
    }
    let email = email.trim();
    if !is_mailbox(email) {
        return Err(Fault::argument(format!("`{}` is no mail address", email.escape_debug())));
    }
    Ok(Address { name: name.filter(|it| !it.is_empty()), email: email.to_owned() })
}

/// Whether this can stand between `<` and `>`. Domains without a point are the business of one's own network.
fn is_mailbox(email: &str) -> bool {
    let parts_mail = |c: char| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\".contains(c);
    let is_part = |part: &str| !part.is_empty() && !part.contains('@');
    let parts = email.rsplit_once('@');
    !email.contains(parts_mail)
        && parts.is_some_and(|(local, domain)| is_part(local) && is_part(domain))
}

fn on_one_line<'t>(text: &'t str, what: &str) -> Result<&'t str, Fault> {
    if text.contains(char::is_control) {
        return Err(Fault::argument(format!("{what} stands on one line: {}", text.escape_debug())));
    }
    Ok(text)
}

fn header_lines(value: &Value) -> Result<Vec<(String, String)>, Fault> {
    /// Written from the other arguments.
    const TAKEN: [&str; 9] =
        ["from", "to", "cc", "bcc", "reply-to", "subject", "date", "mime-version", "message-id"];
    let Value::Map(map) = value else { return Ok(Vec::new()) };
    let mut lines = Vec::with_capacity(map.len());
    for (name, value) in map.iter() {
        let name = name.as_str().ok_or_else(misuse)?;
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
        let lower = name.to_ascii_lowercase();
        if !is_name || TAKEN.contains(&lower.as_str()) || lower.starts_with("content-") {
            let message = format!("a mail cannot be given the header `{}`", name.escape_debug());
            return Err(Fault::argument(message));
        }
        let value = on_one_line(value.as_str().ok_or_else(misuse)?, "a header")?;
        lines.push((name.to_owned(), value.to_owned()));
    }
    Ok(lines)
}

fn attachments(value: &Value) -> Result<Vec<Attachment>, Fault> {
    let Value::List(list) = value else { return Ok(Vec::new()) };
    list.iter().map(|it| attachment(&it)).collect()
}

fn attachment(value: &Value) -> Result<Attachment, Fault> {
    let field = |name| value.field(name).and_then(Value::as_str);
    let line = |name| field(name).map(|it| on_one_line(it, "an attachment's name or type"));
    Ok(Attachment {
        file_name: line("name").ok_or_else(misuse)??.to_owned(),
        content_type: line("type").transpose()?.unwrap_or("application/octet-stream").to_owned(),
        data: value.field("data").and_then(data).ok_or_else(misuse)?,
        content_id: line("inline").transpose()?.map(str::to_owned),
    })
}

/// A mail as tests see it.
fn mail(message: &Message) -> Value {
    let text = |it: &Option<String>| it.as_deref().map_or(Value::Null, Value::text);
    let one = |it: &Address| record(&ADDRESS, [text(&it.name), Value::text(&it.email)]);
    let many = |them: &[Address]| Value::list(them.iter().map(one));
    let headers: Map = (message.headers.iter())
        .map(|(name, value)| (Key::text(name), Value::text(value)))
        .collect();
    let attachments = message.attachments.iter().map(|it| {
        let (name, kind) = (Value::text(&it.file_name), Value::text(&it.content_type));
        record(&ATTACHMENT, [name, Value::bytes(it.data.clone()), kind, text(&it.content_id)])
    });
    record(
        &MAIL,
        [
            message.from.as_ref().map_or(Value::Null, one),
            many(&message.to),
            many(&message.cc),
            many(&message.bcc),
            many(&message.reply_to),
            Value::text(&message.subject),
            text(&message.text),
            text(&message.html),
            Value::Map(headers.into()),
            Value::list(attachments),
        ],
    )
}

fn fault(error: &Error) -> Fault {
    let code = match error.kind {
        ErrorKind::BadMessage => Code::Argument,
        ErrorKind::Connect | ErrorKind::Refused | ErrorKind::Unknown => Code::Mail,
    };
    Fault::new(code, error.message.clone()).in_doubt(error.kind == ErrorKind::Unknown)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::super::tests::Scene;
    use super::*;

    const SUBJECT: (&str, &str) = ("subject", "Report");

    fn send(scene: &Scene, named: &[(&str, Value)]) -> Result<Value, Fault> {
        let mut all =
            vec![(SUBJECT.0, Value::text(SUBJECT.1)), ("text", Value::text("All is well."))];
        all.retain(|(name, _)| named.iter().all(|(it, _)| it != name));
        all.extend(named.iter().cloned());
        scene.call("mail.send", &all)
    }

    fn sent(scene: &Scene) -> Vec<Message> {
        use crate::host::Mail as _;
        scene.world.mail.sent()
    }

    #[test]
    fn addresses_are_texts_records_or_lists_of_them() {
        let scene = Scene::new();
        let record = record(&ADDRESS, [Value::text("Bob"), Value::text("bob@example.com")]);
        let list = Value::list([Value::text("\"Ada L.\" <ada@example.com>"), record.clone()]);
        let named = [("to", list), ("cc", Value::text(" ")), ("from", record)];
        send(&scene, &named).unwrap();
        let message = &sent(&scene)[0];
        let shown: Vec<_> = message.to.iter().map(|it| (it.name.as_deref(), &*it.email)).collect();
        assert_eq!(shown, [(Some("Ada L."), "ada@example.com"), (Some("Bob"), "bob@example.com")]);
        assert!(message.cc.is_empty());
        let seen = scene.call("mail.sent", &[]).unwrap().to_string();
        assert!(
            seen.starts_with(r#"[{ from: { name: "Bob", email: "bob@example.com" }, to: [{"#),
            "{seen}"
        );
    }

    #[test]
    fn nothing_breaks_out_of_its_line() {
        let scene = Scene::new();
        let to = ("to", Value::text("ada@example.com"));
        let header = |name: &str, value: &str| {
            let map: Map = [(Key::text(name), Value::text(value))].into_iter().collect();
            ("headers", Value::Map(Rc::new(map)))
        };
        for wrong in [
            vec![("to", Value::text("ada@example.com\r\nBcc: eve@example.com"))],
            vec![("to", Value::text("a@example.com, b@example.com"))],
            vec![("to", Value::text("Ada\n<ada@example.com>"))],
            vec![("to", Value::text("nobody"))],
            vec![("to", Value::list([]))],
            vec![("to", Value::text(""))],
            vec![to.clone(), ("subject", Value::text("a\r\nBcc: eve@example.com"))],
            vec![to.clone(), header("X-A", "a\nBcc: eve@example.com")],
            vec![to.clone(), header("X-A: b\nBcc", "eve@example.com")],
            vec![to.clone(), header("Bcc", "eve@example.com")],
            vec![to.clone(), header("", "x")],
            vec![to.clone(), ("text", Value::Null)],
        ] {
            assert!(send(&scene, &wrong).unwrap_err().is(Code::Argument), "{wrong:?}");
        }
        assert!(sent(&scene).is_empty());
        send(&scene, &[to, header("X-Mailer", "taskc")]).unwrap();
        assert_eq!(sent(&scene)[0].headers, [("X-Mailer".to_owned(), "taskc".to_owned())]);
    }

    #[test]
    fn attachments_go_along() {
        let scene = Scene::new();
        let file = record(
            &ATTACHMENT,
            [Value::text("a.png"), Value::bytes(vec![1]), Value::Null, Value::text("logo")],
        );
        let named = [("to", Value::text("ada@example.com")), ("attachments", Value::list([file]))];
        send(&scene, &named).unwrap();
        let attached = &sent(&scene)[0].attachments[0];
        assert_eq!(attached.content_type, "application/octet-stream");
        assert_eq!(attached.content_id.as_deref(), Some("logo"));
    }
}
