//! Where to go after signing in or out: the site's own origin, whatever was asked for.
//!
//! There is one parser for the question and for the answer, the WHATWG URL parser that browsers use, and what
//! leaves here is what it wrote. So there is no string that this file reads in one way and a browser in another.

use url::{Origin, Url};

use crate::cookies::encode_component;

/// No sensible URL is longer.
const MAX_LENGTH: usize = 2048;
/// What the cookie has room for, percent-encoded, beside its name and attributes (RFC 6265 §6.1).
const MAX_COOKIE: usize = 3900;
/// A host is at most 253 bytes; nobody reads a longer origin in a log.
const MAX_ORIGIN: usize = 256;

/// The site: scheme, host and port of the public URL.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// As it is written in bodies and cookies: `https://app.example.com`, no slash at the end.
    pub(crate) origin: String,
    parsed: Origin,
}

impl Site {
    pub(crate) fn new(url: &Url) -> Self {
        Self { origin: url.origin().ascii_serialization(), parsed: url.origin() }
    }

    /// The candidate where it is a path or a URL of this site; else the site itself.
    pub(crate) fn callback_url(&self, candidate: &str) -> String {
        self.accept(candidate).unwrap_or_else(|| self.origin.clone())
    }

    /// Whether the candidate is a path or a URL of this site, or the site itself.
    pub(crate) fn allows(&self, candidate: &str) -> bool {
        candidate == self.origin || self.accept(candidate).is_some()
    }

    /// What the application's own rule answered, where it is a path of this site or a web address anywhere; else the
    /// site itself. Userinfo only disguises a host.
    pub(crate) fn allowed_by_application(&self, answer: &str) -> String {
        if answer.starts_with('/') {
            return self.callback_url(answer);
        }
        let url = Url::parse(answer).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
        });
        let url = url.filter(|_| answer.len() <= MAX_LENGTH && answer != self.origin).map(String::from);
        url.filter(|url| encode_component(url).len() <= MAX_COOKIE).unwrap_or_else(|| self.origin.clone())
    }

    fn accept(&self, candidate: &str) -> Option<String> {
        if candidate.len() > MAX_LENGTH || candidate == self.origin {
            return None;
        }
        if self.is_plain(candidate) {
            return Some(candidate.to_owned());
        }
        let url = if candidate.starts_with('/') {
            Url::parse(&format!("{}{candidate}", self.origin))
        } else {
            Url::parse(candidate)
        };
        let url = url.ok()?;
        let ours = url.origin() == self.parsed && url.username().is_empty() && url.password().is_none();
        let url = String::from(url);
        (ours && encode_component(&url).len() <= MAX_COOKIE).then_some(url)
    }

    /// Whether this is our origin and a path of characters that mean nothing to any parser, so short that it fits
    /// into the cookie however it is encoded: it would come out as it went in. Nearly every request brings one.
    fn is_plain(&self, candidate: &str) -> bool {
        let path = candidate.strip_prefix(self.origin.as_str()).unwrap_or_default();
        path.starts_with('/')
            && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_'))
            && candidate.len() <= MAX_COOKIE / 3
    }

    /// Whether an `Origin` or `Referer` header names this site.
    pub(crate) fn is(&self, header: &str) -> bool {
        Url::parse(header).is_ok_and(|url| url.origin() == self.parsed)
    }

    /// The origin that an `Origin` or `Referer` header names, where it is another site's, as a log may show it:
    /// scheme, host and port as the parser wrote them and nothing else of the header. Nothing where there is no such
    /// origin or it is too long.
    pub(crate) fn other(&self, header: &str) -> Option<String> {
        let origin = Url::parse(header).ok()?.origin();
        let told = origin.ascii_serialization();
        (origin.is_tuple() && origin != self.parsed && told.len() <= MAX_ORIGIN).then_some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site::new(&Url::parse("https://base.example").unwrap())
    }

    #[test]
    fn an_application_may_lead_elsewhere_but_only_to_a_web_address() {
        let site = site();
        for (answer, leads) in [
            ("https://other.example/a", "https://other.example/a"),
            ("/a", "https://base.example/a"),
            ("https://base.example", "https://base.example"),
            ("javascript:alert(1)", "https://base.example"),
            ("data:text/html,x", "https://base.example"),
            ("https://base.example@other.example/", "https://base.example"),
            ("//other.example", "https://base.example//other.example"),
            ("", "https://base.example"),
        ] {
            assert_eq!(site.allowed_by_application(answer), leads, "{answer}");
        }
    }

    #[test]
    fn whatever_is_asked_for_the_answer_is_of_this_site() {
        let hosts = ["evil.example", "base.example.evil", "evil.example#base.example", "[::1]", "0x7f.1"];
        let shapes = [
            "https://H",
            "//H",
            "///H",
            "/\\H",
            "\\/H",
            "/%09/H",
            "/\t//H",
            "/.//H",
            "/..;/H",
            "%252fH",
            "https:H",
            "http:///H",
            "https://base.example@H",
            "https://base.example\\@H",
            "https://H?base.example",
            "HTTPS://H",
            "\u{0}https://H",
            " https://H",
            "java\nscript:alert(1)//H",
            "javascript:alert(1)//H",
            "data:text/html,H",
            "vbscript:H",
            "blob:https://H",
            "ftp://H",
            "https://base.example:444",
            "http://base.example",
            "h\r\nttps://H",
            "https://H/",
            "https://b\u{ff41}se.evil",
            "https://user:pw@base.example/",
            "H",
            "",
            "https://[::1",
            "%zz",
        ];
        let site = site();
        for shape in shapes {
            for host in hosts {
                let answer = site.callback_url(&shape.replace('H', host));
                let origin = Url::parse(&answer).unwrap().origin().ascii_serialization();
                assert_eq!(origin, "https://base.example", "{shape} with {host} gave {answer}");
            }
        }
    }

    #[test]
    fn paths_and_urls_of_the_site_are_kept() {
        let site = site();
        assert_eq!(site.callback_url("/a?b=c#d"), "https://base.example/a?b=c#d");
        assert_eq!(site.callback_url("https://base.example/a"), "https://base.example/a");
        assert_eq!(site.callback_url("https://base.example"), "https://base.example");
        for long in ["a".repeat(9000), "ä".repeat(1000)] {
            assert_eq!(site.callback_url(&format!("/{long}")), "https://base.example");
        }
    }

    #[test]
    fn a_plain_url_is_what_the_parser_would_have_written() {
        let site = site();
        for path in ["/", "/a", "/A/b-c_d/9", "//a", "///", "/a//", "/-", "/con"] {
            let url = format!("https://base.example{path}");
            assert!(site.is_plain(&url), "{url}");
            assert_eq!(String::from(Url::parse(&url).unwrap()), url);
        }
        for path in [
            "", "/.", "/a.b", "/%61", "/a b", "/a?b", "/a#b", "/a\\b", "/@", "/:", "/\t", "/\u{e4}", ".evil/",
        ] {
            assert!(!site.is_plain(&format!("https://base.example{path}")), "{path}");
        }
        assert!(!site.is_plain("/a") && !site.is_plain("http://base.example/a"));
        assert!(!site.is_plain(&format!("https://base.example{}", "/".repeat(MAX_COOKIE / 3))));
    }

    #[test]
    fn only_this_site_is_this_site() {
        assert!(site().is("https://base.example"));
        assert!(site().is("https://base.example/page"));
        for other in
            ["http://base.example", "https://base.example.evil", "null", "", "https://base.example:444"]
        {
            assert!(!site().is(other), "{other}");
        }
    }

    #[test]
    fn of_another_site_the_log_is_told_scheme_host_and_port_and_nothing_else() {
        let too_long = format!("http://{}", "a".repeat(250));
        let endless = format!("http://{}", "a".repeat(60_000));
        for header in [
            "",
            "null",
            "evil",
            "https://",
            "data:,a",
            "file:///etc",
            "chrome-extension://abc",
            "http://a b",
            "http://a:99999",
            &too_long,
            &endless,
            "https://base.example",
            "https://base.example/page",
        ] {
            assert_eq!(site().other(header), None, "{header}");
        }
        for (header, told) in [
            ("http://localhost:5173", "http://localhost:5173"),
            ("https://[::1]:3000", "https://[::1]:3000"),
            ("HTTPS://EVIL.example:443", "https://evil.example"),
            ("https://user:token@evil.example/page?code=secret#part", "https://evil.example"),
            ("https://b\u{fc}cher.example", "https://xn--bcher-kva.example"),
            ("http://e\r\nvil\t.example", "http://evil.example"),
        ] {
            assert_eq!(site().other(header).as_deref(), Some(told), "{header}");
        }
    }
}
