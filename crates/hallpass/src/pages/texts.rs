//! What the pages say about an error, by the code in `?error=`. The words are next-auth 4's, so that an application
//! whose tests look for them keeps passing.

/// What the error page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ErrorText {
    /// The page's heading.
    pub heading: &'static str,
    /// What went wrong and what to do, or nothing.
    pub text: &'static str,
    /// The page's HTTP status.
    pub status: u16,
    /// Whether another sign-in can help.
    pub remedy: Remedy,
}

/// The way on that an error page offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// A button to the sign-in page.
    SignIn,
    /// A link to the site.
    Home,
}

/// The error page's words for a code. Case does not matter; an unknown code gets a page that says nothing of it.
pub(crate) fn error_page(code: &str) -> ErrorText {
    match code.to_ascii_lowercase().as_str() {
        "configuration" => ErrorText {
            heading: "Server error",
            text: "There is a problem with the server configuration. Check the server logs for more information.",
            status: 500,
            remedy: Remedy::Home,
        },
        "accessdenied" => ErrorText {
            heading: "Access Denied",
            text: "You do not have permission to sign in.",
            status: 403,
            remedy: Remedy::SignIn,
        },
        "verification" => ErrorText {
            heading: "Unable to sign in",
            text: "The sign in link is no longer valid. It may have been used already or it may have expired.",
            status: 403,
            remedy: Remedy::SignIn,
        },
        _ => ErrorText { heading: "Error", text: "", status: 200, remedy: Remedy::Home },
    }
}

/// What the sign-in page says to a form whose token has gone.
pub(crate) const EXPIRED: &str = "The page had expired. Please try again.";

/// The code with which the sign-in page greets somebody who chose another password by mail.
pub(crate) const PASSWORD_CHANGED: &str = "PasswordChanged";

/// The sign-in page's words for what went well before.
pub(crate) fn notice(code: &str) -> Option<&'static str> {
    (code == PASSWORD_CHANGED).then_some("Your password was changed. Sign in with the new one.")
}

/// What the page for another password says to whoever did not know the one they have.
pub(crate) const WRONG_PASSWORD: &str = "That is not your current password.";

/// What a page says of an address that mail cannot be sent to.
pub(crate) const NO_ADDRESS: &str = "That does not look like an email address. Check it and try again.";

/// What the page for a forgotten password says to a link that is over.
pub(crate) const LINK_GONE: &str =
    "The link is no longer valid. It may have been used already or it may have expired. Ask for another.";

/// The sign-in page's words for a code; an unknown code gets the general ones.
pub(crate) fn sign_in(code: &str) -> &'static str {
    match code {
        "Signin" | "OAuthSignin" | "OAuthCallback" | "OAuthCreateAccount" | "EmailCreateAccount"
        | "Callback" => "Try signing in with a different account.",
        "OAuthAccountNotLinked" => {
            "To confirm your identity, sign in with the same account you used originally."
        }
        "EmailSignin" => "The e-mail could not be sent.",
        "CredentialsSignin" => "Sign in failed. Check the details you provided are correct.",
        // Of Auth.js 5.
        "OAuthCallbackError" => "Try signing in with a different account.",
        "MissingCSRF" => EXPIRED,
        "SessionRequired" => "Please sign in to access this page.",
        _ => "Unable to sign in.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_code_is_not_repeated() {
        let text = error_page("<script>alert(1)</script>");
        assert_eq!((text.heading, text.text, text.status), ("Error", "", 200));
        assert_eq!(sign_in("<script>alert(1)</script>"), "Unable to sign in.");
    }

    #[test]
    fn the_error_page_knows_its_codes_in_any_case() {
        for (code, status) in
            [("Configuration", 500), ("AccessDenied", 403), ("Verification", 403), ("Default", 200)]
        {
            assert_eq!(error_page(code).status, status);
            assert_eq!(error_page(code), error_page(&code.to_ascii_uppercase()));
        }
    }

    #[test]
    fn another_sign_in_is_offered_where_it_can_help() {
        assert_eq!(error_page("Verification").remedy, Remedy::SignIn);
        assert_eq!(error_page("AccessDenied").remedy, Remedy::SignIn);
        assert_eq!(error_page("Configuration").remedy, Remedy::Home);
    }

    #[test]
    fn a_wrong_password_is_not_told_from_an_unknown_user() {
        assert_eq!(
            sign_in("CredentialsSignin"),
            "Sign in failed. Check the details you provided are correct."
        );
    }
}
