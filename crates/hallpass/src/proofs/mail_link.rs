//! Whether this browser asked for a mail link, and the code that proves it for another one.
//!
//! The browser that asked keeps the hashes of its links in a sealed cookie, and is shown a code for each. The code is made
//! from the link's hash and the deployment's secret: it stands in no mail and in no database, so neither a mail that was
//! forwarded nor a copy of the database opens a session (OWASP ASVS 5.0 §6.6.2). Tries are counted in the store, each
//! under a key that can be issued once, so that requests in any number and to any process share the same five.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallpass_store::{Change, CommitError, OneTimeToken, Purpose, Timestamp, TokenHash};
use hallpass_wire::KeyDerivation;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use subtle::ConstantTimeEq;

use crate::config::{EmailOptions, OtherBrowser, Setup};
use crate::cookies::{Found, SetCookie};
use crate::error::Fault;
use crate::exchange::Exchange;
use crate::secret::Secret;

/// How long a code is good, whatever the link is (OWASP ASVS 5.0 §6.5.5).
const CODE_MAX_AGE: Duration = Duration::from_secs(600);
/// So many codes may be tried for one link.
pub(crate) const MOST_TRIES: u8 = 5;
/// So many links are remembered; asking for another forgets the oldest.
const MOST_LINKS: usize = 4;
/// Letters that are not taken for others, and make no words (RFC 8628 §6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// 20⁸ codes: whoever has five tries guesses one link in five thousand million.
const LENGTH: usize = 8;

/// A link that this browser asked for.
#[derive(Serialize, Deserialize)]
struct Asked {
    /// The hash of its token, as base64url.
    key: String,
    /// Milliseconds since the Unix epoch.
    until: u64,
    /// Until when its code is good, likewise.
    code_until: u64,
}

/// The links that this browser asked for and that may still be good, the oldest first.
fn asked(x: &Exchange<'_>) -> Vec<Asked> {
    let Found::Once(value) = x.cookies.find(&x.setup.names.mail_link) else { return Vec::new() };
    let plain = x.setup.mail_link_sealer.open(value).unwrap_or_default();
    let mut asked: Vec<Asked> = serde_json::from_slice(&plain).unwrap_or_default();
    asked.retain(|link| x.now.millis() < link.until);
    asked
}

/// The cookie that remembers a link beside those that this browser asked for before.
pub(crate) fn remember(x: &Exchange<'_>, key: &TokenHash, until: Timestamp) -> Result<SetCookie, Fault> {
    let mut links = asked(x);
    let code_until = x.now.after(CODE_MAX_AGE).millis();
    links.push(Asked { key: name(key), until: until.millis(), code_until });
    let surplus = links.len().saturating_sub(MOST_LINKS);
    links.drain(..surplus);
    cookie(x, &links)
}

/// The cookie without a link that has done its work; `None` where this browser did not ask for it.
pub(crate) fn forget(x: &Exchange<'_>, key: &TokenHash) -> Result<Option<SetCookie>, Fault> {
    let mut links = asked(x);
    let before = links.len();
    links.retain(|link| link.key != name(key));
    if links.len() == before { Ok(None) } else { cookie(x, &links).map(Some) }
}

fn cookie(x: &Exchange<'_>, links: &[Asked]) -> Result<SetCookie, Fault> {
    let setup = x.setup;
    let Some(until) = links.iter().map(|link| link.until).max().map(Timestamp::from_millis) else {
        return Ok(SetCookie::cleared(setup.names.mail_link.clone()));
    };
    let plain = serde_json::to_vec(links).map_err(|_| Fault::Broken("json"))?;
    let value = setup.mail_link_sealer.seal(setup.world.random.as_ref(), &plain)?;
    Ok(SetCookie::new(setup.names.mail_link.clone(), &value).lasting(until.since(x.now)).until(until))
}

/// Whether this browser has to type a code before this link is worth anything. Refuses where no code can be good.
pub(crate) fn needs_code(
    x: &Exchange<'_>,
    options: &EmailOptions,
    issued: &OneTimeToken,
) -> Result<bool, Fault> {
    if options.other_browser == OtherBrowser::Allow {
        return Ok(false);
    }
    let key = name(&issued.key);
    if asked(x).iter().any(|link| bool::from(link.key.as_bytes().ct_eq(key.as_bytes()))) {
        return Ok(false);
    }
    if x.now < issued.created.after(CODE_MAX_AGE) { Ok(true) } else { Err(Fault::LinkGone) }
}

/// The code of the link that this browser asked for last, while it is good.
pub(crate) fn last_code(x: &Exchange<'_>) -> Option<String> {
    let options = x.setup.email.as_ref()?;
    let last = asked(x).pop().filter(|_| options.other_browser == OtherBrowser::AskForCode)?;
    if x.now.millis() < last.code_until { code_of(x.setup, &last.key) } else { None }
}

/// The code of a link, as it is shown: `BCDF-GHJK`.
pub(crate) fn code(setup: &Setup, key: &TokenHash) -> Option<String> {
    code_of(setup, &name(key))
}

fn code_of(setup: &Setup, name: &str) -> Option<String> {
    let code = letters(setup, setup.secrets.first()?, name)?;
    let (first, second) = code.split_at_checked(LENGTH / 2)?;
    Some(format!("{first}-{second}"))
}

fn letters(setup: &Setup, secret: &Secret, name: &str) -> Option<String> {
    let purpose = format!("{}.code.{name}", setup.names.mail_link);
    let bytes = secret.derive::<16>(&KeyDerivation::of_purpose(&purpose))?;
    let mut number = u128::from_be_bytes(*bytes);
    let mut code = String::with_capacity(LENGTH);
    for _ in 0..LENGTH {
        let at = usize::try_from(number % LETTERS.len() as u128).ok()?;
        code.push(char::from(*LETTERS.get(at)?));
        number /= LETTERS.len() as u128;
    }
    Some(code)
}

/// Whether somebody typed this link's code, in whatever case and however divided; every secret's counts. In the same time
/// however much of it is right.
fn fits(setup: &Setup, key: &TokenHash, typed: &str) -> bool {
    let typed: String =
        typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    let name = name(key);
    let equal = |code: String| code.as_bytes().ct_eq(typed.as_bytes());
    let codes = setup.secrets.iter().filter_map(|secret| letters(setup, secret, &name));
    codes.map(equal).fold(subtle::Choice::from(0), |any, one| any | one).into()
}

/// What became of a code that was typed.
pub(crate) enum Judged {
    /// It is the link's.
    Right,
    /// None was typed, or a wrong one; what to say, and the link may be tried again.
    Wrong(String),
}

/// Judges the code that was typed for a link, and takes one of its tries for it. The last one that fails takes the link
/// with it.
pub(crate) async fn judge(x: &Exchange<'_>, issued: &OneTimeToken) -> Result<Judged, Fault> {
    let Some(typed) = x.form.get("code").filter(|typed| !typed.trim().is_empty()) else {
        return Ok(Judged::Wrong("Type the code first.".to_owned()));
    };
    let left = take_try(x, issued).await?;
    if fits(x.setup, &issued.key, typed) {
        return Ok(Judged::Right);
    }
    let (request_id, client) = (x.trace.request_id.as_str(), x.trace.client());
    tracing::info!(event = "mail_code_wrong", left, request_id, %client, "the code of a mail link was wrong");
    match left {
        0 => {
            let spent = Change::Redeem { key: issued.key, purpose: issued.purpose, now: x.now };
            x.setup.world.store.commit(&[spent]).await?;
            Err(Fault::LinkGone)
        }
        1 => Ok(Judged::Wrong("That is not the code. You can try once more.".to_owned())),
        left => Ok(Judged::Wrong(format!("That is not the code. You can try {left} more times."))),
    }
}

/// Takes one of the link's tries, before the code is looked at; answers how many are left after it.
async fn take_try(x: &Exchange<'_>, issued: &OneTimeToken) -> Result<u8, Fault> {
    let name = name(&issued.key);
    for number in 1..=MOST_TRIES {
        let mark = OneTimeToken {
            key: TokenHash::of(&format!("{}:{name}:{number}", Purpose::MailCodeTry.word())),
            purpose: Purpose::MailCodeTry,
            identifier: String::new(),
            callback_url: None,
            created: x.now,
            expires: issued.expires,
        };
        match x.setup.world.store.commit(&[Change::IssueToken(mark)]).await {
            Ok(()) => return Ok(MOST_TRIES - number),
            Err(CommitError::TokenTaken) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault::LinkGone)
}

fn name(key: &TokenHash) -> String {
    URL_SAFE_NO_PAD.encode(key.as_bytes())
}
