//! What crosses the wire between hallpass and its clients: paths, JSON bodies, cookie names, error codes.
//!
//! Server and clients agree only through this crate. It knows no HTTP library, no async and no time.
//!
//! ```
//! use hallpass_wire::{Action, Wire};
//!
//! let names = Wire::V4.cookie_names(true);
//! assert_eq!(names.session, "__Secure-next-auth.session-token");
//! assert_eq!(Action::parse("/callback/github"), Some(Action::Callback("github")));
//! ```

mod action;
mod body;
mod cookie;
mod error;
mod token;
mod wire;

pub use action::Action;
pub use body::{CsrfBody, NullableUserBody, ProviderBody, SessionBody, TokenBody, UrlBody, UserBody};
pub use cookie::CookieNames;
pub use error::ErrorCode;
pub use token::{KeyDerivation, TokenFormat};
pub use wire::{AskedBy, SigningOut, UnknownWire, Wire};

/// Where the endpoints are mounted unless the configuration says otherwise.
pub const DEFAULT_BASE_PATH: &str = "/api/auth";

/// The form or JSON field that carries the anti-forgery token.
pub const CSRF_FIELD: &str = "csrfToken";

/// The field, and query parameter, that says where to go after signing in or out.
pub const CALLBACK_URL_FIELD: &str = "callbackUrl";

/// The form field that asks for redirects as JSON, with the value `true`; next-auth 3 and 4 send it.
pub const JSON_FIELD: &str = "json";

/// The header that asks for redirects as JSON, with any value; Auth.js 5 sends it.
pub const RETURN_REDIRECT_HEADER: &str = "x-auth-return-redirect";

/// The header in which hallpass answers with the anti-forgery token: to a read of the session, so that a sign-out can
/// follow without asking for it, and to a form that was refused for its token, so that it can be repeated. NextAuth has
/// no such header, and its clients take no notice.
pub const CSRF_HEADER: &str = "x-hallpass-csrf";
