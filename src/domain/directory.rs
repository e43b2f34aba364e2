//! The people and places that calls belong to: extensions, groups, projects, customers, cases, saved views.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A phone or seat of the company.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Extension {
    pub number: String,
    pub label: Option<String>,
    pub agent: Option<String>,
    pub group: Option<String>,
    #[serde(default)]
    pub projects: Vec<String>,
    /// From when this assignment holds; none: from the beginning.
    #[serde(serialize_with = "crate::domain::instant::serialize_option")]
    pub since: Option<Timestamp>,
}

/// A group or a project: a name with a remark.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Named {
    pub name: String,
    pub remark: Option<String>,
}

/// A person or company behind outside numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Customer {
    #[serde(default)]
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub numbers: Vec<String>,
    pub remark: Option<String>,
}

/// A saved query with its order and columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct View {
    pub name: String,
    pub query: String,
    /// As lists take it, such as `-talk_s`; empty: the query's own, or newest first.
    #[serde(default)]
    pub sort: String,
    #[serde(default)]
    pub columns: Vec<String>,
    #[serde(default)]
    pub shared: bool,
    #[serde(default)]
    pub owner: String,
    #[serde(default, deserialize_with = "super::whole::needed::<_, _, 0, { super::whole::MOST }>")]
    #[schema(minimum = 0)]
    pub version: i64,
}

/// Settings of the company that every program on the database must share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Company {
    /// IANA time zone in which days begin and times are shown.
    pub zone: String,
    /// Digits of the country code, such as `48`; none: numbers stay as received.
    pub country_code: Option<String>,
    /// Digit dialled before national numbers, such as `0` or `8`.
    pub national_prefix: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
}

impl Default for Company {
    fn default() -> Self {
        Self { zone: "UTC".to_owned(), country_code: None, national_prefix: None, currency: None }
    }
}
