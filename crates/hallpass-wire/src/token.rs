//! What session tokens look like, and how their keys come from the secret.

/// The form of a session token. Each has one algorithm, and whatever else a token's header asks for is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFormat {
    /// Signed and legible: a JWS with `HS512` (RFC 7515). next-auth 3.
    Hs512,
    /// Sealed: a JWE with `dir` and `A256GCM` (RFC 7518 §5.3). next-auth 4.
    A256Gcm,
    /// Sealed: a JWE with `dir` and `A256CBC-HS512` (RFC 7518 §5.2.5), whose header names the key. Auth.js 5.
    A256CbcHs512,
}

impl TokenFormat {
    /// How the key comes from the secret; `cookie` is the name of the session's cookie.
    pub fn derivation(self, cookie: &str) -> KeyDerivation {
        match self {
            Self::Hs512 => KeyDerivation::unsalted("NextAuth.js Generated Signing Key"),
            Self::A256Gcm => KeyDerivation::unsalted(SEALING),
            Self::A256CbcHs512 => KeyDerivation {
                salt: cookie.to_owned(),
                info: format!("Auth.js Generated Encryption Key ({cookie})"),
            },
        }
    }
}

const SEALING: &str = "NextAuth.js Generated Encryption Key";

/// The inputs of HKDF-SHA256 (RFC 5869 §2) beside the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDerivation {
    /// The salt; a cookie's name, or nothing.
    pub salt: String,
    /// The info.
    pub info: String,
}

impl KeyDerivation {
    fn unsalted(info: &str) -> Self {
        Self { salt: String::new(), info: info.to_owned() }
    }

    /// The key of a sealed value that is no session, as next-auth 4 makes it: the purpose, a cookie's name, is the salt.
    pub fn of_purpose(purpose: &str) -> Self {
        Self { salt: purpose.to_owned(), info: format!("{SEALING} ({purpose})") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_purposes_have_one_key() {
        let cookie = "authjs.session-token";
        let formats = [TokenFormat::Hs512, TokenFormat::A256Gcm, TokenFormat::A256CbcHs512];
        let mut all: Vec<_> = formats.map(|format| format.derivation(cookie)).into();
        all.push(TokenFormat::A256CbcHs512.derivation("__Secure-authjs.session-token"));
        all.extend([cookie, "next-auth.state", ""].map(KeyDerivation::of_purpose));
        for (at, one) in all.iter().enumerate() {
            assert!(!all.iter().skip(at + 1).any(|other| other == one), "{one:?}");
        }
    }
}
