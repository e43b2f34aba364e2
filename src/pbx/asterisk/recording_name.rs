//! What a recording's file name says: when, whose leg, why, which call. Never the route: the lane in a name is the rule
//! that was asked, not the way the call came.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use regex::Regex;

use super::read::epoch_of;
use crate::domain::recording::RecordingMode;

/// Patterns tried where settings name none, best first.
pub const KNOWN_PATTERNS: [&str; 4] = [
    "{start}_{ext}_{lane}_{why}_{leg}_{linkedid}",
    "{lane}-{number}-{ext}-{start}-{linkedid}",
    "{start}-{number}-{ext}-{linkedid}",
    "{start}_{ext}_{linkedid}",
];

/// A file name taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordingName {
    pub started: Option<Timestamp>,
    pub extension: Option<String>,
    pub mode: Option<RecordingMode>,
    pub leg: Option<String>,
    /// Ids that may own it, best first.
    pub ids: Vec<String>,
}

/// Reads names after one pattern, and whatever else by the ids in it.
#[derive(Clone, Debug)]
pub struct NamePattern {
    pattern: Regex,
    ids: Regex,
    zone: TimeZone,
}

impl NamePattern {
    /// # Errors
    /// When the pattern makes no sense, in words.
    pub fn new(pattern: &str, zone: TimeZone) -> Result<Self, String> {
        let mut expression = String::from("^");
        let mut rest = pattern;
        while let Some((literal, tail)) = rest.split_once('{') {
            expression.push_str(&regex::escape(literal));
            let (field, tail) =
                tail.split_once('}').ok_or_else(|| format!("recording_name: \"{pattern}\" lacks a closing brace"))?;
            let part = match field {
                "start" => r"(?P<start>\d{8}[T_-]?\d{6}Z?|\d{4}-\d\d-\d\d[T_-]\d\d-\d\d-\d\d|\d{9,11}(?:\.\d+)?)",
                "ext" => r"(?P<ext>[^_]*?)",
                "why" => r"(?P<why>[A-Za-z-]*?)",
                "leg" => r"(?P<leg>[^_]*?\d+\.\d+)",
                "linkedid" => r"(?P<linkedid>[^_]*?\d+\.\d+)",
                "lane" | "number" | "any" => r"[^_]*?",
                other => {
                    return Err(format!(
                        "recording_name: there is no field {{{other}}}; there are start, ext, lane, why, leg, linkedid, number, any"
                    ));
                }
            };
            expression.push_str(part);
            rest = tail;
        }
        expression.push_str(&regex::escape(rest));
        // Two mono files of one leg (`-r`, `-t`) and counters behind the name.
        expression.push_str(r"(?:[-_.](?i:r|t|in|out|rx|tx|read|write|\d{1,3}))?$");
        let pattern = Regex::new(&expression).map_err(|_| format!("recording_name: \"{pattern}\" names a field twice"))?;
        let ids = Regex::new(r"(?:[A-Za-z][A-Za-z0-9.]*-)?\d{9,11}\.\d+").map_err(|error| error.to_string())?;
        Ok(Self { pattern, ids, zone })
    }

    /// Whether the pattern itself fits.
    pub fn fits(&self, stem: &str) -> bool {
        self.pattern.is_match(stem)
    }

    /// Reads a file's name without folders and suffix.
    pub fn read(&self, stem: &str) -> RecordingName {
        let mut name = RecordingName::default();
        if let Some(captures) = self.pattern.captures(stem) {
            let get = |field: &str| captures.name(field).map(|part| part.as_str().to_owned()).filter(|text| !text.is_empty());
            name.extension = get("ext");
            name.mode = get("why").and_then(|why| mode(&why));
            name.leg = get("leg");
            name.ids.extend(get("linkedid"));
            name.ids.extend(name.leg.clone());
            let born = name.ids.first().and_then(|id| epoch_of(id));
            name.started = get("start").and_then(|start| self.start(&start, born));
        }
        for found in self.ids.find_iter(stem) {
            let found = found.as_str();
            name.ids.push(found.to_owned());
            if let Some((_, bare)) = found.rsplit_once('-') {
                name.ids.push(bare.to_owned());
            }
        }
        let mut seen = Vec::new();
        name.ids.retain(|id| {
            !seen.contains(id) && {
                seen.push(id.clone());
                true
            }
        });
        name
    }

    /// UTC, unless the call's id shows that the name is in the exchange's own zone.
    fn start(&self, text: &str, born: Option<i64>) -> Option<Timestamp> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if text.len() <= 22 && digits.len() != 14 {
            let seconds: f64 = text.parse().ok()?;
            return Timestamp::from_microsecond((seconds * 1e6) as i64).ok();
        }
        let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
        let small = |range| part(range).and_then(|number| i8::try_from(number).ok());
        let civil =
            DateTime::new(part(0..4)?, small(4..6)?, small(6..8)?, small(8..10)?, small(10..12)?, small(12..14)?, 0).ok()?;
        let utc = TimeZone::UTC.to_timestamp(civil).ok()?;
        let local = self.zone.to_timestamp(civil).ok()?;
        let plausible =
            |at: Timestamp| born.is_none_or(|born| (-2_000_000..4 * 3_600_000_000).contains(&(at.as_microsecond() - born)));
        Some(if !plausible(utc) && plausible(local) { local } else { utc })
    }
}

fn mode(word: &str) -> Option<RecordingMode> {
    match word.to_ascii_lowercase().as_str() {
        "auto" | "always" | "force" => Some(RecordingMode::Auto),
        "demand" | "on-demand" | "ondemand" => Some(RecordingMode::OnDemand),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_two_exchanges() {
        let ours = NamePattern::new(KNOWN_PATTERNS[0], TimeZone::UTC).expect("pattern");
        let name = ours.read("20261121T011844_102_direct_demand_pbx-1795223920.23_pbx-1795223920.22");
        assert_eq!(name.started.map(|at| at.to_string()).as_deref(), Some("2026-11-21T01:18:44Z"));
        assert_eq!((name.extension.as_deref(), name.mode), (Some("102"), Some(RecordingMode::OnDemand)));
        assert_eq!(name.leg.as_deref(), Some("pbx-1795223920.23"));
        assert_eq!(name.ids[0], "pbx-1795223920.22");

        let other = NamePattern::new(KNOWN_PATTERNS[1], TimeZone::UTC).expect("pattern");
        let name = other.read("external-601-79160000001-20261121-011746-1795223866.0");
        assert_eq!(name.ids, ["1795223866.0"]);
        assert_eq!(name.mode, None);
        assert!(name.started.is_some());

        assert_eq!(ours.read("conversation of Tuesday pbx-1795223866.0 (2)").ids, ["pbx-1795223866.0", "1795223866.0"]);
        assert_eq!(ours.read("no call at all"), RecordingName::default());
        assert!(NamePattern::new("{nonsense}", TimeZone::UTC).is_err());
    }
}
