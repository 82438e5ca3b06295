//! `GET /signin`.

use e2e::Config;

use crate::scene::{ADA, PASSWORD, Post, with_ada, with_oidc};

#[test]
fn the_page_has_a_form_for_each_way_in() {
    let post = Post::start(&[]);
    let server = with_ada(with_oidc(post.plain(Config::new()), "basic"));
    for path in ["signin", "signin/oidc", "signin?csrf=true"] {
        let page = server.browser().get(path);
        assert_eq!(page.status, 200);
        let text = page.text();
        for way in ["signin/oidc", "signin/email", "callback/credentials"] {
            let action = server.at(&format!("/api/auth/{way}"));
            assert!(
                text.contains(&format!("action=\"{action}\""))
                    || text.contains(&format!("action=\"/api/auth/{way}\"")),
                "{way}: {text}"
            );
        }
        assert!(text.contains("input-email-for-email-provider"), "{text}");
        assert!(text.contains("input-password-for-credentials-provider"), "{text}");
    }
}

#[test]
fn a_person_without_javascript_signs_in_with_the_form() {
    let server = with_ada(Config::new());
    let mut browser = server.browser();
    let page = browser.get("signin?callbackUrl=%2Finbox%3Fa%3D1");
    let token = page.field("csrfToken").unwrap();
    let callback = page.field("callbackUrl").unwrap_or_default();
    let fields =
        [("csrfToken", token.as_str()), ("callbackUrl", &callback), ("email", ADA), ("password", PASSWORD)];
    let answer = browser.post("callback/credentials", &fields);
    assert_eq!((answer.status, answer.location()), (302, server.at("/inbox?a=1").as_str()));
    assert!(browser.is_signed_in());
}

#[test]
fn the_callback_url_outlives_the_page_in_its_cookie() {
    let server = with_ada(Config::new());
    let mut browser = server.browser();
    browser.get("signin?callbackUrl=%2Finbox");
    let answer = browser.sign_in(ADA, PASSWORD);
    assert_eq!(answer.url(), server.at("/inbox"));
}
