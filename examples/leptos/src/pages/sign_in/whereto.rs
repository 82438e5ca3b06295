//! Where to go after a sign-in.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A page of this site, whatever the address bar says.
pub(crate) fn local(site: &str, wanted: Option<&str>) -> String {
    let wanted = wanted.unwrap_or_default();
    let to = wanted.strip_prefix(site).unwrap_or(wanted);
    let path = to.split(['?', '#']).next().unwrap_or_default();
    // A browser reads a path that begins with two slashes, of either kind and whatever stands between them that is not seen, as another
    // host's address.
    let leads_away = path.contains("//") || to.contains(|c: char| c == '\\' || c.is_control());
    if path.starts_with('/') && !leads_away { to.to_owned() } else { "/".to_owned() }
}

/// The address where an account is made.
pub(crate) fn sign_up(callback_url: &str) -> String {
    format!("/api/auth/signup?callbackUrl={}", utf8_percent_encode(callback_url, NON_ALPHANUMERIC))
}

#[cfg(test)]
mod tests {
    use super::local;

    const SITE: &str = "https://site.example";

    #[test]
    fn a_page_of_this_site_is_gone_to() {
        for (wanted, to) in [
            ("/protected?from=here", "/protected?from=here"),
            ("https://site.example/protected#note", "/protected#note"),
            ("/?next=https://elsewhere.example/", "/?next=https://elsewhere.example/"),
        ] {
            assert_eq!(local(SITE, Some(wanted)), to);
        }
    }

    #[test]
    fn everything_else_leads_home() {
        for wanted in [
            "https://elsewhere.example/",
            "//elsewhere.example/",
            "/\\elsewhere.example",
            "/\t/elsewhere.example",
            "/.//elsewhere.example",
            "https://site.example.elsewhere.example/",
            "https://site.example@elsewhere.example/",
            "https://site.example//elsewhere.example",
            "javascript:alert(1)",
            "http://[",
            "protected",
            "",
        ] {
            assert_eq!(local(SITE, Some(wanted)), "/", "{wanted:?}");
        }
        assert_eq!(local(SITE, None), "/");
    }
}
