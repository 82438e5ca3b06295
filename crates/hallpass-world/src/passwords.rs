//! Password hashing: argon2id with the parameters that OWASP's Password Storage Cheat Sheet recommends
//! (m = 19 MiB, t = 2, p = 1), on threads of its own.
//!
//! A hash costs about 20 ms of CPU and 19 MiB, so that guessing is dear. The same cost is what a flood of sign-ins
//! would use against the server: a bounded number runs at once, a bounded number waits, the rest is told at once
//! that the server is busy. Passwords are compared byte for byte; nothing is cut off, trimmed or normalised here.
//!
//! The memory goes back to the allocator after each hash. Whether the allocator gives it back to the system is the
//! program's matter; the binary sees to it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use hallpass::world::{Passwords, PasswordsBusy, Pending, Random};
use hallpass_store::PasswordHash;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// KiB of memory, passes, lanes.
const OWASP: (u32, u32, u32) = (19 * 1024, 2, 1);

/// A hash with the same parameters that no password fits: what an unknown user's password is compared with.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$aGFsbHBhc3MtZGVjb3k$\
                     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A stored hash may ask for at most this many KiB and passes: a store filled by another program must not be able to
/// take the server down.
const DEAREST: (u32, u32) = (256 * 1024, 16);

/// How many hashes run at once and how many may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashingLimits {
    /// Hashes at once, 19 MiB and one core each. By default as many as there are cores.
    pub at_once: NonZeroUsize,
    /// Hashes that wait for one of those places; the next is refused with [`PasswordsBusy`]. By default 64, which
    /// two cores work off in under a second.
    pub waiting: usize,
}

impl Default for HashingLimits {
    fn default() -> Self {
        Self { at_once: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN), waiting: 64 }
    }
}

/// The hasher.
#[derive(Debug)]
pub struct Argon2id<R> {
    random: R,
    /// Who may come in at all: those who run and those who wait.
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl<R: Random> Argon2id<R> {
    /// A hasher that takes its salts from `random`. Costs nothing until it is used.
    pub fn new(random: R, limits: HashingLimits) -> Self {
        let at_once = limits.at_once.get();
        Self {
            random,
            admitted: Arc::new(Semaphore::new(
                at_once.saturating_add(limits.waiting).min(Semaphore::MAX_PERMITS),
            )),
            running: Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS))),
        }
    }

    /// Runs the work on a blocking thread once a place is free. Both places are held by the work itself, so a
    /// request that is given up does not make room for another before its hash is done.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordsBusy> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| PasswordsBusy)?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| PasswordsBusy)?;
        tokio::task::spawn_blocking(move || {
            let _places = (admitted, running);
            work()
        })
        .await
        .map_err(|_| PasswordsBusy)
    }
}

impl<R: Random> Passwords for Argon2id<R> {
    fn hash(&self, password: String) -> Pending<'_, Result<PasswordHash, PasswordsBusy>> {
        let password = Zeroizing::new(password);
        Box::pin(async move {
            let mut salt = [0; 16];
            self.random.fill(&mut salt).map_err(|_| PasswordsBusy)?;
            self.run(move || hash(password.as_bytes(), &salt)).await?.ok_or(PasswordsBusy)
        })
    }

    fn verify(
        &self,
        password: String,
        hash: Option<PasswordHash>,
    ) -> Pending<'_, Result<bool, PasswordsBusy>> {
        let password = Zeroizing::new(password);
        Box::pin(async move { self.run(move || verify(password.as_bytes(), hash.as_ref())).await })
    }
}

fn hash(password: &[u8], salt: &[u8]) -> Option<PasswordHash> {
    let (memory, passes, lanes) = OWASP;
    let params = Params::new(memory, passes, lanes, None).ok()?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let phc: phc::PasswordHash = hasher.hash_password_with_salt(password, salt).ok()?;
    Some(PasswordHash::new(phc.to_string()))
}

/// The same work in every case; a hash that cannot be used is a hash that nothing fits.
fn verify(password: &[u8], stored: Option<&PasswordHash>) -> bool {
    let usable = stored.and_then(|stored| {
        let parsed = parse(stored.expose());
        if parsed.is_none() {
            tracing::error!(
                "a stored password hash is not argon2 or asks for too much; nobody can sign in with it"
            );
        }
        parsed
    });
    match usable {
        Some(phc) => fits(password, &phc),
        None => {
            let _ = parse(DECOY).is_some_and(|decoy| fits(password, &decoy));
            false
        }
    }
}

fn fits(password: &[u8], phc: &phc::PasswordHash) -> bool {
    Argon2::default().verify_password(password, phc).is_ok()
}

fn parse(phc: &str) -> Option<phc::PasswordHash> {
    let parsed = phc::PasswordHash::new(phc).ok()?;
    Algorithm::try_from(parsed.algorithm.as_str()).ok()?;
    let params = Params::try_from(&parsed).ok()?;
    (params.m_cost() <= DEAREST.0 && params.t_cost() <= DEAREST.1).then_some(parsed)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;

    use super::*;
    use crate::KernelRandom;
    use hallpass::world::OutOfEntropy;

    fn hasher() -> Argon2id<KernelRandom> {
        Argon2id::new(KernelRandom, HashingLimits::default())
    }

    async fn fits_after_hashing(stored: &str, tried: &str) -> bool {
        let hasher = hasher();
        let hash = hasher.hash(stored.to_owned()).await.unwrap();
        hasher.verify(tried.to_owned(), Some(hash)).await.unwrap()
    }

    #[tokio::test]
    async fn the_right_password_fits_and_a_wrong_one_does_not() {
        assert!(fits_after_hashing("correct horse", "correct horse").await);
        assert!(!fits_after_hashing("correct horse", "correct horsE").await);
        assert!(!fits_after_hashing("correct horse", "").await);
    }

    #[tokio::test]
    async fn every_byte_counts() {
        let long = "x".repeat(72);
        assert!(!fits_after_hashing(&format!("{long}a"), &format!("{long}b")).await);
        assert!(!fits_after_hashing("pass\0word", "pass").await);
        assert!(!fits_after_hashing(" pass", "pass").await);
        assert!(!fits_after_hashing("caf\u{e9}", "cafe\u{301}").await);
        let million = "y".repeat(1_000_000);
        assert!(fits_after_hashing(&million, &million).await);
    }

    #[tokio::test]
    async fn a_hash_names_the_recommended_parameters_and_has_its_own_salt() {
        let hasher = hasher();
        let first = hasher.hash("same".to_owned()).await.unwrap();
        let second = hasher.hash("same".to_owned()).await.unwrap();
        assert!(first.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", first.expose());
        assert_ne!(first.expose(), second.expose());
    }

    #[tokio::test]
    async fn nothing_fits_an_unknown_user() {
        assert!(!hasher().verify("anything".to_owned(), None).await.unwrap());
    }

    #[test]
    fn the_decoy_costs_what_a_real_hash_costs() {
        let decoy = Params::try_from(&parse(DECOY).unwrap()).unwrap();
        let real = hash(b"password", &[7; 16]).unwrap();
        let real = Params::try_from(&parse(real.expose()).unwrap()).unwrap();
        assert_eq!(decoy, real);
    }

    #[tokio::test]
    async fn a_hash_with_other_parameters_is_verified_by_its_own() {
        let params = Params::new(64, 3, 2, Some(24)).unwrap();
        for algorithm in [Algorithm::Argon2i, Algorithm::Argon2id] {
            let phc: phc::PasswordHash = Argon2::new(algorithm, Version::V0x13, params.clone())
                .hash_password_with_salt(b"imported", &[1; 16])
                .unwrap();
            let stored = PasswordHash::new(phc.to_string());
            assert!(hasher().verify("imported".to_owned(), Some(stored.clone())).await.unwrap());
            assert!(!hasher().verify("Imported".to_owned(), Some(stored)).await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_hash_that_cannot_be_read_fits_nothing() {
        for broken in [
            "",
            "password",
            "$2b$12$K3xUmY1Q0p3r5uQy1v8sUeO9l1f0mF3b7mY0m2b4m6c8d0e2f4g6h",
            "$argon2id$v=19$m=4194304,t=2,p=1$aGFsbHBhc3MtZGVjb3k$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=19456,t=4000,p=1$aGFsbHBhc3MtZGVjb3k$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=19456,t=2,p=1$aGFsbHBhc3MtZGVjb3k",
        ] {
            let stored = Some(PasswordHash::new(broken));
            assert!(!hasher().verify("password".to_owned(), stored).await.unwrap(), "{broken}");
        }
    }

    struct NoEntropy;
    impl Random for NoEntropy {
        fn fill(&self, _: &mut [u8]) -> Result<(), OutOfEntropy> {
            Err(OutOfEntropy)
        }
    }

    #[tokio::test]
    async fn without_randomness_no_password_is_hashed() {
        let hasher = Argon2id::new(NoEntropy, HashingLimits::default());
        assert_eq!(hasher.hash("password".to_owned()).await, Err(PasswordsBusy));
    }

    #[tokio::test]
    async fn more_than_may_run_and_wait_are_refused_at_once() {
        let limits = HashingLimits { at_once: NonZeroUsize::MIN, waiting: 1 };
        let hasher = Arc::new(Argon2id::new(KernelRandom, limits));
        let (release, blocked) = mpsc::channel::<()>();
        let blocked = Mutex::new(blocked);
        let second_ran = Arc::new(AtomicBool::new(false));

        let running = tokio::spawn({
            let hasher = Arc::clone(&hasher);
            async move { hasher.run(move || blocked.lock().unwrap().recv()).await }
        });
        while hasher.running.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let waiting = tokio::spawn({
            let (hasher, ran) = (Arc::clone(&hasher), Arc::clone(&second_ran));
            async move { hasher.run(move || ran.store(true, Ordering::SeqCst)).await }
        });
        while hasher.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }

        assert_eq!(hasher.verify("third".to_owned(), None).await, Err(PasswordsBusy));
        assert!(!second_ran.load(Ordering::SeqCst));
        release.send(()).unwrap();
        assert!(running.await.unwrap().is_ok() && waiting.await.unwrap().is_ok());
        assert!(second_ran.load(Ordering::SeqCst));
        assert_eq!(hasher.verify("fourth".to_owned(), None).await, Ok(false));
    }

    #[tokio::test]
    async fn a_request_given_up_keeps_its_place_until_its_hash_is_done() {
        let limits = HashingLimits { at_once: NonZeroUsize::MIN, waiting: 0 };
        let hasher = Arc::new(Argon2id::new(KernelRandom, limits));
        let (release, blocked) = mpsc::channel::<()>();
        let blocked = Mutex::new(blocked);
        let request = tokio::spawn({
            let hasher = Arc::clone(&hasher);
            async move { hasher.run(move || blocked.lock().unwrap().recv()).await }
        });
        while hasher.running.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
        assert_eq!(hasher.hash("next".to_owned()).await, Err(PasswordsBusy));
        release.send(()).unwrap();
        while hasher.admitted.available_permits() == 0 {
            tokio::task::yield_now().await;
        }
        assert!(hasher.hash("next".to_owned()).await.is_ok());
    }
}
