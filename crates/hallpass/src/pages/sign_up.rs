//! The sign-up page of the built-in password store.

use askama::Template;

use super::look::Look;

/// Three fields: `name` (may be left out), `email`, `password`.
#[derive(Template)]
#[template(path = "sign_up.html")]
pub(crate) struct SignUp<'a> {
    /// Theme and site.
    pub look: Look<'a>,
    /// The CSRF token.
    pub csrf_token: &'a str,
    /// Where to go afterwards, already judged.
    pub callback_url: &'a str,
    /// Where the form goes.
    pub action: &'a str,
    /// What was wrong with the form before.
    pub error: Option<&'a str>,
    /// The least length of a password, in characters.
    pub min_length: usize,
    /// The address typed before, or nothing.
    pub email: &'a str,
    /// The name typed before, or nothing.
    pub name: &'a str,
    /// The sign-in page.
    pub sign_in: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::{HOSTILE, HOSTILE_LOOK, LOOK, is_inert, is_sound};

    fn page() -> SignUp<'static> {
        SignUp {
            look: LOOK,
            csrf_token: "c5rf",
            callback_url: "https://app.example.com/after",
            action: "https://app.example.com/api/auth/signup",
            error: None,
            min_length: 12,
            email: "ann@example.com",
            name: "Ann",
            sign_in: "https://app.example.com/api/auth/signin",
        }
    }

    #[test]
    fn no_value_can_bring_markup_or_a_script_address() {
        let html = SignUp {
            look: HOSTILE_LOOK,
            csrf_token: HOSTILE,
            callback_url: "javascript:alert(1)",
            action: "javascript:alert(1)",
            error: Some(HOSTILE),
            min_length: 12,
            email: HOSTILE,
            name: HOSTILE,
            sign_in: "javascript:alert(1)",
        }
        .render()
        .unwrap();
        is_inert(&html);
    }

    #[test]
    fn the_page_is_sound_and_keeps_what_was_typed_but_the_password() {
        let html = SignUp { error: Some("Already taken."), ..page() }.render().unwrap();
        is_sound(&html);
        assert!(html.contains("value=\"Ann\"") && html.contains("value=\"ann@example.com\""));
        let (_, password) = html.split_once("name=\"password\"").unwrap();
        assert!(!password.split('>').next().unwrap().contains("value="));
        assert!(html.find("role=\"alert\"").unwrap() < html.find("<form").unwrap());
    }

    #[test]
    fn the_rule_for_the_password_is_told_before_it_is_broken() {
        let html = page().render().unwrap();
        assert!(
            html.contains(
                "autocomplete=\"new-password\" minlength=\"12\" aria-describedby=\"password-hint\""
            )
        );
        assert!(html.contains("id=\"password-hint\">At least 12 characters."));
        assert!(!html.contains("maxlength"));
    }
}
