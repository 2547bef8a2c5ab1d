//! Email over SMTP. Each command is sent by itself, so that it is known whether the letter had left when something broke:
//! until the text was handed over, nothing was sent.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::incident::{Audience, Receipt};
use lastgood_core::message::render::{Body, Format, Letter, render};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::settings::telling::{ChannelSettings, Security};
use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::Keys;
use super::http::unknown;
use crate::loopback::is_loopback;

/// A server may look at a letter for a while before it takes it (RFC 5321, section 4.5.3.2, asks for more patience).
const DEADLINE: Duration = Duration::from_secs(60);

pub(super) struct Email {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    authority: Option<Certificate>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    to: Vec<Mailbox>,
    /// Customers do not see one another.
    hides_recipients: bool,
    deadline: Duration,
}

/// Where it broke.
enum Broken {
    Before(Error),
    /// The text was on its way.
    During(Error),
    LateBefore,
    LateDuring,
}

/// What the server said of each mailbox, with its words where it did not take it.
#[derive(Default)]
struct Asked {
    takes: Vec<String>,
    /// It may take it later.
    busy: Vec<String>,
    left_out: Vec<String>,
    last: Option<Error>,
}

impl Asked {
    /// # Errors
    /// Where it said nothing that is about the mailbox.
    fn heard(&mut self, mailbox: &str, answer: Result<(), Error>) -> Result<(), Error> {
        let Err(error) = answer else {
            self.takes.push(mailbox.to_owned());
            return Ok(());
        };
        let said = format!("{mailbox} ({})", words(&error));
        if error.is_permanent() {
            self.left_out.push(said);
        } else if error.is_transient() {
            self.busy.push(said);
        } else {
            return Err(error);
        }
        self.last = Some(error);
        Ok(())
    }
}

impl Email {
    pub(super) fn new(name: &str, settings: &ChannelSettings, keys: &Keys) -> Result<Self, Trouble> {
        let security = settings.security.unwrap_or(Security::Starttls);
        let (host, port) = server(settings.url.as_deref().unwrap_or_default(), security);
        if security == Security::None && !is_loopback(&format!("http://{host}/")) {
            return Err(unready(name, "Only a server on this machine may be reached without encryption."));
        }
        let mailbox = |text: &str| {
            text.parse::<Mailbox>().map_err(|error| unready(name, &format!("{text} is no mail address: {error}.")))
        };
        let credentials = settings.user.clone().zip(keys.secret.as_ref());
        let authority = settings.authority.as_ref().map(|path| {
            let read = std::fs::read(path).map_err(|error| error.to_string());
            let read = read.and_then(|pem| Certificate::from_pem(&pem).map_err(|error| error.to_string()));
            read.map_err(|words| unready(name, &format!("The certificate {path} cannot be read: {words}.")))
        });
        Ok(Self {
            host,
            port,
            security,
            credentials: credentials.map(|(user, secret)| Credentials::new(user, secret.reveal().to_owned())),
            authority: authority.transpose()?,
            from: mailbox(settings.from.as_deref().unwrap_or_default())?,
            reply_to: settings.reply_to.as_deref().map(mailbox).transpose()?,
            to: settings.to.iter().map(|address| mailbox(address)).collect::<Result<_, _>>()?,
            hides_recipients: settings.audience() == Audience::Customers,
            deadline: keys.deadline.unwrap_or(DEADLINE),
        })
    }

    fn id(&self, key: &str) -> String {
        let safe: String = key.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')).collect();
        format!("<{safe}@{}>", self.from.email.domain())
    }

    /// The first mail of its thread, where that is another one: what goes out again to the rest began the thread itself.
    fn answers(&self, letter: &Letter) -> Option<String> {
        letter.handle.clone().filter(|first| *first != self.id(&letter.key))
    }

    fn message(&self, letter: &Letter) -> Result<Message, String> {
        let rendered = render(Format::Mail, letter);
        let (plain, html) = match rendered.body {
            Body::Mail { plain, html } => (plain, html),
            Body::Text(text) => (text.clone(), text),
            Body::Json(value) => (value.to_string(), value.to_string()),
        };
        let recipients = self.to.iter().map(|mailbox| mailbox.email.clone()).collect();
        let envelope = Envelope::new(Some(self.from.email.clone()), recipients).map_err(|error| error.to_string())?;
        let mut builder = Message::builder()
            .from(self.from.clone())
            .date(date(letter.at))
            .subject(rendered.title)
            .message_id(Some(self.id(&letter.key)))
            .envelope(envelope)
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(first) = self.answers(letter) {
            builder = builder.in_reply_to(first.clone()).references(first);
        }
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let shown = if self.hides_recipients { std::slice::from_ref(&self.from) } else { &self.to };
        builder = shown.iter().fold(builder, |builder, mailbox| builder.to(mailbox.clone()));
        builder.multipart(MultiPart::alternative_plain_html(plain, html)).map_err(|error| error.to_string())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let tls = || {
            let mut builder = TlsParameters::builder(self.host.clone());
            if let Some(authority) = &self.authority {
                builder = builder.add_root_certificate(authority.clone());
            }
            builder.build_rustls()
        };
        crate::install_crypto();
        let hello = ClientId::default();
        let wrapped = if self.security == Security::Tls { Some(tls()?) } else { None };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.deadline), &hello, wrapped, None).await?;
        if self.security == Security::Starttls {
            connection.starttls(tls()?, &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    /// Up to the text. No mailbox that is dead or busy keeps the letter from the others.
    async fn prepare(&self, to: &[&Mailbox]) -> Result<(AsyncSmtpConnection, Asked), Error> {
        let mut connection = self.connect().await?;
        connection.command(Mail::new(Some(self.from.email.clone()), Vec::new())).await?;
        let mut asked = Asked::default();
        for mailbox in to {
            let answer = connection.command(Rcpt::new(mailbox.email.clone(), Vec::new())).await;
            asked.heard(mailbox.email.as_ref(), answer.map(drop))?;
        }
        if !asked.takes.is_empty() {
            connection.command(Data).await?;
        }
        Ok((connection, asked))
    }

    /// What the server said of each mailbox; those that it takes have the letter.
    async fn hand_over(&self, text: &[u8], to: &[&Mailbox]) -> Result<Asked, Broken> {
        let prepared = tokio::time::timeout(self.deadline, self.prepare(to)).await;
        let (mut connection, asked) = match prepared {
            Ok(ready) => ready.map_err(Broken::Before)?,
            Err(_) => return Err(Broken::LateBefore),
        };
        if !asked.takes.is_empty() {
            match tokio::time::timeout(self.deadline, connection.message(text)).await {
                Ok(taken) => drop(taken.map_err(Broken::During)?),
                Err(_) => return Err(Broken::LateDuring),
            }
        }
        // It is delivered already; the farewell may fail.
        if let Ok(Err(error)) = tokio::time::timeout(self.deadline, connection.quit()).await {
            tracing::debug!(%error, "the mail server said no farewell");
        }
        Ok(asked)
    }

    fn became(&self, letter: &Letter, asked: Asked) -> Sent {
        if asked.takes.is_empty() && letter.reached.is_empty() {
            return match asked.last {
                Some(error) if asked.busy.is_empty() => Sent::Refused(refused(&words(&error))),
                _ => unsent(&asked.busy.join(", ")),
            };
        }
        let receipt = Receipt {
            handle: Some(letter.handle.clone().unwrap_or_else(|| self.id(&letter.key))),
            url: None,
            sentence: self.taken(letter, &asked),
        };
        if asked.busy.is_empty() {
            return Sent::Delivered(receipt);
        }
        let hint = "It goes again by itself, to those alone who do not have it.";
        let trouble = Trouble::new(Code::ChannelBusy, receipt.sentence.clone(), hint);
        Sent::Partly { receipt: Box::new(receipt), reached: asked.takes, trouble }
    }

    fn taken(&self, letter: &Letter, asked: &Asked) -> String {
        let (all, count) = (self.to.len(), letter.reached.len() + asked.takes.len());
        let mut sentence = format!("The mail server took it for {count} of {all} recipients");
        if count == all {
            return format!("The mail server took it for {all} recipients.");
        }
        if !asked.left_out.is_empty() {
            sentence.push_str(&format!(", not for {}", asked.left_out.join(", ")));
        }
        if !asked.busy.is_empty() {
            sentence.push_str(&format!(", not yet for {}", asked.busy.join(", ")));
        }
        sentence + "."
    }
}

#[async_trait]
impl Channel for Email {
    async fn send(&self, letter: &Letter) -> Sent {
        let message = match self.message(letter) {
            Ok(message) => message,
            Err(words) => return Sent::Refused(refused(&words)),
        };
        let to: Vec<&Mailbox> = self.to.iter().filter(|one| !letter.reached.contains(&one.email.to_string())).collect();
        match self.hand_over(&message.formatted(), &to).await {
            Ok(asked) => self.became(letter, asked),
            Err(Broken::LateBefore) => unsent("the server took too long"),
            Err(Broken::LateDuring) => {
                Sent::Unknown(unknown("The mail server did not answer in time after it had the letter.".to_owned()))
            }
            // A no is a no at any time; 4xx asks to come again later.
            Err(Broken::Before(error) | Broken::During(error)) if error.is_permanent() => {
                Sent::Refused(refused(&words(&error)))
            }
            Err(Broken::Before(error) | Broken::During(error)) if error.is_transient() => unsent(&words(&error)),
            Err(Broken::Before(error)) if error.is_tls() || error.is_client() || is_impostor(&error) => {
                Sent::Refused(refused(&words(&error)))
            }
            Err(Broken::Before(error)) => unsent(&words(&error)),
            Err(Broken::During(error)) => {
                Sent::Unknown(unknown(format!("The mail server fell silent over the letter: {}.", words(&error))))
            }
        }
    }

    /// A mail's id is ours: nobody has to say it.
    async fn found(&self, letter: &Letter, said: &str) -> Option<Receipt> {
        Receipt::found(&letter.handle.clone().unwrap_or_else(|| self.id(&letter.key)), said)
    }

    async fn test(&self) -> Result<Tested, Trouble> {
        match tokio::time::timeout(self.deadline, self.connect()).await {
            Ok(Ok(mut connection)) => {
                connection.abort().await;
                let how = if self.credentials.is_some() { "signed in" } else { "reached" };
                Ok(Tested::Answered(format!("{} was {how}; nothing was sent.", self.host)))
            }
            Ok(Err(error)) => Err(refused(&words(&error))),
            Err(_) => Err(refused("the server took too long")),
        }
    }
}

/// The server's, as the settings name it.
pub(super) fn address(settings: &ChannelSettings) -> String {
    let security = settings.security.unwrap_or(Security::Starttls);
    let (host, port) = server(settings.url.as_deref().unwrap_or_default(), security);
    format!("{}:{port}", host.to_lowercase())
}

/// `host:port`; the usual port of its kind where none is named.
fn server(url: &str, security: Security) -> (String, u16) {
    let usual = match security {
        Security::Starttls => 587,
        Security::Tls => 465,
        Security::None => 25,
    };
    match url.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?))) {
        Some((host, port)) => (host.to_owned(), port),
        None => (url.to_owned(), usual),
    }
}

fn date(at: Timestamp) -> std::time::SystemTime {
    std::time::UNIX_EPOCH + Duration::from_secs(at.as_second().max(0).unsigned_abs())
}

/// Nobody vouches for the server's certificate: waiting mends nothing.
fn is_impostor(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if matches!(tls, Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        source = cause.source();
    }
    false
}

/// The server's own words, on one line.
fn words(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if !text.contains(&cause.to_string()) {
            text = format!("{text}: {cause}");
        }
        source = cause.source();
    }
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(300).collect()
}

fn unsent(words: &str) -> Sent {
    let message = format!("The mail server took nothing: {words}.");
    let trouble = Trouble::new(Code::ChannelUnreachable, message, "It goes again by itself.");
    Sent::NotSent { trouble, again_in: None }
}

fn refused(words: &str) -> Trouble {
    let message = format!("The mail server refused: {words}.");
    Trouble::new(
        Code::ChannelRefused,
        message,
        "Check the server, the user, the password and the addresses, then send again.",
    )
}

fn unready(name: &str, sentence: &str) -> Trouble {
    Trouble::new(Code::ChannelUnready, sentence, format!("Mend [channels.{name}] in lastgood.toml."))
}
