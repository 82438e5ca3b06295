//! Cookies in and out (RFC 6265).
//!
//! Names are matched exactly. A cookie that comes twice is nobody's: somebody planted one of them, and there is
//! no telling which.

use std::fmt::Write;
use std::time::Duration;

use hallpass_store::Timestamp;
use http::header::{COOKIE, HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;
use time::macros::format_description;

/// All `Cookie` headers of a request together may have this many bytes.
pub(crate) const MAX_HEADER_BYTES: usize = 32 * 1024;

/// More chunks than this are no session of ours: 16 × 3933 bytes is more than a header may hold.
const MAX_CHUNKS: usize = 16;

/// What JavaScript's `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Encodes as JavaScript's `encodeURIComponent` does.
pub(crate) fn encode_component(value: &str) -> String {
    utf8_percent_encode(value, COMPONENT).to_string()
}

/// The `Cookie` headers hold more than [`MAX_HEADER_BYTES`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// The cookies of a request, as they came.
pub(crate) struct Cookies<'a>(Vec<(&'a str, &'a str)>);

/// What a request says under one name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// Nothing.
    Nothing,
    /// One value, still percent-encoded.
    Once(&'a str),
    /// More than one.
    Repeated,
}

impl<'a> Cookies<'a> {
    /// Splits the headers. What is not `name=value` in visible ASCII is passed over.
    pub(crate) fn parse(headers: &'a HeaderMap) -> Result<Self, TooLarge> {
        let mut pairs = Vec::new();
        let mut bytes = 0;
        for header in headers.get_all(COOKIE) {
            bytes += header.len();
            if bytes > MAX_HEADER_BYTES {
                return Err(TooLarge);
            }
            let Ok(line) = header.to_str() else { continue };
            pairs.extend(line.split(';').filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('=')));
        }
        Ok(Self(pairs))
    }

    /// The value under a name.
    pub(crate) fn find(&self, name: &str) -> Found<'a> {
        let mut values = self.0.iter().filter(|(candidate, _)| *candidate == name);
        match (values.next(), values.next()) {
            (None, _) => Found::Nothing,
            (Some((_, value)), None) => Found::Once(value),
            (Some(_), Some(_)) => Found::Repeated,
        }
    }

    /// The value under a name, percent-decoded. `None` also where it is repeated or malformed.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        match self.find(name) {
            Found::Once(value) => percent_decoded(value),
            Found::Nothing | Found::Repeated => None,
        }
    }

    /// The names that start with a prefix; at most `most` of them.
    pub(crate) fn names(&self, prefix: &str, most: usize) -> Vec<&'a str> {
        let mut names: Vec<_> =
            self.0.iter().map(|(name, _)| *name).filter(|name| name.starts_with(prefix)).collect();
        names.sort_unstable();
        names.dedup();
        names.truncate(most);
        names
    }

    /// A value that may have been cut into `name.0`, `name.1`, …. The chunks must be all there, each once.
    pub(crate) fn joined(&self, name: &str) -> Option<std::borrow::Cow<'a, str>> {
        match self.find(name) {
            Found::Once(value) => return Some(value.into()),
            Found::Repeated => return None,
            Found::Nothing => {}
        }
        let mut chunks: [Option<&str>; MAX_CHUNKS] = [None; MAX_CHUNKS];
        let mut count = 0;
        for (candidate, value) in &self.0 {
            let Some(index) = chunk_index(candidate, name) else { continue };
            let place = chunks.get_mut(index)?;
            if place.replace(value).is_some() {
                return None;
            }
            count += 1;
        }
        if count == 0 {
            return None;
        }
        let whole: Option<String> = chunks.get(..count)?.iter().copied().collect();
        whole.map(Into::into)
    }

    /// The names under which a request holds the value or chunks of it.
    pub(crate) fn pieces(&self, name: &str) -> Vec<&'a str> {
        self.names(name, usize::MAX)
            .into_iter()
            .filter(|candidate| *candidate == name || chunk_index(candidate, name).is_some())
            .take(MAX_CHUNKS + 1)
            .collect()
    }
}

/// What `percent_encoding` makes of a value, with the stretches between the escapes copied whole and not byte by
/// byte: every request brings two such values.
fn percent_decoded(value: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        let (plain, escape) = rest.split_at(at);
        decoded.extend_from_slice(plain);
        let (byte, length) = escaped(escape).map_or((b'%', 1), |byte| (byte, 3));
        decoded.push(byte);
        rest = escape.get(length..).unwrap_or_default();
    }
    decoded.extend_from_slice(rest);
    String::from_utf8(decoded).ok()
}

/// The byte of `%C3` at the start; `None` where the percent sign stands for itself.
fn escaped(escape: &[u8]) -> Option<u8> {
    let &[_, high, low, ..] = escape else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// The index in `name.7`. A spelling that we would not write (`.07`, `.+7`, `.７`) is another cookie.
fn chunk_index(candidate: &str, name: &str) -> Option<usize> {
    let digits = candidate.strip_prefix(name)?.strip_prefix('.')?;
    let canonical = digits.bytes().all(|digit| digit.is_ascii_digit())
        && (1..=2).contains(&digits.len())
        && (digits == "0" || !digits.starts_with('0'));
    if canonical { digits.parse().ok() } else { None }
}

/// A cookie to set. All of ours are `HttpOnly`, `SameSite=Lax`, for the whole site, and `Secure` over https.
#[derive(Debug, Clone)]
pub(crate) struct SetCookie {
    name: String,
    value: String,
    max_age: Option<Duration>,
    expires: Option<Timestamp>,
}

impl SetCookie {
    /// A cookie that lasts as long as the browser runs.
    pub(crate) fn new(name: impl Into<String>, value: &str) -> Self {
        Self { name: name.into(), value: encode_component(value), max_age: None, expires: None }
    }

    /// A cookie that is to go.
    pub(crate) fn cleared(name: impl Into<String>) -> Self {
        Self { name: name.into(), value: String::new(), max_age: Some(Duration::ZERO), expires: None }
    }

    /// Lasts until a moment.
    pub(crate) fn until(mut self, expires: Timestamp) -> Self {
        self.expires = Some(expires);
        self
    }

    /// Lasts for a while; pair it with [`Self::until`].
    pub(crate) fn lasting(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Cut into `name.0`, `name.1`, … where the value is longer than `size`, and the `stale` ones among the
    /// request's cookies cleared that this leaves over.
    pub(crate) fn split(self, size: usize, stale: &[&str]) -> Vec<Self> {
        let mut cookies = if self.value.len() <= size {
            vec![self]
        } else {
            let chunks = self.value.as_bytes().chunks(size).map(String::from_utf8_lossy);
            let piece = |(index, chunk): (usize, std::borrow::Cow<'_, str>)| Self {
                name: format!("{}.{index}", self.name),
                value: chunk.into_owned(),
                ..self.clone()
            };
            chunks.enumerate().map(piece).collect()
        };
        let gone = stale.iter().filter(|stale| !cookies.iter().any(|cookie| cookie.name == **stale));
        let cleared: Vec<_> = gone.map(|stale| Self::cleared(*stale)).collect();
        cookies.extend(cleared);
        cookies
    }

    /// The `Set-Cookie` header, attributes in the order in which next-auth writes them.
    pub(crate) fn header(&self, secure: bool) -> Option<HeaderValue> {
        let mut line = format!("{}={}", self.name, self.value);
        if let Some(max_age) = self.max_age {
            write!(line, "; Max-Age={}", max_age.as_secs()).ok()?;
        }
        line.push_str("; Path=/");
        if let Some(expires) = self.expires {
            write!(line, "; Expires={}", http_date(expires)?).ok()?;
        }
        line.push_str("; HttpOnly");
        if secure {
            line.push_str("; Secure");
        }
        line.push_str("; SameSite=Lax");
        HeaderValue::try_from(line).ok()
    }
}

/// The cookies of a value that may be too long for one: the value in as many as it takes, and those of the
/// request that it no longer needs cleared.
pub(crate) fn chunked(
    name: &str,
    value: &str,
    size: usize,
    expires: Timestamp,
    stale: &[&str],
) -> Vec<SetCookie> {
    SetCookie::new(name, value).until(expires).split(size, stale)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
fn http_date(at: Timestamp) -> Option<String> {
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    OffsetDateTime::from_unix_timestamp(i64::try_from(at.secs()).ok()?).ok()?.format(format).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (COOKIE, HeaderValue::from_str(line).unwrap())).collect()
    }

    #[test]
    fn a_repeated_cookie_has_no_value() {
        let headers = headers(&["a=1; b=2", "a=3"]);
        let cookies = Cookies::parse(&headers).unwrap();
        assert_eq!(cookies.find("a"), Found::Repeated);
        assert_eq!(cookies.value("a"), None);
        assert_eq!(cookies.value("b").as_deref(), Some("2"));
        assert_eq!(cookies.find("c"), Found::Nothing);
    }

    #[test]
    fn malformed_percent_encoding_is_no_value() {
        let headers = headers(&["a=%E0%A4%A; b=%zz"]);
        let cookies = Cookies::parse(&headers).unwrap();
        assert_eq!(cookies.value("a"), None);
        assert_eq!(cookies.value("b").as_deref(), Some("%zz"));
    }

    #[test]
    fn escapes_are_read_as_the_crate_that_writes_them_reads_them() {
        for value in [
            "",
            "%",
            "%4",
            "%41",
            "%4g",
            "%%41",
            "%25%34",
            "a%7Cb%7cc",
            "%c3%a4",
            "%C3",
            "ab%",
            "%2",
            "%+1%-1",
        ] {
            let crates = percent_encoding::percent_decode_str(value).decode_utf8().ok();
            assert_eq!(percent_decoded(value).as_deref(), crates.as_deref(), "{value}");
        }
        let all: String = (0..=127).map(char::from).collect();
        assert_eq!(percent_decoded(&encode_component(&all)), Some(all));
    }

    #[test]
    fn more_than_the_limit_is_too_large() {
        let long = "x".repeat(MAX_HEADER_BYTES + 1);
        assert!(matches!(Cookies::parse(&headers(&[&long])), Err(TooLarge)));
    }

    #[test]
    fn chunks_are_joined_only_when_each_is_there_once() {
        let joined = |line: &str| {
            let headers = headers(&[line]);
            Cookies::parse(&headers).unwrap().joined("s").map(std::borrow::Cow::into_owned)
        };
        assert_eq!(joined("s.1=b; s.0=a; s.2=c").as_deref(), Some("abc"));
        assert_eq!(joined("s=x; s.0=a").as_deref(), Some("x"));
        assert_eq!(joined("s.0=a; s.2=c"), None);
        assert_eq!(joined("s.0=a; s.0=b"), None);
        assert_eq!(joined("s.00=a"), None);
        assert_eq!(joined("s.01=a"), None);
        assert_eq!(joined("s.-1=a"), None);
        assert_eq!(joined("s-other=a"), None);
        assert_eq!(joined("s.99=a"), None);
        assert_eq!(joined("s=a; s=b"), None);
        let many: Vec<_> = (0..100).map(|n| format!("s.{n}=a")).collect();
        assert_eq!(joined(&many.join("; ")), None);
    }

    #[test]
    fn a_long_value_is_cut_and_what_it_no_longer_needs_is_cleared() {
        let at = Timestamp::from_secs(784_111_777);
        let lines = |value: &str, stale: &[&str]| -> Vec<String> {
            chunked("s", value, 4, at, stale)
                .iter()
                .map(|cookie| cookie.header(false).unwrap().to_str().unwrap().to_owned())
                .collect()
        };
        let rest = "; Path=/; Expires=Sun, 06 Nov 1994 08:49:37 GMT; HttpOnly; SameSite=Lax";
        assert_eq!(
            lines("abcdef", &["s", "s.0"]),
            [
                format!("s.0=abcd{rest}"),
                format!("s.1=ef{rest}"),
                "s=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax".into()
            ]
        );
        assert_eq!(lines("abc", &[]), [format!("s=abc{rest}")]);
    }

    #[test]
    fn a_secure_cookie_says_so_in_its_place() {
        let header = SetCookie::new("a", "b|c").header(true).unwrap();
        assert_eq!(header, "a=b%7Cc; Path=/; HttpOnly; Secure; SameSite=Lax");
    }
}
