//! The configuration file as a JSON Schema (draft 2020-12), from the one table of settings: with it an editor completes and
//! checks `hallpass.toml`. Checked in as `book/hallpass.schema.json`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::keys::{KEYS, Key, Kind};

/// The schema, as text.
pub(crate) fn schema() -> String {
    let mut file = Table::default();
    for key in KEYS {
        let place: Vec<&str> = key.name.split('.').collect();
        file.add(&place, key);
    }
    let mut schema = file.schema();
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "hallpass.toml".into();
    schema["description"] = "Printed by `hallpass config schema`.".into();
    format!("{schema:#}\n")
}

/// A table of the file.
#[derive(Default)]
struct Table<'a> {
    settings: BTreeMap<&'a str, &'a Key>,
    tables: BTreeMap<&'a str, Table<'a>>,
    /// What stands under the id of any provider.
    each: Option<Box<Table<'a>>>,
}

impl<'a> Table<'a> {
    fn add(&mut self, place: &[&'a str], key: &'a Key) {
        match place {
            [] => {}
            [name] => {
                self.settings.insert(name, key);
            }
            ["*", rest @ ..] => self.each.get_or_insert_default().add(rest, key),
            [name, rest @ ..] => self.tables.entry(name).or_default().add(rest, key),
        }
    }

    /// What is not in the table is an error, as it is to hallpass itself.
    fn schema(&self) -> Value {
        let settings = self.settings.iter().map(|(name, key)| ((*name).to_owned(), setting(key)));
        let tables = self.tables.iter().map(|(name, table)| ((*name).to_owned(), table.schema()));
        let properties: serde_json::Map<String, Value> = settings.chain(tables).collect();
        let others = self.each.as_ref().map_or(Value::Bool(false), |each| each.schema());
        json!({ "type": "object", "properties": properties, "additionalProperties": others })
    }
}

fn setting(key: &Key) -> Value {
    let development = key.in_development.map(|there| format!("; in development {there}")).unwrap_or_default();
    let mut schema = shape(key.kind);
    let compat = key.in_compat.map(|there| format!("; in compat {there}")).unwrap_or_default();
    schema["description"] = format!("{} Default: {}{development}{compat}.", key.about, key.default).into();
    schema
}

/// What the file may hold for a kind.
fn shape(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Count => json!({ "type": "integer", "minimum": 0 }),
        Kind::Duration => json!({ "anyOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": "^[0-9]+[smhdw]?$" },
        ] }),
        Kind::Limit => json!({ "anyOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": "^([0-9]+[smhdw]?|none)$" },
        ] }),
        Kind::List => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Choice(words) => json!({ "enum": words }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_schema_is_the_one_that_is_printed() {
        let file = include_str!("../../../../book/hallpass.schema.json");
        assert!(
            file == schema(),
            "put the output of `hallpass config schema` into book/hallpass.schema.json"
        );
    }

    #[test]
    fn every_setting_has_its_place_and_no_other_name_has_one() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        for key in KEYS {
            let mut place = &schema;
            for name in key.name.split('.') {
                assert_eq!(place["type"], "object", "{}", key.name);
                place = if name == "*" { &place["additionalProperties"] } else { &place["properties"][name] };
            }
            assert!(place["description"].as_str().unwrap().starts_with(key.about), "{}", key.name);
        }
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["properties"]["session"]["additionalProperties"], false);
    }

    #[test]
    fn a_kind_is_described_as_it_is_read() {
        let of = |place: &str| schema_of(place);
        assert_eq!(of("/properties/wire")["enum"], json!(["v3", "v4", "v5"]));
        assert_eq!(of("/properties/session/properties/max_age")["anyOf"][0]["type"], "integer");
        assert_eq!(of("/properties/password/properties/enabled")["type"], "boolean");
        assert_eq!(of("/properties/trusted_proxies")["items"]["type"], "string");
    }

    fn schema_of(place: &str) -> Value {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        schema.pointer(place).unwrap().clone()
    }
}
