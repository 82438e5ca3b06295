//! What an application has to say in a sign-in and in a session: the callbacks and events of NextAuth.js (wire §7).
//!
//! Implement [`Hooks`] and hand it to [`AuthBuilder::hooks`](crate::AuthBuilder::hooks). Every method has a default
//! that changes nothing. Several may be handed in; they are asked in turn, each with what the one before it made.
//!
//! ```
//! use hallpass::hooks::{HookError, Hooks, Object, SigningIn, TokenContext, Verdict};
//! use hallpass::Pending;
//!
//! struct Staff;
//!
//! impl Hooks for Staff {
//!     fn sign_in<'a>(&'a self, attempt: &'a SigningIn<'a>) -> Pending<'a, Result<Verdict, HookError>> {
//!         let banned = attempt.person.email == Some("mallory@example.com");
//!         Box::pin(async move { Ok(if banned { Verdict::Deny } else { Verdict::Allow }) })
//!     }
//!
//!     fn jwt<'a>(&'a self, mut claims: Object, context: &'a TokenContext<'a>) -> Pending<'a, Result<Object, HookError>> {
//!         // An address that nobody showed to be theirs says nothing.
//!         let boss = context.person.email_verified && context.person.email == Some("ada@example.com");
//!         claims.insert("role".into(), if boss { "admin" } else { "member" }.into());
//!         Box::pin(async move { Ok(claims) })
//!     }
//! }
//!
//! let hooks: std::sync::Arc<dyn Hooks> = std::sync::Arc::new(Staff);
//! # drop(hooks);
//! assert_eq!(Verdict::default(), Verdict::Allow);
//! ```
//!
//! A hook makes a sign-in stricter, or adds to token and session. It skips no check: it is asked when all that a request
//! shows has been checked, and before anything is written. What the store alone can refuse comes after it: a disabled
//! user, and what another request overtook. Where it fails nobody is signed in and nobody is signed out: the answer is
//! "try again" (`503`).

pub(crate) mod chain;
#[cfg(test)]
mod order;
pub(crate) mod rules;

use std::fmt;

use hallpass_store::User;
use serde_json::{Map, Value};

use crate::world::Pending;

pub use rules::{AllowedDomains, AllowedOrigins, BadRule, ClaimRule};

/// A JSON object.
pub type Object = Map<String, Value>;

/// What an application decides and adds. See the [module](self).
pub trait Hooks: Send + Sync + 'static {
    /// Whether somebody may sign in. Asked after every check and before anything is written: when a mail with a link
    /// is wanted, and when a sign-in or sign-up is about to end well. Where another request comes in between, the
    /// sign-in is decided again, and this is asked again.
    fn sign_in<'a>(&'a self, attempt: &'a SigningIn<'a>) -> Pending<'a, Result<Verdict, HookError>> {
        let _ = attempt;
        Box::pin(async { Ok(Verdict::Allow) })
    }

    /// Where to go after signing in or out. `redirect.judged` is what the rule before this one made of the wish,
    /// the first rule being NextAuth.js's own: a path or URL of the site, else the site. What this answers has to be
    /// a path of the site or an `http` or `https` URL; anything else becomes the site itself. One sign-in may ask more than
    /// once, and anybody can make a request that asks, so be quick. Where this fails the rule before it counts.
    fn redirect<'a>(&'a self, redirect: Redirect<'a>) -> Pending<'a, Result<String, HookError>> {
        let judged = redirect.judged.to_owned();
        Box::pin(async move { Ok(judged) })
    }

    /// The claims that the application adds to a session: at sign-in, at [`update()`](Trigger::Update), and when the
    /// session is prolonged, but not at a mere read. They go into the sealed cookie, or with sessions in the database
    /// into their row, and are not shown to the browser: [`session`](Self::session) decides what is.
    ///
    /// The names of [`RESERVED_CLAIMS`] are hallpass's own; an answer that has one is refused.
    fn jwt<'a>(
        &'a self,
        claims: Object,
        context: &'a TokenContext<'a>,
    ) -> Pending<'a, Result<Object, HookError>> {
        let _ = context;
        Box::pin(async move { Ok(claims) })
    }

    /// The body of `GET /session`. `body` has `user` and `expires`, the answer too: `user` is an object, and
    /// `expires` is put back where it was changed. Asked at every read, so be quick.
    fn session<'a>(
        &'a self,
        body: Object,
        context: &'a SessionContext<'a>,
    ) -> Pending<'a, Result<Object, HookError>> {
        let _ = context;
        Box::pin(async move { Ok(body) })
    }

    /// Whether a session that is merely read concerns this: it has a [`session`](Self::session), or wants
    /// [`Event::Session`]. Where no hook says so, a read is answered without asking any; say `false` if you can.
    fn minds_reads(&self) -> bool {
        true
    }

    /// Something that has happened: it is written, and nothing that this does changes it. The answer waits for it; a client that
    /// hangs up meanwhile changes nothing either.
    fn event<'a>(&'a self, event: &'a Event<'a>) -> Pending<'a, ()> {
        let _ = event;
        Box::pin(async {})
    }
}

/// The claims of a session token that hallpass writes itself.
pub const RESERVED_CLAIMS: [&str; 12] =
    ["sub", "name", "email", "picture", "iat", "exp", "nbf", "jti", "sid", "auth_time", "iss", "aud"];

/// A hook could not say. The cause goes to the log and to nobody else: put no secret into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookError(pub String);

impl fmt::Display for HookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HookError {}

/// Somebody, as they are or will be. `Debug` shows the id only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Person<'a> {
    /// The store's id; `None` where somebody asks for a mail and there is no such user.
    pub id: Option<&'a str>,
    /// What to call them.
    pub name: Option<&'a str>,
    /// Their address, normalised.
    pub email: Option<&'a str>,
    /// Whether they showed that the address is theirs. A session does not know, so where one is read this is `false`.
    pub email_verified: bool,
    /// The URL of a picture.
    pub image: Option<&'a str>,
}

impl<'a> From<&'a User> for Person<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: Some(&user.id.0),
            name: user.name.as_deref(),
            email: user.email.as_deref(),
            email_verified: user.email_verified.is_some(),
            image: user.image.as_deref(),
        }
    }
}

impl fmt::Debug for Person<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The way somebody signs in.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    /// The provider's id, such as `github`, `email` or `credentials`.
    pub provider: &'a str,
    /// What kind of way it is.
    pub kind: WayKind,
    /// What an OAuth provider said of the person: its own description, the claims of the ID token in it. Checked.
    pub profile: Option<&'a Value>,
}

impl fmt::Debug for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way")
            .field("provider", &self.provider)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// The kinds of ways to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WayKind {
    /// OAuth 2 or OpenID Connect.
    Oauth,
    /// A link by mail.
    Email,
    /// A password, or the application's `authorize`.
    Credentials,
}

impl WayKind {
    /// The word of the wire: `oauth`, `email` or `credentials`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oauth => "oauth",
            Self::Email => "email",
            Self::Credentials => "credentials",
        }
    }
}

/// A sign-in that is about to end well.
#[derive(Clone, Copy, Debug)]
pub struct SigningIn<'a> {
    /// Who.
    pub person: Person<'a>,
    /// How.
    pub way: Way<'a>,
    /// How far it is.
    pub stage: Stage,
}

/// How far a sign-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Somebody wants a mail with a link (`verificationRequest` of NextAuth.js). Whether the address is theirs is open.
    MailWanted,
    /// A user who is there signs in.
    Returning,
    /// A user would be made.
    New,
}

/// What [`Hooks::sign_in`] says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    #[default]
    Allow,
    /// Nobody is signed in; the person is told that they have no access.
    Deny,
    /// Nobody is signed in; the person is sent here, by the rules of [`Hooks::redirect`].
    Redirect(String),
}

/// A wish to go somewhere afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redirect<'a> {
    /// The wish, as a stranger wrote it.
    pub url: &'a str,
    /// Where it would lead.
    pub judged: &'a str,
    /// The origin of the site, no slash at the end.
    pub base_url: &'a str,
}

/// For whom and why claims are made.
#[derive(Clone, Copy, Debug)]
pub struct TokenContext<'a> {
    /// Who.
    pub person: Person<'a>,
    /// Why.
    pub trigger: Trigger<'a>,
}

/// Why claims are made.
#[derive(Clone, Copy, Debug)]
pub enum Trigger<'a> {
    /// A sign-in.
    SignIn {
        /// How.
        way: Way<'a>,
        /// Whether the user was made by it.
        stage: Stage,
    },
    /// `update(data)` in the browser. Anybody can send anything: check it before you believe it.
    Update {
        /// What was sent; `null` where nothing was.
        data: &'a Value,
    },
    /// The session is prolonged.
    Renewal,
}

/// For whom a session's body is made.
#[derive(Clone, Copy)]
pub struct SessionContext<'a> {
    /// Who.
    pub person: Person<'a>,
    /// The claims of [`Hooks::jwt`].
    pub claims: &'a Object,
}

impl fmt::Debug for SessionContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionContext").field("person", &self.person).finish_non_exhaustive()
    }
}

/// Something that has happened.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Somebody signed in.
    SignIn {
        /// Who.
        person: Person<'a>,
        /// How.
        way: Way<'a>,
        /// Whether the user was made by it.
        stage: Stage,
    },
    /// Somebody signed out.
    SignOut {
        /// Who.
        person: Person<'a>,
    },
    /// A user was made.
    CreateUser {
        /// Who.
        person: Person<'a>,
    },
    /// A user was changed.
    UpdateUser {
        /// Who, after the change.
        person: Person<'a>,
    },
    /// An account was linked to a user.
    LinkAccount {
        /// Whose.
        person: Person<'a>,
        /// The provider's id.
        provider: &'a str,
        /// Who the user is there.
        provider_account_id: &'a str,
    },
    /// A session was read by a browser.
    Session {
        /// Whose.
        person: Person<'a>,
    },
}

impl<'a> Event<'a> {
    /// NextAuth.js's name of the event.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SignIn { .. } => "signIn",
            Self::SignOut { .. } => "signOut",
            Self::CreateUser { .. } => "createUser",
            Self::UpdateUser { .. } => "updateUser",
            Self::LinkAccount { .. } => "linkAccount",
            Self::Session { .. } => "session",
        }
    }

    /// Of whom it tells.
    pub const fn person(&self) -> Person<'a> {
        match self {
            Self::SignIn { person, .. }
            | Self::SignOut { person }
            | Self::CreateUser { person }
            | Self::UpdateUser { person }
            | Self::LinkAccount { person, .. }
            | Self::Session { person } => *person,
        }
    }
}
