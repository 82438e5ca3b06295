//! Paths under the base path.

/// What a path below the base path asks for. The segments are compared byte for byte: no decoding, no case
/// folding, no dot segments, so that route, guard and limiter can never read one path in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// `/providers`: which ways to sign in there are.
    Providers,
    /// `/csrf`: the anti-forgery token.
    Csrf,
    /// `/session`: who is signed in.
    Session,
    /// `/signin` and `/signin/{provider}`: the sign-in page, and the start of a sign-in.
    SignIn(Option<&'a str>),
    /// `/signup`: a new user with a password. A page of hallpass; NextAuth.js has none.
    SignUp,
    /// `/password`: another password for whoever is signed in. Of hallpass; NextAuth.js has none.
    Password,
    /// `/password/reset`: a mail for whoever forgot theirs. Of hallpass.
    PasswordReset,
    /// `/password/new`: where the link in that mail leads. Of hallpass.
    NewPassword,
    /// `/callback/{provider}`: where a sign-in comes back.
    Callback(&'a str),
    /// `/signout`.
    SignOut,
    /// `/verify-request`: "check your mail".
    VerifyRequest,
    /// `/error` and `/error/{code}`.
    Error(Option<&'a str>),
    /// `/_log`: where clients report their errors.
    Log,
    /// `/token`: who is signed in, signed for an API. Of hallpass; NextAuth.js has none.
    Token,
    /// `/jwks` and `/.well-known/jwks.json`: the public keys of those tokens. Of hallpass.
    Jwks,
    /// `/provider-token/{provider}`: what asks a provider in somebody's name, for the application's server. Of hallpass.
    ProviderToken(&'a str),
    /// `/openapi.json`: the description of all of these. Of hallpass.
    OpenApi,
}

impl Action<'static> {
    /// One of each, with `{provider}` and `{code}` where a path has a part that changes: the templates of OpenAPI.
    pub const EVERY: [Self; 19] = [
        Self::Session,
        Self::Csrf,
        Self::Providers,
        Self::SignIn(None),
        Self::SignIn(Some("{provider}")),
        Self::SignUp,
        Self::Password,
        Self::PasswordReset,
        Self::NewPassword,
        Self::Callback("{provider}"),
        Self::SignOut,
        Self::VerifyRequest,
        Self::Error(None),
        Self::Error(Some("{code}")),
        Self::Log,
        Self::Token,
        Self::Jwks,
        Self::ProviderToken("{provider}"),
        Self::OpenApi,
    ];
}

impl<'a> Action<'a> {
    /// Reads a path as it stands after the base path, starting with `/`, without the query.
    pub fn parse(path: &'a str) -> Option<Self> {
        let mut segments = path.strip_prefix('/')?.splitn(2, '/');
        let (first, second) = (segments.next()?, segments.next());
        if second.is_some_and(|id| id.is_empty() || id.contains('/')) {
            return None;
        }
        match (first, second) {
            ("providers", None) => Some(Self::Providers),
            ("csrf", None) => Some(Self::Csrf),
            ("session", None) => Some(Self::Session),
            ("signin", provider) => Some(Self::SignIn(provider)),
            ("signup", None) => Some(Self::SignUp),
            ("password", None) => Some(Self::Password),
            ("password", Some("reset")) => Some(Self::PasswordReset),
            ("password", Some("new")) => Some(Self::NewPassword),
            ("callback", Some(provider)) => Some(Self::Callback(provider)),
            ("signout", None) => Some(Self::SignOut),
            ("verify-request", None) => Some(Self::VerifyRequest),
            ("error", code) => Some(Self::Error(code)),
            ("_log", None) => Some(Self::Log),
            ("token", None) => Some(Self::Token),
            ("jwks", None) | (".well-known", Some("jwks.json")) => Some(Self::Jwks),
            ("provider-token", Some(provider)) => Some(Self::ProviderToken(provider)),
            ("openapi.json", None) => Some(Self::OpenApi),
            _ => None,
        }
    }

    /// Whether somebody goes somewhere else afterwards, so that a `callbackUrl` counts.
    pub const fn leads_on(self) -> bool {
        let ours = matches!(self, Self::SignUp | Self::Password | Self::PasswordReset);
        ours || matches!(self, Self::SignIn(_) | Self::Callback(_) | Self::SignOut)
    }

    /// Whether the answer sets none of the cookies that every visit gets: it is the same for everybody, or for no browser.
    pub const fn sets_no_cookie(self) -> bool {
        matches!(self, Self::Providers | Self::Token | Self::Jwks | Self::ProviderToken(_) | Self::OpenApi)
    }

    /// A name for the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Providers => "providers",
            Self::Csrf => "csrf",
            Self::Session => "session",
            Self::SignIn(_) => "signin",
            Self::SignUp => "signup",
            Self::Password => "password",
            Self::PasswordReset => "password-reset",
            Self::NewPassword => "password-new",
            Self::Callback(_) => "callback",
            Self::SignOut => "signout",
            Self::VerifyRequest => "verify-request",
            Self::Error(_) => "error",
            Self::Log => "_log",
            Self::Token => "token",
            Self::Jwks => "jwks",
            Self::ProviderToken(_) => "provider-token",
            Self::OpenApi => "openapi",
        }
    }

    /// The path of this action, to be appended to the base path.
    pub fn path(self) -> String {
        match self {
            Self::Providers => "/providers".into(),
            Self::Csrf => "/csrf".into(),
            Self::Session => "/session".into(),
            Self::SignIn(None) => "/signin".into(),
            Self::SignIn(Some(provider)) => format!("/signin/{provider}"),
            Self::SignUp => "/signup".into(),
            Self::Password => "/password".into(),
            Self::PasswordReset => "/password/reset".into(),
            Self::NewPassword => "/password/new".into(),
            Self::Callback(provider) => format!("/callback/{provider}"),
            Self::SignOut => "/signout".into(),
            Self::VerifyRequest => "/verify-request".into(),
            Self::Error(None) => "/error".into(),
            Self::Error(Some(code)) => format!("/error/{code}"),
            Self::Log => "/_log".into(),
            Self::Token => "/token".into(),
            Self::Jwks => "/jwks".into(),
            Self::ProviderToken(provider) => format!("/provider-token/{provider}"),
            Self::OpenApi => "/openapi.json".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_spellings_of_a_path_are_no_action() {
        for path in [
            "",
            "session",
            "//session",
            "/session/",
            "/Session",
            "/session/x",
            "/callback",
            "/callback/",
            "/callback/a/b",
            "/./session",
            "/%73ession",
            "/signin/",
            "/nonsense",
            "/_log/x",
            "/.well-known",
            "/.well-known/",
            "/.well-known/openid-configuration",
            "/jwks.json",
            "/token/x",
            "/openapi",
            "/password/",
            "/password/old",
            "/password/reset/x",
            "/password/Reset",
        ] {
            assert_eq!(Action::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_that_is_written_is_read_back() {
        for action in Action::EVERY {
            assert_eq!(Action::parse(&action.path()), Some(action));
        }
        assert_eq!(Action::parse("/.well-known/jwks.json"), Some(Action::Jwks), "where many libraries look");
    }
}
