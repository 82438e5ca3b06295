//! `hallpass secret`: a fresh one, or a key to sign with.

use std::process::ExitCode;

use clap::ValueEnum;
use hallpass::{SigningAlgorithm, SigningKey};

use crate::dialogue::{FAILED, answer, give_up};
use crate::start::{StartError, fresh_secret};

/// What a key signs with.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Algorithm {
    /// ECDSA on P-256: every library verifies it
    Es256,
    /// Ed25519: faster
    Eddsa,
}

pub(crate) fn run() -> ExitCode {
    match fresh_secret() {
        Some(secret) => answer(format_args!("{secret}\n")),
        None => give_up(FAILED, StartError::NoRandomness),
    }
}

/// `hallpass secret --signing-key`: a private key as PKCS#8 in PEM.
pub(crate) fn signing_key(algorithm: Algorithm) -> ExitCode {
    let algorithm = match algorithm {
        Algorithm::Es256 => SigningAlgorithm::Es256,
        Algorithm::Eddsa => SigningAlgorithm::EdDsa,
    };
    match SigningKey::generate(algorithm) {
        Some(pem) => answer(pem.as_str()),
        None => give_up(FAILED, StartError::NoRandomness),
    }
}
