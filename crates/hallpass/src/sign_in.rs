//! Who a sign-in is, and what it changes: pure decisions over what was read before.
//!
//! The rules are those of NextAuth.js (wire §7.5) with one more: a way in that nobody proved to own does not survive
//! the real owner. Somebody may have signed up with an address that is not theirs; when the owner of the address
//! comes, by mail link or by a provider that vouches for it, the other's password, accounts and sessions go.

use hallpass_oauth::EmailLinking;
use hallpass_store::{Account, AccountKind, Change, PasswordHash, Timestamp, TokenHash, User, UserId};

use crate::config::options::PASSWORD;
use crate::error::Fault;

/// What a sign-in comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// Who is signed in, as they are after the changes.
    pub(crate) user: User,
    /// What to write, before the session.
    pub(crate) changes: Vec<Change>,
}

impl Decision {
    fn unchanged(user: User) -> Self {
        Self { user, changes: Vec::new() }
    }
}

/// A person as a provider describes them, their address normalised.
#[derive(Clone)]
pub(crate) struct Arrival {
    pub(crate) provider: String,
    pub(crate) provider_account_id: String,
    pub(crate) kind: AccountKind,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) image: Option<String>,
}

/// What the store knows of somebody who arrives.
#[derive(Default)]
pub(crate) struct Known {
    /// Whose account it is.
    pub(crate) owner: Option<User>,
    /// Who is signed in, and started this to link an account.
    pub(crate) signed_in: Option<SignedIn>,
    /// Who has the same address.
    pub(crate) namesake: Option<User>,
}

/// Somebody who is signed in, and the session that says so.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub(crate) user: User,
    pub(crate) session: TokenHash,
}

/// What a decision needs besides: chance and time.
pub(crate) struct Fresh {
    /// An id that nobody has.
    pub(crate) id: UserId,
    /// The time.
    pub(crate) now: Timestamp,
}

/// Decides an OAuth sign-in.
pub(crate) fn by_account(
    arrival: Arrival,
    known: Known,
    linking: EmailLinking,
    fresh: Fresh,
) -> Result<Decision, Fault> {
    match (known.owner, known.signed_in, known.namesake) {
        (Some(owner), Some(signed_in), _) if owner.id != signed_in.user.id => Err(Fault::AccountNotLinked),
        (Some(owner), ..) => {
            let still = Change::RequireAccount(account(&arrival, &owner.id, fresh.now));
            Ok(Decision { user: owner, changes: vec![still] })
        }
        (None, Some(SignedIn { user, session }), _) => {
            let mut decision = linked_to(user, &arrival, &fresh);
            decision.changes.insert(0, Change::RequireSession(session));
            Ok(decision)
        }
        (None, None, Some(namesake)) => join(namesake, &arrival, linking, &fresh),
        (None, None, None) => Ok(newcomer(arrival, fresh)),
    }
}

/// Links to somebody who is there; where the provider vouches for their address, that is proof of it too.
fn linked_to(mut user: User, arrival: &Arrival, fresh: &Fresh) -> Decision {
    let mut changes = Vec::new();
    if user.email_verified.is_none()
        && arrival.email_verified
        && user.email.is_some()
        && user.email == arrival.email
    {
        user.email_verified = Some(fresh.now);
        changes.push(Change::UpdateUser(user.clone()));
    }
    changes.push(Change::Link(account(arrival, &user.id, fresh.now)));
    Decision { user, changes }
}

/// Somebody else has the address: theirs it is, unless they never proved it.
fn join(namesake: User, arrival: &Arrival, linking: EmailLinking, fresh: &Fresh) -> Result<Decision, Fault> {
    if !arrival.email_verified {
        return Err(Fault::AccountNotLinked);
    }
    if namesake.email_verified.is_some() {
        return match linking {
            EmailLinking::DangerAllowed => Ok(linked_to(namesake, arrival, fresh)),
            EmailLinking::Refused => Err(Fault::AccountNotLinked),
        };
    }
    let described = User { name: arrival.name.clone(), image: arrival.image.clone(), ..namesake };
    let mut decision = handed_over(described, fresh.now);
    decision.changes.push(Change::Link(account(arrival, &decision.user.id, fresh.now)));
    Ok(decision)
}

/// The user goes to the owner of their address: every way in that was there before is closed, also one that was opened
/// a moment ago.
fn handed_over(unproved: User, now: Timestamp) -> Decision {
    let user = User { email_verified: Some(now), ..unproved };
    let changes = vec![
        Change::UnlinkAllOf(user.id.clone()),
        Change::EndSessionsOf { user: user.id.clone(), except: None },
        Change::UpdateUser(user.clone()),
    ];
    Decision { user, changes }
}

fn newcomer(arrival: Arrival, fresh: Fresh) -> Decision {
    let user = User {
        id: fresh.id,
        email_verified: (arrival.email.is_some() && arrival.email_verified).then_some(fresh.now),
        name: arrival.name.clone(),
        email: arrival.email.clone(),
        image: arrival.image.clone(),
        created: fresh.now,
    };
    let link = account(&arrival, &user.id, fresh.now);
    Decision { changes: vec![Change::CreateUser(user.clone()), Change::Link(link)], user }
}

fn account(arrival: &Arrival, user: &UserId, now: Timestamp) -> Account {
    Account {
        user: user.clone(),
        kind: arrival.kind,
        provider: arrival.provider.clone(),
        provider_account_id: arrival.provider_account_id.clone(),
        secret: None,
        created: now,
    }
}

/// Decides a sign-in by mail link. Whoever is signed in as the very user proves by the link that the address is
/// theirs, and keeps their password; anybody else gets the user as it would be without the stranger's name.
pub(crate) fn by_email(
    email: &str,
    namesake: Option<User>,
    signed_in: Option<&(UserId, TokenHash)>,
    fresh: Fresh,
) -> Decision {
    let Some(known) = namesake else {
        let user = User {
            id: fresh.id,
            name: None,
            email: Some(email.to_owned()),
            email_verified: Some(fresh.now),
            image: None,
            created: fresh.now,
        };
        return Decision { changes: vec![Change::CreateUser(user.clone())], user };
    };
    by_proof(known, signed_in, fresh.now)
}

/// Decides what it means that somebody opened a mail to a user's address: nothing for an address that was proved
/// before; else it is proved, and anybody but the user themselves gets the user without what a stranger put there.
pub(crate) fn by_proof(known: User, signed_in: Option<&(UserId, TokenHash)>, now: Timestamp) -> Decision {
    if known.email_verified.is_some() {
        return Decision::unchanged(known);
    }
    match signed_in {
        Some((user, session)) if *user == known.id => {
            let user = User { email_verified: Some(now), ..known };
            let changes = vec![Change::RequireSession(*session), Change::UpdateUser(user.clone())];
            Decision { user, changes }
        }
        _ => handed_over(User { name: None, image: None, ..known }, now),
    }
}

/// Decides a sign-in by the application's own `authorize`: the application knows who it is, and its word about name,
/// address and picture counts. The user has the application's id.
pub(crate) fn by_authorize(arrival: Arrival, owner: Option<User>, now: Timestamp) -> Decision {
    let Some(owner) = owner else {
        let id = UserId(arrival.provider_account_id.clone());
        return newcomer(arrival, Fresh { id, now });
    };
    let mut changes = vec![Change::RequireAccount(account(&arrival, &owner.id, now))];
    let proved = owner.email_verified.filter(|_| owner.email == arrival.email);
    let user = User {
        email_verified: proved.or(arrival.email_verified.then_some(now)),
        name: arrival.name,
        email: arrival.email,
        image: arrival.image,
        ..owner.clone()
    };
    if user != owner {
        changes.push(Change::UpdateUser(user.clone()));
    }
    Decision { user, changes }
}

/// A new user with a password. That the address is theirs is yet to be shown.
pub(crate) fn by_sign_up(
    name: Option<String>,
    email: String,
    secret: PasswordHash,
    fresh: Fresh,
) -> Decision {
    let user = User {
        id: fresh.id,
        name,
        email: Some(email),
        email_verified: None,
        image: None,
        created: fresh.now,
    };
    let link = password_account(&user.id, secret, fresh.now);
    Decision { changes: vec![Change::CreateUser(user.clone()), Change::Link(link)], user }
}

/// The account that holds a user's password.
pub(crate) fn password_account(user: &UserId, secret: PasswordHash, now: Timestamp) -> Account {
    Account {
        user: user.clone(),
        kind: AccountKind::Credentials,
        provider: PASSWORD.into(),
        provider_account_id: user.0.clone(),
        secret: Some(secret),
        created: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
    const BEFORE: Timestamp = Timestamp::from_secs(1_700_000_000);

    fn user(id: &str, email: &str, verified: Option<Timestamp>) -> User {
        User {
            id: UserId(id.into()),
            name: Some(format!("name of {id}")),
            email: Some(email.into()),
            email_verified: verified,
            image: None,
            created: BEFORE,
        }
    }

    fn arrival(email_verified: bool) -> Arrival {
        Arrival {
            provider: "op".into(),
            provider_account_id: "sub-1".into(),
            kind: AccountKind::Oauth,
            name: Some("Ada".into()),
            email: Some("ada@example.com".into()),
            email_verified,
            image: None,
        }
    }

    fn fresh() -> Fresh {
        Fresh { id: UserId("fresh".into()), now: NOW }
    }

    fn namesake(verified: Option<Timestamp>) -> Option<User> {
        Some(user("e", "ada@example.com", verified))
    }

    fn signed_in(id: &str) -> SignedIn {
        let user = user(id, &format!("{id}@example.com"), None);
        SignedIn { user, session: TokenHash::of("sid") }
    }

    fn decide(known: Known, verified: bool) -> Result<Decision, Fault> {
        by_account(arrival(verified), known, EmailLinking::Refused, fresh())
    }

    #[test]
    fn an_account_of_somebody_else_is_not_taken_over() {
        let known = Known {
            owner: Some(user("a", "a@example.com", None)),
            signed_in: Some(signed_in("u")),
            ..Known::default()
        };
        assert_eq!(decide(known, true), Err(Fault::AccountNotLinked));
    }

    #[test]
    fn the_owner_of_an_account_is_signed_in_unchanged() {
        let owner = user("a", "other@example.com", None);
        let known =
            Known { owner: Some(owner.clone()), namesake: namesake(Some(BEFORE)), ..Known::default() };
        let decision = decide(known, true).unwrap();
        assert_eq!(decision.user, owner);
        assert!(
            matches!(decision.changes.as_slice(), [Change::RequireAccount(account)] if account.user == owner.id),
            "unless the account was unlinked meanwhile"
        );
    }

    #[test]
    fn whoever_is_signed_in_gets_the_account_linked() {
        let known = Known { signed_in: Some(signed_in("u")), ..Known::default() };
        let decision = decide(known, true).unwrap();
        assert_eq!(decision.user.id.0, "u");
        assert!(
            matches!(decision.changes.as_slice(), [Change::RequireSession(_), Change::Link(account)] if account.user.0 == "u")
        );
        assert_eq!(decision.user.email_verified, None, "the provider vouched for another address");
    }

    #[test]
    fn a_proved_address_is_not_joined_unless_danger_is_allowed() {
        let known = || Known { namesake: namesake(Some(BEFORE)), ..Known::default() };
        assert_eq!(decide(known(), true), Err(Fault::AccountNotLinked));
        let dangerous =
            |verified| by_account(arrival(verified), known(), EmailLinking::DangerAllowed, fresh());
        assert_eq!(dangerous(true).unwrap().user.id.0, "e");
        assert_eq!(dangerous(false), Err(Fault::AccountNotLinked), "the provider does not vouch for it");
    }

    #[test]
    fn an_unproved_password_does_not_survive_the_owner_of_the_address() {
        let known = Known { namesake: namesake(None), ..Known::default() };
        let decision = decide(known, true).unwrap();
        assert_eq!(decision.user.email_verified, Some(NOW));
        assert_eq!(decision.user.name.as_deref(), Some("Ada"), "the stranger's name goes too");
        let gone = Change::UnlinkAllOf(UserId("e".into()));
        assert_eq!(decision.changes.first(), Some(&gone));
        assert!(
            decision
                .changes
                .iter()
                .any(|change| matches!(change, Change::EndSessionsOf { except: None, .. }))
        );

        let by_link = by_email("ada@example.com", namesake(None), None, fresh());
        assert_eq!(by_link.changes.first(), Some(&gone));
        assert_eq!(by_link.user.email_verified, Some(NOW));
        assert_eq!(by_link.user.name, None);
    }

    #[test]
    fn an_address_that_the_provider_does_not_vouch_for_takes_nothing() {
        for verified in [None, Some(BEFORE)] {
            let known = Known { namesake: namesake(verified), ..Known::default() };
            assert_eq!(decide(known, false), Err(Fault::AccountNotLinked));
        }
        let decision = decide(Known::default(), false).unwrap();
        assert_eq!(decision.user.email_verified, None);
    }

    #[test]
    fn a_link_opened_where_the_user_is_signed_in_keeps_their_password() {
        let decision = by_email(
            "ada@example.com",
            namesake(None),
            Some(&(UserId("e".into()), TokenHash::of("sid"))),
            fresh(),
        );
        assert!(
            matches!(decision.changes.as_slice(), [Change::RequireSession(_), Change::UpdateUser(user)] if user.email_verified == Some(NOW))
        );
        let other = by_email(
            "ada@example.com",
            namesake(None),
            Some(&(UserId("u".into()), TokenHash::of("sid"))),
            fresh(),
        );
        assert!(matches!(other.changes.first(), Some(Change::UnlinkAllOf(_))));
    }

    #[test]
    fn the_applications_word_about_its_users_counts() {
        let owner = user("sub-1", "old@example.com", None);
        let decision = by_authorize(arrival(false), Some(owner), NOW);
        assert_eq!(decision.user.email.as_deref(), Some("ada@example.com"));
        let newcomer = by_authorize(arrival(false), None, NOW);
        assert_eq!((newcomer.user.id.0.as_str(), newcomer.user.email_verified), ("sub-1", None));
        let vouched = by_authorize(arrival(true), None, NOW);
        assert_eq!(vouched.user.email_verified, Some(NOW), "the application vouches for the address");
        let moved = user("sub-1", "old@example.com", Some(BEFORE));
        assert_eq!(by_authorize(arrival(false), Some(moved), NOW).user.email_verified, None);
    }
}
