//! Two sets of defaults. Each of them is a setting of its own, which can be set over the profile; nothing else hangs on
//! its name, and no cookie is called otherwise because of it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::options::{
    Assurance, BadCallbackUrl, Bearer, EmailOptions, Endings, OtherBrowser, SessionOptions, Strategy,
};

const DAY: Duration = Duration::from_secs(86_400);

/// A set of defaults.
///
/// ```
/// use std::time::Duration;
///
/// use hallpass::{OtherBrowser, Profile};
///
/// assert_eq!(Profile::default(), Profile::Strict);
/// assert_eq!(Profile::Strict.email().max_age, Duration::from_secs(600));
/// assert_eq!(Profile::Compat.email().other_browser, OtherBrowser::Allow);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// What OWASP ASVS 5.0 asks for. For applications that start with hallpass.
    #[default]
    Strict,
    /// What an application that comes from NextAuth.js is used to, as far as that is safe.
    Compat,
}

impl Profile {
    /// Their names, in the order of the variants.
    pub const NAMES: &'static [&'static str] = &["strict", "compat"];
    /// Both.
    pub const ALL: [Self; 2] = [Self::Strict, Self::Compat];

    /// Its name in a configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Compat => "compat",
        }
    }

    /// How sessions are kept. Both keep them for 30 days and prolong them daily; `Strict` ends them 30 days after the
    /// sign-in (OWASP ASVS 5.0 §7.3.2) and takes them from the cookie alone.
    pub const fn session(self) -> SessionOptions {
        let lasts = Duration::from_secs(30 * 86_400);
        let (absolute_max_age, bearer) = match self {
            Self::Strict => (Some(lasts), Bearer::Refused),
            Self::Compat => (None, Bearer::Read),
        };
        SessionOptions {
            strategy: Strategy::Jwt,
            max_age: lasts,
            update_age: DAY,
            absolute_max_age,
            endings: Endings::Announced,
            bearer,
        }
    }

    /// How long a link in a mail is good, and in which browser: `Strict` follows OWASP ASVS 5.0 §6.5.5 and §6.6.2.
    pub const fn email(self) -> EmailOptions {
        match self {
            Self::Strict => {
                EmailOptions { max_age: Duration::from_secs(600), other_browser: OtherBrowser::AskForCode }
            }
            Self::Compat => EmailOptions { max_age: DAY, other_browser: OtherBrowser::Allow },
        }
    }

    /// What is answered to a `callbackUrl` that is not of this site. Both lead home, as the documentation of NextAuth.js
    /// promises: no redirect leaves the site either way.
    pub const fn bad_callback_url(self) -> BadCallbackUrl {
        match self {
            Self::Strict | Self::Compat => BadCallbackUrl::LeadHome,
        }
    }
}

impl SessionOptions {
    /// These options with the lifetimes of a level of NIST SP 800-63B §2.
    #[must_use]
    pub fn assured(self, level: Assurance) -> Self {
        let hour = Duration::from_secs(3600);
        let (max_age, limit) = match level {
            Assurance::Aal1 => (30 * DAY, 30 * DAY),
            Assurance::Aal2 => (hour, DAY),
        };
        // A quarter of an hour of not being noticed is much of an hour, and nothing of a month.
        let update_age = match level {
            Assurance::Aal1 => DAY,
            Assurance::Aal2 => Duration::from_secs(300),
        };
        Self { max_age, update_age, absolute_max_age: Some(limit), ..self }
    }
}

impl Default for SessionOptions {
    fn default() -> Self {
        Profile::default().session()
    }
}

impl Default for EmailOptions {
    fn default() -> Self {
        Profile::default().email()
    }
}

/// There is no profile of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownProfile;

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the profiles are strict and compat")
    }
}

impl std::error::Error for UnknownProfile {}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        Self::ALL.into_iter().find(|profile| profile.name() == name).ok_or(UnknownProfile)
    }
}

#[cfg(test)]
mod tests;
