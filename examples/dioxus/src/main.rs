//! The server: `cargo xtask demo dioxus` builds the page and starts it.
#![cfg_attr(target_arch = "wasm32", no_main)]

#[cfg(not(target_arch = "wasm32"))]
#[tokio::main]
async fn main() -> Result<(), example_site::Problem> {
    let site = example_site::Site::from_environment()?;
    let app = example_dioxus::serve::router(&site.auth)?;
    site.serve(app).await
}
