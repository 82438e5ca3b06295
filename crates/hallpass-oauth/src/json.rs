//! JSON as a security protocol has to read it: bounded in size and depth, and without repeated names.
//!
//! `serde_json::Value` keeps the last of two members of one name, other parsers the first: a document that says two
//! things is refused (RFC 8259 §4 leaves its meaning open).

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Deeper nesting than any document of these protocols has.
const MAX_DEPTH: usize = 32;

/// Reads one JSON object and nothing after it; `None` for anything else.
pub(crate) fn object(bytes: &[u8], max_bytes: usize) -> Option<Map<String, Value>> {
    match value(bytes, max_bytes)? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// Reads one JSON value and nothing after it; `None` for anything else.
pub(crate) fn value(bytes: &[u8], max_bytes: usize) -> Option<Value> {
    if bytes.len() > max_bytes {
        return None;
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0 }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom("nested too deep"));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated names")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(inner)?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a name is repeated"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_name_is_refused_at_any_depth() {
        assert!(object(br#"{"a":1,"a":1}"#, 100).is_none());
        assert!(object(br#"{"x":[{"a":1,"\u0061":2}]}"#, 100).is_none());
        assert!(object(br#"{"x":[{"a":1,"b":2}],"a":3}"#, 100).is_some());
    }

    #[test]
    fn what_is_not_one_object_is_refused() {
        for text in
            ["", "[]", "null", "{} {}", "{}x", "\u{feff}{}", "<html>", "{\"a\":1e400}", "{\"a\":NaN}", "{"]
        {
            assert!(object(text.as_bytes(), 100).is_none(), "{text:?}");
        }
        assert!(object(b"{\"a\":\"\xff\"}", 100).is_none(), "not UTF-8");
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(value(nested(MAX_DEPTH).as_bytes(), 1000).is_some());
        assert!(value(nested(MAX_DEPTH + 1).as_bytes(), 1000).is_none());
        assert!(value(nested(100_000).as_bytes(), 1_000_000).is_none());
        assert!(value(b"[1,2]", 5).is_some());
        assert!(value(b"[1,2]", 4).is_none());
    }
}
