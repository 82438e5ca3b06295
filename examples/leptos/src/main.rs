//! The server: hallpass, the pages and the server functions.
#![cfg_attr(target_arch = "wasm32", no_main)]

#[cfg(not(target_arch = "wasm32"))]
#[tokio::main]
async fn main() -> Result<(), example_site::Problem> {
    any_spawner::Executor::init_tokio()?;
    let site = example_site::Site::from_environment()?;
    let app = example_leptos::server::router(&site.auth)?;
    site.serve(app).await
}
