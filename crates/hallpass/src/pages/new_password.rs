//! The page behind the link of a mail to somebody who forgot their password. Opening it spends nothing: programs open
//! links too. Only the form does (attack case A60).

use askama::Template;

use super::look::Look;

/// `email`, `token` and `newPassword`.
#[derive(Template)]
#[template(path = "new_password.html")]
pub(crate) struct NewPasswordForm<'a> {
    /// Theme and site.
    pub look: Look<'a>,
    /// The CSRF token.
    pub csrf_token: &'a str,
    /// Where the form goes.
    pub action: &'a str,
    /// What was wrong with the form before.
    pub error: Option<&'a str>,
    /// Whether it asks for the code that the browser shows which asked for the link.
    pub code: bool,
    /// The least length of a password, in characters.
    pub min_length: usize,
    /// Whose password.
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
        let html = NewPasswordForm {
            look: HOSTILE_LOOK,
            csrf_token: HOSTILE,
            action: "javascript:alert(1)",
            error: Some(HOSTILE),
            code: true,
            min_length: 8,
            email: HOSTILE,
            token: HOSTILE,
        };
        is_inert(&html.render().unwrap());
    }

    #[test]
    fn the_page_names_the_address_and_the_token_stands_in_the_form_alone() {
        let html = NewPasswordForm {
            look: LOOK,
            csrf_token: "c5rf",
            action: "https://app.example.com/api/auth/password/new",
            error: None,
            code: true,
            min_length: 8,
            email: "ann@example.com",
            token: "t0ken",
        };
        let html = html.render().unwrap();
        is_sound(&html);
        assert_eq!(html.matches("t0ken").count(), 1);
        assert!(html.contains("autocomplete=\"username\" value=\"ann@example.com\" readonly"));
        assert!(
            html.contains("autocomplete=\"new-password\" minlength=\"8\" aria-describedby=\"password-hint\"")
        );
    }
}
