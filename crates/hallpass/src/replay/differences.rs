//! The list of differences: reasons first, then a line for each.

use std::collections::BTreeMap;

/// Something that is answered otherwise than it was recorded.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Difference {
    /// The recording, and which of its exchanges.
    pub(super) place: String,
    pub(super) request: String,
    pub(super) fact: String,
    pub(super) recorded: String,
    pub(super) here: String,
}

impl Difference {
    fn line(&self) -> String {
        let Self { place, request, fact, recorded, here } = self;
        format!("{place} | {request} | {fact} | {recorded} | {here}")
    }
}

/// `reason: sentence (§n)`, and `reason | place | request | fact | recorded | here`.
pub(super) struct List {
    reasons: BTreeMap<String, String>,
    /// By line, the name of its reason.
    lines: BTreeMap<String, String>,
}

impl List {
    pub(super) fn read(text: &str) -> Self {
        let (_, rest) = text.split_once("\n\n").unwrap();
        let reason = |line: &str| line.split_once(": ").map(|(name, why)| (name.to_owned(), why.to_owned()));
        let line = |line: &str| line.split_once(" | ").map(|(why, line)| (line.to_owned(), why.to_owned()));
        let (reasons, lines) = rest.split_once("\n\n").unwrap_or((rest, ""));
        Self {
            reasons: reasons.lines().filter_map(reason).collect(),
            lines: lines.lines().filter_map(line).collect(),
        }
    }

    /// Fails for a difference that is not listed, a listed one that is not there, and a reason that cites nothing.
    pub(super) fn check(&self, found: &[Difference]) {
        let found: Vec<String> = found.iter().map(Difference::line).collect();
        let fresh: Vec<_> = found.iter().filter(|line| !self.lines.contains_key(*line)).collect();
        let gone: Vec<_> = self.lines.keys().filter(|line| !found.contains(line)).collect();
        assert!(fresh.is_empty() && gone.is_empty(), "not listed: {fresh:#?}\nlisted, and not so: {gone:#?}");
        for (line, why) in &self.lines {
            let reason = self.reasons.get(why).unwrap_or_else(|| panic!("no reason {why:?}: {line}"));
            assert!(reason.contains('§'), "the reason {why:?} cites no section");
        }
        for name in self.reasons.keys() {
            assert!(self.lines.values().any(|why| why == name), "nothing has the reason {name:?}");
        }
    }
}
