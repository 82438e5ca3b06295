//! What the server counts, for Prometheus.
//!
//! [`Metrics`] holds a handle for each; `counted.rs` counts what the world is asked for, `page.rs` answers `/metrics`. No
//! label holds what a stranger wrote: an endpoint, a reason and an outcome are words of this program, a way and a provider
//! are ids of the configuration. A read of a session costs two atomic additions and two looks at a clock.

pub(crate) mod counted;
pub(crate) mod page;

use hallpass::Outcome;
use hallpass::world::Clock;
use hallpass_store::{Change, CommitError};
use hallpass_wire::Action;
use hallpass_world::SystemClock;
use http::StatusCode;
use prometheus::{
    Error, Gauge, Histogram, HistogramOpts, HistogramTimer, HistogramVec, IntCounter, IntCounterVec,
    IntGauge, Opts, Registry,
};

use crate::config::Config;

/// Seconds. From a session read to a provider that lets people wait.
const BUCKETS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
const UNKNOWN: &str = "unknown";
const BESIDE: &str = "beside";
const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
const OK: &str = "ok";

/// Every endpoint of the library, then what it does not know and what the binary answers beside it.
fn endpoints() -> Vec<&'static str> {
    let mut names: Vec<_> = Action::EVERY.map(Action::name).into();
    names.extend([UNKNOWN, BESIDE]);
    names.dedup();
    names
}

/// The name of an endpoint, one of a fixed set; `path` is what stands behind the base path, if it is below that.
pub(crate) fn endpoint_name(path: Option<&str>) -> &'static str {
    path.map_or(BESIDE, |path| Action::parse(path).map_or(UNKNOWN, Action::name))
}

/// A handle for everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    endpoints: Vec<Endpoint>,
    sign_ins: IntCounterVec,
    refusals: IntCounterVec,
    started: IntCounter,
    prolonged: IntCounter,
    ended: IntCounter,
    mails: IntCounterVec,
    provider_requests: IntCounterVec,
    provider_seconds: HistogramVec,
    hashes: IntGauge,
    hash_seconds: Histogram,
    hashes_refused: IntCounter,
    commits: IntCounterVec,
    commit_seconds: Histogram,
    /// Connections that are open.
    pub(crate) connections: IntGauge,
    resident: Option<IntGauge>,
}

/// An endpoint's handles, looked up once.
struct Endpoint {
    name: &'static str,
    statuses: Vec<IntCounter>,
    seconds: Histogram,
}

/// Makes and registers, one after the other.
struct Maker(Registry);

impl Maker {
    fn counter(&self, name: &str, help: &str) -> Result<IntCounter, Error> {
        let counter = IntCounter::new(name, help)?;
        self.0.register(Box::new(counter.clone()))?;
        Ok(counter)
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, Error> {
        let counters = IntCounterVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(counters.clone()))?;
        Ok(counters)
    }

    fn gauge(&self, name: &str, help: &str) -> Result<IntGauge, Error> {
        let gauge = IntGauge::new(name, help)?;
        self.0.register(Box::new(gauge.clone()))?;
        Ok(gauge)
    }

    fn histogram(&self, name: &str, help: &str) -> Result<Histogram, Error> {
        let histogram = Histogram::with_opts(HistogramOpts::new(name, help).buckets(BUCKETS.to_vec()))?;
        self.0.register(Box::new(histogram.clone()))?;
        Ok(histogram)
    }

    fn histograms(&self, name: &str, help: &str, label: &str) -> Result<HistogramVec, Error> {
        let opts = HistogramOpts::new(name, help).buckets(BUCKETS.to_vec());
        let histograms = HistogramVec::new(opts, &[label])?;
        self.0.register(Box::new(histograms.clone()))?;
        Ok(histograms)
    }

    fn endpoints(&self) -> Result<Vec<Endpoint>, Error> {
        let labels = ["endpoint", "status"];
        let requests = self.counters("hallpass_requests_total", "Requests that were answered.", &labels)?;
        let help = "From a request's head to its answer.";
        let seconds = self.histograms("hallpass_request_seconds", help, "endpoint")?;
        let endpoint = |name| {
            let status = |status| requests.get_metric_with_label_values(&[name, status]);
            Ok(Endpoint {
                name,
                statuses: STATUSES.into_iter().map(status).collect::<Result<_, _>>()?,
                seconds: seconds.get_metric_with_label_values(&[name])?,
            })
        };
        endpoints().into_iter().map(endpoint).collect()
    }

    /// What never changes while the process runs.
    fn constants(&self) -> Result<(), Error> {
        let version = env!("CARGO_PKG_VERSION");
        let opts = Opts::new("hallpass_build_info", "Always 1; which version runs.");
        let build = IntGauge::with_opts(opts.const_label("version", version))?;
        build.set(1);
        self.0.register(Box::new(build))?;
        let start = Gauge::new("process_start_time_seconds", "When the process began, since 1970.")?;
        start.set(SystemClock.now().millis() as f64 / 1000.0);
        self.0.register(Box::new(start))
    }
}

impl Metrics {
    /// Handles at zero. The configured ways and providers have a line from the beginning.
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let make = Maker(Registry::new());
        make.constants()?;
        let help = "Resident memory.";
        let resident = cfg!(target_os = "linux").then(|| make.gauge("process_resident_memory_bytes", help));
        let metrics = Self {
            endpoints: make.endpoints()?,
            sign_ins: make.counters(
                "hallpass_sign_ins_total",
                "Sign-ins and sign-ups that came to an end.",
                &["way", "outcome"],
            )?,
            refusals: make.counters(
                "hallpass_refusals_total",
                "Requests that were refused or failed.",
                &["endpoint", "reason"],
            )?,
            started: make.counter("hallpass_sessions_started_total", "Sessions that were started.")?,
            prolonged: make.counter("hallpass_sessions_prolonged_total", "Sessions that were prolonged.")?,
            ended: make.counter(
                "hallpass_sessions_ended_total",
                "Ends that were asked for; all sessions of a user are one.",
            )?,
            mails: make.counters("hallpass_mails_total", "Mails to the mail server.", &["outcome"])?,
            provider_requests: make.counters(
                "hallpass_provider_requests_total",
                "Requests to providers.",
                &["provider", "outcome"],
            )?,
            provider_seconds: make.histograms(
                "hallpass_provider_request_seconds",
                "From a request to a provider to its answer.",
                "provider",
            )?,
            hashes: make.gauge("hallpass_password_hashes", "Passwords that are hashed, or wait for it.")?,
            hash_seconds: make.histogram("hallpass_password_hash_seconds", "A hash, and the wait for it.")?,
            hashes_refused: make.counter(
                "hallpass_password_hashes_refused_total",
                "Passwords that were not hashed because too many waited.",
            )?,
            commits: make.counters("hallpass_store_commits_total", "Writes to the store.", &["outcome"])?,
            commit_seconds: make.histogram("hallpass_store_commit_seconds", "A write to the store.")?,
            connections: make.gauge("hallpass_connections", "Connections that are open.")?,
            resident: resident.transpose()?,
            registry: make.0,
        };
        metrics.begin(config);
        Ok(metrics)
    }

    /// Lines that are there before anything happened, so that a rate can be taken of them.
    fn begin(&self, config: &Config) {
        let built_in =
            [config.email.as_ref().map(|_| "email"), config.password.as_ref().map(|_| "credentials")];
        let providers = config.providers.iter().map(|client| client.provider().id.as_ref());
        for way in built_in.into_iter().flatten().chain(providers.clone()) {
            self.sign_ins.with_label_values(&[way, OK]).inc_by(0);
        }
        for provider in providers {
            self.provider_requests.with_label_values(&[provider, "2xx"]).inc_by(0);
            self.provider_seconds.with_label_values(&[provider]);
        }
        self.refusals.with_label_values(&[UNKNOWN, "unknown_action"]).inc_by(0);
        for outcome in ["sent", "timed_out", "unreachable", "refused"] {
            self.mails.with_label_values(&[outcome]).inc_by(0);
        }
        for outcome in [OK, "refused", "unavailable"] {
            self.commits.with_label_values(&[outcome]).inc_by(0);
        }
    }

    /// The place of an endpoint among the handles; `path` is what stands behind the base path.
    pub(crate) fn endpoint(&self, path: Option<&str>) -> usize {
        let name = endpoint_name(path);
        let place = |name| self.endpoints.iter().position(|endpoint| endpoint.name == name);
        place(name).or_else(|| place(UNKNOWN)).unwrap_or_default()
    }

    /// Takes the time of a request until it is dropped.
    pub(crate) fn request(&self, endpoint: usize) -> Option<HistogramTimer> {
        self.endpoints.get(endpoint).map(|endpoint| endpoint.seconds.start_timer())
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, endpoint: usize, status: StatusCode, outcome: Option<&Outcome>) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(counter) = self.endpoints.get(endpoint).and_then(|endpoint| endpoint.statuses.get(class))
        {
            counter.inc();
        }
        let Some(outcome) = outcome else { return };
        if let Some(reason) = outcome.refused {
            self.refusals.with_label_values(&[outcome.endpoint, reason]).inc();
        }
        let is_sign_in = [Action::Callback("").name(), Action::SignUp.name()].contains(&outcome.endpoint);
        if let Some(way) = outcome.way.as_deref().filter(|_| is_sign_in) {
            self.sign_ins.with_label_values(&[way, outcome.refused.unwrap_or(OK)]).inc();
        }
    }

    fn committed(&self, changes: &[Change], done: &Result<(), CommitError>) {
        let outcome = match done {
            Ok(()) => OK,
            Err(CommitError::Unavailable(_)) => "unavailable",
            Err(_) => "refused",
        };
        self.commits.with_label_values(&[outcome]).inc();
        for change in changes.iter().filter(|_| done.is_ok()) {
            match change {
                Change::StartSession(_) => self.started.inc(),
                Change::RenewSession { .. } => self.prolonged.inc(),
                Change::EndSession(_) | Change::EndSessionsOf { .. } => self.ended.inc(),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_has_a_line_of_its_own_and_a_scanner_none() {
        for action in Action::EVERY {
            assert_eq!(endpoint_name(Some(&action.path())), action.name());
            assert!(endpoints().contains(&action.name()), "{}", action.path());
        }
        assert_eq!(endpoint_name(Some("/wp-login.php")), UNKNOWN);
        assert_eq!(endpoint_name(None), BESIDE);
        let mut names = endpoints();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), endpoints().len(), "no line twice");
    }
}
