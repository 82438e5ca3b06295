//! The pages.

mod home;
mod not_found;
mod protected;
mod server;
mod sign_in;

pub(crate) use home::Home;
pub(crate) use not_found::NotFound;
pub(crate) use protected::Protected;
pub(crate) use server::Server;
pub(crate) use sign_in::SignIn;
