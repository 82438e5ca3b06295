//! Reading `hallpass.toml`.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::keys::{self, KEYS};
use super::nearest::nearest;
use super::problem::{Origin, Problem};
use super::settings::Settings;
use super::value::Value;

/// The file is not TOML: nothing of it counts.
#[derive(Debug)]
pub(crate) struct NotToml;

/// Lays the file's settings in. What cannot be used is told with its line, all of it at once.
pub(crate) fn read(
    path: &Path,
    text: &str,
    settings: &mut Settings,
    problems: &mut Vec<Problem>,
) -> Result<(), NotToml> {
    let mut reader = Reader { path, text, settings, problems };
    match DeTable::parse(text) {
        Ok(table) => {
            reader.table("", table.get_ref());
            Ok(())
        }
        Err(error) => {
            let line = error.span().map_or(1, |span| reader.line(span.start));
            let at = reader.at(line);
            let what = format!("this is not TOML: {}", error.message());
            reader.problems.push(Problem::error(what).at(Some(at)));
            Err(NotToml)
        }
    }
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    settings: &'a mut Settings,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
    }

    fn at(&self, line: usize) -> Origin {
        Origin::File { path: self.path.to_owned(), line }
    }

    fn table(&mut self, path: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let full = if path.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{path}.{}", name.get_ref())
            };
            let line = self.line(name.span().start);
            let value = value.get_ref();
            match (keys::find(&full), value) {
                (Some(key), value) => match Value::from_toml(key.kind, value) {
                    Ok(value) => self.settings.set(full, value, self.at(line)),
                    Err(found) => {
                        let what = format!("`{full}` is {found}, and should be {}", key.kind.wants());
                        self.problems.push(Problem::error(what).at(Some(self.at(line))));
                    }
                },
                (None, DeValue::Table(inner)) if keys::is_table(&full) => self.table(&full, inner),
                (None, _) if keys::is_table(&full) => {
                    let what = format!("`{full}` is a table: write [{full}] on a line of its own");
                    self.problems.push(Problem::error(what).at(Some(self.at(line))));
                }
                (None, _) => self.unknown(path, name.get_ref(), line),
            }
        }
    }

    /// A key nobody knows: the nearest one of the same table, else one of that name in another table.
    fn unknown(&mut self, table: &str, name: &str, line: usize) {
        let full = if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") };
        let here = KEYS.iter().filter(|key| same_table(key.split().0, table)).map(|key| key.split().1);
        let tables = KEYS.iter().filter_map(|key| key.name.split_once('.')).map(|(first, _)| first);
        let near = nearest(name, here.chain(tables.filter(|_| table.is_empty())));
        let elsewhere = || KEYS.iter().find(|key| key.split().1 == name).map(|key| key.name);
        let problem = Problem::error(format!("`{full}` is not a key")).at(Some(self.at(line)));
        let way_out = match (near, elsewhere()) {
            (Some(near), _) => Some(format!("did you mean `{near}`?")),
            (None, Some(elsewhere)) => Some(format!("did you mean `{elsewhere}`, in another table?")),
            (None, None) => Some("`hallpass check --keys` lists every key".to_owned()),
        };
        self.problems.push(Problem { way_out, ..problem });
    }
}

fn same_table(pattern: &str, table: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == table,
        Some((before, after)) => keys::id_in(before, after, table).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn problems(text: &str) -> Vec<String> {
        let (mut settings, mut problems) = (Settings::default(), Vec::new());
        let _ = read(Path::new("hallpass.toml"), text, &mut settings, &mut problems);
        problems.iter().map(ToString::to_string).collect()
    }

    fn only_problem(text: &str) -> String {
        let mut found = problems(text);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    #[test]
    fn an_unknown_key_is_told_with_its_line_and_the_nearest_one() {
        for (text, expected) in [
            ("\nlisen = \"x\"", "hallpass.toml:2: `lisen` is not a key\n  → did you mean `listen`?"),
            ("[sesion]\nmax_age = 1", "hallpass.toml:1: `sesion` is not a key\n  → did you mean `session`?"),
            (
                "[session]\nmaxage = 1",
                "hallpass.toml:2: `session.maxage` is not a key\n  → did you mean `max_age`?",
            ),
            (
                "[providers.github]\nclient_idd = \"1\"",
                "hallpass.toml:2: `providers.github.client_idd` is not a key\n  → did you mean `client_id`?",
            ),
            (
                "smtp = \"x\"",
                "hallpass.toml:1: `smtp` is not a key\n  → did you mean `email.smtp`, in another table?",
            ),
            (
                "[email]\nxyzzy = 1",
                "hallpass.toml:2: `email.xyzzy` is not a key\n  → `hallpass check --keys` lists every key",
            ),
        ] {
            assert_eq!(only_problem(text), format!("error: {expected}"), "{text}");
        }
    }

    #[test]
    fn a_wrong_type_is_told_with_what_is_wanted_and_without_the_value() {
        for (text, parts) in [
            ("url = 3", ["`url`", "integer", "a text"]),
            ("secret = 987654321", ["`secret`", "integer", "a text"]),
            ("secrets = \"one\"", ["`secrets`", "string", "a list"]),
            ("secrets = [\"one\", 2]", ["`secrets`", "array", "a list"]),
            ("[session]\nmax_age = \"soon\"", ["`session.max_age`", "\"soon\"", "30d"]),
            ("[session]\nmax_age = -5", ["`session.max_age`", "integer", "30d"]),
            ("[session]\nmax_age = 1.5", ["`session.max_age`", "float", "30d"]),
            ("[session]\nstrategy = \"cookie\"", ["`session.strategy`", "\"cookie\"", "jwt, database"]),
            ("[password]\nenabled = \"yes\"", ["`password.enabled`", "string", "true or false"]),
            ("[password]\nmin_length = \"8\"", ["`password.min_length`", "string", "whole number"]),
            ("session = 3", ["`session`", "table", "[session]"]),
            ("providers = 3", ["`providers`", "table", "[providers]"]),
            ("url = ", ["not TOML", "", ""]),
        ] {
            let problem = only_problem(text);
            assert!(parts.iter().all(|part| problem.contains(part)), "{text}: {problem}");
            assert!(!problem.contains("987654321"), "{problem}");
        }
    }

    #[test]
    fn every_problem_is_told_at_once() {
        assert_eq!(problems("lisen = 1\nurl = 2\n[log]\nlevel = \"loud\"").len(), 3);
    }

    #[test]
    fn every_key_of_the_table_can_be_written() {
        for key in KEYS {
            let (table, name) = key.split();
            let value = match key.kind {
                keys::Kind::Text => "\"text\"".to_owned(),
                keys::Kind::Flag => "true".to_owned(),
                keys::Kind::Count => "12".to_owned(),
                keys::Kind::Duration | keys::Kind::Limit => "\"2h\"".to_owned(),
                keys::Kind::List => "[\"one\", \"two\"]".to_owned(),
                keys::Kind::Choice(words) => format!("{:?}", words.last().unwrap()),
            };
            let header =
                if table.is_empty() { String::new() } else { format!("[{}]\n", table.replace('*', "acme")) };
            let (mut settings, mut problems) = (Settings::default(), Vec::new());
            let text = format!("{header}{name} = {value}\n");
            let _ = read(Path::new("hallpass.toml"), &text, &mut settings, &mut problems);
            assert!(problems.is_empty(), "{}: {problems:?}", key.name);
            let set = settings.get(&key.name.replace('*', "acme")).unwrap();
            let line = if table.is_empty() { 1 } else { 2 };
            assert_eq!(set.origin, Origin::File { path: "hallpass.toml".into(), line });
        }
    }

    #[test]
    fn a_duration_is_seconds_or_a_text_with_a_unit() {
        for text in ["[session]\nmax_age = 7200", "[session]\nmax_age = \"2h\"", "session.max_age = 0x1c20"] {
            let (mut settings, mut problems) = (Settings::default(), Vec::new());
            let _ = read(Path::new("hallpass.toml"), text, &mut settings, &mut problems);
            assert_eq!(
                settings.duration("session.max_age"),
                Some(Duration::from_secs(7200)),
                "{text} {problems:?}"
            );
        }
    }
}
