//! What the claims of an ID token have to say, once its signature is known to be good. Its tests are in `id_token.rs`.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use super::{Expected, IdTokenError, MAX_SKEW};
use crate::algorithm::Algorithm;
use crate::profile::is_sound_id;
use crate::secret::{AccessToken, Code};

/// How old a token may be, in seconds. In the code flow it is made when the code is exchanged, so seconds would do;
/// a day lets providers pass that hand out the token of an earlier sign-in, and still refuses a forgotten one.
pub(super) const MAX_AGE_OF_TOKEN: u64 = 24 * 60 * 60;

pub(super) struct Checks<'a> {
    pub(super) claims: &'a Map<String, Value>,
    /// The issuer that the key is kept for, where the set of keys says so.
    pub(super) key_issuer: Option<&'a str>,
    pub(super) expected: &'a Expected<'a>,
}

impl Checks<'_> {
    /// Every rule of OpenID Connect Core §3.1.3.7 that is about a claim.
    pub(super) fn all(&self, algorithm: Algorithm) -> Result<(), IdTokenError> {
        self.parties()?;
        self.times()?;
        self.transaction(algorithm)?;
        self.freshness()
    }

    /// Who made the token, about whom, for whom.
    fn parties(&self) -> Result<(), IdTokenError> {
        self.issuer()?;
        if !is_sound_id(self.needed_text("sub")?) {
            return Err(IdTokenError::BadClaim("sub"));
        }
        let client_id = self.expected.client_id;
        let audience = self.audience()?;
        if !audience.contains(&client_id) {
            return Err(IdTokenError::WrongAudience);
        }
        match self.text("azp")? {
            Some(party) if party != client_id => Err(IdTokenError::WrongParty),
            None if audience.iter().any(|other| *other != client_id) => Err(IdTokenError::WrongParty),
            _ => Ok(()),
        }
    }

    /// `iss` is the one issuer, or the issuer of the tenant that the token says it is of. A set of keys for all tenants
    /// may keep some for one of them: with such a key nobody else's token is signed.
    fn issuer(&self) -> Result<(), IdTokenError> {
        let said = self.needed_text("iss")?;
        let Some(tenants) = self.expected.tenants else {
            return if said == self.expected.issuer { Ok(()) } else { Err(IdTokenError::WrongIssuer) };
        };
        let template = self.expected.issuer;
        let own = tenants.issuer(template, self.needed_text(tenants.claim)?);
        let key_fits = self.key_issuer.is_none_or(|kept_for| kept_for == template || kept_for == said);
        if own.as_deref() == Some(said) && key_fits { Ok(()) } else { Err(IdTokenError::WrongIssuer) }
    }

    fn audience(&self) -> Result<Vec<&str>, IdTokenError> {
        match self.claims.get("aud") {
            None => Err(IdTokenError::Missing("aud")),
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(several)) => {
                let texts = several.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
                texts.ok_or(IdTokenError::BadClaim("aud"))
            }
            Some(_) => Err(IdTokenError::BadClaim("aud")),
        }
    }

    /// When the token is valid.
    fn times(&self) -> Result<(), IdTokenError> {
        let (now, skew) = (self.expected.now, self.skew());
        let expires = self.time("exp")?.ok_or(IdTokenError::Missing("exp"))?;
        let issued = self.time("iat")?.ok_or(IdTokenError::Missing("iat"))?;
        if expires.saturating_add(skew) <= now {
            return Err(IdTokenError::Expired);
        }
        let latest = now.saturating_add(skew);
        if issued > latest || self.time("nbf")?.is_some_and(|not_before| not_before > latest) {
            return Err(IdTokenError::NotYet);
        }
        if issued.saturating_add(MAX_AGE_OF_TOKEN).saturating_add(skew) < now {
            return Err(IdTokenError::TooOld);
        }
        Ok(())
    }

    /// Which sign-in the token belongs to.
    fn transaction(&self, algorithm: Algorithm) -> Result<(), IdTokenError> {
        if let Some(nonce) = self.expected.nonce {
            let said = self.needed_text("nonce")?;
            if !bool::from(said.as_bytes().ct_eq(nonce.as_bytes())) {
                return Err(IdTokenError::NonceMismatched);
            }
        }
        let access_token = self.expected.access_token.map(AccessToken::expose);
        if !self.hash_fits("at_hash", access_token, algorithm)? {
            return Err(IdTokenError::AccessTokenMismatched);
        }
        if !self.hash_fits("c_hash", self.expected.code.map(Code::expose), algorithm)? {
            return Err(IdTokenError::CodeMismatched);
        }
        Ok(())
    }

    /// OpenID Connect Core §3.1.3.6: the left half of the hash. Fits also where there is nothing to compare.
    fn hash_fits(
        &self,
        claim: &'static str,
        of: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<bool, IdTokenError> {
        let (Some(said), Some(of)) = (self.text(claim)?, of) else { return Ok(true) };
        let hash = digest::digest(algorithm.hash(), of.as_bytes());
        let half = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..hash.as_ref().len() / 2]);
        Ok(said.as_bytes().ct_eq(half.as_bytes()).into())
    }

    /// When and how the person signed in at the provider, where that was asked for.
    fn freshness(&self) -> Result<(), IdTokenError> {
        if let Some(max_age) = self.expected.max_age {
            let authenticated = self.time("auth_time")?.ok_or(IdTokenError::Missing("auth_time"))?;
            if authenticated > self.expected.now.saturating_add(self.skew()) {
                return Err(IdTokenError::NotYet);
            }
            if authenticated.saturating_add(max_age).saturating_add(self.skew()) < self.expected.now {
                return Err(IdTokenError::AuthenticationTooOld);
            }
        }
        if !self.expected.acr.is_empty() && !self.expected.acr.contains(&self.needed_text("acr")?) {
            return Err(IdTokenError::WrongContext);
        }
        Ok(())
    }

    fn skew(&self) -> u64 {
        self.expected.skew.min(MAX_SKEW)
    }

    fn needed_text(&self, claim: &'static str) -> Result<&str, IdTokenError> {
        self.text(claim)?.ok_or(IdTokenError::Missing(claim))
    }

    fn text(&self, claim: &'static str) -> Result<Option<&str>, IdTokenError> {
        match self.claims.get(claim) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(IdTokenError::BadClaim(claim)),
        }
    }

    /// A NumericDate (RFC 7519 §2): seconds, a fraction is dropped.
    fn time(&self, claim: &'static str) -> Result<Option<u64>, IdTokenError> {
        /// The year 9999 and more is no date of a token.
        const LATEST: f64 = 253_402_300_799.0;
        let Some(value) = self.claims.get(claim) else { return Ok(None) };
        let seconds = value.as_f64().filter(|seconds| (0.0..=LATEST).contains(seconds));
        // In that range a float holds every whole second, so nothing is lost or cut.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        seconds.map(|seconds| Some(seconds as u64)).ok_or(IdTokenError::BadClaim(claim))
    }
}
