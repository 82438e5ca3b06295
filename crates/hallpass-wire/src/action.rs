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
            ("callback", Some(provider)) => Some(Self::Callback(provider)),
            ("signout", None) => Some(Self::SignOut),
            ("verify-request", None) => Some(Self::VerifyRequest),
            ("error", code) => Some(Self::Error(code)),
            ("_log", None) => Some(Self::Log),
            _ => None,
        }
    }

    /// Whether somebody goes somewhere else afterwards, so that a `callbackUrl` counts.
    pub const fn leads_on(self) -> bool {
        matches!(self, Self::SignIn(_) | Self::SignUp | Self::Callback(_) | Self::SignOut)
    }

    /// A name for the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Providers => "providers",
            Self::Csrf => "csrf",
            Self::Session => "session",
            Self::SignIn(_) => "signin",
            Self::SignUp => "signup",
            Self::Callback(_) => "callback",
            Self::SignOut => "signout",
            Self::VerifyRequest => "verify-request",
            Self::Error(_) => "error",
            Self::Log => "_log",
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
            Self::Callback(provider) => format!("/callback/{provider}"),
            Self::SignOut => "/signout".into(),
            Self::VerifyRequest => "/verify-request".into(),
            Self::Error(None) => "/error".into(),
            Self::Error(Some(code)) => format!("/error/{code}"),
            Self::Log => "/_log".into(),
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
        ] {
            assert_eq!(Action::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_that_is_written_is_read_back() {
        for action in [
            Action::Providers,
            Action::Csrf,
            Action::Session,
            Action::SignIn(None),
            Action::SignIn(Some("a")),
            Action::SignUp,
            Action::Callback("a"),
            Action::SignOut,
            Action::VerifyRequest,
            Action::Error(None),
            Action::Error(Some("AccessDenied")),
            Action::Log,
        ] {
            assert_eq!(Action::parse(&action.path()), Some(action));
        }
    }
}
