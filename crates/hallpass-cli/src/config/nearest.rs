//! The name that somebody probably meant.

/// The candidate with the smallest edit distance, if it is near enough to be a slip of the finger.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = (name.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= far)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_nonsense_is_not() {
        let words = ["session", "secret", "secrets", "listen"];
        assert_eq!(nearest("sesion", words), Some("session"));
        assert_eq!(nearest("secert", words), Some("secret"));
        assert_eq!(nearest("lsiten", words), Some("listen"));
        assert_eq!(nearest("colour", words), None);
    }
}
