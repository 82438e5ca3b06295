//! The page of whoever forgot their password.

use askama::Template;

use super::look::Look;

/// One field, `email`.
#[derive(Template)]
#[template(path = "reset_password.html")]
pub(crate) struct ResetPassword<'a> {
    /// Theme and site.
    pub look: Look<'a>,
    /// The CSRF token.
    pub csrf_token: &'a str,
    /// Where to go afterwards, already judged.
    pub callback_url: &'a str,
    /// Where the form goes.
    pub action: &'a str,
    /// What was wrong before.
    pub error: Option<&'a str>,
    /// The address typed before, or nothing.
    pub email: &'a str,
    /// The sign-in page.
    pub sign_in: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::{HOSTILE, HOSTILE_LOOK, LOOK, is_inert, is_sound};

    #[test]
    fn no_value_can_bring_markup_or_a_script_address() {
        let html = ResetPassword {
            look: HOSTILE_LOOK,
            csrf_token: HOSTILE,
            callback_url: "javascript:alert(1)",
            action: "javascript:alert(1)",
            error: Some(HOSTILE),
            email: HOSTILE,
            sign_in: "javascript:alert(1)",
        };
        is_inert(&html.render().unwrap());
    }

    #[test]
    fn the_page_is_sound_and_keeps_the_address() {
        let html = ResetPassword {
            look: LOOK,
            csrf_token: "c5rf",
            callback_url: "https://app.example.com/after",
            action: "https://app.example.com/api/auth/password/reset",
            error: Some("The link is no longer valid."),
            email: "ann@example.com",
            sign_in: "https://app.example.com/api/auth/signin",
        };
        let html = html.render().unwrap();
        is_sound(&html);
        assert!(html.contains("value=\"ann@example.com\"") && html.contains("autocomplete=\"username\""));
        assert!(html.find("role=\"alert\"").unwrap() < html.find("<form").unwrap());
    }
}
