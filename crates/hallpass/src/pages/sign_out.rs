//! The sign-out page: one question.

use askama::Template;

use super::look::Look;

/// "Are you sure you want to sign out?"
#[derive(Template)]
#[template(path = "sign_out.html")]
pub(crate) struct SignOut<'a> {
    /// Theme and site.
    pub look: Look<'a>,
    /// The CSRF token.
    pub csrf_token: &'a str,
    /// `base/signout`.
    pub action: &'a str,
    /// Where to go afterwards, already judged.
    pub callback_url: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::{HOSTILE, HOSTILE_LOOK, LOOK, is_inert, is_sound};

    #[test]
    fn no_value_can_bring_markup_or_a_script_address() {
        let script = "javascript:alert(1)";
        let page = SignOut { look: HOSTILE_LOOK, csrf_token: HOSTILE, action: script, callback_url: script };
        is_inert(&page.render().unwrap());
    }

    #[test]
    fn signing_out_is_a_post_and_staying_is_a_link() {
        let html = SignOut {
            look: LOOK,
            csrf_token: "c5rf",
            action: "https://app.example.com/api/auth/signout",
            callback_url: "https://app.example.com/",
        }
        .render()
        .unwrap();
        is_sound(&html);
        assert!(html.contains("<title>Sign Out</title>"));
        assert!(html.contains("<h1>Are you sure you want to sign out?</h1>"));
        assert!(html.contains("action=\"https://app.example.com/api/auth/signout\" method=\"post\""));
        assert!(html.contains("href=\"https://app.example.com\">Stay signed in"));
    }
}
