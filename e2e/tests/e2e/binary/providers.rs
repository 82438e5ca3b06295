//! `hallpass providers`.

use e2e::{Folder, SECRET, hallpass};
use serde_json::Value;

fn told(toml: &str, arguments: &[&str]) -> e2e::Finished {
    let folder = Folder::new();
    let site = format!("url = \"https://app.example.com\"\nsecret = \"{SECRET}\"\n");
    std::fs::write(folder.file("hallpass.toml"), format!("{site}{toml}")).unwrap();
    hallpass(folder.path(), arguments, &[], "")
}

const READY: &str = "providers.work.issuer = \"https://op.example\"\nproviders.work.client_id = \"a-client\"\n\
                     providers.work.client_secret = \"a-secret-of-the-client\"\n";

#[test]
fn a_provider_is_told_with_the_url_to_register_there() {
    let table = told(READY, &["providers"]);
    assert_eq!(table.code, Some(0), "{}", table.text());
    let row = table.stdout.lines().nth(1).expect("a row");
    for word in
        ["work", "oidc", "https://op.example", "https://app.example.com/api/auth/callback/work", "ready"]
    {
        assert!(row.contains(word), "{word}: {row}");
    }
    let json = told(READY, &["providers", "--json"]);
    let line: Value = serde_json::from_str(json.stdout.trim()).unwrap();
    assert_eq!(line["callback_url"], "https://app.example.com/api/auth/callback/work");
    assert_eq!((&line["ready"], &line["kind"]), (&Value::from(true), &Value::from("oidc")));
    assert!(
        !json.text().contains("a-secret-of-the-client") && !table.text().contains("a-secret-of-the-client")
    );
}

#[test]
fn what_a_provider_lacks_is_told_with_the_way_out() {
    let toml = format!("{READY}providers.half.issuer = \"https://half.example\"\n");
    let table = told(&toml, &["providers"]);
    assert_eq!(table.code, Some(2), "{}", table.text());
    assert!(table.stdout.contains("cannot be used") && table.stdout.contains("ready"), "{}", table.stdout);
    assert!(table.stderr.contains("`half`") && table.stderr.contains("AUTH_HALF_ID"), "{}", table.stderr);
    assert!(!table.stderr.contains("`work`"), "{}", table.stderr);
    let json = told(&toml, &["providers", "--json"]);
    let lines: Vec<Value> = json.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let half = lines.iter().find(|line| line["id"] == "half").unwrap();
    assert_eq!(half["ready"], false);
    assert!(half["problems"][0]["way_out"].as_str().unwrap().contains("client_id"), "{half}");
}

#[test]
fn without_a_provider_it_says_so_and_what_is_built_in() {
    let none = told("password.enabled = true\n", &["providers"]);
    assert_eq!((none.code, none.stdout.contains("--available")), (Some(0), true), "{}", none.text());
    let available = told("", &["providers", "--available"]);
    assert_eq!(available.code, Some(0));
    assert!(available.stdout.contains("AUTH_GITHUB_ID AUTH_GITHUB_SECRET"), "{}", available.stdout);
    let json = told("", &["providers", "--available", "--json"]);
    for line in json.stdout.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["id"].is_string() && line["needs"].is_array(), "{line}");
    }
}
