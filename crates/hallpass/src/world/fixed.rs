//! A world that a test decides: a clock that stands still until it is moved, dice with a seed, an HTTP client that
//! answers from a script, a mailbox, the memory store, and hashing that costs nothing.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hallpass_store::{Memory, PasswordHash, Store, Timestamp};
use sha2::{Digest, Sha256};

use super::{
    Clock, Http, HttpError, Mail, MailError, Message, OutOfEntropy, Passwords, PasswordsBusy, Pending,
    Random, Tasks, World,
};

/// 2026-11-23T10:51:11Z, when the recordings were made.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_795_431_071);

/// The handles on a fixed world.
pub(crate) struct Fixed {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) http: Arc<ScriptedHttp>,
    pub(crate) mail: Arc<Mailbox>,
    pub(crate) passwords: Arc<PlainPasswords>,
    pub(crate) store: Arc<dyn Store>,
}

impl Fixed {
    pub(crate) fn new() -> Self {
        Self::with_store(Arc::new(Memory::new()))
    }

    pub(crate) fn with_store(store: Arc<dyn Store>) -> Self {
        Self {
            clock: Arc::new(FixedClock { millis: AtomicU64::new(START.millis()), step: AtomicU64::new(0) }),
            http: Arc::default(),
            mail: Arc::default(),
            passwords: Arc::default(),
            store,
        }
    }

    pub(crate) fn world(&self) -> World {
        World {
            clock: self.clock.clone(),
            random: Arc::new(SeededRandom::default()),
            http: self.http.clone(),
            mail: self.mail.clone(),
            passwords: self.passwords.clone(),
            tasks: Arc::new(FixedTasks(self.clock.clone())),
            store: self.store.clone(),
        }
    }
}

/// Stands still, or runs on by `step` milliseconds at every look.
pub(crate) struct FixedClock {
    millis: AtomicU64,
    pub(crate) step: AtomicU64,
}

impl FixedClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.millis.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        let step = self.step.load(Ordering::Relaxed);
        Timestamp::from_millis(self.millis.fetch_add(step, Ordering::Relaxed))
    }
}

/// Work goes to the test's runtime. Waiting takes no time: the clock is moved on by it.
struct FixedTasks(Arc<FixedClock>);

impl Tasks for FixedTasks {
    fn spawn(&self, work: Pending<'static, ()>) {
        tokio::spawn(work);
    }

    fn sleep(&self, duration: Duration) -> Pending<'static, ()> {
        self.0.advance(duration);
        Box::pin(tokio::task::yield_now())
    }
}

/// Different bytes at every call, the same in every run.
#[derive(Default)]
pub(crate) struct SeededRandom(AtomicU64);

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), OutOfEntropy> {
        for chunk in bytes.chunks_mut(32) {
            let count = self.0.fetch_add(1, Ordering::Relaxed);
            let block: [u8; 32] = Sha256::digest(count.to_le_bytes()).into();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

/// Answers in the order of the script, and keeps what was asked.
#[derive(Default)]
pub(crate) struct ScriptedHttp {
    pub(crate) script: Mutex<VecDeque<Result<http::Response<Bytes>, HttpError>>>,
    pub(crate) asked: Mutex<Vec<http::Request<Bytes>>>,
    pub(crate) allowed: Mutex<Vec<Duration>>,
    /// An answer waits for a permit, where there is a gate.
    pub(crate) gate: Mutex<Option<Arc<tokio::sync::Semaphore>>>,
}

impl ScriptedHttp {
    pub(crate) fn answer(&self, json: &serde_json::Value) {
        let response = http::Response::builder()
            .header("content-type", "application/json")
            .body(Bytes::from(json.to_string()))
            .unwrap();
        self.script.lock().unwrap().push_back(Ok(response));
    }
}

impl Http for ScriptedHttp {
    fn send(
        &self,
        request: http::Request<Bytes>,
        within: Duration,
    ) -> Pending<'_, Result<http::Response<Bytes>, HttpError>> {
        self.allowed.lock().unwrap().push(within);
        self.asked.lock().unwrap().push(request);
        let answer = self.script.lock().unwrap().pop_front();
        let gate = self.gate.lock().unwrap().clone();
        Box::pin(async {
            if let Some(gate) = gate {
                gate.acquire_owned().await.unwrap().forget();
            }
            answer.unwrap_or(Err(HttpError::TimedOut))
        })
    }
}

/// Keeps what is sent; refuses when told to.
#[derive(Default)]
pub(crate) struct Mailbox {
    pub(crate) sent: Mutex<Vec<Message>>,
    pub(crate) fails: Mutex<Option<MailError>>,
}

impl Mail for Mailbox {
    fn send(&self, message: Message) -> Pending<'_, Result<(), MailError>> {
        let fails = self.fails.lock().unwrap().clone();
        if fails.is_none() {
            self.sent.lock().unwrap().push(message);
        }
        Box::pin(async { fails.map_or(Ok(()), Err) })
    }
}

/// Keeps a password as it is, and counts how often one was compared.
#[derive(Default)]
pub(crate) struct PlainPasswords {
    pub(crate) compared: AtomicU64,
    /// Whether too many are waiting already.
    pub(crate) busy: std::sync::atomic::AtomicBool,
    /// A comparison waits for a permit, where there is a gate.
    pub(crate) gate: Mutex<Option<Arc<tokio::sync::Semaphore>>>,
}

impl Passwords for PlainPasswords {
    fn hash(&self, password: String) -> Pending<'_, Result<PasswordHash, PasswordsBusy>> {
        Box::pin(async move { Ok(PasswordHash::new(format!("plain:{password}"))) })
    }

    fn verify(
        &self,
        password: String,
        hash: Option<PasswordHash>,
    ) -> Pending<'_, Result<bool, PasswordsBusy>> {
        self.compared.fetch_add(1, Ordering::Relaxed);
        let (gate, busy) = (self.gate.lock().unwrap().clone(), self.busy.load(Ordering::Relaxed));
        Box::pin(async move {
            if busy {
                return Err(PasswordsBusy);
            }
            if let Some(gate) = gate {
                gate.acquire().await.unwrap().forget();
            }
            Ok(hash.is_some_and(|hash| hash.expose() == format!("plain:{password}")))
        })
    }
}
