//! `cargo xtask matrix`: whether an application with each supported version of a framework builds, for the page and for the server.
//!
//! Each is a package of its own below `target/matrix`, with nothing of this workspace's lock file: what an application's would say.

use std::fs;

use crate::Failure;
use crate::command::{cargo, run};
use crate::ground::Ground;
use crate::needs;

const TARGET: &str = "wasm32-unknown-unknown";

/// A framework, and the versions that are tried: the oldest that is supported, and the newest of that series there is.
struct Framework {
    name: &'static str,
    versions: [&'static str; 2],
    /// What a page and a server want of the framework.
    page: &'static str,
    server: &'static str,
    /// What they want of our crate, beside `ssr`.
    ours: &'static str,
    /// The application.
    code: &'static str,
}

const FRAMEWORKS: [Framework; 3] = [
    Framework {
        name: "dioxus",
        versions: ["=0.7.0", "0.7"],
        page: r#""fullstack", "web""#,
        server: r#""fullstack", "server""#,
        ours: "",
        code: "use dioxus::prelude::*;
            #[cfg(feature = \"server\")]
            use hallpass_dioxus::server::FromAuth;
            #[get(\"/fn/name\", FromAuth(session): FromAuth<Option<hallpass::Session>>)]
            pub async fn name() -> Result<Option<String>> {
                Ok(session.and_then(|session| session.user.name))
            }
            #[component]
            pub fn App() -> Element {
                rsx! {
                    SessionProvider { client_max_age: Duration::from_secs(60), base_path: \"/api/auth\",
                        Who {} SignedIn { \"in\" } SignedOut { \"out\" } RequireSession { \"only for you\" }
                    }
                }
            }
            #[component]
            fn Who() -> Element {
                let session = use_session::<Session>()();
                match session.status { Status::Authenticated(session) => rsx! { {session.user.name} }, _ => rsx! {} }
            }",
    },
    Framework {
        name: "leptos",
        // Those before do not build themselves with the `leptos_macro` that cargo chooses for them.
        versions: ["=0.8.14", "0.8"],
        page: r#""hydrate", "islands""#,
        server: r#""ssr", "islands""#,
        ours: r#""islands""#,
        code: "use leptos::prelude::*;
            #[server]
            pub async fn name() -> Result<Option<String>, ServerFnError> {
                let session: Option<hallpass::Session> = hallpass_leptos::server::extract().await?;
                Ok(session.and_then(|session| session.user.name))
            }
            #[island]
            pub fn App() -> impl IntoView {
                view! {
                    <SessionProvider client_max_age=Duration::from_secs(60) base_path=\"/api/auth\">
                        <Who/><SignedIn>\"in\"</SignedIn><SignedOut>\"out\"</SignedOut><RequireSession>\"only for you\"</RequireSession>
                    </SessionProvider>
                }
            }
            #[component]
            fn Who() -> impl IntoView {
                let session = use_session::<Session>();
                move || match session.get().status { Status::Authenticated(session) => session.user.name, _ => None }
            }",
    },
    Framework {
        name: "yew",
        versions: ["=0.23.0", "0.23"],
        page: r#""csr", "hydration""#,
        server: r#""ssr""#,
        ours: "",
        code: "use yew::prelude::*;
            #[component]
            pub fn App() -> Html {
                html! {
                    <SessionProvider client_max_age={Duration::from_secs(60)} base_path=\"/api/auth\">
                        <Who/><SignedIn>{\"in\"}</SignedIn><SignedOut>{\"out\"}</SignedOut><RequireSession>{\"only for you\"}</RequireSession>
                    </SessionProvider>
                }
            }
            #[component]
            fn Who() -> Html {
                match use_session::<Session>().status {
                    Status::Authenticated(session) => html! { session.user.name.clone().unwrap_or_default() },
                    _ => html! {},
                }
            }",
    },
];

/// Builds them all; says of each whether it did.
pub(crate) fn run_all(ground: &Ground) -> Result<(), Failure> {
    needs::c_compiler(ground)?;
    needs::rust_target(ground, TARGET)?;
    let mut report = Vec::new();
    for framework in &FRAMEWORKS {
        for version in framework.versions {
            let built = build(ground, framework, version);
            report.push((format!("{} {version}", framework.name), built));
        }
    }
    println!();
    for (name, built) in &report {
        match built {
            Ok(taken) => println!("ok      {name}, which was {taken}"),
            Err(_) => println!("FAILED  {name}"),
        }
    }
    let failed = report.iter().filter(|(_, built)| built.is_err()).count();
    if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} do not build.", report.len())) }
}

/// Builds both sides; answers with the version that cargo has chosen.
fn build(ground: &Ground, framework: &Framework, version: &str) -> Result<String, Failure> {
    println!("\n── {} {version}", framework.name);
    let folder = ground.target().join("matrix").join(format!(
        "{}-{}",
        framework.name,
        version.trim_start_matches('=')
    ));
    let write = |file: &str, text: &str| {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap_or(&folder))
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| format!("{}: {error}", path.display()))
    };
    write("Cargo.toml", &manifest(ground, framework, version))?;
    let names = "use std::time::Duration;
        use hallpass_FRAMEWORK::{RequireSession, Session, SessionProvider, SignedIn, SignedOut, Status, use_session};";
    write("src/lib.rs", &format!("{}\n{}\n", names.replace("FRAMEWORK", framework.name), framework.code))?;
    let _ = fs::remove_file(folder.join("Cargo.lock"));
    for target in [&["--target", TARGET][..], &["--features", "server"]] {
        let mut check = cargo(&folder, &["check", "--quiet"]);
        check.env("RUSTFLAGS", "-D warnings");
        run(check.args(target).arg("--target-dir").arg(ground.target().join("matrix/target")))?;
    }
    let lock = folder.join("Cargo.lock");
    let text = fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    chosen(&text, framework.name).ok_or_else(|| format!("{} names no {}", lock.display(), framework.name))
}

/// The version of a package in a lock file.
fn chosen(lock: &str, name: &str) -> Option<String> {
    let its = lock.split("[[package]]").find(|part| part.contains(&format!("\nname = {name:?}\n")))?;
    let version = its.lines().find_map(|line| line.strip_prefix("version = "))?;
    Some(version.trim_matches('"').to_owned())
}

/// An application's `Cargo.toml`: the features that a page wants for a page, and a server's for a server.
fn manifest(ground: &Ground, framework: &Framework, version: &str) -> String {
    let Framework { name, page, server, ours, .. } = framework;
    let (crates, its) = (ground.path("crates"), ground.path(&format!("crates/hallpass-{name}")));
    let of = |features: &str, ours: &str| {
        format!(
            "{name} = {{ version = {version:?}, features = [{features}] }}\n\
             hallpass-{name} = {{ path = {:?}, features = [{ours}] }}\n",
            its.display()
        )
    };
    let hallpass = format!("hallpass = {{ path = {:?} }}\n", crates.join("hallpass").display());
    format!(
        "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [features]\nserver = []\n\n[dependencies]\nserde = \"1\"\n\n\
         [target.'cfg(target_arch = \"wasm32\")'.dependencies]\n{}\n\
         [target.'cfg(not(target_arch = \"wasm32\"))'.dependencies]\n{hallpass}{}",
        of(page, ours),
        of(server, &format!("\"ssr\", {ours}"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_names_the_version_and_what_each_side_wants() {
        let text = manifest(&Ground::here(), &FRAMEWORKS[1], "=0.8.14");
        assert!(
            text.contains("leptos = { version = \"=0.8.14\", features = [\"hydrate\", \"islands\"] }"),
            "{text}"
        );
        assert!(text.contains("features = [\"ssr\", \"islands\"] }\n"), "{text}");
    }

    #[test]
    fn the_version_that_was_built_is_told() {
        let lock = "[[package]]\nname = \"yew-router\"\nversion = \"0.20.0\"\n\n[[package]]\nname = \"yew\"\nversion = \"0.23.1\"\n";
        assert_eq!(chosen(lock, "yew").as_deref(), Some("0.23.1"));
        assert_eq!(chosen(lock, "leptos"), None);
    }
}
