//! Chance, from a seed that the shell hands in.

/// A xorshift generator: enough to keep tabs and clients from doing everything at the same moment.
#[derive(Debug)]
pub(crate) struct Dice(u32);

impl Dice {
    pub(crate) const fn new(seed: u32) -> Self {
        // Zero is the one state that xorshift never leaves; neighbouring seeds should not give neighbouring numbers.
        let spread = seed.wrapping_mul(0x9E37_79B9) ^ 0x85EB_CA6B;
        Self(if spread == 0 { 1 } else { spread })
    }

    /// A number from 0 up to, not including, 1.
    pub(crate) fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        f64::from(self.0 >> 8) / 16_777_216.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_rolls_within_bounds_and_not_always_the_same() {
        for seed in [0, 1, 7, u32::MAX, 0x9E37_79B9] {
            let mut dice = Dice::new(seed);
            let rolls = [(); 32].map(|()| dice.roll());
            assert!(rolls.iter().all(|roll| (0.0..1.0).contains(roll)));
            assert!(rolls.iter().any(|roll| *roll != rolls[0]));
        }
    }
}
