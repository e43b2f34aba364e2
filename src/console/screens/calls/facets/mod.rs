//! Facets: what there is among the calls that match, counted by value. A value is a term of the query, put in or taken out.

mod update;
mod view;

pub use update::{act, all_values, answered, refresh, superseded, toggle, want};
pub(super) use view::over;
pub use view::view;

use crate::{
    console::{asking::WIDE, desk::Desk},
    domain::{
        list::FacetCount,
        query::{
            edit::{self, Family, Presence},
            quote,
        },
    },
    wire,
};

/// Values of one section that stand in the panel; the rest is a line that opens the list of all of them.
const SHOWN: usize = 5;

/// One facet: its JSON name and the field of the query language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    pub name: &'static str,
    field: &'static str,
}

const fn section(name: &'static str, field: &'static str) -> Section {
    Section { name, field }
}

/// The facets, in the order in which they stand.
pub const SECTIONS: [Section; 9] = [
    section("direction", "dir"),
    section("outcome", "is"),
    section("agents", "agent"),
    section("groups", "group"),
    section("queue", "queue"),
    section("length", "talk"),
    section("recorded", "is"),
    section("tags", "tag"),
    section("projects", "project"),
];

/// Outcomes are values of `is:` beside others.
const OUTCOMES: &[&str] = &["answered", "missed", "unanswered", "abandoned", "busy", "failed"];

/// What a value asks of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// Stands beside other values of its field.
    Value(String),
    /// Stands by itself.
    Piece(String),
    /// The language has no word for it.
    None,
}

/// State of the panel.
#[derive(Clone, Debug, Default)]
pub struct Facets {
    /// Not wanted beside the list.
    pub hidden: bool,
    /// The keys are the panel's; where there is no room beside the list it lies over it.
    pub focus: bool,
    counts: wire::Facets,
    /// The query that the counts are of, and the one that was asked for.
    of: Option<String>,
    asked: Option<String>,
    /// What the cursor stands on.
    at: Option<(usize, Spot)>,
}

/// A line that the cursor can stand on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A value; none is unknown.
    Value(Option<String>),
    /// There are more.
    More,
}

/// One line of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    Blank,
    Heading(usize),
    Value(usize, FacetCount),
    More(usize, usize),
}

impl Line {
    fn spot(&self) -> Option<(usize, Spot)> {
        match self {
            Self::Blank | Self::Heading(_) => None,
            Self::Value(section, count) => Some((*section, Spot::Value(count.value.clone()))),
            Self::More(section, _) => Some((*section, Spot::More)),
        }
    }
}

impl Facets {
    /// Whether the panel stands beside the list. On a dear line only while it has the keys.
    pub const fn beside(&self, desk: &Desk) -> bool {
        desk.size.0 >= WIDE && !self.hidden && (!desk.setup.remote || self.focus)
    }

    /// All values of a section.
    pub fn values(&self, section: usize) -> &[FacetCount] {
        SECTIONS.get(section).and_then(|section| self.counts.get(section.name)).map_or(&[], Vec::as_slice)
    }

    fn lines(&self, query: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        for at in 0..SECTIONS.len() {
            let values = self.values(at);
            // What is known of no call is no choice.
            if values.iter().all(|count| count.value.is_none()) {
                continue;
            }
            if !lines.is_empty() {
                lines.push(Line::Blank);
            }
            lines.push(Line::Heading(at));
            let most = if values.len() == SHOWN + 1 { SHOWN + 1 } else { SHOWN };
            let is_shown = |(place, count): &(usize, &FacetCount)| {
                *place < most || presence(self, at, count.value.as_deref(), query) != Presence::No
            };
            let shown: Vec<Line> =
                values.iter().enumerate().filter(is_shown).map(|(_, count)| Line::Value(at, count.clone())).collect();
            let hidden = values.len() - shown.len();
            lines.extend(shown);
            if hidden > 0 {
                lines.push(Line::More(at, hidden));
            }
        }
        lines
    }

    /// The values of a section as they are written, which may stand side by side in one term.
    fn among(&self, section: usize) -> Vec<&str> {
        match SECTIONS.get(section).map(|section| section.name) {
            Some("outcome") => OUTCOMES.to_vec(),
            Some("length") => self.values(section).iter().filter_map(|count| count.value.as_deref()).collect(),
            _ => Vec::new(),
        }
    }
}

/// What a value of a section asks.
fn term(section: usize, value: Option<&str>) -> Term {
    let Some(section) = SECTIONS.get(section) else { return Term::None };
    match (section.name, value) {
        ("recorded", Some("true")) => Term::Piece("is:recorded".to_owned()),
        ("recorded", _) => Term::Piece("-is:recorded".to_owned()),
        ("tags", None) => Term::Piece("-has:tag".to_owned()),
        ("length", None) => Term::Piece("-talk:>=0s".to_owned()),
        (_, None) => Term::None,
        ("length", Some(value)) => Term::Value(value.to_owned()),
        (_, Some(value)) => Term::Value(quote(value)),
    }
}

/// Whether a value stands in the query.
pub fn presence(facets: &Facets, section: usize, value: Option<&str>, query: &str) -> Presence {
    match term(section, value) {
        Term::None => Presence::No,
        Term::Value(value) => {
            let among = facets.among(section);
            edit::presence(query, Family { field: SECTIONS[section].field, among: &among }, &value)
        }
        Term::Piece(piece) => {
            let opposite = piece.strip_prefix('-').map_or_else(|| format!("-{piece}"), ToOwned::to_owned);
            match (edit::has(query, &piece), edit::has(query, &opposite)) {
                (true, _) => Presence::In,
                (_, true) => Presence::Out,
                _ => Presence::No,
            }
        }
    }
}

/// The name of a section.
pub fn title(section: usize, desk: &Desk) -> String {
    let name = SECTIONS.get(section).map_or("", |section| section.name);
    desk.setup.texts.get(&format!("facet-{name}"))
}

/// A value as people read it.
pub fn label(section: usize, value: Option<&str>, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    let Some(value) = value else { return "–".to_owned() };
    match (SECTIONS.get(section).map(|section| section.name), value) {
        (Some("direction"), "out") => "→ out".to_owned(),
        (Some("direction"), "in") => "← in".to_owned(),
        (Some("direction"), "internal") => "↔ internal".to_owned(),
        (Some("recorded"), "true") => texts.get("facet-recorded-yes"),
        (Some("recorded"), _) => texts.get("facet-recorded-no"),
        (Some("length"), "<10s") => texts.get("facet-length-0"),
        (Some("length"), "10s..59.9s") => texts.get("facet-length-1"),
        (Some("length"), "1m..1m59.9s") => texts.get("facet-length-2"),
        (Some("length"), "2m..4m59.9s") => texts.get("facet-length-3"),
        (Some("length"), "5m..14m59.9s") => texts.get("facet-length-4"),
        (Some("length"), ">=15m") => texts.get("facet-length-5"),
        _ => value.to_owned(),
    }
}
