//! A mailbox in memory: what development mode and tests use in a mail server's place.

use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use hallpass::world::{Clock, Mail, MailError, Message, Pending};
use hallpass_store::Timestamp;

/// Keeps the last messages and sends nothing.
///
/// ```
/// use std::{num::NonZeroUsize, sync::Arc};
/// use hallpass::world::{Mail, Message};
/// use hallpass_world::{Mailbox, SystemClock};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mailbox = Mailbox::new(Arc::new(SystemClock), NonZeroUsize::MIN);
/// let message = Message {
///     to: "ada@example.com".into(),
///     subject: "Sign in".into(),
///     text: "Follow the link".into(),
///     html: "<p>Follow the link</p>".into(),
/// };
/// mailbox.send(message.clone()).await.unwrap();
/// assert_eq!(mailbox.received()[0].message, message);
/// # });
/// ```
pub struct Mailbox {
    clock: Arc<dyn Clock>,
    capacity: NonZeroUsize,
    kept: Mutex<VecDeque<Received>>,
}

/// A message and when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// When.
    pub at: Timestamp,
    /// What.
    pub message: Message,
}

impl Mailbox {
    /// An empty mailbox that forgets the oldest message when it holds `capacity`.
    pub fn new(clock: Arc<dyn Clock>, capacity: NonZeroUsize) -> Self {
        Self { clock, capacity, kept: Mutex::default() }
    }

    /// The messages, newest first.
    pub fn received(&self) -> Vec<Received> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox([redacted])")
    }
}

impl Mail for Mailbox {
    fn send(&self, message: Message) -> Pending<'_, Result<(), MailError>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(self.capacity.get() - 1);
        kept.push_front(Received { at: self.clock.now(), message });
        Box::pin(std::future::ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemClock;

    #[tokio::test]
    async fn a_full_mailbox_forgets_the_oldest() {
        let mailbox = Mailbox::new(Arc::new(SystemClock), NonZeroUsize::new(2).unwrap());
        for subject in ["first", "second", "third"] {
            let message = Message {
                to: "ada@example.com".into(),
                subject: subject.into(),
                text: String::new(),
                html: String::new(),
            };
            mailbox.send(message).await.unwrap();
        }
        let subjects: Vec<_> = mailbox.received().into_iter().map(|kept| kept.message.subject).collect();
        assert_eq!(subjects, ["third", "second"]);
    }
}
