//! What `hallpass check` says: every value that counts, where it comes from, and what is wrong.

use std::fmt::Write;

use hallpass::{Profile, SessionOptions};

use super::Loaded;
use super::effective::Mode;
use super::environment::variables;
use super::keys::{KEYS, Key, Secrecy};
use super::value::Value;

const HIDDEN: &str = "[set, not shown]";

/// The whole report, for a terminal.
pub(crate) fn report(loaded: &Loaded) -> String {
    let mut text = String::new();
    let mode = match loaded.config.mode {
        Mode::Development => "development",
        Mode::Production => "production",
    };
    let file = match &loaded.file {
        Some(path) => path.display().to_string(),
        None => format!("none, {} is not here", super::DEFAULT_FILE),
    };
    let _ = writeln!(text, "This is {mode} mode. Configuration file: {file}.");
    text.push('\n');
    for key in KEYS {
        for full in places(loaded, key) {
            describe(&mut text, loaded, key, &full);
        }
    }
    for (key, origin) in &loaded.settings.overridden {
        let winner =
            loaded.settings.origin(key).map_or_else(|| "another source".to_owned(), |o| o.to_string());
        let _ = writeln!(text, "\nnote: {origin} also sets `{key}`; {winner} is stronger");
    }
    for problem in &loaded.problems {
        let _ = write!(text, "\n{problem}\n");
    }
    text.push_str(if loaded.is_usable() {
        "\nThis configuration can be used.\n"
    } else {
        "\nThis configuration cannot be used.\n"
    });
    text
}

/// The places in the file this key stands for: one, or one for each provider that sets it.
fn places(loaded: &Loaded, key: &Key) -> Vec<String> {
    if !key.name.contains('*') {
        return vec![key.name.to_owned()];
    }
    let ids = loaded.settings.provider_ids();
    let full = ids.iter().map(|id| key.name.replace('*', id));
    full.filter(|full| loaded.settings.get(full).is_some()).collect()
}

fn describe(text: &mut String, loaded: &Loaded, key: &Key, full: &str) {
    match loaded.settings.get(full) {
        Some(setting) => {
            let shown = match key.secrecy {
                Secrecy::Secret => HIDDEN.to_owned(),
                Secrecy::Open => setting.value.to_string(),
            };
            line(text, full, &shown, &setting.origin.to_string());
        }
        None => {
            let (default, origin) = default_of(loaded, key);
            line(text, full, &default, &origin);
        }
    }
}

/// What holds where nothing is said, and why.
fn default_of(loaded: &Loaded, key: &Key) -> (String, String) {
    let config = &loaded.config;
    if let Some(lifetime) = lifetime_of(&config.session, key.name)
        && let Some(level) = loaded.settings.text("session.assurance")
    {
        return (lifetime, format!("session.assurance {level}"));
    }
    let default = match config.mode {
        Mode::Development => key.in_development.unwrap_or(key.default),
        Mode::Production => key.default,
    };
    match (key.in_compat, config.profile) {
        (None, _) => (default.to_owned(), "default".to_owned()),
        (Some(_), Profile::Strict) => (default.to_owned(), "profile strict".to_owned()),
        (Some(compat), Profile::Compat) => (compat.to_owned(), "profile compat".to_owned()),
    }
}

/// A lifetime that the level of assurance decides.
fn lifetime_of(session: &SessionOptions, name: &str) -> Option<String> {
    let lifetime = match name {
        "session.max_age" => Some(session.max_age),
        "session.update_age" => Some(session.update_age),
        "session.absolute_max_age" => session.absolute_max_age,
        _ => None,
    };
    lifetime.map(|lifetime| Value::Duration(lifetime).to_string())
}

fn line(text: &mut String, name: &str, value: &str, origin: &str) {
    // Control characters of a value would reach the terminal (attack case A90).
    let value: String = value.chars().map(|c| if c.is_control() { '�' } else { c }).collect();
    let _ = writeln!(text, "{name:<24} {value}   [{origin}]");
}

/// A setting, as the reference has it.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) variables: Vec<String>,
    pub(crate) default: String,
    pub(crate) about: &'static str,
}

/// Every setting, in the order of the table.
pub(crate) fn entries() -> impl Iterator<Item = Entry> {
    KEYS.iter().map(|key| {
        let mut default = key.default.to_owned();
        if let Some(there) = key.in_development {
            let _ = write!(default, "; in development {there}");
        }
        if let Some(there) = key.in_compat {
            let _ = write!(default, "; in compat {there}");
        }
        Entry {
            name: key.name.replace('*', "<id>"),
            variables: variables(key).map(|name| name.replace('*', "<ID>")).collect(),
            default,
            about: key.about,
        }
    })
}

/// Every setting with its variables, as Markdown: what `check --keys` prints and the documentation holds.
pub(crate) fn reference() -> String {
    let mut text = String::from("| key | variable | default | what it is |\n|---|---|---|---|\n");
    for Entry { name, variables, default, about } in entries() {
        let names: Vec<String> = variables.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(text, "| `{name}` | {} | {default} | {about} |", names.join(" "));
    }
    text.push_str("\nAny variable may end in `_FILE` and then names a file that holds the value.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_holds_the_table_of_every_setting() {
        let page = include_str!("../../../../book/configuration.md");
        assert!(
            page.contains(&reference()),
            "put the output of `hallpass check --keys` into book/configuration.md"
        );
    }
}
