//! What can be wrong with a configuration.

use std::fmt;

use hallpass_wire::DEFAULT_BASE_PATH;

/// What is wrong with a configuration. The operator's fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// The public URL is no http or https origin.
    Url(String),
    /// The base path is no plain path.
    BasePath(String),
    /// There is no secret, or an empty one.
    Secret,
    /// Lifetimes that cannot be, or contradict each other.
    Lifetimes,
    /// A provider's id would not fit into a path.
    ProviderId(String),
    /// Two providers have the same id.
    ProviderTwice(String),
    /// No password could be as long as the shortest one has to be, or an empty one would do.
    PasswordLength(usize),
    /// There is no key to sign with, or one twice.
    SigningKeys,
    /// Tokens are for nobody.
    SigningAudience,
    /// Tokens are good for too long or not long enough.
    SigningMaxAge,
    /// The secret that the application's server shows is shorter than 32 characters.
    ApplicationSecret,
    /// The logo is neither a path of the site nor an https URL.
    Logo(String),
    /// A page of the application's own is none of the site.
    Page(String),
    /// The system has no random bytes.
    Entropy,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => {
                write!(f, "url {url:?} is no origin: write it as https://app.example.com, without a path, query or password")
            }
            Self::BasePath(path) => write!(
                f,
                "base path {path:?} must start with / and hold only letters, digits and / - _ . ~: write it as {DEFAULT_BASE_PATH}"
            ),
            Self::Secret => f.write_str("the secret is missing or empty: `hallpass secret` prints a good one"),
            Self::Lifetimes => f.write_str(
                "lifetimes are impossible or contradict each other: each is 1 second to 10 years, and update_age ≤ max_age ≤ absolute_max_age",
            ),
            Self::ProviderId(id) => {
                write!(f, "provider id {id:?} must have 1 to 64 letters, digits, - _ or . so that it fits into a path")
            }
            Self::PasswordLength(length) => {
                write!(f, "passwords cannot have at least {length} characters: say 1 to 1024, better 15")
            }
            Self::SigningKeys => {
                f.write_str("signing needs at least one key, and none twice: leave it out to sign nothing")
            }
            Self::SigningAudience => {
                f.write_str("the audience of signed tokens is empty: leave it out for the public URL")
            }
            Self::SigningMaxAge => f.write_str(
                "signed tokens cannot be taken back: they are good for 30 seconds to 1 hour, better 5 minutes",
            ),
            Self::ApplicationSecret => f.write_str(
                "the secret of the application's server is shorter than 32 characters: `hallpass secret` prints one",
            ),
            Self::Logo(logo) => {
                write!(f, "{logo:?} is no logo that pages can show: write it as /logo.svg or https://…")
            }
            Self::Page(page) => {
                write!(
                    f,
                    "{page:?} is no page of the application on this site: write it as /signin, not below the base path, \
                     where hallpass itself answers"
                )
            }
            Self::Entropy => f.write_str("the system has no random bytes: without them no token can be made"),
            Self::ProviderTwice(id) => {
                write!(f, "two providers have the id {id:?}: give one of them another")
            }
        }
    }
}

impl std::error::Error for ConfigError {}
