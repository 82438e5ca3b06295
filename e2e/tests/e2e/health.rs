//! `/healthz` and `/readyz`.

use e2e::{Config, Server};

#[test]
fn a_server_that_runs_is_alive_and_ready() {
    let server = Server::start(Config::new());
    assert_eq!(server.browser().get("/healthz").status, 200);
    assert_eq!(server.browser().get("/readyz").status, 200);
}

#[test]
fn a_missing_path_outside_the_base_path_is_not_found() {
    let server = Server::start(Config::new());
    for path in ["/nowhere", "/api", "/api/authx/session", "/api/other"] {
        assert_eq!(server.browser().get(path).status, 404, "{path}");
    }
}
