//! What this process knows to have ended, for sessions that are read from the cookie alone.
//!
//! The store refuses to prolong an ended session, so its cookie is worthless after `update_age` at the latest. This
//! list closes the time until then for every request that this process answers; an entry is forgotten when the store's
//! refusal has taken over.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use hallpass_store::{Change, Timestamp, TokenHash, UserId};

/// More entries than this in one generation, and the older generation is left to the store.
const MOST: usize = 50_000;

/// Ended sessions, and users whose sessions ended all at once.
#[derive(Default)]
pub(crate) struct Ended {
    any: AtomicBool,
    known: RwLock<Generations>,
}

/// Two generations, so that forgetting costs nothing: the older one goes as a whole.
#[derive(Default)]
struct Generations {
    young: Known,
    old: Known,
    young_since: Option<Timestamp>,
}

#[derive(Default)]
struct Known {
    sessions: HashMap<TokenHash, ()>,
    users: HashMap<String, AllOf>,
}

/// All sessions of a user that began before a moment, but some.
struct AllOf {
    before: Timestamp,
    spared: Vec<TokenHash>,
}

impl Ended {
    /// Takes note of changes that were committed at this moment.
    pub(crate) fn note(&self, changes: &[Change], now: Timestamp, update_age: Duration) {
        let ends = |change: &Change| matches!(change, Change::EndSession(_) | Change::EndSessionsOf { .. });
        if !changes.iter().any(ends) {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.turn(now, update_age);
        for change in changes {
            match change {
                Change::EndSession(key) => {
                    known.young.sessions.insert(*key, ());
                }
                Change::EndSessionsOf { user, except } => {
                    let spared = except.iter().copied().chain(started(changes, user)).collect();
                    known.young.users.insert(user.0.clone(), AllOf { before: now, spared });
                }
                _ => {}
            }
        }
        self.any.store(true, Ordering::Release);
    }

    /// Whether the session with this `sid`, which began at `signed_in`, has ended.
    pub(crate) fn covers(&self, sid: &str, user: &str, signed_in: Timestamp) -> bool {
        if !self.any.load(Ordering::Acquire) {
            return false;
        }
        let key = TokenHash::of(sid);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        [&known.young, &known.old].into_iter().any(|known| known.covers(&key, user, signed_in))
    }
}

/// The sessions that the same commit starts for the user whose others it ends.
fn started<'c>(changes: &'c [Change], user: &'c UserId) -> impl Iterator<Item = TokenHash> + 'c {
    changes.iter().filter_map(move |change| match change {
        Change::StartSession(session) if session.user == *user => Some(session.key),
        _ => None,
    })
}

impl Generations {
    /// Starts a new generation when every entry of the older one has had its time, or there are too many.
    fn turn(&mut self, now: Timestamp, update_age: Duration) {
        let since = *self.young_since.get_or_insert(now);
        let full = self.young.sessions.len() + self.young.users.len() >= MOST;
        if full || now.since(since) > update_age {
            self.old = std::mem::take(&mut self.young);
            self.young_since = Some(now);
        }
    }
}

impl Known {
    fn covers(&self, key: &TokenHash, user: &str, signed_in: Timestamp) -> bool {
        let ended = |all: &AllOf| signed_in < all.before && !all.spared.contains(key);
        self.sessions.contains_key(key) || self.users.get(user).is_some_and(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);
    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn end(sid: &str) -> Change {
        Change::EndSession(TokenHash::of(sid))
    }

    #[test]
    fn an_ended_session_is_covered_until_the_store_takes_over() {
        let ended = Ended::default();
        assert!(!ended.covers("sid", "ada", NOW));
        ended.note(&[end("sid")], NOW, DAY);
        assert!(!ended.covers("other", "ada", NOW));
        ended.note(&[end("a")], NOW.after(DAY), DAY);
        assert!(ended.covers("sid", "ada", NOW));
        ended.note(&[end("b")], NOW.after(DAY * 2 + Duration::from_millis(1)), DAY);
        assert!(ended.covers("sid", "ada", NOW));
        ended.note(&[end("c")], NOW.after(DAY * 4), DAY);
        assert!(!ended.covers("sid", "ada", NOW), "forgotten");
    }

    #[test]
    fn all_sessions_of_a_user_end_but_the_one_that_stays_and_those_that_come() {
        let ended = Ended::default();
        let user = || UserId("ada".into());
        let comes = hallpass_store::Session {
            key: TokenHash::of("comes"),
            user: user(),
            created: NOW,
            renewed: NOW,
            expires: NOW,
            claims: None,
        };
        let end_all = Change::EndSessionsOf { user: user(), except: Some(TokenHash::of("stays")) };
        let committed = NOW.after(Duration::from_millis(20));
        ended.note(&[end_all, Change::StartSession(comes)], committed, DAY);
        assert!(ended.covers("sid", "ada", NOW));
        assert!(!ended.covers("stays", "ada", NOW));
        assert!(!ended.covers("comes", "ada", NOW), "the commit took its time");
        assert!(!ended.covers("sid", "bob", NOW));
        assert!(!ended.covers("sid", "ada", committed));
    }

    #[test]
    fn the_list_is_bounded() {
        let ended = Ended::default();
        for n in 0..3 * MOST {
            ended.note(&[end(&n.to_string())], NOW, DAY);
        }
        assert!(!ended.covers("0", "ada", NOW));
        assert!(ended.covers(&(3 * MOST - 1).to_string(), "ada", NOW));
        let known = ended.known.read().unwrap();
        assert!(known.young.sessions.len() + known.old.sessions.len() <= 2 * MOST);
    }
}
