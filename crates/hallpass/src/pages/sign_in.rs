//! The sign-in page: a button for each OAuth provider, a password form, forms of the application's own, a mail link.

use askama::Template;

use super::look::Look;

/// The sign-in page.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignIn<'a> {
    /// Theme and site.
    pub look: Look<'a>,
    /// The CSRF token of each form.
    pub csrf_token: &'a str,
    /// Where to go afterwards, already judged.
    pub callback_url: &'a str,
    /// What went wrong before: [`texts::sign_in`](super::texts::sign_in).
    pub error: Option<&'a str>,
    /// What went well before: [`texts::notice`](super::texts::notice).
    pub notice: Option<&'a str>,
    /// OAuth providers, in the order configured.
    pub oauth: &'a [OauthButton<'a>],
    /// The mail link, if it is on.
    pub email: Option<EmailForm<'a>>,
    /// The built-in password store, if it is on. Its provider id is `credentials`.
    pub password: Option<PasswordForm<'a>>,
    /// The application's own forms.
    pub credentials: &'a [CredentialsForm<'a>],
}

/// "Sign in with GitHub".
#[derive(Clone, Copy, Debug)]
pub(crate) struct OauthButton<'a> {
    /// The provider's name as people know it.
    pub name: &'a str,
    /// `base/signin/<id>`.
    pub action: &'a str,
    /// An inline `<svg>`, written into the page as it is: a constant of the program, never configuration.
    pub mark: Option<&'static str>,
}

/// One field, `email`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EmailForm<'a> {
    /// `base/signin/email`.
    pub action: &'a str,
    /// What the field already holds.
    pub value: Option<&'a str>,
}

/// Two fields, `email` and `password`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PasswordForm<'a> {
    /// `base/callback/credentials`.
    pub action: &'a str,
    /// The sign-up page, where people may sign up themselves.
    pub sign_up: Option<&'a str>,
    /// The page for a forgotten password, where mail can be sent.
    pub forgotten: Option<&'a str>,
}

/// A form for the application's own `authorize`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CredentialsForm<'a> {
    /// The provider's id.
    pub id: &'a str,
    /// Its name, on the button.
    pub name: &'a str,
    /// `base/callback/<id>`.
    pub action: &'a str,
    /// What it asks for.
    pub fields: &'a [Field<'a>],
}

/// One input of a [`CredentialsForm`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    /// The form field's name.
    pub name: &'a str,
    /// The words beside it.
    pub label: &'a str,
    /// The input's `type`: `text`, `email`, `password`, …
    pub kind: &'a str,
    /// The words in it while it is empty.
    pub placeholder: &'a str,
}

impl Field<'_> {
    /// What a password manager may fill in here (ASVS 6.2.7).
    fn autocomplete(&self) -> Option<&'static str> {
        match (self.kind, self.name) {
            ("password", _) => Some("current-password"),
            ("email", _) | (_, "username" | "user" | "login" | "email") => Some("username"),
            ("tel", _) => Some("tel"),
            _ => None,
        }
    }
}

impl SignIn<'_> {
    /// Whether a form stands above the mail link's, with the page's main button.
    fn asks_password(&self) -> bool {
        self.password.is_some() || !self.credentials.is_empty()
    }

    fn sign_up(&self) -> Option<&str> {
        self.password.as_ref().and_then(|form| form.sign_up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::{HOSTILE, HOSTILE_LOOK, LOOK, attributes, is_inert, is_sound};

    const MARK: &str = "<svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><path d=\"M0 0\"/></svg>";

    fn page() -> SignIn<'static> {
        SignIn {
            look: LOOK,
            csrf_token: "c5rf",
            callback_url: "https://app.example.com/after",
            error: None,
            notice: None,
            oauth: &[
                OauthButton {
                    name: "Nut",
                    action: "https://app.example.com/api/auth/signin/nut",
                    mark: Some(MARK),
                },
                OauthButton {
                    name: "Oak",
                    action: "https://app.example.com/api/auth/signin/oak",
                    mark: None,
                },
            ],
            email: Some(EmailForm { action: "https://app.example.com/api/auth/signin/email", value: None }),
            password: Some(PasswordForm {
                action: "https://app.example.com/api/auth/callback/credentials",
                sign_up: Some("/api/auth/signup"),
                forgotten: Some("/api/auth/password/reset"),
            }),
            credentials: &[CredentialsForm {
                id: "desk",
                name: "Front desk",
                action: "/api/auth/callback/desk",
                fields: &[
                    Field { name: "username", label: "User", kind: "text", placeholder: "jsmith" },
                    Field { name: "pin", label: "Pin", kind: "password", placeholder: "" },
                ],
            }],
        }
    }

    #[test]
    fn no_value_can_bring_markup_or_a_script_address() {
        let fields = [Field { name: HOSTILE, label: HOSTILE, kind: HOSTILE, placeholder: HOSTILE }];
        let hostile = "javascript:alert(document.cookie)";
        let html = SignIn {
            look: HOSTILE_LOOK,
            csrf_token: HOSTILE,
            callback_url: hostile,
            error: Some(HOSTILE),
            notice: Some(HOSTILE),
            oauth: &[OauthButton { name: HOSTILE, action: hostile, mark: None }],
            email: Some(EmailForm { action: HOSTILE, value: Some(HOSTILE) }),
            password: Some(PasswordForm {
                action: hostile,
                sign_up: Some(hostile),
                forgotten: Some(hostile),
            }),
            credentials: &[CredentialsForm { id: HOSTILE, name: HOSTILE, action: hostile, fields: &fields }],
        }
        .render()
        .unwrap();
        is_inert(&html);
    }

    #[test]
    fn a_web_address_with_markup_in_it_stays_in_its_attribute() {
        let address = "https://app.example.com/\"><script>alert(1)</script>";
        let html = SignIn { callback_url: address, ..page() }.render().unwrap();
        is_inert(&html);
        assert!(html.contains("value=\"https://app.example.com/&#34;&#62;&#60;script&#62;"));
    }

    #[test]
    fn every_form_is_sound_and_carries_the_token_and_the_way_back() {
        let html = page().render().unwrap();
        is_sound(&html);
        let forms: Vec<&str> = html.split("<form ").skip(1).collect();
        assert_eq!(forms.len(), 5);
        for form in forms {
            assert!(form.contains("<input type=\"hidden\" name=\"csrfToken\" value=\"c5rf\">"));
            assert!(form.contains("name=\"callbackUrl\" value=\"https://app.example.com/after\""));
        }
    }

    #[test]
    fn the_skeleton_is_what_next_auth_users_know() {
        let html = page().render().unwrap();
        assert!(html.contains("<title>Sign In</title>"));
        assert!(html.contains("<body class=\"__next-auth-theme-auto\">"));
        assert!(html.contains("action=\"https://app.example.com/api/auth/signin/nut\" method=\"post\""));
        assert!(html.contains("Sign in with Nut"));
        for id in [
            "input-email-for-email-provider",
            "input-email-for-credentials-provider",
            "input-password-for-credentials-provider",
            "input-username-for-desk-provider",
        ] {
            assert!(attributes(&html, " id=\"").contains(&id), "{id}");
        }
    }

    #[test]
    fn password_managers_find_what_they_fill_in() {
        let html = page().render().unwrap();
        assert!(html.contains("name=\"password\" type=\"password\" autocomplete=\"current-password\""));
        assert!(html.contains("type=\"email\" inputmode=\"email\" autocomplete=\"username\""));
        assert!(
            html.contains(
                "name=\"pin\" type=\"password\" placeholder=\"\" autocomplete=\"current-password\""
            )
        );
        assert!(!html.contains("autocomplete=\"off\"") && !html.contains("onpaste"));
    }

    #[test]
    fn an_error_is_an_alert_before_the_first_form() {
        let html = SignIn { error: Some("Unable to sign in."), ..page() }.render().unwrap();
        let alert = html.find("role=\"alert\"").unwrap();
        assert!(alert < html.find("<form").unwrap());
        assert!(html[alert..].contains("<p>Unable to sign in.</p>"));
        assert!(!page().render().unwrap().contains("role=\"alert\""));
    }

    #[test]
    fn whoever_forgot_their_password_finds_the_way_where_there_is_one() {
        let html = page().render().unwrap();
        let link = html.find("href=\"/api/auth/password/reset\">Forgot your password?").unwrap();
        assert!(
            link > html.find("name=\"password\"").unwrap(),
            "behind the field, in the order of the Tab key"
        );
        let password = page().password.map(|form| PasswordForm { forgotten: None, ..form });
        assert!(!SignIn { password, ..page() }.render().unwrap().contains("Forgot"));
    }

    #[test]
    fn what_went_well_before_is_a_status_and_no_alert() {
        let html = SignIn { notice: Some("Your password was changed."), ..page() }.render().unwrap();
        assert!(html.contains("role=\"status\"") && !html.contains("role=\"alert\""));
        is_sound(&html);
    }

    #[test]
    fn a_mail_link_alone_has_the_main_button_and_no_divider() {
        let html = SignIn { oauth: &[], password: None, credentials: &[], ..page() }.render().unwrap();
        assert!(!html.contains("class=\"or\""));
        assert!(html.contains("class=\"button primary\">Email me a sign-in link"));
        assert!(!html.contains("Sign up"));
    }

    #[test]
    fn the_address_typed_before_is_in_the_field() {
        let email = Some(EmailForm { action: "/api/auth/signin/email", value: Some("ann@example.com") });
        let html = SignIn { email, ..page() }.render().unwrap();
        assert!(html.contains("value=\"ann@example.com\""));
    }
}
