//! The suite that every store runs.

mod scratch;

hallpass_store::suite!(scratch::Scratch::new());
