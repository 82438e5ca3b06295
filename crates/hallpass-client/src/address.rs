//! Where the server is.

use hallpass_wire::DEFAULT_BASE_PATH;
use url::{Host, Url};

use crate::Error;

/// The URL of the base path, without a slash at the end. A URL without a path gets the usual one.
pub(crate) fn base(given: &str, plain_http: PlainHttp) -> Result<Url, Error> {
    let mut url = Url::parse(given).map_err(|_| Error::Address("it is no URL"))?;
    let host = url.host().ok_or(Error::Address("it names no host"))?;
    let loopback = match &host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback || plain_http == PlainHttp::Allowed => {}
        "http" => return Err(Error::PlainHttp(host.to_string())),
        _ => return Err(Error::Address("it is neither https nor http")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Address("it holds a name or a password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::Address("it has a query or a fragment"));
    }
    let path = match url.path().trim_end_matches('/') {
        "" => DEFAULT_BASE_PATH.to_owned(),
        path => path.to_owned(),
    };
    url.set_path(&path);
    Ok(url)
}

/// Whether a host that is not the loopback may be asked without TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlainHttp {
    Refused,
    Allowed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_asked_is_refused() {
        for given in [
            "",
            "app.example",
            "/api/auth",
            "ftp://app.example",
            "data:text/plain,x",
            "https://ada:pw@app.example",
            "https://app.example/?x=1",
            "https://app.example/#x",
        ] {
            assert!(matches!(base(given, PlainHttp::Allowed), Err(Error::Address(_))), "{given}");
        }
        for given in ["http://app.example", "http://localhost.evil.example", "http://10.0.0.1"] {
            assert!(matches!(base(given, PlainHttp::Refused), Err(Error::PlainHttp(_))), "{given}");
            assert!(base(given, PlainHttp::Allowed).is_ok(), "{given}");
        }
    }

    #[test]
    fn a_site_gets_the_usual_base_path_and_a_path_is_taken_as_it_is() {
        for (given, expected) in [
            ("https://app.example", "https://app.example/api/auth"),
            ("https://app.example/", "https://app.example/api/auth"),
            ("https://app.example/shop/auth/", "https://app.example/shop/auth"),
            ("http://localhost:3000", "http://localhost:3000/api/auth"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000/api/auth"),
            ("http://[::1]:3000/a", "http://[::1]:3000/a"),
        ] {
            assert_eq!(base(given, PlainHttp::Refused).unwrap().as_str(), expected);
        }
    }
}
