//! The browser comes back from a provider.
//!
//! Everything that can be checked without asking the provider is checked before any request leaves: the form of the
//! parameters, the transaction, the issuer.

use std::sync::Arc;

use hallpass_oauth::assertion::Stamp;
use hallpass_oauth::callback::{self, Outcome};
use hallpass_oauth::id_token::{self, Claims, Expected, IdTokenError};
use hallpass_oauth::pkce::Verifier;
use hallpass_oauth::secret::Code;
use hallpass_oauth::token::{self, Grant, Tokens};
use hallpass_oauth::userinfo::Lookup;
use hallpass_oauth::{Metadata, Profile, ProviderError};
use hallpass_store::{AccountKind, Change, OneTimeToken, UserBy, UserId};
use hallpass_wire::Action;
use serde_json::Value;

use super::super::complete::complete;
use super::posted::{Came, came};
use crate::address::normalise;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::hooks::{Way, WayKind};
use crate::proofs::{Transaction, transaction};
use crate::relying_party::{Errand, Keys, RelyingParty, answer};
use crate::session::{Renew, read};
use crate::sign_in::{Arrival, Fresh, Known, SignedIn, by_account};

/// Ends the transaction, whatever came of it.
pub(super) async fn get(x: &Exchange<'_>, party: &RelyingParty) -> Result<Reply, Fault> {
    let Came { callback, description } = came(x, party)?;
    let transaction = transaction(x, &callback.state, party.id(), party.client().client_id())?;
    let over = transaction.cleared();
    let reply = match finish(x, party, Came { callback, description }, transaction).await {
        Ok(reply) => reply,
        Err(fault) => {
            fault.log(x.trace);
            fault.reply(x)
        }
    };
    let mut reply = reply.cookies([over]);
    reply.keeps_callback_url = true;
    Ok(reply)
}

async fn finish(
    x: &Exchange<'_>,
    party: &RelyingParty,
    came: Came,
    transaction: Transaction,
) -> Result<Reply, Fault> {
    let Came { callback, description } = came;
    let errand = Errand::new(&x.setup.world, x.now).to(party.id());
    let metadata = party.metadata(&errand).await.map_err(answer)?;
    callback::check_iss(&metadata, callback.iss.as_deref()).map_err(|error| answer(error.reason()))?;
    let code = match callback.outcome {
        Outcome::Code(code) => code,
        Outcome::Denied(error) => return Err(Fault::ProviderRefused(refusal(&error))),
    };
    let asked = Asked { errand, party, metadata, transaction: &transaction, description };
    let Answered { profile, said, tokens, sub } = profile(x, &asked, code).await?;
    let arrived = Arrived {
        party,
        arrival: arrival(party.id(), profile),
        said,
        tokens: (tokens, sub),
        signed_in: signed_in(x, transaction.user.as_ref()).await?,
        callback_url: x.setup.judge(&transaction.callback_url).await?,
        mark: transaction.mark,
    };
    match sign_in(x, &arrived).await {
        // Another request made the same user or changed the same account a moment ago: decide again.
        Err(Fault::EmailTaken | Fault::AccountNotLinked | Fault::Overtaken) => sign_in(x, &arrived).await,
        other => other,
    }
}

/// What the token request belongs to.
struct Asked<'a> {
    errand: Errand<'a>,
    party: &'a RelyingParty,
    metadata: Arc<Metadata>,
    transaction: &'a Transaction,
    /// What the answer said of the person, which nobody signed.
    description: Option<String>,
}

/// What the provider answered.
struct Answered {
    profile: Profile,
    /// What it said of the person.
    said: Value,
    tokens: Tokens,
    /// Who the ID token is about.
    sub: Option<String>,
}

/// Exchanges the code, checks the ID token, asks for the person's description.
async fn profile(x: &Exchange<'_>, asked: &Asked<'_>, code: Code) -> Result<Answered, Fault> {
    let client = asked.party.client();
    let verifier =
        Verifier::parse(asked.transaction.verifier.clone()).map_err(|_| answer("verifier_malformed"))?;
    let redirect_uri = x.setup.url(Action::Callback(asked.party.id()));
    let grant = Grant { code: code.clone(), verifier, redirect_uri: &redirect_uri };
    let stamp = Stamp { now: x.now.secs(), id: &x.setup.random_token()? };
    let request = token::request(client, &asked.metadata, grant, &stamp);
    let request = request.map_err(|error| answer(error.reason()))?;
    let response = asked.errand.send(request).await.map_err(answer)?;
    let tokens = token::response(client, &response).map_err(|error| answer(error.reason()))?;
    let claims = claims(x, asked, &code, &tokens).await?;
    let sub = claims.as_ref().map(|claims| claims.sub().to_owned());
    let mut lookup = Lookup::new(client, &asked.metadata, claims);
    while let Some(request) = lookup.request(&tokens.access_token).map_err(|error| answer(error.reason()))? {
        let response = asked.errand.send(request).await.map_err(answer)?;
        lookup.answer(&response).map_err(|error| answer(error.reason()))?;
    }
    // What came through the browser describes, and is nothing that a rule of the application may believe.
    let said = lookup.said();
    if let (Some(name), Some(description)) = (client.provider().posted_description, &asked.description) {
        lookup.add_posted(name, description);
    }
    let profile = client.provider().profile(&lookup.finish()).map_err(|error| answer(error.reason()))?;
    Ok(Answered { profile, said, tokens, sub })
}

/// The checked ID token's claims; `None` for plain OAuth 2. An unknown key is looked for once more in newer keys.
async fn claims(
    x: &Exchange<'_>,
    asked: &Asked<'_>,
    code: &Code,
    tokens: &Tokens,
) -> Result<Option<Claims>, Fault> {
    let Some(id_token) = &tokens.id_token else { return Ok(None) };
    let (client, metadata) = (asked.party.client(), &asked.metadata);
    let Some(issuer) = metadata.issuer.as_deref() else { return Ok(None) };
    let algorithms = metadata.algorithms(client);
    let expected = Expected {
        nonce: Some(&asked.transaction.nonce),
        access_token: Some(&tokens.access_token),
        code: Some(code),
        algorithms: &algorithms,
        tenants: metadata.tenants,
        skew: client.clock_skew(),
        ..Expected::new(issuer, client.client_id(), x.now.secs())
    };
    let keys = asked.party.keys(&asked.errand, metadata, Keys::Kept).await.map_err(answer)?;
    let claims = match id_token::verify(id_token, &keys, &expected) {
        Err(IdTokenError::UnknownKey) => {
            let keys = asked.party.keys(&asked.errand, metadata, Keys::Newer).await.map_err(answer)?;
            id_token::verify(id_token, &keys, &expected)
        }
        checked => checked,
    };
    claims.map(Some).map_err(|error| answer(error.reason()))
}

fn arrival(provider: &str, profile: Profile) -> Arrival {
    let email = profile.email.as_deref().and_then(normalise);
    Arrival {
        provider: provider.to_owned(),
        provider_account_id: profile.id,
        kind: AccountKind::Oauth,
        name: profile.name,
        email_verified: email.is_some() && profile.email_verified,
        email,
        image: profile.image,
    }
}

/// To whom to link: whoever was signed in when this tab started, if they still are.
async fn signed_in(x: &Exchange<'_>, started_by: Option<&UserId>) -> Result<Option<SignedIn>, Fault> {
    let Some(started_by) = started_by else { return Ok(None) };
    let current = read(x.setup, &x.cookies, x.now, Renew::Never).await?;
    let session = current.filter(|current| current.session.user.id == *started_by).and_then(|now| now.key);
    let session = session.ok_or(answer("signed_in_as_somebody_else"))?;
    let user = x.setup.world.store.user(UserBy::Id(started_by)).await?;
    Ok(user.map(|user| SignedIn { user, session }))
}

/// Somebody who came back from a provider.
struct Arrived<'a> {
    party: &'a RelyingParty,
    arrival: Arrival,
    /// What the provider said of them.
    said: Value,
    /// What it handed out, and to whom its ID token was.
    tokens: (Tokens, Option<String>),
    signed_in: Option<SignedIn>,
    callback_url: String,
    mark: OneTimeToken,
}

async fn sign_in(x: &Exchange<'_>, arrived: &Arrived<'_>) -> Result<Reply, Fault> {
    let (store, arrival) = (&x.setup.world.store, arrived.arrival.clone());
    let by =
        UserBy::Account { provider: &arrival.provider, provider_account_id: &arrival.provider_account_id };
    let owner = store.user(by).await?;
    let namesake = match &arrival.email {
        Some(email) if owner.is_none() => store.user(UserBy::Email(email)).await?,
        _ => None,
    };
    let fresh = Fresh { id: UserId(x.setup.random_token()?), now: x.now };
    let known = Known { owner, signed_in: arrived.signed_in.clone(), namesake };
    let mut decision = by_account(arrival, known, arrived.party.client().email_linking(), fresh)?;
    // Of any number of requests with the same transaction one signs in.
    decision.changes.insert(0, Change::IssueToken(arrived.mark.clone()));
    let account = &arrived.arrival.provider_account_id;
    let kept = x.setup.keeper.at_sign_in(x.setup, arrived.party, account, &arrived.tokens).await?;
    decision.changes.extend(kept);
    let way = Way { provider: arrived.party.id(), kind: WayKind::Oauth, profile: Some(&arrived.said) };
    complete(x, way, decision, &arrived.callback_url).await
}

/// The reason in the log for a provider's refusal.
fn refusal(error: &ProviderError) -> &'static str {
    match error {
        ProviderError::AccessDenied => "provider_access_denied",
        ProviderError::ServerError | ProviderError::TemporarilyUnavailable => "provider_unavailable",
        _ => "provider_refused",
    }
}

#[cfg(test)]
mod tests {
    use hallpass_oauth::{Client, ClientSecret, Provider, UserInfo};
    use serde_json::json;
    use url::Url;

    use crate::browser::{Browser, SESSION, SITE, builder};
    use crate::config::{Auth, Strategy};
    use crate::world::fixed::Fixed;

    fn client(id: &'static str) -> Client {
        let provider = Provider {
            id: id.into(),
            name: "Acme".into(),
            authorization: Some("https://op.example/authorize".into()),
            token: Some("https://op.example/token".into()),
            userinfo: UserInfo::Endpoint("https://op.example/me".into()),
            scope: "me".into(),
            ..Provider::OAUTH2
        };
        Client::builder(provider, "client-1").secret(ClientSecret::new("s3cret".into())).build().unwrap()
    }

    fn server(fixed: &Fixed) -> Auth {
        builder(fixed, Strategy::Database).oauth(client("acme")).oauth(client("other")).build().unwrap()
    }

    /// Starts a sign-in in one tab; answers the state that went to the provider.
    async fn start(browser: &mut Browser, callback_url: &str) -> String {
        let form = format!("callbackUrl={callback_url}&json=true");
        let url = Url::parse(&browser.post("/signin/acme", &form).await.url()).unwrap();
        let get =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        assert_eq!(get("code_challenge_method").as_deref(), Some("S256"));
        assert_eq!(get("redirect_uri").unwrap(), format!("{SITE}/api/auth/callback/acme"));
        get("state").unwrap()
    }

    fn answers(fixed: &Fixed, person: &str) {
        fixed.http.answer(&json!({"access_token": "at", "token_type": "bearer"}));
        fixed.http.answer(&json!({"id": person, "name": person, "email": format!("{person}@example.com")}));
    }

    fn error(code: &str) -> Option<String> {
        Some(format!("{SITE}/api/auth/error?error={code}"))
    }

    #[tokio::test]
    async fn five_tabs_sign_in_at_once_and_each_lands_where_it_started() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&server(&fixed));
        let mut states = Vec::new();
        for tab in 0..5 {
            states.push(start(&mut browser, &format!("%2Ftab-{tab}")).await);
        }
        for (tab, state) in states.iter().enumerate().rev() {
            answers(&fixed, "ada");
            let answer = browser.get(&format!("/callback/acme?code=c{tab}&state={state}")).await;
            assert_eq!(answer.location.as_deref(), Some(format!("{SITE}/tab-{tab}").as_str()));
            assert!(answer.touches(SESSION));
        }
        assert_eq!(browser.session().await["user"]["name"], "ada");
        assert!(browser.cookies.keys().all(|name| !name.contains(".state.")), "no transaction is left");
    }

    #[tokio::test]
    async fn a_state_that_is_wrong_or_of_another_provider_or_browser_asks_the_provider_nothing() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        let mut browser = Browser::new(&auth);
        let state = start(&mut browser, "%2F").await;
        let mut clean = Browser::new(&auth);
        let prefix = &state[..state.len() - 1];
        for (who, path) in [
            (&mut clean, format!("/callback/acme?code=c&state={state}")),
            (&mut browser, format!("/callback/other?code=c&state={state}")),
        ] {
            assert_eq!(who.get(&path).await.location, error("OAuthCallback"), "{path}");
        }
        for query in [
            format!("code=c&state={prefix}"),
            format!("code=c&state={}", state.to_uppercase()),
            "code=c&state=".into(),
            "code=c".into(),
            format!("state={state}&code="),
        ] {
            let answer = browser.get(&format!("/callback/acme?{query}")).await;
            assert_eq!(answer.location, error("OAuthCallback"), "{query}");
        }
        let twice = browser.get(&format!("/callback/acme?code=c&code=d&state={state}")).await;
        assert_eq!(twice.status, 400);
        assert!(fixed.http.asked.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_callback_works_once_whether_it_succeeds_or_fails() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&server(&fixed));
        let state = start(&mut browser, "%2F").await;
        let path = format!("/callback/acme?code=c&state={state}");
        assert_eq!(browser.get(&path).await.location, error("OAuthCallback"), "the provider is down");
        answers(&fixed, "ada");
        assert_eq!(browser.get(&path).await.location, error("OAuthCallback"));
        assert_eq!(fixed.http.asked.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn the_providers_no_is_told_from_a_forged_one() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&server(&fixed));
        let state = start(&mut browser, "%2F").await;
        let no = browser.get(&format!("/callback/acme?error=access_denied&state={state}")).await;
        assert_eq!(no.location, error("Callback"));
        assert_eq!(
            browser.get("/callback/acme?error=access_denied&state=x").await.location,
            error("OAuthCallback")
        );
    }

    #[tokio::test]
    async fn an_address_that_has_a_user_is_not_joined() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        Browser::new(&auth).sign_up("ada@example.com", "correct-horse").await;
        let mut browser = Browser::new(&auth);
        let state = start(&mut browser, "%2F").await;
        answers(&fixed, "ada");
        let answer = browser.get(&format!("/callback/acme?code=c&state={state}")).await;
        assert_eq!(answer.location, error("OAuthAccountNotLinked"));
        assert!(!answer.touches(SESSION));
    }

    #[tokio::test]
    async fn whoever_is_signed_in_links_and_only_if_they_still_are() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        let mut browser = Browser::new(&auth);
        browser.sign_up("bob@example.com", "correct-horse").await;
        let (kept, gone) = (start(&mut browser, "%2F").await, start(&mut browser, "%2F").await);
        answers(&fixed, "ada");
        let linked = browser.get(&format!("/callback/acme?code=c&state={kept}")).await;
        assert_eq!(linked.location.as_deref(), Some("http://localhost:4405/"));
        assert_eq!(browser.session().await["user"]["email"], "bob@example.com");
        browser.post("/signout", "").await;
        answers(&fixed, "eve");
        let late = browser.get(&format!("/callback/acme?code=c&state={gone}")).await;
        assert_eq!(late.location, error("OAuthCallback"));
    }

    #[tokio::test]
    async fn more_open_sign_ins_than_a_header_can_hold_push_out_the_oldest() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&server(&fixed));
        for _ in 0..20 {
            start(&mut browser, "%2F").await;
            fixed.clock.advance(std::time::Duration::from_secs(1));
        }
        assert_eq!(browser.cookies.keys().filter(|name| name.contains(".state.")).count(), 8);
    }

    #[tokio::test]
    async fn a_session_that_ended_elsewhere_links_nothing() {
        let fixed = Fixed::new();
        let build = || builder(&fixed, Strategy::Jwt).oauth(client("acme")).build().unwrap();
        let (here, elsewhere) = (build(), build());
        let mut stranger = Browser::new(&here);
        stranger.sign_up("ada@example.com", "correct-horse").await;
        let copied = stranger.cookies.clone();
        stranger.post("/signout", "").await;
        let mut other_process = Browser::new(&elsewhere);
        other_process.cookies = copied;
        let state = start(&mut other_process, "%2F").await;
        answers(&fixed, "mallory");
        let path = format!("/callback/acme?code=c&state={state}");
        assert_eq!(other_process.get(&path).await.location, error("OAuthCallback"));
        let by = hallpass_store::UserBy::Account { provider: "acme", provider_account_id: "mallory" };
        assert_eq!(fixed.store.user(by).await.unwrap(), None);
    }

    #[tokio::test]
    async fn of_two_callbacks_with_one_transaction_one_signs_in_although_the_provider_takes_both() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&server(&fixed));
        let state = start(&mut browser, "%2F").await;
        let copied = browser.cookies.clone();
        let path = format!("/callback/acme?code=c&state={state}");
        answers(&fixed, "ada");
        assert!(browser.get(&path).await.touches(SESSION));
        browser.cookies = copied;
        answers(&fixed, "ada");
        let replayed = browser.get(&path).await;
        assert_eq!(replayed.location, error("OAuthCallback"));
        assert!(!replayed.touches(SESSION));
    }

    #[tokio::test]
    async fn a_head_request_spends_neither_code_nor_transaction() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&server(&fixed));
        let state = start(&mut browser, "%2F").await;
        let path = format!("/api/auth/callback/acme?code=c&state={state}");
        let head = http::Request::head(path.clone()).body(http_body_util::Full::default()).unwrap();
        assert_eq!(browser.send(head).await.status, 400);
        answers(&fixed, "ada");
        assert!(browser.get(path.strip_prefix("/api/auth").unwrap()).await.touches(SESSION));
    }

    #[tokio::test]
    async fn planted_transactions_do_not_make_an_answer_grow() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&server(&fixed));
        for n in 0..60 {
            browser.cookies.insert(format!("next-auth.state.{n}"), "planted".into());
        }
        let answer = browser.post("/signin/acme", "json=true").await;
        assert!(answer.set_cookies.len() <= 20, "{}", answer.set_cookies.len());
    }
}
