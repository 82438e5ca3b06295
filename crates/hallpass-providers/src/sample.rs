//! What a provider's documentation shows of a person, to read a profile from: for the test that walks every entry.

use hallpass_oauth::Profile;
use serde_json::Value;

/// One documented answer and what is to be read from it.
pub(crate) struct Sample {
    /// Where the answer is documented.
    pub(crate) source: &'static str,
    /// The answer as [`hallpass_oauth::userinfo::Lookup`] leaves it.
    pub(crate) said: fn() -> Value,
    /// `id`, `name`, `email` and `image`.
    pub(crate) profile: (&'static str, Option<&'static str>, Option<&'static str>, Option<&'static str>),
    /// Whether the address counts as verified.
    pub(crate) verified: bool,
}

impl Sample {
    /// Fails unless the profile is the one to be read.
    pub(crate) fn check(&self, read: &Profile) {
        let (id, name, email, image) = self.profile;
        assert_eq!(read.id, id, "{}", self.source);
        assert_eq!(read.name.as_deref(), name, "{}", self.source);
        assert_eq!(read.email.as_deref(), email, "{}", self.source);
        assert_eq!(read.image.as_deref(), image, "{}", self.source);
        assert_eq!(read.email_verified, self.verified, "{}", self.source);
    }
}
