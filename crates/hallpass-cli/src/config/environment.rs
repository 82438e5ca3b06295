//! Reading environment variables.
//!
//! Every key of the file has one: `session.max_age` is `HALLPASS_SESSION_MAX_AGE`, `providers.github.client_id` is
//! `HALLPASS_PROVIDERS_GITHUB_CLIENT_ID` (a `-` in an id becomes `_`). NextAuth.js's own names count too, after
//! ours. Any of them may end in `_FILE` and then names a file that holds the value.

use std::collections::BTreeMap;
use std::path::Path;

use super::keys::{KEYS, Key, id_in};
use super::nearest::nearest;
use super::problem::{Origin, Problem};
use super::settings::Settings;
use super::value::Value;

const PREFIX: &str = "HALLPASS_";

/// Lists that keep somebody out. A variable that was meant to hold one and holds nothing is a mistake to be told.
const NEVER_EMPTY: [&str; 2] = ["sign_in.allowed_domains", "claims.*.only"];
const FILE: &str = "_FILE";

/// The variable that names the configuration file; not a key, for it cannot stand in the file.
pub(crate) const CONFIG: &str = "HALLPASS_CONFIG";

/// What the environment is read with.
pub(crate) struct Environment<'a> {
    /// The variables.
    pub(crate) variables: &'a BTreeMap<String, String>,
    /// Reads the file that a `_FILE` variable names.
    pub(crate) read_file: &'a dyn Fn(&Path) -> std::io::Result<String>,
    /// Ids of providers that exist without being configured.
    pub(crate) known_ids: &'a [&'a str],
}

/// What a variable's name means.
#[derive(Debug)]
struct Meaning {
    key: &'static Key,
    /// The key with the provider's id in it.
    full: String,
    /// Whether the value is the name of a file that holds it.
    by_file: bool,
    /// Position among the names of the same key: 0 is ours.
    rank: usize,
}

impl Environment<'_> {
    /// Lays the variables in.
    pub(crate) fn read(&self, settings: &mut Settings, problems: &mut Vec<Problem>) {
        let ids = self.ids(settings);
        let mut found: Vec<Found<'_>> = Vec::new();
        for (name, value) in self.variables {
            if name == CONFIG {
                continue;
            }
            match meaning(name, &ids) {
                Some(meaning) => found.push(Found { meaning, name, value }),
                None if name.starts_with(PREFIX) => problems.push(unknown(name)),
                None => {}
            }
        }
        // Weakest first, so that ours, laid in last, wins.
        found.sort_by(|a, b| {
            let (a, b) = (&a.meaning, &b.meaning);
            (&a.full, b.rank, a.by_file).cmp(&(&b.full, a.rank, b.by_file))
        });
        for pair in found.windows(2) {
            if let [first, second] = pair
                && first.meaning.full == second.meaning.full
                && first.meaning.rank == second.meaning.rank
            {
                let what = format!("{} and {} say the same twice", first.name, second.name);
                problems.push(Problem::error(what).way_out("unset one of them"));
            }
        }
        for found in found {
            if let Err(problem) = self.lay_in(&found, settings) {
                problems.push(problem.at(Some(Origin::Variable(found.name.to_owned()))));
            }
        }
    }

    fn lay_in(&self, found: &Found<'_>, settings: &mut Settings) -> Result<(), Problem> {
        let Found { meaning, name, value } = found;
        let content = if meaning.by_file {
            let unreadable = |error| Problem::error(format!("the file it names cannot be read: {error}"));
            let text = (self.read_file)(Path::new(value)).map_err(unreadable)?;
            text.trim_end_matches(['\r', '\n']).to_owned()
        } else {
            (*value).to_owned()
        };
        // An empty variable counts as unset, as NextAuth.js and most people who write one mean it.
        if content.is_empty() && !NEVER_EMPTY.contains(&meaning.key.name) {
            return Ok(());
        }
        if content.is_empty() {
            let what =
                format!("{} is empty: taken for unset it would let in whom the list keeps out", meaning.full);
            return Err(Problem::error(what).way_out("unset the variable, or write the list into it"));
        }
        let unfit = || Problem::error(format!("{content:?} should be {}", meaning.key.kind.wants()));
        let value = Value::from_text(meaning.key.kind, &content).ok_or_else(unfit)?;
        settings.set(meaning.full.clone(), value, Origin::Variable((*name).to_owned()));
        Ok(())
    }

    /// The ids a variable may mean: those of the file first, for they may hold both `-` and `_`; and those that a variable
    /// declares by saying of what kind they are.
    fn ids(&self, settings: &Settings) -> Vec<String> {
        let mut ids = settings.provider_ids();
        ids.extend(self.known_ids.iter().map(|&id| id.to_owned()));
        let declared = self.variables.keys().filter_map(|name| id_in("HALLPASS_PROVIDERS_", "_KIND", name));
        ids.extend(declared.map(as_id));
        ids
    }
}

/// A variable that means something.
struct Found<'a> {
    meaning: Meaning,
    name: &'a str,
    value: &'a str,
}

fn meaning(name: &str, ids: &[String]) -> Option<Meaning> {
    // The longest pattern: `…_CLAIMS_NAME` is not the name of a provider `…_CLAIMS`.
    let exact = |name: &str, by_file: bool| {
        let fitting = KEYS.iter().flat_map(|key| {
            variables(key).enumerate().filter_map(move |(rank, pattern)| {
                let full = match_variable(key, &pattern, rank, name, ids)?;
                Some((pattern.len(), Meaning { key, full, by_file, rank }))
            })
        });
        fitting.max_by_key(|(length, _)| *length).map(|(_, meaning)| meaning)
    };
    exact(name, false).or_else(|| exact(name.strip_suffix(FILE)?, true))
}

/// The full key if the variable's name fits the pattern.
fn match_variable(key: &Key, pattern: &str, rank: usize, name: &str, ids: &[String]) -> Option<String> {
    let Some((before, after)) = pattern.split_once('*') else {
        return (pattern == name).then(|| key.name.to_owned());
    };
    let id = id_in(before, after, name)?;
    let known = ids.iter().find(|known| variable_part(known) == id);
    let id = match known {
        Some(known) => known.clone(),
        // Only our own prefix may declare a provider: AUTH_… is everybody's.
        None if rank == 0 => as_id(id),
        None => return None,
    };
    Some(key.name.replace('*', &id))
}

/// The names of a key's variables, ours first.
pub(crate) fn variables(key: &Key) -> impl Iterator<Item = String> {
    let own = format!("{PREFIX}{}", variable_part(key.name));
    std::iter::once(own).chain(key.aliases.iter().map(|&alias| alias.to_owned()))
}

/// The id that a variable's part stands for where nothing else spells it.
fn as_id(part: &str) -> String {
    part.to_ascii_lowercase().replace('_', "-")
}

fn variable_part(name: &str) -> String {
    name.to_ascii_uppercase().replace(['.', '-'], "_")
}

fn unknown(name: &str) -> Problem {
    let candidates: Vec<String> = KEYS.iter().filter_map(|key| variables(key).next()).collect();
    let bare = name.strip_suffix(FILE).unwrap_or(name);
    let problem = Problem::error(format!("the environment variable {name} is not a setting"));
    match nearest(bare, candidates.iter().map(String::as_str)) {
        Some(near) => problem.way_out(format!("did you mean {near}?")),
        None => problem.way_out("`hallpass check --keys` lists every setting"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::Kind;

    fn read(variables: &[(&str, &str)]) -> (Settings, Vec<String>) {
        let variables = variables.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect();
        let read_file = |path: &Path| match path.to_str() {
            Some("/run/secret") => Ok("from the file\n".to_owned()),
            _ => Err(std::io::ErrorKind::NotFound.into()),
        };
        let environment =
            Environment { variables: &variables, read_file: &read_file, known_ids: &["github", "azure-ad"] };
        let (mut settings, mut problems) = (Settings::default(), Vec::new());
        environment.read(&mut settings, &mut problems);
        (settings, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_key_has_a_variable() {
        for key in KEYS {
            let value = match key.kind {
                Kind::Text | Kind::List => "text",
                Kind::Flag => "true",
                Kind::Count | Kind::Duration | Kind::Limit => "12",
                Kind::Choice(words) => words[0],
            };
            for name in variables(key) {
                let name = name.replace('*', "GITHUB");
                let (settings, problems) = read(&[(&name, value)]);
                assert!(problems.is_empty(), "{name}: {problems:?}");
                let set = settings.get(&key.name.replace('*', "github")).unwrap_or_else(|| panic!("{name}"));
                assert_eq!(set.origin, Origin::Variable(name));
            }
        }
    }

    #[test]
    fn every_secret_can_be_kept_in_a_file() {
        for key in KEYS.iter().filter(|key| key.secrecy == crate::config::keys::Secrecy::Secret) {
            for name in variables(key) {
                let name = format!("{}_FILE", name.replace('*', "GITHUB"));
                let (settings, problems) = read(&[(&name, "/run/secret")]);
                assert!(problems.is_empty(), "{name}: {problems:?}");
                let value = &settings.get(&key.name.replace('*', "github")).unwrap().value;
                assert_eq!(value.to_string(), "from the file", "{name}");
            }
        }
    }

    #[test]
    fn a_key_that_ends_in_file_is_not_taken_for_one() {
        let (settings, problems) = read(&[("HALLPASS_EMAIL_CA_FILE", "/etc/ca.pem")]);
        assert_eq!(settings.text("email.ca_file"), Some("/etc/ca.pem"), "{problems:?}");
    }

    #[test]
    fn a_variable_and_its_file_together_are_refused() {
        let (_, problems) = read(&[("HALLPASS_SECRET", "a"), ("HALLPASS_SECRET_FILE", "/run/secret")]);
        assert!(problems[0].contains("HALLPASS_SECRET and HALLPASS_SECRET_FILE"), "{problems:?}");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told() {
        let (_, problems) = read(&[("HALLPASS_SECRET_FILE", "/nowhere")]);
        assert!(problems[0].contains("HALLPASS_SECRET_FILE") && problems[0].contains("cannot be read"));
    }

    #[test]
    fn ours_wins_over_nextauths_and_that_is_remembered() {
        let (settings, problems) =
            read(&[("AUTH_URL", "http://a"), ("HALLPASS_URL", "http://h"), ("NEXTAUTH_URL", "http://n")]);
        assert!(problems.is_empty());
        assert_eq!(settings.text("url"), Some("http://h"));
        let overridden: Vec<_> = settings.overridden.iter().map(|(_, origin)| origin.to_string()).collect();
        assert_eq!(overridden, ["AUTH_URL", "NEXTAUTH_URL"]);
        let (settings, _) = read(&[("AUTH_SECRET", "a"), ("NEXTAUTH_SECRET", "n")]);
        assert_eq!(settings.text("secret"), Some("n"));
    }

    #[test]
    fn an_unknown_variable_of_ours_is_told_with_the_nearest() {
        for (name, near) in [
            ("HALLPASS_SESION_MAX_AGE", "HALLPASS_SESSION_MAX_AGE"),
            ("HALLPASS_SECERT", "HALLPASS_SECRET"),
            ("HALLPASS_SECERT_FILE", "HALLPASS_SECRET"),
        ] {
            let (_, problems) = read(&[(name, "x")]);
            assert!(
                problems[0].contains(name) && problems[0].ends_with(&format!("mean {near}?")),
                "{problems:?}"
            );
        }
        assert!(read(&[("HALLPASS_XYZZY_PLUGH", "x")]).1[0].contains("check --keys"));
    }

    #[test]
    fn variables_of_others_are_left_alone() {
        let others =
            [("AUTH_TRUST_HOST", "1"), ("AUTH_JENKINS_ID", "x"), ("PATH", "/bin"), ("HALLPASS_CONFIG", "x")];
        let (settings, problems) = read(&others);
        assert!(problems.is_empty() && settings.iter().next().is_none(), "{problems:?}");
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let (settings, problems) = read(&[("HALLPASS_SECRET", ""), ("HALLPASS_SESSION_MAX_AGE", "")]);
        assert!(settings.iter().next().is_none() && problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn an_empty_list_of_who_may_come_in_is_told() {
        for name in ["HALLPASS_SIGN_IN_ALLOWED_DOMAINS", "HALLPASS_CLAIMS_ROLE_ONLY"] {
            let (settings, problems) = read(&[("HALLPASS_CLAIMS_ROLE_FROM", "role"), (name, "")]);
            assert!(problems.len() == 1 && problems[0].contains(name), "{problems:?}");
            assert!(settings.text("claims.role.only").is_none() && problems[0].contains("is empty"));
        }
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_told() {
        let (_, problems) = read(&[("HALLPASS_SESSION_MAX_AGE", "soon")]);
        assert!(
            problems[0].contains("HALLPASS_SESSION_MAX_AGE") && problems[0].contains("30d"),
            "{problems:?}"
        );
    }

    #[test]
    fn an_id_with_a_dash_is_found_again() {
        let (settings, _) = read(&[("AUTH_AZURE_AD_ID", "x"), ("HALLPASS_PROVIDERS_MY_OP_CLIENT_ID", "y")]);
        assert_eq!(settings.text("providers.azure-ad.client_id"), Some("x"));
        assert_eq!(settings.text("providers.my-op.client_id"), Some("y"));
    }

    #[test]
    fn an_id_that_a_variable_declares_has_nextauths_variables_too() {
        let (settings, problems) =
            read(&[("HALLPASS_PROVIDERS_GITHUB_STAFF_KIND", "github"), ("AUTH_GITHUB_STAFF_ID", "x")]);
        assert_eq!(settings.text("providers.github-staff.client_id"), Some("x"), "{problems:?}");
        assert!(settings.text("providers.github.client_id").is_none());
        assert!(read(&[("AUTH_GITHUB_STAFF_ID", "x")]).0.iter().next().is_none(), "nobody declared it");
    }

    #[test]
    fn claims_of_a_provider_are_not_mistaken_for_an_id() {
        let (settings, problems) = read(&[("HALLPASS_PROVIDERS_GITHUB_CLAIMS_NAME", "login")]);
        assert_eq!(settings.text("providers.github.claims.name"), Some("login"), "{problems:?}");
    }
}
