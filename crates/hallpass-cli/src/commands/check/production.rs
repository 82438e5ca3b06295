//! `hallpass check --production`: what a deployment must have, judged as production whatever the mode.
//!
//! Without `--online` it reads the configuration and the machine it runs on, and asks nobody. It leaves no trace: of the
//! directory of the database it finds out whether it can be written by making a file there and taking it away.

use std::fmt;
use std::process::ExitCode;

use hallpass::world::Clock;
use hallpass::{Bearer, Endings, OtherBrowser, Profile, Strategy};
use hallpass_store::Timestamp;
use hallpass_wire::Wire;
use hallpass_world::SystemClock;
use serde_json::json;

use super::{machine, online};
use crate::config::problem::{Problem, Severity};
use crate::config::{Config, Loaded};
use crate::dialogue::{FAILED, answer};
use crate::start::rehearse;
use crate::table::{lines, shown};

/// A clock before this moment, the beginning of November 2026, is older than this program.
const EARLIEST: Timestamp = Timestamp::from_secs(1_793_491_200);
/// The year 2100.
const LATEST: Timestamp = Timestamp::from_secs(4_102_444_800);

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// It must not go on like this.
    Error,
    /// Somebody should look at it.
    Warning,
    /// It may be meant.
    Note,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) weight: Weight,
    /// Whose it is: a line of the configuration, or a part of the deployment.
    pub(crate) whose: String,
    /// What is so: a clause without a full stop.
    pub(crate) what: String,
    /// What to do: likewise.
    pub(crate) way_out: String,
}

impl Finding {
    pub(crate) fn new(weight: Weight, whose: &str, what: impl Into<String>, way_out: &str) -> Self {
        Self { weight, whose: whose.to_owned(), what: what.into(), way_out: way_out.to_owned() }
    }

    fn value(&self) -> serde_json::Value {
        json!({
            "weight": self.weight.word(),
            "whose": self.whose,
            "what": self.what,
            "way_out": self.way_out,
        })
    }
}

impl Weight {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl From<&Problem> for Finding {
    fn from(problem: &Problem) -> Self {
        let weight = match problem.severity {
            Severity::Error => Weight::Error,
            Severity::Warning => Weight::Warning,
        };
        let whose = problem.at.as_ref().map_or_else(|| "the configuration".to_owned(), ToString::to_string);
        let way_out = problem.way_out.clone().unwrap_or_else(|| "correct it there".to_owned());
        Self { weight, whose, what: problem.what.clone(), way_out }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { weight, whose, what, way_out } = self;
        write!(f, "{}: {}: {}\n  → {}", weight.word(), shown(whose), shown(what), shown(way_out))
    }
}

/// How to ask.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    /// Whether the mail server and the providers are asked too.
    pub(crate) online: bool,
    /// Whether the answer is for a machine.
    pub(crate) json: bool,
}

/// Exit code 1 where an error was found.
pub(crate) fn run(loaded: &Loaded, asked: Asked) -> ExitCode {
    let mut found: Vec<Finding> = loaded.problems.iter().map(Finding::from).collect();
    if loaded.is_usable()
        && let Err(error) = rehearse(&loaded.config)
    {
        found.push(Finding::from(&Problem::error(error.to_string())));
    }
    let config = &loaded.config;
    // Odd on a desk, and a fault where it is for people.
    for finding in found.iter_mut().filter(|finding| finding.what.starts_with("`email.smtp` turns TLS off")) {
        finding.weight = Weight::Error;
    }
    found.extend(addresses(loaded));
    found.extend(choices(config));
    found.extend(machine::database(&config.database));
    found.extend(machine::files_with_secrets(loaded));
    found.extend(clock(SystemClock.now()));
    if asked.online {
        found.extend(online::ask(config));
    }
    found.sort_by_key(|finding| finding.weight);
    let told = if asked.json {
        answer(lines(&found.iter().map(Finding::value).collect::<Vec<_>>()))
    } else {
        answer(report(&found, asked.online))
    };
    if found.iter().any(|finding| finding.weight == Weight::Error) { ExitCode::from(FAILED) } else { told }
}

fn report(found: &[Finding], online: bool) -> String {
    let mut text: String = found.iter().map(|finding| format!("{finding}\n")).collect();
    let count = |weight| found.iter().filter(|finding| finding.weight == weight).count();
    let errors = count(Weight::Error);
    let counted = [(errors, "error"), (count(Weight::Warning), "warning"), (count(Weight::Note), "note")]
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }));
    text += &format!("\n{}.", counted.join(", "));
    text += if errors == 0 { " This can be deployed.\n" } else { " This must not be deployed.\n" };
    if !online {
        text += "The mail server and the providers were not asked; --online does.\n";
    }
    text
}

/// The URL, the listeners, the proxy.
fn addresses(loaded: &Loaded) -> Vec<Finding> {
    let (config, mut found) = (&loaded.config, Vec::new());
    let at = |key: &str| loaded.settings.origin(key).map_or_else(|| format!("`{key}`"), |at| at.to_string());
    if config.url.as_ref().is_some_and(|url| url.scheme() == "http") {
        let what = "`url` is http, so cookies are not Secure, have no __Host- and __Secure- names, and cross the \
                    network in the clear";
        let way_out = "write it as https://…; the proxy in front of hallpass speaks TLS";
        found.push(Finding::new(Weight::Error, &at("url"), what, way_out));
    }
    if !config.listen.ip().is_loopback() {
        let what = format!("hallpass listens on {} without TLS, for other machines too", config.listen);
        let way_out = "see that only the proxy reaches it, or listen on 127.0.0.1";
        found.push(Finding::new(Weight::Note, &at("listen"), what, way_out));
    }
    if let Some(metrics) = config.metrics.filter(|metrics| !metrics.ip().is_loopback()) {
        let what = format!("the figures are on {metrics}, for other machines too");
        let way_out = "see that only Prometheus reaches it, or listen on 127.0.0.1";
        found.push(Finding::new(Weight::Warning, &at("metrics.listen"), what, way_out));
    }
    if config.trusted_proxies.is_empty() {
        let what = "no proxy is trusted, so the log names the proxy's address as everybody's";
        let way_out = "set trusted_proxies = [\"127.0.0.1\"], or where your proxy is";
        found.push(Finding::new(Weight::Note, "the proxy", what, way_out));
    }
    found
}

/// What was chosen, or left as it is.
fn choices(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    if config.session.absolute_max_age.is_none() {
        let what = "a session in use lasts for ever";
        let way_out = "set absolute_max_age in [session], for example \"90d\"";
        found.push(Finding::new(Weight::Note, "`session.absolute_max_age`", what, way_out));
    }
    found.extend(weaker(config));
    if config.email.is_none() {
        let what = "there is no mail server, so nobody signs in by a link or shows that an address is theirs";
        let way_out = "set smtp and from in [email]";
        found.push(Finding::new(Weight::Note, "`email.smtp`", what, way_out));
    }
    if config.email.is_none() && config.password.is_some() {
        let what = "passwords are on and no mail can be sent, so whoever forgot theirs cannot choose another";
        let way_out = "set smtp and from in [email]; until then `hallpass users password` sets one";
        found.push(Finding::new(Weight::Warning, "`password.enabled`", what, way_out));
    }
    if config.demo {
        let what = "the demo page is on";
        found.push(Finding::new(Weight::Warning, "`demo.enabled`", what, "set enabled = false in [demo]"));
    }
    if matches!(config.log.level.as_str(), "debug" | "trace") {
        let what = format!("the log is told everything ({})", config.log.level);
        found.push(Finding::new(Weight::Warning, "`log.level`", what, "set level = \"info\" in [log]"));
    }
    if config.wire == Wire::V3 {
        let what = "a session's cookie is signed and not sealed: whoever has it can read it";
        let way_out = "set wire = \"v4\" once no code of next-auth 3 opens it";
        found.push(Finding::new(Weight::Warning, "`wire`", what, way_out));
    }
    found
}

/// What is weaker than the profile strict has it.
fn weaker(config: &Config) -> Vec<Finding> {
    let strict = Profile::Strict;
    let (email, session) = (config.email.as_ref().map(|email| &email.options), &config.session);
    let said = [
        (
            email.is_some_and(|email| email.max_age > strict.email().max_age),
            "`email.max_age`",
            "a link in a mail is good for more than 10 minutes",
            "set max_age = \"10m\" in [email]",
        ),
        (
            email.is_some_and(|email| email.other_browser == OtherBrowser::Allow),
            "`email.other_browser`",
            "a link in a mail signs in whoever opens it, in any browser",
            "set other_browser = \"code\" in [email]",
        ),
        (
            session.endings == Endings::Unannounced && session.strategy == Strategy::Jwt,
            "`session.announce_endings`",
            "another process takes a copy of a cookie for `session.update_age` after its sign-out",
            "set announce_endings = true in [session], if there is another process",
        ),
        (
            session.bearer == Bearer::Read,
            "`session.bearer`",
            "a session's token counts outside its cookie too, in `Authorization: Bearer`",
            "set bearer = false in [session], unless an API of yours needs it",
        ),
    ];
    let weak = said.into_iter().filter(|(weak, ..)| *weak);
    weak.map(|(_, whose, what, way_out)| Finding::new(Weight::Note, whose, what, way_out)).collect()
}

/// Sessions, links and tokens are judged by the clock.
fn clock(now: Timestamp) -> Option<Finding> {
    (now < EARLIEST || now > LATEST).then(|| {
        let what = format!("it is {} by this machine's clock", crate::table::moment(now));
        Finding::new(Weight::Error, "the clock", what, "set it, and keep it set by NTP")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_is_an_error() {
        assert_eq!(clock(Timestamp::from_secs(0)).unwrap().weight, Weight::Error);
        assert_eq!(clock(Timestamp::from_secs(5_000_000_000)).unwrap().whose, "the clock");
        assert_eq!(clock(Timestamp::from_secs(1_800_000_000)), None);
    }

    #[test]
    fn errors_come_first_and_decide() {
        assert!(Weight::Error < Weight::Warning && Weight::Warning < Weight::Note);
        let finding = |weight| Finding::new(weight, "x", "y", "z");
        assert!(report(&[finding(Weight::Note)], true).contains("This can be deployed"));
        assert!(report(&[finding(Weight::Error)], true).contains("must not"));
    }
}
