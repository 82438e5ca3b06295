//! One claim of a token, whatever stands there.

use std::borrow::Cow;
use std::fmt;

use hallpass_store::Timestamp;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A claim as text, as a number, or as something that nobody here reads.
#[derive(Debug, Default, PartialEq)]
pub(super) enum Claim<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    /// It is not there, or is of another type.
    #[default]
    Other,
}

impl Claim<'_> {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.into_owned()),
            _ => None,
        }
    }

    /// Seconds since the Unix epoch, with a fraction (RFC 7519 §2).
    pub(super) fn seconds(&self) -> Option<Timestamp> {
        match self {
            Self::Number(seconds) if *seconds >= 0.0 => {
                Some(Timestamp::from_millis((seconds * 1000.0).round() as u64))
            }
            _ => None,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Claim<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Claim<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a claim")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Claim::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Claim::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Claim::Number(number as f64))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Claim::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Claim::Number(number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Claim::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Claim::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Claim::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Claim::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_text_or_a_number_or_nobodys_business() {
        let read = |json| serde_json::from_str::<Claim<'_>>(json).unwrap();
        assert_eq!(read("\"a\""), Claim::Text("a".into()));
        assert_eq!(read(r#""\u0061""#), Claim::Text("a".into()));
        assert_eq!(read("1796000000.5").seconds(), Some(Timestamp::from_millis(1_796_000_000_500)));
        for other in ["null", "true", "[1,[2]]", r#"{"a":{"b":1}}"#] {
            assert_eq!(read(other), Claim::Other, "{other}");
        }
        for never in ["-1", "\"1\"", "null"] {
            assert_eq!(read(never).seconds(), None, "{never}");
        }
    }
}
