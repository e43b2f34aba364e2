//! Figures as lines: `what | ours | peer | ratio | goal`.

use serde::Serialize;

/// A measured value with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measure {
    pub value: f64,
    pub unit: &'static str,
}

impl Measure {
    pub const fn new(value: f64, unit: &'static str) -> Self {
        Self { value, unit }
    }

    /// Milliseconds of processor time.
    pub const fn ms(value: f64) -> Self {
        Self::new(value, "ms")
    }

    pub fn count(value: u64, unit: &'static str) -> Self {
        Self::new(value as f64, unit)
    }

    pub fn tell(self) -> String {
        format!("{} {}", digits(self.value), self.unit)
    }
}

/// What ours stands beside.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Peer {
    /// A goal without one.
    None,
    Measured(String, Measure),
    /// Who, and why there is no figure.
    Absent(String, String),
}

impl Peer {
    pub fn of(name: &str, measured: anyhow::Result<Measure>) -> Self {
        match measured {
            Ok(measure) => Self::Measured(name.to_owned(), measure),
            Err(why) => Self::Absent(name.to_owned(), format!("{why:#}")),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::None => "",
            Self::Measured(name, _) | Self::Absent(name, _) => name,
        }
    }

    fn tell(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Measured(name, measure) => format!("{} {name}", measure.tell()),
            Self::Absent(name, why) => format!("- {name}: {why}"),
        }
    }
}

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Goal {
    /// Beside a peer without a promise.
    None,
    /// Of ours, in its unit.
    AtMost(f64),
    /// Ours to the peer.
    RatioAtMost(f64),
    RatioAtLeast(f64),
}

impl Goal {
    fn tell(self, unit: &str) -> String {
        match self {
            Self::None => String::new(),
            Self::AtMost(most) => format!("≤ {} {unit}", digits(most)),
            Self::RatioAtMost(most) => format!("≤ {}x", digits(most)),
            Self::RatioAtLeast(least) => format!("≥ {}x", digits(least)),
        }
    }
}

/// One figure beside at most one peer.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// `G1`, `G2`, …
    pub number: &'static str,
    pub what: String,
    pub ours: Measure,
    pub peer: Peer,
    pub ratio: Option<f64>,
    pub goal: Goal,
    /// None where there is no goal, or no peer to judge it by.
    pub met: Option<bool>,
}

impl Line {
    pub fn new(number: &'static str, what: impl Into<String>, ours: Measure) -> Self {
        Self { number, what: what.into(), ours, peer: Peer::None, ratio: None, goal: Goal::None, met: None }
    }

    pub fn beside(mut self, peer: Peer) -> Self {
        self.ratio = match &peer {
            Peer::Measured(_, measure) if measure.value > 0.0 => Some(self.ours.value / measure.value),
            _ => None,
        };
        self.peer = peer;
        self.judged()
    }

    pub fn goal(mut self, goal: Goal) -> Self {
        self.goal = goal;
        self.judged()
    }

    fn judged(mut self) -> Self {
        self.met = match self.goal {
            Goal::None => None,
            Goal::AtMost(most) => Some(self.ours.value <= most),
            Goal::RatioAtMost(most) => self.ratio.map(|ratio| ratio <= most),
            Goal::RatioAtLeast(least) => self.ratio.map(|ratio| ratio >= least),
        };
        self
    }

    /// Whether another run's line is of the same thing.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.number, &self.what, self.peer.name()) == (other.number, &other.what, other.peer.name())
    }

    /// Cells of the table, of several runs of one line: their values are parted by slashes.
    fn cells(runs: &[&Self]) -> [String; 5] {
        let Some(first) = runs.first() else { return Default::default() };
        let all = |tell: &dyn Fn(&Self) -> String| {
            let told: Vec<String> = runs.iter().map(|run| tell(run)).collect();
            if told.iter().all(|one| *one == told[0]) { told[0].clone() } else { told.join(" / ") }
        };
        let ratio = all(&|run| run.ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{}x", digits(ratio))));
        let ours = format!("{} {}", all(&|run| digits(run.ours.value)), first.ours.unit);
        let peer = match &first.peer {
            Peer::Measured(name, measure) => {
                let value = |run: &Self| match &run.peer {
                    Peer::Measured(_, measure) => digits(measure.value),
                    _ => "-".to_owned(),
                };
                format!("{} {} {name}", all(&value), measure.unit)
            }
            other => other.tell(),
        };
        let met = all(&|run| {
            match run.met {
                Some(true) => "met",
                Some(false) => "MISSED",
                None if run.goal == Goal::None => "",
                None => "not judged",
            }
            .to_owned()
        });
        let goal = format!("{} {met}", first.goal.tell(first.ours.unit));
        [format!("{} {}", first.number, first.what), ours, peer, ratio, goal.trim().to_owned()]
    }
}

pub const HEAD: [&str; 5] = ["what", "ours", "peer", "ratio", "goal"];
const WIDTHS: [usize; 5] = [46, 16, 44, 10, 0];

/// One line of an aligned table.
pub fn aligned(cells: [&str; 5]) -> String {
    let padded: Vec<String> = cells.iter().zip(WIDTHS).map(|(cell, width)| format!("{cell:<width$}")).collect();
    padded.join(" | ").trim_end().to_owned()
}

pub fn told(line: &Line) -> String {
    let cells = Line::cells(&[line]);
    aligned(cells.each_ref().map(String::as_str))
}

/// Several runs as one table in Markdown.
pub fn markdown(runs: &[Vec<Line>]) -> String {
    let mut table = format!("| {} |\n|{}\n", HEAD.join(" | "), " --- |".repeat(HEAD.len()));
    let mut seen: Vec<&Line> = Vec::new();
    for line in runs.iter().flatten() {
        if seen.iter().any(|other| other.is_like(line)) {
            continue;
        }
        seen.push(line);
        let alike: Vec<&Line> = runs.iter().filter_map(|run| run.iter().find(|other| other.is_like(line))).collect();
        table.push_str(&format!("| {} |\n", Line::cells(&alike).map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
    table
}

/// Three digits that matter.
fn digits(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude >= 1_000_000.0 {
        let text = format!("{value:.0}");
        let (head, tail) = text.split_at(text.len() - 3);
        format!("{head},{tail}")
    } else if magnitude >= 100.0 || value == value.trunc() {
        format!("{value:.0}")
    } else if magnitude >= 10.0 {
        format!("{value:.1}")
    } else if magnitude >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.3}")
    }
}
