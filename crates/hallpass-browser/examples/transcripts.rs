//! The session machine as a page in Rust has it, for the test that plays `transcripts/session/*.json` on it.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "one function for one test")]
#![allow(clippy::expect_used, clippy::panic, reason = "it is a test: what fails there is the transcript")]

#[path = "../../hallpass-session/tests/transcripts/playing.rs"]
mod playing;

use wasm_bindgen::prelude::wasm_bindgen;

/// The transcript, as JSON, with the outputs that the machine gives.
#[wasm_bindgen]
pub fn played(transcript: &str) -> String {
    playing::played(&serde_json::from_str(transcript).expect("JSON")).to_string()
}
