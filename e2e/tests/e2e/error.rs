//! `GET /error`.

use e2e::{Config, Server};

#[test]
fn each_code_has_its_status_and_its_words() {
    let server = Server::start(Config::new());
    let mut browser = server.browser();
    for (code, status, words) in [
        ("Configuration", 500, "There is a problem with the server configuration."),
        ("AccessDenied", 403, "You do not have permission to sign in."),
        ("Verification", 403, "The sign in link is no longer valid."),
        ("Default", 200, "Error"),
        ("weird", 200, "Error"),
    ] {
        let page = browser.get(&format!("error?error={code}"));
        assert_eq!(page.status, status, "{code}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(page.text().contains(words), "{code}: {}", page.text());
    }
    assert_eq!(browser.get("error").status, 200);
    assert_eq!(browser.get("error/AccessDenied").status, 403);
}

#[test]
fn what_the_sign_in_page_can_tell_is_told_there() {
    let server = Server::start(Config::new());
    let mut browser = server.browser();
    for (code, words) in [
        ("Signin", "Try signing in with a different account."),
        ("OAuthSignin", "Try signing in with a different account."),
        ("OAuthCallback", "Try signing in with a different account."),
        ("OAuthCreateAccount", "Try signing in with a different account."),
        ("EmailCreateAccount", "Try signing in with a different account."),
        ("Callback", "Try signing in with a different account."),
        (
            "OAuthAccountNotLinked",
            "To confirm your identity, sign in with the same account you used originally.",
        ),
        ("EmailSignin", "The e-mail could not be sent."),
        ("CredentialsSignin", "Sign in failed. Check the details you provided are correct."),
        ("SessionRequired", "Please sign in to access this page."),
    ] {
        let answer = browser.get(&format!("error?error={code}"));
        assert_eq!(answer.status, 302, "{code}");
        assert_eq!(answer.location(), server.at(&format!("/api/auth/signin?error={code}")));
        let page = browser.follow(answer);
        assert_eq!(page.status, 200, "{code}");
        assert!(page.text().contains(words), "{code}: {}", page.text());
    }
    let page = browser.get("signin?error=weird");
    assert!(page.text().contains("Unable to sign in."), "{}", page.text());
}

// A11
#[test]
fn what_is_put_into_the_query_is_not_put_into_the_page() {
    let server = Server::start(Config::new());
    let mut browser = server.browser();
    for attack in
        ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)", "{{7*7}}"]
    {
        let encoded = e2e::percent_encoded(attack);
        for path in [
            format!("error?error={encoded}"),
            format!("error/{encoded}"),
            format!("signin?error={encoded}"),
            format!("signin?callbackUrl=%2F{encoded}"),
            format!("signin?email={encoded}"),
            format!("signup?callbackUrl=%2F{encoded}"),
            format!("signout?callbackUrl=%2F{encoded}"),
            format!("verify-request?provider={encoded}&type={encoded}"),
            format!("callback/email?email={encoded}&token={encoded}"),
        ] {
            let answer = browser.get(&path);
            assert!(!answer.text().contains(attack), "{path}: {}", answer.text());
            if answer.status == 200 {
                let policy = answer.header("content-security-policy").unwrap_or_default();
                assert!(
                    policy.contains("default-src 'none'") && !policy.contains("unsafe"),
                    "{path}: {policy}"
                );
            }
        }
    }
}
