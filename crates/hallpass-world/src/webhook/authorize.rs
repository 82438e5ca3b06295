//! `authorize` by webhook.

use std::fmt;
use std::time::Duration;

use hallpass::world::Pending;
use hallpass::{Authorize, AuthorizeError, Identity, Input};
use serde_json::{Map, Value, json};

use super::{BadWebhook, Outside, Place};

/// Asks the application whether credentials are good: `{"type":"authorize","data":{"provider":…,"credentials":{…}}}`.
///
/// It answers `{"result":{"id":…,"name":…,"email":…,"image":…,"emailVerified":…}}`, `{"result":null}` where nobody is
/// known by them, or `{"error":"words for the person"}`.
pub struct WebhookAuthorize {
    place: Place,
    provider: String,
    deadline: Duration,
}

impl fmt::Debug for WebhookAuthorize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookAuthorize").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl WebhookAuthorize {
    /// Asks `url` about the provider with this id. The secret is that of [`WebhookOptions`](super::WebhookOptions).
    ///
    /// # Errors
    /// [`BadWebhook`] where URL or secret cannot be used.
    pub fn new(
        provider: impl Into<String>,
        url: &str,
        secret: &str,
        deadline: Duration,
        outside: Outside,
    ) -> Result<Self, BadWebhook> {
        Ok(Self { place: Place::new(url, secret, outside)?, provider: provider.into(), deadline })
    }
}

impl Authorize for WebhookAuthorize {
    fn authorize(&self, input: Input) -> Pending<'_, Result<Option<Identity>, AuthorizeError>> {
        Box::pin(async move {
            let credentials: Map<String, Value> =
                input.pairs().map(|(name, value)| (name.to_owned(), value.into())).collect();
            let data = json!({ "provider": self.provider, "credentials": credentials });
            let said = self
                .place
                .ask("authorize", data, self.deadline)
                .await
                .map_err(|error| AuthorizeError::Unavailable(error.0))?;
            match said.get("error") {
                Some(Value::String(words)) => return Err(AuthorizeError::Words(words.clone())),
                Some(Value::Null) | None => {}
                // Whatever it means, it does not mean that all went well.
                Some(_) => {
                    return Err(AuthorizeError::Unavailable("the webhook's error is no text".into()));
                }
            }
            match said.get("result") {
                Some(Value::Null) => Ok(None),
                Some(Value::Object(user)) => identity(user).map(Some),
                _ => Err(unfit()),
            }
        })
    }
}

fn unfit() -> AuthorizeError {
    AuthorizeError::Unavailable("the webhook's result is neither null nor a user with an id".into())
}

/// Who it is.
fn identity(user: &Map<String, Value>) -> Result<Identity, AuthorizeError> {
    let text = |name: &str| user.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = match user.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => return Err(unfit()),
    };
    let email_verified = user.get("emailVerified") == Some(&Value::Bool(true));
    Ok(Identity { id, name: text("name"), email: text("email"), email_verified, image: text("image") })
}
