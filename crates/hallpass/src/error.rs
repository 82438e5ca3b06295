//! Everything that can go wrong, on one page: what is logged, whose fault it is, and what the person sees.
//!
//! The cause never reaches the person; the log names it by a stable `reason`.

use askama::Template;
use hallpass_store::{CommitError, Unavailable};
use hallpass_wire::{Action, ErrorCode, SigningOut};
use http::StatusCode;

use crate::cookies::encode_component;
use crate::exchange::{Exchange, Reply};
use crate::pages::{self, ErrorPage};
use crate::params::BadParams;
use crate::world::{HttpError, MailError, OutOfEntropy, PasswordsBusy};

/// A request that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    // The client's.
    /// No such path, or not with this method.
    UnknownAction,
    /// Parameters that cannot be read in one way.
    Params(BadParams),
    /// A body that is neither a form nor JSON.
    UnsupportedBody,
    /// A body over the limit.
    BodyTooLarge,
    /// A body that broke off.
    BodyUnreadable,
    /// Cookies over the limit.
    CookiesTooLarge,
    /// A POST that another site started.
    CrossSite,
    /// A POST without an anti-forgery token.
    MissingCsrf,
    /// A POST whose token does not fit its cookie.
    MismatchedCsrf,
    /// Two anti-forgery cookies.
    RepeatedCsrf,
    // The person's.
    /// Unknown user or wrong password.
    CredentialsRejected {
        /// The provider's id.
        provider: String,
    },
    /// The application's `authorize` said why not.
    AuthorizeFailed(String),
    /// A new password is too short or too long.
    PasswordUnfit,
    /// The address has a user already.
    EmailTaken,
    /// Not an address that mail is sent to.
    EmailAddress,
    /// The link is spent, expired or unknown.
    LinkGone,
    /// The address belongs to a user who signs in another way.
    AccountNotLinked,
    /// The identity that a sign-in brought cannot be kept.
    IdentityUnfit,
    // The provider's.
    /// The sign-in could not be started.
    ProviderStart(&'static str),
    /// The provider said no.
    ProviderRefused(&'static str),
    /// The provider's answer did not hold.
    ProviderAnswer(&'static str),
    // Ours.
    /// The mail could not be handed over.
    MailNotSent(MailError),
    /// The store could not be asked.
    Store(String),
    /// No random bytes.
    OutOfEntropy,
    /// Too many passwords at once.
    PasswordsBusy,
    /// Something that cannot be.
    Broken(&'static str),
}

/// What the client gets.
enum Answer {
    /// The page that asks again, with a fresh token.
    AskAgain,
    /// The page for this code.
    Code(ErrorCode),
    /// Failed credentials.
    Rejected(String),
    /// The application's own words.
    Words(String),
    /// A status and a sentence.
    Refused(StatusCode, &'static str),
    /// Come back later.
    Later,
}

impl Fault {
    /// The stable name in the log.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::UnknownAction => "unknown_action",
            Self::Params(BadParams::Repeated) => "repeated_parameter",
            Self::Params(BadParams::NotUtf8) => "parameter_not_utf8",
            Self::Params(BadParams::TooMany) => "too_many_parameters",
            Self::Params(BadParams::NotJson) => "malformed_json",
            Self::UnsupportedBody => "unsupported_content_type",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyUnreadable => "body_unreadable",
            Self::CookiesTooLarge => "cookies_too_large",
            Self::CrossSite => "cross_site",
            Self::MissingCsrf => "csrf_missing",
            Self::MismatchedCsrf => "csrf_mismatched",
            Self::RepeatedCsrf => "csrf_cookie_repeated",
            Self::CredentialsRejected { .. } => "credentials_rejected",
            Self::AuthorizeFailed(_) => "authorize_failed",
            Self::PasswordUnfit => "password_unfit",
            Self::EmailTaken => "email_taken",
            Self::EmailAddress => "email_address_refused",
            Self::LinkGone => "link_gone",
            Self::AccountNotLinked => "account_not_linked",
            Self::IdentityUnfit => "identity_unfit",
            Self::ProviderStart(reason)
            | Self::ProviderRefused(reason)
            | Self::ProviderAnswer(reason)
            | Self::Broken(reason) => reason,
            Self::MailNotSent(MailError::TimedOut) => "mail_timed_out",
            Self::MailNotSent(MailError::Unreachable(_)) => "mail_unreachable",
            Self::MailNotSent(MailError::Refused(_)) => "mail_refused",
            Self::Store(_) => "store_unavailable",
            Self::OutOfEntropy => "out_of_entropy",
            Self::PasswordsBusy => "passwords_busy",
        }
    }

    /// What only the log may say, beside the reason.
    fn cause(&self) -> &str {
        match self {
            Self::MailNotSent(MailError::Unreachable(cause) | MailError::Refused(cause))
            | Self::Store(cause) => cause,
            _ => "",
        }
    }

    /// Whether an operator has to act.
    fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::MailNotSent(_)
                | Self::Store(_)
                | Self::OutOfEntropy
                | Self::PasswordsBusy
                | Self::Broken(_)
                | Self::ProviderStart(_)
        )
    }

    fn answer(&self) -> Answer {
        match self {
            Self::UnknownAction => Answer::Refused(
                StatusCode::BAD_REQUEST,
                "Error: there is no such endpoint, or not with this HTTP method.",
            ),
            Self::Params(_) | Self::BodyUnreadable => Answer::Refused(
                StatusCode::BAD_REQUEST,
                "Error: the parameters cannot be read. Send each name once, as UTF-8.",
            ),
            Self::UnsupportedBody => Answer::Refused(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Error: send application/x-www-form-urlencoded or application/json.",
            ),
            Self::BodyTooLarge => {
                Answer::Refused(StatusCode::PAYLOAD_TOO_LARGE, "Error: the body is too large.")
            }
            Self::CookiesTooLarge => Answer::Refused(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "Error: the cookies are too large. Clear this site's cookies and try again.",
            ),
            Self::CrossSite => Answer::Refused(
                StatusCode::FORBIDDEN,
                "Error: this request came from another site. If it is yours, open it under the configured public URL.",
            ),
            Self::MissingCsrf | Self::MismatchedCsrf | Self::RepeatedCsrf => Answer::AskAgain,
            Self::CredentialsRejected { provider } => Answer::Rejected(provider.clone()),
            Self::AuthorizeFailed(message) => Answer::Words(message.clone()),
            Self::PasswordUnfit => Answer::Code(ErrorCode::CredentialsSignin),
            Self::EmailTaken | Self::AccountNotLinked => Answer::Code(ErrorCode::OAuthAccountNotLinked),
            Self::EmailAddress | Self::MailNotSent(_) => Answer::Code(ErrorCode::EmailSignin),
            Self::LinkGone => Answer::Code(ErrorCode::Verification),
            Self::IdentityUnfit | Self::ProviderAnswer(_) => Answer::Code(ErrorCode::OAuthCallback),
            Self::ProviderStart(_) => Answer::Code(ErrorCode::OAuthSignin),
            Self::ProviderRefused(_) => Answer::Code(ErrorCode::Callback),
            Self::Store(_) | Self::OutOfEntropy | Self::PasswordsBusy => Answer::Later,
            Self::Broken(_) => Answer::Code(ErrorCode::Configuration),
        }
    }

    /// Writes the fault to the log.
    pub(crate) fn log(&self, request_id: &str, action: &str) {
        let (reason, cause) = (self.reason(), self.cause());
        if self.is_ours() {
            tracing::error!(reason, cause, request_id, action, "request failed");
        } else {
            tracing::info!(reason, cause, request_id, action, "request refused");
        }
    }

    /// The reply before the request could be read.
    pub(crate) fn bare_reply(&self) -> Reply {
        match self.answer() {
            Answer::Refused(status, sentence) => Reply::text(status, sentence).private(),
            _ => later(),
        }
    }

    /// The reply.
    pub(crate) fn reply(&self, x: &Exchange<'_>) -> Reply {
        self.try_reply(x).unwrap_or_else(|_| later())
    }

    fn try_reply(&self, x: &Exchange<'_>) -> Result<Reply, Fault> {
        let wire = x.setup.wire;
        let to = |path: &str| format!("{}{path}", x.setup.base);
        match self.answer() {
            Answer::AskAgain if x.action == Action::Session => {
                Ok(Reply::json_bytes(StatusCode::BAD_REQUEST, wire.no_session()).private())
            }
            Answer::AskAgain => {
                let signing_out = if x.action == Action::SignOut { SigningOut::Yes } else { SigningOut::No };
                Reply::redirect(x, StatusCode::OK, &to(wire.missing_csrf_path(signing_out)))
            }
            Answer::Code(code) => Reply::redirect(x, json_status(code), &to(&wire.error_path(code))),
            Answer::Rejected(provider) => {
                let status = StatusCode::from_u16(wire.rejected_credentials_status())
                    .unwrap_or(StatusCode::UNAUTHORIZED);
                Reply::redirect(x, status, &to(&wire.rejected_credentials_path(&provider)))
            }
            Answer::Words(message) => {
                let url = to(&format!("/error?error={}", encode_component(&message)));
                Reply::redirect(x, StatusCode::UNAUTHORIZED, &url)
            }
            Answer::Refused(status, sentence) => Ok(Reply::text(status, sentence)),
            Answer::Later if x.wants_page() => {
                let page = ErrorPage {
                    look: pages::look(x.setup),
                    heading: "Please try again",
                    text: "The sign-in service is not available at the moment. Nothing was lost.",
                    sign_in: None,
                    request_id: Some(x.request_id),
                };
                let status = StatusCode::SERVICE_UNAVAILABLE;
                Ok(come_back(Reply::notice(status, page.render()?)))
            }
            Answer::Later => Ok(later()),
        }
    }
}

/// The status of an error that is answered as JSON: next-auth 4 keeps 200 but for a refusal.
fn json_status(code: ErrorCode) -> StatusCode {
    if code == ErrorCode::AccessDenied { StatusCode::FORBIDDEN } else { StatusCode::OK }
}

fn later() -> Reply {
    let body = r#"{"message":"The sign-in service is not available at the moment. Please try again."}"#;
    come_back(Reply::json_bytes(StatusCode::SERVICE_UNAVAILABLE, body).private())
}

/// Seconds after which a client should ask again (RFC 9110 §10.2.3).
fn come_back(reply: Reply) -> Reply {
    reply.header("retry-after", "5")
}

impl From<OutOfEntropy> for Fault {
    fn from(_: OutOfEntropy) -> Self {
        Self::OutOfEntropy
    }
}

impl From<PasswordsBusy> for Fault {
    fn from(_: PasswordsBusy) -> Self {
        Self::PasswordsBusy
    }
}

impl From<Unavailable> for Fault {
    fn from(unavailable: Unavailable) -> Self {
        Self::Store(unavailable.cause)
    }
}

impl From<askama::Error> for Fault {
    fn from(_: askama::Error) -> Self {
        Self::Broken("page_not_rendered")
    }
}

impl From<BadParams> for Fault {
    fn from(bad: BadParams) -> Self {
        Self::Params(bad)
    }
}

impl From<CommitError> for Fault {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::TokenGone => Self::LinkGone,
            CommitError::EmailTaken => Self::EmailTaken,
            CommitError::AccountTaken => Self::AccountNotLinked,
            CommitError::SessionGone => Self::Broken("session_gone"),
            CommitError::UserGone => Self::Broken("user_gone"),
            CommitError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

/// The reason for an HTTP failure, by what was being asked.
pub(crate) fn http_reason(error: &HttpError) -> &'static str {
    match error {
        HttpError::TimedOut => "provider_timed_out",
        HttpError::TooLarge => "provider_answer_too_large",
        HttpError::Unreachable(_) => "provider_unreachable",
    }
}
