//! Mail by SMTP.
//!
//! One connection a mail, one recipient a mail, one deadline over all of it. TLS is required unless the server is
//! on this machine or the operator says otherwise; the server's certificate is always checked. What the server
//! answers is told in its own words, without the addresses that such words like to repeat.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hallpass::world::{Mail, MailError, Message, Pending, Random};
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as NamedAddress, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// Where mail is handed over, and in whose name.
#[derive(Clone)]
pub struct SmtpOptions {
    /// `smtps://user:password@host:465` (TLS from the first byte) or `smtp://user:password@host:587` (STARTTLS,
    /// which the server must offer). User and password are percent-encoded and may be left out. `?tls=none` turns
    /// TLS off; so does a loopback host, where `?tls=required` turns it on. Port 465 or 587 if none is given.
    pub url: String,
    /// The sender: `address` or `Name <address>`.
    pub from: String,
    /// Certificates to trust besides the system's, as PEM.
    pub extra_ca: Option<Vec<u8>>,
    /// For the whole delivery, from the name lookup to the server's last word.
    pub deadline: Duration,
}

impl SmtpOptions {
    /// With the default deadline of 8 s and the system's certificates.
    pub fn new(url: impl Into<String>, from: impl Into<String>) -> Self {
        Self { url: url.into(), from: from.into(), extra_ca: None, deadline: Duration::from_secs(8) }
    }
}

impl fmt::Debug for SmtpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpOptions([redacted])")
    }
}

/// Why mail options cannot be used. Tells what is wrong and never repeats the URL, which holds a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadMailOptions {
    /// The URL is not `smtp://…` or `smtps://…` with a host.
    Url,
    /// `?tls=` has another value than `none` or `required`, `smtps` is combined with `none`, or there is another
    /// parameter.
    Tls,
    /// The user or the password is not percent-encoded UTF-8, or one comes without the other.
    Credentials,
    /// The sender is not an address.
    From,
    /// The extra certificates are not PEM certificates.
    Ca,
}

impl fmt::Display for BadMailOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url => "it is not smtp://user:password@host:port or smtps://user:password@host:port",
            Self::Tls => "?tls= is either none or required, with smtp:// only",
            Self::Credentials => {
                "user and password come together and are percent-encoded (@ is %40, : is %3A)"
            }
            Self::From => "the sender is neither an address nor Name <address>",
            Self::Ca => "the extra certificates are not PEM certificates",
        })
    }
}

impl std::error::Error for BadMailOptions {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, or no mail.
    StartTls,
    Plain,
}

#[derive(Clone)]
struct Server {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
}

/// Sends mail by SMTP.
pub struct SmtpMail {
    server: Server,
    from: NamedAddress,
    extra_ca: Option<Certificate>,
    deadline: Duration,
    random: Arc<dyn Random>,
    tls: OnceLock<Option<TlsParameters>>,
}

impl fmt::Debug for SmtpMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMail").field("security", &self.server.security).finish_non_exhaustive()
    }
}

impl SmtpMail {
    /// Reads the options; connects to nothing yet. `random` names the messages.
    pub fn new(options: SmtpOptions, random: Arc<dyn Random>) -> Result<Self, BadMailOptions> {
        let extra_ca = match &options.extra_ca {
            None => None,
            Some(pem) => Some(certificates(pem).ok_or(BadMailOptions::Ca)?),
        };
        Ok(Self {
            server: server(&options.url)?,
            from: options.from.parse().map_err(|_| BadMailOptions::From)?,
            extra_ca,
            deadline: options.deadline,
            random,
            tls: OnceLock::new(),
        })
    }

    /// Whether mail and password cross the network in the clear: TLS is off and the server is not on this machine.
    pub fn is_exposed(&self) -> bool {
        self.server.security == Security::Plain && !is_loopback(&self.server.host)
    }

    /// Connects as for a mail, with TLS and the password, and says goodbye: to see whether a mail would be taken. None is
    /// sent.
    ///
    /// # Errors
    ///
    /// As for a mail, within the same deadline.
    pub async fn greet(&self) -> Result<(), MailError> {
        let greeting = async {
            let mut connection = self.connect().await?;
            let _ = connection.quit().await;
            Ok(())
        };
        tokio::time::timeout(self.deadline, greeting).await.unwrap_or(Err(MailError::TimedOut))
    }

    async fn deliver(&self, message: Message) -> Result<(), MailError> {
        let unusable = || MailError::Refused("the recipient is not an address".to_owned());
        let to: Address = message.to.parse().map_err(|_| unusable())?;
        let composed = self.compose(to, message)?;
        let mut connection = self.connect().await?;
        connection.send(composed.envelope(), &composed.formatted()).await.map_err(failed)?;
        // The mail is handed over; whether the server takes a goodbye is no matter of the mail's.
        tokio::spawn(async move { tokio::time::timeout(Duration::from_secs(2), connection.quit()).await });
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let Server { host, port, security, credentials } = &self.server;
        let hello = ClientId::default();
        let implicit = match security {
            Security::Implicit => Some(self.tls()?),
            Security::StartTls | Security::Plain => None,
        };
        let address = (host.as_str(), *port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(address, None, &hello, implicit, None)
            .await
            .map_err(failed)?;
        if *security == Security::StartTls {
            if !connection.can_starttls() {
                connection.abort().await;
                return Err(MailError::Unreachable("the mail server offers no STARTTLS".to_owned()));
            }
            connection.starttls(self.tls()?, &hello).await.map_err(failed)?;
        }
        if let Some(credentials) = credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, credentials).await.map_err(failed)?;
        }
        Ok(connection)
    }

    /// Reading the system's certificates takes a while: done once, at the first mail.
    fn tls(&self) -> Result<TlsParameters, MailError> {
        let built = self.tls.get_or_init(|| {
            let mut builder = TlsParametersBuilder::new(self.server.host.clone());
            if let Some(extra) = &self.extra_ca {
                builder = builder.add_root_certificate(extra.clone());
            }
            builder.build().ok()
        });
        built.clone().ok_or_else(|| MailError::Unreachable("TLS could not be set up".to_owned()))
    }

    fn compose(&self, to: Address, message: Message) -> Result<lettre::Message, MailError> {
        let failed = |_| MailError::Refused("the message could not be composed".to_owned());
        let mut composed = lettre::Message::builder()
            .from(self.from.clone())
            .to(NamedAddress::new(None, to))
            .subject(one_line(&message.subject))
            .message_id(Some(self.message_id()?))
            .multipart(MultiPart::alternative_plain_html(message.text, message.html))
            .map_err(failed)?;
        // RFC 3834: no vacation notices and the like in answer.
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        composed.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
        Ok(composed)
    }

    fn message_id(&self) -> Result<String, MailError> {
        let mut bytes = [0; 16];
        let none = |_| MailError::Unreachable("no random bytes could be had".to_owned());
        self.random.fill(&mut bytes).map_err(none)?;
        Ok(format!("<{:032x}@{}>", u128::from_be_bytes(bytes), self.from.email.domain()))
    }
}

impl Mail for SmtpMail {
    fn send(&self, message: Message) -> Pending<'_, Result<(), MailError>> {
        Box::pin(async move {
            match tokio::time::timeout(self.deadline, self.deliver(message)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(MailError::TimedOut),
            }
        })
    }
}

fn server(url: &str) -> Result<Server, BadMailOptions> {
    let url = Url::parse(url).map_err(|_| BadMailOptions::Url)?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(BadMailOptions::Url)?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let tls = tls_parameter(&url)?;
    let security = match (url.scheme(), tls.as_deref()) {
        ("smtps", None | Some("required")) => Security::Implicit,
        ("smtp", Some("required")) => Security::StartTls,
        ("smtp", Some("none")) => Security::Plain,
        ("smtp", None) if is_loopback(&host) => Security::Plain,
        ("smtp", None) => Security::StartTls,
        ("smtp" | "smtps", _) => return Err(BadMailOptions::Tls),
        _ => return Err(BadMailOptions::Url),
    };
    let usual_port = if security == Security::Implicit { 465 } else { 587 };
    let credentials = credentials(&url)?;
    Ok(Server { host, port: url.port().unwrap_or(usual_port), security, credentials })
}

fn tls_parameter(url: &Url) -> Result<Option<String>, BadMailOptions> {
    let mut parameters = url.query_pairs();
    match (parameters.next(), parameters.next()) {
        (None, _) => Ok(None),
        (Some((name, value)), None) if name == "tls" => Ok(Some(value.into_owned())),
        _ => Err(BadMailOptions::Tls),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, BadMailOptions> {
    let decode = |text: &str| match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(BadMailOptions::Credentials),
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(BadMailOptions::Credentials),
        (user, Some(password)) => Ok(Some(Credentials::new(decode(user)?, decode(password)?))),
    }
}

fn is_loopback(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost",
        _ => host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
    }
}

/// A PEM file without a certificate parses as no certificates, and would silently trust nobody.
fn certificates(pem: &[u8]) -> Option<Certificate> {
    let begins = b"-----BEGIN CERTIFICATE-----";
    let holds_one = pem.windows(begins.len()).any(|window| window == begins);
    Certificate::from_pem(pem).ok().filter(|_| holds_one)
}

/// A header is one line; a line break in a subject would begin another header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn failed(error: lettre::transport::smtp::Error) -> MailError {
    if error.is_timeout() {
        return MailError::TimedOut;
    }
    let words = without_addresses(&error.to_string());
    if error.status().is_some() { MailError::Refused(words) } else { MailError::Unreachable(words) }
}

/// What a server says, bounded, on one line, and without the words that hold an address.
fn without_addresses(said: &str) -> String {
    const LONGEST: usize = 300;
    let names_someone =
        |word: &str| word.contains(['@', '<', '>']) || word.to_ascii_lowercase().contains("%40");
    let words = said.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let kept: Vec<&str> = words.map(|word| if names_someone(word) { "[redacted]" } else { word }).collect();
    kept.join(" ").chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
