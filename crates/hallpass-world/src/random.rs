//! Unguessable bytes from the kernel.
//!
//! From the kernel and not from the crypto library: the library's own generator gathers entropy at its first byte
//! and costs a start 40 ms of CPU.

use hallpass::world::{OutOfEntropy, Random};

/// The kernel's random number generator (`getrandom(2)` on Linux).
#[derive(Clone, Copy, Debug, Default)]
pub struct KernelRandom;

impl Random for KernelRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), OutOfEntropy> {
        // The one place of the project where dice are rolled.
        #[allow(clippy::disallowed_methods)]
        getrandom::fill(bytes).map_err(|_| OutOfEntropy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_fillings_differ() {
        let (mut first, mut second) = ([0; 32], [0; 32]);
        KernelRandom.fill(&mut first).unwrap();
        KernelRandom.fill(&mut second).unwrap();
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }
}
