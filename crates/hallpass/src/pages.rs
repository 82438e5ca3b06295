//! The pages a person sees: sign in, sign up, sign out, "check your email", confirm a link, change, forget and choose a
//! password, and errors; and the mails. Pure functions from a view struct to a `String`: they read nothing and decide nothing.
//!
//! ```text
//! let look = Look { theme: Theme::Auto, site: "app.example.com", home: "https://app.example.com", sheet: None, logo: None };
//! let html = VerifyRequest { look, mailbox: None, code: None }.render()?;
//! assert!(html.contains("<title>Verify Request</title>"));
//! ```
//!
//! Every page works without JavaScript and carries none. Its one `<style>` block is named by hash in
//! [`content_security_policy`], so no `unsafe-inline` is needed. Every value is escaped by the template engine; a
//! link or form target that is no web address becomes the site's own ([`Look::link`]).
//!
//! What it does not do: it sets no header, checks no token, and judges no `callbackUrl` (the caller has done so).

mod brand;
mod change_password;
mod confirm_code;
mod confirm_link;
mod error;
mod look;
pub(crate) mod mail;
mod new_password;
mod notice;
pub(crate) mod password_mail;
mod reset_password;
mod sign_in;
mod sign_out;
mod sign_up;
mod style;
pub(crate) mod texts;
mod verify_request;

pub use brand::{BadColor, Brand, BrandColor};
pub(crate) use change_password::{ChangePassword, HasPassword};
pub(crate) use confirm_code::ConfirmCode;
pub(crate) use confirm_link::ConfirmLink;
pub(crate) use error::ErrorPage;
pub(crate) use look::Look;
pub use look::Theme;
pub(crate) use new_password::NewPasswordForm;
pub(crate) use notice::{Notice, Onward};
pub(crate) use reset_password::ResetPassword;
pub(crate) use sign_in::{CredentialsForm, EmailForm, Field, OauthButton, PasswordForm, SignIn};
pub(crate) use sign_out::SignOut;
pub(crate) use sign_up::SignUp;
pub(crate) use style::{FormTargets, Sheet, content_security_policy};
pub(crate) use verify_request::VerifyRequest;

/// What the tests of the pages ask of each of them.
#[cfg(test)]
mod demands {
    use super::{Look, Theme};

    /// Breaks out of an attribute, an element and a URL, if anything lets it.
    pub(super) const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>";

    pub(super) const LOOK: Look<'static> = Look {
        theme: Theme::Auto,
        site: "app.example.com",
        home: "https://app.example.com",
        sheet: None,
        logo: None,
    };

    /// A look whose every word is hostile.
    pub(super) const HOSTILE_LOOK: Look<'static> =
        Look { theme: Theme::Dark, site: HOSTILE, home: "javascript:alert(1)", sheet: None, logo: None };

    /// The page holds no script, no event attribute of ours or a stranger's, no style attribute, no script URL.
    pub(super) fn is_inert(html: &str) {
        let lower = html.to_ascii_lowercase();
        for forbidden in ["<script", "<img", " style=", "javascript:", "data:", "<iframe", "<object", "<base"]
        {
            assert!(!lower.contains(forbidden), "{forbidden} in {html}");
        }
        assert!(!lower.contains("\" on") && !lower.contains("' on"), "an event attribute in {html}");
    }

    /// The page is a sound document: one heading, a language, every visible input labelled, ids unique.
    pub(super) fn is_sound(html: &str) {
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
        assert_eq!(html.matches("<h1>").count(), 1, "one h1");
        assert_eq!(html.matches("<main").count(), 1, "one main");
        assert!(html.contains("name=\"robots\" content=\"noindex, nofollow\""));
        let ids = attributes(html, " id=\"");
        for (at, id) in ids.iter().enumerate() {
            assert!(!ids[at + 1..].contains(id), "id {id} stands twice");
        }
        for input in html.split("<input ").skip(1).filter(|input| !input.starts_with("type=\"hidden\"")) {
            let id = attributes(input, "id=\"")[0];
            assert!(html.contains(&format!("<label for=\"{id}\">")), "no label for {id}");
        }
        for field in html.split("<form ").skip(1) {
            assert!(field.contains("method=\"post\""));
            assert!(field.contains("name=\"csrfToken\""));
        }
    }

    /// The values of an attribute, in order.
    pub(super) fn attributes<'a>(html: &'a str, opening: &str) -> Vec<&'a str> {
        html.split(opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }
}
