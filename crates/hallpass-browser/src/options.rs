//! How the session is kept up to date.
//!
//! ```
//! use std::time::Duration;
//! use hallpass_browser::{ClientOptions, set_options};
//!
//! set_options(&ClientOptions { client_max_age: Duration::from_secs(60), ..ClientOptions::default() });
//! ```

use std::time::Duration;

use hallpass_session::Options;

/// How the session is kept up to date. [`Duration::ZERO`] turns a rule off.
///
/// They are the page's, and set as a whole: what the last one who sets them leaves at its default is at its default. Only the base path
/// stays as it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientOptions {
    /// Where hallpass answers below this site: `/api/auth` unless chosen. A path from the site's root, whatever slashes it begins and
    /// ends with; never another site. `None`, as by default, and the empty path choose nothing.
    pub base_path: Option<String>,
    /// How old a session may be before it is read anew. Zero by default: never by age alone.
    pub client_max_age: Duration,
    /// How often one tab of the browser reads the session. Zero by default: never.
    pub keep_alive: Duration,
    /// Whether focus and visibility of the window read the session. They do by default.
    pub refetch_on_window_focus: bool,
    /// Whether reading by `keep_alive` and `client_max_age` goes on while the browser is offline. It does by default.
    pub refetch_when_offline: bool,
    /// Changes of focus this close together share one request: two seconds by default. Zero: each asks.
    pub focus_window: Duration,
}

impl Default for ClientOptions {
    fn default() -> Self {
        let Options { client_max_age, keep_alive, burst, on_focus, when_offline } = Options::USUAL;
        Self {
            base_path: None,
            client_max_age: duration(client_max_age),
            keep_alive: duration(keep_alive),
            refetch_on_window_focus: on_focus,
            refetch_when_offline: when_offline,
            focus_window: duration(burst),
        }
    }
}

fn duration(milliseconds: f64) -> Duration {
    Duration::from_millis(milliseconds as u64)
}

impl ClientOptions {
    /// As the machine counts them.
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only a page has a machine"))]
    pub(crate) fn machine(&self) -> Options {
        let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
        Options {
            client_max_age: milliseconds(self.client_max_age),
            keep_alive: milliseconds(self.keep_alive),
            burst: milliseconds(self.focus_window),
            on_focus: self.refetch_on_window_focus,
            when_offline: self.refetch_when_offline,
        }
    }

    /// The base path with one slash at its start and none at its end, if one is chosen. What a browser would read as another site is a
    /// path of this one: passwords are sent there. Only slashes are the root.
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only a page asks"))]
    pub(crate) fn base(&self) -> Option<String> {
        // Browsers read either slash as one, and skip blanks and what stands before them in ASCII.
        let skipped = |letter: char| ['/', '\\'].contains(&letter) || letter <= ' ';
        let path = self.base_path.as_deref().filter(|path| !path.is_empty())?;
        Some(match path.trim_matches(skipped) {
            "" => String::new(),
            path => format!("/{path}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_machines() {
        assert_eq!(ClientOptions::default().machine(), Options::USUAL);
    }

    #[test]
    fn a_base_path_may_begin_and_end_with_slashes_and_stays_on_the_site() {
        for (given, base) in [
            ("/auth//", Some("/auth")),
            ("auth", Some("/auth")),
            ("//elsewhere.example/auth", Some("/elsewhere.example/auth")),
            ("/\t/elsewhere.example", Some("/elsewhere.example")),
            ("\\\\elsewhere.example", Some("/elsewhere.example")),
            ("https://elsewhere.example/", Some("/https://elsewhere.example")),
            ("/", Some("")),
            ("", None),
        ] {
            let options = ClientOptions { base_path: Some(given.into()), ..ClientOptions::default() };
            assert_eq!(options.base().as_deref(), base, "{given}");
        }
        assert_eq!(ClientOptions::default().base(), None);
    }
}
