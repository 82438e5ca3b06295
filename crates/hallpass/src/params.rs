//! Parameters of a request: its query, or its body as a form or as JSON.
//!
//! There is one reading of every parameter. A name that comes twice, or bytes that are no UTF-8, are an error
//! and not a choice.

use percent_encoding::percent_decode_str;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// More parameters than this are no form of ours.
const MAX_PARAMS: usize = 100;

/// Why parameters cannot be read. The client's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadParams {
    /// A name comes twice.
    Repeated,
    /// A name or value is no UTF-8.
    NotUtf8,
    /// There are more than [`MAX_PARAMS`].
    TooMany,
    /// The JSON is malformed, or no object.
    NotJson,
}

/// Names and values, each name once; and what a client of next-auth 4 or 5 hands to `update()`, which may be anything.
#[derive(Clone, Default)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    data: Value,
}

impl Params {
    /// Reads a query or a form body (`application/x-www-form-urlencoded`).
    pub(crate) fn from_form(form: &str) -> Result<Self, BadParams> {
        let mut pairs = Vec::new();
        for pair in form.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(name)?, decode(value)?));
        }
        Self::unique(pairs)
    }

    /// Reads a JSON object. Strings stand for themselves, numbers for their spelling. Booleans are left out,
    /// because `true` is not `"true"` (wire §4.2), and so are `null`, arrays and objects.
    pub(crate) fn from_json(body: &[u8]) -> Result<Self, BadParams> {
        let object: JsonObject = serde_json::from_slice(body).map_err(|error| {
            let said = error.to_string();
            if said.starts_with(REPEATED) {
                BadParams::Repeated
            } else if said.starts_with(TOO_MANY) {
                BadParams::TooMany
            } else {
                BadParams::NotJson
            }
        })?;
        let mut data = Value::Null;
        let pairs = object.0.into_iter().filter_map(|(name, value)| match value {
            value if name == DATA => {
                data = value;
                None
            }
            Value::String(value) => Some((name, value)),
            Value::Number(value) => Some((name, value.to_string())),
            _ => None,
        });
        let pairs = Self::unique(pairs.collect())?.pairs;
        Ok(Self { pairs, data })
    }

    /// The value under a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    /// All of them, in the order in which they came.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The member `data` of a JSON body; `null` where there is none.
    pub(crate) fn data(&self) -> &Value {
        &self.data
    }

    fn unique(pairs: Vec<(String, String)>) -> Result<Self, BadParams> {
        if pairs.len() > MAX_PARAMS {
            return Err(BadParams::TooMany);
        }
        let mut names: Vec<_> = pairs.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(BadParams::Repeated);
        }
        Ok(Self { pairs, data: Value::Null })
    }
}

fn decode(encoded: &str) -> Result<String, BadParams> {
    let spaced = encoded.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().map(Into::into).map_err(|_| BadParams::NotUtf8)
}

/// The name under which `update()` sends its argument.
const DATA: &str = "data";

const REPEATED: &str = "repeated name";
const TOO_MANY: &str = "too many names";

/// A JSON object in which no name comes twice; `serde_json::Map` would let the last one win.
struct JsonObject(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = JsonObject;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonObject, A::Error> {
                let mut pairs: Vec<(String, Value)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if pairs.len() >= MAX_PARAMS {
                        return Err(A::Error::custom(TOO_MANY));
                    }
                    if pairs.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom(REPEATED));
                    }
                    pairs.push((name, value));
                }
                Ok(JsonObject(pairs))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(form: &str) -> Result<Vec<(String, String)>, BadParams> {
        Params::from_form(form).map(|params| params.pairs().to_vec())
    }

    #[test]
    fn a_name_that_comes_twice_is_refused_however_it_is_spelled() {
        assert_eq!(form("a=1&a=2").unwrap_err(), BadParams::Repeated);
        assert_eq!(form("a=1&%61=2").unwrap_err(), BadParams::Repeated);
        assert_eq!(Params::from_json(br#"{"a":"1","a":"2"}"#).err(), Some(BadParams::Repeated));
    }

    #[test]
    fn bytes_that_are_no_utf8_are_refused() {
        assert_eq!(form("a=%E0%A4%A").unwrap_err(), BadParams::NotUtf8);
        assert_eq!(Params::from_json(b"{\"a\":\"\xff\"}").err(), Some(BadParams::NotJson));
    }

    #[test]
    fn too_many_and_too_deep_are_refused() {
        let many: Vec<_> = (0..=MAX_PARAMS).map(|n| format!("a{n}=1")).collect();
        assert_eq!(form(&many.join("&")).unwrap_err(), BadParams::TooMany);
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(Params::from_json(deep.as_bytes()).err(), Some(BadParams::NotJson));
        assert_eq!(Params::from_json(b"[1]").err(), Some(BadParams::NotJson));
    }

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let expected = [("a b", "c&d"), ("e", ""), ("f", "%zz")];
        let expected: Vec<_> = expected.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
        assert_eq!(form("a+b=c%26d&e&f=%zz").unwrap(), expected);
    }

    #[test]
    fn json_booleans_are_not_strings() {
        let params = Params::from_json(br#"{"json":true,"n":7,"s":"x","o":{}}"#).unwrap();
        assert_eq!((params.get("json"), params.get("n"), params.get("s")), (None, Some("7"), Some("x")));
    }
}
