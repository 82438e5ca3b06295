//! The deployment's secret, and the keys that come from it.

use std::fmt;

use hallpass_wire::KeyDerivation;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// A secret of the deployment. At least 32 random bytes; `hallpass secret` prints one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps the secret as it stands in the configuration.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// A key for one purpose: HKDF-SHA256 (RFC 5869). `None` where it can be no key of that length.
    pub(crate) fn derive<const N: usize>(&self, derivation: &KeyDerivation) -> Option<Zeroizing<[u8; N]>> {
        let mut bytes = Zeroizing::new([0; N]);
        Hkdf::<Sha256>::new(Some(derivation.salt.as_bytes()), self.expose().as_bytes())
            .expand(derivation.info.as_bytes(), bytes.as_mut())
            .ok()?;
        Some(bytes)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Appendix B of `wire`, cross-checked with Node: HKDF with `next-auth.state` as the salt.
    #[test]
    fn a_key_of_one_purpose_is_that_of_next_auth_4() {
        let key = Secret::new("topsecret").derive::<32>(&KeyDerivation::of_purpose("next-auth.state"));
        let hex: String = key.unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "c04e62fe2612c90056da45b0eb1f78e8988b22921ce6091508c787ad920a3c9a");
    }
}
