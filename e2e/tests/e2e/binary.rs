//! The binary's commands.

mod check;
mod migrate;
mod secret;
mod serve;
mod users;
