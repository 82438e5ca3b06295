//! Sign-in and sessions for web apps: one request in, one reply out.

pub mod world;
