//! The one table of settings.
//!
//! Reading the file, the names of environment variables, the suggestion for a misspelled key, `hallpass check` and
//! the reference in the documentation all come from it. A new setting is one line here and one where it is used.

/// A setting.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its place in the file: `session.max_age` is `max_age` in `[session]`. A `*` stands for the name of a provider, claim or way.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) secrecy: Secrecy,
    /// What holds if it is not set, in words.
    pub(crate) default: &'static str,
    /// Likewise in development mode, where that differs.
    pub(crate) in_development: Option<&'static str>,
    /// Likewise with the profile compat, where that differs from strict.
    pub(crate) in_compat: Option<&'static str>,
    /// Variables of NextAuth.js that mean the same; the first that is set wins. `*` as in `name`.
    pub(crate) aliases: &'static [&'static str],
    /// One line for people.
    pub(crate) about: &'static str,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Flag,
    Count,
    Duration,
    /// A duration, or `none`.
    Limit,
    List,
    Choice(&'static [&'static str]),
}

/// Whether a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrecy {
    Open,
    Secret,
}

impl Kind {
    /// What is wanted, for an error.
    pub(crate) fn wants(self) -> String {
        match self {
            Self::Text => "a text".into(),
            Self::Flag => "true or false".into(),
            Self::Count => "a whole number".into(),
            Self::Duration => {
                "a number of seconds, or a text with a unit such as \"30d\" (s, m, h, d, w)".into()
            }
            Self::Limit => "\"none\", a number of seconds, or a text with a unit such as \"30d\"".into(),
            Self::List => "a list of texts (in a variable: separated by commas)".into(),
            Self::Choice(words) => format!("one of {}", words.join(", ")),
        }
    }
}

const fn key(name: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Key {
    Key {
        name,
        kind,
        secrecy: Secrecy::Open,
        default,
        in_development: None,
        in_compat: None,
        aliases: &[],
        about,
    }
}

impl Key {
    const fn secret(self) -> Self {
        Self { secrecy: Secrecy::Secret, ..self }
    }

    const fn in_development(self, default: &'static str) -> Self {
        Self { in_development: Some(default), ..self }
    }

    const fn in_compat(self, default: &'static str) -> Self {
        Self { in_compat: Some(default), ..self }
    }

    const fn or(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// The table this key stands in, and its name there; the table is empty for the top of the file.
    pub(crate) fn split(&self) -> (&'static str, &'static str) {
        self.name.rsplit_once('.').unwrap_or(("", self.name))
    }
}

use Kind::{Choice, Count, Duration, Flag, Limit, List, Text};
use hallpass::Profile;
use hallpass_wire::Wire;

/// Every setting.
pub(crate) const KEYS: &[Key] = &[
    key("url", Text, "required", "The public URL of the site. A path in it is the base path.")
    .in_development("http://localhost and the port")
        .or(&["NEXTAUTH_URL", "AUTH_URL"]),
    key("base_path", Text, "/api/auth", "Where the endpoints are mounted."),
    key("wire", Choice(Wire::NAMES), "v4", "Which generation of NextAuth.js to speak and write like: v3, v4, or v5 for Auth.js 5. Session tokens of all are read."),
    key("profile", Choice(Profile::NAMES), "strict", "The defaults of what can be strict or as NextAuth.js has it: strict, or compat for an application that comes from there. Each is a setting of its own."),
    key("mode", Choice(&["development", "production"]), "development if nothing is configured and the URL is on this machine, otherwise production", "Development mode makes its own secret and database, shows mail instead of sending it, and serves a demo."),
    key("listen", Text, "127.0.0.1:3000", "The address and port to listen on."),
    key("database", Text, "sqlite:hallpass.db", "Where users and sessions are kept: sqlite: and a path.")
    .in_development("sqlite:.hallpass/hallpass.db"),
    key("secret", Text, "required", "Seals cookies. At least 32 random bytes; `hallpass secret` prints one.")
    .in_development("made, and kept in .hallpass/secret")
        .secret()
        .or(&["NEXTAUTH_SECRET", "AUTH_SECRET"]),
    key("secrets", List, "the one in secret", "Several secrets for a change without sign-outs, newest first: the first seals, all open.")
        .secret(),
    key("theme", Choice(&["auto", "light", "dark"]), "auto", "The colours of the built-in pages."),
    key("brand.color", Text, "none: black and white", "The colour of the main button of the built-in pages, #7c3aed."),
    key("brand.logo", Text, "none: the site's first letter", "A picture above the heading of the built-in pages: /logo.svg, or an https:// URL."),
    key("pages.sign_in", Text, "built in", "A page of the application's own (/signin) to sign in on. Gets callbackUrl and error."),
    key("pages.sign_out", Text, "built in", "Likewise to sign out on."),
    key("pages.error", Text, "built in", "Likewise for errors. Gets error."),
    key("pages.verify_request", Text, "built in", "Likewise for what tells to look for a mail."),
    key("pages.new_user", Text, "none", "Where somebody gets first who has just been made a user. Gets callbackUrl."),
    key("pages.password", Text, "built in", "A page of the application's own to choose another password on. Gets callbackUrl and error."),
    key("pages.password_reset", Text, "built in", "Likewise for a forgotten password. Gets callbackUrl, and error or sent."),
    key("trusted_proxies", List, "none", "Addresses or networks (10.0.0.0/8) whose X-Forwarded-For is believed, for the log."),
    key("private_hosts", List, "the hosts of providers with a loopback or private address in their URL", "Hosts of providers that may have a private address."),
    key("ca_file", Text, "none", "A PEM file of certificates to trust for providers and for webhooks, besides the system's."),
    key("session.strategy", Choice(&["jwt", "database"]), "jwt", "Where sessions are kept: sealed in the cookie, or in the database."),
    key("session.assurance", Choice(&["aal1", "aal2"]), "none: as the profile says", "Lifetimes of a level of NIST SP 800-63B: aal1 is 30d at most, aal2 24h and 1h without use."),
    key("session.max_age", Duration, "30d", "A session that is not used for this long is over."),
    key("session.update_age", Duration, "1d", "How often a session that is in use is prolonged."),
    key("session.absolute_max_age", Limit, "30d", "How long after the sign-in a session is over, used or not.")
        .in_compat("none"),
    key("session.announce_endings", Flag, "true", "Whether every process on the same database refuses a copy of a cookie within about a second of its sign-out. Without it the others do so at `session.update_age`."),
    key("session.bearer", Flag, "false", "Whether a session's token in `Authorization: Bearer` is read where there is no cookie. Never for a POST to hallpass.")
        .in_compat("true"),
    key("email.smtp", Text, "none: nobody signs in by mail, or chooses another password who forgot theirs", "The mail server: smtps://user:password@host:465 or smtp://user:password@host:587 (STARTTLS). Turns sign-in by mail on, and with passwords the mail to whoever forgot theirs.")
    .in_development("none: mail goes to the mailbox page")
        .secret(),
    key("email.from", Text, "none", "The sender: an address, or `Name <address>`."),
    key("email.max_age", Duration, "10m", "How long a link in a mail is good.")
        .in_compat("1d"),
    key("email.other_browser", Choice(&["code", "allow"]), "code", "What a link in a mail is worth in a browser that did not ask for it: nothing without the code that the asking one shows, or as much.")
        .in_compat("allow"),
    key("email.ca_file", Text, "none", "A PEM file of certificates to trust for the mail server, besides the system's."),
    key("password.enabled", Flag, "false", "Sign-in with passwords kept by hallpass.")
    .in_development("true"),
    key("password.sign_up", Flag, "false", "Whether anybody may make an account with a password.")
    .in_development("true"),
    key("password.min_length", Count, "8", "The fewest characters of a new password."),
    key("signing.keys", List, "none: there are no signed tokens", "PEM files with the keys that sign tokens for APIs; the first signs, the public halves of all are published. `hallpass secret --signing-key es256` prints one."),
    key("signing.audience", Text, "the public URL", "For whom signed tokens are: their claim `aud`."),
    key("signing.max_age", Duration, "5m", "How long a signed token is good: 30 seconds to 1 hour. It cannot be taken back."),
    key("provider_tokens.secret", Text, "none: only an app in Rust gets them", "What the application's server shows to get tokens of providers: what `hallpass secret` prints.")
        .secret(),
    key("sign_in.allowed_domains", List, "none: everybody", "Only people who showed that an address in one of these domains is theirs may sign in."),
    key("redirect.bad_callback_url", Choice(&["home", "refuse"]), "home", "What is answered to a callbackUrl that leads elsewhere: the site in its place, or 400."),
    key("redirect.allowed_origins", List, "none: the site itself", "Origins besides the site (https://www.example.com) that a callbackUrl may lead to."),
    key("claims.*.provider", Text, "required", "The provider that says the claim."),
    key("claims.*.from", Text, "required", "The name under which it says it, or a JSON pointer such as /realm_access/roles."),
    key("claims.*.only", List, "none: whatever is said", "The values that count; others are left out."),
    key("claims.*.default", Text, "none: no claim", "What the claim is where the provider says nothing that counts, and for other ways to sign in."),
    key("claims.*.show", Text, "user. and the claim's name", "Where the session shows it to the browser."),
    key("claims.*.hidden", Flag, "false", "Whether the browser is not shown it at all."),
    key("hooks.url", Text, "none", "The application's webhook: https://, or http:// on this machine."),
    key("hooks.secret", Text, "required with a webhook", "Signs what the webhook is sent (Standard Webhooks): whsec_ and what `hallpass secret` prints.")
        .secret(),
    key("hooks.ask", List, "none", "What the webhook decides: signIn, redirect, jwt, session."),
    key("hooks.tell", List, "none", "The events it is told: signIn, signOut, createUser, updateUser, linkAccount, session."),
    key("hooks.deadline", Duration, "2s", "How long a question to it may take; after that nobody is let in."),
    key("credentials.*.name", Text, "the id", "What the sign-in page calls this way to sign in."),
    key("credentials.*.url", Text, "required", "The webhook that judges what people type."),
    key("credentials.*.fields", List, "username, password", "What people type. A name with password, pin or code in it is not shown while it is typed."),
    key("log.format", Choice(&["text", "json"]), "text", "What the log looks like."),
    key("log.level", Choice(&["error", "warn", "info", "debug", "trace"]), "info", "What is logged."),
    key("metrics.listen", Text, "none: nothing is counted", "The address and port that /metrics is on, for Prometheus. Not the public one."),
    key("otel.endpoint", Text, "none", "The base URL of an OTLP/HTTP collector that is sent traces: http://127.0.0.1:4318. Only if built with the feature otel."),
    key("demo.enabled", Flag, "false", "Whether / is a demo page.")
    .in_development("true"),
    key("providers.*.kind", Text, "the built-in entry of this id; oidc with an issuer", "Which built-in entry this is, where its id is another: for several issuers of one kind. Or what a provider without one speaks: oidc, or oauth for OAuth 2 alone."),
    key("providers.*.name", Text, "that of the built-in entry; the id", "What the button says."),
    key("providers.*.client_id", Text, "required", "The client's identifier at the provider.").or(&["AUTH_*_ID"]),
    key("providers.*.client_secret", Text, "none: a public client", "The client's secret at the provider.")
        .secret()
        .or(&["AUTH_*_SECRET"]),
    key("providers.*.issuer", Text, "that of the built-in entry", "The issuer of an OpenID Connect provider; its endpoints are found from it.")
        .or(&["AUTH_*_ISSUER"]),
    key("providers.*.authorization", Text, "from the entry or the issuer", "The authorization endpoint."),
    key("providers.*.token", Text, "from the entry or the issuer", "The token endpoint."),
    key("providers.*.userinfo", Text, "from the entry or the issuer", "The userinfo endpoint."),
    key("providers.*.jwks", Text, "from the entry or the issuer", "The URL of the provider's signing keys."),
    key("providers.*.scope", Text, "from the entry; openid email profile", "The scopes to ask for, separated by spaces."),
    key("providers.*.pkce", Flag, "true; false where the built-in entry knows the provider to refuse it", "Whether PKCE protects the code (RFC 7636). Turn it off only for a provider that refuses it."),
    key("providers.*.token_auth", Choice(&["basic", "post", "private_key_jwt", "none"]), "that of the built-in entry; private_key_jwt with a key; what the provider offers", "How the client proves itself at the token endpoint."),
    key("providers.*.private_key_file", Text, "none", "A PEM file with the key the client signs with, for private_key_jwt and for signed client secrets (.p8). A certificate in it is named by its thumbprint."),
    key("providers.*.key_id", Text, "none", "What the provider calls that key."),
    key("providers.*.team_id", Text, "none", "What the provider calls the team a signed client secret is of."),
    key("providers.*.assertion_audience", Choice(&["issuer", "token_endpoint"]), "that of the built-in entry; issuer", "Whom a private_key_jwt is for. token_endpoint is for providers that know nothing else."),
    key("providers.*.response_mode", Choice(&["query", "form_post"]), "that of the built-in entry; query", "How the provider's answer comes back: in the URL of a redirect, or in a form that the browser posts."),
    key("providers.*.clock_skew", Duration, "30s", "How far the provider's clock may differ from this machine's; 60s at most."),
    key("providers.*.keep_tokens", Flag, "false", "Whether the tokens that the provider hands out are kept, sealed, and renewed: for asking it later in the person's name."),
    key("providers.*.claims.id", Text, "sub; id for oauth", "The claim that identifies a person."),
    key("providers.*.claims.name", Text, "name", "The claim with their name."),
    key("providers.*.claims.email", Text, "email", "The claim with their address."),
    key("providers.*.claims.email_verified", Text, "email_verified; none for oauth", "The claim that says whether the address is verified."),
    key("providers.*.claims.image", Text, "picture; none for oauth", "The claim with the URL of a picture."),
    key("providers.*.danger_allow_email_account_linking", Flag, "false", "Lets whoever holds an address at this provider into the account with that address. Safe only if the provider verifies every address and never reassigns one."),
];

/// The key with this place in the file, `*` matching any one id.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| fits(key.name, name))
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => id_in(before, after, name).is_some(),
    }
}

/// What stands between `before` and `after` in `name`: a provider's id, which holds no dot.
pub(crate) fn id_in<'a>(before: &str, after: &str, name: &'a str) -> Option<&'a str> {
    let id = name.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('.')).then_some(id)
}

/// Whether this is a table of the file, such as `session` or `providers.github`.
pub(crate) fn is_table(path: &str) -> bool {
    let as_pattern = |pattern: &str| pattern == path || fits(pattern, path);
    ["providers", "claims", "credentials"].contains(&path) || KEYS.iter().any(|key| as_pattern(key.split().0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_named_once_and_says_what_it_is_for() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(!KEYS[..index].iter().any(|earlier| earlier.name == key.name), "{}", key.name);
            assert!(key.about.ends_with('.') && !key.default.is_empty(), "{}", key.name);
        }
    }

    #[test]
    fn a_star_is_one_id() {
        assert_eq!(find("providers.my-op.client_id").unwrap().name, "providers.*.client_id");
        assert_eq!(find("providers.my-op.claims.id").unwrap().name, "providers.*.claims.id");
        assert!(find("providers.client_id").is_none());
        assert!(find("providers.a.b.client_id").is_none());
        assert!(find("providers.client").is_none());
        assert!(is_table("providers") && is_table("providers.github") && is_table("providers.github.claims"));
        assert!(is_table("session") && !is_table("sesion") && !is_table("url"));
    }
}
