//! The anti-forgery token: a double submit, bound to the deployment's secret (wire §5.1).

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::Setup;
use crate::cookies::{Cookies, Found};
use crate::error::Fault;
use crate::secret::Secret;

/// The browser's token: the one of its cookie where that holds, else a fresh one.
pub(crate) struct CsrfToken {
    token: String,
    cookie: String,
    pub(crate) state: State,
}

/// What the browser brought.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// A pair that holds.
    Kept,
    /// Nothing that holds.
    Fresh,
    /// Two cookies.
    Repeated,
}

impl CsrfToken {
    /// Reads the cookie, or makes a fresh pair.
    pub(crate) fn open(setup: &Setup, cookies: &Cookies<'_>) -> Result<Self, Fault> {
        let name = &setup.names.csrf;
        if let Some(cookie) = cookies.value(name)
            && let Some((token, hash)) = cookie.split_once('|')
            && is_token(token)
            && setup.secrets.iter().any(|secret| fits(token, hash, secret))
        {
            return Ok(Self { token: token.to_owned(), cookie: String::new(), state: State::Kept });
        }
        let state = if cookies.find(name) == Found::Repeated { State::Repeated } else { State::Fresh };
        Ok(Self { state, ..Self::fresh(setup)? })
    }

    /// A fresh pair.
    pub(crate) fn fresh(setup: &Setup) -> Result<Self, Fault> {
        let mut bytes = [0; 32];
        setup.world.random.fill(&mut bytes)?;
        let token = hex(&bytes);
        let secret = setup.secrets.first().ok_or(Fault::Broken("no_secret"))?;
        let cookie = format!("{token}|{}", hash(&token, secret));
        Ok(Self { token, cookie, state: State::Fresh })
    }

    /// What a form has to carry: 64 hexadecimal digits.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// The cookie's value, where [`Self::is_fresh`].
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Whether the browser has yet to be given the cookie.
    pub(crate) fn is_fresh(&self) -> bool {
        self.state != State::Kept
    }
}

fn is_token(token: &str) -> bool {
    token.len() == 64 && token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn fits(token: &str, sent: &str, secret: &Secret) -> bool {
    hash(token, secret).as_bytes().ct_eq(sent.as_bytes()).into()
}

fn hash(token: &str, secret: &Secret) -> String {
    let digest = Sha256::new().chain_update(token).chain_update(secret.expose()).finalize();
    hex(&digest)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(DIGITS.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_next_auth_writes() {
        assert_eq!(
            hash(&"a".repeat(64), &Secret::new("topsecret")),
            "173b9f9913ff6c9d305203b115c79a205377330ba71af367ffb9c4009712e81d"
        );
    }

    #[test]
    fn only_64_lower_case_digits_are_a_token() {
        assert!(is_token(&"0".repeat(64)));
        for bad in ["", "abc", &"A".repeat(64), &"g".repeat(64), &"0".repeat(65)] {
            assert!(!is_token(bad), "{bad}");
        }
    }
}
