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

use crate::{
    domain::recording::{CopyState, RecordingState},
    service::Figures,
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
struct In {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Work {
    kind: String,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: String,
}

/// What the database is worth. Set anew for each look; what cannot be counted is not told.
#[derive(Default)]
struct Counted {
    recordings: Family<In, Gauge>,
    bytes: Family<In, Gauge>,
    copies: Family<In, Gauge>,
    jobs: Family<Work, Gauge>,
    job_ended: Family<Kind, Gauge>,
    sessions: Gauge,
    tokens: Gauge,
    audit_entries: Gauge,
    audit_unsigned: Gauge,
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
    counted: Counted,
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
            counted: Counted::default(),
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
        metrics.counted.register(&mut registry);
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

    /// The whole text. `calls` and `figures`: what there is, where that is known.
    pub(super) fn text(&self, calls: Option<u64>, figures: Option<&Figures>) -> String {
        if let Some(figures) = figures {
            self.counted.set(figures);
        }
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

impl Counted {
    fn register(&self, registry: &mut Registry) {
        registry.register("recordings", "Recordings in the database, by where they stand", self.recordings.clone());
        registry.register_with_unit("recordings", "Bytes of recordings, by where they stand", Unit::Bytes, self.bytes.clone());
        registry.register("recording_copies", "Copies of recordings, by what is known of them", self.copies.clone());
        registry.register("jobs", "Jobs that are listed, by kind and state", self.jobs.clone());
        registry.register_with_unit(
            "job_last_success_timestamp",
            "When a job of the kind last ended having done its work, or a part of it",
            Unit::Seconds,
            self.job_ended.clone(),
        );
        registry.register("sessions", "Sessions of people that have not expired", self.sessions.clone());
        registry.register("tokens", "Tokens that are neither revoked nor expired", self.tokens.clone());
        registry.register("audit_entries", "Entries of the audit log", self.audit_entries.clone());
        registry.register(
            "audit_unsigned_entries",
            "Of them those that no checkpoint has signed yet",
            self.audit_unsigned.clone(),
        );
    }

    fn set(&self, figures: &Figures) {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        // A state that nothing is in any more is 0, not gone.
        for state in RecordingState::ALL {
            let of = figures.recordings.iter().find(|(found, ..)| found == state);
            let (count, bytes) = of.map_or((0, 0), |(_, count, bytes)| (*count, *bytes));
            let label = In { state: state.word() };
            self.recordings.get_or_create(&label).set(number(count));
            self.bytes.get_or_create(&label).set(number(bytes));
        }
        for state in CopyState::ALL {
            let count = figures.copies.iter().find(|(found, _)| found == state).map_or(0, |(_, count)| *count);
            self.copies.get_or_create(&In { state: state.word() }).set(number(count));
        }
        self.jobs.clear();
        for (kind, state, count) in &figures.jobs {
            self.jobs.get_or_create(&Work { kind: kind.clone(), state: state.word() }).set(number(*count));
        }
        for (kind, at) in &figures.job_ended {
            self.job_ended.get_or_create(&Kind { kind: kind.clone() }).set(at.as_second());
        }
        self.sessions.set(number(figures.sessions));
        self.tokens.set(number(figures.tokens));
        self.audit_entries.set(number(figures.audit_entries));
        self.audit_unsigned.set(number(figures.audit_unsigned));
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::job::JobState;

    /// docs/server.md and the text name the same metrics, each with its help; names follow Prometheus' rules.
    #[test]
    fn every_metric_is_documented_and_every_documented_one_is_told() {
        let metrics = Metrics::new();
        metrics.answered(&Method::GET, "/health/live", 200, Duration::from_millis(3));
        metrics.refused("server-full");
        let _open = metrics.connected("http");
        let figures = Figures {
            recordings: vec![(RecordingState::Stored, 3, 1_000)],
            copies: vec![(CopyState::Damaged, 1)],
            jobs: vec![("import".to_owned(), JobState::Done, 2)],
            job_ended: vec![("import".to_owned(), jiff::Timestamp::UNIX_EPOCH)],
            ..Figures::default()
        };
        let text = metrics.text(Some(7), Some(&figures));
        let told: BTreeSet<String> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
            .map(|(name, kind)| if kind == "counter" { format!("{name}_total") } else { name.to_owned() })
            .collect();
        let documented: BTreeSet<String> = include_str!("../../../docs/server.md")
            .lines()
            .filter_map(|line| line.strip_prefix("| `callreel_")?.split_once('`'))
            .map(|(name, _)| format!("callreel_{name}"))
            .collect();
        assert_eq!(told, documented, "{text}");
        for name in &told {
            let helped = text.lines().filter_map(|line| line.strip_prefix("# HELP ")).any(|line| {
                let (family, help) = line.split_once(' ').unwrap_or_default();
                (family == name || format!("{family}_total") == *name) && help.len() > 10
            });
            assert!(helped, "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        }
        for line in [
            "callreel_recordings{state=\"stored\"} 3",
            "callreel_recordings{state=\"lost\"} 0",
            "callreel_recordings_bytes{state=\"stored\"} 1000",
            "callreel_recording_copies{state=\"damaged\"} 1",
            "callreel_jobs{kind=\"import\",state=\"done\"} 2",
        ] {
            assert!(text.lines().any(|told| told == line), "{line}\n{text}");
        }
    }
}
