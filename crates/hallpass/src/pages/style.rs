//! The one style sheet of the pages, its palette, and the Content-Security-Policy that names it by hash.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::brand::BrandColor;

/// The rules, without a colour in them.
const RULES: &str = include_str!("../../templates/style.css");

/// Every colour: its name in the rules, its light and its dark value.
const PALETTE: [(&str, &str, &str); 16] = [
    ("ground", "#f5f6f8", "#0d0f13"),
    ("card", "#ffffff", "#16191f"),
    ("soft", "#f1f3f5", "#232831"),
    ("text", "#16181d", "#eceef2"),
    ("muted", "#5a6270", "#a2a9b6"),
    ("line", "#e2e5ea", "#2a2f39"),
    ("edge", "#858d9a", "#6b7380"),
    ("brim", "#d0d5dd", "#3b424e"),
    ("primary", "#1c1f26", "#f0f2f5"),
    ("on-primary", "#ffffff", "#14161b"),
    ("primary-hover", "#393f4b", "#cfd4dc"),
    ("link", "#1d4ed8", "#8fb4ff"),
    ("ring", "#2563eb", "#8fb4ff"),
    ("alarm", "#9f1c16", "#ffb4ab"),
    ("alarm-ground", "#fdf1f0", "#2e1614"),
    ("alarm-line", "#f2c6c2", "#5e2b27"),
];

/// Shadows: see-through, so they have no contrast to measure.
const SHADE: (&str, &str) = ("rgb(20 24 33/.08)", "rgb(0 0 0/.4)");

/// A style sheet and the name that the Content-Security-Policy knows it by.
#[derive(Debug)]
pub(crate) struct Sheet {
    text: String,
    hash: String,
}

impl Sheet {
    /// The palette's, with the application's colour in the place of the main one.
    pub(crate) fn of(color: Option<BrandColor>) -> Self {
        let (light, dark) = (colours(Side::Light, color), colours(Side::Dark, color));
        let text = format!(
            "body{{{light}}}\n.__next-auth-theme-dark{{{dark}}}\n\
             @media (prefers-color-scheme:dark){{.__next-auth-theme-auto{{{dark}}}}}\n{RULES}"
        );
        let hash = STANDARD.encode(Sha256::digest(text.as_bytes()));
        Self { text, hash }
    }

    /// That of a site without a colour of its own.
    pub(crate) fn plain() -> &'static Self {
        static PLAIN: LazyLock<Sheet> = LazyLock::new(|| Sheet::of(None));
        &PLAIN
    }

    /// As it stands between `<style>` and `</style>`, byte for byte.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Half of the palette.
#[derive(Clone, Copy)]
enum Side {
    Light,
    Dark,
}

/// The custom properties of one side.
fn colours(side: Side, brand: Option<BrandColor>) -> String {
    let branded = |name: &str| match (name, brand?) {
        ("primary", color) => Some(color.to_string()),
        ("primary-hover", color) => Some(color.hovered().to_string()),
        ("on-primary", color) => Some(color.ink().to_string()),
        _ => None,
    };
    let mut declarations: String = PALETTE
        .iter()
        .map(|(name, light, dark)| match (branded(name), side) {
            (Some(color), _) => format!("--{name}:{color};"),
            (None, Side::Light) => format!("--{name}:{light};"),
            (None, Side::Dark) => format!("--{name}:{dark};"),
        })
        .collect();
    let shade = match side {
        Side::Light => SHADE.0,
        Side::Dark => SHADE.1,
    };
    declarations.push_str("--shade:");
    declarations.push_str(shade);
    declarations
}

/// Where the forms of a page may lead.
///
/// Chromium applies `form-action` also to the redirects that answer a form's POST. A sign-in form's POST is answered
/// by a redirect to the provider's origin, which may itself redirect (an identity broker, a provider's regional
/// host) before any page is shown, and in the end to the application's `callbackUrl`. That chain cannot be listed
/// beforehand, and a list that is short by one host is a sign-in that hangs without a message. So pages with a form
/// allow the web's own schemes: script and data URLs stay forbidden, and what `form-action` guards against besides,
/// a foreign form planted into the page, is kept out by escaping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormTargets {
    /// A page without a form.
    Nowhere,
    /// A site on https: forms and the redirects behind them stay on https.
    Https,
    /// A site on plain http (development): its provider and its application may be on http as well.
    HttpToo,
}

/// The value of the `Content-Security-Policy` header of a page.
///
/// Nothing loads but the one style block and images of the site itself (a browser asks for its icon); nothing frames
/// the page (attack case A15), and no `<base>` can bend its links. `logo` is another origin that the logo comes from.
pub(crate) fn content_security_policy(sheet: &Sheet, targets: FormTargets, logo: Option<&str>) -> String {
    let form_action = match targets {
        FormTargets::Nowhere => "'none'",
        FormTargets::Https => "'self' https:",
        FormTargets::HttpToo => "'self' https: http:",
    };
    let (hash, space, logo) = (&sheet.hash, logo.map_or("", |_| " "), logo.unwrap_or_default());
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'{space}{logo}; form-action {form_action}; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::LOOK;
    use crate::pages::{ErrorPage, Look, VerifyRequest};
    use askama::Template as _;

    /// What is read on what, and the least contrast it needs: 4.5 for text, 3 for the edge of a control and the
    /// focus ring (WCAG 2.2, 1.4.3 and 1.4.11).
    const PAIRS: [(&str, &str, f64); 22] = [
        ("text", "ground", 4.5),
        ("text", "card", 4.5),
        ("text", "soft", 4.5),
        ("muted", "ground", 4.5),
        ("muted", "card", 4.5),
        ("link", "card", 4.5),
        ("link", "ground", 4.5),
        ("on-primary", "primary", 4.5),
        ("on-primary", "primary-hover", 4.5),
        ("alarm", "alarm-ground", 4.5),
        ("edge", "card", 3.0),
        ("edge", "soft", 3.0),
        ("ring", "card", 3.0),
        ("ring", "ground", 3.0),
        ("primary", "card", 3.0),
        ("primary-hover", "card", 3.0),
        ("text", "alarm-ground", 4.5),
        ("alarm", "card", 4.5),
        ("alarm", "ground", 4.5),
        ("muted", "soft", 4.5),
        ("ring", "soft", 3.0),
        ("ring", "alarm-ground", 3.0),
    ];

    fn colour(name: &str, side: Side) -> &'static str {
        let entry = PALETTE.iter().find(|entry| entry.0 == name).unwrap();
        match side {
            Side::Light => entry.1,
            Side::Dark => entry.2,
        }
    }

    fn contrast(one: &str, other: &str) -> f64 {
        crate::pages::brand::contrast(one.parse().unwrap(), other.parse().unwrap())
    }

    fn policy(targets: FormTargets) -> String {
        content_security_policy(Sheet::plain(), targets, None)
    }

    #[test]
    fn a_brands_colour_and_logo_are_in_the_page_and_in_the_policy_of_the_page() {
        let sheet = Sheet::of(Some("#ffcc00".parse().unwrap()));
        assert!(
            sheet.as_str().contains("--primary:#ffcc00;") && sheet.as_str().contains("--on-primary:#000000;")
        );
        let look = Look { sheet: Some(&sheet), logo: Some("https://cdn.example/l.png"), ..LOOK };
        let html = crate::pages::SignOut { look, csrf_token: "c", action: "/x", callback_url: "/" }
            .render()
            .unwrap();
        assert!(html.contains(sheet.as_str()));
        assert!(html.contains("<img class=\"logo\" src=\"https://cdn.example/l.png\" alt=\"\">"));
        let policy = content_security_policy(&sheet, FormTargets::Https, Some("https://cdn.example"));
        assert!(policy.contains("img-src 'self' https://cdn.example;"));
        assert_ne!(sheet.hash, Sheet::plain().hash);
    }

    #[test]
    fn the_contrast_of_black_on_white_is_twenty_one() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    }

    #[test]
    fn every_pair_of_the_palette_has_the_contrast_it_needs_in_both_themes() {
        for (front, back, least) in PAIRS {
            for side in [Side::Light, Side::Dark] {
                let (front_colour, back_colour) = (colour(front, side), colour(back, side));
                let ratio = contrast(front_colour, back_colour);
                assert!(ratio >= least, "{front} {front_colour} on {back} {back_colour}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn every_colour_the_rules_use_is_in_the_palette_and_every_colour_of_the_palette_is_used() {
        for used in RULES.split("var(--").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(used == "shade" || PALETTE.iter().any(|entry| entry.0 == used), "{used}");
        }
        for (name, ..) in PALETTE {
            assert!(RULES.contains(&format!("var(--{name})")), "{name} is not used");
        }
        assert!(!RULES.contains('#'), "a colour stands in the rules");
    }

    #[test]
    fn the_policy_names_the_style_block_of_the_rendered_pages() {
        let pages = [
            VerifyRequest { look: LOOK, mailbox: None, code: Some("BCDF-GHJK") }.render().unwrap(),
            ErrorPage { look: LOOK, heading: "x", text: "y", sign_in: None, request_id: None }
                .render()
                .unwrap(),
        ];
        for page in pages {
            let (_, rest) = page.split_once("<style>").unwrap();
            let (block, rest) = rest.split_once("</style>").unwrap();
            assert!(!rest.contains("<style"));
            let hash = STANDARD.encode(Sha256::digest(block.as_bytes()));
            assert!(policy(FormTargets::Https).contains(&format!("'sha256-{hash}'")));
        }
    }

    #[test]
    fn the_policy_allows_no_inline_code_and_no_foreign_source() {
        for targets in [FormTargets::Nowhere, FormTargets::Https, FormTargets::HttpToo] {
            let policy = policy(targets);
            assert!(policy.starts_with("default-src 'none';"));
            assert!(policy.ends_with("frame-ancestors 'none'; base-uri 'none'"));
            for loose in ["unsafe", "*", "data:", "script-src"] {
                assert!(!policy.contains(loose), "{loose} in {policy}");
            }
        }
    }

    #[test]
    fn only_a_plain_http_site_may_send_forms_to_plain_http() {
        assert!(policy(FormTargets::Nowhere).contains("form-action 'none';"));
        assert!(policy(FormTargets::Https).contains("form-action 'self' https:;"));
        assert!(policy(FormTargets::HttpToo).contains("form-action 'self' https: http:;"));
    }

    #[test]
    fn the_style_sheet_stays_small_and_ends_no_element() {
        let sheet = Sheet::plain().as_str();
        assert!(sheet.len() < 7 * 1024, "{} bytes", sheet.len());
        assert!(!sheet.contains('<') && !sheet.contains('\r'));
    }
}
