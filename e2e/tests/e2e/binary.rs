//! The binary's commands.

mod check;
mod metrics;
mod migrate;
mod production;
mod providers;
mod secret;
mod serve;
mod sessions;
mod users;
