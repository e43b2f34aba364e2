//! A call as JSON, for the command line and the API alike.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    call::{Call, CallDetail, Direction, HistoryEntry, Leg, Money, Note, Number, Outcome, Route, TimelineEvent},
    length::Tenths,
    receipt::{Receipt, Taken},
    recording::{CopyState, Recording, RecordingMode, RecordingState},
    why::{Why, why},
};

/// One call of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CallBody {
    pub id: String,
    pub source_ids: Vec<String>,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub start: Timestamp,
    /// The start is known to the whole second only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub start_whole_second: bool,
    #[serde(serialize_with = "crate::domain::instant::serialize_option")]
    pub answered: Option<Timestamp>,
    #[serde(serialize_with = "crate::domain::instant::serialize_option")]
    pub end: Option<Timestamp>,
    pub direction: Direction,
    pub route: Option<Route>,
    pub outcome: Outcome,
    pub from: Option<String>,
    pub to: Option<String>,
    pub reached: Option<String>,
    pub customer: Option<String>,
    pub extension: Option<String>,
    pub extensions: Vec<String>,
    pub agent: Option<String>,
    pub group: Option<String>,
    pub projects: Vec<String>,
    pub queue: Option<String>,
    pub wait_s: Option<Tenths>,
    pub talk_s: Option<Tenths>,
    pub talk_at_most_s: Option<Tenths>,
    pub on_hold_s: Option<Tenths>,
    pub duration_s: Option<Tenths>,
    pub cost: Option<Money>,
    pub case: Option<String>,
    pub tags: Vec<String>,
    pub flagged: bool,
    pub recordings: Vec<RecordingBody>,
    pub review: Option<serde_json::Value>,
    pub legs: u32,
    #[serde(default)]
    pub has_note: bool,
}

/// One recording of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordingBody {
    pub id: String,
    pub mode: Option<RecordingMode>,
    pub offset_s: Option<Tenths>,
    pub length_s: Tenths,
    pub channels: u8,
    pub format: String,
    pub bytes: u64,
    pub sha256: String,
    pub state: RecordingState,
    pub copies: Vec<CopyBody>,
}

/// One copy of a recording's bytes. Paths never cross the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CopyBody {
    pub place: String,
    pub state: CopyState,
}

/// What `show` adds to a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CallDetailBody {
    #[serde(flatten)]
    pub call: CallBody,
    pub from_raw: Option<String>,
    pub to_raw: Option<String>,
    pub leg_list: Vec<Leg>,
    pub timeline: Vec<TimelineEvent>,
    pub notes: Vec<Note>,
    pub history: Vec<HistoryEntry>,
    /// Who heard which seconds, newest first: everybody's with the right `audit`, else one's own.
    #[serde(default)]
    pub receipts: Vec<Receipt>,
    /// Who downloaded or exported sound of it, newest first; shown as receipts are.
    #[serde(default)]
    pub taken: Vec<Taken>,
    /// Why it was recorded or not, as far as the records show.
    #[serde(default)]
    pub why: Vec<Why>,
}

fn canonical(number: &Option<Number>) -> Option<String> {
    number.as_ref().map(|number| number.canonical.clone())
}

impl From<Call> for CallBody {
    fn from(call: Call) -> Self {
        Self {
            id: call.id.0,
            source_ids: call.source_ids,
            start: call.start,
            start_whole_second: call.start_whole_second,
            answered: call.answered,
            end: call.end,
            direction: call.direction,
            route: call.route,
            outcome: call.outcome,
            from: canonical(&call.from),
            to: canonical(&call.to),
            reached: canonical(&call.reached),
            customer: call.customer,
            extension: call.extension,
            extensions: call.extensions,
            agent: call.agent,
            group: call.group,
            projects: call.projects,
            queue: call.queue,
            wait_s: call.wait,
            talk_s: call.talk,
            talk_at_most_s: call.talk_at_most,
            on_hold_s: call.on_hold,
            duration_s: call.duration,
            cost: call.cost,
            case: call.case,
            tags: call.tags,
            flagged: call.flagged,
            recordings: call.recordings.into_iter().map(RecordingBody::from).collect(),
            review: None,
            legs: call.legs,
            has_note: call.has_note,
        }
    }
}

impl From<Recording> for RecordingBody {
    fn from(recording: Recording) -> Self {
        Self {
            id: recording.id.0,
            mode: recording.mode,
            offset_s: recording.offset,
            length_s: recording.length,
            channels: recording.channels,
            format: recording.format,
            bytes: recording.bytes,
            sha256: recording.sha256,
            state: recording.state,
            copies: recording.copies.into_iter().map(|copy| CopyBody { place: copy.place, state: copy.state }).collect(),
        }
    }
}

impl From<CallDetail> for CallDetailBody {
    fn from(detail: CallDetail) -> Self {
        let raw = |number: &Option<Number>| number.as_ref().map(|number| number.raw.clone());
        Self {
            why: why(&detail),
            from_raw: raw(&detail.call.from),
            to_raw: raw(&detail.call.to),
            call: detail.call.into(),
            leg_list: detail.legs,
            timeline: detail.timeline,
            notes: detail.notes,
            history: detail.history,
            receipts: detail.receipts,
            taken: detail.taken,
        }
    }
}

impl CallBody {
    /// The number of the other side: who called us, or whom we called.
    pub fn other_party(&self) -> Option<&str> {
        match self.direction {
            Direction::In => self.from.as_deref(),
            Direction::Out => self.to.as_deref(),
            Direction::Internal => self.to.as_deref().or(self.reached.as_deref()),
        }
    }
}
