//! Bodies and parameters that are malformed, oversized or repeated (A40, A89).

use e2e::{Config, Request, Server};

use crate::scene::{ADA, PASSWORD, nothing_happens, with_ada};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

#[test]
fn a_body_that_cannot_be_read_in_one_way_is_refused() {
    let server = with_ada(Config::database_sessions());
    let mut browser = server.browser();
    let token = browser.csrf();
    let start = format!("csrfToken={token}&email={ADA}&password={}", e2e::percent_encoded(PASSWORD));
    let many: String = (0..10_000).map(|n| format!("&f{n}=1")).collect();
    let deep = format!("{{\"csrfToken\":\"{token}\",\"a\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: [(&str, Vec<u8>, &[u16], &str); 14] = [
        (FORM, format!("{start}&email=other%40mail.example").into(), &[400], "repeated_parameter"),
        (FORM, format!("{start}&%65mail=other%40mail.example").into(), &[400], "repeated_parameter"),
        (FORM, format!("{start}&x=%E0%A4%A").into(), &[400], "parameter_not_utf8"),
        (FORM, [start.as_bytes(), b"&x=\xff\xfe"].concat(), &[400], "parameter_not_utf8"),
        (FORM, format!("{start}{many}").into(), &[400, 413], ""),
        (FORM, vec![b'a'; 10 << 20], &[413], "body_too_large"),
        (JSON, deep.into(), &[400], "malformed_json"),
        (JSON, b"{".to_vec(), &[400], "malformed_json"),
        (JSON, b"[]".to_vec(), &[400], "malformed_json"),
        (JSON, b"null".to_vec(), &[400], "malformed_json"),
        (
            JSON,
            format!("{{\"csrfToken\":\"{token}\",\"email\":\"a\",\"email\":\"b\"}}").into(),
            &[400],
            "repeated_parameter",
        ),
        (JSON, format!("{{\"csrfToken\":\"{token}\",\"n\":1e400}}").into(), &[400], "malformed_json"),
        (JSON, [b"{\"a\":\"".as_slice(), b"\xff\"}"].concat(), &[400], "malformed_json"),
        (FORM, vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0], &[400], "parameter_not_utf8"),
    ];
    let before = server.resident();
    for (kind, body, statuses, reason) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned();
        let mark = server.log.mark();
        let request = Request::new("POST", "callback/credentials").body(kind, body);
        let answer = nothing_happens(&server, || browser.send(request));
        assert!(statuses.contains(&answer.status), "{}: {shown}", answer.status);
        server.log.told_since(mark, &["reason", reason]);
    }
    let grown = server.resident().saturating_sub(before);
    assert!(grown < 32 * 1024, "{grown} KiB more in use");
}

#[test]
fn a_query_that_repeats_a_name_is_refused() {
    let server = Server::start(Config::new());
    for query in ["callbackUrl=%2Fa&callbackUrl=%2Fb", "error=a&error=b", "a=1&%61=2", "x=%ff"] {
        for path in ["signin", "error", "session", "callback/email"] {
            let answer = nothing_happens(&server, || server.browser().get(&format!("{path}?{query}")));
            assert_eq!(answer.status, 400, "{path}?{query}");
        }
    }
}

#[test]
fn a_query_of_odd_shapes_is_no_error() {
    let server = Server::start(Config::new());
    // As next-auth 3 and 5 write it.
    for query in ["?", "?&", "?&&", "?a", "?=", "?%zz=%zz"] {
        let answer = nothing_happens(&server, || server.browser().get(&format!("session{query}")));
        assert_eq!(answer.text(), "{}", "{query}");
    }
    let answer = nothing_happens(&server, || server.browser().submit_json("callback/credentials?", &[]));
    assert_eq!(answer.status, 401);
}

#[test]
fn a_length_that_lies_does_not_stall_others() {
    let server = Server::start(Config::new());
    for (name, value) in [("Content-Length", "-1"), ("Content-Length", "1e3"), ("Content-Length", "5, 6")] {
        let request = Request::new("POST", "/api/auth/signout").header(name, value);
        if let Ok(answer) = request.try_send(server.address(), "localhost") {
            assert_eq!(answer.status, 400, "{name}: {value}");
        }
    }
    let both = Request::new("POST", "/api/auth/signout")
        .header("Content-Length", "4")
        .header("Transfer-Encoding", "chunked")
        .body(FORM, "0\r\n\r\n");
    if let Ok(answer) = both.try_send(server.address(), "localhost") {
        assert!(answer.status < 500, "{}", answer.status);
    }
    assert_eq!(server.browser().get("/healthz").status, 200);
}

// A89, A90
#[test]
fn sql_and_control_characters_stay_text() {
    let server = Server::start(Config::new());
    for text in [
        "'; DROP TABLE users; --",
        "\" OR 1=1",
        "\u{1b}[31mred",
        "a\r\nreason=\"forged\"",
        "${jndi:ldap://x}",
        "%s%n",
    ] {
        let mut browser = server.browser();
        nothing_happens(&server, || browser.sign_in(text, text));
        nothing_happens(&server, || browser.get(&format!("error?error={}", e2e::percent_encoded(text))));
        nothing_happens(&server, || {
            browser.post("_log", &[("level", "error"), ("code", text), ("message", text)])
        });
    }
    let lines = server.log.lines();
    assert!(
        lines.iter().all(|line| !line.contains('\u{1b}') || line.contains("[2m") || line.contains("[3")),
        "{lines:?}"
    );
    assert!(!lines.iter().any(|line| line.trim_start().starts_with("reason=\"forged\"")));
}

#[test]
fn a_client_may_report_its_errors_and_gets_an_empty_answer() {
    let server = Server::start(Config::new());
    let mut browser = server.browser();
    let answer = browser
        .post("_log", &[("level", "error"), ("code", "CLIENT_FETCH_ERROR"), ("message", "[{\"a\":1}]")]);
    assert_eq!((answer.status, answer.text().as_str()), (200, ""));
    for (kind, body) in
        [(JSON, "level=error&code=X"), (FORM, "level=__proto__&code=%ff"), ("", ""), ("text/plain", "x")]
    {
        let answer = browser.send(Request::new("POST", "_log").body(kind, body));
        assert_eq!((answer.status, answer.text().as_str()), (200, ""), "{kind} {body}");
    }
}
