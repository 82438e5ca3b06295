//! The token request and its answer (RFC 6749 §4.1.3, §5).
//!
//! ```
//! use hallpass_oauth::assertion::Stamp;
//! use hallpass_oauth::secret::Code;
//! use hallpass_oauth::{Client, Provider, UserInfo, pkce::Verifier, token};
//!
//! let entry = Provider {
//!     id: "acme".into(),
//!     name: "Acme".into(),
//!     authorization: Some("https://acme.example/authorize".into()),
//!     token: Some("https://acme.example/token".into()),
//!     userinfo: UserInfo::Endpoint("https://acme.example/me".into()),
//!     token_auth: hallpass_oauth::TokenAuth::None,
//!     ..Provider::OAUTH2
//! };
//! let client = Client::builder(entry, "my-client").build().unwrap();
//! let grant = token::Grant {
//!     code: Code::new("SplxlOBeZQQYbYS6WxSbIA".to_owned()),
//!     verifier: Verifier::from_random(&[7; 32]),
//!     redirect_uri: "https://app.example/api/auth/callback/acme",
//! };
//! // The stamp is for clients that prove themselves with a signature.
//! let stamp = Stamp { now: 1_700_000_000, id: "n-0S6_WzA2Mj" };
//! let request = token::request(&client, client.fixed_metadata().unwrap(), grant, &stamp).unwrap();
//! assert_eq!(request.method(), "POST");
//!
//! let answer = http::Response::new(br#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}"#);
//! let tokens = token::response(&client, &answer).unwrap();
//! assert_eq!(tokens.access_token.expose(), "2YotnFZFEjr1zCsicMWpAA");
//! ```
//!
//! It does not check the ID token: [`id_token::verify`](crate::id_token::verify) does.

use http::{HeaderValue, Method, Request, Response, header};
use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

use crate::assertion::Stamp;
use crate::client::Client;
use crate::client_auth::prove;
use crate::fault::{Fault, ProviderError, faults};
use crate::json;
use crate::metadata::Metadata;
use crate::pkce::Verifier;
use crate::provider::{Kind, Pkce};
use crate::secret::{AccessToken, Code, IdToken, RefreshToken};

/// A larger answer is refused.
const MAX_BYTES: usize = 256 * 1024;
/// A longer token is refused.
const MAX_TOKEN: usize = 64 * 1024;
/// A longer life is not believed: ten years, in seconds.
const MAX_EXPIRES_IN: u64 = 10 * 365 * 24 * 60 * 60;

faults! {
    /// Why a code did not become tokens.
    pub enum TokenError {
        /// The entry wants the client to prove itself by a secret or key, and there is none.
        MissingSecret = "token_no_secret", Fault::Configuration, "the client has no secret or key to prove itself with";
        /// The client's key did not sign.
        Unsigned = "token_not_signed", Fault::Configuration, "the client's key did not sign";
        /// The provider refused, in words of RFC 6749 §5.2; whatever else the answer holds.
        Refused(error: ProviderError) = "token_refused", error.fault(), "the provider refused the code";
        /// The answer's status is not a success; a redirect is not followed.
        Status(status: u16) = "token_status", Fault::Provider, "the token request was answered with an error status";
        /// The answer is not one JSON object, too large, too deep, or repeats a name.
        NotJson = "token_not_json", Fault::Provider, "the token response is not sound JSON";
        /// The access token is missing, or no text that can be sent in a header.
        BadAccessToken = "token_access_token_malformed", Fault::Provider, "the token response has no sound access token";
        /// The token type is not `Bearer`.
        NotBearer = "token_not_bearer", Fault::Provider, "the access token is not a bearer token";
        /// An OpenID Connect provider sent no ID token.
        MissingIdToken = "token_id_token_missing", Fault::Provider, "the token response has no ID token";
        /// The named member has the wrong type.
        Malformed(member: &'static str) = "token_member_malformed", Fault::Provider, "a member of the token response is malformed";
    }
}

/// What exchanges for tokens, once.
#[derive(Debug)]
pub struct Grant<'a> {
    /// The code the browser brought.
    pub code: Code,
    /// What shows that the same party asked for it; sent unless the provider refuses it.
    pub verifier: Verifier,
    /// The very text that went into the authorization request.
    pub redirect_uri: &'a str,
}

/// What a provider hands out for a code.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Reads the person's data at the provider.
    pub access_token: AccessToken,
    /// Seconds the access token lives, if the provider says so and it is 0 to ten years.
    pub expires_in: Option<u64>,
    /// Fetches the next access token.
    pub refresh_token: Option<RefreshToken>,
    /// Says who signed in; unchecked. Always there for OpenID Connect, and for nothing else: nobody would check the
    /// one of a plain OAuth 2 provider.
    pub id_token: Option<IdToken>,
    /// The scopes that were granted, where the provider says so.
    pub scope: Option<String>,
}

/// Asks for tokens.
///
/// # Errors
/// [`TokenError::MissingSecret`] if the client cannot prove itself the way the provider wants.
pub fn request(
    client: &Client,
    metadata: &Metadata,
    grant: Grant<'_>,
    stamp: &Stamp<'_>,
) -> Result<Request<Vec<u8>>, TokenError> {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", grant.code.expose())
        .append_pair("redirect_uri", grant.redirect_uri);
    if client.provider().pkce == Pkce::S256 {
        form.append_pair("code_verifier", grant.verifier.expose());
    }
    asked(client, metadata, form, stamp)
}

/// Asks for newer tokens (RFC 6749 §6). The scope stays what was granted.
///
/// # Errors
/// As for [`request`].
pub fn refresh_request(
    client: &Client,
    metadata: &Metadata,
    refresh_token: &RefreshToken,
    stamp: &Stamp<'_>,
) -> Result<Request<Vec<u8>>, TokenError> {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "refresh_token").append_pair("refresh_token", refresh_token.expose());
    asked(client, metadata, form, stamp)
}

/// The form with what proves the client, on its way.
fn asked(
    client: &Client,
    metadata: &Metadata,
    mut form: Serializer<'_, String>,
    stamp: &Stamp<'_>,
) -> Result<Request<Vec<u8>>, TokenError> {
    let authorization = prove(client, metadata, stamp, &mut form)?;
    let mut request = metadata.token_endpoint.request(Method::POST, form.finish().into_bytes());
    let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, form_type);
    if let Some(value) = authorization {
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    Ok(request)
}

/// Reads the answer.
///
/// An `error` member refuses whatever the status is, since some providers send it with 200; and an error status
/// refuses whatever the body holds.
///
/// # Errors
/// [`TokenError`] says why there are no tokens.
pub fn response(client: &Client, response: &Response<impl AsRef<[u8]>>) -> Result<Tokens, TokenError> {
    let tokens = refresh_response(client, response)?;
    match (client.provider().kind, &tokens.id_token) {
        (Kind::Oidc, None) => Err(TokenError::MissingIdToken),
        _ => Ok(tokens),
    }
}

/// Reads the answer to [`refresh_request`]: as [`response`], but an ID token need not be there (OpenID Connect Core §12.2).
/// Where one is, it says the same `iss` and `sub` as the first, or the answer is somebody else's.
///
/// # Errors
/// [`TokenError`] says why there are no tokens.
pub fn refresh_response(
    client: &Client,
    response: &Response<impl AsRef<[u8]>>,
) -> Result<Tokens, TokenError> {
    let status = response.status();
    let body = json::object(response.body().as_ref(), MAX_BYTES);
    if let Some(error) =
        body.as_ref().and_then(|members| members.get("error")).filter(|error| !error.is_null())
    {
        return Err(TokenError::Refused(ProviderError::parse(error.as_str().unwrap_or(""))));
    }
    if !status.is_success() {
        return Err(TokenError::Status(status.as_u16()));
    }
    let members = body.ok_or(TokenError::NotJson)?;
    let tokens = tokens(&members)?;
    match client.provider().kind {
        Kind::Oidc => Ok(tokens),
        Kind::Oauth2 => Ok(Tokens { id_token: None, ..tokens }),
    }
}

fn tokens(members: &Map<String, Value>) -> Result<Tokens, TokenError> {
    // RFC 6749 §5.1 asks for `token_type`; providers that leave it out mean `Bearer`, the only type sent here.
    let token_type = text(members, "token_type")?;
    if token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(TokenError::NotBearer);
    }
    let access_token = match members.get("access_token") {
        Some(Value::String(token)) if is_sendable(token) => AccessToken::new(token.clone()),
        _ => return Err(TokenError::BadAccessToken),
    };
    let token = |member| text(members, member).map(|token| token.filter(|token| !token.is_empty()));
    Ok(Tokens {
        access_token,
        expires_in: members.get("expires_in").and_then(expires_in),
        refresh_token: token("refresh_token")?.map(|token| RefreshToken::new(token.to_owned())),
        id_token: token("id_token")?.map(|token| IdToken::new(token.to_owned())),
        scope: text(members, "scope").ok().flatten().map(str::to_owned),
    })
}

/// Whether a token has only the characters of RFC 6749, appendix A.12, and a sane length.
fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.len() <= MAX_TOKEN && token.bytes().all(|b| (0x21..=0x7e).contains(&b))
}

fn text<'a>(members: &'a Map<String, Value>, member: &'static str) -> Result<Option<&'a str>, TokenError> {
    match members.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() <= MAX_TOKEN => Ok(Some(text)),
        Some(_) => Err(TokenError::Malformed(member)),
    }
}

/// A life in whole seconds, also written as digits in a text, as some providers do. Anything else says nothing.
fn expires_in(value: &Value) -> Option<u64> {
    let seconds = match value {
        Value::Number(number) => number.as_u64()?,
        Value::String(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok()?,
        _ => return None,
    };
    (seconds <= MAX_EXPIRES_IN).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Provider, TokenAuth, UserInfo};
    use crate::secret::ClientSecret;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use url::form_urlencoded;

    const STAMP: Stamp<'static> = Stamp { now: 1_800_000_000, id: "once" };

    const REDIRECT: &str = "https://app.example/api/auth/callback/acme?x=%20y&z";

    fn entry(token_auth: TokenAuth) -> Provider {
        Provider {
            id: "acme".into(),
            name: "Acme".into(),
            authorization: Some("https://acme.example/authorize".into()),
            token: Some("https://acme.example/token".into()),
            userinfo: UserInfo::Endpoint("https://acme.example/me".into()),
            token_auth,
            ..Provider::OAUTH2
        }
    }

    fn client(token_auth: TokenAuth) -> Client {
        let secret = ClientSecret::new("s p:c%ä".into());
        Client::builder(entry(token_auth), "my client:").secret(secret).build().unwrap()
    }

    fn oidc() -> Client {
        let issuer = Some("https://acme.example".into());
        let entry = Provider { id: "acme".into(), name: "Acme".into(), issuer, ..Provider::OIDC };
        Client::builder(entry, "id").build().unwrap()
    }

    fn send(client: &Client, metadata: &Metadata) -> (Option<String>, Vec<(String, String)>) {
        let (code, verifier) = (Code::new("c&d=e".into()), Verifier::from_random(&[7; 32]));
        let request =
            request(client, metadata, Grant { code, verifier, redirect_uri: REDIRECT }, &STAMP).unwrap();
        assert_eq!(
            (request.method(), request.uri()),
            (&Method::POST, &"https://acme.example/token".parse().unwrap())
        );
        assert_eq!(request.headers()["accept"], "application/json");
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        let header = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        (header, form_urlencoded::parse(request.body()).into_owned().collect())
    }

    fn grant() -> Vec<(String, String)> {
        [
            ("grant_type", "authorization_code"),
            ("code", "c&d=e"),
            ("redirect_uri", REDIRECT),
            ("code_verifier", Verifier::from_random(&[7; 32]).expose()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    fn read(status: u16, body: impl AsRef<[u8]>) -> Result<Tokens, TokenError> {
        response(&client(TokenAuth::Basic), &Response::builder().status(status).body(body).unwrap())
    }

    // oidcc-client-test-client-secret-basic, A42
    #[test]
    fn a_client_proves_itself_the_way_the_entry_says() {
        let basic = client(TokenAuth::Basic);
        let (header, form) = send(&basic, basic.fixed_metadata().unwrap());
        let header = header.unwrap();
        let joined = STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(joined, b"my+client%3A:s+p%3Ac%25%C3%A4");
        assert_eq!(form, grant());

        let post = client(TokenAuth::Post);
        let (header, form) = send(&post, post.fixed_metadata().unwrap());
        assert_eq!(header, None);
        assert_eq!(
            form[4..],
            [("client_id".into(), "my client:".into()), ("client_secret".into(), "s p:c%ä".into())]
        );

        let public = Client::builder(entry(TokenAuth::None), "id").build().unwrap();
        let (header, form) = send(&public, public.fixed_metadata().unwrap());
        assert_eq!(header, None);
        assert_eq!(form[4..], [("client_id".into(), "id".into())]);
    }

    #[test]
    fn a_verifier_is_kept_back_from_a_provider_that_refuses_one() {
        let client = Client::builder(Provider { pkce: Pkce::Refused, ..entry(TokenAuth::Post) }, "id");
        let client = client.secret(ClientSecret::new("s".into())).build().unwrap();
        let (_, form) = send(&client, client.fixed_metadata().unwrap());
        let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["grant_type", "code", "redirect_uri", "client_id", "client_secret"]);
    }

    // A43
    #[test]
    fn an_error_is_an_error_whatever_stands_around_it() {
        let token = r#""access_token":"t","token_type":"Bearer""#;
        let refused = |code: &str| TokenError::Refused(ProviderError::parse(code));
        assert_eq!(
            read(200, format!("{{{token},\"error\":\"invalid_grant\"}}")).unwrap_err(),
            refused("invalid_grant")
        );
        assert_eq!(
            read(200, r#"{"error":"bad_verification_code"}"#).unwrap_err().to_string(),
            "the provider refused the code: bad_verification_code"
        );
        assert_eq!(read(400, r#"{"error":"<script>"}"#).unwrap_err(), refused("<script>"));
        assert_eq!(read(200, r#"{"error":{"code":1},"access_token":"t"}"#).unwrap_err(), refused(""));
        for status in [301, 302, 307, 400, 401, 403, 500, 503] {
            assert_eq!(read(status, format!("{{{token}}}")).unwrap_err(), TokenError::Status(status));
            assert_eq!(read(status, "").unwrap_err(), TokenError::Status(status));
        }
    }

    // A43
    #[test]
    fn an_answer_that_is_not_sound_json_is_refused() {
        let sound = r#"{"access_token":"t","token_type":"Bearer"}"#;
        let deep = format!(r#"{{"access_token":"t","x":{}{}}}"#, "[".repeat(50_000), "]".repeat(50_000));
        let huge = format!(r#"{{"access_token":"t","x":"{}"}}"#, "x".repeat(MAX_BYTES));
        for body in [
            "",
            "<html>",
            "access_token=t&token_type=bearer",
            "null",
            "[]",
            &sound[1..],
            &format!("\u{feff}{sound}"),
            &format!("{sound}{sound}"),
            r#"{"access_token":"a","access_token":"b"}"#,
            r#"{"access_token":"a","expires_in":1e999}"#,
            &deep,
            &huge,
        ] {
            assert_eq!(read(200, body).unwrap_err(), TokenError::NotJson);
        }
        assert_eq!(read(200, b"{\"access_token\":\"\xff\"}").unwrap_err(), TokenError::NotJson);
    }

    // A43
    #[test]
    fn a_token_that_is_no_bearer_token_is_refused() {
        for kind in [r#""MAC""#, r#""""#, r#""DPoP""#, r#""bearer ""#] {
            assert_eq!(
                read(200, format!(r#"{{"access_token":"t","token_type":{kind}}}"#)).unwrap_err(),
                TokenError::NotBearer,
                "{kind}"
            );
        }
        assert_eq!(
            read(200, r#"{"access_token":"t","token_type":1}"#).unwrap_err(),
            TokenError::Malformed("token_type")
        );
        for token in ["null", "1", "\"\"", "\"a b\"", r#""a\r\nX: y""#, "\"ä\"", "[\"t\"]"] {
            assert_eq!(
                read(200, format!(r#"{{"access_token":{token},"token_type":"Bearer"}}"#)).unwrap_err(),
                TokenError::BadAccessToken,
                "{token}"
            );
        }
        assert_eq!(read(200, r#"{"token_type":"Bearer"}"#).unwrap_err(), TokenError::BadAccessToken);
        assert_eq!(
            read(200, r#"{"access_token":"t","refresh_token":1}"#).unwrap_err(),
            TokenError::Malformed("refresh_token")
        );
        for kind in ["Bearer", "bearer", "BEARER"] {
            assert!(read(200, format!(r#"{{"access_token":"t","token_type":"{kind}"}}"#)).is_ok());
        }
    }

    // A43
    #[test]
    fn a_life_that_is_no_life_says_nothing() {
        let life = |text: &str| {
            read(200, format!(r#"{{"access_token":"t","expires_in":{text}}}"#)).unwrap().expires_in
        };
        for odd in [
            "-1",
            "1e30",
            "\"x\"",
            "\"\"",
            "\"-1\"",
            "1.5",
            "true",
            "null",
            "[1]",
            "99999999999",
            "\"99999999999999999999999\"",
        ] {
            assert_eq!(life(odd), None, "{odd}");
        }
        assert_eq!((life("0"), life("3600"), life("\"3600\"")), (Some(0), Some(3600), Some(3600)));
    }

    #[test]
    fn an_openid_provider_has_to_send_an_id_token() {
        let read = |body: &str| response(&oidc(), &Response::new(body.to_owned()));
        assert_eq!(read(r#"{"access_token":"t"}"#).unwrap_err(), TokenError::MissingIdToken);
        assert_eq!(read(r#"{"access_token":"t","id_token":""}"#).unwrap_err(), TokenError::MissingIdToken);
        assert_eq!(
            read(r#"{"access_token":"t","id_token":{}}"#).unwrap_err(),
            TokenError::Malformed("id_token")
        );
        assert_eq!(
            read(r#"{"access_token":"t","id_token":"a.b.c"}"#).unwrap().id_token.unwrap().expose(),
            "a.b.c"
        );
    }

    #[test]
    fn an_id_token_that_nobody_will_check_is_left_out() {
        assert!(read(200, r#"{"access_token":"t","id_token":"a.b.c"}"#).unwrap().id_token.is_none());
    }

    #[test]
    fn nothing_secret_shows_itself() {
        let body = r#"{"access_token":"s3cr3t","refresh_token":"s3cr3t","id_token":"s3cr3t","scope":"a b"}"#;
        assert!(!format!("{:?}", read(200, body).unwrap()).contains("s3cr3t"));
        assert!(!format!("{:?}", response(&oidc(), &Response::new(body)).unwrap()).contains("s3cr3t"));
        let client = client(TokenAuth::Basic);
        let grant = Grant {
            code: Code::new("s3cr3t".into()),
            verifier: Verifier::from_random(&[7; 32]),
            redirect_uri: REDIRECT,
        };
        assert!(!format!("{grant:?}").contains("s3cr3t"));
        let request = request(&client, client.fixed_metadata().unwrap(), grant, &STAMP).unwrap();
        assert_eq!(format!("{:?}", request.headers()["authorization"]), "Sensitive");
    }
}
