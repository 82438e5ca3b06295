//! What this process knows to have ended, for sessions that are read from the cookie alone.
//!
//! The store refuses to prolong an ended session, so its cookie is worthless after `update_age` at the latest. This
//! list closes the time until then for every request that this process answers; an entry is forgotten when the store's
//! refusal has taken over. What other processes ended comes in by way of the store ([`announced`], [`Auth::learn_ended`]):
//! a moment later, and not while a session is read.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use hallpass_store::{Change, Ending, Timestamp, TokenHash, Unavailable, UserId};

use crate::config::{Auth, Endings, Strategy};

/// More entries than this in one generation, and the older generation is left to the store.
const MOST: usize = 50_000;

/// So many announcements are read at once.
const PAGE: usize = 1_000;

impl Auth {
    /// Learns which sessions other processes on the same store ended: another server, or a command that ran beside this
    /// one. Call it about once a second, and once at the start; the binary does. Until then such a session can be read
    /// here, at the longest until it is `update_age` old. Sessions in the database need it not: they are asked for at
    /// every read, and this does nothing.
    ///
    /// # Errors
    ///
    /// Where the store cannot be asked. What was learnt stays, and the next call goes on from there.
    pub async fn learn_ended(&self) -> Result<(), Unavailable> {
        let setup = &self.0;
        if setup.session.strategy == Strategy::Database || setup.session.endings == Endings::Unannounced {
            return Ok(());
        }
        loop {
            let known = setup.ended.learnt.load(Ordering::Acquire);
            let endings = setup.world.store.endings(known, PAGE).await?;
            setup.ended.learn(&endings, setup.world.clock.now(), setup.session.update_age);
            if endings.len() < PAGE {
                return Ok(());
            }
        }
    }
}

/// The changes, and before each that ends sessions the announcement that other processes learn it from.
pub(crate) fn announced(changes: &[Change], until: Timestamp) -> Cow<'_, [Change]> {
    if !changes.iter().any(ends) {
        return Cow::Borrowed(changes);
    }
    let announcement = |change: &Change| match change {
        Change::EndSession(key) => Some(Change::AnnounceEnd { key: *key, until }),
        Change::EndSessionsOf { user, except } => {
            Some(Change::AnnounceEndsOf { user: user.clone(), except: *except, until })
        }
        _ => None,
    };
    changes.iter().flat_map(|change| announcement(change).into_iter().chain([change.clone()])).collect()
}

fn ends(change: &Change) -> bool {
    matches!(change, Change::EndSession(_) | Change::EndSessionsOf { .. })
}

/// Ended sessions, and users whose sessions ended all at once.
#[derive(Default)]
pub(crate) struct Ended {
    any: AtomicBool,
    known: RwLock<Generations>,
    /// The number of the last announcement that was read.
    learnt: AtomicU64,
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

    /// Takes note of what was announced; what is over is only counted.
    fn learn(&self, endings: &[Ending], now: Timestamp, update_age: Duration) {
        let Some(last) = endings.last() else { return };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.turn(now, update_age);
        for ending in endings.iter().filter(|ending| now < ending.until) {
            known.young.sessions.insert(ending.key, ());
            self.any.store(true, Ordering::Release);
        }
        self.learnt.fetch_max(last.number, Ordering::AcqRel);
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
    fn what_was_announced_is_covered_and_what_is_over_is_not_kept() {
        let ended = Ended::default();
        let ending = |number, sid, until| Ending { number, key: TokenHash::of(sid), until };
        ended.learn(&[ending(3, "over", NOW)], NOW, DAY);
        assert!(!ended.any.load(Ordering::Relaxed));
        ended.learn(&[ending(4, "sid", NOW.after(DAY)), ending(7, "over", NOW)], NOW, DAY);
        assert!(ended.covers("sid", "ada", NOW));
        assert!(!ended.covers("over", "ada", NOW));
        assert_eq!(ended.learnt.load(Ordering::Relaxed), 7);
    }

    #[test]
    fn every_end_is_announced_before_it_happens() {
        let plain = [Change::Sweep(NOW)];
        assert!(matches!(announced(&plain, NOW), Cow::Borrowed(_)));
        let of = Change::EndSessionsOf { user: UserId("ada".into()), except: Some(TokenHash::of("stays")) };
        let changes = [end("a"), Change::Sweep(NOW), of.clone()];
        let except = Some(TokenHash::of("stays"));
        let expected = [
            Change::AnnounceEnd { key: TokenHash::of("a"), until: NOW },
            end("a"),
            Change::Sweep(NOW),
            Change::AnnounceEndsOf { user: UserId("ada".into()), except, until: NOW },
            of,
        ];
        assert_eq!(*announced(&changes, NOW), expected);
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
