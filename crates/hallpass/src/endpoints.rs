//! The endpoints: everything about one lives in the file named after it, in a function named after the verb.

pub(crate) mod callback;
mod complete;
pub(crate) mod csrf;
pub(crate) mod error;
pub(crate) mod jwks;
pub(crate) mod log;
pub(crate) mod openapi;
pub(crate) mod password;
pub(crate) mod provider_token;
pub(crate) mod providers;
pub(crate) mod session;
pub(crate) mod signin;
pub(crate) mod signout;
pub(crate) mod signup;
pub(crate) mod token;
pub(crate) mod verify_request;
