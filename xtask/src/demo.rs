//! `cargo xtask demo`.
use crate::{Failure, ground::Ground};
pub(crate) fn run(_: &Ground, _: &[&str]) -> Result<(), Failure> {
    Ok(())
}
