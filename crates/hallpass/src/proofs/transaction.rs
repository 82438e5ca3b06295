//! An OAuth transaction: what one tab started, kept in a sealed cookie of its own.
//!
//! The cookie's name holds a key made from the state, so five tabs have five transactions. Its content binds
//! state, nonce and PKCE verifier to each other, to the provider, and to the time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallpass_store::{OneTimeToken, Purpose, Timestamp, TokenHash, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use subtle::ConstantTimeEq;

use crate::config::Setup;
use crate::cookies::{Found, SetCookie};
use crate::error::Fault;
use crate::exchange::Exchange;

/// A sign-in has to come back within 15 minutes (wire §5.2).
const MAX_AGE: Duration = Duration::from_secs(15 * 60);

/// More sign-ins than this at once in one browser, and the header would grow too long: the oldest go.
const MAX_OPEN: usize = 8;
/// One answer clears no more than this, whatever somebody planted.
const MOST_CLEARED: usize = 12;

/// What a transaction's cookie holds.
#[derive(Serialize, Deserialize)]
struct Sealed {
    provider: String,
    client_id: String,
    state: String,
    nonce: String,
    verifier: String,
    callback_url: String,
    /// Who was signed in when it started: to them the account will be linked.
    user: Option<String>,
    /// Seconds since the Unix epoch.
    iat: u64,
    /// Seconds since the Unix epoch.
    exp: u64,
}

/// Proof: this callback belongs to a transaction that this browser started with this provider, a moment ago.
pub(crate) struct Transaction {
    /// Expected in the ID token.
    pub(crate) nonce: String,
    /// Goes to the token endpoint.
    pub(crate) verifier: String,
    /// Where to go afterwards.
    pub(crate) callback_url: String,
    /// To whom to link.
    pub(crate) user: Option<UserId>,
    /// Marks in the store that this transaction came to its end.
    pub(crate) mark: OneTimeToken,
    name: String,
}

impl Transaction {
    /// Its cookie, to be cleared: a transaction is over whatever came of it.
    pub(crate) fn cleared(&self) -> SetCookie {
        SetCookie::cleared(self.name.clone())
    }
}

/// A transaction that is being started.
pub(crate) struct Started {
    /// Goes to the authorization endpoint, and comes back.
    pub(crate) state: String,
    /// Goes to the authorization endpoint, and comes back in the ID token.
    pub(crate) nonce: String,
    /// Its hash goes to the authorization endpoint.
    pub(crate) verifier: String,
    /// The transaction's cookie, and those of older ones that have to go.
    pub(crate) cookies: Vec<SetCookie>,
}

impl Started {
    /// Starts a transaction with a provider.
    pub(crate) fn new(
        x: &Exchange<'_>,
        provider: &str,
        client_id: &str,
        user: Option<&UserId>,
    ) -> Result<Self, Fault> {
        let setup = x.setup;
        let expires = x.now.after(MAX_AGE);
        let sealed = Sealed {
            provider: provider.to_owned(),
            client_id: client_id.to_owned(),
            state: x.setup.random_token()?,
            nonce: x.setup.random_token()?,
            verifier: x.setup.random_token()?,
            callback_url: x.callback_url.url.clone(),
            user: user.map(|user| user.0.clone()),
            iat: x.now.secs(),
            exp: expires.secs(),
        };
        let plain = serde_json::to_vec(&sealed).map_err(|_| Fault::Broken("json"))?;
        let value = setup.transaction_sealer.seal(setup.world.random.as_ref(), &plain)?;
        let mut cookies =
            vec![SetCookie::new(cookie_name(setup, &sealed.state), &value).lasting(MAX_AGE).until(expires)];
        cookies.extend(surplus(x).into_iter().map(SetCookie::cleared));
        Ok(Self { state: sealed.state, nonce: sealed.nonce, verifier: sealed.verifier, cookies })
    }
}

/// Opens the transaction that a callback's state names.
pub(crate) fn transaction(
    x: &Exchange<'_>,
    state: &str,
    provider: &str,
    client_id: &str,
) -> Result<Transaction, Fault> {
    let name = cookie_name(x.setup, state);
    let sealed = match x.cookies.find(&name) {
        Found::Nothing => return Err(Fault::ProviderAnswer("state_cookie_missing")),
        Found::Repeated => return Err(Fault::ProviderAnswer("state_cookie_repeated")),
        Found::Once(value) => open(x.setup, value).ok_or(Fault::ProviderAnswer("state_cookie_forged"))?,
    };
    if !bool::from(sealed.state.as_bytes().ct_eq(state.as_bytes())) {
        return Err(Fault::ProviderAnswer("state_mismatched"));
    }
    if sealed.provider != provider || sealed.client_id != client_id {
        return Err(Fault::ProviderAnswer("state_of_another_provider"));
    }
    if x.now >= Timestamp::from_secs(sealed.exp) {
        return Err(Fault::ProviderAnswer("state_expired"));
    }
    let mark = OneTimeToken {
        key: TokenHash::of(state),
        purpose: Purpose::OauthTransaction,
        identifier: String::new(),
        callback_url: None,
        created: x.now,
        expires: Timestamp::from_secs(sealed.exp),
    };
    Ok(Transaction {
        mark,
        nonce: sealed.nonce,
        verifier: sealed.verifier,
        callback_url: sealed.callback_url,
        user: sealed.user.map(UserId),
        name,
    })
}

fn open(setup: &Setup, value: &str) -> Option<Sealed> {
    serde_json::from_slice(&setup.transaction_sealer.open(value)?).ok()
}

/// 16 characters of the state's hash: the name is no secret and must not let the state be guessed.
fn cookie_name(setup: &Setup, state: &str) -> String {
    let digest = Sha256::digest(state.as_bytes());
    let key = URL_SAFE_NO_PAD.encode(digest);
    format!("{}.{}", setup.names.state, key.get(..16).unwrap_or(&key))
}

/// The cookies of transactions that are over or too many: forged and expired ones, then the oldest.
fn surplus(x: &Exchange<'_>) -> Vec<String> {
    let prefix = format!("{}.", x.setup.names.state);
    let mut open_ones: Vec<(u64, &str)> = x
        .cookies
        .names(&prefix, 4 * MAX_OPEN)
        .into_iter()
        .map(|name| {
            let sealed = match x.cookies.find(name) {
                Found::Once(value) => open(x.setup, value),
                Found::Nothing | Found::Repeated => None,
            };
            (sealed.filter(|sealed| sealed.exp > x.now.secs()).map_or(0, |sealed| sealed.iat), name)
        })
        .collect();
    open_ones.sort_unstable();
    let live = open_ones.iter().filter(|(iat, _)| *iat > 0).count();
    let dead = open_ones.len() - live;
    let too_many = (live + 1).saturating_sub(MAX_OPEN);
    open_ones.into_iter().take((dead + too_many).min(MOST_CLEARED)).map(|(_, name)| name.to_owned()).collect()
}
