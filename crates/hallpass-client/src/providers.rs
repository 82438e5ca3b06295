//! Which ways to sign in there are.
//!
//! ```no_run
//! # async fn run() -> Result<(), hallpass_client::Error> {
//! let client = hallpass_client::Client::new("https://app.example")?;
//! for provider in client.get_providers().await? {
//!     println!("{}: {}", provider.id, provider.name);
//! }
//! # Ok(())
//! # }
//! ```

use std::fmt;

use hallpass_wire::{Action, ProviderBody};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::{Client, Error};

impl Client {
    /// The ways to sign in, in the order of the server's configuration.
    ///
    /// # Errors
    /// As [`Client::get_session`].
    pub async fn get_providers(&self) -> Result<Vec<ProviderBody>, Error> {
        let answer = self.get(Action::Providers).await?;
        if !answer.ok() || !answer.data.is_object() {
            return Err(answer.foreign());
        }
        Ok(answer.read::<Providers>()?.0)
    }
}

/// The object of `GET /providers`, whose members are in order. What another server calls a provider, and is none that can be used, is
/// left out.
struct Providers(Vec<ProviderBody>);

impl<'de> Deserialize<'de> for Providers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Providers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("providers by id")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Providers, A::Error> {
                let mut read = Vec::new();
                while let Some((IgnoredAny, entry)) = map.next_entry::<_, Value>()? {
                    read.extend(serde_json::from_value::<ProviderBody>(entry));
                }
                Ok(Providers(read))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_stand_in_the_order_of_the_server() {
        let entry = |id: &str| {
            format!(
                r#""{id}":{{"id":"{id}","name":"{id}","type":"oidc","signinUrl":"https://a.example/{id}","callbackUrl":"https://a.example/{id}"}}"#
            )
        };
        let text = format!(r#"{{{},{},"odd":7}}"#, entry("work"), entry("apple"));
        let read: Providers = serde_json::from_str(&text).unwrap();
        let ids: Vec<&str> = read.0.iter().map(|provider| provider.id.as_str()).collect();
        assert_eq!(ids, ["work", "apple"]);
    }
}
