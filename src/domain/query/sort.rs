//! Names of orders.

use super::{
    fields,
    filter::{Sort, SortField},
};

/// Names of the language for what the wire calls otherwise.
const SYNONYMS: &[(&str, SortField)] = &[
    ("date", SortField::Start),
    ("time", SortField::Start),
    ("id", SortField::Start),
    ("name", SortField::Customer),
    ("ext", SortField::Extension),
    ("dir", SortField::Direction),
    ("is", SortField::Outcome),
    ("wait", SortField::Wait),
    ("talk", SortField::Talk),
    ("on-hold", SortField::OnHold),
    ("duration", SortField::Duration),
    ("len", SortField::RecordingLength),
    ("size", SortField::Size),
];

impl SortField {
    /// By its JSON name, or by the name of the query language.
    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok().or_else(|| SYNONYMS.iter().find(|(synonym, _)| *synonym == name).map(|(_, field)| *field))
    }
}

impl Sort {
    /// `talk_s`, `-talk`: a minus turns the order round.
    ///
    /// # Errors
    /// A sentence with the nearest name, for `sort:` and `--sort` alike.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let name = name.to_ascii_lowercase();
        match SortField::named(&name) {
            Some(SortField::Cost) | None => {}
            Some(field) => return Ok(Self { field, descending }),
        }
        let mut names: Vec<&'static str> = SYNONYMS.iter().map(|(synonym, _)| *synonym).collect();
        names.extend(SortField::ALL.iter().filter(|field| **field != SortField::Cost).map(|field| field.word()));
        Err(fields::unknown_value("sort", &name, &names))
    }
}
