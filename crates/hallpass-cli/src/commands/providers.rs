//! `hallpass providers`: the configured providers, what to register there, and what is missing.

use std::process::ExitCode;

use hallpass_oauth::{Kind, Provider};
use serde_json::{Value, json};

use crate::config::Loaded;
use crate::config::problem::Problem;
use crate::dialogue::{MISUSED, answer, say};
use crate::table::{lines, table};

/// What is said of a configured provider.
struct Told<'a> {
    id: String,
    name: String,
    kind: &'static str,
    issuer: Option<String>,
    callback_url: String,
    problems: Vec<&'a Problem>,
}

/// The configured providers. Exit code 2 where one cannot be used.
pub(crate) fn run(loaded: &Loaded, as_json: bool) -> ExitCode {
    let told: Vec<Told<'_>> = loaded.settings.provider_ids().into_iter().map(|id| told(loaded, id)).collect();
    let is_ready = told.iter().all(|provider| provider.problems.is_empty());
    let status = if as_json {
        answer(lines(&told.iter().map(Told::value).collect::<Vec<_>>()))
    } else if told.is_empty() {
        answer("No provider is configured. `hallpass providers --available` lists those that are built in.\n")
    } else {
        let rows: Vec<_> = told.iter().map(Told::row).collect();
        let status = answer(table(["ID", "NAME", "KIND", "ISSUER", "CALLBACK URL", "STATE"], &rows));
        told.iter().flat_map(|provider| &provider.problems).for_each(say);
        status
    };
    if is_ready { status } else { ExitCode::from(MISUSED) }
}

fn told(loaded: &Loaded, id: String) -> Told<'_> {
    let config = &loaded.config;
    let client = config.providers.iter().find(|client| client.provider().id == id.as_str());
    let entry = client.map(|client| client.provider()).or_else(|| hallpass_providers::find(&id));
    let issuer = loaded.settings.text(&format!("providers.{id}.issuer")).map(str::to_owned);
    let quoted = format!("`{id}`");
    let prefix = format!("providers.{id}.");
    let is_about = |problem: &&Problem| problem.what.contains(&quoted) || problem.what.contains(&prefix);
    Told {
        name: entry.map_or_else(|| id.clone(), |entry| entry.name.clone().into_owned()),
        kind: entry.map_or("unknown", kind),
        issuer: issuer.or_else(|| entry?.issuer.clone().map(|issuer| issuer.into_owned())),
        callback_url: format!("{}{}/callback/{id}", config.origin(config.listen.port()), config.base_path),
        problems: match client {
            Some(_) => Vec::new(),
            None => loaded.problems.iter().filter(is_about).collect(),
        },
        id,
    }
}

impl Told<'_> {
    fn row(&self) -> [String; 6] {
        let state = if self.problems.is_empty() { "ready" } else { "cannot be used" };
        let issuer = self.issuer.clone().unwrap_or_else(|| "-".to_owned());
        [
            self.id.clone(),
            self.name.clone(),
            self.kind.to_owned(),
            issuer,
            self.callback_url.clone(),
            state.to_owned(),
        ]
    }

    fn value(&self) -> Value {
        let problem = |problem: &&Problem| json!({"what": problem.what, "way_out": problem.way_out});
        json!({
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "issuer": self.issuer,
            "callback_url": self.callback_url,
            "ready": self.problems.is_empty(),
            "problems": self.problems.iter().map(problem).collect::<Vec<_>>(),
        })
    }
}

/// `hallpass providers --available`: the built-in entries and what each asks for.
pub(crate) fn available(as_json: bool) -> ExitCode {
    let entries = hallpass_providers::ALL;
    if as_json {
        let value = |entry: &Provider| json!({"id": entry.id, "name": entry.name, "kind": kind(entry), "issuer": entry.issuer, "needs": needs(entry)});
        return answer(lines(&entries.iter().map(value).collect::<Vec<_>>()));
    }
    let row = |entry: &Provider| {
        let (id, name) = (entry.id.clone().into_owned(), entry.name.clone().into_owned());
        [id, name, kind(entry).to_owned(), needs(entry).join(" ")]
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    answer(table(["ID", "NAME", "KIND", "SET"], &rows))
}

/// As `kind` says it in the configuration.
fn kind(entry: &Provider) -> &'static str {
    match entry.kind {
        Kind::Oidc => "oidc",
        Kind::Oauth2 => "oauth",
    }
}

/// The variables that turn an entry on. A template's endpoints are left to the configuration file.
fn needs(entry: &Provider) -> Vec<String> {
    let variable = entry.id.to_ascii_uppercase().replace('-', "_");
    let mut needs = vec![format!("AUTH_{variable}_ID"), format!("AUTH_{variable}_SECRET")];
    if entry.kind == Kind::Oidc && entry.issuer.is_none() {
        needs.push(format!("AUTH_{variable}_ISSUER"));
    }
    needs
}
