//! The error page.

use askama::Template;

use super::look::Look;

/// A heading, a sentence, and a way on.
#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage<'a> {
    /// Theme and site.
    pub look: Look<'a>,
    /// What it is: [`texts::error_page`](super::texts::error_page).
    pub heading: &'a str,
    /// What to do, or nothing.
    pub text: &'a str,
    /// The sign-in page, where it can help; else the page leads back to the site.
    pub sign_in: Option<&'a str>,
    /// What to quote to whoever reads the logs.
    pub request_id: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::{HOSTILE, HOSTILE_LOOK, LOOK, is_inert, is_sound};

    #[test]
    fn no_value_can_bring_markup_or_a_script_address() {
        for sign_in in [Some("javascript:alert(1)"), None] {
            let page = ErrorPage {
                look: HOSTILE_LOOK,
                heading: HOSTILE,
                text: HOSTILE,
                sign_in,
                request_id: Some(HOSTILE),
            };
            is_inert(&page.render().unwrap());
        }
    }

    #[test]
    fn a_dead_end_leads_back_to_the_site() {
        let html = ErrorPage { look: LOOK, heading: "Error", text: "", sign_in: None, request_id: None }
            .render()
            .unwrap();
        is_sound(&html);
        assert!(html.contains("<title>Error</title>"));
        assert!(html.contains("href=\"https://app.example.com\">Back to app.example.com"));
        assert!(!html.contains("Reference"));
    }

    #[test]
    fn where_signing_in_can_help_there_is_a_button() {
        let html = ErrorPage {
            look: LOOK,
            heading: "Access Denied",
            text: "You do not have permission to sign in.",
            sign_in: Some("https://app.example.com/api/auth/signin"),
            request_id: Some("r-17"),
        }
        .render()
        .unwrap();
        assert!(html.contains("href=\"https://app.example.com/api/auth/signin\">Sign in</a>"));
        assert!(html.contains("<code>r-17</code>"));
    }
}
