//! Whether a secret is one.

/// The fewest bytes: as many as the key that is derived from it.
const SHORTEST: usize = 32;
/// Random hexadecimal has 13 to 16 different characters in 32; typed text and filler have fewer.
const FEWEST_DIFFERENT: usize = 8;
/// What stands in the secrets of tutorials.
const EXAMPLES: &[&str] = &[
    "changeme",
    "change-me",
    "change_me",
    "change me",
    "changethis",
    "change-this",
    "change_this",
    "your-secret",
    "your_secret",
    "yoursecret",
    "secret-here",
    "secret_here",
    "supersecret",
    "super-secret",
    "super_secret",
    "super secret",
    "mysecret",
    "my-secret",
    "my_secret",
    "topsecret",
    "top-secret",
    "password",
    "nextauth",
    "next-auth",
    "placeholder",
    "replace",
    "example",
    "insert",
    "lorem",
    "qwerty",
    "letmein",
    "secretsecret",
];

/// Why the secret is too easy to guess, if it is.
pub(crate) fn weakness(secret: &str) -> Option<&'static str> {
    let bytes = secret.as_bytes();
    let lower = secret.to_ascii_lowercase();
    if bytes.len() < SHORTEST {
        return Some("it is shorter than 32 bytes");
    }
    if EXAMPLES.iter().any(|example| lower.contains(example)) {
        return Some("it looks like an example");
    }
    if different(bytes) < FEWEST_DIFFERENT {
        return Some("it has too few different characters");
    }
    if repeats(bytes) {
        return Some("it repeats itself");
    }
    let steps = lower.as_bytes().windows(2).filter(|pair| matches!(pair, [a, b] if b.abs_diff(*a) == 1));
    if steps.count() * 2 > bytes.len() {
        return Some("it is a row of neighbouring characters");
    }
    None
}

fn different(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    bytes.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    seen.into_iter().filter(|seen| *seen).count()
}

/// Whether a part of at most half its length, repeated, makes the whole.
fn repeats(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|period| bytes.iter().zip(bytes.iter().skip(period)).all(|(a, b)| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_that_can_be_guessed_are_weak() {
        for weak in [
            "",
            "secret",
            "0123456789abcdef0123456789abcde",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abababababababababababababababababababab",
            "k9Xw2mQz7Lk9Xw2mQz7Lk9Xw2mQz7Lk9Xw2mQz7L",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "this-is-my-secret-and-nobody-knows-it-0",
            "CHANGEME-CHANGEME-CHANGEME-CHANGEME-1234",
            "please replace this text before use!!!",
            "my-next-auth-jwt-thing-3248965723486572",
        ] {
            assert!(weakness(weak).is_some(), "{weak}");
        }
    }

    #[test]
    fn random_secrets_are_strong() {
        for strong in [
            "3b1f0c8e9d7a4625b8e1f30d9c7a5264",
            "q0Zr7v1Xy9w2Jt5LmNf8KcB3hDsGpAeU4iOxRkEw6Yo=",
            "7kQ_9vTz-2LmXr4BnWc8YhJd0sFgPqUe3AiOxZkNtRw",
        ] {
            assert_eq!(weakness(strong), None, "{strong}");
        }
    }
}
