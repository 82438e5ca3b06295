//! How a client proves itself at the token endpoint (RFC 6749 §2.3, OpenID Connect Core §9), whatever it asks there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use url::form_urlencoded::{Serializer, byte_serialize};
use zeroize::Zeroizing;

use crate::assertion::{Stamp, client_assertion, signed_secret};
use crate::client::Client;
use crate::metadata::Metadata;
use crate::provider::TokenAuth;
use crate::secret::ClientSecret;
use crate::token::TokenError;

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Adds to the form what proves the client; answers with the `Authorization` header where that does it.
pub(crate) fn prove(
    client: &Client,
    metadata: &Metadata,
    stamp: &Stamp<'_>,
    form: &mut Serializer<'_, String>,
) -> Result<Option<HeaderValue>, TokenError> {
    match (method(client, metadata), client.secret(), client.private_key()) {
        (TokenAuth::Basic | TokenAuth::Offered, Some(secret), _) => {
            return basic(client.client_id(), secret).map(Some);
        }
        (TokenAuth::PrivateKeyJwt, _, Some(key)) => {
            let assertion = client_assertion(client, metadata, key, stamp).ok_or(TokenError::Unsigned)?;
            form.append_pair("client_id", client.client_id())
                .append_pair("client_assertion_type", ASSERTION_TYPE)
                .append_pair("client_assertion", &assertion);
        }
        (TokenAuth::SignedSecret { audience }, _, Some(key)) => {
            let secret = signed_secret(client, key, audience, stamp).ok_or(TokenError::Unsigned)?;
            form.append_pair("client_id", client.client_id()).append_pair("client_secret", &secret);
        }
        (TokenAuth::Post | TokenAuth::SignedSecret { .. }, Some(secret), _) => {
            form.append_pair("client_id", client.client_id()).append_pair("client_secret", secret.expose());
        }
        (TokenAuth::None, _, _) => {
            form.append_pair("client_id", client.client_id());
        }
        _ => return Err(TokenError::MissingSecret),
    }
    Ok(None)
}

/// The method to use, never [`TokenAuth::Offered`].
pub(crate) fn method(client: &Client, metadata: &Metadata) -> TokenAuth {
    let offered =
        |name: &str| metadata.token_endpoint_auth_methods_supported.iter().any(|known| known == name);
    match client.provider().token_auth {
        TokenAuth::Offered if client.private_key().is_some() => TokenAuth::PrivateKeyJwt,
        TokenAuth::Offered if client.secret().is_none() => TokenAuth::None,
        TokenAuth::Offered if offered("client_secret_post") && !offered("client_secret_basic") => {
            TokenAuth::Post
        }
        TokenAuth::Offered => TokenAuth::Basic,
        fixed => fixed,
    }
}

/// RFC 6749 §2.3.1: both are form-encoded before they are joined.
fn basic(client_id: &str, secret: &ClientSecret) -> Result<HeaderValue, TokenError> {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let secret = Zeroizing::new(encode(secret.expose()));
    let joined = Zeroizing::new(format!("{}:{}", encode(client_id), secret.as_str()));
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(joined.as_bytes())));
    let mut value = HeaderValue::from_str(&text).map_err(|_| TokenError::MissingSecret)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::Algorithm;
    use crate::assertion::Audience;
    use crate::issuer::Tenants;
    use crate::private_key::PrivateKey;
    use crate::provider::Provider;
    use crate::signer::{Signer, jwks};
    use crate::{jws, token};
    use serde_json::{Value, json};
    use url::form_urlencoded;

    const STAMP: Stamp<'static> = Stamp { now: 1_800_000_000, id: "once" };
    const ISSUER: &str = "https://op.example";
    const TENANTS: Tenants = Tenants { shared: &["common"], placeholder: "{tid}", claim: "tid" };

    fn entry(token_auth: TokenAuth) -> Provider {
        Provider {
            id: "acme".into(),
            name: "Acme".into(),
            issuer: Some(ISSUER.into()),
            authorization: Some("https://op.example/authorize".into()),
            token: Some("https://op.example/token".into()),
            jwks: Some("https://op.example/keys".into()),
            token_auth,
            ..Provider::OIDC
        }
    }

    fn signing(entry: Provider, signer: &Signer) -> Client {
        let key = PrivateKey::from_pem(&signer.pem()).unwrap();
        Client::builder(entry, "my-client").private_key(key).key_id("k").team_id("team").build().unwrap()
    }

    /// The form's fields by name, and what the named one, a signed token, says.
    fn signed(client: &Client, signer: &Signer, field: &str) -> (Vec<String>, Value) {
        let mut form = Serializer::new(String::new());
        assert!(prove(client, client.fixed_metadata().unwrap(), &STAMP, &mut form).unwrap().is_none());
        let form = form.finish();
        let fields: Vec<(String, String)> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        let token = &fields.iter().find(|(name, _)| name == field).unwrap().1;
        let opened = jws::open(token, &jwks(&[signer.jwk_named("k")]), &[signer.algorithm()]).unwrap();
        (fields.into_iter().map(|(name, _)| name).collect(), Value::Object(opened.payload))
    }

    // RFC 7523 §3, OpenID Connect Core §9
    #[test]
    fn a_client_with_a_key_signs_a_statement_for_the_issuer_alone() {
        for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
            let signer = Signer::new(algorithm);
            let client = signing(entry(TokenAuth::PrivateKeyJwt), &signer);
            let (fields, said) = signed(&client, &signer, "client_assertion");
            assert_eq!(fields, ["client_id", "client_assertion_type", "client_assertion"]);
            let whole = json!({
                "iss": "my-client", "sub": "my-client", "aud": ISSUER, "jti": "once",
                "iat": 1_800_000_000, "exp": 1_800_000_060,
            });
            assert_eq!(said, whole);
        }
    }

    #[test]
    fn a_statement_is_for_the_token_endpoint_where_the_issuer_is_unknown_or_a_template() {
        let signer = Signer::new(Algorithm::Es256);
        let wanted =
            Provider { assertion_audience: Audience::TokenEndpoint, ..entry(TokenAuth::PrivateKeyJwt) };
        let shared = Provider {
            issuer: Some("https://op.example/common".into()),
            tenants: Some(TENANTS),
            ..entry(TokenAuth::PrivateKeyJwt)
        };
        for entry in [wanted, shared] {
            let (_, said) = signed(&signing(entry, &signer), &signer, "client_assertion");
            assert_eq!(said["aud"], "https://op.example/token");
        }
    }

    #[test]
    fn a_signed_secret_is_of_the_team_and_about_the_client() {
        let signer = Signer::new(Algorithm::Es256);
        let client = signing(entry(TokenAuth::SignedSecret { audience: "https://them.example" }), &signer);
        let (fields, said) = signed(&client, &signer, "client_secret");
        assert_eq!(fields, ["client_id", "client_secret"]);
        let whole = json!({
            "iss": "team", "sub": "my-client", "aud": "https://them.example",
            "iat": 1_800_000_000, "exp": 1_800_000_060,
        });
        assert_eq!(said, whole);
    }

    #[test]
    fn a_secret_that_was_signed_elsewhere_is_sent_as_it_is() {
        let entry = entry(TokenAuth::SignedSecret { audience: "https://them.example" });
        let client = Client::builder(entry, "id").secret(ClientSecret::new("a.b.c".into())).build().unwrap();
        let mut form = Serializer::new(String::new());
        prove(&client, client.fixed_metadata().unwrap(), &STAMP, &mut form).unwrap();
        assert_eq!(form.finish(), "client_id=id&client_secret=a.b.c");
    }

    #[test]
    fn what_the_provider_offers_decides_where_the_entry_does_not() {
        let secret = ClientSecret::new("s".into());
        let client = Client::builder(entry(TokenAuth::Offered), "id").secret(secret).build().unwrap();
        let offering = |methods: &[&str]| Metadata {
            token_endpoint_auth_methods_supported: methods.iter().map(|&method| method.to_owned()).collect(),
            ..client.fixed_metadata().unwrap().clone()
        };
        assert_eq!(method(&client, &offering(&[])), TokenAuth::Basic);
        let both = offering(&["client_secret_post", "client_secret_basic"]);
        assert_eq!(method(&client, &both), TokenAuth::Basic);
        let post = offering(&["client_secret_post", "private_key_jwt"]);
        assert_eq!(method(&client, &post), TokenAuth::Post);
        let public = Client::builder(entry(TokenAuth::Offered), "id").build().unwrap();
        assert_eq!(method(&public, &both), TokenAuth::None, "no secret");
        let keyed = signing(entry(TokenAuth::Offered), &Signer::new(Algorithm::Es256));
        assert_eq!(method(&keyed, &both), TokenAuth::PrivateKeyJwt, "whoever has a key wants it used");
    }

    #[test]
    fn what_is_signed_is_not_shown() {
        let signer = Signer::new(Algorithm::Es256);
        let client = signing(entry(TokenAuth::PrivateKeyJwt), &signer);
        let shown = format!("{client:?}");
        assert!(shown.contains("PrivateKey([redacted])"), "{shown}");
        let error = token::TokenError::Unsigned;
        assert_eq!(error.reason(), "token_not_signed");
    }
}
