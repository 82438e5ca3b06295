//! Session tokens of every generation: one is written, all are read.

use hallpass_wire::{CookieNames, TokenFormat, Wire};

use crate::jose::{A256CbcHs512, A256Gcm, Hs512, open_nested};
use crate::secret::Secret;
use crate::world::{OutOfEntropy, Random};

/// The keys of all generations, from the same secrets.
pub(crate) struct SessionTokens {
    written: TokenFormat,
    signed: Hs512,
    sealed: A256Gcm,
    /// By the names that the cookie may have had: Auth.js salts its key with it. Our own comes first.
    paired: Vec<A256CbcHs512>,
}

impl SessionTokens {
    /// `None` where there is no secret or the crypto library refuses a key.
    pub(crate) fn new(secrets: &[Secret], wire: Wire, names: &CookieNames) -> Option<Self> {
        let theirs = [true, false].map(|secure| Wire::V5.cookie_names(secure).session);
        let mut cookies = vec![&names.session];
        cookies.extend(theirs.iter().filter(|cookie| **cookie != names.session));
        let paired =
            |cookie: &&String| A256CbcHs512::new(secrets, &TokenFormat::A256CbcHs512.derivation(cookie));
        Some(Self {
            written: wire.session_format(),
            signed: Hs512::new(secrets, &TokenFormat::Hs512.derivation(&names.session))?,
            sealed: A256Gcm::new(secrets, &TokenFormat::A256Gcm.derivation(&names.session))?,
            paired: cookies.iter().map(paired).collect::<Option<_>>()?,
        })
    }

    /// A token around the claims, in the form of the wire that is spoken.
    pub(crate) fn write(&self, random: &dyn Random, claims: &[u8]) -> Result<String, OutOfEntropy> {
        match self.written {
            TokenFormat::Hs512 => self.signed.sign(claims).ok_or(OutOfEntropy),
            TokenFormat::A256Gcm => self.sealed.seal(random, claims),
            TokenFormat::A256CbcHs512 => self.paired.first().ok_or(OutOfEntropy)?.seal(random, claims),
        }
    }

    /// The claims in a token of any generation, or nothing.
    pub(crate) fn read(&self, token: &str) -> Option<Vec<u8>> {
        self.sealed
            .open(token)
            .or_else(|| self.signed.open(token))
            .or_else(|| self.paired.iter().find_map(|paired| paired.open(token)))
            .or_else(|| open_nested(&self.sealed, &self.signed, token))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::world::fixed::Fixed;

    fn tokens(wire: Wire, secret: &str) -> SessionTokens {
        SessionTokens::new(&[Secret::new(secret)], wire, &wire.cookie_names(false)).unwrap()
    }

    /// Recorded from the npm packages with the secret `topsecret`.
    const RECORDED: [(&str, &str); 4] = [
        ("v3", include_str!("../../testdata/next-auth-v3.jws")),
        ("v3, encrypted", include_str!("../../testdata/next-auth-v3.jwe")),
        ("v4", include_str!("../../testdata/next-auth-v4.jwe")),
        ("v5", include_str!("../../testdata/authjs-v5.jwe")),
    ];

    #[test]
    fn under_every_wire_a_token_of_every_generation_opens() {
        for wire in Wire::ALL {
            for (name, token) in RECORDED {
                let claims = tokens(*wire, "topsecret").read(token.trim());
                let claims: Value = serde_json::from_slice(&claims.expect(name)).unwrap();
                assert_eq!((&claims["sub"], &claims["iat"]), (&"7".into(), &1_795_431_123.into()), "{name}");
                assert!(tokens(*wire, "another").read(token.trim()).is_none(), "{name}");
            }
        }
    }

    #[test]
    fn what_one_wire_writes_another_reads() {
        let random = Fixed::new().world().random;
        for writes in Wire::ALL {
            let token = tokens(*writes, "topsecret").write(random.as_ref(), b"{}").unwrap();
            for reads in Wire::ALL {
                assert_eq!(tokens(*reads, "topsecret").read(&token).unwrap(), b"{}");
            }
        }
    }

    #[test]
    fn the_bytes_of_one_generation_under_the_header_of_another_are_refused() {
        for (from, token) in RECORDED {
            for (under, other) in RECORDED.into_iter().filter(|(name, _)| *name != from) {
                let (header, _) = other.split_once('.').unwrap();
                let (_, rest) = token.trim().split_once('.').unwrap();
                assert!(
                    tokens(Wire::V4, "topsecret").read(&format!("{header}.{rest}")).is_none(),
                    "{from} under {under}"
                );
            }
        }
    }
}
