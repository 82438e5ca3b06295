//! Microsoft Entra ID, by OpenID Connect.
//!
//! The issuer is a tenant's own, or that of all tenants (`common`, or `organizations` without personal accounts). The
//! latter's metadata names a template; the token names the tenant in `tid`, and `iss` has to be that tenant's. What a tenant
//! calls a person in `sub` is to be read within it, so the tenant stands in front there.
//!
//! A tenant's administrator may write any address into `email`: it counts as verified only where the optional claim
//! `xms_edov` says that the owner of its domain was. The picture has to be asked for with a token, so there is none.
//!
//! Sources: "OpenID Connect on the Microsoft identity platform", "ID token claims reference", "Optional claims reference",
//! "Access tokens" and "Convert single-tenant app to multitenant" on learn.microsoft.com.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::algorithm::Algorithm;
use hallpass_oauth::assertion::Audience;
use hallpass_oauth::issuer::Tenants;
use hallpass_oauth::profile::{ClaimNames, EmailPolicy, Profile, ProfileError};
use hallpass_oauth::{Mapping, Provider, TokenAuth, UserInfo};
use serde_json::Value;

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("microsoft-entra-id"),
    name: Borrowed("Microsoft Entra ID"),
    issuer: Some(Borrowed("https://login.microsoftonline.com/common/v2.0")),
    tenants: Some(Tenants {
        shared: &["common", "organizations"],
        placeholder: "{tenantid}",
        claim: "tid",
    }),
    userinfo: UserInfo::IdToken,
    token_auth: TokenAuth::Post,
    assertion_audience: Audience::TokenEndpoint,
    id_token_algorithms: Borrowed(&[Algorithm::Rs256]),
    mapping: Mapping::Function(profile),
    email_policy: EmailPolicy::Claim,
    mark: Some(include_str!("marks/microsoft_entra_id.svg")),
    ..Provider::OIDC
};

fn profile(said: &Value) -> Result<Profile, ProfileError> {
    let names = ClaimNames { email_verified: Borrowed("xms_edov"), image: Borrowed(""), ..ClaimNames::OPENID };
    let mut profile = Profile::from_claims(said, &names)?;
    // A truth value by its documentation; in tokens it is also a number or text.
    let says = &said["xms_edov"];
    profile.email_verified |= profile.email.is_some() && (says == 1 || says == "1" || says == "true");
    Ok(profile)
}

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "learn.microsoft.com, \"ID tokens in the Microsoft identity platform\": a sample v2.0 ID token",
    said: || {
        serde_json::json!({
            "ver": "2.0",
            "iss": "https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0",
            "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
            "aud": "6cb04018-a3f5-46a7-b995-940c78f5aef3",
            "name": "Abe Lincoln",
            "preferred_username": "AbeLi@microsoft.com",
            "email": "AbeLi@microsoft.com",
            "oid": "00000000-0000-0000-66f3-3332eca7ea81",
            "tid": "9122040d-6c67-4c5b-b112-36a304b66dad",
        })
    },
    profile: ("9122040d-6c67-4c5b-b112-36a304b66dad/AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", Some("Abe Lincoln"), Some("AbeLi@microsoft.com"), None),
    verified: false,
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_is_verified_only_by_the_owner_of_its_domain() {
        let verified = |says: Value| {
            let said = json!({ "sub": "1", "tid": "t", "email": "abe@example.com", "email_verified": true, "xms_edov": says });
            ENTRY.profile(&said).unwrap().email_verified
        };
        for says in [json!(true), json!(1), json!("1"), json!("true")] {
            assert!(verified(says.clone()), "{says}");
        }
        for says in [json!(null), json!(false), json!(0), json!("0"), json!("false"), json!(""), json!(["1"]), json!(2)] {
            assert!(!verified(says.clone()), "{says}");
        }
        assert!(!ENTRY.profile(&json!({ "sub": "1", "tid": "t", "xms_edov": true })).unwrap().email_verified);
    }

    #[test]
    fn a_name_to_sign_in_with_is_no_address() {
        let said = json!({ "sub": "1", "tid": "t", "preferred_username": "abe@example.com", "xms_edov": true });
        assert_eq!(ENTRY.profile(&said).unwrap().email, None);
    }
}
