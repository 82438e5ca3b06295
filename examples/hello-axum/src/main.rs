//! The smallest axum app with sign-in: `AUTH_SECRET=$(hallpass secret) cargo run -p hello-axum`, then open
//! <http://localhost:3000>.

use std::sync::Arc;

use axum::response::Html;
use axum::{Router, routing::get};
use hallpass::{Auth, PasswordOptions, Secret, Session};
use hallpass_sqlite::Sqlite;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    let secret = Secret::new(
        std::env::var("AUTH_SECRET").map_err(|_| "set AUTH_SECRET: `hallpass secret` prints one")?,
    );
    let store = Arc::new(Sqlite::open("hello.db")?);
    let world = hallpass_world::real(store, hallpass_world::Options::default());
    let auth = Auth::builder(format!("http://localhost:{port}"), vec![secret], world)
        .passwords(PasswordOptions::default())
        .build()?;
    let app = Router::new()
        .route("/", get(home))
        .route("/private", get(private))
        .merge(auth.router())
        .layer(auth.layer())
        .with_state(auth);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, app).await?)
}

async fn home(session: Option<Session>) -> Html<&'static str> {
    Html(match session {
        Some(_) => "You are signed in. <a href=/private>Your page</a> <a href=/api/auth/signout>Sign out</a>",
        None => "<a href=/api/auth/signin>Sign in</a>",
    })
}

async fn private(session: Session) -> String {
    format!("Hello, {}!", session.user.name.unwrap_or(session.user.id.0))
}
