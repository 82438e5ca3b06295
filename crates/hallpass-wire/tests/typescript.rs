//! `packages/hallpass/src/wire.ts` is written from this crate, so that the client in TypeScript and the server cannot
//! disagree. `HALLPASS_BLESS=1` writes it; read the difference before you commit it.
#![allow(clippy::disallowed_methods, reason = "blessing is asked for in the environment")]
#![allow(clippy::expect_used, clippy::panic, reason = "it is a test")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use hallpass_wire::{
    Action, CALLBACK_URL_FIELD, CSRF_FIELD, CSRF_HEADER, DEFAULT_BASE_PATH, ErrorCode, JSON_FIELD,
    RETURN_REDIRECT_HEADER, TokenFormat, Wire,
};

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packages/hallpass/src/wire.ts")
}

fn constant(text: &mut String, about: &str, name: &str, value: &str) {
    writeln!(text, "\n/** {about} */\nexport const {name} = {value:?};").expect("room");
}

fn paths(text: &mut String) {
    constant(
        text,
        "Where the endpoints are mounted unless the configuration says otherwise.",
        "DEFAULT_BASE_PATH",
        DEFAULT_BASE_PATH,
    );
    // An enum, because bundlers write its values where they are used.
    text.push_str("\n/** The endpoints, below the base path. */\nexport const enum Path {\n");
    let callback = Action::Callback("x").path();
    let under = [
        ("Who is signed in.", "Session", Action::Session.path()),
        ("The anti-forgery token.", "Csrf", Action::Csrf.path()),
        ("Which ways to sign in there are.", "Providers", Action::Providers.path()),
        (
            "The sign-in page; with a provider's id after it, the start of a sign-in.",
            "SignIn",
            Action::SignIn(None).path(),
        ),
        ("A new user with a password.", "SignUp", Action::SignUp.path()),
        (
            "Where a sign-in comes back; a provider's id follows.",
            "Callback",
            callback.trim_end_matches("/x").to_owned(),
        ),
        ("The end of a session.", "SignOut", Action::SignOut.path()),
        ("\"Check your mail\".", "VerifyRequest", Action::VerifyRequest.path()),
        ("What went wrong, in words.", "Error", Action::Error(None).path()),
        ("Where clients report their errors.", "Log", Action::Log.path()),
    ];
    for (about, name, path) in under {
        writeln!(text, "  /** {about} */\n  {name} = {path:?},").expect("room");
    }
    text.push_str("}\n");
}

fn fields(text: &mut String) {
    constant(text, "The field that carries the anti-forgery token.", "CSRF_FIELD", CSRF_FIELD);
    constant(
        text,
        "The field, and query parameter, that says where to go afterwards.",
        "CALLBACK_URL_FIELD",
        CALLBACK_URL_FIELD,
    );
    constant(
        text,
        "The field that asks for redirects as JSON, with the value `true`.",
        "JSON_FIELD",
        JSON_FIELD,
    );
    constant(
        text,
        "The header that asks for redirects as JSON, with any value.",
        "RETURN_REDIRECT_HEADER",
        RETURN_REDIRECT_HEADER,
    );
    constant(
        text,
        "The header that answers with the anti-forgery token: to a read, and to a form refused for its token.",
        "CSRF_HEADER",
        CSRF_HEADER,
    );
}

fn cookies(text: &mut String) {
    for (secure, scheme, prefix) in [(true, "https", "SECURE_"), (false, "http", "")] {
        let (older, newer) = (Wire::V4.cookie_names(secure), Wire::V5.cookie_names(secure));
        for (what, name, value, authjs) in [
            ("The session token", "SESSION_COOKIE", older.session, newer.session),
            ("Where to go after sign-in", "CALLBACK_URL_COOKIE", older.callback_url, newer.callback_url),
            ("The anti-forgery token and its hash", "CSRF_COOKIE", older.csrf, newer.csrf),
        ] {
            let about = format!("{what}, over {scheme}, in next-auth 3 and 4.");
            constant(text, &about, &format!("{prefix}{name}"), &value);
            let about = format!("{what}, over {scheme}, in Auth.js 5.");
            constant(text, &about, &format!("{prefix}AUTHJS_{name}"), &authjs);
        }
    }
    let key = TokenFormat::A256Gcm.derivation("");
    constant(
        text,
        "What HKDF is told of the key that seals a session (the salt is empty).",
        "SESSION_KEY_INFO",
        &key.info,
    );
}

fn codes(text: &mut String) {
    text.push_str("\n/** The codes of `?error=`. */\nexport const ERROR_CODES = [\n");
    for code in ErrorCode::ALL {
        writeln!(text, "  {:?},", code.as_str()).expect("room");
    }
    text.push_str(
        "] as const;\n\n/** A code of `?error=`. */\nexport type ErrorCode = (typeof ERROR_CODES)[number];\n",
    );
}

#[test]
fn the_typescript_constants_are_the_wires() {
    let mut text = String::from(
        "// Written from the crate hallpass-wire by its test `the_typescript_constants_are_the_wires`. Do not edit:\n\
         // HALLPASS_BLESS=1 cargo test -p hallpass-wire --test typescript\n",
    );
    paths(&mut text);
    fields(&mut text);
    cookies(&mut text);
    codes(&mut text);
    if std::env::var("HALLPASS_BLESS").is_ok() {
        std::fs::write(file(), &text).expect("a writable wire.ts");
        return;
    }
    let written = std::fs::read_to_string(file()).expect("packages/hallpass/src/wire.ts");
    assert!(written == text, "packages/hallpass/src/wire.ts is stale: HALLPASS_BLESS=1 writes it");
}
