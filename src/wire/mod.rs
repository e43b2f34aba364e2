//! Bodies of the API, shared by server and client. Shapes and words are those of docs/api.md.
//!
//! Times are RFC 3339 in UTC, lengths seconds with one decimal, sizes bytes; unknown is `null`, never an empty string.

mod call;
mod columns;
mod problem;

pub use call::{CallBody, CallDetailBody, CopyBody, RecordingBody};
pub use columns::csv_line;
pub use problem::Problem;

use serde::{Deserialize, Serialize};

/// The header that says about how many bytes a backup will have.
pub const BACKUP_BYTES: &str = "callreel-backup-bytes";

pub use crate::domain::{
    access,
    audit::{AuditEntry, AuditFault, AuditReport, Checkpoint},
    call::{HistoryEntry, Leg, Money, Note, TimelineEvent},
    changes::{Changed, ChangedCall, Changes, Former, NoteDraft, NoteVersion},
    clip::{Clip, ClipDraft, Collection, CollectionItem, ItemKind},
    directory::{Company, Customer, Extension, Named, View},
    event::{ChangedCallEvent, Event, NewRevision},
    job::{Job, JobState},
    list::{Count, DayCount, FacetCount, Share, Totals},
    party::{NoteOfCall, NumberPage as NumberBody, Used},
    receipt::{Heard, HeardSide, Receipt, ReceiptDraft, Taken},
    speech::{SideSpeech, Span, Speech, Turn},
    why::Why,
};

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Cursor of the following page; null at the end.
    pub next: Option<String>,
    /// Cursor for reading the page before this one (`before=`); null at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// All that match; only on the first page, and only where it is known without walking everything.
    #[serde(default)]
    pub total: Option<u64>,
}

/// Facets by the JSON name of their field.
pub type Facets = std::collections::BTreeMap<String, Vec<FacetCount>>;

/// Everything that a list says of itself, made in one pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SummaryBody {
    pub totals: Totals,
    pub facets: Facets,
    /// Calls by hour of the week in the company's zone: 168 numbers, Monday 00:00 first.
    pub hours: Vec<u64>,
    /// Days of the company's zone on which there were calls, oldest first.
    #[serde(default)]
    pub days: Vec<DayCount>,
}

/// The case that a call is tied to; null unties it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CaseDraft {
    pub case: Option<String>,
}

/// The settings that an import would use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportPreview {
    /// A file with the table `[asterisk]`, to be corrected and given back.
    pub settings: String,
}

/// Waveform of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Peaks {
    pub recording: String,
    /// Of the whole recording.
    pub length_s: f64,
    /// What the columns cover; the whole recording unless a part was asked for.
    #[serde(default)]
    pub from_s: f64,
    #[serde(default)]
    pub until_s: f64,
    pub channels: u8,
    /// Columns a channel.
    pub width: usize,
    /// One list a channel (left: the extension's side, right: the other party), each with `width` values of -50..0 dBFS
    /// mapped to 0..=255 (0 is silence).
    pub levels: Vec<Vec<u8>>,
}

/// Who one is, and what one may do here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WhoAmI {
    pub name: String,
    pub role: String,
    pub permissions: Vec<crate::domain::actor::Permission>,
    /// Whose calls one sees: `*` all, `project:NAME`, `extension:NUMBER`, `agent:NAME`; none: no calls.
    #[serde(default)]
    pub sees: Vec<String>,
    pub company: Company,
    /// File name of the database or address of the server, cleaned.
    pub place: String,
    pub read_only: bool,
    /// How one came: `local`, `socket`, `http`.
    pub via: String,
    /// How one showed who one is: `file` (whoever opens the database itself), `socket`, `session` or `token`.
    #[serde(default)]
    pub signed_in: String,
    /// When one must sign in again at the latest; null: never.
    #[serde(default, serialize_with = "crate::domain::instant::serialize_option")]
    pub until: Option<jiff::Timestamp>,
}

/// Changes whenever calls, notes or anything listed changed; compare for inequality only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Revision {
    pub revision: String,
    /// All calls in the caller's scope, as far as counted.
    pub calls: Count,
    /// How far the column index is, while it is made; lists go by SQL until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexing: Option<Indexing>,
}

/// How far the making of the column index is: calls done, calls in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Indexing {
    pub done: u64,
    pub all: u64,
}
