//! The examples, started and not copied.

mod hello_axum;
