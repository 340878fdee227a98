//! Against a server on this machine that speaks just enough SMTP, and into a folder.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::super::scratch::Scratch;
use super::*;
use crate::host::Mail as _;
use crate::host::sim;

fn message() -> Message {
    Message {
        to: vec![Address {
            name: Some("Ada Lövelace".to_owned()),
            email: "ada@example.com".to_owned(),
        }],
        bcc: vec![Address { name: None, email: "hidden@example.com".to_owned() }],
        subject: "Grüße".to_owned(),
        text: Some("plain".to_owned()),
        html: Some("<b>html</b>".to_owned()),
        attachments: vec![host::mail::Attachment {
            file_name: "a.csv".to_owned(),
            content_type: "text/csv".to_owned(),
            data: b"1,2".to_vec(),
            content_id: None,
        }],
        ..Message::default()
    }
}

fn mail(outbox: Outbox) -> Mail {
    let config = Config { outbox: Some(outbox), from: Some("Shop <shop@example.com>".to_owned()) };
    Mail::new(config, Arc::new(sim::Clock::new(1_774_746_000_000_000)))
}

/// Takes one message and gives what it heard; answers `final_reply` after the data.
async fn receive(final_reply: &'static str) -> (Outbox, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let outbox = Outbox::parse(&format!("smtp://{}", listener.local_addr().unwrap())).unwrap();
    let heard = tokio::spawn(async move {
        let (read, mut write) = listener.accept().await.unwrap().0.into_split();
        write.write_all(b"220 ready\r\n").await.unwrap();
        let (mut lines, mut heard, mut in_data) = (BufReader::new(read).lines(), Vec::new(), false);
        while let Ok(Some(line)) = lines.next_line().await {
            let reply = match line.as_str() {
                "." => final_reply,
                _ if in_data => "",
                "DATA" => "354 go on\r\n",
                _ => "250 fine\r\n",
            };
            in_data = line == "DATA" || (in_data && line != ".");
            heard.push(line);
            if reply == "hang up" {
                break;
            }
            write.write_all(reply.as_bytes()).await.unwrap();
        }
        heard
    });
    (outbox, heard)
}

#[tokio::test]
async fn a_message_reaches_the_server_whole() {
    let (outbox, heard) = receive("250 taken\r\n").await;
    mail(outbox).send(message()).await.unwrap();
    let heard = heard.await.unwrap().join("\n");
    for part in [
        "MAIL FROM:<shop@example.com>",
        "RCPT TO:<ada@example.com>",
        "RCPT TO:<hidden@example.com>",
        "From: Shop <shop@example.com>",
        "Date: Sun, 29 Mar 2026 01:00:00 +0000",
        "Subject: =?utf-8?b?R3LDvMOfZQ==?=",
        "<b>html</b>",
        "filename=\"a.csv\"",
    ] {
        assert!(heard.contains(part), "{part} is missing in\n{heard}");
    }
    assert!(!heard.contains("Bcc:"), "{heard}");
}

#[tokio::test]
async fn refusals_and_broken_connections_are_told_apart() {
    for (reply, kind) in [
        ("554 no\r\n", ErrorKind::Refused),
        ("451 later\r\n", ErrorKind::Refused),
        ("hang up", ErrorKind::Unknown),
    ] {
        let (outbox, _heard) = receive(reply).await;
        assert_eq!(mail(outbox).send(message()).await.unwrap_err().kind, kind, "{reply}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = Outbox::parse(&format!("smtp://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    assert_eq!(mail(nobody).send(message()).await.unwrap_err().kind, ErrorKind::Connect);
}

#[tokio::test]
async fn a_folder_takes_mail_too() {
    let scratch = Scratch::new();
    let mail = mail(Outbox::parse(&format!("file:{}", scratch.path().display())).unwrap());
    mail.send(message()).await.unwrap();
    mail.send(message()).await.unwrap();
    let files: Vec<_> =
        std::fs::read_dir(scratch.path()).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(files.len(), 2);
    assert!(
        std::fs::read_to_string(&files[0])
            .unwrap()
            .contains("To: =?utf-8?b?QWRhIEzDtnZlbGFjZQ==?= <ada@example.com>")
    );
}

#[test]
fn what_no_mail_can_be_is_refused_before_it_is_sent() {
    let mail = mail(Outbox::Folder("unused".into()));
    let refused = |change: fn(&mut Message)| {
        let mut message = message();
        change(&mut message);
        assert_eq!(mail.write(message).unwrap_err().kind, ErrorKind::BadMessage);
    };
    refused(|it| it.to[0].email = "not an address".to_owned());
    refused(|it| it.to[0].name = Some("x\r\nBcc: evil@example.com".to_owned()));
    refused(|it| it.subject = "x\nBcc: evil@example.com".to_owned());
    refused(|it| it.headers = vec![("X-A".to_owned(), "x\r\nBcc: e@example.com".to_owned())]);
    refused(|it| it.headers = vec![("X-A: x\r\nBcc".to_owned(), "e@example.com".to_owned())]);
    refused(|it| it.headers = vec![("bcc".to_owned(), "e@example.com".to_owned())]);
    refused(|it| it.headers = vec![("Content-Type".to_owned(), "text/plain".to_owned())]);
    refused(|it| it.attachments[0].content_type = "nonsense".to_owned());
    refused(|it| (it.text, it.html) = (None, None));
    refused(|it| (it.to, it.bcc) = (vec![], vec![]));
}

#[test]
fn a_password_goes_encrypted_over_the_network() {
    let smtp = |text: &str| match Outbox::parse(text).unwrap() {
        Outbox::Smtp(it) => (it.tls, it.port, it.user, it.password),
        Outbox::Folder(_) => unreachable!(),
    };
    let none = String::new;
    assert_eq!(smtp("smtp://mail.example"), (Tls::Offered, 25, none(), none()));
    assert_eq!(
        smtp("smtp://u:p%40@mail.example"),
        (Tls::Required, 587, "u".to_owned(), "p@".to_owned())
    );
    assert_eq!(
        smtp("smtp://u:p@localhost:2525"),
        (Tls::Offered, 2525, "u".to_owned(), "p".to_owned())
    );
    assert_eq!(smtp("smtps://u:p@mail.example").0, Tls::Wrapped);
    assert_eq!(smtp("smtp://mail.example?tls=none").0, Tls::None);
    for text in ["smtp:", "http://mail.example", "mail.example", "smtp://mail.example?tls=maybe"] {
        assert!(Outbox::parse(text).is_err(), "{text}");
    }
}
