//! What the server counts of itself, as Prometheus reads it. Knows no action and no route: whoever answers a request says
//! which it was.
//!
//! Nothing is counted by sandbox, of which there may be thousands.

mod bounded;

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::store::Waits;
use bounded::{Bounded, Labels};

/// The Content-Type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// What has no label of its own.
pub const OTHER: &str = "other";

/// Upper bounds of the buckets of durations, in seconds: a page that is kept takes less than the first one.
const DURATIONS: [f64; 8] = [0.000_1, 0.000_5, 0.002, 0.01, 0.05, 0.25, 1.0, 5.0];

/// Combinations of plane, action and code that are counted each by itself. Those that come later share [`OTHER`] as their action
/// and keep their code, so that no sort of error goes under.
const REQUESTS: usize = 650;

/// Combinations with those; any that come later yet have [`OTHER`] as their code too.
const REQUESTS_OF_OTHERS: usize = 780;

/// Combinations of plane and action whose durations are told each by itself.
const TIMED: usize = 100;

/// Which half of the server answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plane {
    Cloud,
    Control,
}

impl EncodeLabelValue for Plane {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        let word = match self {
            Self::Cloud => "cloud",
            Self::Control => "control",
        };
        EncodeLabelValue::encode(&word, encoder)
    }
}

/// A word that is a label's value: most are constants.
pub type Word = Cow<'static, str>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    plane: Plane,
    action: Word,
    code: Word,
}

impl Labels for Request {
    fn room(&self) -> Option<usize> {
        match (&*self.action, &*self.code) {
            (OTHER, OTHER) => None,
            (OTHER, _) => Some(REQUESTS_OF_OTHERS),
            _ => Some(REQUESTS),
        }
    }

    fn wider(self) -> Self {
        let code = if self.action == OTHER { OTHER.into() } else { self.code };
        Self { action: OTHER.into(), code, ..self }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Timed {
    plane: Plane,
    action: Word,
}

impl Labels for Timed {
    fn room(&self) -> Option<usize> {
        (self.action != OTHER).then_some(TIMED)
    }

    fn wider(self) -> Self {
        Self { action: OTHER.into(), ..self }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Effect {
    effect: Word,
}

/// All that is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Bounded<Request, Counter>,
    durations: Bounded<Timed, Histogram>,
    database_bytes: Gauge<u64, AtomicU64>,
    log_bytes: Gauge<u64, AtomicU64>,
    sandboxes: Gauge<u64, AtomicU64>,
    journal_evicted: Counter,
    faults_hit: Family<Effect, Counter>,
    catch_up_snapshots: Counter,
}

/// What is asked for when somebody reads the metrics, because nobody counts it as it comes and goes.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    pub database_bytes: u64,
    pub log_bytes: u64,
    pub sandboxes: usize,
    /// Entries of journals that gave way to newer ones since the start.
    pub journal_evicted: u64,
}

impl Metrics {
    /// With the waits that the store measures.
    #[must_use]
    pub fn new(waits: &Waits) -> Self {
        let mut registry = Registry::with_prefix("ecs_mock");
        let requests = Bounded::new(Counter::default);
        let durations = Bounded::new(|| Histogram::new(DURATIONS));
        let (database_bytes, log_bytes, sandboxes) = (Gauge::default(), Gauge::default(), Gauge::default());
        let (journal_evicted, catch_up_snapshots) = (Counter::default(), Counter::default());
        let faults_hit = Family::default();
        registry.register("requests", "Requests that were answered, by the code of the answer", requests.family());
        registry.register(
            "request_duration_seconds",
            "How long a request took from its first line to its answer, without the sending",
            durations.family(),
        );
        let help = "How long a change waited for the one connection that writes";
        registry.register("writer_wait_seconds", help, waits.writer.clone());
        let help = "How long a question waited for a connection that reads";
        registry.register("reader_wait_seconds", help, waits.reader.clone());
        registry.register("database_bytes", "The size of the database file", database_bytes.clone());
        registry.register("log_bytes", "The size of the file of the write-ahead log", log_bytes.clone());
        registry.register("sandboxes", "Sandboxes that there are", sandboxes.clone());
        let help = "Entries of journals that gave way to newer ones before their time";
        registry.register("journal_evicted", help, journal_evicted.clone());
        registry.register("faults_hit", "Requests that a planned fault was for, by its effect", faults_hit.clone());
        let help = "Snapshots that automatic snapshot policies made when somebody looked";
        registry.register("catch_up_snapshots", help, catch_up_snapshots.clone());
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that runs", build);
        Self {
            registry,
            requests,
            durations,
            database_bytes,
            log_bytes,
            sandboxes,
            journal_evicted,
            faults_hit,
            catch_up_snapshots,
        }
    }

    /// A request was answered. The words are few by nature: names and codes that the server knows, patterns of routes.
    pub fn request(&self, plane: Plane, action: impl Into<Word>, code: impl Into<Word>) {
        let labels = Request { plane, action: action.into(), code: code.into() };
        self.requests.at(labels, |counter| {
            counter.inc();
        });
    }

    /// How long it took.
    pub fn took(&self, plane: Plane, action: impl Into<Word>, taken: Duration) {
        self.durations.at(Timed { plane, action: action.into() }, |histogram| histogram.observe(taken.as_secs_f64()));
    }

    /// A planned fault of this effect was for a request.
    pub fn fault_hit(&self, effect: &'static str) {
        self.faults_hit.get_or_create(&Effect { effect: effect.into() }).inc();
    }

    /// Policies have made so many snapshots.
    pub fn caught_up(&self, snapshots: u64) {
        self.catch_up_snapshots.inc_by(snapshots);
    }

    /// Everything, in Prometheus' text format 0.0.4.
    ///
    /// # Errors
    ///
    /// None that a string could be the cause of.
    pub fn text(&self, held: Held) -> Result<String, std::fmt::Error> {
        self.database_bytes.set(held.database_bytes);
        self.log_bytes.set(held.log_bytes);
        self.sandboxes.set(held.sandboxes as u64);
        // It never falls, since the journals count it up in one place.
        self.journal_evicted.inner().store(held.journal_evicted, Ordering::Relaxed);
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
