//! Why a call was recorded or not, as far as its records show.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    call::{CallDetail, Outcome, TimelineEvent, TimelineKind},
    length::Tenths,
    recording::{CopyState, Recording, RecordingMode, RecordingState},
};

/// One thing that the records show about the recording of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Why {
    /// A stable word, such as `automatic`, `on-demand`, `nobody-talked`, `no-file`.
    pub code: String,
    /// One English sentence.
    pub text: String,
}

/// Moments closer than this are told as one: names of files know whole seconds.
const NEAR: i64 = 15;
/// A recording that ends so much before the talk does ended early.
const EARLY: i64 = 30;

/// Everything that the records of a call show about its recording, and what they cannot show.
pub fn why(detail: &CallDetail) -> Vec<Why> {
    let records = Records { detail };
    let mut told = Vec::new();
    let recordings = &detail.call.recordings;
    for (index, recording) in recordings.iter().enumerate() {
        let which =
            if recordings.len() > 1 { format!("Recording {} of {}: ", index + 1, recordings.len()) } else { String::new() };
        for (code, text) in records.of_recording(recording) {
            told.push(one(code, &format!("{which}{text}")));
        }
    }
    if recordings.is_empty() {
        records.of_none(&mut told);
    }
    if detail.call.outcome == Outcome::Answered || !recordings.is_empty() {
        told.push(one("rule-unknown", "callreel keeps no rules of recording yet, so which rule decided this is not known."));
    }
    told
}

fn one(code: &str, text: &str) -> Why {
    Why { code: code.to_owned(), text: text.to_owned() }
}

struct Records<'a> {
    detail: &'a CallDetail,
}

impl Records<'_> {
    /// How long after the start of the call.
    fn since(&self, at: Timestamp) -> Tenths {
        Tenths::from_micros(at.as_microsecond() - self.detail.call.start.as_microsecond())
    }

    /// Uses of features of the exchange during the call, each with its place in it.
    fn features(&self) -> impl Iterator<Item = (Tenths, &TimelineEvent)> {
        let events = self.detail.timeline.iter().filter(|event| event.kind == TimelineKind::Feature);
        events.map(|event| (self.since(event.at), event))
    }

    fn answered(&self) -> Option<Tenths> {
        self.detail.call.answered.map(|at| self.since(at))
    }

    /// When the last talk ended: somebody left a bridge, or the call was over.
    fn talk_end(&self) -> Option<Tenths> {
        let left = self.detail.timeline.iter().rev().find(|event| event.kind == TimelineKind::Leave).map(|event| event.at);
        left.or(self.detail.call.end).map(|at| self.since(at))
    }

    fn of_recording(&self, recording: &Recording) -> Vec<(&'static str, String)> {
        let mut told = vec![match recording.mode {
            Some(RecordingMode::Auto) => ("automatic", self.automatic(recording)),
            Some(RecordingMode::OnDemand) => ("on-demand", self.on_demand(recording)),
            None => (
                "unknown-mode",
                format!(
                    "it was recorded{}; neither the name of its file nor the settings tell whether that was automatic or on demand.",
                    recording.offset.map(|offset| format!(" from {} on", offset.clock())).unwrap_or_default()
                ),
            ),
        }];
        told.extend(self.ended_early(recording));
        told.extend(of_state(recording));
        // Sentences begin with a capital where nothing stands before them.
        if self.detail.call.recordings.len() == 1 {
            for (_, text) in &mut told {
                *text = capital(text);
            }
        }
        told
    }

    fn automatic(&self, recording: &Recording) -> String {
        match (recording.offset, self.answered()) {
            (None, _) => "recorded automatically; from which moment on is not known.".to_owned(),
            (Some(offset), Some(answered)) if (offset.0 - answered.0).abs() <= NEAR => {
                format!("recorded automatically from the first moment of talk, {} into the call.", offset.clock())
            }
            (Some(offset), Some(answered)) if offset.0 > answered.0 => format!(
                "recorded automatically, but only from {} on, {} after the talk began.",
                offset.clock(),
                Tenths(offset.0 - answered.0).clock()
            ),
            (Some(offset), _) => format!("recorded automatically from {} on.", offset.clock()),
        }
    }

    fn on_demand(&self, recording: &Recording) -> String {
        let leg = recording.leg.as_deref().and_then(|leg| self.detail.legs.iter().find(|one| one.unique_id == leg));
        let at = leg.and_then(|leg| leg.extension.as_deref()).map_or_else(String::new, |who| format!(" at extension {who}"));
        let Some(offset) = recording.offset else {
            return format!("recorded on demand{at}; the moment at which it was switched on is not known.");
        };
        let talked = match self.answered() {
            Some(answered) if offset.0 > answered.0 => {
                format!(", after {} of talk", Tenths(offset.0 - answered.0).clock())
            }
            _ => String::new(),
        };
        let press = self.features().find(|(at, _)| (offset.0 - at.0).abs() <= 2 * NEAR);
        let press =
            press.map_or_else(String::new, |(at, event)| format!(" The exchange tells of {} at {}.", named(event), at.clock()));
        format!("recorded on demand: switched on{at} at {}{talked}.{press}", offset.clock())
    }

    /// What was talked after the end of a recording.
    fn ended_early(&self, recording: &Recording) -> Option<(&'static str, String)> {
        let (offset, talk_end) = (recording.offset?, self.talk_end()?);
        let end = Tenths(offset.0 + recording.length.0);
        let later = |other: &Recording| other.offset.is_some_and(|other| other.0 + EARLY > end.0 && other.0 > offset.0);
        if talk_end.0 - end.0 <= EARLY || self.detail.call.recordings.iter().any(later) {
            return None;
        }
        let moved = self.detail.timeline.iter().find(|event| {
            let at = self.since(event.at).0;
            event.kind == TimelineKind::Transfer && (at - end.0).abs() <= 2 * EARLY
        });
        let pressed = self.features().find(|(at, _)| (at.0 - end.0).abs() <= 2 * NEAR && at.0 > offset.0 + NEAR);
        let left = Tenths(talk_end.0 - end.0).clock();
        Some(match (moved, pressed) {
            (Some(_), _) => (
                "not-after-transfer",
                format!("it ends at {}, where the call was transferred; the last {left} are not in it.", end.clock()),
            ),
            (None, Some((at, event))) => (
                "stopped",
                format!(
                    "it ends at {}; the exchange tells of {} at {}. The last {left} are not in it.",
                    end.clock(),
                    named(event),
                    at.clock()
                ),
            ),
            (None, None) => (
                "ended-early",
                format!("it ends at {}, {left} before the talk; what ended it the records do not tell.", end.clock()),
            ),
        })
    }

    fn of_none(&self, told: &mut Vec<Why>) {
        let call = &self.detail.call;
        let nobody = match call.outcome {
            Outcome::Answered => None,
            Outcome::Missed => Some("Nobody answered, so there was nothing to record."),
            Outcome::Unanswered => Some("The other party did not answer, so there was nothing to record."),
            Outcome::Abandoned => Some("The caller left the queue before anybody answered, so there was nothing to record."),
            Outcome::Busy => Some("The line was busy or the call declined, so there was nothing to record."),
            Outcome::Failed => Some("The call could not be placed, so there was nothing to record."),
        };
        if let Some(text) = nobody {
            told.push(one("nobody-talked", text));
            return;
        }
        let talked = match (call.talk, call.talk_at_most) {
            (Some(talk), _) => format!("There were {} of talk", talk.clock()),
            (None, Some(most)) => format!("There was talk of {} at most", most.clock()),
            (None, None) => "The call was answered".to_owned(),
        };
        told.push(one("no-file", &format!("{talked}, and no file with sound of this call was met.")));
        let mut pressed = false;
        for (at, event) in self.features() {
            pressed = true;
            let who = event.party.as_deref().map_or_else(String::new, |who| format!(" at {who}"));
            told.push(one(
                "feature-no-file",
                &format!(
                    "The exchange tells of {}{who} at {}; if that switched recording on, its file is missing.",
                    named(event),
                    at.clock()
                ),
            ));
        }
        let usual = if pressed { "" } else { " and nobody switched recording on" };
        told.push(one(
            "no-file-means",
            &format!(
                "Either no rule wanted it{usual}, or the file was lost, or it was not in the folders that were imported; \
                 the records of the exchange look the same."
            ),
        ));
    }
}

fn named(event: &TimelineEvent) -> String {
    event.detail.as_deref().map_or_else(|| "a feature".to_owned(), |detail| format!("the feature \"{detail}\""))
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// What became of the file.
fn of_state(recording: &Recording) -> Option<(&'static str, String)> {
    let any = |state| recording.copies.iter().any(|copy| copy.state == state);
    let readable = any(CopyState::Verified) || any(CopyState::Unverified);
    Some(match recording.state {
        RecordingState::Lost if any(CopyState::Damaged) => {
            ("lost", "its sound is lost: what is left of it is damaged.".to_owned())
        }
        RecordingState::Lost => ("lost", "its sound is lost: no copy is left where it was kept.".to_owned()),
        RecordingState::Deleted => ("deleted", "its sound was deleted; the audit log tells by whom and why.".to_owned()),
        RecordingState::Erased => ("erased", "its sound was erased, in every copy.".to_owned()),
        RecordingState::Pending => ("pending", "its sound is still being taken over.".to_owned()),
        RecordingState::Stored if any(CopyState::Damaged) && !readable => {
            ("damaged", "its sound is damaged: the bytes are not those that were recorded.".to_owned())
        }
        RecordingState::Stored => return None,
    })
}

#[cfg(test)]
mod tests;
