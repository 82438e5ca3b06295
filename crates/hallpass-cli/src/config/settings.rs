//! Settings from every source, laid over each other.

use std::collections::BTreeMap;
use std::time::Duration;

use super::problem::Origin;
use super::value::Value;

/// A value and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

/// The settings that were given, by key. Sources are laid in from the weakest to the strongest: file, environment,
/// flags.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    chosen: BTreeMap<String, Setting>,
    /// Every provider that was named, the first first.
    providers: Vec<String>,
    /// What a stronger source overrode: key and origin.
    pub(crate) overridden: Vec<(String, Origin)>,
}

impl Settings {
    /// Lays a value over what is there.
    pub(crate) fn set(&mut self, key: String, value: Value, origin: Origin) {
        if let Some(id) = provider_of(&key)
            && !self.providers.iter().any(|known| known == id)
        {
            self.providers.push(id.to_owned());
        }
        if let Some(weaker) = self.chosen.insert(key.clone(), Setting { value, origin }) {
            self.overridden.push((key, weaker.origin));
        }
    }

    /// Takes a value out, because a stronger source gave another key of the same meaning.
    pub(crate) fn override_key(&mut self, key: &str) {
        if let Some(weaker) = self.chosen.remove(key) {
            self.overridden.push((key.to_owned(), weaker.origin));
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Setting> {
        self.chosen.get(key)
    }

    pub(crate) fn origin(&self, key: &str) -> Option<Origin> {
        self.get(key).map(|setting| setting.origin.clone())
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key).map(|setting| &setting.value) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key).map(|setting| &setting.value) {
            Some(Value::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    pub(crate) fn count(&self, key: &str) -> Option<u64> {
        match self.get(key).map(|setting| &setting.value) {
            Some(Value::Count(count)) => Some(*count),
            _ => None,
        }
    }

    pub(crate) fn duration(&self, key: &str) -> Option<Duration> {
        match self.get(key).map(|setting| &setting.value) {
            Some(Value::Duration(duration)) => Some(*duration),
            _ => None,
        }
    }

    pub(crate) fn list(&self, key: &str) -> &[String] {
        match self.get(key).map(|setting| &setting.value) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }

    /// The names under which anything is said in a table that holds one for each, such as `claims`.
    pub(crate) fn ids(&self, table: &str) -> Vec<String> {
        let id =
            |key: &String| key.strip_prefix(table)?.strip_prefix('.')?.split('.').next().map(str::to_owned);
        let mut ids: Vec<String> = self.chosen.keys().filter_map(id).collect();
        ids.dedup();
        ids
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.chosen.iter().map(|(key, setting)| (key.as_str(), setting))
    }

    /// The ids of the providers that anything is said about, in the order in which they were first named: that is the
    /// order of the buttons.
    pub(crate) fn provider_ids(&self) -> Vec<String> {
        let said = |id: &&String| self.chosen.keys().any(|key| provider_of(key) == Some(id));
        self.providers.iter().filter(said).cloned().collect()
    }
}

/// The provider that a key is about.
fn provider_of(key: &str) -> Option<&str> {
    key.strip_prefix("providers.")?.split('.').next()
}
