//! An application's colour and logo on the built-in pages.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::callback_url::Site;

/// What makes the built-in pages look like the application's.
///
/// ```
/// use hallpass::{Brand, BrandColor};
///
/// let brand = Brand { color: Some("#7c3aed".parse()?), logo: Some("/logo.svg".into()) };
/// assert_eq!(brand.color.map(|color: BrandColor| color.to_string()).as_deref(), Some("#7c3aed"));
/// # Ok::<(), hallpass::BadColor>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    /// The colour of the main button and of the tile above the heading. What stands on it is black or white,
    /// whichever can be read better.
    pub color: Option<BrandColor>,
    /// A picture in the place of the tile: a path of the site, or an `https` URL.
    pub logo: Option<String>,
}

/// A colour, `#rrggbb` or `#rgb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrandColor([u8; 3]);

/// Not a colour that is understood: write it as `#7c3aed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadColor(String);

impl fmt::Display for BadColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no colour: write it as #7c3aed", self.0)
    }
}

impl std::error::Error for BadColor {}

impl FromStr for BrandColor {
    type Err = BadColor;

    fn from_str(text: &str) -> Result<Self, BadColor> {
        let bad = || BadColor(text.to_owned());
        let digits =
            text.strip_prefix('#').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = u32::from_str_radix(digits.ok_or_else(bad)?, 16).map_err(|_| bad())?;
        match text.len() {
            7 => Ok(Self([(number >> 16) as u8, (number >> 8) as u8, number as u8])),
            // #abc is #aabbcc.
            4 => Ok(Self([8, 4, 0].map(|shift| ((number >> shift) & 15) as u8 * 17))),
            _ => Err(bad()),
        }
    }
}

impl fmt::Display for BrandColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl BrandColor {
    const BLACK: Self = Self([0; 3]);
    const WHITE: Self = Self([255; 3]);

    /// Black or white: one of them has a contrast of 4.5 at least with any colour (WCAG 2.2, 1.4.3).
    pub(super) fn ink(self) -> Self {
        let better = contrast(self, Self::WHITE) >= contrast(self, Self::BLACK);
        if better { Self::WHITE } else { Self::BLACK }
    }

    /// The colour under a pointer: away from what stands on it, so that it is read no worse.
    pub(super) fn hovered(self) -> Self {
        let towards = if self.ink() == Self::WHITE { Self::BLACK } else { Self::WHITE };
        let mut mixed = self.0;
        for (part, goal) in mixed.iter_mut().zip(towards.0) {
            *part = ((u16::from(*part) * 5 + u16::from(goal)) / 6) as u8;
        }
        Self(mixed)
    }

    /// Relative luminance, WCAG 2.2.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

/// How well one colour is read on another, 1 to 21 (WCAG 2.2).
pub(super) fn contrast(one: BrandColor, other: BrandColor) -> f64 {
    let (one, other) = (one.luminance(), other.luminance());
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

impl Brand {
    /// From where the logo comes, for the Content-Security-Policy: nothing where it is the site's own. The logo itself where
    /// it is none.
    pub(crate) fn logo_source(&self, site: &Site) -> Result<Option<String>, String> {
        let Some(logo) = &self.logo else { return Ok(None) };
        if logo.starts_with('/') && site.is(&site.callback_url(logo)) && !logo.starts_with("//") {
            return Ok(None);
        }
        let url = Url::parse(logo).ok().filter(|url| url.scheme() == "https" || site.is(url.as_str()));
        url.map(|url| Some(url.origin().ascii_serialization())).ok_or_else(|| logo.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> BrandColor {
        text.parse().unwrap()
    }

    #[test]
    fn only_colours_are_colours() {
        for text in ["", "#", "red", "#12", "#12345", "#1234567", "123456", "#12345g", "#+12345", "#ééé"] {
            assert_eq!(text.parse::<BrandColor>(), Err(BadColor(text.into())), "{text}");
        }
        assert_eq!(color("#7C3aed").to_string(), "#7c3aed");
        assert_eq!(color("#fa0").to_string(), "#ffaa00");
    }

    #[test]
    fn what_stands_on_any_colour_can_be_read_also_under_a_pointer() {
        for step in 0..=4096_u32 {
            let number = step * 4095;
            let color = BrandColor([(number >> 16) as u8, (number >> 8) as u8, number as u8]);
            for under in [color, color.hovered()] {
                assert!(contrast(under, color.ink()) >= 4.5, "{color} under {under}");
            }
        }
    }

    #[test]
    fn a_logo_is_the_sites_own_or_comes_by_https() {
        let site = Site::new(&Url::parse("https://app.example.com").unwrap());
        let source = |logo: &str| Brand { logo: Some(logo.into()), color: None }.logo_source(&site);
        assert_eq!(source("/logo.svg"), Ok(None));
        assert_eq!(source("https://cdn.example/l.png?v=1"), Ok(Some("https://cdn.example".into())));
        for logo in [
            "",
            "logo.svg",
            "//cdn.example/l.png",
            "http://cdn.example/l.png",
            "javascript:1",
            "data:image/png,x",
        ] {
            assert_eq!(source(logo), Err(logo.to_owned()), "{logo}");
        }
    }
}
