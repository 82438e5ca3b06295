//! The codes of `?error=`.

/// Why a person is shown a page instead of being signed in. These are the codes of next-auth 4; anything more
/// exact stands in the log only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The server is not set up right, or cannot work at the moment.
    Configuration,
    /// The person may not sign in.
    AccessDenied,
    /// The link in the mail is spent, expired or not ours.
    Verification,
    /// Anything else.
    Default,
    /// Starting a sign-in failed.
    Signin,
    /// The OAuth flow could not be started.
    OAuthSignin,
    /// The provider's answer did not hold.
    OAuthCallback,
    /// The user of an OAuth sign-in could not be made.
    OAuthCreateAccount,
    /// The user of a mail sign-in could not be made.
    EmailCreateAccount,
    /// The provider said no.
    Callback,
    /// The address belongs to a user who signs in another way.
    OAuthAccountNotLinked,
    /// The mail could not be sent.
    EmailSignin,
    /// Unknown user or wrong password.
    CredentialsSignin,
    /// A page wants a signed-in user.
    SessionRequired,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 14] = [
        Self::Configuration,
        Self::AccessDenied,
        Self::Verification,
        Self::Default,
        Self::Signin,
        Self::OAuthSignin,
        Self::OAuthCallback,
        Self::OAuthCreateAccount,
        Self::EmailCreateAccount,
        Self::Callback,
        Self::OAuthAccountNotLinked,
        Self::EmailSignin,
        Self::CredentialsSignin,
        Self::SessionRequired,
    ];

    /// As it stands in a URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "Configuration",
            Self::AccessDenied => "AccessDenied",
            Self::Verification => "Verification",
            Self::Default => "Default",
            Self::Signin => "Signin",
            Self::OAuthSignin => "OAuthSignin",
            Self::OAuthCallback => "OAuthCallback",
            Self::OAuthCreateAccount => "OAuthCreateAccount",
            Self::EmailCreateAccount => "EmailCreateAccount",
            Self::Callback => "Callback",
            Self::OAuthAccountNotLinked => "OAuthAccountNotLinked",
            Self::EmailSignin => "EmailSignin",
            Self::CredentialsSignin => "CredentialsSignin",
            Self::SessionRequired => "SessionRequired",
        }
    }

    /// Reads a code, whatever its case.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_in_any_case() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::parse(&code.as_str().to_lowercase()), Some(code));
        }
        assert_eq!(ErrorCode::parse("<script>"), None);
    }
}
