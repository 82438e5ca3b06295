//! `callbackUrl`, wherever it comes from: never another origin, never a script (A09, A10, A14).
//!
//! The oracle is a WHATWG URL parser, which is what browsers have: the answer is resolved as a browser resolves it,
//! and its origin is compared with the site's.

use e2e::{Browser, Config, Request, Server};
use url::Url;

use crate::scene::{ADA, CALLBACK_URL, PASSWORD, with_ada};

/// Values that no parser should be able to read in two ways. `@` stands for the site's own origin.
fn corpus() -> Vec<String> {
    let mut values: Vec<String> = [
        // Another origin, plainly and in disguise.
        "https://evil.example",
        "http://evil.example/",
        "HTTPS://EVIL.EXAMPLE",
        "hTTp://evil.example",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        "/\t//evil.example",
        "\t//evil.example",
        " //evil.example",
        "\u{0}//evil.example",
        "\u{1f}//evil.example",
        "/ /evil.example",
        "/%09/evil.example",
        "/%0a/evil.example",
        "/%0d%0a/evil.example",
        "/%2f/evil.example",
        "/%252f/evil.example",
        "/%5cevil.example",
        "%2f%2fevil.example",
        "%5c%5cevil.example",
        "/.//evil.example",
        "/..//evil.example",
        "/.;//evil.example",
        "/..;/evil.example",
        "/;//evil.example",
        "/?//evil.example",
        "/#//evil.example",
        ".//evil.example",
        "..//evil.example",
        "./\\evil.example",
        "evil.example",
        "evil.example/",
        "www.evil.example:80",
        ":80",
        "https:evil.example",
        "https:/evil.example",
        "http:///evil.example",
        "https:\\\\evil.example",
        "https:/\\evil.example",
        "http:\t//evil.example",
        "ht\ntp://evil.example",
        "http://\tevil.example",
        "https://evil.example\\@localhost",
        // The site's name inside another's.
        "@.evil.example",
        "@@evil.example",
        "@:x@evil.example",
        "@%40evil.example",
        "@evil.example",
        "@-evil.example",
        "@\\@evil.example",
        "@%00.evil.example",
        "@%2eevil.example",
        "https://evil.example#@",
        "https://evil.example?@",
        "https://evil.example/@",
        "https://evil.example\\@",
        "https://evil.example%23@",
        "https://localhost",
        "https://localhost@evil.example",
        "http://localhost:80@evil.example",
        "http://localhost.evil.example",
        "http://evil.example/http://localhost",
        "http://evillocalhost",
        "http://localhost:1",
        "http://localhost:99999",
        "http://localhost:0",
        "http://localhost:",
        "http://localhost",
        "http://127.0.0.1",
        "http://[::1]",
        "http://[::1",
        "http://[::ffff:127.0.0.1]",
        "http://0x7f.1",
        "http://0x7f000001",
        "http://2130706433",
        "http://017700000001",
        "http://127.1",
        "http://0",
        "http://0.0.0.0",
        "http://localhost.",
        "http://localhost..",
        "http://LOCALHOST",
        "http://ｌｏｃａｌｈｏｓｔ",
        "http://evil。example",
        "http://evil．example",
        "http://evil｡example",
        "http://ⓔvil.example",
        "http://xn--evil-example",
        "http://evil.example:80",
        "http://user@localhost",
        "http://user:pass@localhost",
        "http://%6c%6f%63%61%6c%68%6f%73%74",
        "http://localhost%2fevil.example",
        "http://localhost%5cevil.example",
        "http://evil.example%2f@localhost",
        "//localhost@evil.example",
        "//localhost.evil.example",
        "//localhost:1",
        "//[::1]",
        "//",
        "///",
        "/\\",
        "\\",
        "/%00",
        "/\u{0}",
        "/%ff",
        "/\u{feff}//evil.example",
        "/\u{2028}/evil.example",
        "/\u{3000}//evil.example",
        "/％2f/evil.example",
        "／／evil.example",
        "/／evil.example",
        "⁄⁄evil.example",
        "/a\r\nLocation: https://evil.example",
        "/a%0d%0aLocation:%20https://evil.example",
        "/a\r\nSet-Cookie: a=b",
        "/\u{85}//evil.example",
        // Scripts and other schemes.
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "\u{1}javascript:alert(1)",
        "javascript://localhost/%0aalert(1)",
        "javascript:@",
        "data:text/html,<script>alert(1)</script>",
        "DATA:text/html;base64,eA==",
        "vbscript:msgbox(1)",
        "blob:@/x",
        "blob:https://evil.example/x",
        "file:///etc/passwd",
        "ftp://localhost/",
        "ws://localhost",
        "about:blank",
        "mailto:a@b.example",
        "view-source:@",
        "filesystem:@/x",
        "intent://x#Intent;end",
        "ms-word:x",
        "feed:javascript:alert(1)",
        "jar:@!/",
        "x:",
        ":",
        "::",
        "http:",
        "http://",
        "https://",
        // Malformed (A14).
        "%",
        "%z",
        "%zz",
        "/%",
        "/%z",
        "/%zz",
        "?",
        "#",
        "&",
        "=",
        "null",
        "undefined",
        "false",
        "0",
        "[object Object]",
        "{}",
        "\u{0}",
        "\u{fffd}",
        "\u{10ffff}",
        "/\u{202e}//evil.example",
        "<script>alert(1)</script>",
        "/\"><script>alert(1)</script>",
        "/' onfocus='alert(1)",
        "https://[",
        "https://]",
        "https://a b",
        "https://a\u{0}b",
    ]
    .map(str::to_owned)
    .into();
    values.push(format!("/{}", "a".repeat(9_000)));
    values.push(format!("https://evil.example/{}", "a".repeat(20_000)));
    values
}

/// What of a corpus value reaches the server: `@` at its start or after a scheme is the site.
fn filled(value: &str, site: &str) -> String {
    let value = value.strip_prefix('@').map_or_else(|| value.to_owned(), |rest| format!("{site}{rest}"));
    match value.as_str() {
        "javascript:@" | "blob:@/x" | "view-source:@" | "filesystem:@/x" | "jar:@!/" => {
            value.replace('@', site)
        }
        _ => value,
    }
}

/// Fails unless a browser that is told to go there stays on the site.
fn stays(site: &str, location: &str, what: &str) {
    let base = Url::parse(&format!("{site}/api/auth/signin")).unwrap();
    let target =
        base.join(location).unwrap_or_else(|error| panic!("{what:?}: {location:?} is no URL: {error}"));
    assert_eq!(target.origin(), base.origin(), "{what:?} leads to {location:?}");
    assert!(target.username().is_empty() && target.password().is_none(), "{what:?}: {location:?}");
    assert!(location.bytes().all(|byte| (0x21..0x7f).contains(&byte)), "{what:?}: {location:?}");
}

#[test]
fn the_corpus_is_large() {
    let mut values = corpus();
    values.sort();
    values.dedup();
    assert!(values.len() >= 120, "{}", values.len());
}

#[test]
fn signing_out_leads_home_or_to_a_page_of_this_site() {
    let server = Server::start(Config::new().text("log.level", "info"));
    let mut browser = server.browser();
    for value in corpus() {
        let value = filled(&value, server.url());
        let answer = browser.submit_json("signout", &[("callbackUrl", &value)]);
        assert_eq!(answer.status, 200, "{value:?}");
        stays(server.url(), &answer.url(), &value);
        let answer = browser.submit("signout", &[("callbackUrl", &value)]);
        assert_eq!(answer.status, 302, "{value:?}");
        stays(server.url(), answer.location(), &value);
        stays_in_cookie(&server, &browser, &value);
    }
}

fn stays_in_cookie(server: &Server, browser: &Browser, what: &str) {
    if let Some(cookie) = browser.cookie(CALLBACK_URL) {
        let decoded = url::form_urlencoded::parse(format!("v={}", cookie.replace('+', "%2B")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default();
        stays(server.url(), &decoded, what);
    }
}

#[test]
fn signing_in_leads_home_or_to_a_page_of_this_site() {
    let server = with_ada(Config::new().text("log.level", "info"));
    let mut browser = server.browser();
    for value in corpus() {
        let value = filled(&value, server.url());
        let fields = [("email", ADA), ("password", PASSWORD), ("callbackUrl", value.as_str())];
        let answer = browser.submit_json("callback/credentials", &fields);
        assert_eq!(answer.status, 200, "{value:?}");
        stays(server.url(), &answer.url(), &value);
    }
}

#[test]
fn the_query_of_a_page_is_not_believed() {
    let server = Server::start(Config::new().text("log.level", "info"));
    for value in corpus() {
        let value = filled(&value, server.url());
        for path in ["signin", "signup", "signout", "error", "verify-request", "session"] {
            let mut browser = server.browser();
            let request = Request::get(&format!("{path}?callbackUrl={}", e2e::percent_encoded(&value)));
            // A path of tens of kilobytes may be refused as a whole.
            let answer = browser.send(request);
            assert!([200, 400, 414, 431].contains(&answer.status), "{path} {value:?}: {}", answer.status);
            if let Some(field) = answer.field("callbackUrl") {
                stays(server.url(), &field, &value);
            }
            if answer.text().contains("href=\"") {
                for link in answer.text().split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                    stays(server.url(), &link.replace("&#38;", "&").replace("&amp;", "&"), &value);
                }
            }
            stays_in_cookie(&server, &browser, &value);
        }
    }
}

#[test]
fn the_cookie_is_not_believed() {
    let server = Server::start(Config::new().text("log.level", "info"));
    for value in corpus() {
        let value = filled(&value, server.url());
        let mut browser = server.browser();
        browser.csrf();
        let encoded = e2e::percent_encoded(&value).replace('+', "%20");
        browser.set_cookie(CALLBACK_URL, &encoded);
        if encoded.len() > 8_000 {
            continue;
        }
        let answer = browser.submit_json("signout", &[]);
        assert_eq!(answer.status, 200, "{value:?}");
        stays(server.url(), &answer.url(), &value);
    }
}

#[test]
fn the_path_of_the_request_does_not_become_a_redirect() {
    let server = Server::start(Config::new().text("log.level", "info"));
    for value in corpus() {
        let path: String = value.bytes().filter(|byte| (0x21..0x7f).contains(byte)).map(char::from).collect();
        for target in [
            format!("/{path}"),
            format!("/api/auth/{path}"),
            format!("//{path}"),
            format!("/api/auth/error/{path}"),
        ] {
            let Ok(answer) = server.browser().try_send(Request::get(&target)) else { continue };
            if let Some(location) = answer.header("location") {
                stays(server.url(), location, &target);
            }
            assert!(answer.status < 500, "{target}: {}", answer.status);
        }
    }
}

// What is of the site stays as it is.
#[test]
fn a_page_of_this_site_is_kept() {
    let server = Server::start(Config::new());
    let mut browser = server.browser();
    for path in ["/", "/inbox", "/a?b=c&d=e", "/a#b", "/a%20b", "/%C3%A4", "/a/../b?x=%2F"] {
        let expected = Url::parse(&server.at(path)).unwrap();
        for value in [path.to_owned(), server.at(path)] {
            let answer = browser.submit_json("signout", &[("callbackUrl", &value)]);
            assert_eq!(Url::parse(&answer.url()).unwrap(), expected, "{value}");
        }
    }
    let answer = browser.submit_json("signout", &[("callbackUrl", server.url())]);
    assert_eq!(answer.url(), server.url());
    // As the v4 server answers it: of this site, with two slashes.
    let answer = browser.submit_json("signout", &[("callbackUrl", "//evil.example")]);
    assert!(answer.url() == server.url() || answer.url() == server.at("//evil.example"));
}

#[test]
fn a_transaction_at_a_provider_keeps_to_the_site() {
    let server = Server::start(crate::scene::with_lies(Config::new(), ["oidcc-client-test"]));
    for value in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let mut browser = server.browser();
        let started = browser.submit("signin/oidcc-client-test", &[("callbackUrl", value)]);
        let back = browser.send_to(started.location(), Request::get(""));
        let answer = browser.send_to(back.location(), Request::get(""));
        assert_eq!(answer.status, 302);
        stays(server.url(), answer.location(), value);
    }
}
