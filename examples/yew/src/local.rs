//! Where to go after a sign-in.

/// A page of this site, whatever the address bar says: its path with its query, or `/` of anything else. `origin` is this site's.
///
/// ```
/// use example_yew::local;
///
/// let origin = "http://localhost:3000";
/// assert_eq!(local(Some("http://localhost:3000/protected?from=here"), origin), "/protected?from=here");
/// assert_eq!(local(Some("https://evil.example/"), origin), "/");
/// ```
pub fn local(wanted: Option<&str>, origin: &str) -> String {
    let wanted = wanted.unwrap_or_default();
    let path = wanted.strip_prefix(origin).unwrap_or(wanted);
    // A browser reads `//` and `/\` as the beginning of another host, and looks for them without tabs and line ends.
    let tricky = path.starts_with("//") || path.contains(|c: char| c == '\\' || c.is_control());
    if path.starts_with('/') && !tricky { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::local;

    const ORIGIN: &str = "http://localhost:3000";

    #[test]
    fn a_page_of_this_site_is_gone_to_with_its_query() {
        for path in ["/", "/protected", "/protected?a=b&c=%2F#d", "/a//b"] {
            assert_eq!(local(Some(path), ORIGIN), path);
            assert_eq!(local(Some(&format!("{ORIGIN}{path}")), ORIGIN), path);
        }
    }

    #[test]
    fn everything_else_leads_home() {
        for wanted in [
            "",
            "protected",
            ORIGIN,
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "http://localhost:3000.evil.example/",
            "http://localhost:3000@evil.example/",
            "http://localhost:3000//evil.example",
            "http://localhost:30001/",
            "https://localhost:3000/",
            "http://[",
            "javascript:alert(1)",
        ] {
            assert_eq!(local(Some(wanted), ORIGIN), "/", "{wanted}");
        }
        assert_eq!(local(None, ORIGIN), "/");
    }
}
