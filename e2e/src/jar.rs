//! Cookies, kept as a browser keeps them.

use std::collections::BTreeMap;

use crate::Response;

/// One `Set-Cookie`, with its attributes as they were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// The name.
    pub name: String,
    /// The value, as sent: still percent-encoded.
    pub value: String,
    /// The attributes in their order, such as `Path=/`, `HttpOnly`; `Expires` as its name alone, for its date is
    /// checked by [`Cookie::lasts`].
    pub attributes: Vec<String>,
    /// For how many seconds from now, by `Max-Age` or `Expires`; `None` for as long as the browser runs.
    pub lasts: Option<i64>,
}

impl Cookie {
    fn parse(line: &str) -> Self {
        let parsed = cookie::Cookie::parse(line.to_owned())
            .unwrap_or_else(|error| panic!("{error} in Set-Cookie: {line}"));
        let attributes = line
            .split(';')
            .skip(1)
            .map(|text| text.trim())
            .map(|text| if text.starts_with("Expires=") { "Expires" } else { text })
            .map(str::to_owned)
            .collect();
        let until = parsed.expires_datetime().map(|at| at.unix_timestamp() - now());
        let lasts = parsed.max_age().map(|age| age.whole_seconds()).or(until);
        Self { name: parsed.name().to_owned(), value: parsed.value().to_owned(), attributes, lasts }
    }

    /// Whether this takes the cookie away.
    pub fn removes(&self) -> bool {
        self.lasts.is_some_and(|seconds| seconds <= 0)
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

impl Response {
    /// Every `Set-Cookie`, in order.
    pub fn cookies(&self) -> Vec<Cookie> {
        self.all("set-cookie").map(Cookie::parse).collect()
    }

    /// The `Set-Cookie` of this name.
    pub fn cookie(&self, name: &str) -> Option<Cookie> {
        self.cookies().into_iter().find(|cookie| cookie.name == name)
    }
}

/// The cookies of one site.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jar(BTreeMap<String, String>);

impl Jar {
    pub(crate) fn take(&mut self, response: &Response) {
        for cookie in response.cookies() {
            if cookie.removes() {
                self.0.remove(&cookie.name);
            } else {
                self.0.insert(cookie.name, cookie.value);
            }
        }
    }

    pub(crate) fn header(&self) -> Option<String> {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}
