//! What all pages share: the theme, the site's name and where it lives.

use super::style::Sheet;

/// The colours of the built-in pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As the visitor's system says (`prefers-color-scheme`).
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The word in the body's class, `__next-auth-theme-<name>`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What the browser's own parts (scroll bars, autofill) go by: the value of `<meta name="color-scheme">`.
    pub(crate) fn color_scheme(self) -> &'static str {
        match self {
            Self::Auto => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The site as its visitors know it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look<'a> {
    /// Which colours.
    pub theme: Theme,
    /// The name shown: the public URL's host, with its port if it has one.
    pub site: &'a str,
    /// The site's public URL.
    pub home: &'a str,
    /// The style sheet, where the site has a colour of its own.
    pub sheet: Option<&'a Sheet>,
    /// A picture in the place of the tile.
    pub logo: Option<&'a str>,
}

impl Look<'_> {
    /// What stands in the page's style block.
    pub(crate) fn sheet(&self) -> &str {
        self.sheet.unwrap_or_else(|| Sheet::plain()).as_str()
    }

    /// The letter on the tile above the heading.
    pub(crate) fn letter(&self) -> char {
        let site = self.site.strip_prefix("www.").unwrap_or(self.site);
        let letter = site.chars().find(|letter| letter.is_alphanumeric()).unwrap_or('*');
        letter.to_uppercase().next().unwrap_or(letter)
    }

    /// The address if a page may point at it, else the site's own, else its root.
    ///
    /// The second line behind the caller's own checks: whatever goes wrong before, no script URL and no disguised
    /// foreign host (`//host`, `/\host`, `/<tab>/host`) reaches an attribute of a page.
    pub(crate) fn link<'u>(&'u self, address: &'u str) -> &'u str {
        [address, self.home].into_iter().find(|address| is_web_address(address)).unwrap_or("/")
    }
}

/// An absolute `http` or `https` URL, or a path on this host. Browsers drop tabs and line breaks from URLs and read
/// `\` as `/`, so neither is let through.
fn is_web_address(address: &str) -> bool {
    if address.chars().any(|letter| letter.is_control() || letter == '\\') {
        return false;
    }
    let scheme =
        |scheme: &str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let path = address.starts_with('/') && !address.starts_with("//");
    path || scheme("https://") || scheme("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look<'static> = Look {
        theme: Theme::Auto,
        site: "www.app.example.com",
        home: "https://app.example.com",
        sheet: None,
        logo: None,
    };

    #[test]
    fn a_script_address_leads_home() {
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "\u{1}javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "blob:https://app.example.com/x",
            "",
        ] {
            assert_eq!(LOOK.link(address), "https://app.example.com", "{address:?}");
        }
    }

    #[test]
    fn a_disguised_foreign_host_leads_home() {
        for address in
            ["//evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil.example", "evil.example"]
        {
            assert_eq!(LOOK.link(address), "https://app.example.com", "{address:?}");
        }
    }

    #[test]
    fn a_script_address_for_a_home_leads_to_the_root() {
        let look = Look { home: "javascript:alert(1)", ..LOOK };
        assert_eq!(look.link("data:,"), "/");
    }

    #[test]
    fn web_addresses_and_paths_are_kept() {
        for address in ["https://a.example/x?y=1#z", "HTTP://localhost:3000", "/api/auth/signin", "/"] {
            assert_eq!(LOOK.link(address), address);
        }
    }

    #[test]
    fn the_tile_shows_the_first_letter_of_the_site() {
        assert_eq!(LOOK.letter(), 'A');
        assert_eq!(Look { site: "[::1]:3000", ..LOOK }.letter(), '1');
        assert_eq!(Look { site: "…", ..LOOK }.letter(), '*');
        assert_eq!(Look { site: "éclair.example", ..LOOK }.letter(), 'É');
    }
}
