//! What is told after a change of password: the log, and the user's address.

use hallpass_store::User;
use hallpass_wire::Action;

use crate::exchange::Exchange;
use crate::pages::password_mail;
use crate::world::Message;

/// Writes it to the log and to the user. The change is made: a mail that cannot be sent does not undo it, and is told to
/// whoever runs the site.
pub(super) async fn changed(x: &Exchange<'_>, user: &User) {
    let (request_id, client) = (x.trace.request_id.as_str(), x.trace.client());
    // An id may be the application's own word, a mail address even, and is then not for the log.
    let id = if x.setup.credentials.is_empty() { user.id.0.as_str() } else { "" };
    tracing::info!(event = "password_changed", user = id, request_id, %client, "password changed");
    let (Some(address), Some(_)) = (&user.email, &x.setup.email) else { return };
    let reset = x.setup.url(Action::PasswordReset);
    let sent = match password_mail::changed(&reset, x.setup.look().site) {
        Ok(mail) => {
            let message =
                Message { to: address.clone(), subject: mail.subject, text: mail.text, html: mail.html };
            x.setup.world.mail.send(message).await.is_ok()
        }
        Err(_) => false,
    };
    if !sent {
        tracing::warn!(event = "notice_not_sent", request_id, "nobody was told of a change of password");
    }
}
