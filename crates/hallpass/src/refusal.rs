//! The one place where a fault becomes a reply.

use askama::Template;
use hallpass_wire::{Action, AskedBy, ErrorCode, SigningOut, Wire};
use http::StatusCode;

use crate::cookies::encode_component;
use crate::error::{Answer, Fault};
use crate::exchange::{Exchange, Reply};
use crate::pages::ErrorPage;

/// Seconds after which a client should ask again (RFC 9110 §10.2.3).
pub(crate) const RETRY_AFTER_SECS: &str = "5";

impl Fault {
    /// The reply before the request could be read.
    pub(crate) fn bare_reply(&self, wire: Wire) -> Reply {
        match self.answer() {
            Answer::Unknown => unknown(wire).private(),
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
        let asked = x.asked_by().unwrap_or(AskedBy::Field);
        let to = |path: &str| format!("{}{path}", x.setup.base);
        match self.answer() {
            Answer::AskAgain if x.action == Action::Session => {
                Ok(Reply::json_bytes(StatusCode::BAD_REQUEST, wire.no_session()).private())
            }
            Answer::AskAgain if let Some(url) = own_form(x) => {
                Reply::redirect(x, StatusCode::OK, &url)?.with_token_of(x)
            }
            Answer::AskAgain => {
                let signing_out = if x.action == Action::SignOut { SigningOut::Yes } else { SigningOut::No };
                Reply::redirect(x, StatusCode::OK, &to(wire.missing_csrf_path(signing_out)))?.with_token_of(x)
            }
            Answer::NoSuchWay => Reply::redirect(x, StatusCode::OK, &to(wire.unknown_provider_path())),
            Answer::Unknown => Ok(unknown(wire)),
            Answer::Elsewhere(url) => Reply::redirect(x, StatusCode::OK, &url),
            Answer::Code(code) => {
                Reply::redirect(x, status(wire.error_json_status(code)), &to(&wire.error_path(code)))
            }
            Answer::NotStarted(code) => {
                let path = wire.not_started_path(code);
                Reply::redirect(x, status(wire.error_json_status(code)), &to(&path))
            }
            Answer::Rejected(provider) => {
                let path = wire.rejected_credentials_path(&provider);
                Reply::redirect(x, status(wire.rejected_credentials_status(asked)), &to(&path))
            }
            Answer::Words(message) => {
                let path = wire.words_path(&encode_component(&message));
                Reply::redirect(x, status(wire.words_status(asked)), &to(&path))
            }
            Answer::BadRequest(_) if x.wants_page() => {
                let page = ErrorPage {
                    look: x.setup.look(),
                    heading: "That address cannot be used",
                    text: "The link that brought you here leads away from this site. Go back, or start at the site itself.",
                    sign_in: None,
                    request_id: Some(&x.trace.request_id),
                };
                Ok(Reply::notice(x.setup, StatusCode::BAD_REQUEST, page.render()?))
            }
            Answer::BadRequest(_) if x.wants_json() => {
                Reply::redirect(x, StatusCode::BAD_REQUEST, &to(&wire.error_path(ErrorCode::Default)))
            }
            Answer::BadRequest(sentence) => Ok(Reply::text(StatusCode::BAD_REQUEST, sentence)),
            // The client looks for an error in the `url` of whatever comes back.
            Answer::Refused(status, _) if x.wants_json() => {
                Reply::redirect(x, status, &to(&wire.error_path(ErrorCode::Default)))
            }
            Answer::Refused(status, sentence) => Ok(Reply::text(status, sentence)),
            Answer::Later if x.wants_json() => {
                let url = to(&wire.error_path(ErrorCode::Configuration));
                Ok(come_back(Reply::redirect(x, StatusCode::SERVICE_UNAVAILABLE, &url)?))
            }
            Answer::Later if x.wants_page() => {
                let page = ErrorPage {
                    look: x.setup.look(),
                    heading: "Please try again",
                    text: "The sign-in service is not available at the moment. Nothing was lost.",
                    sign_in: None,
                    request_id: Some(&x.trace.request_id),
                };
                let status = StatusCode::SERVICE_UNAVAILABLE;
                Ok(come_back(Reply::notice(x.setup, status, page.render()?)))
            }
            Answer::Later => Ok(later()),
        }
    }
}

/// The page of a form of ours that NextAuth.js has not, where its anti-forgery token has gone: there it is asked again.
fn own_form(x: &Exchange<'_>) -> Option<String> {
    x.setup.passwords.as_ref()?;
    match x.action {
        Action::Password | Action::PasswordReset => Some(format!("{}?csrf=true", x.setup.url(x.action))),
        Action::NewPassword => Some(x.setup.password_link(x.form.get("token")?, x.form.get("email")?)),
        _ => None,
    }
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn unknown(wire: Wire) -> Reply {
    let sentence = "Error: there is no such endpoint, or not with this HTTP method.";
    Reply::text(status(wire.unknown_action_status()), sentence)
}

fn later() -> Reply {
    let body = r#"{"message":"The sign-in service is not available at the moment. Please try again."}"#;
    come_back(Reply::json_bytes(StatusCode::SERVICE_UNAVAILABLE, body).private())
}

fn come_back(reply: Reply) -> Reply {
    reply.header("retry-after", RETRY_AFTER_SECS)
}
