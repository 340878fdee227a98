//! Mail to an SMTP server, or to a folder of `.eml` files for those who want to look at it first.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use url::Url;

use crate::host::mail::{Address, Error, ErrorKind, Message};
use crate::host::{self, BoxFuture, Clock};

/// How mail is configured.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where it goes; without, sending fails.
    pub outbox: Option<Outbox>,
    /// Who sends it where the message does not say.
    pub from: Option<String>,
}

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outbox {
    /// To a server.
    Smtp(Smtp),
    /// Into a folder, one file a message.
    Folder(PathBuf),
}

/// An SMTP server.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    user: String,
    password: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    /// From the first byte: `smtps:`.
    Wrapped,
    /// By STARTTLS, or not at all.
    Required,
    /// By STARTTLS where the server offers it.
    Offered,
    /// `?tls=none`
    None,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

impl Outbox {
    /// Reads `smtp://user:password@host:port`, `smtps://host`, or `file:FOLDER`. A password goes unencrypted to this machine
    /// only, unless `?tls=none` asks for it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(folder) = text.strip_prefix("file:") {
            return Ok(Self::Folder(folder.into()));
        }
        let url = Url::parse(text)
            .map_err(|error| format!("`{}` is not an address: {error}", without_password(text)))?;
        let host = url
            .host_str()
            .filter(|it| !it.is_empty())
            .ok_or("the address names no server")?
            .to_owned();
        let password = decode(url.password().unwrap_or_default())?;
        let asked =
            url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let (tls, default_port) = match (url.scheme(), asked.as_deref()) {
            ("smtps", None) => (Tls::Wrapped, 465),
            ("smtp", Some("none")) => (Tls::None, 25),
            ("smtp", None) if password.is_empty() || is_this_machine(&host) => (Tls::Offered, 25),
            ("smtp", Some("required") | None) => (Tls::Required, 587),
            ("smtp" | "smtps", Some(other)) => {
                return Err(format!("`tls={other}` is not `required` or `none`"));
            }
            (other, _) => return Err(format!("`{other}:` is not `smtp:`, `smtps:` or `file:`")),
        };
        let port = url.port().unwrap_or(default_port);
        Ok(Self::Smtp(Smtp { host, port, tls, user: decode(url.username())?, password }))
    }
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

fn decode(text: &str) -> Result<String, String> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| "the name or password is not UTF-8".to_owned())
}

fn without_password(text: &str) -> &str {
    text.rsplit_once('@').map_or(text, |(_, server)| server)
}

/// Outgoing mail.
pub struct Mail {
    config: Config,
    clock: Arc<dyn Clock>,
}

impl Mail {
    /// Connects to nothing yet.
    #[must_use]
    pub fn new(config: Config, clock: Arc<dyn Clock>) -> Self {
        Self { config, clock }
    }

    async fn deliver(&self, message: Message) -> Result<(), Error> {
        let outbox = self.config.outbox.as_ref();
        let outbox = outbox.ok_or_else(|| {
            Error::new(
                ErrorKind::Connect,
                "no mail server is configured; set `url` in `[mail]`, such as \"smtp://localhost\"",
            )
        })?;
        let written = self.write(message)?;
        match outbox {
            Outbox::Smtp(server) => server.deliver(&written).await,
            Outbox::Folder(folder) => self.put(folder, &written),
        }
    }

    /// The message in the form of the wire.
    fn write(&self, mut message: Message) -> Result<lettre::Message, Error> {
        if message.from.is_none() {
            let from =
                self.config.from.as_deref().map(|it| {
                    it.parse::<Mailbox>().map_err(|error| bad(format!("`{it}`: {error}")))
                });
            let from =
                from.transpose()?.ok_or_else(|| bad("nobody sends it; set `from` in `[mail]`"))?;
            message.from = Some(Address { name: from.name, email: from.email.to_string() });
        }
        let now = Duration::from_micros(u64::try_from(self.clock.now_us()).unwrap_or(0));
        write(&message, UNIX_EPOCH + now)
    }

    fn put(&self, folder: &Path, message: &lettre::Message) -> Result<(), Error> {
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Connect, format!("`{}`: {error}", folder.display()))
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let now = self.clock.now_us();
        for attempt in 0..1000 {
            match std::fs::File::create_new(folder.join(format!("{now}-{attempt}.eml"))) {
                Ok(mut file) => {
                    return std::io::Write::write_all(&mut file, &message.formatted())
                        .map_err(failed);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(Error::new(
            ErrorKind::Refused,
            format!("`{}` has no room for the message", folder.display()),
        ))
    }
}

impl host::Mail for Mail {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(self.deliver(message))
    }
}

impl Smtp {
    /// Nothing has been sent as long as there is no connection. Once the message is on its way, only an answer tells what
    /// became of it.
    async fn deliver(&self, message: &lettre::Message) -> Result<(), Error> {
        const LONGEST: Duration = Duration::from_mins(2);
        let connect = tokio::time::timeout(LONGEST, self.connect()).await;
        let connected = connect.unwrap_or_else(|_| Err("it does not answer".to_owned()));
        let mut connection = connected.map_err(|error| {
            Error::new(ErrorKind::Connect, format!("the mail server `{}`: {error}", self.host))
        })?;
        let data = message.formatted();
        let sent = tokio::time::timeout(LONGEST, connection.send(message.envelope(), &data)).await;
        let result = match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_transient() || error.is_permanent() || error.is_client() => {
                Err(Error::new(
                    ErrorKind::Refused,
                    format!("the mail server `{}` refused it: {error}", self.host),
                ))
            }
            Ok(Err(error)) => Err(Error::new(
                ErrorKind::Unknown,
                format!("the mail server `{}`: {error}", self.host),
            )),
            Err(_) => Err(Error::new(
                ErrorKind::Unknown,
                format!("the mail server `{}` does not answer", self.host),
            )),
        };
        connection.abort().await;
        result
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let words = |error: lettre::transport::smtp::Error| error.to_string();
        let hello = ClientId::default();
        let parameters = || TlsParameters::new(self.host.clone()).map_err(words);
        let wrapped = if self.tls == Tls::Wrapped { Some(parameters()?) } else { None };
        let server = (self.host.trim_matches(['[', ']']), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, None, &hello, wrapped, None)
                .await
                .map_err(words)?;
        let starts = match self.tls {
            Tls::Required => true,
            Tls::Offered => connection.can_starttls(),
            Tls::Wrapped | Tls::None => false,
        };
        if starts {
            connection.starttls(parameters()?, &hello).await.map_err(words)?;
        }
        if !self.password.is_empty() {
            let credentials = Credentials::new(self.user.clone(), self.password.clone());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await
                .map_err(words)?;
        }
        Ok(connection)
    }
}

fn write(message: &Message, now: SystemTime) -> Result<lettre::Message, Error> {
    type Adds = fn(MessageBuilder, Mailbox) -> MessageBuilder;
    let mut builder = lettre::Message::builder()
        .date(now)
        .message_id(None)
        .subject(line("subject", &message.subject)?);
    let lists: [(&[Address], Adds); 5] = [
        (message.from.as_slice(), MessageBuilder::from),
        (&message.to, MessageBuilder::to),
        (&message.cc, MessageBuilder::cc),
        (&message.bcc, MessageBuilder::bcc),
        (&message.reply_to, MessageBuilder::reply_to),
    ];
    for (addresses, add) in lists {
        for address in addresses {
            builder = add(builder, mailbox(address)?);
        }
    }
    for (name, value) in &message.headers {
        builder = builder.raw_header(HeaderValue::new(header_name(name)?, line(name, value)?));
    }
    builder.multipart(body(message)?).map_err(|error| bad(error.to_string()))
}

fn mailbox(address: &Address) -> Result<Mailbox, Error> {
    let email = address
        .email
        .parse()
        .map_err(|error| bad(format!("`{}` is not a mail address: {error}", address.email)))?;
    let name = address.name.as_deref().map(|name| line("name", name)).transpose()?;
    Ok(Mailbox::new(name, email))
}

/// A text that stands in one header line.
fn line(what: &str, text: &str) -> Result<String, Error> {
    if text.chars().any(char::is_control) {
        return Err(bad(format!("the {what} has a line break or another control character")));
    }
    Ok(text.to_owned())
}

/// The name of a header line that is not made from the other fields.
fn header_name(name: &str) -> Result<HeaderName, Error> {
    const OURS: [&str; 10] = [
        "from",
        "sender",
        "to",
        "cc",
        "bcc",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "mime-version",
    ];
    let lower = name.to_ascii_lowercase();
    if OURS.contains(&lower.as_str()) || lower.starts_with("content-") {
        return Err(bad(format!("the header `{name}` is made from the other fields")));
    }
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let made = if is_name { HeaderName::new_from_ascii(name.to_owned()).ok() } else { None };
    made.ok_or_else(|| bad(format!("`{name}` is not the name of a header")))
}

/// Mixed { related { alternative { text, html }, images of the html }, attachments }, with as few levels as will do.
fn body(message: &Message) -> Result<MultiPart, Error> {
    let mut forms = MultiPart::alternative().build();
    if message.text.is_none() && message.html.is_none() {
        return Err(bad("a message has a text or an HTML form"));
    }
    if let Some(text) = &message.text {
        forms = forms.singlepart(SinglePart::plain(text.clone()));
    }
    if let Some(html) = &message.html {
        forms = forms.singlepart(SinglePart::html(html.clone()));
    }
    let (inline, attached): (Vec<_>, Vec<_>) =
        message.attachments.iter().partition(|it| it.content_id.is_some());
    if !inline.is_empty() {
        forms = inline.into_iter().try_fold(MultiPart::related().multipart(forms), |all, it| {
            Ok(all.singlepart(attachment(it)?))
        })?;
    }
    if attached.is_empty() {
        return Ok(forms);
    }
    attached.into_iter().try_fold(MultiPart::mixed().multipart(forms), |all, it| {
        Ok(all.singlepart(attachment(it)?))
    })
}

fn attachment(attachment: &host::mail::Attachment) -> Result<SinglePart, Error> {
    let content_type = ContentType::parse(&attachment.content_type);
    let content_type = content_type
        .map_err(|_| bad(format!("`{}` is not a content type", attachment.content_type)))?;
    let name = line("name of an attachment", &attachment.file_name)?;
    let kind = match &attachment.content_id {
        Some(id) => Attachment::new_inline_with_name(line("content id", id)?, name),
        None => Attachment::new(name),
    };
    Ok(kind.body(attachment.data.clone(), content_type))
}

fn bad(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::BadMessage, message)
}

#[cfg(test)]
mod tests;
