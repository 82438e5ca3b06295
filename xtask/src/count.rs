//! What was passed and failed.

use crate::Failure;

/// How many tests passed and failed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl Count {
    pub(crate) fn of(result: &Result<(), Failure>) -> Self {
        match result {
            Ok(()) => Self { passed: 1, failed: 0 },
            Err(failure) => {
                println!("{failure}");
                Self { passed: 0, failed: 1 }
            }
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}
