//! Chance, from a seed that the shell hands in.

/// A linear congruential generator, of which the high bits are used: enough to keep tabs and clients from doing everything
/// at the same moment.
#[derive(Debug)]
pub(crate) struct Dice(u32);

impl Dice {
    pub(crate) const fn new(seed: u32) -> Self {
        Self(seed)
    }

    /// A number from 0 up to, not including, 1. Neighbouring seeds roll numbers that lie far apart.
    #[inline(never)]
    pub(crate) fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(0x915F_77F5).wrapping_add(1);
        f64::from(self.0) / 4_294_967_296.0
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

    #[test]
    fn neighbouring_seeds_roll_differently() {
        for seed in 0..100 {
            let apart = Dice::new(seed).roll() - Dice::new(seed + 1).roll();
            assert!(apart.abs() > 0.1, "{apart}");
        }
    }
}
