//! What is said to a person about a code.

/// The sentence for a code: of hallpass's errors, or of what this app's own forms come to.
pub(crate) fn words(code: &str) -> &'static str {
    match code {
        "CredentialsSignin" => "No account has this address and this password.",
        "EmailSignin" => "The mail could not be sent. Is the address right?",
        "FetchError" => "The sign-in server cannot be reached. Try again in a moment.",
        "Kept" => "Kept.",
        "NotSignedIn" => "You are not signed in any more. Nothing was kept.",
        "SessionRequired" => "Please sign in to access this page.",
        _ => "That did not work. Try again.",
    }
}
