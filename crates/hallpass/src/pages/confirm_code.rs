//! The page behind a mail link in a browser that did not ask for it: what the asking browser shows has to be typed.

use askama::Template;

use super::look::Look;

/// "Type the code".
#[derive(Template)]
#[template(path = "confirm_code.html")]
pub(crate) struct ConfirmCode<'a> {
    /// Theme and site.
    pub look: Look<'a>,
    /// The CSRF token.
    pub csrf_token: &'a str,
    /// Where the form goes.
    pub action: &'a str,
    /// Where to go afterwards, already judged.
    pub callback_url: &'a str,
    /// The address that signs in.
    pub email: &'a str,
    /// The link's token.
    pub token: &'a str,
    /// What was wrong with the code that was typed.
    pub error: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::{HOSTILE, HOSTILE_LOOK, LOOK, is_inert, is_sound};

    #[test]
    fn no_value_can_bring_markup_or_a_script_address() {
        let html = ConfirmCode {
            look: HOSTILE_LOOK,
            csrf_token: HOSTILE,
            action: "javascript:alert(1)",
            callback_url: "javascript:alert(1)",
            email: HOSTILE,
            token: HOSTILE,
            error: Some(HOSTILE),
        };
        is_inert(&html.render().unwrap());
    }

    #[test]
    fn the_page_says_where_the_code_is_and_what_to_do_without_one() {
        let page = |error| ConfirmCode {
            look: LOOK,
            csrf_token: "c5rf",
            action: "https://app.example.com/api/auth/callback/email",
            callback_url: "https://app.example.com/after",
            email: "ann@example.com",
            token: "t0ken",
            error,
        };
        let html = page(None).render().unwrap();
        is_sound(&html);
        assert!(html.contains("<bdi>ann@example.com</bdi>") && html.contains("name=\"code\""));
        assert!(html.contains("If you did not ask for this, close the page."));
        assert!(!html.contains("role=\"alert\""));
        let html = page(Some("That is not the code.")).render().unwrap();
        is_sound(&html);
        assert!(html.contains("role=\"alert\"") && html.contains("That is not the code."));
    }
}
