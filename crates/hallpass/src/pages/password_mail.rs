//! The mails about a password: a link to choose another, a word to whoever has no account, and a word after a change.
//!
//! Like the mail of a sign-in they repeat nothing that a stranger could have chosen (attack case A60).

use askama::Template;

use super::mail::{Mail, one_line, unlinked};

/// A button with its address.
struct Link<'a> {
    label: &'a str,
    url: &'a str,
}

#[derive(Template)]
#[template(path = "mail_password.txt")]
struct Text<'a> {
    heading: &'a str,
    text: &'a str,
    link: Option<&'a Link<'a>>,
    note: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "mail_password.html")]
struct Html<'a> {
    heading: &'a str,
    text: &'a str,
    link: Option<&'a Link<'a>>,
    note: Option<&'a str>,
}

const NOT_YOU: &str = "If you did not ask for this, you can safely ignore it: your password stays as it is.";

/// The mail with the link to choose another password; `lasts` in words. Control characters in what is handed in are
/// dropped.
pub(crate) fn reset(link: &str, host: &str, lasts: &str) -> askama::Result<Mail> {
    let (link, host) = (one_line(link), one_line(host));
    let lasts = one_line(lasts);
    let text =
        format!("The link leads to a page where you choose another password. It works once, for {lasts}.");
    let link = Link { label: "Choose a password", url: &link };
    mail("Choose another password for", &host, &text, Some(&link), Some(NOT_YOU))
}

/// The mail to an address that has no account: whoever asked sees the same page, and only who reads the mail is told.
pub(crate) fn nobody(host: &str) -> askama::Result<Mail> {
    let text = "Somebody, perhaps you, wants to choose another password. There is no account with this address. If \
                you have one, it is with another address of yours.";
    let note = "If you did not ask for this, you can safely ignore it.";
    mail("No account with this address at", &one_line(host), text, None, Some(note))
}

/// The mail after a change. `reset` is the page for a forgotten password.
pub(crate) fn changed(reset: &str, host: &str) -> askama::Result<Mail> {
    let reset = one_line(reset);
    let text = "Your password was changed a moment ago, and everybody who was signed in elsewhere was signed out. If \
                it was you, there is nothing to do.";
    let note = "If it was not you, somebody knew your password or reads your mail: choose another one there, and \
                change the password of your mailbox too.";
    let link = Link { label: "It was not me", url: &reset };
    mail("Your password was changed at", &one_line(host), text, Some(&link), Some(note))
}

fn mail(
    about: &str,
    host: &str,
    text: &str,
    link: Option<&Link<'_>>,
    note: Option<&str>,
) -> askama::Result<Mail> {
    let subject = format!("{about} {host}");
    let heading = format!("{about} {}", unlinked(host));
    Ok(Mail {
        text: Text { heading: &subject, text, link, note }.render()?,
        html: Html { heading: &heading, text, link, note }.render()?,
        subject,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::HOSTILE;

    const LINK: &str = "https://app.example.com/api/auth/password/new?token=t0ken&email=a%40b.c";

    fn all(link: &str, host: &str) -> [Mail; 3] {
        [reset(link, host, "10 minutes").unwrap(), nobody(host).unwrap(), changed(link, host).unwrap()]
    }

    #[test]
    fn no_value_can_start_another_header_or_line_or_bring_markup() {
        for mail in all("https://a.example/\r\nx", "a.example\r\nBcc: b@c.d") {
            assert!(mail.subject.ends_with(" a.exampleBcc: b@c.d") && !mail.subject.contains(['\r', '\n']));
            assert!(mail.text.starts_with(&format!("{}\n", mail.subject)) && !mail.text.contains('\r'));
        }
        for mail in all(HOSTILE, HOSTILE) {
            assert!(
                !mail.html.contains("<script") && !mail.html.contains("<img") && !mail.html.contains("\">'")
            );
        }
    }

    #[test]
    fn the_link_is_the_only_one_and_stands_whole_in_both_parts() {
        let [with_link, without, after] = all(LINK, "app.example.com");
        let escaped = LINK.replace('&', "&#38;");
        for mail in [&with_link, &after] {
            assert!(mail.text.contains(&format!("\n{LINK}\n")), "{}", mail.text);
            assert_eq!(mail.html.matches("href=").count(), 2);
            assert_eq!(mail.html.matches(&format!("href=\"{escaped}\"")).count(), 2);
        }
        assert!(!without.text.contains("http") && !without.html.contains("href="));
        for mail in [&with_link, &without, &after] {
            for loading in ["src=", "url(", "<link", "@import", "background="] {
                assert!(!mail.html.contains(loading), "{loading}");
            }
            assert!(!mail.html.contains(" app.example.com"), "a host that a client would link");
        }
    }

    #[test]
    fn how_long_the_link_lasts_is_said() {
        assert!(reset(LINK, "app.example.com", "10 minutes").unwrap().text.contains("once, for 10 minutes."));
    }
}
