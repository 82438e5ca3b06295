//! The world with a span for each thing that a request waits for.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hallpass::world::{
    Addressee, Http, HttpError, Mail, MailError, Message, Passwords, PasswordsBusy, Pending, Tasks, World,
};
use hallpass_store::{
    Account, Answer, Change, CommitError, Ending, Listed, OneTimeToken, PasswordHash, ProviderTokens,
    Session, SessionPage, Store, TokenHash, User, UserBy, UserId, UserPage,
};
use http::{Request, Response};
use opentelemetry::context::FutureExt;
use opentelemetry::trace::{Span, SpanKind, Status, Tracer};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, Span as SdkSpan};

/// Puts the spans on.
pub(super) fn traced(world: World, tracer: &SdkTracer) -> World {
    World {
        http: Arc::new(Traced(world.http, tracer.clone())),
        mail: Arc::new(Traced(world.mail, tracer.clone())),
        passwords: Arc::new(Traced(world.passwords, tracer.clone())),
        store: Arc::new(Traced(world.store, tracer.clone())),
        tasks: Arc::new(Traced(world.tasks, tracer.clone())),
        ..world
    }
}

struct Traced<T: ?Sized>(Arc<T>, SdkTracer);

impl<T: ?Sized> Traced<T> {
    /// A span below that of the request under way. It ends when it is dropped, also where the work is given up.
    fn span(&self, name: &'static str, kind: SpanKind) -> SdkSpan {
        self.1.span_builder(name).with_kind(kind).start_with_context(&self.1, &Context::current())
    }
}

fn failed<T, E>(span: &mut SdkSpan, done: &Result<T, E>, word: impl FnOnce(&E) -> &'static str) {
    if let Err(error) = done {
        span.set_status(Status::error(word(error)));
    }
}

impl Tasks for Traced<dyn Tasks> {
    /// What the work waits for belongs to the request that began it.
    fn spawn(&self, work: Pending<'static, ()>) {
        self.0.spawn(Box::pin(work.with_current_context()));
    }

    fn sleep(&self, duration: Duration) -> Pending<'static, ()> {
        self.0.sleep(duration)
    }
}

impl Http for Traced<dyn Http> {
    fn send(
        &self,
        request: Request<Bytes>,
        within: Duration,
    ) -> Pending<'_, Result<Response<Bytes>, HttpError>> {
        Box::pin(async move {
            let mut span = self.span("provider", SpanKind::Client);
            if let Some(Addressee(provider)) = request.extensions().get() {
                span.set_attribute(KeyValue::new("hallpass.provider", provider.clone()));
            }
            let answer = self.0.send(request, within).await;
            if let Ok(response) = &answer {
                let status = i64::from(response.status().as_u16());
                span.set_attribute(KeyValue::new("http.response.status_code", status));
            }
            failed(&mut span, &answer, |error| match error {
                HttpError::TimedOut => "timed_out",
                HttpError::TooLarge => "too_large",
                HttpError::NotSent(_) | HttpError::Unreachable(_) => "unreachable",
            });
            answer
        })
    }
}

impl Mail for Traced<dyn Mail> {
    fn send(&self, message: Message) -> Pending<'_, Result<(), MailError>> {
        Box::pin(async move {
            let mut span = self.span("mail", SpanKind::Client);
            let sent = self.0.send(message).await;
            failed(&mut span, &sent, |error| match error {
                MailError::TimedOut => "timed_out",
                MailError::Unreachable(_) => "unreachable",
                MailError::Refused(_) => "refused",
            });
            sent
        })
    }
}

impl Passwords for Traced<dyn Passwords> {
    fn hash(&self, password: String) -> Pending<'_, Result<PasswordHash, PasswordsBusy>> {
        Box::pin(async move {
            let mut span = self.span("password hash", SpanKind::Internal);
            let done = self.0.hash(password).await;
            failed(&mut span, &done, |_| "busy");
            done
        })
    }

    fn verify(
        &self,
        password: String,
        hash: Option<PasswordHash>,
    ) -> Pending<'_, Result<bool, PasswordsBusy>> {
        Box::pin(async move {
            let mut span = self.span("password hash", SpanKind::Internal);
            let done = self.0.verify(password, hash).await;
            failed(&mut span, &done, |_| "busy");
            done
        })
    }
}

/// Reads by key take microseconds and have no span; a commit waits for the disk.
impl Store for Traced<dyn Store> {
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
            let mut span = self.span("store commit", SpanKind::Internal);
            let done = self.0.commit(changes).await;
            failed(&mut span, &done, |error| match error {
                CommitError::Unavailable(_) => "unavailable",
                _ => "refused",
            });
            done
        })
    }
}
