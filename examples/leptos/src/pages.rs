//! The pages, one file each.

pub(crate) mod home;
pub(crate) mod no_such_page;
pub(crate) mod protected;
pub(crate) mod server;
pub(crate) mod sign_in;
