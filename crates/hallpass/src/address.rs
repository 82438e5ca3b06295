//! Mail addresses: one normal form, made once, before anything is decided or stored.
//!
//! Everything that two parsers could read differently is refused and not repaired: quoted local parts, comments,
//! lists, routes, display names, line breaks. What is left is `dot-atom@domain` (RFC 5322 §3.4.1), with the domain in
//! its ASCII form (RFC 5890) and all in lower case. Unicode is folded (NFKC) first, so that a character that becomes
//! an `@` or a comma is seen as one.

use unicode_normalization::UnicodeNormalization;

/// RFC 5321 §4.5.3.1.
const MAX_LENGTH: usize = 254;
const MAX_LOCAL: usize = 64;
/// No real input is longer, folded or not.
const MAX_INPUT: usize = 1024;

/// The address in its normal form, or nothing where it is none that mail is sent to.
pub(crate) fn normalise(input: &str) -> Option<String> {
    if input.len() > MAX_INPUT {
        return None;
    }
    let folded: String = input.nfkc().collect();
    let (local, domain) = folded.trim_matches([' ', '\t']).split_once('@')?;
    let local = local.to_lowercase();
    let domain = ascii_domain(domain)?;
    let address = format!("{local}@{domain}");
    (is_local(&local) && address.len() <= MAX_LENGTH).then_some(address)
}

/// A dot-atom without `%` and `!`, which old mail servers read as routes, and no leading `-`, which a command line
/// would read as an option.
fn is_local(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"#$&'*+-/=?^_`{|}~".contains(&byte))
    };
    local.len() <= MAX_LOCAL && !local.starts_with('-') && local.split('.').all(is_atom)
}

/// A domain name with a dot in it, as DNS knows it; no address literal, no trailing dot.
fn ascii_domain(domain: &str) -> Option<String> {
    let domain = idna::domain_to_ascii_strict(domain).ok()?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let labels: Vec<_> = domain.split('.').collect();
    let sound = labels.len() > 1
        && labels.iter().all(|label| is_label(label))
        && labels.last().is_some_and(|last| !is_number(last));
    sound.then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_two_parsers_could_read_differently_are_refused() {
        let refused = [
            "",
            "a",
            "@",
            "a@",
            "@b.example",
            "a@b",
            "a@b.example,c@d.example",
            "a@b.example;c@d.example",
            "a@b.example c@d.example",
            "a@evil.example@b.example",
            "\"a@evil.example\"@b.example",
            "\"a\"@b.example",
            "<a@b.example>",
            "Ada <a@b.example>",
            "a(comment)@b.example",
            "a@(comment)b.example",
            "a%evil.example@b.example",
            "evil.example!a@b.example",
            "-a@b.example",
            "-oQ/tmp@b.example",
            "a\r\nRCPT TO:<c@d.example>@b.example",
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example\n",
            "a\0@b.example",
            "a@b.example\0",
            "a\u{ff20}evil.example@b.example",
            "a\u{fe6b}evil.example@b.example",
            "a\u{ff0c}c@b.example",
            "a@b\u{ff1b}.example",
            "a@b..example",
            ".a@b.example",
            "a.@b.example",
            "a..b@b.example",
            "a@b.example.",
            "a@.b.example",
            "a@-b.example",
            "a@b-.example",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@xn--a.example",
            "a@xn--example-.com",
            "\u{202e}a@b.example",
            "a\u{200b}@b.example",
            "ı@b.example",
            "ß@b.example",
            "a@b_c.example",
            "mailto:a@b.example",
        ];
        for address in refused {
            assert_eq!(normalise(address), None, "{address:?}");
        }
        assert_eq!(normalise(&format!("{}@b.example", "a".repeat(65))), None);
        assert_eq!(normalise(&format!("a@{}.example", "b".repeat(64))), None);
        assert_eq!(normalise(&format!("a@{}example", "b.".repeat(130))), None);
        assert_eq!(normalise(&"a".repeat(1_000_000)), None);
    }

    #[test]
    fn every_character_that_folds_into_a_separator_is_refused() {
        let separators =
            ['@', ',', ';', '<', '>', '"', '\r', '\n', ' ', '(', ')', ':', '\\', '[', ']', '%', '!'];
        let mut seen = 0;
        for character in (0x80..=0x0010_ffff).filter_map(char::from_u32) {
            let folded: String = character.nfkc().collect();
            if folded.contains(separators) {
                seen += 1;
                for address in [
                    format!("a{character}b@c.example"),
                    format!("a@b{character}c.example"),
                    format!("a@evil.example{character}b.example"),
                ] {
                    assert_eq!(normalise(&address), None, "{address:?}");
                }
            }
        }
        assert!(seen > 100, "only {seen} characters fold into a separator");
    }

    #[test]
    fn one_person_has_one_spelling() {
        for (input, normal) in [
            ("Ada@Example.COM", "ada@example.com"),
            (" ada@example.com\t", "ada@example.com"),
            ("ａｄａ@example.com", "ada@example.com"),
            ("a.b+c@example.com", "a.b+c@example.com"),
            ("o'neil@example.com", "o'neil@example.com"),
            ("\u{212a}elvin@example.com", "kelvin@example.com"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
            ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ] {
            assert_eq!(normalise(input).as_deref(), Some(normal), "{input}");
            assert_eq!(normalise(normal).as_deref(), Some(normal), "normal forms stay");
        }
    }
}
