//! Everything of one number, or of the customer behind it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    call::Note,
    directory::Customer,
    list::{Share, Totals},
};

/// Who is behind a number, and what there was with them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NumberPage {
    /// In its canonical form.
    pub number: String,
    pub customer: Option<Customer>,
    /// All numbers of the customer, the one asked for first.
    pub numbers: Vec<String>,
    /// A query that finds exactly the calls with these numbers, on either side.
    pub query: String,
    pub totals: Totals,
    #[serde(serialize_with = "crate::domain::instant::serialize_option")]
    pub first: Option<Timestamp>,
    #[serde(serialize_with = "crate::domain::instant::serialize_option")]
    pub last: Option<Timestamp>,
    /// Who talked with them, with the sums of the answered calls, most calls first; at most 20.
    pub agents: Vec<Share>,
    pub cases: Vec<Used>,
    pub tags: Vec<Used>,
    /// Newest first, at most 50.
    pub notes: Vec<NoteOfCall>,
}

/// A note with the call that it stands at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NoteOfCall {
    pub call: String,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub start: Timestamp,
    #[serde(flatten)]
    pub note: Note,
}

/// A tag or case with how many calls carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Used {
    pub name: String,
    pub calls: u64,
}
