//! Which ways to sign in there are.
//!
//! ```no_run
//! # async fn run() -> Result<(), hallpass_client::Error> {
//! let client = hallpass_client::Client::new("https://app.example")?;
//! for (id, provider) in client.get_providers().await? {
//!     println!("{id}: {}", provider.name);
//! }
//! # Ok(())
//! # }
//! ```

use std::collections::BTreeMap;

use hallpass_wire::{Action, ProviderBody};

use crate::{Client, Error};

impl Client {
    /// The ways to sign in, by id.
    ///
    /// # Errors
    /// As [`Client::get_session`].
    pub async fn get_providers(&self) -> Result<BTreeMap<String, ProviderBody>, Error> {
        let answer = self.get(Action::Providers).await?;
        if !answer.ok() || !answer.data.is_object() {
            return Err(answer.foreign());
        }
        answer.read()
    }
}
