//! Who is signed in, as one number.

use crate::{Session, Status};

/// Who is signed in: a session's version, nobody, or not known. Versions lie below [`Who::NOBODY`], so that one comparison
/// answers each question, and equal means the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Who(f64);

impl Who {
    pub(crate) const NOBODY: Self = Self(1e10);
    pub(crate) const UNKNOWN: Self = Self(2e10);

    pub(crate) fn somebody(version: u32) -> Self {
        // Signed, because that is how a JavaScript engine has the bits of an integer at hand.
        Self(f64::from(version.cast_signed()))
    }

    pub(crate) fn in_session(session: Option<Session>) -> Self {
        Self::of(session.map(|session| session.version))
    }

    pub(crate) fn of(version: Option<u32>) -> Self {
        version.map_or(Self::NOBODY, Self::somebody)
    }

    pub(crate) fn is_somebody(self) -> bool {
        self.0 < Self::NOBODY.0
    }

    pub(crate) fn is_known(self) -> bool {
        self.0 < Self::UNKNOWN.0
    }

    pub(crate) fn status(self) -> Status {
        if self.is_somebody() {
            Status::Authenticated
        } else if self.is_known() {
            Status::Unauthenticated
        } else {
            Status::Loading
        }
    }

    pub(crate) fn version(self) -> Option<u32> {
        self.is_somebody().then_some((self.0 as i32).cast_unsigned())
    }

    /// The version's bits as a signed number; of no meaning unless this is somebody.
    pub(crate) fn number(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_comes_back_and_none_is_nobody() {
        for version in [0, 1, 0x7FFF_FFFF, 0x8000_0000, u32::MAX] {
            let who = Who::somebody(version);
            assert_eq!((who.version(), who.status()), (Some(version), Status::Authenticated));
        }
        assert_eq!((Who::NOBODY.version(), Who::NOBODY.status()), (None, Status::Unauthenticated));
        assert_eq!((Who::UNKNOWN.version(), Who::UNKNOWN.status()), (None, Status::Loading));
    }
}
