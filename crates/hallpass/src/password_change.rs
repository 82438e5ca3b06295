//! What another password changes: pure decisions over what was read before.
//!
//! Whoever chooses another password does it because the old one may be known to somebody. So every session of the user
//! ends, and so does every link that was mailed to them: what the old password, or an old mail, had opened is shut.

use hallpass_store::{Account, Change, PasswordHash, Purpose, Timestamp, TokenHash, User, UserId};

use crate::config::PASSWORD;
use crate::sign_in::{Decision, by_proof, password_account};

/// Decides a change by somebody who is signed in, and has typed the password that `before` holds. The session that
/// takes the place of theirs is the caller's to start, behind these.
pub(crate) fn changed(
    user: &User,
    before: Account,
    session: TokenHash,
    secret: PasswordHash,
    now: Timestamp,
) -> Vec<Change> {
    // While the old password was compared and the new one hashed, either may have been taken away.
    let mut changes = vec![Change::RequireSession(session), Change::RequireAccount(before)];
    changes.extend(replaced(user, secret, now));
    changes
}

/// Decides a change by whoever holds a link that was mailed to the user's address: `link` is its key. That proves the
/// address, with what follows from it for a user whose address nobody had proved, as in a sign-in by mail.
pub(crate) fn reset(
    known: User,
    link: TokenHash,
    signed_in: Option<&(UserId, TokenHash)>,
    secret: PasswordHash,
    now: Timestamp,
) -> Decision {
    let mut changes = vec![
        Change::Redeem { key: link, purpose: Purpose::PasswordReset, now },
        Change::RequireEnabled(known.id.clone()),
    ];
    let proved = by_proof(known, signed_in, now);
    changes.extend(proved.changes);
    changes.extend(replaced(&proved.user, secret, now));
    Decision { user: proved.user, changes }
}

/// The password's account anew, and the end of everything that was opened before.
pub(crate) fn replaced(user: &User, secret: PasswordHash, now: Timestamp) -> Vec<Change> {
    let mut changes = vec![
        Change::Unlink { provider: PASSWORD.into(), provider_account_id: user.id.0.clone() },
        Change::Link(password_account(&user.id, secret, now)),
        Change::EndSessionsOf { user: user.id.clone(), except: None },
    ];
    let address = user.email.iter();
    changes.extend(address.flat_map(|address| {
        Purpose::BY_MAIL.map(|purpose| Change::VoidTokens { purpose, identifier: address.clone() })
    }));
    changes
}

/// The key of a link: it is good for this purpose, this address and this user, or it is not found at all.
pub(crate) fn link_key(token: &str, address: &str, user: &UserId) -> TokenHash {
    TokenHash::of(&format!("password-reset:{token}:{address}:{user}"))
}

#[cfg(test)]
mod tests {
    use hallpass_store::AccountKind;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
    const BEFORE: Timestamp = Timestamp::from_secs(1_700_000_000);

    fn ada(verified: Option<Timestamp>, email: Option<&str>) -> User {
        User {
            id: UserId("ada".into()),
            name: Some("Ada".into()),
            email: email.map(str::to_owned),
            email_verified: verified,
            image: None,
            created: BEFORE,
        }
    }

    fn hash() -> PasswordHash {
        PasswordHash::new("fresh")
    }

    fn key(of: &str) -> TokenHash {
        TokenHash::of(of)
    }

    fn ends_everything(changes: &[Change]) -> bool {
        let has = |wanted: &Change| changes.contains(wanted);
        let user = UserId("ada".into());
        let voided = Purpose::BY_MAIL
            .into_iter()
            .all(|purpose| has(&Change::VoidTokens { purpose, identifier: "ada@example.com".into() }));
        voided && has(&Change::EndSessionsOf { user, except: None })
    }

    #[test]
    fn a_change_stands_on_the_session_and_on_the_password_that_was_typed() {
        let before = Account {
            secret: Some(PasswordHash::new("old")),
            ..password_account(&UserId("ada".into()), hash(), BEFORE)
        };
        let changes = changed(&ada(None, Some("ada@example.com")), before.clone(), key("s"), hash(), NOW);
        assert_eq!(changes[..2], [Change::RequireSession(key("s")), Change::RequireAccount(before)]);
        assert!(ends_everything(&changes), "{changes:?}");
        let proves = |change: &Change| matches!(change, Change::UpdateUser(_) | Change::UnlinkAllOf(_));
        assert!(!changes.iter().any(proves), "a password proves no address");
    }

    #[test]
    fn a_reset_spends_its_link_first_and_only_for_who_can_sign_in() {
        for verified in [None, Some(BEFORE)] {
            let user = ada(verified, Some("ada@example.com"));
            let decision = reset(user, key("link"), None, hash(), NOW);
            let redeem = Change::Redeem { key: key("link"), purpose: Purpose::PasswordReset, now: NOW };
            assert_eq!(decision.changes[..2], [redeem, Change::RequireEnabled(UserId("ada".into()))]);
            assert!(ends_everything(&decision.changes));
            assert_eq!(decision.user.email_verified, verified.or(Some(NOW)));
            assert!(!decision.changes.iter().any(|change| matches!(change, Change::StartSession(_))));
        }
    }

    #[test]
    fn what_a_stranger_put_there_before_goes_and_what_the_owner_put_there_stays() {
        let drops = |verified, signed_in: Option<&(UserId, TokenHash)>| {
            let decision = reset(ada(verified, Some("ada@example.com")), key("l"), signed_in, hash(), NOW);
            let unlinked = decision.changes.contains(&Change::UnlinkAllOf(UserId("ada".into())));
            assert_eq!(unlinked, decision.user.name.is_none());
            unlinked
        };
        let (herself, another) = ((UserId("ada".into()), key("s")), (UserId("eve".into()), key("s")));
        assert!(drops(None, None));
        assert!(drops(None, Some(&another)));
        assert!(!drops(None, Some(&herself)));
        for signed_in in [None, Some(&herself), Some(&another)] {
            assert!(!drops(Some(BEFORE), signed_in));
        }
    }

    #[test]
    fn the_password_is_there_after_everything_else_was_dropped() {
        for (verified, session) in [(None, None), (Some(BEFORE), None)] {
            let changes =
                reset(ada(verified, Some("ada@example.com")), key("l"), session, hash(), NOW).changes;
            let at = |wanted: fn(&Change) -> bool| changes.iter().rposition(wanted);
            let linked = at(
                |change| matches!(change, Change::Link(account) if account.kind == AccountKind::Credentials),
            );
            assert!(linked > at(|change| matches!(change, Change::UnlinkAllOf(_) | Change::Unlink { .. })));
        }
    }

    #[test]
    fn a_user_without_an_address_has_no_links_to_void() {
        let changes = replaced(&ada(None, None), hash(), NOW);
        assert!(!changes.iter().any(|change| matches!(change, Change::VoidTokens { .. })));
    }

    #[test]
    fn a_link_is_found_for_its_own_address_and_user_alone() {
        let own = link_key("t", "ada@example.com", &UserId("1".into()));
        for (token, address, user) in [
            ("u", "ada@example.com", "1"),
            ("t", "bob@example.com", "1"),
            ("t", "ada@example.com", "2"),
            ("", "", ""),
        ] {
            assert_ne!(own, link_key(token, address, &UserId(user.into())));
        }
        assert_ne!(own, TokenHash::of("t"), "nor as the link of a sign-in");
    }
}
