//! What this process knows to have ended, for sessions that are read from the cookie alone.
//!
//! The store refuses to prolong an ended session, so its cookie is worthless after `update_age` at the latest. This
//! list closes the time until then for every request that this process answers; an entry is forgotten when the store's
//! refusal has taken over.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use hallpass_store::{Change, Timestamp, TokenHash};

/// More entries than this, and the oldest half is left to the store.
const MOST: usize = 100_000;

/// Ended sessions, and users whose sessions ended all at once.
#[derive(Default)]
pub(crate) struct Ended {
    any: AtomicBool,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    sessions: HashMap<TokenHash, Timestamp>,
    users: HashMap<String, AllOf>,
}

/// All sessions of a user that began before a moment, but one.
struct AllOf {
    before: Timestamp,
    except: Option<TokenHash>,
}

impl Ended {
    /// Takes note of changes that were committed at this moment.
    pub(crate) fn note(&self, changes: &[Change], now: Timestamp, update_age: Duration) {
        let ends = |change: &&Change| matches!(change, Change::EndSession(_) | Change::EndSessionsOf { .. });
        if !changes.iter().any(|change| ends(&change)) {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for change in changes.iter().filter(ends) {
            match change {
                Change::EndSession(key) => drop(known.sessions.insert(*key, now)),
                Change::EndSessionsOf { user, except } => {
                    known.users.insert(user.0.clone(), AllOf { before: now, except: *except });
                }
                _ => {}
            }
        }
        known.forget(now, update_age);
        self.any.store(true, Ordering::Release);
    }

    /// Whether the session with this `sid`, which began at `signed_in`, has ended.
    pub(crate) fn covers(&self, sid: &str, user: &str, signed_in: Timestamp) -> bool {
        if !self.any.load(Ordering::Acquire) {
            return false;
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let key = TokenHash::of(sid);
        let is_of = |all: &AllOf| signed_in < all.before && all.except != Some(key);
        known.sessions.contains_key(&key) || known.users.get(user).is_some_and(is_of)
    }
}

impl Known {
    fn forget(&mut self, now: Timestamp, update_age: Duration) {
        let mut age = update_age;
        loop {
            self.sessions.retain(|_, at| now.since(*at) <= age);
            self.users.retain(|_, all| now.since(all.before) <= age);
            if self.sessions.len() + self.users.len() <= MOST || age.is_zero() {
                return;
            }
            age /= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use hallpass_store::UserId;

    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);
    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    #[test]
    fn an_ended_session_is_covered_until_the_store_takes_over() {
        let ended = Ended::default();
        assert!(!ended.covers("sid", "ada", NOW));
        ended.note(&[Change::EndSession(TokenHash::of("sid"))], NOW, DAY);
        assert!(ended.covers("sid", "ada", NOW));
        assert!(!ended.covers("other", "ada", NOW));
        let later = NOW.after(DAY + Duration::from_millis(1));
        ended.note(&[Change::EndSession(TokenHash::of("other"))], later, DAY);
        assert!(!ended.covers("sid", "ada", NOW), "forgotten");
    }

    #[test]
    fn all_sessions_of_a_user_end_but_the_one_that_stays_and_those_that_come() {
        let ended = Ended::default();
        let except = Some(TokenHash::of("stays"));
        ended.note(&[Change::EndSessionsOf { user: UserId("ada".into()), except }], NOW, DAY);
        let before = Timestamp::from_millis(NOW.millis() - 1);
        assert!(ended.covers("sid", "ada", before));
        assert!(!ended.covers("stays", "ada", before));
        assert!(!ended.covers("sid", "bob", before));
        assert!(!ended.covers("sid", "ada", NOW));
    }

    #[test]
    fn the_list_is_bounded() {
        let ended = Ended::default();
        let changes: Vec<_> =
            (0..MOST + 2).map(|n| Change::EndSession(TokenHash::of(&n.to_string()))).collect();
        ended.note(&changes[..MOST], NOW, DAY);
        ended.note(&changes[MOST..], NOW.after(DAY), DAY);
        assert!(!ended.covers("0", "ada", NOW));
        assert!(ended.covers(&(MOST + 1).to_string(), "ada", NOW));
    }
}
