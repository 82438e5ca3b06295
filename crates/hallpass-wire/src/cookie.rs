//! Cookie names.

/// The names of the cookies of one deployment, prefixes included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieNames {
    /// The session token; its chunks are this name and `.0`, `.1`, …
    pub session: String,
    /// Where to go after sign-in.
    pub callback_url: String,
    /// The anti-forgery token and its hash.
    pub csrf: String,
    /// The start of the name of an OAuth transaction's cookie; `.` and a key made of its state follow, so that
    /// every tab has a transaction of its own.
    pub state: String,
    /// Which mail links a browser asked for. Of hallpass; NextAuth.js has none.
    pub mail_link: String,
}

impl CookieNames {
    /// The names with a prefix such as `next-auth`. Over https they carry `__Secure-` and `__Host-` (RFC
    /// 6265bis §4.1.3), which a browser takes only from a secure origin.
    pub(crate) fn new(brand: &str, secure: bool) -> Self {
        let (secure_prefix, host_prefix) = if secure { ("__Secure-", "__Host-") } else { ("", "") };
        Self {
            session: format!("{secure_prefix}{brand}.session-token"),
            callback_url: format!("{secure_prefix}{brand}.callback-url"),
            csrf: format!("{host_prefix}{brand}.csrf-token"),
            state: format!("{secure_prefix}{brand}.state"),
            mail_link: format!("{host_prefix}{brand}.mail-link"),
        }
    }
}
