//! From settings to what the server is started with.

use hallpass::Theme;
use url::Url;

use super::decider::{Decider, ReadFile};
use super::effective::{Config, LogFormat, LogOptions, Mode};
use super::problem::Problem;
use super::providers;
use super::settings::Settings;

/// Decides everything, and tells everything that is wrong.
pub(crate) fn decide(
    settings: &mut Settings,
    from_file: bool,
    read_file: ReadFile<'_>,
    problems: &mut Vec<Problem>,
) -> Config {
    let mut decider = Decider { settings, read_file, problems, mode: Mode::Production };
    decider.one_of_secret_and_secrets();
    let url = decider.url();
    decider.mode = decider.mode(url.as_ref(), from_file);
    let config = decider.rest(url);
    decider.ways_in(&config);
    decider.claims_of_tenants(&config);
    config
}

impl Decider<'_> {
    fn rest(&mut self, url: Option<Url>) -> Config {
        self.check_url(url.as_ref());
        let listen = self.listen();
        Config {
            mode: self.mode,
            base_path: self.base_path(url.as_ref()),
            wire: self.settings.text("wire").and_then(|wire| wire.parse().ok()).unwrap_or_default(),
            profile: self.profile(),
            bad_callback_url: self.bad_callback_url(),
            listen,
            metrics: self.metrics_listen(listen),
            otel: self.otel_endpoint(),
            database: self.database(),
            secrets: self.secrets(),
            theme: match self.settings.text("theme") {
                Some("light") => Theme::Light,
                Some("dark") => Theme::Dark,
                _ => Theme::Auto,
            },
            brand: self.brand(),
            pages: self.pages(),
            trusted_proxies: self.trusted_proxies(),
            ca: self.pem("ca_file"),
            session: self.session(),
            email: self.email(),
            password: self.password(),
            signing: self.signing(),
            application_secret: self.application_secret(),
            log: LogOptions {
                format: match self.settings.text("log.format") {
                    Some("json") => LogFormat::Json,
                    _ => LogFormat::Text,
                },
                level: self.settings.text("log.level").unwrap_or("info").to_owned(),
            },
            providers: providers::clients(self.settings, self.read_file, self.problems),
            application: self.application(&crate::start::rehearsal()),
            private_hosts: self.private_hosts(),
            demo: self.settings.flag("demo.enabled").unwrap_or(self.in_development()),
            url,
        }
    }
}
