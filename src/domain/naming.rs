//! File names of exported recordings from a template such as `{start:%Y-%m}/{agent}_{number}`.
//!
//! Each piece between `/` becomes one safe component of a path on every system: no separators, no control or bidirectional
//! characters, no names reserved by Windows, no leading or trailing dots, at most [`LIMIT`] bytes. Two recordings never get
//! the same name, also where a file system ignores case.

use std::{collections::HashSet, path::PathBuf};

use jiff::{Timestamp, tz::TimeZone};

use super::{
    call::{Direction, Route},
    clean,
    nearest::suggestion,
};

/// Bytes of one component. File systems take 255; room is left for a distinguishing end and a name of work in progress.
pub const LIMIT: usize = 160;
/// Folders that a template may make.
const DEPTH: usize = 12;

/// What is used when nothing else is said.
pub const DEFAULT: &str = "{start:%Y-%m-%d_%H-%M-%S}_{kind}_{number}_{ext}";

const FIELDS: &[&str] =
    &["start", "agent", "ext", "queue", "kind", "number", "customer", "direction", "case", "call", "recording", "mode"];

/// What is known of one recording for its name. Unknown is none, and becomes `unknown` or nothing.
#[derive(Clone, Debug)]
pub struct Facts {
    pub start: Timestamp,
    pub agent: Option<String>,
    pub extension: Option<String>,
    pub queue: Option<String>,
    pub direction: Direction,
    pub route: Option<Route>,
    /// Of the other party.
    pub number: Option<String>,
    pub customer: Option<String>,
    pub case: Option<String>,
    pub call: String,
    pub recording: String,
    pub mode: Option<String>,
    /// Without dot, such as `wav`; follows the format of the sound.
    pub ending: String,
}

/// A template that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Components of the path, each made of parts.
    components: Vec<Vec<Part>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// With its strftime pattern.
    Start(String),
    Field(&'static str),
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(String);

impl Template {
    /// # Errors
    /// A sentence that names the piece, with the nearest name where one is near.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let wrong = |message: String| TemplateError(format!("name template: {message}"));
        let mut components = vec![Vec::new()];
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}', '/']) {
            let (before, after) = rest.split_at(at);
            push_text(&mut components, before);
            let mut characters = after.chars();
            match characters.next() {
                Some('/') => {
                    components.push(Vec::new());
                    rest = characters.as_str();
                }
                // `{{` and `}}` are the signs themselves.
                Some(sign) if characters.clone().next() == Some(sign) => {
                    push_text(&mut components, &sign.to_string());
                    rest = characters.as_str().strip_prefix(sign).unwrap_or_default();
                }
                Some('{') => {
                    let (inside, after) = characters
                        .as_str()
                        .split_once('}')
                        .ok_or_else(|| wrong(format!("\"{}\" has no closing }}", clean::line(after, 40))))?;
                    if let Some(component) = components.last_mut() {
                        component.push(part(inside).map_err(wrong)?);
                    }
                    rest = after;
                }
                _ => return Err(wrong("a } without its {".to_owned())),
            }
        }
        push_text(&mut components, rest);
        components.retain(|component| !component.is_empty());
        if components.is_empty() {
            return Err(wrong("it is empty".to_owned()));
        }
        if components.len() > DEPTH {
            return Err(wrong(format!("more than {DEPTH} folders")));
        }
        Ok(Self { components })
    }

    /// The components of the path, the last with the ending of its format. Distinct names are up to [`Names`].
    pub fn components(&self, facts: &Facts, zone: &TimeZone) -> Vec<String> {
        let count = self.components.len();
        let component = |(index, parts): (usize, &Vec<Part>)| {
            let text: String = parts.iter().map(|part| value(part, facts, zone)).collect();
            let component = safe(&text, LIMIT);
            if index + 1 == count { format!("{component}.{}", safe(&facts.ending, 12)) } else { component }
        };
        self.components.iter().enumerate().map(component).collect()
    }
}

fn push_text(components: &mut [Vec<Part>], text: &str) {
    if let Some(component) = components.last_mut().filter(|_| !text.is_empty()) {
        component.push(Part::Text(text.to_owned()));
    }
}

fn part(inside: &str) -> Result<Part, String> {
    let (name, pattern) = inside.split_once(':').map_or((inside, None), |(name, pattern)| (name, Some(pattern)));
    match (FIELDS.iter().find(|field| **field == name), pattern) {
        (Some(&"start"), pattern) => {
            let pattern = pattern.unwrap_or("%Y-%m-%d_%H-%M-%S");
            // Tried here, so that it cannot fail later.
            jiff::fmt::strtime::format(pattern, &Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC))
                .map_err(|why| format!("the time \"{}\" is not understood: {why}", clean::line(pattern, 40)))?;
            Ok(Part::Start(pattern.to_owned()))
        }
        (Some(field), None) => Ok(Part::Field(field)),
        (Some(field), Some(_)) => Err(format!("{{{field}}} takes nothing after a colon; only {{start:…}} does")),
        (None, _) => {
            let near = suggestion(name, FIELDS.iter().copied());
            Err(format!("no {{{}}}{near}", clean::line(name, 40)))
        }
    }
}

fn value(part: &Part, facts: &Facts, zone: &TimeZone) -> String {
    let known = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let text = match part {
        Part::Text(text) => return text.clone(),
        Part::Start(pattern) => {
            return jiff::fmt::strtime::format(pattern, &facts.start.to_zoned(zone.clone()))
                .unwrap_or_else(|_| facts.start.to_string());
        }
        Part::Field("agent") => known(&facts.agent),
        Part::Field("ext") => known(&facts.extension),
        Part::Field("queue") => known(&facts.queue),
        Part::Field("kind") => Some(kind(facts.direction, facts.route).to_owned()),
        Part::Field("number") => known(&facts.number),
        Part::Field("customer") => known(&facts.customer),
        Part::Field("direction") => Some(facts.direction.word().to_owned()),
        Part::Field("case") => known(&facts.case),
        Part::Field("call") => Some(facts.call.clone()),
        Part::Field("mode") => known(&facts.mode),
        Part::Field(_) => Some(facts.recording.clone()),
    };
    text.unwrap_or_else(|| "unknown".to_owned())
}

/// `out direct ivr queue internal`; an incoming call of unknown route is `in`.
fn kind(direction: Direction, route: Option<Route>) -> &'static str {
    match (direction, route) {
        (Direction::Out, _) => "out",
        (Direction::Internal, _) => "internal",
        (Direction::In, Some(route)) => route.word(),
        (Direction::In, None) => "in",
    }
}

/// One component of a path that is safe on every system, at most `limit` bytes, never empty.
pub fn safe(text: &str, limit: usize) -> String {
    let cleaned = clean::line(text, limit);
    let mut component: String = cleaned
        .chars()
        .map(|character| match character {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | clean::REPLACEMENT => '_',
            other => other,
        })
        .collect();
    while component.len() > limit {
        component.pop();
    }
    // A dot in front hides a file, and `..` leaves the folder; Windows drops dots and blanks at the end; a dash in front is
    // taken for a flag by other programs.
    let trimmed = component.trim_matches(|character: char| character == '.' || character.is_whitespace());
    let mut component = trimmed.trim_start_matches('-').trim_start_matches(['.', ' ']).to_owned();
    if component.is_empty() {
        component.push('_');
    }
    if reserved(&component) {
        component.insert(0, '_');
    }
    component
}

/// Names of devices on Windows, whatever their ending.
fn reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|rest| {
            let mut characters = rest.chars();
            matches!((characters.next(), characters.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// Gives out names, each once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// Marks a relative path as taken by something else.
    pub fn take(&mut self, path: &str) {
        self.taken.insert(clean::fold(path));
    }

    /// The first free name for a recording: as the template says, else with the end of its id, else with a number. `free`
    /// tells whether the folder has nothing else of that name.
    pub fn next(&mut self, components: &[String], recording: &str, mut free: impl FnMut(&PathBuf) -> bool) -> PathBuf {
        let (last, folders) = components.split_last().map_or(("_", &[][..]), |(last, folders)| (last.as_str(), folders));
        let (stem, ending) = last.rsplit_once('.').unwrap_or((last, ""));
        let id = safe(recording, 40);
        let tail: String = id.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
        let mut number = 0_u64;
        loop {
            let distinction = match number {
                0 => String::new(),
                1 => format!("_{tail}"),
                2 => format!("_{id}"),
                other => format!("_{id}-{other}"),
            };
            number += 1;
            let mut name = PathBuf::new();
            name.extend(folders);
            name.push(if ending.is_empty() { format!("{stem}{distinction}") } else { format!("{stem}{distinction}.{ending}") });
            // A folder of this name may be taken as a file and the other way round; the file system decides that in `free`.
            let key = clean::fold(&name.to_string_lossy());
            if !self.taken.contains(&key) && free(&name) {
                self.taken.insert(key);
                return name;
            }
        }
    }
}

#[cfg(test)]
#[path = "naming_tests.rs"]
mod tests;
