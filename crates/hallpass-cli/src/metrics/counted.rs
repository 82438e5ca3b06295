//! The world with a counter on each door: it answers what the one behind it answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hallpass::world::{
    Addressee, Http, HttpError, Mail, MailError, Message, Passwords, PasswordsBusy, Pending, World,
};
use hallpass_store::{
    Account, Answer, Change, CommitError, Ending, Listed, OneTimeToken, PasswordHash, ProviderTokens,
    Session, SessionPage, Store, TokenHash, User, UserBy, UserId, UserPage,
};
use http::{Request, Response};
use prometheus::IntGauge;

use super::Metrics;

/// Puts the counters on.
pub(crate) fn counted(world: World, metrics: &Arc<Metrics>) -> World {
    let metrics = || Arc::clone(metrics);
    World {
        http: Arc::new(CountedHttp(world.http, metrics())),
        mail: Arc::new(CountedMail(world.mail, metrics())),
        passwords: Arc::new(CountedPasswords(world.passwords, metrics())),
        store: Arc::new(CountedStore(world.store, metrics())),
        ..world
    }
}

/// One more, until it is dropped: so also where the work is given up.
pub(crate) struct Present(IntGauge);

impl Present {
    pub(crate) fn new(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.dec();
    }
}

struct CountedHttp(Arc<dyn Http>, Arc<Metrics>);

impl Http for CountedHttp {
    fn send(
        &self,
        request: Request<Bytes>,
        within: Duration,
    ) -> Pending<'_, Result<Response<Bytes>, HttpError>> {
        Box::pin(async move {
            let Some(Addressee(provider)) = request.extensions().get().cloned() else {
                return self.0.send(request, within).await;
            };
            let time = self.1.provider_seconds.with_label_values(&[provider.as_str()]).start_timer();
            let answer = self.0.send(request, within).await;
            time.observe_duration();
            let outcome = match &answer {
                Ok(response) => match response.status().as_u16() / 100 {
                    2 => "2xx",
                    3 => "3xx",
                    4 => "4xx",
                    5 => "5xx",
                    _ => "1xx",
                },
                Err(HttpError::TimedOut) => "timed_out",
                Err(HttpError::TooLarge) => "too_large",
                Err(HttpError::NotSent(_) | HttpError::Unreachable(_)) => "unreachable",
            };
            self.1.provider_requests.with_label_values(&[provider.as_str(), outcome]).inc();
            answer
        })
    }
}

struct CountedMail(Arc<dyn Mail>, Arc<Metrics>);

impl Mail for CountedMail {
    fn send(&self, message: Message) -> Pending<'_, Result<(), MailError>> {
        Box::pin(async move {
            let sent = self.0.send(message).await;
            let outcome = match &sent {
                Ok(()) => "sent",
                Err(MailError::TimedOut) => "timed_out",
                Err(MailError::Unreachable(_)) => "unreachable",
                Err(MailError::Refused(_)) => "refused",
            };
            self.1.mails.with_label_values(&[outcome]).inc();
            sent
        })
    }
}

struct CountedPasswords(Arc<dyn Passwords>, Arc<Metrics>);

impl CountedPasswords {
    async fn count<T>(&self, work: Pending<'_, Result<T, PasswordsBusy>>) -> Result<T, PasswordsBusy> {
        let _present = Present::new(&self.1.hashes);
        let time = self.1.hash_seconds.start_timer();
        let done = work.await;
        match &done {
            Ok(_) => time.observe_duration(),
            Err(PasswordsBusy) => {
                time.stop_and_discard();
                self.1.hashes_refused.inc();
            }
        }
        done
    }
}

impl Passwords for CountedPasswords {
    fn hash(&self, password: String) -> Pending<'_, Result<PasswordHash, PasswordsBusy>> {
        Box::pin(self.count(self.0.hash(password)))
    }

    fn verify(
        &self,
        password: String,
        hash: Option<PasswordHash>,
    ) -> Pending<'_, Result<bool, PasswordsBusy>> {
        Box::pin(self.count(self.0.verify(password, hash)))
    }
}

/// Counts commits. Reads pass through as they are: a read of a session is not to pay for this.
struct CountedStore(Arc<dyn Store>, Arc<Metrics>);

impl Store for CountedStore {
    fn session<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<(Session, User)>> {
        self.0.session(key)
    }

    fn user<'a>(&'a self, by: UserBy<'a>) -> Answer<'a, Option<User>> {
        self.0.user(by)
    }

    fn accounts<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Account>> {
        self.0.accounts(user)
    }

    fn provider_tokens<'a>(
        &'a self,
        provider: &'a str,
        provider_account_id: &'a str,
    ) -> Answer<'a, Option<ProviderTokens>> {
        self.0.provider_tokens(provider, provider_account_id)
    }

    fn token<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<OneTimeToken>> {
        self.0.token(key)
    }

    fn users<'a>(&'a self, page: UserPage<'a>) -> Answer<'a, Vec<Listed>> {
        self.0.users(page)
    }

    fn sessions<'a>(&'a self, page: SessionPage<'a>) -> Answer<'a, Vec<Session>> {
        self.0.sessions(page)
    }

    fn endings<'a>(&'a self, after: u64, most: usize) -> Answer<'a, Vec<Ending>> {
        self.0.endings(after, most)
    }

    fn commit<'a>(&'a self, changes: &'a [Change]) -> Answer<'a, (), CommitError> {
        Box::pin(async move {
            let time = self.1.commit_seconds.start_timer();
            let done = self.0.commit(changes).await;
            time.observe_duration();
            self.1.committed(changes, &done);
            done
        })
    }
}
