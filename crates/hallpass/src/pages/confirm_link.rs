//! The page behind a mail link. Scanners and previews open links; so opening one shows this page and spends nothing,
//! and the button does (attack case A60).

use askama::Template;

use super::look::Look;

/// "Confirm sign-in".
#[derive(Template)]
#[template(path = "confirm_link.html")]
pub(crate) struct ConfirmLink<'a> {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::{HOSTILE, HOSTILE_LOOK, LOOK, is_inert, is_sound};

    #[test]
    fn no_value_can_bring_markup_or_a_script_address() {
        let html = ConfirmLink {
            look: HOSTILE_LOOK,
            csrf_token: HOSTILE,
            action: "javascript:alert(1)",
            callback_url: "javascript:alert(1)",
            email: HOSTILE,
            token: HOSTILE,
        }
        .render()
        .unwrap();
        is_inert(&html);
    }

    #[test]
    fn the_page_names_the_address_and_the_token_stands_in_the_form_alone() {
        let html = ConfirmLink {
            look: LOOK,
            csrf_token: "c5rf",
            action: "https://app.example.com/api/auth/callback/email",
            callback_url: "https://app.example.com/after",
            email: "ann@example.com",
            token: "t0ken",
        }
        .render()
        .unwrap();
        is_sound(&html);
        assert!(html.contains("<bdi>ann@example.com</bdi>"));
        assert_eq!(html.matches("t0ken").count(), 1);
        assert!(html.contains("<input type=\"hidden\" name=\"token\" value=\"t0ken\">"));
        assert_eq!(html.matches("<button").count(), 1);
    }
}
