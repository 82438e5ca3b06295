//! The mail that carries a sign-in link.
//!
//! It repeats nothing that its receiver's address or a stranger could have chosen (attack case A60): the site's host,
//! the link and how long it lasts are all it holds.

use askama::Template;

/// A mail without its receiver.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// One line.
    pub subject: String,
    /// The `text/plain` part.
    pub text: String,
    /// The `text/html` part, of the same content.
    pub html: String,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail([redacted])")
    }
}

#[derive(Template)]
#[template(path = "mail_sign_in.txt")]
struct Text<'a> {
    link: &'a str,
    host: &'a str,
    lasts: &'a str,
    bound: bool,
}

#[derive(Template)]
#[template(path = "mail_sign_in.html")]
struct Html<'a> {
    link: &'a str,
    host: &'a str,
    lasts: &'a str,
    bound: bool,
}

/// The mail with a sign-in link.
///
/// `host` is the site's name as its visitors know it, `lasts` how long the link works, in words ("24 hours"),
/// `bound` whether another browser than the asking one needs a code.
/// Control characters in any of the three are dropped, so none can start another header or another line.
pub(crate) fn sign_in(link: &str, host: &str, lasts: &str, bound: bool) -> askama::Result<Mail> {
    let (link, host, lasts) = (&one_line(link), &one_line(host), &one_line(lasts));
    Ok(Mail {
        subject: format!("Sign in to {host}"),
        text: Text { link, host, lasts, bound }.render()?,
        html: Html { link, host: &unlinked(host), lasts, bound }.render()?,
    })
}

pub(super) fn one_line(value: &str) -> String {
    value
        .chars()
        .filter(|letter| !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}'))
        .collect()
}

/// Mail clients turn what looks like a host into a link of their own; a zero-width joiner before each dot keeps the
/// button the only link.
pub(super) fn unlinked(host: &str) -> String {
    host.replace('.', "\u{200d}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::HOSTILE;

    const LINK: &str =
        "https://app.example.com/api/auth/callback/email?callbackUrl=x&token=t0ken&email=a%40b.c";

    #[test]
    fn no_value_can_start_another_header_or_line() {
        let mail =
            sign_in("https://a.example/\r\nx", "a.example\r\nBcc: b@c.d", "1\u{2028}hour\n", false).unwrap();
        assert_eq!(mail.subject, "Sign in to a.exampleBcc: b@c.d");
        assert!(mail.text.starts_with("Sign in to a.exampleBcc: b@c.d\nhttps://a.example/x\n\n"));
        assert!(mail.text.contains("1hour"));
    }

    #[test]
    fn no_value_can_bring_markup() {
        let html = sign_in(HOSTILE, HOSTILE, HOSTILE, false).unwrap().html;
        assert!(!html.contains("<script") && !html.contains("<img"));
        assert!(!html.contains("\">'"));
    }

    #[test]
    fn template_syntax_in_a_value_is_only_text() {
        let mail = sign_in("https://a.example/{{ host }}", "{% raw %}", "1 hour", false).unwrap();
        assert_eq!(mail.subject, "Sign in to {% raw %}");
        assert!(mail.text.contains("https://a.example/{{ host }}"));
    }

    #[test]
    fn the_text_part_is_the_documented_one_with_the_link_whole() {
        let mail = sign_in(LINK, "app.example.com", "24 hours", false).unwrap();
        assert_eq!(mail.subject, "Sign in to app.example.com");
        assert!(mail.text.starts_with(&format!("Sign in to app.example.com\n{LINK}\n\n")));
        assert!(mail.text.contains("24 hours"));
        assert!(mail.text.contains("If you did not request"));
    }

    #[test]
    fn the_html_part_links_to_nothing_else_and_loads_nothing() {
        let html = sign_in(LINK, "app.example.com", "24 hours", false).unwrap().html;
        let escaped = LINK.replace('&', "&#38;");
        assert_eq!(html.matches("href=").count(), html.matches(&format!("href=\"{escaped}\"")).count());
        for loading in ["src=", "url(", "<link", "@import", "background="] {
            assert!(!html.contains(loading), "{loading}");
        }
        assert!(!html.contains(">app.example.com"), "a host that a client would link");
    }

    #[test]
    fn neither_part_shows_in_a_debug_print() {
        let mail = sign_in(LINK, "app.example.com", "24 hours", false).unwrap();
        assert_eq!(format!("{mail:?}"), "Mail([redacted])");
    }
}
