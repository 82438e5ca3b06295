//! What the address bar says about why a page was opened.

use std::fmt;

use url::Url;
use url::form_urlencoded::{Serializer, parse};

/// The query of a page that people are led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// Where to go afterwards, as it was asked for.
    callback_url: Option<String>,
    /// Why the last try failed.
    pub(crate) error: Option<String>,
    /// What a form of the page before came to.
    pub(crate) told: Option<String>,
}

impl Arrival {
    /// That of a page which says what went wrong, if anything did.
    #[cfg(feature = "server")]
    pub(crate) fn after(error: Option<String>) -> Self {
        Self { error, ..Self::default() }
    }

    /// The address of this page with it.
    #[cfg(feature = "server")]
    pub(crate) fn of(&self, path: &str) -> String {
        format!("{path}?{self}").trim_end_matches('?').to_owned()
    }

    /// Where to go afterwards: a page of this site, whose origin this is, whatever the address bar says.
    pub(crate) fn callback_url(&self, origin: &str) -> String {
        self.callback_url
            .as_deref()
            .and_then(|wanted| local(wanted, origin))
            .unwrap_or_else(|| "/".to_owned())
    }
}

/// The path and query, if they are this site's.
fn local(wanted: &str, origin: &str) -> Option<String> {
    let here = Url::parse(origin).ok()?;
    let url = here.join(wanted).ok().filter(|url| url.origin() == here.origin())?;
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    let to = format!("{}{query}", url.path());
    // A browser reads a path that begins with two slashes as another host's address.
    (!to.starts_with("//")).then_some(to)
}

impl From<&str> for Arrival {
    fn from(query: &str) -> Self {
        let mut arrival = Self::default();
        for (name, value) in parse(query.as_bytes()) {
            match &*name {
                "callbackUrl" => arrival.callback_url = Some(value.into_owned()),
                "error" => arrival.error = Some(value.into_owned()),
                "told" => arrival.told = Some(value.into_owned()),
                _ => {}
            }
        }
        arrival
    }
}

impl fmt::Display for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut query = Serializer::new(String::new());
        for (name, value) in
            [("callbackUrl", &self.callback_url), ("error", &self.error), ("told", &self.told)]
        {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        f.write_str(&query.finish())
    }
}

/// What the page says of an error code.
pub(crate) fn words(code: &str) -> &'static str {
    match code {
        "CredentialsSignin" => "No account has this address and this password.",
        "EmailSignin" => "The mail could not be sent. Is the address right?",
        "FetchError" => "The sign-in server cannot be reached. Try again in a moment.",
        _ => "That did not work. Try again.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_go_afterwards_stays_on_this_site() {
        let to = |wanted: &str| {
            let callback_url = Some(wanted.to_owned());
            Arrival { callback_url, ..Arrival::default() }.callback_url("http://here")
        };
        assert_eq!(to("/protected?from=here#there"), "/protected?from=here");
        assert_eq!(to("http://here/inner"), "/inner");
        for elsewhere in [
            "//elsewhere.example/",
            "https://elsewhere.example/",
            "/\\elsewhere.example",
            "http://[",
            "javascript:alert(1)",
            "http://here//elsewhere.example",
            "/.//elsewhere.example",
            "",
        ] {
            assert_eq!(to(elsewhere), "/", "{elsewhere}");
        }
        assert_eq!(Arrival::default().callback_url("http://here"), "/");
    }

    #[test]
    fn a_query_is_read_as_it_is_written() {
        let query = "callbackUrl=%2Fprotected%3Ffrom%3Dhere&error=CredentialsSignin&told=Kept";
        let arrival = Arrival::from(query);
        assert_eq!(arrival.callback_url("http://here"), "/protected?from=here");
        assert_eq!(arrival.to_string(), query);
    }
}
