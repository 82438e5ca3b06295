//! Issuers of many tenants: one address to sign in at, and in each token the issuer of the tenant it is of.
//!
//! ```
//! use hallpass_oauth::issuer::Tenants;
//!
//! const TENANTS: Tenants = Tenants { shared: &["common"], placeholder: "{tenant}", claim: "tid" };
//! let template = TENANTS.template("https://op.example/common/v2").unwrap();
//! assert_eq!(template, "https://op.example/{tenant}/v2");
//! assert!(TENANTS.template("https://op.example/9122040d-6c67-4c5b-b112-36a304b66dad/v2").is_none());
//! ```
//!
//! It lets no text stand for a tenant but an identifier of the form of RFC 9562: an issuer is compared whole, and never
//! by a pattern that something else could fit.

/// How the shared issuers of a provider look.
///
/// OpenID Connect Discovery §4.3 wants the issuer that was asked, the one in the metadata and the one in the token to
/// be the same. A provider with tenants keeps that for each tenant; its shared issuers publish a template instead, and
/// which tenant a token is of stands in a claim beside `iss`. Both are signed, and they have to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenants {
    /// The segments of an issuer's path that stand for every tenant.
    pub shared: &'static [&'static str],
    /// What stands in their place in the metadata.
    pub placeholder: &'static str,
    /// The claim that names the tenant.
    pub claim: &'static str,
}

impl Tenants {
    /// What a shared issuer calls itself in its metadata; `None` for the issuer of one tenant.
    pub fn template(&self, issuer: &str) -> Option<String> {
        let mut segments: Vec<&str> = issuer.split('/').collect();
        // After the scheme, nothing, and the host.
        let shared = segments.iter_mut().skip(3).find(|segment| self.shared.contains(segment))?;
        *shared = self.placeholder;
        Some(segments.join("/"))
    }

    /// The issuer of one tenant; `None` for what is no tenant's identifier.
    pub fn issuer(&self, template: &str, tenant: &str) -> Option<String> {
        is_identifier(tenant).then(|| template.replacen(self.placeholder, tenant, 1))
    }

    /// Whether this is the issuer of some tenant.
    pub(crate) fn admits(&self, template: &str, issuer: &str) -> bool {
        let Some((before, after)) = template.split_once(self.placeholder) else { return false };
        let tenant = issuer.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        tenant.is_some_and(is_identifier)
    }
}

/// 32 hexadecimal digits in groups (RFC 9562 §4), in lower case: one spelling for one tenant.
fn is_identifier(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANTS: Tenants = Tenants { shared: &["common", "all"], placeholder: "{tenantid}", claim: "tid" };
    const TEMPLATE: &str = "https://op.example/{tenantid}/v2.0";
    const ONE: &str = "9122040d-6c67-4c5b-b112-36a304b66dad";

    #[test]
    fn a_shared_issuer_has_a_template_and_a_tenants_own_has_none() {
        for shared in ["https://op.example/common/v2.0", "https://op.example/all/v2.0"] {
            assert_eq!(TENANTS.template(shared).as_deref(), Some(TEMPLATE));
        }
        for own in
            [&format!("https://op.example/{ONE}/v2.0"), "https://common", "https://op.example/commons/v2.0"]
        {
            assert_eq!(TENANTS.template(own), None, "{own}");
        }
    }

    #[test]
    fn nothing_but_an_identifier_stands_for_a_tenant() {
        assert_eq!(TENANTS.issuer(TEMPLATE, ONE), Some(format!("https://op.example/{ONE}/v2.0")));
        assert!(TENANTS.admits(TEMPLATE, &format!("https://op.example/{ONE}/v2.0")));
        for odd in [
            "",
            "common",
            "{tenantid}",
            "contoso.example",
            &ONE.to_uppercase(),
            &format!("{ONE}0"),
            &ONE.replace('-', "0"),
            "9122040d-6c67-4c5b-b112-36a304b66da/",
            "../040d-6c67-4c5b-b112-36a304b66dad",
        ] {
            assert_eq!(TENANTS.issuer(TEMPLATE, odd), None, "{odd}");
            assert!(!TENANTS.admits(TEMPLATE, &format!("https://op.example/{odd}/v2.0")), "{odd}");
        }
        for other in [
            format!("https://evil.example/{ONE}/v2.0"),
            format!("https://op.example/{ONE}/v2.0/"),
            format!("https://op.example/x/{ONE}/v2.0"),
            TEMPLATE.to_owned(),
        ] {
            assert!(!TENANTS.admits(TEMPLATE, &other), "{other}");
        }
    }
}
