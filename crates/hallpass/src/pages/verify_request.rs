//! The page after a mail link was asked for. It says the same whether or not anybody has that address.

use askama::Template;

use super::look::Look;

/// "Check your email".
#[derive(Template)]
#[template(path = "verify_request.html")]
pub(crate) struct VerifyRequest<'a> {
    /// Theme and site.
    pub look: Look<'a>,
    /// The mailbox page of the development mode.
    pub mailbox: Option<&'a str>,
    /// What another browser has to be told before the link works there.
    pub code: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::{HOSTILE, HOSTILE_LOOK, LOOK, is_inert, is_sound};

    #[test]
    fn no_value_can_bring_markup_or_a_script_address() {
        let page =
            VerifyRequest { look: HOSTILE_LOOK, mailbox: Some("javascript:alert(1)"), code: Some(HOSTILE) };
        is_inert(&page.render().unwrap());
    }

    #[test]
    fn the_words_are_the_documented_ones_and_there_is_no_form() {
        let html = VerifyRequest { look: LOOK, mailbox: None, code: None }.render().unwrap();
        is_sound(&html);
        assert!(html.contains("<title>Verify Request</title>"));
        assert!(html.contains("<h1>Check your email</h1>"));
        assert!(html.contains("A sign in link has been sent to your email address."));
        assert!(!html.contains("<form") && !html.contains("mailbox") && !html.contains("class=\"code\""));
    }

    #[test]
    fn a_code_stands_there_with_what_it_is_for() {
        let page = VerifyRequest { look: LOOK, mailbox: None, code: Some("BCDF-GHJK") };
        let html = page.render().unwrap();
        is_sound(&html);
        assert_eq!(html.matches("BCDF-GHJK").count(), 1);
        assert!(html.contains("in this browser") && html.contains("Nobody who asks you for it"));
    }

    #[test]
    fn development_shows_the_way_to_its_mailbox() {
        let html = VerifyRequest { look: LOOK, mailbox: Some("/mailbox"), code: None }.render().unwrap();
        assert!(html.contains("href=\"/mailbox\">Open the development mailbox"));
    }
}
