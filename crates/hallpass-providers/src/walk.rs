//! Walks every entry.

use std::collections::BTreeSet;

use hallpass_oauth::profile::EmailPolicy;
use hallpass_oauth::{Client, ClientError, ClientSecret, Kind, Pkce, Provider, TokenAuth};
use serde_json::json;

use super::{ALL, SAMPLES, find};

/// The entry with what the configuration has to add to a template.
fn configured(entry: &Provider) -> Provider {
    let mut entry = entry.clone();
    match (entry.id.as_ref(), entry.kind) {
        (_, Kind::Oidc) if entry.issuer.is_none() => {
            entry.issuer = Some(entry.issuer_example.unwrap_or("https://id.example").into());
        }
        ("oauth", _) => {
            entry.authorization = Some("https://id.example/authorize".into());
            entry.token = Some("https://id.example/token".into());
            entry.userinfo = hallpass_oauth::UserInfo::Endpoint("https://id.example/me".into());
        }
        _ => {}
    }
    entry
}

#[test]
fn every_file_is_in_the_list_under_its_own_name() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let files: BTreeSet<String> = std::fs::read_dir(source)
        .unwrap()
        .filter_map(|file| {
            file.unwrap().file_name().into_string().ok()?.strip_suffix(".rs").map(str::to_owned)
        })
        .filter(|name| !["lib", "sample", "walk"].contains(&name.as_str()))
        .collect();
    let listed: Vec<&str> = SAMPLES.iter().map(|(file, _)| *file).collect();
    assert_eq!(files.iter().map(String::as_str).collect::<Vec<_>>(), listed, "each file once, in order");
    let ids: Vec<String> = listed.iter().map(|file| file.replace('_', "-")).collect();
    assert_eq!(
        ALL.iter().map(|entry| entry.id.as_ref()).collect::<Vec<_>>(),
        ids,
        "the id is the file's name"
    );
}

#[test]
fn every_entry_makes_a_complete_client() {
    for entry in ALL {
        let secret = ClientSecret::new("s".to_owned());
        let client = Client::builder(configured(entry), "id").secret(secret).build();
        let client = client.unwrap_or_else(|error| panic!("{}: {error}", entry.id));
        let named = entry.kind == Kind::Oauth2 || entry.authorization.is_some();
        assert_eq!(client.fixed_metadata().is_some(), named, "{}", entry.id);
        assert!(
            entry.kind == Kind::Oauth2 || entry.scope.split(' ').any(|scope| scope == "openid"),
            "{}",
            entry.id
        );
    }
}

#[test]
fn an_entry_that_needs_a_secret_says_so() {
    for entry in ALL {
        let missing = match (entry.token_auth, entry.kind) {
            (TokenAuth::Basic | TokenAuth::Post, _) | (TokenAuth::Offered, Kind::Oauth2) => {
                ClientError::MissingClientSecret
            }
            (TokenAuth::SignedSecret { .. }, _) => ClientError::MissingPrivateKey,
            _ => continue,
        };
        let error = Client::builder(configured(entry), "id").build().unwrap_err();
        assert_eq!(error, missing, "{}", entry.id);
    }
}

#[test]
fn an_entry_that_needs_an_issuer_says_so_and_shows_one() {
    let own = |entry: &&Provider| entry.kind == Kind::Oidc && entry.issuer.is_none();
    let ids: Vec<&str> = ALL.iter().filter(own).map(|entry| entry.id.as_ref()).collect();
    assert_eq!(ids, ["auth0", "cognito", "keycloak", "oidc", "okta"]);
    for entry in ALL.iter().filter(own) {
        let secret = ClientSecret::new("s".to_owned());
        let error = Client::builder(entry.clone(), "id").secret(secret).build().unwrap_err();
        assert_eq!(error, ClientError::MissingIssuer, "{}", entry.id);
        assert_eq!(entry.issuer_example.is_some(), entry.id != "oidc", "{}", entry.id);
    }
}

#[test]
fn every_sign_in_is_tied_to_its_browser_as_well_as_its_provider_allows() {
    let loose = |entry: &&Provider| entry.pkce == Pkce::Refused;
    let ids: Vec<&str> = ALL.iter().filter(loose).map(|entry| entry.id.as_ref()).collect();
    assert_eq!(
        ids,
        ["linkedin", "slack"],
        "whoever adds one says in its file why, and what ties the code instead"
    );
}

#[test]
fn an_address_counts_as_verified_by_the_providers_word_alone() {
    for entry in ALL {
        let vouched = entry.email_policy == EmailPolicy::Always;
        assert_eq!(vouched, entry.id == "twitter", "{}", entry.id);
        let bare = json!({
            "sub": "1", "tid": "t", "id": "1", "data": { "id": "1", "email": "a@b.example" }, "email": "a@b.example",
            "user": { "email": "a@b.example", "email_verified": true },
        });
        assert!(!entry.profile(&bare).unwrap().email_verified, "{}", entry.id);
    }
}

#[test]
fn every_entry_reads_the_profile_that_its_documentation_shows() {
    for (entry, (file, sample)) in ALL.iter().zip(SAMPLES) {
        assert_eq!(entry.id, file.replace('_', "-"));
        sample.check(&entry.profile(&(sample.said)()).unwrap());
    }
}

/// The table in the book, from the entries.
fn table() -> String {
    let row = |entry: &Provider| {
        let protocol = if entry.kind == Kind::Oidc { "OpenID Connect" } else { "OAuth 2" };
        let issuer = entry.issuer_example.map(|example| format!("`issuer`, such as `{example}`"));
        let key = matches!(entry.token_auth, TokenAuth::SignedSecret { .. })
            .then(|| "`private_key_file`, `key_id`, `team_id`".to_owned());
        let needs = [issuer, key].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let verified = match entry.email_policy {
            EmailPolicy::Never => "never",
            EmailPolicy::Always => "always",
            EmailPolicy::Claim | EmailPolicy::ClaimOrText => "if it says so",
        };
        format!("| `{}` | {} | {protocol} | {needs} | {verified} |\n", entry.id, entry.name)
    };
    let templates = ["oauth", "oidc"];
    let rows: String = ALL.iter().filter(|entry| !templates.contains(&entry.id.as_ref())).map(row).collect();
    format!("| id | name | protocol | needs besides | address verified |\n|---|---|---|---|---|\n{rows}")
}

#[test]
fn the_book_holds_the_table_of_every_entry() {
    let page = include_str!("../../../book/providers.md");
    let table = table();
    assert!(page.contains(&table), "put this into book/providers.md:\n{table}");
}

#[test]
fn every_mark_is_a_small_harmless_drawing() {
    for entry in ALL {
        let (id, mark) = (&entry.id, entry.mark.expect("a mark").trim_end());
        assert!(mark.len() <= 2048, "{id}: {} bytes", mark.len());
        assert!(mark.starts_with("<svg ") && mark.ends_with("</svg>"), "{id}");
        for needed in [r#"viewBox="0 0 24 24""#, r#"width="20""#, r#"height="20""#, r#"aria-hidden="true""#] {
            assert_eq!(mark.matches(needed).count(), 1, "{id}: {needed}");
        }
        let plain = mark.replacen(r#"xmlns="http://www.w3.org/2000/svg""#, "", 1);
        let elements = elements(&plain).unwrap_or_else(|error| panic!("{id}: {error}"));
        for (name, attributes) in elements {
            assert!(["svg", "path", "circle"].contains(&name.as_str()), "{id}: <{name}>");
            for (attribute, value) in attributes {
                assert!(
                    !attribute.starts_with("on") && attribute != "style" && attribute != "href",
                    "{id}: {attribute}"
                );
                assert!(!value.contains(':') && !value.contains("url("), "{id}: {attribute}={value}");
            }
        }
    }
}

#[test]
fn a_mark_without_colours_of_its_own_takes_the_texts() {
    let marks = || ALL.iter().map(|entry| (&entry.id, entry.mark.unwrap()));
    for (id, mark) in marks() {
        assert!(mark.contains("currentColor") != mark.contains('#'), "{id}");
    }
    assert!(find("github").unwrap().mark.unwrap().contains("currentColor"));
    assert!(marks().any(|(_, mark)| mark.contains('#')));
}

/// One element's name and attributes.
type Element = (String, Vec<(String, String)>);

/// The elements of a document of elements alone, if every one is closed in turn and every attribute is quoted.
fn elements(text: &str) -> Result<Vec<Element>, String> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    let mut rest = text;
    while !rest.is_empty() {
        let inner = rest.strip_prefix('<').ok_or_else(|| format!("text: {rest}"))?;
        let (tag, after) = inner.split_once('>').ok_or("a tag does not end")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let (body, alone) = tag.strip_suffix('/').map_or((tag, false), |body| (body, true));
        let (name, mut attributes) = body.split_once(' ').unwrap_or((body, ""));
        let mut pairs = Vec::new();
        while !attributes.trim().is_empty() {
            let (attribute, value) =
                attributes.trim_start().split_once("=\"").ok_or("an attribute has no value")?;
            let (value, more) = value.split_once('"').ok_or("a value does not end")?;
            pairs.push((attribute.to_owned(), value.to_owned()));
            attributes = more;
        }
        found.push((name.to_owned(), pairs));
        if !alone {
            open.push(name.to_owned());
        }
        if open.is_empty() && !rest.is_empty() {
            return Err("more than one root".to_owned());
        }
    }
    if open.is_empty() { Ok(found) } else { Err(format!("<{}> is not closed", open.join("><"))) }
}

#[test]
fn a_broken_or_active_drawing_would_be_noticed() {
    for broken in ["<svg>", "<svg></path>", "<svg a=b></svg>", "<svg>x</svg>", "<svg/><svg/>", "<svg"] {
        assert!(elements(broken).is_err(), "{broken}");
    }
    assert_eq!(elements("<svg><path d=\"M0 0\"/></svg>").unwrap().len(), 2);
}
