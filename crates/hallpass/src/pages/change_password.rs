//! The page on which somebody who is signed in chooses another password.

use askama::Template;

use super::look::Look;

/// Three fields: `email`, which is there for password managers, `currentPassword` and `newPassword`. Where there is no
/// password yet, a button that asks for a mail.
#[derive(Template)]
#[template(path = "change_password.html")]
pub(crate) struct ChangePassword<'a> {
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
    /// The address of whoever is signed in.
    pub email: Option<&'a str>,
    /// Whether they have one to change.
    pub has: HasPassword,
    /// The page for a forgotten password, where mail can be sent.
    pub reset: Option<&'a str>,
}

/// Whether somebody has a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HasPassword {
    /// They do.
    Yes,
    /// They sign in another way.
    No,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::{HOSTILE, HOSTILE_LOOK, LOOK, is_inert, is_sound};

    fn page() -> ChangePassword<'static> {
        ChangePassword {
            look: LOOK,
            csrf_token: "c5rf",
            callback_url: "https://app.example.com/after",
            action: "https://app.example.com/api/auth/password",
            error: None,
            min_length: 12,
            email: Some("ann@example.com"),
            has: HasPassword::Yes,
            reset: Some("https://app.example.com/api/auth/password/reset"),
        }
    }

    #[test]
    fn no_value_can_bring_markup_or_a_script_address() {
        for has in [HasPassword::Yes, HasPassword::No] {
            let html = ChangePassword {
                look: HOSTILE_LOOK,
                csrf_token: HOSTILE,
                callback_url: "javascript:alert(1)",
                action: "javascript:alert(1)",
                error: Some(HOSTILE),
                min_length: 12,
                email: Some(HOSTILE),
                has,
                reset: Some("javascript:alert(1)"),
            };
            is_inert(&html.render().unwrap());
        }
    }

    #[test]
    fn password_managers_find_whose_it_is_and_which_is_which() {
        let html = ChangePassword { error: Some("Wrong."), ..page() }.render().unwrap();
        is_sound(&html);
        for field in [
            "name=\"email\" type=\"email\" autocomplete=\"username\" value=\"ann@example.com\" readonly",
            "name=\"currentPassword\" type=\"password\" autocomplete=\"current-password\"",
            "name=\"newPassword\" type=\"password\" autocomplete=\"new-password\" minlength=\"12\"",
        ] {
            assert!(html.contains(field), "{field}");
        }
        assert!(!html.contains("maxlength") && html.contains("At least 12 characters."));
        assert!(html.find("role=\"alert\"").unwrap() < html.find("<form").unwrap());
    }

    #[test]
    fn who_has_no_password_is_offered_a_mail_where_one_can_be_sent() {
        let html = ChangePassword { has: HasPassword::No, ..page() }.render().unwrap();
        is_sound(&html);
        assert!(html.contains("Email me a link") && !html.contains("type=\"password\""));
        for (reset, email) in [(None, Some("ann@example.com")), (Some("/x"), None)] {
            let html = ChangePassword { has: HasPassword::No, reset, email, ..page() }.render().unwrap();
            is_sound(&html);
            assert!(html.contains("none can be set here") && !html.contains("<form"));
        }
    }
}
