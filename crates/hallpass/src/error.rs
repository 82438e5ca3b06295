//! Everything that can go wrong, on one page: what is logged, whose fault it is, and what the person sees.
//!
//! The cause never reaches the person; the log names it by a stable `reason`.

use hallpass_store::{CommitError, Unavailable};
use hallpass_wire::ErrorCode;
use http::StatusCode;

use crate::params::BadParams;
use crate::trace::Trace;
use crate::world::{HttpError, MailError, OutOfEntropy, PasswordsBusy};

/// A request that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    // The client's.
    /// No such path, or not with this method.
    UnknownAction,
    /// No such provider.
    UnknownProvider,
    /// Parameters that cannot be read in one way.
    Params(BadParams),
    /// A `callbackUrl` that is not of this site.
    CallbackUrl,
    /// A body that is neither a form nor JSON.
    UnsupportedBody,
    /// A body over the limit.
    BodyTooLarge,
    /// A body that broke off.
    BodyUnreadable,
    /// Cookies over the limit.
    CookiesTooLarge,
    /// A POST that another site started; from where, if that was told.
    CrossSite(Option<Stranger>),
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
    /// What a sign-in was decided by has been overtaken by another request.
    Overtaken,
    /// The session that a sign-in builds on was ended.
    SessionEnded,
    /// Nobody is signed in, where somebody has to be.
    SessionRequired,
    /// The user is disabled.
    UserDisabled,
    /// The identity that a sign-in brought cannot be kept.
    IdentityUnfit,
    /// The application lets this person in not at all.
    AccessDenied,
    /// The application lets this person in not yet, and sends them here: a URL that was judged.
    SentAway(String),
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
    /// The application's hook failed, or answered what cannot be; how.
    Hook(String),
    /// Something that cannot be.
    Broken(&'static str),
}

/// Where a POST came from, beside where it should have come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stranger {
    /// Its origin, of which [`Site::other`](crate::callback_url::Site::other) says what it can be.
    pub(crate) origin: String,
    /// The public URL.
    pub(crate) url: String,
}

/// What the client gets.
pub(crate) enum Answer {
    /// There is no such endpoint.
    Unknown,
    /// The page that asks again, with a fresh token.
    AskAgain,
    /// There is no such way to sign in.
    NoSuchWay,
    /// The page for this code.
    Code(ErrorCode),
    /// The page for a sign-in that could not be started.
    NotStarted(ErrorCode),
    /// Failed credentials.
    Rejected(String),
    /// A page of the application's.
    Elsewhere(String),
    /// The application's own words.
    Words(String),
    /// A status and a sentence.
    Refused(StatusCode, &'static str),
    /// The status 400 and a sentence; a person gets it as a page.
    BadRequest(&'static str),
    /// Come back later.
    Later,
}

impl Fault {
    /// The stable name in the log.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::UnknownAction => "unknown_action",
            Self::UnknownProvider => "unknown_provider",
            Self::Params(BadParams::Repeated) => "repeated_parameter",
            Self::Params(BadParams::NotUtf8) => "parameter_not_utf8",
            Self::Params(BadParams::TooMany) => "too_many_parameters",
            Self::Params(BadParams::NotJson) => "malformed_json",
            Self::CallbackUrl => "callback_url_refused",
            Self::UnsupportedBody => "unsupported_content_type",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyUnreadable => "body_unreadable",
            Self::CookiesTooLarge => "cookies_too_large",
            Self::CrossSite(_) => "cross_site",
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
            Self::Overtaken => "overtaken",
            Self::SessionEnded => "session_ended",
            Self::SessionRequired => "session_required",
            Self::UserDisabled => "user_disabled",
            Self::IdentityUnfit => "identity_unfit",
            Self::AccessDenied => "access_denied",
            Self::SentAway(_) => "sent_away",
            Self::Hook(_) => "hook_failed",
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
            | Self::Store(cause)
            | Self::Hook(cause) => cause,
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
                | Self::Hook(_)
                | Self::Broken(_)
                | Self::ProviderStart(_)
        )
    }

    /// What the client gets.
    pub(crate) fn answer(&self) -> Answer {
        match self {
            Self::UnknownAction => Answer::Unknown,
            Self::Params(_) | Self::BodyUnreadable => Answer::Refused(
                StatusCode::BAD_REQUEST,
                "Error: the parameters cannot be read. Send each name once, as UTF-8.",
            ),
            Self::CallbackUrl => Answer::BadRequest(
                "Error: callbackUrl leads away from this site. Ask for a path of it, such as /account.",
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
            Self::CrossSite(_) => Answer::Refused(
                StatusCode::FORBIDDEN,
                "Error: this request came from another site. If it is yours, open it under the configured public URL.",
            ),
            Self::MissingCsrf | Self::MismatchedCsrf | Self::RepeatedCsrf => Answer::AskAgain,
            Self::UnknownProvider => Answer::NoSuchWay,
            Self::CredentialsRejected { provider } => Answer::Rejected(provider.clone()),
            Self::AuthorizeFailed(message) => Answer::Words(message.clone()),
            Self::PasswordUnfit => Answer::Code(ErrorCode::CredentialsSignin),
            Self::EmailTaken | Self::AccountNotLinked | Self::Overtaken => {
                Answer::Code(ErrorCode::OAuthAccountNotLinked)
            }
            Self::EmailAddress => Answer::Code(ErrorCode::EmailSignin),
            Self::MailNotSent(_) => Answer::NotStarted(ErrorCode::EmailSignin),
            Self::LinkGone => Answer::Code(ErrorCode::Verification),
            Self::SessionRequired => Answer::Code(ErrorCode::SessionRequired),
            Self::UserDisabled => Answer::Code(ErrorCode::AccessDenied),
            Self::IdentityUnfit | Self::SessionEnded | Self::ProviderAnswer(_) => {
                Answer::Code(ErrorCode::OAuthCallback)
            }
            Self::ProviderStart(_) => Answer::NotStarted(ErrorCode::OAuthSignin),
            Self::ProviderRefused(_) => Answer::Code(ErrorCode::Callback),
            Self::AccessDenied => Answer::Code(ErrorCode::AccessDenied),
            Self::SentAway(url) => Answer::Elsewhere(url.clone()),
            Self::Store(_) | Self::OutOfEntropy | Self::PasswordsBusy | Self::Hook(_) => Answer::Later,
            Self::Broken(_) => Answer::Code(ErrorCode::Configuration),
        }
    }

    /// Writes the fault to the log, and into what the shell is told of the request.
    pub(crate) fn log(&self, trace: &Trace) {
        trace.refused(self.reason());
        let (reason, cause, action) = (self.reason(), self.cause(), trace.action);
        let (request_id, client) = (trace.request_id.as_str(), trace.client());
        if let Self::CrossSite(Some(Stranger { origin, url })) = self {
            // An attack, or a public URL that is configured wrongly: who runs the site knows which.
            tracing::warn!(
                reason, origin, url, request_id, action, %client,
                "request refused: it came from another origin than url; if people open the site there, set url"
            );
        } else if self.is_ours() {
            tracing::error!(reason, cause, request_id, action, %client, "request failed");
        } else {
            tracing::info!(reason, cause, request_id, action, %client, "request refused");
        }
    }
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
            CommitError::SessionGone => Self::SessionEnded,
            CommitError::UserDisabled => Self::UserDisabled,
            CommitError::AccountGone | CommitError::TokensOvertaken => Self::Overtaken,
            CommitError::TokenTaken => Self::ProviderAnswer("state_replayed"),
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
        HttpError::NotSent(_) | HttpError::Unreachable(_) => "provider_unreachable",
    }
}
