//! The real world: the machine's clock, the kernel's random numbers, an HTTP client, mail and password hashing.
//!
//! ```
//! use std::sync::Arc;
//! use hallpass_store::Timestamp;
//! use hallpass::world::Clock;
//!
//! let clock = hallpass_world::SystemClock;
//! assert!(clock.now() > Timestamp::from_secs(1_700_000_000));
//! ```
//!
//! [`real`] puts all of it into the one argument that hallpass takes. Nothing is opened, read or allocated before
//! its first use, so that a start is quick. This crate decides nothing about sign-in, and keeps nothing: what is
//! remembered is the store's matter.

mod clock;
mod http;
mod mail;
mod mailbox;
mod passwords;
mod private;
mod random;
mod tasks;
mod webhook;

use std::sync::Arc;

use hallpass::world::{Mail, MailError, Message, Pending, World};
use hallpass_store::Store;

pub use clock::SystemClock;
pub use http::{HttpClient, HttpOptions};
pub use mail::{BadMailOptions, SmtpMail, SmtpOptions};
pub use mailbox::{Mailbox, Received};
pub use passwords::{Argon2id, HashingLimits};
pub use random::KernelRandom;
use tasks::TokioTasks;
pub use webhook::{Ask, BadWebhook, EVENTS, Outside, Webhook, WebhookAuthorize, WebhookOptions};

/// What of the world can be chosen.
#[derive(Clone, Default)]
pub struct Options {
    /// How providers are asked.
    pub http: HttpOptions,
    /// How many passwords are hashed at once.
    pub hashing: HashingLimits,
    /// What sends mail: an [`SmtpMail`] or a [`Mailbox`]. Without it every mail fails.
    pub mail: Option<Arc<dyn Mail>>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("http", &self.http)
            .field("hashing", &self.hashing)
            .finish_non_exhaustive()
    }
}

/// The real world around this store.
pub fn real(store: Arc<dyn Store>, options: Options) -> World {
    World {
        clock: Arc::new(SystemClock),
        random: Arc::new(KernelRandom),
        http: Arc::new(HttpClient::new(options.http)),
        mail: options.mail.unwrap_or_else(|| Arc::new(NoMail)),
        passwords: Arc::new(Argon2id::new(KernelRandom, options.hashing)),
        tasks: Arc::new(TokioTasks),
        store,
    }
}

/// Where no mail server is configured.
struct NoMail;

impl Mail for NoMail {
    fn send(&self, _: Message) -> Pending<'_, Result<(), MailError>> {
        let error = MailError::Unreachable("no mail server is configured".to_owned());
        Box::pin(std::future::ready(Err(error)))
    }
}
