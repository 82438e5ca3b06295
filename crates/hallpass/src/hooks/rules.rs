//! Hooks for the common cases, as data.

use std::fmt;

use serde_json::Value;
use url::{Origin, Url};

use super::{
    HookError, Hooks, Object, RESERVED_CLAIMS, Redirect, SessionContext, SigningIn, Stage, TokenContext,
    Trigger, Verdict,
};
use crate::address::normalise;
use crate::world::Pending;

/// Why a rule cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRule {
    /// Not a domain of mail addresses.
    Domain(String),
    /// Not an origin: `https://` and a host, nothing behind it.
    Origin(String),
    /// Not a name for a claim.
    Claim(String),
    /// Not a place in a session's body.
    Place(String),
    /// Not a name, or a pointer, of something that a provider says.
    From(String),
}

impl fmt::Display for BadRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(given) => write!(f, "`{given}` is no domain: write it as example.com"),
            Self::Origin(given) => write!(f, "`{given}` is no origin: write it as https://www.example.com"),
            Self::Claim(given) => {
                write!(f, "a claim cannot be called `{given}`: the name is hallpass's own or empty")
            }
            Self::Place(given) => write!(
                f,
                "`{given}` is no place in a session: write it as user.role; expires, accessToken, user.id, user.name, \
                 user.email and user.image are taken"
            ),
            Self::From(given) => write!(
                f,
                "`{given}` names nothing that a provider says: write a name, or a pointer such as /realm_access/roles"
            ),
        }
    }
}

impl std::error::Error for BadRule {}

/// Only people whose address is in one of these domains may sign in, and only where they showed that it is theirs: by
/// mail link, or by a provider that vouches for it. A subdomain is a domain of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedDomains(Vec<String>);

impl AllowedDomains {
    /// # Errors
    /// [`BadRule::Domain`] where one is none.
    pub fn new<T: AsRef<str>>(domains: impl IntoIterator<Item = T>) -> Result<Self, BadRule> {
        let domain = |given: T| {
            let bad = || BadRule::Domain(given.as_ref().to_owned());
            // As the domain of an address would be normalised.
            let address = normalise(&format!("a@{}", given.as_ref())).ok_or_else(bad)?;
            address.split_once('@').map(|(_, domain)| domain.to_owned()).ok_or_else(bad)
        };
        domains.into_iter().map(domain).collect::<Result<_, _>>().map(Self)
    }

    fn has(&self, email: Option<&str>) -> bool {
        let domain = email.and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
        domain.is_some_and(|domain| self.0.iter().any(|allowed| allowed == domain))
    }
}

impl Hooks for AllowedDomains {
    fn sign_in<'a>(&'a self, attempt: &'a SigningIn<'a>) -> Pending<'a, Result<Verdict, HookError>> {
        let shown = attempt.stage == Stage::MailWanted || attempt.person.email_verified;
        let verdict = if shown && self.has(attempt.person.email) { Verdict::Allow } else { Verdict::Deny };
        Box::pin(async { Ok(verdict) })
    }

    fn minds_reads(&self) -> bool {
        false
    }
}

/// Where one may go after signing in or out, besides the site: any URL of these origins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<Origin>);

impl AllowedOrigins {
    /// # Errors
    /// [`BadRule::Origin`] where one is none, or is not `http` or `https`.
    pub fn new<T: AsRef<str>>(origins: impl IntoIterator<Item = T>) -> Result<Self, BadRule> {
        let origin = |given: T| {
            let given = given.as_ref();
            let url = Url::parse(given).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            let origin = url.map(|url| url.origin()).filter(|origin| {
                origin.ascii_serialization() == given.trim_end_matches('/').to_ascii_lowercase()
            });
            origin.ok_or_else(|| BadRule::Origin(given.to_owned()))
        };
        origins.into_iter().map(origin).collect::<Result<_, _>>().map(Self)
    }

    fn accept(&self, wish: &str) -> Option<String> {
        let url = Url::parse(wish).ok()?;
        let plain = url.username().is_empty() && url.password().is_none();
        (plain && self.0.contains(&url.origin())).then(|| url.into())
    }
}

impl Hooks for AllowedOrigins {
    fn redirect<'a>(&'a self, redirect: Redirect<'a>) -> Pending<'a, Result<String, HookError>> {
        let judged = self.accept(redirect.url).unwrap_or_else(|| redirect.judged.to_owned());
        Box::pin(async { Ok(judged) })
    }

    fn minds_reads(&self) -> bool {
        false
    }
}

/// A claim of the session that is read from what one provider said at the sign-in.
///
/// It is kept until the next sign-in. Whoever signs in another way gets [`default`](Self::default_value), or no claim.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRule {
    claim: String,
    provider: String,
    from: String,
    allowed: Option<Vec<String>>,
    default: Option<Value>,
    place: Option<(String, Option<String>)>,
}

impl ClaimRule {
    /// The claim `claim` is what `provider` said under `from`: a name, or a JSON pointer (RFC 6901) for a value further
    /// down (`/realm_access/roles`). It is shown to the browser as `user.<claim>`.
    ///
    /// # Errors
    /// [`BadRule::Claim`] where the claim is empty, has a dot, or is one of [`RESERVED_CLAIMS`]; [`BadRule::Place`] where it
    /// is `id`, which the application would take for the user's own; [`BadRule::From`] where nothing is named, or
    /// everything that the provider says.
    pub fn new(
        claim: impl Into<String>,
        provider: impl Into<String>,
        from: impl Into<String>,
    ) -> Result<Self, BadRule> {
        let (claim, from) = (claim.into(), from.into());
        if from.trim_matches('/').trim().is_empty() {
            return Err(BadRule::From(from));
        }
        if claim.is_empty() || claim.contains('.') || RESERVED_CLAIMS.contains(&claim.as_str()) {
            return Err(BadRule::Claim(claim));
        }
        let place = Some(place(&format!("user.{claim}"))?);
        Ok(Self { claim, provider: provider.into(), from, allowed: None, default: None, place })
    }

    /// Of the texts that the provider says only these count; of a list those stay that are among them.
    #[must_use]
    pub fn only<T: Into<String>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        self.allowed = Some(values.into_iter().map(Into::into).collect());
        self
    }

    /// What the claim is where the provider says nothing that counts.
    #[must_use]
    pub fn default_value(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Where the session shows it: `user.<name>`, or a name at the top.
    ///
    /// # Errors
    /// [`BadRule::Place`] where this is no such place, or one that is taken.
    pub fn shown_as(mut self, at: &str) -> Result<Self, BadRule> {
        self.place = Some(place(at)?);
        Ok(self)
    }

    /// Keeps it from the browser. The application reads it from the session on the server.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.place = None;
        self
    }

    /// The claim, from what was said.
    fn read(&self, said: &Value) -> Option<Value> {
        let value = hallpass_oauth::profile::find(said, &self.from)?;
        let Some(allowed) = &self.allowed else {
            return Some(value.clone());
        };
        let counts = |value: &&Value| value.as_str().is_some_and(|text| allowed.iter().any(|it| it == text));
        match value {
            Value::Array(values) => {
                let kept: Vec<Value> = values.iter().filter(counts).cloned().collect();
                (!kept.is_empty()).then_some(Value::Array(kept))
            }
            value => Some(value).filter(counts).cloned(),
        }
    }
}

/// Splits `user.role` and `role`.
fn place(at: &str) -> Result<(String, Option<String>), BadRule> {
    let bad = || BadRule::Place(at.to_owned());
    let (outer, inner) = match at.split_once('.') {
        Some(("user", inner)) => ("user", Some(inner)),
        Some(_) => return Err(bad()),
        None => (at, None),
    };
    let taken = match inner {
        Some(inner) => ["", "id", "name", "email", "image"].contains(&inner) || inner.contains('.'),
        None => ["", "user", "expires", "accessToken"].contains(&outer),
    };
    if taken { Err(bad()) } else { Ok((outer.to_owned(), inner.map(str::to_owned))) }
}

impl Hooks for ClaimRule {
    fn jwt<'a>(
        &'a self,
        mut claims: Object,
        context: &'a TokenContext<'a>,
    ) -> Pending<'a, Result<Object, HookError>> {
        if let Trigger::SignIn { way, .. } = context.trigger {
            let said = way.profile.filter(|_| way.provider == self.provider);
            claims.remove(&self.claim);
            if let Some(value) = said.and_then(|said| self.read(said)).or_else(|| self.default.clone()) {
                claims.insert(self.claim.clone(), value);
            }
        }
        Box::pin(async { Ok(claims) })
    }

    fn minds_reads(&self) -> bool {
        self.place.is_some()
    }

    fn session<'a>(
        &'a self,
        mut body: Object,
        context: &'a SessionContext<'a>,
    ) -> Pending<'a, Result<Object, HookError>> {
        if let (Some((outer, inner)), Some(value)) = (&self.place, context.claims.get(&self.claim)) {
            match inner {
                None => {
                    body.insert(outer.clone(), value.clone());
                }
                Some(inner) => {
                    if let Some(Value::Object(user)) = body.get_mut(outer) {
                        user.insert(inner.clone(), value.clone());
                    }
                }
            }
        }
        Box::pin(async { Ok(body) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::hooks::{Person, Way, WayKind};

    /// Somebody whom no rule asks about.
    const ADA: Person<'_> = Person {
        id: Some("7"),
        name: None,
        email: Some("ada@example.com"),
        email_verified: true,
        image: None,
    };

    /// The claims after a sign-in with this provider, which said this.
    async fn signed_in(rule: &ClaimRule, before: Object, provider: &str, said: Option<&Value>) -> Value {
        let way = Way { provider, kind: WayKind::Oauth, profile: said };
        let trigger = Trigger::SignIn { way, stage: Stage::Returning };
        rule.jwt(before, &TokenContext { person: ADA, trigger }).await.unwrap().into()
    }

    fn object(value: Value) -> Object {
        value.as_object().cloned().unwrap()
    }

    #[tokio::test]
    async fn a_claim_is_what_its_own_provider_said() {
        let rule = ClaimRule::new("role", "op", "role").unwrap().only(["admin", "member"]);
        let admin = json!({ "role": "admin" });
        for (provider, said, claims) in [
            ("op", Some(&admin), admin.clone()),
            ("another", Some(&admin), json!({})),
            ("op", Some(&json!({ "role": "root" })), json!({})),
            ("op", Some(&json!({})), json!({})),
            ("email", None, json!({})),
        ] {
            assert_eq!(signed_in(&rule, Object::new(), provider, said).await, claims, "{provider} {said:?}");
            let guest = rule.clone().default_value("guest");
            let claims = if claims == json!({}) { json!({ "role": "guest" }) } else { claims };
            assert_eq!(signed_in(&guest, Object::new(), provider, said).await, claims, "{provider} {said:?}");
        }
    }

    #[tokio::test]
    async fn the_next_sign_in_forgets_a_claim_and_nothing_else_touches_it() {
        let rule = ClaimRule::new("role", "op", "role").unwrap();
        let before = || object(json!({ "role": "admin", "theme": "dark" }));
        let member = json!({ "role": "member" });
        let after = signed_in(&rule, before(), "op", Some(&member)).await;
        assert_eq!(after, json!({ "role": "member", "theme": "dark" }));
        assert_eq!(signed_in(&rule, before(), "email", None).await, json!({ "theme": "dark" }));
        for trigger in [Trigger::Renewal, Trigger::Update { data: &member }] {
            let after = rule.jwt(before(), &TokenContext { person: ADA, trigger }).await.unwrap();
            assert_eq!(after, before(), "{trigger:?}");
        }
    }

    #[tokio::test]
    async fn a_claim_is_shown_where_its_rule_says_or_nowhere() {
        let rule = ClaimRule::new("role", "op", "x").unwrap();
        let plain = json!({ "user": { "name": "Ada" }, "expires": "then" });
        let in_user = json!({ "user": { "name": "Ada", "role": "admin" }, "expires": "then" });
        let as_rank = json!({ "user": { "name": "Ada", "rank": "admin" }, "expires": "then" });
        let at_the_top = json!({ "user": { "name": "Ada" }, "expires": "then", "rank": "admin" });
        let claims = object(json!({ "role": "admin" }));
        let without = Object::new();
        for (rule, claims, shown) in [
            (rule.clone(), &claims, &in_user),
            (rule.clone(), &without, &plain),
            (rule.clone().shown_as("user.rank").unwrap(), &claims, &as_rank),
            (rule.clone().shown_as("rank").unwrap(), &claims, &at_the_top),
            (rule.clone().hidden(), &claims, &plain),
        ] {
            let context = SessionContext { person: ADA, claims };
            let body = rule.session(object(plain.clone()), &context).await.unwrap();
            assert_eq!(&Value::from(body), shown);
        }
    }

    #[test]
    fn a_rule_that_cannot_be_says_why() {
        for domain in ["", "@example.com", "exa mple.com", "example"] {
            assert_eq!(AllowedDomains::new([domain]), Err(BadRule::Domain(domain.into())), "{domain}");
        }
        for origin in
            ["www.example.com", "https://a.example/path", "javascript:alert(1)", "https://u@a.example"]
        {
            assert_eq!(AllowedOrigins::new([origin]), Err(BadRule::Origin(origin.into())), "{origin}");
        }
        for claim in ["", "sub", "exp", "a.b"] {
            assert_eq!(ClaimRule::new(claim, "op", "x"), Err(BadRule::Claim(claim.into())));
        }
        let rule = || ClaimRule::new("role", "op", "x").unwrap();
        for at in
            ["", "expires", "accessToken", "user", "user.id", "user.email", "user.", "token.role", "user.a.b"]
        {
            assert_eq!(rule().shown_as(at), Err(BadRule::Place(at.into())));
        }
        assert_eq!(ClaimRule::new("id", "op", "x"), Err(BadRule::Place("user.id".into())));
        for from in ["", " ", "/", "//"] {
            assert_eq!(ClaimRule::new("role", "op", from), Err(BadRule::From(from.into())));
        }
    }

    #[test]
    fn a_rule_minds_a_read_where_it_shows_something() {
        let rule = ClaimRule::new("role", "op", "x").unwrap();
        assert!(rule.minds_reads());
        assert!(!rule.hidden().minds_reads());
        assert!(!AllowedDomains::new(["example.com"]).unwrap().minds_reads());
        assert!(!AllowedOrigins::new(["https://a.example"]).unwrap().minds_reads());
    }

    #[test]
    fn a_subdomain_and_a_longer_name_are_other_domains() {
        let rule = AllowedDomains::new(["Example.COM"]).unwrap();
        assert!(rule.has(Some("ada@example.com")));
        for other in [None, Some("ada@evil-example.com"), Some("ada@sub.example.com"), Some("example.com")] {
            assert!(!rule.has(other), "{other:?}");
        }
    }

    #[test]
    fn an_origin_is_compared_and_not_a_prefix() {
        let rule = AllowedOrigins::new(["https://www.example.com"]).unwrap();
        assert_eq!(
            rule.accept("https://www.example.com/a?b").as_deref(),
            Some("https://www.example.com/a?b")
        );
        for other in [
            "https://www.example.com.evil.example/",
            "https://www.example.com@evil.example/",
            "https://user:pw@www.example.com/",
            "http://www.example.com/",
            "https://www.example.com:444/",
            "//www.example.com/",
            "/a",
        ] {
            assert_eq!(rule.accept(other), None, "{other}");
        }
    }

    #[test]
    fn of_what_the_provider_says_only_what_counts_is_taken() {
        let rule = ClaimRule::new("role", "op", "/realm_access/roles").unwrap();
        let said = json!({ "realm_access": { "roles": ["admin", "root", 7] } });
        let only = rule.clone().only(["admin", "editor"]);
        assert_eq!(only.read(&said), Some(json!(["admin"])));
        assert_eq!(only.read(&json!({ "realm_access": { "roles": "editor" } })), Some(json!("editor")));
        for other in
            [json!({}), json!({ "realm_access": { "roles": ["root"] } }), json!({ "realm_access": 1 })]
        {
            assert_eq!(only.read(&other), None, "{other}");
        }
    }
}
