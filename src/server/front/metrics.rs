//! What the server tells of itself in the text format of Prometheus (OpenMetrics 1.0).

use std::{
    sync::atomic::AtomicU64,
    time::{Duration, Instant},
};

use axum::http::Method;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

/// Media type of the text.
pub(super) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A request by what it asked for, never by whom or with which id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: String,
    path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    path: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Why {
    why: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Version {
    version: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct By {
    door: &'static str,
}

/// Counters of one server.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram, fn() -> Histogram>,
    refused: Family<Why, Counter>,
    connections: Family<By, Gauge>,
    pub(super) listeners: Gauge,
    sent: Counter,
    /// Not a number where it is not known.
    calls: Gauge<f64, AtomicU64>,
    memory: Gauge,
    uptime: Gauge<f64, AtomicU64>,
    began: Instant,
}

/// 1 ms to 16 s.
fn buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 4.0, 8))
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("callreel");
        let metrics = Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(buckets),
            refused: Family::default(),
            connections: Family::default(),
            listeners: Gauge::default(),
            sent: Counter::default(),
            calls: Gauge::default(),
            memory: Gauge::default(),
            uptime: Gauge::default(),
            began: Instant::now(),
            registry: Registry::default(),
        };
        registry.register("requests", "Requests answered, by operation and status", metrics.requests.clone());
        registry.register_with_unit(
            "request_duration",
            "Time from a request's headers to those of its answer",
            Unit::Seconds,
            metrics.seconds.clone(),
        );
        registry.register("connections", "Lines that are open, by door", metrics.connections.clone());
        registry.register("connections_refused", "Lines that were closed at once, by reason", metrics.refused.clone());
        registry.register("event_listeners", "Streams of events that are open", metrics.listeners.clone());
        registry.register_with_unit("sent", "Bytes of bodies that were sent", Unit::Bytes, metrics.sent.clone());
        registry.register("calls", "Calls in the database", metrics.calls.clone());
        registry.register_with_unit("uptime", "Time since the start", Unit::Seconds, metrics.uptime.clone());
        registry.register_with_unit("resident_memory", "Memory of the process", Unit::Bytes, metrics.memory.clone());
        let version: Family<Version, Gauge> = Family::default();
        version.get_or_create(&Version { version: env!("CARGO_PKG_VERSION") }).set(1);
        registry.register("build_info", "The program", version);
        Self { registry, ..metrics }
    }

    pub(super) fn answered(&self, method: &Method, path: &str, status: u16, took: Duration) {
        let (method, path) = (word(method).to_owned(), path.to_owned());
        self.requests.get_or_create(&Answered { method: method.clone(), path: path.clone(), status }).inc();
        self.seconds.get_or_create(&Asked { method, path }).observe(took.as_secs_f64());
    }

    pub(super) fn sent(&self, bytes: u64) {
        self.sent.inc_by(bytes);
    }

    pub(super) fn refused(&self, why: &'static str) {
        self.refused.get_or_create(&Why { why }).inc();
    }

    /// A line of this door, counted until it is dropped.
    pub(super) fn connected(&self, door: &'static str) -> Open {
        Open::count(self.connections.get_or_create_owned(&By { door }))
    }

    /// The whole text. `calls`: how many there are, where that is known.
    pub(super) fn text(&self, calls: Option<u64>) -> String {
        #[expect(clippy::cast_precision_loss, reason = "nobody has so many calls")]
        self.calls.set(calls.map_or(f64::NAN, |calls| calls as f64));
        self.uptime.set(self.began.elapsed().as_secs_f64());
        if let Some(bytes) = resident() {
            self.memory.set(bytes);
        }
        let mut told = String::new();
        // Writing into a string cannot fail.
        let _ = text::encode(&mut told, &self.registry);
        told
    }
}

/// Something that is counted while it lasts.
pub(super) struct Open(Gauge);

impl Open {
    pub(super) fn count(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Methods that are not ours are one, so that a stranger cannot make new series.
fn word(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "other",
    }
}

/// Bytes of memory in use (proc(5): the second number of `statm`, in pages).
fn resident() -> Option<i64> {
    let told = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: i64 = told.split(' ').nth(1)?.parse().ok()?;
    Some(pages * i64::try_from(rustix::param::page_size()).ok()?)
}
