//! A guard by path: around a router whose fallback answers addresses that no route of axum's names.

use std::fmt;

use axum::extract::OriginalUri;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use url::Url;

use super::Guard;
use crate::config::Setup;

impl Guard {
    /// Guards this path and everything below it, and lets all other requests by: for a layer around a whole router. Called again it adds
    /// another path.
    ///
    /// A route of axum's has one address. The router of a framework takes more for the same page: a slash at the end, `%70` for a `p`, two
    /// slashes for one. Those reach the application's fallback, which a guard around the route does not see. This one does, if it is around
    /// the fallback too.
    ///
    /// ```
    /// use axum::Router;
    /// use hallpass::{Auth, BadPath};
    ///
    /// fn app(auth: &Auth) -> Result<Router, BadPath> {
    ///     let staff = auth.guard().below("/admin")?.allow(|session| session.claims.get("role") == Some("admin".into()));
    ///     let pages = Router::new().fallback(async || "a page that the framework's router finds");
    ///     let guarded = pages.layer(staff).layer(auth.guard().below("/orders")?.below("/account")?);
    ///     Ok(guarded.merge(auth.router()).layer(auth.layer()))
    /// }
    /// # let _: fn(&Auth) -> Result<Router, BadPath> = app;
    /// ```
    ///
    /// The path of a request is percent-decoded once, and compared segment by segment, in the same case. Within a nested router it is both the whole
    /// path and what is left of it there. A request in doubt is guarded if any reading leads below the path: one with `..`, with an empty
    /// segment, or with what cannot be decoded. No browser sends the first two by itself.
    ///
    /// Server functions have addresses of their own: they look at the session themselves.
    ///
    /// # Errors
    ///
    /// [`BadPath`] where it is no plain path, or where nobody could sign in any more.
    pub fn below(mut self, path: &str) -> Result<Self, BadPath> {
        let place = Place::new(path).ok_or_else(|| BadPath::NotPlain(path.to_owned()))?;
        if place.shuts_out(&self.auth.0) {
            return Err(BadPath::SignIn(path.to_owned()));
        }
        self.places.push(place);
        Ok(self)
    }

    /// Whether a request is one that is guarded.
    pub(super) fn is_for(&self, parts: &Parts) -> bool {
        let whole = parts.extensions.get::<OriginalUri>().map(|uri| uri.0.path());
        let mut paths = whole.into_iter().chain([parts.uri.path()]);
        self.places.is_empty() || paths.any(|path| self.places.iter().any(|place| place.may_hold(path)))
    }
}

/// Why a path cannot be guarded. Says the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadPath {
    /// It is no path as a person reads it, such as `/orders`: a pattern, an address with a host, one that is encoded, or the whole site.
    NotPlain(String),
    /// hallpass's endpoints, or one of the pages that strangers are led to, are there too.
    SignIn(String),
}

impl fmt::Display for BadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPlain(path) => write!(
                f,
                "`{path}` cannot be guarded: give a path such as `/orders`, not encoded and without patterns; all below it is guarded too"
            ),
            Self::SignIn(path) => write!(
                f,
                "with `{path}` guarded nobody could sign in: hallpass, or a page that strangers are led to, is there; guard what is beside it"
            ),
        }
    }
}

impl std::error::Error for BadPath {}

/// A path of the site and everything below it, as segments.
#[derive(Clone, Debug)]
pub(super) struct Place(Vec<String>);

impl Place {
    /// `None` where a request could not have this path, or only in doubt.
    fn new(path: &str) -> Option<Self> {
        let inner = path.strip_prefix('/')?;
        let segments: Vec<String> =
            inner.strip_suffix('/').unwrap_or(inner).split('/').map(str::to_owned).collect();
        let is_plain = |segment: &String| {
            !matches!(segment.as_str(), "" | "." | "..")
                && !segment.starts_with([':', '*'])
                && !segment.contains(['{', '}', '%', '?', '#', '\\'])
        };
        segments.iter().all(is_plain).then_some(Self(segments))
    }

    /// Whether nobody could sign in, or be told why not, with this place guarded.
    fn shuts_out(&self, setup: &Setup) -> bool {
        let pages = &setup.pages;
        let mut led_to = [&pages.sign_in, &pages.error, &pages.verify_request, &pages.password_reset]
            .into_iter()
            .filter_map(|page| Url::parse(page.as_ref()?).ok());
        let hallpass = Asked::new(&setup.base_path);
        let is_within = hallpass.segments.iter().zip(&self.0).all(|(one, own)| one.as_ref() == Some(own));
        is_within || led_to.any(|page| self.may_hold(page.path()))
    }

    /// Whether some router might take this path for one that is here.
    fn may_hold(&self, path: &str) -> bool {
        let asked = Asked::new(path);
        if asked.is_devious { self.may_be_left_of(&asked.segments) } else { self.begins(&asked.segments) }
    }

    /// From where a path cannot be decoded nothing tells it apart.
    fn begins(&self, segments: &[Option<String>]) -> bool {
        let known = segments.iter().map_while(Option::as_ref);
        let is_told = segments.iter().all(Option::is_some);
        let mut both = known.clone().zip(&self.0);
        both.all(|(one, own)| one == own) && (known.count() >= self.0.len() || !is_told)
    }

    /// Every reading of `..`, or of a part that some take for a host, leaves segments out and changes no order.
    fn may_be_left_of(&self, segments: &[Option<String>]) -> bool {
        let mut rest = segments.iter().map(Option::as_ref);
        segments.contains(&None) || self.0.iter().all(|own| rest.any(|one| one == Some(own)))
    }
}

/// The path of a request.
struct Asked {
    /// Those that say something. `None`: it cannot be decoded.
    segments: Vec<Option<String>>,
    /// There is a `..`, or an empty segment before the end: routers do not agree on what is meant.
    is_devious: bool,
}

impl Asked {
    fn new(path: &str) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path);
        let mut segments: Vec<Option<String>> = path.split(ENDS).flat_map(decoded).collect();
        let is_empty = |segment: &Option<String>| segment.as_deref() == Some("");
        while segments.last().is_some_and(is_empty) {
            segments.pop();
        }
        let is_devious = segments.iter().any(|segment| matches!(segment.as_deref(), Some("" | "..")));
        segments.retain(|segment| !matches!(segment.as_deref(), Some("" | ".")));
        Self { segments, is_devious }
    }
}

/// URLs of the web take a backslash for a slash.
const ENDS: [char; 2] = ['/', '\\'];

/// The segments that one becomes.
fn decoded(segment: &str) -> Vec<Option<String>> {
    let is_hex = |at: usize| segment.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    let is_whole = segment.match_indices('%').all(|(at, _)| is_hex(at + 1) && is_hex(at + 2));
    match percent_decode_str(segment).decode_utf8() {
        Ok(text) if is_whole => text.split(ENDS).map(|part| Some(part.to_owned())).collect(),
        _ => vec![None],
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::Request;
    use tower_service::Service;

    use super::*;
    use crate::OwnPages;
    use crate::browser::{Browser, SESSION, builder};
    use crate::config::{Auth, Strategy};
    use crate::world::fixed::Fixed;

    fn auth() -> Auth {
        builder(&Fixed::new(), Strategy::Jwt).build().unwrap()
    }

    async fn status(app: &Router, path: &str, cookie: &str) -> u16 {
        let request = Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap();
        app.clone().call(request).await.unwrap().status().as_u16()
    }

    /// What routers take for `/protected`, or for a page below it: by the letter, decoded, or as a URL of the web.
    const BELOW: [&str; 31] = [
        "/protected",
        "/protected/",
        "/protected//",
        "/protected?a=b",
        "/protected/one/two",
        "/%70rotected",
        "/%70%72otected/one",
        "/protected%2F",
        "/protected%2fone",
        "/%2Fprotected",
        "/protected%5Cone",
        "//protected",
        "///protected",
        "//host/protected",
        "//user@host:80/protected/one",
        "/\\host/protected",
        "/\\protected",
        "/protected\\",
        "/./protected",
        "/%2e/protected",
        "/x/../protected",
        "/x/%2e%2E/protected",
        "/x%2F..%2Fprotected",
        "/x//../../protected",
        "/x\\..\\protected",
        "/protected/../x",
        "/protected/..",
        "/protected/%FF",
        "/%FF",
        "/protected%zz",
        "/%C0%AFprotected",
    ];

    const BESIDE: [&str; 14] = [
        "/",
        "/x",
        "/Protected",
        "/protected-too",
        "/protect",
        "/x/protected",
        "/x/./protected",
        "/x/",
        "/x/../y",
        "/x//y",
        "/x/%FF/protected",
        "/x/%",
        "/100%25",
        "/%2570rotected",
    ];

    #[tokio::test]
    async fn no_other_spelling_of_an_address_leads_a_stranger_around_the_guard() {
        let auth = auth();
        let guard = auth.guard().below("/protected").unwrap();
        let pages = Router::new().route("/protected", get(async || "page")).fallback(async || "page");
        let app = pages.layer(guard).merge(auth.router()).layer(auth.layer());
        let mut browser = Browser::new(&auth);
        browser.sign_up("ada@example.com", "correct-horse").await;
        let cookie = format!("{SESSION}={}", browser.cookies[SESSION]);
        for path in BELOW {
            assert_eq!(status(&app, path, "").await, 401, "{path}");
            assert_eq!(status(&app, path, &cookie).await, 200, "{path}");
        }
        for path in BESIDE {
            assert_eq!(status(&app, path, "").await, 200, "{path}");
        }
        assert_eq!(status(&app, "/api/auth/signin", "").await, 200);
    }

    #[tokio::test]
    async fn a_rule_holds_wherever_the_guard_does_and_each_path_has_its_own() {
        let auth = auth();
        let nobody = auth.guard().below("/admin/").unwrap().allow(|_| false);
        let members = auth.guard().below("/one/two").unwrap().below("/three").unwrap();
        let app = Router::new().fallback(async || "page").layer(nobody).layer(members);
        let mut browser = Browser::new(&auth);
        browser.sign_up("ada@example.com", "correct-horse").await;
        let cookie = format!("{SESSION}={}", browser.cookies[SESSION]);
        for (path, of_ada, of_strangers) in [
            ("/admin", 403, 401),
            ("/admin/", 403, 401),
            ("/%61dmin/users", 403, 401),
            ("/one/two/three", 200, 401),
            ("/three", 200, 401),
            ("/one/%FF", 200, 401),
            ("/one", 200, 200),
            ("/one/three", 200, 200),
        ] {
            assert_eq!(status(&app, path, &cookie).await, of_ada, "{path}");
            assert_eq!(status(&app, path, "").await, of_strangers, "{path}");
        }
    }

    #[tokio::test]
    async fn within_a_nested_router_both_the_whole_path_and_the_rest_of_it_are_guarded() {
        let auth = auth();
        for path in ["/admin/users", "/users"] {
            let guard = auth.guard().below(path).unwrap();
            let inner = Router::new().route("/users", get(async || "users")).route("/", get(async || "home"));
            let app = Router::new().nest("/admin", inner.layer(guard));
            assert_eq!(status(&app, "/admin/users", "").await, 401, "{path}");
            assert_eq!(status(&app, "/admin", "").await, 200, "{path}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_way_out() {
        let pages = OwnPages {
            sign_in: Some("/welcome/sign-in".into()),
            error: Some("/oops".into()),
            ..OwnPages::default()
        };
        let auth = builder(&Fixed::new(), Strategy::Jwt).pages(pages).build().unwrap();
        for path in [
            "",
            "/",
            "//",
            "orders",
            "https://app.example.com/orders",
            "/orders//open",
            "/orders/../x",
            "/./orders",
            "/orders/{id}",
            "/orders/{*rest}",
            "/orders/*",
            "/orders/:id",
            "/orders?open",
            "/%6Frders",
            "\\orders",
        ] {
            assert_eq!(auth.guard().below(path).err(), Some(BadPath::NotPlain(path.to_owned())), "{path}");
        }
        for path in ["/api", "/api/auth", "/api/auth/", "/api/auth/signin", "/welcome", "/oops"] {
            let error = auth.guard().below(path).unwrap_err();
            assert_eq!(error, BadPath::SignIn(path.to_owned()));
            assert!(error.to_string().contains("nobody could sign in"), "{error}");
        }
        for path in ["/api/orders", "/welcome/in", "/caf\u{e9}/x y"] {
            assert!(auth.guard().below(path).is_ok(), "{path}");
        }
        assert!(BadPath::NotPlain("orders".into()).to_string().contains("`/orders`"));
    }
}
