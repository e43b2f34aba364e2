//! Names that exist in this company, for completion.

use crate::{console::widgets::grouped, wire};

/// A name, and how many calls it stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub name: String,
    /// None: not counted.
    pub calls: Option<u64>,
}

impl Known {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), calls: None }
    }

    /// `1,204`; nothing where it is not counted.
    pub fn calls_text(&self) -> String {
        self.calls.map(grouped).unwrap_or_default()
    }
}

/// All names, each list with what occurs most first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    pub tags: Vec<Known>,
    pub cases: Vec<Known>,
    pub extensions: Vec<Known>,
    pub agents: Vec<Known>,
    pub groups: Vec<Known>,
    pub queues: Vec<Known>,
    pub projects: Vec<Known>,
    pub views: Vec<wire::View>,
}

impl Values {
    /// Facets that the names come from, as the API takes them.
    pub const FACETS: &'static str = "extensions,agents,groups,queue,projects,tags,case";

    /// From the counts of all calls, and the names that no call has yet.
    pub fn of_facets(facets: &wire::Facets) -> Self {
        let known = |name: &str| -> Vec<Known> {
            let counts = facets.get(name).map_or(&[][..], Vec::as_slice);
            counts.iter().filter_map(|count| Some(Known { name: count.value.clone()?, calls: Some(count.count) })).collect()
        };
        Self {
            tags: known("tags"),
            cases: known("case"),
            extensions: known("extensions"),
            agents: known("agents"),
            groups: known("groups"),
            queues: known("queue"),
            projects: known("projects"),
            views: Vec::new(),
        }
    }

    /// The names of a field of the query language; none for other fields.
    pub fn of(&self, field: &str) -> &[Known] {
        match field {
            "tag" => &self.tags,
            "case" => &self.cases,
            "ext" => &self.extensions,
            "agent" => &self.agents,
            "group" => &self.groups,
            "queue" => &self.queues,
            "project" => &self.projects,
            _ => &[],
        }
    }
}

/// Adds names that are not there yet.
pub fn add(known: &mut Vec<Known>, names: impl IntoIterator<Item = String>) {
    for name in names {
        if !known.iter().any(|known| known.name == name) {
            known.push(Known::new(name));
        }
    }
}
