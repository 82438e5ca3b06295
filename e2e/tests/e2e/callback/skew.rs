//! How far the clocks may differ: of each provider its own, and a minute at most.

use e2e::{Config, Request, Server};

use crate::scene::{start_oauth, with_lies};

/// Each provider's clock is this far ahead of ours, or its tokens ended this long ago: what is allowed, what comes of it.
#[test]
fn a_token_is_taken_within_what_its_provider_is_allowed_and_not_beyond() {
    for (lie, allowed, taken) in [
        ("kept-for-skew-ahead-20", None, true),
        ("kept-for-skew-ahead-50", None, false),
        ("kept-for-skew-ahead-20", Some("0s"), false),
        ("kept-for-skew-ahead-50", Some("60s"), true),
        ("kept-for-skew-ahead-90", Some("60s"), false),
        ("kept-for-skew-behind-20", Some("60s"), true),
        ("kept-for-skew-behind-20", Some("10s"), false),
        ("kept-for-skew-behind-70", Some("60s"), false),
    ] {
        let other = "oidcc-client-test";
        let config = with_lies(Config::new(), [lie, other]);
        let config = match allowed {
            Some(allowed) => config.text(&format!("providers.{lie}.clock_skew"), allowed),
            None => config,
        };
        let server = Server::start(config);
        for (provider, taken) in [(lie, taken), (other, true)] {
            let mut browser = server.browser();
            let started = start_oauth(&mut browser, provider);
            let back = browser.send_to(started.location(), Request::get(""));
            let answer = browser.send_to(back.location(), Request::get(""));
            let there = if taken { "/after" } else { "/api/auth/error?error=OAuthCallback" };
            assert_eq!(answer.location(), server.at(there), "{provider} {allowed:?}");
        }
        if !taken {
            let reason = if lie.contains("ahead") { "id_token_not_yet" } else { "id_token_expired" };
            server.log.told(&[&format!("reason={reason:?}")]);
        }
    }
}
