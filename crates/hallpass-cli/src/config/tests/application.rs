use super::*;

const HOOKS: &str =
    "[hooks]\nurl = \"http://localhost:4000/hooks\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n";

#[test]
fn rules_and_a_webhook_are_read_and_the_secret_is_not_shown() {
    let loaded = production(&format!(
        "[sign_in]\nallowed_domains = [\"example.com\"]\n[redirect]\nallowed_origins = [\"https://docs.example.com\"]\n\
         {HOOKS}ask = [\"signIn\", \"jwt\"]\ntell = [\"signOut\"]\ndeadline = \"5s\"\n\
         [credentials.ldap]\nname = \"Company account\"\nurl = \"https://ldap.example.com/authorize\"\n\
         [providers.github]\nclient_id = \"1\"\nclient_secret = \"2\"\n\
         [claims.role]\nprovider = \"github\"\nfrom = \"/plan/name\"\nonly = [\"pro\"]\ndefault = \"free\"\nshow = \"plan\"\n"
    ));
    assert_eq!(errors(&loaded), "");
    let shown = crate::config::report::report(&loaded);
    assert!(
        !shown.contains("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") && shown.contains("allowed_domains"),
        "{shown}"
    );
    let says = loaded.config.application;
    assert!(says.domains.is_some() && says.origins.is_some() && says.claims.len() == 1);
    let webhook = says.webhook.unwrap();
    assert_eq!((webhook.asks.len(), webhook.tells.as_slice()), (2, ["signOut".to_owned()].as_slice()));
    assert_eq!(webhook.deadline, std::time::Duration::from_secs(5));
    let [way] = says.credentials.as_slice() else { panic!("one way") };
    assert_eq!((way.id.as_str(), way.fields.len()), ("ldap", 2));
}

#[test]
fn what_cannot_be_is_named_with_the_way_out() {
    for (text, said) in [
        ("[sign_in]\nallowed_domains = [\"@example.com\"]\n", "`@example.com` is no domain"),
        ("[redirect]\nallowed_origins = [\"docs.example.com\"]\n", "`docs.example.com` is no origin"),
        ("[claims.role]\nfrom = \"role\"\n", "lacks `provider` or `from`"),
        (
            "[claims.role]\nprovider = \"nobody\"\nfrom = \"role\"\n",
            "provider `nobody`, which is not configured",
        ),
        ("[claims.sub]\nprovider = \"nobody\"\nfrom = \"role\"\n", "a claim cannot be called `sub`"),
        ("[brand]\ncolor = \"purple\"\n", "\"purple\" is no colour"),
        ("[hooks]\nask = [\"signIn\"]\n", "`hooks.url` is missing"),
        ("[hooks]\nurl = \"http://localhost:4000\"\nask = [\"jwt\"]\n", "`hooks.secret` is missing"),
        ("[hooks]\nurl = \"http://localhost:4000\"\nsecret = \"short\"\n", "the base64 of 24 bytes at least"),
        ("[credentials.ldap]\nname = \"x\"\n", "`credentials.ldap.url` is missing"),
        ("[sign_in]\nallowed_domains = []\n", "`sign_in.allowed_domains` is empty"),
        ("[redirect]\nallowed_origins = []\n", "`redirect.allowed_origins` is empty"),
        ("[claims.role]\nprovider = \"github\"\nfrom = \"/\"\n", "names nothing that a provider says"),
        ("[claims.id]\nprovider = \"github\"\nfrom = \"id\"\n", "`user.id` is no place in a session"),
        (
            "[claims.role]\nprovider = \"github\"\nfrom = \"role\"\nshow = \"accessToken\"\n",
            "`accessToken` is no place",
        ),
        ("[claims.role]\nprovider = \"github\"\nfrom = \"role\"\nonly = []\n", "`claims.role.only` is empty"),
        (
            "[hooks]\nurl = \"https://app.example.com/api/auth/hooks\"\nask = [\"jwt\"]\n",
            "`hooks.url` lies below /api/auth",
        ),
    ] {
        let said_so = errors(&production(text));
        assert!(said_so.contains(said), "{text}: {said_so}");
    }
    let elsewhere = HOOKS.replace("localhost", "hooks.example.com");
    assert!(errors(&production(&elsewhere)).contains("begins with https://"));
    let unknown = errors(&production(&format!("{HOOKS}ask = [\"signin\"]\n")));
    assert!(
        unknown.contains("`hooks.ask` has no `signin`") && unknown.contains("signIn, redirect"),
        "{unknown}"
    );
    assert!(errors(&production(&format!("{HOOKS}ask = [\"jwt\"]\ndeadline = \"1h\"\n"))).contains("10 s"));
    assert!(warnings(&production(HOOKS)).contains("never asked"));
}

#[test]
fn a_claim_that_any_tenant_can_write_is_warned_of() {
    let with = |issuer: &str| {
        warnings(&production(&format!(
            "[providers.microsoft-entra-id]\nclient_id = \"1\"\nclient_secret = \"2\"\n{issuer}\
             [claims.role]\nprovider = \"microsoft-entra-id\"\nfrom = \"role\"\n"
        )))
    };
    let told = with("");
    assert!(told.contains("every tenant") && told.contains("providers.microsoft-entra-id.issuer"), "{told}");
    let own = "issuer = \"https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0\"\n";
    assert!(!with(own).contains("tenant"), "{}", with(own));
}
