//! What is asked of a new password.

/// The longest password that is hashed. NIST SP 800-63B-4 asks for 64 characters at least.
pub(crate) const MAX_PASSWORD_BYTES: usize = 1024;

/// A password that is fit to be hashed.
pub(crate) struct NewPassword(String);

impl NewPassword {
    /// Long enough to be one, short enough to be hashed; nothing else is asked of it (NIST SP 800-63B-4 §3.1.1.2).
    pub(crate) fn check(password: &str, min_length: usize) -> Option<Self> {
        let fits = password.chars().count() >= min_length && password.len() <= MAX_PASSWORD_BYTES;
        fits.then(|| Self(password.to_owned()))
    }

    /// What is asked of a password, in words.
    pub(crate) fn rule(min_length: usize) -> String {
        format!("The password must have {min_length} to {MAX_PASSWORD_BYTES} characters.")
    }

    pub(crate) fn into_inner(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_measured_in_characters_and_bounded_in_bytes() {
        assert!(NewPassword::check("1234567", 8).is_none());
        assert!(NewPassword::check("12345678", 8).is_some());
        assert!(NewPassword::check("пароль88", 8).is_some());
        assert!(NewPassword::check(&"a".repeat(1024), 8).is_some());
        assert!(NewPassword::check(&"a".repeat(1025), 8).is_none());
        assert_eq!(NewPassword::check("a\0bcdefgh", 8).unwrap().into_inner(), "a\0bcdefgh");
    }
}
